//! What the shipped profiles send, against servers that take nothing but what the vendors' pages describe.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::profiles::delivered_home;
use super::requests::{apply, own_profile, plan};
use crate::home::Home;

pub(super) type Complaints = Arc<Mutex<Vec<String>>>;

/// A server that answers by a rule, and complains where the rule gives no answer.
pub(super) fn strict(mut rule: impl FnMut(&Got) -> Option<Reply> + Send + 'static) -> (Ats, Complaints) {
    let complaints = Complaints::default();
    let kept = Arc::clone(&complaints);
    let server = Ats::start(move |got| {
        rule(got).unwrap_or_else(|| {
            kept.lock().expect("no panic").push(format!("{} {} {:?} {}", got.verb, got.path, got.headers, got.text()));
            Reply::Json(400, json!({ "message": "not by the contract" }))
        })
    });
    (server, complaints)
}

pub(super) fn home_with(profile: &str) -> Home {
    let home = delivered_home();
    own_profile(&home, profile);
    home
}

pub(super) fn delivered(home: &Home, server: &Ats, complaints: &Complaints, variables: &[(&str, &str)], count: u64) {
    let planned = plan(home, &server.address, variables);
    assert!(matches!(planned.code, Some(0 | 4)), "{planned:#?} {:#?}", complaints.lock());
    let report = apply(home, variables).json(4);
    assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
    assert_eq!(report["sum"]["delivered"], count, "{report:#}");
    plan(home, &server.address, variables);
    let again = apply(home, variables).json(4);
    assert_eq!(again["sum"]["unchanged"], count, "{again:#}");
}

#[test]
fn successfactors_takes_upserts_in_groups_and_a_bad_row_keeps_no_other_back() {
    let mut records: std::collections::BTreeMap<String, Value> = std::collections::BTreeMap::new();
    let (server, complaints) = strict(move |got| {
        if got.path == "/oauth/token" {
            let form = got.text();
            let is_right = got.verb == "POST"
                && form.contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer")
                && form.contains("company_id=acme")
                && form.contains("assertion=PHNhbWw")
                && form.contains("client_id=earmark");
            return is_right.then(|| Reply::Json(200, json!({ "access_token": "token-1", "expires_in": "3600" })));
        }
        if got.header("authorization") != "Bearer token-1" {
            return None;
        }
        if got.verb == "POST" && got.path == "/odata/v2/upsert?$format=json" {
            let rows = got.json();
            let rows = rows.as_array().filter(|rows| rows.len() <= 1000)?;
            let mut told = Vec::new();
            for (index, row) in rows.iter().enumerate() {
                let is_right = row["__metadata"] == json!({ "uri": "JobApplication", "type": "SFOData.JobApplication" })
                    && ["candidateId", "applicationId", "jobReqId", "cust_earmarkScore"].iter().all(|key| row[*key].is_string());
                if !is_right {
                    return None;
                }
                records.insert(row["applicationId"].as_str()?.to_owned(), row.clone());
                told.push(json!({ "key": "k", "status": "OK", "editStatus": "UPDATED", "message": null, "index": index, "httpCode": 200 }));
            }
            return Some(Reply::Json(200, json!({ "d": told })));
        }
        let id = got.path.strip_prefix("/odata/v2/JobApplication?$filter=applicationId%20eq%20")?.split('&').next()?.to_owned();
        // The application itself is there from the beginning.
        let bare = json!({ "applicationId": id });
        let found = [records.get(&id).unwrap_or(&bare)];
        (got.verb == "GET").then(|| Reply::Json(200, json!({ "d": { "results": found } })))
    });
    let home = home_with("successfactors-odata");
    let token = format!("{}/oauth/token", server.address);
    let variables = [
        ("SUCCESSFACTORS_TOKEN_URL", token.as_str()),
        ("SUCCESSFACTORS_CLIENT", "earmark"),
        ("SUCCESSFACTORS_COMPANY", "acme"),
        ("SUCCESSFACTORS_ASSERTION", "PHNhbWw"),
    ];
    // One application has no candidate's id: it stays behind.
    delivered(&home, &server, &complaints, &variables, 2);
    let upserts = server.got().iter().filter(|got| got.path.starts_with("/odata/v2/upsert")).count();
    assert_eq!(upserts, 1, "both rows in one request");
}

#[test]
fn greenhouse_takes_fields_and_the_scorecard_as_an_attachment() {
    let mut fields: std::collections::BTreeMap<String, serde_json::Map<String, Value>> = std::collections::BTreeMap::new();
    let mut attachments: Vec<Value> = Vec::new();
    let (server, complaints) = strict(move |got| {
        if got.path == "/token" {
            let is_right =
                got.header("authorization") == "Basic Z2gtaWQ6Z2gtc2VjcmV0" && got.text() == "grant_type=client_credentials&sub=7";
            return is_right.then(|| Reply::Json(200, json!({ "access_token": "gh", "expires_in": 3600 })));
        }
        if got.header("authorization") != "Bearer gh" {
            return None;
        }
        let body = got.json();
        match (got.verb.as_str(), got.path.split('?').next()?) {
            ("PATCH", path) => {
                let id = path.strip_prefix("/v3/applications/")?;
                for one in body["custom_fields"].as_array()? {
                    fields.entry(id.to_owned()).or_default().insert(one["name_key"].as_str()?.to_owned(), one["value"].clone());
                }
                Some(Reply::Json(200, json!({ "id": id })))
            }
            ("GET", "/v3/applications") => {
                let id = got.path.strip_prefix("/v3/applications?ids=")?;
                Some(Reply::Json(200, json!([{ "id": id, "custom_fields": fields.get(id) }])))
            }
            ("POST", "/v3/attachments") => {
                let is_right = body["type"] == "other" && body["visibility"] == "admin_only" && body["application_id"].is_string();
                let text = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body["content"].as_str()?).ok()?;
                let is_pdf = text.starts_with(b"%PDF-1.7") && body["filename"].as_str()?.ends_with(".pdf");
                if !is_right || !is_pdf {
                    return None;
                }
                attachments.push(body);
                Some(Reply::Json(201, json!({ "id": 1 })))
            }
            ("GET", "/v3/attachments") => {
                let id = got.path.strip_prefix("/v3/attachments?application_ids=")?.strip_suffix("&per_page=500")?;
                Some(Reply::Json(200, attachments.iter().filter(|one| one["application_id"] == id).cloned().collect()))
            }
            _ => None,
        }
    });
    let home = home_with("greenhouse-v3");
    let path = home.path().join("own.toml");
    let text = std::fs::read_to_string(&path).expect("there").replace("https://auth.greenhouse.io", &server.address);
    std::fs::write(&path, text).expect("written");
    let variables = [("GREENHOUSE_CLIENT_ID", "gh-id"), ("GREENHOUSE_CLIENT_SECRET", "gh-secret"), ("GREENHOUSE_USER_ID", "7")];
    delivered(&home, &server, &complaints, &variables, 6);
    assert_eq!(server.got().iter().filter(|got| got.path == "/v3/attachments").count(), 3, "an attachment is made once");
}

#[test]
fn workday_takes_an_attachment_in_an_envelope_with_its_token() {
    let (server, complaints) = strict(|got| {
        let text = got.text();
        let is_right = got.verb == "POST"
            && got.path == "/ccx/service/acme/Recruiting/v45.2"
            && got.header("content-type").starts_with("text/xml")
            && got.header("authorization").is_empty()
            && [
                "<wsse:Username>isu@acme</wsse:Username>",
                ">wd&amp;pass</wsse:Password>",
                "wd:version=\"v45.2\"",
                "wd:type=\"Job_Application_ID\"",
                // %PDF-1.7 in base64.
                "<wd:File_Content>JVBERi0xLjc",
                "earmark-scorecard.pdf",
            ]
            .iter()
            .all(|part| text.contains(part))
            && text.matches("<soapenv:Body>").count() == 1;
        is_right.then(|| {
            let answer = "<env:Envelope><env:Body><wd:Put_Candidate_Attachment_Response/></env:Body></env:Envelope>";
            Reply::Plain(200, "content-type: text/xml\r\n".into(), answer.into())
        })
    });
    let home = home_with("workday");
    let variables =
        [("WORKDAY_USER", "isu@acme"), ("WORKDAY_PASSWORD", "wd&pass"), ("WORKDAY_TENANT", "acme"), ("WORKDAY_INTERVIEWER", "e-1")];
    delivered(&home, &server, &complaints, &variables, 2);
}

#[test]
fn an_upload_arrives_is_seen_and_is_not_done_twice() {
    let files: Arc<Mutex<std::collections::BTreeMap<String, Vec<u8>>>> = Arc::default();
    let kept = Arc::clone(&files);
    let (server, complaints) = strict(move |got| {
        if got.header("x-upload-key") != "up-load" || !got.path.ends_with("?to=ats") {
            return None;
        }
        let mut files = kept.lock().expect("no panic");
        match got.verb.as_str() {
            "PUT" => {
                files.insert(got.path.clone(), got.body.clone());
                Some(Reply::Plain(201, String::new(), String::new()))
            }
            "HEAD" | "GET" => Some(match files.get(&got.path) {
                Some(bytes) => Reply::Plain(200, String::new(), String::from_utf8_lossy(bytes).into_owned()),
                None => Reply::Plain(404, String::new(), String::new()),
            }),
            _ => None,
        }
    });
    let home = delivered_home();
    let text = home.run(&["profile", "show", "generic-csv"]).out;
    let deliver = "[deliver]\nto = \"env:UPLOAD\"\nheaders = { x-upload-key = \"env:UPLOAD_KEY\" }\n";
    std::fs::write(home.path().join("own.toml"), text.replace("[deliver]\n", deliver)).expect("written");
    let address = format!("{}/in/?to=ats", server.address);
    let variables = [("UPLOAD", address.as_str()), ("UPLOAD_KEY", "up-load")];
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--out", "plan.json", "--json"];
    assert_eq!(home.run_with(&variables, &args).json(4)["counts"]["create"], 3);
    let report = apply(&home, &variables).json(4);
    assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
    assert_eq!(report["sum"]["delivered"], 3, "{report:#}");
    assert_eq!(apply(&home, &variables).json(4)["sum"]["unchanged"], 3);
    let files = files.lock().expect("no panic");
    let csv = files.iter().find(|(name, _)| name.contains(".csv?")).expect("a file");
    assert!(String::from_utf8_lossy(csv.1).contains("\r\n0012,"), "{files:?}");
}

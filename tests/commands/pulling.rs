//! The ATS's own applications, pulled by a profile and tied to submissions.

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::contracts::strict;
use super::profiles::delivered_home_with;
use super::requests::{BASIC, VARIABLES, own_profile};
use crate::home::{Home, Ran};

/// The third candidate has an address, and no application yet.
pub(super) fn home_with(profile: &str) -> Home {
    let home = delivered_home_with(|document| document["submissions"][2]["candidate"]["email"] = "cosima@example.org".into());
    own_profile(&home, profile);
    home
}

pub(super) fn pull(home: &Home, server: &Ats, variables: &[(&str, &str)], more: &[&str]) -> Ran {
    let args = ["match", "small batch", "--pull", "own.toml", "--to", &server.address, "--json"];
    home.run_with(variables, &[&args[..], more].concat())
}

fn application(id: &str, candidate: &str, email: &str) -> Value {
    json!({ "id": id, "candidate": { "id": candidate, "primaryEmailAddress": { "value": email } }, "job": { "id": "R-17" } })
}

/// Two pages of applications, as Ashby lists them.
fn listing(got: &Got) -> Option<Reply> {
    let body = got.json();
    let is_right = got.verb == "POST"
        && got.path == "/application.list"
        && got.header("authorization") == BASIC
        && body["limit"] == 100
        && body["jobId"] == "R-17";
    let (page, more) = match body["cursor"].as_str() {
        None => (vec![application("14", "c-2", "b@example.org"), application("31", "c-1", "a@example.org")], Some("two")),
        Some("two") => (vec![application("32", "x-9", "Cosima@Example.org"), application("33", "x-8", "nobody@example.org")], None),
        Some(_) => return None,
    };
    let mut answer = json!({ "success": true, "results": page, "moreDataAvailable": more.is_some() });
    if let Some(cursor) = more {
        answer["nextCursor"] = cursor.into();
    }
    is_right.then(|| Reply::Json(200, answer))
}

#[test]
fn what_ashby_lists_is_tied_by_ids_proposed_by_address_and_never_twice() {
    let home = home_with("ashby");
    let (server, complaints) = strict(listing);
    let found = pull(&home, &server, &VARIABLES, &[]).json(4);
    assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
    assert_eq!(found["tied"], json!([{ "candidate": "c-1", "application": "31", "by": "ids", "requisition": "R-17" }]), "{found}");
    assert_eq!(
        found["proposed"],
        json!([{ "candidate": "c-3", "application": "32", "by": "email", "requisition": "R-17" }]),
        "{found}"
    );
    assert_eq!(server.got().len(), 2, "both pages, each once");
    let confirmed = pull(&home, &server, &VARIABLES, &["--yes"]).json(0);
    assert_eq!(
        confirmed["tied"],
        json!([{ "candidate": "c-3", "application": "32", "by": "email", "requisition": "R-17" }]),
        "{confirmed}"
    );
    assert_eq!(pull(&home, &server, &VARIABLES, &[]).json(0)["tied"], json!([]));
}

#[test]
fn greenhouse_joins_applications_with_their_candidates_addresses_by_its_links() {
    let home = home_with("greenhouse-v3");
    let path = home.path().join("own.toml");
    let address = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let own = std::sync::Arc::clone(&address);
    let (server, complaints) = strict(move |got| {
        let own = own.lock().expect("no panic").clone();
        if got.path == "/token" {
            return Some(Reply::Json(200, json!({ "access_token": "gh", "expires_in": 3600 })));
        }
        let is_right = got.verb == "GET" && got.header("authorization") == "Bearer gh" && got.body.is_empty();
        let page = |value: Value| Reply::Plain(200, "content-type: application/json\r\n".into(), value.to_string());
        let reply = match got.path.as_str() {
            "/v3/applications?job_ids=R-17&per_page=500" => Reply::Plain(
                200,
                format!("content-type: application/json\r\nlink: <{own}/v3/applications?cursor=next>; rel=\"next\"\r\n"),
                json!([{ "id": 41, "candidate_id": 7, "job_id": 1 }]).to_string(),
            ),
            "/v3/applications?cursor=next" => page(json!([{ "id": 42, "candidate_id": 8, "job_id": 1 }])),
            "/v3/candidates?per_page=500" => page(json!([
                { "id": 7, "email_addresses": [] },
                { "id": 8, "email_addresses": [{ "value": "cosima@example.org", "type": "personal" }] },
            ])),
            _ => return None,
        };
        is_right.then_some(reply)
    });
    server.address.clone_into(&mut address.lock().expect("no panic"));
    let text = std::fs::read_to_string(&path).expect("there").replace("https://auth.greenhouse.io", &server.address);
    std::fs::write(&path, text).expect("written");
    let variables = [("GREENHOUSE_CLIENT_ID", "a"), ("GREENHOUSE_CLIENT_SECRET", "b"), ("GREENHOUSE_USER_ID", "7")];
    let found = pull(&home, &server, &variables, &[]).json(4);
    assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
    assert_eq!(
        found["proposed"],
        json!([{ "candidate": "c-3", "application": "42", "by": "email", "requisition": "1" }]),
        "{found}"
    );
}

#[test]
fn a_token_of_greenhouse_is_not_asked_for_to_be_shown_to_somebody_else() {
    let home = home_with("greenhouse-v3");
    let server = Ats::start(|_| Reply::Json(200, json!([])));
    let variables = [("GREENHOUSE_CLIENT_ID", "a"), ("GREENHOUSE_CLIENT_SECRET", "b"), ("GREENHOUSE_USER_ID", "7")];
    let ran = pull(&home, &server, &variables, &[]);
    assert!(ran.code == Some(2) && ran.err.contains("auth.greenhouse.io") && ran.err.contains("token_url"), "{ran:#?}");
    let planned = super::requests::plan(&home, &server.address, &variables);
    assert!(planned.code == Some(2) && planned.err.contains("token_url"), "{planned:#?}");
    assert!(server.got().is_empty(), "{:#?}", server.got());
}

#[test]
fn successfactors_is_followed_to_the_address_of_the_next_page() {
    let home = home_with("successfactors-odata");
    let address = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let own = std::sync::Arc::clone(&address);
    let (server, complaints) = strict(move |got| {
        let own = own.lock().expect("no panic").clone();
        if got.path == "/oauth/token" {
            return Some(Reply::Json(200, json!({ "access_token": "t", "expires_in": 3600 })));
        }
        let first = "/odata/v2/JobApplication?$filter=jobReqId%20eq%20R-17&$select=applicationId,candidateId,jobReqId&$format=json";
        let one = |id: &str, candidate: &str| json!([{ "applicationId": id, "candidateId": candidate, "jobReqId": "R-17" }]);
        let body = match got.path.as_str() {
            path if path == first => {
                json!({ "d": { "results": one("51", "x"), "__next": format!("{own}/odata/v2/JobApplication?$skiptoken=2") } })
            }
            "/odata/v2/JobApplication?$skiptoken=2" => json!({ "d": { "results": one("52", "c-3") } }),
            _ => return None,
        };
        (got.verb == "GET" && got.header("authorization") == "Bearer t").then(|| Reply::Json(200, body))
    });
    server.address.clone_into(&mut address.lock().expect("no panic"));
    let token = format!("{}/oauth/token", server.address);
    let variables = [
        ("SUCCESSFACTORS_TOKEN_URL", token.as_str()),
        ("SUCCESSFACTORS_CLIENT", "earmark"),
        ("SUCCESSFACTORS_COMPANY", "acme"),
        ("SUCCESSFACTORS_ASSERTION", "PHNhbWw"),
    ];
    let found = pull(&home, &server, &variables, &[]).json(0);
    assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
    assert_eq!(found["tied"], json!([{ "candidate": "c-3", "application": "52", "by": "ids", "requisition": "R-17" }]), "{found}");
}

#[test]
fn half_a_listing_ties_nothing_and_says_what_came_instead() {
    for (code, why, reply) in [
        (2, "not_allowed", (|| Reply::Json(200, json!({ "success": false, "errors": ["not_allowed"] }))) as fn() -> Reply),
        (3, "page for people", || Reply::Plain(200, "content-type: text/html\r\n".into(), "<html>Sign in</html>".into())),
        (75, "after", || Reply::Half("{\"success\":true,\"results\":[".into())),
        (75, "half a JSON, or none", || Reply::Plain(200, String::new(), String::new())),
        (2, "without the list", || Reply::Json(200, json!({ "success": true }))),
    ] {
        let home = home_with("ashby");
        let server = Ats::start(move |got| match got.json()["cursor"].as_str() {
            None => listing(got).expect("the first page"),
            Some(_) => reply(),
        });
        let ran = pull(&home, &server, &VARIABLES, &[]);
        assert!(ran.code == Some(code) && ran.err.contains(why), "{why}: {ran:#?}");
        assert_eq!(home.run(&["match", "small batch", "--json"]).json(0)["without"], json!(["c-3"]), "{why}: nothing was tied");
    }
}

#[test]
fn a_listing_that_goes_round_comes_to_an_end() {
    let home = home_with("ashby");
    let round = json!({ "success": true, "results": [], "moreDataAvailable": true, "nextCursor": "two" });
    let server = Ats::start(move |_| Reply::Json(200, round.clone()));
    let ran = pull(&home, &server, &VARIABLES, &[]);
    assert!(ran.code == Some(2) && ran.err.contains("pages without end"), "{ran:#?}");
    assert!(server.got().len() < 5);
}

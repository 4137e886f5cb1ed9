//! What changes after it was delivered, against servers that take nothing but what the vendors' pages describe.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::contracts::{Complaints, delivered, home_with, strict};
use super::delivering::decide;
use super::profiles::delivered_home_with;
use super::requests::{Mood, VARIABLES, apply, ashby, own_profile, plan, row};
use crate::home::{Home, Ran};

/// An iCIMS that keeps a workflow's results: the workflow, the group's id, the entry.
#[derive(Default)]
struct Icims {
    results: Vec<(String, u64, Value)>,
    patched: Vec<String>,
}

impl Icims {
    fn serve(&mut self, got: &Got) -> Option<Reply> {
        let rest = got.path.strip_prefix("/customers/77/applicantworkflows/")?;
        if got.header("authorization") != "Basic aWM6cHc=" {
            return None;
        }
        let body = got.json();
        let is_short = body["assessmentnotes"].as_str().is_none_or(|notes| notes.len() <= 192)
            && body["assessmentresult"].as_str().is_none_or(|result| result.len() <= 128);
        if let Some(id) = rest.strip_suffix("?fields=assessmentresults") {
            let entry = |(_, group, body): &(String, u64, Value)| {
                let mut entry = body.clone();
                entry["id"] = json!(group);
                entry
            };
            let found: Vec<Value> = self.results.iter().filter(|(of, ..)| of == id).map(entry).collect();
            // A workflow without results does not have the key.
            let answer = if found.is_empty() { json!({ "id": id }) } else { json!({ "assessmentresults": found }) };
            return (got.verb == "GET").then(|| Reply::Json(200, answer));
        }
        let (id, group) = rest.split_once("/fields/assessmentresults")?;
        if !is_short || !body["assessmentscore"].is_number() {
            return None;
        }
        match (got.verb.as_str(), group.strip_prefix('/')) {
            ("POST", None) if body["assessmentname"]["value"] == "Recorded interview" => {
                let is_there =
                    |(of, _, known): &(String, u64, Value)| of == id && known["assessmentname"] == body["assessmentname"];
                // A duplicate is told as a success, and changes nothing.
                if !self.results.iter().any(is_there) {
                    self.results.push((id.to_owned(), 900 + self.results.len() as u64, body));
                }
                Some(Reply::Plain(201, "location: /x/9\r\n".into(), String::new()))
            }
            ("PATCH", Some(group)) => {
                let (.., known) = self.results.iter_mut().find(|(of, known, _)| of == id && known.to_string() == group)?;
                body.as_object()?.iter().for_each(|(key, value)| known[key] = value.clone());
                self.patched.push(group.to_owned());
                Some(Reply::Plain(204, String::new(), String::new()))
            }
            _ => None,
        }
    }
}

const ICIMS: [(&str, &str); 3] = [("ICIMS_USER", "ic"), ("ICIMS_PASSWORD", "pw"), ("ICIMS_CUSTOMER", "77")];

/// An iCIMS, and a home whose profile sends to it.
fn with_icims() -> (Home, Arc<Mutex<Icims>>, Ats, Complaints) {
    let icims: Arc<Mutex<Icims>> = Arc::default();
    let of_server = Arc::clone(&icims);
    let (server, complaints) = strict(move |got| of_server.lock().expect("no panic").serve(got));
    (home_with("icims"), icims, server, complaints)
}

#[test]
fn icims_takes_an_entry_once_and_a_new_score_changes_that_entry_by_its_group() {
    let (home, icims, server, complaints) = with_icims();
    delivered(&home, &server, &complaints, &ICIMS, 3);
    assert_eq!(icims.lock().expect("no panic").results.len(), 3);
    let wanted = {
        let (.., entry) = &mut icims.lock().expect("no panic").results[1];
        std::mem::replace(&mut entry["assessmentscore"], json!(11))
    };
    let planned = plan(&home, &server.address, &ICIMS).json(4);
    assert_eq!((&planned["counts"]["moved"], &planned["counts"]["unchanged"]), (&1.into(), &2.into()), "{planned}");
    let report = home.run_with(&ICIMS, &["deliver", "apply", "plan.json", "--overwrite-moved", "--json"]).json(4);
    assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
    let icims = icims.lock().expect("no panic");
    assert_eq!((report["sum"]["delivered"].as_u64(), icims.results.len()), (Some(1), 3), "{report}");
    assert_eq!((&icims.results[1].2["assessmentscore"], icims.patched.as_slice()), (&wanted, &["901".to_owned()][..]));
}

#[test]
fn icims_is_told_of_a_decision_that_changes_after_the_delivery() {
    let (home, icims, server, complaints) = with_icims();
    delivered(&home, &server, &complaints, &ICIMS, 3);
    for decision in ["advance", "decline"] {
        decide(&home, "c-2", decision, "14");
        let planned = plan(&home, &server.address, &ICIMS).json(4);
        assert_eq!((&planned["counts"]["update"], &planned["counts"]["unchanged"]), (&1.into(), &2.into()), "{planned}");
        assert_eq!(apply(&home, &ICIMS).json(4)["sum"]["delivered"], 1);
        let icims = icims.lock().expect("no panic");
        let (.., entry) = icims.results.iter().find(|(id, ..)| id == "14").expect("it is there");
        assert_eq!((&entry["assessmentnotes"], icims.results.len()), (&json!(format!("Decision: {decision}")), 3));
    }
}

/// A Workday that takes an attachment, and feedback where there is an interview, in an envelope with its token.
fn workday(got: &Got) -> Option<Reply> {
    let text = got.text();
    let has = |parts: &[&str]| parts.iter().all(|part| text.contains(part));
    let is_right = got.verb == "POST"
        && got.path == "/ccx/service/acme/Recruiting/v45.2"
        && got.header("content-type").starts_with("text/xml")
        && has(&["<wsse:Username>isu@acme</wsse:Username>", "wd:version=\"v45.2\""]);
    let feedback = [
        "<wd:Interview_Event_Reference><wd:ID wd:type=\"WID\">ev-1</wd:ID></wd:Interview_Event_Reference>",
        "<wd:Interviewer_Reference><wd:ID wd:type=\"Employee_ID\">e-1</wd:ID></wd:Interviewer_Reference>",
        "<wd:Overall_Comment>score: ",
    ];
    let ratings = ["HIRE", "UNDECIDED", "NO_HIRE"].map(|rating| format!("\"Interview_Feedback_Rating_ID\">{rating}</wd:ID>"));
    let what = match text.contains("<wd:Put_Interview_Feedback_Request") {
        true if has(&feedback) && ratings.iter().any(|rating| text.contains(rating)) => "Put_Interview_Feedback",
        false if has(&["<wd:Put_Candidate_Attachment_Request", "<wd:File_Content>"]) => "Put_Candidate_Attachment",
        _ => return None,
    };
    let answer = format!("<env:Envelope><env:Body><wd:{what}_Response/></env:Body></env:Envelope>");
    is_right.then(|| Reply::Plain(200, "content-type: text/xml\r\n".into(), answer))
}

const WORKDAY: [(&str, &str); 4] =
    [("WORKDAY_USER", "isu@acme"), ("WORKDAY_PASSWORD", "wd"), ("WORKDAY_TENANT", "acme"), ("WORKDAY_INTERVIEWER", "e-1")];

/// One application has an interview, and its candidate is decided on.
fn interviewed() -> Home {
    let home = delivered_home_with(|document| {
        document["submissions"][1]["applications"] =
            json!([{ "id": "14", "ids": { "candidate_id": "78", "interview_event": "ev-1" } }]);
    });
    own_profile(&home, "workday");
    decide(&home, "c-2", "advance", "14");
    home
}

#[test]
fn workday_takes_feedback_where_there_is_an_interview_and_a_decision() {
    let home = interviewed();
    let (server, complaints) = strict(workday);
    delivered(&home, &server, &complaints, &WORKDAY, 3);
    let feedback = |got: &&Got| got.text().contains("Put_Interview_Feedback_Request");
    let sent: Vec<Got> = server.got().iter().filter(feedback).cloned().collect();
    assert!(sent.len() == 1 && sent[0].text().contains(">HIRE<"), "{sent:#?}");
}

/// A home whose one feedback broke off on the way to a Workday, which takes everything from now on.
fn broken_off() -> (Home, Ats) {
    let home = interviewed();
    let breaks = Arc::new(Mutex::new(true));
    let of_server = Arc::clone(&breaks);
    let (server, _) = strict(move |got| {
        let cut = got.text().contains("Put_Interview_Feedback_Request") && *of_server.lock().expect("no panic");
        if cut { Some(Reply::Nothing) } else { workday(got) }
    });
    plan(&home, &server.address, &WORKDAY);
    let report = apply(&home, &WORKDAY).json(4);
    assert_eq!(row(&report, "14", "feedback")["outcome"], "unknown", "{report}");
    *breaks.lock().expect("no panic") = false;
    (home, server)
}

fn retry(home: &Home, server: &Ats, more: &[&str]) -> Ran {
    let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &server.address, "--json"];
    home.run_with(&WORKDAY, &[&args[..], more].concat())
}

#[test]
fn feedback_that_cannot_be_read_back_and_broke_off_waits_for_a_person() {
    let (home, server) = broken_off();
    let retry = |more: &[&str]| retry(&home, &server, more);
    let asks = retry(&[]);
    assert!(asks.out.contains("--again") && asks.out.contains("--arrived CANDIDATE"), "{asks:#?}");
    let sent = || server.got().iter().filter(|got| got.text().contains("Put_Interview_Feedback_Request")).count();
    let so_far = sent();
    // Of another candidate nothing is open: that says nothing of this one.
    assert_eq!(row(&retry(&["--arrived", "c-1"]).json(4), "14", "feedback")["outcome"], "unknown");
    let told = retry(&["--arrived", "c-2"]).json(0);
    assert_eq!((&row(&told, "14", "feedback")["state"], sent()), (&json!("accepted"), so_far), "{told}");
}

#[test]
fn what_broke_off_and_is_not_there_is_sent_again_when_somebody_has_looked() {
    let (home, server) = broken_off();
    // It was said of another candidate.
    assert_eq!(retry(&home, &server, &["--again=c-1"]).json(4)["sum"]["delivered"], 0);
    assert_eq!(retry(&home, &server, &["--again=c-2"]).json(0)["sum"]["delivered"], 1);
    let (home, server) = broken_off();
    assert_eq!(retry(&home, &server, &["--again"]).json(0)["sum"]["delivered"], 1, "without a name it is said of all");
}

#[test]
fn of_two_rows_of_one_candidate_each_is_said_what_is_true_of_it() {
    let home = delivered_home_with(|document| {
        let applied = |id: &str| json!({ "id": id, "ids": { "candidate_id": "78", "interview_event": "ev-1" } });
        document["submissions"][1]["applications"] = json!([applied("14"), applied("15")]);
    });
    own_profile(&home, "workday");
    ["14", "15"].iter().for_each(|application| decide(&home, "c-2", "advance", application));
    let breaks = Arc::new(Mutex::new(true));
    let of_server = Arc::clone(&breaks);
    let (server, _) = strict(move |got| {
        let cut = got.text().contains("Put_Interview_Feedback_Request") && *of_server.lock().expect("no panic");
        if cut { Some(Reply::Nothing) } else { workday(got) }
    });
    plan(&home, &server.address, &WORKDAY);
    let report = apply(&home, &WORKDAY).json(4);
    assert_eq!(["14", "15"].map(|id| row(&report, id, "feedback")["outcome"].clone()), [json!("unknown"), json!("unknown")]);
    *breaks.lock().expect("no panic") = false;
    let sent = || server.got().iter().filter(|got| got.text().contains("Put_Interview_Feedback_Request")).count();
    let so_far = sent();
    let unknown = retry(&home, &server, &["--arrived-row", "99"]);
    assert!(unknown.code == Some(2) && unknown.err.contains("nothing of it is open"), "{unknown:#?}");
    // What is said of a row goes before what is said of the candidate.
    let told = retry(&home, &server, &["--arrived-row", "14", "--again=c-2"]).json(0);
    assert_eq!((&row(&told, "14", "feedback")["state"], sent() - so_far), (&json!("accepted"), 1), "{told}");
    let late = retry(&home, &server, &["--again-row", "15/feedback"]);
    assert!(late.code == Some(2) && sent() - so_far == 1, "it is not open any more: {late:#?}");
}

#[test]
fn what_broke_off_is_asked_about_by_the_application_too() {
    for (answer, more) in [("2", 0), ("3", 1)] {
        let (home, server) = broken_off();
        let sent = || server.got().iter().filter(|got| got.text().contains("Put_Interview_Feedback_Request")).count();
        let so_far = sent();
        let lines = format!("deliver\nplan\n9\nown.toml\n{}\nretry\n1\n{answer}\nquit\n", server.address);
        let told = super::linear::typed_with(&home, &WORKDAY, &lines);
        assert!(told.contains("Is it there?") && told.contains("1 selected = 1 delivered"), "{told}");
        assert_eq!(sent() - so_far, more, "{told}");
    }
}

#[test]
fn feedback_is_found_beyond_the_first_page() {
    let (home, server, state) = ashby();
    {
        let mut state = state.lock().expect("no panic");
        let others =
            |nth: usize| json!({ "applicationId": "13", "submittedValues": { "earmark_reference": format!("other-{nth}") } });
        state.feedback = (0..5).map(others).collect();
        state.page = 2;
    }
    plan(&home, &server.address, &VARIABLES);
    state.lock().expect("no panic").moods.insert("13".into(), Mood::TakesAndBreaks);
    let report = apply(&home, &VARIABLES).json(4);
    assert_eq!(row(&report, "13", "feedback")["state"], "verified", "it is on the third page: {report}");
    assert!(server.got().iter().any(|got| got.json()["cursor"] == "4"), "{:#?}", server.got());
    assert!(state.lock().expect("no panic").complaints.is_empty());
}

#[test]
fn what_changes_and_changes_back_is_not_verified_by_the_older_entry() {
    for (mood, state_of_row) in [(Mood::Forgets, "accepted"), (Mood::Breaks, "unknown")] {
        let (home, server, state) = ashby();
        for (nth, decision) in ["advance", "hold", "advance"].into_iter().enumerate() {
            decide(&home, "c-1", decision, "13");
            plan(&home, &server.address, &VARIABLES);
            if nth == 2 {
                state.lock().expect("no panic").moods.insert("13".into(), mood);
            }
            let report = apply(&home, &VARIABLES).json(4);
            let expected = if nth == 2 { state_of_row } else { "verified" };
            assert_eq!(row(&report, "13", "feedback")["state"], expected, "round {nth}: {report}");
        }
        state.lock().expect("no panic").moods.clear();
        let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &server.address, "--json"];
        let retry = home.run_with(&VARIABLES, &args);
        if mood == Mood::Breaks {
            // The older entry proves nothing; that it stands there alone proves that the newer does not.
            assert_eq!(retry.json(0)["sum"]["delivered"], 1);
            let state = state.lock().expect("no panic");
            assert_eq!(state.feedback.iter().filter(|one| one["applicationId"] == "13").count(), 3);
        }
    }
}

#[test]
fn the_file_for_successfactors_has_its_headers_plain_ids_and_nothing_that_a_spreadsheet_adds() {
    let home = delivered_home_with(|document| document["requisition"]["id"] = json!("17"));
    std::fs::create_dir(home.path().join("drop")).expect("a folder");
    let args = ["deliver", "plan", "small batch", "--profile", "successfactors", "--to", "drop", "--out", "plan.json", "--json"];
    // One application has no candidate's id in SAP, one an id that is no number, and one candidate no application: they stay behind.
    let planned = home.run(&args).json(4);
    assert_eq!(planned["counts"], json!({ "create": 1, "update": 0, "unchanged": 0, "moved": 0, "quarantined": 3 }));
    assert!(planned["rows"].to_string().contains("begins with a zero"), "{planned}");
    let report = apply(&home, &[]).json(4);
    let name = report["files"][0].as_str().expect("a file");
    assert!(name.starts_with("earmark_") && !name.contains(' '), "{name}");
    let bytes = std::fs::read(home.path().join("drop").join(name)).expect("there");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert!(!text.starts_with('\u{feff}') && !text.contains('\r') && text.ends_with('\n'), "{text:?}");
    assert_eq!(lines[0], "applicationId,candidateId,jobReqId,score,scoreLow,scoreHigh,reviewers,recommendation,decision,followUps");
    let begins: Vec<String> = lines[1..].iter().map(|line| line.split(',').take(3).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(begins, ["14,78,17"]);
}

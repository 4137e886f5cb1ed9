//! Spark Hire 2.0: a token for a client's credentials, items that the settings name, no recordings.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::server::{Reply, Server, ok, status};
use super::{fetch, has_told, home, kept, wav};

const ITEM: &str = "/v2.0/partners/candidate_assessment_items/";

fn item(uuid: &str) -> Value {
    json!({
        "uuid": uuid, "type": "one_way", "status": "Completed", "completed": true, "completed_at": "2026-11-03T09:52:00Z",
        "due_at": "2026-11-10T00:00:00Z", "avg_rating": 4.5,
        "candidate": {"name": format!("Person {uuid}"), "email": format!("{uuid}@person.example"), "avatar": null},
        "job": {"uuid": "job-1", "title": "Night shift"},
        "summary": {"items": [
            {"uuid": format!("{uuid}-s1"), "question_summary": "An outage that was ended", "answer_summary": "Looked at the logs."},
            {"uuid": format!("{uuid}-s2"), "question_summary": "Why this job", "answer_summary": "Likes nights."},
        ]},
    })
}

/// The platform; `spoils` says after how many requests each token is not taken any more, `wraps` whether items stand in `data`.
fn spark_hire(spoils: usize, wraps: bool) -> Server {
    let (tokens, uses) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Server::start(move |asked, nth| {
        if asked.what() == ("POST", "/v2.0/partners/oauth/token") {
            return token(asked, &tokens, &uses);
        }
        if asked.method != "GET" {
            return Err("only reading is asked for".to_owned());
        }
        if asked.header("requester") != "ann@team.example" {
            return Err("there is no requester".to_owned());
        }
        let current = format!("Bearer token-{}", tokens.load(Ordering::SeqCst));
        if asked.header("authorization") != current || uses.fetch_add(1, Ordering::SeqCst) >= spoils {
            return Ok(status(401, ""));
        }
        let (_, path) = asked.what();
        if path == "/v2.0/partners/library/question_sets/all" {
            let questions =
                json!([{"text": "Tell us about an outage.", "think_time": 30, "response_time": 120}, {"text": "Why this job?"}]);
            return Ok(ok(&json!({"data": [{"uuid": "other", "questions": []}, {"uuid": "set-1", "questions": questions}]})));
        }
        let uuid = path.strip_prefix(ITEM).ok_or("no such path")?;
        if !asked.path.ends_with("?load[]=ai_review&load[]=ai_summary") {
            return Err("the summary is not asked for".to_owned());
        }
        Ok(match uuid {
            "gone" => status(410, ""),
            "i-2" if nth == 0 => status(429, "x-rate-limit-try-again-seconds: 1\r\n"),
            uuid if wraps => ok(&json!({"data": item(uuid)})),
            uuid => ok(&item(uuid)),
        })
    })
}

fn token(asked: &super::server::Asked, tokens: &AtomicUsize, uses: &AtomicUsize) -> Result<Reply, String> {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    if asked.header("content-type") != "application/x-www-form-urlencoded" || !asked.header("authorization").is_empty() {
        return Err("the credentials stand in a form".to_owned());
    }
    if (field("grant_type"), field("scope")) != ("client_credentials", "*") {
        return Err("no client's credentials".to_owned());
    }
    if (field("client_id"), field("client_secret")) != ("the-client", "kanarie-key") {
        return Ok(status(401, ""));
    }
    let number = tokens.fetch_add(1, Ordering::SeqCst) + 1;
    uses.store(0, Ordering::SeqCst);
    Ok(ok(&json!({"access_token": format!("token-{number}"), "token_type": "Bearer", "expires_in": "13500"})))
}

fn source(server: &Server, values: &str) -> String {
    format!(
        "kind = \"spark-hire\"\nurl = \"{}/v2.0\"\nauth = \"env:PLATFORM_KEY\"\nclient_id = \"env:CLIENT\"\n\
         [source.platform.values]\nrequester = \"ann@team.example\"\nitems = [\"i-1\", \"i-2\", \"gone\"]\n{values}",
        server.address
    )
}

#[test]
fn its_items_come_in_by_job_without_recordings_which_can_be_attached() {
    let server = spark_hire(100, true);
    let home = home(&source(&server, "question_set = \"set-1\"\n"));
    let ran = fetch(&home, &[]);
    super::super::done(&ran, 0);
    let batch = kept(&home);
    assert_eq!(batch["title"], "Night shift");
    assert!(has_told(&ran, "no-media", "2 of 2 completed") && has_told(&ran, "no-media", "earmark attach"), "{ran:#?}");
    assert!(has_told(&ran, "gone", "gone"), "what the settings name and is not there is told: {ran:#?}");
    assert!(has_told(&ran, "unsettled", "questions.prompt at /text"), "{ran:#?}");
    assert_eq!(server.asked().iter().filter(|one| one.method == "POST").count(), 1, "one token is enough");
    home.run(&["identity", "--label", "Mara", "--json"]).json(0);
    let refused = home.run(&["decide", "Night shift", "i-1", "decline", "--because", "below-bar"]);
    assert!(refused.code == Some(1) && refused.err.contains("earmark attach"), "nobody has heard them: {refused:#?}");
    let folder = home.path().join("downloads/i-1");
    std::fs::create_dir_all(&folder).expect("made");
    std::fs::write(folder.join("1.wav"), wav(1, 30_000)).expect("written");
    let attached = home.run(&["attach", "Night shift", "downloads", "--json"]);
    assert_eq!(attached.code, Some(0), "{attached:#?}");
    let again = fetch(&home, &[]);
    super::super::done(&again, 0);
    assert!(has_told(&again, "no-media", "1 of 2 completed"), "a fetch does not take away what was attached: {again:#?}");
}

#[test]
fn a_token_that_is_not_taken_any_more_is_fetched_anew_once() {
    let server = spark_hire(2, false);
    let home = home(&source(&server, ""));
    let ran = fetch(&home, &[]);
    super::super::done(&ran, 0);
    assert_eq!(kept(&home)["title"], "Night shift", "items that stand in no envelope are read, too");
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|one| one.method == "POST").count(), 2, "{asked:#?}");
    // A token that is refused at once is not fetched for ever.
    let server = spark_hire(0, false);
    let home = super::home(&source(&server, ""));
    let ran = fetch(&home, &[]);
    assert_eq!(ran.code, Some(3), "{ran:#?}");
    assert_eq!(server.asked().iter().filter(|one| one.method == "POST").count(), 2);
    assert!(!ran.err.contains("kanarie") && !ran.err.contains("token-"), "{ran:#?}");
}

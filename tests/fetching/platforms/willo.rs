//! Willo: a listing in pages, one list of all participants, fields whose names no document settles.

use std::sync::Arc;

use serde_json::{Value, json};

use super::server::{Server, ok, status};
use super::{Fault, fetch, has_told, home, kept, lines, recordings};

/// In which of the shapes that the facts leave open a platform answers.
#[derive(Clone)]
struct Shape {
    /// What stands in the authorization header.
    key: &'static str,
    base: &'static str,
    /// Whether the media stands as `media_url` or within `media`, and ids are numbers.
    is_other: bool,
    /// The host of recordings.
    media: String,
}

fn participant(shape: &Shape, nth: usize, whole: bool) -> Value {
    let interview = if shape.is_other { json!("int-1") } else { json!({"key": "int-1", "title": "Night shift"}) };
    let key = if shape.is_other { json!(70 + nth) } else { json!(format!("p-{nth}")) };
    let mut person = json!({"key": key, "email": format!("p{nth}@person.example"), "interview": interview});
    let name = if shape.is_other { "name" } else { "full_name" };
    person[name] = json!(format!("Person {nth}"));
    person["status"] = json!(["COMPLETED", "Invited", "On Review"][nth % 3]);
    if whole && nth != 1 {
        let url = format!("{}/m/{nth}.wav?sig={nth}", shape.media);
        let mut response =
            json!({"question": {"key": "qu-1"}, "type": "Audio", "recorded_at": "2026-11-03T09:35:00Z", "retakes_used": 1});
        if shape.is_other {
            response["media"] = json!({"url": url});
            response["transcript"] = json!("I looked at the logs first.");
        } else {
            response["media_url"] = json!(url);
        }
        let written = json!({"question": {"key": "qu-2"}, "answer_type": "text", "text": "We are sorry."});
        person["responses"] = json!([response, written]);
        person["accommodations"] = json!([{"name": "more time", "extra_time": 50}]);
    }
    person
}

/// The platform, which refuses whatever its reference does not have.
fn willo(shape: Shape) -> Server {
    let address = Arc::new(std::sync::OnceLock::<String>::new());
    let own = address.clone();
    let server = Server::start(move |asked, nth| {
        let of = |path: &str| format!("{}{path}", shape.base);
        if asked.header("authorization") != shape.key {
            return Ok(status(401, ""));
        }
        let (method, path) = asked.what();
        if method != "GET" || !asked.body.is_empty() {
            return Err("only reading is asked for".to_owned());
        }
        let page = |number: u32, list: &str, next: bool, results: Value| {
            let next = next.then(|| format!("{}{}?page_size=30&page={}", own.get().expect("set"), of(list), number + 1));
            json!({"count": 3, "next": next, "previous": null, "results": results})
        };
        match (path.strip_prefix(shape.base).unwrap_or(""), asked.path.contains("page=2")) {
            ("/interviews/", _) if nth == 0 && shape.is_other => Ok(status(429, "retry-after: 1\r\n")),
            ("/interviews/", _) => {
                let entry = json!({"key": "int-1", "title": "Night shift", "owner": {"key": "u", "email": "o@x.example", "full_name": "Owner"}});
                Ok(ok(&page(1, "/interviews/", false, json!([entry]))))
            }
            ("/interviews/int-1/", _) => Ok(ok(&json!({"key": "int-1", "title": "Night shift", "questions": [
                {"key": "qu-1", "prompt": "What did you do?", "answer_type": "audio", "max_duration": 120, "retakes": "2", "thinking_time": 30},
                {"key": "qu-2", "prompt": "Write to the customer.", "answer_type": "text"},
            ]}))),
            ("/participants/", false) => {
                Ok(ok(&page(1, "/participants/", true, json!([participant(&shape, 0, false), participant(&shape, 1, false)]))))
            }
            ("/participants/", true) => Ok(ok(&page(2, "/participants/", false, json!([participant(&shape, 2, false)])))),
            (path, _) => {
                let key = path.strip_prefix("/participants/").and_then(|rest| rest.strip_suffix('/')).unwrap_or_default();
                let nth = key.chars().last().and_then(|last| last.to_digit(10)).ok_or("no such path")?;
                if key.starts_with("p-") == shape.is_other {
                    return Err("no such participant".to_owned());
                }
                Ok(ok(&participant(&shape, nth as usize, true)))
            }
        }
    });
    address.set(server.address.clone()).expect("once");
    server
}

#[test]
fn its_participants_and_their_answers_come_in_and_the_key_goes_to_no_other_host() {
    // The first address is not good: neither where a dry run asks how long the file is, nor where the fetch comes first.
    let media = recordings(&["/m/0.wav", "/m/2.wav"], |path, nth| match (path.contains("/m/0"), nth) {
        (true, 0 | 1) => Fault::Status(403, ""),
        _ => Fault::None,
    });
    let base = "/api/integrations/v2";
    let server = willo(Shape { key: "kanarie-key", base, is_other: false, media: media.address.clone() });
    let home = home(&format!("kind = \"willo\"\nurl = \"{}{base}\"\nauth = \"env:PLATFORM_KEY\"\n", server.address));
    let dry = fetch(&home, &["--dry-run"]);
    let offers = lines(&dry).into_iter().find(|line| line["event"] == "batch").expect("a batch")["offers"].clone();
    assert_eq!((&offers["people"], &offers["recordings"], &offers["texts"]), (&json!(3), &json!(2), &json!(2)), "{dry:#?}");
    let ran = fetch(&home, &[]);
    let end = super::super::done(&ran, 0);
    assert_eq!((&end["answers"], &end["missing"]), (&json!(2), &json!(0)), "{ran:#?}");
    assert!(ran.out.contains("On Review"), "a status that nobody described is told: {}", ran.out);
    assert!(has_told(&ran, "unsettled", "answers.file at /media_url"), "{ran:#?}");
    assert!(has_told(&ran, "unsettled", "answers.think_used_s"), "what was not found is told: {ran:#?}");
    assert_eq!(kept(&home)["title"], "Night shift");
    // After the address had expired that person alone was asked for again.
    let asked = server.asked();
    let times = |path: &str| asked.iter().filter(|one| one.path.ends_with(path)).count();
    assert_eq!((times("/participants/p-0/"), times("/participants/p-1/")), (3, 2), "one dry run, one fetch, one renewal");
    assert_eq!(times("/participants/?page_size=30"), 2, "the list of everybody is not read again for it");
    let media = media.asked();
    assert!(
        !media.is_empty() && media.iter().all(|one| !one.headers.contains("authorization") && !one.headers.contains("kanarie"))
    );
}

#[test]
fn the_other_shape_of_every_field_is_read_with_another_base_and_scheme() {
    let media = recordings(&["/m/0.wav", "/m/2.wav"], |_, _| Fault::None);
    let server = willo(Shape { key: "Bearer kanarie-key", base: "/v1", is_other: true, media: media.address.clone() });
    let source =
        format!("kind = \"willo\"\nurl = \"{}/v1/\"\nauth = \"env:PLATFORM_KEY\"\nauth_prefix = \"Bearer \"\n", server.address);
    let home = home(&source);
    let ran = fetch(&home, &[]);
    let end = super::super::done(&ran, 0);
    assert_eq!((&end["arrived"], &end["answers"]), (&json!(4), &json!(2)), "two recordings and two transcripts: {ran:#?}");
    assert!(has_told(&ran, "unsettled", "answers.file at /media/url"), "{ran:#?}");
    assert!(ran.out.contains("as text without times"), "{}", ran.out);
    let found = home.run(&["search", "Night shift", "looked at the logs", "--json"]);
    assert!(found.code == Some(0) && found.out.contains("logs"), "the transcript is there: {found:#?}");
    assert!(server.asked().iter().filter(|one| one.path.contains("/interviews/?")).count() >= 2, "429 was waited for");
    let again = super::super::done(&fetch(&home, &[]), 0);
    assert_eq!((&again["files"], &again["summary"]), (&json!(0), &json!("nothing new")));
}

#[test]
fn a_key_that_is_not_good_ends_with_three_and_is_not_repeated() {
    let server = willo(Shape { key: "another", base: "", is_other: false, media: String::new() });
    let home = home(&format!("kind = \"willo\"\nurl = \"{}\"\nauth = \"env:PLATFORM_KEY\"\n", server.address));
    let ran = fetch(&home, &[]);
    assert_eq!(ran.code, Some(3), "{ran:#?}");
    assert!(ran.err.contains("does not know the token") && !ran.err.contains("kanarie"), "{ran:#?}");
}

//! What becomes of answers whose fields the platforms' documents leave open.

use serde_json::{Value, json};

use super::super::description::Description;
use super::*;

const DESCRIPTION: &str = r#"
source = "x"
[questions]
each = true
items = "/questions"
same = "/title"
fields = { prompt = "/title", think_seconds = ["/think", "/thinking"] }
added = { prompt = "/more" }
[submissions]
fields = { "candidate.id" = "/id", completed_at = "/done" }
applications = { fields = { id = "/external" } }
documents = { items = "/files", fields = { kind = "/kind", file = "/url" } }
accommodations = { items = "/arranged", fields = { what = "/what", extra_time_percent = "/percent" } }
[answers]
items = "/questions"
version = "/answer/at"
ready = "/answer/encoded"
fields = { question = "/title", file = "/answer/url", transcript = "/answer/words", recorded_at = "/answered", retakes_used = "/retakes" }
"#;

fn built(people: Value) -> Built {
    let description = Description::read(DESCRIPTION).expect("a description");
    let people = people.as_array().expect("a list").iter().map(|person| {
        let given = person["questions"].as_array().cloned().unwrap_or_default();
        (person.clone(), given)
    });
    build(&description, &Answers { people: people.collect(), id: "b".into(), ..Answers::default() })
}

#[test]
fn questions_with_an_id_for_each_person_are_joined_by_their_words() {
    let question = |id: &str, title: &str| json!({"id": id, "title": title, "more": "Take your time."});
    let built = built(json!([
        {"id": 1, "questions": [question("a1", "Why  us?"), question("a2", "And then?"), question("a3", "And then?")]},
        {"id": "2", "questions": [question("b1", "And then?"), question("b2", "Why us?")]},
    ]));
    let document = built.document.expect("there are questions");
    let questions = document["interview"]["questions"].as_array().expect("a list");
    assert_eq!(questions.len(), 3, "one that is asked twice is two: {questions:?}");
    assert_eq!(questions[0]["prompt"], "Why  us?\nTake your time.");
    let asked = |person: usize, nth: usize| document["submissions"][person]["answers"][nth]["question"].clone();
    assert_eq!((asked(0, 0), asked(0, 1)), (asked(1, 1), asked(1, 0)));
    assert!(built.problems.iter().any(|problem| problem.reason.as_str().contains("an id of their own")));
    assert_eq!(document["submissions"][0]["candidate"]["id"], "1", "ids come as numbers, too");
}

#[test]
fn without_people_no_question_is_known_and_there_is_no_batch_yet() {
    assert!(built(json!([])).document.is_none());
}

#[test]
fn a_recording_that_is_still_prepared_has_a_name_and_no_address() {
    let answer = |encoded: bool, url: Value| json!([{"id": 1, "questions": [{"title": "Why?", "answer": {"url": url, "encoded": encoded, "at": 5}}]}]);
    let coming = built(answer(false, Value::Null));
    assert_eq!(coming.files.values().collect::<Vec<_>>(), [&Found::NotYet]);
    let there = built(answer(true, json!("https://cdn.example/a.mp4?sig=1")));
    assert_eq!(there.files.values().collect::<Vec<_>>(), [&Found::At("https://cdn.example/a.mp4?sig=1".into())]);
}

#[test]
fn what_was_arranged_documents_and_applications_are_kept_and_what_cannot_be_meant_is_not() {
    let built = built(json!([{
        "id": 1, "external": 42, "done": true, "arranged": [{"what": "more time", "percent": 25}, {"percent": 3}],
        "files": [{"kind": "resume", "url": "https://cdn.example/cv.pdf"}, {"kind": "note"}],
        "questions": [{"title": "Why?", "answered": 1_721_800_000_000_u64, "retakes": "2", "answer": {"words": "I like it here."}}],
    }]));
    let document = built.document.expect("a question");
    let person = &document["submissions"][0];
    assert_eq!(person["applications"], json!([{"id": "42"}]));
    assert_eq!(person["accommodations"], json!([{"what": "more time", "extra_time_percent": 25}]));
    assert_eq!(person["documents"].as_array().map(Vec::len), Some(2));
    assert!(person.get("completed_at").is_none(), "true is no time");
    let answer = &person["answers"][0];
    assert_eq!((&answer["retakes_used"], &answer["recorded_at"]), (&json!(2), &json!("2024-07-24T05:46:40Z")));
    let transcript = answer["transcript"].as_str().expect("a name");
    assert_eq!(built.files[transcript], Found::Here(b"I like it here.".to_vec()));
    assert_eq!(built.offers.documents, 1);
}

#[test]
fn words_with_times_stand_for_a_file_and_an_empty_list_of_them_for_none() {
    let person = |words: Value| json!([{"id": 1, "questions": [{"title": "Why?", "answer": {"words": words}}]}]);
    let spoken = json!({"words": [{"text": "Hello", "start": 0.5, "end": 0.9}]});
    let with = built(person(spoken.clone()));
    assert_eq!(with.files.values().collect::<Vec<_>>(), [&Found::Here(spoken.to_string().into_bytes())]);
    assert!(built(person(json!({"words": [], "text": null}))).files.is_empty());
    assert_eq!(
        built(person(json!("https://cdn.example/a.vtt"))).files.values().next(),
        Some(&Found::At("https://cdn.example/a.vtt".into()))
    );
}

#[test]
fn where_an_unsettled_field_stood_is_told_and_that_it_was_not_found_as_well() {
    let told = |entry: Value| -> Vec<String> {
        let built = built(json!([{"id": 1, "questions": [entry]}]));
        let unsettled = built.problems.iter().filter(|problem| problem.code == Some("unsettled"));
        unsettled.map(|problem| problem.reason.as_str().to_owned()).collect()
    };
    let found = told(json!({"title": "Why?", "thinking": 30}));
    assert!(found[0].contains("read so: questions.think_seconds at /thinking"), "{found:?}");
    let not = told(json!({"title": "Why?"}));
    assert!(not[0].contains("none was found: questions.think_seconds"), "{not:?}");
}

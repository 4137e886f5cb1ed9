//! What is said of each mistake, and what stays usable beside it.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::interview::{AnswerState, Kind, Severity, Status};

/// Two questions, two people, nothing wrong.
fn good() -> Json {
    json!({
        "format": 1, "source": "demo", "id": "support", "title": "Support engineer",
        "interview": {"questions": [
            {"id": "q1", "prompt": "Tell us about an outage.", "answer_seconds": 120},
            {"id": "q2", "prompt": "What would you change?"},
        ]},
        "submissions": [
            {"candidate": {"id": "c1", "name": "Ann Example"}, "answers": [
                {"question": "q1", "file": "c1/q1.webm", "transcript": "c1/q1.vtt", "duration_ms": 41230},
                {"question": "q2", "text": "Less."},
            ]},
            {"candidate": {"id": "c2"}, "answers": [{"question": "q1", "file": "c2/q1.webm"}]},
        ],
    })
}

/// `good` with `value` at a JSON pointer, whose last part may be new.
fn with(pointer: &str, value: Json) -> Vec<u8> {
    let mut document = good();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with /");
    match document.pointer_mut(parent).expect("the parent is in the good document") {
        Json::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        Json::Array(items) if key == "-" => items.push(value),
        Json::Array(items) => items[key.parse::<usize>().expect("an index")] = value,
        other => panic!("{other} has no parts"),
    }
    serde_json::to_vec_pretty(&document).expect("a value can be written")
}

fn check(pointer: &str, value: Json, place: &str, reason: &str, severity: Severity) -> Outcome {
    let outcome = read("batch.json", &with(pointer, value));
    let told = told(&outcome);
    let found = outcome.problems.iter().any(|problem| {
        let at = problem.place.as_str().split(" (line").next();
        at == Some(place) && problem.reason.as_str().contains(reason) && problem.severity == severity
    });
    assert!(found, "{pointer}: wanted {severity:?} at {place}: {reason}; got {told:#?}");
    assert_eq!(outcome.problems.len(), 1, "{pointer}: one mistake is told once: {told:#?}");
    assert!(!outcome.problems[0].remedy.is_empty());
    outcome
}

fn told(outcome: &Outcome) -> Vec<String> {
    let line = |problem: &Problem| format!("{:?} {}: {} -> {}", problem.severity, problem.place, problem.reason, problem.remedy);
    outcome.problems.iter().map(line).collect()
}

fn batch(outcome: &Outcome) -> &Batch {
    outcome.batch.as_ref().unwrap_or_else(|| panic!("no batch: {:#?}", told(outcome)))
}

#[test]
fn a_good_document_becomes_a_batch_without_a_word() {
    let outcome = read("batch.json", &with("/id", json!("support")));
    assert_eq!(told(&outcome), Vec::<String>::new());
    let batch = batch(&outcome);
    assert_eq!(batch.id, crate::interview::BatchId::derive(&["demo", "support"]));
    let [ann, other] = &batch.submissions[..] else { panic!("two submissions") };
    assert_eq!((ann.status, other.status), (Status::Completed, Status::Started));
    let states = |index: usize| batch.submissions[index].answers.iter().map(|answer| answer.state.clone()).collect::<Vec<_>>();
    assert_eq!(states(0), [AnswerState::NotHere, AnswerState::Ready]);
    assert_eq!(states(1), [AnswerState::NotHere, AnswerState::NotGiven], "each question has its answer");
    assert_eq!(ann.answers[1].kind, Kind::Text);
    let paths: Vec<&str> = outcome.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["c1/q1.webm", "c1/q1.vtt", "c2/q1.webm"]);
}

#[test]
fn of_whom_no_answer_is_named_and_who_completed_it_is_not_said_that_none_was_given() {
    let states = |pointer: &str, value: Json| {
        let mut document: Json = serde_json::from_slice(&with("/submissions/0/answers", json!([]))).expect("JSON");
        document["submissions"][0]["status"] = json!("completed");
        *document.pointer_mut(pointer).expect("there") = value;
        let outcome = read("batch.json", &serde_json::to_vec(&document).expect("JSON"));
        batch(&outcome).submissions[0].answers.iter().map(|answer| answer.state.clone()).collect::<Vec<_>>()
    };
    assert_eq!(states("/submissions/0/answers", json!([])), [const { AnswerState::NotHandedOut }; 2]);
    assert_eq!(states("/submissions/0/status", json!("expired")), [const { AnswerState::NotGiven }; 2]);
    let said = json!([{ "question": "q1", "state": "not_given" }, { "question": "q2", "state": "not_handed_out" }]);
    assert_eq!(states("/submissions/0/answers", said), [AnswerState::NotGiven, AnswerState::NotHandedOut]);
}

#[test]
fn a_mistake_in_an_answer_is_named_with_its_place_and_costs_no_more_than_it_must() {
    use Severity::{Damage, Warning};
    let duration = "/submissions/0/answers/0/duration_ms";
    let place = "submissions[0].answers[0].duration_ms";
    check(duration, json!(3_597_523_200_000_u64), place, "114 years", Warning);
    check(duration, json!(-1), place, "outside", Warning);
    check(duration, json!(1.5), place, "not a whole number", Warning);
    check(duration, json!("41230"), place, "not text", Warning);
    let outcome = check(duration, json!([]), place, "not a list", Warning);
    assert_eq!(batch(&outcome).submissions[0].answers[0].state, AnswerState::NotHere, "the answer itself is usable");

    let file = "/submissions/0/answers/0/file";
    for (path, reason) in [
        ("../../etc/passwd", "leaves the folder"),
        ("/etc/passwd", "absolute"),
        ("C:\\q1.webm", "drive"),
        ("q1\0.webm", "control"),
        ("", "empty"),
        ("https://cdn.example.com/1", "web address"),
    ] {
        let outcome = check(file, json!(path), "submissions[0].answers[0].file", reason, Damage);
        assert!(matches!(batch(&outcome).submissions[0].answers[0].state, AnswerState::Faulty { .. }));
        assert_eq!(batch(&outcome).submissions[0].answers[1].state, AnswerState::Ready, "only that answer is spoiled");
        assert!(outcome.files.iter().all(|file| check_path(&file.path).is_ok()));
    }
    check("/submissions/0/answers/1/question", json!("q3"), "submissions[0].answers[1].question", "no question q3", Damage);
    let left_out = read("batch.json", &with("/interview/questions/1/prompt", json!([])));
    let said = told(&left_out).join("\n");
    assert!(said.contains("question q2 was left out, so this answer was too") && !said.contains("did you mean"), "{said}");
    check("/submissions/0/answers/1/question", json!("q 2"), "submissions[0].answers[1].question", "an id cannot contain", Damage);
    check("/submissions/0/answers/1/question", json!("q1"), "submissions[0].answers[1]", "answered twice", Damage);
    check("/submissions/0/answers/1", json!({"question": "q2"}), "submissions[0].answers[1]", "neither file nor text", Warning);
    check("/submissions/0/answers/1", json!({"text": "x"}), "submissions[0].answers[1]", "question is missing", Damage);
    check("/submissions/0/answers/1", json!(7), "submissions[0].answers[1]", "not a number", Damage);
    check(
        "/submissions/0/answers/0/recorded_at",
        json!("2026-11-03 9am"),
        "submissions[0].answers[0].recorded_at",
        "no time with",
        Warning,
    );
    check(
        "/submissions/0/answers/0/recorded_at",
        json!("2026-11-03T09:30:00"),
        "submissions[0].answers[0].recorded_at",
        "offset",
        Warning,
    );
    check("/submissions/0/answers/0/sha256", json!("abc"), "submissions[0].answers[0].sha256", "no SHA-256", Warning);
    check("/submissions/0/answers/0/kind", json!("smell"), "submissions[0].answers[0].kind", "not one of the words", Warning);
}

#[test]
fn a_mistake_in_a_submission_or_question_is_named_and_leaves_the_others() {
    use Severity::{Damage, Warning};
    let outcome = check("/submissions/1/candidate/id", json!("c1"), "submissions[1].candidate.id", "used twice", Damage);
    assert_eq!(batch(&outcome).submissions.len(), 1);
    check("/submissions/1/candidate/id", json!(""), "submissions[1].candidate.id", "empty", Damage);
    let outcome = check("/submissions/1/candidate/id", json!(7731), "submissions[1].candidate.id", "number where text", Warning);
    assert_eq!(batch(&outcome).submissions[1].candidate.source_id.as_str(), "7731");
    check("/submissions/1/candidate", json!({}), "submissions[1].candidate", "id is missing", Damage);
    check("/submissions/1/candidate", json!(null), "submissions[1]", "candidate is missing", Damage);
    check("/submissions/1/status", json!("gone"), "submissions[1].status", "not one of the words", Warning);
    check("/submissions/1/consent", json!({"given": "yes"}), "submissions[1].consent.given", "true or false", Damage);
    check("/submissions/1/retain_until", json!("31.5.2027"), "submissions[1].retain_until", "no date", Warning);
    check(
        "/submissions/0/candidate/name",
        json!("Ann\u{1b}]52;c;eA==\u{7}"),
        "submissions[0].candidate.name",
        "escape sequences",
        Warning,
    );
    check("/submissions/0/candidate/name", json!("Ann\u{202e}"), "submissions[0].candidate.name", "invisible", Warning);
    check("/submissions/0/candidate/id", json!("Ann Example"), "submissions[0].candidate.id", "hide", Warning);
    let documents = json!([{"kind": "resume", "file": "../cv.pdf"}]);
    check("/submissions/0/documents", documents, "submissions[0].documents[0].file", "leaves the folder", Damage);
    let again = json!({"id": "q1", "prompt": "Again?"});
    check("/interview/questions/-", again, "interview.questions[2].id", "used twice", Damage);
    check("/interview/questions/-", json!({"id": "q3"}), "interview.questions[2]", "prompt is missing", Damage);
    check("/submissions/1/Status", json!("started"), "submissions[1].Status", "not known", Warning);
    check("/format", json!(null), "format", "missing", Warning);
}

#[test]
fn where_nothing_can_be_taken_the_first_reason_is_told() {
    use Severity::Fatal;
    for (pointer, value, place, reason) in [
        ("/format", json!(2), "format", "reads format 1"),
        ("/format", json!("one"), "format", "no format"),
        ("/interview/questions", json!([]), "interview.questions", "no usable question"),
        ("/submissions", json!(null), "submissions", "missing"),
        ("/submissions", json!([]), "submissions", "no submission"),
    ] {
        assert!(check(pointer, value, place, reason, Fatal).batch.is_none());
    }
    for (text, place) in [("{", "line 1, character 2"), ("", "line 1, character 1"), ("[1]", "line 1")] {
        let outcome = read("batch.json", text.as_bytes());
        assert!(outcome.batch.is_none());
        assert_eq!(outcome.problems[0].place.as_str(), place);
    }
    let deep = format!("{{\"x\": {}", "[".repeat(1_000_000));
    assert!(read("batch.json", deep.as_bytes()).problems[0].reason.as_str().contains("64 deep"));
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let text = "{\"format\": 1, \"interview\": {\"questions\": [{\"id\": \"q1\", \"prompt\": \"P\"}]},\n\"submissions\": [{\"candidate\": {\"id\": \"c1\"}, \"answers\": [\n{\"question\": \"q1\", \"file\": \"../x\",\n\"duration_ms\": NaN,\n\"colour\": 3}]}]}";
    let outcome = read("batch.json", text.as_bytes());
    let places: Vec<&str> = outcome.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "submissions[0].answers[0].file (line 3)",
            "submissions[0].answers[0].duration_ms (line 4)",
            "submissions[0].answers[0].colour (line 5)",
        ]
    );
}

#[test]
fn text_that_is_not_utf8_spoils_itself_alone() {
    let mut bytes = with("/submissions/0/candidate/name", json!("Jos?"));
    let at = bytes.windows(4).position(|window| window == b"Jos?").expect("the name is there");
    bytes[at + 3] = 0xe9;
    let outcome = read("batch.json", &bytes);
    assert!(outcome.problems[0].reason.as_str().contains(&format!("byte {}", at + 3)), "{:?}", told(&outcome));
    assert_eq!(batch(&outcome).submissions[0].candidate.name.as_ref().map(SafeText::as_str), Some("Jos\u{fffd}"));
}

#[test]
fn who_was_asked_differently_is_named_once_a_question() {
    let outcome = read("batch.json", &with("/submissions/0/answers/0/asked", json!("Tell us about  an outage.")));
    assert_eq!(told(&outcome), Vec::<String>::new(), "spaces are no other wording");
    check(
        "/submissions/0/answers/0/asked",
        json!("Describe an outage."),
        "interview.questions[0]",
        "other words",
        Severity::Warning,
    );
    check(
        "/submissions/1/answers/0/answer_seconds",
        json!(180),
        "interview.questions[0]",
        "limit for 1 of the candidates: c2",
        Severity::Warning,
    );
}

#[test]
fn ids_come_from_the_source_else_from_what_was_asked_of_whom() {
    let ids = |bytes: &[u8]| {
        let outcome = read("x/batch.json", bytes);
        let batch = batch(&outcome);
        (batch.id, batch.submissions[0].candidate.id, batch.submissions[0].id, batch.submissions[0].answers[0].id)
    };
    assert_eq!(ids(&with("/title", json!("A"))), ids(&with("/title", json!("B"))));
    assert_eq!(
        ids(&with("/id", json!("other"))).1,
        ids(&with("/id", json!("support"))).1,
        "a source's person is one in all its batches"
    );
    assert_ne!(ids(&with("/id", json!("other"))).3, ids(&with("/id", json!("support"))).3);

    let nameless = |change: &dyn Fn(&mut Json)| {
        let mut document = good();
        if let Some(fields) = document.as_object_mut() {
            fields.retain(|key, _| key != "id" && key != "source");
        }
        change(&mut document);
        ids(&serde_json::to_vec(&document).expect("a value can be written"))
    };
    let plain = nameless(&|_| ());
    assert_eq!(plain, nameless(&|document| document["submissions"][0]["answers"][0]["file"] = json!("elsewhere.webm")));
    assert_ne!(plain.0, nameless(&|document| document["submissions"][0]["candidate"]["name"] = json!("Other")).0);
    assert_ne!(plain.1, nameless(&|document| document["submissions"][1]["candidate"]["id"] = json!("c9")).1);
}

#[test]
fn the_schema_is_stable_and_knows_every_field_that_is_read() {
    let schema = serde_json::to_string(&schema()).expect("a schema can be written");
    assert_eq!(schema, serde_json::to_string(&super::schema()).expect("a schema can be written"));
    for word in ["2020-12/schema", "A batch of interview submissions", "think_used_ms", "Milliseconds of think time", "not_given"] {
        assert!(schema.contains(word), "{word} is not in the schema");
    }
    let full = include_bytes!("full.json");
    let outcome = read("full.json", full);
    assert_eq!(told(&outcome), Vec::<String>::new());
    let document: Document = serde_json::from_slice(full).expect("the full example is a document");
    let written = serde_json::to_value(&document).expect("a document can be written");
    let original: Json = serde_json::from_slice(full).expect("the full example is JSON");
    assert_eq!(written, original, "reading and writing keeps every field");
}

const TABLE: &str = "candidate_id,candidate_name,question_id,question,answer_file,mime_type,submitted_at\n";

fn table(rows: &str) -> Outcome {
    read_csv("batch.csv", format!("{TABLE}{rows}").as_bytes())
}

#[test]
fn a_table_is_read_by_the_names_of_its_columns() {
    let outcome = read_csv(
        "batch.csv",
        "\u{feff}Answer File;QUESTION ID;Candidate ID;Candidate Name;mime\r\nb/1.mp4;q1;b;\"B; Example\";video/mp4\r\na/1.ogg;q1;a;;\r\n".as_bytes(),
    );
    let batch = batch(&outcome);
    let people: Vec<&str> = batch.submissions.iter().map(|submission| submission.candidate.source_id.as_str()).collect();
    assert_eq!(people, ["b", "a"], "in the order of the rows");
    assert_eq!(batch.submissions[0].candidate.name.as_ref().map(SafeText::as_str), Some("B; Example"));
    assert_eq!(batch.submissions[0].answers[0].kind, Kind::Video);
    assert_eq!(batch.interview.questions[0].prompt.as_str(), "q1", "without a prompt the id stands for it");
}

#[test]
fn a_tables_mistakes_are_named_by_line_and_column() {
    let outcome = table(concat!(
        "a,Ann,q1,What?,../q1.webm,audio/webm,2026-10-01T08:00:00Z\n",
        "a,Anne,q2,Why?,a/q2.webm,audio/webm,yesterday\n",
        "b,Ben,q1,What now?,b/q1.webm,audio/webm,2026-10-01T08:00:00+02:00\n",
        "b,Ben,q2,Why?,,,2026-10-01T08:00:00Z\n",
        ",Cid,q1,What?,c/q1.webm,,\n",
        "b,Ben,q1,What?,b/again.webm,,\n",
        "d,Dee,q1\n",
    ));
    let told = told(&outcome);
    for part in [
        "Damage line 2, column answer_file: the path leaves the folder",
        "Warning line 3, column candidate_name: this differs from line 2",
        "Damage line 6: the row has no candidate_id",
        "Damage line 7: the question q1 is answered twice",
        "Warning line 8: the row has 3 cells; the header has 7",
        "q1 was asked in other words for 1 of the candidates: b",
    ] {
        assert!(told.iter().any(|line| line.contains(part)), "{part} is not in {told:#?}");
    }
    let batch = batch(&outcome);
    let ben = &batch.submissions[1];
    assert_eq!((ben.status, ben.completed_at), (Status::Started, None), "Ben left one question out");
    assert_eq!(ben.answers[0].asked.as_ref().map(SafeText::as_str), Some("What now?"));
}

#[test]
fn a_table_without_the_columns_that_it_needs_is_refused() {
    for text in ["", "name,file\nAnn,x.webm\n", "candidate_id,file\na,x\n", "{\"format\": 1}"] {
        let outcome = read_csv("batch.csv", text.as_bytes());
        assert!(outcome.batch.is_none());
        assert!(
            outcome
                .problems
                .iter()
                .any(|problem| problem.severity == Severity::Fatal && problem.reason.as_str().contains("question_id"))
        );
    }
}

#[test]
fn a_table_of_two_imports_gives_the_same_ids() {
    let rows = ["a,Ann,q1,What?,1.webm,,\n", "b,Ben,q1,What?,2.webm,,\n"];
    let one = table(&rows.concat());
    let two = table(&format!("{}\n{}", rows[0], rows[1]).replace("1.webm", "moved.webm"));
    assert_eq!(batch(&one).id, batch(&two).id);
    assert_eq!(batch(&one).submissions[1].answers[0].id, batch(&two).submissions[1].answers[0].id);
}

proptest! {
    #[test]
    fn no_bytes_can_stop_the_readers(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read("batch.json", &bytes);
        read_csv("batch.csv", &bytes);
        read_csv("batch.csv", &[TABLE.as_bytes(), &bytes].concat());
    }

    #[test]
    fn no_change_of_a_good_document_can_stop_the_reader(at in 0..2000_usize, byte in any::<u8>(), cut in 0..2000_usize) {
        let mut bytes = with("/title", json!("T"));
        let length = bytes.len();
        bytes[at % length] = byte;
        let whole = read("batch.json", &bytes);
        prop_assert!(whole.batch.is_some() || whole.problems.iter().any(|problem| problem.severity == Severity::Fatal));
        bytes.truncate(cut % length);
        prop_assert!(read("batch.json", &bytes).batch.is_none(), "a document that was cut is no document");
    }

    #[test]
    fn any_value_anywhere_is_borne(value in any_json(), place in 0..9_usize) {
        let pointers = ["/format", "/id", "/interview", "/interview/questions/0", "/submissions", "/submissions/0",
            "/submissions/0/candidate", "/submissions/0/answers/0", "/submissions/0/answers/0/file"];
        let outcome = read("batch.json", &with(pointers[place], value));
        prop_assert!(outcome.batch.is_some() || outcome.problems.iter().any(|problem| problem.severity == Severity::Fatal));
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    const KEYS: &[&str] = &["id", "file", "question", "candidate", "answers", "questions", "given", "text", "x"];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            proptest::collection::vec((proptest::sample::select(KEYS), inner), 0..5)
                .prop_map(|fields| Json::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}

#[test]
fn how_long_an_answer_might_take_is_the_persons_own_limit_and_else_the_questions_with_the_extra_time() {
    let limit = |pointer: &str, value: Json, answer: usize| {
        let outcome = read("batch.json", &with(pointer, value));
        let batch = batch(&outcome);
        batch.limit(batch.submissions[0].answers[answer].id, Some(60))
    };
    assert_eq!(limit("/id", json!("support"), 0), Some(120));
    assert_eq!(limit("/id", json!("support"), 1), Some(60), "the rubric's, where the interview has none");
    assert_eq!(limit("/submissions/0/answers/0/answer_seconds", json!(300), 0), Some(300));
    assert_eq!(limit("/submissions/0/accommodations", json!([{ "what": "more time", "extra_time_percent": 50 }]), 0), Some(180));
}

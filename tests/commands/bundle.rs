//! A small batch in a folder, and a rubric for it.

use std::path::{Path, PathBuf};

use serde_json::json;

/// A rubric whose questions have other ids than the batch's.
pub(super) const RUBRIC: &str = r#"
format = 1
id = "small"
version = "1.0.0"
title = "A small rubric"
language = "en"

[scale]
min = 1
max = 5
allow_half = false

[[question]]
id = "outage"
prompt = "Tell us about a fault whose cause nobody knew, and what you did step by step."
think_seconds = 60
answer_seconds = 150
retakes = 1

  [[question.criterion]]
  id = "diagnosis"
  name = "Systematic diagnosis"
  weight = 2
    [question.criterion.anchors]
    1 = "Tries fixes at random and cannot say what was checked."
    3 = "Reaches the cause by checking one idea after the other."
    5 = "Tests rival ideas and says what would have refuted each."

  [[question.criterion]]
  id = "news"
  name = "News to the customer"
    [question.criterion.anchors]
    1 = "The customer hears nothing until it is over."
    3 = "The customer is told once that someone looks at it."
    5 = "The customer is told what is known, and when to expect more."

[[question]]
id = "explain"
prompt = "Explain to a customer why their backup failed because the disk was full."
think_seconds = 45
answer_seconds = 120
retakes = 1

  [[question.criterion]]
  id = "plain-words"
  name = "Plain explanation"
    [question.criterion.anchors]
    1 = "Uses terms that a customer cannot follow."
    3 = "Names the cause and one next step in everyday words."
    5 = "Adds an apt picture and checks that it was understood."

[[must_have]]
id = "rota"
text = "Can work the night rota."
question = "outage"
on_no = "review"
"#;

/// Names that no output may hold before they are revealed.
pub(crate) const NAMES: [&str; 3] = ["Amalie Testperson", "Bertrand Testperson", "Cosima Testperson"];

/// Three candidates and two questions from the repository's own recordings; the third left one question open.
pub(crate) fn write(folder: &Path) -> PathBuf {
    let bundle = folder.join("bundle");
    std::fs::create_dir_all(&bundle).expect("a folder can be made");
    for file in ["voice.webm", "voice.mp3", "voice.ogg", "voice.wav", "voice.m4a"] {
        std::fs::copy(media(file), bundle.join(file)).expect("a file that the repository holds");
    }
    let answer = |question: &str, file: &str| json!({ "question": question, "kind": "audio", "file": file });
    let none = json!({ "question": "q-02", "state": "not_given" });
    let submission = |nth: usize, answers: [serde_json::Value; 2]| {
        json!({
            "candidate": { "id": format!("c-{}", nth + 1), "name": NAMES[nth] },
            "status": "completed",
            "answers": answers,
        })
    };
    let document = json!({
        "format": 1,
        "source": "test",
        "id": "small",
        "title": "Small batch",
        "interview": { "questions": [
            { "id": "q-01", "prompt": "Tell us about a fault whose cause nobody knew." },
            { "id": "q-02", "prompt": "Explain why the backup failed." },
        ] },
        "submissions": [
            submission(0, [answer("q-01", "voice.webm"), answer("q-02", "voice.mp3")]),
            submission(1, [answer("q-01", "voice.ogg"), answer("q-02", "voice.wav")]),
            submission(2, [answer("q-01", "voice.m4a"), none]),
        ],
    });
    std::fs::write(bundle.join("batch.json"), document.to_string()).expect("a file can be written");
    std::fs::write(folder.join("small.toml"), RUBRIC).expect("a file can be written");
    bundle
}

pub(crate) fn media(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media").join(name)
}

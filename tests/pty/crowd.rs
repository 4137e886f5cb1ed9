//! A batch of invented candidates, as many as are wanted, taken into a home with its rubric.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Home;

/// How many criteria each question has.
pub(crate) const CRITERIA: usize = 4;

/// What their answers are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// Five seconds of sound and 250 words: much to list, little to hear.
    Short,
    /// The demo's recordings over and over, with their transcripts.
    Spoken,
}

/// Takes `candidates` of them, who answer so many `questions` each, into this home as the batch "Crowd", and attaches its rubric.
pub(crate) fn take_in(home: &Home, candidates: usize, questions: usize, answers: Answers) {
    let folder = home.path().join("crowd");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let submissions: Vec<Value> = (0..candidates).map(|nth| submission(&folder, nth, questions, answers)).collect();
    let asked: Vec<Value> = (1..=questions).map(question).collect();
    let batch = json!({
        "format": 1, "source": "bench", "id": "crowd", "title": "Crowd",
        "interview": { "language": "en", "questions": asked },
        "submissions": submissions,
    });
    fs::write(folder.join("batch.json"), batch.to_string()).expect("a file can be written");
    let rubric = home.path().join("crowd.toml");
    fs::write(&rubric, rubric_text(questions)).expect("a file can be written");
    home.run(&["identity", "--label", "Bench"]);
    home.run(&["import", "--quiet", &folder.display().to_string()]);
    home.run(&["rubric", "attach", "crowd", &rubric.display().to_string()]);
    fs::remove_dir_all(&folder).expect("it is ours");
}

fn prompt(nth: usize) -> String {
    format!("Tell us about the time number {nth} when something that others relied on went wrong, and what you did.")
}

fn question(nth: usize) -> Value {
    json!({ "id": format!("q{nth}"), "prompt": prompt(nth), "think_seconds": 60, "answer_seconds": 120, "retakes": 1 })
}

fn submission(folder: &Path, candidate: usize, questions: usize, answers: Answers) -> Value {
    let own = format!("c-{candidate:05}");
    fs::create_dir_all(folder.join(&own)).expect("a folder can be made");
    let one = |nth: usize| {
        let (sound, words) = match answers {
            Answers::Short => (short_recording(), short_transcript(candidate * questions + nth)),
            Answers::Spoken => spoken(candidate * questions + nth),
        };
        let extension = sound.extension().and_then(|end| end.to_str()).unwrap_or_default();
        let (file, transcript) = (format!("{own}/q{nth}.{extension}"), format!("{own}/q{nth}.vtt"));
        fs::copy(sound, folder.join(&file)).expect("a recording is there");
        fs::write(folder.join(&transcript), words).expect("a file can be written");
        json!({ "question": format!("q{nth}"), "kind": "audio", "file": file, "transcript": transcript })
    };
    json!({
        "candidate": { "id": own, "name": format!("Person {candidate}"), "email": format!("person.{candidate}@example.org") },
        "status": "completed",
        "answers": (1..=questions).map(one).collect::<Vec<_>>(),
    })
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn short_recording() -> PathBuf {
    root().join("tests/media/voice.webm")
}

/// 250 words in one cue, all within the recording.
fn short_transcript(nth: usize) -> String {
    const WORDS: &[&str] =
        &["the", "customer", "asked", "and", "we", "looked", "at", "what", "had", "changed", "before", "anyone", "else", "could"];
    let words: Vec<&str> = (0..250).map(|at| WORDS[(nth * 7 + at * (1 + nth % 5)) % WORDS.len()]).collect();
    format!("WEBVTT\n\n00:00:00.000 --> 00:00:04.000\n{}.\n", words.join(" "))
}

/// One of the demo's recordings, and its transcript.
fn spoken(nth: usize) -> (PathBuf, String) {
    let demo = root().join("src/demo/batch");
    let text = fs::read_to_string(demo.join("batch.json")).expect("the demo is there");
    let batch: Value = serde_json::from_str(&text).expect("it is JSON");
    let all = batch["submissions"].as_array().into_iter().flatten().flat_map(|one| one["answers"].as_array().into_iter().flatten());
    let whole: Vec<&Value> = all.filter(|answer| answer["file"].is_string() && answer["transcript"].is_string()).collect();
    let answer = whole[nth % whole.len()];
    let path = |key: &str| demo.join(answer[key].as_str().expect("it was looked for"));
    (path("file"), fs::read_to_string(path("transcript")).expect("the demo is there"))
}

/// So many questions of four criteria under the preset `standard`.
fn rubric_text(questions: usize) -> String {
    let mut text = String::from(
        "format = 1\nid = \"crowd\"\nversion = \"1.0.0\"\ntitle = \"Crowd\"\nlanguage = \"en\"\ndeadline_hours = 72\n\n\
         [scale]\nmin = 1\nmax = 5\nrequire_anchors = [1, 3, 5]\n\n[protocol]\npreset = \"standard\"\n",
    );
    for nth in 1..=questions {
        let prompt = prompt(nth);
        let _ = write!(
            text,
            "\n[[question]]\nid = \"q{nth}\"\nprompt = \"{prompt}\"\nthink_seconds = 60\nanswer_seconds = 120\nretakes = 1\n"
        );
        for (id, name) in
            [("cause", "Finding the cause"), ("order", "Order of work"), ("news", "News to others"), ("after", "Afterwards")]
        {
            let _ = write!(
                text,
                "\n[[question.criterion]]\nid = \"{id}\"\nname = \"{name}\"\nweight = 1.0\n[question.criterion.anchors]\n\
                 1 = \"Does not come up.\"\n3 = \"Comes up with one example.\"\n5 = \"Comes up with what was done and what came of it.\"\n"
            );
        }
    }
    text
}

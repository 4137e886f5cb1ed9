//! Folders with every fault at once, and the batch of real recordings.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::interview::{AnswerState, Digest, Kind, Severity};

const WEBM: &[u8] = b"\x1a\x45\xdf\xa3 not much of a recording \x00";

/// Each file with its content, in a folder of its own.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder is made");
        fs::write(path, bytes).expect("a file is written");
    }
    folder
}

/// One question and one candidate for each answer.
fn document(answers: &[(&str, serde_json::Value)]) -> Vec<u8> {
    let submission = |(id, answer): &(&str, serde_json::Value)| {
        let mut answer = answer.clone();
        answer["question"] = json!("q1");
        json!({"candidate": {"id": id, "name": format!("Name of {id}")}, "answers": [answer]})
    };
    let submissions: Vec<_> = answers.iter().map(submission).collect();
    let interview = json!({"questions": [{"id": "q1", "prompt": "What happened?"}]});
    serde_json::to_vec(&json!({"format": 1, "interview": interview, "submissions": submissions})).expect("a value can be written")
}

/// Measures nothing, and takes nothing for a recording that begins as a web page does.
fn measured(_: &Digest, bytes: Arc<[u8]>, _: Option<&str>) -> Result<Measured, Unplayable> {
    if bytes.starts_with(b"<") {
        return Err(Unplayable { reason: "a web page (HTML)".to_owned(), remedy: "fetch it again".to_owned() });
    }
    Ok(Measured { length_ms: 10_000, flaw: None, value: Vec::new(), known: false, playable: None })
}

fn found(folder: &Path) -> Found {
    open(folder).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Each candidate's state and what is said of it.
fn taken(found: &Found) -> Vec<(String, AnswerState, Vec<Problem>)> {
    let each = found.batch.submissions.iter().map(|submission| {
        let taken = take(found, &submission.answers[0], measured);
        (submission.candidate.source_id.as_str().to_owned(), taken.answer.state, taken.problems)
    });
    each.collect()
}

#[test]
fn every_fault_at_once_is_named_and_what_is_whole_is_taken() {
    let sha = Digest::of(b"something else").to_string();
    let rows = [
        ("whole", json!({"file": "whole.webm", "sha256": Digest::of(WEBM).to_string()}), ""),
        ("missing", json!({"file": "missing.webm"}), "the file is not there"),
        ("cased", json!({"file": "WHOLE.webm"}), "the file is not there"),
        ("empty", json!({"file": "empty.webm"}), "the file is empty"),
        ("page", json!({"file": "page.webm"}), "a web page (HTML)"),
        ("hash", json!({"file": "other.webm", "sha256": sha}), "not what the batch says"),
        ("dir", json!({"file": "folder"}), "no regular file"),
        ("under", json!({"file": "whole.webm/x"}), "no regular file"),
        ("leaves", json!({"file": "../outside.webm"}), "cannot be used"),
        ("length", json!({"file": "other.webm", "duration_ms": 3_600_000}), ""),
    ];
    let answers: Vec<_> = rows.iter().map(|(id, answer, _)| (*id, answer.clone())).collect();
    let folder = folder(&[
        ("batch.json", &document(&answers)),
        ("whole.webm", WEBM),
        ("other.webm", WEBM),
        ("empty.webm", b""),
        ("page.webm", b"<!DOCTYPE html><title>404</title>"),
        ("folder/x", b""),
    ]);
    let found = found(folder.path());
    for ((id, _, expected), (candidate, state, problems)) in rows.iter().zip(taken(&found)) {
        assert_eq!(*id, candidate);
        match &state {
            AnswerState::Faulty { reason } => {
                assert!(!expected.is_empty() && reason.as_str().contains(expected), "{id}: {reason}");
            }
            state => assert!(expected.is_empty() && *state == AnswerState::Ready, "{id}: {state:?}"),
        }
        for problem in problems {
            assert!(problem.place.as_str().contains(&format!("candidate {id}, question q1")), "{}", problem.place);
            assert!(!problem.file.is_empty() && !problem.remedy.is_empty());
            assert!(!format!("{}{}", problem.place, problem.reason).contains("Name of"), "a problem never says a name");
        }
    }
    let cased = &taken(&found)[2].2[0];
    assert!(cased.remedy.as_str().contains("whole.webm"), "{}", cased.remedy);
    assert!(taken(&found)[9].2[0].reason.as_str().contains("lasts 1:00:00 h; it lasts 10.0 s"));
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_and_no_pipe_is_waited_for() {
    use std::os::unix::fs::symlink;
    let names = ["link.webm", "linked/secret.webm", "inner.webm", "pipe.webm"];
    let answers: Vec<_> = names.iter().map(|name| (*name, json!({"file": name}))).collect();
    let outside = folder(&[("secret.webm", WEBM)]);
    let folder = folder(&[("batch.json", &document(&answers)), ("real.webm", WEBM)]);
    let at = |name: &str| folder.path().join(name);
    symlink(outside.path().join("secret.webm"), at("link.webm")).expect("a link is made");
    symlink(outside.path(), at("linked")).expect("a link is made");
    symlink("real.webm", at("inner.webm")).expect("a link is made");
    let made = rustix::fs::mknodat(rustix::fs::CWD, at("pipe.webm"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0);
    made.expect("a pipe is made");
    for (id, state, _) in taken(&found(folder.path())) {
        let wanted = if id == "pipe.webm" { "no regular file" } else { "symbolic link" };
        assert!(matches!(&state, AnswerState::Faulty { reason } if reason.as_str().contains(wanted)), "{id}: {state:?}");
    }
}

#[test]
fn the_document_is_found_by_its_folder_or_by_itself_and_has_the_same_ids() {
    let table = "candidate_id,question_id,answer_file\na,q1,1.webm\n";
    let one = folder(&[("november/batch.csv", table.as_bytes()), ("november/1.webm", WEBM)]);
    let two = folder(&[("copy/table.csv", table.as_bytes()), ("copy/1.webm", WEBM)]);
    let (first, second) = (found(&one.path().join("november")), found(&two.path().join("copy/table.csv")));
    assert_eq!(first.batch.id, second.batch.id);
    assert_eq!(first.batch.submissions[0].answers[0].id, second.batch.submissions[0].answers[0].id);
    assert_eq!((first.batch.title.as_str(), second.batch.title.as_str()), ("november", "copy"));
}

#[test]
fn what_is_no_batch_is_refused_with_a_remedy() {
    let folder = folder(&[("a/notes.txt", b"x"), ("b.zip", b"PK\x03\x04"), ("c/batch.json", b"{")]);
    for (path, reason) in [
        ("nothing", "nothing of this name"),
        ("a", "neither batch.json nor batch.csv"),
        ("a/notes.txt", "no .json, .csv or .zip"),
        ("b.zip", "its end is missing"),
        ("c", "not JSON"),
    ] {
        let problems = open(&folder.path().join(path)).err().unwrap_or_default();
        let told = problems.iter().any(|problem| {
            problem.severity == Severity::Fatal && problem.reason.as_str().contains(reason) && !problem.remedy.is_empty()
        });
        assert!(told, "{path}: {problems:#?}");
    }
}

#[test]
fn a_table_beside_a_document_is_not_read_and_that_is_said() {
    let folder = folder(&[("batch.json", &document(&[("a", json!({"file": "a.webm"}))])), ("batch.csv", b"x")]);
    assert!(found(folder.path()).problems.iter().any(|problem| problem.place.as_str() == "batch.csv"));
}

#[test]
fn a_batch_inside_the_program_is_read_like_a_folder() {
    let document: &'static [u8] = document(&[("a", json!({"file": "a.webm"})), ("b", json!({"file": "b.webm"}))]).leak();
    let files: Inside = Arc::new(move |path| match path {
        "batch.json" => Some(document),
        "a.webm" => Some(WEBM),
        _ => None,
    });
    let found = inside("batch.json", files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let states: Vec<_> = taken(&found).into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(states[0], AnswerState::Ready);
    assert!(matches!(states[1], AnswerState::Faulty { .. }));
}

/// The batch of real recordings, where it lies beside the repository.
#[expect(clippy::print_stderr, reason = "a test that cannot run here says so")]
pub(super) fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/batch");
    let there = folder.join("batch.csv").is_file();
    if !there {
        eprintln!("skipped: there is no ../shared/corpus/batch");
    }
    there.then_some(folder)
}

#[test]
fn the_corpus_is_a_batch_of_eight_of_whom_one_left_two_questions_out() {
    let Some(folder) = corpus() else { return };
    let found = found(&folder);
    assert_eq!(found.problems, Vec::new());
    assert_eq!(found.batch.submissions.len(), 8);
    assert_eq!(found.batch.interview.questions.len(), 3);
    let not_given = |submission: &crate::interview::Submission| {
        submission.answers.iter().filter(|answer| answer.state == AnswerState::NotGiven).count()
    };
    let gaps: Vec<_> = found.batch.submissions.iter().filter(|submission| not_given(submission) > 0).collect();
    assert_eq!(gaps.iter().map(|submission| submission.candidate.source_id.as_str()).collect::<Vec<_>>(), ["a06"]);
    assert_eq!(not_given(gaps[0]), 2);
    let answers = || found.batch.submissions.iter().flat_map(|submission| &submission.answers);
    let ready = answers().filter(|answer| take(&found, answer, measured).answer.state == AnswerState::Ready).count();
    assert_eq!(ready, 22, "every file that is named is there and looks like a recording");
}

#[test]
fn the_demos_batch_has_no_mistake_and_all_of_its_files() {
    let found = found(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/batch"));
    let told: Vec<String> = found.problems.iter().map(|problem| format!("{}: {}", problem.place, problem.reason)).collect();
    assert_eq!(told, Vec::<String>::new());
    for submission in &found.batch.submissions {
        for answer in &submission.answers {
            let state = take(&found, answer, measured).answer.state;
            assert!(
                !matches!(state, AnswerState::Faulty { .. }),
                "{} {}: {state:?}",
                submission.candidate.source_id,
                answer.question
            );
            if answer.transcript.is_some() {
                assert!(found.read_small(Purpose::Transcript(answer.id)).is_ok());
            }
        }
        for index in 0..submission.documents.len() {
            assert!(found.read_small(Purpose::Document(submission.id, index)).is_ok());
        }
    }
}

#[test]
fn whether_an_answer_has_a_picture_is_told_by_its_tracks_whatever_it_is_called() {
    let media = |name: &str| fs::read(format!("{}/tests/media/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file");
    for (name, said, is) in [
        ("video.webm", Kind::Audio, Kind::Video),
        ("voice.webm", Kind::Video, Kind::Audio),
        ("tiny/late.mp4", Kind::Audio, Kind::Video),
        ("voice.m4a", Kind::Video, Kind::Audio),
        ("voice.mp3", Kind::Video, Kind::Audio),
    ] {
        assert_eq!(take::kind_of_recording(&media(name), said), is, "{name}");
    }
    // What does not say it is what it is called.
    for said in [Kind::Audio, Kind::Video] {
        assert_eq!(take::kind_of_recording(b"????????", said), said);
    }
}

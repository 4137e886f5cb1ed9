//! Imports into a library, mostly with readers that take a recording's word for what it is.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;
use crate::config::key::LibraryKey;
use crate::interview::{AnswerState, Batch, BatchId, Digest, Severity};
use crate::library::{Access, Library, LibraryError, system_clock};
use crate::source::{self, Flaw, Measured, PREPARED, Readers, Unplayable, open};

/// A library in a folder of its own.
struct Home {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    library: Library,
}

fn opened(runtime: &tokio::runtime::Runtime, folder: &Path, access: Access) -> Library {
    let (folder, key) = (folder.join("library"), LibraryKey::from_bytes([7; 32]));
    runtime.block_on(Library::open(&folder, key, access, system_clock())).expect("the library opens")
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let library = opened(&runtime, folder.path(), Access::ReadWrite);
        Home { folder, runtime, library }
    }

    fn import(&self, folder: &Path, readers: Readers, stop: bool) -> Result<Imported, ImportError> {
        let found = open(folder).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let (last, told) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let progress = |progress: Progress| {
            last.fetch_max(progress.done, Ordering::Relaxed);
            told.fetch_add(1, Ordering::Relaxed);
            assert!(progress.done <= progress.total);
        };
        let imported = self.runtime.block_on(import(found, &self.library, readers, &progress, &AtomicBool::new(stop)));
        assert_eq!(last.into_inner(), told.into_inner(), "every answer is counted once");
        imported
    }

    fn take(&self, folder: &Path) -> Imported {
        self.import(folder, READERS, false).unwrap_or_else(|error| panic!("{error}"))
    }

    fn batch(&self, id: BatchId) -> Batch {
        self.runtime.block_on(self.library.batch(id)).expect("the batch was kept")
    }

    fn state(&self, imported: &Imported, candidate: &str) -> AnswerState {
        let batch = self.batch(imported.batch);
        let submission = batch.submissions.iter().find(|submission| submission.candidate.source_id.as_str() == candidate);
        submission.expect("the candidate is in the batch").answers[0].state.clone()
    }
}

/// A recording that says of itself what measuring would find.
fn measure(bytes: Arc<[u8]>, _: Option<&str>) -> Result<Measured, Unplayable> {
    let says = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(!says("breaks down"), "as a decoder would");
    if says("unplayable") {
        return Err(Unplayable { reason: "no sound track".to_owned(), remedy: "record it again".to_owned() });
    }
    let flaw = |reason: &str, loses| Flaw { reason: reason.to_owned(), remedy: "fetch it again", loses };
    let joined = says("joined").then(|| flaw("two recordings are joined in it", false));
    Ok(Measured {
        length_ms: 10_000,
        flaw: says("truncated").then(|| flaw("the last block is incomplete", true)).or(joined),
        value: b"measured".to_vec(),
        known: false,
        playable: None,
    })
}

const READERS: Readers = Readers {
    measure,
    measured_before: |value| {
        (value == b"measured").then(|| Measured {
            length_ms: 10_000,
            flaw: None,
            value: value.to_vec(),
            known: false,
            playable: None,
        })
    },
    transcript: |bytes, name, _| match bytes {
        b"broken" => Err(Problem::damage(name, "line 1", "no cue in it", "export it again")),
        _ => Ok(Vec::new()),
    },
};

const TABLE: &str = "candidate_id,question_id,answer_file,transcript_file
whole,q1,whole.webm,whole.vtt
short,q1,short.webm,
dumb,q1,dumb.webm,
gone,q1,gone.webm,
panics,q1,panics.webm,
words,q1,words.webm,words.vtt
left,q1,left.webm,
left,q2,,
";

fn folder(table: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("a file is written");
    write("batch.csv", table.as_bytes());
    for (name, content) in [
        ("whole", "whole"),
        ("short", "truncated"),
        ("dumb", "unplayable"),
        ("panics", "breaks down"),
        ("words", "w"),
        ("left", "l"),
    ] {
        write(&format!("{name}.webm"), &[b"\x1a\x45\xdf\xa3\0", content.as_bytes()].concat());
    }
    write("whole.vtt", b"WEBVTT");
    write("words.vtt", b"broken");
    folder
}

#[test]
fn a_fault_costs_its_own_answer_and_is_named_and_gaps_are_no_fault() {
    let (folder, home) = (folder(TABLE), Home::new());
    let imported = home.take(folder.path());
    assert_eq!((imported.candidates, imported.answers), (7, 4), "whole, short, words and left can be reviewed");
    assert!(imported.is_partial());
    for candidate in ["whole", "words"] {
        assert_eq!(home.state(&imported, candidate), AnswerState::Ready);
    }
    assert_eq!(home.state(&imported, "short"), AnswerState::Truncated);
    for candidate in ["dumb", "gone", "panics"] {
        assert!(matches!(home.state(&imported, candidate), AnswerState::Faulty { .. }), "{candidate}");
    }
    let told: Vec<(&str, Severity)> = imported.problems.iter().map(|problem| (problem.file.as_str(), problem.severity)).collect();
    use Severity::{Damage, Warning};
    let expected =
        [("short.webm", Damage), ("dumb.webm", Damage), ("gone.webm", Damage), ("panics.webm", Damage), ("words.vtt", Warning)];
    assert_eq!(told, expected);
    let missing: Vec<(&str, usize)> = imported.incomplete.iter().map(|one| (one.candidate.as_str(), one.missing)).collect();
    assert_eq!(missing, ["whole", "short", "dumb", "gone", "panics", "words", "left"].map(|candidate| (candidate, 1)));
}

#[test]
fn what_was_taken_is_in_the_library_whole() {
    let (folder, home) = (folder(TABLE), Home::new());
    let imported = home.take(folder.path());
    let batch = home.batch(imported.batch);
    let whole = &batch.submissions[0].answers[0];
    let recording = home.runtime.block_on(home.library.recording(whole.id)).expect("the recording was kept");
    assert_eq!(recording.as_slice(), fs::read(folder.path().join("whole.webm")).expect("the file is there"));
    let (digest, candidate) = (Digest::of(&recording), batch.submissions[0].candidate.id);
    let prepared = home.runtime.block_on(home.library.prepared(candidate, digest, PREPARED)).expect("the library can be read");
    assert_eq!(prepared.expect("it was measured").as_slice(), b"measured");
    let transcript = home.runtime.block_on(home.library.transcript(whole.id)).expect("the library can be read");
    assert_eq!(transcript.expect("it was kept").name, "whole.vtt");
    let words =
        home.runtime.block_on(home.library.transcript(batch.submissions[5].answers[0].id)).expect("the library can be read");
    assert!(words.is_none(), "a broken transcript is not kept");
    let dumb = home.runtime.block_on(home.library.recording(batch.submissions[2].answers[0].id));
    assert!(dumb.is_err(), "what cannot be heard is not kept");
}

#[test]
fn two_recordings_that_are_both_heard_out_of_one_file_are_told_and_are_no_damage() {
    let (folder, home) = (folder("candidate_id,question_id,answer_file\nboth,q1,both.webm\n"), Home::new());
    fs::write(folder.path().join("both.webm"), b"\x1a\x45\xdf\xa3\0joined").expect("written");
    let imported = home.take(folder.path());
    assert!(!imported.is_partial() && home.state(&imported, "both") == AnswerState::Ready);
    let [told] = &imported.problems[..] else { panic!("{:?}", imported.problems) };
    let said = (told.severity, told.reason.as_str());
    assert_eq!(said, (Severity::Warning, "two recordings are joined in it, 10.0 s in all"));
}

#[test]
fn a_batch_that_is_only_incomplete_is_taken_whole() {
    let (folder, home) = (folder("candidate_id,question_id,answer_file\nleft,q1,left.webm\nleft,q2,\n"), Home::new());
    let imported = home.take(folder.path());
    assert!(!imported.is_partial());
    assert_eq!((imported.problems.len(), imported.incomplete.len()), (0, 1));
}

#[test]
fn a_second_import_changes_nothing_and_measures_nothing() {
    let (folder, home) = (folder("candidate_id,question_id,answer_file\na,q1,whole.webm\nb,q1,left.webm\n"), Home::new());
    let first = home.take(folder.path());
    assert_eq!((first.kept.new_submissions.len(), first.unchanged()), (2, 0));
    let never = Readers { measure: |_, _| panic!("it was measured before"), ..READERS };
    let second = home.import(folder.path(), never, false).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((second.batch, second.answers, second.problems.len()), (first.batch, 2, 0));
    assert!(second.kept.is_nothing());
    assert_eq!(second.unchanged(), 2);
    fs::write(folder.path().join("left.webm"), b"\x1a\x45\xdf\xa3\0 another").expect("a file is written");
    let third = home.take(folder.path());
    assert_eq!((third.kept.changed_submissions.len(), third.unchanged()), (1, 1), "a new recording is a change");
}

#[test]
fn a_recording_that_was_taken_outlives_its_file_and_gives_way_only_to_a_new_one() {
    let table = "candidate_id,question_id,answer_file,transcript_file\na,q1,whole.webm,whole.vtt\nb,q1,left.webm,\n";
    let (folder, home) = (folder(table), Home::new());
    let first = home.batch(home.take(folder.path()).batch);
    let place = folder.path().join("whole.webm");
    let faults: [(&str, &dyn Fn()); 4] = [
        ("empty", &|| fs::write(&place, b"").expect("a file is written")),
        ("unplayable", &|| fs::write(&place, b"\x1a\x45\xdf\xa3\0unplayable").expect("a file is written")),
        ("broken", &|| fs::write(&place, b"\x1a\x45\xdf\xa3\0breaks down").expect("a file is written")),
        ("missing", &|| {
            fs::remove_file(&place).expect("a file is removed");
            fs::remove_file(folder.path().join("whole.vtt")).expect("a file is removed");
        }),
    ];
    for (how, fault) in faults {
        fault();
        let again = home.take(folder.path());
        assert!(again.is_partial() && again.kept.is_nothing(), "{how}: {:?}", again.kept);
        let kept = |kind: &str| format!("; the {kind} that was taken earlier is kept");
        let told: Vec<&str> = again.problems.iter().map(|problem| problem.reason.as_str()).collect();
        assert!(told.iter().any(|reason| reason.ends_with(&kept("recording"))), "{how}: {told:?}");
        assert_eq!(told.iter().any(|reason| reason.ends_with(&kept("transcript"))), how == "missing", "{told:?}");
        assert_eq!(again.answers, 2, "{how}");
        assert_eq!(home.batch(again.batch).submissions, first.submissions, "{how}");
    }
    let whole = first.submissions[0].answers[0].id;
    assert!(home.runtime.block_on(home.library.recording(whole)).is_ok());
    fs::write(&place, b"\x1a\x45\xdf\xa3\0 another").expect("a file is written");
    let third = home.take(folder.path());
    assert_eq!(third.kept.changed_answers, [whole]);
    let now = &home.batch(third.batch).submissions[0].answers[0];
    assert!(now.state == AnswerState::Ready && now.revision != first.submissions[0].answers[0].revision);
}

#[test]
fn a_document_that_was_taken_outlives_its_file() {
    let (folder, home) = (folder("candidate_id,question_id,answer_file\n"), Home::new());
    fs::remove_file(folder.path().join("batch.csv")).expect("a file is removed");
    let batch = r#"{"format": 1, "id": "b", "title": "b", "interview": {"questions": [{"id": "q1", "prompt": "Q"}]}, "submissions": [
        {"candidate": {"id": "a"}, "status": "completed", "documents": [{"kind": "resume", "file": "cv.pdf"}],
         "answers": [{"question": "q1", "text": "yes"}]}]}"#;
    fs::write(folder.path().join("batch.json"), batch).expect("a file is written");
    fs::write(folder.path().join("cv.pdf"), b"%PDF-1.7").expect("a file is written");
    let first = home.batch(home.take(folder.path()).batch);
    assert!(first.submissions[0].documents[0].media.as_ref().is_some_and(|media| media.digest.is_some()));
    fs::remove_file(folder.path().join("cv.pdf")).expect("a file is removed");
    let again = home.take(folder.path());
    assert!(again.problems.iter().any(|one| one.reason.as_str().ends_with("the document that was taken earlier is kept")));
    assert!(again.kept.is_nothing() && again.is_partial());
}

#[test]
fn an_import_that_is_stopped_keeps_no_half_batch() {
    let (folder, home) = (folder(TABLE), Home::new());
    assert!(matches!(home.import(folder.path(), READERS, true), Err(ImportError::Interrupted)));
    assert!(home.runtime.block_on(home.library.summaries()).expect("the library can be read").is_empty());
}

#[test]
fn what_an_import_had_put_when_it_was_stopped_is_known_until_the_next_one_names_it() {
    let (folder, home) = (folder(TABLE), Home::new());
    let waiting = || home.runtime.block_on(home.library.cut_off()).expect("the library can be read").files;
    let (found, stop) = (open(folder.path()).expect("a batch"), AtomicBool::new(false));
    let progress = |_: Progress| stop.store(true, Ordering::Relaxed);
    let stopped = home.runtime.block_on(import(found, &home.library, READERS, &progress, &stop));
    assert!(matches!(stopped, Err(ImportError::Interrupted)) && waiting() > 0, "{} files", waiting());
    home.take(folder.path());
    assert_eq!(waiting(), 0, "the batch names them");
}

#[test]
fn a_vault_that_cannot_be_written_ends_the_import() {
    let (folder, home) = (folder(TABLE), Home::new());
    let library = opened(&home.runtime, home.folder.path(), Access::ReadOnly);
    let looking = Home { library, ..Home::new() };
    assert!(matches!(looking.import(folder.path(), READERS, false), Err(ImportError::Library(LibraryError::ReadOnly { .. }))));
}

#[test]
fn the_corpus_is_taken_with_one_truncated_answer() {
    let Some(folder) = source::tests::corpus() else { return };
    let home = Home::new();
    let imported = home.import(&folder, Readers::here(), false).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((imported.candidates, imported.answers), (8, 22));
    assert_eq!(imported.incomplete, [Incomplete { candidate: "a06".into(), missing: 2, of: 3 }]);
    let told: Vec<String> = imported.problems.iter().map(|problem| format!("{} | {}", problem.file, problem.place)).collect();
    assert_eq!(told, ["answers/a08/q3.webm | candidate a08, question q-03"]);
    assert!(imported.is_partial());
    let batch = home.batch(imported.batch);
    assert_eq!(batch.submissions[7].answers[2].state, AnswerState::Truncated);
}

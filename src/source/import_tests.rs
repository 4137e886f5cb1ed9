//! An import into a library that lives in memory, with readers whose word is taken.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::interview::{AnswerState, CandidateId, Digest, Severity};

/// What a library would keep.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Stored>>);

#[derive(Default)]
struct Stored {
    files: HashMap<(CandidateId, What, Digest), usize>,
    prepared: HashMap<(CandidateId, Digest), Vec<u8>>,
    transcripts: HashMap<AnswerId, String>,
    batch: Option<Batch>,
    erased: Vec<CandidateId>,
}

impl Memory {
    fn with<T>(&self, act: impl FnOnce(&mut Stored) -> T) -> T {
        act(&mut self.0.lock().expect("no test panics while it holds this"))
    }
}

impl Keep for Memory {
    type Error = Infallible;

    async fn put(&self, whose: CandidateId, what: What, mut file: Opened) -> Result<Option<Digest>, Infallible> {
        let bytes = file.bytes().expect("the file was readable a moment ago");
        let digest = Digest::of(&bytes);
        Ok(self.with(|stored| {
            let known = !stored.erased.contains(&whose);
            known.then(|| stored.files.insert((whose, what, digest), bytes.len()));
            known.then_some(digest)
        }))
    }

    async fn prepared(&self, whose: CandidateId, of: Digest) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.with(|stored| stored.prepared.get(&(whose, of)).cloned()))
    }

    async fn keep_prepared(&self, whose: CandidateId, of: Digest, value: &[u8]) -> Result<(), Infallible> {
        self.with(|stored| stored.prepared.insert((whose, of), value.to_vec()));
        Ok(())
    }

    async fn keep_batch(&self, batch: &Batch) -> Result<Kept, Infallible> {
        let erased = self.with(|stored| {
            stored.batch = Some(batch.clone());
            stored.erased.clone()
        });
        Ok(Kept { new: batch.submissions.len(), erased, ..Kept::default() })
    }

    async fn keep_transcript(&self, of: AnswerId, name: &str, _: Vec<u8>) -> Result<(), Infallible> {
        self.with(|stored| stored.transcripts.insert(of, name.to_owned()));
        Ok(())
    }
}

/// A recording that says of itself what measuring would find.
fn measure(bytes: Arc<[u8]>, _: Option<&str>) -> Result<Measured, Unplayable> {
    let says = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(!says("breaks down"), "as a decoder would");
    if says("unplayable") {
        return Err(Unplayable { reason: "no sound track".to_owned(), remedy: "record it again".to_owned() });
    }
    let truncated = says("truncated").then(|| "the last block is incomplete".to_owned());
    Ok(Measured { length_ms: 10_000, truncated, value: b"measured".to_vec() })
}

const READERS: Readers = Readers {
    measure,
    measured_before: |value| (value == b"measured").then(|| Measured { length_ms: 10_000, truncated: None, value: value.to_vec() }),
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

fn run(folder: &Path, library: &Memory, stop: &AtomicBool) -> Result<Imported, ImportError<Infallible>> {
    let found = open(folder).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
    let (last, told) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let progress = |progress: Progress| {
        last.fetch_max(progress.done, Ordering::Relaxed);
        told.fetch_add(1, Ordering::Relaxed);
        assert!(progress.done <= progress.total);
    };
    let imported = runtime.block_on(import(found, library, READERS, &progress, stop));
    assert_eq!(last.into_inner(), told.into_inner(), "every answer is counted once");
    imported
}

fn state(library: &Memory, candidate: &str) -> AnswerState {
    library.with(|stored| {
        let batch = stored.batch.as_ref().expect("a batch was kept");
        let submission = batch.submissions.iter().find(|submission| submission.candidate.source_id.as_str() == candidate);
        submission.expect("the candidate is in the batch").answers[0].state.clone()
    })
}

#[test]
fn a_fault_costs_its_own_answer_and_is_named_and_gaps_are_no_fault() {
    let (folder, library) = (folder(TABLE), Memory::default());
    let imported = run(folder.path(), &library, &AtomicBool::new(false)).expect("the import goes through");
    assert_eq!((imported.candidates, imported.answers), (7, 4), "whole, short, words and left can be reviewed");
    assert!(imported.is_partial());
    assert_eq!(state(&library, "whole"), AnswerState::Ready);
    assert_eq!(state(&library, "words"), AnswerState::Ready);
    assert_eq!(state(&library, "short"), AnswerState::Truncated);
    for candidate in ["dumb", "gone", "panics"] {
        assert!(matches!(state(&library, candidate), AnswerState::Faulty { .. }), "{candidate}");
    }
    let told: Vec<(&str, Severity)> = imported.problems.iter().map(|problem| (problem.file.as_str(), problem.severity)).collect();
    use Severity::{Damage, Warning};
    let expected =
        [("short.webm", Damage), ("dumb.webm", Damage), ("gone.webm", Damage), ("panics.webm", Damage), ("words.vtt", Warning)];
    assert_eq!(told, expected);
    let missing: Vec<(&str, usize)> = imported.incomplete.iter().map(|one| (one.candidate.as_str(), one.missing)).collect();
    assert_eq!(missing, [("whole", 1), ("short", 1), ("dumb", 1), ("gone", 1), ("panics", 1), ("words", 1), ("left", 1)]);
    library.with(|stored| {
        assert_eq!(stored.files.len(), 4, "what cannot be heard is not kept");
        assert_eq!(stored.transcripts.values().collect::<Vec<_>>(), ["whole.vtt"]);
    });
}

#[test]
fn a_batch_that_is_only_incomplete_is_taken_whole() {
    let (folder, library) = (folder("candidate_id,question_id,answer_file\nleft,q1,left.webm\nleft,q2,\n"), Memory::default());
    let imported = run(folder.path(), &library, &AtomicBool::new(false)).expect("the import goes through");
    assert!(!imported.is_partial());
    assert_eq!((imported.problems.len(), imported.incomplete.len()), (0, 1));
}

#[test]
fn what_was_measured_once_is_not_measured_again() {
    let (folder, library) = (folder("candidate_id,question_id,answer_file\na,q1,panics.webm\n"), Memory::default());
    run(folder.path(), &library, &AtomicBool::new(false)).expect("the import goes through");
    assert!(matches!(state(&library, "a"), AnswerState::Faulty { .. }), "it broke down");
    let content = fs::read(folder.path().join("panics.webm")).expect("the file is there");
    library.with(|stored| {
        let candidate = stored.batch.as_ref().expect("a batch was kept").submissions[0].candidate.id;
        stored.prepared.insert((candidate, Digest::of(&content)), b"measured".to_vec());
    });
    run(folder.path(), &library, &AtomicBool::new(false)).expect("the import goes through");
    assert_eq!(state(&library, "a"), AnswerState::Ready, "the decoder was not asked again");
}

#[test]
fn an_import_that_is_stopped_keeps_no_half_batch() {
    let (folder, library) = (folder(TABLE), Memory::default());
    let stopped = run(folder.path(), &library, &AtomicBool::new(true));
    assert!(matches!(stopped, Err(ImportError::Interrupted)));
    assert!(library.with(|stored| stored.batch.is_none()));
}

#[test]
fn of_an_erased_person_nothing_is_taken_and_that_is_said() {
    let (folder, library) = (folder(TABLE), Memory::default());
    let whose = open(folder.path()).unwrap_or_else(|problems| panic!("{problems:#?}")).batch.submissions[0].candidate.id;
    library.with(|stored| stored.erased.push(whose));
    let imported = run(folder.path(), &library, &AtomicBool::new(false)).expect("the import goes through");
    assert!(
        imported
            .problems
            .iter()
            .any(|problem| problem.place.as_str() == "candidate whole" && problem.severity == Severity::Warning)
    );
    library.with(|stored| {
        assert!(stored.files.keys().all(|(candidate, ..)| *candidate != whose));
        assert!(stored.transcripts.is_empty());
    });
}

//! Files that have come: kept together, each as if it were alone.

use std::sync::Arc;

use earmark::interview::*;
use earmark::library::{Awaited, AwaitedFor, Became, Content, Library, LibraryError, OnTheWay, Settling};
use earmark::text::SafeText;

use super::support::*;

/// The recording of one answer of [`batch`] as it is awaited.
fn awaited(submission: usize, answer: usize) -> Awaited {
    let batch = batch();
    let (submission, bound) = (&batch.submissions[submission], batch.id);
    let answer = &submission.answers[answer];
    Awaited {
        of: AwaitedFor::Recording(answer.id),
        batch: bound,
        candidate: submission.candidate.id,
        at: "spring".into(),
        file: format!("{}.wav", answer.question),
        version: "1".into(),
        sha256: None,
        place: "somewhere".into(),
        bytes: None,
        answer: None,
    }
}

/// Lets some bytes arrive as this file; says what becomes of its answer.
async fn arrived(library: &Library, file: Awaited, bytes: &[u8]) -> Arc<Settling> {
    let on_the_way = library.on_the_way(file.candidate, Content::Recording, &file.name(), "1").await.expect("it is looked up");
    let OnTheWay::Coming(mut coming) = on_the_way else { panic!("it has not arrived") };
    coming.begin(None, None).expect("it begins");
    coming.take(bytes).expect("it is taken");
    let digest = coming.finish().await.expect("it gets its name");
    let AwaitedFor::Recording(id) = file.of else { unreachable!("these are recordings") };
    let (submission, place) = library.submission_of(id).await.expect("it is there");
    let mut answer = submission.answers[place].clone();
    answer.state = AnswerState::Ready;
    answer.revision = Some(Revision::of(&digest));
    answer.transcript = None;
    Arc::new(Settling { file, became: Became::Answer(Box::new(answer)) })
}

#[tokio::test]
async fn several_answers_of_one_person_are_kept_together_and_none_of_them_takes_the_others_back() {
    let (folder, library) = fresh().await;
    library.keep_batch(&batch()).await.expect("it is kept");
    let files = [awaited(0, 0), awaited(0, 1)];
    library.await_files("somewhere", batch().id, &files).await.expect("they are noted");
    let transcript = Awaited { of: AwaitedFor::Transcript(batch().submissions[0].answers[0].id), ..awaited(0, 0) };
    let name = SafeText::line("words.vtt");
    let all = [
        arrived(&library, files[0].clone(), b"new").await,
        arrived(&library, files[1].clone(), b"newer").await,
        Arc::new(Settling { file: transcript, became: Became::Transcript(name.clone()) }),
    ];
    let settled = library.settle(&all).await.expect("they are kept");
    let new: Vec<bool> = settled.into_iter().map(|one| one.expect("each is kept")).collect();
    assert_eq!(new, [true, true, false], "two recordings took the place of others");
    let (submission, _) = library.submission_of(batch().submissions[0].answers[0].id).await.expect("it is there");
    let revisions: Vec<_> = submission.answers.iter().map(|answer| answer.revision).collect();
    assert_eq!(revisions, [b"new".as_slice(), b"newer"].map(|bytes| Some(Revision::of(&Digest::of(bytes)))));
    assert_eq!(submission.answers[0].transcript.as_ref(), Some(&name));
    assert!(library.awaited("somewhere").await.expect("it is read").is_empty());
    assert!(super::secrecy::files(&folder.path().join("library/coming")).is_empty(), "nothing is noted of what has arrived");
    // An answer that says nothing of its transcript does not take it away.
    let again = library.settle(&[arrived(&library, files[0].clone(), b"newest").await]).await.expect("it is kept");
    assert!(matches!(again[..], [Ok(true)]), "{again:?}");
    let (submission, _) = library.submission_of(batch().submissions[0].answers[0].id).await.expect("it is there");
    assert_eq!(submission.answers[0].transcript, Some(name));
}

#[tokio::test]
async fn someone_who_was_erased_meanwhile_keeps_nobody_else_from_being_kept() {
    let (_folder, library) = fresh().await;
    library.keep_batch(&batch()).await.expect("it is kept");
    let all = [arrived(&library, awaited(0, 0), b"hers").await, arrived(&library, awaited(1, 0), b"his").await];
    library.erase_person(batch().submissions[0].candidate.id).await.expect("she is erased");
    let settled = library.settle(&all).await.expect("the rest is kept");
    assert!(matches!(settled[..], [Err(LibraryError::Erased(_)), Ok(true)]), "{settled:?}");
    let (submission, place) = library.submission_of(batch().submissions[1].answers[0].id).await.expect("he is there");
    assert_eq!(submission.answers[place].revision, Some(Revision::of(&Digest::of(b"his"))));
}

//! Batches are kept, agree when they come again, and change visibly.

use earmark::interview::*;
use earmark::journal::Act;
use earmark::library::{Content, LibraryError, RubricKept, TranscriptFile};
use earmark::text::SafeText;

use super::support::*;

#[tokio::test]
async fn a_batch_comes_back_as_it_was_kept() {
    let (folder, library) = fresh().await;
    let kept = library.keep_batch(&batch()).await.expect("it is kept");
    assert_eq!((kept.new_submissions.len(), kept.new_answers.len(), kept.batch_changed), (2, 4, true));
    library.close().await;
    let library = open(&folder.path().join("library")).await;
    assert_eq!(library.batch(batch().id).await.expect("it is read"), batch());
    assert!(matches!(library.batch(BatchId::derive(&["other"])).await, Err(LibraryError::UnknownBatch(_))));
}

#[tokio::test]
async fn the_same_batch_again_changes_nothing() {
    let (_folder, library) = fresh().await;
    library.keep_batch(&batch()).await.expect("it is kept");
    assert!(library.keep_batch(&batch()).await.expect("it is kept").is_nothing());
}

#[tokio::test]
async fn a_new_recording_changes_its_answer_alone_and_the_old_one_stays() {
    let (_folder, library) = fresh().await;
    fill(&library).await;
    let mut next = batch();
    let new = Digest::of(b"recorded again");
    let answer = &mut next.submissions[0].answers[1];
    answer.revision = Some(Revision::of(&new));
    answer.media.as_mut().expect("it has a recording").digest = Some(new);
    let id = answer.id;
    let kept = library.keep_batch(&next).await.expect("it is kept");
    assert_eq!((kept.changed_answers, kept.new_answers.len()), (vec![id], 0));
    assert_eq!(library.batch(next.id).await.expect("it is read"), next);

    let earlier = library.earlier_answers(id).await.expect("they are read");
    assert_eq!(earlier, [batch().submissions[0].answers[1].clone()]);
    let old = earlier[0].media.as_ref().and_then(|media| media.digest).expect("it had a recording");
    let candidate = next.submissions[0].candidate.id;
    assert_eq!(*library.get(candidate, Content::Recording, old).await.expect("it is there"), recording("one", "q-02"));
    assert!(matches!(library.recording(id).await, Err(LibraryError::NotKept { .. })), "the new one was not put there");
}

#[tokio::test]
async fn what_is_here_is_not_given_up_for_a_mere_mention() {
    let (_folder, library) = fresh().await;
    library.keep_batch(&batch()).await.expect("it is kept");
    let mut mention = batch();
    mention.submissions.truncate(1);
    mention.submissions[0].answers[0].state = AnswerState::NotHere;
    mention.submissions[0].answers[0].media = None;
    assert!(library.keep_batch(&mention).await.expect("it is kept").is_nothing());
    assert_eq!(library.batch(batch().id).await.expect("it is read"), batch());
}

#[tokio::test]
async fn the_list_of_batches_counts_what_is_there() {
    let (_folder, library) = fresh().await;
    let mut with_faults = batch();
    with_faults.submissions[0].answers[0].state = AnswerState::Faulty { reason: "missing".into() };
    with_faults.submissions[1].answers[0].state = AnswerState::Truncated;
    library.keep_batch(&with_faults).await.expect("it is kept");
    let summary = library.summaries().await.expect("they are read").remove(0);
    assert_eq!(summary.title.as_str(), "Backend, spring");
    assert_eq!(summary.requisition.expect("it has one").as_str(), "R-17");
    assert_eq!((summary.submissions, summary.completed), (2, 1));
    assert_eq!((summary.answers, summary.faulty), (2, 2));
}

#[tokio::test]
async fn transcripts_and_prepared_values_come_back_and_are_replaced() {
    let (_folder, library) = fresh().await;
    fill(&library).await;
    let submission = &batch().submissions[0];
    let (answer, candidate) = (submission.answers[0].id, submission.candidate.id);
    let file = TranscriptFile { name: "a.srt".into(), bytes: zeroize::Zeroizing::new(b"1\n".to_vec()) };
    library.keep_transcript(answer, file.clone()).await.expect("it is kept");
    assert_eq!(library.transcript(answer).await.expect("it is read"), Some(file));
    let digest = Digest::of(&recording("one", "q-01"));
    library.keep_prepared(candidate, digest, "prepare/1", b"new").await.expect("it is kept");
    let prepared = library.prepared(candidate, digest, "prepare/1").await.expect("it is read");
    assert_eq!(prepared.expect("it is there").as_slice(), b"new");
    assert!(library.prepared(candidate, digest, "prepare/2").await.expect("it is read").is_none());
}

#[tokio::test]
async fn the_gist_of_a_prepared_value_is_told_for_it_until_that_is_another_or_the_person_is_gone() {
    let (_folder, library) = fresh().await;
    fill(&library).await;
    let candidates = [0, 1].map(|nth| batch().submissions[nth].candidate.id);
    let digest = Digest::of(b"a recording");
    let wanted = candidates.map(|candidate| (candidate, digest));
    let told = async || {
        let mut told = Vec::new();
        library.gists_of_many(&wanted, "prepare/9", |nth, bytes| told.push((nth, bytes.to_vec()))).await.expect("they are read");
        told.sort();
        told
    };
    assert!(told().await.is_empty(), "nothing was prepared");
    library.keep_prepared_and_gist(candidates[0], digest, "prepare/9", b"all of it", Some(b"a gist")).await.expect("it is kept");
    library.keep_prepared(candidates[1], digest, "prepare/9", b"a whole").await.expect("it is kept");
    assert_eq!(told().await, [(0, b"a gist".to_vec()), (1, b"a whole".to_vec())], "without a gist the whole is told");
    let whole = library.prepared(candidates[0], digest, "prepare/9").await.expect("it is read");
    assert_eq!(whole.expect("it is there").as_slice(), b"all of it");
    library.keep_prepared(candidates[0], digest, "prepare/9", b"another").await.expect("it is kept");
    assert_eq!(told().await[0], (0, b"another".to_vec()), "a gist of what was there before is none of it");
    library.keep_prepared_and_gist(candidates[1], digest, "prepare/9", b"a whole", Some(b"b")).await.expect("it is kept");
    library.erase_person(candidates[1]).await.expect("the person is erased");
    assert_eq!(told().await, [(0, b"another".to_vec())]);
}

#[tokio::test]
async fn rubrics_are_kept_word_for_word() {
    let (_folder, library) = fresh().await;
    let rubric = |version: &str| RubricKept {
        id: "backend".parse().expect("a slug"),
        version: version.into(),
        scoring_hash: Digest::of(b"scoring"),
        text_hash: Digest::of(version.as_bytes()),
        source: format!("# {version}\n"),
    };
    for version in ["1", "2", "1"] {
        library.keep_rubric(&rubric(version)).await.expect("it is kept");
    }
    assert_eq!(library.rubrics().await.expect("they are read"), [rubric("2"), rubric("1")]);
    let found = library.rubric(Digest::of(b"scoring"), Digest::of(b"1")).await.expect("it is read");
    assert_eq!(found, Some(rubric("1")));
}

#[tokio::test]
async fn an_erased_person_is_gone_and_stays_gone_and_the_chain_holds() {
    let (_folder, library) = fresh().await;
    fill(&library).await;
    let submission = &batch().submissions[0];
    let candidate = submission.candidate.id;
    library.append(vec![note("about her")]).await.expect("it is saved");
    library.erase_person(candidate).await.expect("it is erased");

    let events = library.events(batch().id).await.expect("they are read");
    assert_eq!(events[0].act, Act::Unknown { kind: "noted".into(), body: None });
    library.verify_streams().await.expect("the chain holds");
    assert!(matches!(library.recording(submission.answers[0].id).await, Err(LibraryError::NotKept { .. })));
    assert_eq!(library.transcript(submission.answers[0].id).await.expect("it is read"), None);
    let left = library.batch(batch().id).await.expect("it is read");
    assert_eq!(left.submissions[0].candidate.name, None);
    assert_eq!(left.submissions[0].answers.len(), 2);
    assert_eq!(left.submissions[1], batch().submissions[1], "the other one is untouched");

    assert!(matches!(library.append(vec![note("more")]).await, Err(LibraryError::Erased(_))));
    assert!(matches!(library.put(candidate, Content::Recording, vec![1]).await, Err(LibraryError::Erased(_))));
    assert_eq!(library.keep_batch(&batch()).await.expect("the rest is kept").erased, [candidate]);
    assert_eq!(library.batch(batch().id).await.expect("it is read").submissions[0].candidate.name, None);
}

#[tokio::test]
async fn recordings_stream_in_from_a_file() {
    let (folder, library) = fresh().await;
    let candidate = batch().submissions[0].candidate.id;
    let path = folder.path().join("answer.webm");
    std::fs::write(&path, recording("one", "q-01")).expect("it is written");
    let file = std::fs::File::open(&path).expect("it is there");
    let digest = library.put_from(candidate, Content::Document, file).await.expect("it is put");
    assert_eq!(digest, Digest::of(&recording("one", "q-01")));
    assert!(library.has(candidate, Content::Document, digest).await.expect("it is looked up"));
    assert!(!library.has(candidate, Content::Recording, digest).await.expect("it is looked up"));
    assert_eq!(
        SafeText::line_from_bytes(&library.get(candidate, Content::Document, digest).await.expect("it is there")[..7]).as_str(),
        CANARY
    );
}

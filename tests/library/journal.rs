//! Acts are written once, in order, and read back.

use std::sync::Arc;

use earmark::interview::*;
use earmark::journal::{Act, Event, Stored, undoable, verify};
use earmark::library::{Access, JournalMark, Library, LibraryError};
use earmark::rubric::Observed;
use earmark::scorecard::Record;
use jiff::Timestamp;

use super::support::*;

#[tokio::test]
async fn what_was_appended_is_there_after_opening_again() {
    let (folder, library) = fresh().await;
    let attached = Act::Attached { rubric_hash: Digest::of(b"r"), text_hash: Digest::of(b"t"), map: Vec::new() };
    let drafts = vec![note("clear and calm"), draft(None, attached)];
    let written = library.append(drafts.clone()).await.expect("it is saved");
    assert_eq!(written.iter().map(|event| event.header.seq).collect::<Vec<_>>(), [1, 2]);
    library.close().await;

    let library = open(&folder.path().join("library")).await;
    let events = library.events(batch().id).await.expect("they are read");
    assert_eq!(events, written);
    assert_eq!(
        events.iter().map(|event| &event.act).collect::<Vec<_>>(),
        drafts.iter().map(|draft| &draft.act).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_draft_that_was_written_is_not_written_twice() {
    let (_folder, library) = fresh().await;
    let first = note("once");
    let written = library.append(vec![first.clone()]).await.expect("it is saved");
    let again = library.append(vec![first, note("and one more")]).await.expect("it is saved");
    assert_eq!(again[0], written[0]);
    assert_eq!(library.events(batch().id).await.expect("they are read").len(), 2);
}

#[tokio::test]
async fn a_clock_that_runs_backwards_changes_no_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = Arc::new(std::sync::Mutex::new(Timestamp::from_second(2_000_000_000).expect("a time")));
    let read = now.clone();
    let clock: earmark::library::Clock = Arc::new(move || *read.lock().expect("no one panics with it"));
    let library = Library::open(folder.path(), key(), Access::ReadWrite, clock).await.expect("it opens").acting_as(reviewer());
    library.append(vec![note("first")]).await.expect("it is saved");
    *now.lock().expect("no one panics with it") = Timestamp::from_second(1_000_000_000).expect("a time");
    library.append(vec![note("second")]).await.expect("it is saved");
    let order: Vec<u64> = library.events(batch().id).await.expect("they are read").iter().map(|event| event.header.seq).collect();
    assert_eq!(order, [1, 2]);
}

#[tokio::test]
async fn a_clock_that_is_set_back_by_an_hour_keeps_the_later_rating_and_what_undo_takes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = Arc::new(std::sync::Mutex::new(Timestamp::from_second(2_000_000_000).expect("a time")));
    let read = now.clone();
    let clock: earmark::library::Clock = Arc::new(move || *read.lock().expect("no one panics with it"));
    let library = Library::open(folder.path(), key(), Access::ReadWrite, clock).await.expect("it opens").acting_as(reviewer());
    let submission = &batch().submissions[0];
    let (answer, criterion) = (submission.answers[0].id, "diagnosis".parse::<CriterionId>().expect("a slug"));
    let rated = |point: u8| {
        let observed = Observed::Point(point.to_string().parse().expect("a point"));
        let act = Act::Rated { answer, revision: None, criterion: criterion.clone(), observed, reason: None };
        draft(Some(submission.candidate.id), act)
    };
    let (first, second) = (rated(2), rated(4));
    library.append(vec![first.clone()]).await.expect("it is saved");
    *now.lock().expect("no one panics with it") = Timestamp::from_second(2_000_000_000 - 3600).expect("a time");
    library.append(vec![second.clone()]).await.expect("it is saved");
    let value = |events: &[Event]| {
        let record = Record::fold(&batch(), events);
        record.work(reviewer()).and_then(|work| work.rating(answer, &criterion)).map(|mark| mark.observed)
    };
    let events = library.events(batch().id).await.expect("they are read");
    assert_eq!(value(&events), Some(Observed::Point("4".parse().expect("a point"))));
    assert_eq!(undoable(&events, reviewer(), |_| true), Some(second.id));
    let undone = draft(Some(submission.candidate.id), Act::Undone { event: second.id });
    library.append(vec![undone]).await.expect("it is saved");
    // The clock is right again.
    *now.lock().expect("no one panics with it") = Timestamp::from_second(2_000_000_100).expect("a time");
    library.append(vec![note("later")]).await.expect("it is saved");
    let events = library.events(batch().id).await.expect("they are read");
    assert_eq!(events.iter().map(|event| event.header.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(value(&events), Some(Observed::Point("2".parse().expect("a point"))));
    for (writer, stream) in library.streams().await.expect("they are read") {
        verify(writer, &stream).expect("the chain holds");
    }
}

#[tokio::test]
async fn what_is_done_once_a_clock_is_right_again_carries_the_right_time_and_comes_after_what_was_done_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let (right, ahead) = ("2026-11-24T10:00:00Z".parse().expect("a time"), "2026-12-20T10:00:00Z".parse().expect("a time"));
    let now: Arc<std::sync::Mutex<Timestamp>> = Arc::new(std::sync::Mutex::new(ahead));
    let read = now.clone();
    let clock: earmark::library::Clock = Arc::new(move || *read.lock().expect("no one panics with it"));
    let library = Library::open(folder.path(), key(), Access::ReadWrite, clock).await.expect("it opens").acting_as(reviewer());
    library.append(vec![note("ahead")]).await.expect("it is saved");
    *now.lock().expect("no one panics with it") = right;
    library.append(vec![note("right"), note("with it")]).await.expect("it is saved");
    library.append(vec![note("after it")]).await.expect("it is saved");
    let events = library.events(batch().id).await.expect("they are read");
    let clocks: Vec<Timestamp> = events.iter().map(|event| event.header.at).collect();
    assert_eq!(clocks, [ahead, right, right, right], "what each clock said");
    let order: Vec<u64> = events.iter().map(|event| event.header.seq).collect();
    assert_eq!(order, [1, 2, 3, 4]);
    assert!(events.windows(2).all(|two| two[0].header.stands() < two[1].header.stands()), "{events:#?}");
}

#[tokio::test]
async fn without_a_person_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(folder.path(), key(), Access::ReadWrite, clock()).await.expect("it opens");
    assert!(matches!(library.append(vec![note("x")]).await, Err(LibraryError::NoAuthor)));
}

#[tokio::test]
async fn a_second_handle_sees_what_the_first_wrote_and_only_that() {
    let (folder, library) = fresh().await;
    let other = open(&folder.path().join("library")).await;
    library.append(vec![note("one")]).await.expect("it is saved");
    let (seen, cursor) = other.events_since(JournalMark::default()).await.expect("they are read");
    assert_eq!(seen.len(), 1);
    assert_eq!(cursor, library.cursor().await.expect("it is read"));
    library.append(vec![note("two"), note("three")]).await.expect("it is saved");
    let (seen, cursor) = other.events_since(cursor).await.expect("they are read");
    assert_eq!(seen.iter().map(|event| event.header.seq).collect::<Vec<_>>(), [2, 3]);
    assert!(other.events_since(cursor).await.expect("they are read").0.is_empty());
}

#[tokio::test]
async fn each_author_has_a_stream_and_none_writes_to_anothers() {
    let (_folder, library) = fresh().await;
    let (ana, ben) = (ReviewerId::derive(&["ana"]), ReviewerId::derive(&["ben"]));
    let writer = WriterId::derive(&["ana's machine"]);
    let at = Timestamp::from_second(1_700_000_000).expect("a time");
    library.append_as(ana, writer, vec![(at, note("hers"))]).await.expect("it is saved");
    library.append(vec![note("mine")]).await.expect("it is saved");
    let refused = library.append_as(ben, writer, vec![(at, note("his"))]).await;
    assert!(matches!(refused, Err(LibraryError::ForeignWriter { .. })));
    let streams = library.streams().await.expect("they are read");
    assert_eq!(streams.len(), 2);
    for (writer, stream) in streams {
        assert_eq!(verify(writer, &stream).expect("the chain holds").len(), 1);
    }
}

#[tokio::test]
async fn events_from_another_library_are_taken_in_once_and_in_order() {
    let (_there, theirs) = fresh().await;
    let (_here, ours) = fresh().await;
    let act = || draft(None, Act::Acknowledged { rubric_hash: Digest::of(b"r") });
    let written = theirs.append(vec![act(), act(), act()]).await.expect("it is saved");
    let stream: Vec<Stored> = theirs.streams().await.expect("they are read").remove(0).1;

    let gap = ours.insert_foreign(stream[1..].to_vec()).await;
    assert!(matches!(gap, Err(LibraryError::Chain(_))), "the first one is missing");
    let taken = ours.insert_foreign(stream[..2].to_vec()).await.expect("they follow");
    assert_eq!((taken.new, taken.known), (2, 0));
    let taken = ours.insert_foreign(stream.clone()).await.expect("they follow");
    assert_eq!((taken.new, taken.known), (1, 2));
    assert_eq!(ours.events(batch().id).await.expect("they are read"), written);

    let header = stream[2].read_header().expect("it is whole");
    let forged = Stored::new(&header, b"{}".to_vec());
    assert!(matches!(ours.insert_foreign(vec![forged]).await, Err(LibraryError::Forked { seq: 3, .. })));
}

#[tokio::test]
async fn a_library_opened_to_look_reads_and_does_not_write() {
    let (folder, library) = fresh().await;
    library.append(vec![note("x")]).await.expect("it is saved");
    let folder = folder.path().join("library");
    let looking = Library::open(&folder, key(), Access::ReadOnly, clock()).await.expect("it opens").acting_as(reviewer());
    assert_eq!(looking.events(batch().id).await.expect("they are read").len(), 1);
    assert!(matches!(looking.append(vec![note("y")]).await, Err(LibraryError::ReadOnly { .. })));
}

#[tokio::test]
async fn one_terminal_ui_at_a_time() {
    let (folder, library) = fresh().await;
    let other = open(&folder.path().join("library")).await;
    let lock = library.try_lock_ui().expect("it can be tried");
    assert!(lock.is_some());
    assert!(other.try_lock_ui().expect("it can be tried").is_none());
    drop(lock);
    assert!(other.try_lock_ui().expect("it can be tried").is_some());
}

#[tokio::test]
async fn who_waits_becomes_the_terminal_ui_as_soon_as_the_first_has_ended() {
    let (folder, library) = fresh().await;
    let other = open(&folder.path().join("library")).await;
    let first = library.try_lock_ui().expect("it can be tried").expect("nobody is it");
    let (tell, told) = std::sync::mpsc::channel();
    other.lock_ui_later(move |lock| tell.send(lock).expect("the test waits")).expect("it waits");
    assert!(told.try_recv().is_err());
    drop(first);
    let lock = told.recv_timeout(std::time::Duration::from_secs(20)).expect("it is told");
    assert!(library.try_lock_ui().expect("it can be tried").is_none(), "now the other is it");
    drop(lock);
    assert!(library.try_lock_ui().expect("it can be tried").is_some());
}

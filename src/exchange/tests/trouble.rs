//! Half-written files, tampered ones, files from the future, copies of a library.

use super::*;
use crate::interview::Digest;
use crate::scorecard::After;

/// Mara has published three pieces that Ivo may read at once, with one between them that waits.
async fn begun() -> (TempDir, Machine, Machine) {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    for n in 0..3u8 {
        mara.act(None, Act::Acknowledged { rubric_hash: Digest::of(&[n]) }).await;
        mara.act(None, Act::Assigned { submission: None, reviewer: ivo.id() }).await;
        mara.exchanges(&folder).await;
    }
    (folder, mara, ivo)
}

#[tokio::test]
async fn a_file_cut_anywhere_gives_what_is_whole_and_waits_for_the_rest() {
    let (folder, mara, ivo) = begun().await;
    let path = mara.stream(&folder).await;
    let whole = fs::read(&path).expect("it is there");
    let mut most = 0;
    for cut in (0..whole.len()).step_by(whole.len() / 40) {
        fs::write(&path, &whole[..cut]).expect("written");
        let report = ivo.exchanges(&folder).await;
        assert_eq!(kinds(&report), [], "cut at {cut}");
        let there = ivo.events().await.len();
        assert!(there >= most);
        most = there;
    }
    fs::write(&path, &whole).expect("written");
    ivo.exchanges(&folder).await;
    assert_eq!(ivo.events().await.len(), 3);
    // Who wrote it mends it.
    fs::write(&path, &whole[..whole.len() - 7]).expect("written");
    mara.exchanges(&folder).await;
    assert_eq!(kinds(&ivo.exchanges(&folder).await), []);
    assert!(fs::read(&path).expect("it is there").starts_with(&whole[..whole.len() / 2]), "what was whole stays as it is");
}

#[tokio::test]
async fn a_tampered_event_is_named_and_refused_and_the_rest_is_kept() {
    let (folder, mara, ivo) = begun().await;
    let path = mara.stream(&folder).await;
    let whole = fs::read(&path).expect("it is there");
    let marks: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(b"\x1eEMR")).collect();
    let mut tampered = whole.clone();
    // In the cipher of the second event.
    tampered[marks[2] - 100] ^= 1;
    fs::write(&path, &tampered).expect("written");
    let report = ivo.exchanges(&folder).await;
    assert!(!report.is_whole());
    let [trouble] = report.troubles.as_slice() else { panic!("one: {report:?}") };
    assert_eq!((trouble.kind, trouble.number), (TroubleKind::Tampered, Some(2)));
    assert_eq!(trouble.author.as_ref().map(SafeText::as_str), Some("Mara"));
    assert_eq!(trouble.writer, Some(mara.library.own_writer().await.expect("one")));
    assert!(trouble.file.starts_with("streams/") && !trouble.reason.is_empty() && !trouble.remedy.is_empty());
    assert_eq!(ivo.events().await.len(), 2, "the others came");
    ivo.is_whole().await;
    let report = mara.exchanges(&folder).await;
    assert_eq!(kinds(&report), [TroubleKind::Tampered], "its author hears of it, and mends it");
    assert_eq!(kinds(&ivo.exchanges(&folder).await), []);
    assert_eq!(ivo.events().await.len(), 3);
    ivo.is_whole().await;
}

#[tokio::test]
async fn a_piece_whose_length_was_changed_hides_none_behind_it() {
    for more in [1, 2] {
        let (folder, mara, ivo) = begun().await;
        let path = mara.stream(&folder).await;
        let mut tampered = fs::read(&path).expect("it is there");
        let first = (0..tampered.len()).find(|at| tampered[*at..].starts_with(b"\x1eEMR")).expect("a piece");
        // So many times 256 bytes more than it has.
        tampered[first + 6] += more;
        fs::write(&path, &tampered).expect("written");
        let report = ivo.exchanges(&folder).await;
        assert_eq!((kinds(&report), ivo.events().await.len()), (vec![TroubleKind::Tampered], 3), "{more}: {report:?}");
    }
}

#[tokio::test]
async fn any_byte_changed_anywhere_never_changes_what_is_taken_in() {
    let (folder, mara, ivo) = begun().await;
    let path = mara.stream(&folder).await;
    let whole = fs::read(&path).expect("it is there");
    for at in (0..whole.len()).step_by(97) {
        let mut tampered = whole.clone();
        tampered[at] ^= 0x20;
        fs::write(&path, &tampered).expect("written");
        ivo.exchanges(&folder).await;
    }
    let events = ivo.events().await;
    let own = mara.events().await;
    assert!(events.iter().all(|event| own.contains(event)));
    ivo.is_whole().await;
}

#[tokio::test]
async fn a_file_from_the_future_is_named_and_passed_over_and_the_rest_is_taken() {
    let (folder, mara, ivo) = begun().await;
    let path = mara.stream(&folder).await;
    let later = fs::read(&path).expect("it is there");
    let future = String::from_utf8_lossy(&later[..91]).replacen("stream 1", "stream 2", 1);
    fs::write(folder.path().join("streams/ffffffff.stream"), future).expect("written");
    fs::write(folder.path().join("people/someone.json"), r#"{"format": 9, "news": true}"#).expect("written");
    fs::write(folder.path().join("letters/a.b.letter"), [b"earmark letter 78\n", &[b'x'; 64][..], b"{\"format\": 3}\n"].concat())
        .expect("written");
    let report = ivo.exchanges(&folder).await;
    assert_eq!(kinds(&report), [TroubleKind::Newer; 3], "{report:?}");
    assert!(report.troubles.iter().all(|trouble| trouble.remedy.contains("newer earmark")));
    assert_eq!(ivo.events().await.len(), 3);
    // One's own file, which this library alone writes, is written anew.
    fs::write(&path, [&b"earmark stream 2 whatever\n"[..], &later].concat()).expect("written");
    mara.act(None, Act::Assigned { submission: None, reviewer: ivo.id() }).await;
    mara.exchanges(&folder).await;
    assert!(fs::read(&path).expect("it is there").starts_with(b"earmark stream 1 "));
    ivo.exchanges(&folder).await;
    assert_eq!(ivo.events().await.len(), 4);
}

#[tokio::test]
async fn what_does_not_belong_there_is_named_or_passed_over() {
    let (folder, _mara, ivo) = begun().await;
    fs::write(folder.path().join("streams/holiday.stream"), vec![7; 300]).expect("written");
    fs::write(folder.path().join("people/x.json"), "{}").expect("written");
    fs::write(folder.path().join("letters/x.letter"), vec![7; 300]).expect("written");
    fs::write(folder.path().join("streams/notes.txt"), "hello").expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("streams/endless.stream")).expect("linked");
    let report = ivo.exchanges(&folder).await;
    assert_eq!(kinds(&report), [TroubleKind::Tampered; 3], "{report:?}");
    assert_eq!(ivo.events().await.len(), 3);
}

#[tokio::test]
async fn a_conflicted_copy_of_a_file_is_read_like_the_file() {
    let (folder, mara, ivo) = begun().await;
    let path = mara.stream(&folder).await;
    let whole = fs::read(&path).expect("it is there");
    fs::rename(&path, path.with_file_name("copy (Mara's conflicted copy).stream")).expect("renamed");
    fs::write(&path, &whole[..whole.len() / 2]).expect("written");
    let report = ivo.exchanges(&folder).await;
    assert_eq!(kinds(&report), []);
    assert_eq!(ivo.events().await.len(), 3);
}

#[tokio::test]
async fn a_history_that_was_written_anew_is_named_and_nothing_of_it_is_taken() {
    let (folder, mara, ivo) = begun().await;
    let copy = mara.copied().await;
    mara.act(None, Act::Assigned { submission: None, reviewer: mara.id() }).await;
    mara.exchanges(&folder).await;
    ivo.exchanges(&folder).await;
    let before = ivo.events().await;
    // Elsewhere, where nobody sees it, the copy goes on otherwise; then its stream takes the place of the one that all have read.
    let elsewhere = shared();
    copy.act(None, Act::Released { submission: None, reviewer: ivo.id(), reason: Default::default() }).await;
    copy.exchanges(&elsewhere).await;
    fs::copy(copy.stream(&elsewhere).await, mara.stream(&folder).await).expect("copied");
    let report = ivo.exchanges(&folder).await;
    let [trouble] = report.troubles.as_slice() else { panic!("one: {report:?}") };
    assert_eq!((trouble.kind, trouble.number), (TroubleKind::Forked, Some(7)), "{trouble:?}");
    assert!(!report.is_whole());
    assert_eq!(ivo.events().await, before);
}

#[tokio::test]
async fn what_is_not_there_whole_and_what_is_no_file_is_named() {
    let (folder, mara, ivo) = begun().await;
    let path = mara.stream(&folder).await;
    fs::write(&path, &fs::read(&path).expect("it is there")[..20]).expect("written");
    for (letter, bytes) in files(&folder, "letters") {
        fs::write(letter, &bytes[..bytes.len() / 2]).expect("written");
    }
    fs::create_dir(folder.path().join("streams/holiday.stream")).expect("made");
    let report = ivo.exchanges(&folder).await;
    assert_eq!(kinds(&report), []);
    assert!(report.half.iter().any(|name| name.starts_with("letters/")), "{report:?}");
    assert!(report.half.iter().any(|name| name.starts_with("streams/")), "{report:?}");
    assert_eq!(report.no_files, ["streams/holiday.stream"]);
}

#[tokio::test]
async fn a_copy_of_a_file_counts_what_waits_once() {
    let (folder, mara, ivo) = begun().await;
    mara.rate(1, 1, 2).await;
    mara.exchanges(&folder).await;
    let waiting = ivo.exchanges(&folder).await.waiting();
    let path = mara.stream(&folder).await;
    let whole = fs::read(&path).expect("it is there");
    fs::write(path.with_file_name("copy of it.stream"), &whole).expect("written");
    fs::write(path.with_file_name("older copy of it.stream"), &whole[..whole.len() - 40]).expect("written");
    assert!(waiting > 0);
    assert_eq!(ivo.exchanges(&folder).await.waiting(), waiting);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_is_a_link_is_not_written_through() {
    let (folder, mara, _ivo) = begun().await;
    let elsewhere = shared();
    fs::remove_dir_all(folder.path().join("streams")).expect("removed");
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("streams")).expect("linked");
    let error = mara.wishes(&folder, Wish::default()).await.expect_err("it is refused");
    assert!(matches!(error, ExchangeError::Linked { folder: "streams" }), "{error}");
    assert_eq!(fs::read_dir(elsewhere.path()).expect("listed").count(), 0);
}

#[tokio::test]
async fn two_copies_of_one_library_part_and_lose_nothing() {
    let (folder, mara, ivo) = begun().await;
    mara.rate(1, 1, 2).await;
    mara.exchanges(&folder).await;
    // The whole library folder is copied to another machine, key and all, and both go on.
    let copy = mara.copied().await;
    mara.rate(1, 2, 3).await;
    copy.rate(2, 2, 5).await;
    copy.rate(2, 1, 4).await;
    settle(&folder, &[&mara]).await;
    let report = copy.exchanges(&folder).await;
    assert_eq!(kinds(&report), [TroubleKind::Forked], "{report:?}");
    settle(&folder, &[&copy, &mara]).await;
    for machine in [&mara, &copy] {
        assert_eq!(machine.ratings_of(mara.id()).await, 4);
        assert_eq!(kinds(&machine.exchanges(&folder).await), []);
        machine.is_whole().await;
    }
    mara.seal(1).await;
    mara.seal(2).await;
    ivo.review(1).await;
    settle(&folder, &[&mara, &copy, &ivo]).await;
    settle(&folder, &[&mara, &copy, &ivo]).await;
    assert_eq!(ivo.ratings_of(mara.id()).await, 4);
    ivo.is_whole().await;
}

#[tokio::test]
async fn what_a_copy_leaves_keeps_its_time_and_place_where_a_clock_had_been_ahead() {
    let (folder, mara, ivo) = begun().await;
    // In what concerns no batch a clock was a month ahead once; nothing in the batch stands behind that.
    mara.passes(SignedDuration::from_hours(24 * 30));
    let act = Act::Acknowledged { rubric_hash: Digest::of(b"elsewhere") };
    let draft = Draft { id: EventId(uuid::Uuid::now_v7()), batch: None, subject: None, base: None, act };
    let ahead = mara.library.append(vec![draft]).await.expect("it is saved")[0].header.at;
    mara.passes(SignedDuration::from_hours(-24 * 30));
    mara.exchanges(&folder).await;
    let copy = mara.copied().await;
    mara.rate(1, 2, 3).await;
    let given = copy.rate(2, 2, 5).await;
    let header = |events: Vec<Event>| events.into_iter().find(|event| event.id() == given).expect("it is here").header;
    let before = header(copy.events().await);
    assert!(before.at < ahead && before.after.is_none(), "{before:?}");
    settle(&folder, &[&mara]).await;
    assert_eq!(kinds(&copy.exchanges(&folder).await), [TroubleKind::Forked]);
    settle(&folder, &[&copy, &mara, &ivo]).await;
    for machine in [&copy, &mara] {
        let moved = header(machine.events().await);
        assert_ne!(moved.writer, before.writer, "it was left");
        assert_eq!((moved.at, moved.stands()), (before.at, before.stands()));
        machine.is_whole().await;
    }
}

impl Machine {
    /// A byte-for-byte copy of this machine's library.
    async fn copied(&self) -> Machine {
        let backup = self.home.path().join("library.copy");
        fs::create_dir(&backup).expect("made");
        for name in ["library.db", "library.db-wal"] {
            let _ = fs::copy(self.home.path().join("library").join(name), backup.join(name));
        }
        let key = LibraryKey::from_bytes(Digest::of(self.home.path().as_os_str().as_encoded_bytes()).0);
        let now = Arc::new(Mutex::new(*self.now.lock().expect("no one panics with it")));
        let library = Library::open(&backup, key, Access::ReadWrite, ticking(&now)).await.expect("it opens").acting_as(self.id());
        Machine { home: tempfile::tempdir().expect("a folder"), library, me: self.me.clone(), sample: Sample::new(2, 2), now }
    }
}

#[tokio::test]
async fn a_restored_library_publishes_what_the_old_machine_never_did() {
    let (folder, mara, ivo) = begun().await;
    mara.rate(1, 1, 2).await;
    let backup = mara.home.path().join("copy.zip");
    mara.library.backup(&backup).await.expect("it is written");
    let key = LibraryKey::from_bytes(Digest::of(mara.home.path().as_os_str().as_encoded_bytes()).0);
    let into = mara.home.path().join("restored");
    crate::library::restore(&backup, &into, &key).await.expect("it is restored");
    let clock = crate::library::system_clock();
    let library = Library::open(&into, key, Access::ReadWrite, clock).await.expect("it opens").acting_as(mara.id());
    let restored = Machine { library, ..mara };
    restored.rate(2, 1, 4).await;
    restored.rate(1, 2, 4).await;
    restored.rate(2, 2, 4).await;
    restored.seal(1).await;
    restored.seal(2).await;
    ivo.review(3).await;
    settle(&folder, &[&restored, &ivo]).await;
    assert_eq!(ivo.ratings_of(restored.id()).await, 4);
    restored.is_whole().await;
}

#[tokio::test]
async fn an_old_copy_with_its_clock_set_back_changes_nothing_that_was_sealed_and_is_named() {
    let (folder, mara, ivo) = begun().await;
    mara.exchanges(&folder).await;
    let copy = mara.copied().await;
    mara.review(2).await;
    ivo.review(3).await;
    settle(&folder, &[&mara, &ivo]).await;
    assert_eq!(mara.ratings_of(ivo.id()).await, 4, "she has read his");
    copy.passes(SignedDuration::from_hours(-2));
    copy.rate_all(5).await;
    let mut named = 0;
    for _ in 0..3 {
        copy.exchanges(&folder).await;
        mara.exchanges(&folder).await;
        named += kinds(&ivo.exchanges(&folder).await).iter().filter(|kind| **kind == TroubleKind::Late).count();
    }
    assert_eq!(named, 1, "once");
    let answer = ivo.sample.answer(1, 1);
    for machine in [&ivo, &mara, &copy] {
        assert_eq!(machine.knows(mara.id(), answer).await, Some(point(2)));
        assert_eq!(machine.ratings_of(mara.id()).await, 8, "nothing is lost");
    }
    ivo.is_whole().await;
}

#[tokio::test]
async fn what_two_libraries_of_one_person_sealed_apart_is_marked_wherever_their_clocks_stood() {
    for minutes in [-60, 30, 90] {
        let (folder, mara, ivo) = begun().await;
        mara.exchanges(&folder).await;
        let copy = mara.copied().await;
        mara.rate_all(3).await;
        mara.passes(SignedDuration::from_hours(1));
        mara.seal(1).await;
        mara.seal(2).await;
        ivo.review(2).await;
        settle(&folder, &[&mara, &ivo]).await;
        copy.passes(SignedDuration::from_mins(minutes));
        copy.review(5).await;
        settle(&folder, &[&copy, &mara, &ivo]).await;
        let record = Record::fold(&ivo.sample.batch, &ivo.events().await);
        let rating = record.works[&mara.id()].rating(ivo.sample.answer(1, 1), &slug("depth")).expect("it is rated").clone();
        assert_eq!((rating.after, rating.revised_from), (Some(After::Apart), None), "{minutes}: {rating:?}");
    }
}

#[tokio::test]
async fn a_seal_is_opened_on_a_machine_whose_clock_is_behind_the_one_that_sealed() {
    let (folder, mara, ivo) = begun().await;
    let laptop = mara.another().await;
    mara.passes(SignedDuration::from_hours(1));
    mara.review(2).await;
    settle(&folder, &[&mara, &laptop, &ivo]).await;
    let scope = Scope::Question(slug("q1"));
    laptop.act(None, Act::Reopened { scope, reason: "misheard".into() }).await;
    laptop.rate(1, 1, 5).await;
    settle(&folder, &[&laptop, &mara, &ivo]).await;
    for machine in [&laptop, &mara] {
        assert_eq!(machine.knows(mara.id(), mara.sample.answer(1, 1)).await, Some(point(5)));
    }
}

#[tokio::test]
async fn a_library_from_before_releases_what_the_lost_one_sealed() {
    let (folder, mara, ivo) = begun().await;
    let before = mara.copied().await;
    mara.review(2).await;
    mara.exchanges(&folder).await;
    // Her machine is lost.
    before.exchanges(&folder).await;
    ivo.review(3).await;
    settle(&folder, &[&before, &ivo]).await;
    assert_eq!((ivo.ratings_of(mara.id()).await, before.ratings_of(ivo.id()).await), (4, 4));
}

#[tokio::test]
async fn ones_own_stream_is_written_anew_whatever_was_made_of_its_file() {
    let (folder, mara, ivo) = begun().await;
    mara.review(2).await;
    mara.exchanges(&folder).await;
    let path = mara.stream(&folder).await;
    let bytes = fs::read(&path).expect("it is there");
    let later = [b"earmark stream 9".as_slice(), &bytes[b"earmark stream 1".len()..]].concat();
    assert!(bytes.starts_with(b"earmark stream 1 "));
    fs::write(&path, later).expect("written");
    mara.exchanges(&folder).await;
    assert!(fs::read(&path).expect("it is there").starts_with(b"earmark stream 1 "));
    // A folder in its place is named, and the rest is exchanged.
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("made");
    ivo.review(3).await;
    ivo.exchanges(&folder).await;
    assert!(kinds(&mara.exchanges(&folder).await).contains(&TroubleKind::Tampered));
    fs::remove_dir(&path).expect("removed");
    settle(&folder, &[&mara, &ivo]).await;
    assert_eq!((ivo.ratings_of(mara.id()).await, mara.ratings_of(ivo.id()).await), (4, 4));
}

#[tokio::test]
async fn what_was_sealed_in_an_old_copy_after_the_reveal_does_not_count_wherever_its_clock_stands() {
    let (folder, mara, ivo) = begun().await;
    mara.exchanges(&folder).await;
    mara.rate_all(3).await;
    let copy = mara.copied().await;
    mara.passes(SignedDuration::from_hours(1));
    mara.seal(1).await;
    mara.seal(2).await;
    ivo.review(2).await;
    settle(&folder, &[&mara, &ivo]).await;
    assert_eq!(mara.ratings_of(ivo.id()).await, 4, "she has read his scores");
    // The same library as it was before the seal, its clock ten minutes behind that.
    copy.passes(SignedDuration::from_mins(50));
    copy.rate_all(5).await;
    copy.seal(1).await;
    copy.seal(2).await;
    settle(&folder, &[&copy, &mara, &ivo]).await;
    for machine in [&ivo, &mara, &copy] {
        let record = Record::fold(&machine.sample.batch, &machine.events().await);
        let work = &record.works[&mara.id()];
        let rating = work.rating(machine.sample.answer(1, 1), &slug("depth")).expect("it is rated");
        assert_eq!((rating.observed, rating.after), (point(3), Some(After::Apart)));
        assert_eq!(work.refused.iter().filter(|one| one.apart && one.kind == "rated").count(), 4, "what she gave later is named");
    }
}

#[tokio::test]
async fn who_seals_the_same_in_two_copies_loses_nothing() {
    for minutes in [-10, 10] {
        let (folder, mara, ivo) = begun().await;
        mara.exchanges(&folder).await;
        mara.rate_all(3).await;
        let copy = mara.copied().await;
        for machine in [&mara, &copy] {
            machine.seal(1).await;
            machine.seal(2).await;
            copy.passes(SignedDuration::from_mins(minutes));
        }
        settle(&folder, &[&mara, &copy, &ivo]).await;
        ivo.review(2).await;
        settle(&folder, &[&ivo, &copy, &mara]).await;
        let record = Record::fold(&ivo.sample.batch, &ivo.events().await);
        let work = &record.works[&mara.id()];
        assert_eq!((work.ratings.len(), work.refused.len()), (4, 0), "{minutes}: {work:?}");
    }
}

//! Files on their way into the vault: gone on with wherever they were left, and never plain.

use earmark::interview::{CandidateId, Digest};
use earmark::library::{Coming, Content, Library, OnTheWay};

use super::support::*;

const PIECE: usize = 64 * 1024;

fn who() -> CandidateId {
    CandidateId::derive(&["someone on the way"])
}

async fn coming(library: &Library, version: &str) -> Box<Coming> {
    match library.on_the_way(who(), Content::Recording, "a recording", version).await.expect("it is looked up") {
        OnTheWay::Coming(coming) => coming,
        OnTheWay::Arrived(..) => panic!("it has not arrived"),
    }
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 253) as u8 ^ at as u8).collect()
}

#[tokio::test]
async fn what_was_saved_of_a_file_is_there_wherever_it_was_left_and_the_whole_is_right() {
    let (_folder, library) = fresh().await;
    let plain = content(3 * PIECE + 17);
    let mut at = 0;
    for end in [1, 5_000, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 9, 3 * PIECE + 17] {
        let mut part = coming(&library, "1").await;
        assert_eq!(part.length(), at as u64);
        if at == 0 {
            part.begin(Some("\"tag\"".into()), Some(plain.len() as u64)).expect("it begins");
        }
        assert_eq!(part.note().validator.as_deref(), Some("\"tag\""));
        part.take(&plain[at..end]).expect("it is taken");
        part.save().expect("it is saved");
        at = end;
        // Dropped as by a kill.
    }
    let part = coming(&library, "1").await;
    assert_eq!((part.length(), part.digest()), (plain.len() as u64, Digest::of(&plain)));
    let digest = part.finish().await.expect("it gets its name");
    assert!(*library.get(who(), Content::Recording, digest).await.expect("it is there") == plain);
    let again = library.on_the_way(who(), Content::Recording, "a recording", "1").await.expect("it is looked up");
    assert!(matches!(again, OnTheWay::Arrived(found, length) if found == digest && length == plain.len() as u64));
}

#[tokio::test]
async fn of_a_file_that_has_become_another_one_nothing_is_kept() {
    let (_folder, library) = fresh().await;
    let mut part = coming(&library, "1").await;
    part.begin(None, None).expect("it begins");
    part.take(&content(2 * PIECE)).expect("it is taken");
    part.save().expect("it is saved");
    drop(part);
    assert_eq!(coming(&library, "2").await.length(), 0);
    assert_eq!(coming(&library, "1").await.length(), 0);
}

#[tokio::test]
async fn a_changed_byte_costs_its_piece_and_what_follows_and_goes_into_no_recording() {
    let (folder, library) = fresh().await;
    let plain = content(3 * PIECE + 9);
    let mut part = coming(&library, "1").await;
    part.begin(None, None).expect("it begins");
    part.take(&plain).expect("it is taken");
    part.save().expect("it is saved");
    drop(part);
    let files = super::secrecy::files(&folder.path().join("library/coming"));
    let file = files.iter().find(|path| path.extension().is_some_and(|end| end == "part")).expect("it is there");
    let mut sealed = std::fs::read(file).expect("it is read");
    assert!(!sealed.windows(32).any(|window| window == &plain[1_000..1_032]), "nothing plain");
    sealed[32 + PIECE + 16 + 5] ^= 1;
    std::fs::write(file, sealed).expect("it is written");
    let mut part = coming(&library, "1").await;
    assert_eq!(part.length(), PIECE as u64);
    part.take(&plain[PIECE..]).expect("it is taken");
    assert_eq!(part.finish().await.expect("it gets its name"), Digest::of(&plain));
}

#[tokio::test]
async fn a_file_of_the_vault_is_read_from_any_place_in_it() {
    let (_folder, library) = fresh().await;
    for length in [0, 1, PIECE, PIECE + 1, 2 * PIECE] {
        let plain = content(length);
        let digest = library.put(who(), Content::Recording, plain.clone()).await.expect("it is put there");
        let mut reading = library.read_object(who(), Content::Recording, digest).await.expect("it opens");
        assert_eq!(reading.length(), length as u64);
        for (number, piece) in plain.chunks(PIECE).enumerate().rev() {
            assert!(*reading.piece(number as u32).expect("it is whole") == piece, "{length}: piece {number}");
        }
    }
}

#[tokio::test]
async fn an_erased_person_leaves_nothing_that_was_on_its_way() {
    let (folder, library) = fresh().await;
    let mut part = coming(&library, "1").await;
    part.begin(None, None).expect("it begins");
    part.take(&content(PIECE + 9)).expect("it is taken");
    part.save().expect("it is saved");
    drop(part);
    library.erase_person(who()).await.expect("it is erased");
    assert!(super::secrecy::files(&folder.path().join("library/coming")).is_empty());
    assert!(library.on_the_way(who(), Content::Recording, "a recording", "1").await.is_err());
}

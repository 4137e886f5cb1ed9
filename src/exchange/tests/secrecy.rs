//! What cannot be read before the reveal, with everything that a machine and the folder hold.

use std::collections::BTreeSet;

use super::*;
use crate::exchange::folder::Shared;
use crate::exchange::letter;
use crate::exchange::people::People;
use crate::exchange::piece::{Opening, Part, Piece, opening, parts};
use crate::interview::Digest;
use crate::library::ChunkKey;

/// The pieces of one machine's stream.
async fn pieces(folder: &TempDir, of: &Machine) -> Vec<Piece> {
    let bytes = fs::read(of.stream(folder).await).expect("it is there");
    let Opening::Stream { writer, at, .. } = opening(&bytes) else { panic!("a stream") };
    let piece = |part| if let Part::Piece(piece) = part { Some(piece) } else { None };
    parts(&bytes, at, writer, &of.me.public()).into_iter().filter_map(piece).collect()
}

/// All 32 bytes in a row, as they are and as hexadecimal digits.
fn keys_in(bytes: &[u8]) -> Vec<[u8; 32]> {
    let plain = bytes.windows(32).filter_map(|window| window.try_into().ok());
    let digits = bytes.windows(64).filter_map(|window| std::str::from_utf8(window).ok()?.parse::<Digest>().ok());
    plain.chain(digits.map(|Digest(key)| key)).collect()
}

/// All that a machine holds of keys: what it can open of the letters, what its library has, its key files.
async fn everything(folder: &TempDir, machine: &Machine, of: &[Piece]) -> BTreeSet<[u8; 32]> {
    let mut held = BTreeSet::new();
    for (_, bytes) in files(folder, "letters").into_iter().chain(files(folder, "people")) {
        // Whatever of it this identity opens, from wherever it begins.
        let opened = (0..bytes.len())
            .filter(|at| bytes[*at..].starts_with(b"age-encryption.org"))
            .find_map(|at| machine.me.open(&bytes[at..]));
        held.extend(opened.map(|plain| keys_in(&plain)).unwrap_or_default());
    }
    for candidate in [1, 2].map(|c| machine.candidate(c)) {
        held.extend(machine.library.candidate_keys(candidate).await.expect("they are read").iter().map(|key| **key));
    }
    for name in ["config/identity.toml", "library/library.db", "library/library.db-wal"] {
        held.extend(keys_in(&fs::read(machine.home.path().join(name)).unwrap_or_default()));
    }
    held.extend(of.iter().map(|piece| *machine.library.chunk_key(piece.head.writer, piece.head.first, piece.head.last).bytes()));
    held
}

fn opens(pieces: &[Piece], keys: &BTreeSet<[u8; 32]>) -> usize {
    let opened = |piece: &&Piece| keys.iter().any(|key| ChunkKey::new(key).open(&piece.clear, &piece.sealed).is_some());
    pieces.iter().filter(opened).count()
}

#[tokio::test]
async fn before_the_reveal_nothing_that_the_other_machine_holds_opens_a_rating() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    mara.note(1, 1, "canary in a note").await;
    mara.review(4).await;
    ivo.rate_all(2).await;
    ivo.seal(1).await;
    settle(&folder, &[&mara, &ivo]).await;
    let of_mara = pieces(&folder, &mara).await;
    assert!(!of_mara.is_empty());
    let keys = everything(&folder, &ivo, &of_mara).await;
    assert!(keys.len() > 1000, "it looked");
    assert_eq!(opens(&of_mara, &keys), 1, "that she saw what he had sealed");
    assert_eq!((ivo.ratings_of(mara.id()).await, ivo.knows(mara.id(), ivo.sample.answer(1, 1)).await), (0, None), "and no more");
    assert_eq!(opens(&of_mara, &everything(&folder, &mara, &of_mara).await), of_mara.len(), "their author's own machine opens all");

    ivo.seal(2).await;
    settle(&folder, &[&ivo, &mara]).await;
    let keys = everything(&folder, &ivo, &of_mara).await;
    assert_eq!(opens(&of_mara, &keys), of_mara.len(), "and after it all of them open");
}

#[tokio::test]
async fn who_says_sealed_while_the_stream_that_says_so_is_not_there_gets_nothing() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    mara.review(4).await;
    settle(&folder, &[&mara]).await;
    ivo.review(2).await;
    let before = fs::read(ivo.stream(&folder).await).ok();
    ivo.exchanges(&folder).await;
    let after = fs::read(ivo.stream(&folder).await).expect("it is there");
    // The letter is there, and the stream is not synchronised yet.
    match before {
        Some(bytes) => fs::write(ivo.stream(&folder).await, bytes).expect("written"),
        None => fs::remove_file(ivo.stream(&folder).await).expect("removed"),
    }
    let report = mara.exchanges(&folder).await;
    assert_eq!(kinds(&report), [TroubleKind::Early], "{report:?}");
    assert!(report.is_whole(), "it is waited for, not refused");
    let of_mara = pieces(&folder, &mara).await;
    assert_eq!(opens(&of_mara, &everything(&folder, &ivo, &of_mara).await), 0);
    fs::write(ivo.stream(&folder).await, after).expect("written");
    settle(&folder, &[&mara, &ivo]).await;
    assert_eq!(ivo.ratings_of(mara.id()).await, 4);
}

#[tokio::test]
async fn what_is_rated_anew_after_the_reveal_is_shut_until_it_is_sealed_again() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    mara.review(4).await;
    ivo.review(2).await;
    settle(&folder, &[&mara, &ivo]).await;
    let scope = Scope::Question(slug("q1"));
    mara.act(None, Act::Reopened { scope, reason: "misheard".into() }).await;
    mara.rate(1, 1, 5).await;
    settle(&folder, &[&mara, &ivo]).await;
    let answer = mara.sample.answer(1, 1);
    assert_eq!(ivo.knows(mara.id(), answer).await, Some(point(4)));
    mara.seal(1).await;
    settle(&folder, &[&mara, &ivo]).await;
    assert_eq!(ivo.knows(mara.id(), answer).await, Some(point(5)));
}

#[tokio::test]
async fn neither_names_nor_words_nor_points_are_in_clear_in_the_folder() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    mara.note(1, 1, "kanarie").await;
    mara.act(None, Act::Recused { submission: mara.sample.submission(1), reason: Some("kanarie knows me".into()) }).await;
    mara.act(None, Act::Panel { reviewers: vec![serde_json::json!({ "id": ivo.id(), "label": "kanarie" })] }).await;
    settle(&folder, &[&mara, &ivo]).await;
    for below in ["people", "streams", "letters"] {
        for (path, bytes) in files(&folder, below) {
            for word in ["kanarie", "Zora", "rated", "noted", "\"point\""] {
                assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word} in {}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn a_letter_opens_for_its_reader_alone_and_not_under_another_name() {
    let (folder, mara, ivo, kim) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await, Machine::of("Kim").await);
    meet(&folder, &[&mara, &ivo, &kim]).await;
    let mut troubles = Vec::new();
    let at = Shared::at(folder.path());
    let people = People::meet(&at, &kim.library, &kim.me, &Wish::default(), &mut troubles).await.expect("they are known");
    let letters = letter::read(&at.letters().expect("they are listed"), &kim.me, &people, &mut Vec::new(), &mut troubles);
    assert_eq!((letters.len(), troubles.len()), (3, 0), "from Mara, from Ivo, from herself");
    // Kim cannot pass Mara's letter off as one of her own to Ivo.
    for (path, bytes) in
        files(&folder, "letters").into_iter().filter(|(path, _)| path.display().to_string().contains(&kim.id().to_string()))
    {
        let forged = String::from_utf8_lossy(&bytes).contains(&mara.id().to_string());
        if forged {
            let at = bytes.windows(36).position(|window| window == kim.id().to_string().as_bytes()).expect("whose it is");
            let mut bytes = bytes.clone();
            bytes[at..at + 36].copy_from_slice(ivo.id().to_string().as_bytes());
            fs::write(path.with_extension("x.letter"), bytes).expect("written");
        }
    }
    assert_eq!(kinds(&ivo.exchanges(&folder).await), [TroubleKind::Tampered]);
}

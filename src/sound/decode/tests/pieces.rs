//! Files in pieces of which some were lost: what is there is heard in its time, and what is
//! said of it is true.

use super::*;

/// The boxes of an MP4: kind, where each begins and ends.
fn boxes_of(bytes: &[u8]) -> Vec<(String, usize, usize)> {
    let mut from = 0;
    let mut all = Vec::new();
    for (kind, range) in source::boxes(bytes, 0, bytes.len()) {
        all.push((String::from_utf8_lossy(&kind).into_owned(), from, range.end));
        from = range.end;
    }
    all
}

#[test]
fn a_fragmented_mp4_that_loses_a_piece_plays_the_rest_in_its_time_and_says_what_is_missing() {
    let whole = media("fragmented.mp4");
    let pieces: Vec<_> = boxes_of(&whole).into_iter().filter(|(kind, ..)| kind == "moof").collect();
    let ((_, from, to), (_, next, _)) = (pieces[2].clone(), pieces[3].clone());
    let without = |from: usize, to: usize| [&whole[..from], &whole[to..]].concat();
    let changed = |at: usize, by: &[u8]| {
        let mut bytes = whole.clone();
        bytes[at..at + by.len()].copy_from_slice(by);
        bytes
    };
    let (all, rate, none) = heard(whole.clone());
    assert_eq!(none, None);
    let rows = [
        ("its head is gone", without(from, to)),
        ("head and sound are gone", without(from, next)),
        ("its head has another name", changed(from + 4, b"xxxx")),
        ("its head is wiped", changed(from, &vec![0; to - from])),
        ("half of it is gone", without(from + 100, next - 500)),
    ];
    for (what, bytes) in rows {
        let (found, _, told) = heard(bytes);
        let (late, alike) = late(&all, &found, rate);
        assert!(late.abs() < 1.0 && alike > 0.9, "{what}: {late} ms late, {alike} alike");
        assert!((found.len() as i64 - all.len() as i64).abs() < i64::from(rate) / 20, "{what}: {} of {}", found.len(), all.len());
        let Some(Truncation::Damaged { at_ms, lost_ms }) = told else { panic!("{what}: {told:?}") };
        assert!((1_500..3_500).contains(&at_ms) && (800..1_300).contains(&lost_ms), "{what}: {lost_ms} ms at {at_ms} ms");
    }
}

#[test]
fn what_is_said_wrongly_of_a_pieces_packets_loses_that_piece_alone_and_is_told() {
    let whole = media("fragmented.mp4");
    let runs: Vec<usize> = whole.windows(4).enumerate().filter(|(_, name)| *name == b"trun").map(|(at, _)| at).collect();
    let (all, rate, _) = heard(whole.clone());
    let flipped = |run: usize| {
        // Behind its flags, how many, and where: how long one of the first two packets is.
        let mut bytes = whole.clone();
        bytes[run + 23] ^= 0x40;
        heard(bytes)
    };
    let told = flipped(runs[runs.len() - 1]).2;
    assert!(matches!(told, Some(Truncation::Broken { at_ms: 4_900..=5_300 })), "nothing follows the last: {told:?}");
    for run in [runs[0], runs[2]] {
        let (found, _, told) = flipped(run);
        assert!((found.len() as i64 - all.len() as i64).abs() < i64::from(rate) / 20, "{} of {}", found.len(), all.len());
        assert!(matches!(told, Some(Truncation::Damaged { lost_ms: 800..=1_300, .. })), "{told:?}");
    }
}

/// A WebM with clusters of one second: what stands before them, they, and what stands behind.
fn clusters_of(bytes: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let id = [0x1F, 0x43, 0xB6, 0x75];
    let starts: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, four)| *four == id).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    (bytes[..starts[0]].to_vec(), starts.iter().zip(ends).map(|(from, to)| bytes[*from..to].to_vec()).collect())
}

#[test]
fn pieces_out_of_order_or_twice_are_heard_in_order_and_once_and_it_says_so() {
    let whole = media("live.webm");
    let (all, _, none) = heard(whole.clone());
    assert_eq!(none, None);
    let (head, pieces) = clusters_of(&whole);
    let count = pieces.len();
    assert!(count > 3, "{count}");
    let of = |order: &[usize]| [head.clone(), order.iter().flat_map(|nth| pieces[*nth].clone()).collect()].concat();
    let in_order: Vec<usize> = (0..count).collect();
    let mut swapped = in_order.clone();
    swapped.swap(1, 2);
    let backwards: Vec<usize> = in_order.iter().rev().copied().collect();
    let doubled: Vec<usize> = [0].into_iter().chain(in_order.clone()).collect();
    let all_doubled = in_order.repeat(2);
    for order in [swapped, backwards, doubled, all_doubled] {
        let (found, _, told) = heard(of(&order));
        assert!(found == all, "{order:?}: {} of {} samples", found.len(), all.len());
        assert!(matches!(told, Some(Truncation::Disordered { mended: true, .. })), "{order:?}: {told:?}");
    }
}

/// What stands before the pieces of a file, where each of them lies, and what stands behind.
type Parts = (usize, Vec<(usize, usize)>, usize);

/// The orders in which pieces lie that were taken in another one, or twice.
fn disorders(count: usize) -> [Vec<usize>; 5] {
    let all: Vec<usize> = (0..count).collect();
    let with = |before: &[usize], from: usize| [before, &all[from..]].concat();
    [with(&[0, 2, 1], 3), with(&[0, 0], 1), with(&[0, 1, 2, 2], 3), [all.clone(), vec![count - 1]].concat(), all.repeat(2)]
}

fn are_heard_in_order_and_once(name: &str, parts: impl Fn(&[u8]) -> Parts) {
    let whole = media(name);
    let (all, _, none) = heard(whole.clone());
    let (head, pieces, tail) = parts(&whole);
    assert!(none.is_none() && pieces.len() > 3, "{name}: {none:?}, {pieces:?}");
    for order in disorders(pieces.len()) {
        let laid = order.iter().flat_map(|nth| whole[pieces[*nth].0..pieces[*nth].1].iter().copied());
        let file: Vec<u8> = whole[..head].iter().copied().chain(laid).chain(whole[tail..].iter().copied()).collect();
        let (found, _, told) = heard(file);
        assert!(found == all, "{name}, {order:?}: {} of {} samples", found.len(), all.len());
        assert!(matches!(told, Some(Truncation::Disordered { mended: true, .. })), "{name}, {order:?}: {told:?}");
    }
}

#[test]
fn pieces_that_lie_twice_in_a_segment_that_says_where_it_ends_are_heard_once_and_to_the_end() {
    // Its segment says a length, which nobody puts right who takes a piece twice.
    are_heard_in_order_and_once("tiny/clusters.webm", |whole| {
        let (_, head, data) = cut::element(whole, 0).expect("a head");
        let (_, size, mut at) = cut::element(whole, data + head.expect("its length") as usize).expect("a segment");
        let end = at + size.expect("a length that it says") as usize;
        let mut clusters = Vec::new();
        while at < end {
            let (id, size, data) = cut::element(whole, at).expect("an element");
            let next = data + size.expect("its length") as usize;
            if id == 0x1F43_B675 {
                clusters.push((at, next));
            }
            at = next;
        }
        (clusters[0].0, clusters.clone(), clusters[clusters.len() - 1].1)
    });
}

#[test]
fn pieces_of_an_mp4_that_lie_out_of_order_or_twice_are_heard_in_order_and_once() {
    for name in ["fragmented.mp4", "chromium-pieces.mp4"] {
        are_heard_in_order_and_once(name, |whole| {
            let boxes = boxes_of(whole);
            let heads = boxes.iter().enumerate().filter(|(_, (kind, ..))| kind == "moof");
            let pieces: Vec<_> = heads.map(|(nth, (_, from, _))| (*from, boxes[nth + 1].2)).collect();
            (pieces[0].0, pieces.clone(), pieces[pieces.len() - 1].1)
        });
    }
}

#[test]
fn a_first_piece_that_was_never_uploaded_leaves_silence_of_its_length() {
    let whole = media("live.webm");
    let (all, rate, _) = heard(whole.clone());
    let (head, pieces) = clusters_of(&whole);
    let (found, _, told) = heard([head, pieces[1..].concat()].concat());
    assert!((found.len() as i64 - all.len() as i64).abs() < i64::from(rate) / 20, "{} of {}", found.len(), all.len());
    assert!(matches!(told, Some(Truncation::Damaged { at_ms: 0, lost_ms: 500..=3_000 })), "{told:?}");
}

#[test]
fn a_reason_is_true_of_what_it_is_said_of() {
    let not = |what| Some(DecodeError::NotARecording { what: std::borrow::Cow::Borrowed(what) });
    assert_eq!(refused(&[b"\x7fELF\x02\x01\x01".to_vec(), [0xFF, 0xFD, 0x40, 0x00].repeat(500)].concat()), not("a program"));
    // Frames that some other file holds by chance are no recording.
    let chance = [vec![3; 700], [0xFF, 0xFD, 0x44, 0x00].repeat(800)].concat();
    assert_eq!(refused(&chance), Some(DecodeError::Unknown));
    let head = [b"Speex   1.2.1".as_slice(), &[0; 67]].concat();
    let mut speex = [b"OggS\0\x02".as_slice(), &[0; 20], &[1, 80], &head].concat();
    let sum = checksum(&speex).to_le_bytes();
    speex[22..26].copy_from_slice(&sum);
    assert_eq!(refused(&speex), Some(DecodeError::Codec { name: "Speex".into() }));
    // Where the description of the sound ends in the middle of a word.
    let webm = media("voice.webm");
    assert_eq!(refused(&webm[..200]), Some(DecodeError::Head));
    assert!(!DecodeError::Head.to_string().contains("index"));
    // The kind of its document.
    let mut odd = webm;
    let kind = odd.windows(4).position(|four| four == b"webm").expect("its kind");
    odd[kind] ^= 4;
    assert!(matches!(refused(&odd), Some(DecodeError::Head) | None), "{:?}", refused(&odd));
}

#[test]
fn notes_that_nobody_needs_keep_nobody_from_hearing() {
    let whole = media("voice.webm");
    let (seconds, none) = decoded(whole.clone());
    assert_eq!(none, None);
    // What stands first is where they are to be found.
    let tags = whole.windows(4).rposition(|four| four == [0x12, 0x54, 0xC3, 0x67]).expect("it has tags");
    for at in tags + 5..(tags + 60).min(whole.len()) {
        let mut odd = whole.clone();
        odd[at] ^= 0x10;
        let Ok(mut decoder) = Decoder::open(odd.into(), None) else { panic!("byte {at}") };
        while decoder.next_chunk().expect("sound").is_some() {}
        assert!((decoder.seconds() - seconds).abs() < 0.1, "byte {at}: {} s", decoder.seconds());
    }
}

#[test]
fn what_is_said_has_its_unit() {
    let said = |how: Truncation| how.to_string();
    assert_eq!(said(Truncation::Broken { at_ms: 9_800 }), "it breaks off at 9.8 s");
    assert_eq!(
        said(Truncation::Damaged { at_ms: 65_000, lost_ms: 21 }),
        "21 ms of it are lost, from 1:05 min on: there is silence instead"
    );
    assert_eq!(said(Truncation::Shorter { declared_ms: 3_600_000, found_ms: 9_000 }), "only 9.0 s of 1:00:00 h are there");
}

#[test]
fn sound_alone_is_told_from_a_picture() {
    for (name, picture) in [
        ("voice.webm", false),
        ("voice.m4a", false),
        ("fragmented.mp4", false),
        ("voice.ogg", false),
        ("voice.flac", false),
        ("video.webm", true),
        ("no-sound.webm", true),
    ] {
        assert_eq!(has_picture(&media(name)), Some(picture), "{name}");
    }
}

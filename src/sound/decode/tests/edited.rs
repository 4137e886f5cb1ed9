//! Which part of an MP4's sound its list of edits has heard, and how much its heads say there is.

use super::*;

/// Where the content of the first box of a kind begins.
fn content(bytes: &[u8], kind: &[u8; 4]) -> usize {
    bytes.windows(4).position(|four| four == kind).expect("such a box") + 4
}

/// The only edit of a file with another length, in units of the film, and another start, in units of the medium.
fn edited(name: &str, duration: u32, start: u32) -> Vec<u8> {
    let mut bytes = media(name);
    let at = content(&bytes, b"elst") + 8;
    bytes[at..at + 4].copy_from_slice(&duration.to_be_bytes());
    bytes[at + 4..at + 8].copy_from_slice(&start.to_be_bytes());
    bytes
}

#[test]
fn what_a_list_of_edits_cuts_is_not_heard_at_either_end() {
    // Units of the medium in a second, its priming, and thousandths that are cut before what is heard.
    for (name, units, priming, from, length) in [
        ("voice.m4a", 48_000, 1024, 3_000, 2_000),
        ("voice.m4a", 48_000, 1024, 500, 1_200),
        ("tiny/alac.m4a", 16_000, 0, 50, 100),
        ("tiny/big-endian.mov", 16_000, 0, 50, 60),
        ("tiny/mp3.mp4", 44_100, 1105, 200, 200),
        ("tiny/opus.mp4", 8_000, 52, 100, 250),
        // Pieces without an end: the rest.
        ("tiny/pieces.mp4", 8_000, 1024, 200, 0),
    ] {
        let (whole, rate, _) = heard(media(name));
        let (part, _, told) = heard(edited(name, length, priming + from * units / 1000));
        let frames = |ms: u32| (ms * rate / 1000) as usize;
        let wanted = &whole[frames(from)..];
        // A unit of the film more is no loss.
        let expected = if length == 0 { wanted.len() } else { frames(length + 1) };
        assert_eq!((part.len(), told), (expected, None), "{name}, {length} ms from {from}");
        let same = part.iter().zip(wanted).filter(|(a, b)| (*a - *b).abs() < 1e-6).count();
        assert_eq!(same, part.len(), "{name}, {length} ms from {from}");
    }
}

#[test]
fn a_list_that_cannot_be_followed_or_leaves_next_to_nothing_loses_nothing_and_is_told() {
    let whole = heard(edited("voice.m4a", 0, 0)).0.len();
    let patched = |at: usize, with: u32| {
        let mut bytes = media("voice.m4a");
        let place = content(&bytes, b"elst") + at;
        bytes[place..place + 4].copy_from_slice(&with.to_be_bytes());
        bytes
    };
    for (what, bytes) in [
        ("it begins beyond the end", edited("voice.m4a", 6015, 48_000 * 7)),
        ("it is next to nothing", edited("voice.m4a", 20, 48_000)),
        ("it plays twice as fast", patched(16, 2 << 16)),
        ("four thousand million edits", patched(4, u32::MAX)),
    ] {
        let (samples, _, told) = heard(bytes);
        assert!(samples.len() + 1024 >= whole, "{what}: {} of {whole}", samples.len());
        assert_eq!(told, Some(Truncation::Uncut), "{what}");
        assert!(!Truncation::Uncut.loses() && Truncation::Uncut.remedy().contains("ffmpeg"));
    }
}

#[test]
fn an_index_that_loses_packets_is_told_by_the_length_that_its_heads_declare() {
    let mut bytes = media("voice.m4a");
    let sizes = content(&bytes, b"stsz") + 12;
    // The packet in the middle lies beyond the end of the file.
    let middle = sizes + 4 * 140;
    bytes[middle..middle + 4].copy_from_slice(&0x00FF_FFFFu32.to_be_bytes());
    let (seconds, told) = decoded(bytes);
    assert!((2.0..4.0).contains(&seconds), "{seconds}");
    let Some(Truncation::Shorter { declared_ms, found_ms }) = told else { panic!("{told:?}") };
    assert!((6_000..6_050).contains(&declared_ms) && (2_000..4_000).contains(&found_ms), "{declared_ms} {found_ms}");
}

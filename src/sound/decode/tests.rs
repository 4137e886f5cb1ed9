//! What is refused, what is cut, and that nothing a file holds can make a decoder panic.

use super::*;
use crate::sound::wav;

fn tone() -> Vec<u8> {
    wav::bytes(&crate::sound::testing::tone(0.2, 440.0, 0.5))
}

fn refused(bytes: &[u8]) -> Option<DecodeError> {
    Decoder::open(bytes.into(), None).err()
}

/// Decodes to the end; seconds, and how it ended.
fn decoded(bytes: Vec<u8>) -> (f64, Option<Truncation>) {
    let mut decoder = Decoder::open(bytes.into(), None).expect("a recording");
    while decoder.next_chunk().expect("sound").is_some() {}
    ((decoder.seconds * 1000.0).round() / 1000.0, decoder.truncation())
}

#[test]
fn what_is_no_recording_is_named_for_what_it_is() {
    let not = |what| Some(DecodeError::NotARecording { what: std::borrow::Cow::Borrowed(what) });
    assert_eq!(refused(b""), Some(DecodeError::Empty));
    assert_eq!(refused(b"\n\n <!DOCTYPE html><title>404</title>"), not("a web page"));
    assert_eq!(refused(b"{\"error\": \"expired\"}"), not("a JSON document"));
    assert_eq!(refused(b"PK\x03\x04\x14\x00"), not("a zip archive or an office document"));
    assert_eq!(refused(b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello"), not("a transcript"));
    assert_eq!(refused(b"Not found"), not("text"));
    assert_eq!(refused(&[0x55; 5000]), not("text"));
    assert_eq!(refused(&[0x05; 5000]), Some(DecodeError::Unknown));
}

#[test]
fn what_cannot_be_decoded_is_named_with_a_remedy() {
    let amr = refused(b"#!AMR\n\x3c\x91\x17").expect("no decoder for it");
    assert!(amr.to_string().contains("AMR") && amr.remedy().contains("ffmpeg"));
    let cut = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\x01\0\0mdat";
    assert_eq!(refused(cut), Some(DecodeError::NoIndex));
}

#[test]
fn a_header_that_asks_for_too_much_is_refused() {
    let with = |at: usize, value: &[u8]| {
        let mut file = tone();
        file[at..at + value.len()].copy_from_slice(value);
        refused(&file)
    };
    assert_eq!(with(22, &65_535u16.to_le_bytes()), Some(DecodeError::Channels { channels: 65_535 }));
    assert_eq!(with(24, &1_000_000u32.to_le_bytes()), Some(DecodeError::Rate { hz: 1_000_000 }));
    assert!(with(24, &0u32.to_le_bytes()).is_some());
    assert!(with(22, &0u16.to_le_bytes()).is_some());
}

#[test]
fn a_wav_that_is_cut_off_plays_as_far_as_it_goes() {
    let mut file = tone();
    assert_eq!(decoded(file.clone()), (0.2, None));
    file.truncate(file.len() / 2);
    let (seconds, cut) = decoded(file);
    assert!((0.08..0.11).contains(&seconds), "{seconds}");
    assert!(matches!(cut, Some(Truncation::CutOff { .. })));
}

#[test]
fn a_wav_that_does_not_know_its_length_is_whole() {
    let mut file = tone();
    file[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    file[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(decoded(file), (0.2, None));
}

#[test]
fn random_bytes_after_a_real_start_never_panic() {
    let mut state = 7u32;
    for start in
        [&b"OggS"[..], b"fLaC", b"RIFF\0\0\0\0WAVEfmt ", b"\x1A\x45\xDF\xA3", b"\0\0\0\x18ftypisom", b"ID3\x04", b"\xFF\xFB\x90"]
    {
        for _ in 0..40 {
            let noise = std::iter::repeat_with(|| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            });
            let bytes: Vec<u8> = start.iter().copied().chain(noise.take(3000)).collect();
            let Ok(mut decoder) = Decoder::open(bytes.into(), None) else { continue };
            while let Ok(Some(_)) = decoder.next_chunk() {}
        }
    }
}

#[test]
fn a_panic_inside_of_a_decoder_is_an_error_of_that_recording() {
    // Panics print by the hook that is set; a hook asks `is_guarded` first.
    let fault = guard::fault_becomes_error(|| -> Result<(), DecodeError> {
        assert!(is_guarded());
        std::panic::resume_unwind(Box::new("a fault"))
    });
    assert_eq!(fault, Err(DecodeError::Fault));
    assert!(!is_guarded());
}

#[test]
fn an_mp4_that_is_cut_inside_of_its_only_piece_of_sound_plays_as_far_as_it_goes() {
    let m4a = include_bytes!("../../../tests/media/voice.m4a");
    let first = index_first(m4a).expect("its index lies at its end");
    let index = first.len() - m4a.windows(4).position(|window| window == b"moov").map_or(0, |at| at - 4);
    let sound = first.len() - index;
    let (whole, cut) = decoded(first.clone());
    assert!(whole > 6.0 && cut.is_none(), "{whole}");
    for tenth in 2..10 {
        let (seconds, cut) = decoded(first[..index + sound * tenth / 10].to_vec());
        let expected = whole * tenth as f64 / 10.0;
        assert!((seconds - expected).abs() < 0.6, "{tenth}: {seconds}, not {expected}");
        assert!(matches!(cut, Some(Truncation::CutOff { .. })), "{tenth}");
    }
}

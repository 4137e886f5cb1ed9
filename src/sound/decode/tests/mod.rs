//! What is refused, what is cut, and that nothing a file holds can make a decoder panic.

mod edited;
mod ends;
mod joined;
mod lost;
mod pieces;
mod tracks;

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
    ((decoder.seconds() * 1000.0).round() / 1000.0, decoder.truncation())
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
    assert_eq!(refused(&[0x0B, 0x77, 0x4E, 0x77, 0x0C, 0x40]), Some(DecodeError::Codec { name: "AC-3".into() }));
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
fn what_is_cut_within_its_last_hundredth_is_marked_where_its_head_knows_its_length() {
    for name in ["voice.flac", "voice.mp3"] {
        let mut file = media(name);
        assert_eq!(decoded(file.clone()).1, None, "{name}");
        file.truncate(file.len() * 985 / 1000);
        assert!(decoded(file).1.is_some_and(|cut| cut.loses()), "{name}");
    }
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
    let m4a = include_bytes!("../../../../tests/media/voice.m4a");
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

fn media(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/media/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file that the repository holds")
}

/// All of it, the mean of its channels, and how it ended.
fn heard(bytes: Vec<u8>) -> (Vec<f32>, u32, Option<Truncation>) {
    let mut decoder = Decoder::open(bytes.into(), None).expect("a recording");
    let (mut samples, mut rate) = (Vec::new(), 0);
    while let Some(chunk) = decoder.next_chunk().expect("sound") {
        rate = chunk.rate;
        let mean = |i: usize| chunk.planes.iter().map(|plane| plane[i]).sum::<f32>() / chunk.planes.len() as f32;
        samples.extend((0..chunk.planes[0].len()).map(mean));
    }
    (samples, rate, decoder.truncation())
}

/// By how many ms the third tenth from the end of `whole` is late in `damaged`, within ±400 ms, and how alike they are.
fn late(whole: &[f32], damaged: &[f32], rate: u32) -> (f64, f32) {
    let (from, length) = (whole.len() * 7 / 10, whole.len() / 10);
    let wanted = &whole[from..from + length];
    let reach = rate as i64 * 2 / 5;
    let likeness = |lag: i64| {
        let start = from as i64 + lag;
        let Some(there) = usize::try_from(start).ok().and_then(|start| damaged.get(start..start + length)) else { return -1.0 };
        let (mut both, mut one, mut other) = (0.0f32, 1e-9f32, 1e-9f32);
        for (a, b) in wanted.iter().zip(there).step_by(3) {
            (both, one, other) = (both + a * b, one + a * a, other + b * b);
        }
        both / (one * other).sqrt()
    };
    let step = i64::from(rate / 2000).max(1);
    let lags = (-reach / step..=reach / step).map(|steps| steps * step);
    let best = lags.map(|lag| (lag, likeness(lag))).max_by(|a, b| a.1.total_cmp(&b.1)).expect("some");
    (best.0 as f64 * 1000.0 / f64::from(rate), best.1)
}

/// A sixth of the file in its middle is wiped.
fn wiped(mut bytes: Vec<u8>) -> Vec<u8> {
    let (middle, sixth) = (bytes.len() / 2, bytes.len() / 6);
    bytes[middle - sixth / 2..][..sixth].fill(0);
    bytes
}

#[test]
fn what_follows_a_hole_is_heard_where_it_was_said_and_the_hole_is_told() {
    // An ADTS of a few seconds: its frames know nothing of each other.
    let adts = media("tiny/plain.aac").repeat(9);
    let mut wrong = Vec::new();
    for (name, bytes, most_ms) in [
        ("voice.m4a", media("voice.m4a"), 1.0),
        ("chromium-whole.mp4", media("chromium-whole.mp4"), 1.0),
        ("voice.ogg", media("voice.ogg"), 15.0),
        ("vorbis.ogg", media("vorbis.ogg"), 15.0),
        ("voice.webm", media("voice.webm"), 10.0),
        ("live.webm", media("live.webm"), 10.0),
        ("chromium-pieces.webm", media("chromium-pieces.webm"), 10.0),
        ("voice.mp3", media("voice.mp3"), 1.0),
        ("plain.aac", adts, 50.0),
        ("voice.flac", media("voice.flac"), 1.0),
    ] {
        let (whole, rate, none) = heard(bytes.clone());
        let (damaged, _, told) = heard(wiped(bytes));
        let (late, alike) = late(&whole, &damaged, rate);
        let seconds = [&whole, &damaged].map(|samples| samples.len() as f64 / f64::from(rate));
        let is_told = matches!(told, Some(Truncation::Damaged { at_ms: 300..=5_000, lost_ms: 300..=3_000 }));
        if none.is_some() || late.abs() > most_ms || alike < 0.7 || !is_told {
            wrong.push(format!("{name}: {late:.1} ms late, {alike:.2} alike, {seconds:.2?} s, {none:?}, {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_chunk_that_was_never_uploaded_leaves_silence_of_its_length() {
    // A cluster is left out from the middle of what a browser sent while it recorded, at its very borders.
    let bytes = media("live.webm");
    let id = [0x1F, 0x43, 0xB6, 0x75];
    let clusters: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, four)| *four == id).map(|(at, _)| at).collect();
    let middle = clusters.len() / 2;
    assert!(middle > 0 && middle + 1 < clusters.len(), "{clusters:?}");
    let left = [&bytes[..clusters[middle]], &bytes[clusters[middle + 1]..]].concat();
    let ((whole, rate, none), (damaged, _, told)) = (heard(bytes), heard(left));
    assert_eq!(none, None);
    assert!((whole.len() as i64 - damaged.len() as i64).abs() < i64::from(rate) / 20, "{} {}", whole.len(), damaged.len());
    assert!(matches!(told, Some(Truncation::Damaged { lost_ms: 200..=3_000, .. })), "{told:?}");
}

#[test]
fn a_time_that_claims_years_and_one_that_the_next_does_not_bear_out_fill_nothing() {
    let bytes = media("live.webm");
    let whole = heard(bytes.clone()).0.len();
    // A block's own time, and a cluster's.
    let id = [0x1F, 0x43, 0xB6, 0x75];
    let cluster = bytes.windows(4).enumerate().filter(|(_, four)| *four == id).map(|(at, _)| at).nth(2).expect("three clusters");
    let block = cluster + bytes[cluster..].windows(2).position(|two| two[0] == 0xA3 && two[1] & 0xC0 != 0).expect("a block");
    let mut odd = bytes.clone();
    let width = odd[block + 1].leading_zeros() as usize + 1;
    odd[block + 1 + width + 1] = 0x70;
    assert_eq!(heard(odd).0.len(), whole);
    let time = cluster + bytes[cluster..].windows(1).position(|one| one[0] == 0xE7).expect("its time");
    let mut years = bytes;
    let width = usize::from(years[time + 1] & 0x7F);
    years[time + 2..time + 2 + width].fill(0x7F);
    let (samples, rate, _) = heard(years);
    assert!(samples.len() <= whole + 301 * rate as usize, "{} of {whole}", samples.len());
}

#[test]
fn bits_that_flipped_in_the_sound_move_nothing_of_what_follows() {
    let mut state = 11u32;
    let mut wrong = Vec::new();
    for name in ["voice.webm", "live.webm", "voice.m4a", "voice.ogg", "voice.mp3", "voice.flac"] {
        let whole = heard(media(name)).0.len();
        for round in 0..4 {
            let mut bytes = media(name);
            let (from, to) = (bytes.len() / 8, bytes.len() * 7 / 8);
            for _ in 0..20 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = from + (state >> 8) as usize % (to - from);
                bytes[at] ^= 1 << (state & 7);
            }
            let (samples, rate, told) = heard(bytes);
            let is_moved = (samples.len() as i64 - whole as i64).abs() > i64::from(rate) * 3 / 20;
            // A page of an Ogg, a second of it, is lost as a whole, and so is the last frame of a FLAC: then it ends early, and says so.
            let is_early = ["voice.ogg", "voice.flac"].contains(&name) && samples.len() < whole && told.is_some();
            if is_moved && !is_early {
                wrong.push(format!("{name}, round {round}: {} of {whole} samples, {told:?}", samples.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

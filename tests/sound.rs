//! Real recordings: every container of the small set in the repository, and of the large corpus where it lies beside it.
#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::path::{Path, PathBuf};

use earmark::sound::{DecodeError, Pcm, Prepared, Truncation, prepare};

use crate::fence::fence;

fn media(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media").join(name)
}

fn prepared(path: &Path) -> Result<(Pcm, Prepared), DecodeError> {
    let bytes = std::fs::read(path).expect("a file that the repository holds").into();
    fence().prepare(bytes, path.extension().and_then(|extension| extension.to_str()))
}

fn check(name: &str, seconds: f32, within: f32) -> Prepared {
    let (pcm, prepared) = prepared(&media(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let found = prepared.length_ms as f32 / 1000.0;
    assert!((found - seconds).abs() < within, "{name}: {found} s, not {seconds}");
    assert_eq!(pcm.available(), prepared.samples, "{name}");
    assert_eq!(prepared.peaks.len() as u64, prepared.samples.div_ceil(480), "{name}");
    assert!(prepared.gain_db.abs() < 12.0, "{name}: {}", prepared.gain_db);
    let speech = prepared.speech.length() as f32 / prepared.length_ms as f32;
    assert!(speech > 0.6, "{name}: speech in {speech} of it");
    prepared
}

#[test]
fn every_container_and_coding_plays_whole() {
    for (name, seconds) in [
        ("voice.webm", 6.01),
        ("live.webm", 6.01),
        ("video.webm", 6.01),
        ("voice.ogg", 6.01),
        ("vorbis.ogg", 6.01),
        ("voice.m4a", 6.03),
        ("fragmented.mp4", 6.04),
        ("voice.mp3", 6.04),
        ("voice.wav", 2.0),
        ("voice.flac", 2.0),
        ("antiphase.flac", 1.0),
    ] {
        assert_eq!(check(name, seconds, 0.08).truncated, None, "{name}");
    }
}

/// Recorded by a real Chromium, see scripts/record-in-chromium.py.
const CHROMIUM: [&str; 4] = ["chromium-whole.webm", "chromium-pieces.webm", "chromium-whole.mp4", "chromium-pieces.mp4"];

#[test]
fn what_a_browser_records_has_the_length_that_counting_gives_whatever_it_says_itself() {
    for name in CHROMIUM {
        // The same voice in all of them; a browser is some packets early or late.
        let prepared = check(name, 4.8, 0.15);
        assert_eq!(prepared.truncated, None, "{name}");
        assert!(prepared.gain_db < 11.0, "{name} is loud enough: {}", prepared.gain_db);
    }
    // Handed over while it was recorded, it never says how long it is: there is no Duration in its head.
    let duration =
        |name: &str| std::fs::read(media(name)).expect("it is there")[..260].windows(3).any(|id| id == [0x44, 0x89, 0x84]);
    assert!(duration("chromium-whole.webm") && !duration("chromium-pieces.webm"));
}

#[test]
fn of_what_a_browser_records_as_much_plays_as_there_is() {
    for name in CHROMIUM {
        let whole = std::fs::read(media(name)).expect("a file that the repository holds");
        let lengths: Vec<u32> = (2..=8)
            .map(|eighth| prepare(whole[..whole.len() * eighth / 8].into(), None).map_or(0, |(_, prepared)| prepared.length_ms))
            .collect();
        let grows = lengths.windows(2).all(|pair| pair[0] < pair[1]);
        // A quarter of its bytes is about a quarter of its sound: no more than two pieces of half a second are lost with the cut.
        assert!(grows && lengths[0] > 200, "{name}: {lengths:?}");
        assert!(lengths.iter().zip(2..).all(|(length, eighth)| *length + 1000 > 4800 * eighth / 8), "{name}: {lengths:?}");
    }
}

#[test]
fn a_voice_in_opposite_phase_on_both_sides_is_heard() {
    let prepared = check("antiphase.flac", 1.0, 0.08);
    assert!(prepared.downmix.weights()[0] * prepared.downmix.weights()[1] < 0.0, "{:?}", prepared.downmix);
}

#[test]
fn a_truncated_recording_plays_as_far_as_it_goes_and_is_marked() {
    let prepared = check("truncated.webm", 3.5, 0.08);
    assert!(matches!(prepared.truncated, Some(Truncation::CutOff { .. })), "{:?}", prepared.truncated);
}

#[test]
fn what_is_no_recording_is_named() {
    assert_eq!(prepared(&media("page.webm")).err(), Some(DecodeError::NotARecording { what: "a web page".into() }));
    assert_eq!(prepared(&media("empty.webm")).err(), Some(DecodeError::Empty));
    assert_eq!(prepared(&media("no-sound.webm")).err(), Some(DecodeError::NoSound));
}

#[test]
fn every_file_that_is_cut_anywhere_plays_or_is_refused_and_never_panics() {
    for name in ["voice.webm", "voice.ogg", "voice.m4a", "fragmented.mp4", "voice.mp3", "voice.flac", "voice.wav"] {
        let whole = std::fs::read(media(name)).expect("a file that the repository holds");
        let mut played = 0;
        for tenth in 1..10 {
            let cut = whole[..whole.len() * tenth / 10].into();
            match prepare(cut, None) {
                Err(DecodeError::Fault) => panic!("{name} at {tenth} tenths: the decoder panicked"),
                // An MP3 of constant rate does not say how long it is.
                Ok((_, prepared)) => {
                    assert!(prepared.truncated.is_some() || name == "voice.mp3", "{name} at {tenth} tenths");
                    played += 1;
                }
                Err(_) => {}
            }
        }
        // This one says where its sound lies only at its very end.
        assert_eq!(played > 0, name != "voice.m4a", "{name}: {played} of its parts play");
    }
}

#[test]
fn the_corpus_plays_as_its_manifest_says() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(manifest) = std::fs::read_to_string(corpus.join("MANIFEST.csv")) else {
        eprintln!("skipped: there is no {}", corpus.display());
        return;
    };
    let mut wrong = Vec::new();
    for row in csv::Reader::from_reader(manifest.as_bytes()).records() {
        let row = row.expect("a row of the manifest");
        let (path, seconds, codec, expected) = (&row[0], row[4].parse::<f64>().ok(), &row[5], &row[9]);
        // Its column has what ffprobe guesses from the bit rate; ffmpeg decodes 11.04 s out of it, of a recording of 11.00 s.
        let seconds = if path.ends_with("/vbr-no-xing.mp3") { Some(11.04) } else { seconds };
        let is_sound = (path.starts_with("media/") || path.starts_with("batch/answers/")) && !codec.is_empty();
        if is_sound || path.starts_with("media/broken/") {
            wrong.extend(judge(&corpus.join(path), seconds, expected).map(|what| format!("{path}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with how a file of the corpus came through.
fn judge(path: &Path, seconds: Option<f64>, expected: &str) -> Option<String> {
    let outcome = prepared(path);
    if std::env::var_os("EARMARK_TEST_TELL").is_some() {
        let told =
            outcome.as_ref().map(|(_, p)| (p.length_ms, p.gain_db, p.speech.length(), p.truncated)).map_err(ToString::to_string);
        eprintln!("{} | {seconds:?} | {expected} | {told:?}", path.display());
    }
    match (&outcome, expected) {
        (Err(DecodeError::Fault), _) => Some("the decoder panicked".to_owned()),
        (Ok(_), "clean error") => Some("plays, though it should not".to_owned()),
        (Err(error), expected) if expected.contains("plays") || expected.contains("decodes") => Some(error.to_string()),
        (Ok((_, prepared)), _) if expected.contains("corrupt") || expected == "plays half" => {
            prepared.truncated.is_none().then(|| "is not marked as truncated".to_owned())
        }
        (Ok((_, prepared)), "plays" | "decodes; play") => {
            let off = seconds.map_or(0.0, |seconds| (f64::from(prepared.length_ms) / 1000.0 - seconds).abs());
            if prepared.truncated.is_some() {
                Some(format!("is marked as truncated: {:?}", prepared.truncated))
            } else {
                (off > 0.15).then(|| format!("is {} ms long, not {seconds:?} s", prepared.length_ms))
            }
        }
        _ => None,
    }
}

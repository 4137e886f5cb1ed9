//! Recordings that were made to harm: each plays, or gives one clear message, in little time and memory.
//!
//! `EARMARK_TEST_TELL=1 cargo nextest run --no-capture fence::hostile` prints what each of them took.
#![allow(clippy::print_stderr)] // the table

use std::time::{Duration, Instant};

use earmark::sound::{DecodeError, Prepared, Recording, wav};

use super::ebml::{CLUSTER, with_duration, with_segment};
use super::peak::Peak;
use super::{fence, media};

/// None of these is larger than a megabyte, and none makes the child hold more than this.
const MOST_MEGABYTES: f64 = 64.0;
/// Nor takes longer, in a build for tests.
const MOST_WORK: Duration = Duration::from_secs(20);

/// Through the fence: what is known of it, or what is wrong with it; always soon.
fn through(what: &str, bytes: Vec<u8>) -> Result<Prepared, DecodeError> {
    watched(what, bytes, |bytes| fence().measure(bytes, None), |prepared| prepared.samples)
}

/// Through the fence by `decode`, with an eye on time and memory; `samples` says how many came.
fn watched<T>(
    what: &str,
    bytes: Vec<u8>,
    decode: impl FnOnce(Recording) -> Result<T, DecodeError>,
    samples: impl Fn(&T) -> u64,
) -> Result<T, DecodeError> {
    let (length, peak, start, before) = (bytes.len(), Peak::watch(), Instant::now(), processor_time());
    let outcome = decode(bytes.into());
    let (took, worked, megabytes) = (start.elapsed(), processor_time().saturating_sub(before), peak.megabytes());
    if std::env::var_os("EARMARK_TEST_TELL").is_some() {
        let told = match &outcome {
            Ok(known) => format!("{:.2} s of sound", samples(known) as f64 / 48_000.0),
            Err(error) => format!("{}: {error}", error.place()),
        };
        eprintln!("{what:>28} | {length:>7} bytes | {:>5} ms | {megabytes:>5.1} MB | {told}", took.as_millis());
    }
    // On a machine that others keep busy, time passes in which nobody works on it.
    assert!(worked < MOST_WORK && took < 10 * MOST_WORK, "{what}: {worked:?} of work in {took:?}");
    assert!(megabytes < MOST_MEGABYTES, "{what}: {megabytes} MB");
    if let Err(error) = &outcome {
        assert!(!matches!(error, DecodeError::Fault | DecodeError::Workshop(_)), "{what}: {error}");
        assert!(!error.remedy().is_empty() && !error.place().is_empty());
    }
    outcome
}

/// What this process and its children that ended have used of a processor.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after_name.split_whitespace().skip(11).take(4).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn seconds(what: &str, bytes: Vec<u8>) -> f64 {
    let prepared = through(what, bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    f64::from(prepared.length_ms) / 1000.0
}

fn tone() -> Vec<u8> {
    wav::bytes(&(0..48_000).map(|i| (i as f32 * 0.05).sin() * 0.3).collect::<Vec<_>>())
}

#[test]
fn garbage_and_other_files_are_named() {
    let noise: Vec<u8> = (0..50_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert_eq!(through("garbage", noise), Err(DecodeError::Unknown));
    assert_eq!(through("nothing", Vec::new()), Err(DecodeError::Empty));
    let page = b"<!DOCTYPE html><title>expired</title>".to_vec();
    assert_eq!(through("a page", page), Err(DecodeError::NotARecording { what: "a web page".into() }));
}

#[test]
fn a_declared_duration_is_never_believed() {
    for (what, duration) in
        [("114 years", 3.6e12), ("no number", f64::NAN), ("endless", f64::INFINITY), ("less than nothing", -1.0), ("none", 0.0)]
    {
        let found = seconds(what, with_duration(&media("voice.webm"), duration));
        assert!((found - 6.0).abs() < 0.1, "{what}: {found}");
    }
}

#[test]
fn clusters_that_are_missing_doubled_or_in_another_order_play_as_far_as_they_go() {
    let clusters = |change: fn(&mut Vec<super::ebml::Element>)| {
        with_segment(&media("live.webm"), |inside| {
            let first = inside.iter().position(|element| element.id == CLUSTER).expect("it has clusters");
            let mut clusters = inside.split_off(first);
            change(&mut clusters);
            inside.append(&mut clusters);
        })
    };
    let whole = seconds("as it is", clusters(|_| {}));
    assert!((whole - 6.0).abs() < 0.1, "{whole}");
    let less = seconds("the first is missing", clusters(|all| drop(all.remove(0))));
    assert!(less > 0.5 && less < whole, "{less}");
    let doubled = seconds("doubled", clusters(|all| all.insert(0, all[0].clone())));
    assert!(doubled >= whole, "{doubled}");
    let turned = seconds("turned over", clusters(|all| all.reverse()));
    assert!((turned - whole).abs() < 0.2, "{turned}");
}

#[test]
fn two_recordings_in_one_file_play_at_least_the_first() {
    for name in ["voice.webm", "live.webm", "voice.ogg", "voice.mp3", "voice.m4a"] {
        let found = seconds(name, [&media(name)[..], &media(name)[..]].concat());
        assert!((5.9..12.2).contains(&found), "{name}: {found}");
    }
    let found = seconds("WebM and Ogg", [&media("voice.webm")[..], &media("voice.ogg")[..]].concat());
    assert!((5.9..12.2).contains(&found), "{found}");
}

#[test]
fn of_two_recordings_that_were_joined_both_are_heard() {
    // Of one shape, and of another rate.
    let files = [("voice.ogg", "voice.ogg"), ("vorbis.ogg", "voice.ogg"), ("voice.ogg", "vorbis.ogg"), ("voice.mp3", "voice.mp3")];
    for (first, second) in files {
        let length = |name| fence().measure(media(name), None).expect("it decodes").samples;
        let (one, other) = (length(first), length(second));
        let (pcm, prepared) = fence().prepare([&media(first)[..], &media(second)[..]].concat().into(), None).expect("it decodes");
        let off = prepared.samples as i64 - (one + other) as i64;
        assert!(off.abs() < 6_000, "{first} and {second}: {off} samples");
        let samples: Vec<i16> = pcm.chunks().flatten().copied().collect();
        let level =
            |samples: &[i16]| (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64).sqrt();
        let parts = [&samples[..one as usize], &samples[one as usize..]].map(level);
        assert!(parts.iter().all(|level| *level > 300.0), "{first} and {second}: {parts:?}");
    }
}

#[test]
fn a_wav_whose_recorder_died_before_it_wrote_a_length_plays_all_that_is_there() {
    for (riff, data) in [(0u32, 0u32), (0, u32::MAX), (36, 0), (u32::MAX, u32::MAX)] {
        let mut file = wav::bytes(&vec![0.25; 96_000]);
        file[4..8].copy_from_slice(&riff.to_le_bytes());
        file[40..44].copy_from_slice(&data.to_le_bytes());
        let found = seconds(&format!("{riff} and {data}"), file);
        assert!((found - 2.0).abs() < 0.01, "{riff} and {data}: {found}");
    }
}

#[test]
fn an_mp4_whose_rate_has_no_room_in_its_entry_plays() {
    let found = seconds("rate96.m4a", media("rate96.m4a").to_vec());
    assert!((found - 1.0).abs() < 0.05, "{found}");
}

#[test]
fn a_shape_that_no_sound_has_is_refused() {
    let with = |at: usize, value: &[u8]| {
        let mut file = tone();
        file[at..at + value.len()].copy_from_slice(value);
        through("a WAV", file)
    };
    assert_eq!(with(22, &65_535u16.to_le_bytes()), Err(DecodeError::Channels { channels: 65_535 }));
    assert_eq!(with(24, &0u32.to_le_bytes()), Err(DecodeError::Rate { hz: 0 }));
    assert_eq!(with(24, &u32::MAX.to_le_bytes()), Err(DecodeError::Rate { hz: u32::MAX }));
    // An MP4 says its channels and its rate in its sample entry.
    let m4a = media("voice.m4a").to_vec();
    let entry = m4a.windows(4).position(|window| window == b"mp4a").expect("a sample entry");
    let mut many = m4a.clone();
    many[entry + 20..entry + 22].copy_from_slice(&65_535u16.to_be_bytes());
    let mut none = m4a;
    none[entry + 28..entry + 32].copy_from_slice(&[0; 4]);
    for (what, file) in [("65,535 channels", many), ("rate 0", none)] {
        // Where the coding itself says better, that counts.
        let outcome = through(what, file);
        let refused = matches!(outcome, Err(DecodeError::Channels { .. } | DecodeError::Rate { .. } | DecodeError::Codec { .. }));
        assert!(refused || outcome.as_ref().is_ok_and(|prepared| prepared.length_ms > 5_000), "{what}: {outcome:?}");
    }
}

#[test]
fn ten_hours_of_silence_in_less_than_a_megabyte_are_given_up_in_little_memory() {
    let file = super::ogg::silence(10 * 3600);
    assert!(file.len() < 800_000, "{}", file.len());
    // Measuring is left out: in a build for tests it takes longer than decoding.
    let decode = |bytes| fence().open(bytes, None, None)?.run().map(|(_, loaded)| loaded);
    let outcome = watched("10 hours of silence", file, decode, |loaded| loaded.samples);
    assert_eq!(outcome.err(), Some(DecodeError::TooLong));
    let outcome = watched("3 hours of silence", super::ogg::silence(3 * 3600), decode, |loaded| loaded.samples);
    assert_eq!(outcome.err(), Some(DecodeError::Inflated { seconds: 600 }));
}

#[test]
fn a_recording_that_makes_a_decoder_want_memory_gets_none() {
    // A FLAC whose first note claims 4 GB, and an MP4 whose table claims 4 billion entries.
    let mut flac = media("voice.flac").to_vec();
    flac[4] = 0x04;
    flac.splice(8..8, [0xFF; 8]);
    assert!(through("a note of 4 GB", flac).is_err());
    let mut m4a = media("voice.m4a").to_vec();
    let table = m4a.windows(4).position(|window| window == b"stsz").expect("a table");
    m4a[table + 12..table + 16].copy_from_slice(&u32::MAX.to_be_bytes());
    let _ = through("4 billion entries", m4a);
}

#[test]
fn bits_that_flipped_on_the_way_leave_what_lies_around_them() {
    let mut state = 11u32;
    for name in ["voice.webm", "voice.m4a", "voice.ogg", "voice.mp3", "voice.flac"] {
        let whole = seconds(name, media(name).to_vec());
        for round in 0..4 {
            let mut file = media(name).to_vec();
            // Where the sound is described, any bit may be the one that matters.
            let (from, to) = (file.len() / 8, file.len() * 7 / 8);
            for _ in 0..20 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = from + (state >> 8) as usize % (to - from);
                file[at] ^= 1 << (state & 7);
            }
            let prepared = match through(name, file) {
                Ok(prepared) => prepared,
                // Of six pages, all may be hit.
                Err(DecodeError::Nothing) if name == "voice.ogg" => continue,
                Err(error) => panic!("{name}, round {round}: {error}"),
            };
            let found = f64::from(prepared.length_ms) / 1000.0;
            // A page of an Ogg, a second of it, is lost as a whole, and so is the last frame of a FLAC: then it ends early, and says so.
            let is_early = ["voice.ogg", "voice.flac"].contains(&name) && found < whole && prepared.truncated.is_some();
            let is_there = (found - whole).abs() < 0.15 || is_early;
            assert!(is_there, "{name}, round {round}: {found} s, not {whole}: {:?}", prepared.truncated);
        }
    }
}

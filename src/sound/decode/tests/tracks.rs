//! Which track of a file is heard, and from when on; and what is no track of sound that is known.

use super::*;

/// When something is heard first, in seconds.
fn begins(samples: &[f32], rate: u32) -> f64 {
    let first = samples.iter().position(|sample| sample.abs() > 0.1).expect("something is heard");
    first as f64 / f64::from(rate)
}

#[test]
fn a_track_that_begins_after_the_picture_is_heard_where_it_was_said_and_nothing_is_told_to_be_lost() {
    let (voice, rate, _) = heard(media("voice.flac"));
    let expected = 1.5 + begins(&voice, rate);
    for name in ["tiny/late.webm", "tiny/late.mp4"] {
        let (samples, rate, told) = heard(media(name));
        let (first, seconds) = (begins(&samples, rate), samples.len() as f64 / f64::from(rate));
        let is_there = (first - expected).abs() < 0.03 && (2.4..2.6).contains(&seconds);
        assert!(is_there, "{name}: from {first} s, not {expected}, {seconds} s in all");
        assert_eq!(told, None, "{name}");
    }
    // Seven milliseconds are how recorders are.
    assert!(begins(&heard(media("video.webm")).0, 48_000) < 0.3);
}

#[test]
fn of_several_tracks_the_one_by_default_is_heard_unless_nothing_is_in_it_and_it_says_which() {
    // By default the first of these, which is silent; the first of those is not enabled.
    for name in ["tiny/tracks.webm", "tiny/tracks.m4a"] {
        let (samples, _, told) = heard(media(name));
        let loudest = samples.iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
        assert!(loudest > 0.05, "{name}: {loudest}");
        assert_eq!(told, Some(Truncation::Tracks { heard: 2, of: 2 }), "{name}");
    }
    // All enabled, none silent: the first.
    let mut all = media("tiny/tracks.m4a");
    let head = all.windows(4).position(|four| four == b"tkhd").expect("a track");
    all[head + 7] |= 1;
    assert_eq!(heard(all).2, Some(Truncation::Tracks { heard: 1, of: 2 }));
    let told = Truncation::Tracks { heard: 2, of: 2 };
    assert_eq!(told.to_string(), "it has 2 sound tracks: the second is heard, the first is not");
    assert!(!told.loses());
    assert_eq!(Truncation::Tracks { heard: 2, of: 3 }.to_string(), "it has 3 sound tracks: number 2 is heard, the others are not");
}

#[test]
fn noise_in_place_of_packets_of_opus_moves_nothing_of_what_follows() {
    let mut state = 5u32;
    for name in ["chromium-whole.mp4", "chromium-pieces.mp4", "tiny/opus.mp4"] {
        let (whole, rate, none) = heard(media(name));
        assert_eq!(none, None, "{name}");
        let sound = media(name).windows(4).position(|four| four == b"mdat").expect("its sound") + 4;
        for round in 0..4 {
            let mut noisy = media(name);
            let (from, length) = (sound + (noisy.len() - sound) / 3, noisy.len() / 8);
            for byte in &mut noisy[from..from + length] {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (state >> 24) as u8;
            }
            let (found, _, told) = heard(noisy);
            let moved = (found.len() as f64 - whole.len() as f64) * 1000.0 / f64::from(rate);
            assert!(moved.abs() < 61.0, "{name}, round {round}: {moved} ms, {told:?}");
        }
    }
}

#[test]
fn a_transport_stream_is_named_and_not_heard_as_noise() {
    let packet = |lead: usize| [vec![0; lead], vec![0x47, 0x40, 0x11, 0x10], [0xFF, 0xF1, 0x50, 0x80].repeat(46)].concat();
    for lead in [0, 4] {
        let error = refused(&packet(lead).repeat(20)).expect("nobody reads it");
        assert!(error.to_string().contains("transport stream") && error.remedy().contains("ffmpeg"), "{lead}: {error}");
    }
}

#[test]
fn an_aiff_that_is_cut_off_is_known_for_that_also_where_another_program_decodes_it() {
    let whole = [b"FORM".as_slice(), &500u32.to_be_bytes(), b"AIFF", &[0; 496]].concat();
    assert_eq!(cut_off(&whole), None);
    assert_eq!(cut_off(&whole[..300]), Some(Truncation::CutOff { missing: 208 }));
    assert!(matches!(refused(&whole), Some(DecodeError::Codec { name }) if name == "AIFF"));
}

#[test]
fn a_flash_video_is_named_and_goes_through_another_program() {
    let error = refused(&[b"FLV\x01\x05\0\0\0\x09".as_slice(), &[0; 300]].concat()).expect("nobody reads it");
    assert!(matches!(&error, DecodeError::Codec { name } if name == "Flash video") && error.remedy().contains("ffmpeg"), "{error}");
}

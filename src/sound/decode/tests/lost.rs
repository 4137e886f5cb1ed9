//! How much was lost where bytes were put in, and where single frames were lost.

use super::holes::{Frames, Met};
use super::*;

/// Bytes like those of no frame.
fn junk(length: usize) -> Vec<u8> {
    let mut state = 3u32;
    let byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 25) as u8
    };
    std::iter::repeat_with(byte).take(length).collect()
}

#[test]
fn bytes_that_were_put_into_an_mp3_move_nothing_and_cut_nothing_off_its_end() {
    let bytes = media("voice.mp3");
    let frames = Frames::of(&bytes).expect("frames");
    let starts: Vec<usize> = frames.filter_map(|met| if let Met::Frame(frame) = met { Some(frame.start) } else { None }).collect();
    let (whole, rate, _) = heard(bytes.clone());
    // Between two frames, and in the middle of one.
    for inside in [0, 100] {
        let at = starts[starts.len() / 3] + inside;
        let put = [&bytes[..at], &junk(3000), &bytes[at..]].concat();
        let (found, _, told) = heard(put);
        assert_eq!((found.len(), told), (whole.len(), None), "{inside}");
        let (late, alike) = late(&whole, &found, rate);
        assert!(late.abs() < 1.0 && alike > 0.9, "{inside}: {late} ms late, {alike} alike");
    }
    // Two places, of which one lost frames and the other has bytes too many: the number tells how many in all.
    let (first, second) = (starts[starts.len() / 3], starts[starts.len() / 2]);
    let behind = starts[starts.len() / 2 + 9];
    let both = [&bytes[..first], &junk(500), &bytes[first..second], &junk(500), &bytes[behind..]].concat();
    assert_eq!(heard(both).0.len(), whole.len());
}

#[test]
fn a_single_frame_of_a_flac_that_was_lost_is_silence_and_told() {
    let bytes = media("voice.flac");
    let (whole, rate, _) = heard(bytes.clone());
    let mut lost = bytes.clone();
    lost[bytes.len() / 2..][..500].fill(0);
    let (found, _, told) = heard(lost);
    assert_eq!(found.len(), whole.len());
    assert!(matches!(told, Some(Truncation::Damaged { lost_ms: 20..=200, .. })), "{told:?}");
    let (late, alike) = late(&whole, &found, rate);
    assert!(late == 0.0 && alike > 0.99, "{late} ms late, {alike} alike");
}

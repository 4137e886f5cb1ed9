//! Where a recording ends, what lies behind its end, and descriptions that are damaged or unusual.

use super::holes::{Frames, Met};
use super::*;

#[test]
fn a_webm_that_says_where_it_ends_is_whole_whatever_lies_behind_it() {
    let whole = media("tiny/vorbis.mkv");
    let (seconds, none) = decoded(whole.clone());
    assert_eq!(none, None);
    for behind in [vec![0; 200_000], b"<html><body>Thank you for downloading</body></html>".repeat(40)] {
        assert_eq!(decoded([&whole[..], &behind].concat()), (seconds, None));
    }
    let cut = decoded(whole[..whole.len() * 9 / 10].to_vec()).1;
    assert!(matches!(cut, Some(Truncation::CutOff { .. })), "{cut:?}");
}

#[test]
fn a_frame_that_is_cut_at_the_end_of_what_is_nothing_but_frames_is_told() {
    let mp3 = media("voice.mp3");
    let frames = Frames::of(&mp3).expect("frames");
    let second = frames.filter_map(|met| if let Met::Frame(frame) = met { Some(frame.start) } else { None }).nth(1);
    let unnoted = mp3[second.expect("a second frame")..].to_vec();
    for (what, whole) in [("mp3", unnoted), ("aac", media("tiny/plain.aac"))] {
        assert_eq!(decoded(whole.clone()).1, None, "{what}");
        for less in [1, 20] {
            let cut = decoded(whole[..whole.len() - less].to_vec()).1;
            assert_eq!(cut, Some(Truncation::CutOff { missing: less as u64 }), "{what}");
        }
        let noted = [&whole[..], b"TAG", &[b' '; 125]].concat();
        assert_eq!(decoded(noted).1, None, "{what}");
    }
}

#[test]
fn a_wav_whose_notes_are_longer_than_what_they_lie_in_is_heard() {
    let plain = tone();
    // Eleven letters and the zero that pads them, of which the list around them counts none.
    let list = b"LIST\x17\0\0\0INFOISFT\x0b\0\0\0Lavf56.1.0\0\0";
    let noted = [&plain[..36], list, &plain[36..]].concat();
    assert_eq!(decoded(noted), (0.2, None));
}

#[test]
fn samples_of_an_unusual_number_of_bits_are_to_be_converted() {
    let mut file = tone();
    file[34..36].copy_from_slice(&12u16.to_le_bytes());
    let error = refused(&file).expect("nobody reads it");
    assert!(matches!(error, DecodeError::Codec { .. }) && error.remedy().starts_with("convert"), "{error}");
}

#[test]
fn a_vorbis_whose_description_is_damaged_is_to_be_fetched_again() {
    let mut file = media("vorbis.ogg");
    let setup = file.windows(7).position(|window| window == b"\x05vorbis").expect("its codebooks");
    file[setup + 40..setup + 60].iter_mut().for_each(|byte| *byte ^= 0x55);
    assert_eq!(refused(&file), Some(DecodeError::Head));
}

#[test]
fn what_an_encoder_put_behind_the_last_word_is_not_heard_in_a_webm() {
    for name in ["voice.webm", "video.webm", "live.webm"] {
        // As long as the voice that was encoded, to the thousandth; its last packet is longer.
        assert_eq!(decoded(media(name)), (6.015, None), "{name}");
    }
}

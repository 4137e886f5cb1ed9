//! Files that several recordings were joined into: all of them are heard, and it says where the second begins.

use super::*;

/// Seconds, and where the next recording begins, if one is joined on and heard.
fn joint(bytes: Vec<u8>) -> (f64, Result<f64, Option<Truncation>>) {
    let (seconds, told) = decoded(bytes);
    match told {
        Some(Truncation::Joined { at_ms, heard: true }) => (seconds, Ok(at_ms as f64 / 1000.0)),
        other => (seconds, Err(other)),
    }
}

#[test]
fn of_two_recordings_that_were_joined_both_are_heard_whatever_they_are() {
    let names = [
        "voice.webm",
        "live.webm",
        "chromium-pieces.webm",
        "voice.m4a",
        "fragmented.mp4",
        "chromium-pieces.mp4",
        "voice.ogg",
        "vorbis.ogg",
        "voice.wav",
        "voice.flac",
        "voice.mp3",
    ];
    let mut wrong = Vec::new();
    let pairs = names.iter().map(|name| (*name, *name)).chain(names.iter().zip(names.iter().skip(1)).map(|(a, b)| (*a, *b)));
    for (first, second) in pairs {
        let (one, other) = (decoded(media(first)).0, decoded(media(second)).0);
        let (both, at) = joint([media(first), media(second)].concat());
        let is_told = at.is_ok_and(|at| (at - one).abs() < 0.002);
        if (both - one - other).abs() > 0.002 || !is_told {
            wrong.push(format!("{first} and {second}: {both} s of {one} and {other}, joined at {at:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_many_recordings_that_were_joined_all_are_heard() {
    for name in ["tiny/plain.aac", "tiny/float.wav", "tiny/opus.mp4", "voice.flac"] {
        let one = decoded(media(name)).0;
        let (all, told) = decoded(media(name).repeat(5));
        assert!((all - 5.0 * one).abs() < 0.01 * one, "{name}: {all} of five times {one}");
        // Frames alone say nothing of the recording that they are of.
        let is_told = matches!(told, Some(Truncation::Joined { heard: true, .. }));
        assert!(is_told || name.ends_with("aac"), "{name}: {told:?}");
    }
}

#[test]
fn a_note_in_what_is_nothing_but_frames_begins_another_recording_where_frames_follow_it() {
    let adts = media("tiny/plain.aac");
    let frames = adts.repeat(4);
    let note = [b"ID3\x04\0\0\0\0\0\x0A".as_slice(), &[0; 10]].concat();
    let (all, at) = joint([&frames[..], &note, &frames].concat());
    assert!(at.as_ref().is_ok_and(|at| (at * 2.0 - all).abs() < 0.01), "{all}: {at:?}");
    // At the end of an MP3 there often is a note that nothing follows.
    let (_, told) = decoded([media("voice.mp3"), note, b"TAG".to_vec(), vec![0; 125]].concat());
    assert_eq!(told, None);
}

#[test]
fn what_is_joined_on_and_cannot_be_heard_is_told_with_its_place() {
    // A sample rate that no sound has.
    let mut odd = media("vorbis.ogg");
    let first_page = 28 + usize::from(odd[27]);
    odd[40..44].copy_from_slice(&250u32.to_le_bytes());
    let sum = checksum(&odd[..first_page]).to_le_bytes();
    odd[22..26].copy_from_slice(&sum);
    for first in ["voice.ogg", "voice.wav", "voice.flac"] {
        let one = decoded(media(first)).0;
        let (seconds, told) = decoded([media(first), odd.clone()].concat());
        assert!((seconds - one).abs() < 0.002, "{first}: {seconds}");
        let told = told.expect("told");
        assert!(matches!(told, Truncation::Joined { heard: false, .. }) && told.loses(), "{first}: {told:?}");
        assert_eq!(told.to_string(), format!("another recording is joined on after {one:.1} s, and is not heard"));
    }
    // One that is heard behind it is heard all the same.
    let (seconds, told) = decoded([media("voice.flac"), odd, media("voice.flac")].concat());
    let one = decoded(media("voice.flac")).0;
    assert!((seconds - 2.0 * one).abs() < 0.002 && told.is_some_and(|how| how.loses()), "{seconds}: {told:?}");
}

#[test]
fn a_loss_in_a_recording_that_was_joined_on_is_told_where_it_is() {
    let mut second = media("voice.flac");
    second.truncate(second.len() / 2);
    let (_, told) = decoded([media("voice.wav"), second].concat());
    assert!(matches!(told, Some(Truncation::Shorter { declared_ms: 3_900..=4_100, found_ms: 2_400..=3_500 })), "{told:?}");
}

#[test]
fn one_recording_is_not_taken_for_two() {
    let folder = format!("{}/tests/media", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(&folder).expect("a folder").chain(std::fs::read_dir(folder + "/tiny").expect("a folder"));
    let files = files.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
    let mut count = 0;
    for path in files {
        let bytes = std::fs::read(&path).expect("a file that the repository holds");
        assert_eq!(joints::heads(&bytes), [0], "{}", path.display());
        count += 1;
    }
    assert!(count > 20, "{count}");
}

#[test]
fn hours_of_silence_are_refused_before_they_are_decoded() {
    // Opus packets of 120 ms of silence each: ten hours.
    let head = [b"OpusHead\x01\x01\0\0".as_slice(), &48_000u32.to_le_bytes(), &[0; 3]].concat();
    let tags = [b"OpusTags".as_slice(), &[0; 8]].concat();
    let mut file = ogg::PacketWriter::new(Vec::new());
    let end = ogg::PacketWriteEndInfo::EndPage;
    file.write_packet(head, 1, end, 0).expect("written");
    file.write_packet(tags, 1, end, 0).expect("written");
    for nth in 1..=300_000u64 {
        let end = if nth % 200 == 0 { end } else { ogg::PacketWriteEndInfo::NormalPacket };
        file.write_packet(vec![0xFB, 6], 1, end, nth * 5_760).expect("written");
    }
    let bytes = file.into_inner();
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    assert_eq!(Decoder::open(bytes.clone().into(), None).err(), Some(DecodeError::TooLong));
    // Three hours, twice.
    let cut = |bytes: &[u8], hours: usize| bytes[..bytes.len() * hours / 10].to_vec();
    assert!(Decoder::open(cut(&bytes, 3).into(), None).is_ok());
    assert_eq!(Decoder::open([cut(&bytes, 3), cut(&bytes, 3)].concat().into(), None).err(), Some(DecodeError::TooLong));
}

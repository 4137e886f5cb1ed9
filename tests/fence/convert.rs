//! What goes through the user's ffmpeg.
#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::path::Path;

use earmark::fence::ffmpeg_is_there;
use earmark::sound::{DecodeError, Recording};

use super::{fence, media};

fn skipped() -> bool {
    if !ffmpeg_is_there() {
        crate::parts::absent("there is no ffmpeg");
    }
    !ffmpeg_is_there()
}

#[test]
fn a_coding_that_earmark_does_not_have_is_converted_whole() {
    if skipped() {
        return;
    }
    // A coding of telephones, in a container whose index lies at its end, which a pipe cannot reach.
    let file = media("tiny/telephone.mov");
    assert!(matches!(fence().measure(file.clone(), None), Err(DecodeError::Codec { .. })));
    let converted = fence().convert(&file).expect("ffmpeg knows it");
    let prepared = fence().measure(converted.into(), None).expect("what came back decodes");
    assert!(prepared.length_ms.abs_diff(500) < 20, "{}", prepared.length_ms);
}

#[test]
fn a_phones_voice_recording_is_converted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/media/conformance/androidx-media/amr");
    if skipped() || !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return;
    }
    for (name, seconds) in [("sample_nb.amr", 4.36), ("sample_wb.amr", 3.38)] {
        let bytes: Recording = std::fs::read(folder.join(name)).expect("a file of the corpus").into();
        assert!(matches!(fence().measure(bytes.clone(), None), Err(DecodeError::Codec { .. })), "{name}");
        let converted = fence().convert(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let prepared = fence().measure(converted.into(), None).expect("what came back decodes");
        let found = f64::from(prepared.length_ms) / 1000.0;
        assert!((found - seconds).abs() < 0.1, "{name}: {found}");
    }
}

#[test]
fn what_ffmpeg_does_not_know_either_and_what_would_open_files_gives_nothing() {
    if skipped() {
        return;
    }
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), media("voice.wav")).expect("written");
    let list = format!("ffconcat version 1.0\nfile '{}'\n", secret.path().display());
    let playlist = format!("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{}\n#EXT-X-ENDLIST\n", secret.path().display());
    for bytes in [list.into_bytes(), playlist.into_bytes(), vec![0x55; 5000]] {
        assert_eq!(fence().convert(&bytes.into()).err(), Some(DecodeError::Nothing));
    }
}

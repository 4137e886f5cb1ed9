//! The fence around decoding, with the real program as the child: what comes through it, and what does not.

mod convert;
mod ebml;
mod hostile;
mod impostors;
mod ogg;
pub(crate) mod peak;

use std::path::{Path, PathBuf};

use earmark::fence::Fence;
use earmark::sound::{Recording, prepare};

/// Around the program that these tests are built with.
pub(crate) fn fence() -> Fence {
    Fence::around(PathBuf::from(env!("CARGO_BIN_EXE_earmark")))
}

fn media(name: &str) -> Recording {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media").join(name);
    std::fs::read(path).expect("a file that the repository holds").into()
}

#[test]
fn what_comes_through_the_fence_is_what_decoding_here_gives() {
    for name in
        ["voice.webm", "voice.ogg", "voice.m4a", "fragmented.mp4", "voice.mp3", "voice.flac", "antiphase.flac", "truncated.webm"]
    {
        let (here, known) = prepare(media(name), None).expect("it decodes");
        let (there, told) = fence().prepare(media(name), None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(known, told, "{name}");
        assert!(here.chunks().flatten().eq(there.chunks().flatten()), "{name}");
        assert_eq!(fence().measure(media(name), None).as_ref(), Ok(&known), "{name}");
    }
}

#[test]
fn the_walls_that_this_system_has_all_stand() {
    let walls = fence().walls().expect("the program starts and decodes");
    assert!(walls.limits && walls.no_new_rights, "{walls:?}");
    if cfg!(target_os = "linux") {
        assert!(walls.few_calls, "{walls:?}");
    }
}

#[test]
fn what_the_container_says_is_known_before_the_sound() {
    let mut coming = fence().open(media("voice.webm"), Some("webm"), None).expect("a child");
    while coming.head().is_none() {
        coming.step().expect("it decodes");
    }
    let head = coming.head().expect("just seen");
    assert_eq!((head.container.as_str(), head.codec.as_str()), ("matroska", "opus"));
}

#[test]
fn the_same_child_is_told_of_a_mix_and_keeps_to_it() {
    let (_, prepared) = fence().prepare(media("antiphase.flac"), None).expect("it decodes");
    let coming = fence().open(media("antiphase.flac"), None, Some(prepared.downmix.clone())).expect("a child");
    let (_, loaded) = coming.run().expect("it decodes");
    assert_eq!(loaded.downmix, prepared.downmix);
}

#[test]
fn the_program_itself_decodes_behind_the_fence() {
    let home = crate::home::Home::new();
    let told = home.run(&["doctor", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    let checks = report["checks"].as_array().expect("a list");
    let decoding = checks.iter().find(|check| check["name"] == "decoding").expect("it is looked at");
    assert!(decoding["detail"].as_str().is_some_and(|detail| detail.starts_with("in a process of its own")), "{decoding}");
}

#[test]
fn a_recording_that_harms_takes_nothing_else_of_its_batch() {
    let home = crate::home::Home::new();
    let folder = home.path().join("batch");
    std::fs::create_dir_all(&folder).expect("made");
    let mut table = "candidate_id,question_id,answer_file\n".to_owned();
    let files: [(&str, Recording); 4] = [
        ("good.webm", media("voice.webm")),
        ("channels.wav", {
            let mut file = media("voice.wav").to_vec();
            file[22..24].copy_from_slice(&65_535u16.to_le_bytes());
            file.into()
        }),
        ("page.webm", b"<!DOCTYPE html>".as_slice().into()),
        ("also-good.wav", media("voice.wav")),
    ];
    for (name, bytes) in &files {
        std::fs::write(folder.join(name), bytes).expect("written");
        table += &format!("{name},q1,{name}\n");
    }
    std::fs::write(folder.join("batch.csv"), table).expect("written");
    let told = home.run(&["import", "--json", folder.to_str().expect("a plain name")]);
    let report: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(report["answers"], 2, "{report}");
    let reasons: Vec<&str> =
        report["problems"].as_array().expect("a list").iter().filter_map(|one| one["reason"].as_str()).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason.contains("65535 channels")), "{reasons:?}");
}

#[test]
fn each_coding_in_each_container_that_is_promised_comes_through() {
    for (name, container, codec, seconds) in [
        ("opus.mp4", "isomp4", "opus", 0.5),
        ("pieces.mp4", "isomp4", "aac", 0.5),
        ("mp3.mp4", "isomp4", "mp3", 0.5),
        ("alac.m4a", "isomp4", "alac", 0.2),
        ("big-endian.mov", "isomp4", "pcm_s24be", 0.15),
        ("vorbis.mkv", "matroska", "vorbis", 0.5),
        ("plain.aac", "aac", "aac", 0.64),
        ("mulaw.wav", "wave", "pcm_mulaw", 0.5),
        ("float.wav", "wave", "pcm_f32le", 0.1),
    ] {
        let mut coming = fence().open(media(&format!("tiny/{name}")), None, None).expect("a child");
        let loaded = loop {
            if let Some(loaded) = coming.step().unwrap_or_else(|error| panic!("{name}: {error}")) {
                break loaded;
            }
        };
        let head = coming.head().expect("it was opened");
        assert_eq!((head.container.as_str(), head.codec.as_str()), (container, codec), "{name}");
        let found = loaded.samples as f64 / 48_000.0;
        assert!((found - seconds).abs() < 0.03, "{name}: {found}");
        assert_eq!(loaded.truncated, None, "{name}");
        let pcm = coming.pcm();
        let power = pcm.chunks().flatten().map(|s| f64::from(*s).powi(2)).sum::<f64>() / pcm.available() as f64;
        // A voice, neither silence nor the noise that bytes in the wrong order are.
        assert!((50.0..6_000.0).contains(&power.sqrt()), "{name}: {}", power.sqrt());
    }
    let refused = fence().measure(media("tiny/telephone.mov"), None);
    assert!(matches!(refused, Err(earmark::sound::DecodeError::Codec { .. })), "{refused:?}");
}

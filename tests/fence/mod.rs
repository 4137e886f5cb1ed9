//! The fence around decoding, with the real program as the child: what comes through it, and what does not.

mod convert;
mod ebml;
mod hostile;
mod impostors;
mod ogg;

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

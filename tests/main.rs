//! The one integration-test binary: everything that needs more than values.

mod architecture;
mod cli;
mod library;
mod playback;
mod pty;
mod sound;
mod story;
#[path = "../src/sound/testing.rs"]
#[allow(dead_code)]
mod voice;

//! The one integration-test binary: everything that needs more than values.

mod app;
mod architecture;
mod cli;
mod commands;
mod library;
mod playback;
mod sound;
mod station;
#[path = "../src/sound/testing.rs"]
#[allow(dead_code)]
mod voice;

//! The one integration-test binary: everything that needs more than values.

mod app;
mod architecture;
mod cli;
mod commands;
mod fence;
mod fetching;
mod formats;
mod home;
mod library;
mod measure;
mod parts;
mod playback;
mod pty;
mod reviewer;
mod sound;
mod station;
mod story;
#[path = "../src/sound/testing.rs"]
#[allow(dead_code)]
mod voice;

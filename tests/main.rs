//! The one integration-test binary: everything that needs more than values.

mod architecture;
mod cli;
mod sound;
#[path = "../src/sound/testing.rs"]
#[allow(dead_code, unreachable_pub)]
mod voice;
mod library;

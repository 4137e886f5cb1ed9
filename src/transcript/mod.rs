//! What was said, with times and confidence.

mod model;
mod read;

pub use model::{Cue, Timing, Transcript, Word};
pub use read::{Reading, read};

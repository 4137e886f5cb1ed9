//! What was said, with times and confidence.

mod model;

pub use model::{Cue, Timing, Transcript, Word};

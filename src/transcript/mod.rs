//! What was said, with times and confidence.

mod find;
mod follow;
mod model;
mod read;

pub use find::{Hit, Index, Phrase};
pub use follow::{Pause, Sentences};
pub use model::{Cue, Timing, Transcript, Word};
pub use read::{Reading, read};

//! Scores with reviewers' severity taken out, where that pays and where the reviews hang together.

mod additive;
mod gate;
mod mixed;

pub use additive::{Additive, Test};
pub use gate::{Gate, Verdict};
pub use mixed::Mixed;

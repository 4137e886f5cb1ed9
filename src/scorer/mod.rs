//! Batch scoring: what a machine says of an answer, and how it is held to account.
//!
//! Two kinds of things are said. *Aids* are facts about the recording and literal hits of words that the rubric looks for; anyone may see
//! them at any time, in the order of time. *Judgements* (coverage, passages, likeness, a second reader's points) are shown after the reveal
//! and count in nothing. Nothing here sorts, hides or decides; nothing looks at feelings, accents, faces or personality.

pub mod alike;
mod amount;
pub mod evaluate;
mod job;
mod language;
mod negated;
pub mod reader;
mod recording;
pub mod said;
mod skim;

pub use amount::Amount;
pub use job::{Job, Shard, ShardError, Step};
pub use recording::{Recorded, Warning};
pub use skim::{Stop, Stopping, facts, passages};

//! What is scored: questions, criteria, anchors, and the policy that makes numbers of them.

mod diff;
mod freeze;
mod hash;
mod jcs;
pub mod lint;
mod map;
mod model;
mod point;
mod preset;
mod read;
mod settings;
mod shipped;
mod show;
mod wrap;

pub use diff::{Change, Difference, Level, Verdict, diff};
pub use hash::{FreezeDifference, written};
pub use jcs::canonical_json;
pub use map::{Mapping, QuestionMap, likely, map};
pub use model::{AnchorClip, Criterion, Freeze, Knockout, KnockoutRule, LookFor, MustHave, Question, Rubric, Scale};
pub use point::{Observed, Point, PointError};
pub use read::{Checked, Reading, line_and_column};
pub(crate) use read::{LEAST_WEIGHT, MOST_WEIGHT};
pub use settings::{
    Aggregate, Calibration, DecisionGate, EvidenceRule, MissingRule, Order, Playback, Policy, Preset, Protocol, Pseudonyms, Reveal,
    Seal, Shuffle, SkipRule, SpeedRule, When,
};
pub use shipped::{Shipped, shipped, shipped_as};
pub use wrap::wrap;

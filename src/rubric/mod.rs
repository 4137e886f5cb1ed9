//! What is scored: questions, criteria, anchors, and the policy that makes numbers of them.

mod model;
mod point;

pub use model::{
    Aggregate, AnchorClip, Calibration, Criterion, DecisionGate, EvidenceRule, Freeze, Knockout, LookFor, MissingRule, MustHave,
    Order, Playback, Policy, Preset, Protocol, Pseudonyms, Question, Reveal, Rubric, Scale, Seal, Shuffle, SkipRule, SpeedRule,
    When,
};
pub use point::{Observed, Point, PointError};

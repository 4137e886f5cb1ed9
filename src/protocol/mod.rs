//! How people review: order and shuffling, pseudonyms, redaction, seals and who may see what, the decision gate.
//!
//! Every screen, command, `--json` and export starts from [`visible`]: what it leaves out cannot leak. Names are shown
//! through [`Names`] alone.

mod calibration;
mod concern;
pub mod decisions;
mod gate;
mod naming;
mod order;
mod pseudonym;
mod reason;
mod redact;
pub mod rules;
mod seal;
mod settings;
mod sight;
mod words;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use calibration::{Calibration, Distance, against_experts, calibration, clip_answer, counts, distance};
pub use concern::{Concern, Viewer, concern};
pub use gate::{Gate, Waiting, Why, first_decision, gate, is_late, is_reviewed};
pub use naming::{naming, naming_in};
pub use order::{ALGORITHM, Plan, Progress, Seed, Step, is_scored, seed, shuffled};
pub use pseudonym::{Names, Pseudonyms, Shown};
pub use reason::asks_reason;
pub use redact::{Covered, Hides, Particulars, Redacted, What, places as give_aways, redact, redact_words};
pub use seal::{Gap, gaps_at, gaps_before_seal, lacks_evidence, scope_of};
pub use settings::{Rules, Unfit, effective, from_settings, hash, overridden, settings};
pub use sight::{Due, Others, Part, Visible, is_on_panel, is_ready, may_see, may_see_deciding, visible};

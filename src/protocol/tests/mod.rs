//! Order, names, seals, sight and the gate.

mod calibration;
mod gate;
mod names;
mod order;
mod redaction;
mod seals;
mod settings;
mod sight;

use crate::journal::Act;
use crate::scorecard::Panelist;
use crate::scorecard::sample::{Sample, reviewer};

/// The batch's list of reviewers.
fn panel(sample: &mut Sample, of: &[&str]) {
    let reviewers = of.iter().map(|who| Panelist::write(reviewer(who), &(*who).into(), &(*who).into())).collect();
    sample.act("chief", Act::Panel { reviewers });
}

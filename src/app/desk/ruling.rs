//! The rules that hold on the desk: the rubric's, and what the batch has of its own.

use super::Desk;
use crate::journal::Act;
use crate::protocol::{self, Rules};
use crate::rubric::{Policy, Preset, Protocol, Rubric, SkipRule, SpeedRule};
use crate::scorecard::Record;

impl Desk {
    /// The speed that the protocol fixes, in hundredths.
    pub fn fixed_speed(&self) -> Option<u16> {
        match self.rules.protocol.playback.speed {
            SpeedRule::Free => None,
            SpeedRule::Fixed(factor) => Some((factor * 100.0).round() as u16),
        }
    }

    /// Whether the protocol says that silences are skipped, or heard.
    pub fn fixed_skipping(&self) -> Option<bool> {
        match self.rules.protocol.playback.skip_silence {
            SkipRule::Free => None,
            SkipRule::Always => Some(true),
            SkipRule::Never => Some(false),
        }
    }

    /// The rules that hold, one by one, with those of the rubric that the batch's own replace.
    pub fn told_rules(&self) -> Vec<protocol::rules::Rule> {
        protocol::rules::all(&self.rules, &rules_under(self.rubric.as_ref()))
    }

    /// The seed of one's own order, for the journal: none where it stands there already.
    pub fn order_to_write(&self) -> Option<Act> {
        let (seed, algorithm) = (protocol::seed(self.batch.id, self.me), protocol::ALGORITHM);
        (self.mine().seed != Some((seed, algorithm))).then_some(Act::Shuffled { seed, algorithm })
    }

    /// Whether the batch has rules of its own over the rubric's.
    pub fn has_own_rules(&self) -> bool {
        self.record.protocol.is_some()
    }
}

/// The rules of the rubric and what the batch overrides.
pub(super) fn rules_of(rubric: Option<&Rubric>, record: &Record) -> Rules {
    protocol::overridden(rules_under(rubric), record)
}

/// The rubric's rules; without a rubric the standard ones.
fn rules_under(rubric: Option<&Rubric>) -> Rules {
    let standard = || Rules { protocol: Protocol::preset(Preset::Standard), policy: Policy::default() };
    rubric.map_or_else(standard, Rules::of)
}

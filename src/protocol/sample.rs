//! The sample batch as one viewer sees it; for tests alone.

use super::{Rules, Visible, visible};
use crate::scorecard::sample::{Sample, reviewer};

impl Sample {
    /// The rubric's own rules.
    pub(crate) fn rules(&self) -> Rules {
        Rules::of(&self.rubric)
    }

    /// What someone may see of all that was done.
    pub(crate) fn seen_by(&self, who: &str) -> Visible {
        visible(&self.record(), &self.rules(), reviewer(who))
    }
}

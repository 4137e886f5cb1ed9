//! When a changed rating needs a reason.

use super::settings::Rules;
use crate::rubric::Observed;
use crate::scorecard::Work;

/// Whether the protocol asks why a rating is changed from `before` to `now` (none: taken back): always, or once one's own
/// batch was sealed and others' scores may be known.
pub fn asks_reason(rules: &Rules, mine: &Work, before: Option<Observed>, now: Option<Observed>) -> bool {
    let asked = rules.protocol.change_reason_always || mine.batch_sealed.is_some();
    before.is_some() && before != now && asked
}

//! What stands behind a typed word: a value, a moment, a time to wait.

use super::Wait;
use crate::app::action::Action;
use crate::interview::Moment;

/// A moment: seconds, or minutes and seconds.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let mut ms = 0.0;
    for part in text.split(':') {
        let value: f64 = part.trim().parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)?;
        ms = ms * 60.0 + value;
    }
    Some(Moment::from_seconds(ms))
}

/// From which moment to which; all of it where none is named.
pub(super) fn moments(text: &str) -> Option<(Moment, Moment)> {
    let named: Vec<Moment> = text.split_whitespace().map(moment).collect::<Option<_>>()?;
    match named.as_slice() {
        [] => Some((Moment::START, Moment(u32::MAX))),
        [from] => Some((*from, Moment(u32::MAX))),
        [from, to] => Some((*from, *to)),
        _ => None,
    }
}

pub(super) fn waits(text: &str) -> Option<Wait> {
    match text {
        "" | "end" => Some(Wait::Played),
        "saved" => Some(Wait::Saved),
        // An hour is as long as anything is waited for.
        seconds => moment(seconds).map(|moment| Wait::Ms(moment.0.min(3_600_000))),
    }
}

/// Whether it moves an end of the evidence: by so many words as are named.
pub(super) fn moves_evidence(action: Action) -> bool {
    use Action::*;
    matches!(action, EvidenceStartBack | EvidenceStartOn | EvidenceEndBack | EvidenceEndOn)
}

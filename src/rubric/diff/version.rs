//! Whether a version number says as much as was changed.

use serde::Serialize;

use super::Level;
use crate::text::SafeText;

/// What the version numbers say of a change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Verdict {
    /// What the step from one number to the other says; none where the later is the lower.
    pub said: Option<Level>,
    /// What the change is.
    pub needed: Level,
    /// Whether it says enough.
    pub ok: bool,
    /// The number that would say it; none where the one that is there does.
    pub suggested: Option<SafeText>,
}

/// What the step from `before` to `after` says of a change of this level.
///
/// A pre-release (`2.0.0-rc.1`) may still change in every way.
pub(super) fn verdict(before: &str, after: &str, needed: Level) -> Verdict {
    let (from, to) = (core(before), core(after));
    let is_draft = before.split('+').next().is_some_and(|version| version.contains('-'));
    let said = match (from, to) {
        _ if to < from => None,
        _ if is_draft && after != before => Some(Level::Major),
        ([a, ..], [b, ..]) if b > a => Some(Level::Major),
        ([_, a, _], [_, b, _]) if b > a => Some(Level::Minor),
        ([.., a], [.., b]) if b > a => Some(Level::Patch),
        _ => Some(Level::None),
    };
    let ok = said.is_some_and(|said| said >= needed);
    let [major, minor, patch] = from;
    let next = match needed {
        Level::Major => [major.saturating_add(1), 0, 0],
        Level::Minor => [major, minor.saturating_add(1), 0],
        Level::Patch => [major, minor, patch.saturating_add(1)],
        Level::None => from,
    };
    let suggested = (!ok).then(|| SafeText::line(&next.map(|number| number.to_string()).join(".")));
    Verdict { said, needed, ok, suggested }
}

/// Major, minor and patch of a version that was read as semantic.
fn core(version: &str) -> [u64; 3] {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = core.split('.').map(|number| number.parse().unwrap_or(0));
    [0; 3].map(|zero: u64| numbers.next().unwrap_or(zero))
}

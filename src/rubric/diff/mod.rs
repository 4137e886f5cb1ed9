//! What changed between two versions of a rubric, and whether scores stay comparable.

mod parts;
#[cfg(test)]
mod tests;
mod version;

use serde::Serialize;

use self::parts::{Kind, Part};
use super::model::Rubric;
use crate::text::SafeText;

pub use version::Verdict;

/// How much a change takes away from comparing scores.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing changed but perhaps the version.
    None,
    /// Slips of the pen.
    Patch,
    /// Other wording or settings; scores stay comparable.
    Minor,
    /// Ids, scale, weights or anchors: scores under the two never enter one table.
    Major,
}

/// One thing that changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    /// Where: `q1-outage / diagnosis / anchor 3`.
    pub place: SafeText,
    /// How much it takes away.
    pub level: Level,
    /// What stood there; none where it was added.
    pub before: Option<SafeText>,
    /// What stands there now; none where it was removed.
    pub after: Option<SafeText>,
}

/// All that changed from one rubric to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// In the order of the later rubric's file, what was removed last.
    pub changes: Vec<Change>,
    /// The greatest of their levels.
    pub level: Level,
    /// Whether the version numbers say so; none where the two have different ids, and are no versions of one rubric.
    pub verdict: Option<Verdict>,
    /// Whether the policy differs, by which totals are made of scores.
    pub policy_differs: bool,
}

impl Difference {
    /// Whether scores under both may enter the same table.
    pub fn is_comparable(&self) -> bool {
        self.level < Level::Major
    }
}

/// What changed from `before` to `after`.
pub fn diff(before: &Rubric, after: &Rubric) -> Difference {
    let (old, new) = (parts::of(before), parts::of(after));
    let added = alone(&new, &old);
    let removed = alone(&old, &new);
    let mut changes = Vec::new();
    for part in &new {
        if added.iter().any(|top| top.place == part.place) {
            changes.push(change(part, None, Some(&part.value)));
        } else if let Some(was) = old.iter().find(|was| was.place == part.place && was.value != part.value) {
            changes.push(change(part, Some(&was.value), Some(&part.value)));
        }
    }
    changes.extend(removed.iter().map(|part| change(part, Some(&part.value), None)));
    let mut level = changes.iter().map(|change| change.level).max().unwrap_or(Level::None);
    // The hashes decide; the list is what explains them.
    if before.scoring_hash() != after.scoring_hash() {
        level = Level::Major;
    }
    let verdict = (before.id == after.id).then(|| version::verdict(before.version.as_str(), after.version.as_str(), level));
    Difference { changes, level, verdict, policy_differs: before.policy != after.policy }
}

/// The parts of `these` that `those` have not; of a question that is alone, not its criteria too.
fn alone<'p>(these: &'p [Part], those: &[Part]) -> Vec<&'p Part> {
    let is_alone = |part: &&Part| !those.iter().any(|other| other.place == part.place);
    let all: Vec<&Part> = these.iter().filter(is_alone).collect();
    let is_inside =
        |part: &Part| all.iter().any(|top| part.place.strip_prefix(&top.place).is_some_and(|rest| rest.starts_with(" / ")));
    all.iter().filter(|part| !is_inside(part)).copied().collect()
}

fn change(part: &Part, before: Option<&String>, after: Option<&String>) -> Change {
    let is_slip = || before.zip(after).is_some_and(|(before, after)| is_slip_of_the_pen(before, after));
    let level = match part.kind {
        Kind::Scoring => Level::Major,
        Kind::Wording if is_slip() => Level::Patch,
        Kind::Wording | Kind::Setting => Level::Minor,
    };
    let text = |value: &String| SafeText::line(value);
    Change { place: SafeText::line(&part.place), level, before: before.map(text), after: after.map(text) }
}

/// Whether two texts differ in nothing but punctuation, capitals, and single letters of long words.
///
/// A letter can turn a short word into its contrary, and a digit is never a slip.
fn is_slip_of_the_pen(before: &str, after: &str) -> bool {
    let bare = |text: &str| -> Vec<String> {
        let word = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        text.split_whitespace().map(word).filter(|word| !word.is_empty()).collect()
    };
    let (before, after) = (bare(before), bare(after));
    before.len() == after.len() && before.iter().zip(&after).all(|(a, b)| a == b || is_one_slip(a, b))
}

/// One letter other, more, less, or two beside each other swapped, past the first letter of a word of five or more.
fn is_one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().min(b.len()) < 5 || a[0] != b[0] || a.iter().chain(&b).any(|c| c.is_numeric()) {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([_, rest @ ..], longer) if rest.len() + 2 == longer.len() => a == &longer[1..],
        (longer, [_, rest @ ..]) if rest.len() + 2 == longer.len() => b == &longer[1..],
        ([], [_]) | ([_], []) => true,
        ([x, y, a @ ..], [v, w, b @ ..]) if x == w && y == v => a == b,
        ([_, a @ ..], [_, b @ ..]) => a == b,
        _ => false,
    }
}

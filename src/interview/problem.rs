//! What is wrong with input, said so that it can be mended: file, place, reason and remedy.

use std::borrow::Cow;

use serde::Serialize;

use crate::text::SafeText;

/// How much a problem takes away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; everything is usable.
    Warning,
    /// Something that was named is missing or unusable; the rest is usable.
    Damage,
    /// Nothing could be taken.
    Fatal,
}

/// One thing that is wrong with a file that came in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Problem {
    /// The file, as the user named it or as the bundle names it.
    pub file: SafeText,
    /// Where in it: a line, a JSON path, a candidate and question.
    pub place: SafeText,
    /// What is wrong.
    pub reason: SafeText,
    /// What to do about it.
    pub remedy: SafeText,
    /// How much it takes away.
    pub severity: Severity,
    /// The name of its kind where programs are to know it; it stays the same in every version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
}

impl Problem {
    /// A problem that takes away what it names.
    pub fn damage(file: &str, place: &str, reason: &str, remedy: &str) -> Self {
        Self::new(Severity::Damage, file, place, reason, remedy)
    }

    /// A problem that takes away nothing.
    pub fn warning(file: &str, place: &str, reason: &str, remedy: &str) -> Self {
        Self::new(Severity::Warning, file, place, reason, remedy)
    }

    /// A problem that leaves nothing to take.
    pub fn fatal(file: &str, place: &str, reason: &str, remedy: &str) -> Self {
        Self::new(Severity::Fatal, file, place, reason, remedy)
    }

    /// The same with the name of its kind.
    pub fn coded(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn new(severity: Severity, file: &str, place: &str, reason: &str, remedy: &str) -> Self {
        Problem {
            file: SafeText::line(file),
            place: SafeText::line(place),
            reason: SafeText::line(&bounded(reason)),
            remedy: SafeText::line(remedy),
            severity,
            code: None,
        }
    }
}

/// Characters of a reason that are kept: a value of a megabyte explains no more by being said whole.
const LONGEST: usize = 600;

/// A reason with its middle left out where it is longer than anyone reads.
fn bounded(reason: &str) -> Cow<'_, str> {
    if reason.chars().nth(LONGEST).is_none() {
        return Cow::Borrowed(reason);
    }
    let count = reason.chars().count();
    let head: String = reason.chars().take(LONGEST / 2).collect();
    let tail: String = reason.chars().skip(count - LONGEST / 2).collect();
    Cow::Owned(format!("{head} … {tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_repeats_a_huge_value_keeps_its_beginning_and_its_end() {
        let value = "9".repeat(1 << 20);
        let problem = Problem::damage("f.csv", "line 2", &format!("value {value:?} is no number"), "write a number");
        let reason = problem.reason.as_str();
        assert!(reason.starts_with("value \"999") && reason.ends_with("999\" is no number"), "{reason}");
        assert!(reason.chars().count() < 700);
    }
}

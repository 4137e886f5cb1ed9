//! What is wrong with input, said so that it can be mended: file, place, reason and remedy.

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
            reason: SafeText::line(reason),
            remedy: SafeText::line(remedy),
            severity,
            code: None,
        }
    }
}

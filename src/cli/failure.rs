//! A failure as a story: what failed, why, what to do.

use std::error::Error;

use super::exit::Exit;
use crate::interview::Problem;
use crate::text::SafeText;

/// What a command returns: how it ended, or the story of why it did not.
pub type Outcome = Result<Exit, Failure>;

/// Why a command could not do what it was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// A sentence that begins with "Could not".
    pub what: SafeText,
    /// Why, from the nearest cause to the last.
    pub causes: Vec<SafeText>,
    /// What to do about it.
    pub hint: Option<SafeText>,
    /// What the shell is told.
    pub exit: Exit,
}

impl Failure {
    /// A failure with exit code 1; `what` begins with "Could not".
    pub fn new(what: impl AsRef<str>) -> Self {
        Failure { what: SafeText::line(what.as_ref()), causes: Vec::new(), hint: None, exit: Exit::Failed }
    }

    /// A mistake in the command or the settings: exit code 2.
    pub fn usage(what: impl AsRef<str>) -> Self {
        Failure::new(what).exit(Exit::Usage)
    }

    /// A failure whose causes are mistakes in a file, each with its place and remedy.
    pub fn problems(what: impl AsRef<str>, problems: &[Problem]) -> Self {
        problems.iter().fold(Failure::new(what), |failure, p| {
            let place = if p.place.is_empty() { String::new() } else { format!("{}: ", p.place) };
            let remedy = if p.remedy.is_empty() { String::new() } else { format!("; {}", p.remedy) };
            failure.cause(format!("{place}{}{remedy}", p.reason))
        })
    }

    /// The same failure with one more cause.
    pub fn cause(mut self, why: impl AsRef<str>) -> Self {
        self.causes.push(SafeText::line(why.as_ref()));
        self
    }

    /// The same failure with an error and what lies behind it as further causes.
    pub fn because(self, error: &(dyn Error + 'static)) -> Self {
        let mut failure = self;
        let mut next = Some(error);
        while let Some(error) = next {
            failure = failure.cause(error.to_string());
            next = error.source();
        }
        failure
    }

    /// The same failure with what to do about it.
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(SafeText::line(hint.as_ref()));
        self
    }

    /// The same failure with another exit code.
    pub fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// The lines of the story.
    pub fn lines(&self) -> Vec<String> {
        let causes = self.causes.iter().map(|why| format!("Caused by: {why}"));
        let hint = self.hint.iter().map(|hint| format!("Hint: {hint}"));
        std::iter::once(self.what.to_string()).chain(causes).chain(hint).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_has_what_why_and_what_to_do() {
        let inner = std::io::Error::other("the disk is full");
        let failure = Failure::new("Could not save the rating").because(&inner).hint("make room and press s");
        assert_eq!(failure.lines(), ["Could not save the rating", "Caused by: the disk is full", "Hint: make room and press s"]);
    }

    #[test]
    fn names_of_files_cannot_smuggle_escapes_into_a_story() {
        let failure = Failure::new("Could not read \x1b]0;pwned\x07.toml").cause("a\nb");
        assert_eq!(failure.lines(), ["Could not read ␛]0;pwned␇.toml", "Caused by: a b"]);
    }

    #[test]
    fn each_mistake_of_a_file_is_told_with_its_place() {
        let problems = [Problem::damage("x.toml", "line 3", "no scale", "add one"), Problem::fatal("x.toml", "", "empty", "")];
        let failure = Failure::problems("Could not read x.toml", &problems);
        assert_eq!(failure.lines()[1..], ["Caused by: line 3: no scale; add one", "Caused by: empty"]);
    }
}

//! A failure as a story: what failed, why, what to do.

use std::error::Error;

use super::exit::Exit;
use crate::interview::Problem;
use crate::runtime::delivering::{Remedy, Undone};
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

/// As many causes of one kind as are read at once.
const MOST: usize = 10;

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

    /// Both failures as one, so that whoever mends the first need not come back for the second.
    pub fn and(mut self, other: Failure) -> Self {
        self.causes.push(other.what);
        self.causes.extend(other.causes);
        self.hint = self.hint.or(other.hint);
        self
    }

    /// The same failure with several more causes, of which the first few are told; `rest` says where all of them are.
    pub fn some_causes<T: AsRef<str>>(self, all: impl IntoIterator<Item = T>, rest: &str) -> Self {
        let all: Vec<T> = all.into_iter().collect();
        let failure = all.iter().take(MOST).fold(self, Failure::cause);
        match all.len().saturating_sub(MOST) {
            0 => failure,
            more => failure.cause(format!("and {more} more; {rest}")),
        }
    }

    /// The same failure with an error and what lies behind it as further causes; what an error's own sentence says already
    /// is not said again.
    pub fn because(self, error: &(dyn Error + 'static)) -> Self {
        let mut failure = self;
        let mut next = Some(error);
        while let Some(error) = next {
            let why = SafeText::line(&error.to_string());
            if !failure.causes.last().is_some_and(|said| said.as_str().contains(why.as_str())) {
                failure.causes.push(why);
            }
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

    /// The lines of the story; further causes stand below the first.
    pub fn lines(&self) -> Vec<String> {
        let label = |at: usize| if at == 0 { "Caused by:" } else { "          " };
        let causes = self.causes.iter().enumerate().map(|(at, why)| format!("{} {why}", label(at)));
        let hint = self.hint.iter().map(|hint| format!("Hint: {hint}"));
        std::iter::once(self.what.to_string()).chain(causes).chain(hint).collect()
    }
}

impl From<Undone> for Failure {
    fn from(undone: Undone) -> Self {
        let exit = match undone.remedy {
            Remedy::Mend => Exit::Usage,
            Remedy::SignIn => Exit::Authentication,
            Remedy::Later => Exit::TryLater,
            Remedy::Look => Exit::Failed,
        };
        let failure = undone.causes.iter().fold(Failure::new(&undone.what).exit(exit), Failure::cause);
        match undone.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
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
    fn many_causes_are_told_under_one_label_and_the_rest_is_counted() {
        let all: Vec<String> = (1..=25).map(|n| format!("cause {n}")).collect();
        let lines = Failure::new("Could not seal").some_causes(&all, "--json names all").lines();
        assert_eq!(lines.len(), 12);
        assert_eq!((lines[1].as_str(), lines[2].as_str()), ("Caused by: cause 1", "           cause 2"));
        assert_eq!(lines[11], "           and 15 more; --json names all");
    }

    #[test]
    fn what_an_error_says_of_its_own_source_is_not_repeated() {
        #[derive(Debug, thiserror::Error)]
        #[error("the file cannot be read: {0}")]
        struct Outer(#[source] std::io::Error);
        let failure = Failure::new("Could not start").because(&Outer(std::io::Error::other("no such file")));
        assert_eq!(failure.lines(), ["Could not start", "Caused by: the file cannot be read: no such file"]);
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
        assert_eq!(failure.lines()[1..], ["Caused by: line 3: no scale; add one", "           empty"]);
    }
}

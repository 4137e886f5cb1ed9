//! Why a delivery could not be done, as a story that the commands and the screen tell alike.

use std::error::Error;

use crate::delivery::StoreError;
use crate::delivery::store::Trouble;
use crate::interview::Problem;
use crate::library::LibraryError;

/// What a person, or a script, can do about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Remedy {
    /// The command, the settings or the profile are to be changed.
    Mend,
    /// Someone must sign in.
    SignIn,
    /// It may work later.
    Later,
    /// It is told what there is to know.
    Look,
}

/// Why a delivery could not be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undone {
    /// A sentence that begins with "Could not".
    pub what: String,
    /// Why, from the nearest cause to the last.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Which way it failed.
    pub remedy: Remedy,
}

impl Undone {
    /// A story that begins with "Could not".
    pub fn new(remedy: Remedy, what: impl Into<String>) -> Self {
        Undone { what: what.into(), causes: Vec::new(), hint: None, remedy }
    }

    /// The same with an error and what lies behind it; what an error's own sentence says already is not said again.
    pub fn because(mut self, error: &(dyn Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            let why = error.to_string();
            if !self.causes.last().is_some_and(|said| said.contains(&why)) {
                self.causes.push(why);
            }
            next = error.source();
        }
        self
    }

    /// The same with one more cause.
    pub fn cause(mut self, why: impl Into<String>) -> Self {
        self.causes.push(why.into());
        self
    }

    /// The same with what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What the library could not do.
    pub fn of_library(what: &str, error: &LibraryError) -> Self {
        let remedy = match error {
            LibraryError::Busy { .. } => Remedy::Later,
            LibraryError::WrongKey { .. } => Remedy::SignIn,
            _ => Remedy::Look,
        };
        Undone::new(remedy, what).cause(error.to_string())
    }

    /// Why a place could not be asked what it has.
    pub fn of_asking(place: &str, error: &StoreError) -> Self {
        let Undone { causes, remedy, .. } = Undone::of_place(place, error);
        Undone { causes, ..Undone::new(remedy, format!("Could not ask {place}")) }
    }

    /// Why a place could not be used.
    pub fn of_place(place: &str, error: &StoreError) -> Self {
        let remedy = match error.trouble {
            Trouble::Temporary => Remedy::Later,
            Trouble::Authentication => Remedy::SignIn,
            Trouble::Refused | Trouble::InTheWay => Remedy::Mend,
        };
        Undone::new(remedy, format!("Could not deliver to {place}")).because(error)
    }

    /// Mistakes in a file, each with its place and remedy.
    pub fn of_problems(what: impl Into<String>, problems: &[Problem]) -> Self {
        problems.iter().fold(Undone::new(Remedy::Mend, what), |undone, problem| {
            let place = if problem.place.is_empty() { String::new() } else { format!("{}: ", problem.place) };
            let remedy = if problem.remedy.is_empty() { String::new() } else { format!("; {}", problem.remedy) };
            undone.cause(format!("{place}{}{remedy}", problem.reason))
        })
    }

    /// Why, and what to do, in a line.
    pub fn why(&self) -> String {
        let hint = self.hint.iter().map(|hint| format!(" ({hint})"));
        self.causes.join("; ") + &hint.collect::<String>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once_and_the_remedy_at_the_end() {
        let error = StoreError { trouble: Trouble::Temporary, text: "nobody answers".into() };
        let undone = Undone::of_place("sftp://host", &error).cause("it was tried twice").hint("try at night");
        assert_eq!((undone.what.as_str(), undone.remedy), ("Could not deliver to sftp://host", Remedy::Later));
        assert_eq!(undone.why(), "nobody answers; it was tried twice (try at night)");
    }
}

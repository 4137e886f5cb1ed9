//! Which candidates the grid shows, and in what order: by what people did and said, never by what a machine says.
//!
//! The words are the same on screen and on the command line.

use std::fmt;
use std::str::FromStr;

use crate::text::SafeText;

/// Which candidates are shown; several together keep whoever is meant by all of them.
#[derive(Clone, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Keep {
    /// An answer was heard less than the protocol asks.
    Unheard,
    /// An answer lacks a rating of mine.
    Unrated,
    /// An answer of mine is not sealed.
    Unsealed,
    /// Reviewers differ by as much as the rubric asks to reconcile.
    Disagreement,
    /// A recording cannot be used, or I said so.
    Fault,
    /// Handed in after the deadline, after the first decision, or after my seal.
    Late,
    /// I rated a recording that has been replaced since.
    Stale,
    /// Mine to review.
    Mine,
    /// Invited and never finished: nothing came in.
    NoShow,
    /// The deadline passed before the interview was finished.
    Expired,
    /// The candidate stepped back.
    Withdrawn,
    /// On the shortlist.
    Shortlist,
    /// Not decided on.
    Undecided,
    /// Decided on.
    Decided,
    /// Has this tag.
    Tag(SafeText),
}

/// By what rows are sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SortBy {
    /// The reviewer's own order of hearing.
    #[default]
    Order,
    /// What candidates are called here.
    Name,
    /// The share heard, the least first.
    Heard,
    /// Ratings given, the fewest first.
    Rated,
    /// One's own total, the highest first.
    Total,
    /// The panel's total, the highest first.
    Panel,
    /// How far reviewers differ, the furthest first.
    Spread,
    /// When they came in, the earliest first.
    Arrival,
    /// Their deadline, the earliest first.
    Deadline,
    /// What was decided: advance, hold, decline.
    Decision,
}

/// What the grid shows, and how it is sorted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sieve {
    /// Who is kept; empty: everyone.
    pub keeps: Vec<Keep>,
    /// The order.
    pub by: SortBy,
    /// Whether the order is turned round; who has no figure stays last.
    pub reversed: bool,
}

/// The words of the filters that take nothing more, with what they keep.
const KEEPS: [(&str, Keep, &str); 14] = [
    ("unheard", Keep::Unheard, "heard less than the protocol asks"),
    ("unrated", Keep::Unrated, "a rating of yours is missing"),
    ("unsealed", Keep::Unsealed, "not sealed by you"),
    ("disagreement", Keep::Disagreement, "reviewers differ by what the rubric asks to reconcile"),
    ("fault", Keep::Fault, "a recording cannot be used"),
    ("late", Keep::Late, "came in late"),
    ("stale", Keep::Stale, "you rated a recording that was replaced"),
    ("mine", Keep::Mine, "yours to review"),
    ("no-show", Keep::NoShow, "invited, and nothing came in"),
    ("expired", Keep::Expired, "the deadline passed unfinished"),
    ("withdrawn", Keep::Withdrawn, "the candidate stepped back"),
    ("shortlist", Keep::Shortlist, "on the shortlist"),
    ("undecided", Keep::Undecided, "not decided on"),
    ("decided", Keep::Decided, "decided on"),
];

/// The orders with their words, and what they mean.
const ORDERS: [(&str, SortBy, &str); 10] = [
    ("order", SortBy::Order, "your order of hearing"),
    ("name", SortBy::Name, "what candidates are called"),
    ("heard", SortBy::Heard, "the least heard first"),
    ("rated", SortBy::Rated, "the fewest ratings of yours first"),
    ("total", SortBy::Total, "your total, the highest first"),
    ("panel", SortBy::Panel, "the panel's total, the highest first"),
    ("spread", SortBy::Spread, "where reviewers differ most"),
    ("arrival", SortBy::Arrival, "who came in first"),
    ("deadline", SortBy::Deadline, "whose deadline is first"),
    ("decision", SortBy::Decision, "advance, hold, decline"),
];

/// Before a tag that is looked for.
const TAG: &str = "tag:";

impl Keep {
    /// Those that take nothing more, in the order of the list.
    pub fn all() -> impl Iterator<Item = Keep> {
        KEEPS.iter().map(|(_, keep, _)| keep.clone())
    }

    /// What it keeps, in words.
    pub fn help(&self) -> &'static str {
        KEEPS.iter().find(|(_, keep, _)| keep == self).map_or("has this tag", |(.., help)| help)
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match KEEPS.iter().find(|(_, keep, _)| keep == self) {
            Some((word, ..)) => f.pad(word),
            None => match self {
                Keep::Tag(tag) => f.pad(&format!("{TAG}{tag}")),
                _ => unreachable!("every other filter has its word"),
            },
        }
    }
}

/// A word that is no filter, or no order.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no {what} \"{word}\"; there are: {there}")]
pub struct NoSuchWord {
    what: &'static str,
    word: String,
    there: String,
}

impl FromStr for Keep {
    type Err = NoSuchWord;
    fn from_str(word: &str) -> Result<Self, NoSuchWord> {
        let wanted = word.trim();
        if let Some(tag) = wanted.strip_prefix(TAG).map(str::trim).filter(|tag| !tag.is_empty()) {
            return Ok(Keep::Tag(SafeText::line(tag)));
        }
        let found = KEEPS.iter().find(|(known, ..)| *known == wanted).map(|(_, keep, _)| keep.clone());
        found.ok_or_else(|| {
            let there = KEEPS.iter().map(|(known, ..)| *known).chain(["tag:NAME"]).collect::<Vec<_>>().join(", ");
            NoSuchWord { what: "filter", word: wanted.to_owned(), there }
        })
    }
}

impl SortBy {
    /// All orders, in the order of the list.
    pub fn all() -> impl Iterator<Item = SortBy> {
        ORDERS.iter().map(|(_, by, _)| *by)
    }

    /// What comes first, in words.
    pub fn help(self) -> &'static str {
        ORDERS.iter().find(|(_, by, _)| *by == self).map_or("", |(.., help)| help)
    }
}

impl fmt::Display for SortBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(ORDERS.iter().find(|(_, by, _)| by == self).map_or("", |(word, ..)| word))
    }
}

impl FromStr for SortBy {
    type Err = NoSuchWord;
    fn from_str(word: &str) -> Result<Self, NoSuchWord> {
        let wanted = word.trim();
        ORDERS.iter().find(|(known, ..)| *known == wanted).map(|(_, by, _)| *by).ok_or_else(|| {
            let there = ORDERS.iter().map(|(known, ..)| *known).collect::<Vec<_>>().join(", ");
            NoSuchWord { what: "order", word: wanted.to_owned(), there }
        })
    }
}

impl Sieve {
    /// Whether everyone is shown in the order of hearing.
    pub fn is_plain(&self) -> bool {
        *self == Sieve::default()
    }

    /// Puts a filter on, or takes it off where it is on.
    pub fn turn(&mut self, keep: Keep) {
        match self.keeps.iter().position(|known| *known == keep) {
            Some(at) => _ = self.keeps.remove(at),
            None => self.keeps.push(keep),
        }
    }

    /// Sorts by this; chosen twice, the other way round.
    pub fn sort(&mut self, by: SortBy) {
        self.reversed = by == self.by && by != SortBy::Order && !self.reversed;
        self.by = by;
    }
}

impl fmt::Display for Sieve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keeps: Vec<String> = self.keeps.iter().map(Keep::to_string).collect();
        f.write_str(&keeps.join(" + "))?;
        if self.by != SortBy::Order {
            let gap = if keeps.is_empty() { "" } else { ", " };
            write!(f, "{gap}by {}{}", self.by, if self.reversed { " reversed" } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_it_is_written() {
        for keep in Keep::all().chain([Keep::Tag("night shift".into())]) {
            assert_eq!(keep.to_string().parse(), Ok(keep.clone()));
            assert!(!keep.help().is_empty());
        }
        for by in SortBy::all() {
            assert_eq!(by.to_string().parse(), Ok(by));
            assert!(!by.help().is_empty());
        }
        let told = "hired".parse::<Keep>().expect_err("it is no filter").to_string();
        assert!(told.contains("unheard") && told.contains("tag:NAME"), "{told}");
        assert!("tag:".parse::<Keep>().is_err() && "score".parse::<SortBy>().is_err());
    }

    #[test]
    fn a_filter_chosen_twice_is_off_and_an_order_chosen_twice_is_turned_round() {
        let mut sieve = Sieve::default();
        sieve.turn(Keep::Late);
        sieve.turn(Keep::Unheard);
        sieve.sort(SortBy::Total);
        assert_eq!(sieve.to_string(), "late + unheard, by total");
        sieve.turn(Keep::Late);
        sieve.sort(SortBy::Total);
        assert_eq!(sieve.to_string(), "unheard, by total reversed");
        sieve.sort(SortBy::Heard);
        assert!(!sieve.reversed);
    }
}

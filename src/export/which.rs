//! The tables by name: what columns each has, and its rows.

use super::column::About;
use super::long::{each_long, long_columns, ratings_columns};
use super::table::{Cell, Exported, Sources, Table};
use super::wide::{wide, wide_columns, wide_header};
use super::{analytics, evidence, feedback, reinvite};

/// Which table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Which {
    /// One row per candidate and application.
    #[default]
    Wide,
    /// One row per candidate, question, criterion and reviewer.
    Long,
    /// The first five columns of the long table.
    Ratings,
    /// One row per stretch of evidence and criterion.
    Evidence,
    /// Figures of the batch.
    Analytics,
    /// Who should be asked to record again.
    Reinvite,
    /// That people listened, and what was decided.
    Feedback,
}

impl Which {
    /// All of them.
    pub const ALL: [Which; 7] =
        [Which::Wide, Which::Long, Which::Ratings, Which::Evidence, Which::Analytics, Which::Reinvite, Which::Feedback];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Which::Wide => "wide",
            Which::Long => "long",
            Which::Ratings => "ratings",
            Which::Evidence => "evidence",
            Which::Analytics => "analytics",
            Which::Reinvite => "reinvite",
            Which::Feedback => "feedback",
        }
    }

    /// One row of it is for what.
    pub fn about(self) -> &'static str {
        match self {
            Which::Wide => "one row per candidate and application",
            Which::Long => "one row per candidate, question, criterion and reviewer",
            Which::Ratings => "the first five columns of the long table",
            Which::Evidence => "one row per stretch of evidence and criterion that rests on it",
            Which::Analytics => "one row per figure of the batch: funnel, times, questions, criteria, review, days",
            Which::Reinvite => "one row per reason to ask a candidate to record again, for each application",
            Which::Feedback => "one row per candidate and application: that people listened, when, and what was decided",
        }
    }

    /// What its columns hold; of the wide table in general.
    pub fn columns(self) -> Vec<About> {
        match self {
            Which::Wide => wide_columns(),
            Which::Long => long_columns(),
            Which::Ratings => ratings_columns(),
            Which::Evidence => evidence::evidence_columns(),
            Which::Analytics => analytics::analytics_columns(),
            Which::Reinvite => reinvite::reinvite_columns(),
            Which::Feedback => feedback::feedback_columns(),
        }
    }

    /// The columns that it has of one batch.
    pub fn header(self, sources: &Sources) -> Vec<About> {
        if self == Which::Wide { wide_header(sources) } else { self.columns() }
    }

    /// The whole table.
    pub fn table(self, sources: &Sources) -> Exported {
        match self {
            Which::Wide => wide(sources),
            Which::Long => super::long(sources),
            Which::Ratings => {
                let long = super::long(sources);
                let columns = self.columns().into_iter().map(|about| about.name).collect::<Vec<_>>();
                let cut = |mut row: Vec<Cell>| {
                    row.truncate(columns.len());
                    row
                };
                let rows = long.table.rows.into_iter().map(cut).collect();
                Exported { table: Table { name: self.name().to_owned(), columns, rows }, ..long }
            }
            Which::Evidence => evidence::evidence(sources),
            Which::Analytics => analytics::analytics(sources),
            Which::Reinvite => reinvite::reinvite(sources),
            Which::Feedback => feedback::feedback(sources),
        }
    }

    /// Gives the rows one by one. Those of the long table, which has the most, are made one candidate after the other.
    ///
    /// # Errors
    /// What `take` says; nothing more is given then.
    pub fn each<E>(self, sources: &Sources, take: &mut dyn FnMut(&[Cell]) -> Result<(), E>) -> Result<(), E> {
        match self {
            Which::Long => each_long(sources, take),
            Which::Ratings => {
                let columns = self.columns().len();
                each_long(sources, &mut |cells| take(&cells[..columns]))
            }
            small => small.table(sources).table.rows.iter().try_for_each(|row| take(row)),
        }
    }
}

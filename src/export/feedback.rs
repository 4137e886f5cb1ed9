//! The feedback table: what a recruiter needs to tell candidates that people listened.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::application::{Application, applications, id};
use super::column::{About, Column, Kind, column};
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::Submission;
use crate::scorecard::{Decided, HeardShare, Material, Place, Work};

/// One candidate for one application.
struct Row<'a> {
    sources: &'a Sources<'a>,
    submission: &'a Submission,
    application: Application,
}

type OfRow = for<'a> fn(&Row<'a>) -> Cell;

const COLUMNS: &[Column<OfRow>] = &[
    column("candidate", Kind::Id, "", "the source's id of the candidate", |row| Cell::id(&row.submission.candidate.source_id)),
    column("application_system", Kind::Id, "", "the system in which the application is", |row| id(row.application.system.as_ref())),
    column("application_id", Kind::Id, "", "the application's id in that system", |row| id(row.application.id.as_ref())),
    column("requisition", Kind::Id, "", "the job opening's id in that system", |row| id(row.application.requisition.as_ref())),
    column("completed_at", Kind::Time, "UTC", "when the interview was handed in", |row| {
        row.submission.completed_at.map_or(Cell::Empty, Cell::word)
    }),
    column("answers", Kind::Integer, "answers", "how many there are to hear or read", |row| Cell::count(Some(row.answers()))),
    column("heard_by", Kind::Integer, "people", "how many who sealed a scorecard heard or read something of it", |row| {
        Cell::count(Some(row.listeners().len()))
    }),
    column("heard_least", Kind::Number, "share, 0 to 1", "what the one of them heard who heard least", |row| {
        let shares: Option<Vec<f64>> = row.listeners().iter().map(|work| row.share(work).fraction()).collect();
        Cell::number(shares.and_then(|shares| shares.into_iter().reduce(f64::min)))
    }),
    column("reviewed_from", Kind::Time, "UTC", "when the first of them gave the first rating", |row| {
        row.times(first_rating).min().map_or(Cell::Empty, Cell::word)
    }),
    column("reviewed_until", Kind::Time, "UTC", "when the last of them sealed", |row| {
        row.times(last_seal).max().map_or(Cell::Empty, Cell::word)
    }),
    column("decision", Kind::Word, "", "advance, hold or decline", |row| {
        row.decided().map_or(Cell::Empty, |decided| Cell::named(&decided.decision))
    }),
    column("decided_at", Kind::Time, "UTC", "when", |row| row.decided().map_or(Cell::Empty, |decided| Cell::word(decided.at))),
];

/// When anything of these answers was rated first.
fn first_rating(work: &Work, places: &[&Place]) -> Option<Timestamp> {
    let ratings = places.iter().flat_map(|place| work.ratings_of(place.answer));
    ratings.map(|(_, rating)| rating.earlier.first().map_or(rating.at, |earlier| earlier.at)).min()
}

/// When the last of these answers was sealed.
fn last_seal(work: &Work, places: &[&Place]) -> Option<Timestamp> {
    places.iter().filter_map(|place| work.seal_of(place)).map(|seal| seal.at).max()
}

impl<'a> Row<'a> {
    /// The answers that a reviewer has to hear or read.
    fn places(&self) -> Vec<&'a Place> {
        let all = self.sources.visible.places.of_submission(self.submission.id);
        all.filter(|place| self.sources.visible.is_due(place)).collect()
    }

    fn answers(&self) -> usize {
        self.places().len()
    }

    /// Who sealed a scorecard and heard or read something of it.
    fn listeners(&self) -> Vec<&'a Work> {
        let visible = self.sources.visible;
        let works = visible.sealed_by(self.submission.id).filter_map(|reviewer| visible.work(reviewer));
        let places = self.places();
        works.filter(|work| places.iter().any(|place| has_listened(work, place))).collect()
    }

    fn times<'t>(&'t self, when: fn(&Work, &[&Place]) -> Option<Timestamp>) -> impl Iterator<Item = Timestamp> + use<'t, 'a> {
        let places = self.places();
        self.listeners().into_iter().filter_map(move |work| when(work, &places))
    }

    /// How much of the whole one person heard.
    fn share(&self, work: &Work) -> HeardShare {
        let of = |place: &&Place| {
            let material = self.sources.materials.get(&place.answer).unwrap_or(&Material::Unknown);
            work.heard_share(place.answer, place.revision, material)
        };
        self.places().iter().map(of).fold(HeardShare::NothingToHear, HeardShare::and)
    }

    fn decided(&self) -> Option<&'a Decided> {
        self.sources.visible.decision(self.submission.id, self.application.id.as_ref())
    }
}

fn has_listened(work: &Work, place: &Place) -> bool {
    work.heard.contains_key(&place.answer) || work.read.contains_key(&place.answer)
}

/// What the feedback table's columns hold, in their order.
pub(super) fn feedback_columns() -> Vec<About> {
    COLUMNS.iter().map(Column::about).collect()
}

/// One row for each chosen candidate and application, ordered by these.
pub(super) fn feedback(sources: &Sources) -> Exported {
    let mut rows = BTreeMap::new();
    for submission in sources.chosen() {
        for application in applications(sources, submission) {
            let key = (submission.candidate.source_id.clone(), application.order(), submission.id);
            let row = Row { sources, submission, application };
            rows.insert(key, COLUMNS.iter().map(|column| (column.cell)(&row)).collect());
        }
    }
    let columns = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    let table = Table { name: "feedback".to_owned(), columns, rows: rows.into_values().collect() };
    Exported { table, left_out: sources.left_out(), not_ready: sources.not_ready() }
}

//! The evidence table: one row for each stretch that a rating rests on.

use super::column::{About, Column, Kind, column};
use super::long::Scorecard;
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::{Answer, Moment};
use crate::panel::{Key, Ratings, Value};
use crate::protocol::Hides;
use crate::rubric::Criterion;
use crate::scorecard::{Evidence, Material};

/// One stretch for one criterion.
struct Row<'a> {
    of: &'a Scorecard<'a>,
    key: &'a Key,
    value: Value,
    answer: &'a Answer,
    evidence: &'a Evidence,
}

type OfRow = for<'a> fn(&Row<'a>) -> Cell;

const COLUMNS: &[Column<OfRow>] = &[
    column("candidate", Kind::Id, "", "the source's id of the candidate", |row| Cell::id(&row.key.candidate)),
    column("question", Kind::Id, "", "the rubric's id of the question", |row| Cell::slug(&row.key.question)),
    column("criterion", Kind::Id, "", "the rubric's id of the criterion", |row| Cell::slug(&row.key.criterion)),
    column("reviewer", Kind::Id, "", "the reviewer's pseudonym", |row| Cell::id(&row.key.reviewer)),
    column("value", Kind::Value, "points", "the rating that rests on it", |row| super::long::value(row.value)),
    column("start", Kind::Number, "seconds; characters of a written answer", "where it begins", |row| {
        row.place(row.evidence.span.start)
    }),
    column("end", Kind::Number, "seconds; characters of a written answer", "where it ends", |row| row.place(row.evidence.span.end)),
    column("written", Kind::YesNo, "", "whether the answer is written, so that places are characters", |row| {
        Cell::yes(row.is_written())
    }),
    column("quote", Kind::Text, "", "what was said there", |row| Cell::Text(row.of.hides.cover(row.evidence.quote.raw()))),
    column("stale", Kind::YesNo, "", "whether it is of an older recording", |row| {
        Cell::yes(row.evidence.revision != row.answer.revision)
    }),
    column("marked_at", Kind::Time, "UTC", "when it was marked", |row| Cell::word(row.evidence.at)),
];

impl Row<'_> {
    fn is_written(&self) -> bool {
        matches!(self.of.sources.materials.get(&self.answer.id), Some(Material::Text { .. }))
    }

    /// A moment of the answer: characters where it is written.
    fn place(&self, moment: Moment) -> Cell {
        Cell::number(Some(if self.is_written() { moment.0.into() } else { moment.seconds() }))
    }
}

/// What the evidence table's columns hold, in their order.
pub(super) fn evidence_columns() -> Vec<About> {
    COLUMNS.iter().map(Column::about).collect()
}

/// The evidence of the sealed scorecards that may be seen and are chosen, in the order of the long table.
pub(super) fn evidence(sources: &Sources) -> Exported {
    let (names, everyone) = (sources.visible.pseudonyms(), sources.everyone());
    let mut rows: Vec<(Key, Vec<Vec<Cell>>)> = Vec::new();
    for submission in sources.chosen() {
        let mut ratings = Ratings::default();
        crate::panel::add_sealed(&mut ratings, sources.visible, sources.rubric, submission, &names);
        for (reviewer, work) in &sources.visible.works {
            let hides = Hides::of(&submission.candidate, &everyone);
            let of = Scorecard { sources, submission, work, reviewer: *reviewer, hides };
            of.each_rating(&ratings, &names[reviewer], |key, value, answer, criterion| {
                let cells = cells(&of, &key, value, answer, criterion);
                rows.push((key, cells));
            });
        }
    }
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    let columns = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    let table = Table { name: "evidence".to_owned(), columns, rows: rows.into_iter().flat_map(|(_, cells)| cells).collect() };
    Exported { table, left_out: sources.left_out(), not_ready: sources.not_ready() }
}

fn cells(of: &Scorecard, key: &Key, value: Value, answer: &Answer, criterion: &Criterion) -> Vec<Vec<Cell>> {
    let mut all: Vec<&Evidence> = of.work.evidence_for(answer.id, &criterion.id).collect();
    all.sort_by_key(|evidence| (evidence.span, evidence.at));
    let row = |evidence| Row { of, key, value, answer, evidence };
    all.into_iter().map(|evidence| COLUMNS.iter().map(|column| (column.cell)(&row(evidence))).collect()).collect()
}

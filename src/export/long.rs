//! The long table: one row for each candidate, question, criterion and reviewer.

use std::collections::BTreeMap;

use super::column::{About, Column, RUBRIC, column};
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::{Answer, Moment, ReviewerId, Submission};
use crate::panel::{Key, Ratings, Value, sealed_ratings};
use crate::protocol::{Particulars, redact};
use crate::rubric::Criterion;
use crate::scorecard::{Evidence, Material, Rating, Work};
use crate::text::SafeText;

/// The cell of a ratings table's column.
type OfRating = fn(&Key, Value) -> Cell;

/// The ratings table: the first columns of the long one, and those without which it cannot be read back.
const RATINGS: [Column<OfRating>; 5] = [
    column("candidate", "the source's id of the candidate", |key, _| Cell::id(&key.candidate)),
    column("question", "the rubric's id of the question", |key, _| Cell::slug(&key.question)),
    column("criterion", "the rubric's id of the criterion", |key, _| Cell::slug(&key.criterion)),
    column("reviewer", "the reviewer's pseudonym", |key, _| Cell::id(&key.reviewer)),
    column(
        "value",
        "a point of the scale; NO not observed, NA not answered, TF technical fault, RC stepped aside, empty not yet",
        |_, value| match value {
            Value::Point(point) => Cell::Number(point.value()),
            Value::NotYet => Cell::Empty,
            code => Cell::word(code),
        },
    ),
];

/// The cell of a long table's column beyond those of the ratings table.
type OfRow = for<'a> fn(&Row<'a>) -> Cell;

/// The columns that stand between the rating and the rubric.
const REST: &[Column<OfRow>] = &[
    column("weight", "the criterion's weight", |row| Cell::number(Some(row.criterion.weight))),
    column("scale_min", "the scale's lowest point", |row| Cell::Integer(row.of.sources.rubric.scale.min.into())),
    column("scale_max", "the scale's highest point", |row| Cell::Integer(row.of.sources.rubric.scale.max.into())),
    column("comment", "the rating's reason and the notes on the answer", |row| {
        row.of.comment(row.answer, row.rating.and_then(|rating| rating.reason.as_ref()))
    }),
    column("evidence_start", "where the first evidence begins: seconds, in a written answer characters", |row| {
        row.evidence.first().map_or(Cell::Empty, |evidence| row.place(evidence.span.start))
    }),
    column("evidence_end", "where the first evidence ends: seconds, in a written answer characters", |row| {
        row.evidence.first().map_or(Cell::Empty, |evidence| row.place(evidence.span.end))
    }),
    column("evidence_quote", "what was said there", |row| match row.evidence.first() {
        Some(evidence) => Cell::Text(redact(evidence.quote.raw(), &row.of.particulars).into_owned()),
        None => Cell::Empty,
    }),
    column("evidence_count", "how many stretches of evidence there are", |row| Cell::count(Some(row.evidence.len()))),
    column("heard_share", "how much of the answer's speech the reviewer heard, 0 to 1", |row| row.of.heard_share(row.answer)),
    column("rated_at", "when it was rated, UTC", |row| row.rating.map_or(Cell::Empty, |rating| Cell::word(rating.at))),
    column("revised_from", "the value before it was changed", |row| {
        row.rating.and_then(|rating| rating.revised_from).map_or(Cell::Empty, |from| Cell::word(Value::from(from)))
    }),
    column("after_reveal", "whether it was given after others' ratings showed: yes or no", |row| {
        let reveal = row.of.sources.rules.protocol.reveal;
        row.rating.map_or(Cell::Empty, |rating| Cell::yes(rating.is_after_reveal(reveal)))
    }),
    column("stale", "whether it is of an older recording: yes or no", |row| {
        row.rating.map_or(Cell::Empty, |rating| Cell::yes(rating.is_stale(row.answer.revision)))
    }),
];

/// The last column.
const NAMES_HIDDEN: Column<OfRow> = column("names_hidden", "whether the reviewer rated without the name: yes or no", |row| {
    let (hides, knows) = (row.of.sources.rules.protocol.hide_names, row.of.work.knows_name(row.of.submission.id));
    Cell::yes(hides && !knows)
});

/// The names of the long table's columns. The first five are the ratings table.
pub(super) fn long_names() -> impl Iterator<Item = &'static str> {
    let (ratings, rest, rubric) = (RATINGS.iter().map(|c| c.name), REST.iter().map(|c| c.name), RUBRIC.iter().map(|c| c.name));
    ratings.chain(rest).chain(rubric).chain([NAMES_HIDDEN.name])
}

/// The names of the ratings table's columns.
pub(super) const RATINGS_NAMES: [&str; 5] = [RATINGS[0].name, RATINGS[1].name, RATINGS[2].name, RATINGS[3].name, RATINGS[4].name];

/// What the long table's columns hold, in their order; the first five are the ratings table.
pub fn long_columns() -> Vec<About> {
    fn about<F>(column: &Column<F>) -> About {
        About { name: column.name.to_owned(), description: column.about }
    }
    let (ratings, rest, rubric) = (RATINGS.iter().map(about), REST.iter().map(about), RUBRIC.iter().map(about));
    ratings.chain(rest).chain(rubric).chain([about(&NAMES_HIDDEN)]).collect()
}

/// A table of ratings with nothing beside it: the first five columns of the long table.
pub fn ratings_table(ratings: &Ratings) -> Table {
    let rows = ratings.iter().map(|(key, value)| RATINGS.iter().map(|column| (column.cell)(key, value)).collect());
    Table { name: "ratings".to_owned(), columns: RATINGS_NAMES.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// The long table of the sealed scorecards that may be seen, in the order of its keys.
pub fn long(sources: &Sources) -> Exported {
    let taken = sealed_ratings(sources.visible, sources.batch, sources.rubric);
    let names = sources.visible.pseudonyms();
    let mut rows: BTreeMap<Key, Vec<Cell>> = BTreeMap::new();
    for submission in &sources.batch.submissions {
        for (reviewer, work) in &sources.visible.works {
            let of =
                Scorecard { sources, submission, work, reviewer: *reviewer, particulars: Particulars::of(&submission.candidate) };
            of.add_rows(&taken.ratings, &names[reviewer], &mut rows);
        }
    }
    let columns = long_names().map(str::to_owned).collect();
    let table = Table { name: "long".to_owned(), columns, rows: rows.into_values().collect() };
    Exported { table, left_out: taken.left_out }
}

/// One reviewer's scorecard of one submission.
struct Scorecard<'a> {
    sources: &'a Sources<'a>,
    submission: &'a Submission,
    work: &'a Work,
    reviewer: ReviewerId,
    particulars: Particulars,
}

impl Scorecard<'_> {
    fn add_rows(&self, ratings: &Ratings, name: &SafeText, rows: &mut BTreeMap<Key, Vec<Cell>>) {
        let visible = self.sources.visible;
        for answer in &self.submission.answers {
            let Some(question) = visible.rubric_question(&answer.question) else { continue };
            for criterion in visible.criteria(self.sources.rubric, &answer.question) {
                let key = Key {
                    candidate: self.submission.candidate.source_id.clone(),
                    question: question.clone(),
                    criterion: criterion.id.clone(),
                    reviewer: name.clone(),
                };
                // Only what is sealed is in the ratings.
                if let Some(value) = ratings.get(&key) {
                    let row = self.row(&key, value, answer, criterion);
                    rows.insert(key, row);
                }
            }
        }
    }

    fn row(&self, key: &Key, value: Value, answer: &Answer, criterion: &Criterion) -> Vec<Cell> {
        let mut evidence: Vec<&Evidence> = self.work.evidence_for(answer.id, &criterion.id).collect();
        evidence.sort_by_key(|evidence| (evidence.span, evidence.at));
        let rating = self.work.rating(answer.id, &criterion.id);
        let row = Row { of: self, answer, criterion, rating, evidence };
        let of_rating = RATINGS.iter().map(|column| (column.cell)(key, value));
        let rest = REST.iter().map(|column| (column.cell)(&row));
        let rubric = RUBRIC.iter().map(|column| (column.cell)(self.sources));
        of_rating.chain(rest).chain(rubric).chain([(NAMES_HIDDEN.cell)(&row)]).collect()
    }

    /// The reason of the rating and the notes on the answer, without what tells who the candidate is.
    fn comment(&self, answer: &Answer, reason: Option<&SafeText>) -> Cell {
        let notes = self.work.notes_on(answer.id).map(|note| &note.text);
        let all: Vec<&str> = reason.into_iter().chain(notes).map(SafeText::raw).collect();
        if all.is_empty() { Cell::Empty } else { Cell::Text(redact(&all.join("\n"), &self.particulars).into_owned()) }
    }

    fn heard_share(&self, answer: &Answer) -> Cell {
        let material = self.sources.materials.get(&answer.id).unwrap_or(&Material::Unknown);
        // One who stepped aside heard nothing that counts.
        let counts = !self.work.recused.contains_key(&self.submission.id) && self.sources.visible.work(self.reviewer).is_some();
        let share = self.work.heard_share(answer.id, answer.revision, material).fraction();
        Cell::number(share.filter(|_| counts))
    }
}

/// One rating with what stands beside it.
struct Row<'a> {
    of: &'a Scorecard<'a>,
    answer: &'a Answer,
    criterion: &'a Criterion,
    rating: Option<&'a Rating>,
    /// In the order of the answer.
    evidence: Vec<&'a Evidence>,
}

impl Row<'_> {
    /// A moment of the answer: characters where it is written.
    fn place(&self, moment: Moment) -> Cell {
        match self.of.sources.materials.get(&self.answer.id) {
            Some(Material::Text { .. }) => Cell::Integer(moment.0.into()),
            _ => Cell::number(Some(moment.seconds())),
        }
    }
}

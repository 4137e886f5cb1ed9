//! The long table: one row for each candidate, question, criterion and reviewer.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::assistance;
use super::column::{About, Column, Kind, RUBRIC, column};
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::{Answer, Moment, ReviewerId, Submission};
use crate::panel::{Key, Ratings, Value, add_sealed};
use crate::protocol::Hides;
use crate::rubric::{Criterion, Observed};
use crate::scorecard::{Evidence, Material, Rating, Reconciliation, Work};
use crate::text::SafeText;

/// The cell of a ratings table's column.
type OfRating = fn(&Key, Value) -> Cell;

/// The ratings table: the first columns of the long one, and those without which it cannot be read back.
const RATINGS: [Column<OfRating>; 5] = [
    column("candidate", Kind::Id, "", "the source's id of the candidate", |key, _| Cell::id(&key.candidate)),
    column("question", Kind::Id, "", "the rubric's id of the question", |key, _| Cell::slug(&key.question)),
    column("criterion", Kind::Id, "", "the rubric's id of the criterion", |key, _| Cell::slug(&key.criterion)),
    column("reviewer", Kind::Id, "", "the reviewer's pseudonym", |key, _| Cell::id(&key.reviewer)),
    column(
        "value",
        Kind::Value,
        "points",
        "a point of the scale; NO not observed, NA not answered, TF technical fault, RC stepped aside, empty not yet",
        |_, given| value(given),
    ),
];

/// The cell of a long table's column beyond those of the ratings table.
type OfRow = for<'a> fn(&Row<'a>) -> Cell;

const PLACE: &str = "seconds; characters of a written answer";

/// The columns that stand between the rating and the rubric.
const REST: &[Column<OfRow>] = &[
    column("weight", Kind::Number, "as the rubric says", "the criterion's weight", |row| Cell::number(Some(row.criterion.weight))),
    column("scale_min", Kind::Integer, "points", "the scale's lowest point", |row| {
        Cell::Integer(row.of.sources.rubric.scale.min.into())
    }),
    column("scale_max", Kind::Integer, "points", "the scale's highest point", |row| {
        Cell::Integer(row.of.sources.rubric.scale.max.into())
    }),
    column("comment", Kind::Text, "", "the rating's reason and the notes on the answer", |row| {
        row.of.comment(row.answer, row.rating.and_then(|rating| rating.reason.as_ref()))
    }),
    column("evidence_start", Kind::Number, PLACE, "where the first evidence begins", |row| {
        row.evidence.first().map_or(Cell::Empty, |evidence| row.place(evidence.span.start))
    }),
    column("evidence_end", Kind::Number, PLACE, "where the first evidence ends", |row| {
        row.evidence.first().map_or(Cell::Empty, |evidence| row.place(evidence.span.end))
    }),
    column("evidence_quote", Kind::Text, "", "what was said there", |row| match row.evidence.first() {
        Some(evidence) => Cell::Text(row.of.hides.cover(evidence.quote.raw())),
        None => Cell::Empty,
    }),
    column("evidence_count", Kind::Integer, "stretches", "how much evidence there is", |row| Cell::count(Some(row.evidence.len()))),
    column("heard_share", Kind::Number, "share, 0 to 1", "how much of the answer's speech the reviewer heard", |row| {
        row.of.heard_share(row.answer)
    }),
    column("rated_at", Kind::Time, "UTC", "when it was rated", |row| {
        row.rating.map_or(Cell::Empty, |rating| Cell::word(rating.at))
    }),
    column("revised_from", Kind::Value, "points", "the value before it was changed", |row| {
        row.rating.and_then(|rating| rating.revised_from).map_or(Cell::Empty, |from| value(from.into()))
    }),
    column("after_reveal", Kind::YesNo, "", "whether it was given after others' ratings showed", |row| {
        let reveal = row.of.sources.rules.protocol.reveal;
        row.rating.map_or(Cell::Empty, |rating| Cell::yes(rating.is_after_reveal(reveal)))
    }),
    column("stale", Kind::YesNo, "", "whether it is of an older recording", |row| {
        row.rating.map_or(Cell::Empty, |rating| Cell::yes(rating.is_stale(row.answer.revision)))
    }),
    column(
        "agreed_value",
        Kind::Value,
        "points",
        "what reviewers agreed on afterwards, a third value; no figure rests on it",
        |row| row.agreed().map_or(Cell::Empty, |(_, agreed)| value(agreed.observed.into())),
    ),
    column("agreed_by", Kind::Word, "", "the pseudonym of who wrote down last what was agreed", |row| {
        row.agreed().map_or(Cell::Empty, |(by, _)| row.of.people([&by].into_iter()))
    }),
    column("agreed_with", Kind::Word, "", "the pseudonyms of the others who had rated it", |row| {
        row.agreed().map_or(Cell::Empty, |(_, agreed)| row.of.people(agreed.with.iter()))
    }),
    column("agreed_otherwise", Kind::Word, "", "who wrote down another value as agreed, and which: their last", |row| {
        row.agreed_otherwise()
    }),
    column("agreed_reason", Kind::Text, "", "why they agreed on it", |row| {
        row.agreed().map_or(Cell::Empty, |(_, agreed)| Cell::Text(row.of.hides.cover(agreed.reason.raw())))
    }),
];

/// The last columns: under what a rating was given.
const UNDER: &[Column<OfRow>] = &[
    column(
        "names_hidden",
        Kind::YesNo,
        "",
        "whether the candidate's name was hidden from the reviewer when the rating was given",
        |row| {
            let rubric = row.of.sources.rubric.protocol.hide_names;
            row.rating.map_or(Cell::Empty, |rating| Cell::yes(rating.name_was_hidden(rubric)))
        },
    ),
    column(
        "machine_assistance",
        Kind::Word,
        "",
        "what of machines the reviewer had beside the recording, whenever that was: a transcript, statements seen with version and \
         digest, or none",
        |row| match row.of.counts() {
            true => assistance::cell(assistance::had(row.of.sources, row.of.submission, row.answer, row.of.work)),
            false => Cell::Empty,
        },
    ),
    column(
        "machine_before_rating",
        Kind::Word,
        "",
        "the statements among them that the reviewer had seen when this value was given, or none",
        |row| {
            let had_seen =
                |rating: &Rating| assistance::cell(assistance::had_seen(row.of.submission, row.answer, row.of.work, rating.stands));
            row.rating.map_or(Cell::Empty, had_seen)
        },
    ),
];

/// A rating as a cell: a number, or its code.
pub(super) fn value(given: Value) -> Cell {
    match given {
        Value::Point(point) => Cell::Number(point.value()),
        Value::NotYet => Cell::Empty,
        code => Cell::word(code),
    }
}

/// The names of the long table's columns. The first five are the ratings table.
pub(super) fn long_names() -> impl Iterator<Item = &'static str> {
    let (ratings, rest, rubric) = (RATINGS.iter().map(|c| c.name), REST.iter().map(|c| c.name), RUBRIC.iter().map(|c| c.name));
    ratings.chain(rest).chain(rubric).chain(UNDER.iter().map(|c| c.name))
}

/// The names of those that hold yes or no.
pub(super) fn yes_or_no_names() -> impl Iterator<Item = &'static str> {
    REST.iter().chain(UNDER).filter(|column| column.kind == Kind::YesNo).map(|column| column.name)
}

/// The names of the ratings table's columns.
pub(super) const RATINGS_NAMES: [&str; 5] = [RATINGS[0].name, RATINGS[1].name, RATINGS[2].name, RATINGS[3].name, RATINGS[4].name];

/// What the ratings table's columns hold: they are the first of the long table.
pub(super) fn ratings_columns() -> Vec<About> {
    RATINGS.iter().map(Column::about).collect()
}

/// What the long table's columns hold, in their order; the first five are the ratings table.
pub fn long_columns() -> Vec<About> {
    let (rest, rubric) = (REST.iter().map(Column::about), RUBRIC.iter().map(Column::about));
    ratings_columns().into_iter().chain(rest).chain(rubric).chain(UNDER.iter().map(Column::about)).collect()
}

/// A table of ratings with nothing beside it: the first five columns of the long table.
pub fn ratings_table(ratings: &Ratings) -> Table {
    let rows = ratings.iter().map(|(key, value)| RATINGS.iter().map(|column| (column.cell)(key, value)).collect());
    Table { name: "ratings".to_owned(), columns: RATINGS_NAMES.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// The long table of the sealed scorecards that may be seen and are chosen, in the order of its keys.
pub fn long(sources: &Sources) -> Exported {
    let mut table = Table { name: "long".to_owned(), columns: long_names().map(str::to_owned).collect(), rows: Vec::new() };
    let all: Result<(), Infallible> = each_long(sources, &mut |cells| {
        table.rows.push(cells.to_vec());
        Ok(())
    });
    let Ok(()) = all;
    Exported { table, left_out: sources.left_out(), not_ready: sources.not_ready() }
}

/// Gives the long table's rows one by one, in its order; no more than one candidate's are in memory.
///
/// # Errors
/// What `take` says; nothing more is given then.
pub fn each_long<E>(sources: &Sources, take: &mut dyn FnMut(&[Cell]) -> Result<(), E>) -> Result<(), E> {
    let (names, everyone) = (sources.visible.pseudonyms(), sources.everyone());
    let of_rubric = RUBRIC.map(|column| (column.cell)(sources));
    let mut by_candidate: BTreeMap<&SafeText, Vec<&Submission>> = BTreeMap::new();
    for submission in sources.chosen() {
        by_candidate.entry(&submission.candidate.source_id).or_default().push(submission);
    }
    for submissions in by_candidate.into_values() {
        let (mut ratings, mut rows) = (Ratings::default(), BTreeMap::new());
        for submission in &submissions {
            add_sealed(&mut ratings, sources.visible, sources.rubric, submission, &names);
        }
        for submission in submissions {
            for (reviewer, work) in &sources.visible.works {
                let hides = Hides::of(&submission.candidate, &everyone);
                let of = Scorecard { sources, submission, work, reviewer: *reviewer, hides };
                of.each_rating(&ratings, &names[reviewer], |key, value, answer, criterion| {
                    let row = of.row(&key, value, answer, criterion, &of_rubric);
                    rows.insert(key, row);
                });
            }
        }
        rows.into_values().try_for_each(|row: Vec<Cell>| take(&row))?;
    }
    Ok(())
}

/// One reviewer's scorecard of one submission.
pub(super) struct Scorecard<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) submission: &'a Submission,
    pub(super) work: &'a Work,
    pub(super) reviewer: ReviewerId,
    pub(super) hides: Hides<'a>,
}

impl Scorecard<'_> {
    /// Gives each rating of the scorecard that is in `ratings`, where only what is sealed is.
    pub(super) fn each_rating(&self, ratings: &Ratings, name: &SafeText, mut take: impl FnMut(Key, Value, &Answer, &Criterion)) {
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
                if let Some(value) = ratings.get(&key) {
                    take(key, value, answer, criterion);
                }
            }
        }
    }

    fn row(&self, key: &Key, value: Value, answer: &Answer, criterion: &Criterion, of_rubric: &[Cell]) -> Vec<Cell> {
        let mut evidence: Vec<&Evidence> = self.work.evidence_for(answer.id, &criterion.id).collect();
        evidence.sort_by_key(|evidence| (evidence.span, evidence.at));
        let rating = self.work.rating(answer.id, &criterion.id);
        let row = Row { of: self, answer, criterion, rating, evidence };
        let of_rating = RATINGS.iter().map(|column| (column.cell)(key, value));
        let rest = REST.iter().map(|column| (column.cell)(&row));
        let under = UNDER.iter().map(|column| (column.cell)(&row));
        of_rating.chain(rest).chain(of_rubric.iter().cloned()).chain(under).collect()
    }

    /// The reason of the rating and the notes on the answer, without what tells who the candidate is, or names another.
    fn comment(&self, answer: &Answer, reason: Option<&SafeText>) -> Cell {
        let notes = self.work.notes_on(answer.id).map(|note| &note.text);
        let all: Vec<&str> = reason.into_iter().chain(notes).map(SafeText::raw).collect();
        if all.is_empty() { Cell::Empty } else { Cell::Text(self.hides.cover(&all.join("\n"))) }
    }

    fn people<'r>(&self, who: impl Iterator<Item = &'r ReviewerId>) -> Cell {
        let known = self.sources.visible.pseudonyms();
        let name = |id: &ReviewerId| known.get(id).cloned().unwrap_or_else(|| self.sources.visible.pseudonym(*id)).to_string();
        let names: Vec<String> = who.map(name).collect();
        Cell::word(names.join(", "))
    }

    fn heard_share(&self, answer: &Answer) -> Cell {
        let material = self.sources.materials.get(&answer.id).unwrap_or(&Material::Unknown);
        let share = self.work.heard_share(answer.id, answer.revision, material).fraction();
        Cell::number(share.filter(|_| self.counts()))
    }

    /// Whether it counts: one who stepped aside heard and saw nothing that does.
    fn counts(&self) -> bool {
        !self.work.recused.contains_key(&self.submission.id) && self.sources.visible.work(self.reviewer).is_some()
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
    /// What was agreed on this value, by whoever gave it.
    fn agreed(&self) -> Option<(ReviewerId, &Reconciliation)> {
        self.of.sources.visible.agreed(self.answer.id, &self.criterion.id)
    }

    /// Who wrote down something else, and what.
    fn agreed_otherwise(&self) -> Cell {
        let visible = self.of.sources.visible;
        let (known, others) = (visible.pseudonyms(), visible.agreed_otherwise(self.answer.id, &self.criterion.id));
        let each = others.into_iter().map(|(who, one)| {
            let name = known.get(&who).cloned().unwrap_or_else(|| visible.pseudonym(who));
            let value = match one.observed {
                Observed::Point(point) => point.to_string(),
                Observed::NotObserved => "NO".to_owned(),
                Observed::TechnicalFault => "TF".to_owned(),
            };
            format!("{name} {value}")
        });
        let each: Vec<String> = each.collect();
        if each.is_empty() { Cell::Empty } else { Cell::word(each.join(", ")) }
    }

    /// A moment of the answer: characters where it is written.
    fn place(&self, moment: Moment) -> Cell {
        match self.of.sources.materials.get(&self.answer.id) {
            Some(Material::Text { .. }) => Cell::number(Some(moment.0.into())),
            _ => Cell::number(Some(moment.seconds())),
        }
    }
}

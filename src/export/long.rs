//! The long table: one row for each candidate, question, criterion and reviewer.

use std::collections::BTreeMap;

use super::table::{Cell, Exported, Sources, Table};
use crate::interview::{Answer, ReviewerId, Submission};
use crate::panel::{Key, Ratings, Value, sealed_ratings};
use crate::protocol::{Particulars, redact};
use crate::rubric::Criterion;
use crate::scorecard::{Material, Work};
use crate::text::SafeText;

/// The long table's columns. The first five are the ratings table.
///
/// `evidence_start` and `evidence_end` are seconds from the answer's start (characters in a written answer) of the first
/// evidence, `evidence_count` says how many there are; `heard_share` is from 0 to 1; `rated_at` is UTC.
pub const LONG: [&str; 24] = [
    "candidate",
    "question",
    "criterion",
    "reviewer",
    "value",
    "weight",
    "scale_min",
    "scale_max",
    "comment",
    "evidence_start",
    "evidence_end",
    "evidence_quote",
    "evidence_count",
    "heard_share",
    "rated_at",
    "revised_from",
    "after_reveal",
    "stale",
    "rubric_id",
    "rubric_version",
    "scoring_hash",
    "text_hash",
    "preset",
    "names_hidden",
];

/// A table of ratings with nothing beside it: the first five columns of [`LONG`].
pub fn ratings_table(ratings: &Ratings) -> Table {
    let rows = ratings.iter().map(|(key, value)| key_cells(key, value).to_vec());
    Table { name: "ratings".to_owned(), columns: LONG[..5].iter().map(|name| (*name).to_owned()).collect(), rows: rows.collect() }
}

fn key_cells(key: &Key, value: Value) -> [Cell; 5] {
    let value = match value {
        Value::Point(point) => Cell::Number(point.value()),
        Value::NotYet => Cell::Empty,
        code => Cell::word(code),
    };
    [Cell::id(&key.candidate), Cell::slug(&key.question), Cell::slug(&key.criterion), Cell::id(&key.reviewer), value]
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
    let columns = LONG.iter().map(|name| (*name).to_owned()).collect();
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
        let (scale, rules) = (&self.sources.rubric.scale, self.sources.rules);
        let rating = self.work.rating(answer.id, &criterion.id);
        let reveal = rules.protocol.reveal;
        let hidden = rules.protocol.hide_names && !self.work.knows_name(self.submission.id);
        let mut row = key_cells(key, value).to_vec();
        row.extend([
            Cell::number(Some(criterion.weight)),
            Cell::Integer(scale.min.into()),
            Cell::Integer(scale.max.into()),
            self.comment(answer, rating.and_then(|rating| rating.reason.as_ref())),
        ]);
        row.extend(self.evidence(answer, criterion));
        row.extend([
            self.heard_share(answer),
            rating.map_or(Cell::Empty, |rating| Cell::word(rating.at)),
            rating.and_then(|rating| rating.revised_from).map_or(Cell::Empty, |from| Cell::word(Value::from(from))),
            rating.map_or(Cell::Empty, |rating| Cell::yes(rating.is_after_reveal(reveal))),
            rating.map_or(Cell::Empty, |rating| Cell::yes(rating.is_stale(answer.revision))),
        ]);
        row.extend(rubric_cells(self.sources));
        row.push(Cell::yes(hidden));
        row
    }

    /// The reason of the rating and the notes on the answer, without what tells who the candidate is.
    fn comment(&self, answer: &Answer, reason: Option<&SafeText>) -> Cell {
        let notes = self.work.notes_on(answer.id).map(|note| &note.text);
        let all: Vec<&str> = reason.into_iter().chain(notes).map(SafeText::raw).collect();
        if all.is_empty() { Cell::Empty } else { Cell::Text(redact(&all.join("\n"), &self.particulars).into_owned()) }
    }

    fn evidence(&self, answer: &Answer, criterion: &Criterion) -> [Cell; 4] {
        let mut all: Vec<_> = self.work.evidence_for(answer.id, &criterion.id).collect();
        all.sort_by_key(|evidence| (evidence.span, evidence.at));
        let Some(first) = all.first() else { return [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Integer(0)] };
        let written = self.sources.materials.get(&answer.id).is_some_and(|material| matches!(material, Material::Text { .. }));
        let place = |moment: crate::interview::Moment| match written {
            true => Cell::Integer(moment.0.into()),
            false => Cell::number(Some(moment.seconds())),
        };
        let quote = redact(first.quote.raw(), &self.particulars).into_owned();
        [place(first.span.start), place(first.span.end), Cell::Text(quote), Cell::count(Some(all.len()))]
    }

    fn heard_share(&self, answer: &Answer) -> Cell {
        let material = self.sources.materials.get(&answer.id).unwrap_or(&Material::Unknown);
        // One who stepped aside heard nothing that counts.
        let counts = !self.work.recused.contains_key(&self.submission.id) && self.sources.visible.work(self.reviewer).is_some();
        let share = self.work.heard_share(answer.id, answer.revision, material).fraction();
        Cell::number(share.filter(|_| counts))
    }
}

/// Rubric id and version, its two hashes as they were attached, and the preset.
pub(super) fn rubric_cells(sources: &Sources) -> [Cell; 5] {
    let attachment = sources.visible.attachment.as_ref();
    let hash =
        |digest: Option<crate::interview::Digest>| digest.map_or(Cell::Empty, |digest| Cell::word(format!("sha256:{digest}")));
    let preset = serde_json::to_value(sources.rules.protocol.preset).ok();
    [
        Cell::slug(&sources.rubric.id),
        Cell::text(Some(&sources.rubric.version)),
        hash(attachment.map(|attachment| attachment.rubric_hash)),
        hash(attachment.map(|attachment| attachment.text_hash)),
        preset.as_ref().and_then(serde_json::Value::as_str).map_or(Cell::Empty, Cell::word),
    ]
}

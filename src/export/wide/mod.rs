//! The wide table: one row for each candidate and application.

mod row;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use self::row::Row;
use super::application::{applications, further_ids, id};
use super::column::{About, Column, Kind, RUBRIC, column};
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::Digest;
use crate::panel::{Panel, Scheme, Spread, sealed_ratings};
use crate::protocol::{Hides, is_ready};
use crate::rubric::{Rubric, canonical_json};

/// The cell of one of a criterion's figures.
type OfSpread = fn(Option<&Spread>) -> Cell;

/// A group of columns, in the order of the table.
enum Group {
    /// One column.
    One(Column<for<'a> fn(&Row<'a>) -> Cell>),
    /// One column for each further id that the ATS gave, named `id.NAME`.
    EachId(Column<()>),
    /// The rubric's columns.
    Rubric,
    /// For each criterion of the rubric one column of each of these, named `QUESTION.CRITERION.name`.
    EachCriterion(&'static [Column<OfSpread>]),
    /// For each criterion of the rubric what reviewers agreed on afterwards, named `QUESTION.CRITERION.agreed`.
    EachAgreed(Column<()>),
    /// One column for each must-have of the rubric, named `must_have.ID`.
    EachMustHave(Column<()>),
}

const fn one(name: &'static str, kind: Kind, unit: &'static str, about: &'static str, cell: for<'a> fn(&Row<'a>) -> Cell) -> Group {
    Group::One(column(name, kind, unit, about, cell))
}

/// The wide table's columns, but for the last. The intervals of total and rank come from drawing reviewers anew.
static WIDE: &[Group] = &[
    one("candidate", Kind::Id, "", "the source's id of the candidate", |row| Cell::id(&row.submission.candidate.source_id)),
    one("application_system", Kind::Id, "", "the system in which the application is", |row| id(row.application.system.as_ref())),
    one("application_id", Kind::Id, "", "the application's id in that system", |row| id(row.application.id.as_ref())),
    one("requisition", Kind::Id, "", "the job opening's id in that system", |row| id(row.application.requisition.as_ref())),
    Group::EachId(column("id.NAME", Kind::Id, "", "a further id that the ATS gave with the application", ())),
    Group::Rubric,
    one("reviewers_counted", Kind::Integer, "reviewers", "whose sealed scorecards count", |row| {
        Cell::count(Some(row.reviewers().len()))
    }),
    one("reviewers_required", Kind::Integer, "reviewers", "how many the policy asks", |row| {
        Cell::count(Some(row.sources.rules.policy.min_reviewers))
    }),
    one("complete", Kind::YesNo, "", "whether everyone who should has sealed", |row| {
        Cell::yes(is_ready(row.sources.visible, row.sources.rules, row.submission.id))
    }),
    one("status", Kind::Word, "", "ranked, provisional, blocked or none", |row| Cell::named(&row.ranked.status)),
    one("coverage", Kind::Number, "share, 0 to 1", "how much of the weight was observed", |row| {
        Cell::number(Some(row.ranked.coverage))
    }),
    one("total", Kind::Number, "percent of the maximum, 0 to 100", "criterion means, weighted", |row| {
        Cell::number(row.ranked.total.value())
    }),
    one("total_low", Kind::Number, "percent of the maximum", "the total's interval: low end", |row| {
        Cell::number(row.total_interval().0)
    }),
    one("total_high", Kind::Number, "percent of the maximum", "the total's interval: high end", |row| {
        Cell::number(row.total_interval().1)
    }),
    one("mean_points", Kind::Number, "points", "the weighted mean: the total in points of the scale", |row| {
        Cell::number(row.ranked.mean_points)
    }),
    one("spread", Kind::Number, "percent of the maximum", "the standard deviation among reviewers' own totals", |row| {
        Cell::number(row.ranked.spread.value())
    }),
    one(
        "rank",
        Kind::Integer,
        "rank",
        "1 is the best; equal totals share a rank; among all who have sealed scorecards, so none where only some were handed over",
        |row| Cell::count(row.among_all(row.ranked.rank)),
    ),
    one("rank_low", Kind::Integer, "rank", "the best rank that it may have", |row| {
        Cell::count(row.among_all(row.ranked.range.ends()).map(|(low, _)| low))
    }),
    one("rank_high", Kind::Integer, "rank", "the worst rank that it may have", |row| {
        Cell::count(row.among_all(row.ranked.range.ends()).map(|(_, high)| high))
    }),
    Group::EachCriterion(&[
        column("mean", Kind::Number, "points", "the mean of the reviewers' points", |spread| {
            Cell::number(spread.map(|spread| spread.mean))
        }),
        column("min", Kind::Number, "points", "the lowest of them", |spread| Cell::number(spread.map(|spread| spread.min))),
        column("max", Kind::Number, "points", "the highest of them", |spread| Cell::number(spread.map(|spread| spread.max))),
        column("n", Kind::Integer, "reviewers", "how many there are", |spread| {
            Cell::count(Some(spread.map_or(0, |spread| spread.n)))
        }),
    ]),
    Group::EachAgreed(column(
        "agreed",
        Kind::Value,
        "points",
        "what reviewers agreed on afterwards; it is in no mean, total or rank",
        (),
    )),
    one("largest_disagreement", Kind::Number, "points", "the largest difference between two reviewers", |row| {
        Cell::number(row.ranked.largest_disagreement.as_ref().map(|most| most.points))
    }),
    one("largest_disagreement_in", Kind::Id, "", "where that is: QUESTION.CRITERION", |row| {
        let most = row.ranked.largest_disagreement.as_ref();
        most.map_or(Cell::Empty, |most| Cell::Id(format!("{}.{}", most.question, most.criterion)))
    }),
    one("recommendation", Kind::Word, "", "how often each was given, as in: yes 2, undecided 1", |row| row.recommendation()),
    Group::EachMustHave(column(
        "must_have.ID",
        Kind::Word,
        "",
        "what all reviewers found: yes, no or unclear; or that it differs",
        (),
    )),
    one("follow_ups", Kind::Text, "", "what to ask live, each once", |row| row.follow_ups()),
    one(
        "heard_share",
        Kind::Number,
        "share, 0 to 1",
        "speech heard by the reviewers who count, of what there was for them",
        |row| row.heard_share(),
    ),
    one(
        "machine_assistance",
        Kind::Word,
        "",
        "what of machines the reviewers had beside the recordings: transcripts, statements seen with version and digest, or none",
        |row| row.machine_assistance(),
    ),
    one("decision", Kind::Word, "", "advance, hold or decline", |row| {
        row.decided().map_or(Cell::Empty, |decided| Cell::named(&decided.decision))
    }),
    one("decided_by", Kind::Id, "", "the pseudonym of who decided", |row| {
        row.decided().map_or(Cell::Empty, |decided| row.name_of(decided.by))
    }),
    one("decided_at", Kind::Time, "UTC", "when", |row| row.decided().map_or(Cell::Empty, |decided| Cell::word(decided.at))),
    one("decision_reason", Kind::Text, "", "why", |row| row.decided().map_or(Cell::Empty, |decided| row.covered(&decided.reason))),
    one("decision_because", Kind::Word, "", "which reason of the short list it is, where it is one", |row| {
        row.decided().and_then(|decided| decided.because.as_ref()).map_or(Cell::Empty, Cell::word)
    }),
    one("decided_otherwise", Kind::Text, "", "who else decided otherwise on the same, how, and why: their last decisions", |row| {
        row.decided_otherwise()
    }),
    one(
        "against_ranking",
        Kind::Word,
        "",
        "how the decision goes against the ranking, where it does: declined_within_cut, advanced_below_declined, advanced_below_declined_unsure",
        |row| row.among_all(row.against()).map_or(Cell::Empty, |against| Cell::word(against.word())),
    ),
    one("decision_override", Kind::Text, "", "why before everyone was heard, where it was so", |row| {
        row.decided().and_then(|decided| decided.overrides.as_ref()).map_or(Cell::Empty, |reason| row.covered(reason))
    }),
    one("retain_until", Kind::Day, "", "when the data is due to be removed", |row| {
        row.submission.retain_until.or(row.sources.batch.retain_until).map_or(Cell::Empty, Cell::word)
    }),
];

/// The last column: tells one row's content from any other.
const ROW_DIGEST: Column<()> =
    column("row_digest", Kind::Word, "", "the SHA-256 of the row's other cells: the same as long as nothing in it changes", ());

impl Group {
    /// The columns as one table has them.
    fn of(&self, sources: &Sources) -> Vec<About> {
        match self {
            Group::EachId(column) => further_ids(sources).iter().map(|name| column.about_as(format!("id.{name}"))).collect(),
            Group::EachCriterion(figures) => {
                let rubric: &Rubric = sources.rubric;
                let all = rubric.criteria().flat_map(|pair| figures.iter().map(move |figure| (pair, figure)));
                all.map(|((question, criterion), figure)| {
                    figure.about_as(format!("{}.{}.{}", question.id, criterion.id, figure.name))
                })
                .collect()
            }
            Group::EachAgreed(column) => {
                let all = sources.rubric.criteria();
                all.map(|(question, criterion)| column.about_as(format!("{}.{}.agreed", question.id, criterion.id))).collect()
            }
            Group::EachMustHave(column) => {
                sources.rubric.must_haves.iter().map(|one| column.about_as(format!("must_have.{}", one.id))).collect()
            }
            general => general.about(),
        }
    }

    /// The columns in general.
    fn about(&self) -> Vec<About> {
        match self {
            Group::One(column) => vec![column.about()],
            Group::EachId(column) | Group::EachMustHave(column) => vec![column.about()],
            Group::EachAgreed(column) => vec![column.about_as("QUESTION.CRITERION.agreed".to_owned())],
            Group::Rubric => RUBRIC.iter().map(Column::about).collect(),
            Group::EachCriterion(figures) => {
                figures.iter().map(|figure| figure.about_as(format!("QUESTION.CRITERION.{}", figure.name))).collect()
            }
        }
    }

    fn cells(&self, row: &Row) -> Vec<Cell> {
        match self {
            Group::One(column) => vec![(column.cell)(row)],
            Group::EachId(_) => row.further.iter().map(|name| id(row.application.ids.get(name))).collect(),
            Group::Rubric => RUBRIC.iter().map(|column| (column.cell)(row.sources)).collect(),
            Group::EachCriterion(figures) => {
                let of = |spread: &Option<Spread>| figures.iter().map(|figure| (figure.cell)(spread.as_ref())).collect::<Vec<_>>();
                row.ranked.criteria.iter().flat_map(of).collect()
            }
            Group::EachAgreed(_) => row.agreed(),
            Group::EachMustHave(_) => row.must_haves(),
        }
    }
}

/// What the wide table's columns hold, in their order.
pub fn wide_columns() -> Vec<About> {
    WIDE.iter().flat_map(Group::about).chain([ROW_DIGEST.about()]).collect()
}

/// The columns that the wide table of one batch has.
pub(super) fn wide_header(sources: &Sources) -> Vec<About> {
    WIDE.iter().flat_map(|group| group.of(sources)).chain([ROW_DIGEST.about()]).collect()
}

/// The wide table of the sealed scorecards that may be seen and are chosen, ordered by candidate and application.
pub fn wide(sources: &Sources) -> Exported {
    let taken = sealed_ratings(sources.visible, sources.batch, sources.rubric);
    let panel = Panel::analyse(&taken.ratings, &Scheme::from_rubric(sources.rubric, &sources.rules.policy));
    let names = sources.visible.pseudonyms();
    let columns: Vec<String> = wide_header(sources).into_iter().map(|about| about.name).collect();
    let further = further_ids(sources);
    let (against, everyone) = (sources.against(&panel, None), sources.everyone());
    let mut rows = BTreeMap::new();
    for submission in sources.chosen() {
        let Some(ranked) = panel.of(&submission.candidate.source_id) else { continue };
        for application in applications(sources, submission) {
            let key = (submission.candidate.source_id.clone(), application.order(), submission.id);
            let hides = Hides::of(&submission.candidate, &everyone);
            let against = against.get(&submission.candidate.source_id);
            let row = Row { sources, submission, application, ranked, names: &names, hides, further: &further, against };
            let mut cells: Vec<Cell> = WIDE.iter().flat_map(|group| group.cells(&row)).collect();
            cells.push(digest(&columns, &cells));
            rows.insert(key, cells);
        }
    }
    let table = Table { name: "wide".to_owned(), columns, rows: rows.into_values().collect() };
    Exported { table, left_out: taken.left_out, not_ready: sources.not_ready() }
}

/// The digest of a row's content: the columns' names and values, in one spelling.
fn digest(columns: &[String], cells: &[Cell]) -> Cell {
    let object: Map<String, Value> = columns.iter().cloned().zip(cells.iter().map(Cell::to_json)).collect();
    Cell::word(format!("sha256:{}", Digest::of(canonical_json(&Value::Object(object)).as_bytes())))
}

//! A table as a value: named columns, rows of typed cells.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Number, Value, json};

use crate::interview::{Batch, Slug, Status, Submission};
use crate::panel::{Against, LeftOut, Panel, decided_against, in_the_running, left_out};
use crate::protocol::{Particulars, Rules, Visible, is_ready};
use crate::rubric::Rubric;
use crate::scorecard::Materials;
use crate::text::SafeText;

/// What stands in one cell. Only what people or other systems wrote can be mistaken for a formula.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// What a person wrote, raw.
    Text(String),
    /// An id that another system gave, as text: leading zeros stay.
    Id(String),
    /// A word of earmark's own: a state, a time, a hash.
    Word(String),
    /// A number that earmark computed; finite.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A person's text; nothing when there is none.
    pub fn text(text: Option<&SafeText>) -> Self {
        text.map_or(Cell::Empty, |text| Cell::Text(text.raw().to_owned()))
    }

    /// An id from outside.
    pub fn id(id: &SafeText) -> Self {
        Cell::Id(id.raw().to_owned())
    }

    /// An id that people write in rubrics and interviews.
    pub fn slug(slug: &Slug) -> Self {
        Cell::Id(slug.as_str().to_owned())
    }

    /// A word of earmark's own.
    pub fn word(word: impl ToString) -> Self {
        Cell::Word(word.to_string())
    }

    /// A value of earmark's own by its name in JSON.
    pub(super) fn named(value: &impl serde::Serialize) -> Self {
        let name = serde_json::to_value(value).ok();
        name.as_ref().and_then(Value::as_str).map_or(Cell::Empty, Cell::word)
    }

    /// `yes` or `no`.
    pub fn yes(yes: bool) -> Self {
        Cell::word(if yes { "yes" } else { "no" })
    }

    /// A number, to six decimals; nothing when there is none.
    pub fn number(number: Option<f64>) -> Self {
        match number.filter(|number| number.is_finite()) {
            // Adding zero turns -0 into 0.
            Some(number) => Cell::Number((number * 1e6).round() / 1e6 + 0.0),
            None => Cell::Empty,
        }
    }

    /// A count; nothing when there is none.
    pub fn count(count: Option<impl TryInto<i64>>) -> Self {
        count.and_then(|count| count.try_into().ok()).map_or(Cell::Empty, Cell::Integer)
    }

    /// The cell as a file holds it, unguarded.
    pub fn written(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Id(text) | Cell::Word(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Integer(number) => number.to_string(),
            Cell::Empty => String::new(),
        }
    }

    /// The cell as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Cell::Text(text) | Cell::Id(text) | Cell::Word(text) => json!(text),
            Cell::Number(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Cell::Integer(number) => json!(number),
            Cell::Empty => Value::Null,
        }
    }
}

/// Named columns, and rows that have a cell for each.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    /// What the table is called.
    pub name: String,
    /// The columns' names; criteria and must-haves bring ids of the rubric's author into them.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// A cell by row and column name.
    pub fn cell(&self, row: usize, column: &str) -> Option<&Cell> {
        self.rows.get(row)?.get(self.column(column)?)
    }

    /// The rows as objects, for `--json`.
    pub fn to_json(&self) -> Value {
        let object = |row: &Vec<Cell>| {
            let fields = self.columns.iter().zip(row).map(|(column, cell)| (column.clone(), cell.to_json()));
            Value::Object(fields.collect::<Map<_, _>>())
        };
        Value::Array(self.rows.iter().map(object).collect())
    }
}

/// What a table is made from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// What the person who exports may see; sealed scorecards alone are taken.
    pub visible: &'a Visible,
    /// The batch.
    pub batch: &'a Batch,
    /// The rubric that is attached to it.
    pub rubric: &'a Rubric,
    /// The rules that hold for it.
    pub rules: &'a Rules,
    /// What there is to hear in each answer.
    pub materials: &'a Materials,
    /// Whose rows are taken.
    pub choice: Choice,
    /// When they are asked for: whose time has run out then; none where that does not matter.
    pub now: Option<Timestamp>,
}

/// Whose rows are taken into a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// Those of submissions that enough reviewers have sealed, and everyone assigned and not released.
    #[default]
    Ready,
    /// Those of every sealed scorecard.
    Sealed,
}

impl<'a> Sources<'a> {
    /// The submissions in the running that are chosen.
    pub(super) fn chosen(&self) -> impl Iterator<Item = &'a Submission> {
        let sources = *self;
        in_the_running(sources.visible, sources.batch).filter(move |submission| sources.is_chosen(submission))
    }

    pub(super) fn is_chosen(&self, submission: &Submission) -> bool {
        self.choice == Choice::Sealed || is_ready(self.visible, self.rules, submission.id)
    }

    /// How what became of candidates goes against the ranking, by the source's id. Without `places` as many can be met as were
    /// advanced.
    pub(super) fn against(&self, panel: &Panel, places: Option<usize>) -> BTreeMap<SafeText, Against> {
        decided_against(panel, self.visible, self.batch, places)
    }

    /// What names the candidates of the batch: tables call them by the source's ids, in texts about others too.
    pub(super) fn everyone(&self) -> Particulars {
        Particulars::names_of(self.batch.submissions.iter().map(|one| &one.candidate), [])
    }

    /// What is not in any table: what nobody sealed, or the viewer may not see.
    pub(super) fn left_out(&self) -> LeftOut {
        left_out(self.visible, self.batch)
    }

    /// Of whom nothing came in: the time ran out, or they were invited alone.
    pub fn not_come(&self) -> Vec<NotCome> {
        let is_so = |one: &&Submission| matches!(one.status, Status::Invited | Status::Expired);
        let others = self.batch.submissions.iter().filter(is_so);
        let others = others.filter(|one| !self.visible.erased.contains_key(&one.candidate.id));
        others.map(|one| NotCome { candidate: one.candidate.source_id.clone(), status: one.status }).collect()
    }

    /// Those of whom sealed scorecards may be seen and who are not chosen, by the source's id.
    pub fn not_ready(&self) -> Vec<SafeText> {
        let has_sealed = |one: &&Submission| self.visible.sealed_by(one.id).next().is_some();
        let others = in_the_running(self.visible, self.batch).filter(|one| !self.is_chosen(one)).filter(has_sealed);
        others.map(|submission| submission.candidate.source_id.clone()).collect()
    }
}

/// Someone of whom nothing came in.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct NotCome {
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// Invited or expired.
    pub status: Status,
}

/// A table, and what is not in it.
#[derive(Clone, PartialEq, Debug)]
pub struct Exported {
    /// The table.
    pub table: Table,
    /// What nobody sealed, or the viewer may not see.
    pub left_out: LeftOut,
    /// Candidates with sealed scorecards who were not chosen, because they are not ready.
    pub not_ready: Vec<SafeText>,
}

//! What a person is told of an export: what is left out, what was guarded, which rows stayed behind.

use serde_json::Value;

use crate::cli::Context;
use crate::cli::panel::left_out_lines;
use crate::cli::words::many;
use crate::export::write::CellAt;
use crate::export::{Guard, Sources, Which};
use crate::interview::Problem;
use crate::panel::LeftOut;
use crate::runtime::exporting::{self, Format, Manner, Out};
use crate::text::SafeText;

/// As many places or names are told; the manifest has all.
const MOST: usize = 5;

/// What is told of a table.
pub(super) struct Told {
    /// The rows as objects, where they are asked for.
    pub(super) rows: Option<Value>,
    pub(super) left_out: LeftOut,
    pub(super) not_ready: Vec<SafeText>,
    /// Ids of applications that a system could not tell apart.
    pub(super) doubtful: Vec<SafeText>,
    /// Whether ranks are left out, as they would be among those who were handed over.
    pub(super) among_handed: bool,
}

impl Told {
    /// Taken while the table's sources are there. The rows are made again, because they were let go while they were written.
    pub(super) fn of(manner: Manner, sources: &Sources, to_file: bool, context: &Context) -> Self {
        let exported = context.out.wants_json().then(|| manner.which.table(sources)).filter(|_| !to_file);
        Told {
            rows: exported.map(|exported| exported.table.to_json()),
            left_out: crate::panel::left_out(sources.visible, sources.batch),
            not_ready: sources.not_ready(),
            doubtful: exporting::doubtful(manner, sources),
            among_handed: manner.which == Which::Wide && sources.visible.only_decides(),
        }
    }

    /// Whether a table of what was judged is without the candidates who are not ready, or of whom nothing counts yet.
    pub(super) fn has_nobody(&self, manner: Manner) -> bool {
        let is_of_judgements = !matches!(manner.which, Which::Analytics | Which::Reinvite | Which::Feedback);
        is_of_judgements && !(self.not_ready.is_empty() && self.left_out.candidates.is_empty())
    }

    /// Tells a person.
    pub(super) fn say(&self, manner: Manner, out: &Out, context: &Context) {
        left_out_lines(&self.left_out).iter().for_each(|line| context.out.remark(line));
        if let Some(line) = not_ready_told(&self.not_ready) {
            context.out.remark(line);
        }
        if self.among_handed {
            context
                .out
                .remark("Ranks are left out: they would be among those who were handed to you, and not among the whole batch.");
        }
        refused_told(out, context);
        for line in &self.doubtful {
            context.out.remark(format!("Which row is meant cannot be told by an importer: {line}."));
        }
        let guarded = out.found.guarded.len();
        if guarded > 0 {
            let cells = many(guarded, "cell");
            let what = match (manner.format, manner.guard) {
                (Format::Csv, Guard::Apostrophe) => "got an apostrophe",
                (Format::Csv, Guard::Quarantine) => "kept their rows out",
                _ => "stayed as they are",
            };
            context.out.remark(format!("{cells} could be taken for a formula and {what}."));
        }
        if let Some(line) = controls_told(out) {
            context.out.remark(line);
        }
    }
}

/// Who is left out for not being ready; nothing where nobody is.
pub(super) fn not_ready_told(candidates: &[SafeText]) -> Option<String> {
    let named = some(candidates.iter().map(SafeText::to_string));
    match candidates.len() {
        0 => None,
        1 => {
            Some(format!("1 candidate is left out, because not everyone who should has sealed: {named}. --rows sealed takes all."))
        }
        n => Some(format!(
            "{n} candidates are left out, because not everyone who should has sealed: {named}. --rows sealed takes all."
        )),
    }
}

/// A list of which the first few are named.
pub(in crate::cli) fn some(all: impl ExactSizeIterator<Item = String>) -> String {
    let count = all.len();
    let mut named: Vec<String> = all.take(MOST).collect();
    if count > MOST {
        named.push(format!("{} more", count - MOST));
    }
    named.join(", ")
}

/// Each cell that kept its row out, with row and column.
fn refused_told(out: &Out, context: &Context) {
    for one in &out.found.refused {
        let place = place(out, one.at);
        context.out.problem(&Problem::damage(&one.first, &place, &one.reason, &one.remedy));
    }
}

fn place(out: &Out, at: CellAt) -> String {
    let column = out.columns.get(at.column as usize).map_or("", |about| about.name.as_str());
    at.row.map_or_else(|| format!("header, {column}"), |row| format!("row {}, {column}", row + 1))
}

/// Which cells hold control characters, by line and column of the file as records are counted; nothing where none does.
fn controls_told(out: &Out) -> Option<String> {
    let all = &out.found.controls;
    if all.is_empty() {
        return None;
    }
    // The header is record 1.
    let column = |cell: &CellAt| out.columns.get(cell.column as usize).map_or("", |about| about.name.as_str());
    let place = |cell: &CellAt| format!("{} of record {}", column(cell), cell.row.map_or(1, |row| row + 2));
    let (cells, hold) = (many(all.len(), "cell"), if all.len() == 1 { "holds" } else { "hold" });
    let places = some(all.iter().map(place));
    Some(format!("{cells} {hold} control characters, which a terminal may obey; they are kept as they came in: {places}."))
}

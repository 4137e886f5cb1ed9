//! What a person is told of an export: what is left out, what was guarded, which rows stayed behind.

use serde_json::Value;

use crate::cli::Context;
use crate::cli::panel::left_out_lines;
use crate::cli::words::many;
use crate::export::mapping::Mapped;
use crate::export::write::CellAt;
use crate::export::{Guard, NotCome, Sources, Which};
use crate::interview::{Problem, Status};
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
    /// Of whom nothing came in.
    pub(super) not_come: Vec<NotCome>,
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
            not_come: sources.not_come(),
            doubtful: exporting::doubtful(manner, sources),
            among_handed: manner.which == Which::Wide && sources.visible.only_decides(),
        }
    }

    /// Whether a table of what was judged is without the candidates who are not ready, or of whom nothing counts yet.
    pub(super) fn has_nobody(&self, manner: Manner) -> bool {
        is_of_judgements(manner) && !(self.not_ready.is_empty() && self.left_out.candidates.is_empty())
    }

    /// Tells a person.
    pub(super) fn say(&self, manner: Manner, out: &Out, context: &Context) {
        left_out_lines(&self.left_out).iter().for_each(|line| context.out.remark(line));
        if let Some(line) = not_ready_told(&self.not_ready) {
            context.out.remark(line);
        }
        if let Some(line) = not_come_told(&self.not_come).filter(|_| is_of_judgements(manner)) {
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
        let guard = if manner.format == Format::Csv { manner.guard } else { Guard::Off };
        if let Some(line) = guarded_told(out.found.guarded.iter().map(|cell| place(out, *cell)), guard) {
            context.out.remark(line);
        }
        if let Some(line) = controls_told(out) {
            context.out.remark(line);
        }
    }
}

/// What happened to cells that could be taken for formulas, and which these are; nothing where there are none.
pub(in crate::cli) fn guarded_told(places: impl ExactSizeIterator<Item = String>, guard: Guard) -> Option<String> {
    let count = places.len();
    let what = match (guard, count == 1) {
        (Guard::Apostrophe, _) => "got an apostrophe",
        (Guard::Quarantine, true) => "kept its row out",
        (Guard::Quarantine, false) => "kept their rows out",
        (Guard::Off, true) => "stayed as it is",
        (Guard::Off, false) => "stayed as they are",
    };
    (count > 0).then(|| format!("{} could be taken for a formula and {what}: {}.", many(count, "cell"), some(places)))
}

/// Of whom nothing came in; nothing where there is nobody.
pub(in crate::cli) fn not_come_told(all: &[NotCome]) -> Option<String> {
    let status = |one: &NotCome| if one.status == Status::Expired { "expired" } else { "invited" };
    let named = some(all.iter().map(|one| format!("{} ({})", one.candidate, status(one))));
    (!all.is_empty()).then(|| format!("Of {} nothing came in, so that there is no row: {named}.", many(all.len(), "candidate")))
}

/// Whom the profile's filter leaves out; nothing where it leaves out nobody.
pub(in crate::cli) fn filtered_told(mapped: &Mapped) -> Option<String> {
    let rows = many(mapped.filtered, "row");
    let are = if mapped.filtered == 1 { "is" } else { "are" };
    let names = some(mapped.filtered_of.iter().map(ToString::to_string));
    (mapped.filtered > 0).then(|| format!("{rows} {are} left out by the profile's filter: {names}."))
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

/// Whether a table is of what was judged.
fn is_of_judgements(manner: Manner) -> bool {
    !matches!(manner.which, Which::Analytics | Which::Reinvite | Which::Feedback)
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
    let kept_out = out.found.rows_refused();
    let column = |cell: &CellAt| out.columns.get(cell.column as usize).map_or("", |about| about.name.as_str());
    // The header is record 1, and what is kept out is none.
    let place = |cell: &CellAt| match cell.row.map(|row| (row, kept_out.binary_search(&row))) {
        None => format!("{} of record 1", column(cell)),
        Some((row, Ok(_))) => format!("{} of row {}, which is kept out", column(cell), row + 1),
        Some((row, Err(before))) => format!("{} of record {}", column(cell), row + 2 - before as u64),
    };
    let (cells, hold) = (many(all.len(), "cell"), if all.len() == 1 { "holds" } else { "hold" });
    let places = some(all.iter().map(place));
    Some(format!("{cells} {hold} control characters, which a terminal may obey; they are kept as they came in: {places}."))
}

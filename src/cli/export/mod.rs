//! `earmark export`: a batch's tables as CSV, JSON Lines or a workbook, of sealed scorecards alone.

mod profile;
mod tell;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::Seat;
use super::words::many;
use crate::export::{Choice, Guard, Manifest, Plain, Sources, Which, refused};
use crate::journal::Act;
use crate::runtime::exporting::{self, Format, Manner, NotWritten, Out, sources, write_beside, write_rows, write_table};
use crate::text::SafeText;

pub(super) use profile::cell_told;
pub(super) use tell::{filtered_told, guarded_told, not_come_told, some};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Which table
    #[arg(long, default_value = "comparison")]
    table: AsTable,
    /// Of the comparison: one row per candidate and application, or one per candidate, question, criterion and reviewer
    #[arg(long, default_value = "wide")]
    shape: AsShape,
    /// Whose rows: of those sealed by enough reviewers and by everyone assigned, or of every sealed scorecard
    #[arg(long, default_value = "ready")]
    rows: AsChoice,
    /// As what; without it as the name of FILE says, else CSV
    #[arg(long)]
    format: Option<AsFormat>,
    /// What happens in CSV to texts that a spreadsheet could take for formulas: an apostrophe before them, their rows stay out,
    /// or nothing. They are listed in each case
    #[arg(long, default_value = "apostrophe")]
    formula_guard: AsGuard,
    /// Begins CSV with a byte order mark, for spreadsheet programs that read UTF-8 as something else without it
    #[arg(long)]
    bom: bool,
    /// What stands between the cells of CSV
    #[arg(long, value_name = "SIGN", default_value = "comma")]
    delimiter: AsDelimiter,
    /// How the records of CSV end
    #[arg(long, value_name = "END", default_value = "crlf")]
    line_end: AsLineEnd,
    /// Writes a comma before a number's decimals in CSV; the delimiter must be another
    #[arg(long)]
    decimal_comma: bool,
    /// The file; FILE.sha256 and FILE.manifest.json are written beside it. Without it the table goes to standard output. A file or
    /// pipe gets every character as it came in, a terminal pictures of control characters
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Writes over a file that is there and is different
    #[arg(long, requires = "out")]
    replace: bool,
    /// As this profile says: its file, or the name of a shipped one. --out may then be a folder, in which the files have the
    /// profile's names
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["table", "shape", "rows", "format", "formula_guard", "bom", "delimiter", "line_end", "decimal_comma"])]
    profile: Option<String>,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum AsTable {
    /// Everything that is compared, in the shape that is asked for
    Comparison,
    /// The ratings alone: candidate, question, criterion, reviewer, value
    Ratings,
    /// The stretches of answers that ratings rest on
    Evidence,
    /// Figures of the batch: funnel, times, questions, criteria, review
    Analytics,
    /// Who should be asked to record again: technical faults, and invitations that ran out
    Reinvite,
    /// For telling candidates that people listened: how many, when, and what was decided
    Feedback,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum AsShape {
    Wide,
    Long,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum AsChoice {
    Ready,
    Sealed,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum AsFormat {
    Csv,
    Jsonl,
    Xlsx,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum AsGuard {
    Apostrophe,
    Quarantine,
    Off,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum AsDelimiter {
    Comma,
    Semicolon,
    Tab,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum AsLineEnd {
    Crlf,
    Lf,
}

/// The ending of a file whose name promises what is not written.
fn another_format(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    let others = ["parquet", "feather", "arrow", "xls", "xlsb", "ods", "json", "html", "pdf", "xml", "db", "sqlite"];
    others.into_iter().find(|other| *other == ending && Format::of(path).is_none())
}

impl Args {
    /// How CSV is written.
    fn csv(&self) -> Result<Plain, Failure> {
        let delimiter = match self.delimiter {
            AsDelimiter::Comma => b',',
            AsDelimiter::Semicolon => b';',
            AsDelimiter::Tab => b'\t',
        };
        if self.decimal_comma && delimiter == b',' {
            let failure = Failure::usage("Could not write the table: a comma would stand between cells and before decimals");
            return Err(failure.hint("--delimiter semicolon"));
        }
        let decimal = if self.decimal_comma { ',' } else { '.' };
        Ok(Plain { bom: self.bom, delimiter, crlf: self.line_end == AsLineEnd::Crlf, decimal })
    }

    fn manner(&self) -> Result<Manner, Failure> {
        let which = match (self.table, self.shape) {
            (AsTable::Comparison, AsShape::Wide) => Which::Wide,
            (AsTable::Comparison, AsShape::Long) => Which::Long,
            (AsTable::Ratings, _) => Which::Ratings,
            (AsTable::Evidence, _) => Which::Evidence,
            (AsTable::Analytics, _) => Which::Analytics,
            (AsTable::Reinvite, _) => Which::Reinvite,
            (AsTable::Feedback, _) => Which::Feedback,
        };
        let format = match self.format {
            Some(AsFormat::Csv) => Format::Csv,
            Some(AsFormat::Jsonl) => Format::JsonLines,
            Some(AsFormat::Xlsx) => Format::Xlsx,
            None => self.out.as_deref().and_then(Format::of).unwrap_or_default(),
        };
        if let (None, Some(ending)) = (self.format, self.out.as_deref().and_then(another_format)) {
            let failure = Failure::usage(format!("Could not write a table as .{ending}"));
            return Err(failure.hint("name the file .csv, .jsonl or .xlsx; --format says it where the name does not"));
        }
        if format == Format::Xlsx && self.out.is_none() {
            let failure = Failure::usage("Could not write a workbook to standard output");
            return Err(failure.hint("--out names a file"));
        }
        let guard = match self.formula_guard {
            AsGuard::Apostrophe => Guard::Apostrophe,
            AsGuard::Quarantine => Guard::Quarantine,
            AsGuard::Off => Guard::Off,
        };
        // Texts of other formats are texts to whoever reads them.
        let guard = if format == Format::Csv { guard } else { Guard::Off };
        Ok(Manner { which, format, guard, csv: self.csv()? })
    }

    fn choice(&self) -> Choice {
        if self.rows == AsChoice::Ready { Choice::Ready } else { Choice::Sealed }
    }
}

/// With `--json` `{"batch", "table", "format", "path": null or FILE, "sha256": of the file, "columns": [name], "rows": [object],
/// "quarantined": [{"row", "column", …, "reason", "remedy"}], "left_out", "not_ready": [candidate], "not_come": [{"candidate", "status"}],
/// "among_handed": whether ranks are left out because only some of the batch was handed over}`, where `rows` is a number when
/// the table goes to a file.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if let Some(named) = &args.profile {
        return profile::run(named, args, context).await;
    }
    let manner = args.manner()?;
    let mut seat = Seat::to_act(&args.batch, context).await?;
    seat.rubric()?;
    let sources = sources(&seat.desk, args.choice()).expect("a rubric is attached");
    let (out, document) = match &args.out {
        Some(path) => (to_file(path, manner, &sources, args.replace)?, None),
        None => {
            let made = exporting::bytes(manner, &sources);
            let (bytes, out) = made.map_err(|error| Failure::new("Could not make the table").because(&error))?;
            (out, Some(bytes))
        }
    };
    let told = tell::Told::of(manner, &sources, args.out.is_some(), context);
    let receipt = exporting::receipt(manner, &sources, &out, args.out.as_deref());
    let kept = seat.act(vec![(None, Act::Exported { receipt })]).await;
    kept.map_err(|failure| match &args.out {
        // The file is there all the same, and whoever reads the failure is to know.
        Some(path) => {
            let what = format!("Could not keep the receipt; the {} is written to {}", manner.format.words(), path.display());
            Failure { what: SafeText::line(&what), ..failure }
        }
        None => failure,
    })?;
    let batch = seat.desk.batch.id;
    seat.leave().await;
    if context.out.wants_json() {
        let names: Vec<String> = out.columns.iter().map(|about| about.name.clone()).collect();
        context.out.json(&json!({
            "batch": batch,
            "table": manner.which.name(),
            "format": manner.format.name(),
            "path": args.out,
            "sha256": out.sha256,
            "columns": names,
            "rows": told.rows.clone().unwrap_or_else(|| json!(out.found.written)),
            "quarantined": out.found.refused.iter().map(|one| refused(one, &names)).collect::<Vec<_>>(),
            "left_out": told.left_out,
            "not_ready": told.not_ready,
            "not_come": told.not_come,
            "doubtful": told.doubtful,
            "among_handed": told.among_handed,
        }));
    } else {
        match (&args.out, &document) {
            (Some(path), _) => {
                context.out.say(format!("Wrote {} to {}", many(out.found.written as usize, "row"), path.display()));
            }
            (None, Some(bytes)) => context.out.document(bytes),
            (None, None) => {}
        }
        told.say(manner, &out, context);
    }
    Ok(match (out.found.refused.is_empty(), out.found.written) {
        // Somebody could have been in it, and nobody is.
        (true, 0) if told.has_nobody(manner) => Exit::NoMatch,
        (true, _) => Exit::Done,
        (false, 0) => Exit::NoMatch,
        (false, _) => Exit::Partial,
    })
}

/// Writes the table, its digest and its manifest.
fn to_file(path: &Path, manner: Manner, sources: &Sources, replace: bool) -> Result<Out, Failure> {
    let out = write_rows(manner, sources, path, replace).map_err(|error| not_written(path, &error))?;
    let manifest = exporting::manifest(manner, sources, &out, path, jiff::Timestamp::now());
    beside(path, &manifest)?;
    Ok(out)
}

fn beside(path: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let what = || format!("Could not write the manifest beside {}", path.display());
    write_beside(path, manifest).map_err(|error| Failure::new(what()).because(&error))
}

fn write(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    write_table(path, bytes, replace).map_err(|error| not_written(path, &error))
}

fn not_written(path: &Path, error: &NotWritten) -> Failure {
    let failure = Failure::new(format!("Could not write {}", path.display())).because(error);
    if matches!(error, NotWritten::Exists) { failure.hint("--replace writes over it") } else { failure }
}

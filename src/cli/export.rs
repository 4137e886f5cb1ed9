//! `earmark export`: a batch's comparative table as CSV, of sealed scorecards alone.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::panel::left_out_lines;
use super::room::Seat;
use super::words::many;
use crate::export::mapping::{PlannedFile, files};
use crate::export::profile::Kind;
use crate::export::{Exported, Guarded, Written, ratings_table};
use crate::journal::Act;
use crate::panel::sealed_ratings;
use crate::runtime::delivering::gather;
use crate::runtime::exporting::{self, NotWritten, Shape, csv, write_table};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Which table
    #[arg(long, default_value = "comparison")]
    table: Which,
    /// One row per candidate and application, or one per candidate, question, criterion and reviewer
    #[arg(long, default_value = "wide")]
    shape: AsShape,
    /// The CSV file; without it the table goes to standard output. A file or pipe gets every character as it came in, a
    /// terminal pictures of control characters
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Writes over a file that is there and is different
    #[arg(long, requires = "out")]
    replace: bool,
    /// As this profile says: its file, or the name of a shipped one. --out may then be a folder, in which the files have the
    /// profile's names
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["table", "shape"])]
    profile: Option<String>,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Which {
    /// Everything that is compared, in the shape that is asked for
    Comparison,
    /// The ratings alone: candidate, question, criterion, reviewer, value
    Ratings,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum AsShape {
    Wide,
    Long,
}

/// With `--json` `{"batch", "table", "path": null or FILE, "sha256": of the CSV, "columns": [name], "rows": [object], "left_out"}`,
/// where `rows` is a number when the table goes to a file.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if let Some(named) = &args.profile {
        return by_profile(named, args, context).await;
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let exported = table(args, &seat)?;
    let written = csv(&exported);
    if let Some(path) = &args.out {
        write(path, &written.bytes, args.replace)?;
    }
    let receipt = exporting::receipt(&exported, &written.bytes, args.out.as_deref());
    let digest = receipt["sha256"].clone();
    let kept = seat.act(vec![(None, Act::Exported { receipt })]).await;
    kept.map_err(|failure| match &args.out {
        // The file is there all the same, and whoever reads the failure is to know.
        Some(path) => Failure {
            what: SafeText::line(&format!("Could not keep the receipt; the CSV is written to {}", path.display())),
            ..failure
        },
        None => failure,
    })?;
    let batch = seat.desk.batch.id;
    seat.leave().await;
    if context.out.wants_json() {
        let rows = if args.out.is_some() { json!(exported.table.rows.len()) } else { exported.table.to_json() };
        context.out.json(&json!({
            "batch": batch,
            "table": exported.table.name,
            "path": args.out,
            "sha256": digest,
            "columns": exported.table.columns,
            "rows": rows,
            "left_out": exported.left_out,
        }));
        return Ok(Exit::Done);
    }
    match &args.out {
        Some(path) => context.out.say(format!("Wrote {} to {}", many(exported.table.rows.len(), "row"), path.display())),
        None => context.out.document(&written.bytes),
    }
    left_out_lines(&exported.left_out).iter().for_each(|line| context.out.remark(line));
    if !written.guarded.is_empty() {
        let cells = many(written.guarded.len(), "cell");
        context.out.remark(format!("{cells} could be taken for a formula and got an apostrophe."));
    }
    if let Some(told) = controls_told(&written) {
        context.out.remark(told);
    }
    Ok(Exit::Done)
}

/// Which cells hold control characters, by line and column of the CSV as records are counted; nothing where none does.
fn controls_told(written: &Written) -> Option<String> {
    const MOST: usize = 5;
    let all = &written.controls;
    if all.is_empty() {
        return None;
    }
    // The header is record 1.
    let place = |cell: &Guarded| format!("{} of record {}", cell.column, cell.row.map_or(1, |row| row + 2));
    let mut places: Vec<String> = all.iter().take(MOST).map(place).collect();
    if all.len() > MOST {
        places.push(format!("{} more", all.len() - MOST));
    }
    let (cells, hold) = (many(all.len(), "cell"), if all.len() == 1 { "holds" } else { "hold" });
    let places = places.join(", ");
    Some(format!("{cells} {hold} control characters, which a terminal may obey; they are kept as they came in: {places}."))
}

/// With `--json` `{"batch", "profile", "files": [{"path", "rows", "sha256"}], "quarantined": […], "filtered", "left_out"}`.
async fn by_profile(named: &str, args: &Args, context: &Context) -> Outcome {
    let profile = super::profile::read(named)?;
    if profile.kind != Kind::File {
        let failure = Failure::usage(format!("Could not write a file with the profile {}: it makes requests", profile.id));
        return Err(failure.hint("`earmark profile test` shows them, `earmark deliver plan` prepares them"));
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    seat.rubric()?;
    let gathered = gather(&seat.desk, &profile).expect("a rubric is attached");
    let mapped = super::profile::mapped(&gathered, &seat, &profile)?;
    let all: Vec<usize> = (0..mapped.rows.len()).collect();
    let made = files(&profile, &mapped, &all, seat.desk.batch.title.raw()).map_err(|why| super::profile::too_much(&why))?;
    let paths = places(args, &made)?;
    let mut acts = Vec::new();
    for (file, path) in made.iter().zip(&paths) {
        if let Some(path) = path {
            write(path, &file.bytes, args.replace)?;
        }
        let name = path.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let receipt = json!({
            "table": gathered.exported.table.name,
            "format": "csv",
            "profile": profile.id,
            "profile_hash": format!("sha256:{}", profile.hash),
            "rows": file.rows.len(),
            "columns": mapped.columns.len(),
            "sha256": file.sha256,
            "file": name,
            "quarantined": mapped.quarantined.len(),
        });
        acts.push((None, Act::Exported { receipt }));
    }
    seat.act(acts).await?;
    let batch = seat.desk.batch.id;
    seat.leave().await;
    if context.out.wants_json() {
        let files = made.iter().zip(&paths).map(|(file, path)| {
            json!({ "path": path, "name": file.name, "rows": file.rows.len(), "sha256": file.sha256, "guarded": file.guarded })
        });
        context.out.json(&json!({
            "batch": batch,
            "profile": profile.id,
            "files": files.collect::<Vec<_>>(),
            "quarantined": mapped.quarantined,
            "filtered": mapped.filtered,
            "left_out": gathered.exported.left_out,
        }));
    } else {
        for (file, path) in made.iter().zip(&paths) {
            match path {
                Some(path) => context.out.say(format!("Wrote {} to {}", many(file.rows.len(), "row"), path.display())),
                None => context.out.document(&file.bytes),
            }
        }
        left_out_lines(&gathered.exported.left_out).iter().for_each(|line| context.out.remark(line));
    }
    super::profile::told(&mapped, context);
    Ok(match (mapped.quarantined.is_empty(), mapped.rows.is_empty()) {
        (true, _) => Exit::Done,
        (false, false) => Exit::Partial,
        (false, true) => Exit::NoMatch,
    })
}

/// Where each file goes; none to standard output.
fn places(args: &Args, made: &[PlannedFile]) -> Result<Vec<Option<PathBuf>>, Failure> {
    match &args.out {
        Some(folder) if folder.is_dir() => Ok(made.iter().map(|file| Some(folder.join(&file.name))).collect()),
        _ if made.len() > 1 => {
            let failure = Failure::usage(format!("Could not write {} into one", many(made.len(), "file")));
            Err(failure.hint("--out names a folder that is there"))
        }
        out => Ok(vec![out.clone(); made.len()]),
    }
}

fn table(args: &Args, seat: &Seat) -> Result<Exported, Failure> {
    let rubric = seat.rubric()?;
    if args.table == Which::Ratings {
        let taken = sealed_ratings(&seat.desk.sight, &seat.desk.batch, rubric);
        return Ok(Exported { table: ratings_table(&taken.ratings), left_out: taken.left_out });
    }
    let shape = match args.shape {
        AsShape::Wide => Shape::Wide,
        AsShape::Long => Shape::Long,
    };
    Ok(exporting::table(&seat.desk, shape).expect("a rubric is attached"))
}

fn write(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    write_table(path, bytes, replace).map_err(|error| {
        let failure = Failure::new(format!("Could not write {}", path.display())).because(&error);
        if matches!(error, NotWritten::Exists) { failure.hint("--replace writes over it") } else { failure }
    })
}

//! `earmark export --profile`: a batch's table as a profile says, in one file or several.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Args, beside, guarded_told, not_come_told, write};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::panel::left_out_lines;
use crate::cli::profile as profiles;
use crate::cli::room::Seat;
use crate::cli::words::many;
use crate::export::mapping::{Mapped, PlannedFile, files};
use crate::export::profile::{Kind, Profile};
use crate::export::{Choice, Guarded, Made, Manifest, Sources};
use crate::journal::Act;
use crate::runtime::delivering::gather;
use crate::runtime::exporting::sources;
use crate::text::SafeText;

/// With `--json` `{"batch", "profile", "files": [{"path", "rows", "sha256"}], "quarantined": […], "filtered", "filtered_of", "not_come",
/// "left_out"}`.
pub(super) async fn run(named: &str, args: &Args, context: &Context) -> Outcome {
    let profile = profiles::read(named)?;
    if profile.kind != Kind::File {
        let failure = Failure::usage(format!("Could not write a file with the profile {}: it makes requests", profile.id));
        return Err(failure.hint("`earmark profile test` shows them, `earmark deliver plan` prepares them"));
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    seat.rubric()?;
    let gathered = gather(&seat.desk, &profile).expect("a rubric is attached");
    let mapped = profiles::mapped(&gathered, &seat, &profile)?;
    let all: Vec<usize> = (0..mapped.rows.len()).collect();
    let made = files(&profile, &mapped, &all, seat.desk.batch.title.raw()).map_err(|why| profiles::too_much(&why))?;
    let paths = places(args, &made)?;
    let sources = sources(&seat.desk, Choice::Sealed).expect("a rubric is attached");
    let not_come = sources.not_come();
    let mut acts = Vec::new();
    for (file, path) in made.iter().zip(&paths) {
        if let Some(path) = path {
            write(path, &file.bytes, args.replace)?;
            beside(path, &manifest(&profile, &mapped, file, path, &sources))?;
        }
        let receipt = receipt(&gathered.exported.table.name, &profile, &mapped, file, path.as_deref());
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
            "guarded": mapped.guarded,
            "filtered": mapped.filtered,
            "filtered_of": mapped.filtered_of,
            "not_come": not_come,
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
        let guarded: Vec<&Guarded> = made.iter().flat_map(|file| &file.guarded).chain(&mapped.guarded).collect();
        let guarded = guarded_told(guarded.into_iter().map(cell_told), profile.dialect.guard);
        not_come_told(&not_come).into_iter().chain(guarded).for_each(|line| context.out.remark(line));
    }
    profiles::told(&mapped, context);
    Ok(match (mapped.quarantined.is_empty(), mapped.rows.is_empty()) {
        (true, true) if mapped.filtered > 0 || !gathered.exported.left_out.candidates.is_empty() => Exit::NoMatch,
        (true, _) => Exit::Done,
        (false, false) => Exit::Partial,
        (false, true) => Exit::NoMatch,
    })
}

/// What the journal keeps of a file that was written.
fn receipt(table: &str, profile: &Profile, mapped: &Mapped, file: &PlannedFile, path: Option<&Path>) -> serde_json::Value {
    json!({
        "table": table,
        "format": "csv",
        "profile": profile.id,
        "profile_hash": format!("sha256:{}", profile.hash),
        "rows": file.rows.len(),
        "columns": mapped.columns.len(),
        "sha256": file.sha256,
        "file": path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()),
        "quarantined": mapped.quarantined.len(),
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

/// What is said beside a file that a profile made.
fn manifest(profile: &Profile, mapped: &Mapped, file: &PlannedFile, path: &Path, sources: &Sources) -> Manifest {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let (bytes, rows) = (file.bytes.len() as u64, file.rows.len() as u64);
    let made = Made { file: &name, format: "csv", bytes, sha256: file.sha256, rows };
    Manifest::of_profile(made, profile, mapped, sources, jiff::Timestamp::now()).with_cells(file)
}

/// A cell of a profile's file: whose it is, and its column.
pub(in crate::cli) fn cell_told(cell: &Guarded) -> String {
    let whose = [&cell.candidate, &cell.application].into_iter().flatten().map(SafeText::as_str);
    whose.chain([cell.column.as_str()]).collect::<Vec<_>>().join(" ")
}

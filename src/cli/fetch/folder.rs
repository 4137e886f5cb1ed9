//! A folder as a source: batches that lie in it, imported when they are new or have changed.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::{Args, in_settings};
use crate::cli::Context;
use crate::cli::deleting::{self, Whose};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::words::many;
use crate::interview::{Problem, Severity};
use crate::library::Library;
use crate::source::fetch::{Regions, Said, SourceSettings};
use crate::source::{self, ImportError, Readers};

/// Folders that one source may hold.
const MOST: usize = 10_000;

pub(super) async fn fetch(
    name: &str,
    settings: &SourceSettings,
    args: &Args,
    library: &Library,
    stop: &AtomicBool,
    context: &Context,
) -> Outcome {
    let root = in_settings(settings.path.as_deref().expect("the settings were checked"), context);
    let failed = || Failure::new(format!("Could not fetch from {name}"));
    let folders = batches_in(&root).map_err(|error| failed().cause(context.paths.short(&root)).because(&error))?;
    let regions = Regions::of(context.settings.regions.value.as_deref());
    let (mut exit, mut new, mut changed, mut said) = (Exit::Done, 0, 0, Vec::new());
    for path in folders {
        let mut found = match source::open(&path) {
            Ok(found) => found,
            Err(problems) => {
                tell(&problems, name, context);
                exit = Exit::Partial;
                continue;
            }
        };
        if !may_hold(&mut found, &regions, settings.region.as_deref(), name, context) {
            exit = Exit::Partial;
            continue;
        }
        if is_anothers(&found, library, name, args, context).await? {
            exit = Exit::Partial;
            continue;
        }
        said.push(Said::of(&found.batch, found.deleted.clone()));
        if args.dry_run {
            let (title, people) = (&found.batch.title, found.batch.submissions.len());
            match context.out.wants_json() {
                true => context.out.json_line(&json!({"event": "batch", "source": name, "title": title, "submissions": people})),
                false => context.out.say(format!("{title}: {}", many(people, "submission"))),
            }
            continue;
        }
        let imported = match source::import(found, library, Readers::here(), &|_| {}, stop).await {
            Ok(imported) => imported,
            Err(ImportError::Interrupted) => return Err(failed().cause("it was interrupted").exit(Exit::Interrupted)),
            Err(ImportError::Library(error)) => return Err(crate::cli::room::told("Could not keep what was fetched", &error)),
        };
        let last = said.last().expect("it was put there");
        note(library, last).await?;
        new += imported.kept.new_submissions.len();
        changed += imported.kept.changed_submissions.len();
        if imported.is_partial() {
            exit = Exit::Partial;
        }
        tell(&imported.problems, name, context);
        if context.out.wants_json() {
            context.out.json_line(&json!({"event": "batch", "source": name, "batch": imported.batch, "title": imported.title,
                "submissions": imported.candidates, "new": imported.kept.new_submissions.len()}));
        }
    }
    let dry = args.dry_run.then_some(said.as_slice());
    let carried = deleting::carry_out(Whose::Source(name), dry, &args.deleting, library, context).await?;
    if carried.problems.iter().any(|problem| problem.severity >= Severity::Damage) {
        exit = Exit::Partial;
    }
    tell(&carried.problems, name, context);
    let erased = carried.erased.len();
    if context.out.wants_json() {
        for one in &carried.erased {
            context.out.json_line(&json!({"event": "erased", "source": name, "dry_run": args.dry_run, "erased": one}));
        }
        context.out.json_line(&json!({"event": "done", "source": name, "new": new, "changed": changed, "erased": erased}));
    } else if !args.dry_run {
        context.out.say(format!("{name}: {}", in_words(new, changed, erased)));
    }
    Ok(exit)
}

/// What lies there; nothing of it is read.
pub(super) fn probe(name: &str, settings: &SourceSettings, context: &Context) -> Result<String, Failure> {
    let root = in_settings(settings.path.as_deref().expect("the settings were checked"), context);
    let failed = || Failure::new(format!("Could not fetch from {name}"));
    let batches = batches_in(&root).map_err(|error| failed().cause(context.paths.short(&root)).because(&error))?;
    Ok(format!("{name}: {} in {}", many(batches.len(), "batch"), context.paths.short(&root)))
}

fn in_words(new: usize, changed: usize, erased: usize) -> String {
    let came = match (new, changed) {
        (0, 0) if erased > 0 => return format!("{erased} erased, as deleted there"),
        (0, 0) => "nothing new".to_owned(),
        (new, 0) => many(new, "new submission"),
        (0, changed) => many(changed, "changed submission"),
        (new, changed) => format!("{new} new and {}", many(changed, "changed submission")),
    };
    if erased > 0 { format!("{came}, {erased} erased, as deleted there") } else { came }
}

/// Notes whom the source has deleted, now that the rest of the batch is kept.
async fn note(library: &Library, said: &Said) -> Result<(), Failure> {
    let noted = library.note_deletions(said.batch, &said.deleted, &said.shown).await;
    noted.map_err(|error| crate::cli::room::told("Could not keep what was fetched", &error))
}

/// The folder itself, where a batch lies in it; else the folders and files in it that are batches.
fn batches_in(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let is_batch = |folder: &Path| ["batch.json", "batch.csv"].iter().any(|name| folder.join(name).is_file());
    if is_batch(root) || root.is_file() {
        return Ok(vec![root.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root)?.take(MOST) {
        let path = entry?.path();
        // No link is followed.
        let kind = std::fs::symlink_metadata(&path)?;
        let is_bundle = kind.is_file() && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
        if is_bundle || kind.is_dir() && is_batch(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Leaves out whose data may not be held here; false where that is the whole batch.
fn may_hold(found: &mut source::Found, regions: &Regions, region: Option<&str>, name: &str, context: &Context) -> bool {
    let batch = &mut found.batch;
    let own = batch.region.as_ref().map(|region| region.raw().to_owned()).or(region.map(str::to_owned));
    let refused = |place: &str, region: &str| {
        let reason = format!("the data lies in region {region}, which this workstation may not hold");
        let problem = Problem::damage(name, place, &reason, "fetch it where that region may be held").coded("region");
        tell(&[problem], name, context);
    };
    if !regions.hold(own.as_deref()) {
        refused(&format!("batch {}", batch.title), own.as_deref().unwrap_or_default());
        return false;
    }
    batch.submissions.retain(|submission| {
        let region = submission.region.as_ref().map(|region| region.raw());
        let may = regions.hold(region);
        if !may {
            refused(&format!("candidate {}", submission.candidate.source_id), region.unwrap_or_default());
        }
        may
    });
    true
}

fn tell(problems: &[Problem], name: &str, context: &Context) {
    for problem in problems {
        match context.out.wants_json() {
            true => context.out.json_line(&json!({"event": "problem", "source": name, "problem": problem})),
            false => context.out.problem(problem),
        }
    }
}

/// Whether a batch came from another source; it is bound to this one otherwise, before it is taken.
async fn is_anothers(
    found: &source::Found,
    library: &Library,
    name: &str,
    args: &Args,
    context: &Context,
) -> Result<bool, Failure> {
    let failed = |error| crate::cli::room::told("Could not tell where a batch comes from", &error);
    let batch = &found.batch;
    let adopted = match &args.adopt {
        Some(named) => crate::cli::room::find_batch(library, named).await? == batch.id,
        None => false,
    };
    let other = library.source_of(batch.id).await.map_err(failed)?.filter(|other| other != name && !adopted);
    if let Some(other) = other {
        let reason = format!("this batch is here already: it comes from the source {other}, and nothing of it was changed");
        let remedy =
            format!("if both are the same, and this source is to keep it up to date: earmark fetch {name} --adopt {}", batch.id);
        tell(&[Problem::damage(name, &format!("batch {}", batch.title), &reason, &remedy).coded("foreign")], name, context);
        return Ok(true);
    }
    if !args.dry_run {
        library.bind_to_source(batch.id, name).await.map_err(failed)?;
    }
    Ok(false)
}

//! `earmark import`: batches from folders and .zip files into the library.

mod guessing;

use crate::cli::words::many;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::deleting::Whose;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::{Context, deleting, handoff, room, ui};
use crate::exchange;
use crate::interview::{BatchId, Problem, Severity};
use crate::library::Library;
use crate::source::fetch::{Regions, Said};
use crate::source::{self, Found, ImportError, Imported, Incomplete, Readers};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Args {
    /// Folders or .zip files with batch.json or batch.csv, or one of these; or hand-offs that someone made for you. A single
    /// hand-off opens side by side once it is taken in, at a terminal
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    handed: handoff::TakeArgs,
    /// Takes a hand-off in and does not open it
    #[arg(long)]
    no_open: bool,
    /// Takes a folder or .zip without either for a batch: a folder in it for each candidate, a recording in that for each question, with
    /// transcripts and documents beside them; shows what it understood, and asks
    #[arg(long)]
    guess: bool,
    /// Imports what was guessed without asking
    #[arg(long, requires = "guess")]
    yes: bool,
    /// What a guessed batch is called; without it, as its folder is
    #[arg(long, value_name = "TEXT", requires = "guess")]
    title: Option<String>,
    /// An id of your own for a guessed batch: candidates who are added later then join it
    #[arg(long, value_name = "ID", requires = "guess")]
    id: Option<String>,
    #[command(flatten)]
    deleting: deleting::Args,
}

pub(in crate::cli) fn run(args: &Args, context: &Context) -> Outcome {
    let (exit, handed) = room::wait_alone(take_all(args, context))?;
    match handed.filter(|_| exit == Exit::Done && args.paths.len() == 1 && !args.no_open && ui::can_open(context)) {
        Some(batch) => room::wait(ui::at(batch, context)),
        None => Ok(exit),
    }
}

/// Takes all of it in; says how that ended, and which batch was handed over last.
async fn take_all(args: &Args, context: &Context) -> Result<(Exit, Option<BatchId>), Failure> {
    if args.guess && args.paths.len() > 1 && (args.title.is_some() || args.id.is_some()) {
        return Err(Failure::usage("Could not import: --title and --id are of one folder"));
    }
    args.deleting.check()?;
    let guessed = if args.guess { Some(guessing::all(args, context)?) } else { None };
    let library = room::to_write(context).await?;
    let stop = stop_when_asked();
    let mut results = Vec::new();
    let mut exits = Vec::new();
    let mut handed = None;
    let mut guessed = guessed.into_iter().flatten();
    let regions = Regions::of(context.settings.regions.value.as_deref());
    for path in &args.paths {
        if exchange::handoff::is_handoff(path) {
            let taken = handoff::take_in(path, &args.handed, &library, context).await?;
            results.push(taken.told);
            exits.push(taken.exit);
            handed = taken.handed;
            continue;
        }
        let found = match guessed.next() {
            Some(found) => Ok(guessing::joined(found, args, &library).await?),
            None => source::open(path),
        };
        let (result, exit) = match found.and_then(|found| admitted(found, path, &regions)) {
            Ok((found, left_out)) => {
                let said = Said::of(&found.batch, found.deleted.clone());
                let Some(mut imported) = take(found, &library, &stop, context).await? else { return Err(interrupted()) };
                imported.problems.extend(left_out);
                let erased = delete(&said, &mut imported, &args.deleting, &library, context).await?;
                let mut result = result_of(&imported);
                result["erased"] = json!(erased);
                (result, told(&imported, context))
            }
            Err(problems) => (nothing(&problems), refused(path, &problems, context)),
        };
        results.push(result);
        exits.push(exit);
    }
    library.close().await;
    match <[Value; 1]>::try_from(results) {
        Ok([only]) => print_json(&only, context),
        Err(several) => print_json(&several, context),
    }
    Ok((together(&exits), handed))
}

/// What may be held here, with whom that leaves out; else why nothing may.
fn admitted(mut found: Found, path: &Path, regions: &Regions) -> Result<(Found, Vec<Problem>), Vec<Problem>> {
    match regions.admit(&path.to_string_lossy(), &mut found.batch, None) {
        (true, left_out) => Ok((found, left_out)),
        (false, why) => Err(why),
    }
}

/// Erases whom the batch says to be deleted; what stands in the way is among the problems.
async fn delete(
    said: &Said,
    imported: &mut Imported,
    args: &deleting::Args,
    library: &Library,
    context: &Context,
) -> Result<Vec<Value>, Failure> {
    let noted = library.note_deletions(said.batch, &said.deleted, &said.shown).await;
    noted.map_err(|error| room::told("Could not keep what was imported", &error))?;
    if said.deleted.is_empty() {
        return Ok(Vec::new());
    }
    let carried = deleting::carry_out(Whose::Import(said.batch), None, args, library, context).await?;
    imported.problems.extend(carried.problems);
    Ok(carried.erased)
}

pub(in crate::cli) async fn take(
    found: Found,
    library: &Library,
    stop: &AtomicBool,
    context: &Context,
) -> Result<Option<Imported>, Failure> {
    let title = found.batch.title.clone();
    let bar = context.out.progress("import", 0);
    let progress = |progress: source::Progress| {
        bar.set_total(progress.total as u64);
        bar.step(&title);
    };
    match source::import(found, library, Readers::here(), &progress, stop).await {
        Ok(imported) => {
            tracing::info!(batch = %imported.batch, answers = imported.answers, problems = imported.problems.len(), "imported");
            Ok(Some(imported))
        }
        Err(ImportError::Interrupted) => Ok(None),
        Err(ImportError::Library(error)) => Err(Failure::new(format!("Could not import {title}")).because(&error)),
    }
}

/// Set when the user or the system asks the program to end.
pub(in crate::cli) fn stop_when_asked() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    tokio::spawn(async move {
        if crate::cli::signals::asked_to_end().await {
            asked.store(true, Ordering::Relaxed);
        }
    });
    stop
}

pub(in crate::cli) fn interrupted() -> Failure {
    Failure::new("Could not finish the import: it was interrupted")
        .hint("what was taken is kept; import again and it goes on from there")
        .exit(Exit::Interrupted)
}

/// As many incomplete candidates as are read at once.
const MOST: usize = 10;

/// Tells people of one batch, and how its import ended.
pub(in crate::cli) fn told(imported: &Imported, context: &Context) -> Exit {
    let out = &context.out;
    out.say(format!("{}  (batch {})", imported.title, imported.batch));
    out.say(format!("{}, {}: {}", many(imported.candidates, "candidate"), many(imported.answers, "answer"), changes(imported)));
    // Who left answers out is no fault; a few stand for many.
    for Incomplete { candidate, missing, of } in imported.incomplete.iter().take(MOST) {
        out.say(format!("incomplete: candidate {candidate} gave no answer to {missing} of {of} questions"));
    }
    if let more @ 1.. = imported.incomplete.len().saturating_sub(MOST) {
        out.say(format!("incomplete: and {more} more candidates; --json names all"));
    }
    if !out.wants_json() {
        all_of(&imported.problems, context);
    }
    if imported.is_partial() { Exit::Partial } else { Exit::Done }
}

fn changes(imported: &Imported) -> String {
    let (new, changed) = (imported.kept.new_submissions.len(), imported.kept.changed_submissions.len());
    match (new, changed) {
        (0, 0) => "nothing new".to_owned(),
        (new, 0) => many(new, "new submission"),
        (0, changed) => many(changed, "changed submission"),
        (new, changed) => format!("{new} new and {}", many(changed, "changed submission")),
    }
}

/// Each problem, the gravest first, and how many there are of each kind.
fn all_of(problems: &[Problem], context: &Context) {
    problems.iter().for_each(|problem| context.out.problem(problem));
    let damage = problems.iter().filter(|problem| problem.severity >= Severity::Damage).count();
    match (damage, problems.len() - damage) {
        (0, 0) => {}
        (damage, 0) => context.out.say(format!("could not be taken whole: {damage}")),
        (0, noted) => context.out.say(format!("worth knowing: {noted}")),
        (damage, noted) => context.out.say(format!("could not be taken whole: {damage}; worth knowing: {noted}")),
    }
}

fn refused(path: &Path, problems: &[Problem], context: &Context) -> Exit {
    if !context.out.wants_json() {
        let path = SafeText::line(&path.to_string_lossy());
        context.out.failure(&Failure::problems(format!("Could not import {path}"), problems));
    }
    Exit::Failed
}

/// Several imports end as one: nothing taken at all is a failure, anything amiss is partial.
fn together(exits: &[Exit]) -> Exit {
    if exits.iter().all(|exit| *exit == Exit::Failed) {
        Exit::Failed
    } else if exits.iter().all(|exit| *exit == Exit::Done) {
        Exit::Done
    } else {
        Exit::Partial
    }
}

fn print_json(result: &impl Serialize, context: &Context) {
    if context.out.wants_json() {
        context.out.json(result);
    }
}

pub(in crate::cli) fn result_of(imported: &Imported) -> Value {
    let incomplete = imported.incomplete.iter();
    let incomplete: Vec<Value> =
        incomplete.map(|one| json!({"candidate": one.candidate, "missing": one.missing, "of": one.of})).collect();
    json!({
        "batch": imported.batch,
        "title": imported.title,
        "candidates": imported.candidates,
        "answers": imported.answers,
        "submissions": {
            "new": imported.kept.new_submissions.len(),
            "changed": imported.kept.changed_submissions.len(),
            "unchanged": imported.unchanged(),
        },
        "incomplete": incomplete,
        "problems": imported.problems,
    })
}

fn nothing(problems: &[Problem]) -> Value {
    json!({"batch": null, "candidates": 0, "answers": 0, "problems": problems})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_imports_end_as_one() {
        use Exit::{Done, Failed, Partial};
        for (exits, expected) in [
            (&[Done, Done][..], Done),
            (&[Failed], Failed),
            (&[Failed, Failed], Failed),
            (&[Done, Failed], Partial),
            (&[Done, Partial], Partial),
            (&[Partial, Failed], Partial),
        ] {
            assert_eq!(together(exits), expected, "{exits:?}");
        }
    }
}

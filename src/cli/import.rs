//! `earmark import`: a folder, a `batch.json` or a `batch.csv` into the library.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::{Context, room};
use crate::interview::Problem;
use crate::library::Library;
use crate::source::{self, ImportError, Imported, Readers};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Folders with batch.json or batch.csv, or these files themselves
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// What came of one path.
enum Came {
    /// Taken, perhaps with problems.
    In(Imported),
    /// Nothing of it could be used.
    Nothing(Vec<Problem>),
}

/// Takes each path in. With `--json`: `{"batch": id or null, "candidates": n, "answers": n, "problems": [{"file", "place",
/// "reason", "remedy"}]}`, for several paths an array of these.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let library = room::to_write(context).await?;
    let stop = stop_at_ctrl_c();
    let (mut came, mut stopped) = (Vec::new(), None);
    for path in &args.paths {
        match take(path, &library, context, &stop).await {
            Ok(one) => came.push((path, one)),
            Err(failure) => {
                stopped = Some(failure);
                break;
            }
        }
    }
    tell(&came, args.paths.len() > 1, context);
    library.close().await;
    match stopped {
        Some(failure) => Err(failure),
        None => Ok(exit(&came)),
    }
}

/// Set once the user presses Ctrl-C; a second time ends the program at once.
fn stop_at_ctrl_c() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = stop.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if set.swap(true, Ordering::Relaxed) {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        }
    });
    stop
}

async fn take(path: &Path, library: &Library, context: &Context, stop: &AtomicBool) -> Result<Came, Failure> {
    let found = match source::open(path) {
        Ok(found) => found,
        Err(problems) => return Ok(Came::Nothing(problems)),
    };
    let bar = context.out.progress(&found.batch.title.fit(30), 0);
    let progress = |at: source::Progress| {
        bar.set_total(at.total as u64);
        bar.step(&SafeText::default());
    };
    let imported = source::import(found, library, Readers::here(), &progress, stop).await;
    drop(bar);
    imported.map(Came::In).map_err(|error| {
        let what = format!("Could not take in all of {}", path.display());
        match error {
            ImportError::Interrupted => Failure::new(what).because(&error).exit(Exit::Interrupted),
            ImportError::Library(error) => room::told(&what, &error),
        }
    })
}

fn tell(came: &[(&PathBuf, Came)], several: bool, context: &Context) {
    if context.out.wants_json() {
        let mut all: Vec<Value> = came.iter().map(|(path, one)| as_json(path, one)).collect();
        match (several, all.pop()) {
            (false, Some(only)) => context.out.json(&only),
            (false, None) => {}
            (true, last) => {
                all.extend(last);
                context.out.json(&all);
            }
        }
        return;
    }
    for (path, one) in came {
        say(path, one, context);
    }
}

fn as_json(path: &Path, came: &Came) -> Value {
    let problem = |p: &Problem| json!({ "file": p.file, "place": p.place, "reason": p.reason, "remedy": p.remedy });
    match came {
        Came::Nothing(problems) => {
            json!({ "batch": null, "candidates": 0, "answers": 0, "problems": problems.iter().map(problem).collect::<Vec<_>>() })
        }
        Came::In(imported) => {
            let incomplete = incomplete(path, imported);
            let problems: Vec<Value> = imported.problems.iter().chain(&incomplete).map(problem).collect();
            json!({
                "batch": imported.batch,
                "candidates": imported.candidates,
                "answers": imported.answers,
                "problems": problems,
            })
        }
    }
}

/// Candidates who left questions open: nothing is wrong with the files, but whoever reads the report wants to know.
fn incomplete(path: &Path, imported: &Imported) -> Vec<Problem> {
    let one = |one: &source::Incomplete| {
        let reason = format!("incomplete: {} of {} questions have no answer", one.missing, one.of);
        let remedy = "the answers that are there can be reviewed; import again when more have come";
        Problem::warning(&path.to_string_lossy(), &format!("candidate {}", one.candidate), &reason, remedy)
    };
    imported.incomplete.iter().map(one).collect()
}

fn say(path: &Path, came: &Came, context: &Context) {
    let imported = match came {
        Came::In(imported) => imported,
        Came::Nothing(problems) => {
            problems.iter().for_each(|problem| context.out.problem(problem));
            return;
        }
    };
    let (candidates, answers) = (imported.candidates, imported.answers);
    let id = &imported.batch.to_string()[..8];
    context.out.say(format!("{} ({id}): {}, {}", imported.title, many(candidates, "candidate"), many(answers, "answer")));
    if imported.kept.is_nothing() {
        context.out.say("  nothing new");
    } else {
        let (new, changed) = (imported.kept.new_submissions.len(), imported.kept.changed_submissions.len());
        context.out.say(format!("  {new} new, {changed} changed, {} as before", imported.unchanged()));
    }
    for one in &imported.incomplete {
        context.out.say(format!("  incomplete: {} left {} of {} questions unanswered", one.candidate, one.missing, one.of));
    }
    imported.problems.iter().for_each(|problem| context.out.problem(problem));
    context.out.note(format!("{}: done; attach a rubric with `earmark rubric attach {id} RUBRIC`", path.display()));
}

fn exit(came: &[(&PathBuf, Came)]) -> Exit {
    let nothing = came.iter().filter(|(_, one)| matches!(one, Came::Nothing(_))).count();
    let partial = came.iter().any(|(_, one)| matches!(one, Came::In(imported) if imported.is_partial()));
    match nothing {
        n if n == came.len() => Exit::Failed,
        0 if !partial => Exit::Done,
        _ => Exit::Partial,
    }
}

/// A count with its noun.
pub(super) fn many(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

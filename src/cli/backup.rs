//! `earmark backup` and `earmark restore`: a complete copy of the library in one file, and the library from it.

use std::path::PathBuf;

use serde_json::json;

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::words::many;
use super::{Context, room};
use crate::library;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The new file; one that is there is not written over
    file: PathBuf,
}

#[derive(clap::Args, Debug)]
pub(super) struct RestoreArgs {
    /// The backup
    file: PathBuf,
    /// The folder of the library, which must be empty or not there; the usual one where none is named
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// With `--json` `{"path", "files", "bytes"}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let library = room::there(context).await?;
    let what = format!("Could not back up into {}", args.file.display());
    let report = library.backup(&args.file).await.map_err(|error| room::told(&what, &error))?;
    library.close().await;
    let (path, files, bytes) = (report.path, report.files, report.bytes);
    if context.out.wants_json() {
        context.out.json(&json!({ "path": path, "files": files, "bytes": bytes }));
    }
    context.out.say(format!("Wrote {} ({bytes} bytes) to {}", many(files, "file"), path.display()));
    context.out.note("It is useless without the library's key: `earmark key --recovery` prints one to put away.");
    Ok(Exit::Done)
}

/// With `--json` `{"path", "files", "events"}`.
pub(super) async fn restore(args: &RestoreArgs, context: &Context) -> Outcome {
    let what = format!("Could not restore {}", args.file.display());
    let key = room::key(context)?.ok_or_else(|| {
        let hint = "put it back first: `earmark key --restore` reads the recovery key, EARMARK_KEY_FILE names a file";
        Failure::new(&what).cause("the key that it is locked with is not here").hint(hint).exit(Exit::Authentication)
    })?;
    let into = args.into.clone().unwrap_or_else(|| context.paths.library.clone());
    let report = library::restore(&args.file, &into, &key).await.map_err(|error| room::told(&what, &error))?;
    if context.out.wants_json() {
        context.out.json(&json!({ "path": into, "files": report.files, "events": report.events }));
    }
    let (files, events) = (many(report.files, "file"), many(report.events, "event"));
    context.out.say(format!("Restored {files} and {events} into {}", context.paths.short(&into)));
    Ok(Exit::Done)
}

//! Shards: results written into a folder, and taken in again.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Args, results, scoring};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::{self, Seat};
use crate::cli::words::many;
use crate::config::{open_ordinary, private};
use crate::library::LibraryError;
use crate::runtime::scoring::{Left, Line, Scoring};

const ENDING: &str = "jsonl";
/// Lines that are named one by one.
const MOST_LEFT: usize = 12;

/// Writes one shard's results: a file that takes its name when it is whole.
pub(super) async fn write(args: &Args, seat: &Seat, context: &Context) -> Outcome {
    let (Some(shard), Some(out)) = (args.shard, &args.out) else {
        return Err(Failure::usage("Could not write a shard without --out"));
    };
    let could_not =
        |error: &(dyn std::error::Error + 'static)| Failure::new(format!("Could not write to {}", out.display())).because(error);
    private::folder(out).map_err(|error| could_not(&error))?;
    let (scored, _) = results(args, seat, context).await?;
    let mut bytes = Vec::new();
    for line in scored.values().flat_map(|scored| &scored.lines) {
        serde_json::to_writer(&mut bytes, line).map_err(|error| could_not(&error))?;
        bytes.write_all(b"\n").map_err(|error| could_not(&error))?;
    }
    let path = out.join(format!("shard-{}-of-{}.{ENDING}", shard.part, shard.of));
    private::write(&path, &bytes, true).map_err(|error| could_not(&error))?;
    let lines = scored.values().map(|scored| scored.lines.len()).sum::<usize>();
    if context.out.wants_json() {
        context
            .out
            .json(&serde_json::json!({ "shard": shard.to_string(), "answers": scored.len(), "results": lines, "file": path }));
    } else {
        let what = format!("{} of {}", many(lines, "result"), many(scored.len(), "answer"));
        context.out.say(format!("Shard {shard}: {what} in {}.", path.display()));
        context.out.note("The file holds what was measured of recordings, and nothing that was said or judged.");
    }
    Ok(super::exit(&scored))
}

/// A line, or a whole file, that is not taken.
#[derive(Serialize)]
struct LeftOut {
    file: PathBuf,
    /// From 1; none for a whole file.
    line: Option<usize>,
    why: String,
}

/// Takes in the shards of some folders: what fits is kept, whatever else lies beside it.
pub(super) async fn take(args: &Args, folders: &[PathBuf], seat: &Seat, context: &Context) -> Outcome {
    let mut files = Vec::new();
    for folder in folders {
        files.extend(shards_in(folder)?);
    }
    let could_not = |error: &LibraryError| room::told("Could not take in the results", error);
    let scoring = Scoring { model: None, ..scoring(args, seat, context)? };
    let (mut kept, mut left) = (0, Vec::new());
    for file in &files {
        let out = |line: Option<usize>, why: String| LeftOut { file: file.clone(), line, why };
        let opened = match open_ordinary(file) {
            Ok(opened) => opened,
            Err(error) => {
                left.push(out(None, error.to_string()));
                continue;
            }
        };
        for (nth, bytes) in BufReader::new(opened).split(b'\n').enumerate() {
            let taken = match bytes {
                Err(error) => {
                    left.push(out(Some(nth + 1), error.to_string()));
                    break;
                }
                Ok(bytes) if bytes.trim_ascii().is_empty() => continue,
                Ok(bytes) => match Line::read(&bytes) {
                    Some(line) => scoring.take(&line).await.map_err(|error| could_not(&error))?,
                    None => Err(Left::NoResult),
                },
            };
            match taken {
                Ok(()) => kept += 1,
                Err(why) => left.push(out(Some(nth + 1), why.words().to_owned())),
            }
        }
    }
    let jobs = super::wish(args).jobs;
    let read = if kept > 0 { scoring.reads_what_was_said(jobs).await.map_err(|error| could_not(&error))? } else { 0 };
    match context.out.wants_json() {
        true => context
            .out
            .json(&serde_json::json!({ "files": files.len(), "kept": kept, "read": read, "foreign": left.len(), "left": left })),
        false => say(&files, kept, read, &left, context),
    }
    Ok(match (kept, left.len()) {
        (0, 0) => Exit::NoMatch,
        (_, 0) => Exit::Done,
        _ => Exit::Partial,
    })
}

fn say(files: &[PathBuf], kept: usize, read: usize, left: &[LeftOut], context: &Context) {
    let out = &context.out;
    out.say(format!("{} taken from {}; {} read here.", many(kept, "result"), many(files.len(), "file"), many(read, "answer")));
    if left.is_empty() {
        return;
    }
    out.say(format!("{} left:", many(left.len(), "line")));
    for one in left.iter().take(MOST_LEFT) {
        let line = one.line.map_or_else(String::new, |line| format!(", line {line}"));
        out.say(format!("  {}{line}: {}", one.file.display(), one.why));
    }
    if left.len() > MOST_LEFT {
        out.say(format!("  … and {} more; --json has them all.", left.len() - MOST_LEFT));
    }
}

fn shards_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let could_not = || format!("Could not read {}", folder.display());
    let listed = fs::read_dir(folder).map_err(|error| Failure::new(could_not()).because(&error))?;
    let mut files = Vec::new();
    for entry in listed {
        let path = entry.map_err(|error| Failure::new(could_not()).because(&error))?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        let failure = Failure::new(format!("{}: there is no shard in it", could_not())).exit(Exit::NoMatch);
        return Err(failure.hint("`earmark score BATCH --shard 1/2 --out DIR` writes one"));
    }
    Ok(files)
}

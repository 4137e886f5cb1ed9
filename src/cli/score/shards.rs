//! Shards: results written into a folder, and taken in again.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use super::{Args, results, scoring};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::{self, Seat};
use crate::cli::words::many;
use crate::config::{open_ordinary, private};
use crate::runtime::scoring::{Line, read_line};

const ENDING: &str = "jsonl";

/// Writes one shard's results: a file that takes its name when it is whole.
pub(super) async fn write(args: &Args, seat: &Seat, context: &Context) -> Outcome {
    let (Some(shard), Some(out)) = (args.shard, &args.out) else {
        return Err(Failure::usage("Could not write a shard without --out"));
    };
    let could_not =
        |error: &(dyn std::error::Error + 'static)| Failure::new(format!("Could not write to {}", out.display())).because(error);
    private::folder(out).map_err(|error| could_not(&error))?;
    let scored = results(args, seat, context).await?;
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
        context.out.note("The file holds what was said, word by word: keep it as private as the recordings.");
    }
    Ok(super::exit(&scored))
}

/// Takes in the shards of some folders.
pub(super) async fn take(args: &Args, folders: &[PathBuf], seat: &Seat, context: &Context) -> Outcome {
    let mut files = Vec::new();
    for folder in folders {
        files.extend(shards_in(folder)?);
    }
    let mut lines = Vec::new();
    for file in &files {
        lines.extend(read(file)?);
    }
    let scoring = scoring(args, seat, context)?;
    let taken = scoring.take(&lines).await.map_err(|error| room::told("Could not take in the results", &error))?;
    if context.out.wants_json() {
        context.out.json(&serde_json::json!({ "files": files.len(), "kept": taken.kept, "foreign": taken.foreign }));
    } else {
        context.out.say(format!("{} taken from {}.", many(taken.kept, "result"), many(files.len(), "file")));
        if taken.foreign > 0 {
            let what = many(taken.foreign, "result");
            context.out.say(format!("{what} left: of other answers, or made of something else than what is here."));
        }
    }
    Ok(match (taken.kept, taken.foreign) {
        (0, 0) => Exit::NoMatch,
        (_, 0) => Exit::Done,
        _ => Exit::Partial,
    })
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

fn read(path: &Path) -> Result<Vec<Line>, Failure> {
    let could_not = || format!("Could not read {}", path.display());
    let file = open_ordinary(path).map_err(|error| Failure::new(could_not()).because(&error))?;
    let mut lines = Vec::new();
    for (nth, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| Failure::new(could_not()).because(&error))?;
        let read = read_line(path, nth + 1, &line);
        let hint = "take the file out of the folder, or let its shard run again";
        lines.extend(read.map_err(|error| Failure::new(could_not()).cause(error.to_string()).hint(hint))?);
    }
    Ok(lines)
}

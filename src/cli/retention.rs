//! `earmark retention run`: removes what is past its date, leaves alone what is held, and says who has to be told.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::human_bytes;
use super::room::{self, told};
use super::subject::receipts;
use super::words::many;
use crate::library::{Library, LibraryError};
use crate::runtime::keeping::{self, Counted, Due, EngineTold, Erasing, Receiver, Removal, Retention};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Removes what is past its date: recordings by their date, persons by theirs; what is held stays
    Run(RunArgs),
}

#[derive(clap::Args, Debug)]
struct RunArgs {
    /// Says what would be removed, and removes nothing
    #[arg(long)]
    dry_run: bool,
    /// Writes the receipt, signed by you, into a new file
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
}

const COULD_NOT: &str = "Could not remove what is past its date";

/// What became of one thing that is past its date.
struct Became {
    due: Due,
    removed: Option<Counted>,
    receivers: Vec<Receiver>,
    engines: Vec<EngineTold>,
    failed: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        Command::Run(args) => room::wait(remove_all(args, context)),
    }
}

/// With `--json` the receipt: `{"at", "dry_run", "removed": [..], "stays": [..], "failed": [..], "signature"}`. It ends with 0 also when
/// nothing was due or all of it is held, and with 4 where something could not be removed.
async fn remove_all(args: &RunArgs, context: &Context) -> Outcome {
    if !crate::library::is_there(&context.paths.library) {
        return Err(room::none_there(context));
    }
    if let Some(path) = args.receipt.as_ref().filter(|path| path.exists()) {
        return Err(Failure::usage(COULD_NOT).cause(format!("{} is there already and is not replaced", path.display())));
    }
    let library = room::to_write(context).await?;
    let me = room::identity(&library, context).await?;
    let library = library.acting_as(me.reviewer());
    let settings = &context.settings;
    let policy = Retention {
        media_days: settings.retention_recordings.value.map(u32::from),
        person_days: settings.retention_person.value.map(u32::from),
    };
    let due = keeping::due(&library, policy).await.map_err(|error| told(COULD_NOT, &error))?;
    let stop = super::import::stop_when_asked();
    let (mut all, mut interrupted) = (Vec::new(), false);
    for due in due {
        if stop.load(std::sync::atomic::Ordering::Relaxed) {
            interrupted = true;
            break;
        }
        all.push(one(&library, due, args.dry_run).await?);
    }
    let receipt = receipts::signed(receipt(&all, args.dry_run, library.now()), &me);
    if let Some(path) = &args.receipt {
        receipts::write(path, &receipt)?;
    }
    library.close().await;
    match context.out.wants_json() {
        true => context.out.json(&receipt),
        false => say(&all, args.dry_run, context),
    }
    let failed = all.iter().any(|one| one.failed.is_some());
    Ok(match (interrupted, failed) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Partial,
        (false, false) => Exit::Done,
    })
}

async fn one(library: &Library, due: Due, dry: bool) -> Result<Became, Failure> {
    let failed = |error: LibraryError| told(COULD_NOT, &error);
    let me = library.author().expect("somebody acts");
    let person = keeping::open(library, me, due.candidate).await.map_err(failed)?;
    let receivers = keeping::receivers(library, &person).await.map_err(failed)?;
    let engines = keeping::engines(library, &person).await.map_err(failed)?;
    let plan: Option<Erasing> = match due.what {
        Removal::Person => Some(keeping::plan(library, &person).await.map_err(failed)?),
        Removal::Recordings => None,
    };
    if dry || !due.is_free() {
        return Ok(Became { due, removed: None, receivers, engines, failed: None });
    }
    match keeping::remove(library, &due, plan.as_ref()).await {
        Ok(removed) => Ok(Became { due, removed: Some(removed), receivers, engines, failed: None }),
        // One that cannot be removed does not keep the others.
        Err(error @ (LibraryError::Io { .. } | LibraryError::Damaged { .. })) => {
            Ok(Became { due, removed: None, receivers, engines, failed: Some(error.to_string()) })
        }
        Err(error) => Err(failed(error)),
    }
}

fn receipt(all: &[Became], dry: bool, at: jiff::Timestamp) -> Value {
    let told = |one: &Became| {
        let mut told = serde_json::to_value(&one.due).expect("it has only string keys");
        told["removed"] = json!(one.removed);
        told["to_tell"] = json!(one.receivers);
        told["engines"] = json!(one.engines);
        if let Some(why) = &one.failed {
            told["reason"] = json!(why);
        }
        told
    };
    let some = |is: &dyn Fn(&Became) -> bool| all.iter().filter(|one| is(one)).map(told).collect::<Vec<Value>>();
    json!({
        "format": 1,
        "at": at,
        "dry_run": dry,
        "removed": some(&|one| one.removed.is_some()),
        "would_remove": some(&|one| dry && one.due.is_free()),
        "stays": some(&|one| !one.due.is_free()),
        "failed": some(&|one| one.failed.is_some()),
    })
}

fn say(all: &[Became], dry: bool, context: &Context) {
    let out = &context.out;
    for one in all {
        let (due, kept) = (&one.due, one.removed.unwrap_or(one.due.kept));
        let what = match due.what {
            Removal::Recordings => format!("{} of candidate {}", many(kept.recordings, "recording"), due.candidate),
            Removal::Person => format!("candidate {}, {}", due.candidate, many(kept.submissions, "submission")),
        };
        let told = format!("{what}, kept until {} ({})", due.until, human_bytes(kept.bytes));
        match (&one.failed, one.removed.is_some(), due.is_free()) {
            (Some(why), ..) => out.say(format!("could not remove {told}: {why}")),
            (None, true, _) => out.say(format!("removed {told}")),
            (None, false, true) => out.say(format!("would remove {told}")),
            (None, false, false) => out.say(format!("stays: {told}: {}", why_it_stays(due))),
        }
        if due.is_free() {
            receipts::say_receivers(&one.receivers, context);
            receipts::say_engines(&one.engines, context);
        }
    }
    if all.is_empty() {
        out.say(if dry { "Nothing would be removed." } else { "Nothing is past its date." });
    }
}

fn why_it_stays(due: &Due) -> String {
    if let Some(hold) = due.holds.first() {
        return format!("a hold is in force: {}", hold.reason);
    }
    match &due.waits_for {
        Some((batch, Some(day))) => format!("the person is in batch {batch} too, until {day}"),
        Some((batch, None)) => format!("the person is in batch {batch} too, which has no date"),
        None => String::new(),
    }
}

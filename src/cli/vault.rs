//! `earmark vault`: what is kept of recordings, and whether it is what was put there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::human_bytes;
use super::words::many;
use super::{Context, room};
use crate::config::settings::Size;
use crate::interview::{AnswerId, BatchId, SubmissionId};
use crate::library::{Fault, Finding, Inspection};
use crate::runtime::keeping::{self, Shrunk};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Opens everything that is kept and compares every bit with what was put there; names what is damaged, and what that means
    Verify,
    /// Puts recordings away that can be fetched again, the least needed first, until the vault is no larger than this
    Shrink(ShrinkArgs),
}

#[derive(clap::Args, Debug)]
struct ShrinkArgs {
    /// How large it may be: 500M, 20G; without it, as the setting vault.most says
    #[arg(long, value_name = "SIZE", value_parser = size)]
    to: Option<Size>,
    /// Says what would be put away, and puts nothing away
    #[arg(long)]
    dry_run: bool,
}

fn size(text: &str) -> Result<Size, String> {
    Size::parse(text).ok_or_else(|| "write it as 500M or 20G".to_owned())
}

/// What `verify --json` prints.
#[derive(Serialize)]
struct Report {
    whole: bool,
    files: usize,
    bytes: u64,
    records: usize,
    put_away: usize,
    findings: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    fault: &'static str,
    what: String,
    path: Option<SafeText>,
    batch: Option<BatchId>,
    submission: Option<SubmissionId>,
    answer: Option<AnswerId>,
    affects: &'static str,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        Command::Verify => room::wait(verify(context)),
        Command::Shrink(args) => room::wait(shrink(args, context)),
    }
}

/// With `--json` `{"before", "after", "put_away", "needed", "needed_bytes", "held", "bound"}`. It ends with 4 where the vault stays larger than that.
async fn shrink(args: &ShrinkArgs, context: &Context) -> Outcome {
    const COULD_NOT: &str = "Could not make the vault smaller";
    let most = args.to.or(context.settings.vault_most.value).map(Size::bytes).ok_or_else(|| {
        Failure::usage(COULD_NOT).cause("nothing says how large it may be").hint("say --to 20G, or set vault.most")
    })?;
    if !crate::library::is_there(&context.paths.library) {
        return Err(room::none_there(context));
    }
    let library = room::to_write(context).await?;
    let me = room::identity(&library, context).await?.reviewer();
    let shrunk = keeping::shrink(&library.acting_as(me), me, most, args.dry_run).await;
    let shrunk = shrunk.map_err(|error| room::told(COULD_NOT, &error))?;
    library.close().await;
    if context.out.wants_json() {
        context.out.json(&as_json(&shrunk, most));
    }
    say_shrunk(&shrunk, most, args.dry_run, context);
    Ok(if shrunk.after <= most { Exit::Done } else { Exit::Partial })
}

/// What keeping the bound took, and whether it is kept.
pub(super) fn say_shrunk(shrunk: &Shrunk, most: u64, dry: bool, context: &Context) {
    let verb = if dry { "Would put away" } else { "Put away" };
    let (before, after) = (human_bytes(shrunk.before), human_bytes(shrunk.after));
    context.out.say(format!("{verb} {}: {before}, then {after}.", many(shrunk.put_away, "recording")));
    if shrunk.after > most {
        context.out.say(format!("That is more than {}. It holds {}.", human_bytes(most), what_stays(shrunk).join(", ")));
    }
}

/// What keeping the bound took, for programs.
pub(super) fn as_json(shrunk: &Shrunk, most: u64) -> serde_json::Value {
    let mut told = serde_json::to_value(shrunk).expect("it has only numbers");
    told["bound"] = most.into();
    told
}

/// What holds the room.
fn what_stays(shrunk: &Shrunk) -> Vec<String> {
    let mut stays = Vec::new();
    let (to_hear, rest) = (shrunk.needed - shrunk.held, shrunk.after.saturating_sub(shrunk.needed_bytes));
    if to_hear > 0 {
        let verb = if to_hear == 1 { "is" } else { "are" };
        stays.push(format!("{} that {verb} still to be heard", many(to_hear, "recording")));
    }
    if shrunk.held > 0 {
        stays.push(format!("{} of people who are held", many(shrunk.held, "recording")));
    }
    if rest > 0 {
        stays.push(format!("{} that cannot be fetched again", human_bytes(rest)));
    }
    stays
}

/// With `--json` what [`Report`] holds. It ends with 4 where something is damaged or missing.
async fn verify(context: &Context) -> Outcome {
    let library = room::there(context).await?;
    let bar = Arc::new(context.out.transfer("verify"));
    let (shown, seen) = (bar.clone(), AtomicU64::new(0));
    let told = move |done: u64, total: u64| {
        shown.set_total(total);
        shown.advance(done.saturating_sub(seen.swap(done, Ordering::Relaxed)));
    };
    let inspection = library.inspect(Arc::new(told)).await;
    bar.clear();
    let inspection = inspection.map_err(|error| room::told("Could not look through the vault", &error))?;
    library.close().await;
    match context.out.wants_json() {
        true => context.out.json(&report(&inspection)),
        false => say(&inspection, context),
    }
    Ok(if inspection.findings.is_empty() { Exit::Done } else { Exit::Partial })
}

fn report(inspection: &Inspection) -> Report {
    let told = |finding: &Finding| Told {
        fault: match finding.fault {
            Fault::Damaged => "damaged",
            Fault::Missing => "missing",
            Fault::Unread(_) => "unreadable",
            Fault::Stranger => "unknown",
        },
        what: finding.what.clone(),
        path: finding.path.as_ref().map(|path| SafeText::line(&path.to_string_lossy())),
        batch: finding.batch,
        submission: finding.submission,
        answer: finding.answer,
        affects: finding.affects,
    };
    Report {
        whole: inspection.findings.is_empty(),
        files: inspection.files,
        bytes: inspection.bytes,
        records: inspection.records,
        put_away: inspection.put_away,
        findings: inspection.findings.iter().map(told).collect(),
    }
}

fn say(inspection: &Inspection, context: &Context) {
    let out = &context.out;
    for finding in &inspection.findings {
        let batch = finding.batch.map(|batch| format!("; batch {}", &batch.to_string()[..8])).unwrap_or_default();
        out.say(format!("{finding}{batch}"));
        out.say(format!("  {}", finding.affects));
    }
    let looked = format!(
        "{} ({}) and {}",
        many(inspection.files, "file"),
        human_bytes(inspection.bytes),
        many(inspection.records, "record")
    );
    let away = match inspection.put_away {
        0 => String::new(),
        some => format!("; {} not here on purpose", many(some, "recording")),
    };
    match inspection.findings.len() {
        0 => out.say(format!("{looked}, all whole{away}.")),
        some => {
            out.say(format!("{looked}: {} wrong{away}.", if some == 1 { "1 is".to_owned() } else { format!("{some} are") }));
            out.say("Import those again, or fetch them with `earmark fetch --again BATCH`; or restore a backup into another folder; everything else can be used.");
        }
    }
}

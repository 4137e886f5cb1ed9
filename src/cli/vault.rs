//! `earmark vault`: what is kept of recordings, and whether it is what was put there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::exit::Exit;
use super::failure::Outcome;
use super::output::human_bytes;
use super::words::many;
use super::{Context, room};
use crate::interview::{AnswerId, BatchId, SubmissionId};
use crate::library::{Fault, Finding, Inspection};
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
    match args.command {
        Command::Verify => room::wait(verify(context)),
    }
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
        let batch = finding.batch.map(|batch| format!(" of batch {}", &batch.to_string()[..8])).unwrap_or_default();
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
            out.say("Import or fetch those again, or restore a backup into another folder; everything else can be used.");
        }
    }
}

//! `earmark audit verify`: whether the journal is what was written, and where it is not.

use std::path::PathBuf;

use serde::Serialize;

use super::head::{Held, SignedHead};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::{self, told};
use crate::cli::words::many;
use crate::interview::{BatchId, EventId, ReviewerId, WriterId};
use crate::journal::Break;
use crate::library::{JournalAudit, Library, StreamAudit};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either; without it, the whole journal
    batch: Option<String>,
    /// A head that `earmark audit head` wrote earlier: what it says must still be there
    #[arg(long, value_name = "FILE")]
    head: Vec<PathBuf>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    batch: Option<BatchId>,
    whole: bool,
    streams: Vec<StreamTold>,
    /// Events that were taken away at the journal's end, as the database's own counter tells.
    cut: i64,
    heads: Vec<HeadTold>,
}

#[derive(Serialize)]
struct StreamTold {
    writer: WriterId,
    author: Option<ReviewerId>,
    /// Written by this library: no number may be missing.
    own: bool,
    events: usize,
    /// Of them, those of the batch that was asked for.
    of_batch: Option<usize>,
    /// Of another library's stream, events that are not here.
    not_here: u64,
    /// Of people who were erased, or whose keys have not come.
    closed: usize,
    last: u64,
    hash: String,
    breaks: Vec<BreakTold>,
}

#[derive(Serialize)]
struct BreakTold {
    seq: u64,
    event: Option<EventId>,
    reason: String,
}

#[derive(Serialize)]
struct HeadTold {
    file: SafeText,
    /// Who signed it, and whether you know that person's key.
    by: SafeText,
    known: bool,
    made_at: jiff::Timestamp,
    whole: bool,
    reasons: Vec<String>,
}

/// With `--json` what [`Report`] holds. It ends with 4 where something is not what was written.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let library = room::there(context).await?;
    let batch = match &args.batch {
        Some(named) => Some(room::find_batch(&library, named).await?),
        None => None,
    };
    let audit = library.audit().await.map_err(|error| told("Could not read the journal", &error))?;
    let mut heads = Vec::new();
    for path in &args.head {
        let head = SignedHead::read(path)?;
        let known = super::head::is_known(&library, &head, context).await?;
        let reasons = compare(&head, &audit, &library).await?;
        heads.push(HeadTold {
            file: SafeText::line(&path.to_string_lossy()),
            by: head.by.label.clone(),
            known,
            made_at: head.made_at,
            whole: reasons.is_empty(),
            reasons,
        });
    }
    library.close().await;
    let report = report(&audit, batch, heads);
    match context.out.wants_json() {
        true => context.out.json(&report),
        false => say(&report, context),
    }
    Ok(if report.whole { Exit::Done } else { Exit::Partial })
}

fn report(audit: &JournalAudit, batch: Option<BatchId>, heads: Vec<HeadTold>) -> Report {
    let of = |stream: &&StreamAudit| batch.is_none_or(|batch| audit.of(batch).any(|one| one.writer == stream.writer));
    let streams: Vec<StreamTold> = audit.streams.iter().filter(of).map(|stream| told_stream(stream, batch)).collect();
    let whole = audit.cut == 0 && streams.iter().all(|stream| stream.breaks.is_empty()) && heads.iter().all(|head| head.whole);
    Report { batch, whole, streams, cut: audit.cut, heads }
}

fn told_stream(stream: &StreamAudit, batch: Option<BatchId>) -> StreamTold {
    let told = |found: &Break| BreakTold { seq: found.seq, event: found.event, reason: found.why.to_string() };
    StreamTold {
        writer: stream.writer,
        author: stream.author,
        own: stream.is_own,
        events: stream.events,
        of_batch: batch.map(|batch| stream.in_batches.get(&batch).copied().unwrap_or_default()),
        not_here: stream.missing,
        closed: stream.closed,
        last: stream.end.0,
        hash: stream.end.1.to_string(),
        breaks: stream.breaks.iter().map(told).collect(),
    }
}

/// What a head says and the journal does not.
async fn compare(head: &SignedHead, audit: &JournalAudit, library: &Library) -> Result<Vec<String>, Failure> {
    let mut reasons = Vec::new();
    for Held { writer, last, hash } in &head.streams {
        if !audit.streams.iter().any(|stream| stream.writer == *writer) {
            reasons.push(format!("the stream of writer {writer}, which had {last} events then, is not here"));
            continue;
        }
        let hashes = library.hashes(*writer).await.map_err(|error| told("Could not read the journal", &error))?;
        match hashes.get(last) {
            None => reasons.push(format!("writer {writer}: event {last}, which was the last one then, is not here")),
            Some(found) if found != hash => {
                reasons.push(format!("writer {writer}: event {last} is another than the one that was the last then"));
            }
            Some(_) => {}
        }
    }
    Ok(reasons)
}

fn say(report: &Report, context: &Context) {
    let out = &context.out;
    for stream in &report.streams {
        let whose = stream.author.map_or_else(|| "nobody who can be told".to_owned(), |author| author.to_string());
        let of = stream.of_batch.map(|count| format!(", {count} of this batch")).unwrap_or_default();
        let here = if stream.own { "written here" } else { "written elsewhere" };
        out.say(format!("{} of {whose}, {here}: {}{of}", &stream.writer.to_string()[..8], many(stream.events, "event")));
        if stream.not_here > 0 {
            out.say(format!("  {} of it are not here: their keys have not come, or they stay with their author", stream.not_here));
        }
        if stream.closed > 0 {
            out.say(format!("  {} cannot be opened: the person was erased, or the key has not come", stream.closed));
        }
        for found in &stream.breaks {
            let event = found.event.map(|event| format!(" ({event})")).unwrap_or_default();
            out.say(format!("  event {}{event}: {}", found.seq, found.reason));
        }
    }
    if report.cut > 0 {
        out.say(format!(
            "The journal's end is missing: {} were taken away after they were written.",
            many(report.cut as usize, "event")
        ));
    }
    for head in &report.heads {
        let known = if head.known { "" } else { ", whose key you have not found right" };
        out.say(format!("{}: signed by {}{known}, {}", head.file, head.by, head.made_at));
        head.reasons.iter().for_each(|reason| out.say(format!("  {reason}")));
    }
    out.say(match (report.whole, report.heads.is_empty()) {
        (true, true) => "The chain holds. That its end was not cut off with care shows only beside a head: `earmark audit head`.",
        (true, false) => "The chain holds, and goes on from where the heads say.",
        (false, _) => "The chain does not hold.",
    });
}

impl From<&StreamAudit> for Held {
    fn from(stream: &StreamAudit) -> Self {
        Held { writer: stream.writer, last: stream.end.0, hash: stream.end.1 }
    }
}

/// That the journal must be whole before its end is signed.
pub(super) fn must_hold(audit: &JournalAudit) -> Result<(), Failure> {
    let broken = audit.streams.iter().flat_map(|stream| &stream.breaks).count();
    match (broken, audit.cut) {
        (0, 0) => Ok(()),
        _ => Err(Failure::new("Could not sign the journal's end: its chain does not hold")
            .hint("`earmark audit verify` names every place")
            .exit(Exit::Partial)),
    }
}

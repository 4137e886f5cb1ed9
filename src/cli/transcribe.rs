//! `earmark transcribe`: writes down what was said in answers that have no transcript, by an endpoint or a program of the settings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::Context;
use super::engine::{self, Engine};
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::room::{self, Seat};
use super::signals::{asked_to_end, stopped};
use super::words::many;
use crate::assist::Transcriber;
use crate::assist::transcribe::Program;
use crate::interview::AnswerId;
use crate::runtime::transcribing::{Ended, Transcribing};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Also answers that an engine has written down before; what people wrote, or the source gave, stays
    #[arg(long)]
    again: bool,
    /// Only submissions that were handed in since, such as 2026-11-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<jiff::Timestamp>,
}

/// With `--json`: `{"batch", "title", "by", "place", "outcomes": {name: count}, "answers": [{candidate, shown, question, answer, outcome,
/// words, reason}]}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let engine = transcriber(context)?;
    let seat = Seat::to_act(&args.batch, context).await?;
    let transcribing = Transcribing {
        library: &seat.library,
        batch: &seat.desk.batch,
        engine: &engine,
        again: args.again,
        since: args.since,
        givings: Default::default(),
        at_once: context.settings.transcribe_at_once.value.count(),
    };
    let total = transcribing.wanted().len();
    let progress = context.out.progress_in_time("writing down", total as u64);
    let done = AtomicUsize::new(0);
    let work = transcribing.run(|_| {
        done.fetch_add(1, Ordering::Relaxed);
        progress.advance(1);
    });
    let all = tokio::select! {
        all = work => all.map_err(|error| room::told("Could not write down what was said", &error)),
        true = asked_to_end() => Err(stopped("write down what was said", done.load(Ordering::Relaxed), total)),
    };
    drop(progress);
    if all.is_err() {
        let kept = transcribing.cut_short().await;
        kept.map_err(|error| room::told("Could not write down what became of what was being sent", &error))?;
    }
    let all = all?;
    match context.out.wants_json() {
        true => context.out.json(&to_json(&seat, &engine, &all)),
        false => say(&seat, &engine, &all, context),
    }
    let exit = match () {
        () if all.is_empty() => Exit::NoMatch,
        () if all.values().any(|ended| matches!(ended, Ended::Failed(..))) => Exit::Partial,
        () => Exit::Done,
    };
    seat.leave().await;
    Ok(exit)
}

/// Who writes: the program of the settings, else the endpoint.
fn transcriber(context: &Context) -> Result<Transcriber, Failure> {
    let settings = &context.settings;
    let Some(command) = &settings.transcribe_command.value else {
        return engine::endpoint(Engine::Transcribe, context).map(Transcriber::Endpoint);
    };
    if settings.transcribe_url.value.is_some() {
        let failure = Failure::usage("Could not tell who writes: both `transcribe.url` and `transcribe.command` are set");
        return Err(failure.hint("leave one of them out"));
    }
    let program = Program::read(command, settings.transcribe_files.value, settings.transcribe_timeout.value.duration());
    program.map(|program| Transcriber::Program(Arc::new(program))).map_err(|error| {
        let failure = Failure::usage("Could not use the program of `transcribe.command`").because(&error);
        failure.hint("write it as \"PROGRAM -f {input}\"; docs/transcribing.md has examples")
    })
}

fn counts(all: &BTreeMap<AnswerId, Ended>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    all.values().for_each(|ended| *counts.entry(ended.name()).or_default() += 1);
    counts
}

fn to_json(seat: &Seat, engine: &Transcriber, all: &BTreeMap<AnswerId, Ended>) -> serde_json::Value {
    let answers = seat.desk.batch.submissions.iter().flat_map(|submission| {
        submission.answers.iter().filter_map(move |answer| {
            let ended = all.get(&answer.id)?;
            let (words, reason) = match ended {
                Ended::Written { words } => (Some(words), None),
                Ended::NotAllowed(why) => (None, Some(SafeText::line(why))),
                Ended::Failed(_, why) => (None, Some(SafeText::line(why))),
                Ended::NobodySpeaks => (Some(&0), None),
                Ended::There | Ended::NoRecording | Ended::Erased => (None, None),
            };
            Some(json!({
                "candidate": submission.candidate.source_id,
                "shown": seat.desk.shown_name(submission.id, Some(&answer.question)).text(),
                "question": answer.question,
                "answer": answer.id,
                "outcome": ended.name(),
                "words": words,
                "reason": reason,
            }))
        })
    });
    json!({
        "batch": seat.desk.batch.id,
        "title": seat.desk.batch.title,
        "by": SafeText::line(&engine.name()),
        "place": SafeText::line(&engine.place()),
        "outcomes": counts(all),
        "answers": answers.collect::<Vec<_>>(),
    })
}

fn say(seat: &Seat, engine: &Transcriber, all: &BTreeMap<AnswerId, Ended>, context: &Context) {
    let out = &context.out;
    let outcomes: Vec<String> = counts(all).into_iter().map(|(name, count)| format!("{count} {name}")).collect();
    let by = SafeText::line(&format!("{} ({})", engine.name(), engine.place()));
    out.say(format!("{}: {}: {}.", seat.desk.batch.title, many(all.len(), "recording"), outcomes.join(", ")));
    if all.values().any(|ended| matches!(ended, Ended::Written { .. })) {
        out.say(format!(
            "By {by}. A machine's transcript has mistakes, more for some voices than for others: hear before you judge."
        ));
    }
    let mut table = Table::new(&["candidate", "question", "why not"]);
    for submission in seat.desk.rows.iter().filter_map(|id| seat.desk.batch.submission(*id)) {
        for answer in &submission.answers {
            let why = match all.get(&answer.id) {
                Some(Ended::Failed(_, why)) => SafeText::line(why),
                Some(Ended::NotAllowed(why)) => SafeText::line(why),
                _ => continue,
            };
            let name = seat.desk.shown_name(submission.id, Some(&answer.question));
            table.row([name.text().as_str(), answer.question.as_str(), why.as_str()]);
        }
    }
    if !table.is_empty() {
        out.say("");
        out.table(&table);
    }
}

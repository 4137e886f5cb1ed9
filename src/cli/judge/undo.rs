//! `earmark undo` and `earmark redo`: taking back one's own acts, and bringing them back.

use serde_json::{Value, json};

use super::done;
use crate::app::since_in_words;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::interview::EventId;
use crate::journal::{Act, Event};

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The act's id; without it your last act that can be taken back
    #[arg(long, value_name = "ID")]
    event: Option<EventId>,
}

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct RedoArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
}

/// Takes back what one command wrote: a rating with its evidence and note; with --event that act alone. With `--json` `{"batch",
/// "undone": the act's id, "kind", "events": the ids of all that was taken back, "candidate", "shown", "question", "done_since": [text]}`;
/// the three before the last are null where the act is about no candidate or question. `done_since` is what was done after it and stays.
pub(in crate::cli) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let wanted = |event: &Event| args.event.is_none_or(|id| event.id() == id);
    if let Some(why) = seat.desk.left_already(wanted) {
        let hint = "decide anew with `earmark decide`: both stay on record, and the next `earmark deliver plan` has the correction";
        return Err(Failure::new("Could not undo a decision").cause(why).hint(hint));
    }
    let last = seat.desk.undoable(wanted).cloned().ok_or_else(|| {
        let why = "only acts of your own can be undone, that still stand and are not sealed";
        Failure::new("Could not find anything to undo").cause(why).exit(Exit::NoMatch)
    })?;
    let step: Vec<Event> = match args.event {
        Some(_) => vec![last],
        None => seat.desk.step_of(&last).into_iter().cloned().collect(),
    };
    if let Some(event) = step.iter().find(|event| seat.desk.undo_asks_reason(event)) {
        let what = format!("Could not undo {}", seat.desk.in_words(event));
        let hint = "`earmark rate` gives another value or takes it back (`clear`), with --reason";
        return Err(Failure::new(what).cause("the protocol asks why a rating is changed").hint(hint).exit(Exit::Usage));
    }
    let since =
        if args.event.is_none() { step.last().map_or_else(Vec::new, |last| seat.desk.done_since(last)) } else { Vec::new() };
    // What evidence stood in for when its ends were moved comes back with it.
    let replaced: Vec<Event> = step.iter().flat_map(|event| seat.desk.undos_with(event)).cloned().collect();
    let all = replaced.iter().chain(&step);
    seat.act(all.map(|event| (event.header.subject, Act::Undone { event: event.id() })).collect()).await?;
    let said = format!("Undone: {}.{} `earmark redo` brings it back.", seat.desk.step_in_words(&step), since_in_words(&since));
    let mut result = result("undone", &step, &seat);
    result["done_since"] = json!(since);
    Ok(done(seat, result, said, context).await)
}

/// Brings back what `undo` took back last. With `--json` as `undo`, with "redone" in the place of "undone" and without "done_since".
pub(in crate::cli) async fn redo(args: &RedoArgs, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let (undo, _) = seat.desk.bringable().ok_or_else(|| {
        let why = "nothing was undone, or something was judged since";
        Failure::new("Could not find anything to bring back").cause(why).exit(Exit::NoMatch)
    })?;
    let replaced: Vec<Event> = seat.desk.undos_of_undos_with(undo).into_iter().cloned().collect();
    let step = seat.desk.step_back_of(undo);
    let (undos, step): (Vec<Event>, Vec<Event>) = step.into_iter().map(|(undo, event)| (undo.clone(), event.clone())).unzip();
    let undos = replaced.into_iter().chain(undos);
    seat.act(undos.map(|undo| (undo.header.subject, Act::Undone { event: undo.id() })).collect()).await?;
    let said = format!("Brought back: {}.", seat.desk.step_in_words(&step));
    let result = result("redone", &step, &seat);
    Ok(done(seat, result, said, context).await)
}

/// The acts of a step; the first says what it was, whatever came with it.
fn result(done: &str, step: &[Event], seat: &Seat) -> Value {
    let first = step.first();
    let (submission, question) = first.map_or((None, None), |event| seat.desk.about(event));
    let name = submission.map(|id| seat.name(id));
    let events: Vec<EventId> = step.iter().map(Event::id).collect();
    let mut result = json!({ "batch": seat.desk.batch.id, "kind": first.map(|event| &event.header.kind), "events": events });
    result[done] = json!(first.map(Event::id));
    result["candidate"] = json!(name.as_ref().map(|(_, source)| source));
    result["shown"] = json!(name.as_ref().map(|(shown, _)| shown));
    result["question"] = json!(question);
    result
}

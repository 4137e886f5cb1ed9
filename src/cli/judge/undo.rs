//! `earmark undo` and `earmark redo`: taking back one's own acts, and bringing them back.

use serde_json::json;

use super::done;
use crate::app::kind_in_words;
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

/// With `--json` `{"batch", "undone": the act's id, "kind"}`.
pub(in crate::cli) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let wanted = |event: &Event| args.event.is_none_or(|id| event.id() == id);
    let event = seat.desk.undoable(wanted).cloned().ok_or_else(|| {
        let why = "only acts of your own can be undone, that still stand and are not sealed";
        Failure::new("Could not find anything to undo").cause(why).exit(Exit::NoMatch)
    })?;
    seat.act(vec![(event.header.subject, Act::Undone { event: event.id() })]).await?;
    let result = json!({ "batch": seat.desk.batch.id, "undone": event.id(), "kind": event.header.kind });
    let said = format!("Undone: {}. `earmark redo` brings it back.", kind_in_words(&event.header.kind));
    Ok(done(seat, result, said, context).await)
}

/// With `--json` `{"batch", "redone": the act's id, "kind"}`.
pub(in crate::cli) async fn redo(args: &RedoArgs, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let brought = seat.desk.bringable().map(|(undo, event)| (undo.clone(), event.clone()));
    let (undo, event) = brought.ok_or_else(|| {
        let why = "nothing was undone, or something was judged since";
        Failure::new("Could not find anything to bring back").cause(why).exit(Exit::NoMatch)
    })?;
    seat.act(vec![(undo.header.subject, Act::Undone { event: undo.id() })]).await?;
    let result = json!({ "batch": seat.desk.batch.id, "redone": event.id(), "kind": event.header.kind });
    let said = format!("Brought back: {}.", kind_in_words(&event.header.kind));
    Ok(done(seat, result, said, context).await)
}

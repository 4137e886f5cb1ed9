//! `earmark brief`: what to ask a candidate live, as Markdown.

use serde_json::json;

use super::{person, silent};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Outcome;
use crate::cli::room::Seat;
use crate::export::report::brief_text;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: a pseudonym, the source's id, or a name that was revealed
    candidate: String,
}

/// With `--json` `{"batch", "candidate", "shown", "asks": [{"why": follow_up, must_have, disagreement, not_observed or no_evidence,
/// "what", "number", "question", "criterion", "hint", "heard": [{"quote", "at", "moment", "written", "by"}]}]}`.
pub(in crate::cli) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_look(&args.batch, context).await?;
    seat.rubric()?;
    seat.candidate(&args.candidate)?;
    let report = silent(&seat, false, context).await?;
    let person = person(&seat, &report, &args.candidate)?;
    if context.out.wants_json() {
        let (batch, shown) = (seat.desk.batch.id, &person.called);
        context.out.json(&json!({ "batch": batch, "candidate": person.source, "shown": shown, "asks": person.asks }));
    } else {
        brief_text(&report, person).lines().for_each(|line| context.out.say(line));
    }
    Ok(Exit::Done)
}

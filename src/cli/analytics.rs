//! `earmark analytics`: the figures of the analytics table as people read them.

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use super::room::Seat;
use crate::export::{Choice, Which};
use crate::runtime::exporting::sources;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
}

/// With `--json` `{"batch", "figures": [{"part", "subject", "measure", "value", "n", "unit"}]}`, the rows of `export --table
/// analytics`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_look(&args.batch, context).await?;
    seat.rubric()?;
    if context.out.wants_json() {
        let sources = sources(&seat.desk, Choice::Ready).expect("a rubric is attached");
        let rows = Which::Analytics.table(&sources).table.to_json();
        context.out.json(&json!({ "batch": seat.desk.batch.id, "figures": rows }));
    } else {
        seat.desk.figures().iter().for_each(|line| context.out.say(line));
    }
    Ok(Exit::Done)
}

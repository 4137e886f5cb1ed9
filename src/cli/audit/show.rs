//! `earmark audit show`: what people did on a batch, in order. What is sealed from you is not in it, nor how much of it there is.

use serde::Serialize;

use crate::app::{ActTold, Desk, MachineTold};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Table;
use crate::cli::room::Seat;
use crate::interview::{EventId, QuestionId};
use crate::protocol::Others;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Only what is about this candidate: pseudonym, source's id, or the name once it was revealed
    #[arg(long, value_name = "CANDIDATE")]
    candidate: Option<String>,
    /// Only acts of this kind, as --json names it: rated, decided, exported; again for another
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
}

/// One act, as `--json` prints it.
#[derive(Serialize)]
struct Row {
    event: EventId,
    at: jiff::Timestamp,
    /// What the author is called in exports.
    by: SafeText,
    /// Whether that is you.
    mine: bool,
    kind: String,
    candidate: Option<SafeText>,
    shown: Option<SafeText>,
    question: Option<QuestionId>,
    what: SafeText,
    /// What is kept of the machine that it has to do with: engine, version, place, outcome and digests; none for other acts.
    machine: Option<MachineTold>,
    /// Whether it counts; what came when its scope was sealed already does not.
    counts: bool,
}

/// With `--json` `{"batch", "others": "hidden" | "partly" | "shown", "acts": [Row]}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_look(&args.batch, context).await?;
    let wanted = args.candidate.as_deref().map(|named| seat.candidate(named).map(|one| one.id)).transpose()?;
    let is_wanted = |act: &ActTold| {
        let kind = args.kind.is_empty() || args.kind.contains(&act.kind);
        kind && wanted.is_none_or(|candidate| act.submission == Some(candidate))
    };
    let rows: Vec<Row> = seat.desk.acts_in_sight().into_iter().filter(is_wanted).map(|act| row(act, &seat)).collect();
    let others = others(&seat.desk);
    if context.out.wants_json() {
        context.out.json(&serde_json::json!({ "batch": seat.desk.batch.id, "others": others, "acts": rows }));
    } else {
        say(&rows, others, context);
    }
    let nothing = rows.is_empty() && (wanted.is_some() || !args.kind.is_empty());
    seat.library.close().await;
    match nothing {
        true => Err(Failure::new("Could not find an act like that")
            .hint("without --kind and --candidate all are shown")
            .exit(Exit::NoMatch)),
        false => Ok(Exit::Done),
    }
}

fn row(act: ActTold, seat: &Seat) -> Row {
    let name = act.submission.map(|submission| seat.name(submission));
    let (shown, candidate) = name.unzip();
    Row {
        event: act.event,
        at: act.at,
        mine: act.by == seat.desk.sight.viewer(),
        by: act.author,
        kind: act.kind,
        candidate,
        shown,
        question: act.question,
        what: act.what,
        machine: act.machine,
        counts: act.counts,
    }
}

fn others(desk: &Desk) -> &'static str {
    match desk.sight.others() {
        Others::Hidden => "hidden",
        Others::Partly => "partly",
        Others::Shown => "shown",
    }
}

fn say(rows: &[Row], others: &str, context: &Context) {
    let mut table = Table::new(&["when", "who", "candidate", "question", "what"]);
    for row in rows {
        let at = row.at.strftime("%Y-%m-%d %H:%M:%S").to_string();
        let by = if row.mine { "you".to_owned() } else { row.by.to_string() };
        let shown = row.shown.as_ref().map(ToString::to_string).unwrap_or_default();
        let question = row.question.as_ref().map(ToString::to_string).unwrap_or_default();
        let what = if row.counts { row.what.to_string() } else { format!("{} (does not count: it was sealed)", row.what) };
        table.row([at, by, shown, question, what]);
    }
    if !table.is_empty() {
        context.out.table(&table);
    }
    if others != "shown" {
        context.out.say("Others' acts show when all of your own are sealed, as everywhere.");
    }
}

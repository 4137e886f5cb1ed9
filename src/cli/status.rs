//! `earmark status`: how far one is with a batch, and what is missing.

use serde::Serialize;

use super::exit::Exit;
use super::failure::Outcome;
use super::output::Table;
use super::room::Seat;
use super::words::many;
use super::{Context, room};
use crate::app::Desk;
use crate::interview::{AnswerId, BatchId, Question, QuestionId};
use crate::protocol::{self, Others};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
}

/// What `--json` prints. Of others only what may be seen: before one's own batch is sealed there is nothing of them in it.
#[derive(Serialize)]
struct Status {
    batch: BatchId,
    title: SafeText,
    rubric: Option<SafeText>,
    questions: Vec<OfQuestion>,
    /// What stands in the way of the seals, in words.
    missing: Vec<SafeText>,
    /// `hidden`, `partly` or `shown`.
    others: &'static str,
    reviewers: Vec<OfReviewer>,
    decisions: Decisions,
}

/// One's own answers to one question: of how many that are to be reviewed, how many are heard, rated, sealed.
#[derive(Serialize)]
struct OfQuestion {
    question: QuestionId,
    answers: usize,
    heard: usize,
    rated: usize,
    sealed: usize,
}

#[derive(Serialize)]
struct OfReviewer {
    reviewer: SafeText,
    sealed: usize,
}

/// Whether decisions are open, and what they wait for.
#[derive(Serialize)]
struct Decisions {
    open: bool,
    reviewed: usize,
    of: usize,
    waiting: Vec<SafeText>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_look(&args.batch, context).await?;
    let status = status(&seat.desk);
    if context.out.wants_json() {
        context.out.json(&status);
    } else {
        say(&status, context);
    }
    Ok(Exit::Done)
}

fn status(desk: &Desk) -> Status {
    let gate = gate(desk);
    let waiting = |waiting: &protocol::Waiting| SafeText::line(&why(desk, waiting));
    let names = desk.sight.pseudonyms();
    let theirs = desk.sight.theirs().map(|(id, _)| OfReviewer {
        reviewer: names.get(&id).cloned().unwrap_or_default(),
        sealed: desk.batch.submissions.iter().filter(|one| desk.sight.scorecard_is_sealed(id, one.id)).count(),
    });
    Status {
        batch: desk.batch.id,
        title: desk.batch.title.clone(),
        rubric: desk.rubric.as_ref().map(|rubric| SafeText::line(&format!("{} {}", rubric.id, rubric.version))),
        questions: desk.batch.interview.questions.iter().map(|question| of_question(desk, question)).collect(),
        missing: room::open_scopes(desk)
            .iter()
            .flat_map(|scope| desk.seal_check(scope).missing().map(|(_, line)| line.clone()).collect::<Vec<_>>())
            .collect(),
        others: match desk.sight.others() {
            Others::Hidden => "hidden",
            Others::Partly => "partly",
            Others::Shown => "shown",
        },
        reviewers: theirs.collect(),
        decisions: Decisions {
            open: gate.open,
            reviewed: gate.reviewed,
            of: gate.of,
            waiting: gate.waiting.iter().map(waiting).collect(),
        },
    }
}

/// Whether decisions are open, and what they wait for, in the order in which the reviewer sees the candidates.
pub(super) fn gate(desk: &Desk) -> protocol::Gate {
    desk.gate()
}

/// What a decision waits for, in words.
pub(super) fn why(desk: &Desk, waiting: &protocol::Waiting) -> String {
    desk.waiting_in_words(waiting)
}

fn of_question(desk: &Desk, question: &Question) -> OfQuestion {
    let answers: Vec<AnswerId> =
        desk.plan.steps.iter().filter(|step| step.question == question.id).map(|step| step.answer).collect();
    let count = |is: &dyn Fn(AnswerId) -> bool| answers.iter().filter(|answer| is(**answer)).count();
    OfQuestion {
        question: question.id.clone(),
        answers: answers.len(),
        heard: count(&|answer| desk.heard_share(answer).reaches(desk.rules.protocol.heard_min)),
        rated: count(&|answer| matches!(desk.rated(answer), (rated, of) if of > 0 && rated == of)),
        sealed: count(&|answer| desk.is_sealed(answer)),
    }
}

fn say(status: &Status, context: &Context) {
    let out = &context.out;
    let rubric = status.rubric.as_ref().map_or("no rubric attached", SafeText::as_str);
    out.say(format!("{} ({}) · {rubric}\n", status.title, &status.batch.to_string()[..8]));
    let mut table = Table::new(&["question", "answers", "heard enough", "rated", "sealed"]).right(1).right(2).right(3).right(4);
    for (number, of) in status.questions.iter().enumerate() {
        let counts = [of.answers, of.heard, of.rated, of.sealed].map(|count| count.to_string());
        table.row(std::iter::once(format!("{} {}", number + 1, of.question)).chain(counts));
    }
    out.table(&table);
    if !status.missing.is_empty() {
        out.say("\nMissing before your seals:");
        say_some(&status.missing, context);
    }
    match status.others {
        "hidden" => out.say("\nOthers' scorecards show when all of your own are sealed."),
        _ if status.reviewers.is_empty() => out.say("\nNobody else has sealed a scorecard."),
        _ => {
            out.say("\nOthers:");
            status
                .reviewers
                .iter()
                .for_each(|one| out.say(format!("  {}: {} sealed", one.reviewer, many(one.sealed, "scorecard"))));
        }
    }
    let gate = &status.decisions;
    let open = if gate.open { "are open" } else { "wait" };
    out.say(format!("\nDecisions {open}: {} of {} reviewed", gate.reviewed, many(gate.of, "submission")));
    say_some(&gate.waiting, context);
}

/// As many lines as are read; `--json` has all of them.
fn say_some(lines: &[SafeText], context: &Context) {
    const MOST: usize = 12;
    lines.iter().take(MOST).for_each(|line| context.out.say(format!("  {line}")));
    if let more @ 1.. = lines.len().saturating_sub(MOST) {
        context.out.say(format!("  and {more} more"));
    }
}

//! `earmark status`: how far one is with a batch, and what is missing.

use serde::Serialize;
use serde_json::Value;

use super::exit::Exit;
use super::failure::Outcome;
use super::output::Table;
use super::panel::not_begun_told;
use super::room::Seat;
use super::words::{in_command, many};
use super::{Context, grid, room};
use crate::app::{Desk, Handed, minutes_in_words};
use crate::interview::{AnswerId, BatchId, Question, QuestionId};
use crate::library::last_day;
use crate::panel::{self, NotBegun};
use crate::protocol::{self, Others};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    #[command(flatten)]
    grid: grid::Rows,
}

/// What `--json` prints. Of others only what may be seen: before one's own batch is sealed there is nothing of them in it.
#[derive(Serialize)]
struct Status {
    batch: BatchId,
    title: SafeText,
    rubric: Option<SafeText>,
    questions: Vec<OfQuestion>,
    /// Seconds that all of the rest takes.
    left_seconds: u64,
    /// The same without silences.
    left_seconds_skipping: u64,
    /// What stands in the way of the seals, in words.
    missing: Vec<SafeText>,
    /// `hidden`, `partly` or `shown`.
    others: &'static str,
    reviewers: Vec<OfReviewer>,
    /// Who has yet to begin scorecards that are due, or of whom they are not known here: `{"reviewer", "scorecards", "not_known", "of"}`.
    not_begun: Vec<NotBegun>,
    /// One's own acts that do not count, because they came when their scope was sealed already; `audit show` names them.
    not_counting: usize,
    decisions: Decisions,
    /// Where it was handed to you to decide on: `{"until", "decided", "of", "lapsed", "next"}`.
    handed: Option<Handed>,
    /// Who is decided on differently by two people, in words.
    differing: Vec<SafeText>,
    /// Those asked for with --filter or --sort.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<Vec<Value>>,
}

/// One's own answers to one question: of how many that are to be reviewed, how many are heard, rated, sealed.
#[derive(Serialize)]
struct OfQuestion {
    question: QuestionId,
    answers: usize,
    heard: usize,
    rated: usize,
    sealed: usize,
    /// Seconds that the rest takes to hear, and to read, at the speed and with the silences that the settings or the protocol say.
    left_seconds: u64,
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
    /// Nothing in them is to be reviewed, or everyone stepped aside.
    left_out: usize,
    waiting: Vec<SafeText>,
    /// The same of those who came in after the first decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    late: Option<Box<Decisions>>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_look(&args.batch, context).await?;
    let rows = if args.grid.asks() { Some(args.grid.rows(&seat)?) } else { None };
    let mut status = status(&seat.desk, tempo(&seat.desk, context));
    if context.out.wants_json() {
        status.candidates = rows.map(|rows| rows.into_iter().filter_map(|id| grid::as_json(&seat, id)).collect());
        context.out.json(&status);
    } else if let Some(rows) = rows {
        grid::say(&seat, &rows, context);
    } else {
        say(&status, context);
    }
    Ok(Exit::Done)
}

/// The speed in hundredths at which one hears, and whether silences are skipped: as the protocol fixes it, else by the settings.
fn tempo(desk: &Desk, context: &Context) -> (u16, bool) {
    let speed = (context.settings.speed.value.factor() * 100.0).round() as u16;
    (desk.fixed_speed().unwrap_or(speed), desk.fixed_skipping().unwrap_or(context.settings.skip_silence.value))
}

fn status(desk: &Desk, (speed, skips): (u16, bool)) -> Status {
    let names = desk.sight.pseudonyms();
    let left_out = panel::left_out(&desk.sight, &desk.batch);
    let theirs = desk.sight.theirs().map(|(id, _)| OfReviewer {
        reviewer: names.get(&id).cloned().unwrap_or_default(),
        sealed: desk.batch.submissions.iter().filter(|one| desk.sight.scorecard_is_sealed(id, one.id)).count(),
    });
    Status {
        batch: desk.batch.id,
        title: desk.title(),
        rubric: desk.rubric.as_ref().map(|rubric| SafeText::line(&format!("{} {}", rubric.id, rubric.version))),
        questions: desk.batch.interview.questions.iter().map(|question| of_question(desk, question, (speed, skips))).collect(),
        left_seconds: desk.rest(skips).real_ms(speed).div_ceil(1_000),
        left_seconds_skipping: desk.rest(true).real_ms(speed).div_ceil(1_000),
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
        not_begun: left_out.not_begun,
        not_counting: desk.sight.mine().refused.len(),
        decisions: decisions(desk, &desk.gate()),
        handed: desk.handed(),
        differing: desk.rows.iter().filter_map(|id| desk.differing_in_words(*id)).collect(),
        candidates: None,
    }
}

fn decisions(desk: &Desk, gate: &protocol::Gate) -> Decisions {
    let waiting = |waiting: &protocol::Waiting| SafeText::line(&desk.waiting_in_words(waiting));
    Decisions {
        open: gate.open,
        reviewed: gate.reviewed,
        of: gate.of,
        left_out: gate.left_out,
        waiting: gate.waiting.iter().map(waiting).collect(),
        late: gate.late.as_ref().map(|late| Box::new(decisions(desk, late))),
    }
}

fn of_question(desk: &Desk, question: &Question, (speed, skips): (u16, bool)) -> OfQuestion {
    let answers: Vec<AnswerId> =
        desk.plan.steps.iter().filter(|step| step.question == question.id).map(|step| step.answer).collect();
    let count = |is: &dyn Fn(AnswerId) -> bool| answers.iter().filter(|answer| is(**answer)).count();
    OfQuestion {
        question: question.id.clone(),
        answers: answers.len(),
        heard: count(&|answer| desk.heard_share(answer).reaches(desk.rules.protocol.heard_min)),
        rated: count(&|answer| matches!(desk.rated(answer), (rated, of) if of > 0 && rated == of)),
        sealed: count(&|answer| desk.is_sealed(answer)),
        left_seconds: desk.rests(skips).get(&question.id).map_or(0, |rest| rest.real_ms(speed).div_ceil(1_000)),
    }
}

fn say(status: &Status, context: &Context) {
    let out = &context.out;
    let rubric = status.rubric.as_ref().map_or("no rubric attached", SafeText::as_str);
    out.say(format!("{} ({}) · {rubric}\n", status.title, &status.batch.to_string()[..8]));
    if let Some(handed) = status.handed {
        return say_handed(status, handed, context);
    }
    let headings = ["question", "answers", "heard enough", "rated", "sealed", "to hear"];
    let mut table = (1..headings.len()).fold(Table::new(&headings), Table::right);
    for (number, of) in status.questions.iter().enumerate() {
        let counts = [of.answers, of.heard, of.rated, of.sealed].map(|count| count.to_string());
        let left = minutes_in_words(of.left_seconds * 1_000);
        table.row(std::iter::once(format!("{} {}", number + 1, of.question)).chain(counts).chain([left]));
    }
    out.table(&table);
    let [left, skipping] = [status.left_seconds, status.left_seconds_skipping].map(|seconds| minutes_in_words(seconds * 1_000));
    if status.left_seconds > 0 {
        let shorter = if skipping == left { String::new() } else { format!("; without silences {skipping}") };
        out.say(format!("\nThe rest takes {left} to hear{shorter}. `earmark review --minutes N` plans a sitting."));
    }
    if !status.missing.is_empty() {
        out.say("\nMissing before your seals:");
        say_some(&status.missing, context);
    }
    match status.others {
        "hidden" => out.say("\nOthers' scorecards show when all of your own are sealed."),
        _ if status.reviewers.is_empty() => out.say("\nNo sealed scorecard of anyone else can be read here yet. One that was sealed elsewhere opens with its key: exchange again."),
        _ => {
            out.say("\nOthers:");
            status
                .reviewers
                .iter()
                .for_each(|one| out.say(format!("  {}: {} sealed", one.reviewer, many(one.sealed, "scorecard"))));
        }
    }
    if let Some(line) = not_begun_told(&status.not_begun) {
        out.say(format!("\n{line}"));
    }
    match status.not_counting {
        0 => {}
        1 => out.say("\n1 act of yours does not count: it came when its scope was sealed. `earmark audit show` says which."),
        n => out.say(format!(
            "\n{n} acts of yours do not count: they came when their scope was sealed. `earmark audit show` says which."
        )),
    }
    say_differing(status, context);
    say_gate("Decisions", &status.decisions, context);
    if let Some(late) = &status.decisions.late {
        say_gate("Decisions on the late wave", late, context);
    }
}

/// Who decides and does not score is told of what is theirs to do, and until when.
fn say_handed(status: &Status, handed: Handed, context: &Context) {
    let out = &context.out;
    let until = handed.until.map_or_else(String::new, |until| format!(" until {}", last_day(until)));
    let lapsed = handed.lapsed_in_words();
    out.say(format!("Handed to you to decide on{until}: {} of {} decided{lapsed}.", handed.decided, many(handed.of, "candidate")));
    let id = in_command(status.batch);
    for (command, does) in [
        (format!("earmark compare {id} --all"), "lays them side by side, with what every value rests on"),
        (format!("earmark decide {id} CANDIDATE advance|hold|decline --reason WHY"), "decides"),
        (format!("earmark comment {id} CANDIDATE TEXT"), "remarks"),
        (format!("earmark handoff {id} --reply --out FILE"), "sends it back, also after the last day"),
    ] {
        out.say(format!("  {command}\n    {does}"));
    }
    if !status.reviewers.is_empty() {
        out.say("\nScorecards:");
        status.reviewers.iter().for_each(|one| out.say(format!("  {}: {} sealed", one.reviewer, many(one.sealed, "scorecard"))));
    }
    if let Some(line) = not_begun_told(&status.not_begun) {
        out.say(format!("\n{line}"));
    }
    say_differing(status, context);
}

fn say_differing(status: &Status, context: &Context) {
    if !status.differing.is_empty() {
        context.out.say("\nDecided differently:");
        say_some(&status.differing, context);
    }
}

fn say_gate(what: &str, gate: &Decisions, context: &Context) {
    let open = if gate.open { "are open" } else { "wait" };
    let left_out = if gate.left_out > 0 { format!("; {} without anything to review", gate.left_out) } else { String::new() };
    context.out.say(format!("\n{what} {open}: {} of {} reviewed{left_out}", gate.reviewed, many(gate.of, "submission")));
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

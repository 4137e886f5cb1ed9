//! `earmark decide` and `earmark tag`: what becomes of a submission.

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::Seat;
use super::status::{self, why};
use crate::app::decision_in_words;
use crate::interview::Submission;
use crate::journal::Decision;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed
    candidate: String,
    /// What becomes of the submission
    decision: Word,
    /// Why; it is kept and exported
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Decides before everyone was heard, for this reason; it is kept and exported
    #[arg(long = "override", value_name = "TEXT")]
    overrides: Option<String>,
    /// Only this one of the submission's applications in the ATS
    #[arg(long, value_name = "ID")]
    application: Option<String>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Word {
    Advance,
    Hold,
    Decline,
}

#[derive(clap::Args, Debug)]
pub(super) struct TagArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed
    candidate: String,
    /// The tag
    tag: String,
    /// Takes it off
    #[arg(long)]
    remove: bool,
}

/// With `--json` `{"batch", "candidate", "shown", "application", "decision", "overridden": whether the gate was closed}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let reason = SafeText::block(args.reason.trim());
    if reason.is_empty() {
        return Err(Failure::usage("Could not decide without a reason").hint("say it with --reason"));
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let submission = seat.candidate(&args.candidate)?.clone();
    let application = application(args, &submission, &seat)?;
    let overrides = args.overrides.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(SafeText::block);
    let open = gate(&seat, overrides.is_some())?;
    let decision = match args.decision {
        Word::Advance => Decision::Advance,
        Word::Hold => Decision::Hold,
        Word::Decline => Decision::Decline,
    };
    let act = seat.desk.decide_act(submission.id, application.clone(), decision, reason, overrides);
    seat.act(vec![act]).await?;
    let (shown, source) = seat.name(submission.id);
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": seat.desk.batch.id,
            "candidate": source,
            "shown": shown,
            "application": application,
            "decision": decision,
            "overridden": !open,
        }));
    }
    let word = decision_in_words(decision);
    context.out.say(format!("{shown}: {word}{}", if open { "" } else { ", before everyone was heard" }));
    seat.leave().await;
    Ok(Exit::Done)
}

/// Whether decisions are open; closed, they need an override.
fn gate(seat: &Seat, overridden: bool) -> Result<bool, Failure> {
    let desk = &seat.desk;
    let gate = status::gate(desk);
    if gate.open || overridden {
        return Ok(gate.open);
    }
    let failure = Failure::new("Could not decide: not everyone was heard yet");
    let failure = failure.some_causes(gate.waiting.iter().map(|waiting| why(desk, waiting)), "`earmark status --json` names all");
    Err(failure.hint("review and seal what is named; or decide all the same with --override REASON, which is kept and exported"))
}

fn application(args: &Args, submission: &Submission, seat: &Seat) -> Result<Option<SafeText>, Failure> {
    let Some(wanted) = &args.application else { return Ok(None) };
    let given = submission.applications.iter().map(|application| &application.id);
    let matched = seat.desk.sight.matched.get(&submission.id).into_iter().flatten().map(|link| &link.application);
    let all: Vec<&SafeText> = given.chain(matched).collect();
    match all.iter().find(|id| id.raw() == wanted) {
        Some(id) => Ok(Some((*id).clone())),
        None => {
            let there: Vec<&str> = all.iter().map(|id| id.as_str()).collect();
            let failure = Failure::new(format!("Could not find the application \"{wanted}\" of this submission"));
            Err(failure.hint(format!("there are: {}", there.join(", "))).exit(Exit::NoMatch))
        }
    }
}

/// With `--json` `{"batch", "candidate", "shown", "tags": [tag]}`.
pub(super) async fn tag(args: &TagArgs, context: &Context) -> Outcome {
    let tag = SafeText::line(args.tag.trim());
    if tag.is_empty() {
        return Err(Failure::usage("Could not tag with nothing"));
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let submission = seat.candidate(&args.candidate)?.clone();
    if let Some(act) = seat.desk.tag_act(submission.id, &tag, !args.remove) {
        seat.act(vec![act]).await?;
    }
    let (shown, source) = seat.name(submission.id);
    let tags: Vec<SafeText> = seat.desk.sight.tags_of(submission.id).cloned().collect();
    if context.out.wants_json() {
        context.out.json(&json!({ "batch": seat.desk.batch.id, "candidate": source, "shown": shown, "tags": tags }));
    }
    let words: Vec<&str> = tags.iter().map(SafeText::as_str).collect();
    context.out.say(format!("{shown}: {}", if words.is_empty() { "no tags".to_owned() } else { words.join(", ") }));
    seat.leave().await;
    Ok(Exit::Done)
}

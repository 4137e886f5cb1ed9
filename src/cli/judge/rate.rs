//! `earmark rate`: one rating, with its evidence and note, as a script or a person without a full screen gives it.

use serde_json::json;

use super::{done, evidence_json, may_judge, quote, span, whose};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::interview::{Answer, CriterionId, EventId, Span, Submission};
use crate::journal::Act;
use crate::panel::Value;
use crate::protocol::asks_reason;
use crate::rubric::{Observed, Point, Scale};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed
    candidate: String,
    /// The question: its id or its number
    question: String,
    /// The criterion: its id, name or number
    criterion: String,
    /// A point of the scale, NO for not observed, TF for a technical fault, or `clear` to take the rating back
    #[arg(allow_negative_numbers = true)]
    value: String,
    /// The stretch of the answer that the rating rests on: 12.5-20 or 0:12-0:20 (characters in a written answer)
    #[arg(long, value_name = "START-END")]
    evidence: Option<String>,
    /// A note on the answer
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Why the rating is changed
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Rates although a calibration clip is due, as Esc does on the screen; not where the protocol requires the clip
    #[arg(long)]
    put_off_clip: bool,
}

/// What is asked for, understood.
struct Wanted {
    submission: Submission,
    answer: Answer,
    criterion: CriterionId,
    /// None: the rating is taken back.
    observed: Option<Observed>,
    span: Option<Span>,
}

/// With `--json` `{"batch", "candidate", "shown", "events": [id], "question", "criterion", "value", "evidence": null or {"start", "end", "quote"},
/// "note"}`; times in seconds, in a written answer characters.
pub(in crate::cli) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let wanted = understand(args, &seat)?;
    refuse(args, &seat, &wanted)?;
    let quote = match wanted.span {
        Some(span) => quote(&seat, &wanted.answer, span).await?,
        None => SafeText::default(),
    };
    let subject = Some(wanted.submission.candidate.id);
    let acts = acts(args, &wanted, &quote).into_iter().map(|act| (subject, act)).collect();
    let events = seat.act(acts).await?;
    let (result, said) = told(args, &seat, &wanted, &quote, &events);
    Ok(done(seat, result, said, context).await)
}

fn understand(args: &Args, seat: &Seat) -> Result<Wanted, Failure> {
    let rubric = seat.rubric()?;
    let submission = seat.candidate(&args.candidate)?;
    let (_, question) = seat.question(&args.question)?;
    let criterion = seat.criterion(question, &args.criterion)?.id.clone();
    let answer = seat.answer(submission, question)?.clone();
    let observed = match args.value.to_lowercase().as_str() {
        "clear" => None,
        _ => Some(observed(&args.value, &rubric.scale)?),
    };
    let span = args.evidence.as_deref().map(|text| span(text, &answer, seat)).transpose()?;
    Ok(Wanted { submission: submission.clone(), answer, criterion, observed, span })
}

pub(in crate::cli) fn observed(text: &str, scale: &Scale) -> Result<Observed, Failure> {
    match text.to_uppercase().as_str() {
        "NO" => return Ok(Observed::NotObserved),
        "TF" => return Ok(Observed::TechnicalFault),
        _ => {}
    }
    let half = if scale.allow_half { " in halves" } else { "" };
    let hint = format!("give a point from {} to {}{half}, NO or TF", scale.min, scale.max);
    let refused = |why: String| Failure::usage(format!("Could not rate with \"{text}\"")).cause(why).hint(&hint);
    let point: Point = text.parse().map_err(|error: crate::rubric::PointError| refused(error.to_string()))?;
    match scale.allows(point) {
        true => Ok(Observed::Point(point)),
        false => Err(refused(format!("{point} is not on the scale of {} to {}", scale.min, scale.max))),
    }
}

/// Why the rating cannot be given now.
fn refuse(args: &Args, seat: &Seat, wanted: &Wanted) -> Result<(), Failure> {
    let (desk, answer) = (&seat.desk, &wanted.answer);
    let what = format!("Could not rate {}, {}", desk.called(wanted.submission.id), answer.question);
    may_judge(seat, answer, &what)?;
    let could_not = || Failure::new(&what);
    let waits = desk.calibration().filter(|of| of.comes_before(desk.mine(), answer.id) && (of.required || !args.put_off_clip));
    if let Some((clip, required)) = waits.and_then(|standing| Some((standing.due.first()?.id.clone(), standing.required))) {
        let why = format!("the protocol asks for the calibration clip {clip} first");
        let or = if required { "" } else { "; --put-off-clip rates without it" };
        return Err(could_not().cause(why).hint(format!("`earmark calibrate` says how{or}")));
    }
    let before = desk.my_rating(answer.id, &wanted.criterion);
    if wanted.observed.is_none() && before.is_none() {
        return Err(could_not().cause("there is no rating to take back").exit(Exit::NoMatch));
    }
    if asks_reason(&desk.rules, desk.mine(), before, wanted.observed) && args.reason.is_none() {
        return Err(could_not().cause("the protocol asks why it is changed").hint("say it with --reason").exit(Exit::Usage));
    }
    Ok(())
}

fn acts(args: &Args, wanted: &Wanted, quote: &SafeText) -> Vec<Act> {
    let (answer, revision, criterion) = (wanted.answer.id, wanted.answer.revision, wanted.criterion.clone());
    let reason = args.reason.as_deref().map(SafeText::block);
    let rated = match wanted.observed {
        Some(observed) => Act::Rated { answer, revision, criterion: criterion.clone(), observed, reason },
        None => Act::Cleared { answer, criterion: criterion.clone(), reason },
    };
    let evidence =
        wanted.span.map(|span| Act::Evidenced { answer, revision, criteria: vec![criterion], span, quote: quote.clone() });
    let at = wanted.span.map(|span| span.start).filter(|_| wanted.answer.kind.is_recording());
    let note = args.note.as_deref().map(SafeText::block).map(|text| Act::Noted { answer, at, text, replaces: None });
    std::iter::once(rated).chain(evidence).chain(note).collect()
}

/// What was done, for programs and in words.
fn told(args: &Args, seat: &Seat, wanted: &Wanted, quote: &SafeText, events: &[EventId]) -> (serde_json::Value, String) {
    let value = wanted.observed.map(Value::from);
    let mut result = whose(seat, &wanted.submission, events);
    result["question"] = json!(wanted.answer.question);
    result["criterion"] = json!(wanted.criterion);
    result["value"] = json!(value);
    result["evidence"] = json!(wanted.span.map(|span| evidence_json(&wanted.answer, span, quote)));
    result["note"] = json!(args.note);
    let given = value.map_or_else(|| "taken back".to_owned(), |value| value.to_string());
    let quoted = if quote.is_empty() { String::new() } else { format!("\n  “{}”", quote.fit(100)) };
    let shown = seat.desk.called(wanted.submission.id);
    (result, format!("{shown}, {}, {}: {given}{quoted}", wanted.answer.question, wanted.criterion))
}

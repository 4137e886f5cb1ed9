//! `earmark rate`: one rating, with its evidence and note, as a script or a person without a full screen gives it.

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::Seat;
use super::words::moment;
use crate::interview::{Answer, AnswerState, CriterionId, Kind, Moment, Span, Submission};
use crate::journal::Act;
use crate::panel::Value;
use crate::protocol::asks_reason;
use crate::rubric::{Observed, Point, Scale};
use crate::runtime::contents;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
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

/// With `--json` `{"batch", "candidate", "shown", "question", "criterion", "value", "evidence": null or {"start", "end", "quote"},
/// "note"}`; times in seconds.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let wanted = understand(args, &seat)?;
    refuse(args, &seat, &wanted)?;
    let quote = match wanted.span {
        Some(span) => quote(&seat, &wanted, span).await?,
        None => SafeText::default(),
    };
    let subject = Some(wanted.submission.candidate.id);
    let acts = acts(args, &wanted, &quote).into_iter().map(|act| (subject, act)).collect();
    seat.act(acts).await?;
    tell(args, &seat, &wanted, &quote, context);
    seat.leave().await;
    Ok(Exit::Done)
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
    let span = args.evidence.as_deref().map(|text| span(text, &answer)).transpose();
    let span = span.map_err(|why| Failure::usage("Could not take --evidence").cause(why))?;
    Ok(Wanted { submission: submission.clone(), answer, criterion, observed, span })
}

fn observed(text: &str, scale: &Scale) -> Result<Observed, Failure> {
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

/// `12.5-20`; in a written answer, characters.
fn span(text: &str, answer: &Answer) -> Result<Span, String> {
    let (start, end) = text.split_once(['-', '–']).ok_or("write START-END, such as 12.5-20")?;
    let place = |text: &str| match answer.kind {
        Kind::Text => text.trim().parse().map(Moment).map_err(|_| format!("\"{text}\" is no number of characters")),
        _ => moment(text.trim()),
    };
    let (start, end) = (place(start)?, place(end)?);
    if start < end { Ok(Span { start, end }) } else { Err("it ends before it begins".to_owned()) }
}

/// Why the rating cannot be given now.
fn refuse(args: &Args, seat: &Seat, wanted: &Wanted) -> Result<(), Failure> {
    let (desk, answer) = (&seat.desk, &wanted.answer);
    let could_not = || Failure::new(format!("Could not rate {}, {}", desk.called(wanted.submission.id), answer.question));
    match &answer.state {
        AnswerState::Ready | AnswerState::Truncated => {}
        AnswerState::NotGiven => return Err(could_not().cause("no answer was given")),
        AnswerState::Faulty { reason } => return Err(could_not().cause(format!("the answer cannot be used: {reason}"))),
        AnswerState::NotHere => return Err(could_not().cause("the answer is not here yet").hint("import the batch again")),
    }
    if desk.is_sealed(answer.id) {
        return Err(could_not().cause("it is sealed").hint("`earmark reopen` opens it again, with a reason"));
    }
    let before = desk.my_rating(answer.id, &wanted.criterion);
    if wanted.observed.is_none() && before.is_none() {
        return Err(could_not().cause("there is no rating to take back").exit(Exit::NoMatch));
    }
    if asks_reason(&desk.rules, desk.mine(), before, wanted.observed) && args.reason.is_none() {
        return Err(could_not().cause("the protocol asks why it is changed").hint("say it with --reason").exit(Exit::Usage));
    }
    let length = desk.outlines.get(&answer.id).map(|outline| outline.length);
    if let (Some(span), Some(length), true) = (wanted.span, length, answer.kind.is_recording())
        && span.end > length
    {
        let why = format!("the evidence ends at {}, the answer at {length}", span.end);
        return Err(could_not().cause(why).exit(Exit::Usage));
    }
    Ok(())
}

/// What was said in a stretch, as far as there is a transcript with times; without names while they are hidden.
async fn quote(seat: &Seat, wanted: &Wanted, span: Span) -> Result<SafeText, Failure> {
    if let Some(text) = seat.desk.written(&wanted.answer) {
        return Ok(text.part(span));
    }
    let here = contents::here(&seat.library, &seat.desk.batch, wanted.answer.id).await;
    let here = here.map_err(|error| super::room::told("Could not read the transcript", &error))?;
    let said = here.transcript.map(|transcript| seat.desk.said(wanted.answer.id, transcript));
    let said = said.map(|transcript| transcript.text(transcript.words_within(span)));
    Ok(said.map_or_else(SafeText::default, |said| SafeText::block(&said)))
}

fn acts(args: &Args, wanted: &Wanted, quote: &SafeText) -> Vec<Act> {
    let (answer, revision, criterion) = (wanted.answer.id, wanted.answer.revision, wanted.criterion.clone());
    let reason = args.reason.as_deref().map(SafeText::block);
    let rated = match wanted.observed {
        Some(observed) => Act::Rated { answer, revision, criterion: criterion.clone(), observed, reason },
        None => Act::Cleared { answer, criterion: criterion.clone() },
    };
    let evidence =
        wanted.span.map(|span| Act::Evidenced { answer, revision, criteria: vec![criterion], span, quote: quote.clone() });
    let at = wanted.span.map(|span| span.start).filter(|_| wanted.answer.kind.is_recording());
    let note = args.note.as_deref().map(SafeText::block).map(|text| Act::Noted { answer, at, text, replaces: None });
    std::iter::once(rated).chain(evidence).chain(note).collect()
}

fn tell(args: &Args, seat: &Seat, wanted: &Wanted, quote: &SafeText, context: &Context) {
    let (shown, source) = seat.name(wanted.submission.id);
    let value = wanted.observed.map(Value::from);
    if context.out.wants_json() {
        let evidence = |span: Span| json!({ "start": span.start.seconds(), "end": span.end.seconds(), "quote": quote });
        context.out.json(&json!({
            "batch": seat.desk.batch.id,
            "candidate": source,
            "shown": shown,
            "question": wanted.answer.question,
            "criterion": wanted.criterion,
            "value": value,
            "evidence": wanted.span.map(evidence),
            "note": args.note,
        }));
        return;
    }
    let given = value.map_or_else(|| "taken back".to_owned(), |value| value.to_string());
    context.out.say(format!("{shown}, {}, {}: {given}", wanted.answer.question, wanted.criterion));
    if !quote.is_empty() {
        context.out.say(format!("  “{}”", quote.fit(100)));
    }
}

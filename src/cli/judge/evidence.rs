//! `earmark evidence`: a stretch of an answer that a rating rests on.

use serde_json::json;

use super::{done, evidence_json, may_judge, quote, span, whose};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::{Seat, told};
use crate::interview::{Answer, Span};
use crate::journal::Act;
use crate::runtime::contents;
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
    /// The stretch: 12.5-20 or 0:12-0:20 (characters in a written answer)
    #[arg(value_name = "START-END")]
    span: String,
    /// Begins so many words later than that, earlier where negative; evidence marked there already is moved, not doubled
    #[arg(long, value_name = "WORDS", default_value_t = 0, allow_negative_numbers = true)]
    start_by: i16,
    /// Ends so many words later, earlier where negative
    #[arg(long, value_name = "WORDS", default_value_t = 0, allow_negative_numbers = true)]
    end_by: i16,
}

/// With `--json` `{"batch", "candidate", "shown", "events": [id], "question", "criterion", "evidence": {"start", "end", "quote"}}`.
pub(in crate::cli) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let submission = seat.candidate(&args.candidate)?.clone();
    let (_, question) = seat.question(&args.question)?;
    let answer = seat.answer(&submission, question)?.clone();
    may_judge(&seat, &answer, "Could not mark the evidence")?;
    let criterion = seat.criterion(question, &args.criterion)?.id.clone();
    let span = span(&args.span, &answer, &seat)?;
    let subject = Some(submission.candidate.id);
    let (mut span, mut quote, mut criteria) = (span, quote(&seat, &answer, span).await?, vec![criterion.clone()]);
    let mut acts = Vec::new();
    if (args.start_by, args.end_by) != (0, 0) {
        let there = seat.desk.my_evidence(answer.id, &criterion).into_iter().rev();
        let old = there.clone().find(|old| old.span.start < span.end && span.start < old.span.end).cloned();
        (span, quote) = moved(&mut seat, &answer, old.as_ref().map_or(span, |old| old.span), args).await?;
        if let Some(old) = old {
            acts.push((subject, Act::Undone { event: old.event }));
            criteria = old.criteria;
        }
    }
    acts.push((subject, Act::Evidenced { answer: answer.id, revision: answer.revision, criteria, span, quote: quote.clone() }));
    let events = seat.act(acts).await?;
    let mut result = whose(&seat, &submission, &events);
    result["question"] = json!(answer.question);
    result["criterion"] = json!(criterion);
    result["evidence"] = evidence_json(&answer, span, &quote);
    let quoted = if quote.is_empty() { args.span.clone() } else { format!("“{}”", quote.fit(100)) };
    let said = format!("{}, {}, {criterion}: {quoted}", seat.desk.called(submission.id), answer.question);
    Ok(done(seat, result, said, context).await)
}

/// A stretch with its ends moved by the word, and its words.
async fn moved(seat: &mut Seat, answer: &Answer, span: Span, args: &Args) -> Result<(Span, SafeText), Failure> {
    if answer.kind.is_recording() {
        let here = contents::here(&seat.library, &seat.desk.batch, answer.id).await;
        seat.desk.put_here(answer.id, here.map_err(|error| told("Could not read the transcript", &error))?);
    }
    let moved = seat.desk.moved(answer.id, span, args.start_by.into(), args.end_by.into());
    moved.ok_or_else(|| {
        let why = "the answer has no such word, or nothing would be left";
        Failure::new("Could not move the ends of the evidence").cause(why).exit(Exit::Usage)
    })
}

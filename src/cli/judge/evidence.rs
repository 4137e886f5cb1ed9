//! `earmark evidence`: a stretch of an answer that a rating rests on.

use serde_json::json;

use super::{done, evidence_json, may_judge, quote, span, whose};
use crate::cli::Context;
use crate::cli::failure::Outcome;
use crate::cli::room::Seat;
use crate::journal::Act;

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
    let quote = quote(&seat, &answer, span).await?;
    let criteria = vec![criterion.clone()];
    let act = Act::Evidenced { answer: answer.id, revision: answer.revision, criteria, span, quote: quote.clone() };
    let events = seat.act(vec![(Some(submission.candidate.id), act)]).await?;
    let mut result = whose(&seat, &submission, &events);
    result["question"] = json!(answer.question);
    result["criterion"] = json!(criterion);
    result["evidence"] = evidence_json(&answer, span, &quote);
    let quoted = if quote.is_empty() { args.span.clone() } else { format!("“{}”", quote.fit(100)) };
    let said = format!("{}, {}, {criterion}: {quoted}", seat.desk.called(submission.id), answer.question);
    Ok(done(seat, result, said, context).await)
}

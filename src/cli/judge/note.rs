//! `earmark note` and `earmark probe`: words on an answer, and what to ask the candidate live.

use serde_json::json;

use super::{done, length, may_note, place, text, whose};
use crate::cli::Context;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::interview::{Answer, Moment};
use crate::journal::Act;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed
    candidate: String,
    /// The question: its id or its number
    question: String,
    /// The words
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// The moment of the answer that they are about: 12.5 or 0:12
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Kind {
    /// A note for oneself and, after the reveal, for the others.
    Note,
    /// A question for the live interview.
    Probe,
}

/// With `--json` `{"batch", "candidate", "shown", "events": [id], "question", "at": seconds or null, "text"}`.
pub(in crate::cli) async fn run(args: &Args, kind: Kind, context: &Context) -> Outcome {
    let what = match kind {
        Kind::Note => "Could not write the note",
        Kind::Probe => "Could not mark what to ask",
    };
    let text = text(&args.text, what)?;
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let submission = seat.candidate(&args.candidate)?.clone();
    let answer = seat.answer(&submission, seat.question(&args.question)?.1)?.clone();
    may_note(&seat, &answer, what)?;
    let at = args.at.as_deref().map(|at| moment_of(at, &answer, &seat, what)).transpose()?;
    let act = match kind {
        Kind::Note => Act::Noted { answer: answer.id, at, text: text.clone(), replaces: None },
        Kind::Probe => Act::Probed { answer: answer.id, at, text: text.clone() },
    };
    let events = seat.act(vec![(Some(submission.candidate.id), act)]).await?;
    let mut result = whose(&seat, &submission, &events);
    result["question"] = json!(answer.question);
    result["at"] = json!(at.map(Moment::seconds));
    result["text"] = json!(text);
    let said = format!("{}, {}: {}", seat.desk.called(submission.id), answer.question, text.fit(100));
    Ok(done(seat, result, said, context).await)
}

fn moment_of(at: &str, answer: &Answer, seat: &Seat, what: &str) -> Result<Moment, Failure> {
    let wrong = |why: String| Failure::usage(what).cause(why);
    if !answer.kind.is_recording() {
        return Err(wrong("a written answer has no moments".to_owned()).hint("leave --at out"));
    }
    let at = place(at, answer).map_err(wrong)?;
    match length(seat, answer) {
        Some(length) if at > length => Err(wrong(format!("{at} is after the answer's end at {length}"))),
        _ => Ok(at),
    }
}

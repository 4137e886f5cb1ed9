//! `earmark compare … --prefer`: which of two answers to a question is the better one on a criterion.

use serde_json::{Value, json};

use super::{done, may_judge};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::interview::{Answer, CriterionId, EventId, QuestionId, Submission};
use crate::journal::{self, Act};

/// What is said of the two candidates that are named.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Side {
    /// The first one is better
    A,
    /// The second one is better
    B,
    /// They are about the same
    Same,
    /// Nothing any more: what was said is taken back
    Clear,
}

/// Two answers to one question, and what they are compared on.
pub(in crate::cli) struct Wanted<'a> {
    pub(in crate::cli) batch: &'a str,
    pub(in crate::cli) question: &'a str,
    pub(in crate::cli) criterion: &'a str,
    pub(in crate::cli) candidates: &'a [String],
    pub(in crate::cli) side: Side,
}

/// The same, found in the batch.
struct Pair {
    question: QuestionId,
    criterion: CriterionId,
    submissions: [Submission; 2],
    answers: [Answer; 2],
}

/// With `--json` `{"batch", "question", "criterion", "a": {"candidate", "shown"}, "b": the same, "prefer": "a", "b", "same" or
/// null, "events": [id]}`; no events where that was said already.
pub(in crate::cli) async fn run(wanted: &Wanted<'_>, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(wanted.batch, context).await?;
    let pair = find(wanted, &seat)?;
    for answer in &pair.answers {
        may_judge(&seat, answer, "Could not compare")?;
    }
    let acts = acts(wanted.side, &pair, &seat)?;
    let subject = Some(pair.submissions[0].candidate.id);
    let events = match acts.is_empty() {
        true => Vec::new(),
        false => seat.act(acts.into_iter().map(|act| (subject, act)).collect()).await?,
    };
    let (result, said) = told(wanted.side, &pair, &seat, &events);
    Ok(done(seat, result, said, context).await)
}

fn find(wanted: &Wanted<'_>, seat: &Seat) -> Result<Pair, Failure> {
    let [a, b] = wanted.candidates else {
        let why = format!("{} are named", wanted.candidates.len());
        let hint = "name the two that are compared: --candidates A,B";
        return Err(Failure::usage("Could not compare").cause(why).hint(hint));
    };
    seat.rubric()?;
    let submissions = [seat.candidate(a)?.clone(), seat.candidate(b)?.clone()];
    if submissions[0].id == submissions[1].id {
        return Err(Failure::usage("Could not compare").cause("a candidate is compared with itself").hint("name two"));
    }
    let (_, question) = seat.question(wanted.question)?;
    let criterion = seat.criterion(question, wanted.criterion)?.id.clone();
    let answer = |submission: &Submission| seat.answer(submission, question).cloned();
    let answers = [answer(&submissions[0])?, answer(&submissions[1])?];
    Ok(Pair { question: question.id.clone(), criterion, submissions, answers })
}

fn acts(side: Side, pair: &Pair, seat: &Seat) -> Result<Vec<Act>, Failure> {
    let [a, b] = [pair.answers[0].id, pair.answers[1].id];
    let outcome = match side {
        Side::A => journal::Outcome::A,
        Side::B => journal::Outcome::B,
        Side::Same => journal::Outcome::Tie,
        Side::Clear => {
            let said = seat.desk.comparisons_of(&pair.criterion, a, b);
            if said.is_empty() {
                let why = "these two are not compared on this criterion";
                return Err(Failure::new("Could not find a comparison to take back").cause(why).exit(Exit::NoMatch));
            }
            return Ok(said.into_iter().map(|event| Act::Undone { event }).collect());
        }
    };
    if seat.desk.compared(&pair.criterion, a, b) == Some(outcome) {
        return Ok(Vec::new());
    }
    let (question, criterion) = (pair.question.clone(), pair.criterion.clone());
    Ok(vec![Act::Compared { question, criterion, a, b, outcome }])
}

fn told(side: Side, pair: &Pair, seat: &Seat, events: &[EventId]) -> (Value, String) {
    let [a, b] = [0, 1].map(|nth: usize| seat.name(pair.submissions[nth].id));
    let one = |(shown, source): &(_, _)| json!({ "candidate": source, "shown": shown });
    let (prefer, words) = match side {
        Side::A => (Some("a"), format!("{} over {}", a.0, b.0)),
        Side::B => (Some("b"), format!("{} over {}", b.0, a.0)),
        Side::Same => (Some("same"), format!("{} and {} about the same", a.0, b.0)),
        Side::Clear => (None, format!("{} and {} no longer compared", a.0, b.0)),
    };
    let again = if events.is_empty() { " (said already)" } else { "" };
    let result = json!({
        "batch": seat.desk.batch.id, "question": pair.question, "criterion": pair.criterion,
        "a": one(&a), "b": one(&b), "prefer": prefer, "events": events,
    });
    (result, format!("{}, {}: {words}{again}", pair.question, pair.criterion))
}

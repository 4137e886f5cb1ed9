//! `earmark recommend` and `earmark must-have`: what one says about a whole submission.

use serde_json::{Value, json};

use super::{done, evidence_json, is_sealed, may_score, quote, span, whose};
use crate::app::recommendation_in_words;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::interview::{Answer, Span, Submission};
use crate::journal::{Act, MustHaveAnswer, Recommendation};
use crate::rubric::MustHave;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct RecommendArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed
    candidate: String,
    /// What you recommend
    recommendation: Grade,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Grade {
    StrongNo,
    No,
    Undecided,
    Yes,
    StrongYes,
}

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct MustHaveArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed
    candidate: String,
    /// The must-have's id in the rubric
    must_have: String,
    /// Whether it is met
    met: Met,
    /// The stretch of the answer in which it was said: 12.5-20 or 0:12-0:20
    #[arg(long, value_name = "START-END")]
    evidence: Option<String>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Met {
    /// Said so
    Yes,
    /// Said the contrary; a person looks
    No,
    /// Cannot be told
    Unclear,
}

/// With `--json` `{"batch", "candidate", "shown", "events": [id], "recommendation"}`.
pub(in crate::cli) async fn recommend(args: &RecommendArgs, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let submission = seat.candidate(&args.candidate)?.clone();
    may_conclude(&seat, &submission, "Could not recommend")?;
    let recommendation = match args.recommendation {
        Grade::StrongNo => Recommendation::StrongNo,
        Grade::No => Recommendation::No,
        Grade::Undecided => Recommendation::Undecided,
        Grade::Yes => Recommendation::Yes,
        Grade::StrongYes => Recommendation::StrongYes,
    };
    let act = Act::Recommended { submission: submission.id, recommendation };
    let events = seat.act(vec![(Some(submission.candidate.id), act)]).await?;
    let mut result = whose(&seat, &submission, &events);
    result["recommendation"] = json!(recommendation);
    let said = format!("{}: {}", seat.desk.called(submission.id), recommendation_in_words(recommendation));
    Ok(done(seat, result, said, context).await)
}

/// With `--json` `{"batch", "candidate", "shown", "events": [id], "must_have", "met", "evidence": null or {"start", "end", "quote"}}`.
pub(in crate::cli) async fn must_have(args: &MustHaveArgs, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let must = find(&seat, &args.must_have)?.clone();
    let submission = seat.candidate(&args.candidate)?.clone();
    may_conclude(&seat, &submission, "Could not answer the must-have")?;
    let said_in = match &args.evidence {
        Some(text) => Some(stretch(text, &must, &submission, &seat)?),
        None => None,
    };
    let evidence = match &said_in {
        Some((answer, span)) => evidence_json(answer, *span, &quote(&seat, answer, *span).await?),
        None => Value::Null,
    };
    let met = match args.met {
        Met::Yes => MustHaveAnswer::Yes,
        Met::No => MustHaveAnswer::No,
        Met::Unclear => MustHaveAnswer::Unclear,
    };
    let act = Act::MustHave { submission: submission.id, id: must.id.clone(), met, span: said_in.map(|(_, span)| span) };
    let events = seat.act(vec![(Some(submission.candidate.id), act)]).await?;
    let mut result = whose(&seat, &submission, &events);
    result["must_have"] = json!(must.id);
    result["met"] = json!(met);
    result["evidence"] = evidence;
    let word = match met {
        MustHaveAnswer::Yes => "yes",
        MustHaveAnswer::No => "no: a person looks",
        MustHaveAnswer::Unclear => "unclear",
    };
    let said = format!("{}, {}: {word}", seat.desk.called(submission.id), must.id);
    Ok(done(seat, result, said, context).await)
}

fn may_conclude(seat: &Seat, submission: &Submission, what: &str) -> Result<(), Failure> {
    seat.rubric()?;
    may_score(seat, what)?;
    match seat.desk.sight.scorecard_is_sealed(seat.desk.sight.viewer(), submission.id) {
        true => Err(is_sealed(Failure::new(what))),
        false => Ok(()),
    }
}

fn find<'s>(seat: &'s Seat, named: &str) -> Result<&'s MustHave, Failure> {
    let all = &seat.rubric()?.must_haves;
    all.iter().find(|must| must.id.as_str() == named).ok_or_else(|| {
        let there: Vec<&str> = all.iter().map(|must| must.id.as_str()).collect();
        let hint = match there.is_empty() {
            true => "this rubric has no must-haves".to_owned(),
            false => format!("there are: {}", there.join(", ")),
        };
        Failure::new(format!("Could not find the must-have \"{named}\"")).hint(hint).exit(Exit::NoMatch)
    })
}

/// The answer in which a must-have is asked, and the stretch of it.
fn stretch(text: &str, must: &MustHave, submission: &Submission, seat: &Seat) -> Result<(Answer, Span), Failure> {
    let asked_in = |answer: &&Answer| seat.desk.sight.rubric_question(&answer.question) == must.question.as_ref();
    let answer = must.question.as_ref().and_then(|_| submission.answers.iter().find(asked_in)).ok_or_else(|| {
        let why = "the rubric does not say in which question it is asked, or there is no answer to that one";
        Failure::usage("Could not take --evidence").cause(why).hint("answer the must-have without --evidence")
    })?;
    Ok((answer.clone(), span(text, answer, seat)?))
}

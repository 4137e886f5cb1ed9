//! `earmark statements`: what the platform says by itself of candidates, once that may be seen.

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::Seat;
use crate::app::Stated;
use crate::interview::SubmissionId;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym, source's id, or the name once it was revealed; everyone without it
    candidate: Option<String>,
}

/// With `--json` `{"batch", "platform", "candidates": [{"candidate", "shown", "statements": [{"question", "kind", "says", …}]}]}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_act(&args.batch, context).await?;
    let outcome = told(args, &seat, context).await;
    seat.leave().await;
    outcome
}

async fn told(args: &Args, seat: &Seat, context: &Context) -> Outcome {
    let desk = &seat.desk;
    let wanted: Vec<SubmissionId> = match &args.candidate {
        Some(named) => vec![seat.candidate(named)?.id],
        None => desk.rows.clone(),
    };
    let mut all = Vec::new();
    for submission in wanted {
        let refused = |why: &str| {
            let failure = Failure::new("Could not show what the platform says").cause(why.trim_end_matches('.'));
            failure.hint("`earmark status` says what is missing, `earmark seal` seals")
        };
        match desk.platform_says(submission) {
            Ok(stated) => all.push((submission, stated)),
            // Outside the panel, some candidates may be ready and others not.
            Err(_) if args.candidate.is_none() && !desk.sight.is_on_panel() => {}
            Err(why) => return Err(refused(why)),
        }
    }
    all.retain(|(_, stated)| !stated.is_empty());
    // First it is on disk that they are seen, then they are seen.
    seat.sees(all.iter().filter_map(|(submission, _)| desk.platform_statement(*submission))).await?;
    match context.out.wants_json() {
        true => context.out.json(&to_json(seat, &all)),
        false => say(seat, &all, context),
    }
    Ok(Exit::Done)
}

fn to_json(seat: &Seat, all: &[(SubmissionId, Vec<Stated>)]) -> Value {
    let candidates = all.iter().map(|(submission, stated)| {
        let (shown, source) = seat.name(*submission);
        let statements = stated.iter().map(|one| {
            let mut value = serde_json::to_value(&one.statement).expect("it has string keys");
            value["question"] = json!(one.answer.as_ref().map(|(_, question)| question));
            value
        });
        json!({ "candidate": source, "shown": shown, "statements": statements.collect::<Vec<_>>() })
    });
    json!({
        "batch": seat.desk.batch.title, "platform": seat.desk.batch.source, "candidates": candidates.collect::<Vec<_>>(),
    })
}

fn say(seat: &Seat, all: &[(SubmissionId, Vec<Stated>)], context: &Context) {
    let (out, platform) = (&context.out, &seat.desk.batch.source);
    if all.is_empty() {
        return out.say(format!("{platform} says nothing of its own of anyone here."));
    }
    out.say(format!("Said by {platform}, not by a reviewer. No score of earmark rests on it."));
    for (submission, stated) in all {
        out.say(format!("{}:", seat.name(*submission).0));
        stated.iter().for_each(|one| out.say(format!("  {}", one.in_words())));
    }
}

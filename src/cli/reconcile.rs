//! `earmark reconcile`: where reviewers are far apart, and what they agreed on.

use serde_json::{Value as Json, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::overall::{agreement, reviewer, values};
use super::room::Seat;
use super::words::many;
use crate::app::{Desk, Disagreement, Line, value_in_words};
use crate::protocol::Others;
use crate::rubric::{Observed, Point};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Lists values that are two points and more apart; that is also done where nothing else is said
    #[arg(long, conflicts_with = "agree")]
    list: bool,
    /// Writes down what you agreed on; both values stay as they were given
    #[arg(long, num_args = 4, value_names = ["CANDIDATE", "QUESTION", "CRITERION", "VALUE"], requires = "why")]
    agree: Option<Vec<String>>,
    /// Why that value; it is kept
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

/// With `--json` `{"batch", "title", "others", "open", "agreed", "disagreements": [{"candidate", "shown", "question", "number", "criterion",
/// "values", "spread", "agreed": {"value", "why", "by", "with", "at", "otherwise": [{"reviewer", "value"}]} or null}]}`; with `--agree` the one that was agreed on.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if let Some(agree) = &args.agree {
        return agreed(&args.batch, agree, args.why.as_deref().unwrap_or_default(), context).await;
    }
    let seat = Seat::to_look(&args.batch, context).await?;
    let desk = &seat.desk;
    let all = desk.disagreements();
    let open = all.iter().filter(|one| one.cell.agreed.is_none()).count();
    if context.out.wants_json() {
        let others = match desk.sight.others() {
            Others::Hidden => "hidden",
            Others::Partly => "partly",
            Others::Shown => "shown",
        };
        context.out.json(&json!({
            "batch": desk.batch.id, "title": desk.batch.title, "others": others, "open": open, "agreed": all.len() - open,
            "disagreements": all.iter().map(|one| to_json(desk, one)).collect::<Vec<_>>(),
        }));
        return Ok(Exit::Done);
    }
    match (all.is_empty(), desk.sight.others()) {
        (true, Others::Hidden) => {
            context.out.say("Others' values show when all of your own are sealed; then it is seen where you differ.")
        }
        (true, _) => context.out.say("No two reviewers are two points or more apart."),
        (false, _) => list(desk, &all, open, context),
    }
    Ok(Exit::Done)
}

fn list(desk: &Desk, all: &[Disagreement], open: usize, context: &Context) {
    let mut table = Table::new(&["candidate", "question", "values", "apart", "agreed"]);
    for one in all {
        let given = one.cell.given.iter().map(|(who, value)| format!("{} {value}", reviewer(desk, *who)));
        let agreed = one.cell.agreed.as_ref().map(|agreed| {
            let differently = desk.agreed_differently(agreed).map_or_else(String::new, |words| format!(" ({words})"));
            let reason = desk.quoted_of(one.submission, &agreed.reason);
            format!("{}: {reason}{differently}", value_in_words(agreed.observed))
        });
        table.row([
            desk.called(one.submission).to_string(),
            one.line.in_words().to_string(),
            given.collect::<Vec<_>>().join(", "),
            one.cell.spread.to_string(),
            agreed.unwrap_or_default(),
        ]);
    }
    context.out.table(&table);
    context.out.say(format!(
        "{} to talk about, {} agreed on. What is agreed stands beside both values and changes neither ranking nor agreement.",
        many(open, "disagreement"),
        all.len() - open
    ));
}

fn to_json(desk: &Desk, one: &Disagreement) -> Json {
    let (number, question, criterion) = match &one.line {
        Line::Criterion { number, question, criterion, .. } => (Some(*number), Some(question), Some(criterion)),
        _ => (None, None, None),
    };
    json!({
        "candidate": desk.batch.submission(one.submission).map(|submission| &submission.candidate.source_id),
        "shown": desk.called(one.submission),
        "question": question,
        "number": number,
        "criterion": criterion,
        "values": values(desk, &one.cell),
        "spread": one.cell.spread,
        "agreed": one.cell.agreed.as_ref().map(|agreed| agreement(desk, one.submission, agreed)),
    })
}

async fn agreed(batch: &str, agree: &[String], why: &str, context: &Context) -> Outcome {
    let [candidate, question, criterion, value] = agree else {
        return Err(Failure::usage("Could not tell what was agreed").hint("say --agree CANDIDATE QUESTION CRITERION VALUE"));
    };
    let why = SafeText::block(why.trim());
    if why.is_empty() {
        return Err(Failure::usage("Could not agree without a reason").hint("say it with --why"));
    }
    let mut seat = Seat::to_act(batch, context).await?;
    let (submission, answer, criterion) = {
        let submission = seat.candidate(candidate)?;
        let (_, question) = seat.question(question)?;
        (submission.id, seat.answer(submission, question)?.id, seat.criterion(question, criterion)?.id.clone())
    };
    let observed = match value.trim() {
        "NO" => Observed::NotObserved,
        text => {
            let point = text.parse::<f64>().ok().and_then(|number| Point::from_value(number).ok());
            let wrong = || Failure::usage(format!("Could not read \"{}\" as a value", SafeText::line(text)));
            Observed::Point(point.ok_or_else(|| wrong().hint("write a point of the scale, or NO for not observed"))?)
        }
    };
    let act = seat.desk.reconcile_act(answer, &criterion, observed, why);
    let act = act.map_err(|why| Failure::usage("Could not write down what was agreed").cause(why))?;
    seat.act(vec![act]).await?;
    let agreed = seat.desk.agreed(answer, &criterion);
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": seat.desk.batch.id,
            "candidate": seat.name(submission).1,
            "criterion": criterion,
            "agreed": agreed.as_ref().map(|agreed| agreement(&seat.desk, submission, agreed)),
        }));
    }
    context.out.say(format!(
        "{}, {criterion}: agreed on {}; both values stay.",
        seat.desk.called(submission),
        value_in_words(observed)
    ));
    seat.leave().await;
    Ok(Exit::Done)
}

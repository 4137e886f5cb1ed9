//! `earmark assign`, `earmark release` and `earmark recuse`: who reviews whom.

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::many::{self, Whom};
use super::output::Table;
use super::room::{self, Seat};
use crate::app::Deed;
use crate::interview::{CandidateId, ReviewerId, SubmissionId};
use crate::journal::Act;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidates: pseudonyms, source's ids, or names once they were revealed; without any and without --filter, all of the
    /// batch, also who comes in later
    #[arg(value_name = "CANDIDATE")]
    candidates: Vec<String>,
    /// Who is to review them: me, a label, a pseudonym or an id; without it, who reviews what is shown
    #[arg(long, value_name = "REVIEWER")]
    to: Option<String>,
    /// In whose place: that reviewer is released, and what was sealed by then stays
    #[arg(long, value_name = "REVIEWER", requires_all = ["to", "reason"])]
    from: Option<String>,
    /// Why it is handed over; it is kept
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    whom: Whom,
}

#[derive(clap::Args, Debug)]
pub(super) struct ReleaseArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidates: pseudonyms, source's ids, or names once they were revealed; without any and without --filter, the reviewer
    /// leaves the batch
    #[arg(value_name = "CANDIDATE")]
    candidates: Vec<String>,
    /// Who need not review them any more: me, a label, a pseudonym or an id
    #[arg(long, value_name = "REVIEWER")]
    from: String,
    /// Why; it is kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    whom: Whom,
}

#[derive(clap::Args, Debug)]
pub(super) struct RecuseArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidates: pseudonyms, source's ids, or names once they were revealed
    #[arg(value_name = "CANDIDATE", required = true)]
    candidates: Vec<String>,
    /// Why; it is kept
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Only says whom it would concern
    #[arg(long)]
    dry_run: bool,
}

/// Assigns as [`many::carry_out`] says. Without --to, with `--json` `{"batch", "reviewers": [{"reviewer", "id", "to_review",
/// "whole_batch", "released": null or the reason}]}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let Some(to) = &args.to else { return show(&args.batch, context).await };
    let seat = Seat::to_act(&args.batch, context).await?;
    let to = reviewer(to, &seat, context)?;
    let from = args.from.as_deref().map(|from| reviewer(from, &seat, context)).transpose()?;
    let reason = args.reason.as_deref().map(text).transpose()?;
    let handed = from.zip(reason);
    match args.whom.meant(&args.candidates, &seat)? {
        Some(_) => {
            let who = args.whom.some(&args.candidates, "Could not assign", &seat)?;
            let deed = match handed {
                Some((from, reason)) => Deed::HandOver { from, to, reason },
                None => Deed::Assign { to },
            };
            many::carry_out(seat, &deed, &who, args.whom.dry_run, context).await
        }
        None => {
            let left = handed.as_ref().map(|(from, reason)| seat.desk.leaving_acts(*from, reason)).unwrap_or_default();
            let acts = left.into_iter().chain([(None, Act::Assigned { submission: None, reviewer: to })]).collect();
            let does = match &handed {
                Some((from, _)) => format!("Hand the batch over from {} to {}", seat.desk.who_is(*from), seat.desk.who_is(to)),
                None => format!("Assign the whole batch to {}", seat.desk.who_is(to)),
            };
            whole_batch(seat, acts, &does, args.whom.dry_run, context).await
        }
    }
}

/// Releases as [`many::carry_out`] says.
pub(super) async fn release(args: &ReleaseArgs, context: &Context) -> Outcome {
    let reason = text(&args.reason)?;
    let seat = Seat::to_act(&args.batch, context).await?;
    let from = reviewer(&args.from, &seat, context)?;
    match args.whom.meant(&args.candidates, &seat)? {
        Some(_) => {
            let who = args.whom.some(&args.candidates, "Could not release", &seat)?;
            many::carry_out(seat, &Deed::Release { from, reason }, &who, args.whom.dry_run, context).await
        }
        None => {
            let acts = seat.desk.leaving_acts(from, &reason);
            let does = format!("Release {} from the whole batch", seat.desk.who_is(from));
            whole_batch(seat, acts, &does, args.whom.dry_run, context).await
        }
    }
}

/// Steps aside as [`many::carry_out`] says.
pub(super) async fn recuse(args: &RecuseArgs, context: &Context) -> Outcome {
    let seat = Seat::to_act(&args.batch, context).await?;
    let who: Result<Vec<SubmissionId>, Failure> = args.candidates.iter().map(|name| Ok(seat.candidate(name)?.id)).collect();
    let reason = args.reason.as_deref().map(text).transpose()?;
    many::carry_out(seat, &Deed::Recuse { reason }, &who?, args.dry_run, context).await
}

/// With `--json` `{"batch", "does", "dry_run", "events": [id]}`.
async fn whole_batch(
    mut seat: Seat,
    acts: Vec<(Option<CandidateId>, Act)>,
    does: &str,
    dry_run: bool,
    context: &Context,
) -> Outcome {
    let events = if dry_run { Vec::new() } else { seat.act(acts).await? };
    if context.out.wants_json() {
        context.out.json(&json!({ "batch": seat.desk.batch.id, "does": does, "dry_run": dry_run, "events": events }));
    }
    context.out.say(format!("{}: {does}.", if dry_run { "Would do" } else { "Done" }));
    seat.leave().await;
    Ok(Exit::Done)
}

async fn show(batch: &str, context: &Context) -> Outcome {
    let seat = Seat::to_look(batch, context).await?;
    let desk = &seat.desk;
    let mut table = Table::new(&["reviewer", "id", "to review", ""]).right(2);
    let mut all: Vec<Value> = Vec::new();
    // To whom it was handed reviews nothing.
    for reviewer in desk.reviewers().into_iter().filter(|reviewer| !desk.sight.is_guest(*reviewer)) {
        let to_review = desk.rows.iter().filter(|id| desk.is_to_review(reviewer, **id)).count();
        let whole = desk.sight.assignments.get(&(reviewer, None));
        let released = whole.and_then(|whole| whole.released.as_ref()).map(|release| release.reason.clone());
        let said = match (&released, whole) {
            (Some(reason), _) => format!("released: {reason}"),
            (None, Some(_)) => "assigned to the whole batch".to_owned(),
            (None, None) if desk.sight.assignments_of(reviewer).any(|one| one.released.is_none()) => {
                "assigned one by one".to_owned()
            }
            (None, None) => "on the panel".to_owned(),
        };
        let who = desk.who_is(reviewer);
        table.row([who.to_string(), reviewer.to_string()[..8].to_owned(), to_review.to_string(), said]);
        let whole_batch = whole.is_some_and(|whole| whole.released.is_none());
        all.push(json!({
            "reviewer": who, "id": reviewer, "to_review": to_review, "whole_batch": whole_batch, "released": released,
        }));
    }
    if context.out.wants_json() {
        context.out.json(&json!({ "batch": desk.batch.id, "reviewers": all }));
    }
    context.out.table(&table);
    Ok(Exit::Done)
}

/// The reviewer who is meant: oneself, somebody of this batch by label, pseudonym or id, or anybody by the whole id.
fn reviewer(named: &str, seat: &Seat, context: &Context) -> Result<ReviewerId, Failure> {
    let wanted = named.trim().to_lowercase();
    let desk = &seat.desk;
    let me = room::known_identity(context)?;
    let is_me = |me: &crate::config::Identity| {
        me.reviewer() == desk.me() && [&me.label, &me.pseudonym].iter().any(|name| name.raw().to_lowercase() == wanted)
    };
    if wanted == "me" || me.as_ref().is_some_and(is_me) {
        return Ok(desk.me());
    }
    let calls = |id: ReviewerId| [desk.sight.label(id), desk.sight.pseudonym(id)].map(|name| name.raw().to_lowercase());
    let all = desk.reviewers();
    let is_meant = |id: &ReviewerId| calls(*id).contains(&wanted) || (wanted.len() >= 6 && id.to_string().starts_with(&wanted));
    let found: Vec<ReviewerId> = all.iter().copied().filter(is_meant).collect();
    match (found.as_slice(), wanted.parse::<ReviewerId>()) {
        ([one], _) => Ok(*one),
        ([], Ok(id)) => Ok(id),
        (found, _) => {
            let why = if found.is_empty() { "nobody" } else { "more than one" };
            let there: Vec<String> = all.iter().map(|id| desk.who_is(*id).to_string()).collect();
            let failure = Failure::new(format!("Could not tell which reviewer is meant by \"{named}\": {why} is called so"));
            let hint =
                format!("there are: {}; somebody new is named by the id that `earmark identity` shows there", there.join(", "));
            Err(failure.hint(hint).exit(Exit::NoMatch))
        }
    }
}

fn text(given: &str) -> Result<SafeText, Failure> {
    match given.trim() {
        "" => Err(Failure::usage("Could not go on without a reason").hint("say it with --reason")),
        text => Ok(SafeText::line(text)),
    }
}

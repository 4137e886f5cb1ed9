//! `earmark deliver nightly`: a whole night in one command. What an earlier run left open is brought to its end, what would change is
//! planned and sent, and whoever asked for it is told how it ended, however it did.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::apply::{ended, id_of, lost_lines};
use super::scene::Scene;
use super::tell::{Ended, Telling};
use crate::cli::Context;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::room::Seat;
use crate::delivery::{Applied, Looked, Over, Plan, Reconciliation, RowOutcome, RowReport};
use crate::runtime::delivering::{self, MOST_CHANGED, Opened, Work};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// How: a profile's file, or the name of a shipped one
    #[arg(long)]
    profile: String,
    /// Where to; without it where the profile says
    #[arg(long, value_name = "PLACE")]
    to: Option<String>,
    /// Sends nothing where more than so many percent of what was there before would change, vanish, or has vanished. Fewer than
    /// three rows pass, except with 0, which lets nothing change, and except rows that a table written whole would lose
    #[arg(long, value_name = "PERCENT", default_value_t = MOST_CHANGED)]
    max_change: f64,
    /// Writes over what somebody changed there since it was delivered; without this such a row is named, and left as it stands
    #[arg(long)]
    overwrite_moved: bool,
    /// How many minutes it waits while another earmark delivers from this library
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    wait: u32,
    #[command(flatten)]
    telling: Telling,
}

/// With `--json` what `deliver apply --json` tells, of both steps together: a row that was brought to its end is `delivered`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let scene = args.scene();
    args.telling.of(&scene, night(args, &scene, context), context).await
}

impl Args {
    fn scene(&self) -> Scene {
        Scene::of(&self.profile, &id_of(&self.profile), self.to.as_deref())
    }

    /// Tells of a night that did not begin.
    pub(super) async fn untold(&self, failure: &Failure, out: &Output) {
        self.telling.of_none(&self.scene(), failure, out).await;
    }
}

async fn night(args: &Args, scene: &Scene, context: &Context) -> Result<Ended, Failure> {
    // The batch first: whatever is wrong then, it is known of which rows.
    let seat = scene.sits(&args.batch, context).await;
    let read = delivering::read_profile(&args.profile)?;
    let seat = seat?;
    seat.may_deliver()?;
    let _turn = scene.takes_turn(seat, Duration::from_secs(60 * u64::from(args.wait))).await?;
    // While it waited, people decided: what is sent is what is true now.
    let seat = scene.sits_anew(seat).await?;
    let opened = scene.opens(seat, read, context).await?;
    let begun = sent(args, seat, opened, Work::Retry(Looked::default()), context).await?;
    // Should it end here, what was brought to its end before that is told all the same.
    scene.wrote(&begun);
    let (plan, applied) = planned_and_sent(args, seat, opened, &begun, scene, context).await?;
    lost_lines(plan).iter().for_each(|line| context.out.remark(line));
    Ok(ended(seat, opened, &both(plan, begun, applied), scene, Some(plan), context))
}

/// What would change, and what became of that. Each row is tried once a night: what was refused a moment ago is refused again, and a
/// list may not show yet what was cut off.
async fn planned_and_sent<'s>(
    args: &Args,
    seat: &Seat,
    opened: &Opened,
    begun: &Applied,
    scene: &'s Scene,
    context: &Context,
) -> Result<(&'s Plan, Applied), Failure> {
    let bar = context.out.progress("Planning", 0);
    let tell = |headway| bar.show(&headway);
    let plan =
        scene.plans(delivering::planned(&seat.library, &seat.desk, opened, &args.profile, args.overwrite_moved, &tell).await?);
    drop(bar);
    if let Some(why) = delivering::braked(plan, args.max_change) {
        scene.holds();
        let failure = Failure::new(format!("Could not apply what was planned: {why}"));
        return Err(failure.hint("look with `earmark deliver plan`; --max-change 100 lets it pass"));
    }
    let was_tried = |row: &&RowReport| matches!(row.outcome, RowOutcome::Failed | RowOutcome::Unknown);
    let tried: BTreeSet<_> = begun.rows.iter().filter(was_tried).map(|row| (&row.object, &row.push)).collect();
    let mut untried = plan.clone();
    untried.rows.retain(|row| !tried.contains(&(&row.object, &row.push)));
    delivering::begun(&seat.library, &seat.desk, &untried).await?;
    let applied = sent(args, seat, opened, Work::Apply(&untried), context).await?;
    Ok((plan, applied))
}

/// Sends, and shows how far it is meanwhile.
async fn sent(args: &Args, seat: &Seat, opened: &Opened, work: Work<'_>, context: &Context) -> Result<Applied, Failure> {
    let over = Over { files: false, moved: args.overwrite_moved };
    let bar = context.out.progress("Delivering", 0);
    let tell = |headway| bar.show(&headway);
    Ok(delivering::sent(&seat.library, &seat.desk, opened, work, over, &tell).await?)
}

/// Both steps as one run: each row once, by what became of it last; what the first delivered, the second finds unchanged. Selected are
/// the rows of the plan, and those that the first step alone had: what became of each has to add up to that.
fn both(plan: &Plan, begun: Applied, applied: Applied) -> Applied {
    let places: BTreeMap<(SafeText, SafeText), usize> =
        applied.rows.iter().enumerate().map(|(at, row)| ((row.object.clone(), row.push.clone()), at)).collect();
    let planned: BTreeSet<_> = plan.rows.iter().map(|row| (&row.object, &row.push)).collect();
    let first: BTreeMap<(SafeText, SafeText), RowReport> =
        begun.rows.into_iter().map(|row| ((row.object.clone(), row.push.clone()), row)).collect();
    let unplanned = first.keys().filter(|(object, push)| !planned.contains(&(object, push))).count();
    let mut all = applied;
    all.temporary |= begun.temporary;
    all.authentication |= begun.authentication;
    all.left_alone |= begun.left_alone;
    all.answers |= begun.answers;
    all.guarded.splice(0..0, begun.guarded);
    for (about, row) in first {
        match places.get(&about) {
            None => all.rows.push(row),
            Some(at) if row.outcome == RowOutcome::Delivered && all.rows[*at].outcome == RowOutcome::Unchanged => {
                all.rows[*at] = row;
            }
            Some(_) => {}
        }
    }
    all.sum = Reconciliation { selected: plan.rows.len() + unplanned, ..Reconciliation::default() };
    all.rows.iter().for_each(|row| all.sum.count(row.outcome));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(object: &str, outcome: RowOutcome) -> RowReport {
        let (object, push) = (object.into(), "file".into());
        RowReport {
            object,
            candidate: "c".into(),
            push,
            outcome,
            state: None,
            reason: None,
            row: None,
            remedy: None,
            is_in_the_way: false,
        }
    }

    fn plan_of(objects: &[&str]) -> Plan {
        let rows = objects.iter().map(|object| {
            serde_json::json!({ "object": object, "candidate": "c", "push": "file", "change": "create", "digest": null, "there": null, "values": {} })
        });
        let of_plan = serde_json::json!({
            "schema": crate::delivery::SCHEMA, "batch": uuid::Uuid::nil(), "title": "t", "profile": "p", "profile_file": "p",
            "profile_hash": crate::interview::Digest::default(), "to": "x", "made_at": "2026-01-01T00:00:00Z", "by": uuid::Uuid::nil(),
            "rows": rows.collect::<Vec<_>>(), "is_looked_at": true, "withdrawn": [],
        });
        serde_json::from_value(of_plan).expect("a plan")
    }

    #[test]
    fn a_night_that_lost_a_row_of_its_plan_does_not_balance() {
        let applied = |rows: Vec<RowReport>| Applied { rows, ..Applied::default() };
        let begun = || applied(vec![row("1", RowOutcome::Delivered), row("9", RowOutcome::Failed)]);
        let whole =
            both(&plan_of(&["1", "2"]), begun(), applied(vec![row("1", RowOutcome::Unchanged), row("2", RowOutcome::Delivered)]));
        assert!(whole.sum.balances() && whole.sum.selected == 3 && whole.sum.delivered == 2, "{:?}", whole.sum);
        let lossy = both(&plan_of(&["1", "2"]), begun(), applied(vec![row("1", RowOutcome::Unchanged)]));
        assert!(!lossy.sum.balances() && lossy.sum.selected == 3, "{:?}", lossy.sum);
        let twice = applied(vec![row("1", RowOutcome::Failed), row("1", RowOutcome::Failed)]);
        let twice = both(&plan_of(&["1"]), twice, applied(Vec::new()));
        assert!(twice.sum.balances() && twice.sum.failed == 1, "{:?}", twice.sum);
    }
}

//! What is known of the rows from the library, and from the plan where there is one: for a run that does not come to its end.

use std::collections::BTreeSet;

use super::apply::{RowReport, in_column};
use super::calls::Presents;
use super::items::{Job, Made, Past, past};
use super::lying::Lying;
use super::plan::{Change, Plan, PlanRow, Sights, plan as planned};
use super::report::{Reconciliation, RowOutcome};
use super::withdrawn::{Withdrawn, withdrawn};
use crate::interview::Digest;
use crate::library::{Delivered, DeliveryState};
use crate::text::SafeText;

/// What is known of the rows that are expected at a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Known {
    /// Row by row.
    pub rows: Vec<RowReport>,
    /// The sum.
    pub sum: Reconciliation,
    /// What was delivered, is no row any more, and still stands there.
    pub withdrawn: Vec<Withdrawn>,
}

/// What the ledger says of every row that is expected: of a plan's rows where one was made, which knows what was seen there; else
/// of all that the profile would send. `before` are the entries that had arrived when the run began, `why` says why nothing more was sent, and whether the brake, or another earmark, held it back.
pub fn known(
    job: &Job,
    made: &Made,
    ledger: &[Delivered],
    plan: Option<&Plan>,
    before: &BTreeSet<Digest>,
    why: (&str, bool),
) -> Known {
    let by_ledger;
    let expected = match plan {
        Some(plan) => &plan.rows,
        None => {
            by_ledger =
                planned(job, made, ledger, Sights { presents: &Presents::new(), lying: &Lying::default(), overwrite: false });
            &by_ledger
        }
    };
    let rows: Vec<RowReport> =
        expected.iter().map(|row| report(row, past(ledger, row.object.raw(), row.push.raw()), before, why)).collect();
    let mut sum = Reconciliation { selected: rows.len(), ..Reconciliation::default() };
    rows.iter().for_each(|row| sum.count(row.outcome));
    let seen = plan.map_or(&[][..], |plan| plan.withdrawn.as_slice());
    let withdrawn = withdrawn(job, &made.items, ledger, &Lying::default()).into_iter().map(|one| one.seen_in(seen)).collect();
    Known { rows, sum, withdrawn }
}

fn report(row: &PlanRow, past: Past, before: &BTreeSet<Digest>, (why, is_held): (&str, bool)) -> RowReport {
    let arrived_now = past.arrived.filter(|entry| Some(entry.digest) == row.digest && !before.contains(&entry.key));
    let open = past.last.filter(|last| !last.state.arrived());
    let said = open.and_then(|last| last.why.as_deref()).map(SafeText::line);
    let (outcome, reason) = match open.map(|last| last.state) {
        _ if row.digest.is_none() => (RowOutcome::Quarantined, Some(in_column(row))),
        _ if arrived_now.is_some() => (RowOutcome::Delivered, None),
        Some(DeliveryState::Sent | DeliveryState::Unknown) => {
            (RowOutcome::Unknown, said.or_else(|| Some("it was on its way; the next run looks for it first".into())))
        }
        state if row.lost && is_held && state != Some(DeliveryState::Failed) => (RowOutcome::Held, row.reason.clone()),
        _ if row.lost || row.is_unread() => (RowOutcome::Failed, row.reason.clone()),
        _ if row.change == Change::Unchanged => (RowOutcome::Unchanged, None),
        _ if row.change == Change::Moved => (RowOutcome::Moved, row.reason.clone()),
        // What was refused before failed; of all else nothing was sent.
        state if is_held && state != Some(DeliveryState::Failed) => (RowOutcome::Held, Some(SafeText::line(why))),
        _ => (RowOutcome::Failed, said.or_else(|| Some(SafeText::line(why)))),
    };
    RowReport {
        object: row.object.clone(),
        candidate: row.candidate.clone(),
        push: row.push.clone(),
        outcome,
        state: arrived_now.or(past.last).map(|entry| entry.state),
        reason,
        row: row.row,
        remedy: row.remedy.clone(),
        is_in_the_way: false,
    }
}

//! What the Deliver screen shows of plans, outcomes, the ledger and listings, row by row.

use crate::app::{Desk, Proposal, Sheet, SheetRow, Stand};
use crate::delivery::{Applied, By, Change, Matching, Plan, RowOutcome};
use crate::library::{Delivered, DeliveryState};
use crate::runtime::delivering::Opened;
use crate::text::SafeText;

pub(super) fn plan_sheet(plan: &Plan, opened: &Opened) -> Sheet {
    let row = |row: &crate::delivery::PlanRow| SheetRow {
        object: row.object.clone(),
        candidate: row.candidate.clone(),
        push: row.push.clone(),
        stand: match row.change {
            Change::Create => Stand::Create,
            Change::Update => Stand::Update,
            Change::Unchanged => Stand::Unchanged,
            Change::Moved => Stand::Moved,
            Change::Quarantined => Stand::Quarantined,
        },
        values: row.values.iter().map(|(column, pair)| (SafeText::line(column), shown(&pair.old), shown(&pair.new))).collect(),
        why: row.reason.clone(),
        remedy: row.remedy.clone(),
        ..SheetRow::default()
    };
    let count = |change: Change| plan.count(change);
    let sum = format!(
        "{} selected: {} create, {} update, {} unchanged, {} moved, {} quarantined",
        plan.rows.len(),
        count(Change::Create),
        count(Change::Update),
        count(Change::Unchanged),
        count(Change::Moved),
        count(Change::Quarantined)
    );
    let filtered = opened.mapped.filtered;
    let filter = (filtered > 0).then(|| format!("The profile's filter leaves out {filtered}, who are not ready."));
    let left_out = &opened.gathered.exported.left_out;
    let unsealed = (left_out.unsealed > 0).then(|| format!("{} begun and not sealed: left out.", left_out.unsealed));
    let nobody = left_out.candidates.len();
    let nobody = (nobody > 0).then(|| format!("{nobody} without a sealed scorecard that you may see."));
    let lost = plan.lost().count();
    let lost = (lost > 0).then(|| format!("{lost} delivered before, and not there any more."));
    let withdrawn = plan.withdrawn.len();
    let withdrawn = (withdrawn > 0)
        .then(|| format!("{withdrawn} delivered before, and no row any more (not ready, filtered out, gone, or erased)."));
    let notes = [lost, withdrawn, filter, unsealed, nobody].into_iter().flatten().map(|note| SafeText::line(&note)).collect();
    Sheet { sum: SafeText::line(&sum), rows: plan.rows.iter().map(row).collect(), notes }
}

/// A value as text; a text keeps its lines.
fn shown(value: &serde_json::Value) -> SafeText {
    match value {
        serde_json::Value::Null => SafeText::default(),
        serde_json::Value::String(text) => SafeText::block(text),
        other => SafeText::line(&other.to_string()),
    }
}

/// What to do about what may have arrived.
const LOOK: &str = "R looks for it; where that cannot be, look yourself: Enter says what you found";

pub(super) fn outcome_sheet(applied: &Applied) -> Sheet {
    let row = |row: &crate::delivery::RowReport| SheetRow {
        object: row.object.clone(),
        candidate: row.candidate.clone(),
        push: row.push.clone(),
        stand: match row.outcome {
            RowOutcome::Delivered => Stand::Delivered,
            RowOutcome::Unchanged => Stand::Unchanged,
            RowOutcome::Moved => Stand::Moved,
            RowOutcome::Quarantined => Stand::Quarantined,
            RowOutcome::Failed => Stand::Failed,
            RowOutcome::Unknown => Stand::Unknown,
            RowOutcome::Held => Stand::Planned,
        },
        why: row.reason.clone(),
        remedy: match row.outcome {
            RowOutcome::Unknown => Some(LOOK.into()),
            _ if row.is_in_the_way => Some("Enter writes over it, when you say so".into()),
            _ => None,
        },
        is_in_the_way: row.is_in_the_way,
        ..SheetRow::default()
    };
    // What needs someone comes first.
    let mut rows: Vec<SheetRow> = applied.rows.iter().map(row).collect();
    rows.sort_by_key(|row| !row.stand.is_trouble());
    let withdrawn = applied.withdrawn.len();
    let withdrawn = (withdrawn > 0).then(|| {
        SafeText::line(&format!(
            "{withdrawn} delivered before, no row any more (not ready, filtered out, gone, or erased), and still there."
        ))
    });
    let files = applied.files.iter().map(|file| SafeText::line(&format!("Delivered {file}")));
    let lacks = |one: &crate::delivery::Lacking| {
        SafeText::line(&format!("{}{}", one.told(), if one.is_there { "; R puts it there" } else { "" }))
    };
    let notes = applied.lacking.iter().map(lacks).chain(withdrawn).chain(files).collect();
    Sheet { sum: SafeText::line(&applied.sum.line()), rows, notes }
}

pub(super) fn entry_row(entry: &Delivered) -> SheetRow {
    let (object, detail) = entry.detail.clone().unzip();
    let candidate = detail.as_ref().and_then(|detail| detail["candidate"].as_str()).unwrap_or_default();
    let times = if entry.attempts == 1 { "once".to_owned() } else { format!("{} times", entry.attempts) };
    let file = entry.parcel.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let file = file.and_then(|file| Some(format!(" as {}", file["name"].as_str()?))).unwrap_or_default();
    SheetRow {
        object: SafeText::line(&object.unwrap_or_else(|| "(erased)".to_owned())),
        candidate: SafeText::line(candidate),
        push: SafeText::line(&entry.push),
        stand: match entry.state {
            DeliveryState::Planned => Stand::Planned,
            DeliveryState::Sent => Stand::Sent,
            DeliveryState::Accepted => Stand::Accepted,
            DeliveryState::Verified => Stand::Verified,
            DeliveryState::Failed => Stand::Failed,
            DeliveryState::Unknown => Stand::Unknown,
            DeliveryState::Superseded => Stand::Superseded,
        },
        why: Some(SafeText::line(&match &entry.why {
            Some(why) => format!("{why} (sent {times}{file}; {:.0})", entry.changed_at),
            None => format!("sent {times}{file}, since {:.0}", entry.changed_at),
        })),
        remedy: matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown).then(|| LOOK.into()),
        ..SheetRow::default()
    }
}

/// What a list of applications says, in the order in which a person looks at it: proposals, what is unclear, what ids tie.
pub(super) fn proposals(desk: &Desk, found: &Matching) -> Vec<Proposal> {
    let pair = |pair: &crate::delivery::Pair| {
        let (stand, why) = match pair.by {
            By::Ids => (Stand::Tied, "An id that both have."),
            By::Email => (Stand::Proposed, "The same e-mail address."),
        };
        Proposal {
            application: pair.application.clone(),
            submission: Some(pair.submission),
            candidate: pair.candidate.clone(),
            stand,
            requisition: pair.requisition.clone(),
            why: match &pair.requisition {
                Some(requisition) => SafeText::line(&format!("{why} Its requisition is {requisition}.")),
                None => why.into(),
            },
        }
    };
    let unclear = |(application, why): &(SafeText, SafeText)| Proposal {
        application: application.clone(),
        submission: None,
        candidate: SafeText::default(),
        stand: Stand::Unclear,
        requisition: None,
        why: why.clone(),
    };
    let mut all: Vec<Proposal> = found.pairs.iter().map(pair).chain(found.unclear.iter().map(unclear)).collect();
    all.retain(|one| one.submission.is_none_or(|of| desk.batch.submissions.iter().any(|known| known.id == of)));
    all.sort_by_key(|one| match one.stand {
        Stand::Proposed => 0,
        Stand::Unclear => 1,
        _ => 2,
    });
    all
}

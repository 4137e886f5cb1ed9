//! A plan that is about to be sent is in the ledger first: whatever happens then, `retry` knows what was to be done.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::items::{key, past};
use super::plan::{Change, Plan, PlanRow};
use crate::interview::{Batch, CandidateId};
use crate::library::{DeliveryState, Library, LibraryError, NewDelivery};

/// In an entry's detail: what stood there when it was planned.
pub(super) const THERE: &str = "there";

/// Enters what a plan would send as planned, before anything is read or sent. What may have arrived is left as it is.
///
/// # Errors
/// Where the library fails.
pub async fn enter(library: &Library, batch: &Batch, plan: &Plan) -> Result<(), LibraryError> {
    let way = (batch.id, plan.profile.raw(), plan.to.raw());
    let target = library.delivery_target(way.1, way.2).await?;
    let ledger = library.deliveries(batch.id, Some(target)).await?;
    let whose: BTreeMap<&str, CandidateId> =
        batch.submissions.iter().map(|one| (one.candidate.source_id.raw(), one.candidate.id)).collect();
    let entry = |row: &PlanRow| {
        let digest = row.digest.filter(|_| matches!(row.change, Change::Create | Change::Update))?;
        let (object, push) = (row.object.raw(), row.push.raw());
        let past = past(&ledger, object, push);
        if past.last.is_some_and(|last| matches!(last.state, DeliveryState::Sent | DeliveryState::Unknown)) {
            return None;
        }
        let values: Map<String, Value> = row.values.iter().map(|(column, pair)| (column.clone(), pair.new.clone())).collect();
        Some(NewDelivery {
            key: key(way, (object, push), digest, past.arrived.map(|entry| entry.key)),
            candidate: *whose.get(row.candidate.raw())?,
            object: object.to_owned(),
            push: push.to_owned(),
            digest,
            detail: json!({ "candidate": row.candidate, "values": values, "look": null, THERE: row.there }),
        })
    };
    let new: Vec<NewDelivery> = plan.rows.iter().filter_map(entry).collect();
    library.plan_deliveries(batch.id, target, &new).await
}

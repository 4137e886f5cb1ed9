//! What may have arrived is looked for, before anything is sent again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::apply::Applying;
use super::store::{Store, StoreError, Trouble};
use crate::interview::Digest;
use crate::library::{Delivered, DeliveryState, LibraryError, Step};

/// The file that something was sent in; as JSON it stands in the ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Parcel {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: Digest,
}

impl Parcel {
    pub(super) fn written(&self) -> String {
        serde_json::to_string(self).expect("a parcel has string keys")
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// What was found out about a file whose sending was cut off.
pub(super) enum Found {
    /// It is there, or was taken already.
    Arrived(DeliveryState),
    /// It did not get its name.
    Not,
    /// It cannot be seen, and why.
    Unsure(StoreError),
}

/// Where a file that was staged whole is now.
///
/// `sent` is written when `NAME.part` is complete, and only a rename removes that. So: under its name it arrived, as `.part` it
/// did not, and where neither is there, whoever reads this place has taken it.
pub(super) async fn find(store: &mut Store, parcel: &Parcel) -> Found {
    match store.look(&parcel.name).await {
        Err(error) => Found::Unsure(error),
        Ok(seen) if seen.part => Found::Not,
        Ok(seen) if seen.is(parcel.bytes, &parcel.sha256) => Found::Arrived(DeliveryState::Verified),
        Ok(seen) if seen.bytes.is_none() => Found::Arrived(DeliveryState::Accepted),
        Ok(_) => Found::Unsure(StoreError::new(Trouble::Refused, format!("another file lies there as {}", parcel.name))),
    }
}

/// Settles every file of the ledger of which it is not known whether it arrived; returns the keys of what did, and why others
/// stay unknown.
pub(super) async fn settle(applying: &mut Applying<'_>, ledger: &[Delivered]) -> Result<Settled, LibraryError> {
    let mut settled = Settled::default();
    let mut parcels: BTreeMap<&str, Vec<&Delivered>> = BTreeMap::new();
    for entry in ledger.iter().filter(|entry| matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown)) {
        parcels.entry(entry.parcel.as_deref().unwrap_or_default()).or_default().push(entry);
    }
    for (written, entries) in parcels {
        let found = match Parcel::read(written) {
            None => Found::Unsure(StoreError::new(Trouble::Refused, "the ledger does not say in which file")),
            Some(parcel) => match find(applying.store, &parcel).await {
                Found::Arrived(state) => finished(applying, &parcel, state).await,
                other => other,
            },
        };
        let state = match &found {
            Found::Arrived(state) => *state,
            Found::Not => DeliveryState::Failed,
            Found::Unsure(_) => DeliveryState::Unknown,
        };
        let steps: Vec<Step> = entries.iter().map(|entry| Step::to(entry.key, state)).collect();
        let parcel = Parcel::read(written);
        let receipts = match (&found, &parcel) {
            (Found::Arrived(_), Some(parcel)) => vec![applying.receipt(parcel, state, &steps)],
            _ => Vec::new(),
        };
        applying.library.step_deliveries(&steps, receipts).await?;
        for entry in entries {
            match &found {
                Found::Arrived(_) => settled.arrived.push(entry.key),
                Found::Unsure(why) => settled.unsure.push((entry.key, why.clone())),
                Found::Not => {}
            }
        }
    }
    Ok(settled)
}

/// Writes what goes beside a file, where the sending was cut off before that.
async fn finished(applying: &mut Applying<'_>, parcel: &Parcel, state: DeliveryState) -> Found {
    if state != DeliveryState::Verified {
        return Found::Arrived(state);
    }
    match applying.mark_done(&parcel.name).await {
        Ok(()) => Found::Arrived(state),
        Err(error) => Found::Unsure(error),
    }
}

/// What settling found out.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// What arrived after all.
    pub(super) arrived: Vec<Digest>,
    /// What stays unknown, and why.
    pub(super) unsure: Vec<(Digest, StoreError)>,
}

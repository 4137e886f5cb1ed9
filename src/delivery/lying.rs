//! Whether a table that was delivered whole still lies where it was put, as it was put there: the place is looked at each time, and
//! the ledger alone is not believed.

use std::collections::{BTreeMap, BTreeSet};

use super::items::{Item, Job, past};
use super::settle::Parcel;
use super::store::{Store, StoreError};
use crate::export::profile::{Kind, Profile};
use crate::library::{Delivered, DeliveryState};

/// What is known of the files that were delivered last.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lying {
    /// Why a file does not lie there as it was delivered, by what the ledger says of it.
    gone: BTreeMap<String, String>,
    /// Of these nothing lies there at all.
    absent: BTreeSet<String>,
    /// What lies there as it was delivered, as the ledger says it.
    pub(super) lies: BTreeSet<String>,
    /// Whether all that was delivered was looked at.
    pub is_known: bool,
    /// Why nothing could be looked at.
    pub(super) unread: Option<StoreError>,
}

impl Lying {
    /// Nothing could be looked at.
    pub(super) fn unread(why: StoreError) -> Self {
        Lying { unread: Some(why), ..Lying::default() }
    }

    /// Why the file in which this arrived does not lie there as it was delivered; none where it does, or where nobody looked.
    pub(super) fn why(&self, arrived: Option<&Delivered>) -> Option<&str> {
        self.gone.get(arrived?.parcel.as_deref()?).map(String::as_str)
    }

    /// Whether the file in which this arrived is not there at all any more.
    pub(super) fn is_absent(&self, arrived: &Delivered) -> bool {
        arrived.parcel.as_ref().is_some_and(|written| self.absent.contains(written))
    }
}

/// Whether the files of a profile stay where they are put, so that one that is not there is missing: a table that is written whole
/// each time, and that nobody takes away. Beside a file that is taken away lies what says that it may be.
fn stays(profile: &Profile) -> bool {
    let deliver = &profile.deliver;
    let is_taken = deliver.taken_away || deliver.taken_at_once || deliver.done.is_some();
    profile.kind == Kind::File && !profile.rows.changed_only && !is_taken
}

/// Looks at the files in which these items arrived last, where they stay and can be read back.
///
/// # Errors
/// Where the place cannot be asked.
pub async fn look_for_files(job: &Job<'_>, items: &[Item], ledger: &[Delivered], store: &mut Store) -> Result<Lying, StoreError> {
    if !stays(job.profile) {
        return Ok(Lying::default());
    }
    let mut lying = Lying { is_known: true, ..Lying::default() };
    let arrived = items.iter().filter_map(|item| past(ledger, &item.object, &item.push).arrived);
    // What was only said to be there, nobody has seen; and what was gone when it was looked for, somebody takes away.
    let sent = arrived.map(|entry| entry.parcel.as_deref().filter(|_| entry.state == DeliveryState::Verified));
    for written in sent.collect::<BTreeSet<_>>() {
        let Some((written, parcel)) = written.and_then(|written| Some((written, Parcel::read(written)?))) else {
            lying.is_known = false;
            continue;
        };
        let Some(seen) = store.read_back(&parcel.name, parcel.bytes).await? else {
            lying.is_known = false;
            continue;
        };
        let why = match seen.bytes {
            _ if seen.is(parcel.bytes, &parcel.sha256) => {
                lying.lies.insert(written.to_owned());
                continue;
            }
            None => {
                lying.absent.insert(written.to_owned());
                format!("{} was delivered, and is not there any more", parcel.name)
            }
            Some(bytes) if bytes == parcel.bytes => format!("{} was delivered, and other bytes lie there now", parcel.name),
            Some(bytes) => format!("{} was delivered with {} bytes, and {bytes} lie there now", parcel.name, parcel.bytes),
        };
        lying.gone.insert(written.to_owned(), why);
    }
    Ok(lying)
}

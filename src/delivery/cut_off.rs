//! An upload of ours that was cut off: what lies under the file's name is the beginning of the very bytes that were sent.

use super::items::{Job, items};
use super::send::with_arrived;
use super::settle::{Found, Parcel};
use super::store::{Store, StoreError, Trouble};
use crate::export::mapping::{PlannedFile, files};
use crate::interview::Digest;
use crate::library::Delivered;

/// Whether what lies under a name is the beginning of these bytes, and not all of them.
///
/// # Errors
/// When it cannot be read.
pub(super) async fn begins(store: &mut Store, name: &str, bytes: &[u8]) -> Result<bool, StoreError> {
    let seen = store.look_whole(name).await?;
    let beginning = seen.bytes.and_then(|length| bytes.get(..usize::try_from(length).ok()?));
    let is_beginning = |beginning: &[u8]| seen.sha256 == Some(Digest::of(beginning)) && beginning.len() < bytes.len();
    Ok(beginning.is_some_and(is_beginning))
}

/// What was found of a file in whose way another lies: its own beginning is no other, and is written over by the whole; and another is
/// written over where somebody says so.
pub(super) async fn unless_cut_off(store: &mut Store, found: Found, parcel: &Parcel, bytes: Option<&[u8]>, replace: bool) -> Found {
    let Found::Unsure(why) = found else { return found };
    if why.trouble != Trouble::InTheWay {
        return Found::Unsure(why);
    }
    let is_ours = match bytes {
        Some(bytes) => begins(store, &parcel.name, bytes).await.unwrap_or(false),
        None => false,
    };
    if is_ours || replace { Found::Not } else { Found::Unsure(why) }
}

/// The very file that entries were sent in; none where their rows are not any more as they were.
pub(super) fn made_again(job: &Job, parcel: &Parcel, entries: &[&Delivered], ledger: &[Delivered]) -> Option<PlannedFile> {
    let all = items(job).ok()?.items;
    let is_in = |object: &str, digest: Digest| entries.iter().any(|entry| entry.digest == digest && entry.is_about(object));
    let rows: Vec<usize> = all.iter().filter(|item| is_in(&item.object, item.digest)).map(|item| item.row).collect();
    let made = files(job.profile, job.mapped, &with_arrived(job, &rows, ledger).ok()?, job.title).ok()?;
    made.into_iter().find(|file| file.sha256 == parcel.sha256)
}

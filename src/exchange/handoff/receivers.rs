//! To whom something was handed over from here before, with the keys that were used.

use std::collections::BTreeMap;

use super::error::HandoffError;
use super::reply::person;
use crate::config::identity::PublicIdentity;
use crate::interview::ReviewerId;
use crate::journal::Act;
use crate::library::Library;

/// Everyone to whom `me` handed something over, as that person was called and with the keys of the last time.
///
/// What others say of whom they handed something to is not believed: it would let them name a key.
///
/// # Errors
/// When the library cannot be read.
pub async fn receivers(library: &Library, me: ReviewerId) -> Result<Vec<PublicIdentity>, HandoffError> {
    let mut found = BTreeMap::new();
    for batch in library.titles().await? {
        for event in library.events(batch.id).await? {
            if event.header.author == me
                && let Act::HandedOff { to: Some(to), .. } = &event.act
                && let Some(public) = person(to)
            {
                let stands = event.header.order();
                let (last, kept) = found.entry(public.reviewer).or_insert_with(|| (stands, public.clone()));
                if stands >= *last {
                    (*last, *kept) = (stands, public);
                }
            }
        }
    }
    Ok(found.into_values().map(|(_, public)| public).collect())
}

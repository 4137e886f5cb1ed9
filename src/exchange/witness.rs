//! Whose seals were seen here, told to everyone before anything is opened for their authors.
//!
//! Who reads others' scores in one library and then seals otherwise in an old copy of it, with its clock set back, seals later than
//! what was seen here; without this nothing but that clock would say which came first.

use std::collections::{BTreeMap, BTreeSet};

use super::letter::Claim;
use super::publish::Shelves;
use super::run::ExchangeError;
use crate::interview::{EventId, ReviewerId};
use crate::journal::{Act, Draft};
use crate::library::Library;

/// Notes what is newly sealed by these claims, each of which was found to lie in the folder.
pub(super) async fn note(
    library: &Library,
    shelves: &Shelves,
    me: ReviewerId,
    believed: &[(ReviewerId, &Claim)],
) -> Result<(), ExchangeError> {
    let mut acts = Vec::new();
    for (reviewer, claim) in believed {
        let Some(shelf) = shelves.get(&claim.batch).filter(|shelf| shelf.concerns(me) && !shelf.is_guest(me)) else { continue };
        let seen = shelf.witnessed.get(&(me, *reviewer));
        let scopes: BTreeSet<_> = claim.sealed.iter().cloned().collect();
        if scopes.iter().all(|scope| seen.is_some_and(|seen| seen.contains(scope))) {
            continue;
        }
        let ends: BTreeMap<_, _> = claim.ends.iter().map(|(writer, last, _)| (*writer, *last)).collect();
        let act = Act::Witnessed { reviewer: *reviewer, scopes, ends };
        acts.push(Draft { id: EventId(uuid::Uuid::now_v7()), batch: Some(claim.batch), subject: None, base: None, act });
    }
    if !acts.is_empty() {
        library.append(acts).await?;
    }
    Ok(())
}

//! Who created a batch, to whom the rules may leave the keys of a reviewer who stays away: remembered where that is seen first.
//!
//! By the journal it is who arranged something first, by a clock that its author sets. Without remembering, whoever set a clock back
//! would be left the panel's keys from then on.

use super::people::People;
use super::publish::Shelves;
use super::report::{Trouble, TroubleKind};
use super::run::ExchangeError;
use crate::interview::ReviewerId;
use crate::library::Library;

/// Remembers who counts, and names who stands before that person by now.
pub(super) async fn remember(
    library: &Library,
    shelves: &mut Shelves,
    me: ReviewerId,
    people: &People,
    dry: bool,
    troubles: &mut Vec<Trouble>,
) -> Result<(), ExchangeError> {
    for (id, shelf) in shelves {
        if let Some(creator) = shelf.to_pin(me) {
            shelf.pinned = Some(creator);
            if !dry {
                library.keep_creator(*id, creator).await?;
            }
        }
        let (Some(pinned), Some(first)) = (shelf.pinned, shelf.arranged_by.first().copied()) else { continue };
        if pinned != first {
            let (pinned, label) = (people.label(pinned), people.label(first));
            let reason =
                format!("{label} arranged {} before {pinned}, who counts as its creator, by the clock of {label}", shelf.title());
            let remedy = "nothing changes: keys are left with whoever was seen first; ask both who created it";
            let mut trouble = Trouble::of_file(TroubleKind::Creator, "streams", &reason, remedy);
            trouble.author = Some(label);
            troubles.push(trouble);
        }
    }
    Ok(())
}

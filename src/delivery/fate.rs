//! What becomes of a row before it is sent: it is sent, or something else was found out about it.

use super::apply::RowReport;
use super::calls::{Present, Presents};
use super::items::{Item, past};
use super::lying::Lying;
use super::moved::{changed_there, doubled};
use super::plan::{Change, is_lost};
use super::report::RowOutcome;
use super::settle::Settled;
use crate::interview::Digest;
use crate::library::{Delivered, DeliveryState, Step};
use crate::text::SafeText;

/// One thing that is wanted there.
pub(super) struct Wanted {
    pub(super) object: String,
    pub(super) push: String,
    pub(super) shown: SafeText,
    pub(super) digest: Digest,
    /// What stood there when it was planned.
    pub(super) there: Option<Digest>,
    pub(super) change: Change,
    /// Whether someone saw what would change; what is brought to its end was seen before.
    pub(super) is_planned: bool,
}

/// What was found out before a row is decided on.
#[derive(Clone, Copy)]
pub(super) struct Facts<'f> {
    pub(super) ledger: &'f [Delivered],
    pub(super) settled: &'f Settled,
    pub(super) presents: &'f Presents,
    pub(super) lying: &'f Lying,
    /// Whether what somebody changed there is written over.
    pub(super) overwrite: bool,
}

/// What is to be done about a row.
pub(super) enum Fate<'i> {
    Send(&'i Item),
    Over(RowOutcome, Option<DeliveryState>, Option<String>),
}

pub(super) fn decide<'i>(one: &Wanted, item: Option<&'i Item>, facts: Facts<'_>) -> Fate<'i> {
    let Facts { ledger, settled, presents, lying, overwrite } = facts;
    let past = past(ledger, &one.object, &one.push);
    let is_this = |entry: &&Delivered| entry.push == one.push && entry.digest == one.digest && entry.is_about(&one.object);
    if let Some(after_all) = ledger.iter().filter(is_this).find(|entry| settled.arrived.contains(&entry.key)) {
        return Fate::Over(RowOutcome::Delivered, Some(after_all.state), None);
    }
    if let Some(last) = past.last.filter(|last| matches!(last.state, DeliveryState::Sent | DeliveryState::Unknown)) {
        let why = settled.unsure.iter().find(|(key, _)| *key == last.key).map(|(_, why)| why.text.clone());
        return Fate::Over(RowOutcome::Unknown, Some(last.state), why);
    }
    let moved = |why: &str| Fate::Over(RowOutcome::Moved, None, Some(why.to_owned()));
    let Some(item) = item else { return moved("the row is not there any more") };
    if item.digest != one.digest {
        return moved("the row has changed since it was planned; plan again");
    }
    let was_there = one.is_planned && one.change == Change::Unchanged;
    if lying.why(past.arrived).is_some() {
        return match past.arrived.map(|arrived| arrived.digest) {
            _ if was_there => moved("what was delivered is not there any more; plan again"),
            arrived if one.is_planned && arrived != one.there => moved("something else was delivered since it was planned"),
            _ => Fate::Send(item),
        };
    }
    if let (Some(error), Some(arrived)) = (&lying.unread, past.arrived.filter(|arrived| arrived.digest == item.digest)) {
        return Fate::Over(RowOutcome::Failed, Some(arrived.state), Some(error.text.clone()));
    }
    let found = presents.get(&(one.object.clone(), one.push.clone()));
    if let Some(why) = found.and_then(|found| doubled(item, ledger, found.as_ref().ok()?)) {
        return moved(&why);
    }
    match found {
        // It stays in the ledger as planned, and the next run asks again.
        Some(Err(error)) => return Fate::Over(RowOutcome::Failed, past.last.map(|last| last.state), Some(error.text.clone())),
        Some(Ok(present)) if item.look.as_ref().is_some_and(|look| look.tells_values) => {
            if present.is(&item.values) {
                return Fate::Over(RowOutcome::Unchanged, past.arrived.map(|arrived| arrived.state), None);
            }
            if one.is_planned && Some(present.digest()) != one.there {
                return moved("something else stands there than when it was planned; plan again");
            }
            // What a plan shows as changed here was approved as that.
            let is_approved = overwrite || (one.is_planned && one.change != Change::Moved);
            let is_gone = is_lost(Some(present), item, past.arrived);
            return match changed_there(item, ledger, present).filter(|_| !is_approved && !is_gone) {
                Some(why) => moved(&why),
                None => Fate::Send(item),
            };
        }
        Some(Ok(present)) if is_lost(Some(present), item, past.arrived) => {
            return if was_there { moved("what was delivered is not there any more; plan again") } else { Fate::Send(item) };
        }
        Some(Ok(Present::There { .. })) if past.arrived.is_none() => return Fate::Over(RowOutcome::Unchanged, None, None),
        _ => {}
    }
    match past.arrived {
        Some(arrived) if arrived.digest == item.digest => Fate::Over(RowOutcome::Unchanged, Some(arrived.state), None),
        arrived if arrived.map(|arrived| arrived.digest) != one.there => moved("something else was delivered since it was planned"),
        // What was there and is gone is told as unchanged only where it still holds.
        _ if was_there => moved("what was delivered is not known any more; plan again"),
        _ => Fate::Send(item),
    }
}

/// The entries that something newer takes the place of: all that are open but those that stay, and what was delivered and
/// `is_lost` there.
pub(super) fn replaced(ledger: &[Delivered], one: &Wanted, is_lost: bool, stays: impl Fn(&Delivered) -> bool) -> Vec<Step> {
    let is_its = |entry: &&Delivered| entry.push == one.push && entry.is_about(&one.object);
    let is_open = |entry: &&Delivered| matches!(entry.state, DeliveryState::Planned | DeliveryState::Failed);
    let is_gone = |entry: &&Delivered| is_lost && entry.state.arrived() && entry.digest == one.digest;
    let old = ledger.iter().filter(is_its).filter(|entry| is_open(entry) || is_gone(entry)).filter(|entry| !stays(entry));
    old.map(|entry| Step::to(entry.key, DeliveryState::Superseded)).collect()
}

impl Wanted {
    pub(super) fn report(&self, outcome: RowOutcome, state: Option<DeliveryState>, reason: Option<String>) -> RowReport {
        RowReport {
            object: SafeText::line(&self.object),
            candidate: self.shown.clone(),
            push: SafeText::line(&self.push),
            outcome,
            state,
            reason: reason.as_deref().map(SafeText::line),
            row: None,
            remedy: None,
            is_in_the_way: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::config::key::LibraryKey;
    use crate::interview::{BatchId, CandidateId};
    use crate::library::{Access, Library, NewDelivery, system_clock};

    #[tokio::test]
    async fn what_was_entered_before_the_batch_was_in_the_key_counts_as_delivered() {
        let folder = tempfile::tempdir().expect("a folder");
        let library = Library::open(folder.path(), LibraryKey::from_bytes([7; 32]), Access::ReadWrite, system_clock()).await;
        let (library, batch) = (library.expect("it opens"), BatchId::derive(&["b"]));
        let target = library.delivery_target("p", "/drop").await.expect("known");
        let (object, push, digest, candidate) =
            ("13".to_owned(), "file".to_owned(), Digest::of(b"row"), CandidateId::derive(&["c"]));
        // As the key was made then.
        let key = Digest::of(json!(["p", "/drop", object, push, digest, ""]).to_string().as_bytes());
        assert_ne!(key, super::super::items::key((batch, "p", "/drop"), (&object, &push), digest, None));
        let detail = json!({ "candidate": "c-1", "values": {} });
        let entry = NewDelivery { key, candidate, object: object.clone(), push: push.clone(), digest, detail };
        library.plan_deliveries(batch, target, &[entry]).await.expect("planned");
        library.step_deliveries(&[Step::to(key, DeliveryState::Verified)], Vec::new()).await.expect("sent");
        let ledger = library.deliveries(batch, Some(target)).await.expect("read");
        let shown = SafeText::line("c-1");
        let item = Item {
            row: 0,
            object: object.clone(),
            candidate,
            shown: shown.clone(),
            push: push.clone(),
            digest,
            values: Map::new(),
            request: None,
            look: None,
            correct: None,
        };
        let one = Wanted { object, push, shown, digest, there: Some(digest), change: Change::Unchanged, is_planned: true };
        let (settled, presents, lying) = (Settled::default(), Presents::new(), Lying::default());
        let facts = Facts { ledger: &ledger, settled: &settled, presents: &presents, lying: &lying, overwrite: false };
        let fate = decide(&one, Some(&item), facts);
        assert!(matches!(fate, Fate::Over(RowOutcome::Unchanged, Some(DeliveryState::Verified), None)));
    }
}

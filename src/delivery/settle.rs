//! What may have arrived is looked for, before anything is sent again.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::apply::{Applying, Place};
use super::beside::{Beside, Lacking, Unput};
use super::calls::{Caller, LOST, LookAsk, Present, ask_look, receipt};
use super::cut_off::{made_again, unless_cut_off};
use super::report::GuardedCell;
use super::store::{StoreError, Trouble};
use crate::export::profile::{Push, Safe};
use crate::interview::Digest;
use crate::library::{Delivered, DeliveryState, LibraryError, Step, Witness};

/// How long a request may be under way when the one who sent it is gone.
const UNDER_WAY: Duration = Duration::from_secs(1);

/// The file that something was sent in; as JSON it stands in the ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Parcel {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: Digest,
    /// What could not be put beside it so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lacks: Option<Beside>,
}

impl Parcel {
    pub(super) fn written(&self) -> String {
        serde_json::to_string(self).expect("a parcel has string keys")
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The same with what could not be put beside it.
    pub(super) fn lacking(&self, unput: Option<&Unput>) -> Self {
        Parcel { lacks: unput.map(|unput| unput.what), ..self.clone() }
    }

    /// Whether it is the same file, whatever lies beside it.
    pub(super) fn is_same(&self, other: &Parcel) -> bool {
        (&self.name, self.bytes, self.sha256) == (&other.name, other.bytes, other.sha256)
    }

    /// The file beside it that names its digest, and what is in that.
    pub(super) fn digest_file(&self) -> (String, String) {
        (format!("{}.sha256", self.name), format!("{}  {}\n", self.sha256, self.name))
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

/// What is known of the giving of a name.
pub(super) enum Named<'n> {
    /// This run saw how it ended.
    Ended(&'n Result<(), StoreError>),
    /// It was begun by a run that is gone.
    Begun,
}

/// Where a file that was staged whole is now.
///
/// `sent` is written when `NAME.part` is complete and on disk, and only a rename removes that. So: under its name it arrived, and as
/// `.part` it did not. Where neither is there, whoever reads this place has taken it, if this run saw it get its name, or if what was put
/// beside it lies there still; else it may as well be another folder, as where a share is not mounted, and a person has to look.
pub(super) async fn find(applying: &mut Applying<'_>, parcel: &Parcel, ledger: &[Delivered], named: Named<'_>) -> Found {
    let seen = match applying.store().look(&parcel.name, parcel.bytes).await {
        Err(error) => return Found::Unsure(error),
        Ok(seen) => seen,
    };
    let is_older = |old: &Parcel| old.name == parcel.name && seen.sha256 == Some(old.sha256);
    match (seen.bytes, named) {
        _ if seen.part => Found::Not,
        // A length alone says nothing of an upload that was not acknowledged, and it is as good twice as once.
        (Some(_), Named::Begun | Named::Ended(Err(_))) if applying.store().is_web() && seen.sha256.is_none() => Found::Not,
        (Some(_), _) if seen.is(parcel.bytes, &parcel.sha256) => {
            Found::Arrived(if seen.hidden { DeliveryState::Accepted } else { DeliveryState::Verified })
        }
        // What was delivered before lies there still, and nothing has taken its place.
        (Some(_), _) if ledger.iter().filter_map(|entry| Parcel::read(entry.parcel.as_deref()?)).any(|old| is_older(&old)) => {
            Found::Not
        }
        (Some(bytes), _) => {
            let text = format!(
                "another file lies there as {}, {bytes} bytes, perhaps an upload that was cut off: look at it there; \
                 `deliver retry --replace` writes over it, `deliver retry --arrived CANDIDATE` lets it be",
                parcel.name
            );
            Found::Unsure(StoreError::new(Trouble::InTheWay, text))
        }
        (None, Named::Ended(Ok(()))) => Found::Arrived(DeliveryState::Accepted),
        (None, Named::Ended(Err(error))) if error.trouble == Trouble::Refused => Found::Not,
        (None, _) => match is_left_beside(applying, parcel).await {
            Ok(true) => Found::Arrived(DeliveryState::Accepted),
            Ok(false) => Found::Unsure(StoreError::new(Trouble::Refused, nowhere(&parcel.name))),
            Err(error) => Found::Unsure(error),
        },
    }
}

/// Why nobody knows what became of a file.
fn nowhere(name: &str) -> String {
    format!(
        "neither {name} nor {name}.part is there, and nothing of ours lies beside it: whoever reads this place may have taken it, or \
         this is another folder, as where a share is not mounted"
    )
}

/// Whether what earmark puts beside a file lies there: its digest, which names these bytes, or what says that it is whole.
pub(super) async fn is_left_beside(applying: &mut Applying<'_>, parcel: &Parcel) -> Result<bool, StoreError> {
    let deliver = &applying.job.profile.deliver;
    let (sha256, done) = (deliver.sha256, deliver.done.clone());
    if sha256 {
        let (name, line) = parcel.digest_file();
        let bytes = line.len() as u64;
        if applying.store().look(&name, bytes).await?.sha256 == Some(Digest::of(line.as_bytes())) {
            return Ok(true);
        }
    }
    let Some(done) = done.filter(|done| done.contains("{filename}")) else { return Ok(false) };
    // It was taken away before the file took its place.
    Ok(applying.store().look(&done.replace("{filename}", &parcel.name), 0).await?.bytes.is_some())
}

/// Settles every file of the ledger of which it is not known whether it arrived; returns the keys of what did, and why others
/// stay unknown.
pub(super) async fn settle(applying: &mut Applying<'_>, ledger: &[Delivered]) -> Result<Settled, LibraryError> {
    if let Place::Calls(caller) = &applying.place {
        return settle_calls(applying, caller, ledger).await;
    }
    let mut settled = Settled::default();
    let mut parcels: BTreeMap<&str, Vec<&Delivered>> = BTreeMap::new();
    for entry in ledger.iter().filter(|entry| matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown)) {
        parcels.entry(entry.parcel.as_deref().unwrap_or_default()).or_default().push(entry);
    }
    for (written, entries) in parcels {
        // What stands for all files waits for the last of them.
        let is_over = |entry: &Delivered| entry.state.arrived() || entry.state == DeliveryState::Superseded;
        let is_its = |entry: &Delivered| entry.parcel.as_deref().unwrap_or_default() == written;
        let is_last = ledger.iter().all(|entry| is_over(entry) || is_its(entry) || settled.arrived.contains(&entry.key));
        let mut unput = None;
        let found = match Parcel::read(written) {
            None => Found::Unsure(StoreError::new(Trouble::Refused, "the ledger does not say in which file")),
            Some(parcel) => match find(applying, &parcel, ledger, Named::Begun).await {
                Found::Arrived(state) => {
                    let file = made_again(&applying.job, &parcel, &entries, ledger);
                    settled.guarded.extend(file.iter().flat_map(|file| GuardedCell::all(&parcel.name, &file.guarded)));
                    let rows = file.as_ref().map_or(entries.len(), |file| file.rows.len());
                    // Where it was cut off before what goes beside it was put.
                    if state == DeliveryState::Verified {
                        unput = applying.mark_done(&parcel, rows, file.as_ref(), is_last).await.err();
                    }
                    Found::Arrived(state)
                }
                other => {
                    let other = unless_answered(applying, other, &parcel, &entries).await;
                    let file = made_again(&applying.job, &parcel, &entries, ledger);
                    let (bytes, replace) = (file.as_ref().map(|file| file.bytes.as_slice()), applying.over.files);
                    unless_cut_off(applying.store(), other, &parcel, bytes, replace).await
                }
            },
        };
        let (found, witness) = as_said(found, entries.iter().find_map(|entry| applying.looked.is_there(entry)));
        let parcel = Parcel::read(written);
        let lacking = unput.as_ref().zip(parcel.as_ref());
        settled.lacking.extend(lacking.map(|(unput, parcel)| Lacking::of(&parcel.name, unput)));
        let steps: Vec<Step> = entries
            .iter()
            .map(|entry| match lacking {
                Some((unput, parcel)) => Step {
                    parcel: Some(parcel.lacking(Some(unput)).written()),
                    ..found.step(entry.key, witness).because(Some(unput.why()))
                },
                None => found.step(entry.key, witness),
            })
            .collect();
        let receipts = match (&found, &parcel) {
            (Found::Arrived(state), Some(parcel)) => {
                let whose = entries.iter().map(|entry| entry.candidate).collect();
                vec![applying.receipt(parcel, *state, &steps, &whose)]
            }
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

/// An upload that was answered and of which nothing is seen there may have been taken, as where whoever takes it takes it away at once:
/// it is not sent again by itself. Where the file before it lies there still, it certainly was not.
async fn unless_answered(applying: &mut Applying<'_>, found: Found, parcel: &Parcel, entries: &[&Delivered]) -> Found {
    let is_answered = |entry: &&Delivered| entry.state == DeliveryState::Unknown && entry.witness == Some(Witness::Receiver);
    if !matches!(found, Found::Not) || !applying.store().is_web() || !entries.iter().any(is_answered) {
        return found;
    }
    match applying.store().look(&parcel.name, parcel.bytes).await {
        Ok(seen) if seen.bytes.is_some() => found,
        Ok(_) => Found::Unsure(StoreError::new(Trouble::Refused, "its upload was answered, and it is not seen there")),
        Err(error) => Found::Unsure(error),
    }
}

/// Settles every request of the ledger of which it is not known whether it was taken; what was taken is looked for, too.
async fn settle_calls(applying: &Applying<'_>, caller: &Caller, ledger: &[Delivered]) -> Result<Settled, LibraryError> {
    let mut settled = Settled::default();
    still_under_way(ledger).await;
    let open = ledger.iter().filter(|entry| matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown));
    let open: Vec<&Delivered> = open.collect();
    applying.meter.begin("Looking for what may have arrived", open.len());
    for entry in open {
        let push = applying.job.profile.pushes.iter().find(|push| push.name == entry.push);
        let found = match push {
            Some(push) => seen(caller, push, entry, ledger).await,
            None => Found::Unsure(StoreError::new(Trouble::Refused, "the profile has no such push any more")),
        };
        let said = applying.looked.is_there(entry);
        let found = match (found, push) {
            (Found::Not, Some(push)) => unless_listed_later(applying, push, entry, said),
            (found, _) => found,
        };
        let (found, witness) = as_said(found, said);
        let receipts = match (&found, push) {
            (Found::Arrived(_), Some(push)) => vec![receipt(applying, push, None, &[(entry.key, entry.candidate)])],
            _ => Vec::new(),
        };
        applying.library.step_deliveries(&[found.step(entry.key, witness)], receipts).await?;
        match found {
            Found::Arrived(_) => settled.arrived.push(entry.key),
            Found::Unsure(why) => settled.unsure.push((entry.key, why)),
            Found::Not => {}
        }
        applying.meter.step(1);
    }
    settled.unsure.extend(confirmed(applying, caller, ledger).await?);
    Ok(settled)
}

/// What is not found, and was sent a while ago where it would be there twice, is not sent again before a list that lags may show it;
/// whoever has looked knows better.
fn unless_listed_later(applying: &Applying<'_>, push: &Push, entry: &Delivered, said: Option<bool>) -> Found {
    let waits = jiff::SignedDuration::try_from(applying.job.profile.retry.again_after).unwrap_or_default();
    let until = entry.changed_at.saturating_add(waits).unwrap_or(entry.changed_at);
    if push.safe == Safe::Idempotent || jiff::Timestamp::now() >= until {
        return Found::Not;
    }
    let trouble = if said.is_some() { Trouble::Refused } else { Trouble::Temporary };
    let text =
        format!("it was cut off and is not listed so far; a run after {until:.0} sends it again, where it is not listed then");
    Found::Unsure(StoreError::new(trouble, text))
}

/// Looks for what the other side said to have taken and nobody has seen there yet: there it is verified; else it failed where
/// sending it again does no harm, and is unknown where it might be there twice. Returns what is unknown now.
async fn confirmed(
    applying: &Applying<'_>,
    caller: &Caller,
    ledger: &[Delivered],
) -> Result<Vec<(Digest, StoreError)>, LibraryError> {
    let mut unsure = Vec::new();
    let taken: Vec<&Delivered> = ledger.iter().filter(|entry| entry.state == DeliveryState::Accepted).collect();
    applying.meter.begin("Looking for what was taken", taken.len());
    for entry in taken {
        applying.meter.step(1);
        let Some((object, detail)) = &entry.detail else { continue };
        let push = applying.job.profile.pushes.iter().find(|push| push.name == entry.push);
        let ask = serde_json::from_value::<LookAsk>(detail["look"].clone()).ok();
        let same = |other: &Delivered| other.key != entry.key && other.digest == entry.digest && other.state.arrived();
        let mut others = ledger.iter().filter(|other| other.push == entry.push && other.is_about(object));
        // An older entry of the same content would be taken for this one, and a newer one has taken its place.
        let (Some(push), Some(ask)) = (push, ask) else { continue };
        if others.any(|other| same(other) || (other.key != entry.key && other.planned_at > entry.planned_at)) {
            continue;
        }
        let found = match ask_look(caller, push, &ask).await {
            Ok(present) if present.is(&detail["values"].as_object().cloned().unwrap_or_default()) => {
                Found::Arrived(DeliveryState::Verified)
            }
            // A person has seen what earmark cannot see.
            Ok(Present::Absent | Present::Unclear) if entry.witness == Some(Witness::Person) => continue,
            Ok(Present::Absent) if push.safe == Safe::Idempotent => Found::Not,
            Ok(Present::Absent | Present::Unclear) if push.safe != Safe::Idempotent => lost(),
            // What stands there was changed by someone, or cannot be read now: the plan tells.
            _ => continue,
        };
        let (found, witness) = as_said(found, applying.looked.is_there(entry));
        applying.library.step_deliveries(&[found.step(entry.key, witness)], Vec::new()).await?;
        if let Found::Unsure(why) = found {
            unsure.push((entry.key, why));
        }
    }
    Ok(unsure)
}

/// It was acknowledged and is not found: sent again, it might be there twice.
fn lost() -> Found {
    Found::Unsure(StoreError::new(Trouble::Refused, LOST))
}

/// Waits until what was sent a moment ago has arrived or never will: looked for too early, it would be sent twice.
async fn still_under_way(ledger: &[Delivered]) {
    let last = ledger.iter().filter(|entry| entry.state == DeliveryState::Sent).map(|entry| entry.changed_at).max();
    let Some(ago) = last.and_then(|at| Duration::try_from(jiff::Timestamp::now().duration_since(at)).ok()) else { return };
    tokio::time::sleep(UNDER_WAY.saturating_sub(ago)).await;
}

/// Whether a request that was cut off was taken.
async fn seen(caller: &Caller, push: &Push, entry: &Delivered, ledger: &[Delivered]) -> Found {
    let detail = entry.detail.as_ref().map(|(_, detail)| detail);
    let ask = detail.and_then(|detail| serde_json::from_value::<LookAsk>(detail["look"].clone()).ok());
    // That something of this content is there says nothing where the same was delivered before; how often it is there does.
    let same_before = |other: &&Delivered| {
        other.key != entry.key && other.push == entry.push && other.digest == entry.digest && other.state.arrived()
    };
    let before = ledger.iter().filter(same_before).count();
    let tells = ask.as_ref().is_some_and(|ask| ask.tells_values || before == 0);
    let is_taken = entry.witness == Some(Witness::Receiver);
    match (ask, push.safe) {
        (Some(ask), safe) if tells => {
            let wanted = detail.and_then(|detail| detail["values"].as_object()).cloned().unwrap_or_default();
            match ask_look(caller, push, &ask).await {
                Err(error) => Found::Unsure(error),
                Ok(present) if present.is(&wanted) => Found::Arrived(DeliveryState::Verified),
                Ok(_) if safe == Safe::Idempotent => Found::Not,
                Ok(_) if is_taken => lost(),
                Ok(Present::Unclear) => Found::Unsure(StoreError::new(Trouble::Refused, UNCLEAR)),
                Ok(_) => Found::Not,
            }
        }
        (Some(ask), Safe::Readback) => match ask_look(caller, push, &ask).await {
            Err(error) => Found::Unsure(error),
            Ok(Present::There { entries, .. }) if entries > before => Found::Arrived(DeliveryState::Verified),
            Ok(Present::There { entries, .. }) if entries == before && !is_taken => Found::Not,
            Ok(_) => Found::Unsure(StoreError::new(Trouble::Refused, "as many of it as were delivered before are not there")),
        },
        (_, Safe::Idempotent) => Found::Not,
        _ => Found::Unsure(StoreError::new(Trouble::Refused, "nobody can see whether it arrived")),
    }
}

/// What was found, and where that says nothing and never will, what a person says who has looked; and whether a person says it.
fn as_said(found: Found, is_there: Option<bool>) -> (Found, Option<Witness>) {
    match (found, is_there) {
        (Found::Unsure(why), said) if matches!(why.trouble, Trouble::Refused | Trouble::InTheWay) => match said {
            Some(true) => (Found::Arrived(DeliveryState::Accepted), Some(Witness::Person)),
            Some(false) => (Found::Not, None),
            None if why.trouble == Trouble::InTheWay => (Found::Unsure(why), None),
            None => (Found::Unsure(StoreError { text: format!("{}; {LOOK}", why.text), ..why }), None),
        },
        (found, _) => (found, None),
    }
}

impl Found {
    /// What the ledger says from now on.
    fn step(&self, key: Digest, witness: Option<Witness>) -> Step {
        let (state, why) = match self {
            Found::Arrived(state) => (*state, None),
            Found::Not => (DeliveryState::Failed, Some("it was looked for, and is not there".to_owned())),
            Found::Unsure(why) => (DeliveryState::Unknown, Some(why.text.clone())),
        };
        Step { witness, ..Step::to(key, state) }.because(why)
    }
}

/// Why a look says nothing.
const UNCLEAR: &str = "there are entries that do not show whether they are ours";

/// What to do about what earmark cannot look for.
const LOOK: &str = "look for it there: `deliver retry --arrived CANDIDATE` says that it is, `deliver retry --again` sends it again; \
                    --arrived-row and --again-row name one row";

/// What settling found out.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// What arrived after all.
    pub(super) arrived: Vec<Digest>,
    /// Cells of files that arrived after all, which a spreadsheet could take for a formula.
    pub(super) guarded: Vec<GuardedCell>,
    /// What could not be put beside what arrived after all.
    pub(super) lacking: Vec<Lacking>,
    /// What stays unknown, and why.
    pub(super) unsure: Vec<(Digest, StoreError)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_where_earmark_cannot_see_and_never_where_it_can_or_may_later() {
        let unsure = |trouble| Found::Unsure(StoreError::new(trouble, "another file lies there"));
        let shown = |found, said| match as_said(found, said).0 {
            Found::Arrived(state) => state.word().to_owned(),
            Found::Not => "not there".to_owned(),
            Found::Unsure(why) => why.text,
        };
        assert_eq!(shown(unsure(Trouble::Refused), Some(true)), "accepted");
        assert_eq!(shown(unsure(Trouble::Refused), Some(false)), "not there");
        assert!(shown(unsure(Trouble::Refused), None).contains("--arrived"));
        assert_eq!(shown(unsure(Trouble::Temporary), Some(true)), "another file lies there");
        assert_eq!(shown(Found::Not, Some(true)), "not there");
        assert_eq!(shown(Found::Arrived(DeliveryState::Verified), Some(false)), "verified");
    }
}

//! Sending requests: entered as sent, asked, judged, read back, and only then called delivered.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::caller::Caller;
use super::judge::{Verdict, judge};
use super::look::{Present, Presents, ask_look};
use crate::delivery::apply::{Applied, Applying, Ended, RowEnd, scheme_and_host};
use crate::delivery::items::Item;
use crate::delivery::store::Trouble;
use crate::export::mapping::{PlannedRequest, kept};
use crate::export::profile::{Push, Safe, percent};
use crate::interview::{CandidateId, Digest, EventId};
use crate::journal::{Act, Draft};
use crate::library::{Delivered, DeliveryState, LibraryError, Step, Witness};
use crate::net::{Answer, NetTrouble};

/// What was known before anything was sent: the ledger, and what stands there.
#[derive(Clone, Copy)]
pub(in crate::delivery) struct Before<'b> {
    pub(in crate::delivery) ledger: &'b [Delivered],
    pub(in crate::delivery) presents: &'b Presents,
}

impl Before<'_> {
    /// Whether what a look finds proves that this sending arrived: not where only an entry is found, and the same content was
    /// delivered before. Its entry may be the older one.
    fn tells(&self, item: &Item, key: Digest) -> bool {
        let same = |entry: &&Delivered| {
            entry.key != key
                && entry.push == item.push
                && entry.digest == item.digest
                && entry.is_about(&item.object)
                && entry.state.arrived()
        };
        let was_absent = self.presents.get(&(item.object.clone(), item.push.clone()));
        let was_absent = matches!(was_absent, Some(Ok(Present::Absent | Present::Unclear)));
        was_absent || item.look.as_ref().is_some_and(|look| look.tells_values) || !self.ledger.iter().any(|entry| same(&entry))
    }

    /// The request for an item alone: a correction where something stands there and the profile has one for that.
    fn request(&self, item: &Item) -> Option<PlannedRequest> {
        let there = self.presents.get(&(item.object.clone(), item.push.clone()))?.as_ref().ok()?.kept()?;
        let request = item.correct.clone()?;
        let path = there.iter().fold(request.path, |path, (name, text)| path.replace(&kept(name), &percent(text)));
        Some(PlannedRequest { path, ..request })
    }
}

/// How long a listing may lag behind what was taken.
const LISTED: Duration = Duration::from_millis(500);

/// What was acknowledged and is not found.
pub(in crate::delivery) const LOST: &str = "it says that it took it, and it does not stand there";

/// One thing to send, and its key in the ledger.
type Sending<'i> = (&'i Item, Digest);

/// How one row's sending ended.
struct End {
    key: Digest,
    state: DeliveryState,
    trouble: Option<Trouble>,
    reason: Option<String>,
    witness: Option<Witness>,
}

/// Sends items as requests: push by push, and within a push several at once.
pub(in crate::delivery) async fn send_calls(
    applying: &Applying<'_>,
    caller: &Caller,
    items: &[Sending<'_>],
    before: Before<'_>,
    applied: &mut Applied,
) -> Result<Ended, LibraryError> {
    let mut ended = Ended::new();
    for push in &applying.job.profile.pushes {
        let of_push: Vec<Sending<'_>> = items.iter().filter(|(item, _)| item.push == push.name).copied().collect();
        let sent = of_push.chunks(push.group.max(1)).map(|group| send_group(applying, (caller, before), push, group));
        let all: Vec<Result<Vec<End>, LibraryError>> = stream::iter(sent).buffer_unordered(caller.at_once).collect().await;
        for ends in all {
            for end in ends? {
                applied.trouble(end.trouble);
                ended.insert(end.key, RowEnd { state: end.state, trouble: end.trouble, reason: end.reason });
            }
        }
    }
    Ok(ended)
}

/// Sends a group; where it is refused as a whole, each of its rows alone, so that one bad row keeps no other back.
async fn send_group(
    applying: &Applying<'_>,
    by: (&Caller, Before<'_>),
    push: &Push,
    group: &[Sending<'_>],
) -> Result<Vec<End>, LibraryError> {
    let ends = send_once(applying, by, push, group).await?;
    let is_refused = |end: &End| end.state == DeliveryState::Failed && end.trouble == Some(Trouble::Refused);
    if group.len() < 2 || !ends.iter().all(is_refused) {
        applying.meter.step(group.len());
        return Ok(ends);
    }
    let mut alone = Vec::new();
    for one in group.chunks(1) {
        alone.extend(send_once(applying, by, push, one).await?);
        applying.meter.step(1);
    }
    Ok(alone)
}

async fn send_once(
    applying: &Applying<'_>,
    (caller, before): (&Caller, Before<'_>),
    push: &Push,
    group: &[Sending<'_>],
) -> Result<Vec<End>, LibraryError> {
    if let Some(until) = caller.left_alone_until() {
        return Ok(group.iter().map(|(_, key)| left_alone(caller, *key, until)).collect());
    }
    let sent: Vec<Step> = group.iter().map(|(_, key)| Step::to(*key, DeliveryState::Sent)).collect();
    applying.library.step_deliveries(&sent, Vec::new()).await?;
    let correction = if let [(item, _)] = group { before.request(item) } else { None };
    let request = correction.unwrap_or_else(|| together(push, group));
    let asked = caller.ask(&request, push.safe == Safe::Idempotent).await;
    let verdicts = match &asked {
        Ok(answer) => judge(&push.success, answer, group.len()),
        Err(error) => {
            let verdict = match error.trouble {
                NetTrouble::Unknown => Verdict::Unsure(Trouble::Temporary, error.text.clone()),
                NetTrouble::NotReached => Verdict::Refused(Trouble::Temporary, error.text.clone()),
                NetTrouble::Authentication => Verdict::Refused(Trouble::Authentication, error.text.clone()),
                NetTrouble::Refused => Verdict::Refused(Trouble::Refused, error.text.clone()),
            };
            vec![verdict; group.len()]
        }
    };
    let mut ends = Vec::new();
    for ((item, key), verdict) in group.iter().zip(verdicts) {
        let tells = before.tells(item, *key);
        // It waited for its turn while the other side asked to be left alone.
        if let (true, Some(until)) = (asked.is_err() && is_unsent(&verdict), caller.left_alone_until()) {
            ends.push(left_alone(caller, *key, until));
            continue;
        }
        ends.push(ended(caller, push, (item, *key), verdict, tells).await);
    }
    let reply = asked.as_ref().ok().map(|answer| Digest::of(&answer.body));
    let steps: Vec<Step> = ends
        .iter()
        .map(|end| Step { reply, witness: end.witness, ..Step::to(end.key, end.state) }.because(end.reason.clone()))
        .collect();
    let ended = group.iter().zip(&ends).filter(|(_, end)| end.state.arrived());
    let arrived: Vec<(Digest, CandidateId)> = ended.map(|((item, key), _)| (*key, item.candidate)).collect();
    let receipts = if arrived.is_empty() { Vec::new() } else { vec![receipt(applying, push, asked.as_ref().ok(), &arrived)] };
    applying.library.step_deliveries(&steps, receipts).await?;
    Ok(ends)
}

/// It stays planned, and a later run sends it.
fn left_alone(caller: &Caller, key: Digest, until: Timestamp) -> End {
    let reason = format!("{} asks to be left alone until {until:.0}; nothing was sent", caller.host());
    End { key, state: DeliveryState::Planned, trouble: Some(Trouble::Temporary), reason: Some(reason), witness: None }
}

fn is_unsent(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refused(Trouble::Temporary, _))
}

/// What became of one row: where the push says how to look, what the other side shows counts for more than what it said.
async fn ended(caller: &Caller, push: &Push, (item, key): Sending<'_>, verdict: Verdict, tells: bool) -> End {
    // What was acknowledged once is never sent again by itself where it would be there twice.
    let witness = (verdict == Verdict::Taken).then_some(Witness::Receiver);
    let end = |state, trouble, reason: Option<String>| {
        let reason = reason.map(|why| caller.clean(&why));
        End { key, state, trouble, reason, witness }
    };
    if let Verdict::Refused(trouble, why) = verdict {
        return end(DeliveryState::Failed, Some(trouble), Some(why));
    }
    let mut seen = None;
    if let Some(ask) = item.look.as_ref().filter(|_| tells) {
        seen = ask_look(caller, push, ask).await.ok();
        if verdict == Verdict::Taken && seen.as_ref().is_some_and(|present| !present.is(&item.values)) {
            // What is listed may lag behind what was taken.
            tokio::time::sleep(LISTED).await;
            seen = ask_look(caller, push, ask).await.ok();
        }
    }
    match (verdict, seen) {
        (_, Some(present)) if present.is(&item.values) => end(DeliveryState::Verified, None, None),
        (Verdict::Unsure(trouble, why), _) => end(DeliveryState::Unknown, Some(trouble), Some(why)),
        (_, Some(_)) => end(DeliveryState::Unknown, Some(Trouble::Refused), Some(LOST.to_owned())),
        // Who cannot be asked now is asked by the next run.
        (_, None) => end(DeliveryState::Accepted, None, None),
    }
}

/// One request for a group: their bodies as a list.
fn together(push: &Push, group: &[Sending<'_>]) -> PlannedRequest {
    let requests = group.iter().map(|(item, _)| item.request.as_ref().expect("a profile of requests makes items with one"));
    let first = requests.clone().next().expect("a group has a row").clone();
    if push.group < 2 {
        return first;
    }
    let bodies: Vec<Value> = requests.map(|request| request.body.clone()).collect();
    PlannedRequest { body: Value::Array(bodies), ..first }
}

/// What the journal keeps of a request that was taken: which push, to where, what was answered, and which rows were in it. No
/// values, no names.
pub(in crate::delivery) fn receipt(
    applying: &Applying<'_>,
    push: &Push,
    answer: Option<&Answer>,
    rows: &[(Digest, CandidateId)],
) -> Draft {
    let id =
        answer.and_then(|answer| ["x-request-id", "request-id", "x-correlation-id"].iter().find_map(|name| answer.header(name)));
    let receipt = json!({
        "delivery": "accepted",
        "profile": applying.job.profile.id,
        "profile_hash": format!("sha256:{}", applying.job.profile.hash),
        "to": scheme_and_host(applying.address),
        "push": push.name,
        "status": answer.map(|answer| answer.status),
        "request_id": id.map(|id| crate::text::SafeText::line(&id.chars().take(100).collect::<String>())),
        "reply": answer.map(|answer| Digest::of(&answer.body)),
        "rows": rows.iter().map(|(key, _)| key.to_string()).collect::<Vec<_>>(),
        "candidates": rows.iter().map(|(_, candidate)| candidate).collect::<BTreeSet<_>>(),
    });
    let id = EventId(uuid::Uuid::now_v7());
    Draft { id, batch: Some(applying.job.batch), subject: None, base: None, act: Act::Exported { receipt } }
}

//! What somebody changed at the other side since earmark saw there what it had sent: it is named, and not written over unasked.

use serde_json::{Map, Value};

use super::calls::{Present, same};
use super::items::Item;
use crate::library::{Delivered, DeliveryState, Witness};

/// The most characters of a value in a reason.
const SHOWN: usize = 40;

/// Why a row is left as it stands: in these columns neither earmark's last values stand there nor what it would send now.
///
/// What earmark left there is what was seen there last, and whatever was sent since, each column for itself: half of it may have
/// been taken. What was taken since and never stood there as it was sent says that the other side keeps another form of it: then
/// nothing can be told from that.
pub(super) fn changed_there(item: &Item, ledger: &[Delivered], present: &Present) -> Option<String> {
    let tells = item.look.as_ref().is_some_and(|look| look.tells_values);
    let values = present.values().filter(|_| tells && !present.is(&item.values))?;
    if values.values().all(Value::is_null) {
        return None;
    }
    let own: Vec<&Delivered> = ledger.iter().filter(|entry| entry.push == item.push && entry.is_about(&item.object)).collect();
    let seen = own.iter().rposition(|entry| entry.state == DeliveryState::Verified);
    let from = seen.or_else(|| own.iter().rposition(|entry| entry.state.arrived()))?;
    let sent: Vec<&&Delivered> = own[from + 1..].iter().filter(|entry| entry.attempts > 0).collect();
    let is_other_form = |entry: &&&Delivered| entry.witness == Some(Witness::Receiver) && !entry.state.arrived();
    if sent.iter().any(is_other_form) {
        return None;
    }
    let left = values_of(own[from])?;
    let others: Vec<&Map<String, Value>> = sent.iter().filter_map(|entry| values_of(entry)).collect();
    let wanted = |column: &str| item.values.get(column).unwrap_or(&Value::Null);
    let is_changed = |(column, found): &(&String, &Value)| {
        // Of a column that was not sent before nobody knows who wrote it.
        let is_other = item.values.contains_key(*column) && left.get(*column).is_some_and(|left| !same(found, left));
        let is_sent = others.iter().any(|sent| sent.get(*column).is_some_and(|sent| same(found, sent)));
        is_other && !is_sent && !same(found, wanted(column))
    };
    let changed = values.iter().filter(is_changed);
    let told = changed.map(|(column, found)| format!("{column} is {} there, and {} here", shown(found), shown(wanted(column))));
    let told: Vec<String> = told.collect();
    let what = if seen.is_some() { "somebody changed it there" } else { "it stands there otherwise than it was sent" };
    (!told.is_empty()).then(|| format!("{what}: {}; {REMEDY}", told.join(", ")))
}

/// Why a row is not as it should be though it is there: more entries of it stand there than were delivered. Which of them is too much
/// nobody can tell but a person.
pub(super) fn doubled(item: &Item, ledger: &[Delivered], present: &Present) -> Option<String> {
    let Present::There { entries, .. } = present else { return None };
    let is_same = |entry: &&Delivered| entry.push == item.push && entry.digest == item.digest && entry.is_about(&item.object);
    let delivered = ledger.iter().filter(is_same).filter(|entry| entry.state.arrived()).count().max(1);
    let times = if delivered == 1 { "once".to_owned() } else { format!("{delivered} times") };
    let told = || format!("{entries} entries of it stand there, and it was delivered {times}: take away there what is too much");
    (*entries > delivered).then(told)
}

/// What to do about it.
const REMEDY: &str = "--overwrite-moved writes over it";

fn values_of(entry: &Delivered) -> Option<&Map<String, Value>> {
    entry.detail.as_ref()?.1.get("values")?.as_object()
}

/// The beginning of a value, for a line.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) if text.chars().count() > SHOWN => {
            format!("\"{}…\"", text.chars().take(SHOWN).collect::<String>())
        }
        other => other.to_string(),
    }
}

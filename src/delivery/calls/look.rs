//! What stands at the other side: read before anything is sent, and after it.

use std::collections::{BTreeMap, HashMap};

use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::caller::Caller;
use crate::delivery::items::Item;
use crate::delivery::meter::Meter;
use crate::delivery::store::{StoreError, Trouble};
use crate::export::mapping::PlannedRequest;
use crate::export::profile::{Look, Next, Pointer, Profile, Push, says};
use crate::interview::Digest;
use crate::rubric::canonical_json;

/// How to look at what stands there; it goes into the ledger with what is sent, so that a later run can look too.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LookAsk {
    /// The request's method.
    pub verb: String,
    /// Its path.
    pub path: String,
    /// Its body.
    pub body: Value,
    /// Whether that is XML.
    pub is_xml: bool,
    /// What must stand in the entry that is ours.
    pub entry: Vec<String>,
    /// Whether its answer shows values; else only that something is there.
    pub tells_values: bool,
}

/// What stands at the other side.
#[derive(Clone, PartialEq, Debug)]
pub enum Present {
    /// There is no such entry.
    Absent,
    /// Nobody can tell: there are entries that do not show whose they are.
    Unclear,
    /// There is.
    There {
        /// These of the profile's columns stand in it.
        values: Map<String, Value>,
        /// What a correction needs of it.
        kept: Vec<(String, String)>,
        /// How many entries of a list are it.
        entries: usize,
    },
}

/// What stands there for each object and push.
pub type Presents = BTreeMap<(String, String), Result<Present, StoreError>>;

impl Present {
    /// Tells what stands there from anything else.
    pub fn digest(&self) -> Digest {
        let value = match self {
            Present::Absent | Present::Unclear => Value::Null,
            Present::There { values, .. } => json!(values),
        };
        Digest::of_all(&[b"there", canonical_json(&value).as_bytes()])
    }

    /// Whether it is what is wanted there. Of a column that is not among what is wanted, whatever stands there may stay.
    pub fn is(&self, wanted: &Map<String, Value>) -> bool {
        match self {
            Present::Absent | Present::Unclear => false,
            Present::There { values, .. } => {
                values.iter().all(|(column, found)| wanted.get(column).is_none_or(|wanted| same(found, wanted)))
            }
        }
    }

    /// What a correction needs of what stands there; none where nothing does.
    pub fn kept(&self) -> Option<&[(String, String)]> {
        match self {
            Present::Absent | Present::Unclear => None,
            Present::There { kept, .. } => Some(kept),
        }
    }

    /// The values that stand there.
    pub fn values(&self) -> Option<&Map<String, Value>> {
        match self {
            Present::Absent | Present::Unclear => None,
            Present::There { values, .. } => Some(values),
        }
    }
}

/// Whether two values are the same for an ATS, which may give a number back as a text. Two texts are never numbers: `007` is an id,
/// and another one than `7`.
pub(in crate::delivery) fn same(found: &Value, wanted: &Value) -> bool {
    let is_of_numbers = found.is_number() || wanted.is_number();
    // Whole ones as they are: beyond 2^53 two of them would be one as binary fractions.
    let whole = |value: &Value| match value {
        Value::Number(number) => number.to_string().parse::<i128>().ok(),
        _ => value.as_str()?.trim().parse().ok(),
    };
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    let is_nothing = |value: &Value| value.is_null() || value.as_str() == Some("");
    if is_nothing(found) || is_nothing(wanted) {
        return is_nothing(found) && is_nothing(wanted);
    }
    if !is_of_numbers {
        return says(found, wanted.as_str().unwrap_or(&wanted.to_string()));
    }
    if let (Some(found), Some(wanted)) = (whole(found), whole(wanted)) {
        return found == wanted;
    }
    match (number(found), number(wanted)) {
        (Some(found), Some(wanted)) if wanted.is_finite() => (found - wanted).abs() < 1e-9,
        _ => says(found, wanted.as_str().unwrap_or(&wanted.to_string())),
    }
}

impl LookAsk {
    pub(in crate::delivery) fn new(request: &PlannedRequest, entry: Vec<String>, tells_values: bool) -> Self {
        let PlannedRequest { verb, path, body, is_xml, .. } = request.clone();
        LookAsk { verb, path, body, is_xml, entry, tells_values }
    }

    fn request(&self) -> PlannedRequest {
        PlannedRequest {
            push: String::new(),
            verb: self.verb.clone(),
            path: self.path.clone(),
            body: self.body.clone(),
            is_xml: self.is_xml,
            digest: Digest::default(),
        }
    }
}

/// What stands there for these items, as far as their pushes say how to look; the same request is asked once.
pub async fn look_at(caller: &Caller, profile: &Profile, items: &[&Item], meter: &Meter<'_>) -> Presents {
    let mut asks: HashMap<String, (LookAsk, Vec<&Item>)> = HashMap::new();
    for item in items {
        if let Some(look) = &item.look {
            let key = json!([look.verb, look.path, look.body]).to_string();
            asks.entry(key).or_insert_with(|| (look.clone(), Vec::new())).1.push(item);
        }
    }
    let next = |items: &[&Item]| {
        let push = profile.pushes.iter().find(|push| items.first().is_some_and(|item| push.name == item.push));
        push.and_then(|push| push.look.as_ref()?.next.as_ref())
    };
    meter.begin("Looking at what is there", asks.values().map(|(_, items)| items.len()).sum());
    let asked = asks.into_values().map(|(look, items)| async move {
        let found = answers(caller, &look, next(&items)).await;
        meter.step(items.len());
        (found, items)
    });
    let all: Vec<_> = stream::iter(asked).buffer_unordered(caller.at_once).collect().await;
    let mut presents = Presents::new();
    for (answer, items) in all {
        for item in items {
            let push = profile.pushes.iter().find(|push| push.name == item.push).expect("an item is of a push of its profile");
            let (look, ask) = (push.look.as_ref().expect("it has an ask"), item.look.as_ref().expect("it was asked"));
            let found = answer.as_ref().map_err(Clone::clone).and_then(|pages| present(caller, look, &ask.entry, pages));
            presents.insert((item.object.clone(), item.push.clone()), found);
        }
    }
    presents
}

/// What stands there by an ask of the ledger.
pub(in crate::delivery) async fn ask_look(caller: &Caller, push: &Push, ask: &LookAsk) -> Result<Present, StoreError> {
    let look = push.look.as_ref().ok_or_else(|| StoreError::new(Trouble::Refused, "the profile does not say how to look"))?;
    let pages = answers(caller, ask, look.next.as_ref()).await?;
    present(caller, look, &ask.entry, &pages)
}

/// Pages of one listing that are read; a listing that is longer is not searched to its end.
const PAGES: usize = 20;

async fn answers(caller: &Caller, look: &LookAsk, next: Option<&Next>) -> Result<Vec<Value>, StoreError> {
    caller.pages(look.request(), next, PAGES).await
}

/// Our entry in what was answered.
fn present(caller: &Caller, look: &Look, wanted: &[String], pages: &[Value]) -> Result<Present, StoreError> {
    let fill = |text: &str| {
        caller.values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{value.{name}}}"), value))
    };
    let refused = |why: &str| Err(StoreError::new(Trouble::Refused, format!("{} answers {why}", caller.host())));
    let (mut record, mut entries_of_ours, mut is_unclear) = (None, 0, false);
    for page in pages {
        if look.json.iter().any(|(pointer, wanted)| pointer.find(page, &fill) != Some(wanted)) {
            return refused("without saying that its answer is one");
        }
        match &look.list {
            None if is_ours(look, wanted, page, &fill) != Some(true) => return refused(WITHOUT),
            None => (record, entries_of_ours) = (Some(page), 1),
            Some(list) => {
                let found = list.find(page, &fill).filter(|found| !found.is_null());
                if found.is_none() && look.list_optional && page.is_object() {
                    continue;
                }
                let Some(entries) = found.and_then(Value::as_array) else {
                    return refused("without the list that is there");
                };
                for entry in entries {
                    match is_ours(look, wanted, entry, &fill) {
                        Some(true) => (record, entries_of_ours) = (record.or(Some(entry)), entries_of_ours + 1),
                        Some(false) => {}
                        None => is_unclear = true,
                    }
                }
            }
        }
    }
    let is_cut_off = pages.last().is_some_and(|page| page["moreDataAvailable"] == Value::Bool(true));
    match record {
        Some(record) => {
            let value = |pointer: &Pointer| pointer.find(record, &fill).cloned().unwrap_or(Value::Null);
            let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let kept = look.keep.iter().map(|(name, pointer)| (name.clone(), value(pointer)));
            Ok(Present::There {
                values: look.values.iter().map(|(column, pointer)| (column.clone(), value(pointer))).collect(),
                kept: kept.filter(|(_, value)| !value.is_null()).map(|(name, value)| (name, text(value))).collect(),
                entries: entries_of_ours,
            })
        }
        None if is_cut_off => {
            Err(StoreError::new(Trouble::Refused, format!("{} lists more than one page, and ours is not on it", caller.host())))
        }
        // Of a record that is there in any case an answer without it tells nothing, least of all that nothing stands in it.
        None if look.required || (look.list.is_none() && !look.entry.is_empty()) => refused(WITHOUT),
        None if is_unclear => Ok(Present::Unclear),
        None => Ok(Present::Absent),
    }
}

/// What is not read as an empty record.
const WITHOUT: &str = "without the record that was asked for";

/// Whether an entry of a list is ours; none where it does not say: what would tell it from others is not in it.
fn is_ours(look: &Look, wanted: &[String], entry: &Value, fill: &dyn Fn(&str) -> String) -> Option<bool> {
    let found = |pointer: &Pointer| pointer.find(entry, fill).filter(|found| !found.is_null());
    let is_other = |(pointer, wanted): &(Pointer, String)| found(pointer).is_some_and(|found| !says(found, &fill(wanted)));
    if look.among.iter().any(is_other) {
        return Some(false);
    }
    let told: Vec<Option<bool>> =
        look.entry.iter().zip(wanted).map(|((pointer, _), text)| found(pointer).map(|found| says(found, text))).collect();
    if told.contains(&Some(false)) { Some(false) } else { told.into_iter().collect::<Option<Vec<bool>>>().map(|_| true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_texts_are_never_numbers_and_a_whole_number_is_compared_whole() {
        for (found, wanted, is_same) in [
            (json!("007"), json!("7"), false),
            (json!("12345678901234567"), json!("12345678901234568"), false),
            (json!(12_345_678_901_234_567_i64), json!(12_345_678_901_234_568_i64), false),
            (json!("12345678901234567"), json!(12_345_678_901_234_567_i64), true),
            (json!("3.50"), json!(3.5), true),
            (json!("4.0"), json!(4), true),
            (json!(" 4 "), json!(4), true),
        ] {
            assert_eq!(same(&found, &wanted), is_same, "{found} {wanted}");
        }
    }

    #[test]
    fn a_number_that_comes_back_as_a_text_is_the_same() {
        for (found, wanted, is_same) in [
            (json!("4.50"), json!(4.5), true),
            (json!(4), json!(4), true),
            (json!(null), json!(""), true),
            (json!("advance"), json!("hold"), false),
            (json!("007"), json!("007"), true),
            (json!(0), json!(null), false),
        ] {
            assert_eq!(same(&found, &wanted), is_same, "{found} {wanted}");
        }
    }
}

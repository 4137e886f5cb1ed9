//! Words that name somebody who was erased, in what was written about others: they stay covered, although nobody knows the name any
//! more.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{Act, Event};
use crate::interview::{CandidateId, EventId, ReviewerId};

/// The fields of acts in which people write.
pub(super) const TEXTS: [&str; 5] = ["text", "quote", "reason", "tag", "override"];
/// What stands in place of what is covered.
const WORD: &str = "[name]";
/// Where a tombstone has its coverings.
pub const COVERS: &str = "covers";

/// Where in one text the names of somebody stood. A tombstone has them: they say where, and nothing of what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Covering {
    /// Which act.
    pub event: EventId,
    /// Which of its texts.
    #[serde(rename = "in")]
    pub field: String,
    /// Which bytes of it, as it was written: from, and up to.
    pub at: Vec<(u32, u32)>,
}

/// What people wrote in an act: the field, and the text as it is stored.
pub fn texts(act: &Act) -> Vec<(&'static str, String)> {
    let (_, body) = act.to_parts();
    let text = |field: &&'static str| Some((*field, body.get(*field)?.as_str()?.to_owned()));
    TEXTS.iter().filter_map(text).collect()
}

/// The coverings of the tombstones among these events whose people were erased in this library too: what somebody else says to have
/// erased covers nothing here.
pub fn coverings(events: &[Event], erased: &BTreeSet<CandidateId>) -> Vec<Covering> {
    let of = |event: &Event| match &event.act {
        Act::Erased { subject, tombstone } if erased.contains(subject) => {
            serde_json::from_value::<Vec<Covering>>(tombstone.get(COVERS)?.clone()).ok()
        }
        _ => None,
    };
    events.iter().filter_map(of).flatten().collect()
}

/// Where texts that are here name those whose names were hidden with what these people, who act here, took in last.
pub fn hidden_since(events: &[Event], here: &[ReviewerId]) -> Vec<Covering> {
    let mut last: BTreeMap<ReviewerId, &Vec<Covering>> = BTreeMap::new();
    for event in events.iter().filter(|event| here.contains(&event.header.author)) {
        if let Act::Received { covers, .. } = &event.act {
            last.insert(event.header.author, covers);
        }
    }
    last.into_values().flatten().cloned().collect()
}

/// What is covered in each field of an act.
type Fields<'c> = BTreeMap<&'c str, Vec<(u32, u32)>>;

/// Covers them in what was written.
pub fn cover(events: &mut [Event], coverings: &[Covering]) {
    let mut of: HashMap<EventId, Fields> = HashMap::new();
    for one in coverings {
        of.entry(one.event).or_default().entry(&one.field).or_default().extend(&one.at);
    }
    for event in events.iter_mut() {
        let Some(fields) = of.get(&event.id()) else { continue };
        let (kind, mut body) = event.act.to_parts();
        for (field, places) in fields.iter().filter(|(field, _)| TEXTS.contains(field)) {
            if let Some(text) = body.get(*field).and_then(serde_json::Value::as_str) {
                body[*field] = covered(text, places).into_owned().into();
            }
        }
        event.act = Act::from_parts(&kind, body);
    }
}

/// A text with these bytes covered; places that do not fit to it are passed over.
fn covered<'t>(text: &'t str, places: &[(u32, u32)]) -> Cow<'t, str> {
    let mut places = places.to_vec();
    places.sort_unstable();
    let (mut out, mut at) = (String::new(), 0);
    for (from, to) in places.into_iter().map(|(from, to)| (from as usize, to as usize)) {
        if from < at || from >= to || !text.is_char_boundary(from) || text.get(from..to).is_none() {
            // What begins within a covered place is covered to its own end.
            at = if from < at && text.is_char_boundary(to) { at.max(to.min(text.len())) } else { at };
            continue;
        }
        out.push_str(&text[at..from]);
        out.push_str(WORD);
        at = to;
    }
    if out.is_empty() && at == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_covered_whatever_their_order_and_those_that_do_not_fit_are_passed_over() {
        assert_eq!(covered("Anna and Emeka", &[(9, 14), (0, 4)]), "[name] and [name]");
        assert_eq!(covered("Anna Müller came", &[(0, 4), (0, 12), (5, 12)]), "[name] came");
        assert_eq!(covered("Müller", &[(0, 2), (3, 99), (4, 4)]), "Müller", "half a letter, past the end, nothing");
        assert_eq!(covered("", &[(0, 1)]), "");
    }
}

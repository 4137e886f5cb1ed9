//! What was written about others and names somebody: found while the name is still known, so that it can stay covered afterwards.

use super::redact::{Particulars, places};
use crate::interview::CandidateId;
use crate::journal::{Covering, Event, texts};

/// Where these acts name a person; what was written about that person goes with the person's key.
pub fn naming(events: &[Event], person: CandidateId, particulars: &Particulars) -> Vec<Covering> {
    naming_in(events.iter().filter(|event| event.header.subject != Some(person)), particulars)
}

/// Where these acts name anybody of these.
pub fn naming_in<'e>(events: impl IntoIterator<Item = &'e Event>, particulars: &Particulars) -> Vec<Covering> {
    let of = |event: &'e Event| {
        let id = event.id();
        texts(&event.act).into_iter().filter_map(move |(field, text)| {
            let at = named_at(&text, particulars);
            (!at.is_empty()).then(|| Covering { event: id, field: field.to_owned(), at })
        })
    };
    events.into_iter().flat_map(of).collect()
}

/// The bytes that give this person away, and not what only looks like a number or an address.
fn named_at(text: &str, particulars: &Particulars) -> Vec<(u32, u32)> {
    let anybody = places(text, &Particulars::default());
    let found = places(text, particulars).into_iter().filter(|place| !anybody.contains(place));
    found.map(|place| (place.range.start as u32, place.range.end as u32)).collect()
}

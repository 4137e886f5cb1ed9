//! What is told of a platform's answers: words nobody described, numbers that were taken as times, and where fields stood that
//! no document settles.

use std::collections::{BTreeMap, BTreeSet};

use super::super::description::Place;
use crate::interview::Problem;
use crate::text::many;

/// Fields that are named in one sentence.
const AT_ONCE: usize = 8;

/// What is to be told.
#[derive(Default)]
pub(super) struct Said {
    /// Words that the description does not know, and how often they stand there.
    unknown: BTreeMap<(&'static str, String), usize>,
    /// Times that were numbers.
    numbered: BTreeSet<String>,
    /// Fields whose place is not settled, and which of the places held something.
    unsettled: BTreeMap<String, (Vec<String>, BTreeSet<usize>)>,
    /// Anything else, once each.
    notes: BTreeSet<(String, &'static str)>,
}

impl Said {
    pub(super) fn unknown(&mut self, what: &'static str, word: String) {
        *self.unknown.entry((what, word)).or_default() += 1;
    }

    pub(super) fn numbered(&mut self, name: &str) {
        self.numbered.insert(name.to_owned());
    }

    /// That a field was looked for, and in which of its places it was found.
    pub(super) fn looked(&mut self, part: &str, name: &str, place: &Place, found: Option<usize>) {
        if place.is_unsettled() {
            let field = self.unsettled.entry(format!("{part}.{name}"));
            field.or_insert_with(|| (place.texts().to_vec(), BTreeSet::new())).1.extend(found);
        }
    }

    pub(super) fn note(&mut self, reason: &str, remedy: &'static str) {
        self.notes.insert((reason.to_owned(), remedy));
    }

    pub(super) fn problems(&self, source: &str) -> Vec<Problem> {
        let unknown = self.unknown.iter().map(|((what, word), times)| {
            let times = many(*times, "time");
            let reason = format!("the status \"{word}\" stands there {times}, and the description does not say what it means");
            let remedy = format!("add it to [{what}.statuses]; until then what is there decides");
            Problem::warning(source, what, &reason, &remedy)
        });
        let numbered = self.numbered.iter().map(|name| {
            let reason =
                format!("`{name}` is a number; it was taken as a time since 1970, in seconds or, where large, milliseconds");
            Problem::warning(source, name, &reason, "")
        });
        let notes = self.notes.iter().map(|(reason, remedy)| Problem::warning(source, "", reason, remedy));
        unknown.chain(numbered).chain(notes).chain(self.places(source)).collect()
    }

    /// Where fields stood, and which were not found.
    fn places(&self, source: &str) -> Vec<Problem> {
        let (found, not): (Vec<_>, Vec<_>) = self.unsettled.iter().partition(|(_, (_, found))| !found.is_empty());
        let read: Vec<String> = found
            .into_iter()
            .map(|(name, (places, found))| {
                let places: Vec<&str> = found.iter().filter_map(|nth| places.get(*nth)).map(String::as_str).collect();
                format!("{name} at {}", places.join(" and "))
            })
            .collect();
        let not: Vec<&str> = not.into_iter().map(|(name, _)| name.as_str()).collect();
        let remedy = "if that is wrong, describe it: `earmark schema` prints the shipped description, `description` names yours";
        let read = read.chunks(AT_ONCE).map(|some| {
            let reason = format!("no document of the platform settles where these stand; they were read so: {}", some.join(", "));
            Problem::warning(source, "fields", &reason, remedy).coded("unsettled")
        });
        let not = not.chunks(AT_ONCE * 2).map(|some| {
            let reason = format!("no document of the platform settles where these stand; none was found: {}", some.join(", "));
            Problem::warning(source, "fields", &reason, remedy).coded("unsettled")
        });
        read.chain(not).collect()
    }
}

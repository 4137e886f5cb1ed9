//! What one person did in two libraries apart: a seal does not reach over what it did not know of, and nothing slips in before it.
//!
//! Clocks say nothing here. Whoever keeps an old copy of a library could set its clock back, and rate again after reading others'
//! scores; by its time alone such a rating would stand before the seal.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::places::Places;
use super::undo::{meant, scopes_of};
use crate::interview::{EventId, ReviewerId, WriterId};
use crate::journal::{Act, Event, Scope};

/// What seals did not know of.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Apart {
    /// Acts that stand behind a seal, whatever their time.
    pub(super) late: BTreeSet<EventId>,
    /// What one person sealed in two libraries without either knowing of the other.
    pub(super) twice: BTreeSet<(ReviewerId, Scope)>,
}

/// A seal that counts: the first of its scope since that was open.
struct Seal<'e> {
    at: usize,
    event: &'e Event,
    knows: Option<&'e BTreeMap<WriterId, u64>>,
}

impl Seal<'_> {
    /// Whether an event of another stream had come to the sealing library; none for one of the same stream, where its place tells.
    fn knew(&self, event: &Event) -> Option<bool> {
        let (writer, seq) = (event.header.writer, event.header.seq);
        let knows = self.knows.filter(|_| self.event.header.writer != writer)?;
        Some(knows.get(&writer).is_some_and(|end| seq <= *end))
    }

    fn knows(&self, event: &Event) -> bool {
        self.knew(event) == Some(true)
    }

    fn knows_not(&self, event: &Event) -> bool {
        self.knew(event) == Some(false)
    }
}

/// The events in the order in which they count: what a seal of the same author knew stands before
/// it, and what it did not know behind it, whatever the clocks said.
pub(super) fn in_order<'e>(places: &Places, ordered: Vec<&'e Event>) -> (Vec<&'e Event>, Apart) {
    let mut apart = Apart::default();
    if !anyone_has_two(&ordered) {
        return (ordered, apart);
    }
    let seals = seals(&ordered, &mut apart.twice);
    let at: HashMap<EventId, usize> = ordered.iter().enumerate().map(|(at, event)| (event.id(), at)).collect();
    let mut before: BTreeMap<usize, Vec<&Event>> = BTreeMap::new();
    let mut behind = before.clone();
    let mut moved = BTreeSet::new();
    for (now, event) in ordered.iter().enumerate() {
        let target = match event.act {
            Act::Undone { .. } => meant(event.id(), &ordered, &at).map_or(*event, |target| ordered[target]),
            _ => event,
        };
        let scopes = scopes_of(places, &target.act).into_iter();
        let of_scopes: Vec<&Seal> = scopes.filter_map(|scope| seals.get(&(event.header.author, scope))).flatten().collect();
        if of_scopes.iter().any(|seal| seal.knows_not(event)) {
            apart.late.insert(event.id());
        }
        let too_early = of_scopes.iter().filter(|seal| seal.at > now && seal.knows_not(event)).min_by_key(|seal| seal.at);
        let too_late = of_scopes.iter().filter(|seal| seal.at < now && seal.knows(event)).min_by_key(|seal| seal.at);
        if let Some((to, seal)) = too_early.map(|seal| (&mut behind, seal)).or(too_late.map(|seal| (&mut before, seal))) {
            moved.insert(event.id());
            to.entry(seal.at).or_default().push(event);
        }
    }
    let mut told = Vec::with_capacity(ordered.len());
    for (now, event) in ordered.into_iter().enumerate() {
        told.extend(before.remove(&now).unwrap_or_default());
        if !moved.contains(&event.id()) {
            told.push(event);
        }
        told.extend(behind.remove(&now).unwrap_or_default());
    }
    (told, apart)
}

fn anyone_has_two(ordered: &[&Event]) -> bool {
    let mut writers: BTreeMap<ReviewerId, WriterId> = BTreeMap::new();
    ordered.iter().any(|event| *writers.entry(event.header.author).or_insert(event.header.writer) != event.header.writer)
}

/// The seals that count, and which of them were made once more elsewhere.
fn seals<'e>(ordered: &[&'e Event], twice: &mut BTreeSet<(ReviewerId, Scope)>) -> BTreeMap<(ReviewerId, Scope), Vec<Seal<'e>>> {
    let mut all: BTreeMap<(ReviewerId, Scope), Vec<Seal<'e>>> = BTreeMap::new();
    let mut open: BTreeSet<(ReviewerId, Scope)> = BTreeSet::new();
    for (at, event) in ordered.iter().enumerate() {
        let author = event.header.author;
        match &event.act {
            Act::Sealed { scope, knows, .. } => {
                let key = (author, scope.clone());
                let seal = Seal { at, event, knows: knows.as_ref() };
                let of_scope = all.entry(key.clone()).or_default();
                // Sealing twice changes nothing: the first time counts.
                match of_scope.last().filter(|_| !open.remove(&key)) {
                    Some(first) if seal.knows_not(first.event) => drop(twice.insert(key)),
                    Some(_) => {}
                    None => of_scope.push(seal),
                }
            }
            Act::Reopened { scope, .. } => {
                open.insert((author, scope.clone()));
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::SignedDuration;

    use crate::interview::WriterId;
    use crate::journal::{Act, Scope};
    use crate::rubric::Observed;
    use crate::scorecard::sample::{Sample, point, reviewer, slug};
    use crate::scorecard::{After, Rating, Record};

    /// Ann rates in one of her libraries, at a time in seconds.
    fn rates(sample: &mut Sample, library: &str, at: i64, value: i16) {
        sample.now = jiff::Timestamp::from_second(at).expect("a time");
        let answer = sample.answer(1, 1);
        let act = Act::Rated { answer, revision: None, criterion: slug("depth"), observed: point(value), reason: None };
        sample.act_in(library, "ann", act);
    }

    fn seals(sample: &mut Sample, library: &str, knows: &[(&str, u64)]) {
        sample.now += SignedDuration::from_secs(1);
        let knows: BTreeMap<WriterId, u64> = knows.iter().map(|(name, end)| (WriterId::derive(&[name]), *end)).collect();
        let scope = Scope::Question(slug("q1"));
        sample.act_in(library, "ann", Act::Sealed { scope, unheard: Vec::new(), knows: Some(knows) });
    }

    fn stands(sample: &Sample) -> Rating {
        let record = sample.record();
        record.works[&reviewer("ann")].rating(sample.answer(1, 1), &slug("depth")).expect("it is rated").clone()
    }

    fn refused(record: &Record) -> Vec<bool> {
        record.works[&reviewer("ann")].refused.iter().map(|one| one.apart).collect()
    }

    fn value(sample: &Sample) -> Observed {
        stands(sample).observed
    }

    #[test]
    fn a_clock_set_back_puts_no_rating_before_a_seal_that_did_not_know_of_it() {
        let mut sample = Sample::new(1, 1);
        rates(&mut sample, "desk", 100, 2);
        seals(&mut sample, "desk", &[]);
        rates(&mut sample, "copy", 50, 5);
        assert_eq!((value(&sample), refused(&sample.record())), (point(2), vec![true]));
        rates(&mut sample, "copy", 101, 4);
        assert_eq!((value(&sample), stands(&sample).after), (point(2), None));
        assert_eq!(refused(&sample.record()), [true, true]);
    }

    #[test]
    fn what_the_sealing_library_had_counts() {
        let mut sample = Sample::new(1, 1);
        rates(&mut sample, "laptop", 50, 5);
        rates(&mut sample, "desk", 40, 2);
        seals(&mut sample, "desk", &[("laptop", 1)]);
        assert_eq!((value(&sample), refused(&sample.record())), (point(5), vec![]));
    }

    #[test]
    fn where_both_sealed_apart_the_rating_that_stands_is_marked_whoever_set_a_clock() {
        for copy in [50, 150] {
            let mut sample = Sample::new(1, 1);
            rates(&mut sample, "desk", 100, 2);
            seals(&mut sample, "desk", &[]);
            rates(&mut sample, "copy", copy, 5);
            seals(&mut sample, "copy", &[]);
            let stood = if copy < 100 { 5 } else { 2 };
            assert_eq!((value(&sample), stands(&sample).after), (point(stood), Some(After::Apart)));
            assert_eq!(refused(&sample.record()).len(), 1);
        }
    }

    #[test]
    fn an_undo_from_another_library_does_not_reach_behind_a_seal_either() {
        let mut sample = Sample::new(1, 1);
        rates(&mut sample, "desk", 100, 2);
        let rated = sample.events.last().expect("it was rated").id();
        seals(&mut sample, "desk", &[]);
        sample.now = jiff::Timestamp::from_second(50).expect("a time");
        sample.act_in("copy", "ann", Act::Undone { event: rated });
        assert_eq!((value(&sample), refused(&sample.record())), (point(2), vec![true]));
    }

    #[test]
    fn seals_from_before_they_said_what_they_knew_stand_as_they_stood() {
        let mut sample = Sample::new(1, 1);
        rates(&mut sample, "desk", 100, 2);
        rates(&mut sample, "laptop", 101, 3);
        sample.now += SignedDuration::from_secs(5);
        sample.act_in("desk", "ann", Act::Sealed { scope: Scope::Question(slug("q1")), unheard: Vec::new(), knows: None });
        assert_eq!((value(&sample), refused(&sample.record())), (point(3), vec![]));
    }
}

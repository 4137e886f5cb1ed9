//! What one person did in two libraries apart: a seal does not reach over what it did not know of, and nothing slips in before it.
//!
//! Clocks say nothing here. Whoever keeps an old copy of a library could set its clock back, and rate again after reading others'
//! scores; by its time alone such a rating would stand before the seal.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::places::Places;
use super::undo::{falls_under, meant, scopes_of};
use super::witness::Witnesses;
use crate::interview::{EventId, ReviewerId, SubmissionId, WriterId};
use crate::journal::{Act, Event, Locks, Scope};

/// What seals did not know of.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Apart {
    /// Acts that stand behind a seal, whatever their time.
    pub(super) late: BTreeSet<EventId>,
    /// What one person sealed in two libraries without either knowing of the other.
    pub(super) twice: BTreeSet<(ReviewerId, Scope)>,
}

/// A seal that counts: the first of its scope since that was open, or one over what came in after that.
struct Seal<'e> {
    at: usize,
    event: &'e Event,
    knows: &'e BTreeSet<EventId>,
    locks: Option<&'e Locks>,
}

type Seals<'e> = BTreeMap<(ReviewerId, Scope), Vec<Seal<'e>>>;

impl Seal<'_> {
    /// Whether an event of another stream had come to the sealing library; none for one of the same stream, where its place tells.
    fn knew(&self, event: &Event) -> Option<bool> {
        (self.event.header.writer != event.header.writer).then(|| self.knows.contains(&event.id()))
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
    let several = with_several(&ordered);
    if several.is_empty() {
        return (ordered, apart);
    }
    let seals = seals(&ordered, &Witnesses::of(&ordered), &mut apart.twice);
    let at: HashMap<EventId, usize> = ordered.iter().enumerate().map(|(at, event)| (event.id(), at)).collect();
    let (mut before, mut behind) = (BTreeMap::<usize, Vec<&Event>>::new(), BTreeMap::<usize, Vec<&Event>>::new());
    let mut moved = BTreeSet::new();
    for (now, event) in ordered.iter().enumerate() {
        let target = match event.act {
            Act::Undone { .. } => meant(event.id(), &ordered, &at).map_or(*event, |target| ordered[target]),
            _ => event,
        };
        let of_scopes = match &event.act {
            // A seal that does not count comes behind the one that does.
            Act::Sealed { scope, .. } => seals.get(&(event.header.author, scope.clone())).into_iter().flatten().collect(),
            _ => seals_over(places, event.header.author, &target.act, &seals),
        };
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

/// What a reviewer did in a scope, as far as it came to this library: by ids, since a copy of a library goes on with the same numbers.
pub(super) fn had(places: &Places, events: &[Event], reviewer: ReviewerId, scope: &Scope) -> BTreeSet<EventId> {
    let acts: HashMap<EventId, &Act> = events.iter().map(|event| (event.id(), &event.act)).collect();
    let is_in = |event: &&Event| {
        let mut act = &event.act;
        // What an undo takes back, or brings back.
        for _ in 0..events.len() {
            let Act::Undone { event } = act else { break };
            let Some(meant) = acts.get(event) else { break };
            act = meant;
        }
        if let Act::Sealed { scope: of, .. } | Act::Reopened { scope: of, .. } = act {
            return of == scope;
        }
        let scopes = scopes_of(places, act);
        let all_of = |submission: &SubmissionId| questions_of(places, *submission).any(|of| of == *scope);
        scopes.contains(scope) || matches!(&scopes[..], [Scope::Submission(submission)] if all_of(submission))
    };
    events.iter().filter(|event| event.header.author == reviewer).filter(is_in).map(Event::id).collect()
}

/// Who has written in several libraries.
fn with_several(ordered: &[&Event]) -> BTreeSet<ReviewerId> {
    let mut writers: BTreeMap<ReviewerId, WriterId> = BTreeMap::new();
    let several =
        ordered.iter().filter(|event| *writers.entry(event.header.author).or_insert(event.header.writer) != event.header.writer);
    several.map(|event| event.header.author).collect()
}

/// The seals under which an act of this author falls.
fn seals_over<'s, 'e>(places: &Places, author: ReviewerId, act: &Act, seals: &'s Seals<'e>) -> Vec<&'s Seal<'e>> {
    let scopes = scopes_of(places, act);
    let of = |scope: &Scope| seals.get(&(author, scope.clone()));
    let mut over: Vec<&Seal> = scopes.iter().filter_map(of).flatten().filter(|seal| falls_under(act, seal.locks)).collect();
    if let [Scope::Submission(submission)] = scopes[..] {
        // A scorecard is sealed with the last of its questions.
        let questions = questions_of(places, submission).filter_map(|scope| of(&scope)?.first());
        over.extend(questions.max_by_key(|seal| seal.at));
    }
    over
}

fn questions_of(places: &Places, submission: SubmissionId) -> impl Iterator<Item = Scope> {
    places.of_submission(submission).map(|place| Scope::Question(place.question.clone()))
}

/// The seals that count, and which of them were made once more elsewhere.
///
/// Of two that knew nothing of each other the one counts that another reviewer's library saw first: what was opened for its author was
/// opened after it. Where nobody saw either, nothing was opened, and the clocks decide.
fn seals<'e>(ordered: &[&'e Event], seen: &Witnesses, twice: &mut BTreeSet<(ReviewerId, Scope)>) -> Seals<'e> {
    let mut all = Seals::new();
    let mut open: BTreeSet<(ReviewerId, Scope)> = BTreeSet::new();
    for (at, event) in ordered.iter().enumerate() {
        let author = event.header.author;
        match &event.act {
            Act::Sealed { scope, knows, locks, .. } => {
                let key = (author, scope.clone());
                let seal = Seal { at, event, knows, locks: locks.as_ref() };
                let of_scope = all.entry(key.clone()).or_default();
                let was_opened = open.remove(&key);
                let before = of_scope.len();
                // None of these was there when this one was seen.
                of_scope.retain(|other: &Seal| !(seal.knows_not(other.event) && seen.first(event, other.event)));
                let is_first = of_scope.len() < before;
                if is_first {
                    twice.insert(key.clone());
                }
                // Sealing twice changes nothing: the first time counts.
                match of_scope.last().filter(|_| !was_opened && !is_first) {
                    Some(first) if seal.knows_not(first.event) => drop(twice.insert(key)),
                    Some(_) if locks.is_some() => of_scope.push(seal),
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
    use jiff::SignedDuration;

    use crate::journal::{Act, Recommendation, Scope};
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

    /// What a library had when it sealed.
    enum Had {
        All,
        ItsOwn,
    }
    use Had::{All, ItsOwn};

    fn seals(sample: &mut Sample, library: &str, had: Had) {
        sample.now += SignedDuration::from_secs(1);
        let scope = Scope::Question(slug("q1"));
        let knows = match had {
            All => sample.record().had(&sample.events, reviewer("ann"), &scope),
            ItsOwn => Default::default(),
        };
        sample.act_in(library, "ann", Act::Sealed { scope, unheard: Vec::new(), knows, locks: None });
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
        seals(&mut sample, "desk", ItsOwn);
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
        seals(&mut sample, "desk", All);
        assert_eq!((value(&sample), refused(&sample.record())), (point(5), vec![]));
    }

    #[test]
    fn where_both_sealed_apart_the_rating_that_stands_is_marked_whoever_set_a_clock() {
        for copy in [50, 150] {
            let mut sample = Sample::new(1, 1);
            rates(&mut sample, "desk", 100, 2);
            seals(&mut sample, "desk", ItsOwn);
            rates(&mut sample, "copy", copy, 5);
            seals(&mut sample, "copy", ItsOwn);
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
        seals(&mut sample, "desk", ItsOwn);
        sample.now = jiff::Timestamp::from_second(50).expect("a time");
        sample.act_in("copy", "ann", Act::Undone { event: rated });
        assert_eq!((value(&sample), refused(&sample.record())), (point(2), vec![true]));
    }

    #[test]
    fn a_copy_that_goes_on_with_numbers_that_a_seal_had_is_not_what_it_had() {
        let mut sample = Sample::new(1, 1);
        rates(&mut sample, "laptop", 40, 3);
        rates(&mut sample, "laptop", 41, 3);
        let second = sample.events.last().expect("it was rated").id();
        rates(&mut sample, "desk", 50, 2);
        seals(&mut sample, "desk", All);
        rates(&mut sample, "laptop", 60, 5);
        // That was a copy of the laptop from before its second act.
        sample.events.retain(|event| event.id() != second);
        assert_eq!((value(&sample), refused(&sample.record())), (point(2), vec![true]));
    }

    #[test]
    fn a_recommendation_from_another_library_counts_no_more_when_all_questions_are_sealed() {
        for at in [50, 150] {
            let mut sample = Sample::new(1, 1);
            rates(&mut sample, "desk", 100, 2);
            let recommends = |sample: &mut Sample, library: &str, recommendation| {
                let submission = sample.submission(1);
                sample.act_in(library, "ann", Act::Recommended { submission, recommendation });
            };
            recommends(&mut sample, "desk", Recommendation::No);
            seals(&mut sample, "desk", ItsOwn);
            sample.now = jiff::Timestamp::from_second(at).expect("a time");
            recommends(&mut sample, "copy", Recommendation::StrongYes);
            let record = sample.record();
            let stands = &record.works[&reviewer("ann")].recommendations[&sample.submission(1)];
            assert_eq!((stands.recommendation, refused(&record)), (Recommendation::No, vec![true]));
        }
    }

    #[test]
    fn a_reopening_counts_for_the_next_seal_and_no_further() {
        let mut sample = Sample::new(1, 1);
        let scope = Scope::Question(slug("q1"));
        sample.now = jiff::Timestamp::from_second(10).expect("a time");
        sample.act_in("laptop", "ann", Act::Reopened { scope, reason: "too early".into() });
        rates(&mut sample, "desk", 20, 2);
        seals(&mut sample, "desk", ItsOwn);
        rates(&mut sample, "laptop", 30, 5);
        seals(&mut sample, "laptop", ItsOwn);
        assert_eq!((value(&sample), refused(&sample.record())), (point(2), vec![true]));
    }
}

//! Laws of merging and undoing.

use std::collections::BTreeSet;

use super::*;
use crate::interview::{Digest, EventId, ReviewerId, WriterId};
use crate::text::SafeText;
use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

fn event(id: u128, writer: u8, seq: u64, second: i64, act: Act) -> Event {
    let header = Header {
        schema: SCHEMA,
        id: EventId(Uuid::from_u128(id)),
        author: ReviewerId::derive(&[&(writer % 2).to_string()]),
        writer: WriterId::derive(&[&writer.to_string()]),
        seq,
        prev: Digest::default(),
        base: None,
        at: Timestamp::from_second(second).expect("a small number of seconds"),
        after: None,
        batch: None,
        subject: None,
        kind: act.to_parts().0,
    };
    Event { header, act }
}

fn note(text: &str) -> Act {
    Act::Drafted { field: SafeText::line("f"), text: SafeText::line(text), at: None }
}

fn shown() -> Act {
    Act::Acknowledged { rubric_hash: Digest::default() }
}

/// Streams of four writers, two of each author, with clocks that jump and undos of anything.
fn streams() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((0u8..4, 0i64..50, any::<bool>(), any::<prop::sample::Index>()), 0..30).prop_map(|acts| {
        let mut seqs = [0u64; 4];
        let mut events: Vec<Event> = Vec::new();
        for (id, (writer, second, undo, target)) in acts.into_iter().enumerate() {
            seqs[usize::from(writer)] += 1;
            let act = if undo && !events.is_empty() { Act::Undone { event: target.get(&events).id() } } else { shown() };
            events.push(event(id as u128, writer, seqs[usize::from(writer)], second, act));
        }
        events
    })
}

fn part(events: &[Event], keep: u64) -> Vec<Event> {
    events.iter().enumerate().filter(|(at, _)| keep >> (at % 64) & 1 == 1).map(|(_, event)| event.clone()).collect()
}

proptest! {
    #[test]
    fn merging_commutes_associates_and_twice_is_once(events in streams(), x in any::<u64>(), y in any::<u64>(), z in any::<u64>()) {
        let (a, b, c) = (part(&events, x), part(&events, y), part(&events, z));
        let ab = merge(a.clone(), b.clone());
        prop_assert_eq!(&ab, &merge(b.clone(), a.clone()));
        prop_assert_eq!(merge(ab.clone(), c.clone()), merge(a.clone(), merge(b.clone(), c)));
        prop_assert_eq!(&merge(ab.clone(), a), &ab);
        prop_assert_eq!(merge(ab.clone(), ab.clone()), ab);
    }

    #[test]
    fn a_writers_acts_stay_in_their_order_whatever_the_clock_did(events in streams()) {
        let merged = merge(events, Vec::new());
        let mut last = std::collections::HashMap::new();
        for event in &merged {
            let before = last.insert(event.header.writer, event.header.seq);
            prop_assert!(before.is_none_or(|before| before < event.header.seq));
        }
    }

    #[test]
    fn nothing_that_is_undone_stands_and_no_undo_does(events in streams()) {
        let merged = merge(events, Vec::new());
        let standing = standing(&merged);
        let undos = standing.iter().filter(|event| matches!(event.act, Act::Undone { .. })).count();
        prop_assert_eq!(undos, 0);
        // What nobody undid stands.
        let named: Vec<EventId> = merged.iter().filter_map(|e| if let Act::Undone { event } = e.act { Some(event) } else { None }).collect();
        for event in merged.iter().filter(|e| !named.contains(&e.id()) && !matches!(e.act, Act::Undone { .. })) {
            prop_assert!(standing.iter().any(|other| other.id() == event.id()));
        }
    }
}

#[test]
fn undoing_an_undo_brings_back_and_undoing_that_takes_away_again() {
    let mut events = vec![event(0, 0, 1, 0, shown())];
    let stands = |events: &[Event]| standing(events).len() == 1;
    for n in 1..5u64 {
        assert_eq!(stands(&events), n % 2 == 1, "after {} undos", n - 1);
        let target = events[events.len() - 1].id();
        events.push(event(u128::from(n), 0, n + 1, n as i64, Act::Undone { event: target }));
    }
}

#[test]
fn a_seal_a_draft_and_what_others_did_cannot_be_undone() {
    let scope = Scope::Question("q".parse().expect("a slug"));
    let events = vec![
        event(0, 0, 1, 0, Act::Sealed { scope, unheard: Vec::new(), knows: BTreeSet::new(), locks: None }),
        event(1, 0, 2, 1, note("x")),
        event(2, 1, 1, 2, shown()),
    ];
    assert_eq!(undoable(&events, events[0].header.author, |_| true), None);
    let mut undone = events.clone();
    undone.extend((0..3).map(|n| event(n + 10, 0, n as u64 + 3, 3, Act::Undone { event: events[n as usize].id() })));
    assert_eq!(standing(&undone).len(), 3);
}

#[test]
fn the_undo_key_finds_the_authors_last_act_that_stands() {
    let mut events = vec![event(0, 0, 1, 0, shown()), event(1, 0, 2, 1, shown()), event(2, 1, 1, 2, shown())];
    let author = events[0].header.author;
    assert_eq!(undoable(&events, author, |_| true), Some(events[1].id()));
    events.push(event(3, 0, 3, 3, Act::Undone { event: events[1].id() }));
    assert_eq!(undoable(&events, author, |_| true), Some(events[0].id()));
}

#[test]
fn what_is_done_stands_behind_what_its_author_had_seen_whatever_the_clocks_say() {
    let at = |second: i64| Timestamp::from_second(second).expect("a small number of seconds");
    let writer = |name: &str| WriterId::derive(&[name]);
    let stands = |now: i64, seen: &[(&str, i64)]| {
        let seen = seen.iter().map(|(name, second)| (writer(name), at(*second)));
        behind(at(now), writer("mine"), seen).unwrap_or(at(now))
    };
    assert_eq!(stands(10, &[]), at(10));
    assert_eq!(stands(10, &[("mine", 9), ("other", 8)]), at(10), "clocks that agree decide");
    assert!(stands(10, &[("other", 10)]) > at(10), "also where two act in the same instant");
    assert!(stands(10, &[("mine", 9), ("other", 5000)]) > at(5000), "one that is ahead keeps nobody's next act from counting");
    assert_eq!(stands(10, &[("mine", 10)]), at(10), "one's own of one moment stay in their order by their numbers");
    assert!(stands(10, &[("mine", 5000)]) > at(5000), "one's own of a clock that was ahead come before what one does next");
}

#[test]
fn what_an_earlier_release_wrote_of_a_hand_off_is_read_and_written_as_it_was() {
    let body = serde_json::json!({
        "handoff": "00000000-0000-7000-8000-000000000007", "from": null, "by": null, "until": null, "names": false,
    });
    let act = Act::from_parts("received", body.clone());
    assert!(matches!(&act, Act::Received { covers, .. } if covers.is_empty()), "{act:?}");
    assert_eq!(act.to_parts(), ("received".to_owned(), body));
}

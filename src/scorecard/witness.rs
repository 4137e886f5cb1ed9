//! Which seals other reviewers' libraries saw, and when: the one order of seals that their author's clocks do not make.

use std::collections::BTreeMap;

use crate::interview::{ReviewerId, WriterId};
use crate::journal::{Act, Event};

/// By reviewer and stream: up to which number it was seen, and at which place of the order.
#[derive(Default)]
pub(super) struct Witnesses(BTreeMap<(ReviewerId, WriterId), Vec<(u64, usize)>>);

impl Witnesses {
    /// What others say of each reviewer's streams; nobody's word counts for their own.
    pub(super) fn of(ordered: &[&Event]) -> Witnesses {
        let mut all = Witnesses::default();
        for (at, event) in ordered.iter().enumerate() {
            let Act::Witnessed { reviewer, ends, .. } = &event.act else { continue };
            if *reviewer != event.header.author {
                ends.iter().for_each(|(writer, last)| all.0.entry((*reviewer, *writer)).or_default().push((*last, at)));
            }
        }
        all
    }

    /// Whether one event of an author was seen before another one.
    pub(super) fn first(&self, one: &Event, other: &Event) -> bool {
        match (self.seen(one), self.seen(other)) {
            (Some(one), Some(other)) => one < other,
            (one, None) => one.is_some(),
            (None, Some(_)) => false,
        }
    }

    /// The place at which an event was seen first.
    fn seen(&self, event: &Event) -> Option<usize> {
        let of_stream = self.0.get(&(event.header.author, event.header.writer))?;
        of_stream.iter().filter(|(last, _)| event.header.seq <= *last).map(|(_, at)| *at).min()
    }
}

//! Hearing a stretch again and again, and going from evidence to evidence.

use super::deck::{Loaded, Repeat, Slot};
use super::{App, Effect, Tone};
use crate::interview::{Moment, Span};

/// Shorter than this nothing is understood.
const SHORTEST_MS: u32 = 300;

impl App {
    /// Marks where a loop begins, then where it ends, then takes it away.
    pub(super) fn turn_loop(&mut self) -> Vec<Effect> {
        let Loaded::Ready { .. } = self.deck.loaded(self.deck.active) else {
            return self.tell(Tone::Hint, "There is nothing to hear here.");
        };
        let at = self.deck.at(self.deck.active);
        match self.deck.repeat {
            Repeat::Off => {
                self.deck.repeat = Repeat::From(at);
                self.tell(Tone::Done, format!("The loop begins at {at}: the same key again ends it."))
            }
            Repeat::From(from) if Span::between(from, at).length() >= SHORTEST_MS => {
                let span = Span::between(from, at);
                self.deck.repeat = Repeat::Over(span);
                let mut effects = self.seek(span.start);
                effects.extend(self.play());
                self.tell(Tone::Done, format!("{} to {} again and again; the same key once more ends that.", span.start, span.end));
                effects
            }
            Repeat::From(_) | Repeat::Over(_) => {
                self.deck.repeat = Repeat::Off;
                self.tell(Tone::Done, "It plays on: no loop any more.")
            }
        }
    }

    /// Goes back to where the loop begins, where the ear is at its end.
    pub(super) fn go_round(&mut self, slot: Slot, at: Moment) -> Option<Vec<Effect>> {
        match self.deck.repeat {
            Repeat::Over(span) if slot == self.deck.active && at >= span.end => Some(self.seek(span.start)),
            _ => None,
        }
    }

    /// Goes to my evidence after, or before, the moment where the ear is.
    pub(super) fn seek_evidence(&mut self, forward: bool) -> Vec<Effect> {
        let at = self.deck.at(self.deck.active);
        let Some((desk, answer)) = self.desk.as_ref().zip(self.deck.answer()) else {
            return self.tell(Tone::Hint, "There is nothing to hear here.");
        };
        let mut all: Vec<_> = desk.mine().evidence_of(answer).collect();
        all.sort_by_key(|evidence| evidence.span.start);
        // What plays has gone on since it was sent there.
        const WITHIN_MS: i64 = 1_000;
        let found = match forward {
            true => all.iter().find(|evidence| evidence.span.start > at),
            false => all.iter().rev().find(|evidence| evidence.span.start.shifted(WITHIN_MS) < at),
        };
        let Some(evidence) = found else {
            let none =
                if all.is_empty() { "No evidence is marked here yet: e marks it." } else { "There is no more evidence that way." };
            return self.tell(Tone::Hint, none);
        };
        let names = desk.criteria(answer).iter().filter(|known| evidence.criteria.contains(&known.id));
        let names: Vec<&str> = names.map(|criterion| criterion.name.as_str()).collect();
        let said = format!("Evidence for {} at {}.", names.join(", "), evidence.span.start);
        let start = evidence.span.start;
        let effects = self.seek(start);
        self.tell(Tone::Hint, said);
        effects
    }
}

//! Hearing a stretch again and again, and going from evidence to evidence.

use super::deck::{Loaded, Repeat};
use super::{App, Command, Effect, Tone};
use crate::interview::Span;

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
                let slot = self.deck.active;
                let mut effects = vec![Effect::Player(Command::Repeat { slot, span: Some(span) })];
                effects.extend(self.seek(span.start));
                effects.extend(self.play());
                self.tell(Tone::Done, format!("{} to {} again and again; the same key once more ends that.", span.start, span.end));
                effects
            }
            Repeat::From(_) | Repeat::Over(_) => {
                let ended = self.end_loop();
                ended.into_iter().chain(self.tell(Tone::Done, "It plays on: no loop any more.")).collect()
            }
        }
    }

    /// Ends the loop, if there is one.
    pub(super) fn end_loop(&mut self) -> Option<Effect> {
        let span = std::mem::take(&mut self.deck.repeat).span();
        span.map(|_| Effect::Player(Command::Repeat { slot: self.deck.active, span: None }))
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

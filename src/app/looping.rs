//! Hearing a stretch again and again.

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
}

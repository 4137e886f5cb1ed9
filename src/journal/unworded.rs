//! Acts that go to somebody else without the words in them that name a person: what was done stays, and says that words are missing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::covering::TEXTS;
use super::{Act, Event, Header};

/// What stands in place of words that were left out.
const LEFT_OUT: &str = "[reason left out: it names someone]";

/// An act without some of its words. It stands where the act itself would, until that comes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unworded {
    /// The envelope of the act, which stayed where it was written.
    header: Header,
    /// What was done, with a remark in place of each text that was left out.
    body: Value,
}

impl Unworded {
    /// An act without these of its texts.
    pub fn of(event: &Event, is_left_out: impl Fn(&str) -> bool) -> Self {
        let (_, mut body) = event.act.to_parts();
        for field in TEXTS.into_iter().filter(|field| is_left_out(field)) {
            if body.get(field).is_some_and(Value::is_string) {
                body[field] = LEFT_OUT.into();
            }
        }
        Unworded { header: event.header.clone(), body }
    }

    /// The envelope.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The act as it can be told.
    pub fn event(&self) -> Event {
        Event { header: self.header.clone(), act: Act::from_parts(&self.header.kind, self.body.clone()) }
    }

    /// Whether an act of this kind may stand for itself without its words: what binds or locks others never does.
    pub fn may_be(kind: &str) -> bool {
        const KINDS: [&str; 9] =
            ["rated", "cleared", "recused", "reopened", "revealed", "reconciled", "decided", "released", "held"];
        KINDS.contains(&kind)
    }
}

/// The acts that came without words, as whoever took them in wrote them down; those that have come whole are among `events` too.
pub fn unworded(events: &[Event]) -> Vec<Event> {
    let has_taken = |event: &Event| {
        let received = |one: &Event| one.header.author == event.header.author && matches!(one.act, Act::Received { .. });
        events.iter().any(received)
    };
    let of = |event: &Event| match &event.act {
        Act::Unworded { acts } if has_taken(event) => acts.iter().map(Unworded::event).collect(),
        _ => Vec::new(),
    };
    events.iter().flat_map(of).collect()
}

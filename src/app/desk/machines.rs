//! What the journal keeps of machines: which engine got what of an answer, and what of a machine's words was seen.

use std::collections::HashSet;

use serde::Serialize;

use super::Desk;
use crate::interview::{AnswerId, Digest, EventId};
use crate::journal::{Act, ENDED_EARLY, Event, Subject};
use crate::protocol::Others;
use crate::scorer::reader::name_before_the_reveal;
use crate::text::SafeText;

/// What one act keeps of a machine.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MachineTold {
    /// The engine that was asked, or what made the statement that was seen.
    pub by: SafeText,
    /// Its version, as it calls itself.
    pub version: SafeText,
    /// Where it lies; none for a statement.
    pub place: Option<SafeText>,
    /// What it was given of the answer: `text`, names hidden, or `voice`.
    pub given: Option<&'static str>,
    /// How it ended, in a few words; before the reveal without what judges. None of what is only about to be given.
    pub outcome: Option<SafeText>,
    /// How many times it was sent; none of what is only about to be given.
    pub sent: Option<u32>,
    /// Whether nobody knows if it was sent: nothing was written down of what came of it, or nobody waited for that.
    pub may_be_sent: bool,
    /// The digest of what it was told beside the answer.
    pub prompt: Option<Digest>,
    /// Of what it got of the answer.
    pub read: Option<Digest>,
    /// Of what it said.
    pub reply: Option<Digest>,
    /// Of the statement that was seen.
    pub statement: Option<Digest>,
}

impl Desk {
    /// What an act keeps of a machine; none of acts that have nothing to do with one.
    pub(super) fn machine_told(&self, event: &Event, ended: &HashSet<EventId>) -> Option<MachineTold> {
        match &event.act {
            Act::Giving { engine, place, prompt, read, .. } => Some(MachineTold {
                by: engine.clone(),
                version: SafeText::default(),
                place: Some(place.clone()),
                given: Some(given(prompt.as_ref())),
                outcome: None,
                sent: None,
                may_be_sent: !ended.contains(&event.id()),
                prompt: *prompt,
                read: Some(*read),
                reply: None,
                statement: None,
            }),
            Act::Assisted { engine, version, place, prompt, read, reply, outcome, .. } => Some(MachineTold {
                by: engine.clone(),
                version: version.clone(),
                place: Some(place.clone()),
                given: Some(given(prompt.as_ref())),
                outcome: Some(self.outcome_in_sight(outcome)),
                sent: Some(event.act.times_sent()),
                may_be_sent: event.act.times_sent() > 0 && outcome.as_str() == ENDED_EARLY,
                prompt: *prompt,
                read: Some(*read),
                reply: *reply,
                statement: None,
            }),
            Act::Shown { statement: Some(statement), .. } => Some(MachineTold {
                by: statement.by.clone(),
                version: statement.version.clone(),
                place: None,
                given: None,
                outcome: None,
                sent: None,
                may_be_sent: false,
                prompt: None,
                read: None,
                reply: None,
                statement: Some(statement.digest),
            }),
            _ => None,
        }
    }

    /// The same in words, for people.
    pub(super) fn machine_in_words(&self, event: &Event, ended: &HashSet<EventId>) -> Option<String> {
        let told = self.machine_told(event, ended)?;
        let version = if told.version.is_empty() { String::new() } else { format!(", version {}", told.version) };
        let (Some(place), Some(given)) = (&told.place, told.given) else {
            let digest = told.statement.map(|digest| format!(" (digest {})", digest.short())).unwrap_or_default();
            return Some(format!("{}{version}{digest}, first on screen", told.by));
        };
        let digests = [("prompt", told.prompt), (given, told.read), ("reply", told.reply)];
        let digests: Vec<String> =
            digests.into_iter().filter_map(|(what, digest)| Some(format!("{what} {}", digest?.short()))).collect();
        let did = match (told.sent, told.may_be_sent) {
            (None, true) => "may have given",
            (None, false) => "was about to give",
            (Some(0), _) => "could not give",
            (Some(_), true) => "may have given",
            (Some(_), false) => "gave",
        };
        let times = told.sent.filter(|times| *times > 1).map(|times| format!(", {times} times")).unwrap_or_default();
        let outcome = match (&told.outcome, told.may_be_sent) {
            (Some(outcome), _) => format!(": {outcome}"),
            (None, true) => ": what came of it is not known".to_owned(),
            (None, false) => String::new(),
        };
        Some(format!("{did} the {given} to {}{version}, at {place}{times}{outcome} (digests: {})", told.by, digests.join(", ")))
    }

    fn outcome_in_sight(&self, outcome: &SafeText) -> SafeText {
        match self.sight.others() {
            Others::Shown => outcome.clone(),
            _ => SafeText::line(name_before_the_reveal(outcome.as_str())),
        }
    }
}

/// Each giving of an answer to an engine of which it is written down what came of it.
pub fn ended_givings(events: &[Event]) -> HashSet<EventId> {
    let of = |event: &Event| match &event.act {
        Act::Assisted { giving, .. } => *giving,
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// What an engine was given of an answer: who is told nothing beside it writes it down, and gets its sound.
pub fn given(prompt: Option<&Digest>) -> &'static str {
    if prompt.is_some() { "text" } else { "voice" }
}

/// The answer that an act about a machine is about.
pub(super) fn answer_of_machine(act: &Act) -> Option<AnswerId> {
    match act {
        Act::Giving { answer, .. } | Act::Assisted { answer, .. } | Act::Shown { what: Subject::Answer(answer), .. } => {
            Some(*answer)
        }
        _ => None,
    }
}

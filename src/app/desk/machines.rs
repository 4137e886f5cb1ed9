//! What the journal keeps of machines: which engine got what of an answer, and what of a machine's words was seen.

use serde::Serialize;

use super::Desk;
use crate::interview::{AnswerId, Digest};
use crate::journal::{Act, Subject};
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
    /// How it ended, in a few words; before the reveal without what judges.
    pub outcome: Option<SafeText>,
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
    pub(super) fn machine_told(&self, act: &Act) -> Option<MachineTold> {
        match act {
            Act::Assisted { engine, version, place, prompt, read, reply, outcome, .. } => Some(MachineTold {
                by: engine.clone(),
                version: version.clone(),
                place: Some(place.clone()),
                given: Some(given(prompt.as_ref())),
                outcome: Some(self.outcome_in_sight(outcome)),
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
                prompt: None,
                read: None,
                reply: None,
                statement: Some(statement.digest),
            }),
            _ => None,
        }
    }

    /// The same in words, for people.
    pub(super) fn machine_in_words(&self, act: &Act) -> Option<String> {
        let told = self.machine_told(act)?;
        let version = if told.version.is_empty() { String::new() } else { format!(", version {}", told.version) };
        let (Some(place), Some(given), Some(outcome)) = (&told.place, told.given, &told.outcome) else {
            let digest = told.statement.map(|digest| format!(" (digest {})", digest.short())).unwrap_or_default();
            return Some(format!("{}{version}{digest}, first on screen", told.by));
        };
        let digests = [("prompt", told.prompt), (given, told.read), ("reply", told.reply)];
        let digests: Vec<String> =
            digests.into_iter().filter_map(|(what, digest)| Some(format!("{what} {}", digest?.short()))).collect();
        Some(format!("gave the {given} to {}{version}, at {place}: {outcome} (digests: {})", told.by, digests.join(", ")))
    }

    fn outcome_in_sight(&self, outcome: &SafeText) -> SafeText {
        match self.sight.others() {
            Others::Shown => outcome.clone(),
            _ => SafeText::line(name_before_the_reveal(outcome.as_str())),
        }
    }
}

/// What an engine was given of an answer: who is told nothing beside it writes it down, and gets its sound.
pub fn given(prompt: Option<&Digest>) -> &'static str {
    if prompt.is_some() { "text" } else { "voice" }
}

/// The answer that an act about a machine is about.
pub(super) fn answer_of_machine(act: &Act) -> Option<AnswerId> {
    match act {
        Act::Assisted { answer, .. } | Act::Shown { what: Subject::Answer(answer), .. } => Some(*answer),
        _ => None,
    }
}

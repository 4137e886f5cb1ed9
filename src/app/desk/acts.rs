//! Acts: shown at once as pending, saved once they are on disk, undone and brought back.

use std::collections::BTreeSet;

use super::Desk;
use crate::app::judging::READ_ONLY;
use crate::app::{App, Effect, Here, Notice, Tone};
use crate::interview::{AnswerId, CandidateId, EventId, ReviewerId, WriterId};
use crate::journal::{Act, Draft, Event, Header, SCHEMA};
use crate::text::SafeText;

impl App {
    /// Writes an act about an answer's candidate: shown at once as pending, saved once it is on disk.
    pub(in crate::app) fn write_about(&mut self, answer: AnswerId, act: Act) -> Vec<Effect> {
        let subject = self.desk.as_ref().and_then(|desk| desk.batch.answer(answer)).map(|(submission, _)| submission.candidate.id);
        self.write(act, subject)
    }

    /// Writes an act; `subject` is the candidate it concerns.
    pub(in crate::app) fn write(&mut self, act: Act, subject: Option<CandidateId>) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        if self.read_only {
            self.notice = Some(Notice { tone: Tone::Hint, text: READ_ONLY.into() });
            return Vec::new();
        }
        let id = self.mint.id(self.now);
        let base = desk.entries.last().map(Event::id);
        let draft = Draft { id, batch: Some(desk.batch.id), subject, base, act: act.clone() };
        desk.pending.insert(id);
        desk.take(Event { header: desk.provisional(&draft, self.me.id, self.now), act });
        vec![Effect::Append(vec![draft])]
    }

    pub(in crate::app) fn saved(&mut self, entries: Vec<Event>) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        for entry in entries {
            desk.pending.remove(&entry.id());
            if let Some(shown) = desk.entries.iter_mut().find(|shown| shown.id() == entry.id()) {
                shown.header = entry.header;
            }
        }
        Vec::new()
    }

    pub(in crate::app) fn not_saved(&mut self, ids: &[EventId], reason: SafeText) -> Vec<Effect> {
        if let Some(desk) = &mut self.desk {
            desk.entries.retain(|entry| !ids.contains(&entry.id()));
            desk.pending.retain(|id| !ids.contains(id));
            desk.refold();
        }
        self.tell(Tone::Trouble, format!("Not saved: {reason}"))
    }

    pub(in crate::app) fn others_wrote(&mut self, entries: Vec<Event>) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let known: BTreeSet<EventId> = desk.entries.iter().map(Event::id).collect();
        let batch = desk.batch.id;
        let news = entries.into_iter().filter(|e| e.header.batch == Some(batch) && !known.contains(&e.id()));
        let before = desk.entries.len();
        desk.entries.extend(news);
        if desk.entries.len() > before {
            desk.refold();
            desk.lay_out();
            self.rank_again();
        }
        Vec::new()
    }

    pub(in crate::app) fn answer_is_here(&mut self, answer: AnswerId, here: Here) -> Vec<Effect> {
        if let Some(desk) = &mut self.desk {
            desk.put_here(answer, here);
        }
        Vec::new()
    }

    /// Takes back the last judging act that stands and is not sealed.
    pub(in crate::app) fn undo(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let me = self.me.id;
        let target = crate::journal::undoable(&desk.entries, me, |event| desk.may_undo(event));
        match target.and_then(|id| desk.entries.iter().find(|event| event.id() == id)) {
            Some(event) => {
                let (id, subject, kind) = (event.id(), event.header.subject, event.header.kind.clone());
                let effects = self.write(Act::Undone { event: id }, subject);
                self.tell(Tone::Done, format!("Undone: {}. Ctrl-R brings it back.", act_in_words(&kind)));
                effects
            }
            None => self.tell(Tone::Hint, "There is nothing to undo that is not sealed."),
        }
    }

    /// Brings back what was undone last, as long as nothing was judged since.
    pub(in crate::app) fn redo(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        match desk.redoable() {
            Some((id, subject)) => {
                let effects = self.write(Act::Undone { event: id }, subject);
                self.tell(Tone::Done, "Brought back.");
                effects
            }
            None => self.tell(Tone::Hint, "There is nothing to bring back."),
        }
    }
}

impl Desk {
    /// The envelope that an act is shown with until the library has given it its place.
    fn provisional(&self, draft: &Draft, author: ReviewerId, now: jiff::Timestamp) -> Header {
        let own = self.entries.iter().rev().find(|event| event.header.author == author).map(|event| &event.header);
        Header {
            schema: SCHEMA,
            id: draft.id,
            author,
            writer: own.map_or(WriterId(author.0), |header| header.writer),
            seq: own.map_or(1, |header| header.seq + 1),
            prev: Default::default(),
            base: draft.base,
            at: now,
            batch: draft.batch,
            subject: draft.subject,
            kind: draft.act.to_parts().0,
        }
    }

    fn may_undo(&self, event: &Event) -> bool {
        match &event.act {
            Act::Rated { answer, .. }
            | Act::Cleared { answer, .. }
            | Act::Evidenced { answer, .. }
            | Act::Noted { answer, .. }
            | Act::Probed { answer, .. } => !self.is_sealed(*answer),
            Act::MustHave { submission, .. } | Act::Recommended { submission, .. } => {
                !self.record.scorecard_is_sealed(self.me, *submission)
            }
            Act::Compared { a, .. } => !self.is_sealed(*a),
            Act::Tagged { .. } | Act::Shortlisted { .. } | Act::Decided { .. } => true,
            _ => false,
        }
    }

    /// The last undo of mine that stands, where no judging came after it.
    fn redoable(&self) -> Option<(EventId, Option<CandidateId>)> {
        let mut brought_back = BTreeSet::new();
        for event in self.entries.iter().rev().filter(|event| event.header.author == self.me) {
            match event.act {
                Act::Undone { event: target } if !brought_back.contains(&event.id()) => {
                    let of_undo = self.entries.iter().any(|e| e.id() == target && matches!(e.act, Act::Undone { .. }));
                    if !of_undo {
                        return Some((event.id(), event.header.subject));
                    }
                    brought_back.insert(target);
                }
                Act::Undone { .. } => {}
                _ if self.may_undo(event) => return None,
                _ => {}
            }
        }
        None
    }
}

/// What kind of act something was, in words.
fn act_in_words(kind: &str) -> &str {
    match kind {
        "rated" => "a rating",
        "cleared" => "taking back a rating",
        "evidenced" => "evidence",
        "noted" => "a note",
        "probed" => "a question to ask live",
        "must_have" => "a must-have",
        "recommended" => "a recommendation",
        "compared" => "a comparison",
        "tagged" => "a tag",
        "shortlisted" => "the shortlist",
        "decided" => "a decision",
        other => other,
    }
}

//! Acts: shown at once as pending, saved once they are on disk, gone when they could not be written.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Desk;
use crate::app::judging::ONLY_DECIDES;
use crate::app::{App, Effect, Here, Notice, Tone};
use crate::interview::{AnswerId, BatchId, CandidateId, EventId, ReviewerId, WriterId};
use crate::journal::{self, Act, Draft, Event, Header, SCHEMA};
use crate::rubric::Rubric;
use crate::text::SafeText;

impl App {
    /// Writes an act about an answer's candidate: shown at once as pending, saved once it is on disk.
    pub(in crate::app) fn write_about(&mut self, answer: AnswerId, act: Act) -> Vec<Effect> {
        let subject = self.desk.as_ref().and_then(|desk| desk.batch.answer(answer)).map(|(submission, _)| submission.candidate.id);
        self.write(act, subject)
    }

    /// Writes an act; `subject` is the candidate it concerns.
    pub(in crate::app) fn write(&mut self, act: Act, subject: Option<CandidateId>) -> Vec<Effect> {
        self.write_all(vec![(subject, act)])
    }

    /// Writes acts together, each with the candidate it concerns: one step, which one undo takes back.
    pub(in crate::app) fn write_all(&mut self, acts: Vec<(Option<CandidateId>, Act)>) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        if self.read_only {
            self.notice = Some(Notice { tone: Tone::Hint, text: self.only_reads.into() });
            return Vec::new();
        }
        if desk.sight.only_decides() && acts.iter().any(|(_, act)| act.judges() || act.arranges()) {
            self.notice = Some(Notice { tone: Tone::Hint, text: ONLY_DECIDES.into() });
            return Vec::new();
        }
        if acts.is_empty() {
            return Vec::new();
        }
        let (base, batch) = (desk.entries.last().map(Event::id), Some(desk.batch.id));
        let mut draft = |(subject, act)| Draft { id: self.mint.id(self.now), batch, subject, base, act };
        let drafts: Vec<Draft> = acts.into_iter().map(&mut draft).collect();
        desk.pending.extend(drafts.iter().map(|draft| draft.id));
        let end = desk.end_of_stream(self.me.id);
        let after = desk.behind(end.0, self.now);
        let event = |(nth, draft): (u64, &Draft)| {
            let header = provisional(draft, self.me.id, (end.0, end.1 + nth), (self.now, after));
            Event { header, act: draft.act.clone() }
        };
        let events: Vec<Event> = (1..).zip(&drafts).map(event).collect();
        desk.take_all(events.clone());
        self.on_its_way(&events);
        vec![Effect::Append(drafts)]
    }

    pub(in crate::app) fn saved(&mut self, entries: Vec<Event>) -> Vec<Effect> {
        self.no_longer_on_its_way(&entries.iter().map(Event::id).collect());
        let Some(desk) = &mut self.desk else { return Vec::new() };
        for entry in entries {
            desk.pending.remove(&entry.id());
            // What was on its way stands at the end: of a long journal nothing else is looked at.
            if let Some(shown) = desk.entries.iter_mut().rev().find(|shown| shown.id() == entry.id()) {
                shown.header = entry.header;
            }
        }
        Vec::new()
    }

    pub(in crate::app) fn not_saved(&mut self, ids: &[EventId], reason: SafeText) -> Vec<Effect> {
        self.no_longer_on_its_way(&ids.iter().copied().collect());
        if let Some(desk) = &mut self.desk {
            desk.entries.retain(|entry| !ids.contains(&entry.id()));
            desk.pending.retain(|id| !ids.contains(id));
            desk.refold();
        }
        self.tell(Tone::Trouble, format!("Not saved: {reason}"))
    }

    pub(in crate::app) fn others_wrote(&mut self, entries: Vec<Event>) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else {
            // A list that is on screen is to say what is there now.
            return if self.shelf.rows.is_some() { vec![Effect::ListBatches] } else { Vec::new() };
        };
        let known: BTreeSet<EventId> = desk.entries.iter().map(Event::id).collect();
        let batch = desk.batch.id;
        let news = entries.into_iter().filter(|e| e.header.batch == Some(batch) && !known.contains(&e.id()));
        let before = desk.entries.len();
        desk.entries.extend(news);
        if desk.entries.len() > before {
            desk.refold();
            desk.lay_out();
            return self.rank_again();
        }
        Vec::new()
    }

    /// A rubric was attached elsewhere: what is on screen is scored by it from now on.
    pub(in crate::app) fn rubric_is(&mut self, batch: BatchId, rubric: Rubric) -> Vec<Effect> {
        let Some(desk) = self.desk.as_mut().filter(|desk| desk.batch.id == batch) else { return Vec::new() };
        if desk.rubric.as_ref().is_some_and(|known| known.text_hash() == rubric.text_hash()) {
            return Vec::new();
        }
        let said = format!("{} is attached.", rubric.title);
        desk.rubric = Some(rubric);
        desk.refold();
        desk.lay_out();
        let measures = self.rank_again();
        self.tell(Tone::Done, said);
        measures.into_iter().chain(self.take_policy()).collect()
    }

    pub(in crate::app) fn answer_is_here(&mut self, answer: AnswerId, here: Here) -> Vec<Effect> {
        if let Some(desk) = &mut self.desk {
            desk.put_here(answer, here);
        }
        if self.deck.answer() == Some(answer) {
            self.tell_no_pace();
        }
        self.light_up();
        Vec::new()
    }
}

impl Desk {
    /// Where an author's stream ends, as far as it is known here: its writer, and the number of the last event.
    fn end_of_stream(&self, author: ReviewerId) -> (WriterId, u64) {
        let own = self.entries.iter().rev().find(|event| event.header.author == author).map(|event| &event.header);
        own.map_or((WriterId(author.0), 0), |header| (header.writer, header.seq))
    }

    /// What an act of a stream stands behind that is done now, where others' clocks are ahead.
    fn behind(&self, writer: WriterId, now: Timestamp) -> Option<Timestamp> {
        journal::behind(now, writer, self.entries.iter().map(|event| (event.header.writer, event.header.stands())))
    }
}

/// When it is done, and what it stands behind.
type Times = (Timestamp, Option<Timestamp>);

/// The envelope that an act is shown with until the library has given it its place.
fn provisional(draft: &Draft, author: ReviewerId, (writer, seq): (WriterId, u64), (now, after): Times) -> Header {
    Header {
        schema: SCHEMA,
        id: draft.id,
        author,
        writer,
        seq,
        prev: Default::default(),
        base: draft.base,
        at: now,
        after,
        batch: draft.batch,
        subject: draft.subject,
        kind: draft.act.to_parts().0,
    }
}

//! Reading what is known of an answer.

use std::collections::BTreeMap;

use super::overlay::{Overlay, Page, Reader};
use super::{App, Desk, Effect};
use crate::interview::{AnswerId, BatchId};
use crate::scorer::alike::Alike;
use crate::text::SafeText;

impl App {
    /// Shows what is known of an answer; what a machine judges is among it after the reveal alone, and that it was seen is written down.
    pub(super) fn read_facts(&mut self, answer: AnswerId) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let compares = desk.asks_alike().then_some(Effect::FindAlike(desk.batch.id));
        let facts = desk.facts(answer);
        let acts = if self.read_only { Vec::new() } else { desk.first_seen(facts.statements) };
        let title = facts_title(desk, answer);
        let mut effects = self.write_all(acts);
        effects.extend(compares);
        self.overlays.push(Overlay::Reader(Reader::new(title, Page::Text(facts.lines))));
        effects
    }

    /// The answers of the batch were compared: what is open about one of them says it too.
    pub(super) fn alike_are_here(&mut self, batch: BatchId, found: Option<BTreeMap<AnswerId, Alike>>) -> Vec<Effect> {
        let Some(desk) = self.desk.as_mut().filter(|desk| desk.batch.id == batch) else { return Vec::new() };
        desk.take_alike(found);
        let answers = desk.batch.submissions.iter().flat_map(|submission| &submission.answers).map(|answer| answer.id);
        let Some(Overlay::Reader(open)) = self.overlays.last() else { return Vec::new() };
        let Some(answer) = answers.into_iter().find(|answer| open.title == facts_title(desk, *answer)) else { return Vec::new() };
        self.overlays.pop();
        self.read_facts(answer)
    }
}

fn facts_title(desk: &Desk, answer: AnswerId) -> SafeText {
    SafeText::line(&format!("What is known of {}", desk.whose(answer)))
}

//! Reading what is known of an answer.

use super::overlay::{Overlay, Page, Reader};
use super::{App, Effect};
use crate::interview::AnswerId;
use crate::text::SafeText;

impl App {
    /// Shows what is known of an answer; what a machine judges is among it after the reveal alone, and that it was seen is written down.
    pub(super) fn read_facts(&mut self, answer: AnswerId) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let facts = desk.facts(answer);
        let acts = if self.read_only { Vec::new() } else { desk.first_seen(facts.statements) };
        let title = SafeText::line(&format!("What is known of {}", desk.whose(answer)));
        let effects = self.write_all(acts);
        self.overlays.push(Overlay::Reader(Reader::new(title, Page::Text(facts.lines))));
        effects
    }
}

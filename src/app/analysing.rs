//! Reading a batch's figures: the funnel, times, how the questions did, how far reviewers are.

use super::overlay::{Overlay, Page, Reader};
use super::{App, Desk, Effect, Tone};
use crate::export::analytics::{figures, lines::lines};
use crate::export::{Choice, Sources};
use crate::text::SafeText;

impl Desk {
    /// The figures of the analytics table as lines of a terminal; none while no rubric is attached.
    pub fn figures(&self) -> Vec<SafeText> {
        let Some(rubric) = &self.rubric else { return Vec::new() };
        let (visible, batch, rules) = (&self.sight, &self.batch, &self.rules);
        let sources = Sources { visible, batch, rubric, rules, materials: self.materials(), choice: Choice::Ready, now: None };
        let names = visible.pseudonyms();
        let all = figures(&sources, None, &|reviewer| names.get(&reviewer).cloned().unwrap_or_default());
        lines(&all).iter().map(|line| SafeText::line(line)).collect()
    }
}

impl App {
    /// Shows the batch's figures, as far as this reviewer may know them.
    pub(super) fn read_analytics(&mut self) -> Vec<Effect> {
        let figures = self.desk.as_ref().map(Desk::figures).unwrap_or_default();
        if figures.is_empty() {
            return self.tell(Tone::Hint, "Attach a rubric first: what counts as reviewed is the rubric's to say.");
        }
        let page = Page::Text(figures);
        self.overlays.push(Overlay::Reader(Reader::new("How this batch goes".into(), page)));
        Vec::new()
    }
}

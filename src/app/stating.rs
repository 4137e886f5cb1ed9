//! Reading what the platform says by itself of a candidate.

use super::overlay::{Overlay, Page, Reader};
use super::{App, Effect, Tone};
use crate::interview::SubmissionId;
use crate::text::SafeText;

impl App {
    /// Shows what the platform says of a candidate, once that may be seen; that it was seen is written down.
    pub(super) fn read_statements(&mut self, submission: SubmissionId) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let stated = match desk.platform_says(submission) {
            Ok(stated) => stated,
            Err(why) => return self.tell(Tone::Hint, why),
        };
        let called = desk.called(submission);
        if stated.is_empty() {
            return self.tell(Tone::Hint, format!("The platform says nothing of its own of {called}."));
        }
        let lead = format!("Said by {}, not by a reviewer. No score of earmark rests on it.", desk.batch.source);
        let lines = stated.iter().map(super::Stated::in_words);
        let page = Page::Text([lead].into_iter().chain(lines).map(|line| SafeText::block(&line)).collect());
        let acts = if self.read_only { Vec::new() } else { desk.first_seen(desk.platform_statement(submission)) };
        let title = SafeText::line(&format!("What the platform says of {called}"));
        let effects = self.write_all(acts);
        self.overlays.push(Overlay::Reader(Reader::new(title, page)));
        effects
    }
}

//! What came beside the answers, such as a résumé: what there is, when it may be opened, and what is written of it.

use super::action::Action;
use super::overlay::{Choice, Item, Overlay, Page, Picker, Purpose, Reader};
use super::{App, Desk, Effect, Screen, Tone};
use crate::interview::{Document, SubmissionId};
use crate::journal::{Act, Subject, Through};
use crate::protocol::{self, Names};
use crate::rubric::When;
use crate::text::SafeText;

/// A document that is read beside the table of Compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// Whose.
    pub submission: SubmissionId,
    /// What it is.
    pub kind: SafeText,
    /// What it says, as it came: [`Desk::quoted_of`] covers it while it is drawn.
    pub text: SafeText,
    /// The first line shown.
    pub scroll: usize,
}

/// Lines by which a document is turned.
const PAGE: isize = 10;

impl Desk {
    /// Whether a candidate's documents may be opened now.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn may_open_documents(&self, submission: SubmissionId) -> Result<(), &'static str> {
        match self.rules.protocol.documents {
            When::Never => Err("Documents are not opened in this batch: its protocol says so."),
            // Who does not review waits until others' scorecards may be seen.
            When::AfterSeal if !self.sight.is_on_panel() => match protocol::is_ready(&self.record, &self.rules, submission) {
                true => Ok(()),
                false => Err("Documents are opened once the scorecards are there: the batch's protocol says so."),
            },
            When::AfterSeal if !self.sight.scorecard_is_sealed(self.sight.viewer(), submission) => {
                Err("Documents are opened once your scorecard is sealed: the batch's protocol says so.")
            }
            When::AfterSeal | When::Allowed | When::Always => Ok(()),
        }
    }

    /// That there is nothing to open; of what was handed over, only that nothing came with it.
    pub fn no_documents(&self, called: &SafeText) -> String {
        match self.sight.only_decides() {
            true => format!("No documents of {called} came with what was handed to you."),
            false => format!("{called} handed in no documents beside the answers."),
        }
    }

    /// What stands over a document that is read: whose it is, and what.
    pub fn paper_title(&self, submission: SubmissionId, kind: &SafeText) -> SafeText {
        SafeText::line(&format!("{}: {}", self.called(submission), self.quoted_of(submission, kind)))
    }

    /// A document that is text, line by line, without what names the candidate while that is hidden; a last line says where it is cut.
    pub fn paper_lines(&self, submission: SubmissionId, text: &SafeText) -> Vec<SafeText> {
        let shown = self.quoted_of(submission, text);
        let lines = shown.as_str().lines().map(SafeText::line);
        let cut = text.marks().cut.then(|| "… It is longer: what is beyond 64 KiB is not shown.".into());
        lines.chain(cut).collect()
    }

    /// A candidate's documents in their order: what each is, and its name, size and type; while the name is hidden, without what
    /// names the candidate.
    pub fn documents(&self, submission: SubmissionId) -> Vec<(SafeText, SafeText)> {
        let Some(found) = self.batch.submission(submission) else { return Vec::new() };
        let in_words = |document: &Document| {
            let media = document.media.as_ref();
            let name = Some(document.name.clone()).filter(|name| !name.is_empty());
            let parts = [
                name.map(|name| self.quoted_of(submission, &name).to_string()),
                media.and_then(|media| media.bytes).map(super::original::size_in_words),
                media.and_then(|media| media.mime.as_ref()).map(SafeText::to_string),
                media.is_none_or(|media| media.digest.is_none()).then(|| "not here".to_owned()),
            ];
            let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
            (self.quoted_of(submission, &document.kind), SafeText::line(&detail))
        };
        found.documents.iter().map(in_words).collect()
    }
}

impl App {
    /// Lists a candidate's documents; one that is chosen is opened.
    pub(super) fn ask_documents(&mut self, submission: SubmissionId) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let documents = desk.documents(submission);
        let called = desk.called(submission);
        if documents.is_empty() {
            return self.tell(Tone::Hint, desk.no_documents(&called));
        }
        let lead = desk.may_open_documents(submission).err().map(SafeText::line).into_iter().collect();
        let item = |(nth, (kind, detail))| Item::new(kind, detail, Choice::Nth(nth));
        let items = documents.into_iter().enumerate().map(item).collect();
        let picker = Picker::new(&format!("Documents of {called}"), Purpose::Documents(submission), items).led_by(lead);
        self.overlays.push(Overlay::Picker(picker));
        Vec::new()
    }

    /// Asks for one of them, by its place in their order.
    pub(super) fn open_document(&mut self, submission: SubmissionId, nth: usize) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        // What is shown is written down; where that cannot be, nothing is shown.
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        if let Err(why) = desk.may_open_documents(submission) {
            return self.tell(Tone::Hint, why);
        }
        let document = desk.batch.submission(submission).and_then(|found| found.documents.get(nth));
        if document.and_then(|document| document.media.as_ref()?.digest).is_none() {
            return self.tell(Tone::Hint, "This document is not here: it did not come with the batch.");
        }
        if document.is_some_and(Document::is_text) {
            return vec![Effect::ReadDocument { submission, nth }];
        }
        // Never the name, also where it was revealed, because others see windows.
        let who = Names::hidden(&desk.batch, &desk.rules).show(submission, None).text().clone();
        let title = SafeText::line(&format!("{who}, document {}", nth + 1));
        self.tell(Tone::Hint, "The document is being opened…");
        vec![Effect::ShowDocument { submission, nth, title }]
    }

    /// The reviewer's own program has it.
    pub(super) fn document_is_shown(
        &mut self,
        submission: SubmissionId,
        nth: usize,
        player: &SafeText,
        through: Through,
    ) -> Vec<Effect> {
        let subject = self.desk.as_ref().and_then(|desk| desk.candidate_of(submission));
        let what = Subject::Document(submission, nth as u32);
        let effects = self.write(Act::Shown { what, through: Some(through), statement: None }, subject);
        let file = if through == Through::File { ", from a file in memory that goes when earmark ends" } else { "" };
        self.tell(Tone::Done, format!("{player} shows the document{file}. That is in the journal."));
        effects
    }

    /// A document that is text is here: it is read beside the table of Compare, else over the screen.
    pub(super) fn document_is_read(&mut self, submission: SubmissionId, nth: usize, text: SafeText) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        // The rules may have changed while it was read.
        if let Err(why) = desk.may_open_documents(submission) {
            return self.tell(Tone::Hint, why);
        }
        let Some(document) = desk.batch.submission(submission).and_then(|found| found.documents.get(nth)) else {
            return Vec::new();
        };
        let (kind, subject) = (document.kind.clone(), desk.candidate_of(submission));
        let title = desk.paper_title(submission, &kind);
        let page = Page::Text(desk.paper_lines(submission, &text));
        let what = Subject::Document(submission, nth as u32);
        let effects = self.write(Act::Shown { what, through: None, statement: None }, subject);
        if let Some(Screen::Compare(compare)) = self.screens.last_mut()
            && let Some(side) = &mut compare.overall
        {
            side.paper = Some(Paper { submission, kind, text, scroll: 0 });
            self.tell(Tone::Done, "PgDn and PgUp turn it, Esc puts it away; that it was read is journaled.");
        } else {
            self.overlays.push(Overlay::Reader(Reader::new(title, page)));
        }
        effects
    }

    /// What a key does with the document beside the table; none where it does what it does elsewhere.
    pub(super) fn turn_paper(&mut self, action: Action) -> Option<Vec<Effect>> {
        let Some(Screen::Compare(compare)) = self.screens.last_mut() else { return None };
        let paper = compare.overall.as_mut()?.paper.as_mut()?;
        let by = match action {
            Action::PageDown => PAGE,
            Action::PageUp => -PAGE,
            _ => return None,
        };
        paper.scroll = paper.scroll.saturating_add_signed(by);
        Some(Vec::new())
    }

    /// Puts the document beside the table away; says whether there was one.
    pub(super) fn put_paper_away(&mut self) -> bool {
        let Some(Screen::Compare(compare)) = self.screens.last_mut() else { return false };
        compare.overall.as_mut().is_some_and(|side| side.paper.take().is_some())
    }
}

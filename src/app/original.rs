//! The original of a video answer, in the reviewer's own player: when it may be seen, and what is written of it.

use super::{App, Desk, Effect, Tone};
use crate::interview::{AnswerId, Kind, Moment};
use crate::journal::{Act, Subject, Through};
use crate::protocol::Names;
use crate::rubric::When;
use crate::text::SafeText;

impl Desk {
    /// Whether the picture of an answer may be seen now.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn may_show_original(&self, answer: AnswerId) -> Result<(), &'static str> {
        let Some((_, found)) = self.batch.answer(answer) else { return Err("There is no such answer.") };
        let is_here = found.state.is_reviewable() && found.media.as_ref().is_some_and(|media| media.digest.is_some());
        match self.rules.protocol.video {
            // A file is the answer itself: without it there is nothing to judge.
            _ if found.kind == Kind::File && is_here => Ok(()),
            _ if found.kind == Kind::File => Err("The file of this answer is not here."),
            _ if found.kind != Kind::Video => Err("This answer has no picture."),
            _ if !is_here => Err("The recording of this answer is not here."),
            When::Never => Err("Pictures are not seen in this batch: its protocol says so."),
            When::AfterSeal if !self.is_sealed(answer) => {
                Err("The picture is seen once your ratings of it are sealed: the batch's protocol says so.")
            }
            When::AfterSeal | When::Allowed | When::Always => Ok(()),
        }
    }

    /// Name, size and type of an answer that is a file; while the name is hidden, without what names the candidate.
    pub fn file_in_words(&self, answer: AnswerId) -> Option<SafeText> {
        let (_, found) = self.batch.answer(answer).filter(|(_, found)| found.kind == Kind::File)?;
        let Some(media) = &found.media else { return Some("a file that is not here".into()) };
        let name = media.locator.as_str().rsplit(['/', '\\']).next().unwrap_or_default();
        let name = self.quoted(answer, &SafeText::line(name));
        let size = media.bytes.map(size_in_words);
        let parts = [Some(name.to_string()), size, media.mime.as_ref().map(SafeText::to_string)];
        Some(SafeText::line(&parts.into_iter().flatten().collect::<Vec<_>>().join(", ")))
    }

    /// What a player may put over the picture: never the name, also where it was revealed, because others see windows.
    pub fn original_title(&self, answer: AnswerId) -> SafeText {
        let Some((submission, found)) = self.batch.answer(answer) else { return SafeText::default() };
        let who = Names::hidden(&self.batch, &self.rules).show(submission.id, Some(&found.question)).text().clone();
        let nth = self.batch.question(&found.question).map_or(0, |(nth, _)| nth + 1);
        SafeText::line(&format!("{who}, question {nth}"))
    }
}

/// A size as people read it, in powers of 1000.
pub(super) fn size_in_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

impl App {
    /// Asks for the original of an answer, from the moment that was heard last.
    pub(super) fn ask_original(&mut self, answer: AnswerId) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        // What is shown is written down; where that cannot be, nothing is shown.
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        if let Err(why) = desk.may_show_original(answer) {
            return self.tell(Tone::Hint, why);
        }
        let at = self.deck.slot_of(answer).map_or(Moment::START, |slot| self.deck.at(slot));
        let show = Effect::ShowOriginal { answer, title: desk.original_title(answer), at, speed: self.deck.speed };
        self.tell(Tone::Hint, "The original is being opened…");
        self.paused().into_iter().chain([show]).collect()
    }

    /// The reviewer's player has it.
    pub(super) fn original_is_shown(&mut self, answer: AnswerId, player: &SafeText, through: Through) -> Vec<Effect> {
        let effects =
            self.write_about(answer, Act::Shown { what: Subject::Answer(answer), through: Some(through), statement: None });
        let said = match through {
            Through::Memory => {
                format!("{player} shows the original. That is in the journal; what is seen there does not count as heard.")
            }
            Through::File => {
                format!("{player} shows the original, from a file in memory that goes when earmark ends. Both are in the journal.")
            }
        };
        self.tell(Tone::Done, said);
        effects
    }
}

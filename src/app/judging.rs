//! Judging an answer: ratings, evidence, notes, seals; the same in Review and Compare.

use super::action::Action;
use super::overlay::{Choice, Field, Item, Overlay, Picker, Purpose};
use super::{App, Effect, Slot, Tone};
use crate::interview::{AnswerId, Moment, Span, SubmissionId};
use crate::journal::Recommendation;
use crate::rubric::Observed;
use crate::scorecard::field;
use crate::text::SafeText;

/// What the next judging key is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Focus {
    /// Which answer.
    pub answer: AnswerId,
    /// Which of its criteria.
    pub criterion: usize,
    /// Where it is heard.
    pub slot: Slot,
}

/// The recommendations, from lowest to highest, as people read them.
pub(super) const RECOMMENDATIONS: [(Recommendation, &str); 5] = [
    (Recommendation::StrongNo, "Strong no"),
    (Recommendation::No, "No"),
    (Recommendation::Undecided, "Undecided"),
    (Recommendation::Yes, "Yes"),
    (Recommendation::StrongYes, "Strong yes"),
];

/// A recommendation as people read it.
pub fn recommendation_in_words(recommendation: Recommendation) -> &'static str {
    RECOMMENDATIONS.iter().find(|(known, _)| *known == recommendation).map_or("", |(_, words)| words)
}

impl App {
    /// Does a judging action; none where it is not one.
    pub(super) fn judge(&mut self, action: Action, focus: Focus) -> Option<Vec<Effect>> {
        if let Some(digit) = action.digit() {
            return Some(self.rate_digit(digit, focus));
        }
        if let Some(effects) = self.adjust(action, focus) {
            return Some(effects);
        }
        Some(match action {
            Action::RateValue => self.ask_value("", focus),
            Action::NotObserved => self.rate_typed(Observed::NotObserved, "Not observed", focus),
            Action::HalfUp => self.half_up(focus),
            Action::TechnicalFault => self.rate(Observed::TechnicalFault, focus),
            Action::ClearRating => self.clear_rating(focus),
            Action::MarkEvidence => self.mark_evidence(focus),
            Action::PlayEvidence => self.play_evidence(focus),
            Action::Statements => self.submission_of(focus.answer).map_or_else(Vec::new, |(of, _)| self.read_statements(of)),
            Action::Facts => self.read_facts(focus.answer),
            Action::Documents => self.submission_of(focus.answer).map_or_else(Vec::new, |(of, _)| self.ask_documents(of)),
            Action::Original => self.ask_original(focus.answer),
            Action::Copy => self.copy(focus),
            Action::Note => self.ask_note(focus),
            Action::Probe => self.ask_probe(focus),
            Action::Comment => self.submission_of(focus.answer).map_or_else(Vec::new, |(of, _)| self.ask_comment(of)),
            Action::Recommend => self.ask_recommendation(focus.answer),
            Action::MustHaves => self.ask_must_have(focus.answer, 0),
            Action::RevealName => self.ask_reveal(focus.answer),
            Action::Recuse => self.ask_recusal_of(focus.answer),
            Action::Seal => self.ask_seal(focus.answer),
            Action::Reopen => self.ask_reopen(focus.answer),
            _ => return None,
        })
    }

    /// Marks the last spoken sentence as evidence, for the criterion just rated where it was said before that.
    fn mark_evidence(&mut self, focus: Focus) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_judge(focus.answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let focus = Focus { criterion: self.evidence_criterion(focus), ..focus };
        let Some((criterion, name)) = self.criterion_at(focus) else {
            return self.tell(Tone::Hint, "The attached rubric does not score this question: m writes a note instead.");
        };
        // What was moved by the word is meant as it stands.
        let desk = self.desk.as_ref();
        let picked = self.picked_at(focus).and_then(|span| desk?.moved(focus.answer, span, 0, 0));
        match picked.or_else(|| self.would_mark(focus)) {
            Some((span, quote)) => self.write_evidence(focus.answer, (criterion, &name), span, quote),
            None => {
                let refusal = self.nothing_said(focus).unwrap_or("There is nothing to mark here.");
                self.tell(Tone::Hint, refusal)
            }
        }
    }

    /// The sentence that is evidence when it is marked now: the one spoken last, of a text the one that was looked for.
    pub(super) fn would_mark(&self, focus: Focus) -> Option<(Span, SafeText)> {
        if self.nothing_said(focus).is_some() {
            return None;
        }
        let (hit, desk) = (self.lit_at(focus.answer), self.desk.as_ref()?);
        let written = hit.and_then(|hit| desk.written_around(focus.answer, hit));
        Some(written.unwrap_or_else(|| desk.last_said(focus.answer, self.deck.at(focus.slot))))
    }

    /// Why there is nothing to mark at the moment where the ear is; none when there is.
    pub(super) fn nothing_said(&self, focus: Focus) -> Option<&'static str> {
        let (desk, at) = (self.desk.as_ref()?, self.deck.at(focus.slot));
        if desk.batch.answer(focus.answer).is_some_and(|(_, answer)| !answer.kind.is_recording()) {
            // What is quoted of a text is the sentence that was looked for.
            let none = "A written answer has no moment: / finds words in it, and e then marks their sentence.";
            return self.lit_at(focus.answer).is_none().then_some(none);
        }
        if at == Moment::START {
            return Some("Nothing was heard yet: e marks the sentence spoken last; ( and ) go to one.");
        }
        let (span, quote) = desk.last_said(focus.answer, at);
        let is_told = desk.here(focus.answer).is_some_and(|here| here.transcript.is_some());
        let silent = span.start == span.end || (is_told && quote.is_empty());
        silent.then_some("Nothing was said before this moment.")
    }

    fn ask_note(&mut self, focus: Focus) -> Vec<Effect> {
        let at = self.moment_of_draft(&field::note(focus.answer)).or_else(|| self.heard_moment(focus));
        let title = format!("Note{}", at.map_or(String::new(), |at| format!(" at {at}")));
        self.ask_text(focus.answer, &title, Purpose::Note { answer: focus.answer, at, replaces: None }, true)
    }

    fn ask_probe(&mut self, focus: Focus) -> Vec<Effect> {
        let at = self.moment_of_draft(&field::probe(focus.answer)).or_else(|| self.heard_moment(focus));
        self.ask_text(focus.answer, "What to ask live", Purpose::Probe { answer: focus.answer, at }, false)
    }

    /// The moment that what was begun before is about.
    fn moment_of_draft(&self, field: &SafeText) -> Option<Moment> {
        self.desk.as_ref()?.mine().drafts.get(field)?.1
    }

    fn heard_moment(&self, focus: Focus) -> Option<Moment> {
        self.deck.loaded(focus.slot).answer().map(|_| self.deck.at(focus.slot))
    }

    /// Opens a text field about an answer with what was drafted in it before; what plays waits.
    pub(super) fn ask_text(&mut self, answer: AnswerId, title: &str, purpose: Purpose, lines: bool) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_write(answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let initial = self.desk.as_ref().and_then(|desk| desk.draft(&purpose)).unwrap_or_default();
        let title = format!("{title} · Esc keeps a draft");
        let hint = if lines { "Enter saves it · Ctrl-J begins a line" } else { "Enter saves it" };
        let field = Field::new(&title, hint, purpose, &initial);
        self.overlays.push(Overlay::Field(if lines { field.of_lines() } else { field }));
        Vec::new()
    }

    pub(super) fn ask_recommendation(&mut self, answer: AnswerId) -> Vec<Effect> {
        let Some((submission, shown)) = self.submission_of(answer) else { return Vec::new() };
        if let Some(refusal) = self.may_not_conclude(submission) {
            return self.tell(Tone::Hint, refusal);
        }
        let items = RECOMMENDATIONS.iter().enumerate().map(|(nth, (_, words))| Item::new(*words, "", Choice::Nth(nth)));
        let picker = Picker::new(&format!("What do you recommend for {shown}?"), Purpose::Recommend(submission), items.collect());
        self.overlays.push(Overlay::Picker(picker));
        Vec::new()
    }

    pub(super) fn ask_must_have(&mut self, answer: AnswerId, nth: usize) -> Vec<Effect> {
        let Some((submission, shown)) = self.submission_of(answer) else { return Vec::new() };
        if let Some(refusal) = self.may_not_conclude(submission) {
            return self.tell(Tone::Hint, refusal);
        }
        let Some(must) = self.desk.as_ref().and_then(|desk| desk.rubric.as_ref()?.must_haves.get(nth)) else {
            return if nth == 0 { self.tell(Tone::Hint, "This rubric has no must-haves.") } else { Vec::new() };
        };
        let items = ["Yes", "No: a person looks", "Unclear"];
        let items = items.iter().enumerate().map(|(nth, words)| Item::new(*words, "", Choice::Nth(nth))).collect();
        let lead = vec![must.text.clone()];
        let picker =
            Picker::new(&format!("Must-have of {shown}"), Purpose::MustHave(submission, must.id.clone()), items).led_by(lead);
        self.overlays.push(Overlay::Picker(picker));
        Vec::new()
    }

    /// The sentence of this candidate that was said last, where one is being heard: what a fact rests on.
    pub(super) fn said_now(&self, submission: SubmissionId) -> Option<Span> {
        let (desk, slot) = (self.desk.as_ref()?, self.deck.active);
        let (answer, at) = (self.deck.answer()?, self.deck.at(slot));
        let is_theirs = desk.batch.answer(answer).is_some_and(|(found, _)| found.id == submission);
        let (span, _) = desk.last_said(answer, at);
        (is_theirs && at > Moment::START && span.length() > 0).then_some(span)
    }

    pub(super) fn ask_reveal(&mut self, answer: AnswerId) -> Vec<Effect> {
        let Some((submission, shown)) = self.submission_of(answer) else { return Vec::new() };
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        if self.desk.as_ref().is_some_and(|desk| !desk.shown_name(submission, None).is_hidden()) {
            return self.tell(Tone::Hint, "This name is shown already.");
        }
        let items = REVEAL_REASONS.iter().enumerate().map(|(nth, words)| Item::new(*words, "", Choice::Nth(nth))).collect();
        let lead = vec![SafeText::line("The name and the reason are written to the journal.")];
        let picker = Picker::new(&format!("Why show the name of {shown}?"), Purpose::Reveal(submission), items).led_by(lead);
        self.overlays.push(Overlay::Picker(picker));
        Vec::new()
    }

    /// Why nothing may be written about an answer now; none when it may.
    pub(super) fn may_not_write(&self, answer: AnswerId) -> Option<&'static str> {
        let desk = self.desk.as_ref()?;
        if self.read_only {
            Some(self.only_reads)
        } else if desk.sight.only_decides() {
            Some(ONLY_DECIDES)
        } else if desk.is_sealed(answer) {
            Some("This is sealed; R opens it again, with a reason.")
        } else {
            None
        }
    }

    /// Whether this person was handed the open batch to decide on it, and judges nothing.
    pub fn only_decides(&self) -> bool {
        self.desk.as_ref().is_some_and(|desk| desk.sight.only_decides())
    }

    /// Why nothing may be judged here now; none when it may.
    pub(super) fn may_not_judge(&self, answer: AnswerId) -> Option<String> {
        let desk = self.desk.as_ref()?;
        let refusal = self.may_not_write(answer).or(desk.rubric.is_none().then_some(NO_RUBRIC)).map(str::to_owned);
        // Who is out of the running is not scored, though what was handed in can be heard.
        let out = || {
            let (submission, _) = desk.batch.answer(answer)?;
            Some(format!("Nobody waits for a score of this: {}.", desk.out_of_the_running(submission)?))
        };
        refusal.or_else(out).or_else(|| desk.opens_later(self.now()))
    }

    /// Why nothing may be said about a whole submission now; none when it may.
    pub(super) fn may_not_conclude(&self, submission: SubmissionId) -> Option<String> {
        let desk = self.desk.as_ref()?;
        let refusal = if self.read_only {
            Some(self.only_reads)
        } else if desk.sight.only_decides() {
            Some(ONLY_DECIDES)
        } else if desk.rubric.is_none() {
            Some(NO_RUBRIC)
        } else if desk.sight.scorecard_is_sealed(self.me.id, submission) {
            Some("This scorecard is sealed; R opens it again, with a reason.")
        } else {
            None
        };
        refusal.map(str::to_owned).or_else(|| desk.opens_later(self.now()))
    }

    fn submission_of(&self, answer: AnswerId) -> Option<(SubmissionId, SafeText)> {
        let desk = self.desk.as_ref()?;
        let (submission, _) = desk.batch.answer(answer)?;
        Some((submission.id, desk.called(submission.id)))
    }
}

/// Said where a key would write and another window has the library.
pub(super) const READ_ONLY: &str = "Another earmark is open on this library: this one only reads.";

/// Said where a key would judge what was handed over.
pub(super) const ONLY_DECIDES: &str =
    "You were handed these to decide on, not to score: & remarks; in Compare and in the grid D decides.";

/// Said where a key would rate and nothing says by what.
pub(super) const NO_RUBRIC: &str = "No rubric is attached: A attaches one. Until then answers are heard and noted, not rated.";

/// Why a name may be revealed.
pub const REVEAL_REASONS: [&str; 4] = [
    "I need it to arrange something for the candidate",
    "I think I know this person",
    "The answer cannot be understood without it",
    "The review is finished",
];

/// Which of them offers to step aside.
pub(super) const KNOWS_THEM: usize = 1;

#[cfg(test)]
mod tests {
    use super::RECOMMENDATIONS;
    use crate::app::as_sign;

    #[test]
    fn each_recommendation_has_a_sign_of_its_own() {
        let signs: Vec<&str> = RECOMMENDATIONS.iter().map(|(_, words)| as_sign(words)).collect();
        assert_eq!(signs, ["--", "-", "?", "+", "++"]);
    }
}

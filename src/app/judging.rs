//! Judging an answer: ratings, evidence, notes, seals; the same in Review and Compare.

use super::action::Action;
use super::overlay::{Choice, Field, Item, Overlay, Picker, Purpose};
use super::{App, Effect, Screen, Slot, Tone};
use crate::interview::{AnswerId, CriterionId, SubmissionId};
use crate::journal::{Act, Recommendation};
use crate::protocol::asks_reason;
use crate::rubric::{Observed, Point};
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

/// A digit in the first moments of an answer was meant for the one before.
const DIGIT_GUARD_MS: i64 = 2_000;

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
        Some(match action {
            Action::HalfUp => self.half_up(focus),
            Action::TechnicalFault => self.rate(Observed::TechnicalFault, focus),
            Action::ClearRating => self.clear_rating(focus),
            Action::MarkEvidence => self.mark_evidence(focus),
            Action::PlayEvidence => self.play_evidence(focus),
            Action::Note => self.ask_note(focus),
            Action::Probe => self.ask_probe(focus),
            Action::Recommend => self.ask_recommendation(focus.answer),
            Action::MustHaves => self.ask_must_have(focus.answer, 0),
            Action::RevealName => self.ask_reveal(focus.answer),
            Action::Seal => self.ask_seal(focus.answer),
            Action::Reopen => self.ask_reopen(focus.answer),
            _ => return None,
        })
    }

    fn rate_digit(&mut self, digit: u8, focus: Focus) -> Vec<Effect> {
        let since = match self.screen() {
            Screen::Review(review) => self.now.as_millisecond() - review.entered.as_millisecond(),
            Screen::Compare(compare) => self.now.as_millisecond() - compare.entered.as_millisecond(),
            _ => i64::MAX,
        };
        if since < DIGIT_GUARD_MS {
            return self.tell(Tone::Hint, "This answer has just begun; the digit was not taken.");
        }
        match digit {
            0 => self.rate(Observed::NotObserved, focus),
            n => self.rate(Observed::Point(Point::whole(i16::from(n))), focus),
        }
    }

    /// Gives a value to the focused criterion and goes to the next one.
    fn rate(&mut self, observed: Observed, focus: Focus) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_judge(focus.answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let (Some(rubric), Some(criterion)) = (&desk.rubric, desk.criteria(focus.answer).get(focus.criterion)) else {
            return self.tell(Tone::Hint, "There is no criterion to rate for this question.");
        };
        if let Observed::Point(point) = observed
            && !rubric.scale.allows(point)
        {
            let (min, max) = (rubric.scale.min, rubric.scale.max);
            return self.tell(Tone::Hint, format!("{point} is not on the scale of {min} to {max}."));
        }
        let (answer, before) = (focus.answer, desk.my_rating(focus.answer, &criterion.id));
        let (criterion, title) = (criterion.id.clone(), format!("Why is {} changed?", criterion.name));
        if asks_reason(&desk.rules, desk.mine(), before, Some(observed)) {
            return self.ask_text(answer, &title, Purpose::ChangeReason { answer, criterion, observed }, false);
        }
        self.write_rating(answer, criterion, observed, None)
    }

    /// Writes a value, with the reason where one was asked for, and goes to the next criterion.
    pub(super) fn write_rating(
        &mut self,
        answer: AnswerId,
        criterion: CriterionId,
        observed: Observed,
        reason: Option<SafeText>,
    ) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let criteria = desk.criteria(answer);
        let index = criteria.iter().position(|known| known.id == criterion);
        let next = index.filter(|index| index + 1 < criteria.len());
        let revision = desk.revision(answer);
        let effects = self.write_about(answer, Act::Rated { answer, revision, criterion, observed, reason });
        if let Some(index) = next {
            self.step_past_rated(index);
        }
        effects
    }

    fn step_past_rated(&mut self, index: usize) {
        match self.screens.last_mut() {
            Some(Screen::Review(review)) => review.criterion = index + 1,
            Some(Screen::Compare(compare)) => compare.criterion = index + 1,
            _ => {}
        }
    }

    fn half_up(&mut self, focus: Focus) -> Vec<Effect> {
        // The digit before went on to the next criterion; the half belongs to the one just rated.
        let Some(desk) = &self.desk else { return Vec::new() };
        let criteria = desk.criteria(focus.answer);
        let rated = |index: usize| criteria.get(index).and_then(|criterion| desk.my_rating(focus.answer, &criterion.id));
        let index = match (rated(focus.criterion), focus.criterion.checked_sub(1)) {
            (None, Some(before)) => before,
            _ => focus.criterion,
        };
        match rated(index) {
            Some(Observed::Point(point)) if !point.is_half() => {
                let half = Observed::Point(Point::halves((point.value() * 2.0) as i16 + 1));
                self.rate(half, Focus { criterion: index, ..focus })
            }
            _ => self.tell(Tone::Hint, "Give a whole point first; then half a point can be added."),
        }
    }

    fn clear_rating(&mut self, focus: Focus) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_judge(focus.answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let Some(criterion) = desk.criteria(focus.answer).get(focus.criterion).map(|criterion| criterion.id.clone()) else {
            return Vec::new();
        };
        if desk.my_rating(focus.answer, &criterion).is_none() {
            return self.tell(Tone::Hint, "There is no rating to take back.");
        }
        self.write_about(focus.answer, Act::Cleared { answer: focus.answer, criterion })
    }

    /// Marks the last spoken sentence as evidence for the focused criterion.
    fn mark_evidence(&mut self, focus: Focus) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_judge(focus.answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let at = self.deck.at(focus.slot);
        let criterion = desk.criteria(focus.answer).get(focus.criterion);
        let Some(criterion) = criterion.map(|criterion| (criterion.id.clone(), criterion.name.clone())) else {
            return self.tell(Tone::Hint, "There is no criterion that evidence could be for.");
        };
        let (span, quote) = desk.last_said(focus.answer, at);
        let act = Act::Evidenced {
            answer: focus.answer,
            revision: desk.revision(focus.answer),
            criteria: vec![criterion.0],
            span,
            quote: quote.clone(),
        };
        let effects = self.write_about(focus.answer, act);
        let quoted = if quote.is_empty() { format!("{}–{}", span.start, span.end) } else { format!("“{}”", quote.fit(60)) };
        self.tell(Tone::Done, format!("Evidence for {}: {quoted}", criterion.1));
        effects
    }

    fn play_evidence(&mut self, focus: Focus) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let criterion = desk.criteria(focus.answer).get(focus.criterion).map(|criterion| &criterion.id);
        let span = criterion.and_then(|criterion| desk.my_evidence(focus.answer, criterion).last().map(|evidence| evidence.span));
        match span {
            Some(span) => self.play_only(span),
            None => self.tell(Tone::Hint, "No evidence is marked for this criterion yet: e marks it."),
        }
    }

    fn ask_note(&mut self, focus: Focus) -> Vec<Effect> {
        let at = self.heard_moment(focus);
        let title = format!("Note{}", at.map_or(String::new(), |at| format!(" at {at}")));
        self.ask_text(focus.answer, &title, Purpose::Note { answer: focus.answer, at, replaces: None }, true)
    }

    fn ask_probe(&mut self, focus: Focus) -> Vec<Effect> {
        let at = self.heard_moment(focus);
        self.ask_text(focus.answer, "What to ask live", Purpose::Probe { answer: focus.answer, at }, false)
    }

    fn heard_moment(&self, focus: Focus) -> Option<crate::interview::Moment> {
        self.deck.loaded(focus.slot).answer().map(|_| self.deck.at(focus.slot))
    }

    fn ask_text(&mut self, answer: AnswerId, title: &str, purpose: Purpose, lines: bool) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_judge(answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let initial = self.desk.as_ref().and_then(|desk| desk.draft(&purpose)).unwrap_or_default();
        let hint = if lines { "Enter keeps it · Ctrl-J begins a line · Esc leaves" } else { "Enter keeps it · Esc leaves" };
        let effects = self.paused();
        let field = Field { title: title.into(), hint: hint.into(), purpose, now: initial.clone(), initial, lines };
        self.overlays.push(Overlay::Field(field));
        effects
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
        let picker = Picker::new(&format!("Must-have of {shown}"), Purpose::MustHave(submission, nth), items).led_by(lead);
        self.overlays.push(Overlay::Picker(picker));
        Vec::new()
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

    /// Why nothing may be judged here now; none when it may.
    fn may_not_judge(&self, answer: AnswerId) -> Option<&'static str> {
        let desk = self.desk.as_ref()?;
        if self.read_only {
            Some(self.only_reads)
        } else if desk.rubric.is_none() {
            Some("No rubric is attached to this batch: attach one from the grid first.")
        } else if desk.is_sealed(answer) {
            Some("This is sealed; R opens it again, with a reason.")
        } else {
            None
        }
    }

    /// Why nothing may be said about a whole submission now; none when it may.
    fn may_not_conclude(&self, submission: SubmissionId) -> Option<&'static str> {
        let desk = self.desk.as_ref()?;
        if self.read_only {
            Some(self.only_reads)
        } else if desk.rubric.is_none() {
            Some("No rubric is attached to this batch: attach one from the grid first.")
        } else if desk.sight.scorecard_is_sealed(self.me.id, submission) {
            Some("This scorecard is sealed; R opens it again, with a reason.")
        } else {
            None
        }
    }

    fn submission_of(&self, answer: AnswerId) -> Option<(SubmissionId, SafeText)> {
        let desk = self.desk.as_ref()?;
        let (submission, _) = desk.batch.answer(answer)?;
        Some((submission.id, desk.called(submission.id)))
    }
}

/// Said where a key would write and another window has the library.
pub(super) const READ_ONLY: &str = "Another earmark is open on this library: this one only reads.";

/// Why a name may be revealed.
pub const REVEAL_REASONS: [&str; 4] = [
    "I need it to arrange something for the candidate",
    "I think I know this person",
    "The answer cannot be understood without it",
    "The review is finished",
];

//! Going on: from answer to answer, and what is asked before a candidate's last one is left.

use super::action::Action;
use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::{App, Desk, Effect, Screen, Slot, Tone};
use crate::interview::{AnswerId, SubmissionId};
use crate::text::SafeText;

impl App {
    /// Goes on from an answer that is done to the next that is not; says what is missing where it is not done.
    pub(super) fn go_on(&mut self, answer: AnswerId) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let unrated = desk.first_unrated(answer).and_then(|left| Some(desk.criteria(answer).get(left)?.name.clone()));
        if let Some(name) = unrated.filter(|_| !desk.is_sealed(answer) && !self.read_only) {
            return self.tell(Tone::Hint, format!("Still to rate: {}. A digit rates it; n goes on.", name.fit(36)));
        }
        match desk.waiting_after(Some(answer)).or_else(|| desk.lacking_after(Some(answer))).filter(|next| *next != answer) {
            Some(next) => self.leave_for(answer, Some(next)),
            None => self.leave_for(answer, None),
        }
    }

    /// An answer ended: where it is fully judged, the next one plays.
    pub(super) fn go_on_by_itself(&mut self, slot: Slot) -> Vec<Effect> {
        let Screen::Review(review) = self.screen() else { return Vec::new() };
        let answer = review.answer;
        let Some(desk) = self.desk.as_ref().filter(|_| self.autoplay && self.overlays.is_empty()) else { return Vec::new() };
        let is_done = desk.gaps_at(answer).is_empty() && !desk.criteria(answer).is_empty() && !desk.is_sealed(answer);
        let is_heard = slot == Slot(0) && self.deck.loaded(slot).answer() == Some(answer);
        if is_done && is_heard && !self.read_only { self.go_on(answer) } else { Vec::new() }
    }

    /// Leaves an answer for another, and asks for a recommendation first where that was the candidate's last.
    pub(super) fn leave_for(&mut self, answer: AnswerId, next: Option<AnswerId>) -> Vec<Effect> {
        match self.to_recommend(answer) {
            Some((submission, called)) => self.ask_recommendation_before(submission, &called, next),
            None => self.go(next),
        }
    }

    fn go(&mut self, next: Option<AnswerId>) -> Vec<Effect> {
        match next {
            Some(next) => self.review(next),
            None if self.only_decides() => self.tell(Tone::Hint, "This is the last answer. M in the grid lays all side by side."),
            None => self.tell(Tone::Hint, "This is the last answer of the order. U goes to what is missing, S seals."),
        }
    }

    /// Whose answers are all rated, with no recommendation yet and nobody asked.
    fn to_recommend(&self, answer: AnswerId) -> Option<(SubmissionId, SafeText)> {
        let desk = self.desk.as_ref()?;
        let (submission, _) = desk.batch.answer(answer)?;
        let is_asked = self.not_now.contains(&submission.id) || desk.mine().recommendations.contains_key(&submission.id);
        if is_asked || self.may_not_conclude(submission.id).is_some() || !desk.is_all_rated(submission.id) {
            return None;
        }
        Some((submission.id, desk.called(submission.id)))
    }

    fn ask_recommendation_before(&mut self, submission: SubmissionId, called: &SafeText, next: Option<AnswerId>) -> Vec<Effect> {
        let recommendations = super::judging::RECOMMENDATIONS.iter().enumerate();
        // Enter pressed once too often says nothing about anybody.
        let later = Item::new("Later", "O asks again", Choice::No);
        let items = recommendations.map(|(nth, (_, words))| Item::new(*words, "", Choice::Nth(nth)));
        let items = [later].into_iter().chain(items).collect();
        let title = format!("All of {called} is rated: what do you recommend?");
        let lead = vec!["It seals nothing, and can be changed until you seal.".into()];
        let purpose = Purpose::RecommendBefore { submission, next };
        self.overlays.push(Overlay::Picker(Picker::new(&title, purpose, items).led_by(lead)));
        Vec::new()
    }

    /// What was asked before going on is answered, or left for later.
    pub(super) fn recommended_before(
        &mut self,
        submission: SubmissionId,
        chosen: Option<usize>,
        next: Option<AnswerId>,
    ) -> Vec<Effect> {
        self.not_now.insert(submission);
        let mut effects = chosen.map_or_else(Vec::new, |nth| self.recommend(submission, nth));
        let said = self.notice.take();
        effects.extend(self.go(next));
        if self.notice.is_none() || next.is_none() && said.is_some() {
            self.notice = said;
        }
        effects
    }

    /// Goes to a neighbour of the answer in some order; `else_say` where there is none.
    pub(super) fn step_candidate(&mut self, answer: AnswerId, action: Action) -> Vec<Effect> {
        let forward = action == Action::NextCandidate;
        let found = self.desk.as_ref().and_then(|desk| desk.same_question(answer, forward));
        match found {
            Some(next) => self.review(next),
            None if forward => self.tell(Tone::Hint, "This is the last candidate who answered this question."),
            None => self.tell(Tone::Hint, "This is the first candidate who answered this question."),
        }
    }
}

impl Desk {
    /// Whether every answer of a submission that is to be reviewed is rated by me.
    fn is_all_rated(&self, submission: SubmissionId) -> bool {
        let mut steps = self.plan.steps.iter().filter(|step| step.submission == submission).peekable();
        steps.peek().is_some() && steps.all(|step| matches!(self.rated(step.answer), (rated, of) if rated == of))
    }

    /// The answer to the same question that comes next, or before, in the order of hearing.
    fn same_question(&self, answer: AnswerId, forward: bool) -> Option<AnswerId> {
        let (_, given) = self.batch.answer(answer)?;
        let of: Vec<AnswerId> =
            self.plan.steps.iter().filter(|step| step.question == given.question).map(|step| step.answer).collect();
        let at = of.iter().position(|known| *known == answer)?;
        let to = if forward { at + 1 } else { at.checked_sub(1)? };
        of.get(to).copied()
    }
}

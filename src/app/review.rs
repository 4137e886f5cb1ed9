//! Review: one answer, its transcript and the rubric beside it.

use super::action::Action;
use super::cursor::Cursor;
use super::judging::{Focus, NO_RUBRIC};
use super::{App, Command, Desk, Effect, Screen, Slot, Tone};
use crate::interview::{AnswerId, CriterionId, Moment};
use crate::protocol::Gap;

/// What the Review screen remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// Which answer is reviewed.
    pub answer: AnswerId,
    /// Which criterion the next digit rates.
    pub cursor: Cursor,
    /// Which pane scrolls.
    pub pane: Pane,
    /// Whether the spoken word is kept in view.
    pub follow: bool,
    /// Lines that the focused pane is scrolled by, where it does not follow.
    pub scroll: [usize; 3],
}

/// The panes of Review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the panes' names")]
pub enum Pane {
    Rubric,
    Transcript,
    Notes,
}

impl Pane {
    const ALL: [Pane; 3] = [Pane::Rubric, Pane::Transcript, Pane::Notes];

    fn turn(self, by: usize) -> Self {
        Pane::ALL[(self as usize + by) % Pane::ALL.len()]
    }
}

impl Review {
    /// An answer that just came on screen.
    pub(super) fn of(answer: AnswerId, cursor: Cursor) -> Self {
        Review { answer, cursor, pane: Pane::Rubric, follow: true, scroll: [0; 3] }
    }

    /// Lines that a pane is scrolled by.
    pub fn scrolled(&self, pane: Pane) -> usize {
        self.scroll[pane as usize]
    }
}

/// Where work waits; where nothing does, the first of the order.
fn next_to_hear(desk: &Desk) -> Option<AnswerId> {
    desk.goes_on_at().or_else(|| desk.plan.steps.first().map(|step| step.answer))
}

impl App {
    /// Opens Review where work waits: on from the answer before, in a batch opened anew at the first that is not fully rated.
    pub(super) fn show_review(&mut self) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        match next_to_hear(desk) {
            Some(answer) => {
                let ahead = desk.was_ahead_of(answer);
                // On at the word, where one was in the midst of it.
                let at = desk.left_off(answer);
                let effects = self.review_at(answer, at);
                let is_free = self.overlays.is_empty() && self.notice.is_none();
                let said = ahead.or_else(|| at.map(|at| format!("On from {at}, where you were."))).filter(|_| is_free);
                if let Some(said) = said {
                    self.tell(Tone::Hint, said);
                }
                effects
            }
            None => self.tell(Tone::Hint, "There is no answer to review in this batch."),
        }
    }

    /// Opens Review at an answer, and plays it where that can be done.
    pub(super) fn review(&mut self, answer: AnswerId) -> Vec<Effect> {
        self.review_at(answer, None)
    }

    /// The same at a moment of it, or where it was left.
    pub(super) fn review_at(&mut self, answer: AnswerId, at: Option<Moment>) -> Vec<Effect> {
        let Some(desk) = &mut self.desk else { return Vec::new() };
        let Some((_, given)) = desk.batch.answer(answer) else { return Vec::new() };
        if !given.state.is_reviewable() {
            let why = super::batch::state_in_words(&given.state);
            return self.tell(Tone::Hint, format!("There is nothing to review here: {why}."));
        }
        (desk.reviewing, desk.has_begun) = (Some(answer), true);
        let cursor = Cursor::new(desk.first_unrated(answer).unwrap_or(0), self.now);
        self.search = None;
        let mut effects = self.paused();
        self.show(Screen::Review(Review::of(answer, cursor)));
        effects.extend(self.hear(Slot(0)));
        let is_loaded = self.deck.loaded(Slot(0)).answer() == Some(answer);
        effects.extend(self.load(Slot(0), answer, at.unwrap_or(Moment::START)));
        if let Some(at) = at.filter(|_| is_loaded) {
            effects.extend(self.seek(at));
        }
        self.tell_left_out(&[answer]);
        effects.extend(self.acknowledge_first());
        if self.overlays.is_empty() {
            effects.extend(self.begin(answer));
        }
        effects.extend(self.prefetch_after(answer));
        effects
    }

    /// Plays an answer that was opened, where it can be heard and the settings say so.
    pub(super) fn begin(&mut self, answer: AnswerId) -> Vec<Effect> {
        let is_heard = self.autoplay && self.desk.as_ref().is_some_and(|desk| desk.is_playable(answer));
        if is_heard { self.play() } else { Vec::new() }
    }

    /// What hearing begins with from the grid, so that it is there at once.
    pub(super) fn prefetch_first(&self) -> Option<Effect> {
        let desk = self.desk.as_ref().filter(|_| matches!(self.screen(), Screen::Batch(_)))?;
        let answer = next_to_hear(desk).filter(|answer| desk.is_playable(*answer))?;
        Some(Effect::Player(Command::Prefetch(vec![answer])))
    }

    /// What the keys for going on lead to, so that it is there at once.
    fn prefetch_after(&self, answer: AnswerId) -> Option<Effect> {
        let desk = self.desk.as_ref()?;
        let next = [desk.waiting_after(Some(answer)), desk.plan.after(answer).map(|step| step.answer)];
        let mut answers: Vec<AnswerId> = next.into_iter().flatten().filter(|next| *next != answer).collect();
        answers.dedup();
        answers.retain(|next| desk.is_playable(*next));
        (!answers.is_empty()).then_some(Effect::Player(Command::Prefetch(answers)))
    }

    pub(super) fn on_review(&mut self, action: Action) -> Vec<Effect> {
        let Screen::Review(review) = self.screen() else { return Vec::new() };
        let (answer, criterion) = (review.answer, review.cursor.criterion);
        if let Some(effects) = self.transport(action).or_else(|| self.seek_words(action)) {
            return effects;
        }
        let focus = Focus { answer, criterion, slot: Slot(0) };
        if let Some(effects) = self.judge(action, focus) {
            return effects;
        }
        match action {
            Action::Down => self.in_pane(1),
            Action::Up => self.in_pane(-1),
            Action::PageDown => self.in_pane(10),
            Action::PageUp => self.in_pane(-10),
            Action::NextCriterion => self.step_criterion(1),
            Action::PreviousCriterion => self.step_criterion(-1),
            Action::NextPane => self.turn_pane(1),
            Action::PreviousPane => self.turn_pane(2),
            Action::Follow => {
                self.with_review(|review| review.follow = !review.follow);
                self.tell_following()
            }
            // Who rates nothing hears with it what the selected value rests on, as side by side.
            Action::GoOn if self.only_decides() => self.play_evidence(focus),
            Action::GoOn => self.go_on(answer),
            Action::NextCandidate | Action::PreviousCandidate => self.step_candidate(answer, action),
            Action::NextAnswer => {
                let next = self.desk.as_ref().and_then(|desk| Some(desk.plan.after(answer)?.answer));
                self.leave_for(answer, next)
            }
            Action::PreviousAnswer => {
                self.go_to(|desk| desk.plan.before(answer).map(|step| step.answer), "This is the first answer of the order.")
            }
            Action::NextMissing => self.next_lack(Some(answer)),
            Action::NextQuestion => {
                self.go_to(|desk| desk.same_candidate(answer, 1), "This candidate gave no answer to a later question.")
            }
            Action::PreviousQuestion => {
                self.go_to(|desk| desk.same_candidate(answer, -1), "This candidate gave no answer to an earlier question.")
            }
            _ => Vec::new(),
        }
    }

    fn go_to(&mut self, find: impl Fn(&Desk) -> Option<AnswerId>, else_say: &str) -> Vec<Effect> {
        match self.desk.as_ref().and_then(find) {
            Some(answer) => self.review(answer),
            None => self.tell(Tone::Hint, else_say),
        }
    }

    /// Goes to the next answer after this one at which something is missing before the seal.
    pub(super) fn next_lack(&mut self, answer: Option<AnswerId>) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        if desk.rubric.is_none() {
            return self.tell(Tone::Hint, NO_RUBRIC);
        }
        match desk.lacking_after(answer).or_else(|| desk.lacking_from(answer)) {
            Some(answer) => self.go_to_lack(answer),
            None => self.tell(Tone::Hint, "Nothing is missing any more. S seals what is not sealed yet."),
        }
    }

    /// Opens Review at an answer, at what it lacks before the seal, and says what that is.
    pub(super) fn go_to_lack(&mut self, answer: AnswerId) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let gaps = desk.gaps_at(answer);
        let (unjudged, unheard) = desk.gaps_in_words(answer, &gaps);
        let at = |wanted: &CriterionId| desk.criteria(answer).iter().position(|criterion| criterion.id == *wanted);
        let unrated = gaps.iter().any(|gap| matches!(gap, Gap::Unrated { .. }));
        let unproven = gaps.iter().find_map(|gap| if let Gap::NoEvidence { criterion, .. } = gap { at(criterion) } else { None });
        let stale = gaps.iter().find_map(|gap| if let Gap::Stale { criterion, .. } = gap { at(criterion) } else { None });
        // Who has rated it all and heard too little hears on; an answer to be rated is heard from its start.
        let from = desk.first_unheard(answer).filter(|_| !unrated && unheard.is_some());
        let mut effects = self.review_at(answer, from);
        if let (false, Some(cursor)) = (unrated, self.cursor_mut()) {
            match (stale, unproven) {
                (Some(stale), _) => cursor.choose(stale),
                (None, Some(unproven)) => cursor.place(unproven),
                (None, None) => {}
            }
        }
        let missing: Vec<String> = [unjudged, unheard].into_iter().flatten().collect();
        if !missing.is_empty() {
            effects.extend(self.tell(Tone::Hint, format!("Missing here: {}.", missing.join("; "))));
        }
        effects
    }

    fn in_pane(&mut self, by: isize) -> Vec<Effect> {
        let Screen::Review(review) = self.screen() else { return Vec::new() };
        if review.pane == Pane::Rubric {
            return if by.abs() == 1 { self.step_criterion(by) } else { self.scroll_anchors(by.signum()) };
        }
        self.with_review(|review| {
            let lines = &mut review.scroll[review.pane as usize];
            *lines = lines.saturating_add_signed(by);
            review.follow &= review.pane != Pane::Transcript;
        })
    }

    /// Shows points of the criterion that did not fit, where it is that wordy and the window that small.
    pub(super) fn scroll_anchors(&mut self, by: isize) -> Vec<Effect> {
        let scale = self.desk.as_ref().and_then(|desk| desk.rubric.as_ref()).map(|rubric| &rubric.scale);
        let points = scale.map_or(0, |scale| usize::try_from(scale.max - scale.min).unwrap_or(0) + 1);
        self.with_review(|review| {
            let scrolled = &mut review.scroll[Pane::Rubric as usize];
            *scrolled = scrolled.saturating_add_signed(by).min(points);
        });
        self.tell(Tone::Hint, "Where not all points fit, this turns them; j and k go to another criterion.")
    }

    fn turn_pane(&mut self, by: usize) -> Vec<Effect> {
        self.with_review(|review| review.pane = review.pane.turn(by))
    }

    fn step_criterion(&mut self, by: isize) -> Vec<Effect> {
        let Screen::Review(review) = self.screen() else { return Vec::new() };
        let count = self.desk.as_ref().map_or(0, |desk| desk.criteria(review.answer).len());
        self.with_review(|review| {
            review.cursor.step(by, count);
            review.scroll[Pane::Rubric as usize] = 0;
        })
    }

    pub(super) fn with_review(&mut self, change: impl FnOnce(&mut Review)) -> Vec<Effect> {
        if let Some(Screen::Review(review)) = self.screens.last_mut() {
            change(review);
        }
        Vec::new()
    }
}

//! The criterion that the next digit is for, and whether a digit may be taken there.

use jiff::Timestamp;

use crate::interview::{AnswerId, Moment};

/// A digit in the first moments of an answer was meant for the one before.
const GUARD_MS: i64 = 2_000;

/// Digits that come this soon after one that was not taken belong to the same run, and are not taken either.
const RUN_MS: i64 = 1_000;

/// Where the next digit goes; the same in Review and Compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// Which criterion the next digit rates.
    pub criterion: usize,
    /// Whether a person put it there. Else it went there by itself, and a digit changes nothing that is rated.
    chosen: bool,
    /// The rating given last, as long as the cursor has only gone on by itself since.
    rated: Option<JustRated>,
    /// When its answer came on screen; none once it is plain that keys are meant for this answer.
    entered: Option<Timestamp>,
    /// When a digit was last not taken.
    dropped: Option<Timestamp>,
}

/// A rating that was given a moment ago.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct JustRated {
    pub answer: AnswerId,
    pub criterion: usize,
    /// How far the answer was heard by then.
    pub at: Moment,
}

impl Cursor {
    /// At a criterion of an answer that just came on screen.
    pub(super) fn new(criterion: usize, entered: Timestamp) -> Self {
        Cursor { criterion, chosen: false, rated: None, entered: Some(entered), dropped: None }
    }

    /// A person goes to a criterion: what is rated there may be changed.
    pub(super) fn choose(&mut self, criterion: usize) {
        *self = Cursor { criterion, chosen: true, rated: None, entered: None, dropped: None };
    }

    /// A person goes `by` criteria on among `count`.
    pub(super) fn step(&mut self, by: isize, count: usize) {
        self.choose(self.criterion.saturating_add_signed(by).min(count.saturating_sub(1)));
    }

    /// The cursor goes to a criterion by itself: what is rated there stays.
    pub(super) fn place(&mut self, criterion: usize) {
        *self = Cursor { criterion, chosen: false, rated: None, dropped: None, ..*self };
    }

    /// Another answer came under the keys at `now`, of which nothing was heard yet: what was typed for the one before is not for it.
    pub(super) fn enter(&mut self, now: Timestamp) {
        (self.entered, self.dropped) = (Some(now), None);
    }

    /// A rating was given, and the cursor goes on to `next`.
    pub(super) fn went_on(&mut self, rated: JustRated, next: usize) {
        self.place(next);
        self.rated = Some(rated);
        self.entered = None;
    }

    /// A person did what only this answer can be meant by: the next digit is for it too.
    pub(super) fn settle(&mut self) {
        (self.entered, self.dropped) = (None, None);
    }

    /// Whether a digit may change what is rated here.
    pub(super) fn may_change(&self) -> bool {
        self.chosen
    }

    /// The rating of `answer` that was given a moment ago.
    pub(super) fn just_rated(&self, answer: AnswerId) -> Option<JustRated> {
        self.rated.filter(|rated| rated.answer == answer)
    }

    /// Whether a digit at `now` was typed for the answer before; one that was is remembered, for the rest of its run.
    pub(super) fn drops(&mut self, now: Timestamp) -> bool {
        // A clock that was set back says nothing about the keys.
        let within = |then: Timestamp, ms| (0..ms).contains(&(now.as_millisecond() - then.as_millisecond()));
        let drops = match self.dropped {
            // Who waited after being told means this answer, also in its first moments.
            Some(then) => within(then, RUN_MS),
            None => self.entered.is_some_and(|entered| within(entered, GUARD_MS)),
        };
        if drops {
            self.dropped = Some(now);
        }
        drops
    }
}

//! Rating: what a digit, a half, a fault and taking back do, and where the cursor goes; the same in Review and Compare.

use super::cursor::{Cursor, JustRated};
use super::judging::Focus;
use super::overlay::Purpose;
use super::{App, Desk, Effect, Screen, Slot, Tone};
use crate::interview::{AnswerId, CriterionId};
use crate::journal::Act;
use crate::protocol::asks_reason;
use crate::rubric::{Observed, Point};
use crate::text::SafeText;

/// Why a value is not taken, and how loudly that is said.
pub(super) type Refusal = (Tone, String);

impl App {
    pub(super) fn rate_digit(&mut self, digit: u8, focus: Focus) -> Vec<Effect> {
        match self.scale().map_or(Some(Observed::NotObserved), |scale| scale.of_digit(digit)) {
            Some(observed) => self.rate_typed(observed, &digit.to_string(), focus),
            None => self.ask_value(&digit.to_string(), focus),
        }
    }

    /// Gives what was typed, unless it was typed too soon to be meant for this answer.
    pub(super) fn rate_typed(&mut self, observed: Observed, typed: &str, focus: Focus) -> Vec<Effect> {
        // What is refused anyway is refused for its own reason, also in an answer's first moments.
        match self.may_rate(observed, focus).and_then(|()| self.is_meant(typed, focus)) {
            Ok(None) => self.give(observed, focus),
            Ok(Some(effects)) => effects,
            Err((tone, why)) => self.tell(tone, why),
        }
    }

    /// Whether a rating is meant for the answer on screen, and nothing comes before it; else what does.
    pub(super) fn is_meant(&mut self, typed: &str, focus: Focus) -> Result<Option<Vec<Effect>>, Refusal> {
        if self.acknowledges() {
            return Ok(Some(self.acknowledge_first()));
        }
        if let Some(effects) = self.calibrate_first(focus.answer) {
            return Ok(Some(effects));
        }
        let now = self.now;
        match self.cursor_mut().is_some_and(|cursor| cursor.drops(now)) {
            true => Err((Tone::Trouble, format!("{typed} was not taken: this answer has just begun. Wait two seconds."))),
            false => Ok(None),
        }
    }

    /// Gives a value to the focused criterion and goes to the next one.
    pub(super) fn rate(&mut self, observed: Observed, focus: Focus) -> Vec<Effect> {
        match self.may_rate(observed, focus) {
            Err((tone, why)) => self.tell(tone, why),
            Ok(()) => self.give(observed, focus),
        }
    }

    fn may_rate(&self, observed: Observed, focus: Focus) -> Result<(), Refusal> {
        self.can_be_rated(focus)?;
        if let (Observed::Point(point), Some(scale)) = (observed, self.scale())
            && !scale.allows(point)
        {
            return Err((Tone::Hint, format!("{point} is not on the scale of {} to {}.", scale.min, scale.max)));
        }
        // A run of digits that is one too long must not change what stands.
        let adds_half =
            matches!(observed, Observed::Point(point) if point.is_half()) && self.just_rated(focus) == Some(focus.criterion);
        if adds_half { Ok(()) } else { self.is_free(focus) }
    }

    /// Whether there is something to rate, by whom.
    pub(super) fn can_be_rated(&self, focus: Focus) -> Result<(), Refusal> {
        let hint = |why: &str| Err((Tone::Hint, why.to_owned()));
        if let Some(refusal) = self.may_not_judge(focus.answer) {
            return hint(&refusal);
        }
        let Some(desk) = &self.desk else { return hint("No batch is open.") };
        match desk.rubric.as_ref().and(desk.criteria(focus.answer).get(focus.criterion)) {
            Some(_) => Ok(()),
            None => hint("The attached rubric does not score this question: there is nothing to rate."),
        }
    }

    /// Whether the criterion has no rating yet, or was chosen to change it.
    pub(super) fn is_free(&self, focus: Focus) -> Result<(), Refusal> {
        let Some(desk) = self.desk.as_ref().filter(|_| !self.cursor().is_none_or(Cursor::may_change)) else { return Ok(()) };
        let Some(criterion) = desk.criteria(focus.answer).get(focus.criterion) else { return Ok(()) };
        match desk.my_rating(focus.answer, &criterion.id) {
            Some(given) => {
                let (name, given) = (criterion.name.fit(28), in_words(given));
                Err((Tone::Trouble, format!("Not taken: {name} is rated {given}. j and k choose what to change.")))
            }
            None => Ok(()),
        }
    }

    fn give(&mut self, observed: Observed, focus: Focus) -> Vec<Effect> {
        let Some((criterion, name)) = self.criterion_at(focus) else { return Vec::new() };
        self.change(focus.answer, criterion, &name, Some(observed))
    }

    /// Gives a value or takes it back, and asks why first where the protocol does.
    fn change(&mut self, answer: AnswerId, criterion: CriterionId, name: &SafeText, to: Option<Observed>) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let before = desk.my_rating(answer, &criterion);
        if asks_reason(&desk.rules, desk.mine(), before, to) {
            let asked = if to.is_some() { "changed" } else { "taken back" };
            let purpose = Purpose::ChangeReason { answer, criterion, observed: to };
            return self.ask_text(answer, &format!("Why is {name} {asked}?"), purpose, false);
        }
        self.write_change(answer, criterion, to, None)
    }

    /// Writes a value, or that it is taken back, with the reason where one was asked for.
    pub(super) fn write_change(
        &mut self,
        answer: AnswerId,
        criterion: CriterionId,
        to: Option<Observed>,
        reason: Option<SafeText>,
    ) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let index = desk.criteria(answer).iter().position(|known| known.id == criterion);
        let revision = desk.revision(answer);
        let Some(observed) = to else {
            let effects = self.write_about(answer, Act::Cleared { answer, criterion, reason });
            if let (Some(index), Some(cursor)) = (index, self.cursor_mut()) {
                cursor.choose(index);
            }
            return effects;
        };
        let effects = self.write_about(answer, Act::Rated { answer, revision, criterion, observed, reason });
        if let Some(index) = index {
            self.go_on_after(answer, index);
        }
        effects
    }

    /// Goes to the next criterion without a rating; behind the last one it stays and says what is left.
    fn go_on_after(&mut self, answer: AnswerId, index: usize) {
        let Some(desk) = &self.desk else { return };
        let at = self.deck.slot_of(answer).map(|slot| self.deck.at(slot)).unwrap_or_default();
        let next = desk.unrated_after(answer, index);
        let left = desk.first_unrated(answer).and_then(|left| Some(desk.criteria(answer).get(left)?.name.clone()));
        if let Some(cursor) = self.cursor_mut() {
            cursor.went_on(JustRated { answer, criterion: index, at }, next.unwrap_or(index));
        }
        let words = match (next, left) {
            (Some(_), _) => return,
            (None, Some(left)) => format!("Still to rate: {left}."),
            (None, None) => self.all_is_rated(answer),
        };
        self.tell(Tone::Done, words);
    }

    /// What is said behind the last rating of an answer: what it still lacks, else where to go on.
    fn all_is_rated(&self, answer: AnswerId) -> String {
        let Some(desk) = &self.desk else { return String::new() };
        let what = match self.screen() {
            Screen::Compare(compare) => format!("All of {} is rated", Slot(compare.focus as u8).letter()),
            _ => "All is rated here".to_owned(),
        };
        let unproven: Vec<String> = desk.unproven(answer).iter().map(|name| name.fit(28).to_string()).collect();
        match (unproven.as_slice(), self.screen()) {
            ([], Screen::Compare(compare)) => {
                let is_open = |nth: &usize| {
                    let answer = compare.columns[*nth].answer;
                    answer.is_some_and(|answer| matches!(desk.rated(answer), (rated, of) if rated < of) && !desk.is_sealed(answer))
                };
                let count = compare.columns.len();
                match (1..count).map(|step| (compare.focus + step) % count).find(is_open) {
                    Some(next) => format!("{what}. {} is not yet: tab hears the next column.", Slot(next as u8).letter()),
                    None => "All columns are rated. > compares the next question, g shows the grid.".to_owned(),
                }
            }
            ([], _) => format!("{what}. n goes to the next answer; j and k choose what to change."),
            ([one], _) => format!("{what}. {one} needs evidence: j or k to it, then e."),
            (several, _) => format!("{what}. {} ratings need evidence (e): {}.", several.len(), several.join(", ")),
        }
    }

    /// Says of whom a rating is not asked: it is kept, and counts nowhere.
    pub(super) fn tell_left_out(&mut self, answers: &[AnswerId]) {
        let Some(desk) = &self.desk else { return };
        let why = answers.iter().find_map(|answer| {
            let (submission, _) = desk.batch.answer(*answer)?;
            Some((submission.id, desk.why_left_out(*answer)?))
        });
        if let Some((submission, why)) = why {
            let words = format!("{}: {why}. No rating is asked for.", desk.called(submission));
            self.tell(Tone::Hint, words);
        }
    }

    /// Half a point more for the rating just given, else for the criterion that was chosen.
    pub(super) fn half_up(&mut self, focus: Focus) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_judge(focus.answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let criterion = self.just_rated(focus).unwrap_or(focus.criterion);
        let rated = desk.criteria(focus.answer).get(criterion).and_then(|known| desk.my_rating(focus.answer, &known.id));
        match rated {
            Some(Observed::Point(point)) if !point.is_half() => {
                let half = Observed::Point(Point::halves((point.value() * 2.0) as i16 + 1));
                self.rate(half, Focus { criterion, ..focus })
            }
            _ => self.tell(Tone::Hint, "Give a whole point first; then half a point can be added."),
        }
    }

    pub(super) fn clear_rating(&mut self, focus: Focus) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_judge(focus.answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let rated = self
            .criterion_at(focus)
            .filter(|(id, _)| self.desk.as_ref().is_some_and(|desk| desk.my_rating(focus.answer, id).is_some()));
        match rated {
            Some((criterion, name)) => self.change(focus.answer, criterion, &name, None),
            None => self.tell(Tone::Hint, "There is no rating to take back."),
        }
    }

    /// The last digit that gives a point on the scale, or begins one; none while nothing is rated.
    pub fn last_digit(&self) -> Option<u8> {
        let scale = self.scale()?;
        Some(if scale.is_by_digits() { u8::try_from(scale.max).unwrap_or(9) } else { 9 })
    }

    /// The criterion of a focus, and its name.
    pub(super) fn criterion_at(&self, focus: Focus) -> Option<(CriterionId, SafeText)> {
        let criterion = self.desk.as_ref()?.criteria(focus.answer).get(focus.criterion)?;
        Some((criterion.id.clone(), criterion.name.clone()))
    }

    /// The criterion that was rated a moment ago, with the cursor gone on by itself.
    pub(super) fn just_rated(&self, focus: Focus) -> Option<usize> {
        Some(self.cursor()?.just_rated(focus.answer)?.criterion)
    }

    /// The criterion that evidence is for: of what was said before a rating, the one just rated; else the one in focus.
    pub(super) fn evidence_criterion(&self, focus: Focus) -> usize {
        let rated = self.cursor().and_then(|cursor| cursor.just_rated(focus.answer));
        let said = self.desk.as_ref().map(|desk| desk.last_said(focus.answer, self.deck.at(focus.slot)).0);
        match (rated, said) {
            (Some(rated), Some(said)) if said.start <= rated.at => rated.criterion,
            _ => focus.criterion,
        }
    }

    /// The criterion that evidence would be for now, where that is not the one that the next digit rates.
    pub fn evidence_elsewhere(&self) -> Option<usize> {
        let (answer, slot) = match self.screen() {
            Screen::Review(review) => (review.answer, Slot(0)),
            Screen::Compare(compare) => (compare.focused_answer()?, Slot(compare.focus as u8)),
            _ => return None,
        };
        let criterion = self.cursor()?.criterion;
        let meant = self.evidence_criterion(Focus { answer, criterion, slot });
        (meant != criterion).then_some(meant)
    }

    pub(super) fn cursor(&self) -> Option<&Cursor> {
        match self.screen() {
            Screen::Review(review) => Some(&review.cursor),
            Screen::Compare(compare) => Some(&compare.cursor),
            _ => None,
        }
    }

    pub(super) fn cursor_mut(&mut self) -> Option<&mut Cursor> {
        match self.screens.last_mut() {
            Some(Screen::Review(review)) => Some(&mut review.cursor),
            Some(Screen::Compare(compare)) => Some(&mut compare.cursor),
            _ => None,
        }
    }
}

impl Desk {
    /// The first criterion of an answer that is not rated.
    pub(super) fn first_unrated(&self, answer: AnswerId) -> Option<usize> {
        self.criteria(answer).iter().position(|criterion| self.my_rating(answer, &criterion.id).is_none())
    }

    /// The first criterion behind `index` that is not rated.
    pub(super) fn unrated_after(&self, answer: AnswerId, index: usize) -> Option<usize> {
        let mut behind = self.criteria(answer).iter().enumerate().skip(index + 1);
        behind.find(|(_, criterion)| self.my_rating(answer, &criterion.id).is_none()).map(|(index, _)| index)
    }
}

/// A value as it is said.
pub(super) fn in_words(observed: Observed) -> String {
    match observed {
        Observed::Point(point) => point.to_string(),
        Observed::NotObserved => "not observed".to_owned(),
        Observed::TechnicalFault => "a technical fault".to_owned(),
    }
}

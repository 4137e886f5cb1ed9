//! Skimming: one key walks through an answer. Before the reveal through literal hits and sentence starts in the order of time, after it
//! through the passages that matter most for a criterion. What is skipped over is not heard.

use std::ops::Range;

use super::{App, Effect, Screen, Skim, Tone};
use crate::interview::{AnswerId, CriterionId, Moment};
use crate::scorer::{Stop, Stopping};

/// Where one is who skims.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Skimming {
    answer: AnswerId,
    /// Of which criterion the passages are; none for facts.
    criterion: Option<CriterionId>,
    /// Which of the places.
    nth: usize,
    /// Its words, which are lit.
    words: Vec<Range<usize>>,
}

/// A place this close behind the ear is where one is, in ms.
const HERE_MS: i64 = 300;

impl App {
    /// The words of the place that one skimmed to, while it is on screen.
    pub(super) fn skimmed(&self, answer: AnswerId) -> &[Range<usize>] {
        self.skimming.as_ref().filter(|skimming| skimming.answer == answer).map_or(&[], |skimming| &skimming.words)
    }

    /// Goes to the next place, or to the one before.
    pub(super) fn skim(&mut self, forward: bool) -> Vec<Effect> {
        let Some(answer) = self.answer_with_keys() else { return Vec::new() };
        let criterion = self.criterion_at_hand(answer);
        let Some(skim) = self.desk.as_ref().and_then(|desk| desk.skim(answer, criterion.as_ref())) else {
            let why = match self.desk.as_ref().is_some_and(|desk| desk.is_written(answer)) {
                true => "A written answer is read, not skimmed.",
                false => "There is nothing to skim by: this answer has no transcript with times.",
            };
            return self.tell(Tone::Hint, why);
        };
        let criterion = criterion.filter(|_| matches!(skim, Skim::Passages(_)));
        let count = skim.stops().len();
        if count == 0 {
            let why = if criterion.is_some() {
                "No passage speaks of this criterion in the rubric's words."
            } else {
                "Nothing was said."
            };
            return self.tell(Tone::Hint, why);
        }
        let Some(nth) = self.next_place(answer, criterion.as_ref(), &skim, forward) else {
            let end = if forward { "That was the last place to skim to." } else { "That was the first place to skim to." };
            return self.tell(Tone::Hint, end);
        };
        let mut effects = self.seen_first(answer, &skim);
        let stop = &skim.stops()[nth];
        let said = format!("{} of {count} · {}", nth + 1, self.stop_in_words(answer, stop));
        self.skimming = Some(Skimming { answer, criterion, nth, words: vec![stop.words.clone()] });
        self.tell(Tone::Hint, said);
        match self.screens.last_mut() {
            Some(Screen::Review(review)) => review.follow = true,
            Some(Screen::Compare(compare)) => compare.follow = true,
            _ => {}
        }
        effects.extend(self.seek(stop.at));
        effects
    }

    /// Facts lie in time, from where the ear is; passages in the order of what they are worth, from the one that was shown last.
    fn next_place(&self, answer: AnswerId, criterion: Option<&CriterionId>, skim: &Skim, forward: bool) -> Option<usize> {
        let stops = skim.stops();
        if criterion.is_some() {
            let at = self.skimming.as_ref().filter(|at| at.answer == answer && at.criterion.as_ref() == criterion).map(|at| at.nth);
            return match (at, forward) {
                (None, _) => Some(0),
                (Some(at), true) => Some(at + 1).filter(|next| *next < stops.len()),
                (Some(at), false) => at.checked_sub(1),
            };
        }
        let ear = self.deck.at(self.deck.active);
        match forward {
            true => stops.iter().position(|stop| stop.at > ear && is_apart(stop, ear)),
            false => stops.iter().rposition(|stop| stop.at < ear && is_apart(stop, ear)),
        }
    }

    /// Passages are chosen by a machine: the journal says when they were first seen.
    fn seen_first(&mut self, answer: AnswerId, skim: &Skim) -> Vec<Effect> {
        let Some(desk) = self.desk.as_ref().filter(|_| !self.read_only) else { return Vec::new() };
        let acts = desk.first_seen(desk.skim_statement(answer, skim));
        self.write_all(acts)
    }

    fn stop_in_words(&self, answer: AnswerId, stop: &Stop) -> String {
        let name = |id: &CriterionId| {
            let criteria = self.desk.as_ref().map_or(&[][..], |desk| desk.criteria(answer));
            criteria
                .iter()
                .find(|criterion| criterion.id == *id)
                .map_or_else(|| id.to_string(), |criterion| criterion.name.to_string())
        };
        match &stop.what {
            Stopping::Sentence => format!("a sentence begins at {}", stop.at),
            Stopping::Hit(criterion) => format!("the rubric's words for {} at {}", name(criterion), stop.at),
            Stopping::Passage { criterion, named, .. } => {
                let things = if *named == 1 { "1 thing".to_owned() } else { format!("{named} things") };
                format!("a machine's choice for {}: {things} to look for at {}", name(criterion), stop.at)
            }
        }
    }

    /// The criterion that the next digit rates.
    fn criterion_at_hand(&self, answer: AnswerId) -> Option<CriterionId> {
        let nth = match self.screen() {
            Screen::Review(review) => review.cursor.criterion,
            Screen::Compare(compare) => compare.cursor.criterion,
            _ => return None,
        };
        self.desk.as_ref()?.criteria(answer).get(nth).map(|criterion| criterion.id.clone())
    }
}

fn is_apart(stop: &Stop, ear: Moment) -> bool {
    (i64::from(stop.at.0) - i64::from(ear.0)).abs() > HERE_MS
}

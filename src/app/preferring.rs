//! Preferring: which of two answers side by side is the better one on a criterion, or that they are about the same.

use super::{App, Desk, Effect, Screen, Slot, Tone};
use crate::interview::{AnswerId, CriterionId, EventId, QuestionId};
use crate::journal::{Act, Outcome};
use crate::text::SafeText;

/// Two columns and what they are compared on; the one further left is called A.
struct Pair {
    question: QuestionId,
    criterion: CriterionId,
    name: SafeText,
    columns: [usize; 2],
    answers: [AnswerId; 2],
}

impl App {
    /// Says that the focused column is the better one.
    pub(super) fn prefer(&mut self) -> Vec<Effect> {
        let Screen::Compare(compare) = self.screen() else { return Vec::new() };
        let focus = compare.focus;
        self.compared_as(|pair| if pair.columns[0] == focus { Outcome::A } else { Outcome::B })
    }

    /// Says that the focused column and the one heard before are about the same.
    pub(super) fn find_same(&mut self) -> Vec<Effect> {
        self.compared_as(|_| Outcome::Tie)
    }

    fn compared_as(&mut self, outcome: impl Fn(&Pair) -> Outcome) -> Vec<Effect> {
        let pair = match self.pair() {
            Ok(pair) => pair,
            Err(why) => return self.tell(Tone::Hint, why),
        };
        if self.acknowledges() {
            return self.acknowledge_first();
        }
        let (outcome, [a, b]) = (outcome(&pair), pair.answers);
        let said = format!("{}: {}", pair.name.fit(40), outcome_in_words(outcome, pair.columns));
        if self.desk.as_ref().is_some_and(|desk| desk.compared(&pair.criterion, a, b) == Some(outcome)) {
            return self.tell(Tone::Hint, format!("{said}. That is said already; u takes it back."));
        }
        let act = Act::Compared { question: pair.question, criterion: pair.criterion, a, b, outcome };
        let effects = self.write_about(a, act);
        self.tell(Tone::Done, format!("{said}."));
        effects
    }

    /// Takes back what was said of the focused column and the one heard before, however often it was said.
    pub(super) fn clear_comparison(&mut self) -> Vec<Effect> {
        let pair = match self.pair() {
            Ok(pair) => pair,
            Err(why) => return self.tell(Tone::Hint, why),
        };
        let [a, b] = pair.answers;
        let said = self.desk.as_ref().map(|desk| desk.comparisons_of(&pair.criterion, a, b)).unwrap_or_default();
        if said.is_empty() {
            return self.tell(Tone::Hint, "These two are not compared on this criterion yet.");
        }
        let effects = said.into_iter().flat_map(|event| self.write_about(a, Act::Undone { event })).collect();
        self.tell(Tone::Done, format!("{}: no longer compared. Ctrl-R brings it back.", pair.name.fit(40)));
        effects
    }

    /// The two columns that the next comparison is about, or why there is none.
    fn pair(&self) -> Result<Pair, String> {
        let (Screen::Compare(compare), Some(desk)) = (self.screen(), &self.desk) else { return Err(String::new()) };
        let rival = compare.rival().ok_or("Only one of these candidates answered this question: there is nothing to compare.")?;
        let columns = [compare.focus.min(rival), compare.focus.max(rival)];
        let answer = |nth: usize| compare.columns[nth].answer.ok_or_else(String::new);
        let answers = [answer(columns[0])?, answer(columns[1])?];
        if let Some(nth) = columns.iter().zip(answers).find_map(|(nth, answer)| desk.is_sealed(answer).then_some(*nth)) {
            let letter = Slot(nth as u8).letter();
            return Err(format!("{letter} is sealed: R in the grid opens it again, with a reason."));
        }
        if let Some(why) = self.may_not_judge(answers[0]) {
            return Err(why.to_owned());
        }
        // As evidence, it belongs to the rating just given, from which the cursor has gone on by itself.
        let rated = compare.focused_answer().and_then(|answer| compare.cursor.just_rated(answer));
        let at = rated.map_or(compare.cursor.criterion, |rated| rated.criterion);
        let criterion = desk.criteria_of(&compare.question).get(at);
        let criterion = criterion.ok_or("The attached rubric does not score this question: there is nothing to compare by.")?;
        let (name, criterion) = (criterion.name.clone(), criterion.id.clone());
        Ok(Pair { question: compare.question.clone(), criterion, name, columns, answers })
    }
}

impl Desk {
    /// What I said of two answers on a criterion, with the first called A; none where I did not compare them.
    pub fn compared(&self, criterion: &CriterionId, a: AnswerId, b: AnswerId) -> Option<Outcome> {
        self.mine().comparison(criterion, a, b).map(|comparison| comparison.seen_from(a))
    }

    /// What others said of them, as far as it may be seen.
    pub fn others_compared(&self, criterion: &CriterionId, a: AnswerId, b: AnswerId) -> Vec<Outcome> {
        self.sight.theirs().filter_map(|(_, work)| Some(work.comparison(criterion, a, b)?.seen_from(a))).collect()
    }

    /// The acts of mine by which two answers were compared on a criterion and that still stand.
    pub fn comparisons_of(&self, criterion: &CriterionId, a: AnswerId, b: AnswerId) -> Vec<EventId> {
        let is_meant = |act: &Act| match act {
            Act::Compared { criterion: of, a: one, b: other, .. } => of == criterion && [(a, b), (b, a)].contains(&(*one, *other)),
            _ => false,
        };
        let mine = |event: &&crate::journal::Event| event.header.author == self.sight.viewer() && is_meant(&event.act);
        crate::journal::standing(&self.entries).into_iter().filter(mine).map(crate::journal::Event::id).collect()
    }
}

/// What is said of two columns, by their letters.
fn outcome_in_words(outcome: Outcome, columns: [usize; 2]) -> String {
    let [a, b] = columns.map(|nth| Slot(nth as u8).letter());
    match outcome {
        Outcome::A => format!("{a} over {b}"),
        Outcome::B => format!("{b} over {a}"),
        Outcome::Tie => format!("{a} and {b} about the same"),
    }
}

/// The same in three signs: `A>B`, `A=B`.
pub fn outcome_in_signs(outcome: Outcome, columns: [usize; 2]) -> String {
    let [a, b] = columns.map(|nth| Slot(nth as u8).letter());
    match outcome {
        Outcome::A => format!("{a}>{b}"),
        Outcome::B => format!("{b}>{a}"),
        Outcome::Tie => format!("{a}={b}"),
    }
}

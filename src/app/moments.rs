//! Going from moment to moment: the evidence that was marked, one's own and what may be seen of others'.

use super::desk::overall::Line;
use super::judging::Focus;
use super::{App, Effect, Screen, Tone};
use crate::interview::{AnswerId, CriterionId, Span};

/// The moment that was gone to last: where stretches overlap, the ear does not tell at which of them it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct GoneTo {
    answer: AnswerId,
    span: Span,
}

/// What plays has gone on since it was sent to a moment: so far beside it one is still at it, in ms.
const WITHIN_MS: i64 = 1_000;

impl App {
    /// Goes to the evidence after, or before, the moment where the ear is. Who judges nothing hears it and no more.
    pub(super) fn seek_evidence(&mut self, forward: bool) -> Vec<Effect> {
        let at = self.deck.at(self.deck.active);
        let Some((desk, answer)) = self.desk.as_ref().zip(self.deck.answer()) else {
            return self.tell(Tone::Hint, "There is nothing to hear here.");
        };
        let mut all = desk.moments(answer);
        all.dedup_by_key(|(_, evidence)| evidence.span);
        let is_here = |span: Span| span.start.shifted(-WITHIN_MS) <= at && at <= span.end.shifted(WITHIN_MS);
        let here = self.gone_to.filter(|gone| gone.answer == answer && is_here(gone.span));
        let here = here.and_then(|gone| all.iter().position(|(_, evidence)| evidence.span == gone.span));
        let nth = match (here, forward) {
            (Some(here), true) => Some(here + 1),
            (Some(here), false) => here.checked_sub(1),
            (None, true) => all.iter().position(|(_, evidence)| evidence.span.start > at),
            (None, false) => all.iter().rposition(|(_, evidence)| evidence.span.start.shifted(WITHIN_MS) < at),
        };
        let Some((who, evidence)) = nth.and_then(|nth| all.get(nth).copied()) else {
            let none = match all.is_empty() {
                true => self.no_evidence("No evidence is marked here yet: e marks it."),
                false => "There is no more evidence that way.",
            };
            return self.tell(Tone::Hint, none);
        };
        let criteria = desk.criteria(answer).iter().enumerate().filter(|(_, known)| evidence.criteria.contains(&known.id));
        let names: Vec<&str> = criteria.clone().map(|(_, criterion)| criterion.name.as_str()).collect();
        let by = if who == desk.me() { String::new() } else { format!(" ({})", desk.person(who)) };
        // Of a written answer it counts characters: there is no moment.
        let is_recording = desk.batch.answer(answer).is_some_and(|(_, given)| given.kind.is_recording());
        let at = if is_recording { format!(" at {}", evidence.span.start) } else { String::new() };
        let said = format!("Evidence for {}{at}{by}.", names.join(", "));
        let (span, of): (Span, Vec<usize>) = (evidence.span, criteria.map(|(nth, _)| nth).collect());
        let effects = self.go_to_moment_of(answer, span, &of);
        self.tell(Tone::Hint, said);
        effects
    }

    /// Plays just the evidence for the criterion in focus: of one's own what was marked last, of others' one after the other.
    pub(super) fn play_evidence(&mut self, focus: Focus) -> Vec<Effect> {
        let focus = Focus { criterion: self.evidence_criterion(focus), ..focus };
        let Some(((criterion, _), desk)) = self.criterion_at(focus).zip(self.desk.as_ref()) else {
            return self.tell(Tone::Hint, self.no_evidence("No evidence is marked for this criterion yet: e marks it."));
        };
        let own = desk.my_evidence(focus.answer, &criterion).last().map(|evidence| evidence.span);
        let seen = desk.spans_seen(focus.answer, &criterion);
        let gone = self.gone_to.filter(|gone| gone.answer == focus.answer);
        let next = gone.and_then(|gone| seen.iter().position(|span| *span == gone.span)).map_or(0, |at| (at + 1) % seen.len());
        match own.or_else(|| seen.get(next).copied()) {
            Some(span) => {
                self.gone_to = Some(GoneTo { answer: focus.answer, span });
                self.play_only(span)
            }
            None => self.tell(Tone::Hint, self.no_evidence("No evidence is marked for this criterion yet: e marks it.")),
        }
    }

    /// Opens the answer of the selected cell at the first of its evidence, and plays that; without any, from its start.
    pub(super) fn hear_cell(&mut self) -> Vec<Effect> {
        let Some((answer, criterion)) = self.cell_at_hand() else {
            return self.tell(Tone::Hint, "There is no answer to hear behind this.");
        };
        let Some(desk) = &self.desk else { return Vec::new() };
        let nth = desk.criteria(answer).iter().position(|known| known.id == criterion);
        let (marked, moments) = (desk.evidence_seen(answer, &criterion), desk.spans_seen(answer, &criterion));
        let more = marked
            .first()
            .filter(|_| moments.len() > 1)
            .map(|(who, _)| format!("The first of {} moments ({}): z goes to the next, Z back.", moments.len(), desk.person(*who)));
        // Of a written answer it counts characters: there is no moment, and nothing plays.
        let is_recording = desk.batch.answer(answer).is_some_and(|(_, given)| given.kind.is_recording());
        let span = desk.evidence_span(answer, &criterion).filter(|_| is_recording);
        let mut effects = self.review_at(answer, span.map(|span| span.start));
        if !matches!(self.screen(), Screen::Review(_)) {
            return effects;
        }
        if let (Some(nth), Some(cursor)) = (nth, self.cursor_mut()) {
            cursor.place(nth);
        }
        match span {
            Some(span) if self.overlays.is_empty() => {
                effects.extend(self.play());
                self.deck.until = Some(span.end);
                self.gone_to = Some(GoneTo { answer, span });
                more.map(|more| self.tell(Tone::Hint, more));
            }
            Some(_) => {}
            None if is_recording => {
                self.tell(Tone::Hint, "No evidence was marked for this value: it is heard from its start.");
            }
            None => {}
        }
        effects
    }

    /// The answer and the criterion of the selected cell; none where it concludes a scorecard, or no answer was given.
    fn cell_at_hand(&self) -> Option<(AnswerId, CriterionId)> {
        let Screen::Compare(compare) = self.screen() else { return None };
        let side = compare.overall.as_ref()?;
        let row = side.laid.rows.get(side.row)?;
        let answer = row.cells.get(side.column)?.answer?;
        let Line::Criterion { criterion, .. } = &row.line else { return None };
        Some((answer, criterion.clone()))
    }

    /// Goes to a moment, which is for these criteria. Who only hears has it played, and its criterion selected.
    fn go_to_moment_of(&mut self, answer: AnswerId, span: Span, criteria: &[usize]) -> Vec<Effect> {
        self.gone_to = Some(GoneTo { answer, span });
        if !self.only_decides() {
            return self.seek(span.start);
        }
        let selected = self.cursor().map(|cursor| cursor.criterion);
        if let (Some(first), Some(cursor), false) =
            (criteria.first(), self.cursor_mut(), selected.is_some_and(|nth| criteria.contains(&nth)))
        {
            cursor.place(*first);
        }
        self.play_only(span)
    }

    /// What is said where no evidence is: who judges nothing is not told a key that marks it.
    fn no_evidence(&self, else_say: &'static str) -> &'static str {
        if self.only_decides() { "The reviewers marked no evidence here." } else { else_say }
    }
}

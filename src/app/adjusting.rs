//! Evidence by the word: where it begins and where it ends, before it is marked and after.

use super::action::Action;
use super::judging::Focus;
use super::{App, Effect, Screen, Slot, Tone};
use crate::interview::{AnswerId, CriterionId, Moment, Span};
use crate::journal::Act;
use crate::scorecard::Evidence;
use crate::text::{SafeText, width};

/// A stretch that keys have moved the ends of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Picked {
    answer: AnswerId,
    span: Span,
    /// Where the ear was then.
    at: Moment,
}

/// How many words on an action moves the beginning and the end; none where it moves neither.
fn ends(action: Action) -> Option<(isize, isize)> {
    match action {
        Action::EvidenceStartBack => Some((-1, 0)),
        Action::EvidenceStartOn => Some((1, 0)),
        Action::EvidenceEndBack => Some((0, -1)),
        Action::EvidenceEndOn => Some((0, 1)),
        _ => None,
    }
}

impl App {
    /// Moves an end of the evidence marked last for the criterion, or of what would be marked now; none where the action moves
    /// neither.
    pub(super) fn adjust(&mut self, action: Action, focus: Focus) -> Option<Vec<Effect>> {
        let (start, end) = ends(action)?;
        if let Some(refusal) = self.may_not_judge(focus.answer) {
            return Some(self.tell(Tone::Hint, refusal));
        }
        let focus = Focus { criterion: self.evidence_criterion(focus), ..focus };
        let Some((criterion, name)) = self.criterion_at(focus) else {
            return Some(self.tell(Tone::Hint, "The attached rubric does not score this question."));
        };
        let Some(before) = self.stretch(focus, &criterion) else {
            let refusal = self.nothing_said(focus).unwrap_or("There is nothing to mark here.");
            return Some(self.tell(Tone::Hint, refusal));
        };
        let moved = self.desk.as_ref().and_then(|desk| desk.moved(focus.answer, before, start, end));
        let Some((span, quote)) = moved else {
            let words = if start + end < 0 && start != 0 || end > 0 { "There is nothing beyond." } else { "A word is the least." };
            return Some(self.tell(Tone::Hint, words));
        };
        self.picked = Some(Picked { answer: focus.answer, span, at: self.deck.at(focus.slot) });
        Some(match self.marked(focus.answer, &criterion, before) {
            Some(old) => self.mark_anew(&old, span, quote, &name),
            None => {
                let key = "e marks it";
                let said = in_a_row(span, &quote, 76 - key.len());
                self.tell(Tone::Hint, format!("{said} · {key}"))
            }
        })
    }

    /// The stretch that moving an end is about.
    fn stretch(&self, focus: Focus, criterion: &CriterionId) -> Option<Span> {
        if let Some(picked) = self.picked_at(focus) {
            return Some(picked);
        }
        let near = self.would_mark(focus);
        let desk = self.desk.as_ref()?;
        let marked = desk.my_evidence(focus.answer, criterion).last().map(|evidence| evidence.span);
        let is_recording = desk.batch.answer(focus.answer)?.1.kind.is_recording();
        match (marked, &near) {
            (Some(marked), Some((near, _))) if overlap(marked, *near) => Some(marked),
            // Of a written answer what was marked last is meant: no ear goes on.
            (Some(marked), None) if !is_recording => Some(marked),
            _ => near.map(|(span, _)| span),
        }
    }

    /// The stretch whose ends were moved, while one is still at it: nothing else was said since.
    pub(super) fn picked_at(&self, focus: Focus) -> Option<Span> {
        let picked = self.picked.filter(|picked| picked.answer == focus.answer)?;
        let at = self.deck.at(focus.slot);
        let near = self.would_mark(focus).is_some_and(|(near, _)| overlap(near, picked.span));
        (picked.at == at || near).then_some(picked.span)
    }

    /// The stretch on screen whose ends were moved and that is not marked yet: it is lit.
    pub fn picked(&self, answer: AnswerId) -> Option<Span> {
        let slot = self.deck.slot_of(answer).unwrap_or(Slot(0));
        let criterion = self.cursor()?.criterion;
        let span = self.picked_at(Focus { answer, criterion, slot })?;
        let is_marked = self.desk.as_ref()?.mine().evidence_of(answer).any(|evidence| evidence.span == span);
        (!is_marked).then_some(span)
    }

    /// Lets go of what was picked and not marked; none where nothing was.
    pub(super) fn let_go(&mut self) -> Option<Vec<Effect>> {
        let answer = match self.screen() {
            Screen::Review(review) => review.answer,
            Screen::Compare(compare) => compare.focused_answer()?,
            _ => return None,
        };
        self.picked(answer)?;
        self.picked = None;
        Some(self.tell(Tone::Hint, "Nothing was marked."))
    }

    fn marked(&self, answer: AnswerId, criterion: &CriterionId, span: Span) -> Option<Evidence> {
        let desk = self.desk.as_ref()?;
        desk.my_evidence(answer, criterion).into_iter().rfind(|evidence| evidence.span == span).cloned()
    }

    /// Marks what was marked for the same criteria, with other ends: one step, which one undo takes back.
    fn mark_anew(&mut self, old: &Evidence, span: Span, quote: SafeText, name: &SafeText) -> Vec<Effect> {
        let answer = old.answer;
        let Some((submission, given)) = self.desk.as_ref().and_then(|desk| desk.batch.answer(answer)) else { return Vec::new() };
        let (subject, revision) = (Some(submission.candidate.id), given.revision);
        let named = name.fit(24).to_string();
        let said = format!("Evidence for {named}: {}", in_a_row(span, &quote, 60 - width(&named)));
        let anew = Act::Evidenced { answer, revision, criteria: old.criteria.clone(), span, quote };
        let effects = self.write_all(vec![(subject, Act::Undone { event: old.event }), (subject, anew)]);
        self.tell(Tone::Done, said);
        effects
    }
}

fn overlap(one: Span, other: Span) -> bool {
    one.start < other.end && other.start < one.end
}

/// The words of a stretch in so many columns, both ends to be read; without words, its moments.
fn in_a_row(span: Span, quote: &SafeText, columns: usize) -> String {
    if quote.is_empty() {
        return format!("{}–{}", span.start, span.end);
    }
    let whole = quote.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    let room = columns.saturating_sub(2);
    if width(&whole) <= room {
        return format!("“{whole}”");
    }
    let words: Vec<&str> = whole.split(' ').collect();
    let fit = |words: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        let mut used = 0;
        let taken = words.take_while(|word| {
            used += width(word) + 1;
            used <= room.saturating_sub(3) / 2
        });
        taken.map(str::to_owned).collect()
    };
    let head = fit(&mut words.iter().copied());
    let mut tail = fit(&mut words.iter().rev().copied());
    tail.reverse();
    format!("“{} … {}”", head.join(" "), tail.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_quote_is_told_by_both_of_its_ends() {
        let span = Span { start: Moment(1_000), end: Moment(2_500) };
        let quote = SafeText::block("one two three four five six seven");
        assert_eq!(in_a_row(span, &quote, 40), "“one two three four five six seven”");
        assert_eq!(in_a_row(span, &quote, 26), "“one two … six seven”");
        assert_eq!(in_a_row(span, &SafeText::default(), 26), "0:01–0:02");
    }
}

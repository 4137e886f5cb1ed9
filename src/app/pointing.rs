//! Pointing: what a click, a drag and the wheel mean. Everything here has a key too.

use std::ops::Range;

use super::action::Action;
use super::judging::Focus;
use super::{App, Effect, Overlay, Pane, Screen, Slot, Tone};
use crate::interview::{AnswerId, CriterionId, Moment};
use crate::journal::Act;
use crate::rubric::Observed;
use crate::text::SafeText;
use crate::transcript::Timing;

/// What was pointed at.
#[derive(Clone, Debug, PartialEq)]
pub enum Pointing {
    /// A row of the list of batches, or of the ranking.
    Row(usize),
    /// A place of the grid; without a column the cursor keeps its own.
    Cell {
        /// Which row.
        row: Option<usize>,
        /// Which question, counted from 0.
        question: Option<usize>,
    },
    /// A hit of the concordance.
    Found(usize),
    /// A word of an answer's transcript.
    Word(AnswerId, usize),
    /// Words that were drawn over.
    Words(AnswerId, Range<usize>),
    /// A moment of an answer, in its waveform.
    Moment(AnswerId, Moment),
    /// A column of Compare.
    Column(usize),
    /// A pane of Review.
    Pane(Pane),
    /// A criterion.
    Criterion(usize),
    /// A point of a criterion's scale, or *not observed*.
    Point {
        /// Which criterion.
        criterion: usize,
        /// What it gives.
        observed: Observed,
    },
}

/// Something that scrolls by lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrollable {
    /// A pane of Review.
    Pane(Pane),
    /// A column of Compare.
    Column(usize),
    /// The document beside the table of Compare.
    Paper,
    /// What the selected value of Compare rests on.
    Rests,
    /// What is read over a screen.
    Reader,
    /// What is below it, in lines.
    Below {
        /// Lines of it that are on screen at once.
        rows: usize,
    },
}

impl App {
    pub(super) fn pointed_at(&mut self, what: Pointing) -> Vec<Effect> {
        self.notice = None;
        // The point of a scale lies where the last answer's lay; a word or a moment was looked for.
        if let (Pointing::Word(..) | Pointing::Words(..) | Pointing::Moment(..), Some(cursor)) = (&what, self.cursor_mut()) {
            cursor.settle();
        }
        match what {
            Pointing::Row(row) => self.select_row(row),
            Pointing::Cell { row, question } => {
                if let Some(Screen::Batch(grid)) = self.screens.last_mut() {
                    (grid.row, grid.column) = (row.unwrap_or(grid.row), question.unwrap_or(grid.column));
                }
                Vec::new()
            }
            Pointing::Found(nth) => {
                if let Some(Overlay::Concordance(open)) = self.overlays.last_mut() {
                    open.selected = nth.min(open.found.hits.len().saturating_sub(1));
                }
                Vec::new()
            }
            Pointing::Word(answer, word) => self.go_to_word(answer, word),
            Pointing::Words(answer, words) => self.mark_words(answer, words),
            Pointing::Moment(answer, at) => self.go_to_place(answer, at),
            Pointing::Column(nth) => self.act_on([Action::ColumnA, Action::ColumnB, Action::ColumnC, Action::ColumnD][nth.min(3)]),
            Pointing::Pane(pane) => self.with_review(|review| review.pane = pane),
            Pointing::Criterion(nth) => self.choose_criterion(nth),
            Pointing::Point { criterion, observed } => {
                let mut effects = self.choose_criterion(criterion);
                effects.extend(self.give_value(observed));
                effects
            }
        }
    }

    fn select_row(&mut self, row: usize) -> Vec<Effect> {
        match self.screens.last_mut() {
            Some(Screen::Panel(panel)) => panel.selected = row.min(panel.analysis.ranking.len().saturating_sub(1)),
            Some(Screen::Deliver(open)) => open.selected = row.min(open.rows().len().saturating_sub(1)),
            Some(Screen::Batches) => self.shelf.selected = row,
            _ => {}
        }
        Vec::new()
    }

    /// The criterion that a click names; one that the next digit is for already stays as it is, with what guards it.
    fn choose_criterion(&mut self, nth: usize) -> Vec<Effect> {
        if let Some(Screen::Calibrate(open)) = self.screens.last_mut() {
            open.criterion = nth;
            return Vec::new();
        }
        let rated = self.answer_pointed().and_then(|answer| {
            let desk = self.desk.as_ref()?;
            desk.my_rating(answer, &desk.criteria(answer).get(nth)?.id)
        });
        if let Some(cursor) = self.cursor_mut()
            && (cursor.criterion != nth || rated.is_some())
        {
            cursor.choose(nth);
        }
        if let Some(Screen::Review(review)) = self.screens.last_mut() {
            review.scroll[Pane::Rubric as usize] = 0;
        }
        Vec::new()
    }

    fn answer_pointed(&self) -> Option<AnswerId> {
        match self.screen() {
            Screen::Review(review) => Some(review.answer),
            Screen::Compare(compare) => compare.focused_answer(),
            _ => None,
        }
    }

    /// Where an answer on screen is heard; its column becomes the one that is heard.
    fn hear_answer(&mut self, answer: AnswerId) -> Vec<Effect> {
        let column = match self.screen() {
            Screen::Compare(compare) if compare.focused_answer() != Some(answer) => {
                compare.columns.iter().position(|column| column.answer == Some(answer))
            }
            _ => None,
        };
        column.map(|nth| self.pointed_at(Pointing::Column(nth))).unwrap_or_default()
    }

    fn go_to_word(&mut self, answer: AnswerId, word: usize) -> Vec<Effect> {
        let transcript = self.desk.as_ref().and_then(|desk| desk.here(answer)?.transcript.clone());
        let Some(transcript) = transcript else { return Vec::new() };
        if transcript.timing == Timing::None {
            return self.tell(Tone::Hint, "Nothing says when this was said: this transcript has no times.");
        }
        let Some(at) = transcript.words.get(word).map(|word| word.span.start) else { return Vec::new() };
        self.go_to_place(answer, at)
    }

    fn go_to_place(&mut self, answer: AnswerId, at: Moment) -> Vec<Effect> {
        let mut effects = self.hear_answer(answer);
        effects.extend(self.seek(at));
        effects
    }

    /// Marks what was drawn over as evidence, for the criterion just rated, else for the one in focus.
    fn mark_words(&mut self, answer: AnswerId, words: Range<usize>) -> Vec<Effect> {
        if let Some(refusal) = self.may_not_judge(answer) {
            return self.tell(Tone::Hint, refusal);
        }
        let slot = self.deck.slot_of(answer).unwrap_or(Slot(0));
        let Some(criterion) = self.cursor().map(|cursor| cursor.criterion) else { return Vec::new() };
        let focus = Focus { answer, criterion, slot };
        let focus = Focus { criterion: self.just_rated(focus).unwrap_or(criterion), ..focus };
        let Some((criterion, name)) = self.criterion_at(focus) else {
            return self.tell(Tone::Hint, "The attached rubric does not score this question: m writes a note instead.");
        };
        let transcript = self.desk.as_ref().and_then(|desk| desk.here(answer)?.transcript.clone());
        let Some(transcript) = transcript else { return Vec::new() };
        let Some(span) = transcript.span_of(&words).filter(|span| span.start < span.end) else {
            return self.tell(Tone::Hint, "Nothing says when this was said: this transcript has no times.");
        };
        let quote = SafeText::block(&transcript.text(words));
        self.write_evidence(answer, (criterion, &name), span, quote)
    }

    /// Writes evidence, and says what of, in one row of 80 columns with the closing mark.
    pub(super) fn write_evidence(
        &mut self,
        answer: AnswerId,
        (criterion, name): (CriterionId, &SafeText),
        span: crate::interview::Span,
        quote: SafeText,
    ) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        if desk.my_evidence(answer, &criterion).iter().any(|known| known.span == span) {
            return self.tell(Tone::Hint, format!("This is evidence for {name} already; u takes it back."));
        }
        let named = name.width().min(24);
        let quoted = match quote.is_empty() {
            true => format!("{}–{}", span.start, span.end),
            false => format!("“{}”", quote.fit(60 - named)),
        };
        let said = format!("Evidence for {}: {quoted}", name.fit(named));
        let revision = desk.revision(answer);
        let effects = self.write_about(answer, Act::Evidenced { answer, revision, criteria: vec![criterion], span, quote });
        self.tell(Tone::Done, said);
        effects
    }

    /// The wheel turned over something: it scrolls by lines, and what follows the spoken word stays.
    pub(super) fn wheel(&mut self, over: Scrollable, by: isize) -> Vec<Effect> {
        match (over, self.screens.last_mut()) {
            (Scrollable::Pane(Pane::Rubric), Some(Screen::Review(_))) => return self.scroll_anchors(by.signum()),
            (Scrollable::Pane(pane), Some(Screen::Review(review))) => {
                let line = &mut review.scroll[pane as usize];
                *line = line.saturating_add_signed(by);
                review.follow &= pane != Pane::Transcript;
            }
            (Scrollable::Column(nth), Some(Screen::Compare(compare))) => {
                compare.follow = false;
                if let Some(column) = compare.columns.get_mut(nth) {
                    column.scroll = column.scroll.saturating_add_signed(by);
                }
            }
            (Scrollable::Paper, Some(Screen::Compare(compare))) => {
                if let Some(paper) = compare.overall.as_mut().and_then(|side| side.paper.as_mut()) {
                    paper.scroll = paper.scroll.saturating_add_signed(by);
                }
            }
            (Scrollable::Rests, Some(Screen::Compare(compare))) => {
                if let Some(side) = &mut compare.overall {
                    side.scroll = side.scroll.saturating_add_signed(by);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// The frame on screen begins at this line of something: scrolling goes on from there, and not beyond its end.
    pub(super) fn begins_at(&mut self, what: Scrollable, line: usize) -> Vec<Effect> {
        match (what, self.overlays.last_mut()) {
            (Scrollable::Reader, Some(Overlay::Reader(reader))) => reader.scroll = line,
            (Scrollable::Below { rows }, Some(Overlay::Reader(reader))) => (reader.below, reader.rows) = (Some(line), rows),
            _ => {}
        }
        match (what, self.screens.last_mut()) {
            (Scrollable::Pane(pane), Some(Screen::Review(review))) => review.scroll[pane as usize] = line,
            (Scrollable::Column(nth), Some(Screen::Compare(compare))) => {
                if let Some(column) = compare.columns.get_mut(nth) {
                    column.scroll = line;
                }
            }
            (Scrollable::Paper, Some(Screen::Compare(compare))) => {
                if let Some(paper) = compare.overall.as_mut().and_then(|side| side.paper.as_mut()) {
                    paper.scroll = line;
                }
            }
            (Scrollable::Rests, Some(Screen::Compare(compare))) => {
                if let Some(side) = &mut compare.overall {
                    side.scroll = line;
                }
            }
            _ => {}
        }
        Vec::new()
    }
}

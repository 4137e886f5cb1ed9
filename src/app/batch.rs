//! Batch: the grid of candidates and questions.

use std::collections::BTreeSet;

use super::action::Action;
use super::{App, Contents, Desk, Effect, Screen, Tone};
use crate::interview::{AnswerId, AnswerState, QuestionId, SubmissionId};

/// What the Batch screen remembers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// Which row: an index into [`Desk::shown`].
    pub row: usize,
    /// Which question.
    pub column: usize,
}

/// One place of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Whose.
    pub submission: SubmissionId,
    /// Which question.
    pub question: QuestionId,
    /// The answer.
    pub answer: AnswerId,
}

impl Grid {
    /// The selected place.
    pub fn cell(&self, desk: &Desk) -> Option<Cell> {
        let submission = desk.batch.submission(*desk.shown.get(self.row)?)?;
        let answer = submission.answers.get(self.column)?;
        Some(Cell { submission: submission.id, question: answer.question.clone(), answer: answer.id })
    }

    fn step(&mut self, rows: isize, columns: isize, desk: &Desk) {
        self.row = self.row.saturating_add_signed(rows).min(desk.shown.len().saturating_sub(1));
        let last = desk.batch.interview.questions.len().saturating_sub(1);
        self.column = self.column.saturating_add_signed(columns).min(last);
    }
}

impl App {
    pub(super) fn batch_is_open(&mut self, contents: Contents) -> Vec<Effect> {
        let mut desk = Desk::new(self.me.id, contents);
        self.lay_unsaved(&mut desk);
        if desk.rubric.is_none() {
            self.tell(Tone::Hint, "No rubric is attached to this batch yet; it can be heard, not scored. A chooses one.");
        }
        let grid = desk.reviewing.and_then(|answer| desk.place_of(answer)).map(|(row, column)| Grid { row, column });
        self.desk = Some(desk);
        self.show(Screen::Batch(grid.unwrap_or_default()));
        let mut effects: Vec<Effect> = self.take_policy().into_iter().chain(self.index_batch()).collect();
        if self.only_decides() {
            // What was handed over is looked at side by side.
            effects.extend(self.turn_overall());
        }
        if let Some(minutes) = self.minutes.take() {
            self.sit(&minutes.to_string());
        }
        effects.extend(self.prefetch_first());
        effects
    }

    /// The batch that is open was imported into: what came in is shown at once, and said.
    pub(super) fn batch_is_renewed(&mut self, contents: Contents) -> Vec<Effect> {
        let Some(desk) = self.desk.as_mut().filter(|desk| desk.batch.id == contents.batch.id) else { return Vec::new() };
        if contents.batch == desk.batch && contents.outlines == desk.outlines {
            return Vec::new();
        }
        let reviewable = |desk: &Desk| desk.plan.steps.iter().map(|step| step.answer).collect::<BTreeSet<AnswerId>>();
        let before = reviewable(desk);
        desk.renew(contents);
        let came = reviewable(desk).difference(&before).count();
        self.sift();
        let said = match came {
            0 => "The batch was changed by another import; what is on screen is what it holds now.".to_owned(),
            1 => "1 answer came in: it is in the grid and in your order.".to_owned(),
            n => format!("{n} answers came in: they are in the grid and in your order."),
        };
        let mut effects = self.rank_again();
        self.tell(Tone::Done, said);
        effects.extend(self.fetch_shown());
        effects.extend(self.index_batch());
        effects
    }

    /// Asks for what is drawn of the answers on screen, where it is not here.
    fn fetch_shown(&self) -> Vec<Effect> {
        let answers: Vec<AnswerId> = match self.screen() {
            Screen::Review(review) => vec![review.answer],
            Screen::Compare(compare) => compare.columns.iter().filter_map(|column| column.answer).collect(),
            _ => Vec::new(),
        };
        let missing = answers.into_iter().filter(|answer| self.desk.as_ref().is_some_and(|desk| desk.here(*answer).is_none()));
        missing.map(Effect::Fetch).collect()
    }

    pub(super) fn show_batch(&mut self) -> Vec<Effect> {
        let mut effects = self.paused();
        let Some(at) = self.screens.iter().position(|screen| matches!(screen, Screen::Batch(_))) else { return effects };
        let reviewed = self.desk.as_ref().and_then(|desk| desk.reviewing);
        self.screens.truncate(at + 1);
        self.sift();
        if let (Some(answer), Some(desk), Some(Screen::Batch(grid))) = (reviewed, &self.desk, self.screens.last_mut()) {
            desk.place_of(answer).inspect(|&(row, column)| *grid = Grid { row, column });
        }
        effects.extend(self.prefetch_first());
        effects
    }

    pub(super) fn on_batch(&mut self, action: Action) -> Vec<Effect> {
        let (Some(desk), Some(Screen::Batch(grid))) = (&mut self.desk, self.screens.last_mut()) else { return Vec::new() };
        let cell = grid.cell(desk);
        match action {
            Action::Up => grid.step(-1, 0, desk),
            Action::Down => grid.step(1, 0, desk),
            Action::Left => grid.step(0, -1, desk),
            Action::Right => grid.step(0, 1, desk),
            Action::PageUp => grid.step(-10, 0, desk),
            Action::PageDown => grid.step(10, 0, desk),
            Action::First => grid.row = 0,
            Action::Last => grid.step(isize::MAX, 0, desk),
            Action::Open => return cell.map(|cell| self.review(cell.answer)).unwrap_or_default(),
            Action::Select => return cell.map(|cell| self.select(cell.submission)).unwrap_or_default(),
            Action::NextMissing => return self.show_lack(),
            Action::Statements => {
                let of = desk.shown.get(grid.row).copied();
                return of.map(|of| self.read_statements(of)).unwrap_or_default();
            }
            Action::Documents => {
                let of = desk.shown.get(grid.row).copied();
                return of.map(|of| self.ask_documents(of)).unwrap_or_default();
            }
            Action::Recommend => return cell.map(|cell| self.ask_recommendation(cell.answer)).unwrap_or_default(),
            Action::RevealName => return cell.map(|cell| self.ask_reveal(cell.answer)).unwrap_or_default(),
            Action::Seal => return cell.map(|cell| self.ask_seal(cell.answer)).unwrap_or_default(),
            Action::SelectShown => return self.select_shown(),
            Action::InvertSelection => return self.invert_selection(),
            Action::ClearSelection => return self.clear_selection(),
            Action::Filter => return self.ask_filter(0),
            Action::SortRows => return self.ask_sort(),
            Action::ClearFilter => return self.clear_filter(),
            Action::Decide => return self.with_chosen(cell, App::ask_decision),
            Action::Comment => {
                let of = desk.shown.get(grid.row).copied();
                return of.map(|of| self.ask_comment(of)).unwrap_or_default();
            }
            Action::Tag => return self.with_chosen(cell, App::ask_tag),
            Action::Shortlist => return self.with_chosen(cell, App::shortlist),
            Action::Assign => return self.with_chosen(cell, App::ask_reviewers),
            Action::Recuse => return self.with_chosen(cell, App::ask_recusal),
            Action::Reopen => return cell.map(|cell| self.ask_reopen(cell.answer)).unwrap_or_default(),
            _ => {}
        }
        Vec::new()
    }

    /// Opens Review at the answer before where it lacks something before the seal, else at the next that does.
    fn show_lack(&mut self) -> Vec<Effect> {
        let reviewing = self.desk.as_ref().and_then(|desk| desk.reviewing);
        match self.desk.as_ref().and_then(|desk| desk.lacking_from(reviewing)) {
            Some(answer) => self.go_to_lack(answer),
            None => self.next_lack(reviewing),
        }
    }

    /// Does something with everyone who is selected, in the order of the rows; with nobody selected, with whom the cursor is on.
    fn with_chosen(&mut self, cell: Option<Cell>, ask: impl FnOnce(&mut App, Vec<SubmissionId>) -> Vec<Effect>) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let chosen: BTreeSet<SubmissionId> = desk.selected.iter().copied().collect();
        let selected: Vec<SubmissionId> = desk.rows.iter().copied().filter(|row| chosen.contains(row)).collect();
        let here = || cell.map(|cell| cell.submission).into_iter().collect::<Vec<_>>();
        let who = if selected.is_empty() { here() } else { selected };
        if who.is_empty() { Vec::new() } else { ask(self, who) }
    }
}

/// What is to be done about answers that the source keeps to itself.
const NOT_HANDED_OUT: &str = "the source does not hand out its recording; `earmark attach` brings it";

/// Why an answer cannot be reviewed, in words.
pub(super) fn state_in_words(state: &AnswerState) -> String {
    match state {
        AnswerState::Ready => "it is there".to_owned(),
        AnswerState::Truncated => "a part of it is missing or damaged".to_owned(),
        AnswerState::NotGiven => "the candidate gave no answer".to_owned(),
        AnswerState::NotHandedOut => NOT_HANDED_OUT.to_owned(),
        AnswerState::Faulty { reason } => {
            format!("a technical fault for everyone, and nobody's low score, because the recording cannot be used ({reason})")
        }
        AnswerState::NotHere => "it has not been fetched yet".to_owned(),
    }
}

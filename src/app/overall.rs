//! Compare over all questions: the shortlist as columns, questions and criteria as rows, and any cell one key from its evidence.

use super::action::Action;
use super::desk::Stands;
use super::desk::overall::{OrderOf, Overall};
use super::documents::Paper;
use super::judging::ONLY_DECIDES;
use super::{App, Effect, Screen, Tone};
use crate::interview::SubmissionId;
use crate::text::SafeText;

/// So many lines does one key turn what a cell rests on.
const PAGE: isize = 4;

/// How many more were handed over to somebody who decides than are shown; none where that is nobody.
pub fn more_handed(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 more was handed to you".to_owned()),
        some => Some(format!("{some} more were handed to you")),
    }
}

/// What Compare remembers while it shows all questions.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// What stands there.
    pub laid: Overall,
    /// The row that is selected.
    pub row: usize,
    /// The column that is selected.
    pub column: usize,
    /// In which order rows stand.
    pub order: OrderOf,
    /// Where each column stands in the ranking, and how sure that is.
    pub stands: Vec<Option<Stands>>,
    /// The line of what the selected cell rests on with which its pane begins.
    pub scroll: usize,
    /// A document that is read beside the table.
    pub paper: Option<Paper>,
}

impl App {
    /// Shows all questions side by side, or one question again.
    pub(super) fn turn_overall(&mut self) -> Vec<Effect> {
        if let Some(Screen::Compare(compare)) = self.screens.last_mut()
            && compare.overall.take().is_some()
        {
            return self.tell(Tone::Done, "One question again: its answers side by side.");
        }
        let mut effects = match self.screen() {
            Screen::Compare(_) => self.paused(),
            _ => self.compare_of(1),
        };
        effects.extend(self.lay_overall(OrderOf::default()));
        effects
    }

    fn lay_overall(&mut self, order: OrderOf) -> Vec<Effect> {
        let (Some(desk), Some(Screen::Compare(compare))) = (&self.desk, self.screens.last_mut()) else { return Vec::new() };
        let listed: Vec<SubmissionId> = desk.rows.iter().copied().filter(|id| desk.sight.shortlist.contains_key(id)).collect();
        let columns = match (desk.selected.len() >= 2, listed.len() >= 2) {
            (true, _) => desk.selected.clone(),
            (false, true) => listed,
            (false, false) => compare.columns.iter().map(|column| column.submission).collect(),
        };
        // Of somebody who was erased there is nothing to lay beside the others.
        let columns = desk.by_rank(columns.into_iter().filter(|id| !desk.is_erased(*id)).collect());
        let paper = compare.overall.take().and_then(|side| side.paper);
        let (laid, stands) = (desk.overall(&columns, order), desk.stands(&columns));
        compare.overall = Some(Side { laid, row: 0, column: 0, order, stands, scroll: 0, paper });
        if let Some(words) = self.desk.as_ref().and_then(|desk| more_handed(desk.taken_off())) {
            let words = format!("{words}; you took them off. Enter hears, D decides, & remarks. Ranks, ±: of all those.");
            return self.tell(Tone::Done, words.as_str());
        }
        // Who was handed three of eight reads ranks among three.
        let words = match (order, self.only_decides()) {
            (OrderOf::Disagreement, false) => "All questions, the largest disagreements first. Enter hears the evidence.",
            (OrderOf::Disagreement, true) => "Enter hears, D decides, & remarks. Ranks, ±: of those handed to you alone.",
            (OrderOf::Rubric, false) => "All questions, in the rubric's order.",
            (OrderOf::Rubric, true) => "In the rubric's order. Ranks, ±: of those handed to you alone.",
        };
        self.tell(Tone::Done, words)
    }

    /// What a key does while all questions are shown; none where it does what it does elsewhere.
    pub(super) fn on_overall(&mut self, action: Action) -> Option<Vec<Effect>> {
        let Screen::Compare(compare) = self.screen() else { return None };
        let side = compare.overall.as_ref()?;
        let (rows, columns) = (side.laid.rows.len() as isize, side.laid.columns.len() as isize);
        if let Some(effects) = self.turn_paper(action) {
            return Some(effects);
        }
        let Screen::Compare(compare) = self.screen() else { return None };
        let side = compare.overall.as_ref()?;
        let by = |row: isize, column: isize| (row, column);
        let (down, right) = match action {
            Action::Down | Action::NextCriterion => by(1, 0),
            Action::Up | Action::PreviousCriterion => by(-1, 0),
            Action::PageDown => return Some(self.turn_rests(PAGE)),
            Action::PageUp => return Some(self.turn_rests(-PAGE)),
            Action::NextColumn | Action::NextPane | Action::Forward5 | Action::Forward1 => by(0, 1),
            Action::PreviousColumn | Action::PreviousPane | Action::Back5 | Action::Back1 => by(0, -1),
            Action::FromStart => by(0, isize::MIN / 2),
            Action::Last => by(0, isize::MAX / 2),
            Action::TurnOrder => {
                let order = if side.order == OrderOf::Rubric { OrderOf::Disagreement } else { OrderOf::Rubric };
                return Some(self.lay_overall(order));
            }
            Action::GoOn | Action::PlayEvidence | Action::PlayPause => return Some(self.hear_cell()),
            // Where no column is heard, D's key is that of the documents, as in other screens.
            Action::Documents | Action::ColumnD | Action::Original => {
                let submission = *side.laid.columns.get(side.column)?;
                return Some(self.ask_documents(submission));
            }
            Action::Decide => return Some(self.ask_decision(vec![*side.laid.columns.get(side.column)?])),
            Action::Comment => return Some(self.ask_comment(*side.laid.columns.get(side.column)?)),
            Action::Overall | Action::Reconcile | Action::Undo | Action::Redo => return None,
            action if action.leads_on() => return None,
            _ => {
                let words = match self.only_decides() {
                    true => ONLY_DECIDES,
                    false => "Here values are looked at: Enter hears what one rests on, M goes back to one question.",
                };
                return Some(self.tell(Tone::Hint, words));
            }
        };
        let turned =
            |at: usize, by: isize, of: isize| if of == 0 { 0 } else { (at as isize).saturating_add(by).clamp(0, of - 1) as usize };
        let (row, column) = (turned(side.row, down, rows), turned(side.column, right, columns));
        if let Some(Screen::Compare(compare)) = self.screens.last_mut()
            && let Some(side) = &mut compare.overall
        {
            (side.row, side.column, side.scroll) = (row, column, 0);
        }
        let words = self.cell_in_words();
        Some(self.tell(Tone::Hint, words.unwrap_or_default().as_str()))
    }

    /// Goes on and back in what the selected cell rests on.
    fn turn_rests(&mut self, by: isize) -> Vec<Effect> {
        if let Some(Screen::Compare(compare)) = self.screens.last_mut()
            && let Some(side) = &mut compare.overall
        {
            side.scroll = side.scroll.saturating_add_signed(by);
        }
        Vec::new()
    }

    /// The selected cell in a line: whose, what, and who gave which value.
    pub fn cell_in_words(&self) -> Option<SafeText> {
        let (Screen::Compare(compare), Some(desk)) = (self.screen(), &self.desk) else { return None };
        let side = compare.overall.as_ref()?;
        let row = side.laid.rows.get(side.row)?;
        let (submission, cell) = side.laid.columns.get(side.column).zip(row.cells.get(side.column))?;
        let given: Vec<String> = cell.given.iter().map(|(who, value)| format!("{} {value}", desk.person(*who))).collect();
        let given = if given.is_empty() { "nothing to see".to_owned() } else { given.join(", ") };
        let apart = if cell.spread >= super::desk::overall::DISAGREEMENT {
            format!("; {} points apart", cell.spread)
        } else {
            String::new()
        };
        let agreed = cell.agreed.as_ref().map_or_else(String::new, |agreed| {
            let differently = desk.agreed_differently(agreed).map_or_else(String::new, |words| format!("; {words}"));
            let value = super::desk::overall::value_in_words(agreed.observed);
            format!("; agreed on {value}: {}{differently}", desk.quoted_of(*submission, &agreed.reason))
        });
        let machine = cell.machine.as_ref().map_or_else(String::new, |one| format!("; second reader (machine) {}", one.value));
        Some(SafeText::line(&format!("{}, {}: {given}{apart}{agreed}{machine}", desk.called(*submission), row.line.in_words())))
    }
}

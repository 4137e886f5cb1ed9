//! Batches: the queue over all batches.

use super::action::Action;
use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::{App, BatchRow, Effect, Tone};
use crate::interview::BatchId;

/// The batches that the library holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// None until the library has answered.
    pub rows: Option<Vec<BatchRow>>,
    /// Which one is selected.
    pub selected: usize,
}

impl Shelf {
    /// The selected batch.
    pub fn row(&self) -> Option<&BatchRow> {
        self.rows.as_ref()?.get(self.selected)
    }

    fn count(&self) -> usize {
        self.rows.as_ref().map_or(0, Vec::len)
    }

    fn step(&mut self, by: isize) {
        self.selected = self.selected.saturating_add_signed(by).min(self.count().saturating_sub(1));
    }
}

impl App {
    pub(super) fn shelf_is_here(&mut self, rows: Vec<BatchRow>) -> Vec<Effect> {
        let selected = self.shelf.row().map(|row| row.id);
        self.shelf.selected = selected.and_then(|id| rows.iter().position(|row| row.id == id)).unwrap_or(0);
        self.shelf.rows = Some(rows);
        Vec::new()
    }

    pub(super) fn on_batches(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Up => self.shelf.step(-1),
            Action::Down => self.shelf.step(1),
            Action::PageUp => self.shelf.step(-10),
            Action::PageDown => self.shelf.step(10),
            Action::First => self.shelf.selected = 0,
            Action::Last => self.shelf.step(isize::MAX),
            Action::OpenDemo => return self.open_demo(),
            Action::Open => return self.shelf.row().map(|row| Effect::OpenBatch(row.id)).into_iter().collect(),
            _ => {}
        }
        Vec::new()
    }

    /// The demo is offered where there is nothing else: it has a library of its own.
    fn open_demo(&mut self) -> Vec<Effect> {
        match self.shelf.rows.as_deref() {
            Some([]) => vec![Effect::OpenDemo],
            _ => self.tell(Tone::Hint, "There are batches here. In the shell, `earmark demo` opens the demo."),
        }
    }

    /// Which rubric a batch is scored with is never chosen silently.
    pub(super) fn choose_rubric(&mut self) -> Vec<Effect> {
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        if self.batch_for_rubric().is_none() {
            return self.tell(Tone::Hint, "There is no batch to attach a rubric to.");
        }
        let shipped = crate::rubric::shipped()
            .into_iter()
            .map(|shipped| Item::new(shipped.name, "shipped with earmark", Choice::Shipped(shipped.name.to_owned())));
        let items = shipped.chain([Item::new("A file of your own…", "a rubric in TOML", Choice::AskName)]).collect();
        self.overlays.push(Overlay::Picker(Picker::new("Which rubric scores this batch?", Purpose::ChooseRubric, items)));
        Vec::new()
    }

    /// The open batch, else the selected one.
    pub(super) fn batch_for_rubric(&self) -> Option<BatchId> {
        self.desk.as_ref().map(|desk| desk.batch.id).or_else(|| self.shelf.row().map(|row| row.id))
    }
}

//! Batches: the queue over all batches.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::action::Action;
use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::{App, BatchRow, Effect, Tone};
use crate::interview::BatchId;
use crate::text::SafeText;

/// The batches that the library holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// None until the library has answered.
    pub rows: Option<Vec<BatchRow>>,
    /// Which of those shown is selected.
    pub selected: usize,
    /// Which are shown; empty: all.
    pub keeps: Vec<ShelfKeep>,
    /// In what order.
    pub by: ShelfSort,
}

/// Which batches are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShelfKeep {
    /// Something of it is still to be sealed by me.
    Open,
    /// All of mine is sealed.
    Done,
    /// Candidates' deadline has passed.
    Closed,
    /// An answer cannot be used.
    Fault,
    /// Nothing says yet by what it is scored.
    NoRubric,
}

/// In what order batches are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ShelfSort {
    /// The last imported first.
    #[default]
    Imported,
    /// What has waited longest first.
    Waiting,
    /// The first deadline first.
    Deadline,
    /// The least left to hear first.
    Left,
    /// By title.
    Title,
}

const KEEPS: [(&str, ShelfKeep, &str); 5] = [
    ("open", ShelfKeep::Open, "something is left for you to seal"),
    ("done", ShelfKeep::Done, "all of yours is sealed"),
    ("closed", ShelfKeep::Closed, "the deadline for candidates has passed"),
    ("fault", ShelfKeep::Fault, "an answer cannot be used"),
    ("no-rubric", ShelfKeep::NoRubric, "no rubric is attached"),
];

const ORDERS: [(&str, ShelfSort, &str); 5] = [
    ("imported", ShelfSort::Imported, "the last imported first"),
    ("waiting", ShelfSort::Waiting, "what has waited longest first"),
    ("deadline", ShelfSort::Deadline, "the first deadline first"),
    ("left", ShelfSort::Left, "the least left to hear first"),
    ("title", ShelfSort::Title, "by title"),
];

/// A word that is no filter or order of batches.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no such word; there are: {0}")]
pub struct NotForBatches(String);

impl fmt::Display for ShelfKeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(KEEPS.iter().find(|(_, keep, _)| keep == self).map_or("", |(word, ..)| word))
    }
}

impl fmt::Display for ShelfSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(ORDERS.iter().find(|(_, by, _)| by == self).map_or("", |(word, ..)| word))
    }
}

impl FromStr for ShelfKeep {
    type Err = NotForBatches;
    fn from_str(word: &str) -> Result<Self, NotForBatches> {
        let found = KEEPS.iter().find(|(known, ..)| *known == word.trim()).map(|(_, keep, _)| *keep);
        found.ok_or_else(|| NotForBatches(KEEPS.map(|(word, ..)| word).join(", ")))
    }
}

impl FromStr for ShelfSort {
    type Err = NotForBatches;
    fn from_str(word: &str) -> Result<Self, NotForBatches> {
        let found = ORDERS.iter().find(|(known, ..)| *known == word.trim()).map(|(_, by, _)| *by);
        found.ok_or_else(|| NotForBatches(ORDERS.map(|(word, ..)| word).join(", ")))
    }
}

impl ShelfKeep {
    fn keeps(self, row: &BatchRow, now: Timestamp) -> bool {
        let left = row.of.zip(row.sealed).map(|(of, sealed)| of > sealed);
        match self {
            // What is not counted yet may be meant.
            ShelfKeep::Open => left != Some(false),
            ShelfKeep::Done => left != Some(true),
            ShelfKeep::Closed => row.deadline.is_some_and(|deadline| deadline < now),
            ShelfKeep::Fault => row.faulty > 0,
            ShelfKeep::NoRubric => row.rated.is_none() || !row.has_rubric,
        }
    }
}

impl Shelf {
    /// The rows that are shown, in their order.
    pub fn shown(&self, now: Timestamp) -> Vec<&BatchRow> {
        let rows = self.rows.iter().flatten();
        let mut shown: Vec<&BatchRow> = rows.filter(|row| self.keeps.iter().all(|keep| keep.keeps(row, now))).collect();
        let last = Timestamp::MAX;
        match self.by {
            ShelfSort::Imported => {}
            ShelfSort::Waiting => shown.sort_by_key(|row| row.waiting_since().unwrap_or(last)),
            ShelfSort::Deadline => shown.sort_by_key(|row| row.deadline.unwrap_or(last)),
            ShelfSort::Left => shown.sort_by_key(|row| row.left.map_or(u64::MAX, |left| left.skipping.real_ms(100))),
            ShelfSort::Title => shown.sort_by_key(|row| row.title.raw().to_lowercase()),
        }
        shown
    }

    /// The selected batch.
    pub fn row(&self, now: Timestamp) -> Option<&BatchRow> {
        self.shown(now).get(self.selected).copied()
    }

    /// What is shown and how it is sorted, in one line; empty where that is all, as they came.
    pub fn sieve_in_words(&self) -> String {
        let keeps: Vec<String> = self.keeps.iter().map(ShelfKeep::to_string).collect();
        let by = if self.by == ShelfSort::Imported { String::new() } else { format!("by {}", self.by) };
        let only = if keeps.is_empty() { String::new() } else { format!("only {}", keeps.join(" + ")) };
        [only, by].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

impl BatchRow {
    /// Since when something in it waits for this reviewer: since it came in, as the source says, else since it was imported; none
    /// once nothing is left.
    pub fn waiting_since(&self) -> Option<Timestamp> {
        let sealed = self.of.zip(self.sealed).is_some_and(|(of, sealed)| of <= sealed);
        let done = self.handed.map_or(sealed, |handed| handed.of <= handed.decided);
        if done { None } else { self.left.and_then(|left| left.since).or(Some(self.imported_at)) }
    }
}

impl App {
    pub(super) fn shelf_is_here(&mut self, rows: Vec<BatchRow>) -> Vec<Effect> {
        let selected = self.shelf.row(self.now).map(|row| row.id);
        self.shelf.rows = Some(rows);
        self.select_batch(selected);
        Vec::new()
    }

    /// Puts the cursor on a batch, if it is shown.
    fn select_batch(&mut self, id: Option<BatchId>) {
        let at = id.and_then(|id| self.shelf.shown(self.now).iter().position(|row| row.id == id));
        self.shelf.selected = at.unwrap_or(0);
    }

    pub(super) fn on_batches(&mut self, action: Action) -> Vec<Effect> {
        if let Some(by) = action.rows() {
            let last = self.shelf.shown(self.now).len().saturating_sub(1);
            self.shelf.selected = self.shelf.selected.saturating_add_signed(by).min(last);
            return Vec::new();
        }
        match action {
            Action::Open => self.shelf.row(self.now).map(|row| Effect::OpenBatch(row.id)).into_iter().collect(),
            Action::OpenDemo => self.open_demo(),
            Action::Filter => self.ask_shelf_filter(0),
            Action::SortRows => self.ask_shelf_sort(),
            Action::ClearFilter => {
                let selected = self.shelf.row(self.now).map(|row| row.id);
                (self.shelf.keeps, self.shelf.by) = (Vec::new(), ShelfSort::default());
                self.select_batch(selected);
                self.tell(Tone::Hint, "All batches are shown, the last imported first.")
            }
            _ => Vec::new(),
        }
    }

    fn ask_shelf_filter(&mut self, at: usize) -> Vec<Effect> {
        let item = |(word, keep, help): &(&'static str, ShelfKeep, &'static str)| {
            let is_on = self.shelf.keeps.contains(keep);
            let label = SafeText::line(&format!("{} {word}", if is_on { "[x]" } else { "[ ]" }));
            Item::new(label, *help, Choice::ShelfKeep(*keep))
        };
        let items = KEEPS.iter().map(item).collect();
        let title = match self.shelf.sieve_in_words().as_str() {
            "" => "Show only…".to_owned(),
            words => format!("Batches, {words} · {}", self.shelf.shown(self.now).len()),
        };
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Filter, items).starting_at(at)));
        Vec::new()
    }

    pub(super) fn filter_shelf(&mut self, keep: ShelfKeep, at: usize) -> Vec<Effect> {
        let selected = self.shelf.row(self.now).map(|row| row.id);
        match self.shelf.keeps.iter().position(|known| *known == keep) {
            Some(on) => _ = self.shelf.keeps.remove(on),
            None => self.shelf.keeps.push(keep),
        }
        self.select_batch(selected);
        self.ask_shelf_filter(at)
    }

    fn ask_shelf_sort(&mut self) -> Vec<Effect> {
        let items = ORDERS.iter().map(|(word, by, help)| Item::new(*word, *help, Choice::ShelfSort(*by))).collect();
        let at = ORDERS.iter().position(|(_, by, _)| *by == self.shelf.by).unwrap_or(0);
        self.overlays.push(Overlay::Picker(Picker::new("Sort batches by", Purpose::Sort, items).starting_at(at)));
        Vec::new()
    }

    pub(super) fn sort_shelf(&mut self, by: ShelfSort) -> Vec<Effect> {
        let selected = self.shelf.row(self.now).map(|row| row.id);
        self.shelf.by = by;
        self.select_batch(selected);
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
        self.desk.as_ref().map(|desk| desk.batch.id).or_else(|| self.shelf.row(self.now).map(|row| row.id))
    }
}

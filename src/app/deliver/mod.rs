//! Deliver: what would change in the ATS, what did, what did not and why; and which application a submission belongs to.
//!
//! Nothing here sends. The same code that serves the commands does it at the edges, and tells in rows what came of it.

mod asking;
mod doubt;
mod matching;
mod sheet;
mod under_way;

pub use doubt::{Says, Word};
pub use matching::{Listing, Proposal};
pub use sheet::{Sheet, SheetRow, Stand};
pub(super) use under_way::Askings;

use std::sync::Arc;

use super::action::Action;
use super::overlay::{Overlay, Page, Reader};
use super::{App, Effect, Screen, Tone};
use crate::interview::{BatchId, Headway};
use crate::text::SafeText;

/// What the Deliver screen remembers.
#[derive(Clone, Debug, Default)]
pub struct Deliver {
    /// By which profile and to where; as it was the last time for this batch.
    pub way: Option<Way>,
    /// Which list is shown.
    pub view: DeliverView,
    /// The lists that there are.
    sheets: [Option<Arc<Sheet>>; 4],
    /// The row under the cursor.
    pub selected: usize,
    /// What is being done, where something is.
    pub working: Option<&'static str>,
    /// How far that is, where it is done row by row.
    pub headway: Option<Headway>,
    /// Why the plan is not applied unasked.
    pub brake: Option<SafeText>,
    /// What the ATS's list of applications proposes.
    pub(in crate::app) proposals: Vec<Proposal>,
    /// The last asking; what an earlier one brings is no news.
    asked: u32,
    /// The asking that tells what was delivered so far, until something newer tells it.
    looks: Option<u32>,
    /// Something was written since that asking.
    is_news: bool,
    /// The asking that made the plan on screen.
    planned: Option<u32>,
}

/// A profile, and where it sends to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Way {
    /// A shipped profile's name, or a file.
    pub profile: String,
    /// The place; empty for where the profile says.
    pub to: String,
}

/// One of the lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DeliverView {
    /// What would change.
    Plan,
    /// What became of it.
    Outcome,
    /// Everything that was ever sent, and where it stands.
    #[default]
    Ledger,
    /// Applications that may belong to submissions.
    Matching,
}

impl DeliverView {
    /// All, in the order of the key.
    pub const ALL: [DeliverView; 4] = [DeliverView::Plan, DeliverView::Outcome, DeliverView::Ledger, DeliverView::Matching];

    /// How people call it.
    pub fn title(self) -> &'static str {
        match self {
            DeliverView::Plan => "Plan",
            DeliverView::Outcome => "What became of it",
            DeliverView::Ledger => "Ledger",
            DeliverView::Matching => "Applications",
        }
    }
}

/// What is asked of the edges.
#[derive(Clone, PartialEq, Debug)]
pub enum DeliverWish {
    /// What was delivered, and by which way.
    Look,
    /// Plan by this way.
    Plan(Way),
    /// Apply the plan that this asking made.
    Apply {
        /// Which asking.
        planned: u32,
        /// Also where the brake holds it.
        any_change: bool,
    },
    /// Bring to its end what was begun by this way.
    Retry {
        /// The way.
        way: Way,
        /// What a person says of a row of it.
        word: Option<Word>,
    },
    /// Which applications the ATS has.
    Match(Listing),
}

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub enum Delivery {
    /// What was delivered so far, and by which way the last time.
    Known {
        /// The way.
        way: Option<Way>,
        /// What was sent, and where it stands.
        ledger: Arc<Sheet>,
    },
    /// A plan was made, and nothing was sent.
    Planned {
        /// It.
        plan: Arc<Sheet>,
        /// Why it is not applied unasked.
        brake: Option<SafeText>,
    },
    /// Something was sent, or there was nothing to send.
    Sent {
        /// What became of each row.
        outcome: Arc<Sheet>,
        /// What was sent so far.
        ledger: Arc<Sheet>,
        /// Whether every row is there, or stood there before.
        whole: bool,
    },
    /// What the ATS's list of applications says.
    Listed(Vec<Proposal>),
    /// It could not be done.
    Undone {
        /// What.
        what: SafeText,
        /// Why, and what to do.
        why: SafeText,
    },
}

impl Deliver {
    /// What is being done and how far it is, where something is.
    pub fn doing(&self) -> Option<String> {
        self.headway.as_ref().map(Headway::in_words).or_else(|| self.working.map(str::to_owned))
    }

    /// The list of a view, where there is one.
    pub fn sheet(&self, view: DeliverView) -> Option<&Arc<Sheet>> {
        self.sheets[view as usize].as_ref()
    }

    /// The rows that are shown.
    pub fn rows(&self) -> &[SheetRow] {
        self.sheet(self.view).map_or(&[], |sheet| &sheet.rows)
    }

    fn put(&mut self, view: DeliverView, sheet: Arc<Sheet>) {
        self.sheets[view as usize] = Some(sheet);
    }

    /// The ledger as it is now; the row under the cursor stays under it.
    fn renew(&mut self, ledger: Arc<Sheet>) {
        let at = match self.view == DeliverView::Ledger {
            true => self.rows().get(self.selected).and_then(|row| {
                let is_it = |other: &SheetRow| other.object == row.object && other.push == row.push;
                ledger.rows.iter().position(is_it)
            }),
            false => Some(self.selected),
        };
        self.put(DeliverView::Ledger, ledger);
        self.selected = at.unwrap_or_default();
    }

    fn show(&mut self, view: DeliverView) {
        (self.view, self.selected) = (view, 0);
    }

    /// The next list that there is, or the one before.
    fn turn(&mut self, forward: bool) {
        let all = DeliverView::ALL.len();
        let step = if forward { 1 } else { all - 1 };
        let mut at = self.view as usize;
        for _ in 0..all {
            at = (at + step) % all;
            if self.sheets[at].is_some() {
                return self.show(DeliverView::ALL[at]);
            }
        }
    }
}

impl App {
    pub(super) fn show_deliver(&mut self) -> Vec<Effect> {
        let Some(batch) = self.desk.as_ref().map(|desk| desk.batch.id) else { return Vec::new() };
        let mut effects = self.paused();
        self.show(Screen::Deliver(Deliver::default()));
        effects.extend(self.ask_delivery("Reading what was delivered …", DeliverWish::Look));
        self.take_up_delivery(batch);
        effects
    }

    /// The open Deliver screen, also where others lie over it.
    pub(in crate::app) fn deliver_mut(&mut self) -> Option<&mut Deliver> {
        self.screens.iter_mut().find_map(|screen| if let Screen::Deliver(open) = screen { Some(open) } else { None })
    }

    /// Asks the edges; one thing at a time.
    pub(in crate::app) fn ask_delivery(&mut self, working: &'static str, wish: DeliverWish) -> Vec<Effect> {
        let Some(batch) = self.desk.as_ref().map(|desk| desk.batch.id) else { return Vec::new() };
        let Some(way) = self.deliver_mut().map(|open| open.way.clone()) else { return Vec::new() };
        let asked = self.askings.begin(batch, working, &wish, way);
        if let Some(open) = self.deliver_mut() {
            (open.asked, open.working) = (asked, Some(working));
            open.looks = (wish == DeliverWish::Look).then_some(asked).or(open.looks);
        }
        vec![Effect::Deliver { asked, batch, wish }]
    }

    pub(super) fn on_deliver(&mut self, action: Action) -> Vec<Effect> {
        let Some(Screen::Deliver(open)) = self.screens.last_mut() else { return Vec::new() };
        if let Some(by) = action.rows() {
            let last = open.rows().len().saturating_sub(1);
            open.selected = open.selected.saturating_add_signed(by).min(last);
            return Vec::new();
        }
        match action {
            Action::NextSheet | Action::PreviousSheet => {
                open.turn(action == Action::NextSheet);
                return Vec::new();
            }
            Action::Open if open.view == DeliverView::Matching => return self.ask_tie(),
            Action::Open => return self.read_row_or_ask(),
            _ => {}
        }
        if let Some(working) = open.working {
            return self.tell(Tone::Hint, format!("{working} One thing at a time."));
        }
        // What is sent is written down: without that, nothing is sent.
        if self.read_only {
            return self.tell(Tone::Hint, self.only_reads);
        }
        match action {
            Action::PlanDelivery => self.plan_delivery(),
            Action::ChooseWay => self.ask_profile(),
            Action::ApplyDelivery => self.ask_apply(),
            Action::RetryDelivery => self.retry_delivery(),
            Action::MatchApplications => self.ask_listing(),
            _ => Vec::new(),
        }
    }

    /// How far something is that was asked last.
    pub(super) fn delivery_is_so_far(&mut self, batch: BatchId, asked: u32, headway: Headway) -> Vec<Effect> {
        self.askings.is_so_far(asked, &headway);
        let is_open = self.desk.as_ref().is_some_and(|desk| desk.batch.id == batch);
        if let Some(open) = self.deliver_mut().filter(|open| is_open && open.asked == asked && open.working.is_some()) {
            open.headway = Some(headway);
        }
        Vec::new()
    }

    /// What came of something that was asked; of an earlier asking it is let go, except what was really sent.
    pub(super) fn delivery_did(&mut self, batch: BatchId, asked: u32, did: Delivery) -> Vec<Effect> {
        self.askings.end(asked);
        if self.desk.as_ref().is_none_or(|desk| desk.batch.id != batch) {
            return Vec::new();
        }
        let Some(open) = self.deliver_mut() else { return self.tell_delivery(&did) };
        // What was delivered so far is news also while something is under way.
        if open.asked != asked && open.looks != Some(asked) {
            return self.tell_delivery(&did);
        }
        if open.asked == asked {
            (open.working, open.headway) = (None, None);
        }
        if open.looks == Some(asked) {
            open.looks = None;
        }
        let mut effects = self.take_in_delivery(asked, &did);
        effects.extend(self.tell_delivery(&did));
        if self.deliver_mut().is_some_and(|open| std::mem::take(&mut open.is_news)) {
            effects.extend(self.delivery_is_news());
        }
        effects
    }

    fn take_in_delivery(&mut self, asked: u32, did: &Delivery) -> Vec<Effect> {
        let Some(open) = self.deliver_mut() else { return Vec::new() };
        match did.clone() {
            Delivery::Known { way, ledger } => {
                open.way = open.way.take().or(way);
                open.renew(ledger);
            }
            Delivery::Planned { plan, brake } => {
                (open.planned, open.brake) = (Some(asked), brake);
                open.put(DeliverView::Plan, plan);
                open.show(DeliverView::Plan);
            }
            Delivery::Sent { outcome, ledger, .. } => {
                // A plan is applied once; what stays is planned again.
                (open.planned, open.looks) = (None, None);
                open.sheets[DeliverView::Plan as usize] = None;
                open.put(DeliverView::Outcome, outcome);
                open.put(DeliverView::Ledger, ledger);
                open.show(DeliverView::Outcome);
            }
            Delivery::Listed(proposals) => return self.listed(proposals),
            Delivery::Undone { .. } => {}
        }
        Vec::new()
    }

    /// Something was written, here or by another program: what was delivered so far is looked at again, beside whatever is under way,
    /// and once however much is written meanwhile. What this screen sends tells that itself.
    pub(in crate::app) fn delivery_is_news(&mut self) -> Vec<Effect> {
        let Some(batch) = self.desk.as_ref().map(|desk| desk.batch.id) else { return Vec::new() };
        let Some(open) = self.deliver_mut() else { return Vec::new() };
        if open.working.is_some() || open.looks.is_some() {
            open.is_news = true;
            return Vec::new();
        }
        let way = open.way.clone();
        let asked = self.askings.begin(batch, "", &DeliverWish::Look, way);
        if let Some(open) = self.deliver_mut() {
            open.looks = Some(asked);
        }
        vec![Effect::Deliver { asked, batch, wish: DeliverWish::Look }]
    }

    fn tell_delivery(&mut self, did: &Delivery) -> Vec<Effect> {
        match did {
            Delivery::Sent { outcome, whole, .. } => {
                let tone = if *whole { Tone::Done } else { Tone::Trouble };
                self.tell(tone, outcome.sum.to_string())
            }
            Delivery::Undone { what, why } => self.tell(Tone::Trouble, format!("{what}: {why}")),
            Delivery::Known { .. } | Delivery::Planned { .. } | Delivery::Listed(_) => Vec::new(),
        }
    }

    /// All that there is to say of the selected row.
    fn read_row(&mut self) -> Vec<Effect> {
        let (Some(Screen::Deliver(open)), Some(desk)) = (self.screens.last(), &self.desk) else { return Vec::new() };
        let Some(row) = open.rows().get(open.selected) else {
            return self.tell(Tone::Hint, "There is no row to read: p plans.");
        };
        let lines = row.lines(desk);
        let title = SafeText::line(&format!("{}: {}", row.object, row.stand.word()));
        self.overlays.push(Overlay::Reader(Reader::new(title, Page::Text(lines))));
        Vec::new()
    }
}

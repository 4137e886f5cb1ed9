//! The application as a value: an event goes in, effects come out.
//!
//! Nothing here reads a file, knows the time, or draws. One file per screen, with the screen's name on every floor.

mod acting;
pub mod action;
mod adjusting;
mod analysing;
mod batch;
mod batches;
mod calibrate;
mod choosing;
mod compare;
mod concordance;
mod copying;
mod cursor;
mod deciding;
mod deck;
mod deliver;
mod desk;
mod documents;
mod effect;
mod event;
mod facts;
mod fetching;
mod finding;
mod going;
mod hearing;
mod judging;
mod looping;
mod many;
mod mint;
mod moments;
mod original;
mod overall;
mod overlay;
mod panel;
mod pointing;
mod preferring;
mod rating;
mod reading;
mod reconciling;
mod review;
mod ruling;
mod sealing;
mod second;
pub mod sieve;
mod sifting;
mod sitting;
mod skimming;
mod speed;
mod start;
mod stating;
mod told;
mod tour;
mod unsaved;
mod valuing;

use std::collections::BTreeSet;

use jiff::Timestamp;

pub use batch::{Cell, Grid};
pub use batches::{Shelf, ShelfKeep, ShelfSort};
pub use calibrate::Calibrate;
pub use compare::{Column, Compare, SwitchTo};
pub use concordance::Concordance;
pub use cursor::Cursor;
pub use deciding::decision_in_words;
pub use deck::{Chosen, Deck, Device, FASTEST, Loaded, Repeat, SLOWEST, Slot};
pub use deliver::{Deliver, DeliverView, DeliverWish, Delivery, Listing, Proposal, Says, Sheet, SheetRow, Stand, Way, Word};
pub use desk::machines::{MachineTold, ended_givings, given};
pub use desk::overall::{
    Agreed, Cell as OverallCell, DISAGREEMENT, Disagreement, Line, OrderOf, Overall, Remark, Row, as_sign, value_in_words,
};
pub use desk::stating::Stated;
pub use desk::{
    ActTold, ComesNext, Deed, Desk, Indexing, LeftOut, MachinePoint, NotRanked, Saving, SealCheck, Sealed, Skim, Stands, ToMeasure,
    Undertaking, Verdict, cover_said, kind_in_words, since_in_words,
};
pub use documents::Paper;
pub use effect::{Command, Effect, RubricFrom};
pub use event::{Event, Report, TextInput};
pub use finding::{Indexed, Search, ToIndex};
pub use judging::{REVEAL_REASONS, recommendation_in_words};
pub use mint::Mint;
pub use overall::{Side, more_handed};
pub use overlay::{Choice, Field, Item, Overlay, Page, Picker, Purpose, Reader};
pub use panel::{Detail, Panel, my_prompts};
pub use pointing::{Pointing, Scrollable};
pub use preferring::outcome_in_signs;
pub use review::{Pane, Review};
pub use sitting::{Rest, Sitting, minutes_in_words};
pub use speed::{Lead, NoPace, shown_speed};
pub use start::Start;
pub use told::{BatchRow, Contents, Handed, Here, LeftToHear, Offer, Outline, OutputRow, ThemeRow};

pub use unsaved::OnDisk;

use crate::interview::{AnswerId, BatchId, EventId, ReviewerId, SubmissionId, UnderWay};
use crate::text::SafeText;
use action::Place;

/// Everything that the program knows while it runs.
pub struct App {
    /// Who reviews here.
    pub me: Me,
    /// Whether another window writes, or nothing can be written, so that this one only reads.
    pub read_only: bool,
    only_reads: &'static str,
    /// The batches, for the first screen.
    pub shelf: Shelf,
    /// The fetch that is under way, here or in another program.
    pub under_way: Option<UnderWay>,
    /// Whether a fetch was begun here and is not over: then a key pauses it.
    pub fetches: bool,
    /// Where there is something to fetch from: the sources of the settings.
    pub sources: Vec<SafeText>,
    /// The open batch.
    pub desk: Option<Desk>,
    /// What is loaded and playing.
    pub deck: Deck,
    /// What the screens below the top one are waiting with; the last is drawn.
    pub screens: Vec<Screen>,
    /// What lies over it; the last has the keys.
    pub overlays: Vec<Overlay>,
    /// The newest message, until the next key.
    pub notice: Option<Notice>,
    /// Whether an answer plays as soon as it is opened.
    pub autoplay: bool,
    /// Where exports go unless another place is named.
    pub export_folder: String,
    /// Through which folder journals were exchanged the last time; empty where none is known.
    pub exchange_folder: String,
    /// Whether the rubric's own words are lit in transcripts, where that is allowed.
    pub lights: bool,
    search: Option<Search>,
    skimming: Option<skimming::Skimming>,
    /// The evidence that was gone to last.
    gone_to: Option<moments::GoneTo>,
    /// Evidence whose ends were moved.
    picked: Option<adjusting::Picked>,
    looked_up: Option<Box<Concordance>>,
    offer: Option<choosing::Pending>,
    reading: Option<reading::Reading>,
    /// The answer that played until something lay over it.
    plays_after: Option<AnswerId>,
    open_at_start: Option<BatchId>,
    /// How many minutes there are, until a batch is open to plan them.
    minutes: Option<u32>,
    sitting: Option<Sitting>,
    /// Whether beginners are given hints.
    tours: bool,
    /// Whose recommendation was put off: nobody is asked twice.
    not_now: BTreeSet<SubmissionId>,
    /// The batch that was closed last: the player may still tell what was heard of it.
    left: Option<Box<Desk>>,
    unsaved: unsaved::Unsaved,
    /// What is planned, sent or pulled.
    askings: deliver::Askings,
    /// The disagreement that was looked at last.
    reconciling: Option<reconciling::Differs>,
    /// What an undo would take back that is not on screen, once that was said.
    undo_asked: Option<EventId>,
    mint: Mint,
    now: Timestamp,
    edition: u64,
}

/// Who reviews here.
#[derive(Clone, Debug, PartialEq)]
pub struct Me {
    /// The public identity.
    pub id: ReviewerId,
    /// What others see of it.
    pub label: SafeText,
}

/// One of the screens, with what it remembers.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the screens' names")]
pub enum Screen {
    Batches,
    Batch(Grid),
    Review(Review),
    Compare(Compare),
    Panel(Panel),
    Deliver(Deliver),
    Calibrate(Calibrate),
}

impl Screen {
    /// The place whose keys work on it.
    pub fn place(&self) -> Place {
        match self {
            Screen::Batches => Place::Batches,
            Screen::Batch(_) => Place::Batch,
            // A clip is heard and rated with the same keys as an answer.
            Screen::Review(_) | Screen::Calibrate(_) => Place::Review,
            Screen::Compare(_) => Place::Compare,
            Screen::Panel(_) => Place::Panel,
            Screen::Deliver(_) => Place::Deliver,
        }
    }
}

/// A message to the reviewer.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// What it says.
    pub text: SafeText,
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something is to be known.
    Hint,
    /// Something went wrong.
    Trouble,
}

impl App {
    /// The program before its first event.
    pub fn new(start: Start, now: Timestamp) -> Self {
        App {
            me: start.me,
            read_only: start.read_only,
            only_reads: judging::READ_ONLY,
            shelf: Shelf::default(),
            desk: None,
            deck: Deck::new(start.chosen),
            screens: vec![Screen::Batches],
            overlays: Vec::new(),
            notice: None,
            autoplay: start.autoplay,
            export_folder: start.export_folder,
            exchange_folder: start.exchange_folder,
            sources: start.sources,
            under_way: None,
            fetches: false,
            lights: false,
            search: None,
            skimming: None,
            gone_to: None,
            picked: None,
            looked_up: None,
            offer: None,
            reading: None,
            plays_after: None,
            open_at_start: start.batch,
            minutes: start.minutes,
            sitting: None,
            tours: start.tour,
            not_now: BTreeSet::new(),
            left: None,
            unsaved: unsaved::Unsaved::default(),
            askings: deliver::Askings::default(),
            reconciling: None,
            undo_asked: None,
            mint: Mint::new(start.seed),
            now,
            edition: 0,
        }
    }

    /// Nothing can be written where the library lies: this window only reads, and says so.
    pub fn cannot_write(&mut self) {
        (self.read_only, self.only_reads) = (true, "Nothing can be written to the library: earmark only reads.");
    }

    /// The other window is gone, and this one writes from now on; not where nothing can be written at all.
    fn may_write(&mut self) -> Vec<Effect> {
        if !self.read_only || self.only_reads != judging::READ_ONLY {
            return Vec::new();
        }
        self.read_only = false;
        self.tell(Tone::Done, "The other earmark has ended: this one writes from now on.")
    }

    /// Takes in what happened at `now`; returns what is to be done about it.
    pub fn update(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        self.now = now;
        let (is_covered, chosen) = (!self.overlays.is_empty(), self.deck.chosen);
        let only_moves = self.only_moves(&event);
        // Every key is a moment at which a written answer has been on screen so long.
        let mut effects = if matches!(event, Event::Do(_) | Event::Rested) { self.count_reading() } else { Vec::new() };
        effects.extend(self.take(event));
        effects.extend(self.cover_follows());
        effects.extend(self.second_follows());
        effects.extend(self.pause_under_overlay());
        if is_covered && self.overlays.is_empty() {
            effects.extend(self.play_on());
        }
        effects.extend(self.settle());
        if self.deck.chosen != chosen {
            effects.push(Effect::KeepTempo(self.deck.chosen));
        }
        if effects.iter().any(|effect| matches!(effect, Effect::Append(_))) {
            self.follow_sitting();
        }
        if matches!(self.screen(), Screen::Batch(_)) {
            self.sift();
        }
        self.name_by_question();
        if !only_moves || !effects.is_empty() {
            self.edition += 1;
        }
        effects
    }

    /// Another number after everything that may have changed what the grid's cells say: going from row to row does not.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    fn only_moves(&self, event: &Event) -> bool {
        let rests = self.overlays.is_empty() && self.desk.as_ref().is_some_and(|desk| !desk.sift_again);
        let grid = matches!(self.screens.last(), Some(Screen::Batch(_)));
        grid && rests && matches!(event, Event::Do(action) if action.rows().is_some())
    }

    /// Candidates are called as the question in front has it, in dialogs too.
    fn name_by_question(&mut self) {
        let Some(desk) = &self.desk else { return };
        let question = match self.screen() {
            Screen::Batch(grid) => desk.batch.interview.questions.get(grid.column).map(|question| question.id.clone()),
            Screen::Review(review) => desk.batch.answer(review.answer).map(|(_, given)| given.question.clone()),
            Screen::Compare(compare) if compare.overall.is_none() => Some(compare.question.clone()),
            _ => None,
        };
        if let Some(desk) = &mut self.desk {
            desk.in_front = question;
        }
    }

    fn take(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Started => self.started(),
            Event::Do(action) => self.act_on(action),
            Event::Stray { key, bound } => self.stray_key(&key, &bound),
            Event::Choose(nth) => self.choose(nth),
            Event::Themes { rows, shown } => self.themes(rows, shown),
            Event::Pointed(nth) => self.pointed(nth),
            Event::Speed(speed) => self.go_at_speed(speed),
            Event::MustLeave => self.leave_now(),
            Event::Give(observed) => self.give_value(observed),
            Event::Pointing(what) => self.pointed_at(what),
            Event::Wheel { over, by } => self.wheel(over, by),
            Event::BeginsAt { what, line } => self.begins_at(what, line),
            Event::Text(input) => self.text(input),
            Event::GoTo(at) => self.go_to_moment(at),
            Event::Shelf(rows) => self.shelf_is_here(rows),
            Event::UnderWay(state) => self.is_under_way(state.map(|state| *state)),
            Event::Fetched { told, whole } => self.fetched(&told, whole),
            Event::Opened(contents) => self.batch_is_open(*contents),
            Event::Here { answer, here } => self.answer_is_here(answer, here),
            Event::LookOn => self.look_on(),
            Event::Indexed(part) => self.indexed(*part),
            Event::Saved(entries) => self.saved(entries),
            Event::HeldUp { why } => self.is_held_up(why),
            Event::NotSaved { ids, reason } => self.not_saved(&ids, reason),
            Event::MayWrite => self.may_write(),
            Event::Others(entries) => {
                let mut effects = self.others_wrote(entries);
                effects.extend(self.delivery_is_news());
                effects
            }
            Event::Alike { batch, found } => self.alike_are_here(batch, found.map(|found| *found)),
            Event::SecondReader { batch, kept } => self.second_is_here(batch, *kept),
            Event::Measured { asked, measures } => self.panel_is_measured(asked, *measures),
            Event::Renewed(contents) => self.batch_is_renewed(*contents),
            Event::RubricIs { batch, rubric } => self.rubric_is(batch, *rubric),
            Event::RubricFound(offer) => self.rubric_found(offer),
            Event::Attached { rubric } => self.rubric_attached(*rubric),
            Event::Delivering { batch, asked, headway } => self.delivery_is_so_far(batch, asked, headway),
            Event::Delivery { batch, asked, did } => self.delivery_did(batch, asked, *did),
            Event::Exchanged { told, whole } => self.exchanged(&told, whole),
            Event::Exported { path, rows, unsealed, not_ready, kept_out } => {
                self.exported(&path, rows, [unsealed, not_ready, kept_out])
            }
            Event::OriginalShown { answer, player, through } => self.original_is_shown(answer, &player, through),
            Event::DocumentShown { submission, nth, player, through } => self.document_is_shown(submission, nth, &player, through),
            Event::DocumentRead { submission, nth, text } => self.document_is_read(submission, nth, text),
            Event::Player(report) => self.player_reports(report),
            Event::Outputs(outputs) => self.outputs(outputs),
            Event::OnScreen(part) => self.on_screen(part),
            Event::Rested => self.keep_draft(),
            Event::NotOpened { why } => self.not_opened(&why),
            Event::Failed { what, why } => self.tell(Tone::Trouble, format!("{what}: {why}")),
        }
    }

    /// What lies over the transcript keeps one from listening: nothing plays, nor counts as heard, meanwhile.
    fn pause_under_overlay(&mut self) -> Vec<Effect> {
        if self.overlays.is_empty() {
            return Vec::new();
        }
        let effects = self.paused();
        if !effects.is_empty() {
            self.plays_after = self.deck.answer();
        }
        effects
    }

    /// What played before something lay over it plays on, unless one has gone elsewhere by now or it plays already.
    pub(in crate::app) fn play_on(&mut self) -> Vec<Effect> {
        let is_open = matches!(self.screen(), Screen::Review(_) | Screen::Compare(_) | Screen::Calibrate(_));
        let waits = self.plays_after.take().filter(|waits| is_open && !self.deck.playing && self.deck.answer() == Some(*waits));
        if waits.is_some() { self.resume() } else { Vec::new() }
    }

    /// The screen that is drawn.
    pub fn screen(&self) -> &Screen {
        self.screens.last().expect("the batches are never closed")
    }

    /// The place whose keys work now.
    pub fn place(&self) -> Place {
        if self.overlays.is_empty() { self.screen().place() } else { Place::Overlay }
    }

    /// The time that the last event came with.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    fn started(&mut self) -> Vec<Effect> {
        if self.read_only {
            self.tell(Tone::Hint, self.only_reads);
        }
        // To list the batches is to count in all of them; who starts in one sees the list on the way out.
        vec![self.open_at_start.map_or(Effect::ListBatches, Effect::OpenBatch)]
    }

    fn not_opened(&mut self, why: &SafeText) -> Vec<Effect> {
        self.tell(Tone::Trouble, format!("The batch could not be opened: {why}"));
        // The batch to start in did not open.
        let nothing_to_see = self.desk.is_none() && self.shelf.rows.is_none() && self.open_at_start.take().is_some();
        if nothing_to_see { vec![Effect::ListBatches] } else { Vec::new() }
    }
}

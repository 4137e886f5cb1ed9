//! What can happen to the application, and what it asks for in turn.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::action::{Action, Place};
use super::deck::Slot;
use super::deliver::Delivery;
use super::finding::Indexed;
use super::pointing::{Pointing, Scrollable};
use super::told::{BatchRow, Contents, Here, Offer, OutputRow, ThemeRow};
use crate::interview::{AnswerId, BatchId, EventId, Headway, Moment, Span, Spans, SubmissionId, UnderWay};
use crate::journal;
use crate::panel::Measures;
use crate::rubric::{Observed, Rubric};
use crate::scorer::alike::Alike;
use crate::scorer::reader::Proposal;
use crate::sound::Prepared;
use crate::text::SafeText;

/// Something that happened: a key, or a report of the player, the library or another edge.
#[derive(Clone, Debug)]
pub enum Event {
    /// The program starts.
    Started,
    /// A key, a palette entry or a script asks for this.
    Do(Action),
    /// A key was pressed that means nothing here.
    Stray {
        /// How people read it.
        key: SafeText,
        /// The screens where it means something, and what.
        bound: Vec<(Place, Action)>,
    },
    /// The item with this number of the open list was chosen.
    Choose(usize),
    /// An open text field changed, was finished, or was left.
    Text(TextInput),
    /// The ear is to be at this moment of the answer that is heard.
    GoTo(Moment),
    /// The batches that the library holds.
    Shelf(Vec<BatchRow>),
    /// How far a fetch into the library is; none once it is over.
    UnderWay(Option<Box<UnderWay>>),
    /// The fetch that was asked for is over.
    Fetched {
        /// What came of it.
        told: SafeText,
        /// Whether all came.
        whole: bool,
    },
    /// A batch was opened.
    Opened(Box<Contents>),
    /// What is needed to follow and draw one answer is here.
    Here {
        /// Which answer.
        answer: AnswerId,
        /// Its transcript and peaks.
        here: Here,
    },
    /// Screen and keys had their turn: what is looked up goes on.
    LookOn,
    /// Some answers of a batch were read for its index.
    Indexed(Box<Indexed>),
    /// These acts are on disk.
    Saved(Vec<journal::Event>),
    /// The earmark that wrote to this library has ended: this one may write.
    MayWrite,
    /// What was done cannot be written for now; it is tried until it can.
    HeldUp {
        /// Why, and what to do.
        why: SafeText,
    },
    /// These acts could not be written.
    NotSaved {
        /// Which.
        ids: Vec<EventId>,
        /// Why, and what to do.
        reason: SafeText,
    },
    /// Another process on this library wrote these acts; none where it wrote something else.
    Others(Vec<journal::Event>),
    /// The panel's figures that were asked for are computed.
    Measured {
        /// Which asking they answer.
        asked: u32,
        /// They.
        measures: Box<Measures>,
    },
    /// What second readers proposed before is read.
    SecondReader {
        /// Of which batch.
        batch: BatchId,
        /// Each engine's last, by answer.
        kept: Box<BTreeMap<AnswerId, Vec<Proposal>>>,
    },
    /// The answers of a batch were compared with each other.
    Alike {
        /// Of which batch.
        batch: BatchId,
        /// What is told of each that is like another; none where there are too many to compare beside everything else.
        found: Option<Box<BTreeMap<AnswerId, Alike>>>,
    },
    /// The open batch as it is now: another process imported into it.
    Renewed(Box<Contents>),
    /// Another process attached this rubric to a batch.
    RubricIs {
        /// To which.
        batch: BatchId,
        /// It.
        rubric: Box<Rubric>,
    },
    /// A rubric that can be attached, with the questions it would be tied to.
    RubricFound(Box<Offer>),
    /// The rubric is attached.
    Attached {
        /// It.
        rubric: Box<Rubric>,
    },
    /// The comparative table was written.
    Exported {
        /// Where.
        path: SafeText,
        /// Candidates in it.
        rows: usize,
        /// Scorecards left out because they are not sealed.
        unsealed: usize,
        /// Candidates left out because not everyone who should has sealed.
        not_ready: usize,
        /// Rows that stayed out because a cell of them is wrong.
        kept_out: usize,
    },
    /// How far something is that was asked about a delivery.
    Delivering {
        /// Of which batch.
        batch: BatchId,
        /// Which asking.
        asked: u32,
        /// How far.
        headway: Headway,
    },
    /// Something that was asked about a delivery came to its end.
    Delivery {
        /// Of which batch.
        batch: BatchId,
        /// Which asking it answers.
        asked: u32,
        /// What came of it.
        did: Box<Delivery>,
    },
    /// Journals were exchanged.
    Exchanged {
        /// What came and went, in a line.
        told: SafeText,
        /// Whether all that was there was taken.
        whole: bool,
    },
    /// The reviewer's own player shows the original of an answer.
    OriginalShown {
        /// Of which.
        answer: AnswerId,
        /// Which player.
        player: SafeText,
        /// How it got the recording.
        through: journal::Through,
    },
    /// The reviewer's own program shows a document.
    DocumentShown {
        /// Whose.
        submission: SubmissionId,
        /// Which, counted from 0.
        nth: usize,
        /// Which program.
        player: SafeText,
        /// How it got the document.
        through: journal::Through,
    },
    /// A document that is text was read.
    DocumentRead {
        /// Whose.
        submission: SubmissionId,
        /// Which, counted from 0.
        nth: usize,
        /// What it says, as it came.
        text: SafeText,
    },
    /// The player reports.
    Player(Report),
    /// Sound can come out of these.
    Outputs(Vec<OutputRow>),
    /// These themes can be chosen, and this one is shown.
    Themes {
        /// All of them.
        rows: Vec<ThemeRow>,
        /// The name of the one that is shown.
        shown: String,
    },
    /// The item with this number of the open list is under the cursor; told of lists that show beforehand what a choice does.
    Pointed(usize),
    /// A value was named whole, for the criterion in focus.
    Give(Observed),
    /// A speed was named, in hundredths.
    Speed(u16),
    /// The program has to end: the terminal or the input is gone, or the system ends it.
    MustLeave,
    /// The mouse pointed at something.
    Pointing(Pointing),
    /// The wheel turned over something that scrolls.
    Wheel {
        /// What.
        over: Scrollable,
        /// Lines down; negative: up.
        by: isize,
    },
    /// The frame on screen shows something from another line on than was thought: it follows, or there is no more of it.
    BeginsAt {
        /// What.
        what: Scrollable,
        /// The first line that is shown.
        line: usize,
    },
    /// These characters of a written answer are on screen now; none when no written answer is.
    OnScreen(Option<(AnswerId, Span)>),
    /// Nothing was typed for a while in an open text field: what stands there is worth keeping, and what was read is counted.
    Rested,
    /// The batch that was asked for could not be opened.
    NotOpened {
        /// Why, and what to do.
        why: SafeText,
    },
    /// Something asked for could not be done.
    Failed {
        /// What.
        what: SafeText,
        /// Why, and what to do.
        why: SafeText,
    },
}

/// What happens in an open text field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextInput {
    /// It now reads so; a draft is kept once typing rests.
    Changed(String),
    /// It is finished.
    Done(String),
    /// It is left; what stands there is kept as a draft.
    Cancelled,
}

/// What the player reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// A slot can be played; `length` is counted, or none while the rest decodes.
    Ready {
        /// Which slot.
        slot: Slot,
        /// Which answer lies in it.
        answer: AnswerId,
        /// Its length, once counted.
        length: Option<Moment>,
    },
    /// A recording that nobody had measured before is measured now.
    Measured {
        /// Which answer.
        answer: AnswerId,
        /// What was found out.
        prepared: Arc<Prepared>,
    },
    /// A recording cannot be played.
    Unplayable {
        /// Which slot.
        slot: Slot,
        /// Which answer.
        answer: AnswerId,
        /// Why.
        reason: SafeText,
    },
    /// Where the ear is.
    At {
        /// Which slot.
        slot: Slot,
        /// In which answer: what is told of one that lay there before is no news.
        answer: AnswerId,
        /// The moment, device delay subtracted.
        at: Moment,
    },
    /// These stretches were really played.
    Heard {
        /// Of which answer.
        answer: AnswerId,
        /// Which.
        spans: Spans,
        /// How fast, in hundredths.
        speed: u16,
    },
    /// The answer played to its end.
    Ended {
        /// Which slot.
        slot: Slot,
        /// Which answer.
        answer: AnswerId,
    },
    /// There is no sound device, or it went away; playing has paused.
    NoDevice {
        /// Why.
        reason: SafeText,
    },
    /// The sound goes on, on another output: the system moved it there.
    Moved {
        /// What people call it.
        name: SafeText,
    },
    /// The device is back.
    DeviceBack,
    /// A device is open, and sound goes to it.
    Sounds,
}

//! What the application asks its edges to do.

use std::sync::Arc;

use super::deck::{Chosen, Slot};
use super::deliver::DeliverWish;
use super::desk::ToMeasure;
use super::finding::ToIndex;
use crate::interview::{AnswerId, BatchId, Moment, QuestionId, Span, SubmissionId};
use crate::journal;
use crate::sound::Prepared;
use crate::text::SafeText;

/// Something the application asks an edge to do; each ends in an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the library which batches it holds.
    ListBatches,
    /// Open a batch.
    OpenBatch(BatchId),
    /// Fetch the transcript and peaks of an answer.
    Fetch(AnswerId),
    /// Keep what was measured of a recording.
    KeepMeasured {
        /// Of which answer.
        answer: AnswerId,
        /// What was found out.
        prepared: Arc<Prepared>,
    },
    /// Read these answers of the open batch for its index, in this order and beside everything else.
    Index {
        /// The batch.
        batch: BatchId,
        /// Which answers.
        answers: Vec<ToIndex>,
    },
    /// Compute the panel's figures, beside everything else.
    Measure {
        /// Which asking this is; the answer names it.
        asked: u32,
        /// From what.
        from: Arc<ToMeasure>,
    },
    /// Read what second readers proposed before for the answers of this batch.
    ReadSecond(BatchId),
    /// Find the answers of this batch in which the same was said.
    FindAlike(BatchId),
    /// Go on with what is looked up, after screen and keys had their turn.
    LookOn,
    /// Put a text on the clipboard.
    Copy(SafeText),
    /// Write acts.
    Append(Vec<journal::Draft>),
    /// Look at a rubric, shipped or in a file, for this batch.
    FindRubric {
        /// For which batch.
        batch: BatchId,
        /// A shipped rubric's id, or a path.
        from: RubricFrom,
    },
    /// Attach what was offered.
    AttachRubric {
        /// To which batch.
        batch: BatchId,
        /// The rubric's file content.
        source: Arc<str>,
        /// The batch's questions tied to the rubric's.
        map: Vec<(QuestionId, QuestionId)>,
    },
    /// Write the comparative CSV.
    Export {
        /// Of which batch.
        batch: BatchId,
        /// Where.
        path: String,
    },
    /// Plan, apply or bring to its end a delivery, or read the ATS's applications; beside everything else.
    Deliver {
        /// Which asking this is; the answer names it.
        asked: u32,
        /// Of which batch.
        batch: BatchId,
        /// What.
        wish: DeliverWish,
    },
    /// Fetch what is new from this source of the settings; from all without it.
    FetchNew(Option<SafeText>),
    /// Pause the fetch that was begun here, or let it go on.
    PauseFetch,
    /// Exchange journals with the other reviewers through this folder.
    Exchange(String),
    /// Tell the player.
    Player(Command),
    /// Show the original of an answer in the reviewer's own player.
    ShowOriginal {
        /// Of which.
        answer: AnswerId,
        /// What the player may call it.
        title: SafeText,
        /// From where.
        at: Moment,
        /// How fast, in hundredths.
        speed: u16,
    },
    /// Show a document in the reviewer's own program.
    ShowDocument {
        /// Whose.
        submission: SubmissionId,
        /// Which, counted from 0.
        nth: usize,
        /// What the program may call it.
        title: SafeText,
    },
    /// Read a document that is text.
    ReadDocument {
        /// Whose.
        submission: SubmissionId,
        /// Which, counted from 0.
        nth: usize,
    },
    /// Ask which outputs there are.
    ListOutputs,
    /// Give the terminal back for a while.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Use the next theme.
    NextTheme,
    /// Remember that the tour is over.
    EndTour,
    /// Remember for the next start how answers are heard.
    KeepTempo(Chosen),
    /// End, and open the demo instead.
    OpenDemo,
    /// Ask which themes there are.
    ListThemes,
    /// Use the theme of this name.
    ShowTheme(String),
    /// End.
    Quit,
}

/// Where a rubric comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RubricFrom {
    /// Shipped inside the program.
    Shipped(String),
    /// A file.
    File(String),
}

/// What the player is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Put an answer into a slot, at a moment.
    Load {
        /// Which slot.
        slot: Slot,
        /// Which answer.
        answer: AnswerId,
        /// From where it will play.
        at: Moment,
    },
    /// Play on this output from now on; none: on the one that the system chooses.
    Output(Option<String>),
    /// Decode these answers, which will be heard soon; the first one first.
    Prefetch(Vec<AnswerId>),
    /// Empty a slot.
    Unload(Slot),
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// Go to a moment.
    Seek {
        /// Of which slot.
        slot: Slot,
        /// Where to.
        at: Moment,
    },
    /// Play at this speed, in hundredths.
    Speed(u16),
    /// Hear this slot instead, at once.
    Switch(Slot),
    /// Skip silences, or do not.
    SkipSilence(bool),
    /// Play a stretch over and over; none: on to the end.
    Repeat {
        /// Of which slot.
        slot: Slot,
        /// Which stretch.
        span: Option<Span>,
    },
}

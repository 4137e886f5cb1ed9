//! What events bring: the rows of lists, what a batch holds, a rubric that can be attached.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sitting::Rest;
use crate::interview::{AnswerId, Batch, BatchId, Moment, Question, Spans};
use crate::journal;
use crate::rubric::{Mapping, Rubric};
use crate::scorecard::Panelist;
use crate::sound::{Prepared, Sketch};
use crate::text::SafeText;
use crate::transcript::Transcript;

/// Something that sound can come out of.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputRow {
    /// What the player and the settings call it.
    pub id: String,
    /// What people call it.
    pub name: SafeText,
}

/// A theme that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeRow {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: SafeText,
}

/// One batch in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRow {
    /// Which.
    pub id: BatchId,
    /// What people call it.
    pub title: SafeText,
    /// The job opening's title or id.
    pub requisition: Option<SafeText>,
    /// When it came in.
    pub imported_at: Timestamp,
    /// Until when candidates could answer.
    pub deadline: Option<Timestamp>,
    /// How many submissions.
    pub submissions: usize,
    /// How many answers that can be reviewed.
    pub answers: usize,
    /// How many that were named but cannot be used.
    pub faulty: usize,
    /// Answers that this reviewer has fully rated, once counted.
    pub rated: Option<usize>,
    /// Answers whose ratings this reviewer has sealed, once counted.
    pub sealed: Option<usize>,
    /// Answers that are this reviewer's to review, once counted.
    pub of: Option<usize>,
    /// Whether a rubric is attached.
    pub has_rubric: bool,
    /// What is left to hear, once counted.
    pub left: Option<LeftToHear>,
    /// Where it was handed to this person to decide on, how far that is, once counted.
    pub handed: Option<Handed>,
}

/// A batch that was handed to somebody who decides on it and does not score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// Until when it may be used; none: without an end.
    pub until: Option<Timestamp>,
    /// Candidates on whom something is decided.
    pub decided: usize,
    /// All of them.
    pub of: usize,
    /// Candidates besides whose own day is over.
    #[serde(default)]
    pub lapsed: usize,
    /// When the day of the next of them is over; none: never.
    #[serde(default)]
    pub next: Option<Timestamp>,
}

impl Handed {
    /// Whose day is over, behind a semicolon; nothing where that is nobody's.
    pub fn lapsed_in_words(&self) -> String {
        match self.lapsed {
            0 => String::new(),
            1 => "; 1 candidate's day is over".to_owned(),
            some => format!("; {some} candidates' days are over"),
        }
    }

    /// Whether its time is over: it is opened no more, and what was decided can still go back.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until < now)
    }
}

/// What is left to hear of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LeftToHear {
    /// Since when the first submission that is not sealed has been here; none where the source does not say, or nothing is left.
    pub since: Option<Timestamp>,
    /// How much it is with its silences.
    pub whole: Rest,
    /// How much it is without those that skipping leaves out.
    pub skipping: Rest,
}

impl LeftToHear {
    /// How much it is, with silences or without.
    pub fn rest(&self, skips: bool) -> Rest {
        if skips { self.skipping } else { self.whole }
    }
}

/// All that is needed to work on a batch.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The batch.
    pub batch: Batch,
    /// Its journal, in the one order.
    pub entries: Vec<journal::Event>,
    /// The rubric that is attached.
    pub rubric: Option<Rubric>,
    /// What preparing found out about each recording.
    pub outlines: BTreeMap<AnswerId, Outline>,
    /// Who is known beside the batch's own list of reviewers.
    pub people: Vec<Panelist>,
}

/// What is known of a recording without its content.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Outline {
    /// Its counted length.
    pub length: Moment,
    /// Where there is speech.
    pub speech: Spans,
}

impl From<&Prepared> for Outline {
    fn from(prepared: &Prepared) -> Self {
        Outline { length: Moment(prepared.length_ms), speech: prepared.speech.clone() }
    }
}

impl From<Sketch> for Outline {
    fn from(sketch: Sketch) -> Self {
        Outline { length: Moment(sketch.length_ms), speech: sketch.speech }
    }
}

/// What is needed to follow and draw one answer.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// What was said, where that is known.
    pub transcript: Option<Arc<Transcript>>,
    /// The loudest sample of each 10 ms, 0 to 255.
    pub peaks: Arc<[u8]>,
    /// What was found out about the recording; none while nobody has measured it.
    pub measured: Option<Arc<Prepared>>,
}

/// A rubric that can be attached, and how its questions would be tied to the batch's.
#[derive(Clone, Debug)]
pub struct Offer {
    /// For which batch.
    pub batch: BatchId,
    /// The batch's questions.
    pub questions: Vec<Question>,
    /// The rubric.
    pub rubric: Rubric,
    /// Its file content.
    pub source: Arc<str>,
    /// How they are tied; none where a person has to say it, question by question.
    pub mapping: Option<Mapping>,
}

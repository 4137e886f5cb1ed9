//! A rubric as a value. How it is read from TOML stands in `read.rs`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::settings::{Policy, Protocol};
use super::{Observed, Point};
use crate::interview::{CriterionId, Digest, QuestionId, Slug};
use crate::text::SafeText;

/// A rubric: one scale, questions with their criteria, and how people review.
#[derive(Clone, PartialEq, Debug)]
pub struct Rubric {
    /// Identity, together with the version.
    pub id: Slug,
    /// Semantic version.
    pub version: SafeText,
    /// What people call it.
    pub title: SafeText,
    /// BCP 47 tag.
    pub language: Option<SafeText>,
    /// Where its content validity is argued.
    pub job_analysis: Option<SafeText>,
    /// Hours from invitation to deadline that candidates are to have.
    pub deadline_hours: Option<u32>,
    /// One scale for the whole rubric.
    pub scale: Scale,
    /// How numbers are made.
    pub policy: Policy,
    /// How people review.
    pub protocol: Protocol,
    /// In the order of asking.
    pub questions: Vec<Question>,
    /// Facts to be ascertained.
    pub must_haves: Vec<MustHave>,
    /// Gold-scored answers for calibration.
    pub anchor_clips: Vec<AnchorClip>,
    /// When and by whom it was frozen.
    pub freeze: Option<Freeze>,
}

impl Rubric {
    /// The question with this id.
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == *id)
    }

    /// All criteria with their questions, in order.
    pub fn criteria(&self) -> impl Iterator<Item = (&Question, &Criterion)> {
        self.questions.iter().flat_map(|question| question.criteria.iter().map(move |criterion| (question, criterion)))
    }
}

/// The points that a rating can have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scale {
    /// The lowest point.
    pub min: i16,
    /// The highest point.
    pub max: i16,
    /// A word for each whole point from the lowest, or none at all.
    pub labels: Vec<SafeText>,
    /// Whether half points may be given.
    pub allow_half: bool,
    /// Points for which every criterion must have an anchor.
    pub require_anchors: Vec<i16>,
}

impl Scale {
    /// Whether a rating can have this point.
    pub fn allows(&self, point: Point) -> bool {
        let within = f64::from(self.min) <= point.value() && point.value() <= f64::from(self.max);
        within && (self.allow_half || !point.is_half())
    }

    /// Whether one digit names each whole point: none has two digits or a sign.
    pub fn is_by_digits(&self) -> bool {
        self.min >= 0 && self.max <= 9
    }

    /// What a digit alone gives; none where it may be the beginning of a point, or of none.
    ///
    /// `0` is *not observed*, unless the scale has a point of that name.
    pub fn of_digit(&self, digit: u8) -> Option<Observed> {
        match self.named(Point::whole(i16::from(digit))) {
            Observed::Point(_) if !self.is_by_digits() => None,
            given => Some(given),
        }
    }

    /// What a whole or half number gives: the point of that name, on the scale or not; 0 where no point has it is *not observed*.
    pub fn named(&self, point: Point) -> Observed {
        match point == Point::whole(0) && !self.allows(point) {
            true => Observed::NotObserved,
            false => Observed::Point(point),
        }
    }

    /// The word for a whole point.
    pub fn label(&self, point: i16) -> Option<&SafeText> {
        self.labels.get(usize::try_from(i32::from(point) - i32::from(self.min)).ok()?)
    }

    /// A point as percent of the maximum possible, 0 to 100.
    pub fn pomp(&self, value: f64) -> f64 {
        100.0 * (value - f64::from(self.min)) / f64::from(self.max - self.min)
    }
}

/// A question of the rubric.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// Unique in the rubric.
    pub id: QuestionId,
    /// What is asked.
    pub prompt: SafeText,
    /// Such as `past-behaviour`, `situational`, `work-sample`.
    pub category: Option<SafeText>,
    /// Seconds to think.
    pub think_seconds: Option<u32>,
    /// Seconds an answer may take.
    pub answer_seconds: Option<u32>,
    /// How often it may be recorded again.
    pub retakes: Option<u32>,
    /// What to listen for.
    pub probe_hint: Option<SafeText>,
    /// What is scored in it.
    pub criteria: Vec<Criterion>,
}

/// One dimension of a question that is scored.
#[derive(Clone, PartialEq, Debug)]
pub struct Criterion {
    /// Unique in its question; in shipped rubrics in the whole rubric.
    pub id: CriterionId,
    /// What people call it.
    pub name: SafeText,
    /// Its weight in the total; finite and above 0.
    pub weight: f64,
    /// The competency it belongs to.
    pub competency: Option<SafeText>,
    /// When a person must look.
    pub knockout: Option<Knockout>,
    /// Words that point at what is looked for.
    pub look_for: Vec<LookFor>,
    /// What must not count.
    pub ignore: Vec<SafeText>,
    /// The behaviour that describes a point.
    pub anchors: BTreeMap<i16, SafeText>,
}

/// A low rating at which a person must look; a machine never rejects.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Knockout {
    /// Below this point.
    pub below: f64,
    /// Which figure over reviewers is compared.
    pub rule: KnockoutRule,
}

/// Which figure over reviewers a knockout compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnockoutRule {
    /// The median of their points.
    Median,
    /// The mean of their points.
    Mean,
    /// Each reviewer's point.
    Any,
}

/// Something to look for, and the words that hit it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LookFor {
    /// What it is.
    pub text: SafeText,
    /// Phrases that hit it; a plain string is its own phrase.
    pub words: Vec<SafeText>,
}

/// A fact to be ascertained: yes, no or unclear. On *no* a person looks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MustHave {
    /// Unique in the rubric.
    pub id: Slug,
    /// What must be so.
    pub text: SafeText,
    /// Where it is asked.
    pub question: Option<QuestionId>,
}

/// A gold-scored answer for calibration, agreed on by experts.
#[derive(Clone, PartialEq, Debug)]
pub struct AnchorClip {
    /// Unique in the rubric.
    pub id: Slug,
    /// Which question it answers.
    pub question: QuestionId,
    /// The recording, relative to the rubric's file.
    pub media: SafeText,
    /// The experts' points.
    pub key: BTreeMap<CriterionId, Point>,
    /// Why.
    pub rationale: SafeText,
}

/// Written when a rubric is frozen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Freeze {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: SafeText,
    /// Hash of ids, scale, weights and anchors; `sha256:…` in the file.
    pub scoring_hash: Digest,
    /// Hash of everything else.
    pub text_hash: Digest,
    /// No score may be older.
    pub first_score_allowed_after: Option<Timestamp>,
}

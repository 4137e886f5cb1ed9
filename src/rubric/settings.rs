//! How numbers are made and how people review: `[policy]` and `[protocol]` as values.

use serde::{Deserialize, Serialize};

/// How numbers are made of ratings.
#[derive(Clone, PartialEq, Debug)]
pub struct Policy {
    /// What *not observed* does to a total.
    pub not_observed: MissingRule,
    /// What an answer that was not given does to a total.
    pub not_answered: MissingRule,
    /// What an unplayable recording does to a total.
    pub technical_fault: MissingRule,
    /// Reviewers that every used cell needs.
    pub min_reviewers: u32,
    /// Share of the weight that must be observed to be ranked.
    pub min_coverage: f64,
    /// How cells become a total.
    pub aggregate: Aggregate,
    /// Difference between reviewers, in points, that asks for reconciling.
    pub disagreement_gap: f64,
}

/// What a missing value does to a total.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingRule {
    /// It leaves the average.
    Exclude,
    /// It counts as the lowest point.
    Floor,
    /// There is no total.
    Block,
}

/// How cells become a total.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// The mean over reviewers for each criterion, then the weighted mean over criteria.
    CriterionMeanThenWeight,
}

/// How people review; every setting of the file's `[protocol]`.
#[derive(Clone, PartialEq, Debug)]
pub struct Protocol {
    /// The preset that unset settings come from.
    pub preset: Preset,
    /// Question by question across candidates, or candidate by candidate.
    pub order: Order,
    /// How the order is drawn.
    pub shuffle: Shuffle,
    /// Whether names stay hidden until revealed.
    pub hide_names: bool,
    /// When others' scores and machine judgements show.
    pub reveal: Reveal,
    /// What one seal locks.
    pub seal: Seal,
    /// Which ratings must point at a moment.
    pub evidence: EvidenceRule,
    /// How reviewers are calibrated, where they are.
    pub calibration: Option<Calibration>,
    /// Share of the speech that must be heard.
    pub heard_min: f64,
    /// When decisions open.
    pub decision_gate: DecisionGate,
    /// Whether speed and skipping are free.
    pub playback: Playback,
    /// When the picture may be seen.
    pub video: When,
    /// When résumés and the like may be seen.
    pub documents: When,
    /// Whether pseudonyms change from question to question.
    pub pseudonyms: Pseudonyms,
    /// Whether look-for words may be lit before the reveal.
    pub literal_hits: bool,
    /// Whether hand-offs and reports carry names.
    pub handoff_names_open: bool,
    /// Most seconds of sound per quote in a report; 0 for none.
    pub excerpt_seconds: u32,
    /// After how many days an absent author's ratings are released; none: count without.
    pub absent_author_days: Option<u32>,
    /// Whether a second reader that fails its evaluation is switched off, or warned of.
    pub failed_second_reader_off: bool,
    /// Whether every change asks for a reason, or only one after the reveal.
    pub change_reason_always: bool,
}

/// A named set of protocol settings.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "DESIGN's words; `Protocol::preset` says what each sets")]
pub enum Preset {
    Light,
    #[default]
    Standard,
    Audit,
}

/// In which order answers are heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Order {
    QuestionFirst,
    CandidateFirst,
}

/// How the order is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shuffle {
    /// Differently for each reviewer and question, from a recorded seed.
    PerReviewerSeeded,
    /// In the source's order.
    None,
}

/// When others' scores and machine judgements show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reveal {
    /// When all of one's own batch is sealed.
    OwnBatchSealed,
    /// For a question, when one's own ratings of it are sealed.
    Question,
    /// For a submission, when one's own scorecard of it is sealed.
    Submission,
}

/// What one seal locks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Seal {
    Question,
    Submission,
}

/// Which ratings must point at a moment when they are sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum EvidenceRule {
    None,
    ExtremesAtSeal,
    EveryRatingAtSeal,
}

/// How reviewers are calibrated on anchor clips.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Calibration {
    /// How many clips.
    pub clips: u32,
    /// The mean absolute error, in points, that passes.
    pub max_mean_abs_error: f64,
    /// After how many answers again.
    pub repeat_every: u32,
}

/// When decisions open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum DecisionGate {
    WaveReviewed,
    Off,
}

/// Whether speed and skipping are free, or one for everyone.
#[derive(Clone, PartialEq, Debug)]
pub struct Playback {
    /// Free, or fixed.
    pub speed: SpeedRule,
    /// Free, always or never.
    pub skip_silence: SkipRule,
}

/// Whether each reviewer chooses a speed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SpeedRule {
    /// Each reviewer chooses.
    Free,
    /// One factor for everyone.
    Fixed(f64),
}

/// Whether silences are skipped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum SkipRule {
    Free,
    Always,
    Never,
}

/// When something beside the answers may be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum When {
    Allowed,
    Always,
    AfterSeal,
    Never,
}

/// Whether pseudonyms change from question to question.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Pseudonyms {
    Stable,
    PerQuestion,
}

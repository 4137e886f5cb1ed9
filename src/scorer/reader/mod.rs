//! The second reader: a scorecard that a machine proposes, each point with a quote that was really said.
//!
//! It is shown after one's own seal, marked as a machine's, outside every human mean, and counts in no quorum. Two engines keep the same
//! contract: one that works from the rubric's words alone ([`embedded`]), and a language model behind an endpoint ([`contract`]).

pub mod contract;
pub mod embedded;
mod listed;
mod quote;
mod spoken_to;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::interview::{CriterionId, Digest, Span};
use crate::journal::Statement;
use crate::rubric::Point;
use crate::scorer::{Amount, language};
use crate::sound::Prepared;
use crate::text::SafeText;
use crate::transcript::Transcript;

pub use quote::{Place, find_quote};
pub use spoken_to::speaks_to_a_machine;

/// Who reads.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Engine {
    /// `embedded`, or the model's name as the endpoint calls it.
    pub model: SafeText,
    /// The version of the engine here, or what the endpoint says of the model's.
    pub version: SafeText,
    /// The digest of everything that a model is told beside the answer; none for the embedded one.
    pub prompt: Option<Digest>,
}

/// What a second reader says of one answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// Who read.
    pub engine: Engine,
    /// The digest of what was read: the transcript, names hidden.
    pub read: Digest,
    /// Points with their quotes, in the rubric's order.
    pub ratings: Vec<Proposed>,
    /// What was said and not taken, and why.
    pub dropped: Vec<Dropped>,
    /// Sentences that speak to a machine rather than to people: a finding to look at.
    pub spoken_to: Vec<Range<usize>>,
}

impl Proposal {
    /// Ratings that were said and are not taken, of criteria that have no other: asked again, the engine may say them rightly.
    pub fn lost(&self) -> usize {
        use DropReason::{Contradicts, InventedQuote, NoQuote, OffScale, QuotesAnInstruction};
        let is_rated =
            |dropped: &Dropped| self.ratings.iter().any(|rating| rating.criterion.as_str() == dropped.criterion.as_str());
        let may_be_right = |dropped: &&Dropped| {
            matches!(dropped.reason, Contradicts | InventedQuote | NoQuote | OffScale | QuotesAnInstruction) && !is_rated(dropped)
        };
        self.dropped.iter().filter(may_be_right).count()
    }

    /// What is written down of it when a person first sees it.
    pub fn statement(&self) -> Statement {
        let digest = Digest::of(&serde_json::to_vec(self).expect("a proposal has string keys"));
        let by = SafeText::line(&format!("second reader {}", self.engine.model));
        Statement { by, version: self.engine.version.clone(), digest }
    }
}

/// What is written down when sentences that speak to a machine are first shown as a finding.
pub fn spoken_to_statement(spoken_to: &[Range<usize>]) -> Statement {
    let digest = Digest::of(&serde_json::to_vec(spoken_to).expect("ranges have string keys"));
    Statement { by: SafeText::line("speaks to a machine"), version: SafeText::line(&embedded::VERSION.to_string()), digest }
}

/// A point that is proposed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Proposed {
    /// For what.
    pub criterion: CriterionId,
    /// On the rubric's scale.
    pub point: Point,
    /// Literally what was said.
    pub quote: SafeText,
    /// Where, as words of the transcript.
    pub words: Range<usize>,
    /// When; none without times.
    pub span: Option<Span>,
    /// Why, in the engine's words.
    pub why: SafeText,
}

/// Something that an engine said and that is not taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dropped {
    /// For what, as the engine called it.
    pub criterion: SafeText,
    /// Why not.
    pub reason: DropReason,
}

/// Why a rating is not taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// The quote was not said.
    InventedQuote,
    /// There is no quote, or one of fewer than three words.
    NoQuote,
    /// The point is none of the rubric's scale.
    OffScale,
    /// The rubric has no such criterion for this question.
    UnknownCriterion,
    /// The criterion was rated before in the same reply.
    RatedTwice,
    /// The criterion was rated with another point in the same reply: neither is taken.
    Contradicts,
    /// The quote is of a sentence that speaks to a machine.
    QuotesAnInstruction,
    /// Nothing was said of it, as far as the engine can tell.
    NotObserved,
    /// Words to look for were listed, and no sentence says anything of them.
    OnlyListed,
    /// The rubric names no words to look for, and this engine has nothing else.
    NothingToLookFor,
}

impl DropReason {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            DropReason::InventedQuote => "its quote was not said",
            DropReason::NoQuote => "it has no quote of three words or more",
            DropReason::OffScale => "its point is not on the scale",
            DropReason::UnknownCriterion => "the question has no such criterion",
            DropReason::RatedTwice => "it was rated before in the same reply",
            DropReason::Contradicts => "it was rated otherwise in the same reply",
            DropReason::QuotesAnInstruction => "its quote speaks to a machine",
            DropReason::NotObserved => "nothing was found that speaks of it",
            DropReason::OnlyListed => "words to look for were only listed, and no sentence says anything of them",
            DropReason::NothingToLookFor => "the rubric names no words to look for",
        }
    }
}

/// How the second reader's work on one answer ended; every one is counted, and all but the first can be taken up again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It was read.
    Read(Box<Proposal>),
    /// Nothing was said, or written: there is nothing to read.
    NothingSaid,
    /// There is no transcript of it, or one without a word though somebody speaks, which is as good as none.
    NoTranscript,
    /// The answer is in another language than the rubric's.
    OtherLanguage {
        /// The language, as a BCP 47 tag.
        language: SafeText,
    },
    /// The transcript is longer than an answer can be.
    TooLong {
        /// Words in it.
        words: usize,
    },
    /// Nobody can have said so much in the recording: the transcript is not this answer's, or nobody said it.
    MoreThanSaid {
        /// How much there is.
        amount: Amount,
    },
    /// The candidate did not agree to a machine's help, or the batch's region forbids it.
    NotAllowed {
        /// By what.
        reason: SafeText,
    },
    /// The person's data was erased while the work was on.
    Erased,
    /// The model would not.
    Refused {
        /// In its words.
        said: SafeText,
    },
    /// The reply cannot be read as what was asked for.
    Unreadable {
        /// In which way.
        how: Unreadable,
        /// What is wrong with it; it may quote the reply.
        reason: SafeText,
    },
    /// There is no reply.
    Unavailable {
        /// In which way.
        how: Unavailable,
        /// What happened, in words of our own.
        reason: SafeText,
    },
}

/// In which way a reply cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// It has no text.
    Empty,
    /// It is prose.
    Prose,
    /// It is JSON that breaks off or has mistakes.
    BrokenJson,
    /// It is JSON of another shape than the one asked for.
    OtherShape,
    /// It came to the end of its length.
    CutOff,
    /// It is longer than any reply needs.
    Endless,
}

/// In which way there is no reply.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unavailable {
    /// None came in time.
    Late,
    /// The endpoint was not reached, or broke off.
    NotReached,
    /// It is asked too often.
    Busy,
    /// It has a fault.
    Broken,
    /// It does not let us in.
    NotLetIn,
    /// It does not take such a request.
    NotTaken,
    /// It failed so often that it was not asked any more.
    GivenUp,
}

impl Outcome {
    /// Whether doing it again may end otherwise.
    pub fn may_be_tried_again(&self) -> bool {
        matches!(self, Outcome::Refused { .. } | Outcome::Unreadable { .. } | Outcome::Unavailable { .. })
    }

    /// Whether it stays so for the same transcript, rubric and engine, and need not be looked at again.
    pub fn is_settled(&self) -> bool {
        !self.may_be_tried_again() && !matches!(self, Outcome::NotAllowed { .. } | Outcome::NoTranscript | Outcome::Erased)
    }

    /// A few words for counting.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Read(_) => "read",
            Outcome::NothingSaid => "nothing said",
            Outcome::NoTranscript => "no transcript",
            Outcome::OtherLanguage { .. } => "other language",
            Outcome::TooLong { .. } => "too long",
            Outcome::MoreThanSaid { .. } => "more words than can be said",
            Outcome::NotAllowed { .. } => "not allowed",
            Outcome::Erased => "erased meanwhile",
            Outcome::Refused { .. } => "refused",
            Outcome::Unreadable { how, .. } => match how {
                Unreadable::Empty => "empty reply",
                Unreadable::Prose => "prose",
                Unreadable::BrokenJson => "broken JSON",
                Unreadable::OtherShape => "another shape",
                Unreadable::CutOff => "cut off",
                Unreadable::Endless => "endless reply",
            },
            Outcome::Unavailable { how, .. } => match how {
                Unavailable::Late => "late",
                Unavailable::NotReached => "not reached",
                Unavailable::Busy => "busy",
                Unavailable::Broken => "broken",
                Unavailable::NotLetIn => "not let in",
                Unavailable::NotTaken => "not taken",
                Unavailable::GivenUp => "not asked any more",
            },
        }
    }

    /// Why it failed, in words of our own alone: what a model said judges, and shows after the reveal.
    pub fn failure(&self) -> Option<String> {
        match self {
            Outcome::Unavailable { reason, .. } => Some(format!("{}: {reason}", self.name())),
            other => other.may_be_tried_again().then(|| other.name().to_owned()),
        }
    }
}

/// What is counted before the reveal in place of what a model makes of an answer.
pub const NOT_READ: &str = "not read";
/// Outcomes that are what a model makes of an answer: of whom it refused or wrote prose is no fact.
const JUDGING: [&str; 7] = ["refused", "empty reply", "prose", "broken JSON", "another shape", "cut off", "endless reply"];

/// An outcome's name, as it may be told before the reveal.
pub fn name_before_the_reveal(name: &str) -> &str {
    if JUDGING.contains(&name) { NOT_READ } else { name }
}

/// No answer has more words: five hours of fast speech.
pub const MOST_WORDS: usize = 60_000;

/// What keeps an answer from being read, whoever reads; none where it can be. `declared` is the language that is said to be its, where its
/// transcript says none; `asked` that of the rubric or of the interview; `prepared` what was measured of the recording. Where nobody declares one, it is told from the words, if they
/// are enough.
pub fn hindered(
    transcript: &Transcript,
    declared: Option<&SafeText>,
    asked: Option<&SafeText>,
    prepared: Option<&Prepared>,
) -> Option<Outcome> {
    let (words, amount) = (transcript.words.len(), Amount::of(transcript));
    if amount.words == 0 {
        let is_silent = !prepared.is_some_and(|prepared| amount.misses(prepared));
        return Some(if is_silent { Outcome::NothingSaid } else { Outcome::NoTranscript });
    }
    if words > MOST_WORDS {
        return Some(Outcome::TooLong { words });
    }
    if prepared.is_some_and(|prepared| amount.is_beyond(prepared)) {
        return Some(Outcome::MoreThanSaid { amount });
    }
    let primary = |tag: &SafeText| tag.as_str().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let asked = primary(asked?);
    let language = match transcript.language.as_ref().or(declared) {
        Some(declared) => (primary(declared) != asked).then(|| declared.clone()),
        None => language::other_than(&asked, &transcript.text(0..words)).map(SafeText::line),
    };
    language.map(|language| Outcome::OtherLanguage { language })
}

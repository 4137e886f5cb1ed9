//! What a report says, as values: whatever a page, a scorecard or a brief shows is here, in the order in which it is shown.

use std::sync::Arc;

use jiff::Timestamp;

use super::brief::Ask;
use super::naming::Naming;
use crate::export::analytics::Figure;
use crate::interview::{AnswerId, CandidateId, Moment, QuestionId, Revision, Span, SubmissionId};
use crate::panel::{Panel, Ranked, Spread, Value};
use crate::protocol::rules::Rule;
use crate::rubric::Observed;
use crate::scorecard::HeardShare;
use crate::text::SafeText;

/// A batch as it was judged, as far as the person who makes the report may see it.
#[derive(Clone, Debug)]
pub struct Report {
    /// What the batch is called; without names the rubric's title.
    pub title: SafeText,
    /// The job opening; none without names.
    pub requisition: Option<SafeText>,
    /// The language of the interview, as a BCP 47 tag.
    pub language: Option<SafeText>,
    /// The rubric by which it was judged.
    pub rubric: RubricNote,
    /// When something was last done that is in it; none where nothing was.
    pub as_of: Option<Timestamp>,
    /// How candidates are called.
    pub naming: Naming,
    /// How many can be met; none where that was not said.
    pub places: Option<usize>,
    /// The ranking. Its candidates are named by [`Report::called`].
    pub panel: Panel,
    /// Whether reviewers agree and differ, in words.
    pub agreement: Vec<String>,
    /// Where the cut lies, in words.
    pub cut: Vec<String>,
    /// What is not in the report, in words.
    pub left_out: Vec<String>,
    /// Whether ranks are among those who were handed over to whoever made it, and not among the whole batch.
    pub among_handed: bool,
    /// Why some are not ranked, and who.
    pub not_ranked: Vec<(SafeText, Vec<SafeText>)>,
    /// Who was decided on without being in the ranking, and what was decided.
    pub decided_apart: Vec<(SafeText, Vec<DecisionRow>)>,
    /// The candidates: the best first, then those below, by the source's id.
    pub people: Vec<Person>,
    /// The figures of the analytics table.
    pub figures: Vec<Figure>,
    /// The questions: their place from 1, their id, and what was asked.
    pub questions: Vec<(usize, QuestionId, SafeText)>,
    /// The rules by which people reviewed.
    pub protocol: Vec<Rule>,
    /// Why the batch has rules of its own, where a reason was given.
    pub protocol_reason: Option<SafeText>,
    /// The rules by which numbers were made: name and value.
    pub policy: Vec<(String, String)>,
    /// What machines contributed.
    pub machine: Vec<Machine>,
    /// The release that made the report.
    pub version: &'static str,
}

impl Report {
    /// What a candidate of the ranking is called, by the source's id.
    pub fn called(&self, source: &SafeText) -> SafeText {
        self.person(source).map_or_else(|| "a candidate".into(), |person| person.called.clone())
    }

    /// A candidate by the source's id.
    pub fn person(&self, source: &SafeText) -> Option<&Person> {
        self.people.iter().find(|person| person.source == *source)
    }
}

/// Which rubric.
#[derive(Clone, Debug)]
pub struct RubricNote {
    /// Its id and version.
    pub id: SafeText,
    /// Its title.
    pub title: SafeText,
    /// Of what scores rest on.
    pub scoring_hash: String,
    /// Of the whole text.
    pub text_hash: String,
    /// The scale's lowest and highest point.
    pub scale: (f64, f64),
    /// What its points are called.
    pub labels: Vec<SafeText>,
}

/// What a machine contributed.
#[derive(Clone, PartialEq, Debug)]
pub struct Machine {
    /// What it is, with its version.
    pub what: String,
    /// What it did, and what became of it.
    pub did: String,
}

/// One candidate.
#[derive(Clone, Debug)]
pub struct Person {
    /// The submission.
    pub submission: SubmissionId,
    /// Whose it is.
    pub candidate: CandidateId,
    /// The source's id: by it the ranking names the candidate.
    pub source: SafeText,
    /// What the candidate is called in the report.
    pub called: SafeText,
    /// The source's id where it may stand there.
    pub shown_id: Option<SafeText>,
    /// The place in the ranking; none of whom no scorecard counts.
    pub place: Option<Ranked>,
    /// How each question was judged, in the order of asking.
    pub questions: Vec<Judged>,
    /// The must-haves and what reviewers say of them.
    pub must_haves: Vec<MustHaveRow>,
    /// Who recommends what: reviewer, words, whether it was given after others' were seen.
    pub recommendations: Vec<(SafeText, &'static str, bool)>,
    /// What was decided, the last of each application.
    pub decisions: Vec<DecisionRow>,
    /// How what was decided goes against the ranking, in words; none where it does not.
    pub against: Option<String>,
    /// Who heard how much.
    pub hearing: Vec<Hearing>,
    /// What others than the reviewers say: who, and what.
    pub comments: Vec<(SafeText, String)>,
    /// What to ask live.
    pub asks: Vec<Ask>,
}

impl Person {
    /// All quotes, in the order of asking.
    pub fn quotes(&self) -> impl Iterator<Item = &Quote> {
        self.questions.iter().flat_map(|judged| &judged.quotes)
    }

    /// The same, to put sounds to them.
    pub fn quotes_mut(&mut self) -> impl Iterator<Item = &mut Quote> {
        self.questions.iter_mut().flat_map(|judged| &mut judged.quotes)
    }
}

/// One question of one candidate.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its place among the questions, from 1.
    pub number: usize,
    /// The question's id in the batch.
    pub question: QuestionId,
    /// What was asked.
    pub prompt: SafeText,
    /// The answer; none where there is none.
    pub answer: Option<AnswerId>,
    /// What is wrong with the answer, in words.
    pub state: Option<&'static str>,
    /// The criteria in the rubric's order.
    pub criteria: Vec<CriterionRow>,
    /// What was said that ratings rest on.
    pub quotes: Vec<Quote>,
    /// Notes on the answer.
    pub notes: Vec<Remark>,
    /// What reviewers would ask live.
    pub probes: Vec<Remark>,
}

/// One criterion of one answer.
#[derive(Clone, Debug)]
pub struct CriterionRow {
    /// Its place among all criteria of the rubric.
    pub item: usize,
    /// What it is called.
    pub name: SafeText,
    /// Its weight.
    pub weight: f64,
    /// The values by reviewer, with the reason that stands beside one.
    pub values: Vec<(SafeText, Value, Option<String>)>,
    /// Their middle and their ends; none without a point.
    pub spread: Option<Spread>,
    /// The mean over all candidates, in points.
    pub batch_mean: Option<f64>,
    /// What was agreed after the reveal, beside the values.
    pub reconciled: Vec<Reconciled>,
}

impl CriterionRow {
    /// By how many points reviewers differ.
    pub fn gap(&self) -> f64 {
        self.spread.filter(|spread| spread.n > 1).map_or(0.0, |spread| spread.max - spread.min)
    }
}

/// What two agreed on after the reveal.
#[derive(Clone, Debug)]
pub struct Reconciled {
    /// The value.
    pub value: Observed,
    /// Who wrote it down, and then the others who had rated it.
    pub who: Vec<SafeText>,
    /// Why.
    pub reason: String,
    /// Whether it is what stands, where several agreed on different values.
    pub stands: Option<bool>,
}

impl Reconciled {
    /// Whether it stands, where that is to be said: `, which stands as the last`.
    pub fn standing(&self) -> &'static str {
        match self.stands {
            None => "",
            Some(true) => ", which stands as the last",
            Some(false) => ", which does not stand: something else was agreed on later",
        }
    }

    /// `agreed on 3 afterwards, written down by reviewer-1 (the others who rated it: reviewer-2): the example came late`.
    pub fn words(&self) -> String {
        let value = match self.value {
            Observed::Point(point) => point.value().to_string(),
            Observed::NotObserved => "not observed".to_owned(),
            Observed::TechnicalFault => "technical fault".to_owned(),
        };
        let who: Vec<&str> = self.who.iter().map(SafeText::as_str).collect();
        let (one, others) = who.split_first().map_or(("", &[][..]), |(one, others)| (*one, others));
        let others = if others.is_empty() { String::new() } else { format!(" (the others who rated it: {})", others.join(", ")) };
        let stands = self.standing();
        format!("agreed on {value} afterwards{stands}, written down by {one}{others}: {}", self.reason)
    }
}

/// What was said that a rating rests on.
#[derive(Clone, Debug)]
pub struct Quote {
    /// The answer.
    pub answer: AnswerId,
    /// Of which recording.
    pub revision: Option<Revision>,
    /// Where: milliseconds, of a written answer characters.
    pub span: Span,
    /// Whether the answer is written.
    pub written: bool,
    /// The words; empty where there is no transcript.
    pub words: String,
    /// Who marked it.
    pub by: SafeText,
    /// For which criteria, and what the reviewer gave them.
    pub for_what: Vec<(SafeText, Value)>,
    /// Whether it is of an older recording.
    pub stale: bool,
    /// Its sound.
    pub sound: Sound,
}

/// The sound of a quote.
#[derive(Clone, PartialEq, Debug)]
pub enum Sound {
    /// None was asked for.
    None,
    /// It is there.
    Clip(Clip),
    /// The same stretch has it already, above.
    Above,
    /// It cannot be: why, as the end of a sentence.
    Missing(String),
}

/// A stretch of a recording.
#[derive(Clone, PartialEq, Debug)]
pub struct Clip {
    /// An Ogg file with Opus in it.
    pub bytes: Arc<[u8]>,
    /// How long it is.
    pub length_ms: u32,
    /// Whether all of the quote is in it.
    pub whole: bool,
    /// Whether it is as loud as the others.
    pub level: bool,
}

/// What a reviewer wrote.
#[derive(Clone, Debug)]
pub struct Remark {
    /// Who.
    pub by: SafeText,
    /// To which moment it belongs.
    pub at: Option<Moment>,
    /// What.
    pub text: String,
    /// What was being said there, where that is known.
    pub said: Option<String>,
}

/// One must-have of one candidate.
#[derive(Clone, Debug)]
pub struct MustHaveRow {
    /// What is asked.
    pub text: SafeText,
    /// What each reviewer says: `yes`, `no` or `unclear`, and where.
    pub answers: Vec<(SafeText, &'static str, Option<Span>)>,
}

/// One decision.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    /// `advance`, `hold` or `decline`.
    pub decision: &'static str,
    /// By whom.
    pub by: SafeText,
    /// For which application; none for all.
    pub application: Option<SafeText>,
    /// Why.
    pub reason: String,
    /// Why it did not wait for the gate, where it did not.
    pub fast: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Who decided otherwise before, what, and why.
    pub otherwise: Vec<(SafeText, &'static str, String)>,
}

/// How much of one candidate one reviewer heard.
#[derive(Clone, Debug)]
pub struct Hearing {
    /// Who.
    pub reviewer: SafeText,
    /// Of the speech that there is.
    pub heard: HeardShare,
    /// The share that was read instead, or of written answers.
    pub read: HeardShare,
    /// How many answers were sealed although too little of them was heard.
    pub acknowledged: usize,
    /// How many of the ratings were given while the candidate's name was hidden from the reviewer, and how many there are.
    pub name_hidden: (usize, usize),
    /// When the last of it was sealed.
    pub sealed_at: Option<Timestamp>,
}

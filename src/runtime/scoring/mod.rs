//! Batch scoring on a library: jobs are cut, done beside each other, and what comes out is kept under the candidate's key.
//!
//! A job whose result is kept is not done again, and one that is cut short is simply not kept: killed anywhere, the next run goes on.

mod exchanges;
mod kept;
mod reading;
mod shards;
mod steps;

use std::collections::BTreeMap;

use futures_util::StreamExt as _;

use crate::assist::ModelReader;
use crate::interview::{Answer, AnswerId, Batch, QuestionId, Submission};
use crate::library::{Library, LibraryError};
use crate::rubric::{Question, Rubric};
use crate::runtime::contents;
use crate::runtime::giving::Givings;
use crate::scorer::reader::{Outcome, Proposal};
use crate::scorer::said::Said;
use crate::scorer::{Recorded, Shard, Step};
use crate::transcript::Transcript;

pub use exchanges::Exchanged;
pub use kept::Shown;
pub use shards::{Left, Line};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Which steps.
    pub steps: Vec<Step>,
    /// Which part of the batch; none for all of it.
    pub shard: Option<Shard>,
    /// How many jobs at once; at least one.
    pub jobs: usize,
    /// Only submissions that were handed in since.
    pub since: Option<jiff::Timestamp>,
    /// Whether results are kept in the library; a shard writes them elsewhere.
    pub keep: bool,
    /// Whether the second reader reads again what it has read.
    pub again: bool,
}

/// A batch as scoring needs it.
pub struct Scoring<'b> {
    /// Where recordings and transcripts are, and where results go.
    pub library: &'b Library,
    /// The batch.
    pub batch: &'b Batch,
    /// The rubric that is attached.
    pub rubric: Option<&'b Rubric>,
    /// Which of the rubric's questions each of the batch's is, in the batch's order.
    pub questions: BTreeMap<QuestionId, QuestionId>,
    /// The language model that is the second reader; none for the embedded one.
    pub model: Option<ModelReader>,
    /// What it is given just now.
    pub givings: Givings,
}

/// What is known of one answer after all.
#[derive(Clone, Debug, Default)]
pub struct Scored {
    /// About the recording.
    pub recorded: Option<Recorded>,
    /// About what was said.
    pub said: Option<Said>,
    /// The second reader.
    pub reader: Option<Outcome>,
    /// What other engines, or other versions of this one, proposed before.
    pub before: Vec<Proposal>,
    /// What was said, names hidden; for comparing answers with each other.
    pub transcript: Option<Transcript>,
    /// How each step ended.
    pub ended: Vec<(Step, Ended)>,
    /// What was measured, as a shard writes it.
    pub lines: Vec<Line>,
}

impl Scored {
    /// Of somebody who was erased meanwhile nothing is told.
    fn erased(wish: &Wish) -> Self {
        Scored {
            reader: wish.steps.contains(&Step::Reader).then_some(Outcome::Erased),
            ended: wish.steps.iter().map(|step| (*step, Ended::Erased)).collect(),
            ..Scored::default()
        }
    }

    /// Whether the person was erased meanwhile.
    pub fn is_erased(&self) -> bool {
        self.ended.iter().any(|(_, ended)| *ended == Ended::Erased)
    }
}

/// How a step ended for one answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// It was done now.
    Done,
    /// It was kept from before.
    Known,
    /// There is nothing for it to work on: no recording, no transcript, or none that may be read.
    Nothing,
    /// The person's data was erased while the work was on.
    Erased,
    /// It could not be done, and why.
    Failed(String),
}

impl Scoring<'_> {
    /// Does what is asked for, several answers at once; `tell` hears of each answer as it is done.
    ///
    /// # Errors
    /// When the library cannot be read or written. What one answer has wrong is said with it.
    pub async fn run(&self, wish: &Wish, mut tell: impl FnMut(AnswerId)) -> Result<BTreeMap<AnswerId, Scored>, LibraryError> {
        let wanted = self.wanted(wish);
        let mut results = futures_util::stream::iter(wanted)
            .map(|(submission, answer)| async move { (submission, answer, self.answer(wish, submission, answer).await) })
            .buffer_unordered(self.at_once(wish));
        let mut scored = BTreeMap::new();
        while let Some((submission, answer, result)) = results.next().await {
            let result = match result {
                // Whoever is erased meanwhile keeps nobody else from being heard.
                Err(_) if self.library.erased().await?.contains(&submission.candidate.id) => Scored::erased(wish),
                other => other?,
            };
            scored.insert(answer.id, result);
            tell(answer.id);
        }
        drop(results);
        let erased = self.library.erased().await?;
        for (id, one) in &mut scored {
            if self.batch.answer(*id).is_some_and(|(submission, _)| erased.contains(&submission.candidate.id)) {
                *one = Scored::erased(wish);
            }
        }
        Ok(scored)
    }

    /// Writes down of what is still being given to an engine that nobody waited for its end.
    ///
    /// # Errors
    /// When the library cannot be written.
    pub async fn cut_short(&self) -> Result<(), LibraryError> {
        self.givings.cut_short(self.library).await
    }

    /// One who waits for a model keeps no processor busy.
    fn at_once(&self, wish: &Wish) -> usize {
        let waits = self.model.as_ref().filter(|_| wish.steps.contains(&Step::Reader));
        wish.jobs.max(1).max(waits.map_or(1, |model| model.endpoint().at_once()))
    }

    /// The answers that are meant, in the batch's order.
    pub fn wanted(&self, wish: &Wish) -> Vec<(&Submission, &Answer)> {
        let since = |submission: &&Submission| wish.since.is_none_or(|since| submission.completed_at.is_some_and(|at| at >= since));
        let all = self.batch.submissions.iter().filter(since);
        let answers = all.flat_map(|submission| submission.answers.iter().map(move |answer| (submission, answer)));
        let wanted: Vec<(&Submission, &Answer)> = answers.filter(|(_, answer)| answer.state.is_reviewable()).collect();
        let Some(shard) = wish.shard else { return wanted };
        let takes = shard.of_all(wanted.iter().map(|(_, answer)| answer.id));
        wanted.into_iter().filter(|(_, answer)| takes.contains(&answer.id)).collect()
    }

    /// What was said in each answer that has words, names hidden, whatever can be read of it.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn transcripts(&self) -> Result<BTreeMap<AnswerId, Transcript>, LibraryError> {
        let mut said = BTreeMap::new();
        for submission in &self.batch.submissions {
            for answer in submission.answers.iter().filter(|answer| answer.state.is_reviewable()) {
                if let Some((transcript, _)) = self.transcript(submission, answer, None).await? {
                    said.insert(answer.id, transcript);
                }
            }
        }
        Ok(said)
    }

    /// The rubric's question that an answer is scored by.
    pub fn question(&self, answer: &Answer) -> Option<&Question> {
        self.rubric?.question(self.questions.get(&answer.question)?)
    }

    fn limit(&self, answer: &Answer) -> Option<u32> {
        self.batch.limit(answer.id, self.question(answer).and_then(|question| question.answer_seconds))
    }

    fn asked(&self, answer: &Answer) -> &str {
        self.batch.question(&answer.question).map_or("", |(_, question)| question.prompt.as_str())
    }

    async fn answer(&self, wish: &Wish, submission: &Submission, answer: &Answer) -> Result<Scored, LibraryError> {
        let mut scored = Scored::default();
        let prepared = match wish.steps.contains(&Step::Recording) {
            true => self.recording(wish, submission, answer, &mut scored).await?,
            false => contents::prepared(self.library, submission, answer).await?,
        };
        let reads = wish.steps.iter().any(|step| *step != Step::Recording);
        let said = self.transcript(submission, answer, prepared.as_ref()).await?;
        if let Some(prepared) = prepared.as_ref().filter(|_| wish.steps.contains(&Step::Recording)) {
            scored.recorded = Some(Recorded::of(prepared, said.as_ref().map(|(said, _)| said), self.limit(answer)));
        }
        if reads {
            self.words(wish, submission, answer, (said, prepared.as_ref()), &mut scored).await?;
        }
        Ok(scored)
    }
}

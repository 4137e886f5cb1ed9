//! The second reader's step: who may be read, by which engine, and what is kept of it.

use super::steps::SCORED;
use super::{Ended, Scored, Scoring, Wish};
use crate::assist::{Exchange, ModelReader};
use crate::interview::{Answer, AnswerId, Digest, Submission};
use crate::library::LibraryError;
use crate::rubric::Question;
use crate::runtime::giving::{self, Given};
use crate::scorer::reader::{self, Outcome, Proposal, contract, embedded};
use crate::scorer::said::Said;
use crate::scorer::{Job, Step};
use crate::sound::Prepared;
use crate::text::SafeText;
use crate::transcript::Transcript;

/// Under what everything is kept that second readers proposed for one answer, each engine's last.
pub(super) const PROPOSED: &str = "second readers";

/// Under what it is kept how often a model was asked about an answer of whose ratings some were dropped.
const ASKED: &str = "reader asked";
/// So often it is asked, as long as ratings are dropped.
const MOST_ASKED: u8 = 3;
/// The outcome of an exchange of which nothing more is known than that it began.
const NO_REPLY: &str = "no reply yet";

/// What a second reader reads.
pub(super) struct Reading<'r> {
    pub(super) submission: &'r Submission,
    pub(super) answer: &'r Answer,
    /// Names hidden.
    pub(super) transcript: &'r Transcript,
    pub(super) said: &'r Said,
    pub(super) question: Option<&'r Question>,
    /// Of the transcript.
    pub(super) digest: Digest,
    /// What was measured of the recording; none of what was written, and where nobody has.
    pub(super) prepared: Option<&'r Prepared>,
}

/// The key under which that is kept of an answer: also of what was read.
pub(super) fn proposed_under(answer: AnswerId, read: Digest) -> Digest {
    Digest::of_all(&[b"proposed", answer.0.as_bytes(), &read.0])
}

impl Scoring<'_> {
    pub(super) fn reader_version(&self) -> u16 {
        if self.model.is_some() { contract::VERSION } else { embedded::VERSION }
    }

    /// The job of reading one answer, by the engine that is chosen. `said` is the transcript's digest, `words` that of the words' job.
    pub(super) fn reading_job(&self, answer: &Answer, said: Digest, words: Digest) -> Job {
        let asked = self.rubric.and_then(|rubric| Some((self.question(answer)?, &rubric.scale)));
        let input = match (&self.model, asked) {
            (Some(model), Some((question, scale))) => model.input(question, scale, said),
            _ => {
                let rubric = self.rubric.map(|rubric| rubric.scoring_hash()).unwrap_or_default();
                Digest::of_all(&[&words.0, &rubric.0])
            }
        };
        self.job(answer, Step::Reader, input)
    }

    /// Lets the second reader read, unless it has, or may not.
    pub(super) async fn reads(&self, wish: &Wish, read: &Reading<'_>, job: &Job, scored: &mut Scored) -> Result<(), LibraryError> {
        let (outcome, ended) = match self.barred(read) {
            Some(barred) => (barred, Ended::Nothing),
            None => {
                // How often it was asked is looked at first: what another run keeps between the two is taken further on.
                let asked = self.asked_of(read, job).await?;
                match self.known::<Outcome>(read.submission, job.key(), SCORED).await? {
                    Some(known) if !wish.again && known.is_settled() && !self.lost_some(&known, asked) => (known, Ended::Known),
                    _ if self.model.is_some() && wish.keep => self.reads_alone(wish, read, job, asked).await?,
                    before => self.reads_now(wish, read, job, before.filter(|_| !wish.again)).await?,
                }
            }
        };
        scored.before = self.proposed(read, &outcome, wish.keep).await?;
        scored.reader = Some(outcome);
        scored.ended.push((Step::Reader, ended));
        Ok(())
    }

    /// Asks a model, unless another run does that just now: then what it kept is taken, so that no answer is sent twice.
    async fn reads_alone(&self, wish: &Wish, read: &Reading<'_>, job: &Job, asked: u8) -> Result<(Outcome, Ended), LibraryError> {
        let _claim = self.library.claim(job.key()).await?;
        let known = self.known::<Outcome>(read.submission, job.key(), SCORED).await?;
        let was_asked_meanwhile = self.asked_of(read, job).await? > asked;
        match known {
            Some(known) if was_asked_meanwhile && known.is_settled() => Ok((known, Ended::Known)),
            before => self.reads_now(wish, read, job, before.filter(|_| !wish.again)).await,
        }
    }

    /// Why this answer is not read, whatever is kept from before: it may not be, or cannot.
    fn barred(&self, read: &Reading<'_>) -> Option<Outcome> {
        let not_allowed = |reason: &str| Some(Outcome::NotAllowed { reason: SafeText::line(reason) });
        if let Some(why) = read.submission.bars_machines() {
            return not_allowed(why);
        }
        if self.rubric.is_none() || read.question.is_none() {
            return not_allowed("no rubric is attached that has this question");
        }
        let regions = [&self.batch.region, &read.submission.region];
        let lets_go = |model: &ModelReader| model.endpoint().regions().let_go(regions.into_iter().flatten().map(SafeText::as_str));
        if !self.model.as_ref().is_none_or(lets_go) {
            return not_allowed("its data may not be sent to the model's endpoint (setting `reader.regions`)");
        }
        let asked = self.rubric.and_then(|rubric| rubric.language.as_ref()).or(self.batch.interview.language.as_ref());
        reader::hindered(read.transcript, read.submission.language.as_ref(), asked, read.prepared)
    }

    /// Whether ratings of it were dropped that the model may say rightly when it is asked once more.
    fn lost_some(&self, known: &Outcome, asked: u8) -> bool {
        let lost = matches!(known, Outcome::Read(proposal) if proposal.lost() > 0);
        lost && self.model.is_some() && asked < MOST_ASKED
    }

    async fn asked_of(&self, read: &Reading<'_>, job: &Job) -> Result<u8, LibraryError> {
        Ok(self.known(read.submission, job.key(), ASKED).await?.unwrap_or(0))
    }

    async fn reads_now(
        &self,
        wish: &Wish,
        read: &Reading<'_>,
        job: &Job,
        before: Option<Outcome>,
    ) -> Result<(Outcome, Ended), LibraryError> {
        let (rubric, question) = self.rubric.zip(read.question).expect("who has none is barred");
        let outcome = match &self.model {
            None => {
                let proposal = embedded::read(read.transcript, read.said, question, &rubric.scale, read.digest);
                Outcome::Read(Box::new(proposal))
            }
            Some(model) => better(before, self.asks(read, (model, question)).await?),
        };
        if wish.keep && outcome.is_settled() {
            self.put(read.submission, job.key(), SCORED, &outcome).await?;
        }
        // After the outcome: who sees that it was asked once more finds what came of it.
        if self.model.is_some() {
            let asked = self.asked_of(read, job).await?.saturating_add(1);
            self.put(read.submission, job.key(), ASKED, &asked).await?;
        }
        let ended = outcome.failure().map_or(Ended::Done, Ended::Failed);
        Ok((outcome, ended))
    }

    /// Asks a model, and keeps what was asked and answered. That it is about to be sent is on disk before the first byte leaves.
    async fn asks(&self, read: &Reading<'_>, (model, question): (&ModelReader, &Question)) -> Result<Outcome, LibraryError> {
        let scale = &self.rubric.expect("who has none is barred").scale;
        let turn = match model.endpoint().turn(giving::still(self.library, read.submission.candidate.id)).await {
            Ok(turn) => turn,
            Err(given_up) => return Ok(ModelReader::not_asked(given_up)),
        };
        let begun = model.asks(read.transcript, question, scale);
        self.keep_exchange(read, &begun, NO_REPLY).await?;
        let giving = self.givings.begin(self.library, self.given(read, &begun), turn.sent()).await?;
        let (outcome, exchange) = model.read(&turn, read.transcript, (question, scale), read.digest).await;
        let came_of = giving::Outcome {
            version: exchange.engine.version.clone(),
            reply: exchange.reply.as_ref().map(|reply| Digest::of(reply.as_bytes())),
            name: SafeText::line(outcome.name()),
        };
        self.givings.end(self.library, giving, came_of).await?;
        self.keep_exchange(read, &exchange, outcome.name()).await?;
        Ok(outcome)
    }

    /// What is given to an engine outside.
    fn given(&self, read: &Reading<'_>, exchange: &Exchange) -> Given {
        Given {
            candidate: read.submission.candidate.id,
            batch: self.batch.id,
            answer: read.answer.id,
            engine: exchange.engine.model.clone(),
            place: SafeText::line(&exchange.place),
            prompt: exchange.engine.prompt,
            read: read.digest,
            through: None,
        }
    }

    /// What other engines and other versions proposed; what this one proposes is added.
    async fn proposed(&self, read: &Reading<'_>, outcome: &Outcome, keep: bool) -> Result<Vec<Proposal>, LibraryError> {
        let key = proposed_under(read.answer.id, read.digest);
        let mut all: Vec<Proposal> = self.known(read.submission, key, PROPOSED).await?.unwrap_or_default();
        let Outcome::Read(now) = outcome else { return Ok(all) };
        if keep && !all.contains(now) {
            all.retain(|before| before.engine != now.engine);
            all.push((**now).clone());
            self.put(read.submission, key, PROPOSED, &all).await?;
        }
        all.retain(|before| before.engine != now.engine);
        Ok(all)
    }
}

/// What is taken of two readings by one engine: the one of which more ratings stand, the later where as many do.
fn better(before: Option<Outcome>, now: Outcome) -> Outcome {
    match (before, &now) {
        (Some(Outcome::Read(before)), Outcome::Read(read)) if before.ratings.len() > read.ratings.len() => Outcome::Read(before),
        _ => now,
    }
}

//! The steps themselves: measuring a recording, reading a transcript, the second reader.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::reading::Reading;
use super::{Ended, Line, Scored, Scoring, Wish};
use crate::app::cover_said;
use crate::interview::{Answer, Digest, Submission};
use crate::library::LibraryError;
use crate::protocol::Particulars;
use crate::rubric::Question;
use crate::runtime::contents;
use crate::scorer::reader::Outcome;
use crate::scorer::said::{self, Said};
use crate::scorer::{Job, Step};
use crate::sound::{Prepared, prepare};
use crate::source::Readers;
use crate::text::SafeText;
use crate::transcript::{self, Transcript};

/// The name under which the library keeps a job's result; its input's digest says which.
pub(super) const SCORED: &str = "scorer";

/// A transcript with its names hidden, and the digest of that.
type Read = (Transcript, Digest);

impl Scoring<'_> {
    /// Measures a recording, unless that is known.
    pub(super) async fn recording(
        &self,
        wish: &Wish,
        submission: &Submission,
        answer: &Answer,
        scored: &mut Scored,
    ) -> Result<Option<Prepared>, LibraryError> {
        let Some(digest) = answer.media.as_ref().and_then(|media| media.digest) else {
            scored.ended.push((Step::Recording, Ended::Nothing));
            return Ok(None);
        };
        if let Some(known) = contents::prepared(self.library, submission, answer).await? {
            scored.ended.push((Step::Recording, Ended::Known));
            scored.lines.push(Line::new(&self.job(answer, Step::Recording, digest), &known));
            return Ok(Some(known));
        }
        let Some((bytes, extension)) = contents::original(self.library, submission, answer).await? else {
            scored.ended.push((Step::Recording, Ended::Nothing));
            return Ok(None);
        };
        let bytes: Arc<[u8]> = bytes.as_slice().into();
        let measured = tokio::task::spawn_blocking(move || (Readers::here().measure)(bytes, extension.as_deref())).await;
        let ended = match measured {
            Ok(Ok(measured)) => Ok(measured.value),
            Ok(Err(unplayable)) => Err(unplayable.reason),
            Err(error) => Err(error.to_string()),
        };
        match ended {
            Ok(value) => {
                if wish.keep {
                    crate::source::keep_prepared(self.library, submission.candidate.id, digest, &value).await?;
                }
                let prepared = crate::source::prepared(&value);
                scored.ended.push((Step::Recording, Ended::Done));
                scored.lines.extend(prepared.as_ref().map(|known| Line::new(&self.job(answer, Step::Recording, digest), known)));
                Ok(prepared)
            }
            Err(reason) => {
                scored.ended.push((Step::Recording, Ended::Failed(reason)));
                Ok(None)
            }
        }
    }

    pub(super) fn job(&self, answer: &Answer, step: Step, input: Digest) -> Job {
        let version = match step {
            Step::Recording => prepare::STEP,
            Step::Words => said::VERSION,
            Step::Reader => self.reader_version(),
        };
        Job { answer: answer.id, step, version, input }
    }

    /// The jobs over what was said: reading it, and letting the second reader read it.
    fn word_jobs(&self, answer: &Answer, said: Digest) -> (Job, Job) {
        let input = Digest::of_all(&[&said.0, self.asked(answer).as_bytes(), &looked_for(self.question(answer)).0]);
        (self.job(answer, Step::Words, input), self.reading_job(answer, said, input))
    }

    /// What was said or written, names hidden; none where there is none that can be read.
    pub(super) async fn transcript(
        &self,
        submission: &Submission,
        answer: &Answer,
        prepared: Option<&Prepared>,
    ) -> Result<Option<Read>, LibraryError> {
        let transcript = if answer.kind.is_recording() {
            let Some(file) = self.library.transcript(answer.id).await? else { return Ok(None) };
            let length = prepared.map(|prepared| prepared.length_ms);
            match transcript::read(&file.bytes, &file.name, length) {
                Ok(reading) => reading.transcript,
                Err(_) => return Ok(None),
            }
        } else {
            match &answer.text {
                Some(text) => Transcript::written(text),
                None => return Ok(None),
            }
        };
        let covered = cover_said(&transcript, &Particulars::of(&submission.candidate));
        let digest = digest_of(&covered);
        Ok(Some((covered, digest)))
    }

    /// Reads what was said, and lets the second reader read it.
    pub(super) async fn words(
        &self,
        wish: &Wish,
        submission: &Submission,
        answer: &Answer,
        (read, prepared): (Option<Read>, Option<&Prepared>),
        scored: &mut Scored,
    ) -> Result<(), LibraryError> {
        let (asks_words, asks_reader) = (wish.steps.contains(&Step::Words), wish.steps.contains(&Step::Reader));
        let Some((transcript, digest)) = read else {
            scored.ended.extend(wish.steps.iter().filter(|step| **step != Step::Recording).map(|step| (*step, Ended::Nothing)));
            let nothing = if answer.kind.is_recording() { Outcome::NoTranscript } else { Outcome::NothingSaid };
            scored.reader = asks_reader.then_some(nothing);
            return Ok(());
        };
        let question = self.question(answer);
        let (words, reads) = self.word_jobs(answer, digest);
        let tag = submission.language.as_ref().or(self.batch.interview.language.as_ref()).map(SafeText::as_str);
        let (said, ended) =
            self.kept(wish, submission, &words, || Said::of(&transcript, question, self.asked(answer), tag)).await?;
        if asks_words {
            let ended = if said.amount.words == 0 { Ended::Nothing } else { ended };
            scored.ended.push((Step::Words, ended));
        }
        if asks_reader {
            let read = Reading { submission, answer, transcript: &transcript, said: &said, question, digest, prepared };
            self.reads(wish, &read, &reads, scored).await?;
        }
        scored.said = Some(said);
        scored.transcript = Some(transcript);
        Ok(())
    }

    /// What a job gave before, or gives now.
    async fn kept<T: Serialize + DeserializeOwned>(
        &self,
        wish: &Wish,
        submission: &Submission,
        job: &Job,
        work: impl FnOnce() -> T,
    ) -> Result<(T, Ended), LibraryError> {
        if let Some(known) = self.known(submission, job.key(), SCORED).await? {
            return Ok((known, Ended::Known));
        }
        let value = work();
        if wish.keep {
            self.put(submission, job.key(), SCORED, &value).await?;
        }
        Ok((value, Ended::Done))
    }

    /// What is kept under a key, if it can be read.
    pub(super) async fn known<T: DeserializeOwned>(
        &self,
        submission: &Submission,
        key: Digest,
        what: &str,
    ) -> Result<Option<T>, LibraryError> {
        match self.library.prepared(submission.candidate.id, key, what).await {
            Ok(known) => Ok(known.and_then(|bytes| serde_json::from_slice(&bytes).ok())),
            // It is made again.
            Err(LibraryError::Damaged { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a value under the candidate's key.
    pub(super) async fn put(
        &self,
        submission: &Submission,
        key: Digest,
        what: &str,
        value: &impl Serialize,
    ) -> Result<(), LibraryError> {
        let bytes = serde_json::to_vec(value).expect("results have string keys");
        self.library.keep_prepared(submission.candidate.id, key, what, &bytes).await
    }
}

/// Of the words and their times: what a result depends on.
fn digest_of(transcript: &Transcript) -> Digest {
    let mut bytes = Vec::new();
    for word in &transcript.words {
        bytes.extend_from_slice(&word.span.start.0.to_be_bytes());
        bytes.extend_from_slice(&word.span.end.0.to_be_bytes());
        bytes.extend_from_slice(word.text.as_str().as_bytes());
        bytes.push(0);
    }
    if let Some(by) = &transcript.automatic {
        bytes.extend_from_slice(by.as_str().as_bytes());
    }
    let language = transcript.language.as_ref().map_or("", |tag| tag.as_str());
    Digest::of_all(&[&bytes, language.as_bytes()])
}

/// Of the words that a question's criteria look for.
fn looked_for(question: Option<&Question>) -> Digest {
    let criteria = question.into_iter().flat_map(|question| &question.criteria);
    let said: Vec<&str> = criteria
        .flat_map(|criterion| {
            let words = criterion.look_for.iter().flat_map(|look| look.words.iter().map(SafeText::as_str).chain([";"]));
            [criterion.id.as_str()].into_iter().chain(words).collect::<Vec<_>>()
        })
        .collect();
    Digest::of(said.join("\n").as_bytes())
}

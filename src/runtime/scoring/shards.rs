//! Results that travel: one JSON object a line, a recording's job and what was measured, so that processes which share nothing but the
//! bundle can divide a batch.
//!
//! What takes long is measuring recordings, and only that travels. What was said is read, and proposed by the embedded second reader, where
//! the results are taken in: so no judgement lies in a file before its time, and nobody's quote can be changed on the way.

use serde::{Deserialize, Serialize};

use super::{Scoring, Wish};
use crate::interview::{Digest, Moment, Spans};
use crate::library::LibraryError;
use crate::runtime::contents;
use crate::scorer::{Job, Step};
use crate::sound::{Prepared, speech};

/// The loudest and the quietest that any level can be, in dB of full scale.
const LEVELS: std::ops::RangeInclusive<f32> = -200.0..=6.0;

/// One job with its result.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// What was done.
    pub job: Job,
    /// What was measured.
    pub result: Prepared,
    /// Of job and result together: a result that stands beside another's job is none.
    pub digest: Digest,
}

/// Why a line is not taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// It is no result: cut off, or something else.
    NoResult,
    /// It is of an answer that is not in this batch, or was made of another recording, or by another version.
    Foreign,
    /// It is not as it was written: changed, or of another job.
    Changed,
    /// It cannot be true of any recording.
    Impossible,
    /// The recording was measured here too, with another result.
    Differs,
}

impl Left {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Left::NoResult => "it is no result: cut off, or something else",
            Left::Foreign => "it is of another answer, another recording or another version",
            Left::Changed => "it is not as it was written",
            Left::Impossible => "it cannot be true of a recording",
            Left::Differs => "the recording was measured here too, and otherwise",
        }
    }
}

impl Line {
    pub(super) fn new(job: &Job, result: &Prepared) -> Self {
        Line { digest: digest(job, result), job: job.clone(), result: result.clone() }
    }

    /// Reads one line of a shard's file; none where it is no result.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

fn digest(job: &Job, result: &Prepared) -> Digest {
    Digest::of_all(&[b"earmark result", job.answer.0.as_bytes(), &job.key().0, &bytes(result)])
}

fn bytes(result: &Prepared) -> Vec<u8> {
    serde_json::to_vec(result).expect("results have string keys")
}

impl Scoring<'_> {
    /// Keeps a result that fits to what is in this library, and can be true; else says why not.
    ///
    /// # Errors
    /// When the library cannot be read or written.
    pub async fn take(&self, line: &Line) -> Result<Result<(), Left>, LibraryError> {
        let Some((submission, answer)) = self.batch.answer(line.job.answer) else { return Ok(Err(Left::Foreign)) };
        let recording = answer.media.as_ref().and_then(|media| media.digest);
        if recording.map(|input| self.job(answer, Step::Recording, input)).as_ref() != Some(&line.job) {
            return Ok(Err(Left::Foreign));
        }
        if line.digest != digest(&line.job, &line.result) {
            return Ok(Err(Left::Changed));
        }
        let prepared = &line.result;
        if !can_be(prepared) {
            return Ok(Err(Left::Impossible));
        }
        match contents::prepared(self.library, submission, answer).await? {
            Some(known) if known == *prepared => Ok(Ok(())),
            Some(_) => Ok(Err(Left::Differs)),
            None => {
                crate::source::keep_prepared(self.library, submission.candidate.id, line.job.input, &bytes(prepared)).await?;
                Ok(Ok(()))
            }
        }
    }

    /// Reads what was said, and lets the embedded second reader read, in all answers: what shards leave to where they are taken in.
    ///
    /// # Errors
    /// When the library cannot be read or written.
    pub async fn reads_what_was_said(&self, jobs: usize) -> Result<usize, LibraryError> {
        let steps = vec![Step::Words, Step::Reader];
        let wish = Wish { steps, shard: None, jobs, since: None, keep: true, again: false };
        let scored = self.run(&wish, |_| ()).await?;
        Ok(scored.values().filter(|scored| scored.said.is_some()).count())
    }
}

/// Whether measurements agree with each other, as those of any recording do.
fn can_be(prepared: &Prepared) -> bool {
    let end = Moment(prepared.length_ms);
    let lies_within = |spans: &Spans| {
        let ends: Vec<Moment> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
        ends.is_sorted() && ends.last().is_none_or(|last| *last <= end)
    };
    let quality = &prepared.quality;
    let levels = [quality.speech_db, quality.noise_db];
    prepared.is_current()
        && (prepared.samples / 48).abs_diff(u64::from(prepared.length_ms)) <= 1
        && lies_within(&prepared.speech)
        && prepared.silences == speech::silences(&prepared.speech, prepared.samples)
        && lies_within(&quality.other_voice)
        && quality.clipped_ms <= prepared.length_ms
        && prepared.gain_db.is_finite()
        && levels.into_iter().flatten().all(|level| LEVELS.contains(&level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interview::{AnswerId, Span};
    use crate::sound::{Downmix, Quality, prepare};

    fn prepared() -> Prepared {
        let speech: Spans = [Span { start: Moment(500), end: Moment(4_000) }].into_iter().collect();
        Prepared {
            step: prepare::STEP,
            samples: 6_000 * 48,
            length_ms: 6_000,
            gain_db: 1.5,
            downmix: Downmix::even(1),
            silences: speech::silences(&speech, 6_000 * 48),
            speech,
            peaks: Vec::new(),
            truncated: None,
            quality: Quality { speech_db: Some(-20.3), ..Quality::default() },
        }
    }

    #[test]
    fn measurements_that_contradict_each_other_are_of_no_recording() {
        assert!(can_be(&prepared()));
        let late: Spans = [Span { start: Moment(500), end: Moment(40_000) }].into_iter().collect();
        let loud = Quality { speech_db: Some(90.0), ..Quality::default() };
        for wrong in [
            Prepared { length_ms: 9_000, ..prepared() },
            Prepared { speech: late, ..prepared() },
            Prepared { silences: Spans::default(), ..prepared() },
            Prepared { quality: loud, ..prepared() },
            Prepared { step: prepare::STEP + 1, ..prepared() },
        ] {
            assert!(!can_be(&wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_line_that_travelled_is_whole_and_one_beside_another_job_is_not() {
        let job = Job { answer: AnswerId::derive(&["one"]), step: Step::Recording, version: 1, input: Digest::of(b"sound") };
        let line = Line::new(&job, &prepared());
        let read = Line::read(&serde_json::to_vec(&line).expect("JSON")).expect("a line");
        assert_eq!(read.digest, digest(&read.job, &read.result));
        let other = Job { answer: AnswerId::derive(&["two"]), ..job };
        assert_ne!(read.digest, digest(&other, &read.result));
        assert_eq!(Line::read(b"{\"job\":"), None);
    }
}

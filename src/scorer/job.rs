//! Jobs: one step over one answer, keyed by what goes in and by the step's version, so that nothing is computed twice.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::interview::{AnswerId, Digest};

/// What is computed of an answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Decodes the recording once and measures it; the same job that importing runs.
    Recording,
    /// Reads the transcript.
    Words,
    /// The second reader.
    Reader,
}

impl Step {
    /// All of them, in the order in which they are done.
    pub const ALL: [Step; 3] = [Step::Recording, Step::Words, Step::Reader];

    /// The step's name, as `--only` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Step::Recording => "recording",
            Step::Words => "words",
            Step::Reader => "reader",
        }
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Step::ALL.iter().find(|step| step.name() == text).copied();
        known.ok_or_else(|| format!("there is no step {text:?}; there are recording, words and reader"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One step over one answer. Jobs are values: where they are done, and by whom, changes nothing of what comes out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// Whose.
    pub answer: AnswerId,
    /// What is done.
    pub step: Step,
    /// The step's version: a higher one makes what was computed before stale.
    pub version: u16,
    /// Everything that goes in: the recording's or the transcript's digest, and what of the rubric and the settings it depends on.
    pub input: Digest,
}

impl Job {
    /// Under what its result is kept: the same for the same input and version, whoever did it.
    pub fn key(&self) -> Digest {
        Digest::of_all(&[b"earmark job", self.step.name().as_bytes(), &self.version.to_be_bytes(), &self.input.0])
    }
}

/// A part of a batch's jobs: `3/16` is the third of sixteen. Every answer falls to one shard alone, and each shard has as many as the others
/// or one more, so that processes which share nothing but the bundle divide it without a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shard {
    /// From 1.
    pub part: u32,
    /// How many there are.
    pub of: u32,
}

/// A shard that cannot be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a shard is a part and how many there are, such as 3/16, not {0:?}")]
pub struct ShardError(pub String);

impl Shard {
    /// Those of a batch's answers that fall to this shard, whatever order they come in.
    pub fn of_all(self, answers: impl IntoIterator<Item = AnswerId>) -> BTreeSet<AnswerId> {
        // One candidate's answers lie side by side in no shard: the digest strews them.
        let mut dealt: Vec<(Digest, AnswerId)> =
            answers.into_iter().map(|answer| (Digest::of_all(&[b"earmark shard", answer.0.as_bytes()]), answer)).collect();
        dealt.sort_unstable();
        dealt.into_iter().map(|(_, answer)| answer).skip(self.part as usize - 1).step_by(self.of as usize).collect()
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let wrong = || ShardError(text.to_owned());
        let (part, of) = text.split_once('/').ok_or_else(wrong)?;
        let (part, of) = (part.trim().parse().map_err(|_| wrong())?, of.trim().parse().map_err(|_| wrong())?);
        if part >= 1 && part <= of { Ok(Shard { part, of }) } else { Err(wrong()) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        Job { answer: AnswerId::derive(&["one"]), step: Step::Words, version: 1, input: Digest::of(b"said") }
    }

    #[test]
    fn a_result_is_kept_by_input_step_and_version_and_not_by_whose_it_is() {
        let other = Job { answer: AnswerId::derive(&["two"]), ..job() };
        assert_eq!(job().key(), other.key());
        for changed in [
            Job { step: Step::Reader, ..job() },
            Job { version: 2, ..job() },
            Job { input: Digest::of(b"said otherwise"), ..job() },
        ] {
            assert_ne!(job().key(), changed.key(), "{changed:?}");
        }
    }

    #[test]
    fn every_answer_falls_to_one_shard_and_they_are_even_whatever_the_order() {
        let answers: Vec<AnswerId> = (0..42).map(|nth| AnswerId::derive(&["answer", &nth.to_string()])).collect();
        let shards: Vec<BTreeSet<AnswerId>> = (1..=4).map(|part| Shard { part, of: 4 }.of_all(answers.iter().copied())).collect();
        assert_eq!(shards.iter().map(BTreeSet::len).collect::<Vec<_>>(), [11, 11, 10, 10]);
        assert_eq!(shards.iter().flatten().collect::<BTreeSet<_>>().len(), 42, "each falls to one");
        assert_eq!(Shard { part: 2, of: 4 }.of_all(answers.iter().rev().copied()), shards[1]);
    }

    #[test]
    fn a_shard_is_read_or_refused_with_an_example() {
        assert_eq!("3/16".parse(), Ok(Shard { part: 3, of: 16 }));
        for wrong in ["0/4", "5/4", "1", "a/b", "1/0", "-1/4", "", "1/4/2"] {
            let said = wrong.parse::<Shard>().expect_err(wrong).to_string();
            assert!(said.contains("3/16"), "{said}");
        }
    }
}

//! The answers of a batch compared with each other, and what is told of each.

use std::collections::BTreeMap;

use super::{Asked, Pair, Text, pairs, statement};
use crate::interview::{AnswerId, Batch, Moment, Submission};
use crate::journal::Statement;
use crate::transcript::Transcript;

/// What one answer has in common with another.
#[derive(Clone, PartialEq, Debug)]
pub struct Likeness {
    /// With which.
    pub with: AnswerId,
    /// Common shingles over all of both, 0 to 1.
    pub share: f64,
    /// Words of the longest passage that both have.
    pub words: usize,
    /// When it begins here, and when there; none without times.
    pub at: Option<(Moment, Moment)>,
}

/// What is told of one answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Alike {
    /// The answers that it is like, the most alike first.
    pub with: Vec<Likeness>,
    /// What is written down when it is seen.
    pub statement: Statement,
}

/// The pairs among these answers of a batch; one's own are not compared, nor is one of whom no machine may say anything. The transcripts are
/// those in which names are hidden.
pub fn pairs_of<'b>(batch: &Batch, answers: impl Iterator<Item = (&'b Submission, Option<&'b Transcript>)>) -> Vec<Pair> {
    let asked = Asked::of(batch.interview.questions.iter().map(|question| question.prompt.as_str()));
    let owner = |submission: &Submission| {
        let (head, _) = submission.candidate.id.0.as_bytes().split_first_chunk::<8>().expect("an id has 16 bytes");
        u64::from_be_bytes(*head)
    };
    let text = |(submission, transcript): (&'b Submission, Option<&'b Transcript>)| match transcript {
        Some(transcript) if submission.bars_machines().is_none() => Text::of(transcript, owner(submission), &asked),
        _ => Text::default(),
    };
    pairs(&answers.map(text).collect::<Vec<_>>())
}

/// What is told of each answer of a batch that is like another's.
pub fn alike_in(batch: &Batch, said: &BTreeMap<AnswerId, Transcript>) -> BTreeMap<AnswerId, Alike> {
    let all = batch.submissions.iter().flat_map(|submission| submission.answers.iter().map(move |answer| (submission, answer.id)));
    let all: Vec<(&Submission, AnswerId, &Transcript)> = all.filter_map(|(whose, id)| Some((whose, id, said.get(&id)?))).collect();
    let found = pairs_of(batch, all.iter().map(|(submission, _, transcript)| (*submission, Some(*transcript))));
    let mut alike: BTreeMap<AnswerId, Alike> = BTreeMap::new();
    for pair in &found {
        let longest = pair.passages.iter().max_by_key(|passage| passage.a.len());
        let at = longest.and_then(|passage| {
            let start = |nth: usize, words| all[nth].2.span_of(words).filter(|_| all[nth].2.is_timed()).map(|span| span.start);
            Some((start(pair.a, &passage.a)?, start(pair.b, &passage.b)?))
        });
        let words = longest.map_or(0, |passage| passage.a.len());
        for (nth, other, at) in [(pair.a, pair.b, at), (pair.b, pair.a, at.map(|(a, b)| (b, a)))] {
            let told = alike.entry(all[nth].1).or_insert_with(|| {
                let statement = statement(&found, nth, |nth| all[nth].1.to_string());
                Alike { with: Vec::new(), statement }
            });
            told.with.push(Likeness { with: all[other].1, share: pair.likeness, words, at });
        }
    }
    alike.values_mut().for_each(|told| told.with.sort_by(|a, b| b.share.total_cmp(&a.share)));
    alike
}

//! Finding: the index of what was said and written in the batch, and what of it may be found.

use std::ops::Range;
use std::sync::Arc;

use super::Desk;
use crate::app::finding::{Indexed, ToIndex};
use crate::interview::{AnswerId, Moment, Span, Submission};
use crate::protocol::Others;
use crate::text::SafeText;
use crate::transcript::{Entry, Found, Index, Phrase, Transcript, find_in};

/// What can be searched so far.
#[derive(Default)]
pub(super) struct Finding {
    /// The words.
    index: Index,
    /// How many answers were read for it, of how many, and how many had no room.
    progress: Indexing,
    /// Whether a name was revealed or hidden since that was asked last.
    pub(super) recovered: bool,
}

/// How far the index is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indexing {
    /// Answers that were read.
    pub done: usize,
    /// Of how many.
    pub of: usize,
    /// Answers that were left out because the index would have become too large.
    pub left_out: usize,
}

impl Indexing {
    /// Whether more is to come.
    pub fn is_under_way(&self) -> bool {
        self.done < self.of
    }
}

impl Desk {
    /// What the index is made of, in the order of hits: question by question, and in each the candidates as the grid has them.
    pub fn to_index(&self) -> Vec<ToIndex> {
        let mut all = Vec::new();
        let submissions: Vec<&Submission> = {
            let by_id: std::collections::HashMap<_, _> = self.batch.submissions.iter().map(|one| (one.id, one)).collect();
            self.rows.iter().filter_map(|id| by_id.get(id).copied()).collect()
        };
        for (question, asked) in self.batch.interview.questions.iter().enumerate() {
            for submission in &submissions {
                let answer = submission.answer_to(&asked.id).filter(|answer| answer.state.is_reviewable());
                all.extend(answer.map(|answer| self.reading(submission, answer.id, question as u16, all.len() as u32)));
            }
        }
        all
    }

    fn reading(&self, submission: &Submission, answer: AnswerId, question: u16, rank: u32) -> ToIndex {
        ToIndex {
            entry: Entry { answer, question, rank, covered: self.names.is_hidden(submission.id) },
            length: self.outlines.get(&answer).map(|outline| outline.length),
            language: self.language(submission),
        }
    }

    fn language(&self, submission: &Submission) -> Option<SafeText> {
        submission.language.clone().or_else(|| self.batch.interview.language.clone())
    }

    /// How far the index is.
    pub fn indexing(&self) -> Indexing {
        self.finding.progress
    }

    pub(in crate::app) fn begin_index(&mut self) -> Vec<ToIndex> {
        let all = self.to_index();
        self.finding =
            Finding { index: Index::default(), progress: Indexing { of: all.len(), ..Indexing::default() }, recovered: false };
        all
    }

    /// Takes in what was read for the index.
    pub fn index(&mut self, part: Indexed) {
        part.volumes.into_iter().for_each(|volume| self.finding.index.add(volume));
        let progress = &mut self.finding.progress;
        progress.done = (progress.done + part.done).min(progress.of);
        progress.left_out += part.left_out;
    }

    pub(in crate::app) fn take_recovered(&mut self) -> bool {
        std::mem::take(&mut self.finding.recovered)
    }

    /// The answers that the index has otherwise than they may be shown now: a name was revealed, or is hidden again.
    pub(in crate::app) fn to_index_again(&self) -> Vec<ToIndex> {
        let questions = &self.batch.interview.questions;
        let stale = |submission: &&Submission| {
            let hidden = self.names.is_hidden(submission.id);
            submission.answers.iter().any(|answer| self.finding.index.entry(answer.id).is_some_and(|e| e.covered != hidden))
        };
        let of = |submission: &Submission| {
            let again = |answer: &crate::interview::Answer| {
                let entry = self.finding.index.entry(answer.id)?;
                questions.get(usize::from(entry.question))?;
                Some(self.reading(submission, answer.id, entry.question, entry.rank))
            };
            submission.answers.iter().filter_map(again).collect::<Vec<_>>()
        };
        self.batch.submissions.iter().filter(stale).flat_map(of).collect()
    }

    /// Where a phrase was said or written in the batch, the first `each` of every question; after `work` words the rest is
    /// left to [`Desk::find_on`]. What was taken into the index with a
    /// name that is hidden by now is not found.
    pub fn find(&self, phrase: &Phrase, each: usize, work: usize) -> Found {
        self.finding.index.find(phrase, each, work, |entry| self.may_find(entry))
    }

    /// Goes on with a search that was not finished.
    pub fn find_on(&self, found: &mut Found, phrase: &Phrase, each: usize, work: usize) {
        self.finding.index.find_on(found, phrase, each, work, |entry| self.may_find(entry));
    }

    fn may_find(&self, entry: &Entry) -> bool {
        let is_hidden = |answer| self.record.places.get(answer).is_none_or(|place| self.names.is_hidden(place.submission));
        entry.covered || !is_hidden(entry.answer)
    }

    /// A hit's words with at most `around` words before and after them.
    pub fn quote(&self, hit: &crate::transcript::Hit, around: u32) -> crate::transcript::Quote {
        self.finding.index.quote(hit, around)
    }

    /// Where a phrase stands in one answer as it is shown: words of its transcript, or bytes of its text.
    pub fn find_here(&self, answer: AnswerId, phrase: &Phrase) -> Vec<Range<usize>> {
        let Some((submission, given)) = self.batch.answer(answer) else { return Vec::new() };
        let language = self.language(submission);
        let tag = language.as_ref().map(|tag| tag.as_str());
        match (self.here(answer).and_then(|here| here.transcript.as_ref()), self.written(given)) {
            (Some(said), _) if given.kind.is_recording() => said.find(phrase, tag),
            (_, Some(text)) if !given.kind.is_recording() => find_in(text.text.as_str(), phrase, tag),
            _ => Vec::new(),
        }
    }

    /// Whether the rubric's words may be lit: where the protocol allows it before the reveal, or after that.
    pub fn may_light(&self) -> bool {
        self.rules.protocol.literal_hits || self.sight.others() == Others::Shown
    }

    /// Where the words stand that the rubric looks for in an answer, by the same matcher as everywhere; in time order.
    pub fn looked_for(&self, answer: AnswerId) -> Arc<[Range<usize>]> {
        if !self.may_light() {
            return Arc::from([]);
        }
        let words = self.criteria(answer).iter().flat_map(|criterion| &criterion.look_for).flat_map(|look| &look.words);
        let phrases = words.map(|words| Phrase::looked_for(words.as_str()));
        let mut found: Vec<Range<usize>> = phrases.flat_map(|phrase| self.find_here(answer, &phrase)).collect();
        found.sort_by_key(|words| (words.start, words.end));
        found.dedup();
        found.into()
    }

    /// The sentence of a written answer around some bytes of it: its characters in the original, and the words as they are shown.
    pub(in crate::app) fn written_around(&self, answer: AnswerId, bytes: Range<usize>) -> Option<(Span, SafeText)> {
        let (_, given) = self.batch.answer(answer).filter(|(_, given)| !given.kind.is_recording())?;
        let text = self.written(given)?;
        let shown = text.text.as_str();
        let ends = |c: char| matches!(c, '.' | '?' | '!' | '\n' | '。' | '？' | '！');
        let before = shown.get(..bytes.start)?;
        let start = before.rfind(ends).map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
        let start = start + (before[start..].len() - before[start..].trim_start().len());
        let after = shown.get(bytes.end.max(bytes.start)..)?;
        let end = after.find(ends).map_or(shown.len(), |at| bytes.end + at + after[at..].chars().next().map_or(0, char::len_utf8));
        let quote = shown.get(start..end)?.trim_end();
        let count = |bytes: usize| Moment(shown[..bytes].chars().count() as u32);
        let span = text.original(Span { start: count(start), end: count(start + quote.len()) });
        Some((span, SafeText::block(quote)))
    }

    /// The transcript as it is shown, where it was fetched.
    pub(in crate::app) fn transcript(&self, answer: AnswerId) -> Option<&Arc<Transcript>> {
        self.here(answer)?.transcript.as_ref()
    }
}

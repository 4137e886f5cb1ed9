//! Words that the rubric looks for: literal hits, by phrase and by inflection, each with its moment.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::interview::{CriterionId, Span};
use crate::rubric::Question;
use crate::transcript::{Phrase, Transcript};

/// A place at which words were said that a criterion looks for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LookHit {
    /// Which criterion looks for them.
    pub criterion: CriterionId,
    /// Which entry of its list, from 0.
    pub looked_for: usize,
    /// The words of the transcript.
    pub words: Range<usize>,
    /// When; none without times.
    pub span: Option<Span>,
}

/// All hits of a question's lists, in the order of time.
pub(super) fn hits(transcript: &Transcript, question: &Question, tag: Option<&str>) -> Vec<LookHit> {
    let mut hits = Vec::new();
    let folded = transcript.to_find_in(tag);
    for criterion in &question.criteria {
        for (looked_for, look) in criterion.look_for.iter().enumerate() {
            let mut found: Vec<Range<usize>> =
                look.words.iter().flat_map(|words| folded.find(&Phrase::looked_for(words.as_str()))).collect();
            found.sort_by_key(|words| (words.start, std::cmp::Reverse(words.end)));
            // Synonyms may overlap: what lies within another hit of the same entry says nothing more.
            found.dedup_by(|next, kept| next.end <= kept.end);
            hits.extend(found.into_iter().map(|words| {
                let span = transcript.span_of(&words).filter(|_| transcript.is_timed());
                LookHit { criterion: criterion.id.clone(), looked_for, words, span }
            }));
        }
    }
    hits.sort_by_key(|hit| (hit.words.start, hit.words.end));
    hits
}

//! How a person may be shown: by a pseudonym, or by name once it was revealed.
//!
//! Names are hidden, the voice stays: nothing here makes a person unknown to those who know them.

use std::collections::{HashMap, HashSet};

use super::settings::Rules;
use super::sight::{Others, Visible};
use super::words::{FIRST, SECOND};
use crate::interview::{Batch, BatchId, CandidateId, Digest, QuestionId, Submission, SubmissionId};
use crate::rubric;
use crate::scorecard::Work;
use crate::text::SafeText;

/// The two-word names of a batch's candidates: the same on every machine, unique within the batch.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pseudonyms {
    stable: HashMap<SubmissionId, SafeText>,
    per_question: HashMap<(QuestionId, SubmissionId), SafeText>,
}

impl Pseudonyms {
    /// The names of a batch; others for each question when `per_question`.
    ///
    /// A name is drawn by SHA-256 from batch, candidate and question. When two would have the same, the one that stands
    /// later in the source's order draws again: who arrives late changes nobody's name.
    pub fn of(batch: &Batch, per_question: bool) -> Self {
        let people: Vec<_> = batch.submissions.iter().map(|submission| (submission.id, submission.candidate.id)).collect();
        let stable = draw(batch.id, None, &people).collect();
        let questions = batch.interview.questions.iter().filter(|_| per_question);
        let per_question = questions.flat_map(|question| {
            let names = draw(batch.id, Some(&question.id), &people).collect::<Vec<_>>();
            names.into_iter().map(|(submission, name)| ((question.id.clone(), submission), name))
        });
        Pseudonyms { per_question: per_question.collect(), stable }
    }

    /// A submission's name, where policy says so the one for this question.
    pub fn get(&self, submission: SubmissionId, question: Option<&QuestionId>) -> Option<&SafeText> {
        let own = question.and_then(|question| self.per_question.get(&(question.clone(), submission)));
        own.or_else(|| self.stable.get(&submission))
    }
}

fn draw<'a>(
    batch: BatchId,
    question: Option<&'a QuestionId>,
    people: &'a [(SubmissionId, CandidateId)],
) -> impl Iterator<Item = (SubmissionId, SafeText)> + 'a {
    let mut taken = HashSet::new();
    people.iter().map(move |&(submission, candidate)| {
        let mut again = 0;
        let name = loop {
            let name = pair(batch, candidate, question, again);
            if taken.insert(name.clone()) {
                break name;
            }
            again += 1;
        };
        (submission, SafeText::line(&name))
    })
}

/// The `again`-th draw of two words; from the thousandth on with a number, so that no batch is too large.
fn pair(batch: BatchId, candidate: CandidateId, question: Option<&QuestionId>, again: u32) -> String {
    let question = question.map_or("", QuestionId::as_str);
    let parts: [&[u8]; 5] =
        [b"earmark name", batch.0.as_bytes(), candidate.0.as_bytes(), question.as_bytes(), &again.to_be_bytes()];
    let Digest(bytes) = Digest::of_all(&parts);
    let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
    let (first, second) = (FIRST[number(0) % FIRST.len()], SECOND[number(4) % SECOND.len()]);
    match again {
        0..1000 => format!("{first} {second}"),
        _ => format!("{first} {second} {again}"),
    }
}

/// How a person may be shown to one viewer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// The name is hidden.
    Pseudonym(SafeText),
    /// The name may be seen.
    Name(SafeText),
}

impl Shown {
    /// What to draw.
    pub fn text(&self) -> &SafeText {
        match self {
            Shown::Pseudonym(text) | Shown::Name(text) => text,
        }
    }

    /// Whether the name is hidden.
    pub fn is_hidden(&self) -> bool {
        matches!(self, Shown::Pseudonym(_))
    }
}

/// How one viewer may see the people of a batch.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Names {
    pseudonyms: Pseudonyms,
    names: HashMap<SubmissionId, SafeText>,
}

impl Names {
    /// The names as the rules and the viewer's own reveals allow.
    pub fn of(batch: &Batch, rules: &Rules, viewer: &Work) -> Self {
        let mut names = Names::hidden(batch, rules);
        for submission in &batch.submissions {
            if !rules.protocol.hide_names || viewer.knows_name(submission.id) {
                names.reveal(batch, submission.id);
            }
        }
        names
    }

    /// The names as they may leave the team: only where the rules say so, and only those that the one who hands them on may know.
    pub fn handed_on(batch: &Batch, rules: &Rules, visible: &Visible) -> Self {
        let mut names = Names::hidden(batch, rules);
        let may_know = !rules.protocol.hide_names || visible.others() == Others::Shown;
        for submission in batch.submissions.iter().filter(|_| rules.protocol.handoff_names_open) {
            if may_know || visible.mine().knows_name(submission.id) {
                names.reveal(batch, submission.id);
            }
            if visible.only_decides() {
                names.as_handed(submission);
            }
        }
        names
    }

    /// All names hidden.
    pub fn hidden(batch: &Batch, rules: &Rules) -> Self {
        let per_question = rules.protocol.pseudonyms == rubric::Pseudonyms::PerQuestion;
        Names { pseudonyms: Pseudonyms::of(batch, per_question), names: HashMap::new() }
    }

    /// Shows a name from now on. A person without a name is called by the source's id.
    pub fn reveal(&mut self, batch: &Batch, submission: SubmissionId) {
        if let Some(submission) = batch.submission(submission) {
            let candidate = &submission.candidate;
            let name = candidate.name.as_ref().filter(|name| !name.is_empty()).unwrap_or(&candidate.source_id);
            // Of who was erased neither is left: the pseudonym is all there is to call them by.
            if !name.is_empty() {
                self.names.insert(submission.id, name.clone());
            }
        }
    }

    /// Shows a name that came with what was handed over, and a pseudonym where none did: an id is none.
    pub fn as_handed(&mut self, submission: &Submission) {
        match submission.candidate.name.as_ref().filter(|name| !name.is_empty()) {
            Some(name) => self.names.insert(submission.id, name.clone()),
            None => self.names.remove(&submission.id),
        };
    }

    /// Whether a person's name is hidden from the viewer, and with it what names them in transcripts.
    pub fn is_hidden(&self, submission: SubmissionId) -> bool {
        !self.names.contains_key(&submission)
    }

    /// How a person is shown; beside an answer, give its question.
    pub fn show(&self, submission: SubmissionId, question: Option<&QuestionId>) -> Shown {
        match self.names.get(&submission) {
            Some(name) => Shown::Name(name.clone()),
            None => Shown::Pseudonym(self.pseudonyms.get(submission, question).cloned().unwrap_or_else(|| "a candidate".into())),
        }
    }
}

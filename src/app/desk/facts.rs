//! What is known of an answer: facts about its recording and literal hits at any time, and after the reveal what its words tell.

use std::ops::Range;
use std::sync::Arc;

use super::Desk;
use crate::interview::AnswerId;
use crate::journal::{Statement, Subject};
use crate::protocol::Others;
use crate::scorer::Recorded;
use crate::scorer::reader::{speaks_to_a_machine, spoken_to_statement};
use crate::scorer::said::{Part, Said};
use crate::text::SafeText;
use crate::transcript::Transcript;

/// What is known of an answer, as it may be shown now.
#[derive(Clone, PartialEq, Debug)]
pub struct Facts {
    /// Lines in words: facts first.
    pub lines: Vec<SafeText>,
    /// What is written down when they are shown: what a machine says that is more than facts. Nothing before the reveal.
    pub statements: Vec<(Subject, Statement)>,
}

impl Desk {
    /// Facts about a recording; none where nobody has measured it, or it is not here yet.
    pub fn recorded(&self, answer: AnswerId) -> Option<Recorded> {
        let here = self.here(answer)?;
        Some(Recorded::of(here.measured.as_deref()?, here.transcript.as_deref(), self.limit(answer)))
    }

    /// What is known of an answer.
    pub fn facts(&self, answer: AnswerId) -> Facts {
        let is_recording = self.batch.answer(answer).is_some_and(|(_, given)| given.kind.is_recording());
        let mut lines = match self.recorded(answer) {
            Some(recorded) => recorded.in_words(),
            None if is_recording => vec!["Nobody has measured this recording yet; `earmark score` does.".to_owned()],
            None => Vec::new(),
        };
        let mut statements = Vec::new();
        let transcript = self.transcript(answer).cloned().or_else(|| self.written_words(answer));
        match transcript.as_deref().and_then(|transcript| Some((transcript, self.said_of(answer, transcript)?))) {
            None if is_recording => lines.push("There is no transcript.".to_owned()),
            None => lines.push("There is no text.".to_owned()),
            Some((transcript, said)) => {
                lines.extend(self.hits(answer, transcript, &said));
                let bars = self.batch.answer(answer).and_then(|(submission, _)| submission.bars_machines());
                if let Some(why) = bars {
                    lines.push(format!("Nothing more is told by a machine: {why}."));
                } else if self.sight.others() == Others::Shown {
                    let spoken_to = speaks_to_a_machine(transcript);
                    lines.extend(judged(transcript, &said, &spoken_to));
                    statements.push((Subject::Answer(answer), said.statement()));
                    statements.extend((!spoken_to.is_empty()).then(|| (Subject::Answer(answer), spoken_to_statement(&spoken_to))));
                    let (line, statement) = self.alike(answer);
                    lines.extend(line);
                    statements.extend(statement);
                }
            }
        }
        Facts { lines: lines.iter().map(|line| SafeText::line(line)).collect(), statements }
    }

    /// A written answer's words, without times, as they may be shown now; none of other answers.
    fn written_words(&self, answer: AnswerId) -> Option<Arc<Transcript>> {
        let (_, given) = self.batch.answer(answer)?;
        let text = given.text.as_ref().filter(|_| !given.kind.is_recording())?;
        Some(self.said(answer, Arc::new(Transcript::written(text))))
    }

    /// Whether an answer is text: it is read, and has no times.
    pub fn is_written(&self, answer: AnswerId) -> bool {
        self.batch.answer(answer).is_some_and(|(_, given)| !given.kind.is_recording() && given.text.is_some())
    }

    /// Where words were said that the rubric looks for, in the order of time; of text without times by the word's number.
    fn hits(&self, answer: AnswerId, transcript: &Transcript, said: &Said) -> Vec<String> {
        if !self.may_light() {
            return Vec::new();
        }
        if said.hits.is_empty() {
            let how = if self.is_written(answer) { "written" } else { "said" };
            return vec![format!("None of the words was {how} that the rubric looks for.")];
        }
        let criteria = self.criteria(answer);
        let line = |hit: &crate::scorer::said::LookHit| {
            let at = hit.span.map_or_else(|| format!("word {} ", hit.words.start + 1), |span| format!("{} ", span.start));
            let criterion = criteria.iter().find(|criterion| criterion.id == hit.criterion);
            let look = criterion.and_then(|criterion| Some((&criterion.name, &criterion.look_for.get(hit.looked_for)?.text)));
            let of = look.map_or_else(String::new, |(name, text)| format!(" ({name}: {text})"));
            format!("  {at}“{}”{of}", transcript.text(hit.words.clone()))
        };
        ["Words that the rubric looks for:".to_owned()].into_iter().chain(said.hits.iter().map(line)).collect()
    }
}

/// What words tell, which is shown after the reveal.
fn judged(transcript: &Transcript, said: &Said, spoken_to: &[Range<usize>]) -> Vec<String> {
    let mut lines = vec!["Told by a machine from words alone:".to_owned()];
    lines.extend(parts(said));
    let texts = |places: &[Range<usize>]| {
        let all: Vec<String> = places.iter().map(|words| format!("“{}”", transcript.text(words.clone()))).collect();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    };
    lines.extend(said.numbers.as_ref().map(|numbers| format!("  Numbers: {}.", texts(numbers))));
    lines.extend(said.names.as_ref().map(|names| format!("  Names: {}.", texts(names))));
    lines.extend(said.actions.as_ref().map(|actions| format!("  What the candidate did: {}.", texts(actions))));
    lines.extend(said.fillers.map(|share| format!("  {:.0}% of the words fill; nothing is scored by it.", 100.0 * share)));
    for words in spoken_to {
        lines.push(format!("  It speaks to a machine, look at it: “{}”", transcript.text(words.clone())));
    }
    lines
}

/// What of the question was taken up in its words; what was not may have been answered in others.
fn parts(said: &Said) -> Vec<String> {
    let (checkable, others): (Vec<&Part>, Vec<&Part>) = said.parts.iter().partition(|part| part.checkable);
    let mut lines = Vec::new();
    if !checkable.is_empty() {
        let taken = checkable.iter().filter(|part| part.taken_up.is_some()).count();
        lines.push(format!(
            "  Of the parts of the question that have words of their own, {taken} of {} were taken up in them.",
            checkable.len()
        ));
    }
    let left = checkable.iter().filter(|part| part.taken_up.is_none());
    lines.extend(left.map(|part| format!("    none of its words were said: “{}”", part.text)));
    lines.extend(others.iter().map(|part| format!("    cannot be told from words: “{}”", part.text)));
    lines
}

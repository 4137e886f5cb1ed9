//! Where a reviewer goes who skims an answer, as far as the protocol shows it.

use super::Desk;
use crate::interview::{AnswerId, CriterionId, Digest};
use crate::journal::{Statement, Subject};
use crate::protocol::Others;
use crate::scorer::said::Said;
use crate::scorer::{Stop, Stopping, facts, passages};
use crate::text::SafeText;
use crate::transcript::Transcript;

/// The version of how passages are chosen, as the journal has it.
const VERSION: u16 = 2;

/// The places of an answer to skim through.
#[derive(Clone, PartialEq, Debug)]
pub enum Skim {
    /// Facts in the order of time: where sentences begin, and where the rubric's words were said.
    Facts(Vec<Stop>),
    /// After the reveal: what matters most for a criterion, the richest first.
    Passages(Vec<Stop>),
}

impl Skim {
    /// The places.
    pub fn stops(&self) -> &[Stop] {
        match self {
            Skim::Facts(stops) | Skim::Passages(stops) => stops,
        }
    }
}

impl Desk {
    /// The places to skim through, once the transcript is here; none where it has no times. Before the reveal the criterion counts for
    /// nothing: nobody is told what matters; likewise where the candidate wants no machine's help.
    pub fn skim(&self, answer: AnswerId, criterion: Option<&CriterionId>) -> Option<Skim> {
        let transcript = self.transcript(answer).filter(|transcript| transcript.is_timed())?;
        let said = self.said_of(answer, transcript)?;
        let bars = self.batch.answer(answer).is_some_and(|(submission, _)| submission.bars_machines().is_some());
        match criterion.filter(|_| self.sight.others() == Others::Shown && !bars) {
            Some(criterion) => Some(Skim::Passages(passages(transcript, &said, criterion, None))),
            None => Some(Skim::Facts(facts(transcript, &said, self.may_light()))),
        }
    }

    /// What words tell of an answer.
    pub(super) fn said_of(&self, answer: AnswerId, transcript: &Transcript) -> Option<Said> {
        let (submission, given) = self.batch.answer(answer)?;
        let rubric = self.rubric.as_ref();
        let question = rubric.and_then(|rubric| rubric.question(self.sight.rubric_question(&given.question)?));
        let asked = self.batch.question(&given.question).map_or("", |(_, question)| question.prompt.as_str());
        let language = submission.language.as_ref().or(self.batch.interview.language.as_ref());
        Some(Said::of(transcript, question, asked, language.map(SafeText::as_str)))
    }

    /// What is written down when passages of an answer are first shown: that a machine chose them. None for facts.
    pub fn skim_statement(&self, answer: AnswerId, skim: &Skim) -> Option<(Subject, Statement)> {
        let Skim::Passages(stops) = skim else { return None };
        let words = |stop: &Stop| {
            let criterion = match &stop.what {
                Stopping::Passage { criterion, .. } | Stopping::Hit(criterion) => criterion.as_str(),
                Stopping::Sentence => "",
            };
            format!("{criterion} {}-{}", stop.words.start, stop.words.end)
        };
        let all: Vec<String> = stops.iter().map(words).collect();
        let digest = Digest::of_all(&[answer.0.as_bytes(), all.join("\n").as_bytes()]);
        let statement = Statement { by: SafeText::line("passages"), version: SafeText::line(&VERSION.to_string()), digest };
        (!stops.is_empty()).then_some((Subject::Answer(answer), statement))
    }
}

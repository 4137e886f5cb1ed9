//! What a second reader proposed: a machine's points, marked as such, shown only where others' work shows, never among people's.

use std::collections::{BTreeMap, BTreeSet};

use super::Desk;
use crate::interview::{AnswerId, CriterionId, Digest, Span, SubmissionId};
use crate::journal::{Statement, Subject};
use crate::panel::{Value, sealed_ratings};
use crate::protocol::{self, Others};
use crate::scorer::evaluate::{Rated, Verdict, evaluate};
use crate::scorer::reader::{Proposal, Proposed};
use crate::text::SafeText;

/// What is kept of second readers for the open batch.
#[derive(Default)]
pub(super) struct Second {
    state: State,
    /// Answers of which it was written down that their proposals were seen.
    seen: BTreeSet<AnswerId>,
}

#[derive(Default)]
enum State {
    /// Nobody has looked where it would show.
    #[default]
    Unasked,
    /// It is read from the library.
    Asked,
    /// One engine's proposals; why it is switched off, where the batch's policy does that.
    Here { proposals: BTreeMap<AnswerId, Proposal>, off: Option<String> },
}

/// A point that a machine proposed.
#[derive(Clone, PartialEq, Debug)]
pub struct MachinePoint {
    /// Which machine: its name and version.
    pub by: SafeText,
    /// The point, as people read it.
    pub value: SafeText,
    /// Literally what was said.
    pub quote: SafeText,
    /// When it was said; none without times.
    pub span: Option<Span>,
    /// Why, in the engine's words.
    pub why: SafeText,
}

impl Desk {
    /// Whether proposals are to be read now; asked once.
    pub(in crate::app) fn asks_second(&mut self) -> bool {
        let asks = matches!(self.second.state, State::Unasked) && self.sight.others() == Others::Shown;
        if asks {
            self.second.state = State::Asked;
        }
        asks
    }

    /// Takes in what is kept: of all engines the one that read the most answers, a model before the embedded one.
    pub(in crate::app) fn take_second(&mut self, kept: BTreeMap<AnswerId, Vec<Proposal>>) {
        let mut engines: BTreeMap<(SafeText, SafeText), BTreeMap<AnswerId, Proposal>> = BTreeMap::new();
        for (answer, proposals) in kept {
            for proposal in proposals {
                let engine = (proposal.engine.model.clone(), proposal.engine.version.clone());
                engines.entry(engine).or_default().insert(answer, proposal);
            }
        }
        let most = engines.into_iter().max_by_key(|((model, _), read)| (read.len(), model.as_str() != "embedded"));
        let proposals = most.map(|(_, read)| read).unwrap_or_default();
        let fails = self.second_reader_off(proposals.iter().map(|(answer, proposal)| (*answer, proposal)));
        self.second.state = State::Here { proposals, off: fails };
    }

    /// Why the batch's policy switches a second reader off that proposed this; none where it stays on.
    pub fn second_reader_off<'p>(&self, proposals: impl Iterator<Item = (AnswerId, &'p Proposal)>) -> Option<String> {
        if !self.rules.protocol.failed_second_reader_off || self.sight.others() != Others::Shown {
            return None;
        }
        let (rated, pairs) = self.beside_people(proposals);
        if rated.is_empty() {
            return None;
        }
        let digest = Digest::of(self.batch.id.0.as_bytes());
        let seed = u64::from_be_bytes(digest.0[..8].try_into().expect("a digest has 32 bytes"));
        match evaluate("all criteria", &rated, &pairs, seed).verdict {
            Verdict::Fails(why) => Some(why.join("; ")),
            _ => None,
        }
    }

    /// Its points beside the mean of people's sealed ones, and people's beside each other.
    fn beside_people<'p>(&self, proposals: impl Iterator<Item = (AnswerId, &'p Proposal)>) -> (Vec<Rated>, Vec<(f64, f64)>) {
        let (mut rated, mut pairs) = (Vec::new(), Vec::new());
        let Some(rubric) = &self.rubric else { return (rated, pairs) };
        let mut given: BTreeMap<(SafeText, String, String), Vec<f64>> = BTreeMap::new();
        for (key, value) in sealed_ratings(&self.sight, &self.batch, rubric).ratings.iter() {
            if let Value::Point(point) = value {
                let cell = (key.candidate.clone(), key.question.to_string(), key.criterion.to_string());
                given.entry(cell).or_default().push(point.value());
            }
        }
        for (answer, proposal) in proposals {
            let Some((submission, of)) = self.batch.answer(answer) else { continue };
            let Some(question) = self.sight.rubric_question(&of.question) else { continue };
            let candidate = self.batch.submissions.iter().position(|one| one.id == submission.id).unwrap_or_default();
            for one in &proposal.ratings {
                let cell = (submission.candidate.source_id.clone(), question.to_string(), one.criterion.to_string());
                let Some(people) = given.get(&cell) else { continue };
                let human = people.iter().sum::<f64>() / people.len() as f64;
                rated.push(Rated { candidate, human, machine: one.point.value(), group: None });
                let nth = 0..people.len();
                pairs.extend(nth.flat_map(|a| (a + 1..people.len()).map(move |b| (people[a], people[b]))));
            }
        }
        (rated, pairs)
    }

    /// What a machine proposed for a criterion of an answer, as far as it may be shown.
    pub fn proposed(&self, answer: AnswerId, criterion: &CriterionId) -> Option<MachinePoint> {
        let proposal = self.proposal(answer)?;
        let one: &Proposed = proposal.ratings.iter().find(|one| one.criterion == *criterion)?;
        let submission = self.batch.answer(answer)?.0.id;
        Some(MachinePoint {
            by: SafeText::line(&format!("{}, version {}", proposal.engine.model, proposal.engine.version)),
            value: SafeText::line(&one.point.to_string()),
            quote: self.quoted_of(submission, &one.quote),
            span: one.span,
            why: self.quoted_of(submission, &one.why),
        })
    }

    fn proposal(&self, answer: AnswerId) -> Option<&Proposal> {
        let State::Here { proposals, off: None } = &self.second.state else { return None };
        let proposal = proposals.get(&answer)?;
        let submission = self.batch.answer(answer)?.0.id;
        self.shows_machines(submission).then_some(proposal)
    }

    /// Whether a machine's judgement of a submission may be shown.
    fn shows_machines(&self, submission: SubmissionId) -> bool {
        let outside = || protocol::is_ready(&self.record, &self.rules, submission);
        self.sight.others() == Others::Shown && (self.sight.is_on_panel() || outside())
    }

    /// What is to be written down of the proposals for these answers, once each.
    pub(in crate::app) fn second_statements(&mut self, answers: &[AnswerId]) -> Vec<(Subject, Statement)> {
        let fresh: Vec<AnswerId> = answers.iter().copied().filter(|answer| !self.second.seen.contains(answer)).collect();
        let said = |answer: &AnswerId| Some((Subject::Answer(*answer), self.proposal(*answer)?.statement()));
        let statements: Vec<(Subject, Statement)> = fresh.iter().filter_map(said).collect();
        if matches!(self.second.state, State::Here { .. }) {
            self.second.seen.extend(fresh);
        }
        statements
    }
}

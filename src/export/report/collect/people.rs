//! The candidates of a report, in its order.

use std::collections::BTreeMap;

use super::Given;
use super::person::Collecting;
use crate::export::report::brief::brief;
use crate::export::report::naming::{Called, Naming};
use crate::export::report::value::{DecisionRow, Person};
use crate::export::table::Sources;
use crate::interview::{QuestionId, Submission, SubmissionId};
use crate::panel::{Panel, in_the_running};
use crate::text::SafeText;

/// Who is in the report: those of whom a sealed scorecard may be seen, as the ranking has them.
pub(super) fn order(sources: &Sources, panel: &Panel) -> Vec<SubmissionId> {
    let places: BTreeMap<&SafeText, usize> =
        panel.ranking.iter().enumerate().map(|(nth, ranked)| (&ranked.candidate, nth)).collect();
    let has_sealed = |one: &&Submission| sources.visible.sealed_by(one.id).next().is_some();
    let mut all: Vec<&Submission> = in_the_running(sources.visible, sources.batch).filter(has_sealed).collect();
    all.sort_by_key(|one| (places.get(&one.candidate.source_id).copied().unwrap_or(usize::MAX), &one.candidate.source_id));
    all.into_iter().map(|one| one.id).collect()
}

/// Who was decided on and is not in the ranking: nobody who is counted as decided is shown nowhere.
pub(super) fn decided_apart(sources: &Sources, given: &Given, called: &Called) -> Vec<(SafeText, Vec<DecisionRow>)> {
    let collecting = Collecting::new(sources, given, called);
    let is_ranked = |one: &Submission| given.panel.ranking.iter().any(|ranked| ranked.candidate == one.candidate.source_id);
    let mut apart: Vec<&Submission> = sources.batch.submissions.iter().filter(|one| !is_ranked(one)).collect();
    apart.sort_by_key(|one| &one.candidate.source_id);
    let decided = apart.into_iter().map(|one| (called.candidate(one.id), collecting.decided(one)));
    decided.filter(|(_, rows)| !rows.is_empty()).collect()
}

/// Each of them with all that may be seen.
pub(super) fn people(sources: &Sources, given: &Given, called: &Called, order: &[SubmissionId]) -> Vec<Person> {
    let collecting = Collecting::new(sources, given, called);
    let hint = |question: &QuestionId| {
        let asked = sources.visible.rubric_question(question).and_then(|id| sources.rubric.question(id));
        asked.and_then(|question| question.probe_hint.clone())
    };
    let submissions = order.iter().filter_map(|id| sources.batch.submission(*id));
    let person = |submission: &Submission| {
        let mut person = collecting.person(submission);
        person.asks = brief(&person, hint);
        person.shown_id = Some(submission.candidate.source_id.clone()).filter(|_| called.naming != Naming::Numbers);
        person
    };
    submissions.map(person).collect()
}

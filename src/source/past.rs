//! What is past the date until which it may be kept: nothing of it is taken, and how much that is is said.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Found;
use crate::interview::bundle::Purpose;
use crate::interview::{AnswerId, Batch, CandidateId, Problem, Submission};

/// People whose ids are named.
const NAMED: usize = 5;

/// The day by which dates are past.
pub(super) fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// Who is past their own date.
pub(super) struct Past {
    /// Those who are here: they stay, for `earmark retention run` to remove, and no file of theirs is taken.
    pub(super) here: BTreeSet<CandidateId>,
    /// How many they are, with those who were left out.
    pub(super) told: Option<Problem>,
}

/// Leaves out who is past their own date and not here.
pub(super) fn people(file: &str, batch: &mut Batch, here: Option<&Batch>, today: Date) -> Past {
    let (mut ids, mut stay) = (Vec::new(), BTreeSet::new());
    batch.submissions.retain(|submission| {
        if submission.retain_until.is_none_or(|until| until >= today) {
            return true;
        }
        ids.push(submission.candidate.source_id.as_str().to_owned());
        let is_here = here.is_some_and(|here| here.submission(submission.id).is_some());
        is_here && stay.insert(submission.candidate.id)
    });
    Past { here: stay, told: said(file, batch, ids) }
}

fn said(file: &str, batch: &Batch, mut ids: Vec<String>) -> Option<Problem> {
    let count = ids.len();
    let (who, them) = match count {
        0 => return None,
        1 => ("1 person is".to_owned(), "that person"),
        _ => (format!("{count} people are"), "them"),
    };
    ids.truncate(NAMED);
    let more = if count > NAMED { ", …" } else { "" };
    let reason = format!("{who} past the date of being kept ({}{more}): nothing of {them} was taken", ids.join(", "));
    let remedy =
        "`earmark retention run` removes what is here; who is to be kept longer needs a later `retain_until` at the source";
    Some(Problem::warning(file, &format!("batch {}", batch.title), &reason, remedy).coded("past"))
}

/// Says that so many recordings were not taken: they were to be kept until a day, or were removed here.
pub(super) fn recordings(file: &str, batch: &Batch, count: usize, until: Option<Date>) -> Problem {
    let (verb, them) = if count == 1 { ("recording was", "it") } else { ("recordings were", "them") };
    let (reason, remedy) = match until {
        Some(until) => (
            format!("{count} {verb} not taken: the batch's were to be kept until {until}"),
            "a later `retain_until` at the source lets them come".to_owned(),
        ),
        None => (
            format!("{count} {verb} not taken: retention has removed {them} here"),
            format!("the source has {them} still: remove {them} there"),
        ),
    };
    Problem::warning(file, &format!("batch {}", batch.title), &reason, &remedy).coded("past")
}

impl Found {
    /// Leaves out whom and what nobody may keep any more; says how much that is. `here` is the batch as the library has it.
    pub fn leave_out_past(&mut self, here: Option<&Batch>, now: Timestamp) -> Vec<Problem> {
        let today = today(now);
        let Past { here, told } = people(LIBRARY, &mut self.batch, here, today);
        let mut told: Vec<Problem> = told.into_iter().collect();
        let is_past = |of: &&Submission| here.contains(&of.candidate.id);
        for submission in self.batch.submissions.iter().filter(is_past) {
            let answers: BTreeSet<AnswerId> = submission.answers.iter().map(|answer| answer.id).collect();
            self.files.retain(|of, _| match of {
                Purpose::Recording(answer) | Purpose::Transcript(answer) => !answers.contains(answer),
                Purpose::Document(of, _) => *of != submission.id,
            });
        }
        let Some(until) = self.batch.retain_until.filter(|until| *until < today) else { return told };
        let before = self.files.len();
        self.files.retain(|of, _| !matches!(of, Purpose::Recording(_)));
        if let count @ 1.. = before - self.files.len() {
            told.push(recordings(LIBRARY, &self.batch, count, Some(until)));
        }
        told
    }
}

/// What problems call the place where something is not kept.
pub(super) const LIBRARY: &str = "the library";

//! The reinvite table: who should be asked to record again, and why: technical faults, and invitations that ran out.

use std::collections::BTreeMap;

use super::application::{Application, applications, id};
use super::column::{About, Column, Kind, column};
use super::table::{Cell, Exported, Sources, Table};
use crate::interview::{Answer, AnswerState, Status, Submission};
use crate::rubric::Observed;
use crate::scorecard::Work;

/// Why someone should be asked again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    /// The time to record ran out.
    Expired,
    /// The recording cannot be played.
    FaultyRecording,
    /// Reviewers found that it cannot be judged.
    TechnicalFault,
    /// The recording never came.
    NotHere,
}

/// One reason of one candidate for one application.
struct Row<'a> {
    submission: &'a Submission,
    application: Application,
    deadline: Option<jiff::Timestamp>,
    why: Why,
    answer: Option<&'a Answer>,
    found_by: usize,
}

type OfRow = for<'a> fn(&Row<'a>) -> Cell;

const COLUMNS: &[Column<OfRow>] = &[
    column("candidate", Kind::Id, "", "the source's id of the candidate", |row| Cell::id(&row.submission.candidate.source_id)),
    column("application_system", Kind::Id, "", "the system in which the application is", |row| id(row.application.system.as_ref())),
    column("application_id", Kind::Id, "", "the application's id in that system", |row| id(row.application.id.as_ref())),
    column("requisition", Kind::Id, "", "the job opening's id in that system", |row| id(row.application.requisition.as_ref())),
    column(
        "why",
        Kind::Word,
        "",
        "expired (also an invitation whose deadline has passed), faulty_recording, technical_fault (as reviewers found) or not_here",
        |row| Cell::named(&row.why),
    ),
    column("question", Kind::Id, "", "the interview's id of the question, where it is about one", |row| {
        row.answer.map_or(Cell::Empty, |answer| Cell::slug(&answer.question))
    }),
    column("detail", Kind::Text, "", "what is wrong with the recording", |row| match row.answer.map(|answer| &answer.state) {
        Some(AnswerState::Faulty { reason }) => Cell::text(Some(reason)),
        _ => Cell::Empty,
    }),
    column("found_by", Kind::Integer, "reviewers", "how many sealed it as a technical fault", |row| {
        Cell::count(Some(row.found_by))
    }),
    column("status", Kind::Word, "", "invited, started, completed or expired", |row| Cell::named(&row.submission.status)),
    column("invited_at", Kind::Time, "UTC", "when the candidate was invited", |row| time(row.submission.invited_at)),
    column("deadline", Kind::Time, "UTC", "until when it could be recorded", |row| time(row.deadline)),
    column("retakes_used", Kind::Integer, "retakes", "how often the answer was recorded again", |row| {
        Cell::count(row.answer.and_then(|answer| answer.retakes_used))
    }),
];

fn time(at: Option<jiff::Timestamp>) -> Cell {
    at.map_or(Cell::Empty, Cell::word)
}

/// What the reinvite table's columns hold, in their order.
pub(super) fn reinvite_columns() -> Vec<About> {
    COLUMNS.iter().map(Column::about).collect()
}

/// Everyone who did not withdraw and was not erased, with each reason to ask them again; whether they are ready does not matter.
pub(super) fn reinvite(sources: &Sources) -> Exported {
    let mut rows = BTreeMap::new();
    let erased = |submission: &Submission| sources.visible.erased.contains_key(&submission.candidate.id);
    for submission in sources.batch.submissions.iter().filter(|one| one.status != Status::Withdrawn && !erased(one)) {
        for (at, (why, answer, found_by)) in reasons(sources, submission).into_iter().enumerate() {
            for application in applications(sources, submission) {
                let key = (submission.candidate.source_id.clone(), application.order(), submission.id, at);
                let row = Row { submission, application, deadline: deadline(sources, submission), why, answer, found_by };
                rows.insert(key, COLUMNS.iter().map(|column| (column.cell)(&row)).collect());
            }
        }
    }
    let columns = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    let table = Table { name: "reinvite".to_owned(), columns, rows: rows.into_values().collect() };
    Exported { table, left_out: sources.left_out(), not_ready: Vec::new() }
}

/// Until when it could be recorded: the candidate's own time, else the interview's.
fn deadline(sources: &Sources, submission: &Submission) -> Option<jiff::Timestamp> {
    submission.deadline.or(sources.batch.interview.deadline)
}

/// Why to ask someone again, for which answer, and how many reviewers found it.
fn reasons<'a>(sources: &Sources, submission: &'a Submission) -> Vec<(Why, Option<&'a Answer>, usize)> {
    // Whose time ran out is not told by every source.
    let is_past = deadline(sources, submission).zip(sources.now).is_some_and(|(until, now)| until < now);
    if submission.status == Status::Expired || (submission.status == Status::Invited && is_past) {
        return vec![(Why::Expired, None, 0)];
    }
    let of = |answer: &'a Answer| {
        let found_by = sources.visible.works.values().filter(|work| has_fault(sources, work, answer)).count();
        let why = match answer.state {
            AnswerState::Faulty { .. } => Why::FaultyRecording,
            AnswerState::NotHere => Why::NotHere,
            _ if found_by > 0 => Why::TechnicalFault,
            _ => return None,
        };
        Some((why, Some(answer), found_by))
    };
    submission.answers.iter().filter_map(of).collect()
}

/// Whether a reviewer sealed the answer, or any criterion of it, as a technical fault of this recording.
fn has_fault(sources: &Sources, work: &Work, answer: &Answer) -> bool {
    let sealed = sources.visible.places.get(answer.id).is_some_and(|place| work.is_sealed(place));
    let is_fault = |observed: Observed| matches!(observed, Observed::TechnicalFault);
    sealed && work.ratings_of(answer.id).any(|(_, rating)| is_fault(rating.observed) && !rating.is_stale(answer.revision))
}

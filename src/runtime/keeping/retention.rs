//! What is past its date, and removing it: recordings by one date, persons by another; what is held stays.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, Timestamp, tz::TimeZone};
use serde::Serialize;
use serde_json::json;

use super::counted::{Counted, count, files};
use super::erasing::{Erasing, HoldTold, erase};
use crate::interview::{Batch, BatchId, CandidateId, Submission, SubmissionId};
use crate::journal::Act;
use crate::library::{Library, LibraryError, WhyAway};
use crate::runtime::attach;
use crate::scorecard::Record;
use crate::source::PLAYABLE;
use crate::text::SafeText;

/// How long things are kept where the source gives no date: days after the decision.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Retention {
    /// Recordings.
    pub media_days: Option<u32>,
    /// Everything about a person.
    pub person_days: Option<u32>,
}

/// What is removed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// The recordings; transcripts, ratings and the rest stay.
    Recordings,
    /// Everything about the person.
    Person,
}

/// Something that is past its date.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Due {
    /// Whose.
    pub candidate: CandidateId,
    /// What goes.
    pub what: Removal,
    /// The last day on which it was to be kept.
    pub until: Date,
    /// The submissions that it is about.
    pub of: Vec<(BatchId, SubmissionId)>,
    /// What is kept of it.
    pub kept: Counted,
    /// What forbids it now.
    pub holds: Vec<HoldTold>,
    /// Another batch in which the person has to be kept longer, and until when; without a day, no date is known there.
    pub waits_for: Option<(BatchId, Option<Date>)>,
}

impl Due {
    /// Whether nothing stands in the way.
    pub fn is_free(&self) -> bool {
        self.holds.is_empty() && self.waits_for.is_none()
    }
}

/// One submission, and until when its recordings and its person are kept.
struct Kept {
    batch: BatchId,
    submission: Submission,
    recordings: Option<Date>,
    person: Option<Date>,
    holds: Vec<HoldTold>,
}

/// Everything that is past its date now, also what may not be removed yet, with why. Nothing is removed.
pub async fn due(library: &Library, policy: Retention) -> Result<Vec<Due>, LibraryError> {
    let (now, erased) = (library.now(), library.erased().await?);
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut people: BTreeMap<CandidateId, Vec<Kept>> = BTreeMap::new();
    for titled in library.titles().await? {
        let batch = library.batch(titled.id).await?;
        let record = Record::fold(&batch, &library.events(titled.id).await?);
        for submission in batch.submissions.iter().filter(|one| !erased.contains(&one.candidate.id)) {
            people.entry(submission.candidate.id).or_default().push(kept(&batch, &record, submission, policy, now));
        }
    }
    let mut all = Vec::new();
    for (candidate, of) in people {
        all.extend(due_of(library, candidate, &of, today).await?);
    }
    Ok(all)
}

async fn due_of(library: &Library, candidate: CandidateId, of: &[Kept], today: Date) -> Result<Vec<Due>, LibraryError> {
    let is_past = |date: &Option<Date>| date.is_some_and(|date| date < today);
    if let Some(until) = of.iter().filter_map(|one| one.person).filter(|date| *date < today).max() {
        let longer = of.iter().find(|one| !is_past(&one.person)).map(|one| (one.batch, one.person));
        let mut due = Due {
            candidate,
            what: Removal::Person,
            until,
            of: of.iter().map(|one| (one.batch, one.submission.id)).collect(),
            kept: Counted::default(),
            holds: of.iter().flat_map(|one| one.holds.clone()).collect(),
            waits_for: longer,
        };
        for one in of {
            due.kept = due.kept.and(count(library, &one.submission).await?);
        }
        if due.is_free() {
            return Ok(vec![due]);
        }
        let mut all = recordings(library, candidate, of, today).await?;
        all.push(due);
        return Ok(all);
    }
    recordings(library, candidate, of, today).await
}

/// Recordings whose date has passed, of which there are some.
async fn recordings(library: &Library, candidate: CandidateId, of: &[Kept], today: Date) -> Result<Vec<Due>, LibraryError> {
    let mut all = Vec::new();
    for one in of {
        // Whose data goes as a whole, that person's recordings go at the latest.
        let Some(until) = [one.recordings, one.person].into_iter().flatten().filter(|date| *date < today).min() else { continue };
        let counted = count(library, &one.submission).await?;
        if counted.recordings == 0 {
            continue;
        }
        let kept = Counted { submissions: 1, recordings: counted.recordings, ..Counted::default() };
        let bytes = bytes_of(library, &one.submission).await?;
        all.push(Due {
            candidate,
            what: Removal::Recordings,
            until,
            of: vec![(one.batch, one.submission.id)],
            kept: Counted { bytes, ..kept },
            holds: one.holds.clone(),
            waits_for: None,
        });
    }
    Ok(all)
}

async fn bytes_of(library: &Library, submission: &Submission) -> Result<u64, LibraryError> {
    let mut bytes = 0;
    for (content, digest) in files(library, submission, false).await? {
        let path = library.object_path(submission.candidate.id, content, digest).await?;
        bytes += path.and_then(|path| std::fs::metadata(path).ok()).map_or(0, |meta| meta.len());
    }
    Ok(bytes)
}

fn kept(batch: &Batch, record: &Record, submission: &Submission, policy: Retention, now: Timestamp) -> Kept {
    let decided = record.decisions.iter().filter(|((of, _), _)| *of == submission.id).filter_map(|(_, all)| all.last());
    let decided = decided.map(|decided| decided.at).max();
    let after = |days: Option<u32>| {
        let day = decided?.to_zoned(TimeZone::UTC).date();
        day.checked_add(Span::new().try_days(days?).ok()?).ok()
    };
    let earlier = |a: Option<Date>, b: Option<Date>| a.into_iter().chain(b).min();
    let holds = record.holds_on(batch, submission.candidate.id, now);
    Kept {
        batch: batch.id,
        submission: submission.clone(),
        recordings: earlier(batch.retain_until, after(policy.media_days)),
        person: earlier(submission.retain_until, after(policy.person_days)),
        holds: holds.map(|hold| HoldTold { batch: batch.id, reason: hold.reason.clone(), until: hold.until }).collect(),
    }
}

/// Removes what is past its date and free; returns how much went. `plan` is what erasing the person takes, for a person.
pub async fn remove(library: &Library, due: &Due, plan: Option<&Erasing>) -> Result<Counted, LibraryError> {
    let day = due.until;
    if let Some(plan) = plan.filter(|_| due.what == Removal::Person) {
        erase(library, plan, &SafeText::line(&format!("kept until {day}"))).await?;
        return Ok(plan.kept);
    }
    let mut removed = Counted::default();
    for (batch, submission) in &due.of {
        let whole = library.batch(*batch).await?;
        let Some(submission) = whole.submission(*submission) else { continue };
        let reason = format!("kept until {day}");
        removed = removed.and(recordings_of(library, *batch, submission, due.kept, &reason).await?);
    }
    Ok(removed)
}

/// Removes the recordings of one submission, and says so in the journal; `counted` is what its receipt says of them.
pub(super) async fn recordings_of(
    library: &Library,
    batch: BatchId,
    submission: &Submission,
    counted: Counted,
    reason: &str,
) -> Result<Counted, LibraryError> {
    let subject = submission.candidate.id;
    let what = files(library, submission, false).await?;
    let receipt = json!({ "reason": reason, "removed": counted });
    let drafts = vec![attach::draft(Some(batch), Act::Removed { subject, receipt })];
    let away = library.put_away_of(subject, &what, WhyAway::Date, &[PLAYABLE], drafts).await?;
    Ok(Counted { submissions: 1, recordings: away.files, bytes: away.bytes, ..Counted::default() })
}

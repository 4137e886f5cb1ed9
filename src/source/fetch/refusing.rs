//! What of a batch is not taken, or cannot come, and is said.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Fetcher;
use super::remote::Offers;
use crate::interview::{Batch, CandidateId, Problem, Status};
use crate::library::{Awaited, AwaitedFor, LibraryError};
use crate::source::past;
use crate::text::SafeText;

impl Fetcher<'_> {
    /// Tells that a platform hands out no recordings, and what helps, where people handed in and have none here.
    pub(super) fn say_what_is_missing(&self, batch: &Batch, offers: Offers) {
        let completed = batch.submissions.iter().filter(|submission| submission.status == Status::Completed);
        let empty = completed.filter(|submission| submission.answers.iter().all(|answer| answer.state.is_absent())).count();
        if empty == 0 {
            return;
        }
        let reason = format!(
            "the platform hands out no recordings: {empty} of {} completed submissions have no answer here",
            offers.completed.max(empty)
        );
        let remedy = format!("download them by hand and attach them: earmark attach {} FOLDER", batch.id);
        self.problem(Problem::warning(self.name, &format!("batch {}", batch.title), &reason, &remedy).coded("no-media"));
    }

    /// Leaves out who is past their date, and says how many those are; gives those of them who are here, of whom nothing is to come.
    pub(super) fn leave_out_past(&self, batch: &mut Batch, here: Option<&Batch>) -> BTreeSet<CandidateId> {
        let past = past::people(self.name, batch, here, self.today());
        past.told.into_iter().for_each(|problem| self.problem(problem));
        past.here
    }

    /// Recordings whose date has passed are not fetched, and their number is said.
    pub(super) fn leave_out_past_recordings(&self, batch: &Batch, files: &mut Vec<Awaited>) {
        let Some(until) = batch.retain_until.filter(|until| *until < self.today()) else { return };
        let before = files.len();
        files.retain(|file| !matches!(file.of, AwaitedFor::Recording(_)));
        if let left_out @ 1.. = before - files.len() {
            self.problem(past::recordings(self.name, batch, left_out, Some(until)));
        }
    }

    /// What was to come and is past its date by now does not come, and its number is said.
    pub(super) async fn leave_out_lapsed(&self, files: &mut Vec<Awaited>) -> Result<(), LibraryError> {
        let (today, before) = (self.today(), files.len());
        let is_past = |date: Option<Date>| date.is_some_and(|until| until < today);
        for id in files.iter().map(|file| file.batch).collect::<BTreeSet<_>>() {
            let batch = match self.library.batch(id).await {
                Ok(batch) => batch,
                Err(LibraryError::UnknownBatch(_)) => continue,
                Err(error) => return Err(error),
            };
            let people = batch.submissions.iter().filter(|one| is_past(one.retain_until)).map(|one| one.candidate.id);
            let (people, recordings) = (people.collect::<BTreeSet<_>>(), is_past(batch.retain_until));
            files.retain(|file| {
                let lapsed = people.contains(&file.candidate) || recordings && matches!(file.of, AwaitedFor::Recording(_));
                file.batch != id || !lapsed
            });
        }
        if let left_out @ 1.. = before - files.len() {
            let reason = format!("of what was to come, {left_out} are past the date of being kept: they were not taken");
            let remedy = "`earmark retention run` removes what is here";
            self.problem(Problem::warning(self.name, "files", &reason, remedy).coded("past"));
        }
        Ok(())
    }

    fn today(&self) -> Date {
        past::today(self.library.now())
    }

    /// Whether data that lies there is refused; that is said once.
    pub(super) fn is_elsewhere(&self, region: Option<&str>, title: &str) -> bool {
        let region = region.or(self.region);
        if self.regions.hold(region) {
            return false;
        }
        let reason = format!("it lies in region {}, which this workstation may not hold", region.unwrap_or_default());
        let remedy = "fetch it where that region may be held, or add the region to the setting `regions`";
        self.problem(Problem::damage(self.name, &format!("batch {title}"), &reason, remedy).coded("region"));
        true
    }

    /// Leaves out whose data may not be held, and names them; whether everybody stays.
    pub(super) fn leave_out_other_regions(&self, batch: &mut Batch) -> bool {
        let (name, before) = (self.name, batch.submissions.len());
        batch.submissions.retain(|submission| {
            let region = submission.region.as_ref().map(SafeText::raw);
            let may = self.regions.hold(region);
            if !may {
                let place = format!("candidate {}", submission.candidate.source_id);
                let reason = format!("the data lies in region {}, which this workstation may not hold", region.unwrap_or_default());
                self.problem(Problem::damage(name, &place, &reason, "fetch it where that region may be held").coded("region"));
            }
            may
        });
        batch.submissions.len() == before
    }
}

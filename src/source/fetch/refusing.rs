//! What of a batch is not taken, or cannot come, and is said.

use super::Fetcher;
use super::remote::Offers;
use crate::interview::{Batch, Problem, Status};
use crate::library::{Awaited, AwaitedFor};
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

    /// Recordings whose date has passed are not fetched again.
    pub(super) fn leave_out_past_recordings(&self, batch: &Batch, files: &mut Vec<Awaited>) {
        let today = self.library.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        if batch.retain_until.is_some_and(|until| until < today) {
            files.retain(|file| !matches!(file.of, AwaitedFor::Recording(_)));
        }
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

    pub(super) fn leave_out_other_regions(&self, batch: &mut Batch) {
        let name = self.name;
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
    }
}

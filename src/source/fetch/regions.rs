//! Which regions' data this workstation may hold.

use crate::interview::{Batch, Problem};
use crate::text::SafeText;

/// Which regions' data this workstation may hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Regions(Option<Vec<String>>);

impl Regions {
    /// Those of a list with commas; without a list, all.
    pub fn of(list: Option<&str>) -> Self {
        Regions(list.map(|list| list.split(',').map(|region| region.trim().to_lowercase()).filter(|r| !r.is_empty()).collect()))
    }

    /// Whether data that lies there may be held here. Data of which nothing is said may.
    pub fn hold(&self, region: Option<&str>) -> bool {
        match (&self.0, region) {
            (Some(held), Some(region)) => held.contains(&region.trim().to_lowercase()),
            _ => true,
        }
    }

    /// Leaves out whose data may not be held here, and says whom; false where that is the whole batch. `region` is where the
    /// source's data lies, unless the batch says it itself; `name` is what the source is called.
    pub fn admit(&self, name: &str, batch: &mut Batch, region: Option<&str>) -> (bool, Vec<Problem>) {
        let own = batch.region.as_ref().map(|region| region.raw().to_owned()).or(region.map(str::to_owned));
        let whole = format!("batch {}", batch.title);
        let refused = |place: &str, region: &str| {
            let reason = format!("the data lies in region {region}, which this workstation may not hold");
            let remedy = "take it where that region may be held, or add the region to the setting `regions`";
            Problem::damage(name, place, &reason, remedy).coded("region")
        };
        if !self.hold(own.as_deref()) {
            return (false, vec![refused(&whole, own.as_deref().unwrap_or_default())]);
        }
        let mut problems = Vec::new();
        batch.submissions.retain(|submission| {
            let region = submission.region.as_ref().map(SafeText::raw);
            let may = self.hold(region);
            if !may {
                problems.push(refused(&format!("candidate {}", submission.candidate.source_id), region.unwrap_or_default()));
            }
            may
        });
        if self.0.is_some() && own.is_none() && batch.submissions.iter().any(|submission| submission.region.is_none()) {
            let reason = "nothing says in which region its data lies, and it is taken all the same";
            let remedy = "have the batch or the source say its `region`";
            problems.push(Problem::warning(name, &whole, reason, remedy).coded("region-unknown"));
        }
        (true, problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_regions_are_held_and_case_does_not_matter() {
        let regions = Regions::of(Some("eu, UK"));
        for (region, held) in [(Some("EU"), true), (Some("uk"), true), (Some("us"), false), (Some(""), false), (None, true)] {
            assert_eq!(regions.hold(region), held, "{region:?}");
        }
        assert!(Regions::of(None).hold(Some("us")));
    }
}

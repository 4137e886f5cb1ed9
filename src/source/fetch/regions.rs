//! Which regions' data this workstation may hold.

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

//! How far a fetch of batches is, for whoever looks at the library meanwhile.

use serde::{Deserialize, Serialize};

use super::headway::left_in_words;
use crate::text::SafeText;

const MB: f64 = 1e6;

/// How far a fetch into the library is, in this program or another one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct UnderWay {
    /// The source's name in the settings.
    pub source: SafeText,
    /// Files that are to come; 0 while it is still being asked what there is.
    pub files: u64,
    /// Files that are here.
    pub arrived: u64,
    /// Files that did not come.
    pub failed: u64,
    /// Bytes that are to come, of files whose length is known.
    pub bytes: u64,
    /// Files whose length is not known yet.
    #[serde(default)]
    pub unknown: u64,
    /// Bytes that have come, now or before.
    pub came: u64,
    /// Bytes a second; 0 while nobody knows.
    pub rate: u64,
    /// Whether somebody lets it rest.
    pub rests: bool,
}

impl UnderWay {
    /// It in one line.
    pub fn in_words(&self) -> String {
        let source = &self.source;
        if self.files == 0 {
            return format!("Fetching from {source}: asking what is new");
        }
        format!("Fetching from {source}: {}", self.files_in_words())
    }

    /// How many files are here, how much, how fast, and how long it takes still.
    pub fn files_in_words(&self) -> String {
        let mut said = format!("{} of {} files", self.arrived, self.files);
        match self.in_all() {
            Some(all) if all > 0 => said += &format!(", {:.0} of {:.0} MB", self.came as f64 / MB, all as f64 / MB),
            None if self.came > 0 => said += &format!(", {:.0} MB", self.came as f64 / MB),
            _ => {}
        }
        if self.rests {
            return said + ", paused";
        }
        if self.rate > 0 {
            said += &format!(", {:.1} MB/s", self.rate as f64 / MB);
        }
        said += &left_in_words(self.seconds_left().unwrap_or_default());
        match self.failed {
            0 => {}
            failed => said += &format!("; {failed} did not come"),
        }
        said
    }

    /// Bytes that are to come in all; none while the length of a file is not known, or what there is.
    pub fn in_all(&self) -> Option<u64> {
        (self.files > 0 && self.unknown == 0).then(|| self.bytes.max(self.came))
    }

    /// How long it takes still; none while nobody knows, or while it rests.
    pub fn seconds_left(&self) -> Option<u64> {
        self.in_all().filter(|_| !self.rests)?.saturating_sub(self.came).checked_div(self.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_a_fetch_is_stands_in_one_line() {
        let at = |change: fn(&mut UnderWay)| {
            let mut state = UnderWay { source: "ats".into(), files: 400, arrived: 12, bytes: 812_000_000, ..UnderWay::default() };
            change(&mut state);
            state.in_words()
        };
        assert_eq!(at(|state| state.files = 0), "Fetching from ats: asking what is new");
        assert_eq!(at(|_| {}), "Fetching from ats: 12 of 400 files, 0 of 812 MB");
        assert_eq!(
            at(|state| (state.came, state.rate, state.failed) = (34_000_000, 3_400_000, 2)),
            "Fetching from ats: 12 of 400 files, 34 of 812 MB, 3.4 MB/s, about 4 min left; 2 did not come"
        );
        assert_eq!(at(|state| (state.rests, state.rate) = (true, 9)), "Fetching from ats: 12 of 400 files, 0 of 812 MB, paused");
        assert_eq!(
            at(|state| (state.came, state.rate, state.unknown) = (34_000_000, 3_400_000, 1)),
            "Fetching from ats: 12 of 400 files, 34 MB, 3.4 MB/s",
            "how much is to come is not known"
        );
    }
}

//! How far a fetch of batches is, for whoever looks at the library meanwhile.

use serde::{Deserialize, Serialize};

use super::headway::left_in_words;
use crate::text::SafeText;

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
        const MB: f64 = 1e6;
        let source = &self.source;
        if self.files == 0 {
            return format!("Fetching from {source}: asking what is new");
        }
        let mut said = format!("Fetching from {source}: {} of {} files", self.arrived, self.files);
        if self.bytes > 0 {
            said += &format!(", {:.0} of {:.0} MB", self.came as f64 / MB, self.bytes.max(self.came) as f64 / MB);
        }
        if self.rests {
            return said + ", paused";
        }
        if self.rate > 0 {
            said += &format!(", {:.1} MB/s", self.rate as f64 / MB);
        }
        let left = self.bytes.saturating_sub(self.came).checked_div(self.rate);
        said += &left_in_words(left.unwrap_or_default());
        match self.failed {
            0 => {}
            failed => said += &format!("; {failed} did not come"),
        }
        said
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
    }
}

//! How far a piece of work is that is done row by row, for whoever waits for it.

/// How far it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Headway {
    /// What is done now.
    pub doing: &'static str,
    /// Rows that are done.
    pub done: u64,
    /// All of them.
    pub of: u64,
    /// Rows a minute; 0 while nobody knows.
    pub rate: u64,
}

impl Headway {
    /// It in one line.
    pub fn in_words(&self) -> String {
        format!("{}: {} of {} rows{}", self.doing, self.done, self.of, self.pace_in_words())
    }

    /// How fast it goes and how long it takes still; nothing while nobody knows.
    pub fn pace_in_words(&self) -> String {
        let left = (self.of.saturating_sub(self.done) * 60).checked_div(self.rate);
        left.map_or_else(String::new, |seconds| format!(", {} a minute{}", self.rate, left_in_words(seconds)))
    }
}

/// How long something takes still, to be put behind how fast it goes; nothing where it is done.
pub(super) fn left_in_words(seconds: u64) -> String {
    match seconds {
        0 => String::new(),
        1..90 => format!(", about {seconds} s left"),
        _ => format!(", about {} min left", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_stands_in_one_line() {
        for (done, rate, words) in [
            (0, 0, "Sending: 0 of 400 rows"),
            (12, 120, "Sending: 12 of 400 rows, 120 a minute, about 4 min left"),
            (399, 3, "Sending: 399 of 400 rows, 3 a minute, about 20 s left"),
            (400, 120, "Sending: 400 of 400 rows, 120 a minute"),
        ] {
            assert_eq!(Headway { doing: "Sending", done, of: 400, rate }.in_words(), words);
        }
    }
}

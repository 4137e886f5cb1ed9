//! How counts, times and hashes are written and read on the command line.

use crate::interview::{Digest, Moment};
pub(super) use crate::text::many;

/// A hash as rubrics and exports write it.
pub(super) fn hash(digest: Digest) -> String {
    format!("sha256:{digest}")
}

/// `65.5`, `1:05.5` or `1:00:05`.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    let parts: Result<Vec<f64>, _> = text.split(':').map(str::parse).collect();
    // Behind minutes stand fewer than 60 seconds, behind hours fewer than 60 minutes.
    let is_time = |parts: &Vec<f64>| (0.0..1e6).contains(&parts[0]) && parts[1..].iter().all(|part| (0.0..60.0).contains(part));
    let parts = parts.ok().filter(|parts| parts.len() <= 3 && is_time(parts));
    let seconds = parts.map(|parts| parts.iter().fold(0.0, |seconds, part| seconds * 60.0 + part));
    seconds.map(Moment::from_seconds).ok_or_else(|| "a time is written as 65.5 or 1:05.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        assert_eq!(moment("65.5"), Ok(Moment(65_500)));
        assert_eq!(moment("1:05.5"), Ok(Moment(65_500)));
        assert_eq!(moment("1:00:05"), Ok(Moment(3_605_000)));
        assert!(moment("1:65").is_err() && moment("1:60:05").is_err() && moment("1:-5").is_err());
        assert_eq!(moment("65:00"), Ok(Moment(3_900_000)));
        assert!(moment("soon").is_err() && moment("-3").is_err() && moment("NaN").is_err());
    }
}

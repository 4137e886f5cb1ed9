//! How counts, times and hashes are written and read on the command line.

use std::borrow::Cow;

use crate::interview::{BatchId, Digest, Moment};
pub(super) use crate::text::many;

/// A hash as rubrics and exports write it.
pub(super) fn hash(digest: Digest) -> String {
    format!("sha256:{digest}")
}

/// A batch in a command that is printed to be copied: by the beginning of its id. Its title came from outside.
pub(super) fn in_command(batch: BatchId) -> String {
    batch.to_string()[..8].to_owned()
}

/// A word that came from outside, such as a name, in a command that is printed to be copied: a shell takes it as it is and runs
/// nothing of it.
pub(super) fn as_word(text: &str) -> Cow<'_, str> {
    shell_words::quote(text)
}

/// That what came from somebody is dated so many seconds after this machine's time.
pub(super) fn clock_is_ahead(whose: &str, seconds: i64) -> String {
    let (count, unit) = match seconds {
        0..=7_199 => (seconds / 60, "minute"),
        7_200..=172_799 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let by = many(usize::try_from(count).unwrap_or_default(), unit);
    format!(
        "The clock of {whose}'s machine is {by} ahead of this one, or this one is behind. What is done here from now on counts as later all \
         the same; the times that are shown are what each machine said. Set the one that is wrong."
    )
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
    fn a_shell_takes_a_printed_word_as_it_is() {
        assert_eq!(as_word("spring.earmark"), "spring.earmark");
        for hard in ["Evil $(touch here)", "a \"b\" `c`", "it's", ""] {
            assert_eq!(shell_words::split(&as_word(hard)), Ok(vec![hard.to_owned()]));
        }
        assert_eq!(as_word("$(touch here)"), "'$(touch here)'");
    }

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

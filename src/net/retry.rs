//! How often something is tried, and how long is waited between.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How often something is tried, and how long is waited between.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Patience {
    /// Tries in all.
    pub attempts: u32,
    /// The first wait; each is twice the one before, and up to as much again by chance.
    pub base: Duration,
    /// The longest wait, also of those that a server asks for.
    pub cap: Duration,
    /// Statuses after which it is tried again.
    pub on: Vec<u16>,
}

impl Default for Patience {
    fn default() -> Self {
        let (base, cap) = (Duration::from_secs(1), Duration::from_secs(300));
        Patience { attempts: 6, base, cap, on: vec![408, 425, 429, 500, 502, 503, 504] }
    }
}

impl Patience {
    /// The waits between the tries.
    pub(super) fn waits(&self) -> impl Iterator<Item = Duration> + use<> {
        ExponentialBuilder::default()
            .with_min_delay(self.base)
            .with_max_delay(self.cap)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .with_jitter()
            .build()
    }
}

/// How long a server asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), else the headers
/// of rates that are used up, whose resets are seconds from now or of the epoch.
pub fn asked_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    asked(headers, now).map(|wait| wait.min(LONGEST_WAIT))
}

/// Until when a server asks to be left alone, behind what it answered; nothing where it does not, or for a moment.
pub fn asked_in_words(headers: &HeaderMap, now: Timestamp) -> String {
    let long = asked(headers, now).filter(|wait| *wait > SHORT);
    let until = long.and_then(|wait| now.checked_add(jiff::SignedDuration::try_from(wait).ok()?).ok());
    until.map(|until| format!(" and asks to be left alone until {until:.0}")).unwrap_or_default()
}

/// Shorter waits are told to nobody.
const SHORT: Duration = Duration::from_secs(60);

/// The longest that a server is left alone: no quota's window is longer, and a server may send nonsense.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

fn asked(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(after) = text(RETRY_AFTER.as_str()) {
        return match after.parse::<f64>() {
            Ok(seconds) => Some(Duration::from_secs_f64(seconds.clamp(0.0, 1e6))),
            Err(_) => {
                httpdate::parse_http_date(after).ok().map(|at| Timestamp::try_from(at).map_or(Duration::ZERO, |at| until(at, now)))
            }
        };
    }
    // Some give it a name of their own.
    if let Some(seconds) = text("x-rate-limit-try-again-seconds").and_then(|seconds| seconds.parse::<f64>().ok()) {
        return Some(Duration::from_secs_f64(seconds.clamp(0.0, 1e6)));
    }
    let is_used_up = ["x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining"]
        .into_iter()
        .filter_map(text)
        .any(|left| left.parse::<f64>().is_ok_and(|left| left < 1.0));
    if !is_used_up {
        return None;
    }
    let resets = ["x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"];
    let reset = resets.into_iter().filter_map(text).find_map(|reset| reset.parse::<f64>().ok())?;
    // No window is as long as ten years: so large a number counts from the epoch.
    if reset > 315_360_000.0 {
        Timestamp::from_millisecond((reset * 1000.0) as i64).ok().map(|at| until(at, now))
    } else {
        Some(Duration::from_secs_f64(reset.clamp(0.0, 1e6)))
    }
}

/// The next page by a `Link` header (RFC 8288): the address of `rel="next"`, as it is given.
pub fn next_page(link: Option<&str>) -> Option<String> {
    link?.split(',').find_map(|one| {
        let (address, parameters) = one.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = |parameter: &str| matches!(parameter.trim(), "rel=next" | "rel=\"next\"");
        parameters.split(';').any(is_next).then(|| address.to_owned())
    })
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    #[test]
    fn what_a_server_asks_for_is_understood_in_every_spelling() {
        let now: Timestamp = "2026-11-02T10:00:00Z".parse().expect("a time");
        let epoch = (now.as_second() + 9).to_string();
        for (headers, seconds) in [
            (vec![("retry-after", "7")], Some(7)),
            (vec![("x-rate-limit-try-again-seconds", "12")], Some(12)),
            (vec![("retry-after", "Mon, 02 Nov 2026 10:00:30 GMT")], Some(30)),
            (vec![("retry-after", "Mon, 02 Nov 2026 09:00:30 GMT")], Some(0)),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "99999999999")], Some(86_400)),
            (vec![("retry-after", "Mon, 02 Nov 2099 10:00:30 GMT")], Some(86_400)),
            (vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "4")], Some(4)),
            (vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &epoch)], Some(9)),
            (vec![("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", &epoch)], Some(9)),
            (vec![("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "4")], None),
            (vec![], None),
        ] {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value")))
                .collect();
            assert_eq!(asked_wait(&map, now).map(|wait| wait.as_secs()), seconds, "{headers:?}");
        }
    }

    #[test]
    fn a_long_wait_is_told_as_it_is_asked_for() {
        let now: Timestamp = "2026-11-02T10:00:00Z".parse().expect("a time");
        let of = |after: &'static str| asked_in_words(&HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(after))]), now);
        assert_eq!(of("100000"), " and asks to be left alone until 2026-11-03T13:46:40Z");
        assert_eq!(of("7"), "");
    }

    #[test]
    fn the_next_page_is_the_one_that_is_called_next() {
        let link = "<https://a.example/1?x=1>; rel=\"prev\", <https://a.example/3?x=1>; rel=\"next\"";
        assert_eq!(next_page(Some(link)).as_deref(), Some("https://a.example/3?x=1"));
        assert_eq!(
            (next_page(Some("<https://a.example/1>; rel=last")), next_page(Some("junk")), next_page(None)),
            (None, None, None)
        );
    }

    #[test]
    fn waits_grow_to_a_bound_and_come_to_an_end() {
        let patience =
            Patience { attempts: 5, base: Duration::from_millis(100), cap: Duration::from_millis(500), ..Patience::default() };
        let waits: Vec<u128> = patience.waits().map(|wait| wait.as_millis()).collect();
        assert_eq!(waits.len(), 4);
        let bounds = [100..=200, 200..=400, 400..=800, 500..=1000];
        assert!(waits.iter().zip(bounds).all(|(wait, bound)| bound.contains(wait)), "{waits:?}");
    }
}

//! A client for recordings: addresses come from strangers, nothing of ours goes along, and what breaks off is gone on with.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_RANGE, LAST_MODIFIED,
    LOCATION, RANGE,
};
use reqwest::{Client, Response, Url};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::credentials::Credentials;
use super::error::{NetError, NetTrouble};
use super::flow::Flow;
use super::origin::{Origin, check_address};
use super::private::{Outward, PRIVATE, is_private};
use super::retry::{asked_in_words, asked_wait};
use super::wire::Wire;

/// Redirects that are followed.
const HOPS: usize = 5;
/// How long nothing may come.
const IDLE: Duration = Duration::from_secs(20);
/// A transfer that is slower than so many bytes a second is broken off in the end.
const SLOWEST: u64 = 32 * 1024;

/// What a source allows of the addresses that it names.
#[derive(Clone, Debug)]
pub struct MediaRules {
    /// The source's own address, which the settings name.
    pub base: Origin,
    /// Hosts that may lie in private networks, by name or address.
    pub hosts: Vec<String>,
    /// Transfers from one host at the same time.
    pub at_once: usize,
    /// The largest file that is taken, in bytes.
    pub largest: u64,
}

/// A client for recordings. It sends no headers but those of the transfer; what it is given to be let in goes to the source's own
/// origin alone.
pub struct MediaClient {
    /// For the source's own host, and those that are allowed by name.
    known: Client,
    /// For all others: names that lead to private addresses are not found.
    outward: Client,
    rules: MediaRules,
    proxies: Vec<String>,
    gates: Mutex<HashMap<String, Arc<Semaphore>>>,
    flow: Flow,
    /// What the source's own host is shown, where its description says so.
    credentials: Option<tokio::sync::Mutex<Credentials>>,
}

/// Why a file, or the rest of it, did not come.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum MediaError {
    /// The address is not good any more: it is to be asked for again.
    #[error("the address is not good any more (it answered {0})")]
    Expired(u16),
    /// Nothing is there.
    #[error("nothing is there (it answered {0})")]
    Gone(u16),
    /// It may work later, and when the host says so, not before.
    #[error("{text}")]
    Later {
        /// What happened.
        text: String,
        /// How long the host asks to be left alone.
        wait: Option<Duration>,
    },
    /// It will not work as it is.
    #[error("{0}")]
    Refused(String),
}

impl From<NetError> for MediaError {
    fn from(error: NetError) -> Self {
        match error.trouble {
            NetTrouble::NotReached | NetTrouble::Unknown if !error.text.contains(PRIVATE) => {
                MediaError::Later { text: error.text, wait: None }
            }
            _ => MediaError::Refused(error.text),
        }
    }
}

/// The beginning of an answer, and what follows it.
pub struct MediaAnswer {
    response: Response,
    host: String,
    /// The first byte that follows is this one of the file.
    pub from: u64,
    /// How long the file is, where it is said.
    pub total: Option<u64>,
    /// What tells later whether the file is still the same; none where the rest of it could not be asked for.
    pub validator: Option<String>,
    /// The media type, as it is said.
    pub kind: Option<String>,
    left: Option<u64>,
    taken: u64,
    largest: u64,
    until: Instant,
    flow: Flow,
    _place: OwnedSemaphorePermit,
}

impl MediaClient {
    /// A client for the files of one source; `flow` may slow it down.
    ///
    /// # Errors
    /// Where certificates or proxy cannot be used.
    pub fn new(wire: &Wire, rules: MediaRules, flow: Flow) -> Result<Self, NetError> {
        let failed = |error: &dyn std::fmt::Display| NetError::new(NetTrouble::Refused, error.to_string());
        let proxies = wire.proxies();
        let builder = || wire.builder().map(|builder| builder.read_timeout(IDLE)).map_err(|error| failed(&error));
        let known = builder()?.build().map_err(|error| failed(&error))?;
        let outward = builder()?.dns_resolver(Arc::new(Outward { except: proxies.clone() }));
        let outward = outward.build().map_err(|error| failed(&error))?;
        Ok(MediaClient { known, outward, rules, proxies, gates: Mutex::default(), flow, credentials: None })
    }

    /// The same, which shows this to the source's own origin, and to nobody once an answer has led elsewhere.
    pub fn authorized(self, credentials: Credentials) -> Self {
        MediaClient { credentials: Some(tokio::sync::Mutex::new(credentials)), ..self }
    }

    /// Whether an address is the source's own, and is shown nothing.
    pub fn lacks_token(&self, address: &str) -> bool {
        self.credentials.is_none() && self.check(address).is_ok_and(|url| Origin::of(&url).as_ref() == Some(&self.rules.base))
    }

    /// How long a file is, where its host says so: asked for as the transfer asks, for its first byte, and broken off.
    ///
    /// # Errors
    /// As [`MediaClient::get`].
    pub async fn length(&self, address: &str) -> Result<Option<u64>, MediaError> {
        Ok(self.ask(address, 0, Some("bytes=0-0".to_owned()), None).await?.total)
    }

    /// Asks for a file, from a byte on where some of it is here and `validator` tells that it is still the same. What comes may
    /// begin at 0 all the same: then it is another file by now, or the host cannot do it.
    ///
    /// # Errors
    /// In words without the address' path, which may be a secret.
    pub async fn get(&self, address: &str, from: u64, validator: Option<&str>) -> Result<MediaAnswer, MediaError> {
        self.ask(address, from, (from > 0).then(|| format!("bytes={from}-")), validator.filter(|_| from > 0)).await
    }

    async fn ask(
        &self,
        address: &str,
        from: u64,
        range: Option<String>,
        validator: Option<&str>,
    ) -> Result<MediaAnswer, MediaError> {
        let mut url = self.check(address)?;
        let mut is_own = true;
        for _ in 0..=HOPS {
            let origin = Origin::of(&url).expect("a checked address has a host");
            let place = self.gate(&origin).acquire_owned().await.expect("nobody closes the gate");
            let client = if self.is_known(&origin) { &self.known } else { &self.outward };
            let mut request = client.get(url.clone()).header("accept", "*/*").header("accept-encoding", "identity");
            if let Some(range) = &range {
                request = request.header(RANGE, range);
            }
            if let Some(validator) = validator {
                request = request.header(IF_RANGE, validator);
            }
            is_own &= origin == self.rules.base;
            let credentials = self.credentials.as_ref().filter(|_| is_own);
            if let Some(held) = credentials
                && let Some((name, value)) = held.lock().await.shown(&self.known).await?
            {
                request = request.header(name, value);
            }
            let host = origin.host();
            let response = request.send().await.map_err(|error| NetError::of(&host, error))?;
            if let Some(held) = credentials.filter(|_| response.status().as_u16() == 401) {
                // A token may have run out before its time: the next try fetches it anew.
                held.lock().await.forget();
            }
            if !response.status().is_redirection() || response.status().as_u16() == 304 {
                return self.read(response, host, from, place);
            }
            let next = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| url.join(to).ok());
            let next = next.ok_or_else(|| MediaError::Refused(format!("{host} leads on and does not say where to")))?;
            url = self.check(next.as_str())?;
        }
        Err(MediaError::Refused("it leads on too often".to_owned()))
    }

    fn gate(&self, origin: &Origin) -> Arc<Semaphore> {
        let mut gates = self.gates.lock().expect("nobody panics here");
        gates.entry(origin.host()).or_insert_with(|| Arc::new(Semaphore::new(self.rules.at_once.max(1)))).clone()
    }

    fn is_known(&self, origin: &Origin) -> bool {
        *origin == self.rules.base || self.rules.hosts.iter().any(|host| host.eq_ignore_ascii_case(origin.bare_host()))
    }

    /// An address that may be asked for a file.
    fn check(&self, address: &str) -> Result<Url, MediaError> {
        let url = check_address(address).map_err(MediaError::Refused)?;
        let origin = Origin::of(&url).ok_or_else(|| MediaError::Refused("it names no host".to_owned()))?;
        // Without encryption only where the source itself is asked so, on this machine.
        if url.scheme() == "http" && !self.rules.base.is_plain_and_here() {
            return Err(MediaError::Refused(format!("{origin} would be asked without encryption")));
        }
        let bare = origin.bare_host().to_owned();
        let inside = bare.parse::<IpAddr>().is_ok_and(is_private) || self.proxies.contains(&bare);
        if inside && !self.is_known(&origin) {
            return Err(MediaError::Refused(format!("{} is not asked: {PRIVATE}", origin.host())));
        }
        Ok(url)
    }

    fn read(&self, response: Response, host: String, from: u64, place: OwnedSemaphorePermit) -> Result<MediaAnswer, MediaError> {
        let (status, headers) = (response.status().as_u16(), response.headers());
        let text = |name: &reqwest::header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let number = |text: &str| text.parse::<u64>().ok();
        let length = text(&CONTENT_LENGTH).and_then(number);
        let (begins, total) = match status {
            200 => (0, length),
            206 => {
                let range = text(&CONTENT_RANGE).and_then(content_range);
                let (first, total) =
                    range.ok_or_else(|| MediaError::Refused(format!("{host} does not say which part it sends")))?;
                if first != from {
                    return Err(MediaError::Refused(format!("{host} sends another part than the one that was asked for")));
                }
                (first, total)
            }
            // All of it is here already, or it has become shorter: asked for from its beginning, it tells.
            416 => return Err(MediaError::Later { text: format!("{host} has no more of it"), wait: Some(Duration::ZERO) }),
            401 | 403 | 410 => return Err(MediaError::Expired(status)),
            404 => return Err(MediaError::Gone(status)),
            408 | 425 | 429 | 500 | 502..=504 => {
                let now = jiff::Timestamp::now();
                let text = format!("{host} answered {status}{}", asked_in_words(headers, now));
                return Err(MediaError::Later { text, wait: asked_wait(headers, now) });
            }
            _ => return Err(MediaError::Refused(format!("{host} answered {status}"))),
        };
        if text(&CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
            return Err(MediaError::Refused(format!("{host} sends it compressed, which was not asked for")));
        }
        if total.is_some_and(|total| total > self.rules.largest) {
            let (total, largest) = (total.unwrap_or_default(), self.rules.largest);
            return Err(MediaError::Refused(format!("the file has {total} bytes; at most {largest} are taken")));
        }
        let left = length.or(total.map(|total| total - begins.min(total)));
        let time = Duration::from_secs(60 + left.unwrap_or(self.rules.largest) / SLOWEST);
        let time = self.flow.longest(time, left);
        Ok(MediaAnswer {
            from: begins,
            total,
            validator: validator(headers),
            kind: text(&CONTENT_TYPE).map(str::to_owned),
            left,
            taken: begins,
            largest: self.rules.largest,
            until: Instant::now() + time,
            host,
            response,
            flow: self.flow.clone(),
            _place: place,
        })
    }
}

impl MediaAnswer {
    /// The next bytes; none at the end. It may be given up and asked again: nothing is lost between.
    ///
    /// # Errors
    /// Where it breaks off, lasts too long, or becomes too large.
    pub async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, MediaError> {
        self.flow.wait().await;
        let late = || MediaError::Later { text: format!("{} sends too slowly", self.host), wait: None };
        let read = tokio::time::timeout_at(self.until, self.response.chunk()).await.map_err(|_| late())?;
        let chunk = read.map_err(|error| NetError::of(&self.host, error))?;
        match &chunk {
            Some(chunk) => {
                self.taken += chunk.len() as u64;
                self.left = self.left.map(|left| left.saturating_sub(chunk.len() as u64));
                self.flow.took(chunk.len());
                if self.taken > self.largest {
                    return Err(MediaError::Refused(format!("the file has more than {} bytes", self.largest)));
                }
            }
            None if self.left.is_some_and(|left| left > 0) => {
                return Err(MediaError::Later { text: format!("{} broke off", self.host), wait: None });
            }
            None => {}
        }
        Ok(chunk)
    }
}

/// What tells whether a file is still the same: a strong ETag, else the date of its last change.
fn validator(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|text| text.len() < 1024);
    if text(ACCEPT_RANGES).is_some_and(|ranges| ranges.eq_ignore_ascii_case("none")) {
        return None;
    }
    let strong = text(ETAG).filter(|tag| tag.starts_with('"'));
    strong.or_else(|| text(LAST_MODIFIED).filter(|date| httpdate::parse_http_date(date).is_ok())).map(str::to_owned)
}

/// The first byte and the whole length of `bytes 5-9/10`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    (first <= last && total.is_none_or(|total: u64| last < total)).then_some((first, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(base: &str, hosts: &[&str]) -> MediaClient {
        let base = Origin::of(&Url::parse(base).expect("an address")).expect("a host");
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        let rules = MediaRules { base, hosts, at_once: 2, largest: 1 << 20 };
        MediaClient::new(&Wire { proxy: Some("none".into()), ..Wire::default() }, rules, Flow::default()).expect("a client")
    }

    #[test]
    fn private_addresses_are_asked_only_where_the_settings_name_them() {
        let far = client("https://api.example", &["10.0.0.5", "media.intern.example"]);
        for (address, is_right) in [
            ("https://cdn.example/a?sig=kanarie", true),
            ("https://10.0.0.5/a", true),
            ("https://10.0.0.6/a", false),
            ("https://169.254.169.254/latest", false),
            ("https://[::1]/a", false),
            ("https://[::ffff:127.0.0.1]/a", false),
            ("https://0x7f000001/a", false),
            ("https://2130706433/a", false),
            ("https://127.1/a", false),
            ("http://127.0.0.1:80/a", false),
            ("http://cdn.example/a", false),
            ("https://ann:kanarie@cdn.example/a", false),
            ("file:///etc/passwd", false),
        ] {
            let found = far.check(address);
            assert_eq!(found.is_ok(), is_right, "{address}: {found:?}");
            assert!(!found.is_err_and(|why| why.to_string().contains("kanarie")), "{address}");
        }
        let here = client("http://127.0.0.1:4010", &[]);
        assert!(here.check("http://127.0.0.1:4010/a").is_ok());
        assert!(here.check("http://127.0.0.1:4011/a").is_err(), "another port is another place");
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_asked() {
        let refused = client("https://api.example", &[]).get("https://localhost:9/a?sig=kanarie", 0, None).await;
        let Err(MediaError::Refused(text)) = refused else { panic!("it was asked") };
        assert!(text.contains("private network") && !text.contains("kanarie"), "{text}");
    }

    #[test]
    fn only_what_can_tell_whether_a_file_is_the_same_is_a_validator() {
        let of = |name, value: &str| validator(&HeaderMap::from_iter([(name, value.parse().expect("a value"))]));
        assert_eq!(of(ETAG, "\"a\"").as_deref(), Some("\"a\""));
        assert_eq!(of(ETAG, "W/\"a\""), None);
        assert_eq!(of(LAST_MODIFIED, "Mon, 02 Nov 2026 10:00:30 GMT").as_deref(), Some("Mon, 02 Nov 2026 10:00:30 GMT"));
        assert_eq!(of(LAST_MODIFIED, "yesterday"), None);
    }

    #[test]
    fn a_content_range_is_taken_at_its_word_and_nothing_else() {
        for (text, found) in [
            ("bytes 5-9/10", Some((5, Some(10)))),
            ("bytes 0-0/*", Some((0, None))),
            ("bytes 5-10/10", None),
            ("bytes 9-5/10", None),
            ("bytes */10", None),
            ("5-9/10", None),
        ] {
            assert_eq!(content_range(text), found, "{text}");
        }
    }
}

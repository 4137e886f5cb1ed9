//! A client for one API: credentials for its origin alone, retry, pace, and answers of a bounded size.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Method, Url};
use serde_json::Value;
use tokio::sync::Mutex;

use super::credentials::Credentials;
use super::error::{NetError, NetTrouble};
use super::form::Form;
use super::gate::Gate;
use super::origin::{Origin, check_address};
use super::retry::{Patience, asked_wait};
use super::wire::Wire;

/// The largest answer that is read, in bytes.
const LONGEST: usize = 32 << 20;
/// Redirects within one origin that are followed.
const HOPS: usize = 5;

/// A client for one API.
#[derive(Debug)]
pub struct ApiClient {
    client: Client,
    base: Url,
    origin: Origin,
    credentials: Mutex<Credentials>,
    headers: HeaderMap,
    gate: Gate,
    patience: Patience,
    /// How long what hangs may keep one waiting.
    whole: Duration,
    /// Until when the other side asked to be left alone, where that is longer than the patience.
    left_alone: std::sync::Mutex<Option<Timestamp>>,
}

/// How many at once, and how many in a second.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pace {
    /// Requests at the same time.
    pub at_once: usize,
    /// Requests in a second, on average.
    pub per_second: f64,
}

/// What is asked.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    /// `GET`, `POST`, `PUT`, `PATCH`, `HEAD`.
    pub verb: String,
    /// Behind the base, with its query; or a whole address of the same origin.
    pub path: String,
    /// What is sent along.
    pub payload: Payload,
    /// Whether sending it twice is as good as once: then it is tried again also where it may have arrived.
    pub repeatable: bool,
}

/// What is sent along.
#[derive(Clone, PartialEq, Debug)]
pub enum Payload {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Value),
    /// A text of this type: XML.
    Text(String, &'static str),
    /// Bytes of this type.
    Bytes(Vec<u8>, &'static str),
    /// Fields and files of a form.
    Form(Form),
}

impl Payload {
    fn is_empty(&self) -> bool {
        match self {
            Payload::Empty => true,
            Payload::Bytes(bytes, _) => bytes.is_empty(),
            Payload::Text(text, _) => text.is_empty(),
            Payload::Json(_) | Payload::Form(_) => false,
        }
    }
}

/// A whole answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer of this status, type and body.
    pub fn of(status: u16, kind: &str, body: &[u8]) -> Self {
        let kind = HeaderValue::from_str(kind).ok().filter(|kind| !kind.is_empty());
        Answer { status, headers: kind.map(|kind| (CONTENT_TYPE, kind)).into_iter().collect(), body: body.to_vec() }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether its status and headers alone say that something was done: nothing more is due (204), or what was made has an
    /// address (201) (RFC 9110, sections 15.3.2 and 15.3.5).
    pub fn is_positive_alone(&self) -> bool {
        self.status == 204 || (self.status == 201 && self.header(LOCATION.as_str()).is_some())
    }

    /// Whether it is a page for people, such as one to sign in at.
    pub fn is_page(&self) -> bool {
        super::page::is_html(&self.body, self.header("content-type"))
    }
}

impl ApiClient {
    /// A client for what lies behind `base`.
    ///
    /// # Errors
    /// Where the base may not be asked, or certificates or proxy cannot be used.
    pub fn new(
        wire: &Wire,
        base: &str,
        credentials: Credentials,
        headers: &[(String, String)],
        pace: Pace,
        patience: Patience,
    ) -> Result<Self, NetError> {
        let refused = |why: String| NetError::new(NetTrouble::Refused, why);
        let base = check_address(base).map_err(refused)?;
        let origin = Origin::of(&base).expect("a checked address has a host");
        let client = wire.client().map_err(|error| refused(error.to_string()))?;
        let header = |(name, value): &(String, String)| {
            let wrong = || refused(format!("the header {name} cannot be sent"));
            let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
            // It may be a key; nobody prints it.
            value.set_sensitive(true);
            Ok((HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?, value))
        };
        let headers = headers.iter().map(header).collect::<Result<HeaderMap, NetError>>()?;
        let gate = Gate::new(pace.at_once, pace.per_second);
        let (credentials, whole) = (Mutex::new(credentials), wire.whole);
        Ok(ApiClient { client, base, origin, credentials, headers, gate, patience, whole, left_alone: std::sync::Mutex::default() })
    }

    /// Until when the other side asked to be left alone; none where it did not, or the time has come.
    pub fn left_alone_until(&self) -> Option<Timestamp> {
        let until = *self.left_alone.lock().expect("nobody panics here");
        until.filter(|until| *until > Timestamp::now())
    }

    /// Asks for nothing before that time.
    pub fn leave_alone(&self, until: Timestamp) {
        *self.left_alone.lock().expect("nobody panics here") = Some(until);
    }

    /// Where it asks.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Asks, and asks again where that may help: a whole answer of whatever status, or why there is none.
    ///
    /// # Errors
    /// Where there is no whole answer, and whether the request may have been taken.
    pub async fn ask(&self, ask: &Ask) -> Result<Answer, NetError> {
        self.ask_counting(ask, &AtomicU32::new(0)).await
    }

    /// The same, and counts each request as it sets out; one that certainly never left is not among them in the end.
    ///
    /// # Errors
    /// Where there is no whole answer, and whether the request may have been taken.
    pub async fn ask_counting(&self, ask: &Ask, sent: &AtomicU32) -> Result<Answer, NetError> {
        let mut waits = self.patience.waits();
        let mut renewed = false;
        let mut hung = Duration::ZERO;
        loop {
            let begun = tokio::time::Instant::now();
            let outcome = self.once(ask, sent).await;
            let wait = match &outcome {
                Ok(answer) if answer.status == 401 && !renewed && self.credentials.lock().await.forget() => {
                    // A token may have run out before its time; it is fetched anew once.
                    renewed = true;
                    continue;
                }
                Ok(answer) => {
                    let asked = asked_wait(&answer.headers, Timestamp::now());
                    if let Some(asked) = asked.filter(|asked| *asked <= self.patience.cap) {
                        self.gate.hold(asked);
                    }
                    // Who asks for more patience than there is gets it from a later run. Where there is none at all the caller waits itself.
                    let waits_itself = !self.patience.cap.is_zero();
                    if let Some(asked) = asked.filter(|asked| waits_itself && *asked > self.patience.cap && is_untaken(answer)) {
                        self.leave_alone(Timestamp::now() + asked);
                        return outcome;
                    }
                    if !self.may_be_asked_again(ask, answer) {
                        return outcome;
                    }
                    asked
                }
                Err(error) => {
                    let may_repeat = match error.trouble {
                        // It is as long the next time.
                        _ if error.is_endless => false,
                        NetTrouble::NotReached => self.left_alone_until().is_none(),
                        NetTrouble::Unknown => {
                            hung += begun.elapsed();
                            ask.repeatable && hung < self.whole
                        }
                        NetTrouble::Authentication | NetTrouble::Refused => false,
                    };
                    if !may_repeat {
                        return outcome;
                    }
                    None
                }
            };
            let Some(own) = waits.next() else { return outcome };
            let wait = wait.unwrap_or_default().max(own);
            // Who asks for more patience than there is gets it from the next run.
            if wait > self.patience.cap.max(own) {
                return outcome;
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn may_be_asked_again(&self, ask: &Ask, answer: &Answer) -> bool {
        self.patience.on.contains(&answer.status) && (ask.repeatable || is_untaken(answer))
    }

    async fn once(&self, ask: &Ask, sent: &AtomicU32) -> Result<Answer, NetError> {
        let mut url = self.address(&ask.path)?;
        for _ in 0..=HOPS {
            let answer = self.sent(ask, url.clone(), sent).await?;
            let Some(next) = self.led_on(ask, &url, &answer)? else { return Ok(answer) };
            url = next;
        }
        Err(NetError::new(NetTrouble::Refused, format!("{} leads in circles", self.origin.host())))
    }

    /// A path behind the base, or a whole address of the same origin.
    fn address(&self, path: &str) -> Result<Url, NetError> {
        let refused = |why: String| NetError::new(NetTrouble::Refused, why);
        if !path.starts_with('/') {
            let url = check_address(path).map_err(refused)?;
            return match Origin::of(&url) {
                Some(origin) if origin == self.origin => Ok(url),
                _ => Err(refused(format!("an address elsewhere than {} is not asked", self.origin))),
            };
        }
        let whole = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let url = Url::parse(&whole).map_err(|error| refused(format!("no address: {error}")))?;
        if Origin::of(&url).as_ref() != Some(&self.origin) {
            return Err(refused(format!("an address elsewhere than {} is not asked", self.origin)));
        }
        Ok(url)
    }

    async fn sent(&self, ask: &Ask, url: Url, sent: &AtomicU32) -> Result<Answer, NetError> {
        let _place = self.gate.enter().await;
        let host = self.origin.host();
        if let Some(until) = self.left_alone_until() {
            let text = format!("{host} asks to be left alone until {until:.0}; nothing was sent");
            return Err(NetError::new(NetTrouble::NotReached, text));
        }
        let method = Method::from_bytes(ask.verb.as_bytes()).map_err(|_| NetError::new(NetTrouble::Refused, "no such method"))?;
        let shown = self.credentials.lock().await.shown(&self.client).await?;
        let mut request = self.client.request(method, url).header(ACCEPT, "application/json, */*;q=0.5");
        request = match &ask.payload {
            Payload::Empty => request,
            Payload::Json(value) => request.header(CONTENT_TYPE, "application/json").body(value.to_string()),
            Payload::Text(text, kind) => request.header(CONTENT_TYPE, *kind).body(text.clone()),
            Payload::Bytes(bytes, kind) => request.header(CONTENT_TYPE, *kind).body(bytes.clone()),
            Payload::Form(form) => {
                let (kind, body) = form.sent();
                request.header(CONTENT_TYPE, kind).body(body)
            }
        };
        // A body of no bytes has a length too, and is waited for where nobody tells it (RFC 9110, 8.6).
        if ask.payload.is_empty() && matches!(ask.verb.as_str(), "PUT" | "POST" | "PATCH") {
            request = request.header(CONTENT_LENGTH, 0);
        }
        request = request.headers(self.headers.clone());
        if let Some((name, value)) = shown {
            request = request.header(name, value);
        }
        sent.fetch_add(1, Ordering::SeqCst);
        let answer = request.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                sent.fetch_sub(1, Ordering::SeqCst);
            }
            NetError::of(&host, error)
        })?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = read_whole(answer, LONGEST, &host).await?;
        Ok(Answer { status, headers, body })
    }

    /// Where an answer leads on to, within this origin; none where it is an answer.
    fn led_on(&self, ask: &Ask, from: &Url, answer: &Answer) -> Result<Option<Url>, NetError> {
        if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let (host, status) = (self.origin.host(), answer.status);
        let next = answer.header(LOCATION.as_str()).and_then(|text| from.join(text).ok());
        let Some(next) = next else {
            return Err(NetError::new(NetTrouble::Refused, format!("{host} leads on ({status}) and does not say where to")));
        };
        let path = next.path().to_lowercase();
        let signs_in = ["login", "signin", "sign-in", "sign_in", "sso", "auth"].iter().any(|word| path.contains(word));
        let trouble = if signs_in { NetTrouble::Authentication } else { NetTrouble::Refused };
        match Origin::of(&next) {
            Some(origin) if origin == self.origin => {}
            Some(origin) => {
                let text = format!("{host} leads on ({status}) to {origin}, which is another place: it is not followed");
                return Err(NetError::new(trouble, text));
            }
            None => return Err(NetError::new(trouble, format!("{host} leads on ({status}) to no place"))),
        }
        // A changed method would be another request than the one that was meant.
        let keeps = matches!(status, 307 | 308) || matches!(ask.verb.as_str(), "GET" | "HEAD");
        if keeps && !signs_in {
            return Ok(Some(next));
        }
        let to = if signs_in { "where one signs in" } else { "another path" };
        Err(NetError::new(trouble, format!("{host} leads on ({status}) to {to}: it is not followed")))
    }
}

/// Whether an answer says that nothing was done.
fn is_untaken(answer: &Answer) -> bool {
    matches!(answer.status, 425 | 429) || (answer.status == 503 && answer.headers.contains_key("retry-after"))
}

/// The whole body, if it is not too long.
pub(super) async fn read_whole(mut answer: reqwest::Response, longest: usize, host: &str) -> Result<Vec<u8>, NetError> {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(piece)) if body.len() + piece.len() > longest => {
                return Err(NetError::endless(format!("{host} answers with more than {longest} bytes")));
            }
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(body),
            Err(error) => {
                let error = NetError::of(host, error);
                return Err(NetError::new(
                    NetTrouble::Unknown,
                    format!("{} (after {} bytes of the answer)", error.text, body.len()),
                ));
            }
        }
    }
}

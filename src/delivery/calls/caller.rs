//! A client for the ATS of a profile: its secrets fetched, its pace and patience as the profile says.

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::Value;

use crate::config::secret::{Secret, SecretError, resolve};
use crate::delivery::store::{StoreError, Trouble};
use crate::export::mapping::PlannedRequest;
use crate::export::profile::{Auth, Http, Next, Profile, for_xml};
use crate::net::{
    Answer, ApiClient, Ask, ClientCredentials, Credentials, NetError, NetTrouble, Pace, Patience, Payload, Wire, check_address,
};

/// A client for the ATS of a profile.
#[derive(Debug)]
pub struct Caller {
    api: ApiClient,
    /// The customer's own values, fetched.
    pub values: IndexMap<String, String>,
    /// Requests at the same time.
    pub at_once: usize,
    /// User and password of a SOAP envelope.
    token: Option<(Secret, Secret)>,
    /// What no message may hold, also where the other side repeats it.
    secrets: Vec<Secret>,
}

impl From<NetError> for StoreError {
    fn from(error: NetError) -> Self {
        let trouble = match error.trouble {
            NetTrouble::NotReached | NetTrouble::Unknown => Trouble::Temporary,
            NetTrouble::Authentication => Trouble::Authentication,
            NetTrouble::Refused => Trouble::Refused,
        };
        StoreError::new(trouble, error.text)
    }
}

fn no_secret(error: &SecretError) -> StoreError {
    StoreError::new(Trouble::Authentication, error)
}

impl Caller {
    /// A client for a profile's ATS. `base` takes the place of the profile's own address.
    ///
    /// # Errors
    /// Where a secret cannot be had, or the address may not be asked.
    pub fn new(profile: &Profile, base: &str, wire: &Wire) -> Result<Self, StoreError> {
        let http = profile.http.as_ref().expect("a profile of requests has [http]");
        token_is_for(http, base)?;
        let mut secrets = Vec::new();
        let mut fetch = |text: &str| {
            let secret = resolve(text).map_err(|error| no_secret(&error))?;
            // What stands in the profile itself is no secret.
            if secret.expose() != text {
                secrets.push(secret.clone());
            }
            Ok::<_, StoreError>(secret)
        };
        let (credentials, token) = credentials(&http.auth, &mut fetch)?;
        let mut headers = Vec::new();
        for (name, value) in &http.headers {
            headers.push((name.clone(), fetch(value)?.expose().to_owned()));
        }
        // The other side may repeat what it was shown, as it was shown.
        if let (Auth::Basic { .. }, Credentials::Header(_, value)) = (&http.auth, &credentials) {
            let encoded = value.to_str().ok().and_then(|value| value.strip_prefix("Basic "));
            secrets.extend(encoded.map(|encoded| Secret::new(encoded.trim_end_matches('='))));
        }
        let values = Self::values_of(profile)?;
        let retry = &profile.retry;
        let patience = Patience { attempts: retry.attempts, base: retry.base, cap: retry.cap, on: retry.on.clone() };
        let pace = Pace { at_once: http.at_once, per_second: http.per_second };
        let api = ApiClient::new(wire, base, credentials, &headers, pace, patience)?;
        Ok(Caller { api, values, at_once: http.at_once, token, secrets })
    }

    /// The customer's own values, which are no secrets, and may lie in variables.
    ///
    /// # Errors
    /// Where such a variable or file is not there.
    pub fn values_of(profile: &Profile) -> Result<IndexMap<String, String>, StoreError> {
        let of = |(name, text): (&String, &String)| {
            let value = resolve(text).map_err(|error| StoreError::new(Trouble::Refused, format!("value.{name}: {error}")))?;
            Ok((name.clone(), value.expose().to_owned()))
        };
        profile.http.iter().flat_map(|http| &http.values).map(of).collect()
    }

    /// Asks for one planned request.
    ///
    /// # Errors
    /// Where there is no whole answer.
    pub async fn ask(&self, request: &PlannedRequest, repeatable: bool) -> Result<Answer, NetError> {
        let payload = match (&request.body, request.is_xml) {
            (Value::Null, _) => Payload::Empty,
            (Value::String(body), true) => Payload::Text(self.enveloped(body), "text/xml; charset=utf-8"),
            (body, _) => Payload::Json(body.clone()),
        };
        let ask = Ask { verb: request.verb.clone(), path: request.path.clone(), payload, repeatable };
        self.api.ask(&ask).await.map_err(|error| NetError { text: self.clean(&error.text), ..error })
    }

    /// The pages of a listing, at most `most`; none where there is no such record.
    ///
    /// # Errors
    /// Where a page cannot be read, or the listing goes on beyond that.
    pub async fn pages(&self, request: PlannedRequest, next: Option<&Next>, most: usize) -> Result<Vec<Value>, StoreError> {
        super::pages::pages(self, request, next, most).await
    }

    /// A text of the other side without our secrets, should it repeat one, and not too long.
    pub fn clean(&self, text: &str) -> String {
        let clean = self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose(), "<secret>"));
        clean.chars().take(300).collect()
    }

    /// Until when the other side asked to be left alone, where that is longer than this run waits.
    pub fn left_alone_until(&self) -> Option<Timestamp> {
        self.api.left_alone_until()
    }

    /// Asks for nothing before that time.
    pub fn leave_alone(&self, until: Timestamp) {
        self.api.leave_alone(until);
    }

    /// The host that is asked.
    pub fn host(&self) -> String {
        self.api.origin().host()
    }

    /// A SOAP body in its envelope, with WS-Security's UsernameToken (OASIS WSS UsernameToken Profile 1.0).
    fn enveloped(&self, body: &str) -> String {
        const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
        const TEXT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
        let header = self.token.as_ref().map_or_else(String::new, |(user, password)| {
            format!(
                "<soapenv:Header><wsse:Security soapenv:mustUnderstand=\"1\" xmlns:wsse=\"{WSSE}\"><wsse:UsernameToken>\
                 <wsse:Username>{}</wsse:Username><wsse:Password Type=\"{TEXT}\">{}</wsse:Password>\
                 </wsse:UsernameToken></wsse:Security></soapenv:Header>",
                for_xml(user.expose()),
                for_xml(password.expose())
            )
        });
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
             xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">{header}<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
        )
    }
}

/// A token that the profile itself says where to get is for the profile's own host: no other is shown it.
fn token_is_for(http: &Http, base: &str) -> Result<(), StoreError> {
    let Auth::ClientCredentials { token_url, .. } = &http.auth else { return Ok(()) };
    let origin = |address: &str| check_address(address).ok().map(|url| url.origin().ascii_serialization());
    let own = resolve(&http.base).ok().and_then(|own| origin(own.expose()));
    let (asked, token) = (origin(base), origin(token_url));
    // Who names it by a variable has named it for this.
    if token.is_none() || asked == own || asked == token {
        return Ok(());
    }
    let host = token.unwrap_or_default();
    let text = format!("the tokens of {host} are not for it: a profile of your own names both, as base and as token_url");
    Err(StoreError::new(Trouble::Refused, text))
}

type Fetch<'f> = &'f mut dyn FnMut(&str) -> Result<Secret, StoreError>;

fn credentials(auth: &Auth, fetch: Fetch) -> Result<(Credentials, Option<(Secret, Secret)>), StoreError> {
    let credentials = match auth {
        Auth::None => Credentials::None,
        Auth::Basic { user, password } => {
            let user = fetch(user)?;
            let password = password.as_deref().map(&mut *fetch).transpose()?;
            Credentials::basic(&user, password.as_ref())?
        }
        Auth::Bearer { token } => Credentials::bearer(&fetch(token)?)?,
        Auth::Header { name, value } => Credentials::header(name, fetch(value)?.expose())?,
        Auth::ClientCredentials { token_url, client_id, client_secret, extra } => {
            let mut fields = Vec::new();
            for (name, value) in extra {
                fields.push((name.clone(), fetch(value)?));
            }
            let secret = if client_secret.is_empty() { None } else { Some(fetch(client_secret)?) };
            let url = resolve(token_url).map_err(|error| no_secret(&error))?.expose().to_owned();
            Credentials::Token(Box::new(ClientCredentials::new(url, fetch(client_id)?, secret, fields)))
        }
        Auth::UsernameToken { user, password } => return Ok((Credentials::None, Some((fetch(user)?, fetch(password)?)))),
    };
    Ok((credentials, None))
}

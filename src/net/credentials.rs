//! What a request shows to be let in; it travels to one origin alone and stands in no message.

use std::time::Duration;

use base64::Engine as _;
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::time::Instant;

use super::error::{NetError, NetTrouble};
use super::origin::{Origin, check_address};
use crate::config::secret::Secret;

/// What a request shows to be let in.
#[derive(Debug)]
pub enum Credentials {
    /// Nothing.
    None,
    /// A header with a fixed value.
    Header(HeaderName, HeaderValue),
    /// A token that is fetched, and fetched anew when it has run out.
    Token(Box<ClientCredentials>),
}

/// OAuth 2.0: a token is got for the client's own name (RFC 6749, section 4.4), or for an assertion (RFC 7522).
#[derive(Debug)]
pub struct ClientCredentials {
    /// Where tokens are given out.
    pub token_url: String,
    /// The client's name.
    pub client_id: Secret,
    /// Its password; none where an assertion among the fields stands for it.
    pub client_secret: Option<Secret>,
    /// Further form fields; a `grant_type` among them takes the place of `client_credentials`.
    pub fields: Vec<(String, Secret)>,
    /// The token, and until when it holds.
    held: Option<(HeaderValue, Instant)>,
}

/// A token that says nothing of its end is used for so long.
const USUAL: Duration = Duration::from_secs(10 * 60);
/// A token is not used in its last moments.
const MARGIN: Duration = Duration::from_secs(30);
/// The longest answer that is read for a token, in bytes.
const LONGEST: usize = 1 << 20;

impl Credentials {
    /// `Authorization: Basic` (RFC 7617).
    ///
    /// # Errors
    /// Never for texts without control characters.
    pub fn basic(user: &Secret, password: Option<&Secret>) -> Result<Self, NetError> {
        let pair = zeroize::Zeroizing::new(format!("{}:{}", user.expose(), password.map_or("", Secret::expose)));
        let text = zeroize::Zeroizing::new(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair.as_bytes())));
        Credentials::header("authorization", &text)
    }

    /// `Authorization: Bearer` (RFC 6750).
    ///
    /// # Errors
    /// Where the token holds what no header can.
    pub fn bearer(token: &Secret) -> Result<Self, NetError> {
        Credentials::header("authorization", &zeroize::Zeroizing::new(format!("Bearer {}", token.expose())))
    }

    /// A header of its own.
    ///
    /// # Errors
    /// Where name or value can be no header's; neither is repeated.
    pub fn header(name: &str, value: &str) -> Result<Self, NetError> {
        let wrong = |what: &str| NetError::new(NetTrouble::Authentication, format!("the {what} of `auth` can stand in no header"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("header's name"))?;
        Ok(Credentials::Header(name, sensitive(value).ok_or_else(|| wrong("secret"))?))
    }

    /// The header for the next request.
    pub(super) async fn shown(&mut self, client: &Client) -> Result<Option<(HeaderName, HeaderValue)>, NetError> {
        match self {
            Credentials::None => Ok(None),
            Credentials::Header(name, value) => Ok(Some((name.clone(), value.clone()))),
            Credentials::Token(source) => Ok(Some((AUTHORIZATION, source.token(client).await?))),
        }
    }

    /// Forgets a token that is not taken any more; whether there was one.
    pub(super) fn forget(&mut self) -> bool {
        match self {
            Credentials::Token(source) => source.held.take().is_some(),
            _ => false,
        }
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl ClientCredentials {
    /// Nothing is fetched yet.
    pub fn new(token_url: String, client_id: Secret, client_secret: Option<Secret>, fields: Vec<(String, Secret)>) -> Self {
        ClientCredentials { token_url, client_id, client_secret, fields, held: None }
    }

    async fn token(&mut self, client: &Client) -> Result<HeaderValue, NetError> {
        if let Some((token, _)) = self.held.as_ref().filter(|(_, until)| *until > Instant::now()) {
            return Ok(token.clone());
        }
        let url = check_address(&self.token_url).map_err(|why| NetError::new(NetTrouble::Refused, format!("token_url: {why}")))?;
        let host = Origin::of(&url).map(|origin| origin.host()).unwrap_or_default();
        let has_grant = self.fields.iter().any(|(name, _)| name == "grant_type");
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        if !has_grant {
            form.append_pair("grant_type", "client_credentials");
        }
        if self.client_secret.is_none() {
            form.append_pair("client_id", self.client_id.expose());
        }
        for (name, value) in &self.fields {
            form.append_pair(name, value.expose());
        }
        let mut request = client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(form.finish());
        if let Some(secret) = &self.client_secret {
            request = request.basic_auth(self.client_id.expose(), Some(secret.expose()));
        }
        let answer = request.send().await.map_err(|error| NetError::of(&host, error))?;
        let status = answer.status();
        let refused = |why: String| NetError::new(NetTrouble::Authentication, format!("{host} gave no token: {why}"));
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(NetError::new(NetTrouble::NotReached, format!("{host} gave no token: it answered {}", status.as_u16())));
        }
        if !status.is_success() {
            return Err(refused(format!("it answered {}", status.as_u16())));
        }
        let body = super::api::read_whole(answer, LONGEST, &host).await?;
        let parsed: Value = serde_json::from_slice(&body).map_err(|_| refused("its answer is no JSON".to_owned()))?;
        let token = parsed["access_token"].as_str().ok_or_else(|| refused("there is none in its answer".to_owned()))?;
        let value = sensitive(&format!("Bearer {token}")).ok_or_else(|| refused("it can stand in no header".to_owned()))?;
        let lasts = match &parsed["expires_in"] {
            Value::Number(seconds) => seconds.as_u64(),
            Value::String(seconds) => seconds.parse().ok(),
            _ => None,
        };
        let lasts = lasts.map_or(USUAL, Duration::from_secs).saturating_sub(MARGIN).min(Duration::from_secs(24 * 3600));
        self.held = Some((value.clone(), Instant::now() + lasts));
        Ok(value)
    }
}

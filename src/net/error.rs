//! Why something was not got, in words without addresses' queries and without secrets.

use std::error::Error as _;

/// In which way asking failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NetTrouble {
    /// The other side was not reached: what was to be sent certainly did not arrive. It may work later.
    NotReached,
    /// It was sent, and no whole answer came: it may or may not have been taken.
    Unknown,
    /// Someone must sign in, or a key is wrong; nothing was taken.
    Authentication,
    /// It will not work as it is; nothing was taken.
    Refused,
}

/// Why asking failed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{text}")]
pub struct NetError {
    /// In which way.
    pub trouble: NetTrouble,
    /// What happened, for a person.
    pub text: String,
    /// Whether an answer came that has no end, or a later one than anybody reads.
    pub is_endless: bool,
}

impl NetError {
    /// An error of this kind.
    pub fn new(trouble: NetTrouble, text: impl Into<String>) -> Self {
        NetError { trouble, text: text.into(), is_endless: false }
    }

    /// An answer of more bytes than anybody reads.
    pub(super) fn endless(text: impl Into<String>) -> Self {
        NetError { is_endless: true, ..NetError::new(NetTrouble::Unknown, text) }
    }

    /// What the client says of a request that failed. Its address may hold secrets and is left out.
    pub(super) fn of(host: &str, error: reqwest::Error) -> Self {
        let error = error.without_url();
        let timed_out = error.is_timeout();
        let (is_connect, is_builder) = (error.is_connect(), error.is_builder());
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        let said = causes.last().map_or_else(|| error.to_string(), |last| in_words(last));
        let tunnel = causes.iter().find_map(|cause| cause.strip_prefix("tunnel error: "));
        if let Some((trouble, what)) = tunnel.map(by_proxy) {
            return NetError::new(trouble, format!("{host} cannot be reached: {what}"));
        }
        let is_about_trust = causes.iter().any(|cause| cause.contains("certificate"));
        let (trouble, what) = match (is_builder, is_connect, timed_out) {
            (true, ..) => (NetTrouble::Refused, "cannot be asked"),
            _ if is_connect && is_about_trust => (NetTrouble::Refused, "shows a certificate that is not trusted"),
            (_, true, true) => (NetTrouble::NotReached, "did not answer the call in time"),
            (_, true, _) => (NetTrouble::NotReached, "cannot be reached"),
            (_, _, true) => (NetTrouble::Unknown, "took too long to answer"),
            _ => (NetTrouble::Unknown, "broke off"),
        };
        NetError::new(trouble, format!("{host} {what}: {said}"))
    }
}

/// What a proxy answers that is asked for the way to a host; that it is the proxy's answer, and not the host's.
fn by_proxy(said: &str) -> (NetTrouble, &'static str) {
    match said {
        "proxy authorization required" => {
            (NetTrouble::Refused, "the proxy (network.proxy, HTTPS_PROXY) wants a name and a password, or others than these")
        }
        "failed to create underlying connection" => {
            (NetTrouble::NotReached, "the proxy (network.proxy, HTTPS_PROXY) does not answer")
        }
        _ => (NetTrouble::NotReached, "the proxy (network.proxy, HTTPS_PROXY) refuses the way to it"),
    }
}

/// What the libraries below say, where they say it to programmers.
fn in_words(said: &str) -> String {
    match said.contains("CaUsedAsEndEntity") {
        true => "it is one that vouches for others, and no server's (it is to say CA:FALSE)".to_owned(),
        false => said.to_owned(),
    }
}

//! Where something is: scheme, host and port; and which addresses may be asked at all.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// Scheme, host and port of an address (RFC 6454).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an address; none where it has no host.
    pub fn of(url: &Url) -> Option<Self> {
        let port = url.port_or_known_default()?;
        Some(Origin { scheme: url.scheme().to_owned(), host: url.host_str()?.to_lowercase(), port })
    }

    /// The host alone.
    pub(super) fn bare_host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether it is this machine itself, without encryption.
    pub(super) fn is_plain_and_here(&self) -> bool {
        self.scheme == "http" && Url::parse(&self.to_string()).is_ok_and(|url| is_this_machine(&url))
    }

    /// The host, and the port where it is not the scheme's own.
    pub fn host(&self) -> String {
        let usual = matches!((self.scheme.as_str(), self.port), ("https", 443) | ("http", 80));
        if usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host())
    }
}

/// An address that may be asked: https, or http on this machine, and nobody's name or password in it.
///
/// # Errors
/// Says what is wrong with it; never repeats its query or what stands before the `@`.
pub fn check_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| format!("it is no address: {error}"))?;
    let origin = Origin::of(&url).ok_or("it names no host")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("a name or password stands in the address of {}; write it as `auth`", origin.host()));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine(&url) => Ok(url),
        "http" => Err(format!("{origin} would be asked without encryption; http is for this machine alone, write https://")),
        other => Err(format!("{other} is not spoken; write https://")),
    }
}

fn is_this_machine(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_asked_and_http_on_this_machine() {
        for (address, is_right) in [
            ("https://ats.example/v1", true),
            ("http://127.0.0.1:4010", true),
            ("http://[::1]:4010/x", true),
            ("http://localhost:1", true),
            ("http://ats.example", false),
            ("http://127.0.0.1.evil.example", false),
            ("https://ann:secret@ats.example", false),
            ("http://127.0.0.1@evil.example", false),
            ("file:///etc/passwd", false),
            ("ftp://ats.example", false),
            ("nothing", false),
        ] {
            let found = check_address(address);
            assert_eq!(found.is_ok(), is_right, "{address}: {found:?}");
            assert!(!found.is_err_and(|why| why.contains("secret")), "{address}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let of = |text: &str| Origin::of(&Url::parse(text).expect("an address")).expect("a host");
        assert_eq!(of("https://ATS.example/a?b"), of("https://ats.example:443/"));
        for other in ["http://ats.example:443/", "https://ats.example:444/", "https://x.ats.example/"] {
            assert_ne!(of("https://ats.example/"), of(other), "{other}");
        }
        assert_eq!(of("http://127.0.0.1:4010/x").to_string(), "http://127.0.0.1:4010");
    }
}

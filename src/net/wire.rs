//! How this machine gets out: proxies, certificates and times, as users of curl expect them.

use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, NoProxy, Proxy};

/// How this machine gets out. Without a proxy here, `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wire {
    /// The proxy's address; `none` for no proxy at all.
    pub proxy: Option<String>,
    /// A PEM file of the certificates that are trusted, in the place of the system's. Else `CURL_CA_BUNDLE` and
    /// `SSL_CERT_FILE` are looked at, as curl does.
    pub ca: Option<PathBuf>,
    /// How long connecting may take.
    pub connect: Duration,
    /// How long a request may take in all.
    pub whole: Duration,
}

impl Default for Wire {
    fn default() -> Self {
        Wire { proxy: None, ca: None, connect: Duration::from_secs(30), whole: Duration::from_secs(120) }
    }
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The certificates.
    #[error("the certificates of {path} cannot be read: {why}")]
    Ca {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The proxy. Its address may hold a password and is not repeated.
    #[error("the proxy's address is wrong: {0}")]
    Proxy(String),
    /// Anything else.
    #[error("no client could be made: {0}")]
    Client(String),
}

/// The largest file of certificates, in bytes.
const LONGEST: u64 = 16 << 20;

impl Wire {
    /// A client that follows nothing by itself and carries no credentials.
    ///
    /// # Errors
    /// Where certificates or proxy cannot be used.
    pub fn client(&self) -> Result<Client, WireError> {
        let client = self.builder()?.timeout(self.whole);
        client.build().map_err(|error| WireError::Client(error.to_string()))
    }

    /// The same without a bound on the whole time, for what may be long.
    pub(super) fn builder(&self) -> Result<ClientBuilder, WireError> {
        static PROVIDER: Once = Once::new();
        // Another provider that is installed already serves as well.
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let mut client = Client::builder()
            .user_agent(concat!("earmark/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(self.connect);
        if let Some(path) = self.ca.clone().or_else(of_environment) {
            client = client.tls_certs_only(certificates(&path)?);
        }
        Ok(match self.proxy.as_deref() {
            Some("none" | "") => client.no_proxy(),
            Some(address) => client.proxy(proxy(Proxy::all(address))?),
            None => {
                let mut client = client;
                // As the system says it, but for this machine: where nothing is said, the client looks by itself.
                for (scheme, address) in of_system() {
                    client = client.proxy(proxy(match scheme {
                        "https" => Proxy::https(address),
                        "http" => Proxy::http(address),
                        _ => Proxy::all(address),
                    })?);
                }
                client
            }
        })
    }

    /// The hosts of the proxies that may be used, in lower case.
    pub(super) fn proxies(&self) -> Vec<String> {
        let addresses = match self.proxy.as_deref() {
            Some("none" | "") => Vec::new(),
            Some(address) => vec![address.to_owned()],
            None => of_system().into_iter().map(|(_, address)| address).collect(),
        };
        let host = |address: &String| {
            let whole = if address.contains("://") { address.clone() } else { format!("http://{address}") };
            Some(reqwest::Url::parse(&whole).ok()?.host_str()?.to_lowercase())
        };
        addresses.iter().filter_map(host).collect()
    }
}

/// This machine, which is never asked through a proxy: another one would be sent what is meant for this one, in plain text.
const THIS_MACHINE: &str = "localhost,127.0.0.0/8,::1";

/// A proxy for everything but this machine and what `NO_PROXY` says.
fn proxy(proxy: reqwest::Result<Proxy>) -> Result<Proxy, WireError> {
    let proxy = proxy.map_err(|error| WireError::Proxy(error.without_url().to_string()))?;
    let set = ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    Ok(proxy.no_proxy(NoProxy::from_string(&format!("{set},{THIS_MACHINE}"))))
}

/// The proxies of the environment: for `https`, for `http`, and for what has none of its own.
fn of_system() -> Vec<(&'static str, String)> {
    let first = |names: [&str; 2]| names.into_iter().filter_map(|name| std::env::var(name).ok()).find(|one| !one.is_empty());
    // A server sets HTTP_PROXY to what a stranger sent it as a header (CVE-2016-5385).
    let is_cgi = std::env::var_os("REQUEST_METHOD").is_some();
    let http = first(["HTTP_PROXY", "http_proxy"]).filter(|_| !is_cgi);
    let all = [("https", first(["HTTPS_PROXY", "https_proxy"])), ("http", http), ("all", first(["ALL_PROXY", "all_proxy"]))];
    all.into_iter().filter_map(|(scheme, address)| Some((scheme, address?))).collect()
}

fn of_environment() -> Option<PathBuf> {
    let named = ["CURL_CA_BUNDLE", "SSL_CERT_FILE"].into_iter().filter_map(std::env::var_os);
    named.filter(|path| !path.is_empty()).map(PathBuf::from).next()
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, WireError> {
    let wrong = |why: String| WireError::Ca { path: path.to_owned(), why };
    let pem = crate::config::read_bounded(path, LONGEST).map_err(|error| wrong(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() { Err(wrong("there is none in it".to_owned())) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_told_without_a_proxys_password() {
        let folder = tempfile::tempdir().expect("a folder");
        let empty = folder.path().join("ca.pem");
        std::fs::write(&empty, "").expect("written");
        for path in [empty, folder.path().join("nowhere.pem")] {
            let wire = Wire { ca: Some(path.clone()), ..Wire::default() };
            let error = wire.client().map(drop).expect_err("there are none").to_string();
            assert!(error.contains(&path.display().to_string()), "{error}");
        }
        let wire = Wire { proxy: Some("http://ann:kanarie@[broken".into()), ..Wire::default() };
        let error = wire.client().map(drop).expect_err("it is no address").to_string();
        assert!(error.contains("proxy") && !error.contains("kanarie"), "{error}");
        Wire { proxy: Some("none".into()), ..Wire::default() }.client().expect("no proxy at all");
    }
}

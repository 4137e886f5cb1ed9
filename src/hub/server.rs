//! Listening: connections with bounds on how many and how long, over TLS where it is not this machine alone.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

use super::Hub;
use super::routes::router;

/// Connections at the same time.
const MOST: usize = 256;
/// How long a client may take to say what it wants, and to shake hands.
const PATIENCE: Duration = Duration::from_secs(15);

/// What the hub shows to prove who it is.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Why the hub does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A file of the certificate or its key.
    #[error("{path}: {why}")]
    Certificate {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The address.
    #[error("{0}")]
    Listen(#[from] io::Error),
    /// Others could listen in.
    #[error("an address that other machines reach is served with TLS only")]
    Open,
}

impl Tls {
    /// A certificate with those that vouch for it, and its key, as PEM files.
    ///
    /// # Errors
    /// Where they cannot be read or do not belong together.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, ServeError> {
        let wrong = |path: &Path, why: String| ServeError::Certificate { path: path.to_owned(), why };
        let of_file = |error: pem::Error| error.to_string();
        let chain = CertificateDer::pem_file_iter(certificate).map_err(|error| wrong(certificate, of_file(error)))?;
        let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|error| wrong(certificate, of_file(error)))?;
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, of_file(error)))?;
        let provider = Arc::new(crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(certificate, error.to_string()))?
            .with_no_client_auth()
            .with_single_cert(chain, secret)
            .map_err(|error| wrong(certificate, error.to_string()))?;
        Ok(Tls(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Serves until it is dropped.
///
/// # Errors
/// Where other machines could reach it without TLS.
pub async fn serve(hub: Arc<Hub>, listener: TcpListener, tls: Option<Tls>) -> Result<(), ServeError> {
    if tls.is_none() && !listener.local_addr()?.ip().is_loopback() {
        return Err(ServeError::Open);
    }
    let (router, places) = (router(hub), Arc::new(Semaphore::new(MOST)));
    loop {
        let place = places.clone().acquire_owned().await.expect("nobody closes it");
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // A client that left, or no more descriptors for a while.
            Err(error) => {
                tracing::warn!(%error, "the hub could not take a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let (router, tls) = (router.clone(), tls.clone());
        tokio::spawn(async move {
            let _place = place;
            match tls {
                None => talk(stream, router).await,
                Some(Tls(acceptor)) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
                        talk(stream, router).await;
                    }
                }
            }
        });
    }
}

async fn talk(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, router: axum::Router) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // A client that breaks off is its own business.
    let _ = connection.await;
}

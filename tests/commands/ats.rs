//! A local server in the place of an ATS: it keeps what it is sent, and complains of what the ATS would not take.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) verb: String,
    /// With its query.
    pub(super) path: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Got {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What is answered.
pub(super) enum Reply {
    Json(u16, Value),
    /// Status, headers with their line ends, body.
    Plain(u16, String, String),
    /// The beginning of an answer that says that it is longer.
    Half(String),
    /// The connection is closed without a word.
    Nothing,
}

/// What a server decides with.
pub(super) type Handler = Box<dyn FnMut(&Got) -> Reply + Send>;

/// A running server; it ends with the test's process.
pub(super) struct Ats {
    pub(super) address: String,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Ats {
    pub(super) fn start(handler: impl FnMut(&Got) -> Reply + Send + 'static) -> Self {
        Ats::start_by("http", handler, Ok)
    }

    /// The same behind TLS, with this certificate and its key.
    pub(super) fn start_tls(certificate: &Path, key: &Path, handler: impl FnMut(&Got) -> Reply + Send + 'static) -> Self {
        let certificates = CertificateDer::pem_file_iter(certificate).expect("PEM").collect::<Result<Vec<_>, _>>().expect("PEM");
        let key = PrivateKeyDer::from_pem_file(key).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS");
        let config = Arc::new(config.with_no_client_auth().with_single_cert(certificates, key).expect("they belong together"));
        Ats::start_by("https", handler, move |stream| {
            let server = rustls::ServerConnection::new(Arc::clone(&config)).map_err(std::io::Error::other)?;
            Ok(rustls::StreamOwned::new(server, stream))
        })
    }

    fn start_by<S: Read + Write>(
        scheme: &str,
        handler: impl FnMut(&Got) -> Reply + Send + 'static,
        open: impl Fn(TcpStream) -> std::io::Result<S> + Send + Sync + 'static,
    ) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("{scheme}://{}", socket.local_addr().expect("an address"));
        let got: Arc<Mutex<Vec<Got>>> = Arc::default();
        let handler: Arc<Mutex<Handler>> = Arc::new(Mutex::new(Box::new(handler)));
        let kept = Arc::clone(&got);
        let open = Arc::new(open);
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                let (handler, kept, open) = (Arc::clone(&handler), Arc::clone(&kept), Arc::clone(&open));
                // Who asks may be killed at any moment.
                std::thread::spawn(move || drop(open(stream).and_then(|stream| serve(stream, &handler, &kept))));
            }
        });
        Ats { address, got }
    }

    /// Everything that came so far.
    pub(super) fn got(&self) -> Vec<Got> {
        self.got.lock().expect("nobody panics there").clone()
    }
}

fn serve(mut stream: impl Read + Write, handler: &Mutex<Handler>, kept: &Mutex<Vec<Got>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(&mut stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(verb), Some(path)) = (words.next(), words.next()) else { return Ok(()) };
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut got = Got { verb, path, headers, body: Vec::new() };
    let length = got.header("content-length").parse();
    if length.is_err() && matches!(got.verb.as_str(), "PUT" | "POST" | "PATCH") {
        // What may have a body says how long it is, also where it is empty.
        return stream.write_all(b"HTTP/1.1 411 Length Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    }
    let length = length.unwrap_or(0);
    got.body.resize(length, 0);
    reader.read_exact(&mut got.body)?;
    kept.lock().expect("nobody panics there").push(got.clone());
    let reply = (handler.lock().expect("a handler does not panic"))(&got);
    let head = |status: u16, kind: &str, length: usize| {
        format!("HTTP/1.1 {status} So\r\nconnection: close\r\ncontent-length: {length}\r\n{kind}\r\n")
    };
    match reply {
        Reply::Json(status, value) => {
            let body = value.to_string();
            stream.write_all((head(status, "content-type: application/json\r\n", body.len()) + &body).as_bytes())
        }
        Reply::Plain(status, headers, body) => stream.write_all((head(status, &headers, body.len()) + &body).as_bytes()),
        Reply::Half(body) => {
            let head = head(200, "content-type: application/json\r\n", body.len() * 2 + 100);
            stream.write_all((head + &body).as_bytes())
        }
        Reply::Nothing => Ok(()),
    }
}

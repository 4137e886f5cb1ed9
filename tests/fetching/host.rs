//! A host of recordings that behaves as badly as it is told: it breaks off, stalls, refuses, leads elsewhere.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to one request.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// It is answered well.
    None,
    /// The connection ends after so many bytes of the body.
    BreakOff(usize),
    /// The connection ends without a word.
    Nothing,
    /// A status, with header lines.
    Status(u16, &'static str),
    /// Another address.
    Redirect(String),
    /// A web page with status 200.
    Page,
    /// Something else of this type, with status 200.
    Other(&'static str, &'static str),
    /// It is answered so many bytes at a time, with a pause after each.
    Slow(usize, Duration),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// With its query.
    pub(super) path: String,
    /// All header lines in lower case.
    pub(super) headers: String,
}

/// A running host; it ends with the test's process.
pub(super) struct Host {
    pub(super) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    sent: Arc<AtomicU64>,
}

type Decide = Box<dyn FnMut(&str, usize) -> Fault + Send>;

struct Inside {
    files: HashMap<String, Vec<u8>>,
    decide: Mutex<Decide>,
    asked: Arc<Mutex<Vec<Asked>>>,
    sent: Arc<AtomicU64>,
}

impl Host {
    /// Serves files by their paths; `decide` is asked with the path and how often that path was asked for before.
    pub(super) fn start(
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
        decide: impl FnMut(&str, usize) -> Fault + Send + 'static,
    ) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", socket.local_addr().expect("an address"));
        let (asked, sent): (Arc<Mutex<Vec<Asked>>>, Arc<AtomicU64>) = Default::default();
        let inside = Arc::new(Inside {
            files: files.into_iter().collect(),
            decide: Mutex::new(Box::new(decide)),
            asked: asked.clone(),
            sent: sent.clone(),
        });
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                let inside = inside.clone();
                std::thread::spawn(move || drop(inside.serve(stream)));
            }
        });
        Host { address, asked, sent }
    }

    /// Everything that was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("nobody panics there").clone()
    }

    /// Bytes of files that were sent so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

impl Inside {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut stream = stream;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let Some(path) = line.split_whitespace().nth(1).map(str::to_owned) else { return Ok(()) };
            let mut headers = String::new();
            loop {
                line.clear();
                if reader.read_line(&mut line)? <= 2 {
                    break;
                }
                headers.push_str(&line.to_lowercase());
            }
            if !self.answer(&mut stream, &path, &headers)? {
                return Ok(());
            }
        }
    }

    /// Whether the connection goes on.
    fn answer(&self, stream: &mut TcpStream, path: &str, headers: &str) -> std::io::Result<bool> {
        let bare = path.split('?').next().unwrap_or(path).to_owned();
        let nth = {
            let mut asked = self.asked.lock().expect("nobody panics there");
            let nth = asked.iter().filter(|one| one.path.split('?').next() == Some(&bare)).count();
            asked.push(Asked { path: path.to_owned(), headers: headers.to_owned() });
            nth
        };
        let fault = (self.decide.lock().expect("it does not panic"))(path, nth);
        let short = |status: u16, more: &str, body: &str| {
            format!("HTTP/1.1 {status} So\r\ncontent-length: {}\r\n{more}\r\n{body}", body.len())
        };
        match &fault {
            Fault::Nothing => return Ok(false),
            Fault::Status(status, more) => return stream.write_all(short(*status, more, "").as_bytes()).map(|()| true),
            Fault::Redirect(to) => {
                return stream.write_all(short(302, &format!("location: {to}\r\n"), "").as_bytes()).map(|()| true);
            }
            Fault::Page => {
                let page = short(200, "content-type: text/html\r\n", "<!DOCTYPE html><title>This link has expired</title>");
                return stream.write_all(page.as_bytes()).map(|()| true);
            }
            Fault::Other(kind, body) => {
                return stream.write_all(short(200, &format!("content-type: {kind}\r\n"), body).as_bytes()).map(|()| true);
            }
            Fault::None | Fault::BreakOff(_) | Fault::Slow(..) => {}
        }
        let Some(file) = self.files.get(&bare) else { return stream.write_all(short(404, "", "").as_bytes()).map(|()| true) };
        let tag = format!("\"{}-{}\"", file.len(), file.iter().map(|byte| u64::from(*byte)).sum::<u64>());
        let held = header(headers, "if-range");
        let from = header(headers, "range").filter(|_| held.is_none_or(|held| held == tag));
        let from: usize = from.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()).unwrap_or(0);
        let part = file.get(from..).unwrap_or_default();
        let range = format!("content-range: bytes {from}-{}/{}\r\n", file.len().saturating_sub(1), file.len());
        let (status, range) = if from > 0 { (206, range.as_str()) } else { (200, "") };
        let head =
            format!("HTTP/1.1 {status} So\r\ncontent-length: {}\r\netag: {tag}\r\naccept-ranges: bytes\r\n{range}\r\n", part.len());
        stream.write_all(head.as_bytes())?;
        let (piece, pause) = match fault {
            Fault::Slow(piece, pause) => (piece, pause),
            _ => (64 * 1024, Duration::ZERO),
        };
        let end = if let Fault::BreakOff(after) = fault { part.len().min(after) } else { part.len() };
        for piece in part[..end].chunks(piece) {
            stream.write_all(piece)?;
            self.sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
            if !pause.is_zero() {
                // The pace of a slow line: what is tested is what happens meanwhile.
                std::thread::sleep(pause);
            }
        }
        Ok(end == part.len())
    }
}

fn header<'h>(headers: &'h str, name: &str) -> Option<&'h str> {
    headers.lines().find_map(|line| line.split_once(':').filter(|(found, _)| *found == name)).map(|(_, value)| value.trim())
}

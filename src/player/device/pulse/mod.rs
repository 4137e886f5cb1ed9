//! PulseAudio, and PipeWire by its protocol: found, connected to and played on by ourselves.
//!
//! cpal can play on it too, but looks for the cookie in one place only, shows none where there is none, which servers refuse, and does not say
//! when a stream is moved to another sink.

mod find;
mod moves;
mod stream;
mod visit;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use futures_executor::block_on;
use pulseaudio::Client;
use pulseaudio::protocol::{DEFAULT_SINK, SinkInfo};

use find::Surroundings;
pub(super) use stream::Stream;
pub use visit::{Trouble, Visit};

/// The sound server's name among the kinds of sound.
pub(super) const NAME: &str = "pulseaudio";
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What servers call the output that they make up where they have none.
const DUMMY: &[u8] = b"auto_null";

/// The connection, kept while the server answers: each has a thread and open files of its own.
static KEPT: Mutex<Option<Arc<Server>>> = Mutex::new(None);
/// Streams that were opened: each has a mark of its own.
static STREAMS: AtomicU32 = AtomicU32::new(0);

/// A server that took us.
struct Server {
    client: Client,
    visit: Visit,
}

/// An output of a server.
pub(super) struct Sink {
    server: Arc<Server>,
    index: u32,
    /// What settings call it.
    pub(super) id: String,
    /// What people call it.
    pub(super) name: String,
}

impl Sink {
    fn of(server: &Arc<Server>, info: SinkInfo) -> Sink {
        let id = info.name.to_string_lossy().into_owned();
        let name = info.description.map_or_else(|| id.clone(), |text| text.to_string_lossy().into_owned());
        Sink { server: server.clone(), index: info.index, id, name }
    }
}

/// The sink that things play on unless they say otherwise.
pub(super) fn usual() -> Result<Sink, String> {
    let found = ask(|client| block_on(client.sink_info_by_name(DEFAULT_SINK.to_owned())).map_err(|error| error.to_string()));
    found.map(|(server, info)| Sink::of(&server, info)).map_err(|reason| match reason.contains("NoEntity") {
        true => "there is no output device".to_owned(),
        false => reason,
    })
}

/// The server's sinks.
pub(super) fn sinks() -> Result<Vec<Sink>, String> {
    let (server, found) = ask(|client| block_on(client.list_sinks()).map_err(|error| error.to_string()))?;
    Ok(found.into_iter().map(|info| Sink::of(&server, info)).collect())
}

/// Looks for a server, and whether it has an output, without keeping the connection.
///
/// It takes two seconds where the server stands still.
pub(in crate::player) fn visit() -> Visit {
    let waited = patiently(|| {
        let (mut visit, client) = reach();
        let sinks = client.and_then(|client| block_on(client.list_sinks()).ok());
        if sinks.is_some_and(|sinks| sinks.iter().all(|sink| sink.name.as_bytes() == DUMMY)) {
            visit.trouble = Some(Trouble::NoOutput);
        }
        Ok(visit)
    });
    waited.unwrap_or_else(|_| {
        surrounded(|around| {
            let cookie = around.cookie().1;
            let (places, looked) = (around.servers(), around.cookies());
            Visit {
                socket: places.sockets.into_iter().find(|socket| socket.exists()),
                named_by: places.named_by,
                cookie,
                looked,
                trouble: Some(Trouble::Silent),
            }
        })
    })
}

fn surrounded<T>(question: impl FnOnce(&Surroundings<'_>) -> T) -> T {
    let variable = |name: &str| std::env::var(name).ok();
    question(&Surroundings { variable: &variable, root: Path::new("/") })
}

fn reach() -> (Visit, Option<Client>) {
    surrounded(visit::connect)
}

/// Asks the server something; one that no longer answers is looked for anew.
fn ask<T: Send + 'static>(
    question: impl Fn(&Client) -> Result<T, String> + Send + Clone + 'static,
) -> Result<(Arc<Server>, T), String> {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(server) = kept {
        let (client, asked) = (server.client.clone(), question.clone());
        if let Ok(answer) = patiently(move || asked(&client)) {
            return Ok((server, answer));
        }
    }
    let (visit, client) = patiently(|| Ok(reach()))?;
    let client = client.ok_or_else(|| visit.trouble.as_ref().map_or_else(String::new, ToString::to_string))?;
    let server = Arc::new(Server { client: client.clone(), visit });
    *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = Some(server.clone());
    Ok((server, patiently(move || question(&client))?))
}

/// Asks on a thread of its own: a server that stands still answers when it goes on, and nobody waits for that.
fn patiently<T: Send + 'static>(question: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    let (to, answer) = channel();
    let asking = thread::Builder::new().name("earmark-ask".into()).spawn(move || drop(to.send(question())));
    asking.map_err(|error| error.to_string())?;
    answer.recv_timeout(PATIENCE).unwrap_or_else(|_| Err("the sound server does not answer".to_owned()))
}

/// A name for a stream that no other has.
fn mark() -> String {
    format!("{}.{}", std::process::id(), STREAMS.fetch_add(1, Ordering::Relaxed))
}

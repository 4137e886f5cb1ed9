//! The connection to the sound server: one for the whole program, kept while the server answers.
//!
//! Whoever asks cpal for a host gets a connection with a thread of its own, which ends only if something wakes it after its last owner is
//! gone: most that are let go stay behind, with three open files each. So one is kept, and asked again.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use cpal::traits::HostTrait;
use cpal::{Host, HostId};

/// The sound server's name among the kinds of sound.
pub(super) const PULSE: &str = "pulseaudio";
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

static KEPT: Mutex<Option<Arc<Host>>> = Mutex::new(None);

/// Asks a kind of sound something.
pub(super) fn ask<T: Send + 'static>(
    id: HostId,
    question: impl FnOnce(&Host) -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    if id.to_string() != PULSE {
        return question(&connect(id)?);
    }
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let server = match kept.filter(answers) {
        Some(server) => server,
        None => {
            let server = Arc::new(connect(id)?);
            *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = Some(server.clone());
            server
        }
    };
    patiently(server, question)
}

fn connect(id: HostId) -> Result<Host, String> {
    cpal::host_from_id(id).map_err(|error| error.to_string())
}

fn answers(server: &Arc<Host>) -> bool {
    patiently(server.clone(), |server| server.devices().map(drop).map_err(|error| error.to_string())).is_ok()
}

/// Asks on a thread of its own: a server that stands still answers when it goes on, and nobody waits for that.
fn patiently<T: Send + 'static>(
    server: Arc<Host>,
    question: impl FnOnce(&Host) -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (to, answer) = channel();
    let asking = thread::Builder::new().name("earmark-ask".into()).spawn(move || drop(to.send(question(&server))));
    asking.map_err(|error| error.to_string())?;
    answer.recv_timeout(PATIENCE).unwrap_or_else(|_| Err("the sound server does not answer".to_owned()))
}

//! Connecting to the sound server; and, where that fails, which server, which cookie and why, so that somebody can do something about it.

use std::ffi::CString;
use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use pulseaudio::protocol::{ProtocolError, PulseError};
use pulseaudio::{Client, ClientError};

use super::find::{Places, Surroundings};

/// How a sound server is asked for, and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Visit {
    /// The socket that answers, or that was tried last; none where there is none to try.
    pub socket: Option<PathBuf>,
    /// The variable or settings file that names it, where it is not in the usual place.
    pub named_by: Option<String>,
    /// The cookie that it is shown; none where there is none, which a server that goes by the user takes.
    pub cookie: Option<PathBuf>,
    /// Where the cookie was looked for.
    pub looked: Vec<PathBuf>,
    /// What is in the way.
    pub trouble: Option<Trouble>,
}

/// Why a sound server cannot be reached.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Trouble {
    /// No socket is where one would be.
    #[error("no sound server is running")]
    Nowhere,
    /// It is reached over a network.
    #[error("{0} is reached over a network; earmark speaks to a server on this machine")]
    Remote(String),
    /// A socket without a server behind it.
    #[error("nobody answers there: the server has ended")]
    Ended,
    /// The socket is somebody else's.
    #[error("its socket may not be opened")]
    Forbidden,
    /// It was shown the wrong cookie, or none.
    #[error("the server refuses the cookie")]
    Refused,
    /// It takes a connection and says nothing.
    #[error("the server does not answer")]
    Silent,
    /// It takes us, and has nothing to play on.
    #[error("the server has no output: nothing that is played there can be heard")]
    NoOutput,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Trouble {
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Trouble::Nowhere => "start it: `systemctl --user start pipewire-pulse`, or `pulseaudio --start`",
            Trouble::Remote(_) => "bring its socket here (ssh -L) and name that: PULSE_SERVER=unix:/the/socket",
            Trouble::Ended => "start it again: `systemctl --user restart pipewire-pulse`, or `pulseaudio --start`",
            Trouble::Forbidden => "run earmark as the user whose server it is, or name a server of your own with PULSE_SERVER",
            Trouble::Refused => "name the file that holds the server's cookie with PULSE_COOKIE; `pactl info` tries the same one",
            Trouble::Silent => "start it anew: `systemctl --user restart pipewire-pulse`, or `pulseaudio -k`",
            Trouble::NoOutput => "connect headphones or speakers; `pactl list short sinks` shows what the server can play on",
            Trouble::Other(_) => "try `pactl info`; a server that answers it answers earmark",
        }
    }
}

/// Connects to the first server that takes us.
///
/// A server that stands still lets one wait for as long as it does.
pub(super) fn connect(around: &Surroundings<'_>) -> (Visit, Option<Client>) {
    let Places { sockets, remote, named_by } = around.servers();
    let (cookie, file) = around.cookie();
    let mut visit = Visit { socket: None, named_by, cookie: file, looked: around.cookies(), trouble: Some(Trouble::Nowhere) };
    if let Some(one) = remote.into_iter().next() {
        visit.trouble = Some(Trouble::Remote(one));
    }
    for socket in sockets {
        match enter(&socket, &cookie) {
            Ok(client) => {
                (visit.socket, visit.trouble) = (Some(socket), None);
                return (visit, Some(client));
            }
            // One that is not there says nothing about those that are; but where it was named, it is what was asked for.
            Err(Trouble::Nowhere) => _ = visit.named_by.as_ref().map(|_| visit.socket.get_or_insert(socket)),
            Err(trouble) => (visit.socket, visit.trouble) = (Some(socket), Some(trouble)),
        }
    }
    (visit, None)
}

fn enter(socket: &Path, cookie: &[u8]) -> Result<Client, Trouble> {
    let stream = UnixStream::connect(socket).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Trouble::Nowhere,
        ErrorKind::ConnectionRefused => Trouble::Ended,
        ErrorKind::PermissionDenied => Trouble::Forbidden,
        _ => Trouble::Other(error.to_string()),
    })?;
    let name = CString::new(format!("earmark-{}", std::process::id())).expect("it has no zero in it");
    Client::new_unix(name, stream, Some(cookie)).map_err(|error| match error {
        ClientError::ServerError(PulseError::AccessDenied | PulseError::AuthKey)
        | ClientError::Protocol(ProtocolError::ServerError(PulseError::AccessDenied | PulseError::AuthKey)) => Trouble::Refused,
        ClientError::Protocol(error) => Trouble::Other(error.to_string()),
        ClientError::Io(error) => Trouble::Other(error.to_string()),
        other => Trouble::Other(other.to_string()),
    })
}

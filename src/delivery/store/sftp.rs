//! A folder behind SFTP, or one file in it, through the system's `ssh`.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{FileAttributes, OpenFlags, Packet, Status, StatusCode};

use super::ssh::{Ssh, SshOptions};
use super::{READ_BACK, Seen, StoreError, Trouble};
use crate::interview::Digest;

/// Renames over what is there, in one step (OpenSSH's `PROTOCOL`, section 4.3).
const POSIX_RENAME: &str = "posix-rename@openssh.com";
/// Brings a file's content to the disk (OpenSSH's `PROTOCOL`, section 4.6).
const FSYNC: &str = "fsync@openssh.com";
/// What every server takes in one packet, in bytes (draft-ietf-secsh-filexfer-02, section 3).
const PIECE: usize = 32 * 1024;
/// Pieces that are under way at the same time.
const AT_ONCE: usize = 16;
/// How long one answer may take, in seconds.
const PATIENCE: u64 = 60;

/// A folder at an SFTP server, or one file in it.
#[derive(Debug)]
pub struct Sftp {
    ssh: SshOptions,
    /// The host, for messages.
    host: String,
    folder: String,
    /// The one file, where the address names a file.
    file: Option<String>,
    open: Option<Open>,
}

struct Open {
    session: RawSftpSession,
    /// Lives as long as the connection, and says why that ended.
    ssh: Ssh,
    renames_over: bool,
    syncs: bool,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Open")
    }
}

/// Where an address of the form `sftp://USER@HOST:PORT/FOLDER/` leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place {
    user: Option<String>,
    host: String,
    port: Option<u16>,
    path: String,
}

impl Place {
    fn parse(address: &str) -> Result<Self, String> {
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let (head, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (user, host) = head.rsplit_once('@').map_or((None, head), |(user, host)| (Some(user), host));
        if user.is_some_and(|user| user.contains(':')) {
            return Err("a password has no place in an address; SFTP takes keys".to_owned());
        }
        let bracketed = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (host, port) = match bracketed {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
        };
        let is_plain = |text: &str| {
            !text.is_empty() && !text.starts_with('-') && text.chars().all(|c| c.is_alphanumeric() || "-._:%".contains(c))
        };
        let port = port.map(|port| port.parse::<u16>().map_err(|_| format!("\"{port}\" is no port"))).transpose()?;
        if !is_plain(host) || !user.is_none_or(is_plain) {
            return Err("it names no host".to_owned());
        }
        // `/~/` is the user's own folder, as other programs write it.
        let path = path.strip_prefix("/~/").map_or_else(|| path.to_owned(), |own| format!("./{own}"));
        Ok(Place { user: user.map(str::to_owned), host: host.to_owned(), port, path })
    }

    /// The folder, and the one file where it names one.
    fn folder_and_file(&self) -> (&str, Option<&str>) {
        let (folder, last) = self.path.rsplit_once('/').unwrap_or(("", ""));
        // What has an extension and no slash behind it is a file, as in a folder of this machine.
        let is_file = last.trim_start_matches('.').contains('.');
        (if is_file || last.is_empty() { folder } else { &self.path }, is_file.then_some(last))
    }
}

/// The address without a password, which is nobody's place.
fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (head, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    match head.rsplit_once('@') {
        Some((who, host)) => format!("{scheme}://{}@{host}{path}", who.split(':').next().unwrap_or_default()),
        None => address.to_owned(),
    }
}

/// An address in one spelling, without what is the same for everyone: the usual port, doubled slashes, whether a folder ends with one.
/// None where it names no place.
pub(super) fn canonical(address: &str) -> Option<String> {
    let place = Place::parse(&without_password(address)).ok()?;
    let (folder, file) = place.folder_and_file();
    let own = folder.starts_with("./") || folder == ".";
    let steps: Vec<&str> = folder.split('/').filter(|step| !matches!(*step, "" | ".")).collect();
    let host = if place.host.contains(':') { format!("[{}]", place.host) } else { place.host.clone() };
    let mut text = String::from("sftp://");
    text.extend(place.user.iter().flat_map(|user| [user.as_str(), "@"]));
    text += &host.to_lowercase();
    text.extend(place.port.filter(|port| *port != 22).map(|port| format!(":{port}")));
    text += if own { "/~/" } else { "/" };
    steps.iter().for_each(|step| text.extend([*step, "/"]));
    text.extend(file);
    Some(text)
}

impl Sftp {
    /// The place of an address; nothing is connected yet. `key` and `known_hosts` are files.
    ///
    /// # Errors
    /// Where the address names no host, or holds a password.
    pub fn at(address: &str, key: Option<String>, known_hosts: Option<String>) -> Result<Self, StoreError> {
        let place = Place::parse(address).map_err(|why| StoreError::new(Trouble::Refused, why))?;
        let (folder, file) = place.folder_and_file();
        let (folder, file) = (folder.to_owned(), file.map(str::to_owned));
        Ok(Sftp {
            ssh: SshOptions { user: place.user, host: place.host.clone(), port: place.port, key, known_hosts },
            host: place.host,
            folder: if folder.is_empty() { "/".to_owned() } else { folder },
            file,
            open: None,
        })
    }

    pub(super) fn name<'n>(&'n self, planned: &'n str) -> &'n str {
        self.file.as_deref().unwrap_or(planned)
    }

    pub(super) fn is_one_file(&self) -> bool {
        self.file.is_some()
    }

    pub(super) async fn stage(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let part = self.path(&format!("{name}.part"));
        let open = self.connected().await?;
        // A link that somebody laid there would be followed.
        let is_link = match open.session.lstat(&*part).await {
            Ok(there) => there.attrs.permissions.is_some_and(|_| !there.attrs.is_regular()),
            Err(_) => false,
        };
        if is_link {
            let text =
                format!("{}:{part} is no ordinary file, and earmark did not put it there: look at it, and take it away", self.host);
            return Err(StoreError::new(Trouble::Refused, text));
        }
        let written = written(open, &part, bytes).await;
        self.told(&part, written).await
    }

    pub(super) async fn publish(&mut self, name: &str) -> Result<(), StoreError> {
        let (from, to) = (self.path(&format!("{name}.part")), self.path(name));
        let open = self.connected().await?;
        let renamed = renamed(open, &from, &to).await;
        self.told(&to, renamed).await
    }

    pub(super) async fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name);
        let open = self.connected().await?;
        let removed = match open.session.remove(&path).await {
            Err(SftpError::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(()),
            other => other.map(drop),
        };
        self.told(&path, removed).await
    }

    pub(super) async fn look(&mut self, name: &str) -> Result<Seen, StoreError> {
        let (part, path, folder) = (self.path(&format!("{name}.part")), self.path(name), self.folder.clone());
        let open = self.connected().await?;
        // A folder that went away is not the same as a file that was taken.
        let there = size(open, &folder).await.and_then(|found| found.map(drop).ok_or_else(gone));
        self.told(&folder, there).await?;
        let open = self.connected().await?;
        let seen = async {
            let part = size(open, &part).await?.is_some();
            let Some(bytes) = size(open, &path).await? else { return Ok(Seen { part, ..Seen::default() }) };
            if bytes.is_some_and(|bytes| bytes > READ_BACK) {
                return Ok(Seen { part, bytes, ..Seen::default() });
            }
            Ok(match digest(open, &path).await? {
                Some((read, sha256)) => Seen { part, bytes: Some(read), sha256: Some(sha256), hidden: false },
                None => Seen { part, bytes: Some(bytes.unwrap_or_default()), sha256: None, hidden: true },
            })
        }
        .await;
        self.told(&path, seen).await
    }

    /// Says that the folder is not there, where the server says so; whoever cannot be asked has not said it.
    pub(super) async fn missing(&mut self) -> Option<StoreError> {
        let folder = self.folder.clone();
        let open = self.connected().await.ok()?;
        let found = size(open, &folder).await;
        if !matches!(found, Ok(None)) {
            return None;
        }
        self.told(&folder, Err::<(), _>(gone())).await.err()
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.trim_end_matches('/'))
    }

    /// The connection, made where there is none.
    async fn connected(&mut self) -> Result<&Open, StoreError> {
        if self.open.is_none() {
            let (ssh, pipes) = Ssh::start(&self.ssh)?;
            let session = RawSftpSession::new(pipes);
            session.set_timeout(PATIENCE);
            match session.init().await {
                Ok(version) => {
                    let has = |name: &str| version.extensions.contains_key(name);
                    self.open = Some(Open { renames_over: has(POSIX_RENAME), syncs: has(FSYNC), session, ssh });
                }
                Err(error) => {
                    drop(session);
                    return Err(ssh.why(&self.host, &error.to_string()).await);
                }
            }
        }
        Ok(self.open.as_ref().expect("it was made just now"))
    }

    /// What went wrong, in words; a connection that broke is made anew by the next step.
    async fn told<T>(&mut self, path: &str, result: Result<T, SftpError>) -> Result<T, StoreError> {
        let error = match result {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let place = format!("{}:{path}", self.host);
        match error {
            SftpError::Status(Status { status_code, error_message, .. }) => {
                let trouble = match status_code {
                    StatusCode::NoSuchFile | StatusCode::PermissionDenied | StatusCode::OpUnsupported => Trouble::Refused,
                    _ => Trouble::Temporary,
                };
                Err(StoreError::new(trouble, format!("{place}: {error_message}")))
            }
            other => match self.open.take() {
                Some(open) => {
                    drop(open.session);
                    Err(open.ssh.why(&place, &other.to_string()).await)
                }
                None => Err(StoreError::new(Trouble::Temporary, format!("{place}: {other}"))),
            },
        }
    }
}

fn gone() -> SftpError {
    let text = "the folder is not there; it is not made, because it may be a share that is not mounted".to_owned();
    SftpError::Status(Status { id: 0, status_code: StatusCode::NoSuchFile, error_message: text, language_tag: String::new() })
}

async fn written(open: &Open, path: &str, bytes: &[u8]) -> Result<(), SftpError> {
    let session = &open.session;
    let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
    let handle = session.open(path, flags, FileAttributes::empty()).await?.handle;
    let pieces = bytes.chunks(PIECE).enumerate();
    let writes = stream::iter(pieces.map(|(at, piece)| session.write(&*handle, (at * PIECE) as u64, piece.to_vec())));
    let all = writes.buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await;
    let synced = match all {
        Ok(()) if open.syncs => session.fsync(&*handle).await.map(drop),
        other => other,
    };
    let closed = session.close(&*handle).await.map(drop);
    synced.and(closed)
}

async fn renamed(open: &Open, from: &str, to: &str) -> Result<(), SftpError> {
    if !open.renames_over {
        // The protocol's own rename refuses where something is there. While nothing is, the `.part` still says what happened.
        if size(open, to).await?.is_some() {
            open.session.remove(to).await?;
        }
        return open.session.rename(from, to).await.map(drop);
    }
    let mut data = Vec::new();
    for path in [from, to] {
        data.extend((path.len() as u32).to_be_bytes());
        data.extend(path.as_bytes());
    }
    match open.session.extended(POSIX_RENAME, data).await? {
        Packet::Status(status) if status.status_code == StatusCode::Ok => Ok(()),
        Packet::Status(status) => Err(SftpError::Status(status)),
        _ => Err(SftpError::UnexpectedPacket),
    }
}

/// How large something is, where the server says so; none where it is not there.
async fn size(open: &Open, path: &str) -> Result<Option<Option<u64>>, SftpError> {
    match open.session.stat(path).await {
        Ok(found) => Ok(Some(found.attrs.size)),
        Err(SftpError::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(None),
        Err(error) => Err(error),
    }
}

/// What was read of a file: so many bytes, and their SHA-256; none where it may be written and not read, as in some drops.
async fn digest(open: &Open, path: &str) -> Result<Option<(u64, Digest)>, SftpError> {
    let session = &open.session;
    let handle = match session.open(path, OpenFlags::READ, FileAttributes::empty()).await {
        Ok(handle) => handle.handle,
        Err(SftpError::Status(status)) if status.status_code == StatusCode::PermissionDenied => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut content = Vec::new();
    let whole = loop {
        match session.read(&*handle, content.len() as u64, PIECE as u32).await {
            Ok(piece) if !piece.data.is_empty() && content.len() as u64 <= READ_BACK => content.extend(piece.data),
            Ok(_) => break Ok(()),
            Err(SftpError::Status(status)) if status.status_code == StatusCode::Eof => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    let closed = session.close(&*handle).await.map(drop);
    whole.and(closed)?;
    Ok(Some((content.len() as u64, Digest::of(&content))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_who_where_and_which_folder_or_file() {
        for (address, folder, file) in [
            ("sftp://ann@drop.example:2222/in/box/", "/in/box", None),
            ("sftp://drop.example/in/box", "/in/box", None),
            ("sftp://drop.example/in/table.csv", "/in", Some("table.csv")),
            ("sftp://drop.example/~/in/", "./in", None),
            ("sftp://[::1]:2222/", "/", None),
            ("sftp://drop.example", "/", None),
        ] {
            let sftp = Sftp::at(address, None, None).unwrap_or_else(|error| panic!("{address}: {error}"));
            assert_eq!((sftp.folder.as_str(), sftp.file.as_deref()), (folder, file), "{address}");
        }
        let place = Place::parse("sftp://ann@drop.example:2222/x").expect("an address");
        assert_eq!((place.user.as_deref(), place.host.as_str(), place.port), (Some("ann"), "drop.example", Some(2222)));
    }

    #[test]
    fn what_ssh_could_take_for_an_option_and_what_holds_a_password_is_no_address() {
        for address in [
            "sftp://-oProxyCommand=x/",
            "sftp://-x@host/",
            "sftp://ann:secret@host/",
            "sftp:///in/",
            "sftp://host:x/",
            "sftp://a b/",
        ] {
            let refused = Sftp::at(address, None, None).map(drop).expect_err(address);
            assert!(refused.trouble == Trouble::Refused && !refused.text.contains("secret"), "{address}: {refused}");
        }
    }
}

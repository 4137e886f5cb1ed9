//! Places that take files: a folder, an SFTP server, an address for uploads.

mod folder;
mod sftp;
mod ssh;
mod web;

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::interview::Digest;

pub use folder::Folder;
pub use sftp::Sftp;
pub use web::Web;

/// A place that takes files. In a folder and by SFTP a file is written whole under `NAME.part` first, and then given its name; an
/// upload is there whole or not at all, as its server has it.
#[derive(Debug)]
pub enum Store {
    /// A folder, or one file in it.
    Folder(Folder),
    /// The same at an SFTP server.
    Sftp(Box<Sftp>),
    /// An address that files are uploaded to.
    Web(Box<Web>),
}

/// Larger files are not read back whole where that takes a network, in bytes.
const READ_BACK: u64 = 8 << 20;

/// What lies at a place under a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    /// Whether the file's `.part` is there.
    pub part: bool,
    /// How large the file is; none where it is not there.
    pub bytes: Option<u64>,
    /// Its SHA-256, where it could be read back cheaply.
    pub sha256: Option<Digest>,
    /// Whether nobody may read it there: that it is this one was not seen.
    pub hidden: bool,
}

impl Seen {
    /// Whether the file is there and is this one, as far as can be seen.
    pub fn is(&self, bytes: u64, sha256: &Digest) -> bool {
        self.bytes == Some(bytes) && self.sha256.as_ref().is_none_or(|seen| seen == sha256)
    }
}

/// Which way a place failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// It may work later.
    Temporary,
    /// Someone must sign in, or a key is wrong.
    Authentication,
    /// It will not work as it is.
    Refused,
    /// A file lies there that earmark did not put there.
    InTheWay,
}

/// Why a place did not do something.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{text}")]
pub struct StoreError {
    /// In which way.
    pub trouble: Trouble,
    /// What happened, for a person; no secrets.
    pub text: String,
}

impl StoreError {
    pub(in crate::delivery) fn new(trouble: Trouble, text: impl fmt::Display) -> Self {
        StoreError { trouble, text: text.to_string() }
    }
}

/// Why a file that was published does not count as taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Untaken {
    /// What was seen.
    pub why: StoreError,
    /// Whether another file lies there still, so that it certainly was not.
    pub is_other: bool,
}

/// Where a command sends to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// A folder, or a file in one.
    Path(PathBuf),
    /// `sftp://USER@HOST:PORT/FOLDER/`.
    Sftp(String),
    /// `https://…`.
    Web(String),
}

impl Address {
    /// Reads what a person wrote after `--to`.
    pub fn parse(text: &str) -> Self {
        let starts = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
        if starts("sftp://") {
            Address::Sftp(text.to_owned())
        } else if starts("https://") || starts("http://") {
            Address::Web(text.to_owned())
        } else {
            Address::Path(PathBuf::from(text))
        }
    }

    /// One spelling for one place, without passwords, keys and queries; a path is made absolute from `here`. Who signs in by SFTP
    /// stays: another user may see another folder.
    pub fn canonical(&self, here: &Path) -> String {
        match self {
            Address::Path(path) => {
                let whole = here.join(path);
                one_spelling(&whole).unwrap_or(whole).display().to_string()
            }
            Address::Sftp(text) => sftp::canonical(text).unwrap_or_else(|| without_userinfo(text)),
            Address::Web(text) => without_userinfo(text.split(['?', '#']).next().unwrap_or_default()),
        }
    }
}

/// A path in one spelling, whether or not a file lies there already: what it leads through is there. None where that is not so.
fn one_spelling(path: &Path) -> Option<PathBuf> {
    match (path.parent(), path.file_name()) {
        // A file takes the place of a link of its name.
        (Some(folder), Some(name)) if !path.is_dir() => Some(folder.canonicalize().ok()?.join(name)),
        _ => path.canonicalize().ok(),
    }
}

/// An address without the part between `//` and `@`.
fn without_userinfo(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{}://{}{path}", scheme.to_lowercase(), host.to_lowercase())
}

impl Store {
    /// The name that a file gets here; a place that is one file has a name of its own.
    pub fn name<'n>(&'n self, planned: &'n str) -> &'n str {
        match self {
            Store::Folder(folder) => folder.name(planned),
            Store::Sftp(sftp) => sftp.name(planned),
            Store::Web(web) => web.name(planned),
        }
    }

    /// Why nothing can be put here at all, where its folder is not there; that of this machine was looked for before.
    pub async fn missing(&mut self) -> Option<StoreError> {
        match self {
            Store::Sftp(sftp) => sftp.missing().await,
            Store::Folder(_) | Store::Web(_) => None,
        }
    }

    /// Whether files are uploaded here.
    pub fn is_web(&self) -> bool {
        matches!(self, Store::Web(_))
    }

    /// Whether only one file can lie here.
    pub fn is_one_file(&self) -> bool {
        match self {
            Store::Folder(folder) => folder.is_one_file(),
            Store::Sftp(sftp) => sftp.is_one_file(),
            Store::Web(web) => web.is_one_file(),
        }
    }

    /// Whether a file that was published just now counts as taken though it is not seen there, because the other side has said
    /// so and shows nobody what lies there; none where this place shows what it has.
    pub async fn acknowledged(&mut self, name: &str) -> Option<Result<(), Untaken>> {
        match self {
            Store::Folder(_) | Store::Sftp(_) => None,
            Store::Web(web) => Some(web.acknowledged(name).await),
        }
    }

    /// The host that uploads go to, for whom a request to be left alone is remembered.
    pub fn web_host(&self) -> Option<String> {
        if let Store::Web(web) = self { Some(web.host()) } else { None }
    }

    /// That host, and until when it asked to be left alone, where that is longer than a run waits.
    pub fn left_alone(&self) -> Option<(String, Timestamp)> {
        if let Store::Web(web) = self { web.left_alone() } else { None }
    }

    /// Uploads nothing before that time.
    pub fn leave_alone(&self, until: Timestamp) {
        if let Store::Web(web) = self {
            web.leave_alone(until);
        }
    }

    /// Writes `NAME.part`, whole and on disk; what was left there is written over.
    ///
    /// # Errors
    /// When it could not; then the file's own name was not touched.
    pub async fn stage(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        match self {
            Store::Folder(folder) => folder.stage(name, bytes).await,
            Store::Sftp(sftp) => sftp.stage(name, bytes).await,
            Store::Web(web) => {
                web.stage(name, bytes);
                Ok(())
            }
        }
    }

    /// Gives `NAME.part` its name, in the place of what had it.
    ///
    /// # Errors
    /// When it could not, or when it is not known whether it could.
    pub async fn publish(&mut self, name: &str) -> Result<(), StoreError> {
        match self {
            Store::Folder(folder) => folder.publish(name).await,
            Store::Sftp(sftp) => sftp.publish(name).await,
            Store::Web(web) => web.publish(name).await,
        }
    }

    /// Takes away what lies there under a name, on disk; where nothing does, or nothing can be taken away, nothing happens.
    ///
    /// # Errors
    /// When it could not.
    pub async fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        match self {
            Store::Folder(folder) => folder.remove(name).await,
            Store::Sftp(sftp) => sftp.remove(name).await,
            Store::Web(_) => Ok(()),
        }
    }

    /// What lies there under a name, where a file of so many bytes is expected.
    ///
    /// # Errors
    /// When that cannot be seen.
    pub async fn look(&mut self, name: &str, bytes: u64) -> Result<Seen, StoreError> {
        match self {
            Store::Folder(folder) => folder.look(name).await,
            Store::Sftp(sftp) => sftp.look(name).await,
            Store::Web(web) => web.look(name, bytes).await,
        }
    }

    /// What lies there of a file of so many bytes that was delivered before; none where nobody is shown that.
    ///
    /// # Errors
    /// When the place cannot be asked.
    pub async fn read_back(&mut self, name: &str, bytes: u64) -> Result<Option<Seen>, StoreError> {
        match self {
            Store::Web(web) => web.read_back(name, bytes).await,
            _ => self.look(name, bytes).await.map(Some),
        }
    }

    /// The same with its digest, also where that is only known once all of it is read.
    ///
    /// # Errors
    /// When that cannot be seen.
    pub async fn look_whole(&mut self, name: &str) -> Result<Seen, StoreError> {
        match self {
            Store::Web(web) => web.look_whole(name).await,
            _ => self.look(name, 0).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_spelling_and_no_credentials() {
        let here = Path::new("/nowhere");
        for (written, canonical) in [
            ("sftp://Ann:pass@Host.example:2222/In/Box/", "sftp://Ann@host.example:2222/In/Box/"),
            ("SFTP://host.example/In/", "sftp://host.example/In/"),
            ("sftp://host.example:22/In", "sftp://host.example/In/"),
            ("sftp://host.example//In//Box/./", "sftp://host.example/In/Box/"),
            ("sftp://host.example/In/table.csv", "sftp://host.example/In/table.csv"),
            ("sftp://host.example/~/in", "sftp://host.example/~/in/"),
            ("sftp://ann@[::1]", "sftp://ann@[::1]/"),
            ("HTTPS://ats.example/a@b", "https://ats.example/a@b"),
            ("https://ann:pass@ats.example/up?key=secret", "https://ats.example/up"),
            ("drop/here", "/nowhere/drop/here"),
        ] {
            assert_eq!(Address::parse(written).canonical(here), canonical, "{written}");
        }
    }

    #[test]
    fn a_file_has_one_spelling_before_it_is_there_and_after() {
        let folder = tempfile::tempdir().expect("a folder");
        let real = folder.path().canonicalize().expect("it is there").join("real");
        std::fs::create_dir(&real).expect("made");
        let mut ways = vec!["real/./x.csv", "real/../real/x.csv"];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&real, folder.path().join("link")).expect("laid");
            ways.push("link/x.csv");
        }
        for _ in 0..2 {
            for way in &ways {
                let spelled = Address::parse(way).canonical(folder.path());
                assert_eq!(spelled, real.join("x.csv").display().to_string(), "{way}");
            }
            std::fs::write(real.join("x.csv"), "").expect("the first night");
        }
    }
}

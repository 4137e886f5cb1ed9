//! Who may ask the hub: tokens, of which only digests are kept, in a file that only this user can read.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::private;
use crate::config::secret::Secret;
use crate::interview::Digest;

/// Begins every token, so that one that lies about is known for what it is.
const MARK: &str = "earmark_hub_";
/// Tokens that one file may hold.
const MOST: usize = 10_000;

/// What a token allows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Whose it is, or what for.
    pub name: String,
    /// Of the token.
    sha256: String,
    /// Whether names, addresses and documents of candidates are given to it.
    #[serde(default)]
    pub names: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The file of the tokens.
pub struct TokenFile {
    path: PathBuf,
    /// As it was read last, and when it had been written.
    read: Mutex<(Option<SystemTime>, Vec<Grant>)>,
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    #[serde(default)]
    token: Vec<Grant>,
}

/// Why the tokens cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It holds something else.
    #[error("{path} is no file of tokens: {why}")]
    Broken {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The name is taken.
    #[error("there is a token named {0} already")]
    Taken(String),
    /// There is none.
    #[error("there is no token named {0}")]
    Unknown(String),
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    NoRandomness,
}

impl TokenFile {
    /// The tokens in this file, which need not be there yet.
    pub fn at(path: PathBuf) -> Self {
        TokenFile { path, read: Mutex::new((None, Vec::new())) }
    }

    /// All of them.
    ///
    /// # Errors
    /// Where the file is there and cannot be read.
    pub fn grants(&self) -> Result<Vec<Grant>, TokenError> {
        let text = match private::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(|source| TokenError::File { path: self.path.clone(), source })?,
        };
        let broken = |error: toml::de::Error| TokenError::Broken { path: self.path.clone(), why: error.message().to_owned() };
        toml::from_str::<File>(&text).map(|file| file.token).map_err(broken)
    }

    /// Makes a token; it is told now and never again.
    ///
    /// # Errors
    /// Where the name is taken, or the file cannot be written.
    pub fn add(&self, name: &str, names: bool, until: Option<Timestamp>, now: Timestamp) -> Result<Secret, TokenError> {
        let mut grants = self.grants()?;
        if grants.iter().any(|grant| grant.name == name) || grants.len() >= MOST {
            return Err(TokenError::Taken(name.to_owned()));
        }
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|_| TokenError::NoRandomness)?;
        let token = Secret::new(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(random)));
        let sha256 = Digest::of(token.expose().as_bytes()).to_string();
        grants.push(Grant { name: name.to_owned(), sha256, names, created_at: now, until });
        self.write(grants)?;
        Ok(token)
    }

    /// Removes a token: it opens nothing any more, also to a hub that is running.
    ///
    /// # Errors
    /// Where there is none of this name, or the file cannot be written.
    pub fn revoke(&self, name: &str) -> Result<(), TokenError> {
        let mut grants = self.grants()?;
        let before = grants.len();
        grants.retain(|grant| grant.name != name);
        match grants.len() == before {
            true => Err(TokenError::Unknown(name.to_owned())),
            false => self.write(grants),
        }
    }

    fn write(&self, token: Vec<Grant>) -> Result<(), TokenError> {
        let text = toml::to_string(&File { token }).expect("texts, truths and times");
        private::write(&self.path, text.as_bytes(), true).map_err(|source| TokenError::File { path: self.path.clone(), source })
    }

    /// What a token allows now; none where it is not known or holds no longer.
    pub(super) fn allows(&self, token: &str, now: Timestamp) -> Option<Grant> {
        let sha256 = Digest::of(token.as_bytes()).to_string();
        self.find(now, |grant| grant.sha256 == sha256)
    }

    /// What the token of this name allows now.
    pub(super) fn named(&self, name: &str, now: Timestamp) -> Option<Grant> {
        self.find(now, |grant| grant.name == name)
    }

    fn find(&self, now: Timestamp, is: impl Fn(&Grant) -> bool) -> Option<Grant> {
        let written = std::fs::metadata(&self.path).and_then(|meta| meta.modified()).ok();
        let mut read = self.read.lock().expect("nobody panics here");
        if read.0 != written || written.is_none() {
            // A file that cannot be read lets nobody in.
            *read = (written, self.grants().unwrap_or_default());
        }
        read.1.iter().find(|grant| is(grant)).filter(|grant| grant.until.is_none_or(|until| until > now)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_until_it_runs_out_or_is_revoked_and_is_nowhere_to_be_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hub-tokens.toml");
        let file = TokenFile::at(path.clone());
        let now: Timestamp = "2026-11-02T10:00:00Z".parse().expect("a time");
        let later: Timestamp = "2026-11-03T10:00:00Z".parse().expect("a time");
        let token = file.add("berlin", true, Some(later), now).expect("it is made");
        assert!(matches!(file.add("berlin", false, None, now), Err(TokenError::Taken(_))));
        assert!(!std::fs::read_to_string(&path).expect("it is there").contains(token.expose()));
        assert!(file.allows(token.expose(), now).is_some_and(|grant| grant.names));
        assert_eq!(file.allows(token.expose(), later), None, "it has run out");
        assert_eq!(file.allows(&token.expose()[1..], now), None);
        file.revoke("berlin").expect("it is revoked");
        assert!(matches!(file.revoke("berlin"), Err(TokenError::Unknown(_))));
        assert_eq!(TokenFile::at(path).allows(token.expose(), now), None);
    }
}

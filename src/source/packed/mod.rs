//! A .zip bundle, read like a folder: nothing of it is unpacked onto the disk.
//!
//! The archive is a stranger's. Its list is read whole and checked before any entry is: what does not add up is refused, with every
//! mistake named. The format is PKWARE's APPNOTE 6.3.10, with stored and deflated entries and Zip64. Everything here is safe Rust, and
//! so is what inflates (`miniz_oxide` forbids unsafe code): an archive can be wrong, and cannot be more than that.

mod cp437;
mod entry;
mod local;
mod names;
mod records;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use self::names::{folded, normal};
use self::records::Record;
use super::shelf::{FileFault, Listed};
use crate::interview::Problem;

pub use entry::Unpacking;

/// Entries that an archive may have: a batch of 20,000 people with their recordings and transcripts has fewer.
const MOST_ENTRIES: u64 = 200_000;
/// Bytes that its list may have.
const LONGEST_LIST: u64 = 64 * 1024 * 1024;
/// How much longer an entry may become by unpacking it. Recordings hardly shrink at all, and text by a factor of ten.
const MOST_RATIO: u64 = 200;
/// Entries up to this size may become longer than that: a page of spaces is no attack.
const SMALL: u64 = 1024 * 1024;
/// Bytes that all entries together may be longer than the archive.
const MOST_ADDED: u64 = 20 * 1024 * 1024 * 1024;
/// Mistakes that are told one by one.
const MOST_TOLD: usize = 100;

/// What is wrong with an archive: the entry or the part of it, the reason, and the remedy.
#[derive(Debug)]
struct Wrong {
    place: String,
    reason: String,
    remedy: &'static str,
}

impl Wrong {
    fn new(place: impl Into<String>, reason: impl Into<String>, remedy: &'static str) -> Self {
        Wrong { place: place.into(), reason: reason.into(), remedy }
    }

    fn of(record: &Record, reason: impl Into<String>, remedy: &'static str) -> Self {
        Wrong::new(format!("entry {}", record.name), reason, remedy)
    }
}

const AGAIN: &str = "make the .zip again, or unpack it and import its folder";

/// Bytes of a file, by their place.
#[derive(Debug)]
pub(super) struct Bytes {
    file: Mutex<File>,
    length: u64,
}

impl Bytes {
    /// Fills `into` from a place on.
    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(into)
    }

    fn some(&self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        if at.checked_add(length).is_none_or(|end| end > self.length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; length as usize];
        self.read_at(at, &mut bytes).map(|()| bytes)
    }
}

/// An archive whose list holds.
pub(super) struct Packed {
    bytes: Arc<Bytes>,
    /// Its files, by their paths.
    files: BTreeMap<String, Record>,
    folders: BTreeSet<String>,
    /// The paths that are not ASCII, by what they are with accents in one letter: Finder takes them apart, and who names them does not.
    composed: HashMap<String, String>,
    /// The folder in it that is taken for the whole: empty, or with `/` at its end.
    root: String,
}

impl Packed {
    /// Reads and checks the list of the archive at `path`, a regular file.
    ///
    /// # Errors
    /// Every mistake in it.
    pub(super) fn open(path: &Path) -> Result<Self, Vec<Problem>> {
        let shown = path.to_string_lossy().into_owned();
        let told = |wrongs: Vec<Wrong>| told(&shown, wrongs);
        let unread = |error: io::Error| {
            told(vec![Wrong::new("the whole file", format!("it cannot be read: {error}"), "check that you may read it")])
        };
        let file = File::open(path).map_err(unread)?;
        let length = file.metadata().map_err(unread)?.len();
        let bytes = Arc::new(Bytes { file: Mutex::new(file), length });
        let list = records::read(&bytes).map_err(|wrong| told(vec![wrong]))?;
        let mut wrongs = local::check(&bytes, &list);
        wrongs.extend(sizes(&list.records, length));
        let (files, folders) = names::tree(list.records, &mut wrongs);
        match wrongs.is_empty() {
            true => {
                let odd = files.keys().filter(|path| !path.is_ascii());
                let composed = odd.map(|path| (names::composed(path), path.clone())).collect();
                Ok(Packed { bytes, files, folders, composed, root: String::new() })
            }
            false => Err(told(wrongs)),
        }
    }

    /// Takes the only folder at the top for the whole, where nothing else lies there and `is_meant`.
    pub(super) fn enter(mut self, is_meant: impl FnOnce(&Self, &str) -> bool) -> Self {
        if let [Listed::Folder(only)] = self.list("").as_slice()
            && is_meant(&self, only)
        {
            self.root = format!("{only}/");
        }
        self
    }

    /// Whether a file of this name is there.
    pub(super) fn has(&self, path: &str) -> bool {
        self.file(&self.full(path)).is_some()
    }

    /// What the list says of a file; two ways to write the same accent are one name.
    fn file(&self, full: &str) -> Option<&Record> {
        let other = || self.files.get(self.composed.get(&names::composed(full))?);
        self.files.get(full).or_else(|| if full.is_ascii() { None } else { other() })
    }

    /// Opens a file, to be unpacked while it is read.
    pub(super) fn read(&self, path: &str) -> Result<Unpacking, FileFault> {
        let full = self.full(path);
        match self.file(&full) {
            Some(record) => Unpacking::new(&self.bytes, record),
            None if self.folders.contains(&full) => Err(FileFault::NotAFile),
            None => Err(FileFault::Missing { like: self.like(&full) }),
        }
    }

    /// What lies in a folder of it.
    pub(super) fn list(&self, path: &str) -> Vec<Listed> {
        let full = self.full(path);
        let within = if path.is_empty() { self.root.clone() } else { format!("{full}/") };
        let here = |full: &&String| full.strip_prefix(within.as_str()).is_some_and(|rest| !rest.is_empty() && !rest.contains('/'));
        let last = |full: &String| full[within.len()..].to_owned();
        let files = self.files.range(within.clone()..).take_while(|(full, _)| full.starts_with(&within)).map(|(full, _)| full);
        let folders = self.folders.range(within.clone()..).take_while(|full| full.starts_with(&within));
        let folders = folders.filter(here).map(|full| Listed::Folder(last(full)));
        folders.chain(files.filter(here).map(|full| Listed::File(last(full)))).collect()
    }

    fn full(&self, path: &str) -> String {
        format!("{}{}", self.root, normal(path))
    }

    /// The name beside it that differs only in case or in how its accents are written.
    fn like(&self, full: &str) -> Option<String> {
        let wanted = folded(full);
        let found = self.files.keys().find(|name| folded(name) == wanted)?;
        Some(found.rsplit('/').next().unwrap_or(found).to_owned())
    }
}

/// What becomes too long by unpacking it.
fn sizes(records: &[Record], length: u64) -> Vec<Wrong> {
    let remedy = "unpack it with another program, look at what it holds, and import the folder";
    let is_bomb = |one: &&Record| one.size > SMALL && one.size / MOST_RATIO > one.packed;
    let bomb = |one: &Record| {
        let reason = format!("its {} bytes would become {} by unpacking, over {MOST_RATIO} times as many", one.packed, one.size);
        Wrong::of(one, reason, remedy)
    };
    let mut wrongs: Vec<Wrong> = records.iter().filter(is_bomb).map(bomb).collect();
    let all = records.iter().fold(0u64, |all, record| all.saturating_add(record.size));
    if all > length.saturating_add(MOST_ADDED) {
        let reason = format!("its {length} bytes would become {all} by unpacking; at most {MOST_ADDED} more are taken");
        wrongs.push(Wrong::new("the whole file", reason, remedy));
    }
    wrongs
}

fn told(shown: &str, wrongs: Vec<Wrong>) -> Vec<Problem> {
    let more = wrongs.len().saturating_sub(MOST_TOLD);
    let mut problems: Vec<Problem> = wrongs
        .into_iter()
        .take(MOST_TOLD)
        .map(|wrong| Problem::fatal(shown, &wrong.place, &wrong.reason, wrong.remedy).coded("zip"))
        .collect();
    if more > 0 {
        problems.push(Problem::fatal(shown, "its list", &format!("and {more} mistakes more"), AGAIN).coded("zip"));
    }
    problems
}

/// Whether a file is to be read as a .zip: by its name, or by how it begins.
pub(super) fn is_packed(path: &Path) -> bool {
    let named = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    let begins = || {
        let mut head = [0; 4];
        File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && matches!(&head, b"PK\x03\x04" | b"PK\x05\x06")
    };
    path.is_file() && (named || begins())
}

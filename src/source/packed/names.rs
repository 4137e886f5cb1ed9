//! What entries are called, and the tree that their names make.

use std::collections::hash_map::{Entry, HashMap};
use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization as _;

use super::cp437;
use super::records::{Record, field, u32_at};
use super::{AGAIN, Wrong};
use crate::interview::bundle::{PathFault, check_path};

/// The extra field in which Info-ZIP keeps a name in UTF-8.
const UNICODE_NAME: u16 = 0x7075;
/// What systems put beside people's files.
const LEFT_BY_SYSTEMS: [&str; 4] = [".ds_store", "thumbs.db", "desktop.ini", "icon\r"];

/// A name as it is read: UTF-8 where it says so or is so, else the letters of the first PCs. The error has what can be read of it.
pub(super) fn decoded(raw: &[u8], flags: u16, extra: &[u8]) -> Result<String, String> {
    if let Some(name) = field(extra, UNICODE_NAME)
        && name.len() > 5
        && u32_at(name, 1) == crc32fast::hash(raw)
        && let Ok(name) = std::str::from_utf8(&name[5..])
    {
        return Ok(name.to_owned());
    }
    // Finder writes UTF-8 without saying so.
    match std::str::from_utf8(raw) {
        Ok(name) => Ok(name.to_owned()),
        Err(_) if flags & 1 << 11 != 0 => Err(String::from_utf8_lossy(raw).into_owned()),
        Err(_) => Ok(raw.iter().map(|byte| cp437::letter(*byte)).collect()),
    }
}

/// A path without what means nothing in it.
pub(super) fn normal(path: &str) -> String {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

/// A path with each accent and its letter as one.
pub(super) fn composed(path: &str) -> String {
    path.nfc().collect()
}

/// What names have in common that some systems take for one.
pub(super) fn folded(path: &str) -> String {
    path.nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// The files and the folders of an archive by their paths, without what systems leave in it.
pub(super) fn tree(records: Vec<Record>, wrongs: &mut Vec<Wrong>) -> (BTreeMap<String, Record>, BTreeSet<String>) {
    let (mut files, mut folders) = (BTreeMap::new(), BTreeSet::new());
    let mut seen: HashMap<String, (String, bool)> = HashMap::new();
    for record in records {
        let is_folder = record.name.ends_with('/') || record.kind == 0o040_000;
        let path = normal(&record.name);
        if let Some(wrong) = wrong_name(&record).or_else(|| wrong_kind(&record, is_folder)) {
            wrongs.push(wrong);
            continue;
        }
        let steps = parents(&path).map(|folder| (folder, true, true)).chain([(path.as_str(), is_folder, false)]);
        let mut other = None;
        for (step, is_folder, is_passed) in steps {
            let first = seen.entry(folded(step));
            let is_new = matches!(first, Entry::Vacant(_));
            let first = first.or_insert_with(|| (step.to_owned(), is_folder));
            // A folder may be named by itself and by what lies in it.
            if !is_new && (first.0 != step || !first.1 || !is_folder) {
                other.get_or_insert(first.0.clone());
            }
            if is_passed {
                folders.insert(step.to_owned());
            }
        }
        wrongs.extend(other.map(|other| same(&record, &other)));
        match is_folder {
            true => drop(folders.insert(path)),
            false => drop(files.insert(path, record)),
        }
    }
    files.retain(|path, _| !is_left_by_a_system(path));
    folders.retain(|path| !is_left_by_a_system(path));
    (files, folders)
}

fn wrong_name(record: &Record) -> Option<Wrong> {
    // The mark of a folder is no part of its name; a name that is nothing else is checked as it stands.
    let name = record.name.strip_suffix('/').filter(|name| !name.is_empty()).unwrap_or(&record.name);
    // A Mac's mark of a folder that has a picture of its own.
    let name = name.strip_suffix("Icon\r").map_or(name.to_owned(), |folder| format!("{folder}Icon"));
    let fault = check_path(&name).err()?;
    let remedy = match fault {
        PathFault::Backslash => "make the .zip again with a program that writes / between folders",
        _ => "rename the file and make the .zip again",
    };
    Some(Wrong::of(record, fault.to_string(), remedy))
}

fn wrong_kind(record: &Record, is_folder: bool) -> Option<Wrong> {
    let told = |reason, remedy| Some(Wrong::of(record, reason, remedy));
    match record.kind {
        0o120_000 => told("it is a symbolic link", "put the file itself into the .zip"),
        0 | 0o100_000 | 0o040_000 => match is_folder && record.size > 0 {
            true => told("it is a folder, and has bytes of its own", AGAIN),
            false => None,
        },
        _ => told("it is no regular file", "leave it out of the .zip"),
    }
}

fn same(record: &Record, other: &str) -> Wrong {
    let reason = match other == normal(&record.name) {
        true => "its name stands there twice".to_owned(),
        false => format!("on some systems its name is the same as that of {other}"),
    };
    Wrong::of(record, reason, "rename one of them and make the .zip again")
}

/// The folders that lead to a path, from the top.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

fn is_left_by_a_system(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    path.split('/').any(|part| part == "__MACOSX") || LEFT_BY_SYSTEMS.contains(&last.as_str())
}

//! The list at the end of an archive: where it lies, and what it says of each entry.

use std::io;

use super::names::decoded;
use super::{AGAIN, Bytes, LONGEST_LIST, MOST_ENTRIES, Wrong};

/// What the list says of one entry.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// As it is read.
    pub(super) name: String,
    /// As it is written.
    pub(super) raw: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    /// Bytes in the archive.
    pub(super) packed: u64,
    /// Bytes once it is unpacked.
    pub(super) size: u64,
    /// Where its own header begins.
    pub(super) at: u64,
    /// The bits of Unix that say what kind of file it is; 0 where nothing says so.
    pub(super) kind: u32,
}

impl Record {
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & (1 | 1 << 6 | 1 << 13) != 0
    }

    /// Whether its own header may leave out its length and its sum.
    pub(super) fn is_described_behind(&self) -> bool {
        self.flags & 1 << 3 != 0
    }
}

/// Everything that the list says.
pub(super) struct List {
    pub(super) records: Vec<Record>,
    /// Where the list itself begins: no entry reaches there.
    pub(super) at: u64,
}

/// Where the list lies.
#[derive(Clone, Copy)]
struct Place {
    entries: u64,
    size: u64,
    at: u64,
    /// Where the list ends.
    end: u64,
}

const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: u64 = 22;
const LOCATOR: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_LENGTH: u64 = 20;
const END64: [u8; 4] = *b"PK\x06\x06";
const END64_LENGTH: u64 = 56;
const RECORD: [u8; 4] = *b"PK\x01\x02";
const RECORD_LENGTH: usize = 46;

/// How other archives begin, which people call .zip as well.
const OTHERS: [(&[u8], &str); 5] = [
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x8b", "packed by gzip"),
    (b"BZh", "packed by bzip2"),
    (b"\xfd7zX", "packed by xz"),
];

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Reads the list whole.
pub(super) fn read(bytes: &Bytes) -> Result<List, Wrong> {
    let unread = |error: io::Error| Wrong::new("its list", format!("it cannot be read: {error}"), AGAIN);
    let place = place(bytes)?;
    if place.entries > MOST_ENTRIES || place.size > LONGEST_LIST {
        let reason = format!("it has {} entries; at most {MOST_ENTRIES} are taken", place.entries);
        return Err(Wrong::new("its list", reason, "make several batches of it"));
    }
    if place.at.checked_add(place.size) != Some(place.end) {
        let reason = "the list of entries is not where the archive says: a part is missing, or something stands before the archive";
        return Err(Wrong::new("its list", reason, "fetch the .zip again, whole and as one file"));
    }
    let list = bytes.some(place.at, place.size).map_err(unread)?;
    let (mut records, mut at) = (Vec::new(), 0);
    while at < list.len() {
        let record = list.get(at..at + RECORD_LENGTH).filter(|record| record.starts_with(&RECORD));
        let lengths = |record: &[u8]| [28, 30, 32].map(|place| usize::from(u16_at(record, place)));
        let whole = record.map(lengths).map(|[name, extra, note]| RECORD_LENGTH + name + extra + note);
        let Some(whole) = whole.and_then(|length| list.get(at..at + length)) else {
            let reason = format!("what it says of entry {} is damaged", records.len() + 1);
            return Err(Wrong::new("its list", reason, AGAIN));
        };
        records.push(record_of(whole)?);
        at += whole.len();
    }
    if records.len() as u64 != place.entries {
        let reason = format!("it names {} entries, and says that it names {}", records.len(), place.entries);
        return Err(Wrong::new("its list", reason, AGAIN));
    }
    Ok(List { records, at: place.at })
}

/// Where the list lies, as the end of the archive says.
fn place(bytes: &Bytes) -> Result<Place, Wrong> {
    let missing = || {
        let head = bytes.some(0, 4.min(bytes.length)).unwrap_or_default();
        if head.starts_with(b"PK") {
            let reason = "its end is missing: it came only in part, is still being written, or something was added behind it";
            return Wrong::new("the whole file", reason, "fetch it again, whole");
        }
        let other = OTHERS.iter().find(|(begins, _)| head.starts_with(begins)).map(|(_, what)| format!("; it is {what}"));
        let remedy = "fetch it again, whole; what another program packed: unpack it and import its folder";
        Wrong::new("the whole file", format!("this is no .zip archive{}", other.unwrap_or_default()), remedy)
    };
    let length = bytes.length.min(END_LENGTH + u64::from(u16::MAX));
    let begin = bytes.length - length;
    let tail = bytes.some(begin, length).map_err(|_| missing())?;
    let is_end = |at: &usize| tail[*at..].starts_with(&END) && usize::from(u16_at(&tail, at + 20)) == tail.len() - at - 22;
    let at = (0..tail.len().saturating_sub(21)).rev().find(is_end).ok_or_else(missing)?;
    let end = &tail[at..];
    let of_disks = [u16_at(end, 4), u16_at(end, 6)];
    let plain = Place {
        entries: u64::from(u16_at(end, 10)),
        size: u64::from(u32_at(end, 12)),
        at: u64::from(u32_at(end, 16)),
        end: begin + at as u64,
    };
    let large = place64(bytes, plain)?;
    let place = large.unwrap_or(plain);
    let is_split = of_disks.iter().any(|disk| *disk != 0 && *disk != u16::MAX) || u16_at(end, 8) != u16_at(end, 10);
    match is_split {
        true => {
            Err(Wrong::new("the whole file", "it is one part of several", "join its parts, or make the .zip again as one file"))
        }
        false => Ok(place),
    }
}

/// The same of an archive that is larger than its first format could say.
fn place64(bytes: &Bytes, plain: Place) -> Result<Option<Place>, Wrong> {
    let damaged = || Wrong::new("its end", "what it says of its list (Zip64) contradicts itself", AGAIN);
    let Some(at) = plain.end.checked_sub(LOCATOR_LENGTH) else { return Ok(None) };
    let locator = bytes.some(at, LOCATOR_LENGTH).map_err(|_| damaged())?;
    if !locator.starts_with(&LOCATOR) {
        return Ok(None);
    }
    let end = u64_at(&locator, 8);
    let record = bytes.some(end, END64_LENGTH).ok().filter(|record| record.starts_with(&END64)).ok_or_else(damaged)?;
    if end.checked_add(12).and_then(|end| end.checked_add(u64_at(&record, 4))) != Some(at) {
        return Err(damaged());
    }
    let large = Place { entries: u64_at(&record, 32), size: u64_at(&record, 40), at: u64_at(&record, 48), end };
    let agrees = |plain: u64, most: u64, large: u64| plain == most || plain == large;
    let agree = agrees(plain.entries, u64::from(u16::MAX), large.entries)
        && agrees(plain.size, u64::from(u32::MAX), large.size)
        && agrees(plain.at, u64::from(u32::MAX), large.at)
        && u64_at(&record, 24) == large.entries;
    if agree { Ok(Some(large)) } else { Err(damaged()) }
}

/// One entry of the list, whose lengths fit.
fn record_of(record: &[u8]) -> Result<Record, Wrong> {
    let name = usize::from(u16_at(record, 28));
    let raw = record[RECORD_LENGTH..RECORD_LENGTH + name].to_vec();
    let extra = &record[RECORD_LENGTH + name..][..usize::from(u16_at(record, 30))];
    let flags = u16_at(record, 8);
    let name = decoded(&raw, flags, extra).map_err(|name| {
        Wrong::new(format!("entry {name}"), "its name is not UTF-8, and says that it is", "rename the file and make the .zip again")
    })?;
    let says = [u32_at(record, 24), u32_at(record, 20), u32_at(record, 42)].map(u64::from);
    let [size, packed, at] = large(says, extra)
        .ok_or_else(|| Wrong::new(format!("entry {name}"), "what the list says of its length (Zip64) is damaged", AGAIN))?;
    // Who makes archives elsewhere than on Unix leaves these bits empty.
    let kind = u32_at(record, 38) >> 16 & 0o170_000;
    Ok(Record { name, raw, flags, method: u16_at(record, 10), crc: u32_at(record, 16), packed, size, at, kind })
}

/// Numbers of which those that are all ones stand in the Zip64 field, in their order; none where they do not.
pub(super) fn large<const N: usize>(mut says: [u64; N], extra: &[u8]) -> Option<[u64; N]> {
    let mut field = field(extra, 1).unwrap_or_default();
    for number in says.iter_mut().filter(|number| **number == u64::from(u32::MAX)) {
        let (eight, rest) = field.split_at_checked(8)?;
        (*number, field) = (u64_at(eight, 0), rest);
    }
    Some(says)
}

/// What stands in the extra field of a kind.
pub(super) fn field(mut extra: &[u8], kind: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let length = usize::from(u16_at(extra, 2));
        let content = extra.get(4..4 + length)?;
        if u16_at(extra, 0) == kind {
            return Some(content);
        }
        extra = &extra[4 + length..];
    }
    None
}

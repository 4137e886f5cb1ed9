//! What each entry's own header says, held against the list: a reader that believes one and a reader that believes the other must
//! find the same file.

use super::records::{List, Record, large, u16_at, u32_at};
use super::{AGAIN, Bytes, Wrong};

const HEADER: [u8; 4] = *b"PK\x03\x04";
const HEADER_LENGTH: u64 = 30;

/// Every entry whose own header is missing or says something else than the list, and those whose bytes are another's too.
pub(super) fn check(bytes: &Bytes, list: &List) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    let mut in_order: Vec<&Record> = list.records.iter().collect();
    in_order.sort_by_key(|record| record.at);
    for (nth, record) in in_order.iter().enumerate() {
        match header(bytes, record) {
            Ok(data) => {
                let next = in_order.get(nth + 1).map_or(list.at, |next| next.at);
                if data.checked_add(record.packed).is_none_or(|end| end > next) {
                    wrongs.push(Wrong::of(record, "its bytes are another entry's, or the list's, as well", AGAIN));
                }
            }
            Err(reason) => wrongs.push(Wrong::of(record, reason, AGAIN)),
        }
    }
    wrongs
}

/// Where an entry's bytes begin.
pub(super) fn header(bytes: &Bytes, record: &Record) -> Result<u64, String> {
    let missing = "it is not where the list says";
    let head = bytes.some(record.at, HEADER_LENGTH).ok().filter(|head| head.starts_with(&HEADER)).ok_or(missing)?;
    let lengths = [26, 28].map(|at| u64::from(u16_at(&head, at)));
    let rest = bytes.some(record.at + HEADER_LENGTH, lengths[0] + lengths[1]).map_err(|_| missing)?;
    let (name, extra) = rest.split_at(lengths[0] as usize);
    if name != record.raw {
        return Err(format!("its own header calls it {}", String::from_utf8_lossy(name)));
    }
    let flags = u16_at(&head, 6);
    if u16_at(&head, 8) != record.method || (flags ^ record.flags) & (1 | 1 << 3 | 1 << 11) != 0 {
        return Err("its own header says that it is packed in another way than the list says".to_owned());
    }
    let says = [u32_at(&head, 22), u32_at(&head, 18)].map(u64::from);
    let [size, packed] = large(says, extra).unwrap_or(says);
    let own = [u64::from(u32_at(&head, 14)), packed, size];
    let listed = [u64::from(record.crc), record.packed, record.size];
    let is_left_out = |own: u64| record.is_described_behind() && (own == 0 || own == u64::from(u32::MAX));
    if own.iter().zip(listed).any(|(own, listed)| *own != listed && !is_left_out(*own)) {
        return Err("its own header says another length or sum than the list".to_owned());
    }
    Ok(record.at + HEADER_LENGTH + lengths[0] + lengths[1])
}

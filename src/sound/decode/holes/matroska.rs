//! Holes in a WebM: bytes that are no element are covered by an element that means nothing (`Void`), up to the next that means something.

use std::ops::Range;

use super::number;
use crate::sound::decode::cut::element;

pub(super) const HEAD: u64 = 0x1A45_DFA3;
pub(super) const SEGMENT: u64 = 0x1853_8067;
pub(super) const CLUSTER: u64 = 0x1F43_B675;
const TRACKS: u64 = 0x1654_AE6B;
pub(super) const TIMESTAMP: u64 = 0xE7;
pub(super) const BLOCK: u64 = 0xA3;
pub(super) const GROUP: u64 = 0xA0;
const VOID: u64 = 0xEC;
const SUM: u64 = 0xBF;

/// What lies in a segment: seek head, info, tracks, clusters, cues, tags, chapters, attachments.
pub(super) const IN_SEGMENT: [u64; 10] =
    [0x114D_9B74, 0x1549_A966, 0x1654_AE6B, CLUSTER, 0x1C53_BB6B, 0x1254_C367, 0x1043_A770, 0x1941_A469, VOID, SUM];
/// What lies in a cluster: its time, blocks, its place, the size of the one before it.
pub(super) const IN_CLUSTER: [u64; 9] = [TIMESTAMP, BLOCK, GROUP, 0xA7, 0xAB, 0xAF, 0x5854, VOID, SUM];

/// So many elements in a row are no accident.
const IN_A_ROW: usize = 3;

/// The file with its holes covered; none where it has none.
pub(super) fn closed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut walk = Walk { bytes, holes: Vec::new(), sizes: Vec::new(), tracks: Vec::new(), laces: None };
    walk.file();
    if walk.holes.is_empty() {
        return None;
    }
    let mut closed = bytes.to_vec();
    for (at, size) in walk.sizes {
        write_size(&mut closed, at, size)?;
    }
    for hole in walk.holes {
        cover(&mut closed[hole])?;
    }
    Some(closed)
}

/// The file with everything covered that lies in its segment and is neither about its sound nor sound; none where there is no such.
pub(super) fn without_notes(bytes: &[u8]) -> Option<Vec<u8>> {
    const NEEDED: [u64; 4] = [0x1549_A966, TRACKS, CLUSTER, VOID];
    let (_, head, data) = element(bytes, 0)?;
    let (_, _, mut at) = element(bytes, end_of(data, head?)).filter(|(id, ..)| *id == SEGMENT)?;
    let (mut bare, mut covered) = (bytes.to_vec(), false);
    while let Some((id, Some(size), data)) = element(bytes, at) {
        let end = end_of(data, size);
        let Some(note) = bare.get_mut(at..end) else { break };
        if !NEEDED.contains(&id) {
            cover(note)?;
            covered = true;
        }
        at = end;
    }
    covered.then_some(bare)
}

/// Where a file ends that says so itself, and behind which something else lies that is none of it.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    let (_, head, data) = element(bytes, 0).filter(|(id, ..)| *id == HEAD)?;
    let (_, size, data) = element(bytes, end_of(data, head?)).filter(|(id, ..)| *id == SEGMENT)?;
    let end = end_of(data, size?);
    // One that goes on behind its end is wrong about that.
    (end < bytes.len() && !goes_on_behind(bytes, data, end)).then_some(end)
}

/// Whether what lies in a segment whose content begins at `from` goes on behind the `end` that it states: another piece begins there, or one
/// lies across it, as when pieces were put in twice.
fn goes_on_behind(bytes: &[u8], from: usize, end: usize) -> bool {
    let is_of_it = |at: usize| element(bytes, at).filter(|(id, ..)| IN_SEGMENT.contains(id));
    let mut at = from;
    while let Some((_, Some(size), data)) = is_of_it(at).filter(|_| at < end) {
        at = end_of(data, size);
    }
    is_of_it(end).is_some() || at > end && (at == bytes.len() || is_of_it(at).is_some())
}

struct Walk<'a> {
    bytes: &'a [u8],
    holes: Vec<Range<usize>>,
    /// Where a cluster's length is wrong, and what it should be.
    sizes: Vec<(usize, u64)>,
    /// The tracks that there are, as blocks name them.
    tracks: Vec<u8>,
    /// How the first block holds several packets: the others do likewise.
    laces: Option<u8>,
}

impl Walk<'_> {
    fn file(&mut self) {
        let mut at = 0;
        while let Some((id, size, data)) = element(self.bytes, at) {
            match (id, size) {
                (SEGMENT, _) => return self.segment(data),
                (_, Some(size)) => at = end_of(data, size),
                (_, None) => return,
            }
        }
    }

    fn segment(&mut self, from: usize) {
        let mut at = from;
        while at < self.bytes.len() {
            at = match element(self.bytes, at) {
                Some((CLUSTER, size, data)) => self.cluster(at, size, data),
                Some((id, Some(size), data)) if self.goes_on(&IN_SEGMENT, id, end_of(data, size)) => {
                    if id == TRACKS {
                        self.tracks.extend(tracks(&self.bytes[data..end_of(data, size).min(self.bytes.len())]));
                    }
                    end_of(data, size)
                }
                _ => match self.next_cluster(at + 1) {
                    Some(next) => self.hole(at, next),
                    // Nothing follows: that is for the end of the file to tell.
                    None => return,
                },
            };
        }
    }

    /// Whether an element that ends there can be one of `known`: it is, or one that is unknown here lies between those that are.
    fn goes_on(&self, known: &[u64], id: u64, end: usize) -> bool {
        let follows = || element(self.bytes, end).is_some_and(|(id, ..)| known.contains(&id));
        if known.contains(&id) { end <= self.bytes.len() } else { end == self.bytes.len() || follows() }
    }

    /// Walks what lies in a cluster; where the segment goes on after it.
    fn cluster(&mut self, start: usize, size: Option<u64>, data: usize) -> usize {
        let all = self.bytes.len();
        let end = size.map(|size| end_of(data, size));
        let (mut at, mut last) = (data, None);
        while at < end.unwrap_or(all).min(all) {
            match element(self.bytes, at) {
                Some((id, ..)) if end.is_none() && IN_SEGMENT.contains(&id) && !IN_CLUSTER.contains(&id) => return at,
                Some((id, Some(size), data)) if self.is_whole(id, data, end_of(data, size), end.unwrap_or(all)) => {
                    last = self.time(id, data).or(last);
                    if !IN_CLUSTER.contains(&id) {
                        // What is unknown here may be what its reader stumbles over.
                        self.hole(at, end_of(data, size));
                    }
                    at = end_of(data, size);
                }
                _ => match self.mend((start, data), at, end, last) {
                    Mended::Within(next) => at = next,
                    Mended::After(next) => return next,
                },
            }
        }
        end.unwrap_or(all)
    }

    /// Whether an element of a cluster can be read.
    fn is_whole(&mut self, id: u64, data: usize, end: usize, most: usize) -> bool {
        let Some(content) = self.bytes.get(data..end).filter(|_| end <= most) else { return false };
        match id {
            BLOCK if content.len() >= 4 => {
                let laces = content[3] & 6;
                let is_like = *self.laces.get_or_insert(laces) == laces;
                is_like && content[0] >= 0x80 && (self.tracks.is_empty() || self.tracks.contains(&content[0]))
            }
            BLOCK => false,
            GROUP => is_parted(content),
            _ => self.goes_on(&IN_CLUSTER, id, end) || end == most,
        }
    }

    /// The time of a block within its cluster, in the recording's units.
    fn time(&self, id: u64, data: usize) -> Option<i16> {
        self.bytes.get(data..).filter(|_| id == BLOCK).and_then(block_time)
    }

    /// Whether blocks that go on at `block` behind a hole at `at` belong to the cluster whose blocks begin at `data`: where it does not say
    /// its end, its time must have gone on as far as its bytes did. Another one's head may lie in the hole, and then their time is lost.
    fn is_of_same(&self, data: usize, at: usize, block: usize, last: Option<i16>) -> bool {
        let time = element(self.bytes, block).and_then(|(id, _, inside)| self.time(id, inside));
        let (Some(last), Some(time)) = (last.filter(|last| *last > 0), time) else { return false };
        let by_bytes = f64::from(last) * (block - at) as f64 / (at - data).max(1) as f64;
        let by_time = f64::from(time) - f64::from(last);
        by_time > 0.0 && (by_time / by_bytes - 1.0).abs() < 0.4
    }

    /// Covers what cannot be read from `at` on, in the cluster that begins at `start` and whose blocks begin at `data`.
    fn mend(&mut self, (start, data): (usize, usize), at: usize, end: Option<usize>, last: Option<i16>) -> Mended {
        let all = self.bytes.len();
        let cluster = self.next_cluster(at + 1);
        let most = end.unwrap_or(all).min(cluster.unwrap_or(all)).min(all);
        let block = (at + 2..most).find(|from| self.is_row(*from, most));
        if let Some(block) = block.filter(|block| end.is_some() || self.is_of_same(data, at, *block, last)) {
            return Mended::Within(self.hole(at, block));
        }
        match (end, cluster) {
            (Some(end), Some(next)) if next < end => {
                // It would swallow the next one: its length is wrong, or what it says of its end lies in the hole.
                self.sizes.push((start + 4, (next - data) as u64));
                Mended::After(self.hole(at, next))
            }
            (Some(end), Some(_)) => Mended::After(self.hole(at, end)),
            (None, Some(next)) => Mended::After(self.hole(at, next)),
            // Cut off there, or of no use from there on.
            (_, None) => Mended::After(all),
        }
    }

    /// Whether blocks follow each other from there on.
    fn is_row(&mut self, from: usize, most: usize) -> bool {
        let mut at = from;
        for nth in 0..IN_A_ROW {
            match element(self.bytes, at) {
                Some((id @ (BLOCK | GROUP), Some(size), data)) if self.is_whole(id, data, end_of(data, size), most) => {
                    at = end_of(data, size);
                }
                _ => return false,
            }
            if at == most {
                return true;
            }
            if nth == 0 && !matches!(self.bytes.get(at), Some(0xA3 | 0xA0)) {
                return false;
            }
        }
        true
    }

    /// Where the next cluster begins that says its time.
    fn next_cluster(&self, from: usize) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        let starts = rest.windows(4).enumerate().filter(|(_, id)| *id == (CLUSTER as u32).to_be_bytes());
        let is_one = |at: usize| {
            let first = element(self.bytes, at).and_then(|(_, _, data)| element(self.bytes, data));
            first.is_some_and(|(id, size, _)| [TIMESTAMP, SUM, VOID, 0xA7, 0xAB].contains(&id) && size.is_some())
        };
        starts.map(|(at, _)| from + at).find(|at| is_one(*at))
    }

    fn hole(&mut self, from: usize, to: usize) -> usize {
        if to > from {
            self.holes.push(from..to);
        }
        to
    }
}

enum Mended {
    /// The cluster goes on there.
    Within(usize),
    /// The segment does.
    After(usize),
}

/// The numbers of the tracks that a list of them names, as one byte with its highest bit set.
fn tracks(list: &[u8]) -> Vec<u8> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some((id, Some(size), data)) = element(list, at) {
        let end = end_of(data, size).min(list.len());
        match (id, list.get(data..end)) {
            (0xAE, Some(entry)) => found.extend(tracks(entry)),
            (0xD7, Some([number @ 1..0x7F])) => found.push(0x80 | number),
            _ => {}
        }
        at = end.max(at + 2);
    }
    found
}

/// Where the descriptions of a file's tracks lie.
pub(in crate::sound::decode) fn track_entries(bytes: &[u8]) -> Vec<Range<usize>> {
    let found = || {
        let (_, head, data) = element(bytes, 0).filter(|(id, ..)| *id == HEAD)?;
        let (_, _, data) = element(bytes, end_of(data, head?)).filter(|(id, ..)| *id == SEGMENT)?;
        let before = children(bytes, data..bytes.len()).take_while(|(id, _)| *id != CLUSTER);
        let (_, list) = before.into_iter().find(|(id, _)| *id == TRACKS)?;
        Some(children(bytes, list).filter(|(id, _)| *id == 0xAE).map(|(_, entry)| entry).collect())
    };
    found().unwrap_or_default()
}

/// The elements of a range that say how long they are, with where their content lies; ends at the first that does not fit.
pub(in crate::sound::decode) fn children(bytes: &[u8], range: Range<usize>) -> impl Iterator<Item = (u64, Range<usize>)> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        let (id, size, data) = element(bytes, at).filter(|_| at < range.end)?;
        let end = end_of(data, size?);
        at = end;
        (end <= range.end).then_some((id, data..end))
    })
}

/// Whether it is made of elements from its start to its end.
fn is_parted(content: &[u8]) -> bool {
    let mut at = 0;
    while at < content.len() {
        match element(content, at) {
            Some((_, Some(size), data)) if end_of(data, size) <= content.len() => at = end_of(data, size),
            _ => return false,
        }
    }
    true
}

/// The time of a block within its cluster, from the block's content; its track's number is one byte wide.
pub(super) fn block_time(content: &[u8]) -> Option<i16> {
    content.get(1..3).map(|time| i16::from_be_bytes([time[0], time[1]]))
}

/// What is said of the last packet of a track: how many seconds at its end are padding. No more than 120 ms, which a packet of Opus can be.
pub(super) fn padding(bytes: &[u8], track: u32) -> Option<f64> {
    const PADDING: u64 = 0x75A2;
    let last = bytes.windows(4).rposition(|id| id == [0x1F, 0x43, 0xB6, 0x75])?;
    let (_, _, from) = element(bytes, last)?;
    let is_of = |block: &[u8]| block.first().is_some_and(|own| u32::from(own & 0x7F) == track && own & 0x80 != 0);
    let mut said = None;
    for (id, range) in children(bytes, from..bytes.len()) {
        match id {
            BLOCK if is_of(&bytes[range.clone()]) => said = None,
            GROUP => {
                let parts: Vec<_> = children(bytes, range).collect();
                if parts.iter().any(|(id, part)| *id == 0xA1 && is_of(&bytes[part.clone()])) {
                    said = parts.into_iter().find(|(id, _)| *id == PADDING).map(|(_, part)| number(&bytes[part]));
                }
            }
            _ => {}
        }
    }
    said.map(|nanoseconds| nanoseconds as f64 / 1e9).filter(|seconds| (0.0..=0.12).contains(seconds))
}

pub(super) fn end_of(data: usize, size: u64) -> usize {
    data.saturating_add(usize::try_from(size).unwrap_or(usize::MAX))
}

/// Covers bytes by an element that means nothing; none where they are too few for one.
pub(super) fn cover(hole: &mut [u8]) -> Option<()> {
    match hole.len() {
        0 | 1 => return None,
        length @ 2..=8 => hole[..2].copy_from_slice(&[VOID as u8, 0x80 | (length - 2) as u8]),
        length => {
            hole[..9].copy_from_slice(&[[VOID as u8].as_slice(), &((length as u64 - 9) | 1 << 56).to_be_bytes()].concat());
        }
    }
    Some(())
}

/// Writes a size as wide as the one that is there; none where it does not fit.
pub(super) fn write_size(bytes: &mut [u8], at: usize, size: u64) -> Option<()> {
    let width = bytes.get(at)?.leading_zeros() as usize + 1;
    let marked = size | 1u64.checked_shl(7 * width as u32)?;
    if size >= (1 << (7 * width)) - 1 {
        return None;
    }
    bytes.get_mut(at..at + width)?.copy_from_slice(&marked.to_be_bytes()[8 - width..]);
    Some(())
}

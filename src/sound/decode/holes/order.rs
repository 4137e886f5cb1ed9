//! Pieces of a WebM that lie in another order than they were recorded in, or twice: they are put into the order of their times, once each.
//!
//! What is uploaded while it is recorded comes in pieces, and a server may take one before the one that it follows, or keep one that was sent
//! again. A piece says when it begins; its blocks, how far it goes.

use std::ops::Range;

use super::matroska::{
    BLOCK, CLUSTER, GROUP, HEAD, IN_CLUSTER, IN_SEGMENT, SEGMENT, TIMESTAMP, block_time, cover, end_of, write_size,
};
use super::number;
use crate::sound::decode::cut::element;

/// Milliseconds that may lie between two pieces in a row; where more do, what a piece says of its time is wrong rather than its place.
const NEAR_MS: u64 = 1000;

/// A cluster.
struct Piece {
    range: Range<usize>,
    /// When its first block begins at the earliest, and its last one, in ms.
    time: Range<u64>,
}

/// The file with its pieces in order, each of them once, and where the first that lies elsewhere belongs, in ms; none where they are in order,
/// and where no order can be told.
pub(super) fn in_order(bytes: &[u8]) -> Option<(Vec<u8>, u64)> {
    let pieces = pieces(bytes)?;
    let behind = pieces.windows(2).find(|pair| pair[1].time.start <= pair[0].time.start && !pair[0].time.is_empty());
    let at_ms = behind?[1].time.start;
    let mut sorted: Vec<&Piece> = pieces.iter().collect();
    sorted.sort_by_key(|piece| piece.time.start);
    sorted.dedup_by(|one, other| bytes[one.range.clone()] == bytes[other.range.clone()]);
    let fits = |pair: &[&Piece]| {
        let (ends, begins) = (pair[0].time.end, pair[1].time.start);
        pair[0].time.start < begins && ends.saturating_sub(NEAR_MS) <= begins && begins <= ends + NEAR_MS
    };
    if !sorted.windows(2).all(fits) {
        return None;
    }
    let first = pieces.first()?.range.start;
    let mut ordered = bytes[..first].to_vec();
    sorted.iter().for_each(|piece| ordered.extend_from_slice(&bytes[piece.range.clone()]));
    // What stands between and behind them keeps its order: tables, tags, and what tells of a cut.
    let ends = pieces.iter().map(|piece| piece.range.end);
    let begins = pieces.iter().skip(1).map(|piece| piece.range.start).chain([bytes.len()]);
    let mut rest: Vec<u8> = ends.zip(begins).flat_map(|(end, begin)| &bytes[end..begin]).copied().collect();
    // The segment stays as long as it says.
    let mut void = vec![0; bytes.len() - ordered.len() - rest.len()];
    if !void.is_empty() {
        cover(&mut void)?;
    }
    ordered.append(&mut void);
    ordered.append(&mut rest);
    ends_with_the_file(&mut ordered);
    Some((ordered, at_ms))
}

/// Has a segment that says a length go on to the end of the file: where a piece lies twice it goes on for longer than it was written to.
fn ends_with_the_file(bytes: &mut [u8]) {
    let head = element(bytes, 0).and_then(|(_, size, data)| Some(end_of(data, size?)));
    let Some((at, (_, Some(_), data))) = head.and_then(|at| Some((at, element(bytes, at)?))) else { return };
    let length = (bytes.len() - data) as u64;
    // Its id has four bytes; where the length does not fit, it stays as it is.
    let _ = write_size(bytes, at + 4, length);
}

const INFO: u64 = 0x1549_A966;

/// The clusters of a file, in the order in which they lie; none where one of them cannot be read to its end.
fn pieces(bytes: &[u8]) -> Option<Vec<Piece>> {
    let (_, head, data) = element(bytes, 0).filter(|(id, ..)| *id == HEAD)?;
    let (_, _, mut at) = element(bytes, end_of(data, head?)).filter(|(id, ..)| *id == SEGMENT)?;
    let (mut pieces, mut scale) = (Vec::new(), 1_000_000);
    while at < bytes.len() {
        let (id, size, data) = element(bytes, at)?;
        match (id, size) {
            (CLUSTER, _) => {
                let (end, time) = piece(bytes, data, size.map(|size| end_of(data, size)))?;
                let in_ms = |units: u64| (u128::from(units) * u128::from(scale) / 1_000_000).try_into().unwrap_or(u64::MAX);
                pieces.push(Piece { range: at..end, time: in_ms(time.start)..in_ms(time.end) });
                at = end;
            }
            (_, Some(size)) => {
                if id == INFO {
                    scale = units(bytes.get(data..end_of(data, size))?).unwrap_or(scale);
                }
                at = end_of(data, size);
            }
            (_, None) => return None,
        }
    }
    Some(pieces)
}

/// Nanoseconds in a unit of time, where it is said.
fn units(info: &[u8]) -> Option<u64> {
    const SCALE: u64 = 0x2A_D7B1;
    let mut at = 0;
    while let Some((id, Some(size), data)) = element(info, at) {
        if id == SCALE {
            return info.get(data..end_of(data, size)).map(number).filter(|scale| *scale > 0);
        }
        at = end_of(data, size);
    }
    None
}

/// Where a cluster ends whose content begins at `data`, and from when to when it goes, in units of the file.
fn piece(bytes: &[u8], data: usize, end: Option<usize>) -> Option<(usize, Range<u64>)> {
    let (mut at, mut begins, mut last) = (data, None, 0);
    while at < end.unwrap_or(bytes.len()) {
        let (id, size, data) = element(bytes, at)?;
        if end.is_none() && IN_SEGMENT.contains(&id) && !IN_CLUSTER.contains(&id) {
            break;
        }
        let content = bytes.get(data..end_of(data, size?))?;
        match id {
            TIMESTAMP if content.len() <= 8 => begins = Some(number(content)),
            GROUP => {
                let inside = element(content, 0).and_then(|(_, _, inside)| content.get(inside..));
                last = last.max(inside.and_then(block_time).unwrap_or(0));
            }
            BLOCK => last = last.max(block_time(content).unwrap_or(0)),
            _ => {}
        }
        at = end_of(data, size?);
    }
    let begins = begins?;
    Some((end.unwrap_or(at), begins..begins.checked_add(u64::from(last.unsigned_abs()))?))
}

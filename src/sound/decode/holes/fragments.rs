//! Holes in a fragmented MP4: a piece (`moof` and its `mdat`) that was lost, or whose head cannot be read, is replaced by one that holds as
//! many packets of filler as its time had room for.
//!
//! A piece says when its sound begins (`tfdt`), in units that only its track gives a meaning; how long it is, its packets say. What lies
//! between the end of one and the beginning of the next was lost. A piece may also say where in the file it lies: behind a hole that is wrong.

use std::ops::Range;

use super::{FILLER, number};
use crate::sound::decode::source::boxes;

/// No more packets are put in for all holes together: about five minutes.
const MOST: u64 = 12_000;
/// Boxes that lie beside the pieces.
const BESIDE: [&[u8; 4]; 10] = [b"ftyp", b"styp", b"sidx", b"emsg", b"prft", b"free", b"skip", b"mfra", b"uuid", b"moov"];

/// The sound's track, as the head of the file describes it.
struct Track {
    id: u32,
    /// Units that a packet lasts, where a piece does not say.
    usual: u32,
    /// Units in a second.
    per_second: u32,
}

/// One piece that can be read.
struct Piece {
    /// Of its head.
    head: Range<usize>,
    /// Where its sound lies ends.
    end: usize,
    sequence: u32,
    /// When its sound begins and ends, in units of the track; none where it holds no sound.
    time: Option<Range<u64>>,
    /// How long its first packet is.
    packet: u32,
    /// How many packets of sound it has.
    count: u64,
    /// Whether its packets are as long together as the box that holds them; one that says otherwise says something wrong of them.
    fits: bool,
    /// Where it says that it lies, and where that is said.
    base: Vec<usize>,
}

/// The file with filler in its holes; none where it has none, or is none of this kind.
pub(super) fn closed(bytes: &[u8]) -> Option<Vec<u8>> {
    let (_, moov) = boxes(bytes, 0, bytes.len()).find(|(kind, _)| kind == b"moov")?;
    let track = track(bytes, &moov)?;
    let (pieces, is_torn) = pieces(bytes, moov.end, &track);
    let is_short = |pair: &[Piece]| pair[1].sequence > pair[0].sequence + 1;
    if pieces.is_empty() || !(is_torn || pieces.windows(2).any(is_short)) {
        return None;
    }
    let mut closed = bytes[..moov.end].to_vec();
    let (mut left, mut ends, mut last): (u64, Option<u64>, Option<&Piece>) = (MOST, None, None);
    let mut fill = |closed: &mut Vec<u8>, piece: &Piece, sequence: u32, between: Range<u64>| {
        // Rounding leaves less than a packet; and a torn head may have lost its own.
        let lost = between.end.saturating_sub(between.start) + u64::from(piece.packet) / 2;
        let lost = (lost / u64::from(piece.packet.max(1))).min(left);
        left -= lost;
        if lost > 0 {
            closed.extend(filler(&track, sequence, between.start, piece.packet, lost as usize));
        }
    };
    for piece in &pieces {
        if !piece.fits {
            // What follows tells how long it was.
            ends = ends.or_else(|| piece.time.as_ref().map(|time| time.start));
            continue;
        }
        let is_gap = last.is_none_or(|last| last.end < piece.head.start || piece.sequence > last.sequence + 1);
        if let (Some(ends), Some(time), true) = (ends, &piece.time, is_gap) {
            fill(&mut closed, piece, piece.sequence.saturating_sub(1), ends..time.start);
        }
        append(&mut closed, bytes, piece)?;
        ends = piece.time.as_ref().map(|time| time.end).or(ends);
        last = Some(piece);
    }
    if let (Some(unfit), Some(ends)) = (pieces.last().filter(|piece| !piece.fits), ends) {
        let until = unfit.time.as_ref().map_or(ends, |time| time.end);
        fill(&mut closed, unfit, unfit.sequence, ends..until);
    }
    // What lies behind the last piece tells whether the file was cut off.
    closed.extend_from_slice(&bytes[pieces.last().map_or(moov.end, |last| last.end)..]);
    Some(closed)
}

/// The file with its pieces of sound in the order of their times, each of them once, and where the first that lies elsewhere belongs, in ms;
/// none where they are in order, where one cannot be read, and where no order can be told.
pub(super) fn in_order(bytes: &[u8]) -> Option<(Vec<u8>, u64)> {
    let (_, moov) = boxes(bytes, 0, bytes.len()).find(|(kind, _)| kind == b"moov")?;
    let track = track(bytes, &moov)?;
    let (pieces, is_torn) = pieces(bytes, moov.end, &track);
    let mut sorted: Vec<(&Range<u64>, &Piece)> = pieces.iter().filter_map(|piece| piece.time.as_ref().zip(Some(piece))).collect();
    let behind = sorted.windows(2).find(|pair| pair[1].0.start <= pair[0].0.start && !pair[0].0.is_empty())?;
    let at_ms = u128::from(behind[1].0.start) * 1000 / u128::from(track.per_second.max(1));
    sorted.sort_by_key(|(time, _)| time.start);
    let content = |piece: &Piece| &bytes[piece.head.start..piece.end];
    sorted.dedup_by(|(_, one), (_, other)| content(one) == content(other));
    // Recorders round; two that are of the same time are of two recordings.
    let fits = |pair: &[(&Range<u64>, &Piece)]| pair[1].0.start >= pair[0].0.start + (pair[0].0.end - pair[0].0.start).div_ceil(2);
    if is_torn || !sorted.windows(2).all(fits) {
        return None;
    }
    let mut ordered = bytes[..pieces.first()?.head.start].to_vec();
    for (_, piece) in sorted {
        append(&mut ordered, bytes, piece)?;
    }
    // What stands between and behind them keeps its order.
    let begins = pieces.iter().skip(1).map(|piece| piece.head.start).chain([bytes.len()]);
    pieces.iter().zip(begins).for_each(|(piece, begin)| ordered.extend_from_slice(&bytes[piece.end..begin]));
    Some((ordered, u64::try_from(at_ms).unwrap_or(u64::MAX)))
}

/// Appends a piece, and puts right where it says that it lies.
fn append(to: &mut Vec<u8>, bytes: &[u8], piece: &Piece) -> Option<()> {
    let at = to.len();
    to.extend_from_slice(&bytes[piece.head.start..piece.end]);
    for said in &piece.base {
        let place = at + said - piece.head.start;
        to.get_mut(place..place + 8)?.copy_from_slice(&(at as u64).to_be_bytes());
    }
    Some(())
}

/// How many packets of sound all pieces say that they have; none where the file is not written in pieces.
pub(super) fn declared(bytes: &[u8]) -> Option<u64> {
    let (_, moov) = boxes(bytes, 0, bytes.len()).find(|(kind, _)| kind == b"moov")?;
    let (pieces, _) = pieces(bytes, moov.end, &track(bytes, &moov)?);
    Some(pieces.iter().map(|piece| piece.count).sum()).filter(|count| *count > 0)
}

/// How long the sound of all pieces is, in units of its track; none where that has another id.
pub(super) fn last(bytes: &[u8], id: u32) -> Option<u64> {
    let (_, moov) = boxes(bytes, 0, bytes.len()).find(|(kind, _)| kind == b"moov")?;
    let track = track(bytes, &moov).filter(|track| track.id == id)?;
    let (pieces, _) = pieces(bytes, moov.end, &track);
    Some(pieces.iter().filter_map(|piece| piece.time.as_ref()).map(|time| time.end - time.start).fold(0, u64::saturating_add))
}

fn inside<'a>(bytes: &'a [u8], range: &Range<usize>) -> impl Iterator<Item = ([u8; 4], Range<usize>)> + use<'a> {
    boxes(bytes, range.start, range.end)
}

fn child(bytes: &[u8], range: &Range<usize>, name: &[u8; 4]) -> Option<Range<usize>> {
    inside(bytes, range).find(|(kind, _)| kind == name).map(|(_, range)| range)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|four| number(four) as u32)
}

/// The first track with sound; none where the file is not written in pieces.
fn track(bytes: &[u8], moov: &Range<usize>) -> Option<Track> {
    let extends = child(bytes, moov, b"mvex")?;
    let is_sound = |trak: &Range<usize>| {
        let handler = child(bytes, trak, b"mdia").and_then(|mdia| child(bytes, &mdia, b"hdlr"));
        handler.and_then(|at| bytes.get(at.start + 8..at.start + 12)) == Some(b"soun")
    };
    let trak = inside(bytes, moov).filter(|(kind, _)| kind == b"trak").map(|(_, range)| range).find(is_sound)?;
    let head = child(bytes, &trak, b"tkhd")?;
    // The times before it are 32 or 64 bits wide.
    let id = word(bytes, head.start + if bytes.get(head.start)? == &1 { 20 } else { 12 })?;
    let defaults = inside(bytes, &extends).filter(|(kind, _)| kind == b"trex").map(|(_, range)| range);
    let usual = defaults.filter(|range| word(bytes, range.start + 4) == Some(id)).find_map(|range| word(bytes, range.start + 12));
    let about = child(bytes, &trak, b"mdia").and_then(|mdia| child(bytes, &mdia, b"mdhd"))?;
    let per_second = word(bytes, about.start + if bytes.get(about.start)? == &1 { 20 } else { 12 })?;
    Some(Track { id, usual: usual.unwrap_or(0), per_second })
}

/// The pieces that can be read, and whether anything else lies between them.
fn pieces(bytes: &[u8], from: usize, track: &Track) -> (Vec<Piece>, bool) {
    let (mut at, mut found, mut is_torn): (usize, Vec<Piece>, bool) = (from, Vec::new(), false);
    while at < bytes.len() {
        let next = boxes(bytes, at, bytes.len()).next().filter(|(_, range)| range.end > at);
        at = match next {
            Some((kind, range)) if &kind == b"moof" => match piece(bytes, at..range.end, track) {
                Some(piece) => {
                    let end = piece.end;
                    found.push(piece);
                    end
                }
                None => after_hole(bytes, at, track, &mut is_torn),
            },
            // Of no length of its own, it would swallow all that follows.
            Some((kind, range)) if BESIDE.contains(&&kind) && word(bytes, at) != Some(0) => range.end,
            _ => after_hole(bytes, at, track, &mut is_torn),
        };
    }
    // Where most do not fit, it is how their writer counts.
    let unfit = found.iter().filter(|piece| !piece.fits).count();
    let is_usual = 2 * unfit > found.len();
    found.iter_mut().for_each(|piece| piece.fits |= is_usual);
    (found, is_torn || unfit > 0 && !is_usual)
}

/// Where the next piece begins that can be read; the end where there is none, which is for the end of the file to tell.
fn after_hole(bytes: &[u8], from: usize, track: &Track, is_torn: &mut bool) -> usize {
    let names = bytes.get(from + 8..).unwrap_or_default().windows(4).enumerate().filter(|(_, name)| *name == b"moof");
    let starts = names.map(|(at, _)| from + 4 + at);
    let is_one = |at: usize| {
        let head = boxes(bytes, at, bytes.len()).next().map(|(_, range)| at..range.end);
        head.is_some_and(|head| piece(bytes, head, track).is_some())
    };
    let next = starts.into_iter().find(|at| is_one(*at));
    *is_torn |= next.is_some();
    next.unwrap_or(bytes.len())
}

/// Reads a piece: its head, and the box of sound that must follow it.
fn piece(bytes: &[u8], head: Range<usize>, track: &Track) -> Option<Piece> {
    let content = head.start + 8..head.end;
    let sequence = word(bytes, child(bytes, &content, b"mfhd")?.start + 4)?;
    let (kind, data) = boxes(bytes, head.end, bytes.len()).next()?;
    if &kind != b"mdat" || word(bytes, head.end) == Some(0) {
        return None;
    }
    let mut piece =
        Piece { head, end: data.end, sequence, time: None, packet: track.usual, count: 0, fits: true, base: Vec::new() };
    let mut sizes = Some(0);
    for (_, part) in inside(bytes, &content).filter(|(kind, _)| kind == b"traf") {
        let about = child(bytes, &part, b"tfhd")?;
        let flags = word(bytes, about.start)? & 0xFF_FFFF;
        if flags & 1 != 0 {
            piece.base.push(about.start + 8);
        }
        sizes = sizes.zip(size(bytes, &part, &about, flags)).and_then(|(all, more): (u64, u64)| all.checked_add(more));
        if word(bytes, about.start + 4) == Some(track.id) {
            let told = usize::from(flags & 1 != 0) * 8 + usize::from(flags & 2 != 0) * 4;
            let usual = if flags & 8 != 0 { word(bytes, about.start + 8 + told)? } else { track.usual };
            let (length, first, count) = lasts(bytes, &part, usual)?;
            let begins = begins(bytes, &part)?;
            (piece.time, piece.packet) = (Some(begins..begins.checked_add(length)?), first);
            piece.count = count;
        }
    }
    piece.fits = sizes.is_none_or(|sizes| sizes == data.len() as u64);
    Some(piece)
}

/// How many bytes all packets of a part have; none where it does not say so itself.
fn size(bytes: &[u8], part: &Range<usize>, about: &Range<usize>, flags: u32) -> Option<u64> {
    let told: usize = [(1, 8), (2, 4), (8, 4)].iter().map(|(flag, width)| usize::from(flags & flag != 0) * width).sum();
    let usual = if flags & 0x10 != 0 { word(bytes, about.start + 8 + told) } else { None };
    let runs = inside(bytes, part).filter(|(kind, _)| kind == b"trun").map(|(_, run)| run);
    runs.map(|run| {
        let run = packets(bytes, &run)?;
        let own = |packet: usize| match run.flags & 0x200 {
            0 => usual.map(u64::from),
            _ => word(bytes, run.first + packet * run.width + usize::from(run.flags & 0x100 != 0) * 4).map(u64::from),
        };
        (0..run.count).map(own).sum::<Option<u64>>()
    })
    .sum()
}

/// What is said of each packet of a run: `count` rows of `width` bytes, from `first` on.
struct Run {
    flags: u32,
    count: usize,
    first: usize,
    width: usize,
}

fn packets(bytes: &[u8], run: &Range<usize>) -> Option<Run> {
    let (flags, count) = (word(bytes, run.start)? & 0xFF_FFFF, word(bytes, run.start + 4)? as usize);
    let first = run.start + 8 + usize::from(flags & 1 != 0) * 4 + usize::from(flags & 4 != 0) * 4;
    let width = [0x100, 0x200, 0x400, 0x800].iter().filter(|flag| flags & **flag != 0).count() * 4;
    let fits = first + count.checked_mul(width)? <= run.end && count <= run.len().max(1 << 16);
    fits.then_some(Run { flags, count, first, width })
}

fn begins(bytes: &[u8], part: &Range<usize>) -> Option<u64> {
    let at = child(bytes, part, b"tfdt")?.start;
    let width = if bytes.get(at)? == &1 { 8 } else { 4 };
    bytes.get(at + 4..at + 4 + width).map(number)
}

/// How long all packets of a part are together, and the first of them, in units of the track; how many there are.
fn lasts(bytes: &[u8], part: &Range<usize>, usual: u32) -> Option<(u64, u32, u64)> {
    let (mut length, mut first, mut count) = (0u64, None, 0);
    for (_, run) in inside(bytes, part).filter(|(kind, _)| kind == b"trun") {
        let run = packets(bytes, &run)?;
        for packet in 0..run.count {
            let own = if run.flags & 0x100 != 0 { word(bytes, run.first + packet * run.width)? } else { usual };
            length += u64::from(own);
            first.get_or_insert(own);
        }
        count += run.count as u64;
    }
    Some((length, first.unwrap_or(usual), count))
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [&(content.len() as u32 + 8).to_be_bytes(), &kind[..], &content].concat()
}

/// A piece with so many packets that hold nothing.
fn filler(track: &Track, sequence: u32, begins: u64, packet: u32, count: usize) -> Vec<u8> {
    let word = |word: u32| word.to_be_bytes();
    let size = word(FILLER.len() as u32);
    let head = |offset: u32| {
        // Its places count from its head; each packet lasts and is as long as the others.
        let about = boxed(b"tfhd", &[&word(0x02_0018), &word(track.id), &word(packet), &size]);
        let time = boxed(b"tfdt", &[&word(0x0100_0000), &begins.to_be_bytes()]);
        let run = boxed(b"trun", &[&word(1), &word(count as u32), &word(offset)]);
        boxed(b"moof", &[&boxed(b"mfhd", &[&word(0), &word(sequence)]), &boxed(b"traf", &[&about, &time, &run])])
    };
    let offset = head(0).len() as u32 + 8;
    [head(offset), boxed(b"mdat", &[&FILLER.repeat(count)])].concat()
}

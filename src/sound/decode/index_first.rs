//! An MP4 whose index lies at its end, as phones write it, with the index at its start: for a reader that cannot go back.

use std::ops::Range;

use super::source::boxes;

/// The file with its index (`moov`) before its sound; none where it lies there already, or where that cannot be done.
pub fn index_first(bytes: &[u8]) -> Option<Vec<u8>> {
    let all: Vec<_> = boxes(bytes, 0, bytes.len()).collect();
    let place = |kind: &[u8; 4]| all.iter().position(|(found, _)| found == kind);
    let (moov, mdat) = (place(b"moov")?, place(b"mdat")?);
    if moov < mdat || all.first().is_none_or(|(kind, _)| kind != b"ftyp") {
        return None;
    }
    // Boxes lie without gaps: each begins where the one before it ends.
    let whole = |nth: usize| all[nth - 1].1.end..all[nth].1.end;
    let (head, index) = (all[0].1.end, whole(moov));
    let mut moved = bytes[index.clone()].to_vec();
    let by = moved.len() as u64;
    let inside = moved.len() - all[moov].1.len()..moved.len();
    shift(&mut moved, inside, &[b"trak", b"mdia", b"minf", b"stbl"], &|at| {
        if (head as u64..index.start as u64).contains(&at) { at + by } else { at }
    })?;
    Some([&bytes[..head], &moved, &bytes[head..index.start], &bytes[index.end..]].concat())
}

/// Moves what the tables of chunks point at, which lie at the end of `way` and nowhere else, however deep a file nests its boxes;
/// none where a place no longer fits its table.
fn shift(moov: &mut [u8], inside: Range<usize>, way: &[&[u8; 4]], to: &dyn Fn(u64) -> u64) -> Option<()> {
    let found: Vec<_> = boxes(moov, inside.start, inside.end).collect();
    for (kind, range) in found {
        match (way.split_first(), &kind) {
            (Some((next, rest)), kind) if *next == kind => shift(moov, range, rest, to)?,
            (None, b"stco") => each(moov, range, 4, to)?,
            (None, b"co64") => each(moov, range, 8, to)?,
            _ => {}
        }
    }
    Some(())
}

fn each(moov: &mut [u8], table: Range<usize>, width: usize, to: &dyn Fn(u64) -> u64) -> Option<()> {
    for entry in moov.get_mut(table)?.get_mut(8..)?.chunks_exact_mut(width) {
        let at = entry.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let moved = to(at).to_be_bytes();
        if moved[..8 - width].iter().any(|byte| *byte != 0) {
            return None;
        }
        entry.copy_from_slice(&moved[8 - width..]);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_box(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), &kind[..], content].concat()
    }

    fn nested(kinds: &[&[u8; 4]], content: Vec<u8>) -> Vec<u8> {
        kinds.iter().rev().fold(content, |content, kind| a_box(kind, &content))
    }

    #[test]
    fn chunks_are_found_where_they_lie_afterwards() {
        let head = a_box(b"ftyp", b"isom");
        let at = (head.len() + 8) as u32;
        let table = a_box(b"stco", &[[0; 4], 1u32.to_be_bytes(), at.to_be_bytes()].concat());
        let moov = nested(&[b"moov", b"trak", b"mdia", b"minf", b"stbl"], table);
        let file = [head, a_box(b"mdat", b"sound"), moov].concat();
        assert_eq!(&file[at as usize..][..5], b"sound");

        let turned = index_first(&file).expect("its index lay at the end");
        assert_eq!(turned.len(), file.len());
        let now = turned.windows(4).position(|window| window == b"stco").expect("a table") + 12;
        let now = u32::from_be_bytes(turned[now..now + 4].try_into().expect("four bytes")) as usize;
        assert_eq!(&turned[now..][..5], b"sound");
        assert_eq!(index_first(&turned), None);
    }

    #[test]
    fn what_is_no_such_file_is_left_alone() {
        assert_eq!(index_first(b"OggS"), None);
    }

    #[test]
    fn boxes_that_nest_without_end_are_left_alone() {
        let deep = vec![b"trak"; 40_000];
        let file = [a_box(b"ftyp", b"isom"), a_box(b"mdat", b"sound"), a_box(b"moov", &nested(&deep, Vec::new()))].concat();
        assert_eq!(index_first(&file).map(|turned| turned.len()), Some(file.len()));
        assert_eq!(index_first(&[0; 64]), None);
    }
}

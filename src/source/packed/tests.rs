//! Archives made byte by byte: those that people's programs make, and those that nobody should take.

use std::fs;
use std::path::PathBuf;

use miniz_oxide::deflate::compress_to_vec;
use serde_json::json;

use super::*;
use crate::interview::{AnswerState, Severity};
use crate::source::{Found, Measured, guess, open, take};

/// One entry, and how it is written.
#[derive(Clone)]
struct One {
    name: Vec<u8>,
    own_name: Option<Vec<u8>>,
    data: Vec<u8>,
    deflated: bool,
    flags: u16,
    method: Option<u16>,
    kind: u32,
    crc: Option<u32>,
    size: Option<u32>,
    at: Option<u32>,
    extra: Vec<u8>,
    /// Its lengths stand behind it.
    described: bool,
    /// Its lengths stand in the Zip64 field.
    large: bool,
}

fn one(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> One {
    One {
        name: name.as_ref().to_vec(),
        own_name: None,
        data: data.as_ref().to_vec(),
        deflated: false,
        flags: 0,
        method: None,
        kind: 0,
        crc: None,
        size: None,
        at: None,
        extra: Vec::new(),
        described: false,
        large: false,
    }
}

impl One {
    fn packed(&self) -> Vec<u8> {
        if self.deflated { compress_to_vec(&self.data, 6) } else { self.data.clone() }
    }

    /// What both headers have in common, from the version on to the lengths of name and extra field, and that field.
    fn common(&self, is_own: bool, at: u64, name: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let method = self.method.unwrap_or(if self.deflated { 8 } else { 0 });
        let flags = self.flags | if self.described { 8 } else { 0 };
        let (crc, packed) = (self.crc.unwrap_or_else(|| crc32fast::hash(&self.data)), self.packed().len() as u32);
        let size = self.size.unwrap_or(self.data.len() as u32);
        let left_out = is_own && self.described;
        let (crc, packed, size) = if left_out { (0, 0, 0) } else { (crc, packed, size) };
        let mut extra = self.extra.clone();
        let mut says = [packed, size];
        if self.large && !left_out {
            let mut long: Vec<u8> = [u64::from(size), u64::from(packed)].iter().flat_map(|n| n.to_le_bytes()).collect();
            if !is_own {
                long.extend(at.to_le_bytes());
            }
            extra.extend([&1u16.to_le_bytes()[..], &(long.len() as u16).to_le_bytes(), &long].concat());
            says = [u32::MAX; 2];
        }
        let mut head: Vec<u8> = [20, flags, method, 0, 0x21].iter().flat_map(|n: &u16| n.to_le_bytes()).collect();
        head.extend([crc, says[0], says[1]].iter().flat_map(|n| n.to_le_bytes()));
        head.extend([name.len() as u16, extra.len() as u16].iter().flat_map(|n| n.to_le_bytes()));
        (head, extra)
    }
}

fn archive(entries: &[One]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = bytes.len() as u32;
        let own = entry.own_name.as_ref().unwrap_or(&entry.name);
        let (head, extra) = entry.common(true, u64::from(at), own);
        bytes.extend([&b"PK\x03\x04"[..], &head, own, &extra, &entry.packed()].concat());
        if entry.described {
            let lengths = [crc32fast::hash(&entry.data), entry.packed().len() as u32, entry.data.len() as u32];
            bytes.extend(b"PK\x07\x08");
            bytes.extend(lengths.iter().flat_map(|n| n.to_le_bytes()));
        }
        let at = entry.at.unwrap_or(at);
        let (head, extra) = entry.common(false, u64::from(at), &entry.name);
        let at = if entry.large { u32::MAX } else { at };
        list.extend([&b"PK\x01\x02"[..], &0x031e_u16.to_le_bytes(), &head, &[0; 6]].concat());
        list.extend([(entry.kind << 16).to_le_bytes(), at.to_le_bytes()].concat());
        list.extend([&entry.name[..], &extra].concat());
    }
    ended(bytes, &list, entries.len() as u16)
}

fn ended(mut bytes: Vec<u8>, list: &[u8], count: u16) -> Vec<u8> {
    let at = bytes.len() as u32;
    bytes.extend(list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend([(list.len() as u32).to_le_bytes(), at.to_le_bytes()].concat());
    bytes.extend([0, 0]);
    bytes
}

/// The same archive as those write it that always write Zip64.
fn as_zip64(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.split_off(bytes.len() - 22);
    let at = bytes.len() as u64;
    let [count, size, list] = [u64::from(u16_at(&end, 10)), u64::from(u32_at(&end, 12)), u64::from(u32_at(&end, 16))];
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44u64.to_le_bytes());
    bytes.extend([45u16, 45].iter().flat_map(|n| n.to_le_bytes()));
    bytes.extend([0; 8]);
    bytes.extend([count, count, size, list].iter().flat_map(|n| n.to_le_bytes()));
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(at.to_le_bytes());
    bytes.extend(1u32.to_le_bytes());
    bytes.extend([&b"PK\x05\x06\0\0\0\0"[..], &[0xff; 12], &[0, 0]].concat());
    bytes
}

use super::records::{u16_at, u32_at};

/// An archive on the disk, as long as its folder is held.
fn on_disk(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("november.zip");
    fs::write(&path, bytes).expect("a file is written");
    (folder, path)
}

fn opened(bytes: &[u8]) -> Result<Found, Vec<Problem>> {
    let (_disk, path) = on_disk(bytes);
    open(&path)
}

/// What is wrong with an archive that is refused: its places and reasons.
fn refused(bytes: &[u8]) -> Vec<(String, String)> {
    let problems = opened(bytes).err().unwrap_or_default();
    for problem in &problems {
        assert_eq!(problem.severity, Severity::Fatal);
        assert!(!problem.file.is_empty() && !problem.reason.is_empty() && !problem.remedy.is_empty(), "{problem:?}");
    }
    problems.into_iter().map(|problem| (problem.place.to_string(), problem.reason.to_string())).collect()
}

fn document(files: &[&str]) -> One {
    let submission = |(nth, file): (usize, &&str)| json!({"candidate": {"id": format!("c{nth}")}, "answers": [{"question": "q1", "file": file}]});
    let submissions: Vec<_> = files.iter().enumerate().map(submission).collect();
    let interview = json!({"questions": [{"id": "q1", "prompt": "What happened?"}]});
    one("batch.json", json!({"format": 1, "interview": interview, "submissions": submissions}).to_string())
}

/// What became of each answer: its bytes, or why there are none.
fn answers(found: &Found) -> Vec<Result<Vec<u8>, String>> {
    let measured = |_: &_, _: Arc<[u8]>, _: Option<&str>| {
        Ok(Measured { length_ms: 1_000, flaw: None, value: Vec::new(), known: false, playable: None })
    };
    let all = found.batch.submissions.iter().flat_map(|submission| &submission.answers);
    all.map(|answer| {
        let taken = take(found, answer, measured);
        match (&taken.answer.state, taken.content) {
            (AnswerState::Faulty { reason }, None) => Err(reason.to_string()),
            (_, Some(bytes)) => Ok(bytes.to_vec()),
            (state, None) => panic!("{state:?} without bytes"),
        }
    })
    .collect()
}

const SOUND: &[u8] = b"\x1a\x45\xdf\xa3 as if it were a recording, a recording, a recording, a recording";

#[test]
fn however_a_zip_is_written_it_is_the_batch_that_its_folder_is() {
    let files = [document(&["a/1.webm", "b/2.webm"]), one("a/1.webm", SOUND), one("b/2.webm", b"another")];
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in &files {
        let path = folder.path().join(String::from_utf8_lossy(&file.name).as_ref());
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder is made");
        fs::write(path, &file.data).expect("a file is written");
    }
    let expected = open(folder.path()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let each = |change: fn(&mut One)| {
        let mut files = files.clone();
        files.iter_mut().for_each(change);
        archive(&files)
    };
    let with_folders = [&[one("a/", b""), one("b/", b"")][..], &files].concat();
    for (how, bytes) in [
        ("stored", archive(&files)),
        ("deflated", each(|one| one.deflated = true)),
        ("described behind", each(|one| (one.deflated, one.described) = (true, true))),
        ("large", each(|one| one.large = true)),
        ("large, at its end too", as_zip64(each(|one| (one.large, one.deflated) = (true, true)))),
        ("with folders", archive(&with_folders)),
    ] {
        let found = opened(&bytes).unwrap_or_else(|problems| panic!("{how}: {problems:#?}"));
        assert_eq!(found.batch.id, expected.batch.id, "{how}");
        assert_eq!(found.batch.title.as_str(), "november", "{how}");
        // An archive is read while it is there.
        let (_disk, path) = on_disk(&bytes);
        let found = open(&path).unwrap_or_else(|problems| panic!("{how}: {problems:#?}"));
        assert_eq!(answers(&found), answers(&expected), "{how}");
    }
}

#[test]
fn every_mistake_of_a_zip_is_named_with_its_entry_and_nothing_is_taken() {
    let bad = |name: &str| one(name, b"x");
    let rows: Vec<(One, &str)> = vec![
        (bad("../outside.webm"), "leaves the folder"),
        (bad("a/../../outside.webm"), "leaves the folder"),
        (bad("/etc/passwd"), "absolute"),
        (bad("\\\\server\\share"), "absolute"),
        (bad("a\\b.webm"), "backslash"),
        (bad("C:/1.webm"), "drive"),
        (bad("nul.webm"), "device of Windows"),
        (bad("a\0b.webm"), "control character"),
        (bad("a\x1b[2Jb.webm"), "control character"),
        (bad(&"d/".repeat(40)), "too long"),
        (bad("__MACOSX/../../x"), "leaves the folder"),
        (One { kind: 0o120_777, ..bad("link.webm") }, "symbolic link"),
        (One { kind: 0o010_644, ..bad("pipe.webm") }, "no regular file"),
        (One { kind: 0o020_644, ..bad("device.webm") }, "no regular file"),
        (bad("folder/"), "has bytes of its own"),
        (bad("1.webm"), "stands there twice"),
        (bad("1.WEBM"), "the same as that of 1.webm"),
        (bad("A/1.webm"), "the same as that of a"),
        (bad("cafe\u{301}.webm"), "the same as that of café.webm"),
        (bad("1.webm/2.webm"), "the same as that of 1.webm"),
        (One { data: vec![0; 9 << 20], deflated: true, ..bad("bomb.webm") }, "over 200 times as many"),
        (One { own_name: Some(b"b.webm".to_vec()), ..bad("a.webm") }, "its own header calls it b.webm"),
        (One { flags: 1 << 11, ..one(b"\xff.webm", b"x") }, ""),
    ];
    let good = [document(&["1.webm"]), one("1.webm", SOUND), one("a/1.webm", SOUND), one("caf\u{e9}.webm", SOUND)];
    let wrongs: Vec<One> = rows.iter().map(|(one, _)| one.clone()).collect();
    let told = refused(&archive(&[&good[..], &wrongs[..wrongs.len() - 1]].concat()));
    for (one, expected) in &rows[..rows.len() - 1] {
        let name = crate::text::SafeText::line(&format!("entry {}", String::from_utf8_lossy(&one.name)));
        let found = told.iter().any(|(place, reason)| *place == name.as_str() && reason.contains(expected));
        assert!(found, "{name}: {expected}: {told:#?}");
    }
    assert_eq!(told.len(), rows.len() - 1, "{told:#?}");
    let alone = refused(&archive(&[&good[..], &wrongs[wrongs.len() - 1..]].concat()));
    assert!(alone[0].1.contains("not UTF-8"), "{alone:?}");
}

#[test]
fn an_archive_that_does_not_add_up_is_refused() {
    let good = archive(&[document(&["1.webm"]), one("1.webm", SOUND), one("2.webm", SOUND)]);
    let changed = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let (end, large) = (good.len() - 22, as_zip64(good.clone()));
    let mut contradicting = large.clone();
    let at = contradicting.len() - 22 + 10;
    contradicting[at..at + 2].copy_from_slice(&7u16.to_le_bytes());
    let overlapping = [document(&["1.webm"]), one("1.webm", SOUND), One { at: Some(0), ..one("batch.json", b"") }];
    let two = [document(&["1.webm"]), One { size: Some(9), ..one("1.webm", SOUND) }];
    let mut own = archive(&two);
    let place = own.windows(4).rposition(|four| four == b"PK\x03\x04").expect("it is there");
    own[place + 22..place + 26].copy_from_slice(&8u32.to_le_bytes());
    for (what, bytes, expected) in [
        ("empty", Vec::new(), "this is no .zip"),
        ("another file", b"not an archive".to_vec(), "this is no .zip"),
        ("half of it", good[..good.len() / 2].to_vec(), "its end is missing"),
        ("without its last byte", good[..good.len() - 1].to_vec(), "its end is missing"),
        ("with more behind it", [&good[..], b"more"].concat(), "something was added behind it"),
        ("an archive of another kind", b"7z\xbc\xaf\x27\x1c".to_vec(), "it is a 7z archive"),
        ("with more before it", [b"#!/bin/sh\n", &good[..]].concat(), "not where the archive says"),
        ("one of two parts", changed(end + 4, &[1, 0]), "one part of several"),
        ("more entries than there are", changed(end + 8, &[9, 0, 9, 0]), "says that it names 9"),
        ("a list beyond its end", changed(end + 16, &[0xff; 3]), "not where the archive says"),
        ("Zip64 that contradicts", contradicting, "contradicts itself"),
        ("entries over each other", archive(&overlapping), "another entry's"),
        ("two lengths", own, "another length or sum"),
    ] {
        let told = refused(&bytes);
        assert!(told.iter().any(|(_, reason)| reason.contains(expected)), "{what}: {told:?}");
    }
    assert!(opened(&large).is_ok());
    let many = ended(Vec::new(), &[], 0);
    let mut many = as_zip64(many);
    let record = many.len() - 22 - 20 - 56;
    many[record + 24..record + 40].copy_from_slice(&[1_000_000u64.to_le_bytes(), 1_000_000u64.to_le_bytes()].concat());
    assert!(refused(&many)[0].1.contains("at most 200000 are taken"), "{:?}", refused(&many));
}

#[test]
fn an_entry_that_cannot_be_unpacked_is_one_bad_answer() {
    let names = ["good", "locked", "other", "sum", "short", "long", "cut", "zip", "gone", "CASE"];
    let files: Vec<String> = names.iter().map(|name| format!("{name}.webm")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let deflated = |name: &str| One { deflated: true, ..one(name, SOUND) };
    let mut cut = deflated("cut.webm");
    (cut.data, cut.deflated, cut.method) = (compress_to_vec(SOUND, 6)[..20].to_vec(), false, Some(8));
    (cut.size, cut.crc) = (Some(SOUND.len() as u32), Some(crc32fast::hash(SOUND)));
    let bytes = archive(&[
        document(&files),
        one("good.webm", SOUND),
        One { flags: 1, ..one("locked.webm", SOUND) },
        One { method: Some(14), ..one("other.webm", SOUND) },
        One { crc: Some(7), ..deflated("sum.webm") },
        One { size: Some(SOUND.len() as u32 + 1), ..deflated("short.webm") },
        One { size: Some(SOUND.len() as u32 - 1), ..deflated("long.webm") },
        cut,
        one("zip.webm", archive(&[one("good.webm", SOUND)])),
        one("case.webm", SOUND),
    ]);
    let (_disk, path) = on_disk(&bytes);
    let found = open(&path).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let taken = answers(&found);
    assert_eq!(taken[0].as_deref(), Ok(SOUND));
    for (nth, expected) in [
        (1, "encrypted"),
        (2, "method 14"),
        (3, "its sum is another"),
        (4, "shorter than the list says"),
        (5, "longer than the list says"),
        (6, "missing"),
        (8, "not there"),
        (9, "not there"),
    ] {
        assert!(taken[nth].as_ref().is_err_and(|reason| reason.contains(expected)), "{}: {:?}", names[nth], taken[nth]);
    }
    assert!(taken[7].as_ref().is_ok_and(|bytes| bytes.starts_with(b"PK")), "an archive in it is opened by nobody");
    let of = |nth: usize| found.batch.submissions[nth].answers[0].id;
    let told = found.open_media(of(9)).expect_err("it is not there");
    assert!(told.remedy.as_str().contains("case.webm"), "{told:?}");
}

#[test]
fn what_finder_and_explorer_pack_is_read_and_what_they_add_is_left() {
    let mut umlaut = one(b"november/m\x81ller/1.webm", SOUND);
    umlaut.deflated = true;
    let mut named = one(b"november/j?rg/1.webm", b"by its other name");
    let name = "november/jörg/1.webm".as_bytes();
    let field = [&[1][..], &crc32fast::hash(&named.name).to_le_bytes(), name].concat();
    named.extra = [&0x7075u16.to_le_bytes()[..], &(field.len() as u16).to_le_bytes(), &field].concat();
    let mut batch = document(&["müller/1.webm", "jörg/1.webm", "zoë/1.webm", "andre\u{301}/1.webm", "rené/1.webm"]);
    batch.name = b"november/batch.json".to_vec();
    let bytes = archive(&[
        one("november/", b""),
        one("november/.DS_Store", b"\0\0\0\x01Bud1"),
        one("november/Icon\r", b""),
        batch,
        umlaut,
        named,
        one("november/zoë/1.webm", b"in UTF-8 without a word"),
        one("november/andré/1.webm", b"apart in the document"),
        one("november/rene\u{301}/1.webm", b"apart in the archive"),
        one("november/Thumbs.db", b"x"),
        one("__MACOSX/", b""),
        one("__MACOSX/november/._batch.json", b"\0\x05\x16\x07"),
        one("__MACOSX/._november", b"\0\x05\x16\x07"),
    ]);
    let (_disk, path) = on_disk(&bytes);
    let found = open(&path).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let expected: [&[u8]; 5] =
        [SOUND, b"by its other name", b"in UTF-8 without a word", b"apart in the document", b"apart in the archive"];
    assert_eq!(answers(&found), expected.map(|bytes| Ok(bytes.to_vec())));
}

#[test]
fn a_zip_without_a_document_is_guessed_like_its_folder() {
    let tree = |top: &str| {
        let at = |path: &str| format!("{top}{path}");
        archive(&[
            one(at("a01/q1.webm"), SOUND),
            one(at("a01/q1.vtt"), b"WEBVTT"),
            one(at("a02/q1.webm"), SOUND),
            one(at("a02/.DS_Store"), b"x"),
            one(at("a02/more.zip"), archive(&[one("q2.webm", SOUND)])),
            one("__MACOSX/._x", b"x"),
        ])
    };
    for top in ["", "interviews/"] {
        let (_disk, path) = on_disk(&tree(top));
        let (guess, found) = guess(&path, None, None).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert_eq!((guess.title.as_str(), guess.candidates.len(), guess.questions.len()), ("november", 2, 1), "{top}");
        assert_eq!(guess.candidates[0].transcripts, 1);
        assert_eq!(guess.left_out.len(), 1, "{:?}", guess.left_out);
        assert_eq!(answers(&found), [Ok(SOUND.to_vec()), Ok(SOUND.to_vec())]);
    }
    let (_disk, path) = on_disk(&archive(&[one("a01/q1.webm", SOUND)]));
    let (guess, _) = guess(&path, None, None).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(guess.candidates[0].id.as_str(), "a01", "one person's folder is not the folder of all");
}

#[test]
fn whatever_bytes_are_wrong_an_archive_is_read_or_refused() {
    let deflated = |name: &str| One { deflated: true, described: true, ..one(name, SOUND.repeat(40)) };
    let bytes =
        as_zip64(archive(&[document(&["1.webm", "2.webm"]), deflated("1.webm"), One { large: true, ..deflated("2.webm") }]));
    let (disk, path) = on_disk(&bytes);
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice % below as u64) as usize
    };
    let (mut read, mut refused) = (0, 0);
    for _ in 0..1_500 {
        let mut changed = bytes.clone();
        for _ in 0..=next(3) {
            let at = next(changed.len());
            changed[at] = [0, 1, 0x7f, 0x80, 0xff, next(256) as u8][next(6)];
        }
        changed.truncate(if next(8) == 0 { next(changed.len()) } else { changed.len() });
        fs::write(&path, &changed).expect("it is written");
        match open(&path) {
            Ok(found) => {
                answers(&found).into_iter().flatten().for_each(|bytes| assert_eq!(bytes, SOUND.repeat(40)));
                read += 1;
            }
            Err(problems) => {
                assert!(!problems.is_empty());
                refused += 1;
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} were read and {refused} refused");
    drop(disk);
}

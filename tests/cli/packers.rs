//! Archives that Info-ZIP's `zip` and `7z` made a moment ago: taken, or refused for what is true of them.
#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::fence::peak::Peak;
use crate::home::Home;

/// A folder with a batch of three people, in names that are not ASCII and one that is a page of text.
fn batch(folder: &Path) {
    let answers = folder.join("answers/é ü");
    fs::create_dir_all(&answers).expect("folders are made");
    let media = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media");
    for (from, to) in [("voice.ogg", "1.ogg"), ("voice.webm", "é ü/Größe 日本.webm")] {
        fs::copy(media.join(from), folder.join("answers").join(to)).expect("a file is copied");
    }
    fs::write(folder.join("answers/3.txt"), "It went well. ".repeat(400)).expect("a file is written");
    let rows = "candidate_id,question_id,question,answer_file\na,q1,What?,answers/1.ogg\nb,q1,What?,answers/é ü/Größe 日本.webm\n\
                c,q1,What?,answers/3.txt\n";
    fs::write(folder.join("batch.csv"), rows).expect("a file is written");
}

/// Whether a program is here; says so where it is not.
fn has(program: &str) -> bool {
    let here =
        Command::new("sh").args(["-c", "command -v \"$0\" >/dev/null", program]).status().is_ok_and(|status| status.success());
    if !here {
        crate::parts::absent(&format!("there is no {program}"));
    }
    here
}

/// Runs a line of shell in a folder; the archive that it makes is `$OUT`.
fn packs(line: &str, folder: &Path, out: &Path) {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(folder).env("OUT", out).env("LC_ALL", "C.UTF-8");
    let done = shell.stdin(Stdio::null()).output().expect("a shell runs");
    assert!(done.status.success(), "{line}: {}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
}

/// What the program says of the archive that this line makes of the batch, and how it ends.
fn imported(line: &str, change: impl Fn(&Path)) -> (Value, Option<i32>) {
    let (home, elsewhere) = (Home::new(), tempfile::tempdir().expect("a temporary folder"));
    let (folder, out) = (elsewhere.path().join("batch"), elsewhere.path().join("november.zip"));
    batch(&folder);
    change(&folder);
    packs(line, &folder, &out);
    let ran = home.run(&["import", "--json", out.to_str().expect("temporary folders have plain names")]);
    (serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{line}: {ran:#?}")), ran.code)
}

/// Each of these archives is the same batch.
fn all_are_taken(program: &str, lines: &[&str]) {
    if !has(program) {
        return;
    }
    let mut first = None;
    for line in lines {
        let (told, code) = imported(line, |_| {});
        assert_eq!((&told["answers"], &told["problems"], code), (&json!(3), &json!([]), Some(0)), "{line}: {told}");
        assert_eq!(first.get_or_insert(told["batch"].clone()), &told["batch"], "{line}");
    }
}

#[test]
fn whatever_zip_is_told_its_archive_is_the_batch() {
    let lines = [
        "zip -q -0 -r $OUT .",
        "zip -q -9 -r $OUT .",
        "zip -q -r -D $OUT .",
        "zip -q -r -fz $OUT .",
        "zip -q -r -fd $OUT .",
        "zip -q -r - . | cat > $OUT",
        "zip -q -0 -r - . | cat > $OUT",
        "zip -q -r -X $OUT .",
        "zip -q -r -UN=UTF8 $OUT .",
        "echo 'a word about it' | zip -q -z -r $OUT .",
        "LC_ALL=C zip -q -r $OUT .",
        "cd .. && zip -q -r $OUT batch",
        "cp batch.csv left.csv && zip -q -r $OUT . && zip -q -d $OUT left.csv && zip -q $OUT batch.csv",
        "cat /bin/sh > $OUT && zip -q -r part.zip . && cat part.zip >> $OUT && zip -q -A $OUT",
    ];
    all_are_taken("zip", &lines);
}

#[test]
fn whatever_7z_is_told_its_archive_is_the_batch() {
    let lines = [
        "7z a -tzip $OUT .",
        "7z a -tzip -mx=0 $OUT .",
        "7z a -tzip -mx=9 $OUT .",
        "7z a -tzip -mcu=on $OUT .",
        "7z a -tzip -mcl=on $OUT .",
        "LC_ALL=C 7z a -tzip $OUT .",
        "cat answers/1.ogg | 7z a -tzip -si'answers/1.ogg' $OUT && 7z a -tzip $OUT batch.csv answers",
    ];
    all_are_taken("7z", &lines);
}

/// What each of these archives is refused for.
fn each_is_refused(program: &str, rows: &[(&str, &str)]) {
    if !has(program) {
        return;
    }
    let change = |folder: &Path| {
        std::os::unix::fs::symlink("/etc/passwd", folder.join("answers/link.ogg")).expect("a link is made");
        let bomb = fs::File::create(folder.join("answers/bomb.wav")).expect("a file is made");
        bomb.set_len(64 << 20).expect("it is long");
    };
    for (line, expected) in rows {
        let (told, code) = imported(line, change);
        assert_eq!((&told["batch"], code), (&json!(null), Some(1)), "{line}: {told}");
        let problems = told["problems"].as_array().expect("a list");
        assert!(problems.iter().any(|one| one["reason"].as_str().is_some_and(|why| why.contains(expected))), "{line}: {told}");
    }
}

const LINKS: &str = "it is a symbolic link";
const BOMB: &str = "over 200 times as many";
const LOCKED: &str = "it is encrypted in the .zip";

#[test]
fn what_nobody_should_take_of_zip_is_refused_for_what_is_true_of_it() {
    let rows = [
        ("zip -q -y -r $OUT . -x answers/bomb.wav", LINKS),
        ("zip -q -r $OUT . -x answers/link.ogg", BOMB),
        ("cd answers && zip -q $OUT ../batch.csv 1.ogg", "leaves the folder"),
        ("zip -q -P secret -r $OUT batch.csv answers/1.ogg", LOCKED),
        ("zip -q -r $OUT batch.csv answers/1.ogg && truncate -s -40 $OUT", "its end is missing"),
        ("zip -q -r $OUT batch.csv answers/1.ogg && echo >> $OUT", "something was added behind it"),
        ("zip -q -r part.zip batch.csv && cat /bin/sh part.zip > $OUT", "something stands before the archive"),
        ("head -c 200000 /dev/urandom > answers/1.ogg && zip -q -s 64k -r $OUT batch.csv answers/1.ogg", "one part of several"),
    ];
    each_is_refused("zip", &rows);
}

#[test]
fn what_nobody_should_take_of_7z_is_refused_for_what_is_true_of_it() {
    let rows = [
        ("7z a -tzip -snl -x'!answers/bomb.wav' $OUT .", LINKS),
        ("7z a -tzip -x'!answers/link.ogg' $OUT .", BOMB),
        ("7z a -tzip -psecret $OUT batch.csv answers/1.ogg", LOCKED),
        ("7z a -tzip -psecret -mem=AES256 $OUT batch.csv answers/1.ogg", LOCKED),
        ("7z a -tzip -mm=LZMA $OUT batch.csv answers/1.ogg", "it is packed by method 14"),
        ("7z a -t7z part.7z batch.csv answers/1.ogg && mv part.7z $OUT", "it is a 7z archive"),
    ];
    each_is_refused("7z", &rows);
}

#[test]
fn an_answer_that_zip_locked_costs_itself_alone() {
    if !has("zip") {
        return;
    }
    let line = "zip -q -r $OUT batch.csv answers -x answers/1.ogg && zip -q -P secret $OUT answers/1.ogg";
    let (told, code) = imported(line, |_| {});
    assert_eq!((&told["answers"], code), (&json!(2), Some(4)), "{told}");
    assert!(told["problems"][0]["reason"].as_str().is_some_and(|why| why.contains(LOCKED)), "{told}");
}

#[test]
fn of_a_large_archive_a_few_answers_are_held_at_once() {
    if !has("zip") {
        return;
    }
    let (home, elsewhere) = (Home::new(), tempfile::tempdir().expect("a temporary folder"));
    let (folder, out) = (elsewhere.path().join("batch"), elsewhere.path().join("large.zip"));
    fs::create_dir(&folder).expect("a folder is made");
    let noise: Vec<u8> = (0..5_u32 << 18).flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    let mut rows = String::from("candidate_id,question_id,question,answer_file\n");
    for nth in 0..40 {
        rows.push_str(&format!("c{nth},q1,What?,{nth}.pdf\n"));
        fs::write(folder.join(format!("{nth}.pdf")), [format!("%PDF-1.4 {nth}").as_bytes(), &noise].concat()).expect("written");
    }
    fs::write(folder.join("batch.csv"), rows).expect("a file is written");
    packs("zip -q -0 -r $OUT .", &folder, &out);
    let (peak, length) = (Peak::watch(), fs::metadata(&out).expect("it is there").len() as f64 / 1e6);
    let told = home.run(&["import", "--json", out.to_str().expect("temporary folders have plain names")]).json(0);
    let held = peak.megabytes();
    assert_eq!(told["answers"], 40, "{told}");
    assert!(length > 200.0 && held < 120.0, "{held} MB were held of {length}");
}

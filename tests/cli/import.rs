//! `earmark import`: what it says, what scripts read, how it ends.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::home::Home;

const TABLE: &str = "candidate_id,candidate_name,question_id,question,answer_file,transcript_file\n";

/// A folder with this table, a recording of a second and one that is a web page.
fn batch(home: &Home, rows: &str) -> PathBuf {
    let folder = home.path().join("november");
    std::fs::create_dir_all(&folder).expect("a folder is made");
    std::fs::write(folder.join("batch.csv"), format!("{TABLE}{rows}")).expect("a file is written");
    std::fs::write(folder.join("tone.wav"), wav()).expect("a file is written");
    std::fs::write(folder.join("page.webm"), "<!doctype html><title>404</title>").expect("a file is written");
    std::fs::write(folder.join("words.vtt"), "WEBVTT\n\n00:00.000 --> 00:00.900\nHello there.\n").expect("a file is written");
    folder
}

/// A second of a tone, 8 kHz, 16 bits, mono.
fn wav() -> Vec<u8> {
    let samples: Vec<u8> = (0..8_000_u32).flat_map(|i| (((i / 10 % 2) as i16 * 2 - 1) * 8_000).to_le_bytes()).collect();
    let length = samples.len() as u32;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend([8_000_u32, 16_000].iter().flat_map(|n| n.to_le_bytes()));
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(length.to_le_bytes());
    bytes.extend(samples);
    bytes
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

#[test]
fn who_left_answers_out_is_said_and_is_no_failure() {
    let home = Home::new();
    let folder = batch(&home, "a,Ann,q1,What?,tone.wav,words.vtt\nb,Ben,q1,What?,,\n");
    let ran = home.run(&["import", shown(&folder)]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:#?}");
    assert!(ran.out.contains("2 candidates, 1 answer: 2 new submissions"), "{}", ran.out);
    assert!(ran.out.contains("incomplete: candidate b gave no answer to 1 of 1 questions"), "{}", ran.out);
    assert!(!ran.out.contains("Ann"), "a name is not told");

    let again = home.run(&["import", "--json", shown(&folder)]).json(0);
    assert_eq!(again["submissions"], json!({"new": 0, "changed": 0, "unchanged": 2}));
    assert_eq!(again["incomplete"], json!([{"candidate": "b", "missing": 1, "of": 1}]));
}

#[test]
fn a_named_file_that_cannot_be_used_is_told_and_the_rest_is_taken() {
    let home = Home::new();
    let rows = "a,Ann,q1,What?,tone.wav,\nb,Ben,q1,What?,page.webm,\nc,Cid,q1,What?,gone.webm,\nd,Dee,q1,What?,../tone.wav,\n";
    let folder = batch(&home, rows);
    let told = home.run(&["import", "--json", shown(&folder)]).json(4);
    assert_eq!((&told["candidates"], &told["answers"]), (&json!(4), &json!(1)));
    let places: Vec<&str> = told["problems"].as_array().expect("a list").iter().filter_map(|one| one["place"].as_str()).collect();
    assert_eq!(places, ["line 5, column answer_file", "candidate b, question q1", "candidate c, question q1"]);
    for problem in told["problems"].as_array().expect("a list") {
        for field in ["file", "place", "reason", "remedy"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} of {problem}");
        }
    }
    let people = home.run(&["import", shown(&folder)]);
    assert!(people.err.contains("page.webm: candidate b, question q1: this is a web page"), "{people:#?}");
    assert!(people.out.contains("could not be taken whole: 3"), "{people:#?}");
}

#[test]
fn where_nothing_is_taken_the_import_has_failed() {
    let home = Home::new();
    let none = home.run(&["import", "--json", "nowhere"]).json(1);
    assert_eq!((&none["batch"], &none["answers"]), (&json!(null), &json!(0)));
    let ran = home.run(&["import", "nowhere"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.starts_with("Could not import nowhere\nCaused by: "), "{}", ran.err);
    assert_eq!(home.run(&["import"]).code, Some(2));

    let folder = batch(&home, "a,Ann,q1,What?,tone.wav,\n");
    let both = home.run(&["import", "--json", "nowhere", shown(&folder)]).json(4);
    assert_eq!(both.as_array().map(Vec::len), Some(2), "one result for each path");
}

#[test]
fn many_who_left_answers_out_are_told_by_a_few_and_their_number() {
    let home = Home::new();
    let rows: String = (10..40).map(|n| format!("c{n},Cid,q1,What?,,\n")).collect();
    let folder = batch(&home, &format!("a,Ann,q1,What?,tone.wav,\n{rows}"));
    let ran = home.run(&["import", shown(&folder)]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!(ran.out.matches("incomplete: candidate").count(), 10, "{}", ran.out);
    assert!(ran.out.contains("incomplete: and 20 more candidates; --json names all"), "{}", ran.out);
    let all = home.run(&["import", "--json", shown(&folder)]).json(0);
    assert_eq!(all["incomplete"].as_array().map(Vec::len), Some(30), "{all}");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_told_as_that() {
    let home = Home::new();
    let folder = batch(&home, "a,Ann,q1,What?,.,\nb,Ben,q1,What?,more/,\nc,Cid,q1,What?,tone.wav,\n");
    let told = home.run(&["import", "--json", shown(&folder)]).json(4);
    let reasons: Vec<&str> = told["problems"].as_array().expect("a list").iter().filter_map(|one| one["reason"].as_str()).collect();
    assert_eq!(reasons.iter().filter(|reason| reason.contains("the path names a folder")).count(), 2, "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_name_is_not_utf_8_is_told_with_what_to_do() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    let folder = batch(&home, "a,Ann,q1,What?,réponse.wav,\nb,Ben,q1,What?,tone.wav,\n");
    std::fs::copy(folder.join("tone.wav"), folder.join(std::ffi::OsStr::from_bytes(b"r\xe9ponse.wav"))).expect("a file is written");
    let ran = home.run(&["import", shown(&folder)]);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(ran.err.contains("the file's name is not UTF-8") && ran.err.contains("rename the file"), "{ran:#?}");
    assert!(ran.out.contains("2 candidates, 1 answer"), "{ran:#?}");

    let elsewhere = home.path().join(std::ffi::OsStr::from_bytes(b"b\xffd"));
    std::fs::rename(&folder, &elsewhere).expect("renamed");
    let mut command = home.command(&["import"]);
    let again = command.arg(&elsewhere).output().expect("it starts");
    assert_eq!(again.status.code(), Some(4), "{again:?}");
    assert!(std::str::from_utf8(&again.stdout).is_ok() && std::str::from_utf8(&again.stderr).is_ok());
}

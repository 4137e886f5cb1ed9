//! A .zip bundle through the real program: nothing of it lies on the disk in plain, and a kill in its middle costs nothing.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::home::Home;

/// Stands in the table and in each recording.
const CANARY: &[u8] = b"canary-7f3a";

/// Makes a bundle of so many people with a recording of a second each, in one folder, as Finder packs it.
fn bundle(path: &Path, people: u32) {
    let mut zip = ZipWriter::new(fs::File::create(path).expect("a file is made"));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut rows = String::from("candidate_id,candidate_name,question_id,question,answer_file\n");
    (0..people).for_each(|nth| rows.push_str(&format!("c{nth},canary-7f3a,q1,What?,answers/{nth}.wav\n")));
    let mut put = |name: String, options, bytes: &[u8]| {
        zip.start_file(name, options).and_then(|()| Ok(zip.write_all(bytes)?)).expect("an entry is written");
    };
    put("november/batch.csv".to_owned(), deflated, rows.as_bytes());
    put("__MACOSX/november/._batch.csv".to_owned(), stored, b"\0\x05\x16\x07");
    for nth in 0..people {
        put(format!("november/answers/{nth}.wav"), if nth % 2 == 0 { deflated } else { stored }, &wav(nth));
    }
    zip.finish().expect("the archive is whole");
}

/// A second of a tone, other than those of other numbers, with the canary behind its samples.
fn wav(nth: u32) -> Vec<u8> {
    let tone = |i: u32| (((i / (10 + nth % 50) % 2) as i16 * 2 - 1) * (8_000 + nth as i16)).to_le_bytes();
    let samples: Vec<u8> = (0..8_000_u32).flat_map(tone).collect();
    let length = samples.len() as u32;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + length + 20).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend([8_000_u32, 16_000].iter().flat_map(|n| n.to_le_bytes()));
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend([&length.to_le_bytes()[..], &samples, b"LIST\x0c\0\0\0", CANARY, b"\0"].concat());
    bytes
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] }).collect()
}

#[test]
fn a_zip_is_imported_once_and_nothing_of_it_lies_in_plain_on_the_disk() {
    let (home, elsewhere) = (Home::new(), tempfile::tempdir().expect("a temporary folder"));
    let (temporary, path) = (home.path().join("tmp"), elsewhere.path().join("november.zip"));
    fs::create_dir(&temporary).expect("a folder is made");
    bundle(&path, 4);
    let path = path.to_str().expect("temporary folders have plain names");
    let told = home.run_with(&[("TMPDIR", temporary.to_str().expect("plain"))], &["import", "--json", path]).json(0);
    assert_eq!((&told["title"], &told["answers"], &told["problems"]), (&json!("november"), &json!(4), &json!([])));
    assert_eq!(home.run(&["import", "--json", path]).json(0)["submissions"], json!({"new": 0, "changed": 0, "unchanged": 4}));
    let lying = files(home.path());
    assert!(lying.len() > 4, "{lying:?}");
    for file in lying {
        let bytes = fs::read(&file).expect("it can be read");
        assert!(!bytes.windows(CANARY.len()).any(|some| some == CANARY), "{} holds a recording or a name", file.display());
    }
}

#[test]
fn an_import_of_a_zip_that_is_killed_is_finished_by_the_next() {
    let (home, elsewhere) = (Home::new(), tempfile::tempdir().expect("a temporary folder"));
    let path = elsewhere.path().join("november.zip");
    bundle(&path, 40);
    let path = path.to_str().expect("temporary folders have plain names");
    let vault = home.path().join(".local/share/earmark/library/vault");
    let whole = |vault: &Path| files(vault).iter().filter(|file| !file.to_string_lossy().contains(".part-")).count();
    for at_least in [1, 7, 20] {
        let mut child = home.command(&["import", path]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let begun = Instant::now();
        while whole(&vault) < at_least && begun.elapsed() < Duration::from_secs(60) && child.try_wait().expect("it runs").is_none()
        {
            std::thread::yield_now();
        }
        child.kill().expect("it is killed");
        let ended = child.wait().expect("it ends");
        assert!(!ended.success() && whole(&vault) >= at_least, "{ended:?}");
        assert!(whole(&vault) < 40, "it was killed in its middle");
        // Before all was taken there is no batch, and so none that is half.
        assert_eq!(home.run(&["batches", "--json"]).json(0), json!([]));
    }
    let told = home.run(&["import", "--json", path]).json(0);
    assert_eq!((&told["answers"], &told["submissions"]["new"]), (&json!(40), &json!(40)));
    // What a kill left half written has no recording's name; it goes a day later, when nobody can be writing it any more.
    assert_eq!(whole(&vault), 40, "each recording once, and nothing half under a recording's name");
    let verified: Value = home.run(&["vault", "verify", "--json"]).json(0);
    assert_eq!((&verified["whole"], &verified["files"]), (&json!(true), &json!(40)), "{verified}");
}

#[test]
fn a_zip_with_mistakes_is_refused_whole_and_each_of_them_is_told() {
    let (home, elsewhere) = (Home::new(), tempfile::tempdir().expect("a temporary folder"));
    let path = elsewhere.path().join("evil.zip");
    let mut zip = ZipWriter::new(fs::File::create(&path).expect("a file is made"));
    let plain = SimpleFileOptions::default();
    for name in ["batch.csv", "1.wav", "../../outside.wav", "1.WAV"] {
        zip.start_file(name, plain).expect("an entry is begun");
        zip.write_all(b"candidate_id,question_id,answer_file\na,q1,1.wav\n").expect("an entry is written");
    }
    zip.add_symlink("link.wav", "/etc/passwd", plain).expect("a link is written");
    zip.finish().expect("the archive is whole");
    let path = path.to_str().expect("temporary folders have plain names");
    let told = home.run(&["import", "--json", path]).json(1);
    let problems = told["problems"].as_array().expect("a list");
    assert_eq!((&told["batch"], problems.len()), (&json!(null), 3), "{told}");
    for place in ["entry ../../outside.wav", "entry 1.WAV", "entry link.wav"] {
        let one = problems.iter().find(|one| one["place"] == place).unwrap_or_else(|| panic!("{place}: {told}"));
        assert!(
            one["code"] == "zip"
                && ["reason", "remedy"].iter().all(|field| one[field].as_str().is_some_and(|text| !text.is_empty()))
        );
    }
    assert!(!elsewhere.path().join("../outside.wav").exists());
    assert_eq!(home.run(&["batches", "--json"]).json(0), json!([]));
}

#[test]
fn a_folder_source_takes_the_zips_that_lie_in_it() {
    let (home, elsewhere) = (Home::new(), tempfile::tempdir().expect("a temporary folder"));
    bundle(&elsewhere.path().join("november.ZIP"), 2);
    home.settings(&format!("[source.drop]\nkind = \"folder\"\npath = \"{}\"\n", elsewhere.path().display()));
    let ran = home.run(&["fetch", "drop"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(ran.out.contains("drop: 2 new submissions"), "{ran:#?}");
    assert!(home.run(&["fetch", "drop"]).out.contains("nothing new"));
}

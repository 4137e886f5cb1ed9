//! Fetches that are killed: every recording is right in the end, and next to nothing comes twice.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::host::{Asked, Fault, Host};
use super::{done, fetch, home_of_platform, wav};
use crate::home::Home;

/// People, each with one recording.
const PEOPLE: u32 = 12;

/// Kills a fetch of recordings of so many bytes so often; returns bytes that were sent, and that there are.
fn killed(kills: usize, bytes: usize, seed: u64) -> (u64, u64) {
    eprintln!("seed {seed}");
    let recordings: Vec<Vec<u8>> = (0..PEOPLE).map(|nth| wav(nth + 1, bytes)).collect();
    let files = recordings.iter().enumerate().map(|(nth, bytes)| (format!("/m/{nth}.wav"), bytes.clone()));
    // As slow as a line on which nothing lies in buffers: what is sent has arrived. What a kill costs is the time in which the
    // program had not come to its bytes, times the rate: of a fetch of T seconds, a share of kills × that time ÷ T.
    let media = Host::start(files, |_, _| Fault::Slow(1024, Duration::from_millis(4)));
    let person = |nth: u32| {
        let file = format!("{}/m/{nth}.wav?sig={nth}", media.address);
        json!({"id": format!("p{nth}"), "answers": [{"question": "q-01", "file": file, "mime": "audio/wav"}]})
    };
    let people: Vec<Value> = (0..PEOPLE).map(person).collect();
    let exported = json!({"batch": {"id": "b", "job": "Many", "questions": [{"id": "q-01", "text": "So?"}]}, "candidates": people});
    let api = Host::start([("/export.json".to_owned(), exported.to_string().into_bytes())], |_, _| Fault::None);
    let home = home_of_platform(&api.address);
    let (mut dice, mut lying) = (seed | 1, Vec::new());
    for _ in 0..kills {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let from = media.asked().len();
        kill_after(&home, &media, dice % (2 * PEOPLE as u64 * bytes as u64 / (kills as u64 + 1)));
        goes_on_from(&lying, &media.asked()[from..]);
        lying = on_the_disk(&home);
    }
    let from = media.asked().len();
    let end = done(&fetch(&home, &[]), 0);
    goes_on_from(&lying, &media.asked()[from..]);
    assert_eq!(end["missing"], json!(0), "{end}");
    let whole = home.run(&["doctor", "--json"]);
    assert!(!whole.out.contains("damaged"), "{whole:#?}");
    let batch = home.run(&["batches", "--json"]).json(0);
    assert_eq!(batch[0]["answers"], json!(PEOPLE), "{batch}");
    check_all(&home, &recordings);
    (media.sent(), recordings.iter().map(|bytes| bytes.len() as u64).sum())
}

/// Starts a fetch and kills it when so many more bytes were sent, or when it has ended by itself.
fn kill_after(home: &Home, media: &Host, bytes: u64) {
    let mut command = home.command(&["fetch", "platform", "--json"]);
    command.env("PLATFORM_TOKEN", "kanarie").stdout(Stdio::null()).stderr(Stdio::null());
    let before = media.sent();
    let mut child = command.spawn().expect("it starts");
    let begun = Instant::now();
    while media.sent() < before + bytes && begun.elapsed() < Duration::from_secs(120) {
        if child.try_wait().expect("it can be waited for").is_some() {
            return;
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// What lies on the disk of each file that is on its way: plain bytes in whole pieces, and behind the note beside them. Counted from the
/// format alone, as `docs/decisions/0020` describes it: no byte of it can be read here.
fn on_the_disk(home: &Home) -> Vec<(u64, u64)> {
    let coming = home.path().join(".local/share/earmark/library/coming");
    let folders = std::fs::read_dir(coming).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let parts = files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|ending| ending == "part"));
    let one = |part: std::path::PathBuf| {
        let length = std::fs::metadata(&part).expect("it is there").len().saturating_sub(32);
        let pieces = length / (64 * 1024 + 16) * 64 * 1024;
        let tail = std::fs::read(part.with_extension("note")).unwrap_or_default();
        // The first record is the note itself.
        let note = tail.first_chunk().map_or(0, |length| 4 + u32::from_be_bytes(*length) as usize);
        let (mut at, mut records) = (note, 0);
        while let Some(length) = tail.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes) {
            let end = at + 4 + length as usize;
            if end > tail.len() {
                break;
            }
            (at, records) = (end, records + u64::from(length) - 40);
        }
        (pieces, records)
    };
    parts.map(one).filter(|(pieces, tail)| pieces + tail > 0).collect()
}

/// Each file that had come in part is asked for from just where it ends on the disk, and none from its beginning.
fn goes_on_from(lying: &[(u64, u64)], asked: &[Asked]) {
    let mut seen = std::collections::BTreeSet::new();
    let first: Vec<&Asked> = asked.iter().filter(|one| one.path.starts_with("/m/") && seen.insert(one.path.clone())).collect();
    let from = |asked: &Asked| {
        let range = asked.headers.lines().find_map(|line| line.strip_prefix("range: bytes="))?;
        range.trim().strip_suffix('-')?.parse::<u64>().ok()
    };
    let (resumed, anew): (Vec<Option<u64>>, Vec<Option<u64>>) = first.into_iter().map(from).partition(Option::is_some);
    for start in resumed.iter().flatten() {
        // A kill between a whole piece and the emptying of the tail leaves a tail of the piece before: it counts for nothing.
        let fits = lying.iter().any(|(pieces, tail)| *start == pieces + tail || *start == *pieces);
        assert!(fits, "a fetch goes on from {start}, and on the disk lie {lying:?}");
    }
    assert!(
        anew.len() <= PEOPLE as usize - lying.len(),
        "{} were asked for anew, and {} had come in part",
        anew.len(),
        lying.len()
    );
}

/// Imports the same recordings from a folder into the same library: nothing may change.
fn check_all(home: &Home, recordings: &[Vec<u8>]) {
    let vault = home.path().join(".local/share/earmark/library");
    let left: Vec<_> = std::fs::read_dir(vault.join("coming")).into_iter().flatten().flatten().collect();
    let left = left.iter().flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    assert_eq!(left.count(), 0, "nothing half is left");
    let sizes = |folder: &std::path::Path| -> Vec<u64> {
        let shelves = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf.path()).into_iter().flatten().flatten());
        let mut sizes: Vec<u64> = files.map(|file| file.metadata().expect("it is there").len()).collect();
        sizes.sort_unstable();
        sizes
    };
    let pieces = |bytes: &Vec<u8>| (32 + bytes.len() + 16 * bytes.len().div_ceil(64 * 1024)) as u64;
    let mut expected: Vec<u64> = recordings.iter().map(pieces).collect();
    expected.sort_unstable();
    assert_eq!(sizes(&vault.join("vault")), expected, "each recording once, and nothing else");
}

#[test]
fn a_fetch_that_is_killed_ten_times_brings_everything_once() {
    let (sent, whole) = killed(10, 800_000, 0x5eed);
    eprintln!("sent {sent} of {whole}: {:.2} % twice", (sent as f64 / whole as f64 - 1.0) * 100.0);
    // A debug build under a busy machine lags behind what the host has sent; `make proof` holds 1 %.
    assert!(sent as f64 <= whole as f64 * 1.1, "{sent} of {whole} bytes were sent");
}

#[test]
#[ignore = "long: `make proof` runs it"]
fn of_a_fetch_that_is_killed_two_hundred_times_at_most_a_hundredth_comes_twice() {
    let (sent, whole) = killed(200, 20_000_000, 0xcafe);
    eprintln!("sent {sent} of {whole}: {:.3} % twice", (sent as f64 / whole as f64 - 1.0) * 100.0);
    assert!(sent as f64 <= whole as f64 * 1.01, "{sent} of {whole} bytes were sent");
}

//! Other processes: two that write at once, and one that is killed again and again.
//!
//! The other process is this very test binary, started again for the one test that is named; it does nothing unless
//! the environment names a folder. Writer and checker can also be run by hand, by rigs that kill or cut the power:
//! `EARMARK_TEST_WRITES_TO=library it --exact library::kill::the_process_that_writes --nocapture`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use earmark::interview::EventId;
use earmark::library::{Access, Library};

use super::support::*;

const FOLDER: &str = "EARMARK_TEST_WRITES_TO";
const CHECKS: &str = "EARMARK_TEST_CHECKS";
const COUNT: &str = "EARMARK_TEST_WRITES";
const CHILD: &str = "library::kill::the_process_that_writes";

/// Appends notes and prints each one's id when it is saved, until it is killed or has written as many as it should.
#[test]
fn the_process_that_writes() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let count = std::env::var(COUNT).ok().and_then(|count| count.parse().ok()).unwrap_or(usize::MAX);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let library = Library::open(Path::new(&folder), key(), Access::ReadWrite, earmark::library::system_clock()).await;
        let library = library.expect("the library opens").acting_as(reviewer());
        for number in 0..count {
            // Sometimes several at once: all or none of them.
            let drafts: Vec<_> = (0..number % 3 + 1).map(|_| note(&"a note, ".repeat(number % 40))).collect();
            let ids: Vec<String> = drafts.iter().map(|draft| format!("saved {}\n", draft.id)).collect();
            library.append(drafts).await.expect("it is saved");
            let mut out = std::io::stdout().lock();
            out.write_all(ids.concat().as_bytes()).and_then(|()| out.flush()).expect("someone listens");
        }
    });
}

/// Checks the folder against the ids that are given on standard input, one a line, as the writer prints them.
#[test]
fn the_process_that_checks() {
    let Some(folder) = std::env::var_os(CHECKS) else { return };
    let lines = std::io::stdin().lines().map(|line| line.expect("its input is text"));
    let ids: Vec<EventId> = lines.filter_map(|line| line.trim().rsplit_once(' ').and_then(|(_, id)| id.parse().ok())).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let there = runtime.block_on(check(Path::new(&folder), &ids));
    eprintln!("{} acknowledged, {there} there", ids.len());
}

struct Writer {
    process: Child,
    lines: BufReader<ChildStdout>,
}

impl Writer {
    fn start(folder: &Path, count: Option<usize>) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this test has a file"));
        command.args(["--exact", CHILD, "--nocapture", "--test-threads=1"]).env(FOLDER, folder).stdout(Stdio::piped());
        if let Some(count) = count {
            command.env(COUNT, count.to_string());
        }
        let mut process = command.spawn().expect("it starts");
        let lines = BufReader::new(process.stdout.take().expect("its output is ours"));
        Writer { process, lines }
    }

    /// The next id that it printed whole; a torn line was not acknowledged.
    fn next(&mut self) -> Option<EventId> {
        loop {
            let mut line = String::new();
            self.lines.read_line(&mut line).expect("its output is text");
            if !line.ends_with('\n') {
                return None;
            }
            // The test harness prints the test's name before the first one.
            if let Some((_, id)) = line.trim_end().split_once("saved ") {
                return Some(id.parse().expect("an id"));
            }
        }
    }

    fn kill(mut self) -> Vec<EventId> {
        self.process.kill().expect("it is ours to kill");
        self.process.wait().expect("it ends");
        std::iter::from_fn(|| self.next()).collect()
    }
}

/// Opens the library as the next start would, and checks that everything acknowledged is in it once, in a whole chain.
async fn check(folder: &Path, acknowledged: &[EventId]) -> usize {
    let library = open(folder).await;
    let streams = library.verify_streams().await.expect("every chain holds, without a gap");
    let mut there: Vec<EventId> = streams.iter().flat_map(|(_, headers)| headers).map(|header| header.id).collect();
    there.sort();
    let doubled = there.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let lost = acknowledged.iter().filter(|id| there.binary_search(id).is_err()).count();
    assert_eq!((lost, doubled), (0, 0), "of {} acknowledged", acknowledged.len());
    library.close().await;
    there.len()
}

/// A new random number each time, from a seed that is printed.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

#[test]
fn nothing_acknowledged_is_lost_in_200_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let seed = u64::from(std::process::id()) << 20 | 1;
    let (mut dice, mut acknowledged) = (Dice(seed), Vec::new());
    for kill in 1..=200 {
        let mut writer = Writer::start(folder.path(), None);
        // The first line shows that it runs; then it is killed after a random number of further ones, and a random
        // part of the time that one takes.
        for _ in 0..=dice.up_to(12) {
            acknowledged.extend(writer.next());
        }
        for _ in 0..dice.up_to(60_000) {
            std::hint::spin_loop();
        }
        acknowledged.extend(writer.kill());
        assert!(acknowledged.len() >= kill, "the writer acknowledged nothing (seed {seed})");
        if kill % 10 == 0 {
            runtime.block_on(check(folder.path(), &acknowledged));
        }
    }
    let there = runtime.block_on(check(folder.path(), &acknowledged));
    eprintln!("200 kills: {} acknowledged, {there} there, none lost (seed {seed})", acknowledged.len());
}

#[test]
fn a_library_whose_making_was_killed_is_made_at_the_next_start() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut dice = Dice(u64::from(std::process::id()) << 20 | 1);
    for _ in 0..30 {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("library");
        let writer = Writer::start(&library, None);
        // From the moment that its folder is there, the making takes a few milliseconds.
        let begun = Instant::now();
        while !library.exists() && begun.elapsed() < Duration::from_secs(20) {
            std::hint::spin_loop();
        }
        let (begun, until) = (Instant::now(), Duration::from_micros(dice.up_to(25_000)));
        while begun.elapsed() < until {
            std::hint::spin_loop();
        }
        let acknowledged = writer.kill();
        runtime.block_on(check(&library, &acknowledged));
    }
}

#[test]
fn two_processes_of_one_author_write_one_whole_stream() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writers = [Writer::start(folder.path(), Some(60)), Writer::start(folder.path(), Some(60))];
    let ids: Vec<EventId> =
        writers.iter_mut().flat_map(|writer| std::iter::from_fn(|| writer.next()).collect::<Vec<_>>()).collect();
    for mut writer in writers {
        assert!(writer.process.wait().expect("it ends").success());
    }
    assert_eq!(ids.len(), 2 * 120);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    assert_eq!(runtime.block_on(check(folder.path(), &ids)), ids.len());
}

//! What really comes out: a sound server's null sink is recorded while the player plays on it.
#![allow(clippy::print_stderr)] // a test that is skipped says so

mod canary;
mod devices;
mod ear;
mod listen;
mod monitor;
mod position;
mod reaction;
mod server;
mod sweep;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use earmark::interview::{AnswerId, Moment};
use earmark::player::{Choice, Load, PlayerHandle, Report, start};
use earmark::sound::mixer::Slot;
use earmark::sound::wav;
use tokio::sync::mpsc::UnboundedReceiver;

use self::canary::Canary;
use self::server::Server;
use crate::voice::{RATE, cents, median, pitches, voice};

/// What is measured here must not be disturbed by another test here.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const SECONDS: f32 = 6.0;
const HZ: f32 = 150.0;
/// Milliseconds of nothing that are no hole.
const MOST_HOLE: f32 = 0.5;
/// A position is asked for this often while it is waited for; asking all the time would starve what is tested.
const LOOK: Duration = Duration::from_millis(5);

/// From the first to the last sound on a tape.
fn sound(tape: &[f32]) -> &[f32] {
    let first = tape.iter().position(|s| s.abs() > 0.001).expect("some sound");
    let last = tape.iter().rposition(|s| s.abs() > 0.001).expect("some sound");
    &tape[first..=last]
}

/// The longest stretch of nothing, in milliseconds.
fn longest_hole(samples: &[f32]) -> f32 {
    let (mut longest, mut now) = (0, 0);
    for sample in samples {
        now = if sample.abs() < 1e-5 { now + 1 } else { 0 };
        longest = longest.max(now);
    }
    longest as f32 / RATE * 1000.0
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("playback.wav")
}

/// A player in a process of its own, which is told where the sound server is by its environment.
fn player_elsewhere(server: &Server, test: &str, speed: u16) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("PULSE_SERVER", server.address())
        .env("EARMARK_TEST_SPEED", speed.to_string())
        .stdout(Stdio::piped());
    command
}

fn play_elsewhere(server: &Server, speed: u16) {
    let ended = player_elsewhere(server, "playback::plays_a_file_where_it_is_told_to", speed).output().expect("this test");
    assert!(ended.status.success(), "playing failed: {}", String::from_utf8_lossy(&ended.stderr));
}

/// What is recorded at a speed; anew, up to twice, when there is a hole and the machine kept threads waiting meanwhile: a fault of ours would
/// be there without that.
fn recording(server: &Server, speed: u16) -> Vec<f32> {
    let record = || {
        let (canary, start) = (Canary::begin(), Instant::now());
        let tape = server.record(|| play_elsewhere(server, speed));
        (tape, canary.was_starved(start, Instant::now()))
    };
    let (mut tape, mut starved) = record();
    for _ in 0..2 {
        if longest_hole(sound(&tape)) < MOST_HOLE || !starved {
            break;
        }
        (tape, starved) = record();
    }
    tape
}

#[test]
fn twice_the_speed_takes_half_the_time_at_the_same_pitch_without_holes() {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    std::fs::write(file(), wav::bytes(&voice(SECONDS, HZ))).expect("a file");
    let (normal, fast) = (recording(&server, 100), recording(&server, 200));
    let (normal, fast) = (sound(&normal), sound(&fast));
    let (long, short) = (normal.len() as f32 / RATE, fast.len() as f32 / RATE);
    let (low, high) = (median(pitches(normal)), median(pitches(fast)));
    let holes = (longest_hole(normal), longest_hole(fast));
    eprintln!("{long:.3} s and {short:.3} s, {low:.2} Hz and {high:.2} Hz, longest hole {:.2} and {:.2} ms", holes.0, holes.1);
    assert!((long - SECONDS).abs() < 0.05, "{long} s");
    assert!((short - SECONDS / 2.0).abs() < 0.05, "{short} s");
    assert!(cents(low, high) < 17.0, "{low} Hz and {high} Hz");
    assert!(holes.0 < MOST_HOLE && holes.1 < MOST_HOLE, "{holes:?} ms");
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn plays_a_file_where_it_is_told_to() {
    let Some(speed) = std::env::var("EARMARK_TEST_SPEED").ok().and_then(|speed| speed.parse().ok()) else { return };
    let bytes = std::fs::read(file()).expect("what the other test wrote");
    let (_player, mut reports) = playing(bytes, speed);
    let mut heard = 0;
    loop {
        match reports.blocking_recv().expect("the player lives") {
            Report::Ended { .. } => break,
            Report::Heard { spans, .. } => heard += spans.length(),
            Report::NoDevice { reason } | Report::DeviceLost { reason } => panic!("{reason}"),
            _ => {}
        }
    }
    assert_eq!(heard, (SECONDS * 1000.0) as u32);
}

fn playing(bytes: Vec<u8>, speed: u16) -> (PlayerHandle, UnboundedReceiver<Report>) {
    let (player, reports) = start(Choice::Pulse).expect("a thread");
    let answer = AnswerId::derive(&["played"]);
    player.load(Load { slot: Slot::A, answer, bytes: bytes.into(), hint: None, prepared: None, at: Moment::START });
    player.speed(speed);
    player.play();
    (player, reports)
}

#[test]
fn a_sound_server_that_dies_pauses_the_answer_and_one_that_returns_is_found_again() {
    let _alone = alone();
    let Some(mut server) = Server::start() else { return };
    let mut elsewhere =
        player_elsewhere(&server, "playback::outlives_its_sound_server", 100).stdin(Stdio::piped()).spawn().expect("this test");
    let mut lines = BufReader::new(elsewhere.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let mut until = |word: &str| assert!(lines.any(|line| line.contains(word)), "it never said {word:?}");
    until("a second was heard");
    server.die();
    until("paused in its place");
    server.come_back();
    until("found again");
    until("plays on");
    until("sent on while paused");
    server.die();
    server.come_back();
    let mut told = elsewhere.stdin.take().expect("a pipe");
    told.write_all(b"go on\n").expect("it listens");
    until("plays from there");
    drop(lines);
    elsewhere.kill().expect("our own process");
    elsewhere.wait().expect("our own process");
}

#[test]
#[ignore = "run by the test above in a process of its own"]
#[allow(clippy::print_stdout)]
fn outlives_its_sound_server() {
    if std::env::var_os("EARMARK_TEST_SPEED").is_none() {
        return;
    }
    let (player, mut reports) = playing(wav::bytes(&voice(60.0, HZ)), 100);
    let at = |player: &PlayerHandle| player.position().map_or(0, |position| position.at.0);
    while at(&player) < 1_000 {
        while let Ok(report) = reports.try_recv() {
            let gone = matches!(report, Report::NoDevice { .. } | Report::DeviceLost { .. });
            assert!(!gone, "{report:?}");
        }
        std::thread::sleep(LOOK);
    }
    println!("a second was heard");
    let mut heard = 0;
    loop {
        match reports.blocking_recv().expect("the player lives") {
            Report::Heard { spans, .. } => heard += spans.length(),
            Report::DeviceLost { .. } => break,
            _ => {}
        }
    }
    let place = at(&player);
    assert!(heard > 0 && heard <= place && place - heard < 1_100, "heard {heard}, stands at {place}");
    assert!(!player.position().expect("an answer").playing);
    println!("paused in its place");
    loop {
        match reports.blocking_recv().expect("the player lives") {
            Report::DeviceBack => break,
            Report::NoDevice { reason } => panic!("{reason}"),
            _ => {}
        }
    }
    println!("found again");
    assert_eq!(at(&player), place);
    player.play();
    while at(&player) < place + 500 {
        std::thread::sleep(LOOK);
    }
    println!("plays on");
    player.pause();
    while !matches!(reports.blocking_recv().expect("the player lives"), Report::Paused { .. }) {}
    player.seek(Slot::A, Moment(30_000));
    while at(&player) != 30_000 {
        std::thread::sleep(LOOK);
    }
    println!("sent on while paused");
    std::io::stdin().read_line(&mut String::new()).expect("a line");
    player.play();
    loop {
        match reports.blocking_recv().expect("the player lives") {
            // One that it finds gone only now is asked for again.
            Report::DeviceBack => player.play(),
            Report::Heard { spans, .. } => {
                let first = spans.iter().next().map_or(0, |span| span.start.0);
                assert!((29_900..30_100).contains(&first), "it plays from {first}");
                break;
            }
            _ => {}
        }
    }
    println!("plays from there");
}

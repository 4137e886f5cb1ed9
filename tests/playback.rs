//! What really comes out: a sound server's null sink is recorded while the player plays on it.
#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use earmark::interview::{AnswerId, Moment};
use earmark::player::{Choice, Load, PlayerHandle, Report, start};
use earmark::sound::mixer::Slot;
use earmark::sound::wav;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::voice::{RATE, cents, median, pitches, voice};

/// What is measured here must not be disturbed by another test here.
static ALONE: Mutex<()> = Mutex::new(());

const SECONDS: f32 = 6.0;
const HZ: f32 = 150.0;
/// Milliseconds of nothing that are no hole.
const MOST_HOLE: f32 = 3.0;
/// A position is asked for this often while it is waited for; asking all the time would starve what is tested.
const LOOK: Duration = Duration::from_millis(5);

/// A sound server of our own with a sink that nobody hears; ends with its owner.
struct Server {
    folder: tempfile::TempDir,
    process: Child,
}

impl Server {
    /// None where no server is installed.
    fn start() -> Option<Server> {
        let folder = tempfile::tempdir().expect("a folder");
        let pulse = folder.path().join("pulse");
        std::fs::create_dir(&pulse).expect("a folder");
        let socket = pulse.join("native");
        let modules = format!(
            "load-module module-native-protocol-unix socket={} auth-anonymous=1\n\
             load-module module-null-sink sink_name=rev rate=48000 channels=2 format=float32le\nset-default-sink rev\n",
            socket.display()
        );
        std::fs::write(folder.path().join("server.pa"), modules).expect("a file");
        let process = Self::serve(&folder).ok()?;
        let server = Server { folder, process };
        server.wait_for_sink();
        Some(server)
    }

    fn serve(folder: &tempfile::TempDir) -> std::io::Result<Child> {
        Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "-F"])
            .arg(folder.path().join("server.pa"))
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("PULSE_RUNTIME_PATH", folder.path().join("pulse"))
            .env("HOME", folder.path())
            .stderr(Stdio::null())
            .spawn()
    }

    /// Dies without a word, as a server does.
    fn die(&mut self) {
        self.process.kill().expect("our own process");
        self.process.wait().expect("our own process");
        // It leaves its socket behind, and would not take its place again.
        let _ = std::fs::remove_file(self.folder.path().join("pulse/native"));
    }

    fn come_back(&mut self) {
        self.process = Self::serve(&self.folder).expect("it was there before");
        self.wait_for_sink();
    }

    fn address(&self) -> String {
        format!("unix:{}", self.folder.path().join("pulse/native").display())
    }

    fn wait_for_sink(&self) {
        let late = Instant::now() + Duration::from_secs(20);
        let listed = || {
            let sinks = Command::new("pactl").args(["list", "short", "sinks"]).env("PULSE_SERVER", self.address()).output();
            sinks.is_ok_and(|sinks| String::from_utf8_lossy(&sinks.stdout).contains("rev"))
        };
        while !listed() {
            assert!(Instant::now() < late, "the sound server did not come up");
        }
    }

    /// Records what the sink plays while `play` runs, until it has been silent again.
    fn record(&self, play: impl FnOnce()) -> Vec<f32> {
        let mut recorder = Command::new("parec")
            .args(["-d", "rev.monitor", "--format=float32le", "--rate=48000", "--channels=1", "--latency-msec=20"])
            .env("PULSE_SERVER", self.address())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the recorder of the sound server");
        let mut tape = Tape::from(recorder.stdout.take().expect("a pipe"));
        // It records once the first silence is on the tape.
        tape.wait(|samples| samples.len() > 4_800);
        play();
        tape.wait(|samples| {
            let heard = samples.iter().any(|s| s.abs() > 0.001);
            heard && samples.iter().rev().take(9_600).all(|s| s.abs() < 0.001)
        });
        recorder.kill().expect("our own process");
        recorder.wait().expect("our own process");
        tape.samples
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Samples as they come from the recorder.
struct Tape {
    incoming: Receiver<Vec<u8>>,
    odd: Vec<u8>,
    samples: Vec<f32>,
}

impl Tape {
    fn from(mut pipe: impl Read + Send + 'static) -> Tape {
        let (to, incoming) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = pipe.read(&mut buffer) {
                if count == 0 || to.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Tape { incoming, odd: Vec::new(), samples: Vec::new() }
    }

    fn wait(&mut self, done: impl Fn(&[f32]) -> bool) {
        let late = Instant::now() + Duration::from_secs(60);
        while !done(&self.samples) {
            match self.incoming.recv_timeout(late.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.odd.extend(bytes),
                Err(RecvTimeoutError::Timeout) => panic!("nothing of what was expected is on the tape"),
                Err(RecvTimeoutError::Disconnected) => panic!("the recorder ended"),
            }
            let whole = self.odd.len() / 4 * 4;
            let fresh = self.odd.drain(..whole).collect::<Vec<_>>();
            self.samples.extend(fresh.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])));
        }
    }
}

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

/// What is recorded at a speed; anew, up to twice, when there is a hole: a machine that others keep busy starves the server, the recorder
/// or the player now and then, and a fault of ours would be there each time.
fn recording(server: &Server, speed: u16) -> Vec<f32> {
    let record = || server.record(|| play_elsewhere(server, speed));
    let mut best = record();
    for _ in 0..2 {
        if longest_hole(sound(&best)) < MOST_HOLE {
            break;
        }
        best = record();
    }
    best
}

#[test]
fn twice_the_speed_takes_half_the_time_at_the_same_pitch_without_holes() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(server) = Server::start() else {
        eprintln!("skipped: pulseaudio is not installed");
        return;
    };
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
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(mut server) = Server::start() else {
        eprintln!("skipped: pulseaudio is not installed");
        return;
    };
    let mut elsewhere = player_elsewhere(&server, "playback::outlives_its_sound_server", 100).spawn().expect("this test");
    let mut lines = BufReader::new(elsewhere.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let mut until = |word: &str| assert!(lines.any(|line| line.contains(word)), "it never said {word:?}");
    until("a second was heard");
    server.die();
    until("paused in its place");
    server.come_back();
    until("found again");
    until("plays on");
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
}

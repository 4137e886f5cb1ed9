//! A sound server with a sink that nobody hears, and a recorder of what it plays.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A sound server of our own with a sink that nobody hears; ends with its owner.
pub(super) struct Server {
    folder: tempfile::TempDir,
    process: Child,
}

impl Server {
    /// None where no server is installed; says so.
    pub(super) fn start() -> Option<Server> {
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
        let Ok(process) = Self::serve(&folder) else {
            crate::parts::absent("there is no pulseaudio");
            return None;
        };
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
    pub(super) fn die(&mut self) {
        self.process.kill().expect("our own process");
        self.process.wait().expect("our own process");
        // It leaves its socket behind, and would not take its place again.
        let _ = std::fs::remove_file(self.folder.path().join("pulse/native"));
    }

    pub(super) fn come_back(&mut self) {
        self.process = Self::serve(&self.folder).expect("it was there before");
        self.wait_for_sink();
    }

    pub(super) fn address(&self) -> String {
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
    pub(super) fn record(&self, play: impl FnOnce()) -> Vec<f32> {
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

/// Runs one of the ignored tests of this binary in a process of its own, which finds the server by its environment. What it says is shown.
///
/// # Panics
/// When it fails.
pub(super) fn elsewhere(server: &Server, test: &str, told: &[(&str, String)]) {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", test, "--ignored", "--nocapture"]).env("PULSE_SERVER", server.address());
    command.env(ELSEWHERE, server.process.id().to_string());
    command.envs(told.iter().map(|(name, value)| (*name, value.as_str()))).stdout(Stdio::null());
    let ended = command.status().expect("this test");
    assert!(ended.success(), "{test} failed");
}

/// Whether this process was started by [`elsewhere`], beside a sound server.
pub(super) fn is_elsewhere() -> bool {
    std::env::var_os(ELSEWHERE).is_some()
}

/// The server's process, where this process was started by [`elsewhere`].
pub(super) fn server_process() -> Option<u32> {
    std::env::var(ELSEWHERE).ok()?.parse().ok()
}

const ELSEWHERE: &str = "EARMARK_TEST_BESIDE_SERVER";

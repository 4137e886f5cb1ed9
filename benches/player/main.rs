//! How soon the player does what it is told, what it holds in memory and what playing costs, on a real sound server whose sink nobody
//! hears. `cargo bench --bench player [-- reaction | start | memory | session | cost]`. A missed limit is an exit code of 1, unless the machine is too busy to judge by.
#![allow(clippy::print_stdout, clippy::print_stderr)] // printing is what it is for

mod cost;
#[path = "../../tests/playback/ear.rs"]
#[allow(dead_code)]
mod ear;
#[path = "../terminal/figures.rs"]
#[allow(dead_code)]
mod figures;
mod memory;
#[path = "../../tests/parts.rs"]
#[allow(dead_code)]
mod parts;
mod reaction;
#[path = "../../tests/playback/server.rs"]
#[allow(dead_code)]
mod server;
mod session;
mod start;

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use earmark::interview::{AnswerId, Moment};
use earmark::player::{Choice, Load, PlayerHandle, Report, start as start_player};
use earmark::sound::mixer::Slot;
use earmark::sound::{Prepared, Recording, prepare, wav};
use tokio::sync::mpsc::UnboundedReceiver;

use figures::Limits;
use server::Server;

/// Set in the process that finds the server by its environment.
const BESIDE: &str = "EARMARK_BENCH_BESIDE_SERVER";
/// A device's buffer, in ms: what was asked for before a command is heard before what it asks for.
const BUFFER_MS: f64 = 2.0 * 2048.0 / 48.0;

fn main() -> ExitCode {
    // Decoding goes on in a child here too.
    if let Some(ended) = earmark::fence::take_part(&std::env::args_os().collect::<Vec<_>>()) {
        return ended;
    }
    if std::env::var_os(BESIDE).is_none() {
        let Some(server) = Server::start() else { return ExitCode::SUCCESS };
        let mut again = Command::new(std::env::current_exe().expect("this program"));
        let ended = again.args(std::env::args_os().skip(1)).env("PULSE_SERVER", server.address()).env(BESIDE, "1").status();
        return ExitCode::from(u8::from(!ended.expect("this program").success()));
    }
    let mut limits = Limits::default();
    println!("load {}", figures::load_in_words());
    let named: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let parts: [(&str, Part); 5] = [
        ("reaction", reaction::run),
        ("start", start::run),
        ("memory", memory::run),
        ("session", session::run),
        ("cost", cost::run),
    ];
    for (name, part) in parts {
        if named.is_empty() || named.iter().any(|named| named == name) {
            part(&mut limits);
        }
    }
    limits.judge()
}

/// One of the bench's parts.
type Part = fn(&mut Limits);

/// A player on the server.
struct Stage {
    player: PlayerHandle,
    reports: UnboundedReceiver<Report>,
}

impl Stage {
    fn new() -> Stage {
        let (player, reports) = start_player(Choice::Pulse).expect("a thread");
        Stage { player, reports }
    }

    /// Waits for a report.
    fn until(&mut self, wanted: impl Fn(&Report) -> bool) {
        while !wanted(&self.reports.blocking_recv().expect("the player lives")) {}
    }

    /// In ms, how long it takes from `ask` until a place that is `wanted` was handed to the device.
    fn takes(&self, ask: impl FnOnce(&PlayerHandle), wanted: impl Fn(&earmark::player::Position) -> bool) -> f64 {
        let asked = Instant::now();
        ask(&self.player);
        while !self.player.handed().is_some_and(|position| wanted(&position)) {
            assert!(asked.elapsed() < Duration::from_secs(10), "it never came: {:?}", self.player.handed());
            std::thread::sleep(Duration::from_micros(200));
        }
        asked.elapsed().as_secs_f64() * 1e3
    }
}

/// Something to hear: a tone that comes and goes four times a second, of its own pitch.
fn recording(nth: usize, seconds: f32) -> Recording {
    let hz = 150.0 + 17.0 * nth as f32;
    let sample = |i: usize| {
        let t = i as f32 / 48_000.0;
        (t * hz * std::f32::consts::TAU).sin() * 0.2 * (t * 4.0 * std::f32::consts::PI).sin().abs()
    };
    wav::bytes(&(0..(seconds * 48_000.0) as usize).map(sample).collect::<Vec<_>>()).into()
}

fn measured(bytes: &Recording) -> Prepared {
    prepare(bytes.clone(), None).expect("a whole file").1
}

fn load(slot: Slot, nth: usize, bytes: &Recording, prepared: Option<&Prepared>) -> Load {
    let answer = AnswerId::derive(&["bench", &nth.to_string()]);
    Load { slot, answer, bytes: bytes.clone(), hint: None, prepared: prepared.cloned(), at: Moment::START }
}

//! Nothing that is asked of the player is ever forgotten for a while: of thousands of commands the slowest is looked at.

use std::time::{Duration, Instant};

use earmark::interview::{AnswerId, Moment};
use earmark::player::{Choice, Load, PlayerHandle, Position, Report, start};
use earmark::sound::mixer::Slot;
use earmark::sound::wav;
use tokio::sync::mpsc::UnboundedReceiver;

use super::alone;
use super::canary::Canary;
use super::ear::Ear;
use super::position::Random;
use super::server::{Server, elsewhere, is_elsewhere};
use crate::voice::tone;

const COMMANDS: &str = "EARMARK_TEST_COMMANDS";
const SECONDS: f32 = 30.0;
/// What a command may take until the first sample of what it asks for is handed to the device: 20 ms, and one of its buffers.
const MOST: Duration = Duration::from_millis(20 + 85);
/// How often it is looked.
const LOOK: Duration = Duration::from_micros(500);
/// One that takes so long is looked into.
const LONG: Duration = Duration::from_millis(200);

#[test]
fn every_one_of_a_hundred_commands_reaches_the_device_within_20_ms_and_a_buffer() {
    measured_elsewhere(100);
}

#[test]
#[ignore = "takes five minutes"]
fn every_one_of_three_thousand_commands_reaches_the_device_within_20_ms_and_a_buffer() {
    if !is_elsewhere() {
        measured_elsewhere(3_000);
    }
}

fn measured_elsewhere(commands: u32) {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    let commands = std::env::var(COMMANDS).unwrap_or(commands.to_string());
    elsewhere(&server, "playback::reaction::obeys_at_once", &[(COMMANDS, commands)]);
}

#[test]
#[ignore = "run by the tests above in a process of its own"]
fn obeys_at_once() {
    let commands = std::env::var(COMMANDS).ok().and_then(|commands| commands.parse().ok()).filter(|_| is_elsewhere());
    let Some(commands) = commands else { return };
    // A null sink that nobody hears makes silence for two seconds ahead when idle, and cannot take it back: whoever comes then, PulseAudio's
    // own pacat too, is asked for the first buffer at once and for the second when that is over.
    let mut ear = Ear::listen();
    let mut stage = Stage::playing(Choice::Pulse);
    let canary = Canary::begin();
    let mut act = || {
        ear.take();
        stage.act()
    };
    let took: Vec<Took> = (0..commands).map(|_| act()).collect();
    eprintln!("{commands} commands; {}", canary.told());
    let mut slow = 0;
    for kind in ["seek", "switch", "speed"] {
        let mut all: Vec<&Took> = took.iter().filter(|took| took.what == kind).collect();
        all.sort_by_key(|took| took.time);
        let at = |part: f64| all[((all.len() - 1) as f64 * part) as usize].time.as_secs_f64() * 1e3;
        eprintln!(
            "{kind}: median {:.1} ms, 95% {:.1}, 99% {:.1}, most {:.1} (n {})",
            at(0.5),
            at(0.95),
            at(0.99),
            at(1.0),
            all.len()
        );
        for took in all.iter().filter(|took| took.time > MOST) {
            let (from, to) = (took.at, took.at + took.time);
            let blamed = canary.is_to_blame(from, to, took.time - MOST);
            slow += u32::from(!blamed);
            let held_up = canary.held_up(from, to).as_millis();
            eprintln!(
                "  {:.1} ms, held up {held_up} ms{}; meanwhile {:?}\n{}",
                took.time.as_secs_f64() * 1e3,
                if blamed { ", the machine's doing" } else { "" },
                took.reports,
                took.threads
            );
        }
    }
    assert_eq!(slow, 0, "commands that took longer than {MOST:?}, and no other process is to blame");
}

/// How long a command took.
struct Took {
    what: &'static str,
    at: Instant,
    time: Duration,
    /// What the player said meanwhile.
    reports: Vec<Report>,
    /// What the threads did after a while, where it took long.
    threads: String,
}

struct Stage {
    player: PlayerHandle,
    reports: UnboundedReceiver<Report>,
    random: Random,
    speed: u16,
}

impl Stage {
    /// A player with a tone in each slot, which plays.
    fn playing(choice: Choice) -> Stage {
        let (player, mut reports) = start(choice).expect("a thread");
        for slot in Slot::ALL {
            let answer = AnswerId::derive(&["tone", &slot.index().to_string()]);
            let bytes = wav::bytes(&tone(SECONDS, 170.0, 0.2)).into();
            player.load(Load { slot, answer, bytes, hint: None, prepared: None, at: Moment::START });
        }
        let mut measured = 0;
        while measured < 4 {
            measured += u32::from(matches!(reports.blocking_recv().expect("the player lives"), Report::Measured { .. }));
        }
        player.play();
        while !matches!(reports.blocking_recv().expect("the player lives"), Report::Playing { .. }) {}
        Stage { player, reports, random: Random(5), speed: 100 }
    }

    /// Asks for something else than what is, at any time between two of the device's own questions.
    fn act(&mut self) -> Took {
        std::thread::sleep(Duration::from_millis(50 + u64::from(self.random.below(43))));
        let slot = self.player.handed().expect("an answer").slot;
        // Never into the last seconds: at an end it stops.
        match self.random.below(3) {
            0 => {
                let now = self.player.handed().expect("an answer").at.0;
                let to = Moment((now + 5_000 + self.random.below(10_000)) % 20_000);
                self.takes("seek", |player| player.seek(slot, to), |now| now.at >= to && now.at.0 < to.0 + 4_000)
            }
            1 => {
                let to = Slot::ALL[(slot.index() + 1 + self.random.below(3) as usize) % 4];
                self.player.seek(to, Moment(1_000));
                self.takes("switch", |player| player.switch(to), |now| now.slot == to)
            }
            _ => {
                self.speed = 50 + (self.speed - 50 + 5 + 5 * self.random.below(50) as u16) % 255;
                let wanted = f32::from(self.speed) / 100.0;
                self.takes("speed", |player| player.speed((wanted * 100.0).round() as u16), |now| now.speed == wanted)
            }
        }
    }

    fn takes(&mut self, what: &'static str, ask: impl FnOnce(&PlayerHandle), wanted: impl Fn(&Position) -> bool) -> Took {
        while self.reports.try_recv().is_ok() {}
        let at = Instant::now();
        let mut threads = String::new();
        ask(&self.player);
        while !self.player.handed().is_some_and(|position| wanted(&position)) {
            assert!(at.elapsed() < Duration::from_secs(10), "{what} never came: {:?}", self.player.handed());
            if threads.is_empty() && at.elapsed() > LONG {
                threads = all_threads();
            }
            std::thread::sleep(LOOK);
        }
        let time = at.elapsed();
        let reports = std::iter::from_fn(|| self.reports.try_recv().ok()).collect();
        Took { what, at, time, reports, threads }
    }
}

/// What each thread of this process waits for.
fn all_threads() -> String {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let one = |folder: std::path::PathBuf| {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default().trim().to_owned();
        let state = read("stat").rsplit_once(')').map_or(String::new(), |(_, rest)| rest.trim().chars().take(1).collect());
        format!("    {} {state} {}\n", read("comm"), read("wchan"))
    };
    threads.map(|thread| one(thread.path())).collect()
}

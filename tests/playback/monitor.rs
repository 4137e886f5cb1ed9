//! Nothing of what a reviewer does makes a click or a hole: a sink's monitor is recorded while commands come at random.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use earmark::interview::{AnswerId, Moment, Span};
use earmark::player::{Choice, Load, PlayerHandle, Report, start};
use earmark::sound::mixer::Slot;
use earmark::sound::wav;

use super::alone;
use super::canary::Canary;
use super::ear::Ear;
use super::listen::{HIGHEST_HZ, Listener};
use super::position::Random;
use super::server::{Server, elsewhere, is_elsewhere};
use crate::voice::tone;

const SECONDS: &str = "EARMARK_TEST_SECONDS";
/// Seconds of each answer.
const LONG: f32 = 60.0;
/// A pause is over so long after it was said, at the latest: the device's buffer, and what stood in it.
const WAKING: Duration = Duration::from_millis(400);

#[test]
fn a_minute_of_random_commands_has_no_click_and_no_hole() {
    heard_elsewhere(60);
}

#[test]
#[ignore = "takes half an hour"]
fn half_an_hour_of_random_commands_has_no_click_and_no_hole() {
    if !is_elsewhere() {
        heard_elsewhere(1_800);
    }
}

fn heard_elsewhere(seconds: u32) {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    let seconds = std::env::var(SECONDS).unwrap_or(seconds.to_string());
    elsewhere(&server, "playback::monitor::plays_without_a_fault", &[(SECONDS, seconds)]);
}

/// Another process that keeps a core busy while it lives.
struct Busy(Child);

impl Busy {
    fn begin() -> Busy {
        let spin = Command::new("sh").args(["-c", "while :; do :; done"]).stdin(Stdio::null()).spawn();
        Busy(spin.expect("a shell"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "run by the tests above in a process of its own"]
fn plays_without_a_fault() {
    let Some(seconds) = std::env::var(SECONDS).ok().and_then(|s| s.parse::<u32>().ok()).filter(|_| is_elsewhere()) else { return };
    let mut ear = Ear::listen();
    let (player, _reports) = four_tones();
    let level = levelled(&player, &mut ear);
    let mut listener = Listener::of(level);
    let canary = Canary::begin();
    let mut hands = Hands { player, random: Random(11), silent: Vec::new(), looping: None, told: Vec::new() };
    let start = Instant::now();
    let mut busy = None;
    let (mut first, mut done) = (None, 0u32);
    while start.elapsed().as_secs() < u64::from(seconds) {
        // The second half of each minute, another process wants all it can get.
        busy = if start.elapsed().as_secs() % 60 < 30 { None } else { busy.or_else(|| Some(Busy::begin())) };
        hands.act();
        done += 1;
        std::thread::sleep(Duration::from_millis(u64::from(700 + hands.random.below(600))));
        ear.glance();
        let (at, samples) = ear.take();
        first.get_or_insert(at);
        listener.hear(&samples);
    }
    drop(busy);
    let first = first.unwrap_or(0);
    eprintln!("{seconds} s, {done} commands, {} pauses; {}", hands.silent.len(), canary.told());
    eprintln!("the level is {level:.3}; a jump of {:.4} is a click", listener.hears_from());
    let time = |sample: u64| ear.time_of(first + sample);
    let mut holes: Vec<_> = listener.holes.iter().map(|(from, to)| (time(*from), time(*to))).collect();
    holes.retain(|(from, to)| !hands.silent.iter().any(|(start, end)| from >= start && *to <= *end + WAKING));
    let clicks: Vec<_> = listener.clicks.iter().map(|(at, _)| (time(*at), time(*at))).collect();
    let after = |at: Instant| {
        let last = hands.told.iter().rev().find(|(told, _)| *told <= at);
        last.map_or_else(String::new, |(told, what)| format!(", {} ms after: {what}", (at - *told).as_millis()))
    };
    let faults = [told("hole", &holes, start, &canary, &after), told("click", &clicks, start, &canary, &after)];
    assert_eq!(faults, [0, 0], "holes and clicks that no other process is to blame for");
}

/// Says which faults there were; returns how many of them came while the machine let nobody wait.
fn told(what: &str, faults: &[(Instant, Instant)], start: Instant, canary: &Canary, after: &impl Fn(Instant) -> String) -> usize {
    let (blamed, ours): (Vec<_>, Vec<_>) = faults.iter().partition(|(from, to)| canary.is_to_blame(*from, *to));
    let shown = |faults: &[&(Instant, Instant)]| {
        let one = |(from, to): &&(Instant, Instant)| {
            let (at, long) = ((*from - start).as_secs_f64(), (*to - *from).as_secs_f64() * 1e3);
            let (held_up, still) = (canary.held_up(*from, *to).as_millis(), canary.stood_still(*from, *to).as_millis());
            format!("{at:.2} s ({long:.1} ms, held up {held_up} ms, the machine stood still {still} ms{})", after(*from))
        };
        faults.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    eprintln!(
        "{what}s: {} [{}]; while the machine held up what the sound passes through: {} [{}]",
        ours.len(),
        shown(&ours),
        blamed.len(),
        shown(&blamed)
    );
    ours.len()
}

/// A player with a tone in each slot, all measured.
fn four_tones() -> (PlayerHandle, tokio::sync::mpsc::UnboundedReceiver<Report>) {
    let (player, mut reports) = start(Choice::Pulse).expect("a thread");
    for slot in Slot::ALL {
        let answer = AnswerId::derive(&["tone", &slot.index().to_string()]);
        let bytes = wav::bytes(&tone(LONG, HIGHEST_HZ - 30.0 * slot.index() as f32, 0.2)).into();
        player.load(Load { slot, answer, bytes, hint: None, prepared: None, at: Moment::START });
    }
    let mut measured = 0;
    while measured < 4 {
        let report = reports.blocking_recv().expect("the player lives");
        measured += u32::from(matches!(report, Report::Measured { .. }));
    }
    (player, reports)
}

/// Plays all four for a moment; returns the level of the loudest as it comes out.
fn levelled(player: &PlayerHandle, ear: &mut Ear) -> f32 {
    player.play();
    for slot in Slot::ALL {
        player.switch(slot);
        std::thread::sleep(Duration::from_millis(700));
    }
    let (_, samples) = ear.take();
    samples.iter().fold(0.0, |most, sample| sample.abs().max(most))
}

/// What does as a hasty reviewer would.
struct Hands {
    player: PlayerHandle,
    random: Random,
    /// From when to when nothing shall sound.
    silent: Vec<(Instant, Instant)>,
    looping: Option<Slot>,
    /// What was told the player, and when.
    told: Vec<(Instant, &'static str)>,
}

impl Hands {
    fn act(&mut self) {
        let position = self.player.position().expect("an answer");
        let slot = position.slot;
        if let Some(slot) = self.looping.take() {
            self.player.repeat(slot, None);
        }
        let to = Moment(self.random.below(40_000));
        let what = self.random.below(10);
        let names = ["seek", "seek", "seek", "speed", "speed", "switch", "switch", "loop", "several seeks", "rest"];
        self.told.push((Instant::now(), names[what as usize]));
        match what {
            _ if position.at.0 > 45_000 => self.player.seek(slot, to),
            0..3 => self.player.seek(slot, to),
            3..5 => self.player.speed(50 + 5 * self.random.below(51) as u16),
            5..7 => self.player.switch(Slot::ALL[(slot.index() + 1 + self.random.below(3) as usize) % 4]),
            7 => {
                let span = Span { start: position.at, end: position.at.shifted(150 + i64::from(self.random.below(400))) };
                self.player.repeat(slot, Some(span));
                self.looping = Some(slot);
            }
            8 => self.several(slot, to),
            _ => self.rest(),
        }
    }

    /// Commands on each other's heels, as keys that are held down give them.
    fn several(&mut self, slot: Slot, to: Moment) {
        for nth in 0..6 {
            self.player.seek(slot, to.shifted(i64::from(nth) * 500));
            std::thread::sleep(Duration::from_millis(u64::from(self.random.below(40))));
        }
    }

    fn rest(&mut self) {
        let paused = Instant::now();
        self.player.pause();
        // Short ones catch it while it fades or holds, long ones find the device closed.
        let ms = [5, 60, 200, 900, 3_600][self.random.below(5) as usize];
        std::thread::sleep(Duration::from_millis(ms));
        self.silent.push((paused, Instant::now()));
        self.player.play();
    }
}

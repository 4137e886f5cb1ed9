//! Nothing of what a reviewer does makes a click or a hole: a sink's monitor is recorded while commands come at random.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use earmark::interview::{AnswerId, Moment, Span};
use earmark::player::{Choice, Load, PlayerHandle, Report, start};
use earmark::sound::mixer::Slot;
use earmark::sound::wav;

use super::alone;
use super::canary::{Canary, at_edges};
use super::ear::Ear;
use super::listen::{HIGHEST_HZ, Listener};
use super::position::Random;
use super::server::{Server, elsewhere, is_elsewhere};
use crate::voice::{RATE, tone};

const SECONDS: &str = "EARMARK_TEST_SECONDS";
/// Seconds of each answer.
const LONG: f32 = 60.0;
/// A pause is over so long after it was said, at the latest: what the player may take, 20 ms, its buffer of 85 ms, and 100 ms of silence that
/// a null sink which hears nothing has made ahead.
const WAKING: Duration = Duration::from_millis(20 + 85 + 100);
/// Of the time in which something was to sound, so much did at least.
const SOUNDING: f64 = 0.95;
/// So many holes a minute may be the machine's doing; where it does more, what was recorded proves nothing.
const EXCUSED_A_MINUTE: f64 = 6.0;

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
    let (player, mut reports) = four_tones();
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
    listener.end_hole();
    let first = first.unwrap_or(0);
    eprintln!("{seconds} s, {done} commands, {} pauses; {}", hands.silent.len(), canary.told());
    eprintln!("the level is {level:.3}; a jump of {:.4} is a click", listener.hears_from());
    while let Ok(report) = reports.try_recv() {
        let gone =
            matches!(report, Report::DeviceLost { .. } | Report::NoDevice { .. } | Report::Failed { .. } | Report::Ended { .. });
        assert!(!gone, "{report:?}");
    }
    let paused: Duration = hands.silent.iter().map(|(from, to)| *to - *from + WAKING).sum();
    let wanted = (f64::from(seconds) - paused.as_secs_f64()) * f64::from(RATE);
    eprintln!(
        "{:.1} s were recorded; {:.1} s sound of {:.1} s",
        secs(listener.heard),
        secs(listener.sounding()),
        wanted / f64::from(RATE)
    );
    assert!(listener.heard as f64 > SOUNDING * f64::from(seconds) * f64::from(RATE), "the recorder stopped");
    assert!(listener.sounding() as f64 > SOUNDING * wanted, "it fell silent");

    let time = |sample: u64| ear.time_of(first + sample);
    let mut holes: Vec<_> = listener.holes.iter().map(|(from, to)| (time(*from), time(*to))).collect();
    let woke = |hole: &(Instant, Instant)| {
        // What is in the device's buffer still sounds: a short pause is heard when it is over.
        let pause = hands.silent.iter().find(|(start, end)| hole.0 >= *start && hole.0 <= *end + WAKING)?;
        Some(hole.1.saturating_duration_since(pause.1))
    };
    let longest = holes.iter().filter_map(woke).max().unwrap_or_default();
    eprintln!("after a pause it sounds within {} ms", longest.as_millis());
    holes.retain(|hole| woke(hole).is_none_or(|waking| waking > WAKING));
    let clicks: Vec<_> = listener.clicks.iter().map(|(at, _)| time(*at)).collect();
    let after = |at: Instant| {
        let last = hands.told.iter().rev().find(|(told, _)| *told <= at);
        last.map_or_else(String::new, |(told, what)| format!(", {} ms after: {what}", (at - *told).as_millis()))
    };
    let is_excused = |(from, to): &(Instant, Instant)| canary.is_to_blame(*from, *to, *to - *from);
    let (excused, holes): (Vec<_>, Vec<_>) = holes.into_iter().partition(is_excused);
    let (edges, clicks) = at_edges(&clicks, &excused);
    let at_once = |clicks: &[Instant]| clicks.iter().map(|at| (*at, *at)).collect::<Vec<_>>();
    for (what, faults) in [
        ("holes", &holes),
        ("clicks", &at_once(&clicks)),
        ("holes that are the machine's", &excused),
        ("clicks at their edges", &at_once(&edges)),
    ] {
        eprintln!("{what}: {} [{}]", faults.len(), shown(faults, start, &canary, &after));
    }
    assert_eq!([holes.len(), clicks.len()], [0, 0], "holes and clicks that no other process is to blame for");
    let most = (EXCUSED_A_MINUTE * f64::from(seconds) / 60.0).ceil() as usize;
    assert!(excused.len() <= most, "the machine made {} holes in {seconds} s: that proves nothing of the player", excused.len());
}

fn secs(samples: u64) -> f64 {
    samples as f64 / f64::from(RATE)
}

/// When they were, how long, and what the machine did.
fn shown(faults: &[(Instant, Instant)], start: Instant, canary: &Canary, after: &impl Fn(Instant) -> String) -> String {
    let one = |(from, to): &(Instant, Instant)| {
        let (at, long) = (from.saturating_duration_since(start).as_secs_f64(), (*to - *from).as_secs_f64() * 1e3);
        let (held_up, still) = (canary.held_up(*from, *to).as_millis(), canary.stood_still(*from, *to).as_millis());
        format!("{at:.2} s ({long:.1} ms, held up {held_up} ms, the machine stood still {still} ms{})", after(*from))
    };
    faults.iter().map(one).collect::<Vec<_>>().join(", ")
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

//! The place that the player tells is the place that is heard: told positions against what a sink's monitor recorded.

use std::time::{Duration, Instant};

use earmark::interview::{AnswerId, Moment};
use earmark::player::{Choice, Load, PlayerHandle, Position, start};
use earmark::sound::mixer::Slot;
use earmark::sound::wav;

use super::canary::Canary;
use super::ear::Ear;
use super::server::{Server, elsewhere, is_elsewhere};
use super::sweep::{after, heard, sweep};
use super::{LOOK, alone};

/// Seconds of each of the four answers.
const SECONDS: f64 = 60.0;
/// How far a told place may be from the heard one, in ms of real time.
const MOST_MS: f64 = 30.0;
/// In what a told place is looked for at most.
const FAR_MS: f64 = 150.0;
const ACTIONS: &str = "EARMARK_TEST_ACTIONS";

#[test]
fn the_place_that_is_told_is_heard_within_30_ms() {
    measured_elsewhere(20);
}

#[test]
#[ignore = "takes a minute"]
fn the_place_that_is_told_is_heard_within_30_ms_after_100_actions() {
    if !is_elsewhere() {
        measured_elsewhere(100);
    }
}

fn measured_elsewhere(actions: u32) {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    elsewhere(&server, "playback::position::tells_where_it_is", &[(ACTIONS, actions.to_string())]);
}

/// A place that was told, and when.
struct Told {
    at: Instant,
    position: Position,
}

/// Something that was done, and when it was said.
#[derive(Clone, Copy, Debug)]
enum Act {
    Seek(u32),
    Speed(u16),
    Switch(Slot),
    Resume,
}

#[test]
#[ignore = "run by the tests above in a process of its own"]
fn tells_where_it_is() {
    if !is_elsewhere() {
        return;
    }
    let actions = std::env::var(ACTIONS).ok().and_then(|actions| actions.parse().ok()).unwrap_or(20);
    let mut ear = Ear::listen();
    let (player, _reports) = four_answers();
    let canary = Canary::begin();
    let mut told = Vec::new();
    player.play();
    let mut acts = vec![(Instant::now(), Act::Resume)];
    watch(&player, &mut ear, 1_000, &mut told);
    let mut random = Random(7);
    for _ in 0..actions {
        acts.push(act(&player, &mut random));
        let ms = 350 + random.below(300);
        watch(&player, &mut ear, ms, &mut told);
        if player.position().is_some_and(|position| position.at.0 > 50_000) {
            acts.push((Instant::now(), Act::Seek(5_000)));
            player.seek(player.position().expect("an answer").slot, Moment(5_000));
        }
    }
    std::thread::sleep(Duration::from_millis(500));
    ear.glance();
    let tape = Tape::of(&mut ear);
    eprintln!("{} places told; {}", told.len(), canary.told());
    told.retain(|told| !canary.was_starved(told.at, told.at));
    judge(&tape, &ear, &told);
    reaction(&tape, &ear, &acts);
}

/// A player with a sweep in each slot.
fn four_answers() -> (PlayerHandle, tokio::sync::mpsc::UnboundedReceiver<earmark::player::Report>) {
    let (player, mut reports) = start(Choice::Pulse).expect("a thread");
    for slot in Slot::ALL {
        let answer = AnswerId::derive(&["sweep", &slot.index().to_string()]);
        let bytes = wav::bytes(&sweep(slot.index(), SECONDS)).into();
        player.load(Load { slot, answer, bytes, hint: None, prepared: None, at: Moment(500) });
    }
    let mut measured = 0;
    while measured < 4 {
        let report = reports.blocking_recv().expect("the player lives");
        measured += u32::from(matches!(report, earmark::player::Report::Measured { .. }));
    }
    (player, reports)
}

fn act(player: &PlayerHandle, random: &mut Random) -> (Instant, Act) {
    let slot = player.position().expect("an answer").slot;
    let act = match random.below(8) {
        0..3 => Act::Seek(500 + random.below(45_000)),
        3..5 => Act::Speed(50 + 5 * random.below(51) as u16),
        5..7 => Act::Switch(Slot::ALL[(slot.index() + 1 + random.below(3) as usize) % 4]),
        _ => Act::Resume,
    };
    if let Act::Resume = act {
        player.pause();
        std::thread::sleep(Duration::from_millis(300));
    }
    let at = Instant::now();
    match act {
        Act::Seek(ms) => player.seek(slot, Moment(ms)),
        Act::Speed(speed) => player.speed(speed),
        Act::Switch(slot) => player.switch(slot),
        Act::Resume => player.play(),
    }
    (at, act)
}

/// Notes the told place for some time.
fn watch(player: &PlayerHandle, ear: &mut Ear, ms: u32, told: &mut Vec<Told>) {
    let until = Instant::now() + Duration::from_millis(u64::from(ms));
    while Instant::now() < until {
        let before = Instant::now();
        let position = player.position();
        if let Some(position) = position.filter(|position| position.playing && before.elapsed() < Duration::from_millis(1)) {
            told.push(Told { at: before, position });
        }
        if told.len().is_multiple_of(8) {
            ear.glance();
        }
        std::thread::sleep(LOOK);
    }
}

/// What was recorded, as places every 2 ms.
struct Tape(Vec<Option<(usize, f64)>>);

impl Tape {
    const STEP: usize = 96;

    fn of(ear: &mut Ear) -> Tape {
        let (_, samples) = ear.take();
        Tape((0..samples.len() / Self::STEP).map(|i| heard(&samples, i * Self::STEP)).collect())
    }

    fn heard(&self, index: i64) -> Option<(usize, f64)> {
        *self.0.get(usize::try_from(index).ok()?)?
    }

    /// How fast the sound goes around there: what is told of a new speed is of no use for what is heard at the old one.
    fn pace(&self, index: i64) -> Option<f64> {
        let (slot, ms) = self.heard(index)?;
        let beside = [(15, 1.0), (-15, -1.0)].into_iter().filter_map(|(by, sign)| {
            let (other, then) = self.heard(index + by)?;
            (other == slot).then_some(sign * after(then, ms) / 30.0)
        });
        beside.into_iter().find(|pace| (0.4..3.3).contains(pace))
    }

    /// How long before it was heard a place was told, in ms of real time.
    fn early_by(&self, at: i64, position: &Position) -> Option<f64> {
        let speed = f64::from(position.speed);
        let here = at / Self::STEP as i64;
        let outward = (0..=(FAR_MS / 2.0) as i64).flat_map(|i| [here + i, here - i]);
        let lags = outward.filter_map(|index| {
            let (slot, ms) = self.heard(index)?;
            let apart = after(f64::from(position.at.0), ms) / self.pace(index).unwrap_or(speed);
            let later = (index * Self::STEP as i64 - at) as f64 / 48.0;
            (slot == position.slot.index()).then_some(later + apart)
        });
        // The nearest in time that fits; a place that is told while another is still heard fits nothing near.
        let mut best: Option<f64> = None;
        for lag in lags {
            if lag.abs() <= MOST_MS {
                return Some(lag);
            }
            best = Some(best.map_or(lag, |best| if lag.abs() < best.abs() { lag } else { best }));
        }
        best
    }
}

fn judge(tape: &Tape, ear: &Ear, told: &[Told]) {
    let found: Vec<Option<f64>> = told.iter().map(|told| tape.early_by(ear.sample_at(told.at), &told.position)).collect();
    let nowhere = found.iter().filter(|early| early.is_none()).count();
    let early: Vec<f64> = found.iter().flatten().copied().collect();
    eprintln!("{} places are judged; when the sink plays is known to {:.1} ms", told.len(), ear.spread_ms());
    eprintln!("told before heard, ms of real time: {}", distribution(early.clone()));
    let far = early.iter().filter(|early| early.abs() > MOST_MS).count() + nowhere;
    if far > 0 {
        for (told, early) in told.iter().zip(&found).filter(|(_, early)| early.is_none_or(|early| early.abs() > MOST_MS)) {
            eprintln!("  {:?} {:?} {early:?}", told.at, told.position);
        }
    }
    assert!(early.len() > 200, "only {} places", early.len());
    assert_eq!(far, 0, "of {} told places so many are not heard within {MOST_MS} ms", told.len());
}

/// How long it takes until the ear hears what was asked for: seeks and switches, which have a place of their own.
fn reaction(tape: &Tape, ear: &Ear, acts: &[(Instant, Act)]) {
    let mut took = Vec::new();
    let mut resumed = Vec::new();
    for (at, act) in acts {
        let first = ear.sample_at(*at) / Tape::STEP as i64;
        let is_new = |heard: &Option<(usize, f64)>| match (act, heard) {
            (Act::Seek(to), Some((_, ms))) => (-20.0..300.0).contains(&after(*ms, f64::from(*to))),
            (Act::Switch(slot), Some((heard, _))) => *heard == slot.index(),
            (Act::Resume, Some(_)) => true,
            _ => false,
        };
        let after = tape.0.iter().skip(usize::try_from(first).unwrap_or(0)).position(is_new).map(|steps| steps as f64 * 2.0);
        match act {
            Act::Speed(_) => {}
            Act::Resume => resumed.extend(after),
            _ => took.extend(after),
        }
    }
    eprintln!("asked to heard, ms: seek and switch {}; play {}", distribution(took), distribution(resumed));
}

fn distribution(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |part: f64| values.get(((values.len().max(1) - 1) as f64 * part) as usize).copied().unwrap_or(f64::NAN);
    let [least, low, middle, high, most] = [0.0, 0.05, 0.5, 0.95, 1.0].map(at);
    format!("least {least:.1}, 5% {low:.1}, median {middle:.1}, 95% {high:.1}, most {most:.1} (n {})", values.len())
}

/// The same numbers each time (SplitMix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % u64::from(end)) as u32
    }
}

//! How fast and over which silences: by the reviewer's choice, by words per minute, by the batch's rules.

use std::sync::Arc;

use earmark::app::{Command, Effect, Event, Report};
use earmark::interview::{Moment, Span};
use earmark::journal::Act;
use earmark::protocol::{self, Rules};
use earmark::rubric::{Policy, Preset, Protocol};
use earmark::sound::{Downmix, Prepared, prepare};
use serde_json::json;

use crate::station::{Shelf, Station, batch, reviewer};

/// The speeds that the player was told, in order.
fn speeds(station: &Station) -> Vec<u16> {
    let speed = |effect: &Effect| match effect {
        Effect::Player(Command::Speed(speed)) => Some(*speed),
        _ => None,
    };
    station.asked.iter().filter_map(speed).collect()
}

fn skips(station: &Station) -> Vec<bool> {
    let skip = |effect: &Effect| match effect {
        Effect::Player(Command::SkipSilence(on)) => Some(*on),
        _ => None,
    };
    station.asked.iter().filter_map(skip).collect()
}

/// The batch with rules of its own.
fn ruled(rules: serde_json::Value) -> Shelf {
    let mut shelf = Shelf::new();
    shelf.act(reviewer("chief"), Act::Protocol { hash: protocol::hash(&rules), settings: rules, reason: None });
    shelf
}

#[test]
fn fine_keys_go_by_a_twentieth() {
    let mut station = Station::reviewing();
    station.press("= = =");
    assert_eq!(station.app.deck.speed, 165);
    station.press("-");
    assert_eq!(station.app.deck.speed, 160);
    station.press("-");
    assert!(station.screen(80, 24).contains("1.55x"));
    assert_eq!(speeds(&station)[1..], [155, 160, 165, 160, 155], "the player is told each");
}

#[test]
fn slow_speakers_become_faster_and_fast_ones_slower_up_to_the_same_words_a_minute() {
    let mut shelf = Shelf::new();
    // 38 words in 17 s of speech are 134 a minute; these are 85 and 254.
    let (slow, fast) = (shelf.answer(2, 1), shelf.answer(3, 1));
    for (answer, words) in [(slow, 24), (fast, 72)] {
        let mut here = shelf.here(answer);
        here.transcript = Some(Arc::new(batch::spoken(&"word ".repeat(words))));
        shelf.said.insert(answer, here);
    }
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).press("w");
    let mut heard = std::collections::BTreeMap::new();
    for _ in 0..5 {
        let target = station.app.deck.chosen.wpm.expect("it is led by words");
        heard.insert(station.answer(), (target, station.app.deck.speed));
        assert_eq!(speeds(&station).last(), Some(&station.app.deck.speed), "the player is told");
        station.press("n");
    }
    let (target, at) = heard[&slow];
    assert!((180..=200).contains(&target), "about what was heard: {target}");
    assert!(at > heard[&fast].1, "{heard:?}");
    assert!((i32::from(at) - i32::from(target) * 100 * 17 / 60 / 24).abs() <= 4, "{heard:?}");
}

#[test]
fn words_a_minute_are_shown_with_the_factor_and_changed_by_the_same_keys() {
    let mut station = Station::of("Mara", Shelf::new(), |start| (start.chosen.wpm, start.chosen.paced) = (Some(220), true));
    station.press("enter o enter").waits(3_000);
    assert!(station.screen(80, 24).contains("220 wpm (1.65x)"), "{}", station.screen(80, 24));
    station.press("] =");
    assert!(station.screen(80, 24).contains("245 wpm (1.85x)"), "{}", station.screen(80, 24));
    (0..40).for_each(|_| _ = station.press("]"));
    assert_eq!(station.says(), "600 words a minute is as far as it goes.");
    assert!(station.screen(80, 24).contains("600 wpm (3.0x)"), "the fastest that is heard well");
    station.press("{");
    assert!(station.screen(80, 24).contains(" 1.5x"), "a straight speed is a factor again");
    station.press("w");
    assert!(station.says().starts_with("Every answer at 600 words a minute"), "{}", station.says());
    station.press("w");
    assert_eq!((station.says(), station.app.deck.speed), ("Every answer at 1.5x.", 150));
}

#[test]
fn without_a_transcript_the_factor_holds_and_the_screen_says_why() {
    // Bram's last answer has none.
    let mut station = Station::of("Mara", Shelf::new(), |start| (start.chosen.wpm, start.chosen.paced) = (Some(220), true));
    station.press("enter o enter").waits(3_000);
    let unsaid = station.shelf.answer(2, 3);
    while station.answer() != unsaid {
        station.press("n");
    }
    assert_eq!(station.app.deck.speed, 150);
    assert_eq!(station.says(), "No words a minute here, because there is no transcript to count words in: 1.5x instead.");
    station.press("]");
    assert!(station.screen(80, 24).contains("1.6x (no wpm)"), "{}", station.screen(80, 24));
    station.press("n");
    assert!(station.screen(80, 24).contains("220 wpm"), "it leads again where words can be counted");
}

#[test]
fn each_column_has_its_own_pace() {
    let mut shelf = Shelf::new();
    let mut here = shelf.here(shelf.answer(2, 1));
    here.transcript = Some(Arc::new(batch::spoken(&"word ".repeat(72))));
    shelf.said.insert(shelf.answer(2, 1), here);
    let mut station = Station::of("Mara", shelf, |start| (start.chosen.wpm, start.chosen.paced) = (Some(220), true));
    station.press("enter").press("home x down x v enter").waits(3_000);
    let mut seen = std::collections::BTreeSet::new();
    for column in ["a", "b"] {
        station.press(column);
        seen.insert(station.app.deck.speed);
        assert_eq!(speeds(&station).last(), Some(&station.app.deck.speed));
    }
    // The first two of the order may both be usual speakers: then both have the same.
    assert!(seen.iter().all(|speed| [85, 165].contains(speed)), "{seen:?}");
}

#[test]
fn what_a_batch_fixes_holds_for_everyone_and_the_keys_say_why_they_do_nothing() {
    let mut station = Station::of("Mara", ruled(json!({ "playback": { "speed": 1.25, "skip_silence": "always" } })), |start| {
        (start.chosen.wpm, start.chosen.paced) = (Some(220), true);
    });
    station.press("enter o enter").waits(3_000);
    assert_eq!((speeds(&station), skips(&station)), (vec![125], vec![true]), "before the first sound");
    for key in ["[", "]", "-", "=", "backspace", "{", "}", "w"] {
        station.press(key);
        assert_eq!(station.says(), "This batch is heard at 1.25x by everyone: its protocol fixes the speed.", "{key}");
    }
    station.press("s");
    assert_eq!(station.says(), "Silences are skipped by everyone in this batch: its protocol says so.");
    station.hears(4);
    assert!(matches!(station.acts().last(), Some(Act::Heard { speed: 125, .. })));
    assert_eq!((speeds(&station), skips(&station)), (vec![125], vec![true]));
    // What one chose oneself is there again elsewhere.
    station.press("q q");
    assert_eq!((station.app.deck.speed, station.app.deck.skip_silence, station.app.deck.chosen.wpm), (150, false, Some(220)));
}

#[test]
fn audit_is_heard_at_one_speed_with_every_silence() {
    let audit = Rules { protocol: Protocol::preset(Preset::Audit), policy: Policy::preset(Preset::Audit) };
    let mut station = Station::of("Mara", ruled(protocol::settings(&audit)), |start| start.chosen.skip_silence = true);
    station.press("enter o enter").waits(3_000).press("]");
    assert_eq!((station.app.deck.speed, station.app.deck.skip_silence), (100, false));
    station.press("s");
    assert_eq!(station.says(), "Silences are heard by everyone in this batch: its protocol says so.");
}

#[test]
fn a_rule_that_a_colleague_makes_holds_at_once() {
    let mut station = Station::reviewing();
    let rules = json!({ "playback": { "speed": "free", "skip_silence": "never" } });
    let event = station.shelf.act(reviewer("chief"), Act::Protocol { hash: protocol::hash(&rules), settings: rules, reason: None });
    station.press("s");
    assert_eq!(skips(&station), [false, true]);
    station.happens(Event::Others(vec![event]));
    assert_eq!(skips(&station), [false, true, false]);
    assert!(!station.app.deck.skip_silence);
}

#[test]
fn what_is_skipped_is_seen_in_the_waveform_and_the_transcript_keeps_its_length() {
    let mut station = Station::reviewing();
    // Nobody speaks before 1.1 s, from 8.85 s to 10.1 s, and from 18.85 s on.
    let heard = station.screen(80, 24);
    for pause in ["·1.1 s·", "·1.2 s·"] {
        assert!(heard.contains(pause), "{pause}: {heard}");
    }
    assert!(!heard.contains("−") && !heard.contains('»'), "{heard}");
    station.press("s j");
    let skipped = station.screen(80, 24);
    // 0.85 s of each second: 75 ms stay on both sides.
    assert!(skipped.contains("−2.5 s") && skipped.contains("»1.1 s»") && skipped.contains("»»»·"), "{skipped}");
    let left = |line: &str| line.replace('»', "·").chars().take(40).collect::<String>();
    let words = |screen: &str| screen.lines().skip(6).map(left).collect::<Vec<_>>();
    assert_eq!(words(&heard)[..17], words(&skipped)[..17], "no word moves");
}

fn measured() -> Prepared {
    let speech = [Span { start: Moment(1_000), end: Moment(19_000) }].into_iter().collect();
    let peaks = vec![90; 2_000];
    let (length_ms, samples, downmix) = (20_000, 960_000, Downmix::even(1));
    Prepared {
        step: prepare::STEP,
        samples,
        length_ms,
        gain_db: 3.0,
        downmix,
        speech,
        silences: Default::default(),
        peaks,
        truncated: None,
        quality: Default::default(),
    }
}

#[test]
fn an_unprepared_answer_plays_at_once_and_says_that_its_loudness_is_provisional() {
    let mut station = Station::reviewing();
    let answer = station.answer();
    station.app.desk.as_mut().expect("a batch is open").outlines.remove(&answer);
    let said = "Not measured yet: it plays at once, and its loudness is provisional.";
    assert!(station.app.deck.playing && station.screen(80, 24).contains(said), "{}", station.screen(80, 24));
    station.happens(Event::Player(Report::Measured { answer, prepared: Arc::new(measured()) }));
    let screen = station.screen(80, 24);
    assert!(!screen.contains(said) && screen.contains('━') || screen.contains('┈'), "the waveform is there: {screen}");
    assert!(matches!(station.asked.last(), Some(Effect::KeepMeasured { answer: of, .. }) if *of == answer), "it is kept");
    station.stands_at(Moment(2_000)).hears(3);
    assert!(station.desk().heard_share(answer).fraction().is_some(), "what was heard can be counted now");
}

#[test]
fn the_rules_of_a_batch_say_what_it_locks_and_what_is_its_own() {
    let shelf = ruled(json!({ "playback": { "speed": 1.5, "skip_silence": "never" } }));
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter Y");
    let screen = station.screen(120, 40);
    assert!(screen.contains("Everyone hears at 1.50x. Silences are heard by everyone."), "{screen}");
    assert!(screen.contains("playback.speed = 1.5 (the rubric says free)"), "{screen}");
    assert!(screen.contains("This batch has rules of its own since"), "{screen}");
    station.press("enter");
    assert!(!station.screen(120, 40).contains("playback.speed"), "it is left");
    let mut free = Station::reviewing();
    free.press("Y");
    assert!(free.screen(80, 24).contains("Everyone chooses speed and skipping."), "{}", free.screen(80, 24));
}

#[test]
fn what_is_chosen_is_kept_for_the_next_start_and_what_a_batch_fixes_is_not() {
    let kept = |station: &Station| station.asked.iter().filter(|effect| matches!(effect, Effect::KeepTempo(_))).count();
    let mut station = Station::reviewing();
    station.press("] ]");
    assert_eq!(station.asked.last(), Some(&Effect::KeepTempo(station.app.deck.chosen)));
    station.press("s");
    assert_eq!((kept(&station), station.app.deck.chosen.skip_silence), (3, true));
    station.press("s n space");
    assert_eq!(kept(&station), 4);
}

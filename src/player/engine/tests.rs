//! The player on a clock that runs ahead: what it plays, reports and counts as heard.

use super::*;
use crate::interview::Spans;
use crate::sound::testing::voice;
use crate::sound::wav;

/// Time passes this many times as fast.
const PACE: f64 = 20.0;

struct Stage {
    player: PlayerHandle,
    reports: UnboundedReceiver<Report>,
}

impl Stage {
    fn on(choice: Choice) -> Stage {
        let (player, reports) = start(choice).expect("a thread");
        Stage { player, reports }
    }

    fn load(&self, slot: Slot, name: &str, seconds: f32) -> AnswerId {
        let answer = AnswerId::derive(&[name]);
        let bytes = wav::bytes(&voice(seconds, 150.0)).into();
        self.player.load(Load { slot, answer, bytes, hint: None, prepared: None, at: Moment::START });
        answer
    }

    /// Waits for the report that `wanted` picks; the spans heard up to there are added to `heard`.
    fn until<T>(&mut self, heard: &mut Spans, mut wanted: impl FnMut(&Report) -> Option<T>) -> T {
        loop {
            let report = self.reports.blocking_recv().expect("the player lives");
            if let Report::Heard { spans, .. } = &report {
                heard.add_all(spans);
            }
            if let Some(found) = wanted(&report) {
                return found;
            }
        }
    }

    /// Waits until the position is as wanted; positions are asked for, never reported.
    fn position(&self, wanted: impl Fn(&super::super::Position) -> bool) -> super::super::Position {
        let late = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(position) = self.player.position().filter(|position| wanted(position)) {
                return position;
            }
            assert!(Instant::now() < late, "the position never came: {:?}", self.player.position());
            thread::yield_now();
        }
    }
}

fn ended(report: &Report) -> Option<AnswerId> {
    if let Report::Ended { answer } = report { Some(*answer) } else { None }
}

fn paused(report: &Report) -> Option<Moment> {
    if let Report::Paused { at, .. } = report { Some(*at) } else { None }
}

#[test]
fn an_answer_plays_to_its_end_and_all_of_it_counts_as_heard() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    let answer = stage.load(Slot::A, "a", 4.0);
    stage.player.play();
    let mut heard = Spans::default();
    assert_eq!(stage.until(&mut heard, ended), answer);
    assert_eq!(heard.iter().map(|span| (span.start.0, span.end.0)).collect::<Vec<_>>(), [(0, 4000)]);
}

#[test]
fn what_was_sought_over_does_not_count_as_heard() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    stage.load(Slot::A, "a", 10.0);
    stage.player.play();
    stage.position(|position| position.at > Moment(1_000));
    stage.player.seek(Slot::A, Moment(6_000));
    stage.position(|position| position.at > Moment(7_000));
    stage.player.pause();
    let mut heard = Spans::default();
    let at = stage.until(&mut heard, paused);
    assert!(at >= Moment(7_000));
    let spans: Vec<_> = heard.iter().collect();
    assert_eq!(spans.len(), 2, "{spans:?}");
    assert!(spans[0].end < Moment(6_000) && spans[1].start == Moment(6_000), "{spans:?}");
    assert!(spans[1].end <= at && at.0 - spans[1].end.0 <= 20, "{spans:?} {at:?}");
}

#[test]
fn nothing_counts_as_heard_on_a_device_that_nobody_hears() {
    let mut stage = Stage::on(Choice::Null);
    stage.load(Slot::A, "a", 0.5);
    stage.player.play();
    let mut heard = Spans::default();
    stage.until(&mut heard, ended);
    assert!(heard.is_empty());
}

#[test]
fn an_answer_put_in_the_place_of_another_is_never_told_to_be_where_that_one_was() {
    let stage = Stage::on(Choice::Clock { pace: PACE });
    stage.load(Slot::A, "a", 30.0);
    stage.player.play();
    stage.position(|position| position.playing && position.at > Moment(5_000));
    stage.player.pause();
    let other = stage.load(Slot::A, "b", 4.0);
    let late = Instant::now() + Duration::from_secs(20);
    let mut told = None;
    while told.is_none() {
        assert!(Instant::now() < late, "its position never came");
        told = stage.player.position().filter(|position| position.answer == other);
    }
    assert_eq!(told.map(|position| position.at), Some(Moment::START), "the first that is told of it");
}

#[test]
fn an_ended_answer_plays_again_from_its_start() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    stage.load(Slot::A, "a", 2.0);
    for _ in 0..3 {
        stage.player.play();
        let mut heard = Spans::default();
        stage.until(&mut heard, ended);
        assert_eq!(heard.length(), 2000);
    }
}

#[test]
fn a_paused_answer_stands_where_it_was_sent_at_once() {
    let stage = Stage::on(Choice::Clock { pace: PACE });
    let answer = stage.load(Slot::A, "a", 4.0);
    stage.position(|position| position.answer == answer);
    stage.player.seek(Slot::A, Moment(3_000));
    let position = stage.position(|position| position.at != Moment::START);
    assert_eq!((position.at, position.playing), (Moment(3_000), false));
}

#[test]
fn a_switch_goes_on_playing_the_other_answer() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    stage.load(Slot::A, "a", 20.0);
    let other = stage.load(Slot::B, "b", 3.0);
    stage.player.play();
    stage.position(|position| position.playing && position.at > Moment(500));
    stage.player.switch(Slot::B);
    let mut heard = Spans::default();
    assert_eq!(stage.until(&mut heard, ended), other);
}

#[test]
fn what_cannot_be_decoded_is_reported_and_the_rest_plays() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    let broken = AnswerId::derive(&["broken"]);
    let bytes = (&b"<html>sign in</html>"[..]).into();
    stage.player.load(Load { slot: Slot::A, answer: broken, bytes, hint: None, prepared: None, at: Moment::START });
    let failed =
        |report: &Report| if let Report::Failed { answer, error } = report { Some((*answer, error.clone())) } else { None };
    let error = crate::sound::DecodeError::NotARecording { what: "a web page".into() };
    assert_eq!(stage.until(&mut Spans::default(), failed), (broken, error));
    let whole = stage.load(Slot::A, "whole", 1.0);
    stage.player.play();
    assert_eq!(stage.until(&mut Spans::default(), ended), whole);
}

#[test]
fn an_unprepared_answer_is_measured_on_the_way() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    stage.load(Slot::A, "a", 2.0);
    let measured = |report: &Report| if let Report::Measured { prepared, .. } = report { Some(prepared.length_ms) } else { None };
    assert_eq!(stage.until(&mut Spans::default(), measured), 2000);
}

#[test]
fn a_faster_speed_takes_less_time() {
    let mut stage = Stage::on(Choice::Clock { pace: 4.0 });
    stage.load(Slot::A, "a", 6.0);
    stage.player.speed(300);
    stage.player.play();
    stage.until(&mut Spans::default(), |report| matches!(report, Report::Playing { .. }).then_some(()));
    let start = Instant::now();
    stage.until(&mut Spans::default(), ended);
    let took = start.elapsed().as_secs_f64();
    // 6 s at 3x on a clock that is 4 times as fast are half a second; without the speed, one and a half.
    assert!((0.3..1.1).contains(&took), "{took}");
}

#[test]
fn an_answer_that_was_decoded_is_there_at_once_when_it_is_loaded_again() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    let decoded = |report: &Report| if let Report::Decoded { length, .. } = report { Some(*length) } else { None };
    let measured = |report: &Report| if let Report::Measured { prepared, .. } = report { Some(prepared.clone()) } else { None };
    stage.load(Slot::A, "one", 2.0);
    let length = stage.until(&mut Spans::default(), decoded);
    let first = stage.until(&mut Spans::default(), measured);
    stage.player.unload(Slot::A);
    stage.load(Slot::B, "one", 2.0);
    assert_eq!(stage.until(&mut Spans::default(), decoded), length);
    assert_eq!(stage.until(&mut Spans::default(), measured), first);
    stage.player.switch(Slot::B);
    stage.player.play();
    assert_eq!(stage.until(&mut Spans::default(), ended), AnswerId::derive(&["one"]));
}

#[test]
fn an_answer_that_was_prefetched_is_there_and_another_recording_of_it_is_another_sound() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    stage.load(Slot::A, "now", 1.0);
    let whole = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/media/voice.flac")).expect("a file of the repository");
    // It has the same length and the same ends.
    let mut broken = whole.clone();
    let middle = broken.len() / 2;
    broken[middle..middle + 20_000].fill(0x55);
    let answer = AnswerId::derive(&["next"]);
    let next = |bytes: &[u8]| Load { slot: Slot::A, answer, bytes: bytes.into(), hint: None, prepared: None, at: Moment::START };
    let decoded = |of: AnswerId| {
        move |report: &Report| match report {
            Report::Decoded { answer, length, truncated } if *answer == of => Some((*length, *truncated)),
            _ => None,
        }
    };
    stage.player.prefetch(next(&whole));
    stage.until(&mut Spans::default(), decoded(AnswerId::derive(&["now"])));
    stage.player.load(next(&broken));
    assert!(stage.until(&mut Spans::default(), decoded(answer)).1.is_some(), "it is not whole");
    stage.player.load(next(&whole));
    assert_eq!(stage.until(&mut Spans::default(), decoded(answer)), (Moment(2_000), None));
    stage.player.play();
    assert_eq!(stage.until(&mut Spans::default(), ended), answer);
}

#[test]
fn pressing_play_while_a_device_is_lost_does_not_end_the_search_for_it() {
    let nowhere = Choice::Named("alsa:an-output-that-is-not-there".to_owned());
    let (mut engine, player, _reports) = made(nowhere);
    let stage = Stage { player, reports: unbounded_channel().1 };
    stage.load(Slot::A, "a", 0.5);
    while !engine.place().is_some_and(|place| place.here) {
        let message = engine.inbox.recv().expect("the worker tells");
        engine.carry_out(message);
    }
    let search = Some((3, Instant::now() + Duration::from_secs(5)));
    engine.retry = search;
    engine.play();
    assert!(matches!(engine.outlet, Outlet::Closed) && !engine.wanted, "there is nothing to play on");
    assert_eq!(engine.retry, search);
}

#[test]
fn a_device_that_is_lost_before_it_played_leaves_the_sound_where_it_was_sent() {
    let (mut engine, player, _reports) = made(Choice::Clock { pace: 1.0 });
    let stage = Stage { player, reports: unbounded_channel().1 };
    stage.load(Slot::A, "a", 10.0);
    while !engine.place().is_some_and(|place| place.here) {
        let message = engine.inbox.recv().expect("the worker tells");
        engine.carry_out(message);
    }
    let stands = |engine: &Engine| engine.shared.trail.latest().map_or(0, |mark| moment_of(mark.source).0);
    for to in [3_000, 7_000, 1_000] {
        engine.seek(Slot::A, Moment(to));
        engine.play();
        engine.lose("it is gone".to_owned());
        assert!((to..to + 100).contains(&stands(&engine)), "it stands at {} and was sent to {to}", stands(&engine));
    }
    engine.play();
    engine.seek(Slot::A, Moment(5_000));
    engine.change_device(Choice::Null);
    assert!((5_000..5_100).contains(&stands(&engine)), "it stands at {}", stands(&engine));
}

#[test]
fn a_loop_goes_round_in_its_stretch_also_when_it_was_asked_for_before_the_recording_was_open() {
    let mut stage = Stage::on(Choice::Clock { pace: PACE });
    stage.load(Slot::A, "a", 6.0);
    let span = Span { start: Moment(1_000), end: Moment(2_000) };
    stage.player.repeat(Slot::A, Some(span));
    stage.player.play();
    let mut heard = Spans::default();
    let mut rounds = 0;
    stage.until(&mut heard, |report| {
        rounds += usize::from(matches!(report, Report::Heard { spans, .. } if spans.iter().any(|one| one.start == span.start)));
        (rounds >= 2).then_some(())
    });
    // A hop beyond its end was under way when it went back.
    let most = heard.iter().map(|one| one.end.0).max();
    assert!(most.is_some_and(|most| (1_990..=2_030).contains(&most)), "{heard:?}");
    stage.player.repeat(Slot::A, None);
    stage.until(&mut heard, ended);
}

#[test]
fn no_command_is_forgotten_by_a_mixer_that_takes_none_for_a_while() {
    let (mut engine, player, _reports) = made(Choice::Null);
    // A device that is there and asks for nothing: nobody else may touch the mixer.
    engine.shared.running.store(true, Ordering::Release);
    for hundredths in 0..400u16 {
        // The first that does not fit is tried for a while, the others would be too.
        if engine.unsaid.is_empty() {
            engine.tell(Command::Speed(1.0));
        } else {
            engine.unsaid.push_back(Command::Speed(f32::from(hundredths) / 200.0));
        }
    }
    assert!(!engine.unsaid.is_empty());
    engine.shared.running.store(false, Ordering::Release);
    engine.look(Instant::now());
    assert!(engine.unsaid.is_empty());
    assert!((engine.shared.trail.speed() - 1.995).abs() < 1e-3, "{}", engine.shared.trail.speed());
    drop(player);
}

#[test]
fn whoever_leaves_while_it_plays_hears_it_fade_and_what_was_heard_is_told() {
    let (engine, player, reports) = made(Choice::Clock { pace: 1.0 });
    let shared = engine.shared.clone();
    let run = thread::spawn(move || engine.run());
    let mut stage = Stage { player, reports };
    stage.load(Slot::A, "a", 20.0);
    stage.player.play();
    stage.position(|position| position.playing && position.at > Moment(300));
    drop(stage.player);
    let mut heard = Spans::default();
    while let Some(report) = stage.reports.blocking_recv() {
        if let Report::Heard { spans, .. } = &report {
            heard.add_all(spans);
        }
    }
    run.join().expect("it ends in order");
    let last = shared.trail.latest().expect("it played");
    assert!(!last.playing && shared.trail.silent_from().is_some(), "it was cut off in its middle: {last:?}");
    let end = heard.iter().map(|span| span.end).max().expect("something was heard");
    assert!(moment_of(last.source).0.abs_diff(end.0) <= 30, "{heard:?} up to {last:?}");
}

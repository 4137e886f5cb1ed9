//! Another output while it plays, and one that goes away and comes back: the place is kept, and what was not heard does not count.

use std::process::Command;
use std::time::{Duration, Instant};

use earmark::interview::{AnswerId, Moment, Spans};
use earmark::player::{Choice, Load, PlayerHandle, Report, outputs, start};
use earmark::sound::mixer::Slot;
use earmark::sound::wav;
use tokio::sync::mpsc::UnboundedReceiver;

use super::ear::Ear;
use super::server::{Server, elsewhere, is_elsewhere, server_process};
use super::{LOOK, alone};
use crate::voice::voice;

#[test]
fn an_answer_goes_on_where_it_was_on_another_output_and_when_an_output_returns() {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    elsewhere(&server, "playback::devices::goes_on_where_it_was", &[]);
}

fn pactl(arguments: &[&str]) {
    let done = Command::new("pactl").args(arguments).output().expect("the server's tool");
    assert!(done.status.success(), "pactl {arguments:?}");
}

const SECOND: [&str; 5] = ["load-module", "module-null-sink", "sink_name=second", "rate=48000", "channels=2"];

#[test]
#[ignore = "run by the test above in a process of its own"]
fn goes_on_where_it_was() {
    if !is_elsewhere() {
        return;
    }
    pactl(&SECOND);
    let found = outputs();
    let ids: Vec<&str> = found.iter().map(|output| output.id.as_str()).collect();
    assert_eq!(ids, ["pulseaudio:rev", "pulseaudio:second"]);
    assert!(found.iter().all(|output| !output.name.as_str().is_empty()));
    let mut stage = Stage::playing(Choice::Named(ids[0].to_owned()));
    let mut ear = Ear::listen();
    stage.until_at(1_000);
    let before = stage.at();
    stage.player.device(Choice::Named(ids[1].to_owned()));
    stage.until_at(before + 1_000);
    let after = stage.at();
    assert!(after < before + 1_500, "it jumped from {before} to {after}");
    // What the first output plays now is silence.
    ear.take();
    std::thread::sleep(Duration::from_millis(300));
    let (_, rest) = ear.take();
    assert!(rest.len() > 4_800 && rest.iter().all(|sample| *sample == 0.0), "it still sounds on the first output");

    pactl(&["unload-module", "module-null-sink"]);
    let reason = stage.until(|report| if let Report::DeviceLost { reason } = report { Some(reason.clone()) } else { None });
    let lost_at = stage.at();
    assert!(!stage.player.position().expect("an answer").playing, "{reason}");
    // It stands where what was heard ends.
    assert!(lost_at >= after && lost_at < after + 3_000, "it stands at {lost_at}, it was at {after}");
    assert!(lost_at - stage.heard.length() < 60, "{:?} of {lost_at}", stage.heard);
    pactl(&SECOND);
    stage.until(|report| matches!(report, Report::DeviceBack).then_some(()));
    assert_eq!(stage.at(), lost_at);
    stage.player.play();
    stage.until_at(lost_at + 500);
    stage.player.pause();
    let end = stage.until(|report| if let Report::Paused { at, .. } = report { Some(*at) } else { None });
    // Where it went on, a sample may fall between two milliseconds.
    assert!(end.0 - stage.heard.length() < 60, "{:?} of {end:?}", stage.heard);
}

#[test]
fn an_output_that_is_not_there_plays_nowhere_else() {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    elsewhere(&server, "playback::devices::plays_nowhere_else", &[]);
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn plays_nowhere_else() {
    if !is_elsewhere() {
        return;
    }
    let mut stage = Stage::playing(Choice::Named("pulseaudio:headset".to_owned()));
    let reason = stage.until(|report| if let Report::NoDevice { reason } = report { Some(reason.clone()) } else { None });
    assert_eq!(reason, "the output pulseaudio:headset is not there");
}

#[test]
fn a_sound_server_that_freezes_is_lost_and_one_that_goes_on_plays_again() {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    elsewhere(&server, "playback::devices::outlives_a_frozen_server", &[]);
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn outlives_a_frozen_server() {
    let Some(process) = server_process() else { return };
    let signal = |name: &str| {
        let told = Command::new("kill").args([name, &process.to_string()]).status().expect("a system's own tool");
        assert!(told.success(), "kill {name}");
    };
    let mut stage = Stage::playing(Choice::Pulse);
    stage.until_at(1_000);
    signal("-STOP");
    // Also who pauses just then is not kept waiting.
    stage.player.pause();
    let asked = Instant::now();
    stage.until(|report| matches!(report, Report::DeviceLost { .. } | Report::Paused { .. }).then_some(()));
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    let stood = stage.at();
    stage.player.play();
    stage.until(|report| matches!(report, Report::NoDevice { .. } | Report::DeviceLost { .. }).then_some(()));
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    assert!(stage.at().abs_diff(stood) < 60, "it stood at {stood} and stands at {}", stage.at());
    signal("-CONT");
    stage.player.play();
    stage.until_at(stood + 500);
    assert!(stage.heard.length() <= stage.at() + 60, "{:?} of {}", stage.heard, stage.at());
}

#[test]
fn a_stream_that_the_system_moves_to_another_output_goes_on_and_that_is_said_once() {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    elsewhere(&server, "playback::devices::says_once_that_it_was_moved", &[]);
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn says_once_that_it_was_moved() {
    if !is_elsewhere() {
        return;
    }
    pactl(&SECOND);
    let mut stage = Stage::playing(Choice::Pulse);
    stage.until_at(1_000);
    let listed = Command::new("pactl").args(["list", "short", "sink-inputs"]).output().expect("the server's tool");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let ours = listed.split_whitespace().next().expect("one stream plays").to_owned();
    pactl(&["move-sink-input", &ours, "second"]);
    let name = stage.until(|report| match report {
        Report::Moved { name } => Some(name.clone()),
        Report::DeviceLost { reason } | Report::NoDevice { reason } => panic!("{reason}"),
        _ => None,
    });
    assert!(name.contains("Null Output") || name.contains("second"), "{name}");
    let moved = stage.at();
    stage.until_at(moved + 1_500);
    stage.player.pause();
    stage.until(|report| match report {
        Report::Moved { name } => panic!("said twice: {name}"),
        Report::Paused { .. } => Some(()),
        _ => None,
    });
}

#[test]
fn a_server_takes_who_has_no_cookie_and_whose_cookie_lies_under_xdg_config_home() {
    let _alone = alone();
    let Some(server) = Server::start() else { return };
    let home = tempfile::tempdir().expect("a folder");
    let at = |name: &str| home.path().join(name).display().to_string();
    let set = [("HOME", at("home")), ("XDG_CONFIG_HOME", at("config")), ("PULSE_COOKIE", String::new())];
    elsewhere(&server, "playback::devices::is_taken_without_a_cookie", &set);
    std::fs::create_dir_all(home.path().join("config/pulse")).expect("made");
    std::fs::write(home.path().join("config/pulse/cookie"), [7; 256]).expect("written");
    elsewhere(&server, "playback::devices::is_taken_with_the_cookie_of_xdg", &set);
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn is_taken_without_a_cookie() {
    if is_elsewhere() {
        let visit = earmark::player::sound_server();
        assert_eq!((visit.trouble, visit.cookie), (None, None));
        assert_eq!(outputs().len(), 1);
    }
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn is_taken_with_the_cookie_of_xdg() {
    if is_elsewhere() {
        let visit = earmark::player::sound_server();
        assert!(visit.trouble.is_none() && visit.cookie.is_some_and(|file| file.ends_with("config/pulse/cookie")));
        assert_eq!(outputs().len(), 1);
    }
}

#[test]
fn an_output_that_throws_sound_away_faster_than_it_can_be_heard_counts_for_nothing() {
    // The system's own, which takes what it is given as fast as it comes.
    let mut stage = Stage::playing(Choice::Named("alsa:null".to_owned()));
    let reason = stage.until(|report| match report {
        Report::NoDevice { reason } | Report::DeviceLost { reason } => Some(reason.clone()),
        Report::Ended { .. } => panic!("half a minute was played in no time"),
        _ => None,
    });
    if !reason.contains("throws it away") {
        eprintln!("skipped: {reason}");
        return;
    }
    assert_eq!((stage.heard.length(), stage.at()), (0, 0));
    assert!(!stage.player.position().expect("an answer").playing);
}

struct Stage {
    player: PlayerHandle,
    reports: UnboundedReceiver<Report>,
    heard: Spans,
}

impl Stage {
    fn playing(choice: Choice) -> Stage {
        let (player, reports) = start(choice).expect("a thread");
        let bytes = wav::bytes(&voice(30.0, 150.0)).into();
        let answer = AnswerId::derive(&["played"]);
        player.load(Load { slot: Slot::A, answer, bytes, hint: None, prepared: None, at: Moment::START });
        player.play();
        Stage { player, reports, heard: Spans::default() }
    }

    fn at(&self) -> u32 {
        self.player.position().map_or(0, |position| position.at.0)
    }

    fn until_at(&self, ms: u32) {
        let late = Instant::now() + Duration::from_secs(20);
        while self.at() < ms {
            assert!(Instant::now() < late, "it stands at {}", self.at());
            std::thread::sleep(LOOK);
        }
    }

    fn until<T>(&mut self, mut wanted: impl FnMut(&Report) -> Option<T>) -> T {
        loop {
            let report = self.reports.blocking_recv().expect("the player lives");
            if let Report::Heard { spans, .. } = &report {
                self.heard.add_all(spans);
            }
            if let Some(found) = wanted(&report) {
                return found;
            }
        }
    }
}

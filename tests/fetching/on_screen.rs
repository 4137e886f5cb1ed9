//! A fetch that is begun and followed on the screen.

use std::time::Duration;

use super::{platform_settings, slow_host};
use crate::pty;

const LENGTH: usize = 8 << 20;

#[test]
fn a_fetch_begun_from_the_batches_is_followed_and_paused_there_and_what_came_is_listed() {
    // Slow enough that it is seen on its way.
    let host = slow_host(LENGTH, (64 << 10, Duration::from_millis(20)));
    let home = pty::Home::new();
    platform_settings(home.path(), &host.address);
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let mut terminal = home.sit_down_with(&[], &[("EARMARK_AUDIO", "null"), ("PLATFORM_TOKEN", "kanarie")], (100, 30));
    terminal.wait_for("There is no batch here yet");
    terminal.press("R");
    terminal.wait_long(Duration::from_secs(60), "how far it is", |screen| screen.shows("of 3 files, ") && screen.shows("MB/s"));
    terminal.press("p");
    terminal.wait_long(Duration::from_secs(60), "that it rests", |screen| screen.shows("paused · p goes on"));
    terminal.press("p");
    terminal.wait_long(Duration::from_secs(60), "that it goes on", |screen| screen.shows("· p pauses"));
    let ended = terminal.wait_long(Duration::from_secs(120), "what came of it", |screen| screen.shows("3 answers arrived"));
    assert!(ended.shows("platform: "), "{ended}");
    terminal.wait_until("what came, and nothing under way", |screen| !screen.shows("Fetching from") && screen.shows("Opening"));
    terminal.press("q");
    assert_eq!(terminal.wait_for_end(), 0, "{}", terminal.screen());
}

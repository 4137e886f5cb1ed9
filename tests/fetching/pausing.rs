//! The key that pauses a fetch.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{home_of_platform, slow_host};

/// A file that no buffer on the way holds.
const LENGTH: usize = 48 << 20;

fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn p_lets_a_fetch_rest_and_p_lets_it_go_on() {
    // Slow enough that the key is pressed in the middle.
    let host = slow_host(LENGTH, (256 << 10, Duration::from_millis(5)));
    let home = home_of_platform(&host.address);
    let pair = portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).expect("a terminal");
    let mut command = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_earmark"));
    command.args(["fetch", "platform"]);
    command.env_clear();
    command.env("HOME", home.path());
    command.env("PLATFORM_TOKEN", "kanarie");
    command.env("TERM", "xterm");
    let mut child = pair.slave.spawn_command(command).expect("it starts");
    drop(pair.slave);
    let (mut reader, mut keys) =
        (pair.master.try_clone_reader().expect("a screen"), pair.master.take_writer().expect("a keyboard"));
    let screen = Arc::new(Mutex::new(Vec::new()));
    let shown = screen.clone();
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(read @ 1..) = reader.read(&mut part) {
            shown.lock().expect("nobody panics there").extend_from_slice(&part[..read]);
        }
    });
    let has = |text: &str| String::from_utf8_lossy(&screen.lock().expect("nobody panics there")).contains(text);
    until("it says which key pauses, and bytes come", || has("p pauses") && host.sent() > 2 << 20);
    keys.write_all(b"p").expect("pressed");
    until("it says that it rests", || has("paused"));
    // What was on the way fills the buffers, and then nothing moves.
    let (mut before, mut since) = (host.sent(), Instant::now());
    until("nothing moves", || {
        if host.sent() != before {
            (before, since) = (host.sent(), Instant::now());
        }
        since.elapsed() > Duration::from_millis(400)
    });
    assert!(before < LENGTH as u64, "it rested before all had come: {before}");
    assert!(child.try_wait().expect("it is a child").is_none(), "it waits");
    keys.write_all(b"p").expect("pressed");
    let ended = child.wait().expect("it ends");
    assert_eq!(ended.exit_code(), 0, "{}", String::from_utf8_lossy(&screen.lock().expect("nobody panics there")));
    // What it wrote last may still be on its way through the terminal.
    until("everything came", || has("3 answers arrived"));
}

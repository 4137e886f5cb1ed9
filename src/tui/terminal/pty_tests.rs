//! A real process in a pseudo-terminal: what it takes it gives back, however it ends.
//!
//! The child is this test binary, told by the environment which part to play.

use std::io::Read;
use std::sync::mpsc::{Receiver, channel};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use super::*;
use crate::tui::widgets::testing::look;
use crate::tui::{Canvas, Role};

const PART: &str = "EARMARK_TEST_PART";

fn hello(canvas: &mut Canvas<'_>) {
    canvas.text(2, 1, 18, "hello", Role::Title);
}

#[test]
#[ignore = "the part of the child, started by the tests below"]
fn inside_a_terminal() {
    let Ok(part) = std::env::var(PART) else { return };
    restore_on_panic(|_| ());
    let mut terminal = Terminal::enter(Options::default()).expect("a terminal");
    terminal.draw(&look(), hello).expect("drawn");
    match part.as_str() {
        "panic" => panic!("on purpose"),
        "suspend" => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
            runtime.block_on(terminal.suspend()).expect("stopped and continued");
            terminal.draw(&look(), hello).expect("drawn");
        }
        "panic elsewhere" => {
            let thread = std::thread::spawn(|| panic!("on purpose"));
            assert!(thread.join().is_err());
            assert_eq!(terminal.draw(&look(), |_| ()).expect("nothing is drawn any more"), 0);
        }
        _ => {}
    }
}

struct Play {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    seen: String,
}

fn play(part: &str) -> Play {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
    let mut command = CommandBuilder::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "tui::terminal::pty_tests::inside_a_terminal", "--ignored", "--nocapture"]);
    command.env(PART, part);
    let mut reader = pair.master.try_clone_reader().expect("readable");
    let child = pair.slave.spawn_command(command).expect("started");
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        // A pseudo-terminal without its child answers with an error: the end.
        while let Ok(read @ 1..) = reader.read(&mut bytes) {
            if sender.send(bytes[..read].to_vec()).is_err() {
                return;
            }
        }
    });
    Play { master: pair.master, child, output, seen: String::new() }
}

impl Play {
    fn read_until(&mut self, wanted: &str) {
        while !self.seen.contains(wanted) {
            let bytes = self.output.recv().unwrap_or_else(|_| panic!("no {wanted:?} in {:?}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn read_all(&mut self) {
        while let Ok(bytes) = self.output.recv() {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn is_raw(&self) -> bool {
        // ICANON: whole lines, the terminal's ordinary state.
        let termios = self.master.get_termios().expect("a terminal has a state");
        termios.local_flags.bits() & 0o2 == 0
    }
}

fn ends_clean(part: &str) {
    let mut play = play(part);
    let _ = play.child.wait();
    assert!(!play.is_raw(), "{part}");
    play.read_all();
    assert_eq!(play.seen.matches("\x1b[?1049h").count(), 1, "{part}");
    assert_eq!(play.seen.matches("\x1b[?1049l").count(), 1, "{part}: given back once");
    assert!(play.seen.contains("hello"), "{part}");
    let (_, after) = play.seen.split_once("\x1b[?1049l").expect("found above");
    assert!(!after.contains("on purpose"), "{part}: what a panic says stays out");
}

#[test]
fn an_ordinary_end_gives_the_terminal_back() {
    ends_clean("end");
}

#[test]
fn a_panic_gives_the_terminal_back() {
    ends_clean("panic");
}

#[test]
fn a_panic_in_another_thread_gives_the_terminal_back_and_nothing_is_drawn_after_it() {
    ends_clean("panic elsewhere");
}

#[test]
fn a_suspended_process_gives_the_terminal_back_and_takes_it_again() {
    let mut play = play("suspend");
    let id = play.child.process_id().expect("it runs");
    let pid = Pid::from_raw(id as i32).expect("a process has a number");
    let stopped = waitpid(Some(pid), WaitOptions::UNTRACED).expect("waited").is_some_and(|(_, status)| status.stopped());
    assert!(stopped);
    assert!(!play.is_raw());
    play.read_until("\x1b[?1049l");
    assert_eq!(play.seen.matches("hello").count(), 1);
    play.seen.clear();
    kill_process(pid, Signal::CONT).expect("continued");
    play.read_until("hello");
    play.read_until("\x1b[?1049l");
    play.read_all();
    assert!(!play.is_raw());
}

//! The keyboard while a fetch works: `p` pauses it and lets it go on. Only where this process has the terminal to itself.

use std::io::{IsTerminal as _, stdin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

use crate::source::fetch::Pause;

/// How soon it is noticed that the fetch has ended, in nanoseconds.
const NOTICED: i64 = 100_000_000;

/// Listens until it is dropped; then the terminal is as it was.
pub(super) struct Keys {
    ended: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
    /// How the terminal was; none where the keys come through a pipe.
    before: Option<Termios>,
}

impl Keys {
    /// Calls `pressed` for each `p`; none where nobody can press it.
    pub(super) fn listen(pressed: impl Fn() + Send + 'static) -> Option<Self> {
        if !stdin().is_terminal() || !is_in_front() {
            return None;
        }
        let before = tcgetattr(stdin()).ok()?;
        let mut quiet = before.clone();
        // Ctrl-C still ends it: signals stay.
        quiet.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Now, &quiet).ok()?;
        let ended = Arc::new(AtomicBool::new(false));
        let is_over = ended.clone();
        let listening = std::thread::spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                if next_key().is_some_and(|key| key.eq_ignore_ascii_case(&b'p')) {
                    pressed();
                }
            }
        });
        Some(Keys { ended, listening: Some(listening), before: Some(before) })
    }

    /// Pauses for each `p` that another program writes into standard input. When that program is gone the fetch goes on.
    pub(super) fn follow(pause: &Pause) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let (is_over, pause) = (ended.clone(), pause.clone());
        let listening = std::thread::spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                match piped_key() {
                    Piped::Nothing => {}
                    Piped::Key(key) if key.eq_ignore_ascii_case(&b'p') => drop(pause.toggle()),
                    Piped::Key(_) => {}
                    Piped::End => return pause.end(),
                }
            }
        });
        Keys { ended, listening: Some(listening), before: None }
    }
}

/// What came through a pipe within a moment.
enum Piped {
    Nothing,
    Key(u8),
    End,
}

fn piped_key() -> Piped {
    let input = stdin();
    let mut waiting = [PollFd::new(&input, PollFlags::IN)];
    let moment = Timespec { tv_sec: 0, tv_nsec: NOTICED };
    if poll(&mut waiting, Some(&moment)).is_ok_and(|ready| ready == 0) {
        return Piped::Nothing;
    }
    let mut key = [0; 1];
    match rustix::io::read(&input, &mut key) {
        Ok(1) => Piped::Key(key[0]),
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Piped::Nothing,
        _ => Piped::End,
    }
}

/// A key that was pressed within a moment.
fn next_key() -> Option<u8> {
    let input = stdin();
    let mut waiting = [PollFd::new(&input, PollFlags::IN)];
    let moment = Timespec { tv_sec: 0, tv_nsec: NOTICED };
    // A process in the background that reads is stopped by the system.
    if poll(&mut waiting, Some(&moment)).ok()? == 0 || !is_in_front() {
        return None;
    }
    let mut key = [0; 1];
    match rustix::io::read(&input, &mut key) {
        Ok(1) => Some(key[0]),
        // A terminal that has gone away is always ready.
        _ => {
            std::thread::sleep(std::time::Duration::from_nanos(NOTICED as u64));
            None
        }
    }
}

/// Whether the terminal belongs to this process, which was not put into the background.
fn is_in_front() -> bool {
    tcgetpgrp(stdin()).is_ok_and(|front| front == rustix::process::getpgrp())
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
        if let Some(before) = self.before.as_ref().filter(|_| is_in_front()) {
            let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        }
    }
}

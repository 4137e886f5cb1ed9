//! A person at a terminal: the real program in a pseudo-terminal, keys typed, the screen read.
//!
//! Nothing here waits for a time to pass: every wait is for something on the screen, and one that is in vain fails with
//! the screen in its message. The terminal answers no question that the program asks it.

#[allow(dead_code, reason = "not every story has a crowd")]
pub(crate) mod crowd;
mod home;
mod keys;
mod screen;

use std::io::Write as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

pub(crate) use home::Home;
pub(crate) use screen::Screen;

/// The program that is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_earmark");

/// Generous: the machine may be busy with much else. Only a wait that is in vain takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal with the program on it. Dropping it ends the program.
pub(crate) struct Terminal {
    seen: Arc<Seen>,
    keyboard: Box<dyn std::io::Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    ended: Option<ExitStatus>,
}

/// What a program has used up when its screen is so for the first time, asked by the reading thread before anything else is done.
pub(crate) struct Counts {
    /// Of its process.
    pub(crate) used: fn(rustix::process::Pid) -> f64,
    /// How the screen is then.
    pub(crate) once: fn(&Screen) -> bool,
}

/// What the reading thread has taken in.
struct Seen {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: vt100::Parser,
    /// The screen after the last whole frame: a terminal that knows synchronised output shows no half ones.
    shown: vt100::Screen,
    /// Every byte that the program wrote.
    bytes: Vec<u8>,
    /// When the last of them came.
    at: Instant,
    /// Whether a frame has begun and not ended.
    within_frame: bool,
    /// What was counted.
    counted: Option<f64>,
    over: bool,
}

impl Terminal {
    fn start(command: CommandBuilder, (columns, rows): (u16, u16), counts: Option<Counts>) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let process = process_of(&*child);
        drop(pair.slave);
        let [rows, columns] = [rows, columns].map(nonzero);
        let parser = vt100::Parser::new(rows, columns, 0);
        let shown = parser.screen().clone();
        let state = State { parser, shown, bytes: Vec::new(), at: Instant::now(), within_frame: false, counted: None, over: false };
        let seen = Arc::new(Seen { state: Mutex::new(state), changed: Condvar::new() });
        let mut reader = pair.master.try_clone_reader().expect("its output can be read");
        let sees = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 65_536];
            // A pseudo-terminal without its program answers with an error: the end.
            while let Ok(read @ 1..) = std::io::Read::read(&mut reader, &mut bytes) {
                let used = counts.as_ref().map(|counts| ((counts.used)(process), counts));
                sees.take_in(&bytes[..read], used);
            }
            sees.end();
        });
        let keyboard = pair.master.take_writer().expect("its keyboard is ours");
        Terminal { seen, keyboard, master: pair.master, child, ended: None }
    }

    /// Presses keys one after the other, named as `keys.toml` names them: `"j enter ctrl-c"`.
    ///
    /// A terminal sends Esc and a letter as it sends Alt with that letter: Esc comes last, then something is waited for.
    pub(crate) fn press(&mut self, keys: &str) {
        assert!(!keys.contains("esc "), "esc comes last: {keys}");
        keys.split_whitespace().for_each(|key| self.send(keys::bytes(key).as_bytes()));
    }

    /// The mouse does something at a column and a row from 0, as SGR tells it: 0 the first button, 32 a drag with it, 64 and 65
    /// the wheel.
    pub(crate) fn mouse(&mut self, button: u16, (column, row): (u16, u16), down: bool) {
        let end = if down { 'M' } else { 'm' };
        self.send(format!("\x1b[<{button};{};{}{end}", column + 1, row + 1).as_bytes());
    }

    /// Presses the first button and lets it go.
    pub(crate) fn click(&mut self, place: (u16, u16)) {
        self.mouse(0, place, true);
        self.mouse(0, place, false);
    }

    /// Types a text as it is.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    fn send(&mut self, bytes: &[u8]) {
        // A program that has ended takes no keys; what waits for its screen says so.
        let _ = self.keyboard.write_all(bytes).and_then(|()| self.keyboard.flush());
    }

    /// Reads the rubric that comes first to its end, page by page; returns how many keys that took.
    pub(crate) fn reads_to_the_end(&mut self) -> usize {
        let mut keys = 0;
        while let Some(left) = self.screen().read_first() {
            self.press("enter");
            self.wait_until("the next page", |screen| screen.read_first().as_ref() != Some(&left));
            keys += 1;
        }
        keys
    }

    /// Waits until this stands on the screen.
    pub(crate) fn wait_for(&self, text: &str) -> Screen {
        self.wait_until(text, |screen| screen.shows(text))
    }

    /// Waits until the screen is as it should be; `what` says how that is.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, is: impl Fn(&Screen) -> bool) -> Screen {
        self.wait_long(PATIENCE, what, is)
    }

    /// The same for what is known to take its time.
    #[track_caller]
    pub(crate) fn wait_long(&self, patience: Duration, what: &str, is: impl Fn(&Screen) -> bool) -> Screen {
        let deadline = Instant::now() + patience;
        let mut state = self.seen.lock();
        loop {
            let screen = Screen::of(&state.shown);
            if is(&screen) {
                return screen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!state.over, "the program ended before: {what}\n{}\n{}", screen, state.tail());
            assert!(!left.is_zero(), "in vain: {what}\n{screen}");
            state = self.seen.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// What was counted, once the screen was so.
    #[allow(dead_code, reason = "programs that measure ask for it")]
    pub(crate) fn counted(&self) -> f64 {
        let mut state = self.seen.lock();
        loop {
            if let Some(counted) = state.counted {
                return counted;
            }
            assert!(!state.over, "the program ended before: {}", state.tail());
            state = self.seen.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What stands on the screen now.
    pub(crate) fn screen(&self) -> Screen {
        Screen::of(&self.seen.lock().shown)
    }

    /// How many bytes the program has written so far, and when the last came.
    #[allow(dead_code, reason = "programs that measure ask for it")]
    pub(crate) fn written(&self) -> (usize, Instant) {
        let state = self.seen.lock();
        (state.bytes.len(), state.at)
    }

    /// Waits until the program has written more than this many bytes; returns how many, and when the last came.
    #[allow(dead_code, reason = "programs that measure ask for it")]
    pub(crate) fn wait_for_more(&self, than: usize) -> (usize, Instant) {
        let mut state = self.seen.lock();
        while state.bytes.len() <= than && !state.over {
            state = self.seen.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        (state.bytes.len(), state.at)
    }

    /// All that the program wrote.
    pub(crate) fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().bytes).into_owned()
    }

    /// The window gets this size.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let mut state = self.seen.lock();
        state.parser.screen_mut().set_size(nonzero(rows), nonzero(columns));
        state.shown = state.parser.screen().clone();
        drop(state);
        self.master.resize(size(columns, rows)).expect("it can be resized");
    }

    /// The program's process.
    pub(crate) fn process(&self) -> rustix::process::Pid {
        process_of(&*self.child)
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.process(), signal).expect("it runs");
    }

    /// Whether lines are put together by the terminal, as a shell wants it.
    pub(crate) fn is_cooked(&self) -> bool {
        // ICANON.
        self.master.get_termios().expect("a terminal has a state").local_flags.bits() & 0o2 != 0
    }

    /// Waits until the program has ended and everything it wrote was read; returns its exit code.
    pub(crate) fn wait_for_end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.seen.lock();
        while !state.over {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the program does not end\n{}", Screen::of(&state.shown));
            state = self.seen.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        let status = self.child.wait().expect("it ended");
        let code = status.exit_code();
        self.ended = Some(status);
        code
    }

    /// Ends the program at once, as `kill -9` does, whatever it is doing.
    pub(crate) fn kill(mut self) -> Screen {
        self.signal(rustix::process::Signal::KILL);
        self.wait_for_end();
        self.screen()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.ended.is_none() {
            // Its own child and no other.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_in(&self, bytes: &[u8], used: Option<(f64, &Counts)>) {
        let mut state = self.lock();
        state.at = Instant::now();
        state.bytes.extend_from_slice(bytes);
        state.parser.process(bytes);
        state.see_frames(bytes.len());
        if !state.within_frame {
            state.shown = state.parser.screen().clone();
            if let Some((used, counts)) = used
                && state.counted.is_none()
                && (counts.once)(&Screen::of(&state.shown))
            {
                state.counted = Some(used);
            }
        }
        self.changed.notify_all();
    }

    fn end(&self) {
        self.lock().over = true;
        self.changed.notify_all();
    }
}

impl State {
    /// Sees in the last bytes, so many of them new, whether a frame began or ended.
    fn see_frames(&mut self, new: usize) {
        const BEGIN: &[u8] = b"\x1b[?2026h";
        const END: &[u8] = b"\x1b[?2026l";
        // One of them may have come in two pieces.
        let last = &self.bytes[self.bytes.len().saturating_sub(new + BEGIN.len() - 1)..];
        if let Some(mark) = last.windows(BEGIN.len()).rfind(|bytes| [BEGIN, END].contains(bytes)) {
            self.within_frame = mark == BEGIN;
        }
    }

    /// The last that was written: a program that failed says why.
    fn tail(&self) -> String {
        let from = self.bytes.len().saturating_sub(600);
        format!("{:?}", String::from_utf8_lossy(&self.bytes[from..]))
    }
}

fn process_of(child: &dyn Child) -> rustix::process::Pid {
    let id = child.process_id().expect("it was started");
    rustix::process::Pid::from_raw(id as i32).expect("a process has a number")
}

fn nonzero(size: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(size).expect("a window has a size")
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

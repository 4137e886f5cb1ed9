//! The terminal: taken, drawn on frame by frame, and always given back clean.

mod encode;
mod modes;
#[cfg(test)]
mod pty_tests;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicU8, Ordering};

use base64::Engine as _;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tokio::signal::unix::{SignalKind, signal};

use super::draw::{Canvas, Look};
use crate::text::SafeText;

pub use modes::Options;

/// What of the process's terminal is taken: nothing, the screen, or the screen and its keyboard protocol. One atomic, so that a
/// panic in any thread and the owner's drop give it back once between them.
static TAKEN: AtomicU8 = AtomicU8::new(NOTHING);
const NOTHING: u8 = 0;
const SCREEN: u8 = 1;
const SCREEN_AND_KEYBOARD: u8 = 2;

/// A terminal that shows frames. Dropping it gives it back.
pub struct Terminal<W: Write> {
    out: W,
    options: Options,
    /// Whether this is the process's own terminal, with modes beyond escape sequences.
    own: bool,
    /// What it shows.
    shown: Buffer,
    /// The next frame, kept between frames so that drawing allocates nothing.
    next: Buffer,
    cursor: Option<Position>,
    erase: bool,
    /// The bytes of one frame, kept likewise.
    bytes: String,
    written: u64,
}

impl Terminal<File> {
    /// Takes the process's terminal: alternate screen, raw mode, pasting, focus, the mouse as `options` say.
    /// Fails where the output is no terminal.
    pub fn enter(options: Options) -> io::Result<Self> {
        let stdout = rustix::stdio::stdout();
        if !rustix::termios::isatty(stdout) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the output is no terminal"));
        }
        // A duplicate without a buffer: a frame is one write.
        let out = File::from(stdout.try_clone_to_owned()?);
        let (columns, rows) = crossterm::terminal::size()?;
        let mut terminal = Terminal::bare(out, columns, rows, options, true);
        terminal.take()?;
        Ok(terminal)
    }

    /// Takes the size that the window has now. The next frame is drawn whole where that is another one.
    pub fn fit(&mut self) -> io::Result<()> {
        let (columns, rows) = crossterm::terminal::size()?;
        if (columns, rows) != self.size() {
            self.resize(columns, rows);
        }
        Ok(())
    }

    /// Gives the terminal back, stops the process and everything started with it until the shell continues them, and takes
    /// the terminal again. The next frame is drawn whole, in the size that the terminal has then. Runs inside tokio.
    pub async fn suspend(&mut self) -> io::Result<()> {
        use rustix::process::{Signal, kill_current_process_group};
        // A process of several threads is not stopped yet when the call returns that stops it: only being continued
        // proves that it was. Heard from before, so that it cannot be missed.
        let mut continued = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
        self.give_back()?;
        // The whole group, as the terminal itself does it: a `make` or a shell script around us must stop too, or
        // the shell would never come back. A stop that nothing can ignore: a mere request is dropped in an orphaned group.
        let stopped = kill_current_process_group(Signal::STOP);
        if stopped.is_ok() {
            continued.recv().await;
        }
        self.take()?;
        let (columns, rows) = crossterm::terminal::size()?;
        self.resize(columns, rows);
        Ok(stopped?)
    }
}

impl<W: Write> Terminal<W> {
    /// A terminal of that size behind any writer; the escape sequences go there, the process's own terminal stays untouched.
    pub fn on(out: W, columns: u16, rows: u16, options: Options) -> io::Result<Self> {
        let mut terminal = Terminal::bare(out, columns, rows, options, false);
        terminal.take()?;
        Ok(terminal)
    }

    fn bare(out: W, columns: u16, rows: u16, options: Options, own: bool) -> Self {
        let empty = Buffer::empty(Rect::new(0, 0, columns, rows));
        Terminal {
            out,
            options,
            own,
            next: empty.clone(),
            shown: empty,
            cursor: None,
            erase: true,
            bytes: String::new(),
            written: 0,
        }
    }

    /// Its columns and rows.
    pub fn size(&self) -> (u16, u16) {
        (self.shown.area.width, self.shown.area.height)
    }

    /// Whether it is drawn on; no longer once a panic, in any thread, gave the process's terminal back.
    pub fn is_taken(&self) -> bool {
        !self.own || TAKEN.load(Ordering::Acquire) != NOTHING
    }

    /// Bytes written so far, all sequences counted.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// It is that large now; the next frame is drawn whole.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.shown.resize(Rect::new(0, 0, columns, rows));
        self.next.resize(Rect::new(0, 0, columns, rows));
        self.redraw();
    }

    /// The next frame is drawn whole, whatever the terminal shows.
    pub fn redraw(&mut self) {
        self.erase = true;
    }

    /// Draws one frame and returns the bytes that it took: none where nothing changed, and one write otherwise.
    pub fn draw(&mut self, look: &Look, paint: impl FnOnce(&mut Canvas<'_>)) -> io::Result<usize> {
        // Another thread's panic may have given the terminal back: nothing more is drawn over its report.
        if !self.is_taken() {
            return Ok(0);
        }
        self.next.reset();
        let mut canvas = Canvas::new(&mut self.next, look);
        paint(&mut canvas);
        let area = self.shown.area;
        let cursor = canvas.cursor().filter(|at| area.contains(*at));
        self.encode(cursor);
        std::mem::swap(&mut self.shown, &mut self.next);
        self.cursor = cursor;
        self.erase = false;
        if self.bytes.is_empty() {
            return Ok(0);
        }
        let frame = std::mem::take(&mut self.bytes);
        let done = self.write(&frame);
        let length = frame.len();
        self.bytes = frame;
        done.map(|()| length)
    }

    /// Puts a text on the clipboard of whoever sits at the terminal, also over SSH, by OSC 52
    /// (<https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>). A terminal that does not know it, or forbids it, says nothing.
    pub fn copy(&mut self, text: &SafeText) -> io::Result<()> {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text.as_str());
        self.write(&format!("\x1b]52;c;{encoded}\x07"))
    }

    /// Puts the bytes of the next frame together.
    fn encode(&mut self, cursor: Option<Position>) {
        self.bytes.clear();
        let visible = self.cursor.is_some() && !self.erase;
        // Unsynchronised, the cursor would be seen running over the screen.
        let hide_meanwhile = visible && !self.options.synchronised;
        if hide_meanwhile || (visible && cursor.is_none()) {
            self.bytes.push_str(modes::HIDE_CURSOR);
        }
        if self.erase {
            self.bytes.push_str(modes::HIDE_CURSOR);
            self.bytes.push_str(modes::ERASE);
            self.shown.reset();
        }
        let before = self.bytes.len();
        encode::changes(&self.shown, &self.next, &mut self.bytes);
        let changed = self.bytes.len() > before;
        if !changed && cursor == self.cursor && !self.erase {
            return self.bytes.clear();
        }
        if let Some(Position { x, y }) = cursor {
            self.bytes.push_str(&format!("\x1b[{};{}H", y + 1, x + 1));
            if !visible || hide_meanwhile {
                self.bytes.push_str(modes::SHOW_CURSOR);
            }
        }
        if self.options.synchronised && self.bytes.len() >= modes::LARGE_FRAME {
            self.bytes.insert_str(0, modes::BEGIN_FRAME);
            self.bytes.push_str(modes::END_FRAME);
        }
    }

    /// Takes the terminal; the next frame is drawn whole.
    fn take(&mut self) -> io::Result<()> {
        if self.own {
            crossterm::terminal::enable_raw_mode()?;
            TAKEN.store(if self.options.keyboard { SCREEN_AND_KEYBOARD } else { SCREEN }, Ordering::Release);
        }
        self.cursor = None;
        self.redraw();
        self.write(&modes::enter(self.options))
    }

    /// Gives the terminal back; a second time does nothing on the process's own.
    fn give_back(&mut self) -> io::Result<()> {
        match self.own {
            true => restore(),
            false => self.write(&modes::leave(self.options.keyboard)),
        }
    }

    pub(super) fn write(&mut self, bytes: &str) -> io::Result<()> {
        self.written += bytes.len() as u64;
        self.out.write_all(bytes.as_bytes())?;
        self.out.flush()
    }
}

impl<W: Write> Drop for Terminal<W> {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = self.give_back();
    }
}

/// Gives the process's terminal back as it was, if it is taken: for signals, panics, and before the process ends. From any
/// thread, any number of times.
pub fn restore() -> io::Result<()> {
    let taken = TAKEN.swap(NOTHING, Ordering::AcqRel);
    if taken == NOTHING {
        return Ok(());
    }
    let leave = modes::leave(taken == SCREEN_AND_KEYBOARD);
    let written = write_all(leave.as_bytes());
    crossterm::terminal::disable_raw_mode()?;
    written
}

fn write_all(bytes: &[u8]) -> io::Result<()> {
    File::from(rustix::stdio::stdout().try_clone_to_owned()?).write_all(bytes)
}

/// From now on a panic first gives the terminal back; then `report` tells about it, in place of the standard report,
/// whose message could hold a candidate's words.
pub fn restore_on_panic(report: impl Fn(&PanicHookInfo<'_>) + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |info| {
        let _ = restore();
        report(info);
    }));
}

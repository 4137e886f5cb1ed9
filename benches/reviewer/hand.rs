//! A hand on the keyboard that counts its keys.

use std::time::Duration;

use super::pty::{Screen, Terminal};

/// How long an answer may take to be over.
const LONG: Duration = Duration::from_secs(180);

pub(crate) struct Hand {
    terminal: Terminal,
    pub(crate) keys: usize,
}

impl Hand {
    pub(crate) fn new(terminal: Terminal) -> Self {
        Hand { terminal, keys: 0 }
    }

    /// Presses keys, as `keys.toml` names them.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys += keys.split_whitespace().count();
        self.terminal.press(keys);
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        self.keys += text.chars().count();
        self.terminal.type_text(text);
    }

    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is: impl Fn(&Screen) -> bool) -> Screen {
        self.terminal.wait_until(what, is)
    }

    #[track_caller]
    pub(crate) fn wait_long(&self, what: &str, is: impl Fn(&Screen) -> bool) -> Screen {
        self.terminal.wait_long(LONG, what, is)
    }

    pub(crate) fn leave(&mut self) {
        self.press("Q");
        assert_eq!(self.terminal.wait_for_end(), 0, "{}", self.terminal.screen());
    }
}

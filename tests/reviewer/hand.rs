//! A hand on the keyboard that counts its keys.

use std::time::Duration;

use crate::pty::{Screen, Terminal};

/// How long an answer may take to be over, on a machine with much else to do.
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

    /// Reads the rubric that comes first, page by page.
    pub(crate) fn reads_to_the_end(&mut self) {
        self.keys += self.terminal.reads_to_the_end();
    }

    /// Types into an open field, and sees it there.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.keys += text.chars().count();
        self.terminal.type_text(text);
    }

    /// Goes down an open list to the choice that begins with these words, and takes it.
    #[track_caller]
    pub(crate) fn choose(&mut self, words: &str) {
        let mut rows = self.wait(&format!("a list with {words}"), |screen| !pointed(screen).is_empty() && screen.shows(words));
        for _ in 0..40 {
            if pointed(&rows).iter().any(|row| row.starts_with(words)) {
                return self.press("enter");
            }
            let before = pointed(&rows);
            self.press("down");
            // Half a frame may have taken the sign from one row and not yet given it to the next.
            rows = self.wait("the next choice", |screen| pointed(screen).iter().any(|row| !before.contains(row)));
        }
        panic!("{words} is not in the list\n{rows}");
    }

    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is: impl Fn(&Screen) -> bool) -> Screen {
        self.terminal.wait_long(LONG, what, is)
    }

    pub(crate) fn leave(&mut self) {
        self.press("Q");
        assert_eq!(self.terminal.wait_for_end(), 0, "{}", self.terminal.screen());
    }
}

/// What the sign of an open list's cursor stands before: not that of what lies behind the list, which may be there before the list's own is
/// drawn. The first words alone: what lies behind them may be drawn a moment later.
fn pointed(screen: &Screen) -> Vec<String> {
    let name = |row: String| row.split("┃ ▶ ").nth(1)?.split("  ").next().map(str::to_owned);
    screen.rows().into_iter().filter_map(name).collect()
}

//! One pressed key, and its name in `keys.toml`.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A key as it is pressed. A letter's shift is in the letter: `G`, not shift-g.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt; no default asks for it.
    pub alt: bool,
    /// With Shift, on keys that have no character of their own.
    pub shift: bool,
}

/// Which key, without what is held beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the keys' names")]
pub enum Code {
    Char(char),
    F(u8),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

const NAMES: [(&str, Code); 20] = [
    ("space", Code::Char(' ')),
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backtab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pgup", Code::PageUp),
    ("pgdn", Code::PageDown),
    // Other names that people write.
    ("escape", Code::Esc),
    ("return", Code::Enter),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
];

impl Key {
    /// The key alone.
    pub const fn plain(code: Code) -> Self {
        Key { code, ctrl: false, alt: false, shift: false }
    }

    /// A character that is typed.
    pub const fn char(c: char) -> Self {
        Key::plain(Code::Char(c))
    }

    /// The key with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Key { ctrl: true, ..Key::char(c) }
    }

    /// The character that it types into a text field, if it types one.
    pub fn typed(self) -> Option<char> {
        match self {
            Key { code: Code::Char(c), ctrl: false, alt: false, .. } => Some(c),
            _ => None,
        }
    }

    /// The key of a terminal's event; releases, lone modifiers and unknown keys are none.
    pub fn from_event(event: KeyEvent) -> Option<Self> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        let code = match event.code {
            KeyCode::Char(c) => Code::Char(c),
            KeyCode::F(n) => Code::F(n),
            KeyCode::Enter => Code::Enter,
            KeyCode::Esc => Code::Esc,
            KeyCode::Tab => Code::Tab,
            KeyCode::BackTab => Code::BackTab,
            KeyCode::Backspace => Code::Backspace,
            KeyCode::Delete => Code::Delete,
            KeyCode::Insert => Code::Insert,
            KeyCode::Up => Code::Up,
            KeyCode::Down => Code::Down,
            KeyCode::Left => Code::Left,
            KeyCode::Right => Code::Right,
            KeyCode::Home => Code::Home,
            KeyCode::End => Code::End,
            KeyCode::PageUp => Code::PageUp,
            KeyCode::PageDown => Code::PageDown,
            _ => return None,
        };
        let held = |modifier| event.modifiers.contains(modifier);
        let key = Key { code, ctrl: held(KeyModifiers::CONTROL), alt: held(KeyModifiers::ALT), shift: held(KeyModifiers::SHIFT) };
        Some(key.settled())
    }

    /// One spelling for each key, however terminals and people write it.
    fn settled(mut self) -> Self {
        match self.code {
            Code::Char(c) if self.shift || self.ctrl => {
                let only = |mut letters: Box<dyn Iterator<Item = char>>| (letters.next(), letters.next());
                let cased = match self.ctrl {
                    // Terminals without the newer protocol cannot tell ctrl-shift-r from ctrl-r.
                    true => only(Box::new(c.to_lowercase())),
                    false => only(Box::new(c.to_uppercase())),
                };
                if let (Some(c), None) = cased {
                    self.code = Code::Char(c);
                }
                self.shift = false;
            }
            Code::Tab if self.shift => self = Key { code: Code::BackTab, shift: false, ..self },
            Code::BackTab => self.shift = false,
            _ => {}
        }
        self
    }
}

/// A name that no key has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no key {0:?}")]
pub struct NoSuchKey(pub String);

impl FromStr for Key {
    type Err = NoSuchKey;

    fn from_str(name: &str) -> Result<Self, NoSuchKey> {
        let mut key = Key::char(' ');
        let mut rest = name;
        loop {
            // A lone "-" and what follows the last prefix is the key itself.
            let held = [("ctrl-", 0), ("alt-", 1), ("shift-", 2)].into_iter().find_map(|(prefix, which)| {
                let after = rest.strip_prefix(prefix)?;
                (!after.is_empty()).then_some((after, which))
            });
            match held {
                Some((after, 0)) => (key.ctrl, rest) = (true, after),
                Some((after, 1)) => (key.alt, rest) = (true, after),
                Some((after, _)) => (key.shift, rest) = (true, after),
                None => break,
            }
        }
        key.code = code(rest).ok_or_else(|| NoSuchKey(name.to_owned()))?;
        Ok(key.settled())
    }
}

fn code(name: &str) -> Option<Code> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control() && !c.is_whitespace()).then_some(Code::Char(c));
    }
    if let Some(number) = name.strip_prefix('f').and_then(|number| number.parse().ok()) {
        return (1..=24).contains(&number).then_some(Code::F(number));
    }
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| *code)
}

/// As `keys.toml` writes it.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, prefix) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(prefix)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, Code::F(n)) => write!(f, "f{n}"),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, shown: &str) {
        assert_eq!(name.parse::<Key>().map(|key| key.to_string()), Ok(shown.to_owned()), "{name}");
    }

    #[test]
    fn names_are_read_and_written_alike() {
        for name in [
            "space",
            "enter",
            "esc",
            "tab",
            "backtab",
            "up",
            "pgdn",
            "home",
            "ctrl-r",
            "shift-left",
            "<",
            "-",
            "ctrl--",
            "G",
            "é",
            "f5",
        ] {
            check(name, name);
        }
        check("shift-tab", "backtab");
        check("shift-g", "G");
        check("ctrl-R", "ctrl-r");
        check("pageup", "pgup");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for name in ["", "ctrl-", "spce", "f0", "f99", "meta-x", "\t", "ab"] {
            assert!(name.parse::<Key>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn releases_do_nothing_and_repeats_act() {
        let event = |kind| KeyEvent::new_with_kind(KeyCode::Char('4'), KeyModifiers::NONE, kind);
        assert_eq!(Key::from_event(event(KeyEventKind::Release)), None);
        assert_eq!(Key::from_event(event(KeyEventKind::Press)), Some(Key::char('4')));
        assert_eq!(Key::from_event(event(KeyEventKind::Repeat)), Some(Key::char('4')));
    }

    #[test]
    fn terminals_that_report_shift_and_those_that_do_not_agree() {
        let event = |c, held| KeyEvent::new(KeyCode::Char(c), held);
        assert_eq!(Key::from_event(event('G', KeyModifiers::SHIFT)), Some(Key::char('G')));
        assert_eq!(Key::from_event(event('g', KeyModifiers::SHIFT)), Some(Key::char('G')));
        assert_eq!(Key::from_event(event('?', KeyModifiers::SHIFT)), Some(Key::char('?')));
        assert_eq!(Key::from_event(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)), "shift-tab".parse().ok());
    }
}

//! Which background the terminal has: asked once, and its answer told apart from keys whenever it comes.
//!
//! The answer to OSC 11 (<https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>) comes in among the keys and reads as Alt-], some
//! digits and letters: without care it would rate.

use std::io::{self, Write};

use crossterm::event::{Event, KeyCode, KeyModifiers};

use super::terminal::Terminal;

/// What is asked: the colour of the background.
const QUESTION: &str = "\x1b]11;?\x1b\\";

/// How an answer begins, after its Alt-]: with or without a share of transparency.
const BEGINNINGS: [&str; 2] = ["11;rgb:", "11;rgba:"];

/// Four parts of four hexadecimal digits, and what stands between them.
const LONGEST: usize = 19;

impl<W: Write> Terminal<W> {
    /// Asks for the colour of the background; nothing waits for the answer, which may never come.
    pub fn ask_ground(&mut self) -> io::Result<()> {
        self.write(QUESTION)
    }
}

/// What is left of the terminal's events once its answer is taken out of them.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    /// Whether an answer may still come.
    waits: bool,
    /// Events that may be the beginning of one, and what they spell.
    held: Vec<Event>,
    spelt: String,
}

/// What an event turned out to be.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Sifted {
    /// What it always was.
    Event(Event),
    /// The end of the answer: the background's red, green and blue.
    Ground([u8; 3]),
}

impl Sieve {
    /// A sieve for one answer, or for none.
    pub(super) fn new(waits: bool) -> Self {
        Sieve { waits, ..Sieve::default() }
    }

    /// Takes an event in; returns what is known to be no part of an answer, in order, or the answer.
    pub(super) fn take(&mut self, event: Event) -> Vec<Sifted> {
        if !self.waits {
            return vec![Sifted::Event(event)];
        }
        let sign = sign(&event);
        if self.held.is_empty() {
            if sign == Some(Sign::Begin) {
                self.held.push(event);
                return Vec::new();
            }
            return vec![Sifted::Event(event)];
        }
        match sign {
            Some(Sign::Letter(letter)) if is_part(&self.spelt, letter) => {
                self.held.push(event);
                self.spelt.push(letter);
                Vec::new()
            }
            Some(Sign::End) if colour(&self.spelt).is_some() => {
                let ground = colour(&self.spelt);
                *self = Sieve::default();
                ground.map(Sifted::Ground).into_iter().collect()
            }
            // Somebody typed it after all.
            _ => {
                self.spelt.clear();
                let held = std::mem::take(&mut self.held);
                let mut out: Vec<Sifted> = held.into_iter().map(Sifted::Event).collect();
                out.extend(self.take(event));
                out
            }
        }
    }
}

/// What an event may be in an answer.
#[derive(PartialEq, Eq)]
enum Sign {
    Begin,
    Letter(char),
    End,
}

fn sign(event: &Event) -> Option<Sign> {
    let Event::Key(key) = event else { return None };
    match (key.code, key.modifiers) {
        (KeyCode::Char(']'), KeyModifiers::ALT) => Some(Sign::Begin),
        // ST or BEL.
        (KeyCode::Char('\\'), KeyModifiers::ALT) | (KeyCode::Char('g'), KeyModifiers::CONTROL) => Some(Sign::End),
        (KeyCode::Char(letter), KeyModifiers::NONE | KeyModifiers::SHIFT) => Some(Sign::Letter(letter)),
        _ => None,
    }
}

/// Whether an answer can go on with this letter.
fn is_part(spelt: &str, letter: char) -> bool {
    let longer = format!("{spelt}{letter}");
    BEGINNINGS.iter().any(|beginning| match longer.strip_prefix(beginning) {
        Some(rest) => rest.len() <= LONGEST && rest.chars().all(|c| c.is_ascii_hexdigit() || c == '/'),
        None => beginning.starts_with(&longer),
    })
}

/// The colour that a whole answer names: parts of one to four hexadecimal digits, as X11 writes them.
fn colour(spelt: &str) -> Option<[u8; 3]> {
    let rest = BEGINNINGS.iter().find_map(|beginning| spelt.strip_prefix(beginning))?;
    let parts: Vec<&str> = rest.split('/').collect();
    let part = |nth: usize| {
        let digits = parts.get(nth)?;
        let most = (1_u32 << (4 * digits.len().clamp(1, 4))) - 1;
        let value = u32::from_str_radix(digits, 16).ok().filter(|value| *value <= most)?;
        u8::try_from(value * 255 / most).ok()
    };
    if parts.len() > 4 { None } else { Some([part(0)?, part(1)?, part(2)?]) }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEvent;

    use super::*;

    fn key(code: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(code), modifiers))
    }

    /// The events that a terminal's bytes become, up to the end of the answer.
    fn answer(text: &str, end: Event) -> Vec<Event> {
        let letters = text.chars().map(|c| key(c, if c.is_ascii_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE }));
        std::iter::once(key(']', KeyModifiers::ALT)).chain(letters).chain([end]).collect()
    }

    fn sifted(events: impl IntoIterator<Item = Event>) -> Vec<Sifted> {
        let mut sieve = Sieve::new(true);
        events.into_iter().flat_map(|event| sieve.take(event)).collect()
    }

    #[test]
    fn an_answer_is_taken_out_whole_and_keys_around_it_stay() {
        let st = key('\\', KeyModifiers::ALT);
        let bel = key('g', KeyModifiers::CONTROL);
        let j = key('j', KeyModifiers::NONE);
        for (text, end, ground) in [
            ("11;rgb:ffff/ffff/dddd", st.clone(), [255, 255, 221]),
            ("11;rgb:1c1c/1C1C/1c1c", bel, [28, 28, 28]),
            ("11;rgba:00/2b/36/ff", st.clone(), [0, 43, 54]),
        ] {
            let events = std::iter::once(j.clone()).chain(answer(text, end)).chain([j.clone()]);
            assert_eq!(sifted(events), [Sifted::Event(j.clone()), Sifted::Ground(ground), Sifted::Event(j.clone())], "{text}");
        }
    }

    #[test]
    fn what_only_begins_like_an_answer_is_typed() {
        let st = key('\\', KeyModifiers::ALT);
        for text in ["11;rgb:", "4", "11;rgb:zz/00/00", "11;rgb:fffff/0/0", "11;rgb:0/0"] {
            let typed = answer(text, st.clone());
            let expected: Vec<Sifted> = typed.iter().cloned().map(Sifted::Event).collect();
            assert_eq!(sifted(typed), expected, "{text}");
        }
    }

    #[test]
    fn where_nothing_was_asked_and_after_the_answer_nothing_is_held() {
        let begin = key(']', KeyModifiers::ALT);
        assert_eq!(Sieve::new(false).take(begin.clone()), [Sifted::Event(begin.clone())]);
        let twice = answer("11;rgb:0/0/0", key('\\', KeyModifiers::ALT)).into_iter().chain([begin.clone()]);
        assert_eq!(sifted(twice), [Sifted::Ground([0, 0, 0]), Sifted::Event(begin)]);
    }
}

//! The bottom of the screen: the keys that work here, and what there is to know.

use ratatui::layout::Rect;

use crate::app::action::{Action, Place};
use crate::text;
use crate::tui::draw::Canvas;
use crate::tui::keymap::{Key, Keymap};
use crate::tui::theme::Role;
use crate::tui::words::Words;

/// An action, or a row of them, with the one or two words that the footer has room for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hint {
    action: Action,
    /// The last of a row of actions that is one thing to do: the digits.
    last: Option<Action>,
    words: &'static str,
}

impl Hint {
    /// What one key does.
    pub const fn of(action: Action, words: &'static str) -> Self {
        Hint { action, last: None, words }
    }

    /// What the keys of `action` to `last` do: `0-5 rate`.
    pub const fn row(action: Action, last: Action, words: &'static str) -> Self {
        Hint { action, last: Some(last), words }
    }

    /// What is done.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The keys that do it at a place; none where there is none.
    fn keys(&self, keymap: &Keymap, place: Place) -> Option<String> {
        let first = keymap.key(place, self.action)?;
        match self.last.and_then(|last| keymap.key(place, last)).filter(|last| *last != first) {
            Some(last) => Some(format!("{first}-{last}")),
            None => Some(first),
        }
    }
}

/// The keys that work here, as many as fit; the last hint is always there.
pub struct Footer<'a> {
    /// Labels of keys and what they do.
    hints: Vec<(Hint, String, &'static str)>,
    /// What stands at the right, such as the keys of a sequence that waits.
    pub right: Words<'a>,
}

impl Footer<'_> {
    /// The footer of `place`; an action without a key there is left out. Put what matters most first, and the way to the rest last.
    pub fn of(keymap: &Keymap, place: Place, hints: &[Hint]) -> Self {
        let with_key = |hint: &Hint| Some((*hint, hint.keys(keymap, place)?, hint.words));
        Footer { hints: hints.iter().filter_map(with_key).collect(), right: Words::default() }
    }

    /// What can follow the keys of a sequence that was begun.
    pub fn following(keymap: &Keymap, place: Place, pressed: &[Key]) -> Self {
        let follows = |(key, action): (String, Action)| (Hint::of(action, action.name()), key, action.name());
        let hints = keymap.continuations(place, pressed).into_iter().map(follows);
        Footer { hints: hints.collect(), right: Words::default() }
    }

    /// Draws it over the first row of `area` and returns where each hint lies, so that a click does it.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> Vec<(Rect, Action)> {
        canvas.paint(Rect { height: 1, ..area }, Role::Footer);
        let mut places = Vec::new();
        let right = match self.right.is_empty() {
            true => 0,
            false => canvas.text_right(area.x, area.y, area.width, &self.right, Role::Footer) + 2,
        };
        let room = area.width.saturating_sub(right);
        let mut x = area.x;
        for (hint, key, words) in self.fitting(room) {
            let start = x;
            x += canvas.text(x, area.y, room, key.clone(), Role::Key);
            x += 1;
            x += canvas.text(x, area.y, room, *words, Role::Footer);
            // A row of actions is not one that a click could mean.
            if hint.last.is_none() {
                places.push((Rect { x: start, y: area.y, width: x - start, height: 1 }, hint.action));
            }
            x += 2;
        }
        places
    }

    /// The hints that fit `room` columns: from the first on, but always with the last.
    fn fitting(&self, room: u16) -> Vec<&(Hint, String, &'static str)> {
        let width = |(_, key, words): &&(Hint, String, &'static str)| (text::width(key) + 1 + text::width(words)) as u16;
        let Some((last, others)) = self.hints.split_last() else { return Vec::new() };
        let Some(mut left) = room.checked_sub(width(&last)) else { return Vec::new() };
        let mut fitting: Vec<_> = others
            .iter()
            .take_while(|hint| match left.checked_sub(width(hint) + 2) {
                Some(rest) => {
                    left = rest;
                    true
                }
                None => false,
            })
            .collect();
        fitting.push(last);
        fitting
    }
}

/// The most rows that news take.
const MOST_ROWS: u16 = 4;

/// One line of news, or as many as it takes; its sign says the same as its colour.
pub struct Notice<'a> {
    /// What it means: [`Role::Notice`], [`Role::Warning`], [`Role::Error`], [`Role::Late`], [`Role::Saved`], [`Role::Pending`].
    pub role: Role,
    /// What it says.
    pub words: Words<'a>,
}

impl Notice<'_> {
    /// Draws it over the first row of `area`, and over those above it as far as it is longer: what is last in it is what to do.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let glyphs = canvas.glyphs();
        let sign = match self.role {
            Role::Error | Role::Fault => glyphs.pick("✗ ", "x "),
            Role::Warning | Role::Late => "! ",
            Role::Saved => glyphs.pick("● ", "* "),
            Role::Pending => glyphs.pick("◌ ", "o "),
            _ => "",
        };
        let whole = Words::from(format!("{sign}{}", self.words.as_str()));
        let rows = (whole.wrapped(area.width).len() as u16).min(MOST_ROWS).min(area.y - canvas.area().y + 1);
        if rows == 1 {
            canvas.paint(Rect { height: 1, ..area }, Role::Footer);
            canvas.line(area.x, area.y, area.width, [(sign.into(), self.role), ((&self.words).into(), self.role)]);
            return;
        }
        let area = Rect { y: area.y + 1 - rows, height: rows, ..area };
        canvas.clear(area, Role::Footer);
        canvas.paragraph(area, whole, self.role);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;
    use crate::tui::widgets::testing::{assert_whole, drawn, hostile, rows};

    const HINTS: &[Hint] = &[
        Hint::of(Action::PlayPause, "play"),
        Hint::of(Action::Slower, "slower"),
        Hint::of(Action::Note, "note"),
        Hint::of(Action::Select, "no"),
        Hint::of(Action::Help, "keys"),
    ];

    fn footer(width: u16) -> String {
        let keymap = Keymap::new();
        let footer = Footer::of(&keymap, Place::Review, HINTS);
        rows(&drawn(width, 1, |canvas, area| _ = footer.draw(canvas, area))).concat().trim_end().to_owned()
    }

    #[test]
    fn as_many_hints_as_fit_and_always_the_way_to_the_rest() {
        assert_eq!(footer(60), "space play  [ slower  m note  ? keys");
        assert_eq!(footer(30), "space play  [ slower  ? keys");
        assert_eq!(footer(20), "space play  ? keys");
        assert_eq!(footer(8), "? keys");
        assert_eq!(footer(3), "");
    }

    #[test]
    fn a_row_of_keys_is_one_hint() {
        let keymap = Keymap::new();
        let row = [Hint::row(Action::Rate0, Action::Rate5, "rate"), Hint::row(Action::Rate0, Action::Rate0, "none")];
        let footer = Footer::of(&keymap, Place::Review, &row);
        let drawn = rows(&drawn(40, 1, |canvas, area| _ = footer.draw(canvas, area))).concat();
        assert_eq!(drawn.trim_end(), "0-5 rate  0 none");
    }

    #[test]
    fn while_a_sequence_waits_what_may_follow_is_shown() {
        let (keymap, wrong) = Keymap::with_user("keys.toml", "[review]\n\"z z\" = \"note\"\n\"z p\" = \"probe\"\n");
        assert!(wrong.is_empty(), "{wrong:?}");
        let footer = Footer::following(&keymap, Place::Review, &[Key::char('z')]);
        let drawn = rows(&drawn(40, 1, |canvas, area| _ = footer.draw(canvas, area))).concat();
        assert_eq!(drawn.trim_end(), "z note  p probe");
    }

    #[test]
    fn a_click_finds_the_hint() {
        let keymap = Keymap::new();
        let mut places = Vec::new();
        drawn(60, 1, |canvas, area| places = Footer::of(&keymap, Place::Review, HINTS).draw(canvas, area));
        assert_eq!(places[1], (Rect::new(12, 0, 8, 1), Action::Slower));
    }

    #[test]
    fn a_notice_that_is_longer_than_its_line_takes_those_above_it_to_its_last_word() {
        let told = |words: &'static str| {
            let notice = Notice { role: Role::Error, words: words.into() };
            rows(&drawn(20, 6, |canvas, area| notice.draw(canvas, Rect { y: area.bottom() - 1, height: 1, ..area })))
        };
        let long = told("The batch could not be opened: its day is over. Ask who handed it to you.");
        let words: Vec<&str> = long.iter().map(|row| row.trim()).collect();
        assert_eq!(words, ["", "", "✗ The batch could", "not be opened: its", "day is over. Ask who", "handed it to you."]);
        assert_eq!(told("It is saved.")[4..], [" ".repeat(20), format!("✗ It is saved.{}", " ".repeat(6))]);
        let longer =
            told("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen");
        assert!(longer[1].trim().is_empty() && longer[5].contains('…'), "{longer:?}");
    }

    #[test]
    fn a_notice_keeps_its_line() {
        for raw in hostile() {
            let said = SafeText::line(&raw);
            let buffer = drawn(24, 1, |canvas, area| Notice { role: Role::Error, words: (&said).into() }.draw(canvas, area));
            assert_whole(&buffer, &raw);
            assert!(rows(&buffer)[0].starts_with("✗ "));
        }
    }
}

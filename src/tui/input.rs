//! What comes in from the terminal, in the room's own words.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{Event, EventStream, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use futures_util::{Stream, StreamExt};

use super::ground::{Sieve, Sifted};
use super::keymap::Key;
use crate::text::SafeText;

/// One thing that the person, or the terminal, did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// A key was pressed, or repeats.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted in one piece.
    Paste(SafeText),
    /// The terminal is that large now, in columns and rows.
    Resize(u16, u16),
    /// The terminal's window came into the foreground, or left it.
    Focus(bool),
    /// The terminal told its background: red, green, blue.
    Ground([u8; 3]),
}

/// What the mouse did, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mouse {
    /// What it did.
    pub did: MouseDid,
    /// The column, from 0.
    pub x: u16,
    /// The row, from 0.
    pub y: u16,
}

/// What the mouse can do; only its first button is heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MouseDid {
    /// The button went down.
    Press,
    /// It went down a second time at the same place.
    Double,
    /// It was moved with the button down.
    Drag,
    /// The button went up.
    Release,
    /// The wheel turned away from the person.
    WheelUp,
    /// The wheel turned towards the person.
    WheelDown,
}

impl Input {
    /// The input that a terminal's event is; releases of keys and other buttons are none.
    pub fn from_event(event: Event) -> Option<Input> {
        match event {
            Event::Key(key) => Key::from_event(key).map(Input::Key),
            Event::Mouse(mouse) => mouse_did(mouse).map(|did| Input::Mouse(Mouse { did, x: mouse.column, y: mouse.row })),
            Event::Paste(text) => Some(Input::Paste(SafeText::block(&text))),
            Event::Resize(columns, rows) => Some(Input::Resize(columns, rows)),
            Event::FocusGained => Some(Input::Focus(true)),
            Event::FocusLost => Some(Input::Focus(false)),
        }
    }
}

fn mouse_did(mouse: MouseEvent) -> Option<MouseDid> {
    // With Shift the terminal's own selection is meant, also where the terminal passes it on.
    if mouse.modifiers.contains(KeyModifiers::SHIFT) {
        return None;
    }
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(MouseDid::Press),
        MouseEventKind::Drag(MouseButton::Left) => Some(MouseDid::Drag),
        MouseEventKind::Up(MouseButton::Left) => Some(MouseDid::Release),
        MouseEventKind::ScrollUp => Some(MouseDid::WheelUp),
        MouseEventKind::ScrollDown => Some(MouseDid::WheelDown),
        _ => None,
    }
}

/// Everything that comes in from now on. It waits without waking; an error ends the terminal's use. `asked` says whether the
/// terminal was asked for its background: what it answers is no key.
pub fn inputs(asked: bool) -> impl Stream<Item = io::Result<Input>> + Unpin + Send {
    let (mut sieve, mut clicks) = (Sieve::new(asked), Clicks::default());
    let known = move |event: io::Result<Event>| {
        let sifted = match event {
            Ok(event) => sieve.take(event).into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        let input = |sifted: io::Result<Sifted>| match sifted {
            Ok(Sifted::Event(event)) => Input::from_event(event).map(|input| Ok(clicks.count(input, Instant::now()))),
            Ok(Sifted::Ground(rgb)) => Some(Ok(Input::Ground(rgb))),
            Err(error) => Some(Err(error)),
        };
        futures_util::stream::iter(sifted.into_iter().filter_map(input).collect::<Vec<_>>())
    };
    EventStream::new().flat_map(known)
}

/// Two clicks at one place within this long are one double click.
const DOUBLE: Duration = Duration::from_millis(500);

/// The last click, so that the next one is known to be its second half.
#[derive(Default)]
struct Clicks(Option<(Instant, u16, u16)>);

impl Clicks {
    fn count(&mut self, input: Input, now: Instant) -> Input {
        let Input::Mouse(Mouse { did: MouseDid::Press, x, y }) = input else { return input };
        let again = self.0.take().is_some_and(|(then, left, top)| (left, top) == (x, y) && now.duration_since(then) <= DOUBLE);
        if again {
            return Input::Mouse(Mouse { did: MouseDid::Double, x, y });
        }
        self.0 = Some((now, x, y));
        input
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_at_the_same_place_soon_after_is_a_double_one_and_a_third_begins_anew() {
        use MouseDid::{Double, Press};
        let start = Instant::now();
        let mut clicks = Clicks::default();
        let mut click = |ms, x| {
            let input = Input::Mouse(Mouse { did: Press, x, y: 3 });
            let Input::Mouse(mouse) = clicks.count(input, start + Duration::from_millis(ms)) else { panic!("no mouse") };
            mouse.did
        };
        let did = [(0, 5), (300, 5), (400, 5), (600, 6), (1_200, 6)].map(|(ms, x)| click(ms, x));
        assert_eq!(did, [Press, Double, Press, Press, Press]);
    }

    #[test]
    fn with_shift_the_mouse_is_the_terminals() {
        let drag = |modifiers| {
            let mouse = MouseEvent { kind: MouseEventKind::Drag(MouseButton::Left), column: 1, row: 1, modifiers };
            Input::from_event(Event::Mouse(mouse))
        };
        assert_eq!(drag(KeyModifiers::SHIFT), None);
        assert!(drag(KeyModifiers::NONE).is_some());
    }

    #[test]
    fn pasted_text_is_clean_where_it_enters() {
        let pasted = Input::from_event(Event::Paste("a\x1b[2Jb\r\nc".to_owned()));
        assert_eq!(pasted, Some(Input::Paste(SafeText::block("a\x1b[2Jb\r\nc"))));
        let Some(Input::Paste(text)) = pasted else { return };
        assert_eq!(text.as_str(), "a␛[2Jb\nc");
    }
}

//! What comes in from the terminal, in the room's own words.

use std::io;

use crossterm::event::{Event, EventStream, MouseButton, MouseEvent, MouseEventKind};
use futures_util::{Stream, StreamExt};

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
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(MouseDid::Press),
        MouseEventKind::Drag(MouseButton::Left) => Some(MouseDid::Drag),
        MouseEventKind::Up(MouseButton::Left) => Some(MouseDid::Release),
        MouseEventKind::ScrollUp => Some(MouseDid::WheelUp),
        MouseEventKind::ScrollDown => Some(MouseDid::WheelDown),
        _ => None,
    }
}

/// Everything that comes in from now on. It waits without waking; an error ends the terminal's use.
pub fn inputs() -> impl Stream<Item = io::Result<Input>> + Unpin + Send {
    let known = |event: io::Result<Event>| std::future::ready(event.map(Input::from_event).transpose());
    EventStream::new().filter_map(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_text_is_clean_where_it_enters() {
        let pasted = Input::from_event(Event::Paste("a\x1b[2Jb\r\nc".to_owned()));
        assert_eq!(pasted, Some(Input::Paste(SafeText::block("a\x1b[2Jb\r\nc"))));
        let Some(Input::Paste(text)) = pasted else { return };
        assert_eq!(text.as_str(), "a␛[2Jb\nc");
    }
}

//! What is switched on when earmark takes the terminal, and off again when it gives it back.

/// Which of the terminal's abilities are used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Clicks and the wheel are heard; the terminal's own selection then needs Shift.
    pub mouse: bool,
    /// Frames appear at once (synchronised output, mode 2026); some terminals are slower with it.
    pub synchronised: bool,
    /// Keys are told apart by the newer protocol; only for terminals that said they know it.
    pub keyboard: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { mouse: true, synchronised: true, keyboard: false }
    }
}

pub(super) const BEGIN_FRAME: &str = "\x1b[?2026h";
pub(super) const END_FRAME: &str = "\x1b[?2026l";
pub(super) const SHOW_CURSOR: &str = "\x1b[?25h";
pub(super) const HIDE_CURSOR: &str = "\x1b[?25l";
/// Default colours, then everything blank: an erased cell takes the colour that is set.
pub(super) const ERASE: &str = "\x1b[m\x1b[2J";

/// What takes the terminal.
pub(super) fn enter(options: Options) -> String {
    let mut out = String::from("\x1b[?1049h\x1b[?2004h\x1b[?1004h");
    out += HIDE_CURSOR;
    if options.mouse {
        // Clicks and drags, not every movement: an idle hand on the mouse must wake nobody.
        out += "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
    }
    if options.keyboard {
        out += "\x1b[>1u";
    }
    out += ERASE;
    out
}

/// What gives it back; `keyboard` says whether the newer protocol was switched on.
///
/// Everything else is switched off whether it was on or not: that harms nobody, and nothing is forgotten.
pub(super) fn leave(keyboard: bool) -> String {
    // The keyboard's stack belongs to the alternate screen: popped before that is left.
    let pop = if keyboard { "\x1b[<1u" } else { "" };
    format!("{END_FRAME}{pop}\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[m{SHOW_CURSOR}\x1b[?1049l")
}

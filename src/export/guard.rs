//! Keeps a spreadsheet from reading people's text as a formula.
//!
//! A cell is at risk when it begins, after spaces, with `= + - @`, a tab, CR, LF, NUL or one of their full-width forms
//! (ASVS 1.2.10 and CWE-1236). Quoting alone does not help.
//!
//! Control characters are another matter: a terminal that a file is shown on may obey an escape sequence in a cell. In a file or
//! a pipe they stay as they are, because a program that reads an id back must find the same id; the cells are listed, so that
//! whoever wrote the file is told. What goes to a terminal has pictures in their place.

use serde::{Deserialize, Serialize};

/// What happens to cells at risk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Guard {
    /// An apostrophe is put before them, and they are listed.
    #[default]
    Apostrophe,
    /// Their rows stay out, and they are listed.
    Quarantine,
    /// They stay as they are, and are listed.
    Off,
}

/// Whether a spreadsheet may take a text for a formula.
pub fn is_risky(text: &str) -> bool {
    // Spreadsheets trim before they look.
    text.trim_start_matches([' ', '\u{a0}', '\u{feff}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// Whether a text holds characters that a terminal may obey: control characters other than line ends and tabs.
pub fn has_controls(text: &str) -> bool {
    // Most texts have none, which bytes tell sooner than characters: C2 begins what is beyond ASCII.
    let may_be = |byte: u8| byte < 0x20 || matches!(byte, 0x7f | 0xc2);
    text.bytes().any(may_be) && text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// The text with an apostrophe where it is at risk; [`unguarded`] brings it back.
pub fn guarded(text: &str) -> Option<String> {
    // Nearly all texts begin with a letter or a digit.
    if text.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric) {
        return None;
    }
    // A text that looks guarded already gets one more, so that taking one off always gives what was there.
    is_risky(text.trim_start_matches('\'')).then(|| format!("'{text}"))
}

/// The text without the apostrophe that [`guarded`] put before it.
pub fn unguarded(text: &str) -> &str {
    let bare = text.strip_prefix('\'').filter(|rest| is_risky(rest.trim_start_matches('\'')));
    bare.unwrap_or(text)
}

//! The only text that can be drawn or printed.
//!
//! Names, transcripts, prompts and file names come from outside. They become [`SafeText`] where they enter;
//! screens and commands accept nothing else. The raw original is kept beside it, for storage and for exports.

mod alike;
mod clean;
mod count;
mod encoding;
mod near;
mod unspaced;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub use alike::folded;
pub use clean::Marks;
use clean::Policy;
pub use count::many;
pub use encoding::{decoded, no_text, not_utf8};
pub use near::{known, nearest};
pub use unspaced::is_unspaced;

/// Stands behind a text of which something was taken away that hides or turns letters; one column wide.
pub const VEILED: char = '\u{2426}';

/// Text that can harm neither a terminal nor a layout, beside its raw original.
///
/// Serializing writes the raw original, so that storing loses nothing; what is *printed* as JSON passes through
/// `cli::output`, which cleans every string once more.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SafeText {
    safe: Arc<str>,
    raw: Option<Arc<str>>,
    marks: Marks,
}

impl SafeText {
    /// One line of any text: control characters become visible pictures, line breaks become spaces.
    pub fn line(raw: &str) -> Self {
        Self::with(raw, Policy::Line)
    }

    /// A person's or a thing's name: one line of at most 256 graphemes that cannot imitate a frame.
    pub fn name(raw: &str) -> Self {
        Self::with(raw, Policy::Name)
    }

    /// Text of several lines, at most 64 KiB; line breaks stay.
    pub fn block(raw: &str) -> Self {
        Self::with(raw, Policy::Block)
    }

    /// Bytes of unknown encoding as one line; what is not UTF-8 becomes U+FFFD.
    pub fn line_from_bytes(raw: &[u8]) -> Self {
        Self::line(&String::from_utf8_lossy(raw))
    }

    fn with(raw: &str, policy: Policy) -> Self {
        let (safe, marks) = clean::clean(raw, policy);
        let raw = (safe != raw).then(|| Arc::from(raw));
        SafeText { safe: Arc::from(safe), raw, marks }
    }

    /// The same, with what is known of the text that it was made from.
    #[must_use]
    pub fn marked_as(mut self, other: &SafeText) -> Self {
        self.marks = other.marks;
        self
    }

    /// What may be drawn.
    pub fn as_str(&self) -> &str {
        &self.safe
    }

    /// What a person is shown: with [`VEILED`] at its end where something was taken away that hides or turns letters.
    pub fn shown(&self) -> Cow<'_, str> {
        match self.marks.veiled {
            true => Cow::Owned(format!("{}{VEILED}", self.safe)),
            false => Cow::Borrowed(&self.safe),
        }
    }

    /// What came in, for storage and exact exports; never for a screen.
    pub fn raw(&self) -> &str {
        self.raw.as_deref().unwrap_or(&self.safe)
    }

    /// What had to be changed; a screen shows a badge when [`Marks::any`] says so.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.safe.is_empty()
    }

    /// Columns that one line of it takes on a terminal.
    pub fn width(&self) -> usize {
        width(&self.safe) + usize::from(self.marks.veiled)
    }

    /// At most `columns` wide, cut at a grapheme with an ellipsis.
    pub fn fit(&self, columns: usize) -> Cow<'_, str> {
        match self.shown() {
            Cow::Borrowed(safe) => fit(safe, columns),
            Cow::Owned(shown) => Cow::Owned(fit(&shown, columns).into_owned()),
        }
    }
}

/// Columns that `text` takes on a terminal; the one width function of the program.
///
/// The sum over its graphemes, for that is how it is drawn, cell by cell: a ligature that would join two of them, as lam
/// and alef, is not formed there.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|byte| !byte.is_ascii_control()).count();
    }
    if is_plain(text) {
        return text.chars().count();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// Whether every character is a grapheme of its own, one column wide on every terminal, and already clean: printable ASCII, the
/// program's own typography, lines, blocks and geometric signs. What is drawn at every key is mostly so.
pub fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|sign| matches!(sign, ' '..='~' | '·' | '×' | '–' | '—' | '‘' | '’' | '“' | '”' | '…' | '\u{2500}'..='\u{25fc}'))
}

/// `text` cut to at most `columns` at a grapheme, with an ellipsis where something was cut.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let mut used = 0;
    let kept: String = text
        .graphemes(true)
        .take_while(|grapheme| {
            used += width(grapheme);
            used <= room
        })
        .collect();
    Cow::Owned(kept + "…")
}

/// Reads a string that may have several lines; for `#[serde(deserialize_with = "text::block")]`.
pub fn block<'de, D: Deserializer<'de>>(from: D) -> Result<SafeText, D::Error> {
    Ok(SafeText::block(&String::deserialize(from)?))
}

/// The same where there may be none.
pub fn optional_block<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SafeText>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|raw| SafeText::block(&raw)))
}

/// Reads a name, where there may be none; for `#[serde(deserialize_with = "text::optional_name")]`.
pub fn optional_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SafeText>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|raw| SafeText::name(&raw)))
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown())
    }
}

/// Candidates' text stays out of logs and panics: only its length is shown.
impl fmt::Debug for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<text: {} chars>", self.safe.chars().count())
    }
}

impl From<&str> for SafeText {
    fn from(raw: &str) -> Self {
        SafeText::line(raw)
    }
}

impl Serialize for SafeText {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.raw())
    }
}

impl<'de> Deserialize<'de> for SafeText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(SafeText::line(&String::deserialize(from)?))
    }
}

impl schemars::JsonSchema for SafeText {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, safe: &str) {
        assert_eq!(SafeText::line(raw).as_str(), safe, "line of {raw:?}");
    }

    #[test]
    fn control_characters_become_pictures() {
        check("a\x1b[31mred", "a␛[31mred");
        check("bell\x07", "bell␇");
        check("del\x7f", "del␡");
        check("c1\u{9b}31m", "c1\\u{9b}31m");
        check("tab\there", "tab here");
        check("two\r\nlines", "two lines");
    }

    #[test]
    fn what_hides_or_turns_letters_is_marked_where_a_person_sees_it_and_nowhere_else() {
        for raw in ["\u{202e}evil\u{202c}", "Ma\u{200b}ria", "a\u{2066}b", "Zo\u{200d}e", "a\u{feff}b", "x\u{e0041}"] {
            let text = SafeText::line(raw);
            assert!(text.shown().ends_with(VEILED) && text.to_string().ends_with(VEILED), "{raw:?}");
            assert!(!text.as_str().contains(VEILED), "{raw:?}");
            assert_eq!(text.width(), width(&text.shown()), "{raw:?}");
        }
        assert!(SafeText::name(&format!("a{}", "\u{301}".repeat(40))).marks().veiled);
        for raw in ["\u{feff}Maria", "❤\u{fe0f}", "👩\u{200d}💻", "\u{200f}דנה", "می\u{200c}خواهم", "so\u{ad}ft", "plain"]
        {
            assert_eq!(SafeText::line(raw).shown(), SafeText::line(raw).as_str(), "{raw:?}");
        }
        assert_eq!(SafeText::line("ab\u{202e}cd").fit(4), "abc…");
    }

    #[test]
    fn direction_overrides_and_invisible_characters_go_and_scripts_stay() {
        check("\u{202e}evil\u{202c}", "evil");
        check("zero\u{200b}width\u{feff}", "zerowidth");
        check("آرمان رضایی", "آرمان رضایی");
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
        check("👩\u{200d}💻", "👩💻");
        check("陳 怡君", "陳 怡君");
        check("ｶﾞ", "ｶ\u{3099}");
    }

    #[test]
    fn the_raw_original_is_kept_and_the_change_is_marked() {
        let text = SafeText::line("a\u{202e}b");
        assert_eq!(text.raw(), "a\u{202e}b");
        assert!(text.marks().any());
        assert!(!SafeText::line("plain").marks().any());
    }

    #[test]
    fn huge_combining_runs_are_cut_to_eight() {
        let zalgo = format!("e{}", "\u{301}\u{302}".repeat(200));
        let marks = SafeText::line(&zalgo).as_str().chars().count();
        assert!(marks <= 9, "{marks} characters");
    }

    #[test]
    fn a_name_cannot_draw_a_frame_or_fill_the_screen() {
        assert_eq!(SafeText::name("│ Ann │").as_str(), "· Ann ·");
        assert!(SafeText::name(&"x".repeat(9_000)).as_str().chars().count() <= 257);
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(SafeText::block("a\r\nb\u{2028}c").as_str(), "a\nb\nc");
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        for raw in ["a\x1b]52;c;x\x07", "e\u{301}", "\u{85}", "x\u{e0041}y"] {
            let once = SafeText::line(raw);
            assert_eq!(SafeText::line(once.as_str()).as_str(), once.as_str());
        }
    }

    #[test]
    fn the_width_is_that_of_the_cells_that_are_drawn() {
        for (text, columns) in [("abc", 3), ("陳怡君", 6), ("لا", 2), ("e\u{301}", 1), ("", 0)] {
            assert_eq!(width(text), columns, "{text:?}");
        }
    }

    #[test]
    fn fitting_cuts_at_a_grapheme() {
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("陳怡君", 4), "陳…");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abc", 0), "");
    }
}

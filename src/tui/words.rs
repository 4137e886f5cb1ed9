//! The only text that a canvas draws.

use std::borrow::Cow;
use std::fmt;

use unicode_segmentation::UnicodeSegmentation;

use crate::interview::Moment;
use crate::text::{self, SafeText};

/// Text that may be drawn.
///
/// There are three ways to make some, and each is safe: from [`SafeText`] as it is, from words in the program's own source
/// (`&'static str`), and from a `String`, which is cleaned once more as a line. A borrowed `&str` is none of them, so
/// text that came from outside cannot be drawn by accident.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Words<'a>(Cow<'a, str>);

impl<'a> Words<'a> {
    /// What is drawn.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Columns that it takes as one line.
    pub fn width(&self) -> u16 {
        text::width(&self.0).min(usize::from(u16::MAX)) as u16
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines of it that fit `columns`, broken at spaces, a longer word at a grapheme; line breaks stay.
    pub fn wrapped(&self, columns: u16) -> Vec<Words<'_>> {
        wrap(&self.0, usize::from(columns)).into_iter().map(|line| Words(Cow::Borrowed(line))).collect()
    }

    /// A copy that keeps nothing borrowed.
    pub fn into_owned(self) -> Words<'static> {
        Words(Cow::Owned(self.0.into_owned()))
    }

    /// A part of safe text, which is as safe; for callers that keep byte ranges, such as a transcript's layout.
    pub(in crate::tui) fn part(of: &'a SafeText, bytes: std::ops::Range<usize>) -> Self {
        match of.shown() {
            Cow::Borrowed(shown) => Words(Cow::Borrowed(shown.get(bytes).unwrap_or_default())),
            Cow::Owned(shown) => Words(Cow::Owned(shown.get(bytes).unwrap_or_default().to_owned())),
        }
    }
}

impl From<&'static str> for Words<'_> {
    fn from(ours: &'static str) -> Self {
        Words(Cow::Borrowed(ours))
    }
}

impl<'a> From<&'a SafeText> for Words<'a> {
    fn from(safe: &'a SafeText) -> Self {
        Words(safe.shown())
    }
}

impl<'a> From<&'a Words<'_>> for Words<'a> {
    fn from(words: &'a Words<'_>) -> Self {
        Words(Cow::Borrowed(&words.0))
    }
}

/// Cleans what was put together: what is plain stays as it is, anything else passes through [`SafeText::line`].
impl From<String> for Words<'_> {
    fn from(text: String) -> Self {
        if text::is_plain(&text) {
            return Words(Cow::Owned(text));
        }
        Words(Cow::Owned(SafeText::line(&text).as_str().to_owned()))
    }
}

impl From<Moment> for Words<'_> {
    fn from(moment: Moment) -> Self {
        Words(Cow::Owned(moment.to_string()))
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl From<$number> for Words<'_> {
            fn from(number: $number) -> Self {
                Words(Cow::Owned(number.to_string()))
            }
        }
    )*};
}
numbers! { u8 u16 u32 u64 usize i64 }

/// Candidates' text stays out of logs and panics: only its length is shown.
impl fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<words: {} chars>", self.0.chars().count())
    }
}

/// Breaks `text` into lines of at most `columns`; an empty text is one empty line.
fn wrap(text: &str, columns: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, columns.max(1), &mut lines);
    }
    lines
}

fn wrap_paragraph<'t>(paragraph: &'t str, columns: usize, lines: &mut Vec<&'t str>) {
    let mut start = 0;
    let mut used = 0;
    // Where the line could be broken: the end of what stays, and the start of what follows the spaces.
    let mut gap: Option<(usize, usize)> = None;
    for (at, grapheme) in paragraph.grapheme_indices(true) {
        let wide = text::width(grapheme);
        let spaces_after_a_break = grapheme == " " && at == start && start > 0;
        if spaces_after_a_break {
            start = at + 1;
            continue;
        }
        if grapheme == " " {
            let end = match gap {
                Some((end, next)) if next == at => end,
                _ => at,
            };
            gap = Some((end, at + 1));
        }
        if used + wide > columns && at > start {
            let (end, next) = match gap {
                Some(found) if found.0 > start => found,
                _ => (at, at),
            };
            lines.push(&paragraph[start..end]);
            start = next;
            gap = None;
            used = paragraph.get(start..at).map_or(0, text::width);
            if at < start {
                continue;
            }
        }
        used += wide;
    }
    let rest = paragraph[start..].trim_end_matches(' ');
    if start == 0 || !rest.is_empty() {
        lines.push(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &'static str, columns: u16, lines: &[&str]) {
        let words = Words::from(text);
        let got: Vec<String> = words.wrapped(columns).iter().map(|line| line.as_str().to_owned()).collect();
        assert_eq!(got, lines, "{text:?} in {columns} columns");
    }

    #[test]
    fn text_is_broken_at_spaces_and_long_words_at_graphemes() {
        check("", 5, &[""]);
        check("one", 5, &["one"]);
        check("one two three", 7, &["one two", "three"]);
        check("one two three", 8, &["one two", "three"]);
        check("one   two", 4, &["one", "two"]);
        check("abcdefgh", 3, &["abc", "def", "gh"]);
        check("ab abcdef", 4, &["ab", "abcd", "ef"]);
        check("陳怡君", 4, &["陳怡", "君"]);
        check("one\ntwo", 9, &["one", "two"]);
        check("ends ", 4, &["ends"]);
    }

    #[test]
    fn no_line_is_wider_than_it_may_be() {
        let zalgo = format!("a{} ", "\u{301}".repeat(200)).repeat(30);
        for raw in ["word ".repeat(40), "陳怡君 ab ".repeat(20), "👩\u{200d}💻❤\u{fe0f} ".repeat(9), zalgo, "x".repeat(500)]
        {
            let safe = SafeText::block(&raw);
            for columns in [2, 3, 7, 20, 80] {
                for line in Words::from(&safe).wrapped(columns) {
                    assert!(line.width() <= columns, "{raw:?} in {columns}");
                }
            }
        }
    }

    #[test]
    fn a_string_is_cleaned_on_its_way_to_the_screen() {
        assert_eq!(Words::from(format!("a{}b", "\x1b]52;c;x\x07")).as_str(), "a␛]52;c;x␇b");
        assert_eq!(Words::from("a\u{202e}b".to_owned()).as_str(), "ab");
        assert_eq!(Words::from("plain".to_owned()).as_str(), "plain");
    }
}

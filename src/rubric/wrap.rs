//! Breaks text into lines of a width, at spaces where there are any.

use unicode_segmentation::UnicodeSegmentation;

use crate::text::width;

/// `text` in lines of at most `columns` columns; a word that is longer than a line is cut at a grapheme.
///
/// Line breaks in the text stay; runs of spaces become one. There is at least one line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && width(&line) + 1 + width(word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            push_word(word, columns, &mut line, &mut lines);
        }
        lines.push(line);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// Adds a word, going on to new lines where it is too long for one.
fn push_word(word: &str, columns: usize, line: &mut String, lines: &mut Vec<String>) {
    if width(word) <= columns {
        line.push_str(word);
        return;
    }
    for grapheme in word.graphemes(true) {
        if !line.is_empty() && width(line) + width(grapheme) > columns {
            lines.push(std::mem::take(line));
        }
        line.push_str(grapheme);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, columns: usize, lines: &[&str]) {
        assert_eq!(wrap(text, columns), lines, "{text:?} in {columns}");
    }

    #[test]
    fn text_is_broken_at_spaces_and_long_words_at_graphemes() {
        check("one two  three", 7, &["one two", "three"]);
        check("one two", 3, &["one", "two"]);
        check("incomprehensible", 6, &["incomp", "rehens", "ible"]);
        check("", 10, &[""]);
        check("a\n\nb", 10, &["a", "", "b"]);
    }

    #[test]
    fn wide_letters_take_two_columns() {
        check("陳怡君先生", 4, &["陳怡", "君先", "生"]);
        check("陳 怡君", 1, &["陳", "怡", "君"]);
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_word_is_lost(text in "[a-z陳é ]{0,80}", columns in 2..20_usize) {
            let lines = wrap(&text, columns);
            for line in &lines {
                proptest::prop_assert!(width(line) <= columns, "{:?}", line);
            }
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            proptest::prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}

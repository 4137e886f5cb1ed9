//! Text as lines of a given width, and a line as stretches of one direction in the order in which they are seen.

use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation as _;

use super::letters::{Face, Weight};

/// A line: what is drawn, and what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// What is drawn, in the order of reading.
    pub(super) drawn: String,
    /// What it says: where signs are written by their code points, the signs themselves.
    pub(super) says: String,
}

/// A stretch of one direction.
pub(super) struct Run {
    pub(super) text: String,
    pub(super) from_right: bool,
}

/// A text in as many lines as it takes; the last of `most` ends with an ellipsis where there would be more.
pub(super) fn lines(text: &str, weight: Weight, size: f32, width: f32, most: usize) -> Vec<Line> {
    let face = Face::get(weight);
    let mut breaking = Breaking { lines: vec![Line { drawn: String::new(), says: String::new() }], used: 0.0, size, width, weight };
    let spaced: Vec<&str> = text.split_whitespace().collect();
    for word in spaced {
        let drawn = face.writable(word);
        breaking.word(&drawn, word);
        if breaking.lines.len() > most + 1 {
            break;
        }
    }
    let mut lines = breaking.lines;
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.drawn.push('…');
            last.says.push('…');
        }
    }
    lines
}

/// How wide a text is that the font has.
pub(super) fn width(text: &str, weight: Weight, size: f32) -> f32 {
    runs(text).iter().map(|run| Face::get(weight).shaped(&run.text, run.from_right).1 * size).sum()
}

struct Breaking {
    lines: Vec<Line>,
    used: f32,
    size: f32,
    width: f32,
    weight: Weight,
}

impl Breaking {
    fn word(&mut self, drawn: &str, says: &str) {
        let wide = width(drawn, self.weight, self.size);
        let space = if self.used > 0.0 { width(" ", self.weight, self.size) } else { 0.0 };
        if self.used + space + wide <= self.width {
            self.put(if space > 0.0 { " " } else { "" }, drawn, says, space + wide);
        } else if wide <= self.width {
            self.next();
            self.put("", drawn, says, wide);
        } else {
            self.long(drawn, says);
        }
    }

    /// A word that no line can hold, grapheme by grapheme.
    fn long(&mut self, drawn: &str, says: &str) {
        if self.used > 0.0 {
            self.next();
        }
        let same = drawn == says;
        for part in drawn.graphemes(true) {
            let wide = width(part, self.weight, self.size);
            if self.used + wide > self.width && self.used > 0.0 {
                self.next();
            }
            self.put("", part, if same { part } else { "" }, wide);
        }
        if !same && let Some(last) = self.lines.last_mut() {
            last.says.push_str(says);
        }
    }

    fn put(&mut self, space: &str, drawn: &str, says: &str, wide: f32) {
        let line = self.lines.last_mut().expect("there is always a line");
        [space, drawn].iter().for_each(|part| line.drawn.push_str(part));
        [space, says].iter().for_each(|part| line.says.push_str(part));
        self.used += wide;
    }

    fn next(&mut self) {
        self.lines.push(Line { drawn: String::new(), says: String::new() });
        self.used = 0.0;
    }
}

/// The stretches of a line from left to right.
pub(super) fn runs(line: &str) -> Vec<Run> {
    let info = BidiInfo::new(line, None);
    let Some(paragraph) = info.paragraphs.first() else { return Vec::new() };
    let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
    let run = |range: std::ops::Range<usize>| Run { from_right: levels[range.start].is_rtl(), text: line[range].to_owned() };
    runs.into_iter().map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_long_ones_break_and_what_is_too_much_ends_with_an_ellipsis() {
        let said = |text: &str, width: f32, most: usize| -> Vec<String> {
            lines(text, Weight::Regular, 10.0, width, most).into_iter().map(|line| line.says).collect()
        };
        assert_eq!(said("one two three", 50.0, 9), ["one two", "three"]);
        assert_eq!(said("one two three", 50.0, 1), ["one two…"]);
        assert!(said(&"x".repeat(40), 40.0, 9).len() > 4);
        assert_eq!(said("", 40.0, 9), [""]);
    }

    #[test]
    fn a_line_of_two_directions_has_its_stretches_as_they_are_seen() {
        let seen: Vec<(String, bool)> = runs("Ann שלום 12").into_iter().map(|run| (run.text, run.from_right)).collect();
        assert_eq!(seen[0], ("Ann ".to_owned(), false));
        assert!(seen.iter().any(|(text, from_right)| text.contains('ש') && *from_right), "{seen:?}");
    }

    #[test]
    fn a_line_says_the_signs_that_it_draws_by_their_code_points() {
        let made = lines("王 Ann", Weight::Regular, 10.0, 400.0, 1);
        assert_eq!((made[0].drawn.as_str(), made[0].says.as_str()), ("[U+738B] Ann", "王 Ann"));
    }
}

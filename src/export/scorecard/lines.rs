//! Text as lines of a given width, and a line as stretches of one direction in the order in which they are seen.

use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation as _;

use super::letters::{Face, Part, Weight};

/// A stretch of one direction.
pub(super) struct Run {
    pub(super) text: String,
    pub(super) from_right: bool,
}

/// A text in as many lines as it takes; the last of `most` ends with an ellipsis where there would be more.
pub(super) fn lines(text: &str, weight: Weight, size: f32, width: f32, most: usize) -> Vec<String> {
    let mut breaking = Breaking { lines: vec![String::new()], used: 0.0, size, width, weight };
    for word in Face::plain(text).split_whitespace() {
        breaking.word(word);
        if breaking.lines.len() > most + 1 {
            break;
        }
    }
    let mut lines = breaking.lines;
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// How wide a sign is that the font does not have, in sizes of the letters: as wide as Chinese ones are.
pub(super) const BOX: f32 = 1.06;

/// How wide a text is.
pub(super) fn width(text: &str, weight: Weight, size: f32) -> f32 {
    let face = Face::get(weight);
    let wide = |part: &Part, from_right: bool| match part {
        Part::Letters(letters) => face.shaped(letters, from_right).1,
        Part::Lacking(_) => BOX,
    };
    let of = |run: &Run| face.parts(&run.text, run.from_right).iter().map(|part| wide(part, run.from_right)).sum::<f32>();
    runs(text).iter().map(of).sum::<f32>() * size
}

struct Breaking {
    lines: Vec<String>,
    used: f32,
    size: f32,
    width: f32,
    weight: Weight,
}

impl Breaking {
    fn word(&mut self, word: &str) {
        let wide = width(word, self.weight, self.size);
        let space = if self.used > 0.0 { width(" ", self.weight, self.size) } else { 0.0 };
        if self.used + space + wide <= self.width {
            self.put(if space > 0.0 { " " } else { "" }, word, space + wide);
        } else if wide <= self.width {
            self.next();
            self.put("", word, wide);
        } else {
            self.long(word);
        }
    }

    /// A word that no line can hold, grapheme by grapheme.
    fn long(&mut self, word: &str) {
        if self.used > 0.0 {
            self.next();
        }
        for part in word.graphemes(true) {
            let wide = width(part, self.weight, self.size);
            if self.used + wide > self.width && self.used > 0.0 {
                self.next();
            }
            self.put("", part, wide);
        }
    }

    fn put(&mut self, space: &str, word: &str, wide: f32) {
        let line = self.lines.last_mut().expect("there is always a line");
        [space, word].iter().for_each(|part| line.push_str(part));
        self.used += wide;
    }

    fn next(&mut self) {
        self.lines.push(String::new());
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
        let said = |text: &str, width: f32, most: usize| -> Vec<String> { lines(text, Weight::Regular, 10.0, width, most) };
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
}

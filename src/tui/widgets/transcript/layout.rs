//! Which word stands where.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::text;
use crate::transcript::{Pause, Timing, Transcript};
use crate::tui::words::Words;

/// Words of which the engine was less sure are marked.
const UNSURE: f32 = 0.6;
/// Where nothing is measured, gaps between words of this many milliseconds and more are shown as pauses.
const PAUSE_MS: u32 = 1_500;

/// A silence between two words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The word after it; one more than there are for the one at the end.
    pub before: usize,
    /// How long nobody spoke.
    pub ms: u32,
    /// Whether it is shortened when silence is skipped.
    pub skippable: bool,
}

impl Gap {
    /// The gaps between the words of a recording that is not measured, by their times.
    pub fn between_words(transcript: &Transcript) -> Vec<Gap> {
        let gap = |pause: &Pause| Gap { before: pause.after + 1, ms: pause.span.length(), skippable: false };
        if transcript.timing == Timing::None { Vec::new() } else { transcript.pauses(PAUSE_MS).iter().map(gap).collect() }
    }
}

/// The lines of a transcript in one width. Made once per answer and width, kept by the caller.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TranscriptLayout {
    width: u16,
    pieces: Vec<Piece>,
    /// Where in the pieces each line begins; one more than there are lines.
    starts: Vec<usize>,
    /// On which line each word begins.
    line_of: Vec<u32>,
}

/// Something on a line.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) x: u16,
    pub(super) width: u16,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    /// A word, or a part of one that is longer than a line.
    Word { word: usize, bytes: Range<usize>, unsure: bool, first: bool },
    /// Nobody spoke.
    Pause { ms: u32, skippable: bool },
    /// Who speaks from here on.
    Speaker { cue: usize },
}

impl TranscriptLayout {
    /// Lays `transcript` out in `width` columns, with these silences, in their order, between its words.
    pub fn of(transcript: &Transcript, gaps: &[Gap], width: u16) -> Self {
        let mut layout = Laying { width: width.max(1), ..Laying::default() };
        layout.starts.push(0);
        let mut gaps = gaps.iter().peekable();
        for word in 0..transcript.words.len() {
            while let Some(gap) = gaps.next_if(|gap| gap.before <= word) {
                layout.pause(*gap);
            }
            layout.speaker(transcript, word);
            layout.word(transcript, word);
        }
        gaps.for_each(|gap| layout.pause(*gap));
        layout.end_line();
        TranscriptLayout { width, pieces: layout.pieces, starts: layout.starts, line_of: layout.line_of }
    }

    /// The width that it was made for.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The line on which a word begins; beyond the last word the last line.
    pub fn line_of(&self, word: usize) -> usize {
        self.line_of.get(word).map_or(self.lines().saturating_sub(1), |line| *line as usize)
    }

    /// The word at a line and a column, the nearest one on that line; none on a line without words.
    pub fn word_at(&self, line: usize, x: u16) -> Option<usize> {
        let words = self.line(line).iter().filter_map(|piece| match piece.kind {
            Kind::Word { word, .. } => Some((word, piece)),
            _ => None,
        });
        let away = |piece: &Piece| match x {
            _ if x < piece.x => piece.x - x,
            _ => (x + 1).saturating_sub(piece.x + piece.width),
        };
        words.min_by_key(|(_, piece)| away(piece)).map(|(word, _)| word)
    }

    /// What stands on a line; nothing beyond the last.
    pub(super) fn line(&self, line: usize) -> &[Piece] {
        match (self.starts.get(line), self.starts.get(line + 1)) {
            (Some(from), Some(to)) => &self.pieces[*from..*to],
            _ => &[],
        }
    }
}

/// How a pause is written, between two signs of one column.
pub(super) fn pause(ms: u32, sign: &str) -> Words<'static> {
    format!("{sign}{:.1} s{sign}", f64::from(ms) / 1000.0).into()
}

/// A layout in the making.
#[derive(Default)]
struct Laying {
    width: u16,
    pieces: Vec<Piece>,
    starts: Vec<usize>,
    line_of: Vec<u32>,
    x: u16,
    /// Whether the last sign on the line is of a script without spaces.
    unspaced: bool,
}

impl Laying {
    /// A new speaker begins a new line with the speaker's name.
    fn speaker(&mut self, transcript: &Transcript, word: usize) {
        let speaker = |word: usize| transcript.cues.get(transcript.words[word].cue).and_then(|cue| cue.speaker.as_ref());
        let Some(name) = speaker(word) else { return };
        if word > 0 && speaker(word - 1) == Some(name) {
            return;
        }
        self.end_line();
        let width = (name.width().min(usize::from(self.width / 2)) as u16).saturating_add(1).min(self.width);
        self.put(Kind::Speaker { cue: transcript.words[word].cue }, width, false);
    }

    fn pause(&mut self, Gap { ms, skippable, .. }: Gap) {
        let width = pause(ms, "·").width();
        if width <= self.width {
            self.put(Kind::Pause { ms, skippable }, width, false);
        }
    }

    fn word(&mut self, transcript: &Transcript, word: usize) {
        let said = &transcript.words[word];
        let text = said.text.shown();
        let text = text.as_ref();
        let unsure = said.confidence.is_some_and(|confidence| confidence < UNSURE);
        let mark = u16::from(unsure);
        let wide = columns(text).saturating_add(mark);
        let touches = self.unspaced && text.chars().next().is_some_and(is_unspaced);
        if wide <= self.width {
            self.put(Kind::Word { word, bytes: 0..text.len(), unsure, first: true }, wide, touches);
            self.line_of.push(self.current_line());
        } else {
            self.long_word(word, text, unsure);
        }
        self.unspaced = text.chars().next_back().is_some_and(is_unspaced);
    }

    /// A word longer than a line begins on a line of its own and is broken at graphemes.
    fn long_word(&mut self, word: usize, text: &str, unsure: bool) {
        self.end_line();
        self.line_of.push(self.current_line());
        let (mut from, mut used, mut first) = (0, u16::from(unsure), true);
        for (at, grapheme) in text.grapheme_indices(true) {
            let wide = columns(grapheme);
            if used + wide > self.width && at > from {
                self.put(Kind::Word { word, bytes: from..at, unsure, first }, used, false);
                self.end_line();
                (from, used, first) = (at, 0, false);
            }
            used += wide;
        }
        self.put(Kind::Word { word, bytes: from..text.len(), unsure, first }, used.min(self.width), false);
    }

    /// Puts a piece on the line, after a space unless it `touches` what is before it, or on the next.
    fn put(&mut self, kind: Kind, width: u16, touches: bool) {
        let gap = u16::from(self.x > 0 && !touches);
        if self.x + gap + width > self.width {
            self.end_line();
        } else {
            self.x += gap;
        }
        self.pieces.push(Piece { kind, x: self.x, width });
        self.x += width;
        self.unspaced = false;
    }

    /// Ends the line if there is anything on it.
    fn end_line(&mut self) {
        if self.starts.last() != Some(&self.pieces.len()) {
            self.starts.push(self.pieces.len());
        }
        self.x = 0;
    }

    fn current_line(&self) -> u32 {
        (self.starts.len() - 1) as u32
    }
}

/// Columns of a word, however long it is.
fn columns(text: &str) -> u16 {
    text::width(text).min(usize::from(u16::MAX / 2)) as u16
}

/// Chinese and Japanese put no space between words.
fn is_unspaced(c: char) -> bool {
    matches!(c as u32, 0x3000..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff00..=0xff60 | 0x20000..=0x3ffff)
}

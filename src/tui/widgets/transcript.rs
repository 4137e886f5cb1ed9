//! The transcript as lines of words: laid out once, then only relit.

mod layout;
#[cfg(test)]
mod tests;

use std::ops::Range;

use ratatui::layout::Rect;

use crate::transcript::Transcript;
use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::words::Words;

pub use layout::{Gap, TranscriptLayout};
use layout::{Kind, Piece};

/// What is lit at present; ranges are of words.
#[derive(Clone, Default)]
pub struct Lit<'a> {
    /// The word in the ear.
    pub spoken: Option<usize>,
    /// The word under the cursor.
    pub cursor: Option<usize>,
    /// Words taken together.
    pub selection: Option<Range<usize>>,
    /// Words that ratings rest on.
    pub evidence: &'a [Range<usize>],
    /// Words that a search hit.
    pub found: &'a [Range<usize>],
    /// Words that the rubric looks for.
    pub looked_for: &'a [Range<usize>],
}

impl Lit<'_> {
    /// What a word means at present: the most urgent meaning wins.
    fn role(&self, word: usize, unsure: bool) -> Role {
        let within = |ranges: &[Range<usize>]| ranges.iter().any(|range| range.contains(&word));
        match word {
            _ if self.spoken == Some(word) => Role::Spoken,
            _ if self.cursor == Some(word) => Role::Cursor,
            _ if self.selection.as_ref().is_some_and(|range| range.contains(&word)) => Role::Selection,
            _ if within(self.found) => Role::Search,
            _ if within(self.evidence) => Role::Evidence,
            _ if within(self.looked_for) => Role::LookFor,
            _ if unsure => Role::LowConfidence,
            _ => Role::Text,
        }
    }

    /// How the space before a word looks: lit where one stretch goes on over it.
    fn gap(&self, word: usize) -> Option<Role> {
        let over = |range: &Range<usize>| range.start < word && range.contains(&word);
        match word {
            _ if self.selection.as_ref().is_some_and(over) => Some(Role::Selection),
            _ if self.found.iter().any(over) => Some(Role::Search),
            _ if self.evidence.iter().any(over) => Some(Role::Evidence),
            _ if self.looked_for.iter().any(over) => Some(Role::LookFor),
            _ => None,
        }
    }
}

/// A window on the lines.
pub struct TranscriptView<'a> {
    /// The words.
    pub transcript: &'a Transcript,
    /// Their lines, made for this transcript and the area's width.
    pub layout: &'a TranscriptLayout,
    /// What is lit.
    pub lit: Lit<'a>,
    /// Whether silences are skipped: the pauses that are shortened are marked.
    pub skips: bool,
    /// The first line that is shown.
    pub top: usize,
}

impl TranscriptView<'_> {
    /// Draws the lines from `top` on over `area`.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        for row in 0..area.height {
            for piece in self.layout.line(self.top + usize::from(row)) {
                self.piece(canvas, area, area.y + row, piece);
            }
        }
    }

    fn piece(&self, canvas: &mut Canvas<'_>, area: Rect, y: u16, piece: &Piece) {
        let room = area.width.saturating_sub(piece.x).min(piece.width);
        let x = area.x + piece.x.min(area.width);
        match piece.kind {
            Kind::Speaker { cue } => {
                let speaker = self.transcript.cues.get(cue).and_then(|cue| cue.speaker.as_ref());
                let Some(name) = speaker else { return };
                let used = canvas.text(x, y, room.saturating_sub(1), name, Role::Speaker);
                canvas.text(x + used, y, room - used.min(room), ":", Role::Speaker);
            }
            Kind::Pause { ms, skippable } => {
                let signs = canvas.glyphs().pick(["·", "»"], [".", ">"]);
                canvas.text(x, y, room, layout::pause(ms, signs[usize::from(skippable && self.skips)]), Role::Pause);
            }
            Kind::Word { word, ref bytes, unsure, first } => {
                let Some(said) = self.transcript.words.get(word) else { return };
                let role = self.lit.role(word, unsure);
                if let Some(gap) = self.lit.gap(word).filter(|_| first && piece.x > 0) {
                    canvas.text(x - 1, y, 1, " ", gap);
                }
                let mark = if unsure && first { canvas.text(x, y, room, "~", role) } else { 0 };
                canvas.text(x + mark, y, room.saturating_sub(mark), Words::part(&said.text, bytes.clone()), role);
            }
        }
    }
}

/// The first line to show so that `word` is in a window of `height` lines that began at `top`: it stays until the word comes near
/// an edge, then moves on so that the word stands in the upper third.
pub fn follow(layout: &TranscriptLayout, top: usize, height: usize, word: usize) -> usize {
    let line = layout.line_of(word);
    let margin = if height > 4 { 1 } else { 0 };
    let in_view = line >= top + margin.min(top) && line + margin < top + height;
    let last = layout.lines().saturating_sub(height);
    let at_the_end = top >= last && line >= top && line < top + height;
    if in_view || at_the_end {
        return top;
    }
    line.saturating_sub(height / 3).min(last)
}

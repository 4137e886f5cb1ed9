//! The recording at a glance: speech and silence, where the player is, what was heard, where evidence lies.

use ratatui::layout::Rect;

use crate::interview::{Moment, Span, Spans};
use crate::tui::draw::Canvas;
use crate::tui::theme::Role;

/// Milliseconds that one peak stands for.
const PEAK_MS: u32 = 10;

const BLOCKS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII: [&str; 9] = [" ", ".", ".", ":", ":", "|", "|", "#", "#"];

/// A waveform's columns for one width: made once per answer and width, kept by the caller.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WaveColumns {
    length: Moment,
    /// Loudness of each column, 0 to 1.
    levels: Vec<f32>,
    /// Whether a column is silence for the most part.
    silent: Vec<bool>,
    /// Whether most of a column is left out when silence is skipped.
    skipped: Vec<bool>,
}

impl WaveColumns {
    /// The columns of a recording of `length` whose loudest sample in each 10 ms is `peaks`, with the silences that were
    /// found and what of them is left out when silence is skipped.
    pub fn of(peaks: &[u8], silences: &Spans, skipped: &Spans, length: Moment, width: u16) -> Self {
        let columns = WaveColumns { length, ..WaveColumns::default() };
        let spans = (0..width).map(|column| columns.span(column, width));
        WaveColumns {
            length,
            levels: spans.clone().map(|span| level(peaks, span)).collect(),
            silent: spans.clone().map(|span| covered(silences, span) > 0.5).collect(),
            skipped: spans.map(|span| covered(skipped, span) > 0.5).collect(),
        }
    }

    /// The width that they were made for.
    pub fn width(&self) -> u16 {
        self.levels.len() as u16
    }

    /// The stretch that a column stands for.
    fn span(&self, column: u16, width: u16) -> Span {
        let at = |column: u16| Moment((u64::from(self.length.0) * u64::from(column) / u64::from(width.max(1))) as u32);
        Span { start: at(column), end: at(column + 1) }
    }

    /// The column in which a moment lies.
    pub fn column_of(&self, moment: Moment) -> u16 {
        let share = u64::from(moment.0.min(self.length.0)) * u64::from(self.width()) / u64::from(self.length.0.max(1));
        (share as u16).min(self.width().saturating_sub(1))
    }
}

/// Half way between mean and loudest, bent so that quiet speech is seen.
fn level(peaks: &[u8], span: Span) -> f32 {
    let from = (span.start.0 / PEAK_MS) as usize;
    let to = (span.end.0.div_ceil(PEAK_MS) as usize).max(from + 1).min(peaks.len());
    let Some(part) = peaks.get(from..to).filter(|part| !part.is_empty()) else { return 0.0 };
    let mean = part.iter().map(|peak| f32::from(*peak)).sum::<f32>() / part.len() as f32;
    let loudest = f32::from(part.iter().copied().max().unwrap_or(0));
    ((mean + loudest) / 2.0 / 255.0).powf(0.6)
}

/// The share of a stretch that lies in `spans`.
fn covered(spans: &Spans, span: Span) -> f64 {
    let inside = |other: &Span| other.end.min(span.end).0.saturating_sub(other.start.max(span.start).0);
    let sum: u32 = spans.iter().map(inside).sum();
    f64::from(sum) / f64::from(span.length().max(1))
}

/// How far the player goes before the playhead follows.
const STEP_MS: u32 = 500;

/// What lies over the columns at present.
pub struct Waveform<'a> {
    /// The recording's columns.
    pub columns: &'a WaveColumns,
    /// Where the player is.
    pub playhead: Option<Moment>,
    /// Whether it moves: it is one cell then and goes in half seconds, so that it costs few bytes; where it stands, it stands exactly,
    /// as high as the waveform.
    pub moves: bool,
    /// What was heard and is on disk.
    pub heard: &'a Spans,
    /// What was heard and is not on disk yet.
    pub pending: &'a Spans,
    /// Stretches that ratings rest on.
    pub evidence: &'a [Span],
    /// The stretch that is played over and over.
    pub repeat: Option<Span>,
    /// Whether silence is skipped: what is left out is marked.
    pub skips: bool,
}

impl Waveform<'_> {
    /// Draws it over `area`, which is as wide as the columns: the lowest row is what was heard, those above are the waveform. In a
    /// single row the waveform stands alone.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let wave_rows = if area.height > 1 { area.height - 1 } else { area.height };
        let width = area.width.min(self.columns.width());
        for column in 0..width {
            self.wave(canvas, area, wave_rows, column);
        }
        if area.height > 1 {
            let y = area.bottom() - 1;
            for column in 0..width {
                self.heard_cell(canvas, area.x + column, y, column);
            }
            self.signs(canvas, area.x, y, width);
        }
        let step = |at: Moment| if self.moves { Moment(at.0 - at.0 % STEP_MS) } else { at };
        if let Some(at) = self.playhead.map(|at| self.columns.column_of(step(at))).filter(|at| *at < width) {
            for row in if self.moves { wave_rows.saturating_sub(1) } else { 0 }..wave_rows {
                canvas.glyph(area.x + at, area.y + row, canvas.glyphs().pick("┃", "!"), Role::Playhead);
            }
        }
    }

    fn wave(&self, canvas: &mut Canvas<'_>, area: Rect, rows: u16, column: u16) {
        let at = usize::from(column);
        if self.columns.silent[at] {
            let signs = canvas.glyphs().pick(["·", "»"], ["_", ">"]);
            let sign = signs[usize::from(self.skips && self.columns.skipped[at])];
            canvas.glyph(area.x + column, area.y + rows.saturating_sub(1), sign, Role::Silence);
            return;
        }
        // Something is always seen where there is speech, however quiet.
        let eighths = ((self.columns.levels[at] * f32::from(rows) * 8.0).round() as u16).max(1);
        for row in 0..rows {
            let below = (rows - 1 - row) * 8;
            let filled = usize::from(eighths.saturating_sub(below).min(8));
            let glyph = canvas.glyphs().pick(BLOCKS, ASCII)[filled];
            canvas.glyph(area.x + column, area.y + row, glyph, Role::WaveSpeech);
        }
    }

    fn heard_cell(&self, canvas: &mut Canvas<'_>, x: u16, y: u16, column: u16) {
        let span = self.columns.span(column, self.columns.width());
        let glyphs = canvas.glyphs();
        let committed = covered(self.heard, span);
        let (glyph, role) = match committed + covered(self.pending, span) {
            all if all < 0.5 => (glyphs.pick("┈", "."), Role::Unheard),
            _ if committed >= 0.5 => (glyphs.pick("━", "="), Role::Heard),
            _ => (glyphs.pick("╍", "~"), Role::HeardPending),
        };
        canvas.glyph(x, y, glyph, role);
    }

    fn signs(&self, canvas: &mut Canvas<'_>, x: u16, y: u16, width: u16) {
        let glyphs = canvas.glyphs();
        let mut sign = |moment: Moment, glyph: &'static str, role: Role| {
            let column = self.columns.column_of(moment);
            if column < width {
                canvas.glyph(x + column, y, glyph, role);
            }
        };
        for span in self.evidence {
            sign(span.start, glyphs.pick("◆", "*"), Role::Evidence);
        }
        if let Some(repeat) = self.repeat {
            sign(repeat.start, "[", Role::Loop);
            sign(repeat.end.shifted(-1), "]", Role::Loop);
        }
    }
}

/// How much shorter a recording becomes by what is skipped: `−3.2 s`, `−23 s`, `−1:40`.
pub fn shorter_by(ms: u32) -> String {
    match ms {
        0..9_950 => format!("−{:.1} s", f64::from(ms) / 1000.0),
        9_950..59_500 => format!("−{} s", (ms + 500) / 1000),
        _ => format!("−{}", Moment((ms + 500) / 1000 * 1000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::draw::{Glyphs, Look};
    use crate::tui::widgets::testing::{drawn, drawn_as, look, marks, rows};

    fn spans(of: &[(u32, u32)]) -> Spans {
        of.iter().map(|&(a, b)| Span { start: Moment(a), end: Moment(b) }).collect()
    }

    /// Ten seconds in ten columns: loud, then silent from 4 s to 6 s, then quiet.
    fn columns() -> WaveColumns {
        let peaks: Vec<u8> = (0..1000)
            .map(|at| {
                if at < 400 {
                    255
                } else if at < 600 {
                    0
                } else {
                    40
                }
            })
            .collect();
        WaveColumns::of(&peaks, &spans(&[(4_000, 6_000)]), &spans(&[(4_900, 6_000)]), Moment(10_000), 10)
    }

    fn shot(playhead: u32, height: u16) -> ratatui::buffer::Buffer {
        shot_of(playhead, height, false)
    }

    fn shot_of(playhead: u32, height: u16, moves: bool) -> ratatui::buffer::Buffer {
        let columns = columns();
        let (heard, pending) = (spans(&[(0, 3_000)]), spans(&[(3_000, 4_000)]));
        let evidence = [Span { start: Moment(1_200), end: Moment(2_000) }];
        let wave = Waveform {
            columns: &columns,
            playhead: Some(Moment(playhead)),
            moves,
            heard: &heard,
            pending: &pending,
            evidence: &evidence,
            repeat: Some(Span { start: Moment(7_000), end: Moment(9_000) }),
            skips: false,
        };
        drawn(10, height, |canvas, area| wave.draw(canvas, area))
    }

    #[test]
    fn speech_silence_playhead_and_what_was_heard_are_told_apart() {
        let buffer = shot(3_500, 3);
        assert_eq!(rows(&buffer), ["███┃      ", "███┃··▅▅▅▅", "━◆━╍┈┈┈[]┈"]);
        assert_eq!(marks(&buffer, 1, Role::Silence), "    ^^");
        assert_eq!(marks(&buffer, 2, Role::HeardPending), "   ^");
        assert_eq!(rows(&shot(0, 1)), ["┃███··▃▃▃▃"]);
    }

    #[test]
    fn while_it_plays_the_playhead_is_one_cell_above_what_was_heard() {
        assert_eq!(rows(&shot_of(2_500, 3, true)), ["████      ", "██┃█··▅▅▅▅", "━◆━╍┈┈┈[]┈"]);
        let (before, after) = (shot_of(1_000, 3, true), shot_of(2_500, 3, true));
        assert_eq!(before.diff_iter(&after).count(), 2);
    }

    #[test]
    fn only_two_columns_change_when_the_playhead_moves() {
        let (before, after) = (shot(1_000, 3), shot(2_500, 3));
        let changed: Vec<u16> = before.diff_iter(&after).map(|(x, ..)| x).collect();
        assert_eq!(changed, [1, 2, 1, 2]);
    }

    #[test]
    fn the_last_moments_lie_in_the_last_column() {
        let columns = columns();
        assert_eq!(columns.column_of(Moment(10_000)), 9);
        assert_eq!(columns.column_of(Moment(u32::MAX)), 9);
    }

    #[test]
    fn where_nothing_is_known_the_line_is_flat_and_nothing_counts_as_heard() {
        let empty = Spans::default();
        for (length, width, expected) in [
            (0, 10, ["┃         ", "┃▁▁▁▁▁▁▁▁▁", "┈┈┈┈┈┈┈┈┈┈"]),
            (5_000, 0, ["          "; 3]),
            (50, 10, [" ┃        ", "▁┃▁▁▁▁▁▁▁▁", "┈┈┈┈┈┈┈┈┈┈"]),
            (u32::MAX, 3, ["┃         ", "┃▁▁       ", "┈┈┈       "]),
        ] {
            let columns = WaveColumns::of(&[], &empty, &empty, Moment(length), width);
            let wave = Waveform {
                columns: &columns,
                playhead: Some(Moment(7)),
                moves: false,
                heard: &empty,
                pending: &empty,
                evidence: &[],
                repeat: None,
                skips: true,
            };
            let shot = rows(&drawn(10, 3, |canvas, area| wave.draw(canvas, area)));
            assert_eq!(shot, expected, "{length} ms in {width} columns");
        }
    }

    #[test]
    fn while_it_plays_the_playhead_goes_in_half_seconds() {
        let empty = Spans::default();
        let columns = WaveColumns::of(&[], &empty, &empty, Moment(1_000), 10);
        let shot = |playhead: u32, moves: bool| {
            let playhead = Some(Moment(playhead));
            let (heard, pending) = (&empty, &empty);
            let wave = Waveform { columns: &columns, playhead, moves, heard, pending, evidence: &[], repeat: None, skips: false };
            rows(&drawn(10, 1, |canvas, area| wave.draw(canvas, area)))[0].clone()
        };
        assert_eq!([shot(499, true), shot(999, true)], ["┃▁▁▁▁▁▁▁▁▁", "▁▁▁▁▁┃▁▁▁▁"]);
        assert_eq!(shot(499, false), "▁▁▁▁┃▁▁▁▁▁", "where it stands, it stands exactly");
    }

    #[test]
    fn seven_bits_are_enough() {
        let ascii = Look { glyphs: Glyphs::Ascii, ..look() };
        let columns = columns();
        let empty = Spans::default();
        let playhead = Some(Moment(0));
        let wave = Waveform {
            columns: &columns,
            playhead,
            moves: false,
            heard: &empty,
            pending: &empty,
            evidence: &[],
            repeat: None,
            skips: true,
        };
        let shot = rows(&drawn_as(&ascii, 10, 2, |canvas, area| wave.draw(canvas, area)));
        assert_eq!(shot, ["!###_>::::", ".........."]);
    }

    #[test]
    fn what_is_skipped_is_told_from_the_silence_that_is_left_and_its_length_is_said() {
        let (columns, empty) = (columns(), Spans::default());
        let wave = Waveform {
            columns: &columns,
            playhead: None,
            moves: false,
            heard: &empty,
            pending: &empty,
            evidence: &[],
            repeat: None,
            skips: true,
        };
        assert_eq!(rows(&drawn(10, 1, |canvas, area| wave.draw(canvas, area))), ["████·»▃▃▃▃"]);
        assert_eq!(
            [3_240, 9_949, 9_950, 23_400, 59_600, 100_200].map(shorter_by),
            ["−3.2 s", "−9.9 s", "−10 s", "−23 s", "−1:00", "−1:40"]
        );
    }
}

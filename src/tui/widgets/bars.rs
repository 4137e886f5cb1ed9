//! Figures as bars: how much is done, and where a figure lies with how far it may be off.

use ratatui::layout::Rect;

use crate::tui::draw::Canvas;
use crate::tui::theme::Role;

const EIGHTHS: [&str; 9] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

/// How much of something is done, in eighths of a column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Meter {
    /// 0 to 1; what is outside counts as the nearest end, what is no number as 0.
    pub share: f64,
    /// What it means; usually [`Role::Meter`].
    pub role: Role,
}

impl Meter {
    /// Draws it over the first row of `area`.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let eighths = (self.share.clamp(0.0, 1.0) * f64::from(area.width) * 8.0).round() as u32;
        for column in 0..area.width {
            let filled = eighths.saturating_sub(u32::from(column) * 8).min(8) as usize;
            let glyph = canvas.glyphs().pick(EIGHTHS[filled], if filled >= 4 { "#" } else { " " });
            match (glyph, filled) {
                (" ", _) => canvas.glyph(area.x + column, area.y, canvas.glyphs().pick("·", "."), Role::MeterRest),
                _ => canvas.glyph(area.x + column, area.y, glyph, self.role),
            }
        }
    }
}

/// A figure on a line with the interval in which it may lie: `───├──●────┤──`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RankBar {
    /// The line's ends, for instance 0 and 100, or 1 and the number of candidates.
    pub ends: (f64, f64),
    /// Where the figure may lie, if that is known.
    pub interval: Option<(f64, f64)>,
    /// The figure, if there is one.
    pub estimate: Option<f64>,
    /// Something to hold it against, such as the cut.
    pub mark: Option<f64>,
}

impl RankBar {
    /// Draws it over the first row of `area`.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let glyphs = canvas.glyphs();
        for column in 0..area.width {
            canvas.glyph(area.x + column, area.y, glyphs.pick("─", "-"), Role::Faint);
        }
        if let Some((low, high)) = self.interval.and_then(|(low, high)| Some((self.column(low, area)?, self.column(high, area)?))) {
            let (low, high) = (low.min(high), low.max(high));
            for x in low..=high {
                canvas.glyph(x, area.y, glyphs.pick("━", "="), Role::Interval);
            }
            canvas.glyph(low, area.y, glyphs.pick("├", "["), Role::Interval);
            canvas.glyph(high, area.y, glyphs.pick("┤", "]"), Role::Interval);
        }
        if let Some(x) = self.mark.and_then(|mark| self.column(mark, area)) {
            canvas.glyph(x, area.y, glyphs.pick("┊", ":"), Role::Loop);
        }
        if let Some(x) = self.estimate.and_then(|estimate| self.column(estimate, area)) {
            canvas.glyph(x, area.y, glyphs.pick("●", "o"), Role::Estimate);
        }
    }

    /// The column of a value; none without room or a number.
    fn column(&self, value: f64, area: Rect) -> Option<u16> {
        let share = (value - self.ends.0) / (self.ends.1 - self.ends.0);
        let last = area.width.checked_sub(1)?;
        share.is_finite().then(|| area.x + (share.clamp(0.0, 1.0) * f64::from(last)).round() as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::draw::{Glyphs, Look};
    use crate::tui::widgets::testing::{drawn, drawn_as, look, rows};

    fn meter(share: f64) -> String {
        rows(&drawn(4, 1, |canvas, area| Meter { share, role: Role::Meter }.draw(canvas, area))).concat()
    }

    #[test]
    fn a_meter_is_as_full_as_its_share() {
        assert_eq!(meter(0.0), "····");
        assert_eq!(meter(0.5), "██··");
        assert_eq!(meter(0.53125), "██▏·");
        assert_eq!(meter(7.0), "████");
        assert_eq!(meter(f64::NAN), "····");
        let ascii = Look { glyphs: Glyphs::Ascii, ..look() };
        let plain = drawn_as(&ascii, 4, 1, |canvas, area| Meter { share: 0.4, role: Role::Meter }.draw(canvas, area));
        assert_eq!(rows(&plain), ["##.."]);
    }

    fn bar(interval: Option<(f64, f64)>, estimate: Option<f64>) -> String {
        let bar = RankBar { ends: (0.0, 100.0), interval, estimate, mark: None };
        rows(&drawn(11, 1, |canvas, area| bar.draw(canvas, area))).concat()
    }

    #[test]
    fn a_figure_lies_in_its_interval() {
        assert_eq!(bar(Some((20.0, 60.0)), Some(50.0)), "──├━━●┤────");
        assert_eq!(bar(None, Some(0.0)), "●──────────");
        assert_eq!(bar(Some((90.0, 300.0)), None), "─────────├┤");
        assert_eq!(bar(Some((f64::NAN, 3.0)), Some(f64::NAN)), "───────────");
    }
}

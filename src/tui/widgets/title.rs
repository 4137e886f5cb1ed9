//! The top of the screen: where one is, whose answer it is, and how it stands.

use ratatui::layout::Rect;

use super::rating::SaveState;
use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::words::Words;

/// One line that says where one is.
#[derive(Default)]
pub struct TitleBar<'a> {
    /// The screen.
    pub screen: Words<'a>,
    /// The same, in short, for where whose answer it is would not fit beside it.
    pub short: Words<'a>,
    /// The batch, the question: what the screen is about, the widest first.
    pub about: Vec<Words<'a>>,
    /// Whose answer: a pseudonym, or a name that was revealed.
    pub who: Option<Words<'a>>,
    /// Whether names are hidden.
    pub names_hidden: bool,
    /// Other short words with a ground of their own: "sealed", "text changed".
    pub badges: Vec<(Words<'a>, Role)>,
    /// Speed, position, what is skipped.
    pub state: Words<'a>,
    /// Whether everything is on disk.
    pub saved: SaveState,
}

/// Columns of what a screen is about below which it is left out.
const LEAST: u16 = 12;

impl TitleBar<'_> {
    /// Draws it over the first row of `area`. Where there is little room the right side stays and what the screen is about is cut.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        canvas.paint(Rect { height: 1, ..area }, Role::TitleBar);
        let who = self.who.as_ref().map_or(0, |who| who.width() + 3);
        let width_of = |parts: &[(Words<'_>, Role)]| parts.iter().map(|(words, _)| words.width()).sum::<u16>();
        let fits = |screen: &Words<'_>, right: &[(Words<'_>, Role)]| screen.width() + who + width_of(right) + 2 <= area.width;
        let (mut screen, mut right) = (&self.screen, self.right(canvas, true));
        // Whose answer it is has its place before all else: that names are hidden is seen by the name itself.
        if who > 0 && !fits(screen, &right) {
            let short = if self.short.is_empty() { screen } else { &self.short };
            if !fits(short, &right) {
                right = self.right(canvas, false);
            }
            if !fits(short, &right) {
                // Whether it is saved keeps its sign.
                let (sign, role) = self.saved.mark(canvas.glyphs());
                right.retain(|(_, role)| ![Role::TitleBar, Role::Pending, Role::Saved].contains(role));
                right.push((sign.into(), role));
                right.push((" ".into(), Role::TitleBar));
            }
            screen = if fits(screen, &right) { screen } else { short };
        }
        let wanted: u16 = width_of(&right);
        let right_width = wanted.min(area.width.saturating_sub(screen.width() + 2));
        let x = area.right() - right_width;
        canvas.line(x, area.y, right_width, right);
        let room = area.width.saturating_sub(right_width + 1);
        let mut left: Vec<(Words<'_>, Role)> = vec![(" ".into(), Role::TitleBar), (screen.into(), Role::Title)];
        if let Some(who) = &self.who {
            left.push((canvas.glyphs().pick(" · ", " - ").into(), Role::TitleBar));
            left.push((who.into(), Role::Accent));
        }
        for (nth, about) in self.about.iter().enumerate() {
            // A few letters and an ellipsis tell nobody anything; the first part is told as far as it goes.
            let used = width_of(&left);
            let is_said = used + 3 + about.width() <= room || (nth == 0 && self.who.is_none() && used + 3 + LEAST <= room);
            if !is_said {
                break;
            }
            left.push((canvas.glyphs().pick(" · ", " - ").into(), Role::TitleBar));
            left.push((about.into(), Role::TitleBar));
        }
        canvas.line(area.x, area.y, room, left);
    }

    fn right(&self, canvas: &Canvas<'_>, says_hidden: bool) -> Vec<(Words<'_>, Role)> {
        let mut right: Vec<(Words<'_>, Role)> = Vec::new();
        if self.names_hidden && says_hidden {
            right.push((" names hidden ".into(), Role::Badge));
            right.push((" ".into(), Role::TitleBar));
        }
        for (words, role) in &self.badges {
            right.push((words.into(), *role));
            right.push((" ".into(), Role::TitleBar));
        }
        if !self.state.is_empty() {
            right.push(((&self.state).into(), Role::TitleBar));
            right.push((" ".into(), Role::TitleBar));
        }
        match self.saved {
            SaveState::None => {}
            // As wide as the other: nothing beside it moves when it changes, which it does all the time while something is heard.
            SaveState::Pending => right.push((canvas.glyphs().pick("◌ saving", "o saving").into(), Role::Pending)),
            SaveState::HeldUp => right.push((canvas.glyphs().pick("✗ not saved", "x not saved").into(), Role::Error)),
            SaveState::Saved => right.push((canvas.glyphs().pick("● saved ", "* saved ").into(), Role::Saved)),
        }
        right
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;
    use crate::tui::widgets::testing::{assert_whole, drawn, hostile, rows};

    fn bar(batch: &SafeText, width: u16) -> ratatui::buffer::Buffer {
        let bar = TitleBar {
            screen: "Review".into(),
            about: vec![batch.into()],
            who: Some("Amber Fox".into()),
            names_hidden: true,
            state: "1.5x".into(),
            saved: SaveState::Saved,
            ..TitleBar::default()
        };
        drawn(width, 1, |canvas, area| bar.draw(canvas, area))
    }

    #[test]
    fn the_right_side_stays_and_what_does_not_fit_whole_is_left_out() {
        let batch = SafeText::name("Support engineers");
        assert_eq!(rows(&bar(&batch, 70)), [" Review · Amber Fox · Support engineers    names hidden  1.5x ● saved "]);
        assert_eq!(rows(&bar(&batch, 50)), [" Review · Amber Fox    names hidden  1.5x ● saved "]);
    }

    #[test]
    fn nothing_else_moves_when_what_is_saved_is_saved() {
        let shot = |saved| {
            let bar = TitleBar { screen: "Review".into(), state: "▶ 0:07 1.5x".into(), saved, ..TitleBar::default() };
            rows(&drawn(60, 1, |canvas, area| bar.draw(canvas, area))).remove(0)
        };
        let (saving, saved) = (shot(SaveState::Pending), shot(SaveState::Saved));
        assert_eq!(saving.split('◌').next(), saved.split('●').next());
        assert!(saving.ends_with("◌ saving") && saved.ends_with("● saved "), "{saving:?} {saved:?}");
    }

    #[test]
    fn a_hostile_name_keeps_the_line() {
        for raw in hostile() {
            for width in [1, 9, 40, 100] {
                assert_whole(&bar(&SafeText::name(&raw), width), &raw);
            }
        }
    }
}

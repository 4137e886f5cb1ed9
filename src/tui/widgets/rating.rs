//! One criterion of the rubric pane: its keys beside the anchors that they give, and what was given.

use ratatui::layout::Rect;

use crate::rubric::Observed;
use crate::tui::draw::{Canvas, Glyphs};
use crate::tui::theme::Role;
use crate::tui::words::Words;

/// Whether what is shown is on disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SaveState {
    /// There is nothing to save.
    #[default]
    None,
    /// On its way: `◌`.
    Pending,
    /// On disk: `●`.
    Saved,
    /// It cannot be written for now: `✗`.
    HeldUp,
}

impl SaveState {
    /// Its sign and role.
    pub fn mark(self, glyphs: Glyphs) -> (&'static str, Role) {
        match self {
            SaveState::None => (" ", Role::Text),
            SaveState::Pending => (glyphs.pick("◌", "o"), Role::Pending),
            SaveState::Saved => (glyphs.pick("●", "*"), Role::Saved),
            SaveState::HeldUp => (glyphs.pick("✗", "x"), Role::Error),
        }
    }
}

/// What was given for a criterion.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Given<'a> {
    /// Nothing yet.
    #[default]
    Nothing,
    /// A point, as the scale writes it: `4`, `3.5`.
    Point(Words<'a>),
    /// The answer gave no chance to see it.
    NotObserved,
    /// The recording cannot be judged.
    Fault,
}

/// One point of the scale.
pub struct Anchor<'a> {
    /// The key that gives it, or what is typed for it.
    pub key: Words<'a>,
    /// What that gives.
    pub gives: Observed,
    /// The behaviour that describes it, or the scale's label where the rubric describes none.
    pub text: Words<'a>,
    /// Whether this is the point that was given.
    pub given: bool,
    /// The most rows that it may take; the rest of its text is cut.
    pub rows: u16,
}

impl Anchor<'_> {
    /// Rows that all of it takes in `width` columns.
    pub fn lines(&self, width: u16) -> u16 {
        self.text.wrapped(width.saturating_sub(KEY_COLUMNS)).len().min(usize::from(u16::MAX)) as u16
    }

    /// Rows that it takes when it is drawn there.
    pub fn height(&self, width: u16) -> u16 {
        self.lines(width).min(self.rows.max(1))
    }

    /// Draws it over the top of `area`, as much as fits, and returns the rows used.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> u16 {
        let sign = if self.given { canvas.glyphs().pick("●", "*") } else { " " };
        // A point of two digits or three takes the spaces around the sign.
        let (before, between) = [(" ", " "), ("", " "), ("", "")][usize::from(self.key.width().saturating_sub(1)).min(2)];
        canvas.line(
            area.x,
            area.y,
            area.width.min(KEY_COLUMNS),
            [
                (before.into(), Role::Text),
                (sign.into(), Role::Rated),
                (between.into(), Role::Text),
                ((&self.key).into(), Role::Key),
            ],
        );
        let role = if self.given { Role::Rated } else { Role::Text };
        let text = Rect { x: area.x + KEY_COLUMNS.min(area.width), width: area.width.saturating_sub(KEY_COLUMNS), ..area };
        let rows = self.height(area.width).min(area.height);
        let lines = self.text.wrapped(text.width);
        for (row, line) in (0..rows).zip(&lines) {
            let used = canvas.text(text.x, text.y + row, text.width, line, role);
            let cut = row + 1 == rows && usize::from(rows) < lines.len();
            if cut && text.width > 0 {
                canvas.text(text.x + used.min(text.width - 1), text.y + row, 1, "…", role);
            }
        }
        rows
    }
}

/// One criterion with its anchors.
pub struct RatingRow<'a> {
    /// Its name.
    pub name: Words<'a>,
    /// Its weight, as text: `×3`.
    pub weight: Words<'a>,
    /// The points, in the order of their keys; shown where the criterion has the focus.
    pub anchors: &'a [Anchor<'a>],
    /// What was given.
    pub given: Given<'a>,
    /// Whether that is on disk.
    pub saved: SaveState,
    /// How many stretches of evidence it rests on.
    pub evidence: usize,
    /// Whether evidence would be for this one, though a digit rates another.
    pub takes_evidence: bool,
    /// Whether a digit rates this one.
    pub focused: bool,
}

/// Columns before an anchor's text: the sign of what was given, the key, a space.
const KEY_COLUMNS: u16 = 5;

impl RatingRow<'_> {
    /// Rows that it takes in `width` columns.
    pub fn height(&self, width: u16) -> u16 {
        1 + if self.focused { self.anchors.iter().map(|anchor| anchor.height(width)).sum::<u16>() } else { 0 }
    }

    /// Draws it over the top of `area`, as much as fits, and returns the rows used.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> u16 {
        if area.height == 0 {
            return 0;
        }
        self.head(canvas, area);
        let mut rows = 1;
        for anchor in self.anchors.iter().filter(|_| self.focused) {
            if rows >= area.height {
                break;
            }
            let rest = Rect { y: area.y + rows, height: area.height - rows, ..area };
            rows += anchor.draw(canvas, rest);
        }
        rows
    }

    fn head(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let glyphs = canvas.glyphs();
        if self.focused {
            canvas.paint(Rect { height: 1, ..area }, Role::Selected);
        }
        let (value, role): (Words<'_>, Role) = match &self.given {
            Given::Nothing => (glyphs.pick("·", ".").into(), Role::Unrated),
            Given::Point(point) => (point.into(), Role::Rated),
            Given::NotObserved => ("n/o".into(), Role::NotObserved),
            Given::Fault => ("fault".into(), Role::Fault),
        };
        let (mark, mark_role) = self.saved.mark(glyphs);
        let evidence: Words<'_> = match self.evidence {
            0 => "".into(),
            n => format!("{}{n} ", glyphs.pick("❝", "\"")).into(),
        };
        // What gave no chance to see it rests on nothing that could be marked.
        let rests = matches!(self.given, Given::Nothing | Given::Point(_));
        let takes = if self.takes_evidence && rests { "e " } else { "" };
        let gap = (Words::from(" "), Role::Text);
        let right = [(takes.into(), Role::Key), (evidence, Role::Evidence), (value, role), gap, (mark.into(), mark_role)];
        let wanted: u16 = right.iter().map(|(words, _)| words.width()).sum();
        let right_width = wanted.min(area.width);
        canvas.line(area.right() - right_width, area.y, right_width, right);
        let pointer = if self.focused { glyphs.pick("▶ ", "> ") } else { "  " };
        let name_role = if self.focused { Role::Title } else { Role::Text };
        let room = area.width.saturating_sub(right_width + 1);
        // The weight stays whole: a long name is cut before it.
        let named = room.saturating_sub(self.weight.width() + 1);
        let left = [(pointer.into(), Role::Accent), ((&self.name).into(), name_role)];
        let used = canvas.line(area.x, area.y, named, left) + 1;
        canvas.text(area.x + used, area.y, room.saturating_sub(used), &self.weight, Role::Muted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rubric::Point;
    use crate::text::SafeText;
    use crate::tui::widgets::testing::{assert_whole, drawn, hostile, rows};

    fn row<'a>(name: Words<'a>, anchors: &'a [Anchor<'a>]) -> RatingRow<'a> {
        RatingRow {
            name,
            weight: "x3".into(),
            anchors,
            given: Given::Point("4".into()),
            saved: SaveState::Pending,
            evidence: 2,
            takes_evidence: false,
            focused: true,
        }
    }

    fn anchors<'a>(low: &'a Words<'a>) -> [Anchor<'a>; 2] {
        [
            Anchor { key: "1".into(), gives: Observed::Point(Point::whole(1)), text: low.into(), given: false, rows: u16::MAX },
            Anchor {
                key: "4".into(),
                gives: Observed::Point(Point::whole(4)),
                text: "Rules out alternatives".into(),
                given: true,
                rows: u16::MAX,
            },
        ]
    }

    #[test]
    fn anchors_stand_beside_their_keys_and_the_given_one_is_marked() {
        let low = Words::from("Tries fixes at random");
        let anchors = anchors(&low);
        let row = row("Diagnosis".into(), &anchors);
        let buffer = drawn(24, 5, |canvas, area| assert_eq!(row.draw(canvas, area), row.height(24)));
        assert_eq!(
            rows(&buffer),
            [
                "▶ Diagnosis x3    ❝2 4 ◌",
                "   1 Tries fixes at     ",
                "     random             ",
                " ● 4 Rules out          ",
                "     alternatives       "
            ]
        );
    }

    #[test]
    fn a_long_name_is_cut_before_its_weight() {
        let row = RatingRow { focused: false, takes_evidence: true, ..row("Leaves a record for the next watch".into(), &[]) };
        assert_eq!(rows(&drawn(28, 1, |canvas, area| _ = row.draw(canvas, area))), ["  Leaves a reco… x3 e ❝2 4 ◌"]);
    }

    #[test]
    fn long_anchors_can_be_cut() {
        let low = Words::from("Tries fixes at random");
        let anchors = anchors(&low).map(|anchor| Anchor { rows: 1, ..anchor });
        let row = row("Diagnosis".into(), &anchors);
        let buffer = drawn(24, 3, |canvas, area| assert_eq!(row.draw(canvas, area), 3));
        assert_eq!(rows(&buffer)[1..], ["   1 Tries fixes at…    ", " ● 4 Rules out…         "]);
    }

    #[test]
    fn without_the_focus_it_is_one_line() {
        let low = Words::from("low");
        let anchors = anchors(&low);
        let row =
            RatingRow { focused: false, given: Given::NotObserved, saved: SaveState::Saved, ..row("Diagnosis".into(), &anchors) };
        assert_eq!(row.height(24), 1);
        assert_eq!(rows(&drawn(24, 1, |canvas, area| _ = row.draw(canvas, area))), ["  Diagnosis x3  ❝2 n/o ●"]);
    }

    #[test]
    fn hostile_names_and_anchors_keep_their_columns() {
        for raw in hostile() {
            let text = SafeText::line(&raw);
            let low = Words::from(&text);
            let anchors = anchors(&low);
            for width in [1, 4, 6, 24] {
                let buffer = drawn(width, 6, |canvas, area| _ = row((&text).into(), &anchors).draw(canvas, area));
                assert_whole(&buffer, &raw);
            }
        }
    }
}

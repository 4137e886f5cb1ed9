//! What stands on a terminal's screen, copied so that it can be looked at in peace.

use std::fmt;

/// A screen as it was at one moment.
#[derive(Clone)]
pub(crate) struct Screen(vt100::Screen);

impl Screen {
    pub(super) fn of(screen: &vt100::Screen) -> Self {
        Screen(screen.clone())
    }

    /// Whether the rubric lies there that is read before anything plays.
    pub(crate) fn is_read_first(&self) -> bool {
        self.read_first().is_some()
    }

    /// What stands below that rubric: how much of it is left.
    pub(crate) fn read_first(&self) -> Option<String> {
        let foots = ["Enter turns the page", "Enter says that you have read it"];
        self.rows().into_iter().find(|row| foots.iter().any(|foot| row.contains(foot)))
    }

    /// Whether this stands in one of its rows.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.rows().iter().any(|row| row.contains(text))
    }

    /// Its rows as text.
    pub(crate) fn rows(&self) -> Vec<String> {
        let (_, columns) = self.0.size();
        self.0.rows(0, columns.get()).map(|row| row.trim_end().to_owned()).collect()
    }

    /// The row with this in it.
    pub(crate) fn row_with(&self, text: &str) -> Option<String> {
        self.rows().into_iter().find(|row| row.contains(text))
    }

    /// Where this stands, in columns and rows from 0.
    pub(crate) fn place_of(&self, text: &str) -> Option<(u16, u16)> {
        self.rows().iter().enumerate().find_map(|(y, row)| {
            let at = row.find(text)?;
            Some((row[..at].chars().count() as u16, y as u16))
        })
    }

    /// The background of a cell.
    pub(crate) fn ground(&self, column: u16, row: u16) -> Option<vt100::Color> {
        self.0.cell(row, column).map(vt100::Cell::bgcolor)
    }

    /// The row of the cursor.
    #[allow(dead_code, reason = "programs that measure ask for it")]
    pub(crate) fn cursor_row(&self) -> u16 {
        self.0.cursor_position().0
    }

    /// The last row: hints, or what there is to know.
    pub(crate) fn foot(&self) -> String {
        self.rows().pop().unwrap_or_default()
    }

    /// The first row: where one is.
    pub(crate) fn title(&self) -> String {
        self.rows().into_iter().next().unwrap_or_default()
    }

    /// The spoken word and where it begins, in rows and columns: what is bold and underlined at once.
    pub(crate) fn spoken(&self) -> Option<(u16, u16, String)> {
        let (rows, columns) = self.0.size();
        let lit = |row: u16, column: u16| self.0.cell(row, column).is_some_and(|cell| cell.bold() && cell.underline());
        let places = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
        let (row, from) = places.into_iter().find(|&(row, column)| lit(row, column))?;
        let word = (from..columns.get()).take_while(|&column| lit(row, column));
        let word = word.filter_map(|column| self.0.cell(row, column)).map(vt100::Cell::contents).collect();
        Some((row, from, word))
    }

    /// Whether the terminal is as a shell wants it: the ordinary screen, a cursor, no mouse, no bracketed paste.
    pub(crate) fn is_given_back(&self) -> bool {
        !self.0.alternate_screen()
            && !self.0.hide_cursor()
            && !self.0.bracketed_paste()
            && self.0.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows().iter().try_for_each(|row| writeln!(f, "│{row}"))
    }
}

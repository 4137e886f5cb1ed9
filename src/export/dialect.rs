//! How a table is written for one reader: byte order mark, delimiter, line ends, decimals, dates, the formula guard.

use super::csv::Guarded;
use super::guard::{Guard, guarded, has_controls};
use super::mapping::Datum;
use super::write::{Records, lines};

/// A profile's `[format]`, as far as it says how one record is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dialect {
    /// Whether the file begins with a byte order mark, which spreadsheets need and machines stumble over.
    pub bom: bool,
    /// Between cells; an ASCII character.
    pub delimiter: u8,
    /// Which cells are in quotes.
    pub quote: Quote,
    /// Whether records end with CR and LF; else with LF alone.
    pub crlf: bool,
    /// Line breaks within cells.
    pub cell_newline: CellNewline,
    /// Whether the first record holds the columns' names.
    pub header: bool,
    /// What stands for yes and for no.
    pub booleans: (String, String),
    /// What stands before a number's decimals; an ASCII character.
    pub decimal: char,
    /// How a day is written, in strftime's letters.
    pub date: String,
    /// How a moment is written, in UTC.
    pub datetime: String,
    /// What stands where there is no value.
    pub null: String,
    /// What happens to people's text that a spreadsheet could take for a formula.
    pub guard: Guard,
}

/// Which cells are in quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Quote {
    /// Those that must be.
    #[default]
    Minimal,
    /// All.
    All,
    /// All but numbers.
    Text,
}

/// What happens to line breaks within cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CellNewline {
    /// They stay as they are.
    AsIs,
    /// They stay, as LF.
    #[default]
    Keep,
    /// Each becomes a space.
    Space,
    /// The row is quarantined.
    Refuse,
}

/// How much one file may hold, and what happens to more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bounds {
    /// Records beside the header.
    pub max_rows: Option<u64>,
    /// Bytes.
    pub max_bytes: Option<u64>,
    /// What goes into files of its own.
    pub split: Split,
}

/// What goes into files of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Split {
    /// Nothing: more than the bounds is refused.
    #[default]
    None,
    /// As many rows as the bounds allow.
    Rows,
    /// The rows of each requisition, and of these as many as the bounds allow.
    Requisition,
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect {
            bom: false,
            delimiter: b',',
            quote: Quote::Minimal,
            crlf: true,
            cell_newline: CellNewline::Keep,
            header: true,
            booleans: ("true".into(), "false".into()),
            decimal: '.',
            date: "%Y-%m-%d".into(),
            datetime: "%Y-%m-%dT%H:%M:%SZ".into(),
            null: String::new(),
            guard: Guard::Apostrophe,
        }
    }
}

/// Why a value cannot stand in a cell of this dialect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unwritable {
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

/// A cell as it goes into the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CellText {
    /// The text, guarded and without what the dialect has no place for.
    pub text: String,
    /// Whether the formula guard found it.
    pub guarded: bool,
}

impl Dialect {
    /// A value as the text of a cell.
    ///
    /// # Errors
    /// Where the dialect refuses it; the row is then left out and named.
    pub fn cell(&self, value: &Datum) -> Result<CellText, Unwritable> {
        let (text, of_people) = match value {
            Datum::Text(text) => (self.lines(text)?, true),
            Datum::Exact(text) => (self.lines(text)?, true),
            Datum::Word(text) => (text.clone(), false),
            Datum::Decimal { .. } | Datum::Integer(_) => (self.number(&value.written()), false),
            Datum::Flag(flag) => (if *flag { &self.booleans.0 } else { &self.booleans.1 }.clone(), false),
            Datum::Date(date) => (jiff::fmt::strtime::format(&self.date, *date).map_err(|_| no_time(&self.date))?, false),
            Datum::Time(time) => (jiff::fmt::strtime::format(&self.datetime, *time).map_err(|_| no_time(&self.datetime))?, false),
            Datum::Empty => (self.null.clone(), false),
        };
        if text.contains('\0') {
            let remedy = "remove it where it was written; no importer takes it";
            return Err(Unwritable { reason: "it holds a NUL character".into(), remedy: remedy.into() });
        }
        let Some(safe) = guarded(&text).filter(|_| of_people) else { return Ok(CellText { text, guarded: false }) };
        match self.guard {
            Guard::Off => Ok(CellText { text, guarded: true }),
            Guard::Apostrophe => Ok(CellText { text: safe, guarded: true }),
            Guard::Quarantine => Err(Unwritable {
                reason: "a spreadsheet could take it for a formula".into(),
                remedy: "change the text, or choose formula_guard = \"apostrophe\" where the reader allows it".into(),
            }),
        }
    }

    /// Whether a spreadsheet could take a value for a formula: only what people or other systems wrote.
    pub fn is_risky(&self, value: &Datum) -> bool {
        matches!(value, Datum::Text(text) | Datum::Exact(text) if guarded(text).is_some())
    }

    /// The records as the bytes of one file, with every cell that the guard found or that holds control characters.
    pub fn file(&self, columns: &[String], rows: &[&[CellText]]) -> DialectFile {
        let (mut out, mut bytes) = (DialectFile::default(), Vec::new());
        let memory = "writing to memory cannot fail";
        let mut to = Records::new(&mut bytes, self);
        if self.header {
            for column in columns {
                match guarded(column) {
                    Some(safe) if self.guard != Guard::Off => to.field(&safe),
                    _ => to.field(column),
                }
            }
            to.end().expect(memory);
        }
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in columns.iter().zip(*cells) {
                let named = || Guarded { row: Some(row), column: column.clone(), ..Guarded::default() };
                if cell.guarded {
                    out.guarded.push(named());
                }
                if has_controls(&cell.text) {
                    out.controls.push(named());
                }
            }
            cells.iter().for_each(|cell| to.field(&cell.text));
            to.end().expect(memory);
        }
        to.finish().expect(memory);
        out.bytes = bytes;
        out
    }

    fn number(&self, written: &str) -> String {
        if self.decimal == '.' { written.to_owned() } else { written.replace('.', &self.decimal.to_string()) }
    }

    fn lines(&self, text: &str) -> Result<String, Unwritable> {
        let even = lines(text, self.cell_newline);
        even.map(std::borrow::Cow::into_owned).map_err(|wrong| Unwritable { reason: wrong.reason, remedy: wrong.remedy })
    }
}

fn no_time(pattern: &str) -> Unwritable {
    Unwritable { reason: format!("\"{pattern}\" cannot write it"), remedy: "correct the pattern in [format]".into() }
}

/// A table as the bytes of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DialectFile {
    /// The file.
    pub bytes: Vec<u8>,
    /// Every cell that a spreadsheet could take for a formula, in order.
    pub guarded: Vec<Guarded>,
    /// Every cell with control characters, in order.
    pub controls: Vec<Guarded>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(dialect: &Dialect, value: Datum) -> Result<String, String> {
        dialect.cell(&value).map(|cell| cell.text).map_err(|error| error.reason)
    }

    #[test]
    fn numbers_flags_and_dates_are_written_as_the_reader_wants_them() {
        let german = Dialect {
            decimal: ',',
            date: "%d.%m.%Y".into(),
            booleans: ("WAHR".into(), "FALSCH".into()),
            null: "-".into(),
            ..Dialect::default()
        };
        let time: jiff::Timestamp = "2026-03-04T05:06:07.89Z".parse().expect("a time");
        for (value, machine, people) in [
            (Datum::decimal(-1.5, Some(2)), "-1.50", "-1,50"),
            (Datum::Integer(-3), "-3", "-3"),
            (Datum::Flag(true), "true", "WAHR"),
            (Datum::Time(time), "2026-03-04T05:06:07Z", "2026-03-04T05:06:07Z"),
            (Datum::Date("2026-03-04".parse().expect("a day")), "2026-03-04", "04.03.2026"),
            (Datum::Empty, "", "-"),
        ] {
            assert_eq!(cell(&Dialect::default(), value.clone()).as_deref(), Ok(machine));
            assert_eq!(cell(&german, value).as_deref(), Ok(people));
        }
    }

    #[test]
    fn line_breaks_in_cells_stay_become_spaces_or_are_refused() {
        let of = |cell_newline| Dialect { cell_newline, ..Dialect::default() };
        let text = || Datum::Text("a\r\nb\rc\u{2028}d".into());
        assert_eq!(cell(&of(CellNewline::Keep), text()).as_deref(), Ok("a\nb\nc\u{2028}d"));
        assert_eq!(cell(&of(CellNewline::Space), text()).as_deref(), Ok("a b c d"));
        assert!(cell(&of(CellNewline::Refuse), text()).is_err_and(|why| why.contains("line break")));
        assert!(cell(&of(CellNewline::Keep), Datum::Text("a\0".into())).is_err_and(|why| why.contains("NUL")));
    }

    #[test]
    fn only_what_people_or_other_systems_wrote_is_guarded() {
        let of = |guard| Dialect { guard, ..Dialect::default() };
        assert_eq!(cell(&of(Guard::Apostrophe), Datum::Text("=1+1".into())).as_deref(), Ok("'=1+1"));
        assert_eq!(cell(&of(Guard::Off), Datum::Exact("-7".into())).as_deref(), Ok("-7"));
        assert!(cell(&of(Guard::Quarantine), Datum::Exact("+49".into())).is_err());
        assert_eq!(cell(&of(Guard::Quarantine), Datum::decimal(-0.5, None)).as_deref(), Ok("-0.5"));
    }

    #[test]
    fn a_file_is_written_as_the_dialect_says() {
        let dialect = Dialect { bom: true, delimiter: b';', crlf: false, quote: Quote::All, ..Dialect::default() };
        let cells =
            [dialect.cell(&Datum::Text("a;\"b\"".into())), dialect.cell(&Datum::Text("@x".into()))].map(|c| c.expect("fits"));
        let file = dialect.file(&["one".into(), "=two".into()], &[&cells]);
        let text = String::from_utf8(file.bytes).expect("UTF-8");
        assert_eq!(text, "\u{feff}\"one\";\"'=two\"\n\"a;\"\"b\"\"\";\"'@x\"\n");
        assert_eq!(file.guarded, [Guarded { row: Some(0), column: "=two".into(), ..Guarded::default() }]);
    }
}

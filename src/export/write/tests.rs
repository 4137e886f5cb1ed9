//! Rows in every format: the same rows in each, what is wrong named, and nothing changed in silence.

use super::super::dialect::{CellNewline, Dialect};
use super::super::guard::Guard;
use super::*;

fn columns() -> Vec<String> {
    ["candidate", "note", "value"].map(String::from).to_vec()
}

fn row(id: &str, note: &str, value: f64) -> Vec<Cell> {
    vec![Cell::Id(id.into()), Cell::Text(note.into()), Cell::Number(value)]
}

fn csv(dialect: &Dialect, rows: &[Vec<Cell>]) -> (String, Found) {
    let mut to = CsvRows::new(Vec::new(), dialect, &columns()).expect("memory takes all");
    rows.iter().for_each(|row| to.row(row).expect("memory takes all"));
    let (bytes, found) = to.finish().expect("memory takes all");
    (String::from_utf8(bytes).expect("UTF-8"), found)
}

fn jsonl(rows: &[Vec<Cell>]) -> (String, Found) {
    let mut to = JsonRows::new(Vec::new(), &columns());
    rows.iter().for_each(|row| to.row(row).expect("memory takes all"));
    let (bytes, found) = to.finish().expect("memory takes all");
    (String::from_utf8(bytes).expect("UTF-8"), found)
}

/// What stayed out, as `row.column: reason`.
fn refused(found: &Found) -> Vec<String> {
    let place = |one: &RefusedCell| format!("{}.{}: {}", one.at.row.map_or(0, |row| row + 1), one.at.column, one.reason);
    found.refused.iter().map(place).collect()
}

#[test]
fn a_wrong_row_stays_out_with_row_column_and_reason_and_the_rest_goes_on_in_every_format() {
    let rows = [
        row("c1", "fine", 4.0),
        row("c2", "nul\0", 4.0),
        row("c\u{fffd}3", "half a character came as one", 4.0),
        row("c4", &"n".repeat(10 << 20), 4.0),
        row("c5\0", "\0", 2.5),
        row("c6", "names \u{fffd} in texts may lack a character", 3.0),
    ];
    let wanted = [
        "2.1: it holds a NUL character",
        "3.0: a character of it could not be read (U+FFFD)",
        "4.1: it has 10485760 bytes, and a cell holds at most 1048576",
        "5.0: it holds a NUL character",
        "5.1: it holds a NUL character",
    ];
    let (text, found) = csv(&Dialect::default(), &rows);
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        ["candidate,note,value", "c1,fine,4", "c6,names \u{fffd} in texts may lack a character,3"]
    );
    assert_eq!(refused(&found), wanted);
    assert_eq!((found.taken, found.written, found.rows_refused()), (6, 2, vec![1, 2, 3, 4]));
    assert!(found.refused.iter().all(|one| !one.remedy.is_empty() && one.first.starts_with('c')));

    let (text, found) = jsonl(&rows);
    assert_eq!(text.lines().count(), 2);
    assert_eq!(refused(&found), wanted);
}

#[test]
fn the_guard_leaves_marks_or_keeps_out_and_lists_in_each_case() {
    let rows = [row("-7", "=1+1", -1.5), row("7", "fine", -2.0)];
    for (guard, wanted) in [
        (Guard::Off, "-7,=1+1,-1.5\r\n7,fine,-2\r\n"),
        (Guard::Apostrophe, "'-7,'=1+1,-1.5\r\n7,fine,-2\r\n"),
        (Guard::Quarantine, "7,fine,-2\r\n"),
    ] {
        let (text, found) = csv(&Dialect { guard, header: false, ..Dialect::default() }, &rows);
        assert_eq!(text, wanted);
        let at: Vec<(Option<u64>, u32)> = found.guarded.iter().map(|cell| (cell.row, cell.column)).collect();
        assert_eq!(at, [(Some(0), 0), (Some(0), 1)], "{guard:?}");
    }
    let (text, found) = jsonl(&rows);
    assert_eq!(text.lines().next(), Some("{\"candidate\":\"-7\",\"note\":\"=1+1\",\"value\":-1.5}"));
    assert_eq!(found.guarded.len(), 2);
}

#[test]
fn line_breaks_decimals_and_delimiters_are_as_the_dialect_says() {
    let rows = [row("c1", "two\r\nlines", 4.5)];
    let of = |dialect: Dialect| csv(&Dialect { header: false, ..dialect }, &rows);
    assert_eq!(of(Dialect { cell_newline: CellNewline::AsIs, ..Dialect::default() }).0, "c1,\"two\r\nlines\",4.5\r\n");
    assert_eq!(of(Dialect::default()).0, "c1,\"two\nlines\",4.5\r\n");
    let german = Dialect { cell_newline: CellNewline::Space, decimal: ',', delimiter: b';', crlf: false, ..Dialect::default() };
    assert_eq!(of(german).0, "c1;two lines;4,5\n");
    let (text, found) = of(Dialect { cell_newline: CellNewline::Refuse, ..Dialect::default() });
    assert_eq!((text.as_str(), refused(&found)), ("", vec!["1.1: it holds a line break".to_owned()]));
    let commas = of(Dialect { decimal: ',', ..Dialect::default() }).0;
    assert_eq!(commas, "c1,\"two\nlines\",\"4,5\"\r\n", "a decimal comma is no delimiter");
}

#[test]
fn json_lines_are_json_with_numbers_as_numbers_and_nothing_as_null() {
    let (text, _) =
        jsonl(&[row("007", "quote \" and \u{1b} and\nline", 4.0), vec![Cell::Empty, Cell::word("x"), Cell::Integer(-3)]]);
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines[0], serde_json::json!({"candidate": "007", "note": "quote \" and \u{1b} and\nline", "value": 4}));
    assert_eq!(lines[1], serde_json::json!({"candidate": null, "note": "x", "value": -3}));
}

//! What is wrong with a table as a whole, before its rows are read: its encoding, how it is separated, and a quotation mark left open.

use crate::interview::Problem;
use crate::text::{nearest, no_text};

/// The problem of a file of which no row can be read.
pub(super) fn unreadable(bytes: &[u8], file: &str) -> Option<Problem> {
    if let Some((line, reason)) = no_text(bytes) {
        return Some(Problem::fatal(file, &format!("line {line}"), reason, "save it as CSV in UTF-8"));
    }
    left_open(bytes, file)
}

/// The problem of a file in which a quotation mark is left open, with the line on which the last one begins.
fn left_open(bytes: &[u8], file: &str) -> Option<Problem> {
    let marks = || bytes.iter().enumerate().filter(|(_, byte)| **byte == b'"').map(|(at, _)| at);
    let last = marks().next_back().filter(|_| marks().count() % 2 == 1)?;
    let line = bytes[..last].iter().filter(|byte| **byte == b'\n').count() + 1;
    let remedy = "write two quotation marks for one inside a quoted cell";
    Some(Problem::fatal(file, &format!("line {line}"), "a quotation mark is not closed, here or further up", remedy))
}

/// The problem of a header that is separated by something else than commas.
pub(super) fn separated(header: &[String], file: &str) -> Option<Problem> {
    let [only] = header else { return None };
    let (name, _) = [("semicolons", ';'), ("tabs", '\t'), ("bars", '|')].into_iter().find(|(_, sign)| only.contains(*sign))?;
    let reason = format!("the columns are separated by {name}");
    Some(Problem::fatal(file, "line 1", &reason, "save it as CSV with commas"))
}

/// The known column that an unknown one was probably meant to be, where the header has it nowhere else.
pub(super) fn meant<'k>(name: &str, known: impl Iterator<Item = &'k str>, header: &[String]) -> Option<&'k str> {
    let known: Vec<&str> = known.collect();
    if name.is_empty() || known.contains(&name) {
        return None;
    }
    let is_there = |column: &str| header.iter().any(|other| other == column);
    // Of a letter or two any other is near.
    let is_long = |column: &&str| column.len() > 2 || column.eq_ignore_ascii_case(name);
    nearest(name, known.into_iter().filter(|column| !is_there(column)).filter(is_long))
}

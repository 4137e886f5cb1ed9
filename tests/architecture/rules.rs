//! The rules, as functions over one file's text.

use super::paths::{Path, paths};
use super::table::{LODGERS, MOST_LINES, OUTSIDE, OUTSIDE_CALLS, PRINTING, PURE_FLOORS, Room, find};

/// Every breach in one file of `src/`, as `file:line: what is broken`. `file` is relative to `src/`, with `/`.
pub(super) fn breaches(file: &str, source: &str) -> Vec<String> {
    let mut found = shape(file, source);
    let module = module(file);
    let Some(name) = module.first().copied() else { return found };
    let Some((place, room)) = find(name) else {
        found.push(format!("{file}:1: the room `{name}` is not in the table of rooms (tests/architecture/table.rs)"));
        return found;
    };
    // A module of its own for tests may read files and the clock; it still may not climb floors.
    let test_file = file.ends_with("/tests.rs") || file.contains("/tests/");
    for path in paths(source, &module) {
        let at = format!("{file}:{}", path.line);
        found.extend(climbs(&path, place, room).map(|why| format!("{at}: {why}")));
        if path.test || test_file {
            continue;
        }
        found.extend(lodges(&path, room).map(|why| format!("{at}: {why}")));
        if PURE_FLOORS.contains(&room.floor) {
            found.extend(lets_in(&path, room).map(|why| format!("{at}: {why}")));
        }
    }
    found.dedup();
    found
}

/// What holds for every Rust file, also of tests and benches.
pub(super) fn shape(file: &str, source: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !source.starts_with("//! ") {
        found.push(format!("{file}:1: a file opens with one sentence on what it is for (`//! …`)"));
    }
    let lines = source.lines().count();
    if lines > MOST_LINES {
        found.push(format!("{file}:{lines}: {lines} lines; over {MOST_LINES} a file becomes a folder"));
    }
    found
}

/// The module that a file is: `app/review.rs` is `app::review`, `app/mod.rs` is `app`, `lib.rs` is the root.
fn module(file: &str) -> Vec<&str> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    stem.split('/').filter(|part| *part != "lib").collect()
}

/// A room enters only rooms below it or before it.
fn climbs(path: &Path, place: usize, room: &Room) -> Option<String> {
    let root = path.segments.first()?;
    // The binary sees the library by its name.
    let inside = root == "crate" || (room.name == "main" && root == "earmark");
    let (other_place, other) = find(path.segments.get(1).filter(|_| inside)?)?;
    (other_place > place).then(|| {
        let relation = if other.floor > room.floor { "above" } else { "listed after it on its floor" };
        format!("`{}` (floor {}) enters `{}` (floor {}), which is {relation}", room.name, room.floor, other.name, other.floor)
    })
}

/// Some crates live in one room.
fn lodges(path: &Path, room: &Room) -> Option<String> {
    let name = path.segments.first().filter(|_| path.segments.len() > 1)?;
    let (_, homes) = LODGERS.iter().find(|(lodger, _)| lodger == name)?;
    (!homes.contains(&room.name)).then(|| format!("the crate `{name}` lives only in {homes:?}, not in `{}`", room.name))
}

/// Floors 1 to 3 take values and return values.
fn lets_in(path: &Path, room: &Room) -> Option<String> {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let written = segments.join("::");
    if let Some((_, what)) = OUTSIDE.iter().find(|(start, _)| segments.len() > 1 && segments.starts_with(start)) {
        return Some(format!("`{}` (floor {}) lets in {what}: `{written}`", room.name, room.floor));
    }
    if OUTSIDE_CALLS.iter().any(|(of, call)| segments.ends_with(&[of, call])) {
        return Some(format!("`{}` (floor {}) asks the clock or for randomness: `{written}`", room.name, room.floor));
    }
    (path.is_macro && PRINTING.contains(&written.as_str()))
        .then(|| format!("`{}` (floor {}) prints: `{written}!`", room.name, room.floor))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks one file under a right first line; `wanted` is part of the only breach, or empty where there is none.
    fn check(file: &str, source: &str, wanted: &str) {
        let found = breaches(file, &format!("//! A room.\n{source}"));
        match (wanted.is_empty(), found.as_slice()) {
            (true, []) => {}
            (false, [one]) if one.contains(wanted) => {}
            _ => panic!("{file}: {source}\nwanted: {wanted:?}\nfound:  {found:#?}"),
        }
    }

    #[test]
    fn a_room_enters_only_rooms_below_or_before_it() {
        check("panel/mod.rs", "use crate::scorecard::Card;", "");
        check("panel/mod.rs", "use crate::text::SafeText;", "");
        check("scorecard/gaps.rs", "use crate::panel::Ranking;", "gaps.rs:2: `scorecard` (floor 2) enters `panel`");
        check(
            "text/mod.rs",
            "fn f() {\n  crate::app::update() }",
            "mod.rs:3: `text` (floor 1) enters `app` (floor 3), which is above",
        );
        check("rubric/mod.rs", "use crate::{text::SafeText, tui::Role};", "enters `tui`");
        check("rubric/read.rs", "use super::super::tui::Role;", "enters `tui`");
        check("cli/mod.rs", "use crate::runtime::start;", "");
        check("runtime/mod.rs", "use crate::cli::Output;", "listed after it on its floor");
        check("main.rs", "fn main() { earmark::cli::run() }", "");
    }

    #[test]
    fn tests_may_not_climb_either() {
        check("rubric/mod.rs", "#[cfg(test)] mod tests { use crate::panel::Ranking; }", "enters `panel`");
    }

    #[test]
    fn a_room_that_is_not_in_the_table_is_named() {
        check("attic/mod.rs", "", "the room `attic` is not in the table");
    }

    #[test]
    fn the_pure_floors_let_nothing_in() {
        check("rubric/mod.rs", "let x = std::fs::read(p);", "lets in files: `std::fs::read`");
        check("rubric/mod.rs", "use std::{fmt, thread};", "lets in threads");
        check("rubric/mod.rs", "use std::time::{Duration, Instant};", "lets in the clock");
        check("rubric/mod.rs", "use std::time::Duration;", "");
        check("app/mod.rs", "let x = jiff::Timestamp::now();", "asks the clock");
        check("app/mod.rs", "let x = Uuid::now_v7();", "asks the clock");
        check("app/mod.rs", "std::env::var(\"X\");", "lets in the environment");
        check("panel/mod.rs", "getrandom::fill(&mut x);", "lets in randomness");
        check("panel/mod.rs", "use std::net::TcpStream;", "lets in the network");
        check("panel/mod.rs", "use std::process::Command;", "lets in processes");
        check("panel/mod.rs", "println!(\"x\");", "prints: `println!`");
        check("panel/mod.rs", "// println!(\"x\"); std::fs::read\nlet x = \"std::fs::read\";", "");
        check("library/mod.rs", "std::fs::read(p); jiff::Timestamp::now();", "");
    }

    #[test]
    fn test_code_of_the_pure_floors_may_read_files() {
        check("sound/mod.rs", "#[cfg(test)] mod tests { fn f() { std::fs::read(p); } }", "");
        check("sound/tests.rs", "fn f() { std::fs::read(p); }", "");
    }

    #[test]
    fn a_crate_with_one_home_is_found_elsewhere() {
        check("sound/decode.rs", "use symphonia::core::X;", "");
        check("player/mod.rs", "use symphonia::core::X;", "the crate `symphonia` lives only in");
        check("cli/status.rs", "let x = sqlx::query(q);", "the crate `sqlx` lives only in");
        check("app/mod.rs", "use crossterm::event::KeyEvent;", "the crate `crossterm` lives only in");
    }

    #[test]
    fn a_file_says_what_it_is_for_and_stays_small() {
        assert!(breaches("text/mod.rs", "use std::fmt;\n")[0].contains("opens with one sentence"));
        let long = format!("//! Long.\n{}", "\n".repeat(MOST_LINES));
        assert!(breaches("text/mod.rs", &long)[0].contains("becomes a folder"));
        assert_eq!(breaches("lib.rs", "//! The crate.\npub mod text;\n"), [""; 0]);
    }
}

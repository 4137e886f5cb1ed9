//! A long table of a million rows as a file, beside a bare loop over the `csv` crate with the same guard and beside DuckDB, in one
//! run: processor time and memory. `cargo bench --bench export`.
//!
//! DuckDB comes from PyPI; `PYTHON` names the interpreter that has it, and where it is absent that is said.
#![allow(clippy::print_stdout)] // printing is what it is for

mod library;
mod peers;
mod rows;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use earmark::export::dialect::{Dialect, Quote};
use earmark::export::write::{CsvRows, JsonRows, Rows as _};
use earmark::export::{Cell, Choice, Guard, Sources, Which, guarded, plain_dialect};

/// Rows of the table.
const ROWS: usize = 1_000_000;
/// Each is written so often, in turn with the others; the least of it counts.
const ROUNDS: usize = 5;
/// Processor time beside the bare loop.
const MOST: f64 = 1.3;
/// Processor time beside DuckDB's.
const OF_DUCKDB: f64 = 1.0 / 3.0;
/// Memory that writing takes, in MiB.
const MEMORY: f64 = 32.0;

fn main() {
    // On a real disk: a temporary folder may lie in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let rows = rows::some();
    let (ours, bare) = (folder.path().join("ours.csv"), folder.path().join("bare.csv"));
    let (mut of_ours, mut of_bare, mut of_json, mut grew) = (f64::MAX, f64::MAX, f64::MAX, 0.0f64);
    for _ in 0..ROUNDS {
        of_bare = of_bare.min(cpu(|| write_bare(&bare, &rows)));
        let before = forget_peak();
        of_ours = of_ours.min(cpu(|| write_ours(&ours, &rows)));
        grew = grew.max(peak() - before);
        of_json = of_json.min(cpu(|| write_json(&folder.path().join("ours.jsonl"), &rows)));
    }
    assert!(same(&ours, &bare), "the bare loop writes the same bytes");
    let bytes = std::fs::metadata(&ours).map_or(0.0, |there| there.len() as f64);
    println!("{ROWS} rows of {} columns, {:.1} MiB; processor time, the least of {ROUNDS}", rows::COLUMNS.len(), bytes / MIB);
    println!("{:<34}{of_bare:>8.0} ms", "a bare loop over the csv crate");
    println!("{:<34}{of_ours:>8.0} ms  {:.2} of it", "earmark, CSV", of_ours / of_bare);
    println!("{:<34}{of_json:>8.0} ms  {:.2} of it", "earmark, JSON Lines", of_json / of_bare);
    println!("{:<34}{grew:>8.1} MiB more than before", "earmark's memory at its most");
    let mut all_well = judged("processor time beside the bare loop", of_ours / of_bare, MOST);
    all_well &= judged("memory in MiB", grew, MEMORY);
    match peers::duckdb(&ours, ROUNDS) {
        Ok((name, ms)) => {
            println!("{name:<34}{ms:>8.0} ms  earmark takes {:.2} of it", of_ours / ms);
            all_well &= judged("processor time beside DuckDB's", of_ours / ms, OF_DUCKDB);
        }
        Err(why) => println!("DuckDB is absent: {why}"),
    }
    all_well &= whole(folder.path());
    if !all_well {
        std::process::exit(1);
    }
}

/// The whole way: a library's sealed ratings into a long table of all its columns, row by row.
fn whole(folder: &Path) -> bool {
    let library = library::Library::new();
    let library::Library { batch, rubric, rules, visible, materials } = &library;
    let sources = Sources { visible, batch, rubric, rules, materials, choice: Choice::Ready, now: None };
    let columns: Vec<String> = Which::Long.header(&sources).into_iter().map(|about| about.name).collect();
    let before = forget_peak();
    let ms = cpu(|| {
        let mut to = CsvRows::new(File::create(folder.join("whole.csv"))?, &plain_dialect(Guard::Apostrophe), &columns)?;
        Which::Long.each(&sources, &mut |cells| to.row(cells))?;
        let (_, found) = to.finish()?;
        assert_eq!(found.written as usize, library::RATINGS);
        Ok(())
    });
    let grew = peak() - before;
    println!(
        "\na library of {} sealed ratings, all {} columns of the long table, rows made from it:",
        library::RATINGS,
        columns.len()
    );
    println!("{:<34}{ms:>8.0} ms, {grew:.1} MiB above the library's {before:.0}", "earmark, CSV");
    judged("memory above the library in MiB", grew, MEMORY)
}

const MIB: f64 = 1_048_576.0;

fn judged(what: &str, found: f64, most: f64) -> bool {
    let is_well = found <= most;
    println!("{} {what}: {found:.2}, at most {most:.2}", if is_well { "ok  " } else { "MISS" });
    is_well
}

fn write_ours(path: &Path, rows: &[Vec<Cell>]) -> io::Result<()> {
    let columns = rows::COLUMNS.map(str::to_owned);
    let mut to = CsvRows::new(File::create(path)?, &plain_dialect(Guard::Apostrophe), &columns)?;
    for at in 0..ROWS {
        to.row(&rows[at % rows.len()])?;
    }
    let (_, found) = to.finish()?;
    assert_eq!(found.written as usize, ROWS);
    Ok(())
}

fn write_json(path: &Path, rows: &[Vec<Cell>]) -> io::Result<()> {
    let mut to = JsonRows::new(File::create(path)?, &rows::COLUMNS.map(str::to_owned));
    for at in 0..ROWS {
        to.row(&rows[at % rows.len()])?;
    }
    to.finish().map(|_| ())
}

/// What one would write without earmark: the crate's own writer with its own buffer, numbers into one text that is kept.
fn write_bare(path: &Path, rows: &[Vec<Cell>]) -> io::Result<()> {
    assert!(Dialect::default().crlf && Dialect::default().quote == Quote::Minimal);
    let mut to = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(File::create(path)?);
    to.write_record(rows::COLUMNS)?;
    let mut number = Vec::new();
    for at in 0..ROWS {
        for cell in &rows[at % rows.len()] {
            match cell {
                Cell::Text(text) | Cell::Id(text) => match guarded(text) {
                    Some(safe) => to.write_field(safe)?,
                    None => to.write_field(text)?,
                },
                Cell::Word(word) => to.write_field(word)?,
                Cell::Number(value) => {
                    number.clear();
                    write!(number, "{value}")?;
                    to.write_field(&number)?;
                }
                Cell::Integer(value) => {
                    number.clear();
                    write!(number, "{value}")?;
                    to.write_field(&number)?;
                }
                Cell::Empty => to.write_field("")?,
            }
        }
        to.write_record(None::<&[u8]>)?;
    }
    to.flush()
}

fn same(a: &Path, b: &Path) -> bool {
    let digest = |path| earmark::interview::Digest::of(&std::fs::read(path).unwrap_or_default());
    digest(a) == digest(b)
}

/// Milliseconds of processor time of this thread.
fn cpu(work: impl FnOnce() -> io::Result<()>) -> f64 {
    let used = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
    };
    let before = used();
    work().expect("the disk takes it");
    used() - before
}

/// Lets the system forget the highest memory so far; returns what is resident now, in MiB.
fn forget_peak() -> f64 {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    of_status("VmRSS:")
}

fn peak() -> f64 {
    of_status("VmHWM:")
}

fn of_status(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}

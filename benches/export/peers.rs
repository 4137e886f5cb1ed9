//! Runs DuckDB on the same table.

use std::path::Path;
use std::process::Command;

const SCRIPT: &str = include_str!("peers.py");

/// Its name with version, and the least processor time in milliseconds that it takes to write a table that it has in memory.
///
/// # Errors
/// Why it is absent.
pub(crate) fn duckdb(table: &Path, rounds: usize) -> Result<(String, f64), String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let out = table.with_extension("duckdb.csv");
    let ran = Command::new(python).arg("-c").arg(SCRIPT).arg(table).arg(out).arg(rounds.to_string()).output();
    let output = ran.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut lines = said.lines();
    match (lines.next(), lines.next().and_then(|ms| ms.parse().ok())) {
        (Some(name), Some(ms)) => Ok((name.to_owned(), ms)),
        _ => Err(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("it said nothing").to_owned()),
    }
}

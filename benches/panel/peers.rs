//! Runs a peer on the same numbers.

use std::io::Write as _;
use std::process::Command;

const SCRIPT: &str = include_str!("peers.py");

/// What a peer did.
pub(crate) enum Peer {
    /// It ran.
    Ran {
        /// Name and version.
        name: String,
        /// Its best time.
        ms: f64,
        /// What came out.
        said: String,
    },
    /// It did not, and why.
    Absent(String),
}

/// Gives a peer a file of numbers.
pub(crate) fn peer(name: &str, numbers: &str) -> Peer {
    let run = || -> std::io::Result<std::process::Output> {
        let folder = tempfile::tempdir()?;
        let (script, file) = (folder.path().join("peers.py"), folder.path().join("numbers.csv"));
        std::fs::File::create(&script)?.write_all(SCRIPT.as_bytes())?;
        std::fs::File::create(&file)?.write_all(numbers.as_bytes())?;
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        Command::new(python).arg(&script).arg(name).arg(&file).output()
    };
    let output = match run() {
        Ok(output) => output,
        Err(error) => return Peer::Absent(error.to_string()),
    };
    let out = String::from_utf8_lossy(&output.stdout);
    let mut lines = out.lines();
    match (lines.next(), lines.next().and_then(|ms| ms.trim().parse().ok()), lines.next()) {
        (Some(name), Some(ms), Some(said)) => Peer::Ran { name: name.trim().to_owned(), ms, said: said.trim().to_owned() },
        _ => {
            let error = String::from_utf8_lossy(&output.stderr);
            Peer::Absent(error.lines().last().unwrap_or("it said nothing").to_owned())
        }
    }
}

//! Who is told of a run: a status file, a monitor's text file, a command.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::delivery::{Run, prometheus};
use crate::runtime::exporting::write_whole;

#[derive(clap::Args, Debug)]
pub(super) struct Telling {
    /// Writes how the run ended into this file, as JSON
    #[arg(long, value_name = "FILE")]
    status_file: Option<PathBuf>,
    /// Writes figures for Prometheus into this file, which its node exporter reads
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    /// Runs this command at the end, by `sh -c`, with the status as JSON on its input
    #[arg(long, value_name = "COMMAND")]
    notify: Option<String>,
}

/// Tells everyone who asked for it; what cannot be told is a remark, for the delivery itself is done.
pub(super) fn tell_others(run: &Run, telling: &Telling, context: &Context) {
    let status = serde_json::to_vec_pretty(run).expect("a run has string keys");
    let write = |path: &Path, bytes: &[u8]| {
        if let Err(error) = write_whole(path, bytes) {
            context.out.failure(&Failure::new(format!("Could not write {}", path.display())).because(&error));
        }
    };
    if let Some(path) = &telling.status_file {
        write(path, &status);
    }
    if let Some(path) = &telling.metrics {
        write(path, prometheus(run).as_bytes());
    }
    if let Some(command) = &telling.notify
        && let Err(error) = told(command, &status)
    {
        context.out.failure(&Failure::new("Could not tell the command of --notify").because(&error));
    }
}

fn told(command: &str, status: &[u8]) -> std::io::Result<()> {
    let mut child = Command::new("sh").args(["-c", command]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A command that does not read its input is told by its being run.
        let _ = std::io::Write::write_all(&mut input, status);
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(status.to_string())) }
}

//! Who is told of a run: a status file, a monitor's text file, a command.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::open::wire;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::config::secret::resolve;
use crate::delivery::{Run, prometheus};
use crate::net::{ApiClient, Ask, Credentials, NetError, NetTrouble, Pace, Patience, Payload, check_address};
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
    /// Sends the status as JSON to this address at the end; `env:NAME` or `file:PATH` says where the address lies
    #[arg(long, value_name = "ADDRESS")]
    webhook: Option<String>,
}

/// Tells everyone who asked for it; what cannot be told is a remark, for the delivery itself is done.
pub(super) async fn tell_others(run: &Run, telling: &Telling, context: &Context) {
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
    if let Some(address) = &telling.webhook
        && let Err(error) = posted(address, run, context).await
    {
        context.out.failure(&Failure::new("Could not tell the address of --webhook").because(&error));
    }
    if let Some(command) = &telling.notify
        && let Err(error) = told(command, &status)
    {
        context.out.failure(&Failure::new("Could not tell the command of --notify").because(&error));
    }
}

async fn posted(address: &str, run: &Run, context: &Context) -> Result<(), NetError> {
    let refused = |why: String| NetError::new(NetTrouble::Refused, why);
    let address = resolve(address).map_err(|error| refused(error.to_string()))?;
    let mut base = check_address(address.expose()).map_err(refused)?;
    base.set_path("/");
    base.set_query(None);
    let (pace, patience) = (Pace { at_once: 1, per_second: 10.0 }, Patience { attempts: 3, ..Patience::default() });
    let api = ApiClient::new(&wire(context), base.as_str(), Credentials::None, &[], pace, patience)?;
    let payload = Payload::Json(serde_json::to_value(run).expect("a run has string keys"));
    let ask = Ask { verb: "POST".to_owned(), path: address.expose().to_owned(), payload, repeatable: true };
    let answer = api.ask(&ask).await?;
    // Its path may be a secret: only the host is named.
    match answer.status {
        200..=299 => Ok(()),
        status => Err(refused(format!("{} answers {status}", api.origin().host()))),
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

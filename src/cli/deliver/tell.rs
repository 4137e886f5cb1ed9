//! Who is told of a run: a status file, a monitor's text file, a command.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;

use serde_json::{Value, json};

use super::apply::{guarded_lines, row_lines, withdrawn_lines};
use super::open::wire;
use super::scene::{Scene, why};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::signals::asked_to_end;
use crate::cli::words::many;
use crate::config::secret::resolve;
use crate::delivery::{RowReport, Run, prometheus};
use crate::net::{ApiClient, Ask, Credentials, NetError, NetTrouble, Pace, Patience, Payload, Wire, check_address};
use crate::runtime::exporting::write_whole;
use crate::text::SafeText;

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

/// How a run ended, for whoever is told: where it could not do its work, the story of why.
pub(super) struct Ended {
    pub(super) run: Run,
    /// What became of every row.
    pub(super) rows: Vec<RowReport>,
    pub(super) exit: Exit,
    pub(super) fault: Option<Failure>,
}

impl Telling {
    /// Whether anybody asked to be told.
    fn is_asked(&self, context: &Context) -> bool {
        let files = [&self.status_file, &self.metrics].into_iter().any(Option::is_some);
        files || self.notify.is_some() || self.webhook.is_some() || context.out.wants_json()
    }

    /// Does the work, and tells everyone who asked for it how it ended: also where it failed before a row was sent, and where it was
    /// interrupted. What was told of yesterday's run never stands for this one.
    pub(super) async fn of(&self, scene: &Scene, work: impl Future<Output = Result<Ended, Failure>>, context: &Context) -> Outcome {
        let ended = match self.is_asked(context) {
            true => tokio::select! {
                ended = work => ended,
                failure = interrupted() => Err(failure),
            },
            false => work.await,
        };
        let ended = match ended {
            Ok(ended) => ended,
            Err(failure) => cut_off(scene, failure, context).await,
        };
        let Ended { mut run, rows, exit, fault } = ended;
        (run.ended_at, run.exit) = (Timestamp::now(), exit.code());
        run.why = lines_of(fault.as_ref());
        tell_others(&mut run, exit, self, &context.out, Some(&wire(context))).await;
        let exit = if run.exit == exit.code() { exit } else { Exit::Partial };
        print(&run, &rows, scene, &context.out);
        fault.map_or(Ok(exit), Err)
    }

    /// Tells everyone who can be told without settings of a run that did not begin, and why.
    pub(super) async fn of_none(&self, scene: &Scene, failure: &Failure, out: &Output) {
        let mut run = Run { ended_at: Timestamp::now(), exit: failure.exit.code(), why: lines_of(Some(failure)), ..scene.bare() };
        tell_others(&mut run, failure.exit, self, out, None).await;
        print(&run, &[], scene, out);
    }
}

fn lines_of(fault: Option<&Failure>) -> Vec<SafeText> {
    fault.into_iter().flat_map(Failure::lines).map(|line| SafeText::line(&line)).collect()
}

/// What there is to tell of a run that did not come to its end.
async fn cut_off(scene: &Scene, failure: Failure, context: &Context) -> Ended {
    let (run, rows) = scene.cut_off(&failure, context).await;
    let unsent = why(&failure);
    row_lines(&rows, |row| row.reason.as_ref().is_none_or(|why| why.raw() != unsent), &context.out);
    withdrawn_lines(run.withdrawn.as_deref().unwrap_or_default()).iter().for_each(|line| context.out.remark(line));
    guarded_lines(&run).iter().for_each(|line| context.out.remark(line));
    scene.files().iter().for_each(|file| context.out.say(format!("Delivered {file}")));
    if let Some(sum) = run.sum {
        context.out.say(sum.line());
        if sum.held > 0 {
            let wait = if sum.held == 1 { "waits" } else { "wait" };
            context.out.say(format!("{} {wait}: nothing was sent, and nothing failed by this run.", many(sum.held, "row")));
        }
    }
    Ended { run, rows, exit: failure.exit, fault: Some(failure) }
}

/// What `--json` prints: what the status file says, and every row beside it.
fn print(run: &Run, rows: &[RowReport], scene: &Scene, out: &Output) {
    if !out.wants_json() {
        return;
    }
    let mut value = json!(run);
    value["rows"] = if run.sum.is_some() { json!(rows) } else { Value::Null };
    value["files"] = json!(scene.files());
    out.json(&value);
}

/// Comes when the run is asked to end.
async fn interrupted() -> Failure {
    if !asked_to_end().await {
        std::future::pending::<()>().await;
    }
    let failure = Failure::new("Could not bring the delivery to its end: it was interrupted").exit(Exit::Interrupted);
    failure.hint("`earmark deliver retry` goes on from there; nothing is sent twice")
}

/// Tells everyone who asked for it; whoever is not told would go on with what was told yesterday, so that a run that was good so far is
/// good in part, and says why. The command comes last: it is told how all others were.
async fn tell_others(run: &mut Run, exit: Exit, telling: &Telling, out: &Output, wire: Option<&Wire>) {
    untold(run, exit, write_files(run, telling), out);
    if let Some(address) = &telling.webhook
        && let Err(error) = posted(address, run, wire).await
    {
        untold(run, exit, vec![Failure::new("Could not tell the address of --webhook").because(&error)], out);
    }
    if let Some(command) = &telling.notify
        && let Err(error) = told(command, &status_of(run))
    {
        untold(run, exit, vec![Failure::new("Could not tell the command of --notify").because(&error)], out);
    }
    // The files that can be written say how the command really ended; why others could not was told before.
    if !run.why.is_empty() {
        write_files(run, telling);
    }
}

/// Notes who could not be told.
fn untold(run: &mut Run, exit: Exit, failed: Vec<Failure>, out: &Output) {
    for failure in failed {
        run.why.extend(lines_of(Some(&failure)));
        if exit == Exit::Done {
            run.exit = Exit::Partial.code();
        }
        out.failure(&failure);
    }
}

/// Writes the status file and the metrics; returns why not.
fn write_files(run: &Run, telling: &Telling) -> Vec<Failure> {
    let write = |path: &Path, bytes: &[u8]| {
        let failed = |error| Failure::new(format!("Could not write {}", path.display())).because(&error);
        write_whole(path, bytes).map_err(failed).err()
    };
    let status = telling.status_file.as_ref().and_then(|path| write(path, &status_of(run)));
    let metrics = telling.metrics.as_ref().and_then(|path| write(path, prometheus(run).as_bytes()));
    status.into_iter().chain(metrics).collect()
}

fn status_of(run: &Run) -> Vec<u8> {
    serde_json::to_vec_pretty(run).expect("a run has string keys")
}

async fn posted(address: &str, run: &Run, wire: Option<&Wire>) -> Result<(), NetError> {
    let refused = |why: String| NetError::new(NetTrouble::Refused, why);
    let wire = wire.ok_or_else(|| refused("the settings, which say how this machine gets out, are wrong".to_owned()))?;
    let address = resolve(address).map_err(|error| refused(error.to_string()))?;
    let mut base = check_address(address.expose()).map_err(refused)?;
    base.set_path("/");
    base.set_query(None);
    let (pace, patience) = (Pace { at_once: 1, per_second: 10.0 }, Patience { attempts: 3, ..Patience::default() });
    let api = ApiClient::new(wire, base.as_str(), Credentials::None, &[], pace, patience)?;
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

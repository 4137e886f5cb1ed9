//! `earmark doctor`: what may be wrong with this machine, before it is in the way.
//!
//! Its report is meant for strangers who help: the home folder is written as `~`, and no name is in it. It changes nothing
//! and opens no sound device; a sound server is asked whether it takes us.

mod checks;
mod kept;
mod sound;

use serde::Serialize;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use super::output::Table;

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// As it should be.
    Good,
    /// earmark works, with less.
    Warning,
    /// Something will not work.
    Failed,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Status::Good => "good",
            Status::Warning => "warning",
            Status::Failed => "FAILED",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Check {
    name: &'static str,
    status: Status,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Check {
    fn good(name: &'static str, detail: impl Into<String>) -> Self {
        Check { name, status: Status::Good, detail: detail.into(), hint: None }
    }

    fn warning(name: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Check { name, status: Status::Warning, detail: detail.into(), hint: Some(hint.into()) }
    }

    fn failed(name: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Check { name, status: Status::Failed, detail: detail.into(), hint: Some(hint.into()) }
    }
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    system: String,
    checks: Vec<Check>,
}

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Also reads the whole library, which needs its key: every act, every recording, every transcript
    #[arg(long)]
    deep: bool,
    /// Also asks each source of the settings whether it answers and lets you in: one request each, of which nothing is kept
    #[arg(long)]
    ask: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let mut checks = checks::all(context);
    checks.extend(kept::database(context)?);
    if args.ask {
        checks.extend(super::room::wait_alone(async { Ok(checks::probed(context).await) })?);
    }
    if args.deep {
        checks.extend(kept::everything(context)?);
    }
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        checks,
    };
    let worst = report.checks.iter().map(|check| check.status).max().unwrap_or(Status::Good);
    if context.out.wants_json() {
        context.out.json(&report);
    } else {
        say(&report, context);
    }
    Ok(if worst == Status::Failed { Exit::Failed } else { Exit::Done })
}

fn say(report: &Report, context: &Context) {
    context.out.say(format!("earmark {} on {}\n", report.version, report.system));
    let mut table = Table::new(&["what", "is", ""]);
    for check in &report.checks {
        table.row([check.name, check.status.word(), &check.detail]);
        if let Some(hint) = &check.hint {
            table.row(["", "", &format!("Hint: {hint}")]);
        }
    }
    context.out.table(&table);
}

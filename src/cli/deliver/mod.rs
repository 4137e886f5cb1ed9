//! `earmark deliver`: plan what would change in the ATS, apply it, see what arrived, bring to its end what did not.

mod apply;
mod nightly;
mod open;
mod plan;
mod scene;
mod status;
mod tell;

pub(super) use open::wire;

use super::failure::{Failure, Outcome};
use super::output::Output;
use super::{Context, room};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// What would change there, row by row; nothing is sent
    Plan(plan::Args),
    /// Sends what a plan names; rows that have moved since stay behind and are named
    Apply(apply::Args),
    /// A whole night: brings to its end what is open, plans, sends, and tells how it ended, however it did
    Nightly(nightly::Args),
    /// What was sent of a batch, and what became of it
    Status(status::Args),
    /// Sends what an earlier run did not bring to its end; what may have arrived is looked for first
    Retry(apply::RetryArgs),
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        Command::Plan(args) => room::wait(plan::run(args, context)),
        Command::Apply(args) => room::wait(apply::run(args, context)),
        Command::Nightly(args) => room::wait(nightly::run(args, context)),
        Command::Status(args) => room::wait(status::run(args, context)),
        Command::Retry(args) => room::wait(apply::retry(args, context)),
    }
}

/// Tells whoever asked to be told of a delivery that it did not begin, because the settings cannot be read: what was told of yesterday's
/// run never stands for this one.
pub(super) fn untold(args: &Args, failure: &Failure, out: &Output) {
    let told = async {
        match &args.command {
            Command::Apply(args) => args.untold(failure, out).await,
            Command::Nightly(args) => args.untold(failure, out).await,
            Command::Retry(args) => args.untold(failure, out).await,
            Command::Plan(_) | Command::Status(_) => {}
        }
        Ok(())
    };
    if let Err(failure) = room::wait(told) {
        out.failure(&failure);
    }
}

//! `earmark rubric`: look at rubrics, check, compare and freeze them, attach one to a batch.

mod attach;
mod check;
mod diff;
mod freeze;
mod show;

use super::failure::Outcome;
use super::{Context, room};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Every mistake of rubric files with its line, and what is worth a second look
    Check(check::Args),
    /// Prints a rubric as a reviewer reads it
    Show(show::Args),
    /// What changed between two rubrics, and whether scores stay comparable
    Diff(diff::Args),
    /// Writes both hashes into a rubric's file, so that it cannot change under a score
    Freeze(freeze::Args),
    /// Makes a rubric the one by which a batch is scored
    Attach(attach::Args),
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        Command::Check(args) => check::run(args, context),
        Command::Show(args) => room::wait(show::run(args, context)),
        Command::Diff(args) => diff::run(args, context),
        Command::Freeze(args) => freeze::run(args, context),
        Command::Attach(args) => room::wait(attach::run(args, context)),
    }
}

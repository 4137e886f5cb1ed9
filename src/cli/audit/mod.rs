//! `earmark audit`: the journal's chain, and what it says.

mod exchange;
mod head;
mod show;
mod verify;

use super::failure::Outcome;
use super::{Context, room};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Looks through the journal: every hash, every number, every event, and where it is not what was written
    Verify(verify::Args),
    /// What people did on a batch, as far as you may see it
    Show(show::Args),
    /// What a language model was asked about an answer and what it said, word by word; after the reveal
    Exchange(exchange::Args),
    /// Writes down, signed by you, where the journal ends now: what was before cannot be changed unnoticed any more
    Head(head::Args),
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        Command::Verify(args) => room::wait(verify::run(args, context)),
        Command::Show(args) => room::wait(show::run(args, context)),
        Command::Exchange(args) => room::wait(exchange::run(args, context)),
        Command::Head(args) => room::wait(head::run(args, context)),
    }
}

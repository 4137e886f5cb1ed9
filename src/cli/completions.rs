//! `earmark completions`: what a shell needs to complete commands and flags.

use clap::CommandFactory as _;

use super::exit::Exit;
use super::failure::Outcome;
use super::{Cli, Context};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "earmark", &mut script);
    context.out.document(&script);
    Ok(Exit::Done)
}

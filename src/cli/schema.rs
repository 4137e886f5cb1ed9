//! `earmark schema`: what a file that earmark reads may contain, for programs that write it.

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use crate::interview::bundle;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Which file
    file: File,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum File {
    /// `batch.json` of a bundle
    Batch,
}

/// Prints a JSON Schema (draft 2020-12), with and without `--json`.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let schema = match args.file {
        File::Batch => bundle::schema(),
    };
    context.out.json(&schema);
    Ok(Exit::Done)
}

//! `earmark schema`: what a file that earmark reads or writes contains, for other programs.

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use crate::export;
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
    /// The columns of the long table, which `export` writes and `panel --ratings` reads
    Long,
    /// The columns of the wide table that `export` writes
    Wide,
}

/// Prints a JSON Schema (draft 2020-12), of a table `{"fields": [{"name", "description"}]}`; with and without `--json`.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match args.file {
        File::Batch => context.out.json(&bundle::schema()),
        File::Long => context.out.json(&json!({ "fields": export::long_columns() })),
        File::Wide => context.out.json(&json!({ "fields": export::wide_columns() })),
    }
    Ok(Exit::Done)
}

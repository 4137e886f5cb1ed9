//! `earmark schema`: what a file that earmark reads or writes contains, for other programs.

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::Outcome;
use crate::export::Which;
use crate::interview::bundle;
use crate::source::fetch::rest::SHIPPED;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Which file
    file: File,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum File {
    /// `batch.json` of a bundle
    Batch,
    /// The HTTP protocol of `hub serve`, as an OpenAPI document
    Hub,
    /// How the platform Willo is asked: a description to start one of your own from
    Willo,
    /// How the platform Spark Hire is asked
    SparkHire,
    /// How the platform Hireflix is asked
    Hireflix,
    /// The columns of the long table, which `export` writes and `panel --ratings` reads
    Long,
    /// The columns of the wide table that `export` writes
    Wide,
    /// The columns of the table of ratings alone
    Ratings,
    /// The columns of the table of evidence
    Evidence,
    /// The columns of the batch's figures
    Analytics,
    /// The columns of the table of those who should be asked to record again
    Reinvite,
    /// The columns of the table for telling candidates that people listened
    Feedback,
}

/// Prints a JSON Schema (draft 2020-12), of a table `{"fields": [{"name", "kind", "unit", "description"}]}`, of a platform its
/// description in TOML; with and without `--json`.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let which = match args.file {
        File::Batch => {
            context.out.json(&bundle::schema());
            return Ok(Exit::Done);
        }
        File::Hub => {
            context.out.json(&crate::hub::openapi());
            return Ok(Exit::Done);
        }
        File::Willo => return described("willo", context),
        File::SparkHire => return described("spark-hire", context),
        File::Hireflix => return described("hireflix", context),
        File::Long => Which::Long,
        File::Wide => Which::Wide,
        File::Ratings => Which::Ratings,
        File::Evidence => Which::Evidence,
        File::Analytics => Which::Analytics,
        File::Reinvite => Which::Reinvite,
        File::Feedback => Which::Feedback,
    };
    context.out.json(&json!({ "fields": which.columns() }));
    Ok(Exit::Done)
}

fn described(platform: &str, context: &Context) -> Outcome {
    let (_, text) = SHIPPED.iter().find(|(name, _)| *name == platform).expect("it comes with the program");
    context.out.document(text.as_bytes());
    Ok(Exit::Done)
}

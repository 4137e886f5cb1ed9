//! `earmark scorecard`: candidates on one page each, as PDF.

use std::path::PathBuf;

use serde_json::json;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{not_written, opened, person, say_opened, silent};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::cli::words::many;
use crate::export::report::{Person, Report};
use crate::export::scorecard::scorecard;
use crate::interview::{Digest, SubmissionId};
use crate::journal::Act;
use crate::runtime::exporting::write_table;

#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["candidate", "all"]))]
pub(in crate::cli) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: a pseudonym, the source's id, or a name that was revealed
    candidate: Option<String>,
    /// Everyone of whom a sealed scorecard may be seen
    #[arg(long)]
    all: bool,
    /// The folder that gets a PDF for each
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// For training: candidates and reviewers are numbers
    #[arg(long)]
    anonymous: bool,
    /// Writes over files that are there and are different
    #[arg(long)]
    replace: bool,
}

/// With `--json` `{"batch", "scorecards": [{"candidate", "path", "sha256", "bytes"}], "names_not_revealed": how many are
/// named whose names were not shown to you}`; without names `candidate` is null.
pub(in crate::cli) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    seat.rubric()?;
    if let Some(named) = &args.candidate {
        seat.candidate(named)?;
    }
    let report = silent(&seat, args.anonymous, context).await?;
    let people: Vec<&Person> = match &args.candidate {
        Some(named) => vec![person(&seat, &report, named)?],
        None => report.people.iter().collect(),
    };
    if people.is_empty() {
        return Err(Failure::new("Could not find a sealed scorecard that you may see").exit(Exit::NoMatch));
    }
    let could_not = |error: std::io::Error| Failure::new(format!("Could not write to {}", args.out.display())).because(&error);
    std::fs::create_dir_all(&args.out).map_err(could_not)?;
    let opened = opened(&seat, &report, &people.iter().map(|person| person.submission).collect::<Vec<_>>());
    let mut told = Vec::new();
    for (nth, person) in people.into_iter().enumerate() {
        let (candidate, file, receipt) = one(args, &report, (nth, person))?;
        told.push(file);
        seat.act(vec![(Some(candidate), Act::Exported { receipt })]).await?;
    }
    let batch = seat.desk.batch.id;
    seat.leave().await;
    match context.out.wants_json() {
        true => context.out.json(&json!({ "batch": batch, "scorecards": told, "names_not_revealed": opened })),
        false => {
            context.out.say(format!("Wrote {} to {}", many(told.len(), "scorecard"), args.out.display()));
            say_opened(opened, context);
        }
    }
    Ok(Exit::Done)
}

type Written = (crate::interview::CandidateId, serde_json::Value, serde_json::Value);

/// Writes one; says whose it is, what is told of it, and the receipt.
fn one(args: &Args, report: &Report, (nth, person): (usize, &Person)) -> Result<Written, Failure> {
    let made = scorecard(report, person);
    let bytes = made.map_err(|error| Failure::new(format!("Could not make the scorecard of {}", person.called)).because(&error))?;
    let id = (!args.anonymous).then_some(person.submission);
    let file = format!("{}.pdf", name(person.called.as_str(), id, nth));
    let path = args.out.join(&file);
    write_table(&path, &bytes, args.replace).map_err(|error| not_written(&path, &error))?;
    let sha256 = Digest::of(&bytes);
    let told = json!({ "candidate": person.shown_id, "path": path, "sha256": sha256, "bytes": bytes.len() });
    let receipt = json!({ "table": "scorecard", "format": "pdf", "file": file, "sha256": sha256, "rows": 1 });
    Ok((person.candidate, told, receipt))
}

/// The file's name: what the candidate is called, in letters that every file system takes, and the beginning of the submission's id. Two
/// people may be called alike in those letters, and neither one's page is to be written over the other's, in whichever run. Where nothing
/// is to lead back to a person (`id` is none) the name has no id; a number tells those apart whose letters say nothing.
fn name(called: &str, id: Option<SubmissionId>, nth: usize) -> String {
    let plain: String = called.nfkd().filter(|sign| !is_combining_mark(*sign)).collect::<String>().to_lowercase();
    let parts: Vec<&str> = plain.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let short: String = parts.join("-").chars().take(60).collect();
    match (id, short.is_empty()) {
        (None, true) => format!("candidate-{}", nth + 1),
        (None, false) => short,
        (Some(id), is_empty) => format!("{}-{}", if is_empty { "candidate" } else { &short }, &id.to_string()[..8]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_tells_people_apart_whose_letters_are_alike() {
        let called = |who: &str, shown: &str| name(shown, Some(SubmissionId::derive(&[who])), 0);
        let (one, two) = (called("one", "Jürgen Müller"), called("two", "Jurgen Muller"));
        assert!(one.starts_with("jurgen-muller-") && two.starts_with("jurgen-muller-") && one != two, "{one} {two}");
        assert!(called("one", "王小明").starts_with("candidate-"));
        assert_eq!([name("Candidate 3", None, 2), name("王小明", None, 2)], ["candidate-3", "candidate-3"], "nothing leads back");
    }
}

//! `earmark rubric check`: every mistake of rubric files at once.

use serde_json::{Value, json};

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Outcome;
use crate::cli::words::{hash, many};
use crate::interview::Problem;
use crate::runtime::attach::{Source, find_rubric};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Rubric files, or names of shipped rubrics
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
}

/// With `--json` an array of `{"file", "ok", "id", "version", "scoring_hash", "text_hash", "problems": [{"file", "place",
/// "reason", "remedy", "severity"}]}`; id, version and hashes are null where the file cannot be read. Ends with 1 when a file
/// has a mistake; warnings alone are no mistake.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let checked: Vec<(&String, Result<Source, Vec<Problem>>)> = args.files.iter().map(|file| (file, find_rubric(file))).collect();
    if context.out.wants_json() {
        context.out.json(&checked.iter().map(|(file, found)| as_json(file, found)).collect::<Vec<_>>());
    } else {
        checked.iter().for_each(|(file, found)| say(file, found, context));
    }
    Ok(if checked.iter().all(|(_, found)| found.is_ok()) { Exit::Done } else { Exit::Failed })
}

fn as_json(file: &str, found: &Result<Source, Vec<Problem>>) -> Value {
    match found {
        Ok(source) => {
            let rubric = &source.rubric;
            let (scoring, text) = (hash(rubric.scoring_hash()), hash(rubric.text_hash()));
            json!({
                "file": file, "ok": true, "id": rubric.id, "version": rubric.version,
                "scoring_hash": scoring, "text_hash": text, "problems": source.warnings,
            })
        }
        Err(problems) => json!({
            "file": file, "ok": false, "id": null, "version": null,
            "scoring_hash": null, "text_hash": null, "problems": problems,
        }),
    }
}

fn say(file: &str, found: &Result<Source, Vec<Problem>>, context: &Context) {
    let problems = match found {
        Ok(source) => {
            let (rubric, warnings) = (&source.rubric, &source.warnings);
            let criteria = rubric.criteria().count();
            let (questions, warned) = (rubric.questions.len(), warnings.len());
            context
                .out
                .say(format!("{file}: {} {} is right: {questions} questions, {criteria} criteria", rubric.id, rubric.version));
            if warned > 0 {
                context.out.say(format!("{file}: {warned} worth a second look"));
            }
            warnings
        }
        Err(problems) => {
            context.out.say(format!("{file}: {}", many(problems.len(), "mistake")));
            problems
        }
    };
    problems.iter().for_each(|problem| context.out.problem(problem));
}

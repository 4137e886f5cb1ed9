//! `earmark rubric check`: every mistake of rubric files at once, and what is weak in their design.

use serde_json::{Value, json};

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Outcome;
use crate::cli::words::{hash, many};
use crate::interview::{Problem, Severity};
use crate::rubric::{Checked, line_and_column};
use crate::runtime::attach::check_rubric;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Rubric files, or names of shipped rubrics
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Ends with 1 also when there are only warnings
    #[arg(long)]
    strict: bool,
}

/// With `--json` an array of `{"file", "ok", "id", "version", "scoring_hash", "text_hash", "frozen", "problems": [{"file",
/// "place", "line", "column", "code", "reason", "remedy", "severity"}]}`; id, version, hashes and frozen are null where the file
/// cannot be read. `ok` is whether the rubric can be used, which warnings do not hinder. A code names a rule and stays the same
/// in every version. Ends with 1 when a file has a mistake, with `--strict` also when one has a warning.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let checked: Vec<(&String, Checked)> = args.files.iter().map(|file| (file, check_rubric(file))).collect();
    if context.out.wants_json() {
        context.out.json(&checked.iter().map(|(file, found)| as_json(file, found)).collect::<Vec<_>>());
    } else {
        checked.iter().for_each(|(file, found)| say(file, found, context));
    }
    let passes = |found: &Checked| if args.strict { found.problems.is_empty() } else { found.is_right() };
    Ok(if checked.iter().all(|(_, found)| passes(found)) { Exit::Done } else { Exit::Failed })
}

fn as_json(file: &str, found: &Checked) -> Value {
    let rubric = found.rubric.as_ref();
    json!({
        "file": file,
        "ok": found.is_right(),
        "id": rubric.map(|rubric| &rubric.id),
        "version": rubric.map(|rubric| &rubric.version),
        "scoring_hash": rubric.map(|rubric| hash(rubric.scoring_hash())),
        "text_hash": rubric.map(|rubric| hash(rubric.text_hash())),
        "frozen": rubric.map(|rubric| rubric.freeze.is_some()),
        "problems": found.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

fn problem(problem: &Problem) -> Value {
    let mut value = json!(problem);
    let (line, column) = line_and_column(problem).unzip();
    value["line"] = json!(line);
    value["column"] = json!(column);
    value
}

fn say(file: &str, found: &Checked, context: &Context) {
    let warned = found.problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
    match found.rubric.as_ref().filter(|_| found.is_right()) {
        Some(rubric) => {
            let (questions, criteria) = (many(rubric.questions.len(), "question"), criteria(rubric.criteria().count()));
            let frozen = if rubric.freeze.is_some() { "; frozen" } else { "" };
            context.out.say(format!("{file}: {} {} is right: {questions}, {criteria}{frozen}", rubric.id, rubric.version));
        }
        None => context.out.say(format!("{file}: {}", many(found.problems.len() - warned, "mistake"))),
    }
    if warned > 0 {
        context.out.say(format!("{file}: {warned} worth a second look"));
    }
    found.problems.iter().for_each(|problem| context.out.problem(problem));
}

fn criteria(count: usize) -> String {
    if count == 1 { "1 criterion".into() } else { format!("{count} criteria") }
}

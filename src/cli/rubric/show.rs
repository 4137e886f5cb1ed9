//! `earmark rubric show`: a rubric as a reviewer reads it.

use serde_json::{Value, json};

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::cli::words::hash;
use crate::cli::{Context, room};
use crate::rubric::{Criterion, Question, Rubric, shipped};
use crate::runtime::attach::find_rubric;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The name of a shipped rubric, or a file; without it, the names of the shipped ones
    rubric: Option<String>,
    /// The rubric that is attached to this batch
    #[arg(long, value_name = "BATCH", conflicts_with = "rubric")]
    batch: Option<String>,
}

/// With `--json` `{"id", "version", "title", "scoring_hash", "text_hash", "scale", "questions": [{"id", "prompt", "criteria":
/// [{"id", "name", "weight", "anchors": {point: text}}]}]}`, and without a rubric an array of the shipped ones' names.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let rubric = match (&args.rubric, &args.batch) {
        (Some(named), _) => {
            let what = format!("Could not read the rubric {named}");
            find_rubric(named).map_err(|problems| Failure::problems(what, &problems))?.rubric
        }
        (None, Some(batch)) => Seat::to_look(batch, context).await?.desk.rubric.ok_or_else(none_attached)?,
        (None, None) => return Ok(names(context)),
    };
    if context.out.wants_json() {
        context.out.json(&json!({
            "id": rubric.id,
            "version": rubric.version,
            "title": rubric.title,
            "scoring_hash": hash(rubric.scoring_hash()),
            "text_hash": hash(rubric.text_hash()),
            "scale": { "min": rubric.scale.min, "max": rubric.scale.max, "half": rubric.scale.allow_half },
            "questions": rubric.questions.iter().map(question).collect::<Vec<_>>(),
        }));
    } else {
        say(&rubric, context);
    }
    Ok(Exit::Done)
}

fn question(question: &Question) -> Value {
    let criterion = |criterion: &Criterion| json!({ "id": criterion.id, "name": criterion.name, "weight": criterion.weight, "anchors": criterion.anchors });
    let criteria: Vec<Value> = question.criteria.iter().map(criterion).collect();
    json!({ "id": question.id, "prompt": question.prompt, "criteria": criteria })
}

fn none_attached() -> Failure {
    Failure::new("Could not find a rubric: none is attached to this batch").exit(Exit::NoMatch)
}

fn say(rubric: &Rubric, context: &Context) {
    let columns = room::columns().min(100);
    rubric.show(columns).iter().for_each(|line| context.out.say(line));
}

fn names(context: &Context) -> Exit {
    let names: Vec<&str> = shipped().iter().map(|shipped| shipped.name).collect();
    if context.out.wants_json() {
        context.out.json(&names);
    } else {
        names.iter().for_each(|name| context.out.say(name));
    }
    Exit::Done
}

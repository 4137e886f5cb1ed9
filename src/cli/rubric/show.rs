//! `earmark rubric show`: a rubric as a reviewer reads it.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::Seat;
use crate::cli::words::hash;
use crate::cli::{Context, room};
use crate::journal::Act;
use crate::rubric::{Criterion, Question, Rubric, Shipped, shipped, shipped_as};
use crate::runtime::attach::find_rubric;
use crate::runtime::contents;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A file, a shipped rubric's name, or a batch to which one is attached; without it, the names of the shipped ones
    #[arg(value_name = "RUBRIC|BATCH")]
    rubric: Option<String>,
    /// The rubric that is attached to this batch
    #[arg(long, value_name = "BATCH", conflicts_with = "rubric")]
    batch: Option<String>,
    /// Prints the file itself, to begin a rubric of your own from it
    #[arg(long)]
    source: bool,
    /// Writes to the journal that you have read it, as closing it on the screen does
    #[arg(long, requires = "batch")]
    acknowledge: bool,
}

/// With `--json` `{"id", "version", "title", "scoring_hash", "text_hash", "scale", "questions": [{"id", "prompt", "criteria":
/// [{"id", "name", "weight", "anchors": {point: text}}]}]}`, without a rubric an array of the shipped ones' names, and with
/// `--source` `{"id", "version", "source"}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if args.source {
        return source(args, context).await;
    }
    let rubric = match (&args.rubric, &args.batch) {
        (Some(named), _) => named_so(named, context).await?,
        (None, Some(batch)) => of_batch(batch, context).await?,
        (None, None) => return Ok(names(context)),
    };
    if let Some(batch) = args.batch.as_deref().filter(|_| args.acknowledge) {
        acknowledge(batch, context).await?;
    }
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

/// The file itself; of a batch the one that was attached.
async fn source(args: &Args, context: &Context) -> Outcome {
    let named = args.rubric.as_deref().filter(|named| is_file_or_shipped(named));
    let (id, version, text) = match (named, args.rubric.as_deref().or(args.batch.as_deref())) {
        (Some(named), _) => {
            let what = format!("Could not read the rubric {named}");
            let source = find_rubric(file_of(named)).map_err(|problems| Failure::problems(what, &problems))?;
            (source.rubric.id.to_string(), source.rubric.version.to_string(), source.text)
        }
        (None, Some(batch)) => {
            let rubric = if args.rubric.is_some() { named_so(batch, context).await? } else { of_batch(batch, context).await? };
            let library = room::there(context).await?;
            let kept = library.rubric(rubric.scoring_hash(), rubric.text_hash()).await;
            let kept = kept.map_err(|error| room::told("Could not read the rubric", &error))?;
            let gone = || Failure::new(format!("Could not read the rubric of {batch}: its file was not kept")).exit(Exit::NoMatch);
            (rubric.id.to_string(), rubric.version.to_string(), kept.ok_or_else(gone)?.source)
        }
        (None, None) => {
            return Err(
                Failure::usage("Could not show a rubric: none is named").hint("`earmark rubric show` lists the shipped ones")
            );
        }
    };
    if context.out.wants_json() {
        context.out.json(&json!({ "id": id, "version": version, "source": text }));
    } else {
        context.out.document(text.as_bytes());
    }
    Ok(Exit::Done)
}

fn question(question: &Question) -> Value {
    let criterion = |criterion: &Criterion| json!({ "id": criterion.id, "name": criterion.name, "weight": criterion.weight, "anchors": criterion.anchors });
    let criteria: Vec<Value> = question.criteria.iter().map(criterion).collect();
    json!({ "id": question.id, "prompt": question.prompt, "criteria": criteria })
}

/// The rubric of a file, a shipped one, or the one of a batch.
async fn named_so(named: &str, context: &Context) -> Result<Rubric, Failure> {
    if is_file_or_shipped(named) {
        let what = format!("Could not read the rubric {named}");
        return Ok(find_rubric(file_of(named)).map_err(|problems| Failure::problems(what, &problems))?.rubric);
    }
    of_batch(named, context).await.map_err(|failure| match failure.exit {
        Exit::NoMatch => Failure {
            what: SafeText::line(&format!("Could not find the rubric {named}")),
            causes: ["no file and no shipped rubric is called so".into(), failure.what].into_iter().chain(failure.causes).collect(),
            ..failure
        },
        _ => failure,
    })
}

/// What a name stands for: a shipped rubric may be called by its own id.
fn file_of(named: &str) -> &str {
    let shipped = shipped().into_iter().find(|one| id_of(one).is_some_and(|id| id == named));
    shipped.map_or(named, |one| one.name)
}

fn is_file_or_shipped(named: &str) -> bool {
    let file = file_of(named);
    shipped_as(file).is_some() || Path::new(file).exists()
}

/// A shipped rubric's own id, which is not always its file's name.
fn id_of(shipped: &Shipped) -> Option<String> {
    Some(Rubric::read(shipped.file, shipped.text).ok()?.rubric.id.to_string())
}

/// Nobody needs to be known to read a rubric.
async fn of_batch(named: &str, context: &Context) -> Result<Rubric, Failure> {
    let library = room::there(context).await?;
    let batch = room::find_batch(&library, named).await?;
    let contents = contents::open_batch(&library, batch).await;
    let contents = contents.map_err(|error| room::told("Could not open the batch", &error))?;
    let title = contents.batch.title;
    contents.rubric.ok_or_else(|| {
        let failure = Failure::new(format!("Could not find a rubric: none is attached to {title}")).exit(Exit::NoMatch);
        failure.hint("attach one with `earmark rubric attach BATCH RUBRIC`")
    })
}

/// Writes that the rubric that is attached was read, once.
async fn acknowledge(batch: &str, context: &Context) -> Result<(), Failure> {
    let mut seat = Seat::to_act(batch, context).await?;
    let attached = seat.desk.sight.attachment.as_ref().map(|attachment| attachment.rubric_hash);
    if let Some(rubric_hash) = attached.filter(|hash| seat.desk.mine().acknowledged != Some(*hash)) {
        let acts = [Some(Act::Acknowledged { rubric_hash }), seat.desk.order_to_write()];
        seat.act(acts.into_iter().flatten().map(|act| (None, act)).collect()).await?;
    }
    seat.leave().await;
    Ok(())
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

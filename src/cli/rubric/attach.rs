//! `earmark rubric attach`: makes a rubric the one by which a batch is scored; never by a silent guess.

use serde_json::json;

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::{self, Seat};
use crate::cli::words::hash;
use crate::interview::{Digest, Problem, QuestionId};
use crate::rubric::{Mapping, QuestionMap, lint, map};
use crate::runtime::attach::{self, AttachError, Conflict, Source, find_rubric};
use crate::source::Readers;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The name of a shipped rubric, or a file
    rubric: String,
    /// Ties a question of the batch to one of the rubric: q-01=q1-outage
    #[arg(long = "map", value_name = "BATCH=RUBRIC", value_parser = pair)]
    pairs: Vec<(QuestionId, QuestionId)>,
    /// A question of the batch that is not scored
    #[arg(long, value_name = "QUESTION")]
    skip: Vec<QuestionId>,
    /// Accepts the order of asking where no id is the same and both have as many questions
    #[arg(long)]
    yes: bool,
}

/// With `--json` `{"batch", "rubric", "version", "scoring_hash", "text_hash", "map": [[batch's question, rubric's question]],
/// "attached": whether anything is new}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let could_not = || format!("Could not attach {}", args.rubric);
    let source = find_rubric(&args.rubric).map_err(|problems| Failure::problems(could_not(), &problems))?;
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let questions: Vec<_> =
        seat.desk.batch.interview.questions.iter().filter(|question| !args.skip.contains(&question.id)).cloned().collect();
    let mapping = map(&questions, &source.rubric, &args.pairs).map_err(|problems| unmapped(could_not(), &problems))?;
    let before = seat.desk.sight.attachment.clone();
    let same_rubric = before.as_ref().is_some_and(|a| (a.rubric_hash, a.text_hash) == hashes(&source));
    if let (Some(before), true) = (&before, same_rubric)
        && mapping_of(&mapping) == before.map.as_slice()
    {
        // What a colleague attached has its clips on the colleague's machine alone.
        attach::keep_clips(&seat.library, &source, Readers::here()).await.map_err(|error| not_attached(could_not(), error))?;
        tell(&seat, &source, &before.map, false, context);
        return Ok(Exit::Done);
    }
    refuse_conflicts(&seat, &source, &mapping, could_not()).await?;
    if let (Some(before), false) = (&before, same_rubric)
        && before.rubric_hash == source.rubric.scoring_hash()
    {
        let reason = "its wording differs from the rubric that is attached; scores stay comparable";
        context.out.problem(&Problem::warning(&args.rubric, "text hash", reason, "tell the reviewers what changed"));
    }
    if let Some(problem) = time_to_answer(&seat) {
        context.out.problem(&problem);
    }
    let map = match mapping {
        Mapping::Certain(map) => map,
        Mapping::Proposed(map) => confirmed(map, args, context)?,
    };
    let attached = attach::attach(&seat.library, seat.desk.batch.id, &source, map.clone()).await;
    attached.map_err(|error| not_attached(could_not(), error))?;
    seat.desk.rubric = Some(source.rubric.clone());
    tell(&seat, &source, &map, true, context);
    seat.leave().await;
    Ok(Exit::Done)
}

fn not_attached(what: String, error: AttachError) -> Failure {
    match error {
        AttachError::Conflict(conflict) => refused(what, conflict),
        AttachError::Clips(problems) => {
            let hint = "put the clips there, or set calibration = \"off\" under [protocol] and do without";
            Failure::problems(format!("{what}: not all of its anchor clips can be taken"), &problems).hint(hint)
        }
        AttachError::Library(error) => room::told(&what, &error),
    }
}

/// What the batch itself says of the time that its candidates had.
fn time_to_answer(seat: &Seat) -> Option<Problem> {
    let batch = &seat.desk.batch;
    let had = batch
        .submissions
        .iter()
        .filter_map(|submission| Some((submission.invited_at?, submission.deadline.or(batch.interview.deadline)?)));
    let finding = lint::deadlines(had)?;
    Some(Problem::warning(batch.title.as_str(), "deadline", &finding.reason, &finding.remedy).coded(finding.code))
}

fn hashes(source: &Source) -> (Digest, Digest) {
    (source.rubric.scoring_hash(), source.rubric.text_hash())
}

fn mapping_of(mapping: &Mapping) -> &[(QuestionId, QuestionId)] {
    match mapping {
        Mapping::Certain(map) | Mapping::Proposed(map) => map,
    }
}

fn unmapped(what: String, problems: &[Problem]) -> Failure {
    let hint = "--map BATCH=RUBRIC ties a question to one of the rubric's, --skip QUESTION leaves one unscored; --yes accepts the \
                order of asking only where no id is the same and both have as many questions";
    Failure::problems(format!("{what}: not every question of the batch can be tied to one of its"), problems)
        .hint(hint)
        .exit(Exit::Usage)
}

async fn refuse_conflicts(seat: &Seat, source: &Source, mapping: &Mapping, what: String) -> Result<(), Failure> {
    let entries = seat.library.events(seat.desk.batch.id).await.map_err(|error| room::told(&what, &error))?;
    attach::conflicts(&seat.desk.batch, &entries, &source.rubric, Some(mapping_of(mapping))).map_err(|error| refused(what, error))
}

/// A rubric under which the scores that there are could not stand.
fn refused(what: String, conflict: Conflict) -> Failure {
    let hint = "import the batch into another library (--library DIR) to score it anew; or keep the rubric that is attached";
    let failure = Failure::new(what).cause(conflict.to_string()).hint(hint);
    match conflict {
        // Whole, so that they can be compared with what `earmark rubric check` prints.
        Conflict::Rubric { attached, offered } => {
            failure.cause(format!("attached is {}", hash(attached))).cause(format!("this one is {}", hash(offered)))
        }
        Conflict::Questions => failure,
    }
}

/// No id is the same: the order of asking is shown, and a person says whether it is right.
fn confirmed(map: QuestionMap, args: &Args, context: &Context) -> Result<QuestionMap, Failure> {
    if args.yes {
        return Ok(map);
    }
    let pairs: Vec<String> = map.iter().map(|(from, to)| format!("{from}={to}")).collect();
    let question = format!(
        "No question of the batch has the id of one of the rubric's. By the order of asking it would be:\n  {}\nAttach it so? [y/N]",
        pairs.join("\n  ")
    );
    let answer = context.out.ask(&question).map_err(|error| Failure::new("Could not read your answer").because(&error))?;
    match answer.map(|answer| answer.to_lowercase()) {
        Some(yes) if yes == "y" || yes == "yes" => Ok(map),
        asked => {
            let why = match asked {
                Some(_) => "it was not confirmed",
                None => "no question has the same id, and nobody can be asked whether the order is right",
            };
            let hint = format!("--yes accepts the order ({}); --map ties questions one by one", pairs.join(", "));
            let what = format!("Could not attach {}", args.rubric);
            Err(Failure::new(what).cause(why).hint(hint).exit(Exit::Usage))
        }
    }
}

fn tell(seat: &Seat, source: &Source, map: &QuestionMap, is_new: bool, context: &Context) {
    let (rubric, batch) = (&source.rubric, &seat.desk.batch);
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": batch.id,
            "rubric": rubric.id,
            "version": rubric.version,
            "scoring_hash": hash(rubric.scoring_hash()),
            "text_hash": hash(rubric.text_hash()),
            "map": map,
            "attached": is_new,
        }));
        return;
    }
    let said = if is_new { "is attached to" } else { "is attached already to" };
    context.out.say(format!("{} {} {said} {}", rubric.title, rubric.version, batch.title));
    for (from, to) in map {
        context.out.say(format!("  {from} is scored as {to}"));
    }
}

/// `q-01=q1-outage`.
fn pair(text: &str) -> Result<(QuestionId, QuestionId), String> {
    let (from, to) = text.split_once('=').ok_or("write BATCH=RUBRIC, such as q-01=q1-outage")?;
    let id = |id: &str| id.trim().parse().map_err(|error| format!("\"{id}\" is no id of a question: {error}"));
    Ok((id(from)?, id(to)?))
}

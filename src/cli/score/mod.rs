//! `earmark score`: what a machine says of every answer of a batch; it never sorts, hides or decides.

mod alike;
mod evaluation;
mod say;
mod shards;
mod told;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Context;
use super::engine::{self, Engine};
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::{self, Seat};
use super::signals::{asked_to_end, stopped};
use crate::assist::ModelReader;
use crate::interview::AnswerId;
use crate::protocol::Others;
use crate::runtime::scoring::{Ended, Scored, Scoring, Wish};
use crate::scorer::{Shard, Step};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Only this step: recording, words or reader; again for another
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
    /// How many answers at once; as many as there are processors where it is not said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Only submissions that were handed in since, such as 2026-11-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<jiff::Timestamp>,
    /// A part of the batch, such as 3/16, for processes that share nothing but the bundle
    #[arg(long, value_name = "PART/OF", requires = "out")]
    shard: Option<Shard>,
    /// The folder into which a shard writes its results
    #[arg(long, value_name = "DIR", requires = "shard")]
    out: Option<PathBuf>,
    /// Takes in what shards wrote into this folder; again for another
    #[arg(long, value_name = "DIR", conflicts_with_all = ["shard", "only", "since", "jobs"])]
    take: Vec<PathBuf>,
    /// Whether the second reader may be used: its agreement with sealed human scores
    #[arg(long, conflicts_with_all = ["shard", "take"])]
    evaluate: bool,
    /// Who reads as second reader: the embedded one, which needs nothing, or the language model of the settings `reader`
    #[arg(long, value_enum, value_name = "READER", default_value_t)]
    reader: Reader,
    /// Also prints the facts of each recording: length, speech, pauses, rate, levels
    #[arg(long, conflicts_with_all = ["shard", "take", "evaluate"])]
    facts: bool,
    /// Lets the second reader read again what it has read
    #[arg(long, conflicts_with_all = ["shard", "take"])]
    again: bool,
    /// Groups for the evaluation: candidate, and a column for each attribute whose cells name the group
    #[arg(long, value_name = "CSV", requires = "evaluate")]
    groups: Option<PathBuf>,
}

/// Which second reader.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Reader {
    /// From the rubric's words alone, without a model
    #[default]
    Embedded,
    /// A language model behind the endpoint of the settings
    Model,
}

/// Who reads as second reader, and where.
#[derive(serde::Serialize)]
struct Who {
    by: SafeText,
    place: SafeText,
}

/// With `--json`: `batch`, `title`, `steps`, `reader` (`by`, `place`), `failures[]`, `answers[]`; after the reveal also `alike[]` and each answer's second reader.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if args.shard.is_some() && args.only.iter().any(|step| *step != Step::Recording) {
        let failure = Failure::usage("Could not divide that: shards measure recordings, which is what takes long");
        return Err(failure.hint("what was said is read where the results are taken in, by `earmark score BATCH --take DIR`"));
    }
    if args.reader == Reader::Model && args.shard.is_some() {
        let failure = Failure::usage("Could not divide the work of a model: what is sent to it is kept in the journal");
        return Err(failure.hint("`reader.at_once` says how many answers it reads at once"));
    }
    if args.reader == Reader::Model && !args.only.is_empty() && !args.only.contains(&Step::Reader) {
        let failure = Failure::usage("Could not let a model read: `--only` leaves the reader's step out");
        return Err(failure.hint("add `--only reader`, or leave `--reader model` out"));
    }
    let seat =
        if args.shard.is_some() { Seat::to_look(&args.batch, context).await? } else { Seat::to_act(&args.batch, context).await? };
    let exit = match (&args.shard, args.take.as_slice()) {
        (Some(_), _) => shards::write(args, &seat, context).await,
        (None, []) => score(args, &seat, context).await,
        (None, folders) => shards::take(args, folders, &seat, context).await,
    };
    seat.leave().await;
    exit
}

async fn score(args: &Args, seat: &Seat, context: &Context) -> Outcome {
    if args.evaluate {
        revealed(seat)?;
    }
    let (scored, reader) = results(args, seat, context).await?;
    if args.evaluate {
        return evaluation::evaluate(args.groups.as_deref(), seat, &scored, context).await;
    }
    let told = told::Told::of(seat, &scored, reader);
    // First it is on disk that they are seen, then they are seen.
    seat.sees(told.statements()).await?;
    match context.out.wants_json() {
        true => context.out.json(&told::to_json(&told)),
        false => say::say(&told, args.facts, context),
    }
    Ok(exit(&scored))
}

/// Does the work; says how far it is.
async fn results(args: &Args, seat: &Seat, context: &Context) -> Result<(BTreeMap<AnswerId, Scored>, Who), Failure> {
    let (scoring, wish) = (scoring(args, seat, context)?, wish(args));
    let total = scoring.wanted(&wish).len();
    let progress = context.out.progress_in_time("scoring", total as u64);
    let done = AtomicUsize::new(0);
    let work = scoring.run(&wish, |_| {
        done.fetch_add(1, Ordering::Relaxed);
        progress.advance(1);
    });
    let scored = tokio::select! {
        scored = work => scored.map_err(|error| room::told("Could not score the batch", &error)),
        true = asked_to_end() => Err(stopped("score the batch", done.load(Ordering::Relaxed), total)),
    };
    if scored.is_err() {
        let kept = scoring.cut_short().await;
        kept.map_err(|error| room::told("Could not write down what became of what was being sent", &error))?;
    }
    let model = scoring.model.as_ref().map(|model| (model.endpoint().model(), model.endpoint().place()));
    let (by, place) = model.unwrap_or(("embedded", "this machine".to_owned()));
    Ok((scored?, Who { by: SafeText::line(by), place: SafeText::line(&place) }))
}

fn wish(args: &Args) -> Wish {
    let steps = match (args.only.as_slice(), args.evaluate) {
        // Only what takes long travels; the rest is made where it is taken in.
        _ if args.shard.is_some() => vec![Step::Recording],
        ([], false) => Step::ALL.to_vec(),
        ([], true) => vec![Step::Reader],
        (some, _) => some.to_vec(),
    };
    let here = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.map_or(here, usize::from);
    Wish { steps, shard: args.shard, jobs, since: args.since, keep: args.shard.is_none(), again: args.again }
}

fn scoring<'s>(args: &Args, seat: &'s Seat, context: &Context) -> Result<Scoring<'s>, Failure> {
    let desk = &seat.desk;
    let model = match args.reader {
        Reader::Embedded => None,
        Reader::Model => Some(ModelReader::new(engine::endpoint(Engine::Reader, context)?)),
    };
    let of = |id: &crate::interview::QuestionId| Some((id.clone(), desk.sight.rubric_question(id)?.clone()));
    let questions = desk.batch.interview.questions.iter().filter_map(|question| of(&question.id)).collect();
    Ok(Scoring {
        library: &seat.library,
        batch: &desk.batch,
        rubric: desk.rubric.as_ref(),
        questions,
        model,
        givings: Default::default(),
    })
}

/// Whether a machine's judgements may be shown to who asks.
fn is_revealed(seat: &Seat) -> bool {
    seat.desk.sight.others() == Others::Shown
}

fn revealed(seat: &Seat) -> Result<(), Failure> {
    if is_revealed(seat) {
        return Ok(());
    }
    let failure = Failure::new("Could not evaluate the second reader: your own ratings of this batch are not sealed yet");
    Err(failure.hint("it shows what a machine says of answers; `earmark status` says what is missing, `earmark seal` seals"))
}

fn exit(scored: &BTreeMap<AnswerId, Scored>) -> Exit {
    let failed = |scored: &Scored| scored.ended.iter().any(|(_, ended)| matches!(ended, Ended::Failed(_)));
    let again = |scored: &Scored| scored.reader.as_ref().is_some_and(|outcome| outcome.may_be_tried_again());
    match () {
        () if scored.is_empty() => Exit::NoMatch,
        () if scored.values().any(|scored| failed(scored) || again(scored)) => Exit::Partial,
        () => Exit::Done,
    }
}

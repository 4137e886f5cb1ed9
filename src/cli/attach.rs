//! `earmark attach`: recordings for answers that have none, from files that somebody downloaded.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::{Seat, told as told_of};
use super::words::{many, moment};
use super::{Context, import};
use crate::config::read_bounded;
use crate::interview::{AnswerId, Batch, Moment, Problem, Submission};
use crate::source::{Attaching, LARGEST_RECORDING};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// A folder candidate/question.ext, a table with candidate_id,question_id,file, or with --split one long recording
    path: PathBuf,
    /// Cuts the recording into answers, from each time to the next: 0:00,2:10,4:05; or from and to: 0:05-2:00,2:10-4:00
    #[arg(long, value_name = "TIMES", requires = "candidate")]
    split: Option<String>,
    /// Whose long recording it is: pseudonym, source's id, or the name once it was revealed
    #[arg(long, value_name = "CANDIDATE", requires = "split")]
    candidate: Option<String>,
    /// The questions that the pieces answer, in their order; without it, the batch's questions from the first on
    #[arg(long, value_name = "QUESTION", value_delimiter = ',', requires = "split")]
    questions: Vec<String>,
    /// Takes the place of recordings that are there: ratings of those are kept and marked stale
    #[arg(long)]
    replace: bool,
    /// Says what would be attached, and attaches nothing
    #[arg(long)]
    dry_run: bool,
}

const COULD_NOT: &str = "Could not attach";
/// The largest table that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// With `--json` what `earmark import` prints, and `"attached": number, "left_out": [{"what", "why"}]`. It ends with 4 where something
/// was left out, and with 5 where nothing fits.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_act(&args.batch, context).await?;
    let attaching = attaching(args, &seat)?;
    let (count, left_out) = (attaching.count(), attaching.left_out.clone());
    if !context.out.wants_json() {
        left_out.iter().for_each(|(what, why)| context.out.say(format!("left out: {what}: {why}")));
    }
    let told: Vec<_> = left_out.iter().map(|(what, why)| json!({ "what": what, "why": why })).collect();
    if count == 0 {
        if context.out.wants_json() {
            context.out.json(&json!({ "attached": 0, "left_out": told }));
        }
        return Err(Failure::new(COULD_NOT).cause("nothing in it fits an answer that has no recording").exit(Exit::NoMatch));
    }
    if args.dry_run {
        if context.out.wants_json() {
            context.out.json(&json!({ "would_attach": count, "left_out": told }));
        }
        context.out.say(format!("Would attach {}.", many(count, "recording")));
        return Ok(if left_out.is_empty() { Exit::Done } else { Exit::Partial });
    }
    let mut batch = seat.desk.batch.clone();
    // Of who was erased nothing is left to attach to, and nothing to tell.
    batch.submissions.retain(|submission| !seat.desk.sight.erased.contains_key(&submission.candidate.id));
    let (named, found) = (attaching.named(), attaching.into_found(batch));
    let stop = import::stop_when_asked();
    let imported = import::take(found, &seat.library, &stop, context).await?.ok_or_else(import::interrupted)?;
    let exit = import::told(&imported, context);
    let now = seat.library.batch(imported.batch).await.map_err(|error| told_of(COULD_NOT, &error))?;
    let count = named.iter().filter(|(answer, locator)| is_attached(&now, *answer, locator)).count();
    if context.out.wants_json() {
        let mut result = import::result_of(&imported);
        (result["attached"], result["left_out"]) = (json!(count), json!(told));
        context.out.json(&result);
    }
    context.out.say(format!("Attached {}.", many(count, "recording")));
    seat.leave().await;
    Ok(if exit == Exit::Done && !left_out.is_empty() { Exit::Partial } else { exit })
}

/// Whether an answer can be reviewed, and its recording is the one that comes from there.
fn is_attached(batch: &Batch, answer: AnswerId, locator: &str) -> bool {
    let found = batch.answer(answer).map(|(_, answer)| answer).filter(|answer| answer.state.is_reviewable());
    found.and_then(|answer| answer.media.as_ref()).is_some_and(|media| media.locator.raw() == locator)
}

fn attaching(args: &Args, seat: &Seat) -> Result<Attaching, Failure> {
    let batch = &seat.desk.batch;
    let failed = |problem: Problem| Failure::problems(COULD_NOT, &[problem]);
    if let (Some(times), Some(named)) = (&args.split, &args.candidate) {
        let submission = seat.candidate(named)?.clone();
        let cuts = cuts(times, &args.questions, seat, &submission)?;
        let bytes = read(&args.path, LARGEST_RECORDING)?;
        let name = args.path.to_string_lossy().into_owned();
        return Attaching::pieces(batch, &submission, (&name, Arc::from(bytes)), &cuts, args.replace).map_err(failed);
    }
    if args.path.is_dir() {
        return Attaching::folder(batch, &args.path, args.replace).map_err(failed);
    }
    let is_table = args.path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    if !is_table {
        let hint =
            "name a folder candidate/question.ext or a table, or say --candidate and --split 0:00 to give one answer its recording";
        return Err(Failure::usage(COULD_NOT).cause("this is neither a folder nor a .csv").hint(hint));
    }
    Attaching::table(batch, &args.path, &read(&args.path, LONGEST)?, args.replace).map_err(failed)
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    read_bounded(path, most).map_err(|error| Failure::new(format!("Could not read {}", path.display())).because(&error))
}

/// The pieces: from where, to where, and the question's id.
fn cuts(
    times: &str,
    named: &[String],
    seat: &Seat,
    submission: &Submission,
) -> Result<Vec<(Moment, Option<Moment>, String)>, Failure> {
    let wrong =
        |why: String| Failure::usage("Could not tell where to cut").cause(why).hint("write 0:00,2:10,4:05 or 0:05-2:00,2:10-4:00");
    let mut pieces: Vec<(Moment, Option<Moment>)> = Vec::new();
    for time in times.split(',').map(str::trim).filter(|time| !time.is_empty()) {
        let (from, to) = time.split_once('-').map_or((time, None), |(from, to)| (from, Some(to)));
        let from = moment(from.trim()).map_err(wrong)?;
        let to = to.map(|to| moment(to.trim())).transpose().map_err(wrong)?;
        if pieces.last().is_some_and(|(before, _)| *before >= from) {
            return Err(wrong("the times are not in order".to_owned()));
        }
        pieces.push((from, to));
    }
    for nth in 1..pieces.len() {
        let next = pieces[nth].0;
        pieces[nth - 1].1.get_or_insert(next);
    }
    let questions: Vec<String> = match named.is_empty() {
        true => submission.answers.iter().map(|answer| answer.question.to_string()).collect(),
        false => {
            named.iter().map(|name| seat.question(name).map(|(_, question)| question.id.to_string())).collect::<Result<_, _>>()?
        }
    };
    if pieces.is_empty() || questions.len() < pieces.len() || (!named.is_empty() && named.len() != pieces.len()) {
        return Err(wrong(format!("there are {} and {}", many(pieces.len(), "piece"), many(questions.len(), "question"))));
    }
    Ok(pieces.into_iter().zip(questions).map(|((from, to), question)| (from, to, question)).collect())
}

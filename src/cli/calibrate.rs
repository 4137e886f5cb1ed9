//! `earmark calibrate`: rating a clip that experts have rated, and what they gave; for scripts and people without a full screen.

use crate::cli::words::{in_command, many};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::judge::rate::observed;
use super::output::Table;
use super::room::{Seat, told};
use crate::interview::CriterionId;
use crate::journal::Act;
use crate::library::Content;
use crate::protocol::{self, Calibration, Distance, against_experts, clip_answer, distance};
use crate::rubric::{AnchorClip, Observed};
use crate::scorecard::Calibrated;
use crate::source;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The clip: its id in the rubric
    clip: Option<String>,
    /// What you give: a criterion of the clip's question and its point, such as diagnosis=3, or NO for not observed
    #[arg(value_name = "CRITERION=POINT", requires = "clip")]
    ratings: Vec<String>,
    /// Writes the clip's recording into a file, to hear it
    #[arg(long, value_name = "FILE", requires = "clip", conflicts_with = "ratings")]
    out: Option<PathBuf>,
}

const COULD_NOT: &str = "Could not calibrate";

/// With `--json` `{"batch", "due": [clip], "required", "answers_left", "bar", "mean_abs_error", "mean_signed_error", "values", "passes",
/// "clips": [{"clip", "question", "prompt", "criteria": [id], "here", "rated": [{"at", "mean_abs_error"}]}]}`; after rating a
/// clip also `"clip"` and `"events"`, and in `"experts"` for each criterion `criterion`, `value` and `expert`, with their
/// `"rationale"`, and `"counts"`: false where the clip only repeats what its key showed. What experts gave shows only once one's own values are in.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let Some(named) = &args.clip else { return standing(args, context).await };
    if let Some(file) = &args.out {
        return write_out(args, named, file, context).await;
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let clip = find(&seat, named)?.clone();
    if args.ratings.is_empty() {
        let asked: Vec<String> = clip.key.keys().map(|id| format!("{id}=POINT")).collect();
        let hint = format!(
            "`earmark calibrate {} {} {}`; --out FILE writes the recording",
            in_command(seat.desk.batch.id),
            clip.id,
            asked.join(" ")
        );
        return Err(Failure::usage(format!("{COULD_NOT}: no value is given for the clip {}", clip.id)).hint(hint));
    }
    let ratings = given(args, &seat, &clip)?;
    let counts = protocol::counts(seat.desk.mine(), seat.rubric()?, &seat.desk.rules, &clip.id);
    let events = seat.act(vec![(None, Act::Calibrated { clip: clip.id.clone(), ratings: ratings.clone() })]).await?;
    let standing = standing_of(&seat)?;
    if context.out.wants_json() {
        let mut whole = as_json(&seat, &standing).await?;
        whole["clip"] = json!(clip.id);
        whole["events"] = json!(events);
        whole["experts"] = ratings.iter().map(|one| expert_json(one, &clip)).collect();
        whole["rationale"] = json!(clip.rationale);
        whole["counts"] = json!(counts);
        context.out.json(&whole);
        seat.leave().await;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["criterion", "you", "experts"]).right(1).right(2);
    for (criterion, observed) in &ratings {
        let expert = clip.key.get(criterion).map_or_else(String::new, ToString::to_string);
        table.row([criterion.to_string(), crate::panel::Value::from(*observed).to_string(), expert]);
    }
    context.out.table(&table);
    context.out.say(format!("\nWhy: {}", clip.rationale));
    if let Some(of) = distance(against_experts(&ratings, &clip)) {
        context.out.say(format!("\nOn this clip {}.", in_words(of)));
    }
    if !counts {
        context.out.say("Its key was shown before and it is not due again: it does not count.");
    }
    lines(&standing).iter().for_each(|line| context.out.say(line));
    seat.leave().await;
    Ok(Exit::Done)
}

/// How one stands, and what is due.
async fn standing(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_look(&args.batch, context).await?;
    let standing = standing_of(&seat)?;
    if context.out.wants_json() {
        context.out.json(&as_json(&seat, &standing).await?);
        return Ok(Exit::Done);
    }
    lines(&standing).iter().for_each(|line| context.out.say(line));
    let rubric = seat.rubric()?;
    for clip in &standing.due {
        let prompt = rubric.question(&clip.question).map_or_else(String::new, |question| question.prompt.to_string());
        let asked: Vec<String> = clip.key.keys().map(|id| format!("{id}=POINT")).collect();
        context.out.say(format!("\n{}: an answer to {}\n  {prompt}\n  {}", clip.id, clip.question, asked.join(" ")));
    }
    Ok(Exit::Done)
}

async fn write_out(args: &Args, named: &str, file: &std::path::Path, context: &Context) -> Outcome {
    let seat = Seat::to_look(&args.batch, context).await?;
    let clip = find(&seat, named)?;
    let could_not = || format!("Could not write the clip {}", clip.id);
    let known = source::clip(&seat.library, clip_answer(seat.rubric()?, clip)).await;
    let kept = known.map_err(|error| told(&could_not(), &error))?.ok_or_else(|| {
        let hint = "`earmark rubric attach` with the same rubric takes its clips in";
        Failure::new(could_not()).cause("it is not on this machine").hint(hint).exit(Exit::NoMatch)
    })?;
    let bytes = seat.library.get(kept.speaker, Content::Recording, kept.digest).await;
    let bytes = bytes.map_err(|error| told(&could_not(), &error))?;
    let mut options = std::fs::OpenOptions::new();
    let written = options.write(true).create_new(true).open(file).and_then(|mut to| std::io::Write::write_all(&mut to, &bytes));
    written.map_err(|error| Failure::new(could_not()).cause(format!("{}: {error}", file.display())))?;
    context.out.say(format!("Wrote {} bytes to {}", bytes.len(), file.display()));
    Ok(Exit::Done)
}

fn standing_of(seat: &Seat) -> Result<Calibration<'_>, Failure> {
    seat.rubric()?;
    seat.desk.calibration().ok_or_else(|| {
        let failure = Failure::new(COULD_NOT).cause("the rubric has no anchor clips, or its protocol asks for no calibration");
        failure.exit(Exit::NoMatch)
    })
}

fn find<'s>(seat: &'s Seat, named: &str) -> Result<&'s AnchorClip, Failure> {
    let all = &seat.rubric()?.anchor_clips;
    standing_of(seat)?;
    all.iter().find(|clip| clip.id.as_str() == named).ok_or_else(|| {
        let there: Vec<&str> = all.iter().map(|clip| clip.id.as_str()).collect();
        let failure = Failure::new(format!("Could not find the clip \"{named}\"")).hint(format!("there are: {}", there.join(", ")));
        failure.exit(Exit::NoMatch)
    })
}

/// The values given, each criterion of the clip exactly once.
fn given(args: &Args, seat: &Seat, clip: &AnchorClip) -> Result<Vec<(CriterionId, Observed)>, Failure> {
    let scale = &seat.rubric()?.scale;
    let wrong = |why: String| Failure::usage(format!("{COULD_NOT} with the clip {}", clip.id)).cause(why);
    let mut given: Vec<(CriterionId, Observed)> = Vec::new();
    for text in &args.ratings {
        let (criterion, value) = text.split_once('=').ok_or_else(|| wrong(format!("\"{text}\" is not CRITERION=POINT")))?;
        let known = clip.key.keys().find(|id| id.as_str() == criterion.trim()).ok_or_else(|| {
            let there: Vec<&str> = clip.key.keys().map(|id| id.as_str()).collect();
            wrong(format!("\"{criterion}\" is not rated in it")).hint(format!("there are: {}", there.join(", ")))
        })?;
        if given.iter().any(|(id, _)| id == known) {
            return Err(wrong(format!("{known} is given twice")));
        }
        let observed = observed(value.trim(), scale)?;
        if !matches!(observed, Observed::Point(_)) {
            return Err(wrong(format!("{known} takes a point: the experts gave one, and nothing else can be compared with it")));
        }
        given.push((known.clone(), observed));
    }
    let missing: Vec<&str> =
        clip.key.keys().filter(|id| !given.iter().any(|(known, _)| known == *id)).map(|id| id.as_str()).collect();
    if missing.is_empty() { Ok(given) } else { Err(wrong(format!("still to rate: {}", missing.join(", ")))) }
}

async fn as_json(seat: &Seat, standing: &Calibration<'_>) -> Result<Value, Failure> {
    let rubric = seat.rubric()?;
    let mut clips = Vec::new();
    for clip in &rubric.anchor_clips {
        let here = source::clip(&seat.library, clip_answer(rubric, clip)).await;
        let here = here.map_err(|error| told("Could not read the clips", &error))?.is_some();
        let rated = seat.desk.mine().calibrations.iter().filter(|one| one.clip == clip.id);
        let once = |one: &Calibrated| {
            let error = distance(against_experts(&one.ratings, clip)).map(|of| of.mean_abs);
            json!({ "at": one.at, "mean_abs_error": error })
        };
        clips.push(json!({
            "clip": clip.id,
            "question": clip.question,
            "prompt": rubric.question(&clip.question).map(|question| &question.prompt),
            "criteria": clip.key.keys().collect::<Vec<_>>(),
            "here": here,
            "rated": rated.map(once).collect::<Vec<_>>(),
        }));
    }
    Ok(json!({
        "batch": seat.desk.batch.id,
        "due": standing.due.iter().map(|clip| &clip.id).collect::<Vec<_>>(),
        "required": standing.required,
        "answers_left": standing.answers_left,
        "bar": standing.bar,
        "mean_abs_error": standing.last.map(|of| of.mean_abs),
        "mean_signed_error": standing.last.map(|of| of.mean_signed),
        "values": standing.last.map(|of| of.n),
        "passes": standing.passes(),
        "clips": clips,
    }))
}

fn expert_json((criterion, observed): &(CriterionId, Observed), clip: &AnchorClip) -> Value {
    let expert = clip.key.get(criterion).map(|point| point.value());
    json!({ "criterion": criterion, "value": crate::panel::Value::from(*observed), "expert": expert })
}

fn lines(standing: &Calibration<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(of) = standing.last {
        let bar = standing.bar;
        let verdict = if standing.passes() == Some(true) { "within" } else { "over" };
        lines.push(format!("Your last round: {}, {verdict} the {bar} that is asked.", in_words(of)));
    }
    let names: Vec<&str> = standing.due.iter().map(|clip| clip.id.as_str()).collect();
    let asked = if standing.required { "no answer is begun before that" } else { "digits ask for it before an answer is begun" };
    match names.as_slice() {
        [] if standing.answers_left == 1 => lines.push("The next clip is due after 1 more answer.".to_owned()),
        [] => lines.push(format!("The next clip is due after {} more answers.", standing.answers_left)),
        names => lines.push(format!("To rate now: {}; {asked}.", names.join(", "))),
    }
    lines
}

fn in_words(of: Distance) -> String {
    let side = match of.mean_signed {
        signed if signed > 0.05 => format!(", {signed:.2} above them"),
        signed if signed < -0.05 => format!(", {:.2} below them", -signed),
        _ => String::new(),
    };
    let of_how_many = many(of.n, "value");
    format!("you are {:.2} points from the experts on average{side}, of {of_how_many}", of.mean_abs)
}

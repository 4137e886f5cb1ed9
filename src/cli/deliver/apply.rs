//! `earmark deliver apply` and `retry`: what is planned is sent, and every row is accounted for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;

use super::scene::{Scene, guarded_of, not_ready};
use super::tell::{Ended, Telling};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::export::{cell_told, filtered_told, guarded_told, not_come_told, some};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::panel::left_out_lines;
use crate::cli::room::{Seat, told};
use crate::cli::words::many;
use crate::config::read_bounded;
use crate::delivery::{
    Applied, Erased, Lacking, Looked, Over, Plan, PlanRow, RowOutcome, RowReport, Run, SCHEMA, Said, Whose, Withdrawn,
};
use crate::export::Guard;
use crate::export::profile::Kind;
use crate::runtime::delivering::{self, MOST_CHANGED, Opened, Work};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The plan's file
    plan: PathBuf,
    /// Sends nothing where more than so many percent of what was there before would change. Fewer than three changed rows pass,
    /// except with 0, which lets nothing change
    #[arg(long, value_name = "PERCENT", default_value_t = MOST_CHANGED)]
    max_change: f64,
    /// Writes over a file at the target that earmark did not put there
    #[arg(long)]
    replace: bool,
    /// Writes over what somebody changed there since it was delivered, where it still stands as the plan shows it; without this it is
    /// named, and left as it stands
    #[arg(long)]
    overwrite_moved: bool,
    #[command(flatten)]
    telling: Telling,
}

#[derive(clap::Args, Debug)]
pub(super) struct RetryArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// How: a profile's file, or the name of a shipped one
    #[arg(long)]
    profile: String,
    /// Where to; without it where the profile says
    #[arg(long, value_name = "PLACE")]
    to: Option<String>,
    /// Writes over a file at the target that earmark did not put there
    #[arg(long)]
    replace: bool,
    /// Writes over what somebody changed there since it was delivered; without this it is named, and left as it stands
    #[arg(long)]
    overwrite_moved: bool,
    /// What may have arrived of this candidate, and cannot be looked for, is there: somebody has looked. Repeatable
    #[arg(long, value_name = "CANDIDATE")]
    arrived: Vec<String>,
    /// Sends again what may have arrived of this candidate, or without a name of all others, and cannot be looked for; look for it
    /// there first, or it may be there twice. Repeatable
    #[arg(long, value_name = "CANDIDATE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    again: Vec<String>,
    /// The same as --arrived, of one row: its application as `deliver status` lists it, or APPLICATION/PUSH for one push of it. Repeatable
    #[arg(long, value_name = "ROW")]
    arrived_row: Vec<String>,
    /// The same as --again, of one row. Repeatable
    #[arg(long, value_name = "ROW")]
    again_row: Vec<String>,
    /// What was delivered of people who were erased here since was removed there: somebody has done so, and it is named no more
    #[arg(long)]
    removed: bool,
    #[command(flatten)]
    telling: Telling,
}

/// The largest plan that is read, in bytes.
const LONGEST: u64 = 256 << 20;

/// With `--json` what the status file says, `{"batch", "profile", "to", "sum": {"selected", "delivered", "unchanged", "moved",
/// "quarantined", "failed", "unknown", "held"}, "balances", "open", "withdrawn", "lost", "not_ready", "not_come", "formula_guard",
/// "guarded", "exit", "why"}`, and beside it `"rows": [{"object",
/// "candidate", "push", "outcome", "state", "reason"}]` and `"files"`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let plan = read_plan(&args.plan);
    let scene = args.scene(plan.as_ref().ok());
    args.telling.of(&scene, applied(plan, args, &scene, context), context).await
}

impl Args {
    fn scene(&self, plan: Option<&Plan>) -> Scene {
        match plan {
            Some(plan) => Scene::of(plan.profile_file.raw(), plan.profile.raw(), Some(plan.to.raw())),
            None => Scene::of("", &self.plan.display().to_string(), None),
        }
    }

    /// Tells of a run that did not begin.
    pub(super) async fn untold(&self, failure: &Failure, out: &Output) {
        let plan = read_plan(&self.plan).ok();
        self.telling.of_none(&self.scene(plan.as_ref()), failure, out).await;
    }
}

impl RetryArgs {
    fn scene(&self) -> Scene {
        Scene::of(&self.profile, &id_of(&self.profile), self.to.as_deref())
    }

    /// Tells of a run that did not begin.
    pub(super) async fn untold(&self, failure: &Failure, out: &Output) {
        self.telling.of_none(&self.scene(), failure, out).await;
    }
}

/// A profile's id, as monitors know it; as it was named where it cannot be read.
pub(super) fn id_of(named: &str) -> String {
    delivering::check_profile(named).profile.map_or_else(|| named.to_owned(), |profile| profile.id.to_string())
}

async fn applied(plan: Result<Plan, Failure>, args: &Args, scene: &Scene, context: &Context) -> Result<Ended, Failure> {
    let plan = plan?;
    // The batch first: whatever is wrong then, it is known of which rows.
    let seat = scene.sits(&plan.batch.to_string(), context).await;
    if let Some(row) = plan.edited() {
        let failure = Failure::usage("Could not apply the plan: it was changed since it was made");
        let failure = failure.cause(format!("{} is not as it was planned", about([&row.candidate, &row.object, &row.push])));
        return Err(failure.hint("plan again; of a plan rows may be taken out whole, and nothing else"));
    }
    let plan = scene.plans(plan);
    let read = delivering::read_profile(plan.profile_file.raw())?;
    if read.hash != plan.profile_hash {
        let failure = Failure::usage(format!("Could not apply the plan: the profile {} has changed since it was made", read.id));
        return Err(failure.hint("plan again"));
    }
    if let Some(why) = delivering::braked(plan, args.max_change) {
        scene.holds();
        let failure = Failure::new(format!("Could not apply the plan: {why}"));
        return Err(failure.hint("look at the plan; --max-change 100 lets it pass"));
    }
    let seat = seat?;
    seat.may_deliver()?;
    let _turn = scene.takes_turn(seat, Duration::ZERO).await?;
    let seat = scene.sits_anew(seat).await?;
    let opened = scene.opens(seat, read, context).await?;
    delivering::begun(&seat.library, &seat.desk, plan).await?;
    let applied = sent(seat, opened, Work::Apply(plan), Over { files: args.replace, moved: args.overwrite_moved }, context).await?;
    Ok(ended(seat, opened, &applied, scene, Some(plan), context))
}

pub(super) async fn retry(args: &RetryArgs, context: &Context) -> Outcome {
    let scene = args.scene();
    args.telling.of(&scene, retried(args, &scene, context), context).await
}

async fn retried(args: &RetryArgs, scene: &Scene, context: &Context) -> Result<Ended, Failure> {
    let seat = scene.sits(&args.batch, context).await;
    let read = delivering::read_profile(&args.profile)?;
    let seat = seat?;
    seat.may_deliver()?;
    let _turn = scene.takes_turn(seat, Duration::ZERO).await?;
    let seat = scene.sits_anew(seat).await?;
    let opened = scene.opens(seat, read, context).await?;
    let said = said(args, seat, opened).await?;
    if args.removed {
        delivering::removed(&seat.library, &seat.desk, opened).await?;
    }
    let work = Work::Retry(Looked { said: &said, again: args.again.iter().any(String::is_empty) });
    let applied = sent(seat, opened, work, Over { files: args.replace, moved: args.overwrite_moved }, context).await?;
    Ok(ended(seat, opened, &applied, scene, None, context))
}

/// What the person says of what may have arrived: of rows before what is said of all of a candidate.
async fn said(args: &RetryArgs, seat: &Seat, opened: &Opened) -> Result<Vec<Said>, Failure> {
    let mut said = Vec::new();
    if !args.arrived_row.is_empty() || !args.again_row.is_empty() {
        let open = open_there(seat, opened).await?;
        let both = [(&args.arrived_row, true), (&args.again_row, false)];
        for (named, is_there) in both.into_iter().flat_map(|(all, is_there)| all.iter().map(move |named| (named, is_there))) {
            let before = said.len();
            said.extend(open.iter().filter(|row| row.is_called(named)).map(|row| Said { of: row.whose(), is_there }));
            if said.len() == before {
                let failure = Failure::usage(format!("Could not take your word for {named}"));
                let failure = failure.cause(format!("nothing of it is open at {}", opened.canonical));
                return Err(failure.hint("`earmark deliver status BATCH` lists what is open, by application and push"));
            }
        }
    }
    let of = |named: &String| seat.candidate(named).map(|one| Whose::Candidate(one.candidate.id));
    let arrived = args.arrived.iter().map(|named| Ok(Said { of: of(named)?, is_there: true }));
    let again = args.again.iter().filter(|named| !named.is_empty()).map(|named| Ok(Said { of: of(named)?, is_there: false }));
    said.extend(arrived.chain(again).collect::<Result<Vec<_>, Failure>>()?);
    Ok(said)
}

/// A row that is open.
struct Open {
    object: String,
    push: String,
}

impl Open {
    /// Whether a person means it: by its application, or by that and its push.
    fn is_called(&self, named: &str) -> bool {
        named == self.object || named.strip_prefix(&*self.object).and_then(|rest| rest.strip_prefix('/')) == Some(&self.push)
    }

    fn whose(&self) -> Whose {
        Whose::Row { object: self.object.clone(), push: self.push.clone() }
    }
}

/// The rows that an earlier run did not bring to their end there.
async fn open_there(seat: &Seat, opened: &Opened) -> Result<Vec<Open>, Failure> {
    let unread = |error| told("Could not read the ledger", &error);
    let target = delivering::target(&seat.library, opened).await?;
    let entries = seat.library.deliveries(seat.desk.batch.id, Some(target)).await.map_err(unread)?;
    let open = entries.into_iter().filter(super::status::is_open);
    Ok(open.filter_map(|entry| Some(Open { object: entry.detail?.0, push: entry.push })).collect())
}

/// Sends, and shows how far it is meanwhile.
async fn sent(seat: &Seat, opened: &Opened, work: Work<'_>, over: Over, context: &Context) -> Result<Applied, Failure> {
    let bar = context.out.progress("Delivering", 0);
    let tell = |headway| bar.show(&headway);
    Ok(delivering::sent(&seat.library, &seat.desk, opened, work, over, &tell).await?)
}

/// The version of a plan, whatever else it says.
#[derive(serde::Deserialize)]
struct Schema {
    schema: u32,
}

fn read_plan(path: &std::path::Path) -> Result<Plan, Failure> {
    let what = || format!("Could not read the plan {}", path.display());
    let bytes = read_bounded(path, LONGEST).map_err(|error| Failure::usage(what()).because(&error))?;
    let unread = |error| Failure::usage(what()).because(&error);
    let Schema { schema } = serde_json::from_slice(&bytes).map_err(unread)?;
    if schema != SCHEMA {
        let failure = Failure::usage(what()).cause(format!("it has schema {schema}, and this earmark reads {SCHEMA}"));
        return Err(failure.hint("plan again"));
    }
    serde_json::from_slice(&bytes).map_err(unread)
}

/// Says what became of every row, and how the run ended.
pub(super) fn ended(
    seat: &Seat,
    opened: &Opened,
    applied: &Applied,
    scene: &Scene,
    plan: Option<&Plan>,
    context: &Context,
) -> Ended {
    let run = Run {
        batch: Some(seat.desk.batch.id),
        profile: SafeText::line(opened.profile.id.as_str()),
        profile_hash: Some(opened.profile.hash),
        to: Some(SafeText::line(&opened.canonical)),
        balances: applied.sum.balances(),
        lost: plan.and_then(Plan::lost_count),
        not_ready: Some(not_ready(opened)),
        not_come: Some(opened.job(&seat.desk).sources.not_come()),
        formula_guard: formula_guard(opened),
        guarded: guarded_of(opened, &applied.guarded),
        lacking: Some(applied.lacking.clone()),
        ..scene.bare().with(applied.sum, &applied.rows, &applied.withdrawn)
    };
    scene.wrote(applied);
    row_lines(&applied.rows, |_| true, &context.out);
    lacking_lines(&applied.lacking).iter().for_each(|line| context.out.remark(line));
    withdrawn_lines(&applied.withdrawn).iter().for_each(|line| context.out.remark(line));
    left_out_told(seat, opened).iter().for_each(|line| context.out.remark(line));
    guarded_lines(&run).iter().for_each(|line| context.out.remark(line));
    scene.files().iter().for_each(|file| context.out.say(format!("Delivered {file}")));
    applied.completed.iter().for_each(|name| context.out.say(format!("Put {name} beside what was delivered before")));
    context.out.say(applied.sum.line());
    let fault = (!run.balances).then(|| Failure::new(format!("Could not account for every row: {}", applied.sum.line())));
    let exit = fault.as_ref().map_or_else(|| exit(applied), |fault| fault.exit);
    Ended { run, rows: applied.rows.clone(), exit, fault }
}

/// Who and what is left out of what is delivered.
pub(super) fn left_out_told(seat: &Seat, opened: &Opened) -> Vec<String> {
    let lines = left_out_lines(&opened.gathered.exported.left_out).into_iter();
    let not_come = opened.job(&seat.desk).sources.not_come();
    lines.chain(filtered_told(&opened.mapped)).chain(not_come_told(&not_come)).collect()
}

/// What happens to cells that could be taken for formulas, where files are made.
pub(super) fn formula_guard(opened: &Opened) -> Option<Guard> {
    (opened.profile.kind == Kind::File).then_some(opened.profile.dialect.guard)
}

/// Which cells of the files that were written could be taken for formulas, and what happened to them.
pub(super) fn guarded_lines(run: &Run) -> Option<String> {
    guarded_told(run.guarded.iter().map(|one| cell_told(&one.cell)), run.formula_guard.unwrap_or_default())
}

/// Tells of what was delivered and is not there any more; of a file that is gone once, and not by each of its rows.
pub(super) fn lost_lines(plan: &Plan) -> Vec<String> {
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    let why = |row: &'_ PlanRow| row.reason.as_ref().map_or(String::new(), |why| why.as_str().to_owned());
    for row in plan.lost().filter(|row| row.push.raw() == "file") {
        *files.entry(row.reason.as_ref().map_or("", SafeText::as_str)).or_default() += 1;
    }
    let records = plan.lost_records().map(|row| format!("{} {} {}: {}", row.candidate, row.object, row.push, why(row)));
    records.chain(files.into_iter().map(|(why, rows)| format!("{why} ({})", many(rows, "row")))).collect()
}

/// What could not be put beside files that arrived.
fn lacking_lines(lacking: &[Lacking]) -> Vec<String> {
    let mut lines: Vec<String> = lacking.iter().map(Lacking::told).collect();
    lines.extend(
        lacking.iter().any(|one| one.is_there).then(|| "The next run, or `earmark deliver retry`, puts it there.".to_owned()),
    );
    lines
}

/// Tells of the rows that are not there as they should be.
pub(super) fn row_lines(rows: &[RowReport], is_told: impl Fn(&RowReport) -> bool, out: &Output) {
    let is_open = |row: &&RowReport| !matches!(row.outcome, RowOutcome::Delivered | RowOutcome::Unchanged);
    let mut stories: IndexMap<(RowOutcome, &str), Vec<&RowReport>> = IndexMap::new();
    for row in rows.iter().filter(is_open).filter(|row| is_told(row)) {
        stories.entry((row.outcome, row.reason.as_ref().map_or("", SafeText::as_str))).or_default().push(row);
    }
    let of = |row: &RowReport| about([&row.candidate, &row.object, &row.push]);
    for ((outcome, why), rows) in stories {
        // What failed all at once, as at a host that shows another key, is told once.
        if outcome == RowOutcome::Failed && rows.len() > 1 {
            let named = some(rows.iter().map(|row| of(row)));
            out.remark(format!("{}: {}: {why} ({named})", many(rows.len(), "row"), word(outcome)));
        } else {
            rows.iter().for_each(|row| {
                let place = row.row.map_or_else(String::new, |row| format!(", row {row}"));
                let remedy = row.remedy.as_ref().map_or_else(String::new, |remedy| format!("; {remedy}"));
                out.remark(format!("{}{place}: {}: {why}{remedy}", of(row), word(outcome)));
            });
        }
    }
}

/// Whose row, about what, and by which push, where that says something.
fn about(parts: [&SafeText; 3]) -> String {
    let parts = parts.map(SafeText::as_str).into_iter().filter(|text| !text.is_empty() && *text != "file");
    parts.collect::<Vec<_>>().join(" ")
}

/// What was delivered, is no row any more, and still stands there, or would vanish.
pub(super) fn withdrawn_lines(withdrawn: &[Withdrawn]) -> Vec<String> {
    let line = |one: &Withdrawn| {
        if let Some(erased) = &one.erased {
            return erased_line(one, erased);
        }
        let what = match (one.would_be_cleared, one.is_gone) {
            (true, _) => "it was delivered and is no row any more: the table would be written without it",
            (_, true) => "it was delivered and is no row any more; the file in which it was is not there any more either",
            _ => "it was delivered and is no row any more (not ready, filtered out, or gone): it still stands there",
        };
        format!("{}: {what}", about([&one.candidate, &one.object, &one.push]))
    };
    withdrawn.iter().map(line).collect()
}

/// Of whom it was nobody can say any more; where it is, and since when, is known.
fn erased_line(one: &Withdrawn, erased: &Erased) -> String {
    let day = erased.delivered_at.strftime("%Y-%m-%d");
    let how = if erased.is_unsure { "sent on" } else { "delivered on" };
    let unsure = if erased.is_unsure { ", and nobody knows whether it arrived" } else { "" };
    let what = match &erased.file {
        Some(file) => format!("1 row of the file {file}"),
        None => format!("1 entry by the push {}", one.push),
    };
    let then = match (one.would_be_cleared, one.is_gone) {
        (true, _) => "the table would be written without it",
        (_, true) => "the file is not there any more",
        _ => "remove it there, and say so with `earmark deliver retry --removed`",
    };
    format!("A person who was erased since: {what}, {how} {day}{unsure}: {then}")
}

fn word(outcome: RowOutcome) -> &'static str {
    match outcome {
        RowOutcome::Delivered => "delivered",
        RowOutcome::Unchanged => "unchanged",
        RowOutcome::Moved => "moved",
        RowOutcome::Quarantined => "quarantined",
        RowOutcome::Failed => "failed",
        RowOutcome::Unknown => "unknown",
        RowOutcome::Held => "held",
    }
}

/// One honest exit code: a run that could do its work and left rows behind is done in part, be it all of them.
fn exit(applied: &Applied) -> Exit {
    let sum = applied.sum;
    let good = sum.delivered + sum.unchanged;
    // One row of which the other side says nothing does not make it one that is away.
    let went_through = sum.delivered > 0 || applied.answers;
    // Who signs in mends only what failed for that.
    let is_shut_out = applied.authentication && !applied.temporary && !applied.refused;
    match (good == sum.selected, sum.failed + sum.unknown + applied.lacking.len()) {
        (true, 0) if applied.withdrawn.is_empty() => Exit::Done,
        (true, 0) if good == 0 => Exit::NoMatch,
        (_, 0) if good == 0 && sum.quarantined == sum.selected => Exit::NoMatch,
        (_, bad) if bad > 0 && is_shut_out && good == 0 => Exit::Authentication,
        (_, bad) if bad > 0 && (applied.left_alone || applied.temporary) && !went_through => Exit::TryLater,
        _ => Exit::Partial,
    }
}

//! `earmark deliver plan`: what would change there.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;

use super::apply::{left_out_told, lost_lines, withdrawn_lines};
use super::open::wire;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Table;
use crate::cli::room::Seat;
use crate::config::private;
use crate::delivery::{Change, Plan};
use crate::export::mapping::ROW;
use crate::runtime::delivering::{self, Opened};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// How: a profile's file, or the name of a shipped one
    #[arg(long)]
    profile: String,
    /// Where to: a folder, or a file; without it where the profile says
    #[arg(long, value_name = "PLACE")]
    to: Option<String>,
    /// Would write over what somebody changed there since it was delivered; without this it is named, and left as it stands
    #[arg(long)]
    overwrite_moved: bool,
    /// The plan's file, to be applied; readable by you alone
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// With `--json` the plan, and `{"out", "counts", "filtered", "filtered_of", "not_come", "left_out", "differing": who decided otherwise than what goes, in words}` beside it.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let read = delivering::read_profile(&args.profile)?;
    let seat = Seat::to_act(&args.batch, context).await?;
    seat.may_deliver()?;
    let opened = Opened::new(&seat.desk, read, args.to.as_deref(), &wire(context))?;
    let bar = context.out.progress("Planning", 0);
    let tells = |headway| bar.show(&headway);
    let made = delivering::planned(&seat.library, &seat.desk, &opened, &args.profile, args.overwrite_moved, &tells).await?;
    drop(bar);
    if let Some(out) = &args.out {
        let bytes = serde_json::to_vec_pretty(&made).expect("a plan has string keys");
        let path = std::path::absolute(out).unwrap_or_else(|_| out.clone());
        private::write(&path, &bytes, true)
            .map_err(|error| Failure::new(format!("Could not write {}", out.display())).because(&error))?;
    }
    tell(&made, args, &seat, &opened, context);
    let exit = exit(&made);
    seat.leave().await;
    Ok(exit)
}

fn exit(plan: &Plan) -> Exit {
    let mut strange = plan.unread().chain(plan.lost()).chain(plan.moved());
    match (plan.count(Change::Quarantined), plan.rows.len()) {
        (0, 0) if !plan.withdrawn.is_empty() => Exit::NoMatch,
        (0, _) if strange.next().is_none() && plan.withdrawn.is_empty() => Exit::Done,
        (quarantined, all) if quarantined == all => Exit::NoMatch,
        _ => Exit::Partial,
    }
}

fn tell(plan: &Plan, args: &Args, seat: &Seat, opened: &Opened, context: &Context) {
    let counts = [Change::Create, Change::Update, Change::Unchanged, Change::Moved, Change::Quarantined]
        .map(|change| (change, plan.count(change)));
    if context.out.wants_json() {
        let mut value = json!(plan);
        value["out"] = json!(args.out);
        value["counts"] = counts.iter().map(|(change, count)| (word(*change).to_owned(), json!(count))).collect();
        value["filtered"] = json!(opened.mapped.filtered);
        value["filtered_of"] = json!(opened.mapped.filtered_of);
        value["not_come"] = json!(opened.job(&seat.desk).sources.not_come());
        value["differing"] = json!(differing(plan, seat));
        value["left_out"] = json!(opened.gathered.exported.left_out);
        context.out.json(&value);
        return;
    }
    let mut table = Table::new(&["application", "candidate", "push", "change", "column", "old", "new"]);
    for row in &plan.rows {
        // A row of a table for people has no id of the ATS.
        let id = if opened.profile.ident.key == ROW { "" } else { row.object.as_str() };
        let push = if row.push.as_str() == "file" { "" } else { row.push.as_str() };
        let begins = [id, row.candidate.as_str(), push, word(row.change)];
        let cells = |column: &str, old: &str, new: &str| {
            begins.iter().chain(&[column, old, new]).map(|cell| (*cell).to_owned()).collect::<Vec<_>>()
        };
        // Of a row that goes into a file for the first time, its columns are those of the file.
        let tells_values =
            matches!(row.change, Change::Update | Change::Moved) || (row.change == Change::Create && !push.is_empty());
        if tells_values && !row.values.is_empty() {
            for (column, pair) in &row.values {
                table.row(cells(column, &shown(&pair.old), &shown(&pair.new)));
            }
        } else {
            let why = row.reason.as_ref().map_or("", SafeText::as_str);
            let column = row.column.as_ref().map_or("", SafeText::as_str);
            table.row(cells(column, "", why));
        }
    }
    context.out.table(&table);
    let sum = counts.map(|(change, count)| format!("{count} {}", word(change))).join(", ");
    context.out.say(format!("{} selected: {sum}", plan.rows.len()));
    for row in plan.rows.iter().filter(|row| row.change == Change::Quarantined) {
        if let Some(remedy) = &row.remedy {
            context.out.remark(format!("{}: {remedy}", row.candidate));
        }
    }
    lost_lines(plan).iter().for_each(|line| context.out.remark(line));
    for row in plan.unread().chain(plan.moved()).chain(plan.unknown()) {
        let why = row.reason.as_ref().map_or("", SafeText::as_str);
        context.out.remark(format!("{} {} {}: {why}", row.candidate, row.object, row.push));
    }
    withdrawn_lines(&plan.withdrawn).iter().for_each(|line| context.out.remark(line));
    let differing = differing(plan, seat);
    differing.iter().for_each(|words| context.out.remark(format!("Decided differently: {words}.")));
    left_out_told(seat, opened).iter().for_each(|line| context.out.remark(line));
    if let Some(out) = &args.out {
        context.out.say(format!("Wrote the plan to {}", out.display()));
    }
}

/// Who of those in the plan was decided on differently by two people: what goes is the last.
fn differing(plan: &Plan, seat: &Seat) -> Vec<SafeText> {
    let goes: BTreeSet<&str> = plan.rows.iter().map(|row| row.candidate.raw()).collect();
    let of = seat.desk.batch.submissions.iter().filter(|one| goes.contains(one.candidate.source_id.raw()));
    of.filter_map(|one| seat.desk.differing_in_words(one.id)).collect()
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Create => "create",
        Change::Update => "update",
        Change::Unchanged => "unchanged",
        Change::Moved => "moved",
        Change::Quarantined => "quarantined",
    }
}

/// The beginning of a value, for a table's cell.
fn shown(value: &serde_json::Value) -> String {
    let text = value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned);
    text.chars().take(30).collect()
}

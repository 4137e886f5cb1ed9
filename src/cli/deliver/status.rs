//! `earmark deliver status`: what the ledger says of a batch.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Outcome;
use crate::cli::output::Table;
use crate::cli::room::{Seat, told};
use crate::cli::words::many;
use crate::library::{Delivered, DeliveryState};
use crate::protocol::is_ready;
use crate::runtime::delivering;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Only what went by this profile: its file, or the name of a shipped one
    #[arg(long)]
    profile: Option<String>,
    /// Every entry, also what was superseded
    #[arg(long)]
    all: bool,
}

/// With `--json` an array of `{"profile", "to", "entries": [{"object", "candidate", "push", "state", "attempts", "planned_at",
/// "changed_at", "why", "file", "lacks", "digest", "reply"}], "open", "lacking", "erased"}`. Ends with 4 while something is open:
/// planned, sent, failed or unknown, or while a file lacks something beside it (`lacking` counts the files; `lacks` is `digest`,
/// `manifest` or `marker`, `why` the reason). `erased` counts what arrived, or may have, of people who were erased since: nobody can say any more of whom it was.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let profile = args.profile.as_deref().map(delivering::read_profile).transpose()?;
    let is_asked_for = |by: &str| profile.as_ref().is_none_or(|profile| profile.id.as_str() == by);
    let seat = Seat::to_look(&args.batch, context).await?;
    let unread = |error| told("Could not read the ledger", &error);
    let targets = seat.library.delivery_targets().await.map_err(unread)?;
    let (mut open, mut lacking, mut erased, mut unready) = (0, 0, 0, BTreeSet::new());
    let mut all = Vec::new();
    for (id, profile, address) in targets.into_iter().filter(|(_, by, _)| is_asked_for(by)) {
        let entries = seat.library.deliveries(seat.desk.batch.id, Some(id)).await.map_err(unread)?;
        let shown: Vec<&Delivered> = entries.iter().filter(|entry| args.all || entry.state != DeliveryState::Superseded).collect();
        let open_here = shown.iter().filter(|entry| is_open(entry)).count();
        let of_nobody = shown.iter().filter(|entry| entry.is_of_nobody());
        let erased_here = of_nobody.map(|entry| (entry.about, &entry.push)).collect::<BTreeSet<_>>().len();
        let lacks = lacking_of(&shown);
        (open, lacking, erased) = (open + open_here, lacking + lacks.len(), erased + erased_here);
        if shown.is_empty() {
            continue;
        }
        say(&profile, &address, &shown, context);
        lacks.iter().for_each(|(file, why)| context.out.remark(format!("{file} arrived: {why}")));
        let arrived = shown.iter().filter(|entry| entry.state.arrived() && entry.detail.is_some());
        let not_ready = arrived.filter(|entry| !is_ready_still(&seat, entry));
        unready.extend(not_ready.map(|entry| (id, entry.about, entry.push.clone())));
        let json = shown.iter().map(|entry| as_json(entry)).collect::<Vec<_>>();
        all.push(json!({ "profile": profile, "to": address, "entries": json, "open": open_here, "lacking": lacks.len(), "erased": erased_here }));
    }
    if !unready.is_empty() {
        let what = format!("{} of what was delivered is of somebody who is not ready (any more)", unready.len());
        context.out.remark(format!("{what}: `earmark deliver plan` names them."));
    }
    if erased > 0 {
        let what = format!("{} may have arrived of people who were erased here", many(erased, "row"));
        context.out.remark(format!(
            "{what}: what lies there is to be removed there. `earmark deliver plan` names the files; `deliver retry --removed` says that it was."
        ));
    }
    if context.out.wants_json() {
        context.out.json(&all);
    } else if all.is_empty() {
        context.out.say("Nothing was delivered of this batch.");
    } else if open > 0 && seat.library.is_delivering() {
        context.out.remark("Something is being delivered now: what is open may be on its way.");
    } else if open + lacking > 0 {
        context.out.remark("`earmark deliver retry` brings to its end what is open.");
    }
    seat.leave().await;
    Ok(if open + lacking > 0 { Exit::Partial } else { Exit::Done })
}

/// Whether the submission of what was delivered is ready now.
fn is_ready_still(seat: &Seat, entry: &Delivered) -> bool {
    let desk = &seat.desk;
    let of = desk.batch.submissions.iter().find(|submission| submission.candidate.id == entry.candidate);
    of.is_some_and(|submission| is_ready(&desk.sight, &desk.rules, submission.id))
}

/// The files that arrived and lack something beside them, and why; of each name the last file counts, in whose place it is.
fn lacking_of(shown: &[&Delivered]) -> BTreeMap<SafeText, SafeText> {
    let mut by_name: BTreeMap<SafeText, Option<SafeText>> = BTreeMap::new();
    for entry in shown.iter().filter(|entry| entry.state.arrived()) {
        let parcel: Option<serde_json::Value> = entry.parcel.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let Some(name) = parcel.as_ref().and_then(|parcel| parcel["name"].as_str()) else { continue };
        let lacks = parcel.as_ref().and_then(|parcel| parcel["lacks"].as_str());
        let why = |lacks| entry.why.clone().unwrap_or_else(|| format!("its {lacks} could not be put beside it"));
        by_name.insert(SafeText::line(name), lacks.map(|lacks| SafeText::line(&why(lacks))));
    }
    by_name.into_iter().filter_map(|(name, why)| Some((name, why?))).collect()
}

/// Whether somebody or something still has to do something about it. Of an erased person nothing is sent any more.
pub(super) fn is_open(entry: &Delivered) -> bool {
    !entry.state.arrived() && entry.state != DeliveryState::Superseded && entry.detail.is_some()
}

fn as_json(entry: &Delivered) -> serde_json::Value {
    let (object, detail) = entry.detail.clone().unzip();
    let parcel = entry.parcel.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    json!({
        "object": object,
        "candidate": detail.as_ref().map(|detail| detail["candidate"].clone()),
        "push": entry.push,
        "state": entry.state,
        "attempts": entry.attempts,
        "planned_at": entry.planned_at,
        "changed_at": entry.changed_at,
        "why": entry.why,
        "file": parcel.as_ref().map(|parcel| parcel["name"].clone()),
        "lacks": parcel.map(|parcel| parcel["lacks"].clone()),
        "digest": entry.digest,
        "reply": entry.reply,
    })
}

fn say(profile: &str, address: &str, shown: &[&Delivered], context: &Context) {
    let mut counts: BTreeMap<DeliveryState, usize> = BTreeMap::new();
    // What was delivered more than once counts once, as it was last.
    let last: BTreeMap<_, _> =
        shown.iter().filter(|entry| entry.state.arrived()).map(|entry| ((entry.about, entry.push.as_str()), entry.key)).collect();
    let is_last = |entry: &&&Delivered| last.get(&(entry.about, entry.push.as_str())).is_none_or(|key| *key == entry.key);
    let counted = shown.iter().filter(|entry| !entry.state.arrived() || is_last(entry));
    counted.for_each(|entry| *counts.entry(entry.state).or_default() += 1);
    let counts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {}", state.word())).collect();
    context.out.say(format!("{profile} to {address}: {}", counts.join(", ")));
    let open: Vec<&&Delivered> = shown.iter().filter(|entry| is_open(entry)).collect();
    if open.is_empty() {
        return;
    }
    let mut table = Table::new(&["application", "candidate", "push", "state", "tries", "since", "why"]);
    for entry in open {
        let object = entry.detail.as_ref().map_or("", |(object, _)| object.as_str());
        let candidate = entry.detail.as_ref().and_then(|(_, detail)| detail["candidate"].as_str()).unwrap_or_default();
        let (tries, since) = (entry.attempts.to_string(), format!("{:.0}", entry.changed_at));
        let why = SafeText::line(entry.why.as_deref().unwrap_or_default());
        table.row([object, candidate, &entry.push, entry.state.word(), &tries, &since, why.as_str()]);
    }
    context.out.table(&table);
}

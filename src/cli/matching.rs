//! `earmark match`: ties submissions to the ATS's applications; a person confirms what an e-mail address proposes.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use super::deliver::wire;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::room::Seat;
use super::words::many;
use crate::config::private;
use crate::delivery::{By, Matching, Pair, matching};
use crate::export::guarded;
use crate::journal::Act;
use crate::runtime::delivering;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The ATS's applications as CSV: `application_id`, and `candidate_id` or `email`
    #[arg(long, value_name = "FILE")]
    applications: Option<PathBuf>,
    /// Asks the ATS for its applications, by the [[pull]] of this profile
    #[arg(long, value_name = "PROFILE", conflicts_with = "applications")]
    pull: Option<String>,
    /// Which ATS is asked; without it where the profile says
    #[arg(long, value_name = "ADDRESS", requires = "pull")]
    to: Option<String>,
    /// Writes what e-mail addresses propose into this file, with a column `confirm` for you to fill in; readable by you alone
    #[arg(long, value_name = "FILE", conflicts_with = "confirm")]
    out: Option<PathBuf>,
    /// Confirms all that e-mail addresses propose
    #[arg(long, conflicts_with = "confirm")]
    yes: bool,
    /// Ties what a file of --out confirms with `yes`: columns `candidate`, `application`, `confirm`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["applications", "pull"])]
    confirm: Option<PathBuf>,
}

/// With `--json` `{"batch", "tied": [{"candidate", "application", "by", "requisition"}], "proposed": […], "unclear": [{"application", "reason"}],
/// "without": [candidate]}`. Ends with 4 while something is proposed or unclear, or where a list leaves submissions without an application,
/// and with 5 where the list is empty or none of it belongs to this batch.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    let links = seat.desk.sight.matched.clone();
    let mut found = Matching::default();
    let mut is_empty = false;
    let mut tie: Vec<Pair>;
    if let Some(path) = &args.confirm {
        tie = confirmed(path, &seat)?;
        found.without = matching(&seat.desk.batch, &links, &[]).without;
    } else {
        let listed = match (&args.applications, &args.pull) {
            (Some(path), _) => delivering::listed(path)?,
            (None, Some(profile)) => {
                let profile = delivering::read_profile(profile)?;
                let bar = context.out.progress("Asking", 0);
                let tell = |headway| bar.show(&headway);
                delivering::pulled(&seat.library, &seat.desk, &profile, args.to.as_deref(), &wire(context), &tell).await?
            }
            (None, None) => Vec::new(),
        };
        is_empty = listed.is_empty() && (args.applications.is_some() || args.pull.is_some());
        found = matching(&seat.desk.batch, &links, &listed);
        let (now, later) = found.pairs.into_iter().partition(|pair| args.yes || pair.by == By::Ids);
        (tie, found.pairs) = (now, later);
    }
    let tied_already =
        |pair: &Pair| links.get(&pair.submission).into_iter().flatten().any(|link| link.application == pair.application);
    let is_listed = args.applications.is_some() || args.pull.is_some();
    let ties_none = tie.is_empty() && found.known == 0 && found.pairs.is_empty() && found.unclear.is_empty();
    tie.retain(|pair| !tied_already(pair));
    let act = |pair: &Pair| {
        let (application, requisition) = (pair.application.clone(), pair.requisition.clone());
        (Some(pair.owner), Act::Matched { submission: pair.submission, application, requisition })
    };
    if !tie.is_empty() {
        seat.act(tie.iter().map(act).collect()).await?;
    }
    if let Some(out) = &args.out {
        let path = std::path::absolute(out).unwrap_or_else(|_| out.clone());
        private::write(&path, &as_csv(&found.pairs), true)
            .map_err(|error| Failure::new(format!("Could not write {}", out.display())).because(&error))?;
    }
    found.without.retain(|candidate| tie.iter().all(|pair| pair.candidate != *candidate));
    tell(&seat, &tie, &found, args, context);
    seat.leave().await;
    if is_empty {
        context.out.remark("The list has no application at all: look whether it is the right one, and whether you may see them.");
        return Ok(Exit::NoMatch);
    }
    if ties_none && (is_listed || args.confirm.is_some()) {
        context.out.remark(match args.confirm {
            Some(_) => "The file confirms nothing: write yes into its column `confirm`.",
            None => "None of the list belongs to this batch: look whether it is the right one, and whether its ids are those of the ATS.",
        });
        return Ok(Exit::NoMatch);
    }
    let leaves_some = is_listed && !found.without.is_empty();
    let is_whole = found.pairs.is_empty() && found.unclear.is_empty() && !leaves_some;
    if leaves_some {
        let without: Vec<&str> = found.without.iter().map(SafeText::as_str).collect();
        context.out.remark(format!("Without an application, and not delivered: {}.", without.join(", ")));
    }
    Ok(if is_whole { Exit::Done } else { Exit::Partial })
}

fn tell(seat: &Seat, tied: &[Pair], found: &Matching, args: &Args, context: &Context) {
    if context.out.wants_json() {
        let unclear = found.unclear.iter().map(|(application, reason)| json!({ "application": application, "reason": reason }));
        context.out.json(&json!({
            "batch": seat.desk.batch.id,
            "tied": tied,
            "proposed": found.pairs,
            "unclear": unclear.collect::<Vec<_>>(),
            "without": found.without,
        }));
        return;
    }
    let mut table = Table::new(&["candidate", "application", "requisition", "by", ""]);
    for (pairs, word) in [(tied, "tied"), (&found.pairs, "proposed")] {
        for pair in pairs {
            let by = if pair.by == By::Ids { "id" } else { "e-mail" };
            let requisition = pair.requisition.as_ref().map_or("", SafeText::as_str);
            table.row([pair.candidate.as_str(), pair.application.as_str(), requisition, by, word]);
        }
    }
    context.out.table(&table);
    for (application, why) in &found.unclear {
        context.out.remark(format!("{application}: {why}; tie it with --confirm."));
    }
    if !found.pairs.is_empty() {
        let how = if args.out.is_some() {
            "Write yes into the file's column `confirm`, then --confirm FILE ties them."
        } else {
            "--out FILE writes them for you to confirm, --yes confirms all."
        };
        context.out.remark(format!("{} proposed by an e-mail address. {how}", many(found.pairs.len(), "application")));
    }
    context.out.say(format!(
        "{} tied; {} without an application.",
        many(tied.len(), "application"),
        many(found.without.len(), "submission")
    ));
}

/// A proposal, with what a person judges it by.
fn line(pair: &Pair) -> [String; 6] {
    let raw = |text: Option<&SafeText>| text.map_or("", SafeText::raw).to_owned();
    // Whoever applied has written it, and a spreadsheet may open the file. It is not read back.
    let email = raw(pair.email.as_ref());
    let email = guarded(&email).unwrap_or(email);
    let by = if pair.by == By::Ids { "id" } else { "e-mail" };
    let (candidate, application) = (raw(Some(&pair.candidate)), raw(Some(&pair.application)));
    [candidate, application, String::new(), raw(pair.requisition.as_ref()), email, by.to_owned()]
}

fn as_csv(pairs: &[Pair]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer
        .write_record(["candidate", "application", "confirm", "requisition", "email", "by"])
        .and_then(|()| pairs.iter().try_for_each(|pair| writer.write_record(line(pair))));
    written.expect("memory takes every record");
    writer.into_inner().expect("memory takes every record")
}

/// What a person confirmed; every line must name a candidate of the batch.
fn confirmed(path: &Path, seat: &Seat) -> Result<Vec<Pair>, Failure> {
    let mut pairs = Vec::new();
    for (at, row) in delivering::rows(path, &["candidate", "application", "confirm"])?.into_iter().enumerate() {
        let said = row["confirm"].to_lowercase();
        if !matches!(said.as_str(), "yes" | "y" | "true" | "1") {
            continue;
        }
        let submission = seat.desk.batch.submissions.iter().find(|one| one.candidate.source_id.raw() == row["candidate"]);
        let Some(submission) = submission.filter(|_| !row["application"].is_empty()) else {
            let what = format!("Could not tie what {} confirms", path.display());
            return Err(Failure::usage(what).cause(format!("line {}: no such candidate, or no application", at + 2)));
        };
        pairs.push(Pair {
            candidate: submission.candidate.source_id.clone(),
            application: SafeText::line(&row["application"]),
            by: By::Email,
            requisition: row.get("requisition").filter(|text| !text.is_empty()).map(|text| SafeText::line(text)),
            email: None,
            submission: submission.id,
            owner: submission.candidate.id,
        });
    }
    Ok(pairs)
}

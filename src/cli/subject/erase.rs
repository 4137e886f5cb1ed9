//! `earmark subject erase`: everything about one person removed for good; a receipt says what went, and who has to be told.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Whom;
use super::receipts::{say_engines, say_receivers, signed, write};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::human_bytes;
use crate::cli::room::told;
use crate::cli::words::many;
use crate::library::last_day;
use crate::runtime::keeping::{self, Erasing, HandedTold};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    whom: Whom,
    /// Why; it is kept in the tombstone, so it should name nobody
    #[arg(long, value_name = "TEXT", default_value = "the person asked for it")]
    reason: String,
    /// Erases without asking
    #[arg(long)]
    yes: bool,
    /// Says what would be removed and who would have to be told, and removes nothing
    #[arg(long)]
    dry_run: bool,
    /// Writes the receipt, signed by you, into a new file
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
}

const COULD_NOT: &str = "Could not erase a person's data";

/// With `--json` the receipt: `{"erased": whether it was done, "reason", "at", "candidate", "batches", "shortlisted": of these, where on the shortlist, "kept",
/// "holds", "receivers", "engines": [{"batch", "engine", "version", "place", "what": "voice" or "text", "times", "perhaps", "first", "last"}], "handed_over": [{"batch", "to", "by": null for oneself, "at", "until"}], "handed_by", "named_in": [{"batch", "what", "on"}], "named_unseen",
/// "unreachable", "signature"}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let asked = args.whom.ask(COULD_NOT, context).await?;
    let mut plan = keeping::plan(&asked.library, &asked.person).await.map_err(|error| told(COULD_NOT, &error))?;
    let called = asked.called();
    if !plan.holds.is_empty() && !args.dry_run {
        let failure = plan
            .holds
            .iter()
            .fold(Failure::new(COULD_NOT), |failure, hold| failure.cause(format!("a hold is in force: {}", hold.reason)));
        return Err(failure.hint("`earmark subject release CANDIDATE --reason WHY` lifts it"));
    }
    if !args.dry_run && !args.yes {
        called.iter().for_each(|called| context.out.say(called));
        say(&plan, false, context);
        confirm(context)?;
    }
    if let Some(path) = &args.receipt
        && path.exists()
    {
        return Err(Failure::new(COULD_NOT).cause(format!("{} is there already and is not replaced", path.display())));
    }
    let reason = SafeText::block(args.reason.trim());
    let mut told_meanwhile = false;
    if !args.dry_run {
        let known = plan.engines.clone();
        plan.engines = keeping::erase(&asked.library, &plan, &reason).await.map_err(|error| told(COULD_NOT, &error))?;
        told_meanwhile = plan.engines != known;
    }
    let receipt = signed(receipt(&plan, &reason, !args.dry_run, asked.library.now()), &asked.me);
    if let Some(path) = &args.receipt {
        write(path, &receipt)?;
    }
    asked.library.close().await;
    match context.out.wants_json() {
        true => context.out.json(&receipt),
        false => {
            if args.dry_run {
                called.iter().for_each(|called| context.out.say(called));
            }
            if args.dry_run || args.yes {
                say(&plan, !args.dry_run, context);
            } else {
                context.out.say("Erased.");
                // What a run gave away while the question was on screen.
                if told_meanwhile {
                    say_engines(&plan.engines, context);
                }
            }
        }
    }
    Ok(Exit::Done)
}

fn confirm(context: &Context) -> Result<(), Failure> {
    let asked =
        || Failure::usage("Could not erase without a yes").hint("--yes says it in a script; --dry-run only says what would go");
    let answer = context.out.ask("This cannot be undone. Type \"erase\" to go on?").map_err(|error| asked().because(&error))?;
    match answer.as_deref() {
        Some("erase") => Ok(()),
        Some(_) => Err(Failure::new("Nothing was erased").exit(Exit::Interrupted)),
        None => Err(asked()),
    }
}

fn receipt(plan: &Erasing, reason: &SafeText, done: bool, at: jiff::Timestamp) -> Value {
    let mut receipt = json!({ "format": 1, "erased": done, "reason": reason, "at": at });
    let of = serde_json::to_value(plan).expect("a plan has only string keys");
    if let (Some(receipt), Value::Object(of)) = (receipt.as_object_mut(), of) {
        receipt.extend(of);
    }
    receipt
}

/// To whom the person was handed, and how that person hears of it.
fn handed_in_words(one: &HandedTold) -> String {
    let until = one.until.map_or_else(String::new, |until| format!(", to be used until {}", last_day(until)));
    let at = one.at.to_zoned(TimeZone::system()).date();
    match (&one.to, &one.by) {
        (Some(to), Some(by)) => format!(
            "to tell: {to}, to whom {by} handed this person on {at}{until}; {to} hears of it from {by} alone, once this person is erased at {by}'s too: ask {by}"
        ),
        (None, Some(by)) => format!(
            "to tell: whoever has the passphrase of what {by} handed over on {at}{until}; nothing goes there by itself: ask {by}"
        ),
        (Some(to), None) => format!(
            "to tell: {to}, to whom this person was handed on {at}{until}; the erasure goes along with your next hand-off to {to}, and with `earmark exchange`"
        ),
        (None, None) => {
            format!("to tell: whoever has the passphrase of what was handed over on {at}{until}; nothing goes there by itself")
        }
    }
}

/// What was written about others and names the person.
fn say_named(plan: &Erasing, done: bool, context: &Context) {
    let out = &context.out;
    let all = plan.named_in.len() + plan.named_unseen;
    if all == 0 {
        return;
    }
    let verb = if done { "is covered in" } else { "would be covered in" };
    let reach = if plan.handed_by.is_empty() { "here and with whom you exchange" } else { "here alone" };
    out.say(format!("the name {verb} {} on others, {reach}:", many(all, "text")));
    for one in &plan.named_in {
        let on = one.on.as_ref().map_or_else(String::new, |on| format!(" on {on}"));
        out.say(format!("  {}{on}", kind_in_words(one.what.as_str())));
    }
    if plan.named_unseen > 0 {
        out.say(format!("  {} that you may not see yet", plan.named_unseen));
    }
}

/// What an act with a text in it is called.
fn kind_in_words(kind: &str) -> &str {
    match kind {
        "decided" => "the reason of a decision",
        "commented" => "a remark",
        "noted" => "a note",
        "probed" => "a question to ask live",
        "evidenced" => "a quote",
        "rated" | "cleared" => "the reason of a rating",
        "reconciled" => "what was agreed on",
        "tagged" => "a tag",
        "drafted" => "a draft",
        other => other,
    }
}

fn say(plan: &Erasing, done: bool, context: &Context) {
    let (out, kept) = (&context.out, plan.kept);
    let what = [
        many(kept.submissions, "submission"),
        many(kept.recordings, "recording"),
        many(kept.transcripts, "transcript"),
        many(kept.documents, "document"),
    ];
    let verb = if done { "Erased" } else { "Would erase" };
    out.say(format!("{verb}: {} ({})", what.join(", "), human_bytes(kept.bytes)));
    plan.holds.iter().for_each(|hold| out.say(format!("held: {}", hold.reason)));
    for from in &plan.handed_by {
        out.say(format!(
            "only here: {from}, who handed this person to you, keeps the original, and is told with what you send back"
        ));
    }
    say_named(plan, done, context);
    say_receivers(&plan.receivers, context);
    say_engines(&plan.engines, context);
    plan.handed_over.iter().for_each(|one| out.say(handed_in_words(one)));
    for export in &plan.unreachable.exports {
        let to = export.to.as_ref().map(|to| format!(", {to}")).unwrap_or_default();
        out.say(format!("out of reach: an export of {}{to}", export.at.strftime("%Y-%m-%d")));
    }
    for device in &plan.unreachable.devices {
        out.say(format!("reached by the next exchange: {}, last seen {}", device.of, device.last_seen.strftime("%Y-%m-%d")));
    }
    plan.unreachable.also.iter().for_each(|also| out.say(format!("out of reach: {also}")));
}

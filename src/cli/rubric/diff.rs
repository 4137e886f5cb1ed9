//! `earmark rubric diff`: what changed between two rubrics, and whether scores stay comparable.

use serde_json::{Value, json};

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::words::{hash, many};
use crate::rubric::{Change, Difference, Level, Rubric, Verdict, diff};
use crate::runtime::attach::find_rubric;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The earlier rubric: a file, or the name of a shipped one
    #[arg(value_name = "BEFORE")]
    before: String,
    /// The later one
    #[arg(value_name = "AFTER")]
    after: String,
    /// Ends with 1 when the later version's number says less than was changed
    #[arg(long)]
    strict: bool,
}

/// With `--json` `{"before": {"file", "id", "version", "scoring_hash", "text_hash"}, "after": the same, "level":
/// "none|patch|minor|major", "comparable", "version": {"said", "needed", "ok", "suggested"} or null where the ids differ,
/// "changes": [{"place", "level", "before", "after"}]}`.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let read = |named: &str| {
        let what = format!("Could not compare {} with {}", args.before, args.after);
        find_rubric(named).map(|source| source.rubric).map_err(|problems| Failure::problems(what, &problems))
    };
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let difference = diff(&before, &after);
    if context.out.wants_json() {
        context.out.json(&json!({
            "before": named(&args.before, &before),
            "after": named(&args.after, &after),
            "level": difference.level,
            "comparable": difference.is_comparable(),
            "version": difference.verdict,
            "changes": difference.changes,
        }));
    } else {
        say(&before, &after, &difference, context);
    }
    let says_less = difference.verdict.as_ref().is_some_and(|verdict| !verdict.ok);
    Ok(if args.strict && says_less { Exit::Failed } else { Exit::Done })
}

fn named(file: &str, rubric: &Rubric) -> Value {
    json!({
        "file": file,
        "id": rubric.id,
        "version": rubric.version,
        "scoring_hash": hash(rubric.scoring_hash()),
        "text_hash": hash(rubric.text_hash()),
    })
}

fn say(before: &Rubric, after: &Rubric, difference: &Difference, context: &Context) {
    let out = &context.out;
    if before.id == after.id {
        out.say(format!("{} {} → {}", before.id, before.version, after.version));
    } else {
        out.say(format!("{} {} → {} {}: two rubrics, not two versions of one", before.id, before.version, after.id, after.version));
    }
    for level in [Level::Major, Level::Minor, Level::Patch] {
        let changes: Vec<&Change> = difference.changes.iter().filter(|change| change.level == level).collect();
        if !changes.is_empty() {
            out.say("");
            out.say(format!("{}, {}", heading(level), many(changes.len(), "change")));
            changes.into_iter().for_each(|change| say_change(change, context));
        }
    }
    if !difference.changes.is_empty() {
        out.say("");
    }
    out.say(comparable(difference));
    if let Some(verdict) = &difference.verdict {
        out.say(version(after, verdict));
    }
}

fn heading(level: Level) -> &'static str {
    match level {
        Level::Major => "Major: ids, scale, weights, anchors",
        Level::Minor => "Minor: wording and settings",
        Level::Patch | Level::None => "Patch: slips of the pen",
    }
}

fn say_change(change: &Change, context: &Context) {
    let out = &context.out;
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            out.say(format!("  {}", change.place));
            out.say(format!("    - {before}"));
            out.say(format!("    + {after}"));
        }
        (Some(before), None) => out.say(format!("  {}: removed ({before})", change.place)),
        (None, after) => out.say(format!("  {}: new ({})", change.place, after.as_ref().map_or("", |after| after.as_str()))),
    }
}

fn comparable(difference: &Difference) -> &'static str {
    match (difference.level, difference.policy_differs) {
        (Level::Major, _) => "Scores do not stay comparable: those under the two never enter the same table.",
        (Level::None, _) => "Nothing changed that a score or a reader could tell.",
        (_, true) => "Scores stay comparable; totals are made of them by another policy, so make both anew by one.",
        (_, false) => "Scores stay comparable; exports warn that the text differs.",
    }
}

fn version(after: &Rubric, verdict: &Verdict) -> String {
    let is = word(verdict.needed);
    let said = match verdict.said {
        Some(Level::None) => "the number is the same".to_owned(),
        Some(level) => format!("the number says {}", word(level)),
        None => "the number is lower".to_owned(),
    };
    match &verdict.suggested {
        Some(suggested) => format!("The change is {is}, and {said}: call it {suggested}, not {}.", after.version),
        None => format!("The change is {is}, and {said}: it is right."),
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Patch => "a patch",
        Level::Minor => "minor",
        Level::Major => "major",
    }
}

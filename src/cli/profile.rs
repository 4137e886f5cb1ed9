//! `earmark profile`: look at profiles, check them, and see what they would make of a batch, without sending anything.

use serde_json::{Value, json};

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::room::Seat;
use super::words::many;
use super::{Context, room};
use crate::export::mapping::{Mapped, Quarantined, Requester, files};
use crate::export::profile::{Kind, Profile, Shape, known_fields, percent, shipped_profiles};
use crate::form::line_and_column;
use crate::interview::{Problem, Severity};
use crate::runtime::delivering::{Gathered, check_profile, gather, profile_text};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Every mistake of profiles with its line, and what is worth a second look
    Check(CheckArgs),
    /// The first rows or requests that a profile makes of a batch; nothing is sent
    Test(TestArgs),
    /// Prints a profile's TOML, to be changed into one's own
    Show(ShowArgs),
    /// The profiles that come with the program, and what each cannot do
    List,
    /// The fields that a profile may name
    Fields(FieldsArgs),
}

#[derive(clap::Args, Debug)]
struct CheckArgs {
    /// Profile files, or names of shipped profiles
    #[arg(required = true, value_name = "PROFILE")]
    files: Vec<String>,
    /// Ends with 1 also when there are only warnings
    #[arg(long)]
    strict: bool,
}

#[derive(clap::Args, Debug)]
struct TestArgs {
    /// A profile's file, or the name of a shipped one
    profile: String,
    /// The batch: its title or id, or enough of either
    batch: String,
    /// How many rows
    #[arg(long, default_value_t = 3)]
    rows: usize,
}

#[derive(clap::Args, Debug)]
struct ShowArgs {
    /// A profile's file, or the name of a shipped one
    profile: String,
}

#[derive(clap::Args, Debug)]
struct FieldsArgs {
    /// Of the table with a row per rating
    #[arg(long)]
    long: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    match &args.command {
        Command::Check(args) => check(args, context),
        Command::Test(args) => room::wait(test(args, context)),
        Command::Show(args) => {
            let text = profile_text(&args.profile);
            let text = text.map_err(|problem| Failure::problems("Could not read the profile", &[*problem]).exit(Exit::NoMatch))?;
            context.out.document(text.as_bytes());
            Ok(Exit::Done)
        }
        Command::List => list(context),
        Command::Fields(args) => fields(args, context),
    }
}

/// The profile of this name, without a mistake.
pub(super) fn read(named: &str) -> Result<Profile, Failure> {
    Ok(crate::runtime::delivering::read_profile(named)?)
}

/// With `--json` an array of `{"profile", "ok", "id", "kind", "hash", "problems": [{"file", "place", "line", "column", "code",
/// "reason", "remedy", "severity"}]}`.
fn check(args: &CheckArgs, context: &Context) -> Outcome {
    let checked: Vec<_> = args.files.iter().map(|file| (file, check_profile(file))).collect();
    if context.out.wants_json() {
        let all = checked.iter().map(|(file, found)| {
            let profile = found.profile.as_ref();
            json!({
                "profile": file,
                "ok": found.is_right(),
                "id": profile.map(|profile| &profile.id),
                "kind": profile.map(|profile| kind(profile.kind)),
                "hash": profile.map(|profile| format!("sha256:{}", profile.hash)),
                "problems": found.problems.iter().map(problem_json).collect::<Vec<_>>(),
            })
        });
        context.out.json(&all.collect::<Vec<_>>());
    }
    for (file, found) in &checked {
        let warned = found.problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
        match found.profile.as_ref().filter(|_| found.is_right()) {
            Some(profile) => {
                let of = match profile.kind {
                    Kind::File => many(profile.columns.len(), "column"),
                    _ => many(profile.pushes.len(), "request"),
                };
                let with = if warned > 0 { format!(", with {}", many(warned, "warning")) } else { String::new() };
                context.out.say(format!("{file}: {} is right{with}: {}, {of}", profile.id, kind(profile.kind)));
                profile.limits.iter().for_each(|limit| context.out.say(format!("  Limit: {limit}")));
            }
            None => context.out.say(format!("{file}: {}", many(found.problems.len() - warned, "mistake"))),
        }
        if !context.out.wants_json() {
            found.problems.iter().for_each(|problem| context.out.problem(problem));
        }
    }
    let passes =
        |found: &crate::export::profile::CheckedProfile| if args.strict { found.problems.is_empty() } else { found.is_right() };
    Ok(if checked.iter().all(|(_, found)| passes(found)) { Exit::Done } else { Exit::Failed })
}

fn problem_json(problem: &Problem) -> Value {
    let mut value = json!(problem);
    let (line, column) = line_and_column(problem).unzip();
    value["line"] = json!(line);
    value["column"] = json!(column);
    value
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "files",
        Kind::Http => "JSON requests",
        Kind::Soap => "SOAP requests",
    }
}

/// With `--json` `{"profile", "batch", "selected", "files": [{"name", "bytes", "rows", "begins"}], "requests": [{"push", "verb",
/// "path", "body"}], "quarantined": […], "filtered"}`.
async fn test(args: &TestArgs, context: &Context) -> Outcome {
    let profile = read(&args.profile)?;
    let seat = Seat::to_look(&args.batch, context).await?;
    seat.rubric()?;
    let gathered = gather(&seat.desk, &profile).expect("a rubric is attached");
    let mapped = mapped(&gathered, &seat, &profile)?;
    let shown: Vec<usize> = (0..mapped.rows.len().min(args.rows)).collect();
    let (made, asked) = match profile.kind {
        Kind::File => (shown_files(&profile, &mapped, &shown, &seat)?, Vec::new()),
        _ => (Vec::new(), shown_requests(&profile, &gathered, &mapped, &shown, &seat)?),
    };
    let batch = seat.desk.batch.id;
    seat.leave().await;
    if context.out.wants_json() {
        context.out.json(&json!({
            "profile": profile.id,
            "batch": batch,
            "selected": mapped.rows.len() + mapped.quarantined.len(),
            "filtered": mapped.filtered,
            "files": made,
            "requests": asked,
            "quarantined": mapped.quarantined,
        }));
    }
    for file in &made {
        context.out.say(format!("{} ({} bytes)", text_of(&file["name"]), file["bytes"]));
        // How its records end is told by the profile; on a terminal a line is a line.
        context.out.say(text_of(&file["begins"]).replace("\r\n", "\n").trim_end());
    }
    for request in &asked {
        context.out.say(format!("{}: {} {}", text_of(&request["push"]), text_of(&request["verb"]), text_of(&request["path"])));
        let body = &request["body"];
        if !body.is_null() {
            let pretty = body.as_str().map_or_else(|| serde_json::to_string_pretty(body).unwrap_or_default(), str::to_owned);
            context.out.say(pretty);
        }
    }
    told(&mapped, context);
    profile.limits.iter().for_each(|limit| context.out.remark(format!("Limit: {limit}")));
    Ok(match (mapped.quarantined.is_empty(), mapped.rows.is_empty()) {
        (true, _) => Exit::Done,
        (false, false) => Exit::Partial,
        (false, true) => Exit::NoMatch,
    })
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn shown_files(profile: &Profile, mapped: &Mapped, shown: &[usize], seat: &Seat) -> Result<Vec<Value>, Failure> {
    let made = files(profile, mapped, shown, seat.desk.batch.title.raw()).map_err(|why| too_much(&why))?;
    let json = made.iter().map(|file| {
        let begins: String = String::from_utf8_lossy(&file.bytes).chars().take(4000).collect();
        json!({ "name": file.name, "bytes": file.bytes.len(), "rows": file.rows.len(), "begins": begins })
    });
    Ok(json.collect())
}

fn shown_requests(
    profile: &Profile,
    gathered: &Gathered,
    mapped: &Mapped,
    shown: &[usize],
    seat: &Seat,
) -> Result<Vec<Value>, Failure> {
    // The customer's own values are shown as the profile writes them: nothing is fetched for a look.
    let values = profile.http.as_ref().map(|http| http.values.clone()).unwrap_or_default();
    let source = gathered.source(&seat.desk);
    let mut asked = Vec::new();
    for row in shown {
        let row = &mapped.rows[*row];
        let requester = Requester { profile, source: &source, mapped, row, values: &values };
        let made = requester.all().map_err(|missing| {
            let what = format!("Could not make the request \"{}\" of {}", missing.push, row.candidate);
            Failure::new(what).cause(format!("{} has no value", missing.field))
        })?;
        // A reference to a secret is shown as it is written, also where its value would be escaped.
        let path = |path: String| values.values().fold(path, |path, value| path.replace(&percent(value), value));
        let json = made
            .into_iter()
            .flatten()
            .map(|one| json!({ "push": one.push, "verb": one.verb, "path": path(one.path), "body": one.body }));
        asked.extend(json);
    }
    Ok(asked)
}

/// The table as the profile wants it.
pub(super) fn mapped(gathered: &Gathered, seat: &Seat, profile: &Profile) -> Result<Mapped, Failure> {
    let mapped = gathered.mapped(&seat.desk, profile);
    mapped.map_err(|problems| Failure::problems("Could not apply the profile to this batch", &problems).exit(Exit::Usage))
}

pub(super) fn too_much(why: &crate::export::mapping::TooMuch) -> Failure {
    crate::runtime::delivering::too_much(why).into()
}

/// What a person is told of rows that stay behind.
pub(super) fn told(mapped: &Mapped, context: &Context) {
    if context.out.wants_json() {
        return;
    }
    mapped.quarantined.iter().for_each(|one| context.out.problem(&as_problem(one)));
    if let Some(line) = super::export::filtered_told(mapped) {
        context.out.remark(line);
    }
    if mapped.skipped > 0 {
        context.out.remark(format!("{} passed over for want of an id.", rows(mapped.skipped)));
    }
    for (candidate, column) in &mapped.cut {
        context.out.remark(format!("{candidate}: {column} is cut to the length that the profile allows."));
    }
}

fn rows(count: usize) -> String {
    format!("{} {}", many(count, "row"), if count == 1 { "is" } else { "are" })
}

/// A row that stays behind, with its place.
pub(super) fn as_problem(one: &Quarantined) -> Problem {
    let place = format!("row {}, {}", one.row, one.column);
    Problem::damage(one.candidate.as_str(), &place, one.reason.as_str(), one.remedy.as_str())
}

/// With `--json` an array of `{"name", "title", "kind", "limits", "sources"}`.
fn list(context: &Context) -> Outcome {
    let all: Vec<Profile> = shipped_profiles().iter().filter_map(|one| Profile::read(one.name, one.text).ok()).collect();
    if context.out.wants_json() {
        let json = all.iter().map(|one| {
            json!({ "name": one.id, "title": one.title, "kind": kind(one.kind), "limits": one.limits, "sources": one.sources })
        });
        context.out.json(&json.collect::<Vec<_>>());
        return Ok(Exit::Done);
    }
    for profile in &all {
        context.out.say(format!("{}  {}", profile.id, profile.title));
        profile.limits.iter().for_each(|limit| context.out.say(format!("  Limit: {limit}")));
    }
    Ok(Exit::Done)
}

/// With `--json` an array of names.
fn fields(args: &FieldsArgs, context: &Context) -> Outcome {
    let shape = if args.long { Shape::Long } else { Shape::Wide };
    let names = known_fields(shape);
    if context.out.wants_json() {
        context.out.json(&names);
    }
    let mut table = Table::new(&["field"]);
    names.iter().for_each(|name| table.row([name.as_str()]));
    context.out.table(&table);
    if !context.out.wants_json() {
        let of_reviewers = if args.long { LONG_REVIEWERS } else { WIDE_REVIEWERS };
        let line = "name reviewers by their pseudonyms; with reviewer_names = \"full\" in [privacy] as colleagues know them";
        context.out.remark(format!("{of_reviewers} {line}."));
    }
    Ok(Exit::Done)
}

/// The fields that name reviewers.
const WIDE_REVIEWERS: &str = "decided_by and decided_otherwise";
const LONG_REVIEWERS: &str = "reviewer, agreed_by, agreed_with and agreed_otherwise";

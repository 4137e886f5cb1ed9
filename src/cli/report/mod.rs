//! `earmark report`: a batch as one page for people without a terminal; beside it scorecards and briefs, of the same values.

pub(super) mod brief;
pub(super) mod scorecard;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::{self, Seat};
use super::words::many;
use crate::export::report::{Naming, Person, Report, Sound, page};
use crate::interview::{Digest, SubmissionId};
use crate::journal::Act;
use crate::protocol::Names;
use crate::runtime::exporting::{NotWritten, write_table};
use crate::runtime::reporting::{self, Excerpts, Wish};
use crate::text::SafeText;

/// Sounds that a candidate has at the most, unless more are asked for.
const EACH: usize = 40;
/// Whose quotes have their sound, unless that is said.
const TOP: usize = 10;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The page to write: one HTML file that needs nothing else
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// For training: candidates and reviewers are numbers, and nobody's voice is in it unless --excerpts says so
    #[arg(long)]
    anonymous: bool,
    /// Whose quotes have their sound: none, top:N or all; without it those of the first ten. The batch's rule excerpt_seconds
    /// bounds each
    #[arg(long, value_name = "WHOSE")]
    excerpts: Option<Excerpts>,
    /// How many sounds a candidate has at the most
    #[arg(long, value_name = "N", default_value_t = EACH)]
    each: usize,
    /// How many you can meet: draws the cut line, and says who cannot be told apart from it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    meet: Option<u32>,
    /// Writes over a file that is there and is different
    #[arg(long)]
    replace: bool,
}

/// With `--json` `{"batch", "path", "sha256", "bytes", "candidates", "excerpts", "excerpts_missing", "names": names, pseudonyms or
/// numbers, "names_not_revealed": how many are named whose names were not shown to you, "left_out": [sentence]}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    seat.rubric()?;
    let silent = if args.anonymous { Excerpts::None } else { Excerpts::Top(TOP) };
    let wish = Wish {
        places: args.meet.map(|places| places as usize),
        anonymous: args.anonymous,
        excerpts: args.excerpts.unwrap_or(silent),
        each: args.each,
    };
    let report = collected(&seat, &wish, context).await?;
    let bytes = page(&report).into_bytes();
    write_table(&args.out, &bytes, args.replace).map_err(|error| not_written(&args.out, &error))?;
    let told = Told::of(&report, &bytes);
    let name = args.out.file_name().map(|name| name.to_string_lossy());
    let receipt = json!({
        "table": "report", "format": "html", "file": name, "sha256": told.sha256, "rows": told.candidates,
        "excerpts": told.excerpts, "names": told.names,
    });
    seat.act(vec![(None, Act::Exported { receipt })]).await.map_err(|failure| {
        let what = format!("Could not keep the receipt; the report is written to {}", args.out.display());
        Failure { what: SafeText::line(&what), ..failure }
    })?;
    let batch = seat.desk.batch.id;
    let opened = opened(&seat, &report, &seat.desk.rows);
    seat.leave().await;
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": batch, "path": args.out, "sha256": told.sha256, "bytes": told.bytes, "candidates": told.candidates,
            "excerpts": told.excerpts, "excerpts_missing": told.missing, "names": told.names, "names_not_revealed": opened,
            "left_out": report.left_out,
        }));
    } else {
        told.say(&report, &args.out, context);
        say_opened(opened, context);
    }
    Ok(if told.missing > 0 { Exit::Partial } else { Exit::Done })
}

/// The report of a batch that is open, with progress while its sounds are made.
pub(super) async fn collected(seat: &Seat, wish: &Wish, context: &Context) -> Result<Report, Failure> {
    let progress = context.out.progress("excerpts", 0);
    let tell = |_, of: usize| {
        progress.set_total(of as u64);
        progress.advance(1);
    };
    let made = reporting::report(&seat.library, &seat.desk, wish, tell).await;
    let made = made.map_err(|error| room::told("Could not make the report", &error))?;
    Ok(made.expect("a rubric is attached"))
}

/// How many of these it names whose names are hidden from whoever makes it: the batch's rule hands them on all the same.
fn opened(seat: &Seat, report: &Report, whom: &[SubmissionId]) -> usize {
    let desk = &seat.desk;
    let names = Names::handed_on(&desk.batch, &desk.rules, &desk.sight);
    let is_here = |id: SubmissionId| desk.candidate_of(id).is_some_and(|who| !desk.sight.erased.contains_key(&who));
    let is_opened = |id: &&SubmissionId| desk.shown_name(**id, None).is_hidden() && !names.is_hidden(**id) && is_here(**id);
    if report.naming == Naming::Names { whom.iter().filter(is_opened).count() } else { 0 }
}

/// Says that names are in it which nobody showed here, and by which rule.
fn say_opened(opened: usize, context: &Context) {
    if opened > 0 {
        let (names, were) = (many(opened, "name"), if opened == 1 { "was" } else { "were" });
        context.out.remark(format!("{names} in it {were} not revealed to you here: the batch's rule handoff_names is open."));
    }
}

/// The candidate who is meant, where a sealed scorecard of the candidate may be seen.
pub(super) fn person<'r>(seat: &Seat, report: &'r Report, named: &str) -> Result<&'r Person, Failure> {
    let id = seat.candidate(named)?.id;
    report.people.iter().find(|person| person.submission == id).ok_or_else(|| {
        let failure = Failure::new(format!("Could not find a sealed scorecard of {} that you may see", seat.desk.called(id)));
        failure.hint("`earmark status` says what is missing; others' show when all of your own are sealed").exit(Exit::NoMatch)
    })
}

/// A report without sounds and without a cut.
pub(super) async fn silent(seat: &Seat, anonymous: bool, context: &Context) -> Result<Report, Failure> {
    collected(seat, &Wish { places: None, anonymous, excerpts: Excerpts::None, each: 0 }, context).await
}

fn not_written(path: &Path, error: &NotWritten) -> Failure {
    let failure = Failure::new(format!("Could not write {}", path.display())).because(error);
    if matches!(error, NotWritten::Exists) { failure.hint("--replace writes over it") } else { failure }
}

/// What is told of a report that was written.
struct Told {
    sha256: Digest,
    bytes: usize,
    candidates: usize,
    excerpts: usize,
    missing: usize,
    names: &'static str,
}

impl Told {
    fn of(report: &Report, bytes: &[u8]) -> Told {
        let sounds = || report.people.iter().flat_map(|person| person.quotes()).map(|quote| &quote.sound);
        Told {
            sha256: Digest::of(bytes),
            bytes: bytes.len(),
            candidates: report.people.len(),
            excerpts: sounds().filter(|sound| matches!(sound, Sound::Clip(_))).count(),
            missing: sounds().filter(|sound| matches!(sound, Sound::Missing(_))).count(),
            names: match report.naming {
                Naming::Names => "names",
                Naming::Pseudonyms => "pseudonyms",
                Naming::Numbers => "numbers",
            },
        }
    }

    fn say(&self, report: &Report, path: &Path, context: &Context) {
        let sounds = match self.excerpts {
            0 => "no sound".to_owned(),
            n => many(n, "excerpt"),
        };
        let size = (self.bytes as f64 / 1000.0).ceil();
        context.out.say(format!("Wrote {} with {sounds} to {} ({size} kB)", many(self.candidates, "candidate"), path.display()));
        report.left_out.iter().for_each(|line| context.out.remark(line));
        if self.missing > 0 {
            context.out.remark(format!("{} could not be made; the page says why.", many(self.missing, "excerpt")));
        }
    }
}

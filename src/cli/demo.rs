//! `earmark demo`: the demo batch, in a library of its own.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::Context;
use super::compare::Comparison;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::panel;
use crate::app::Desk;
use crate::export::Choice;
use crate::interview::ReviewerId;
use crate::journal::Act;
use crate::library::LibraryError;
use crate::runtime::contents;
use crate::runtime::demo::{self, Demo, DemoError};
use crate::runtime::exporting::{self, Manner, write_whole};
use crate::sound::{Rendering, render, wav};
use crate::source::Progress;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Removes the demo's library first, with all that was done in it
    #[arg(long)]
    reset: bool,
    /// Shows no hints for beginners, from now on
    #[arg(long)]
    no_tour: bool,
    /// Does the demo's job without a screen, as where there is no terminal
    #[arg(long)]
    headless: bool,
    /// Where the WAV and the CSV of a demo without a screen go; the cache folder where none is named
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Makes the demo where it is not there, and shows it; without a terminal it renders one answer at 2x, prints the comparison
/// and writes the CSV. With `--json` `{"batch", "library", "wav", "csv"}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if args.no_tour {
        crate::runtime::ui::end_tour(&super::ui::tour_ended(context));
    }
    if args.reset {
        demo::reset(&context.paths).await.map_err(told)?;
    }
    let demo = open(context).await?;
    // Where it is wanted line by line, lines come from a pipe too.
    let opens = super::ui::is_terminal() || context.settings.plain.value;
    if opens && !args.headless && !context.out.wants_json() {
        return super::ui::open(demo, context).await;
    }
    headless(&demo, args, context).await
}

/// Opens the demo, with a bar on a terminal while it is made.
pub(super) async fn open(context: &Context) -> Result<Demo, Failure> {
    let bar = context.out.progress("Making the demo", 0);
    let progress = |at: Progress| {
        bar.set_total(at.total as u64);
        bar.step(&SafeText::default());
        if at.done == at.total {
            bar.done(&"and two colleagues' scorecards".into());
        }
    };
    demo::open_demo(&context.paths, &progress, &AtomicBool::new(false)).await.map_err(told)
}

/// What is wrong with the demo, with its exit code.
pub(super) fn told(error: DemoError) -> Failure {
    const WHAT: &str = "Could not open the demo";
    match error {
        DemoError::Identity(error) => super::identity::told(error),
        DemoError::Key(error) => super::room::key_told(WHAT, &error),
        DemoError::Library(error) => again(super::room::told(WHAT, &error), &error),
        gone @ DemoError::KeyGone { .. } => {
            let hint = "put it back: `earmark --demo key --restore` reads the recovery key; `earmark demo --reset` begins anew";
            Failure::new(WHAT).because(&gone).hint(hint).exit(Exit::Authentication)
        }
        gone @ DemoError::ReviewerGone { .. } => {
            let hint = "if that is you, put it back, or your own identity if the demo was begun with it; `earmark demo --reset` \
                        begins anew, without what was rated";
            Failure::new("Could not tell who you are").because(&gone).hint(hint).exit(Exit::Authentication)
        }
        other => Failure::new(WHAT).because(&other),
    }
}

/// A demo that is damaged, or whose key went, can be made anew.
fn again(failure: Failure, error: &LibraryError) -> Failure {
    match error {
        LibraryError::Damaged { .. } | LibraryError::WrongKey { .. } | LibraryError::NotALibrary { .. } => {
            failure.hint("`earmark demo --reset` makes it anew")
        }
        _ => failure,
    }
}

async fn headless(demo: &Demo, args: &Args, context: &Context) -> Outcome {
    let failed = |error| super::room::told("Could not open the demo's batch", &error);
    let contents = contents::open_batch(&demo.library, demo.batch).await.map_err(failed)?;
    let folder = args.out.clone().unwrap_or_else(|| context.paths.cache.join("demo"));
    crate::config::private::folder(&folder).map_err(|error| could_not_write(&folder).because(&error))?;
    let wav = folder.join("answer-at-2x.wav");
    render_one(demo, &contents.batch, &wav).await?;
    // Who has begun to review sees here what the other commands show them.
    let me = demo.me.reviewer();
    let begun = contents.entries.iter().any(|event| event.header.author == me && is_review(&event.act));
    let desk = Desk::new(if begun { me } else { onlooker() }, contents);
    let comparison = folder.join("comparison.csv");
    let sources = exporting::sources(&desk, Choice::Ready).expect("the demo's rubric is attached");
    let (bytes, _) = exporting::bytes(Manner::default(), &sources).map_err(|error| could_not_write(&comparison).because(&error))?;
    write(&comparison, &bytes)?;
    if context.out.wants_json() {
        let library = &context.paths.demo;
        context.out.json(&json!({ "batch": demo.batch, "library": library, "wav": wav, "csv": comparison }));
        return Ok(Exit::Done);
    }
    match begun {
        true => context.out.say(format!("{}, as you see it.\n", desk.batch.title)),
        false => context
            .out
            .say(format!("{}, as its hiring manager sees it: two reviewers have sealed, you have not yet.\n", desk.batch.title)),
    }
    say(&desk, context);
    context.out.say(format!("One answer at twice its speed: {}", wav.display()));
    context.out.say(format!("The comparison as CSV: {}", comparison.display()));
    context.out.say("At a terminal, `earmark demo` opens it; `earmark --demo status` and the other commands work on it too.");
    Ok(Exit::Done)
}

/// Whether an act is part of reviewing.
fn is_review(act: &Act) -> bool {
    matches!(act, Act::Acknowledged { .. } | Act::Heard { .. } | Act::Read { .. } | Act::Rated { .. } | Act::Sealed { .. })
}

/// The hiring manager, who is not on the panel and sees what enough reviewers have sealed. The reviewer of the demo sees
/// nothing of the colleagues before the own scorecards are sealed, here as everywhere.
fn onlooker() -> ReviewerId {
    ReviewerId::derive(&["earmark demo", "hiring manager"])
}

fn say(desk: &Desk, context: &Context) {
    Comparison::of(desk).say(context);
    let shown = |source: &SafeText| {
        let of = desk.batch.submissions.iter().find(|submission| submission.candidate.source_id == *source);
        of.map_or_else(|| source.clone(), |submission| desk.called(submission.id))
    };
    if let Some((analysis, _)) = desk.analysis() {
        panel::say(&analysis, shown, context);
    }
    context.out.say("");
}

/// The first answer of the batch, through the player's own chain.
async fn render_one(demo: &Demo, batch: &crate::interview::Batch, to: &Path) -> Result<(), Failure> {
    let answers = batch.submissions.iter().flat_map(|submission| &submission.answers);
    let answer = answers.clone().find(|answer| answer.state.is_reviewable()).expect("the demo has answers");
    let bytes = demo.library.recording(answer.id).await;
    let bytes = bytes.map_err(|error| super::room::told("Could not read an answer of the demo", &error))?;
    let extension = answer.media.as_ref().and_then(|media| media.locator.as_str().rsplit_once('.')).map(|(_, end)| end);
    let prepared = crate::fence::Fence::here().prepare(bytes.into(), extension);
    let (pcm, prepared) = prepared.map_err(|error| Failure::new("Could not render an answer").because(&error))?;
    let rendered = render(&pcm, &prepared, &Rendering { speed: 2.0, ..Rendering::default() });
    write(to, &wav::bytes(&rendered.samples))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_whole(path, bytes).map_err(|error| could_not_write(path).because(&error))
}

fn could_not_write(path: &Path) -> Failure {
    Failure::new(format!("Could not write {}", path.display()))
}

//! The command line: one file per subcommand, one place that prints, one table of exit codes.

mod analytics;
mod assign;
mod attach;
mod audit;
mod backup;
mod batches;
mod calibrate;
mod compare;
mod completions;
mod config;
mod crash;
mod decide;
mod deleting;
mod deliver;
mod demo;
mod doctor;
mod document;
mod engine;
mod exchange;
pub mod exit;
mod export;
pub mod failure;
mod fetch;
mod globals;
mod grid;
mod handoff;
mod hub;
mod identity;
mod impact;
mod import;
mod judge;
mod key;
mod man;
mod many;
mod matching;
mod original;
pub mod output;
mod overall;
mod panel;
mod profile;
mod protocol;
mod reconcile;
mod render;
mod report;
mod retention;
mod room;
mod rubric;
mod schema;
mod score;
mod seal;
mod search;
mod signals;
mod skim;
mod statements;
mod status;
mod subject;
mod transcribe;
mod ui;
mod vault;
mod words;

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use self::exit::Exit;
use self::failure::{Failure, Outcome};
use self::globals::Globals;
use self::output::{Form, Output};
use crate::config::settings::Color;
use crate::config::{Paths, Settings};
use crate::interview::Problem;

/// Review recorded job interviews in the terminal: hear everyone, score with evidence, compare fairly.
#[derive(Parser, Debug)]
#[command(name = "earmark", version, propagate_version = true, max_term_width = 100, after_long_help = exit_codes())]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What a person or a script can ask for; each has its file beside this one.
#[derive(Subcommand, Debug)]
enum Command {
    /// Opens the screen to review, straight at a batch where one is named
    Review(ui::Args),
    /// The demo: eight made-up candidates, in a library of its own
    Demo(demo::Args),
    /// Takes a folder, a batch.json or a batch.csv into the library
    Import(import::Args),
    /// Gives recordings to answers that have none: downloaded files, or pieces of a long one
    Attach(attach::Args),
    /// What is new and changed at the configured sources, into the library
    Fetch(fetch::Args),
    /// Serves this library's batches to other workstations, and says who may ask
    Hub(hub::Args),
    /// What is in the library, and how far you are with it
    Batches(batches::Args),
    /// How far you are with a batch, and what is missing
    Status(status::Args),
    /// Rubrics: check them, read them, attach one to a batch
    Rubric(rubric::Args),
    /// Rates a clip that experts have rated, and shows what they gave and why
    Calibrate(calibrate::Args),
    /// Gives one rating, with evidence and a note
    Rate(judge::rate::Args),
    /// Marks a stretch of an answer as what a rating rests on
    Evidence(judge::evidence::Args),
    /// Writes a note on an answer
    Note(judge::note::Args),
    /// Marks what to ask the candidate live
    Probe(judge::note::Args),
    /// Recommends a candidate, from strong no to strong yes
    Recommend(judge::conclude::RecommendArgs),
    /// Says whether a must-have of the rubric is met
    MustHave(judge::conclude::MustHaveArgs),
    /// Shows a candidate's name, with a reason that is kept
    Reveal(judge::reveal::Args),
    /// Takes back your last act on a batch that is not sealed, or the one that is named
    Undo(judge::undo::Args),
    /// Brings back what was undone last
    Redo(judge::undo::RedoArgs),
    /// Locks your ratings; when all are locked, others' show
    Seal(seal::Args),
    /// Opens sealed ratings again, with a reason
    Reopen(seal::ReopenArgs),
    /// Candidates side by side, criterion by criterion
    Compare(compare::Args),
    /// Where reviewers are two points and more apart, and what they agreed on: a third value beside both
    Reconcile(reconcile::Args),
    /// Every moment at which a phrase was said, in any of its forms
    Search(search::Args),
    /// The places of an answer worth hearing: hits and sentences; after the reveal the passages that matter for a criterion
    Skim(skim::Args),
    /// Writes down what was said in answers that have no transcript, by an engine of your settings
    Transcribe(transcribe::Args),
    /// What a machine says of every answer: facts at any time, a second reader after the reveal; it decides nothing
    Score(score::Args),
    /// The ranking and how sure it is, of a batch or of a ratings table
    Panel(panel::Args),
    /// Whether groups fare differently: selection and scoring rates, with what chance alone would do
    Impact(impact::Args),
    /// Advances, holds or declines submissions, one or many for one reason
    Decide(decide::Args),
    /// Puts a tag on submissions, or takes it off
    Tag(decide::TagArgs),
    /// A remark on a candidate, outside the scorecard: shown, or written
    Comment(decide::CommentArgs),
    /// The shortlist: shown, or changed
    Shortlist(decide::ShortlistArgs),
    /// Says who reviews whom: shown, assigned, handed over
    Assign(assign::Args),
    /// A reviewer need not review some, or all, any more
    Release(assign::ReleaseArgs),
    /// Steps aside from candidates: a conflict of interest
    Recuse(assign::RecuseArgs),
    /// Writes a batch's comparative table as CSV
    Export(export::Args),
    /// A page for people without a terminal: ranking, evidence with its sound, what to ask, how sure it all is
    Report(report::Args),
    /// One candidate on one page as PDF, for the file and for an ATS
    Scorecard(report::scorecard::Args),
    /// What to ask a candidate live: follow-ups, gaps in the evidence, disagreements
    Brief(report::brief::Args),
    /// Funnel, times, how questions did, how far reviewers are
    Analytics(analytics::Args),
    /// Journals between reviewers through a folder that they share
    Exchange(exchange::Args),
    /// A shortlist that travels: one sealed file for someone who decides on it, and what that person did on its way back
    Handoff(handoff::Args),
    /// Sends a batch's rows to an ATS or a folder, and knows what arrived
    Deliver(deliver::Args),
    /// Ties submissions to the ATS's applications: by ids, else proposed by e-mail for you to confirm
    Match(matching::Args),
    /// Profiles: how tables become an ATS's columns or requests
    Profile(profile::Args),
    /// The journal's chain proved, and what people did
    Audit(audit::Args),
    /// Whether what is kept is what was put there
    Vault(vault::Args),
    /// Everything about one person: handed over, removed, or kept from being removed
    Subject(subject::Args),
    /// Removes what is past its date
    Retention(retention::Args),
    /// What the library is locked with
    Key(key::Args),
    /// Writes a complete copy of the library into one file
    Backup(backup::Args),
    /// Makes a library from a backup
    Restore(backup::RestoreArgs),
    /// Who you are to earmark: shown, made where there is none, renamed
    Identity(identity::Args),
    /// The settings, and who set each of them
    Config(config::Args),
    /// Shows the original of a video answer in your own player; that is kept in the journal
    Original(original::Args),
    /// Lists what came beside a candidate's answers, and opens it where the protocol lets it be seen
    Document(document::Args),
    /// Lists what the platform says by itself of candidates, once your own ratings are sealed
    Statements(statements::Args),
    /// How this batch is reviewed: the rules that hold, and what the batch has of its own
    Protocol(protocol::Args),
    /// Plays a recording into a WAV file: any speed, at natural pitch
    Render(render::Args),
    /// Prints what a file that earmark reads or writes contains
    Schema(schema::Args),
    /// Looks at terminal, folders, settings and sound, and says what is wrong
    Doctor(doctor::Args),
    /// Prints completions for a shell
    Completions(completions::Args),
    /// Prints a manual page, or writes all of them into a folder
    Man(man::Args),
}

impl Command {
    fn run(self, context: &Context) -> Outcome {
        match self {
            Command::Review(args) => room::wait(ui::run(&args, context)),
            Command::Demo(args) => room::wait(demo::run(&args, context)),
            Command::Import(args) => import::run(&args, context),
            Command::Attach(args) => room::wait(attach::run(&args, context)),
            Command::Fetch(args) => room::wait_alone(fetch::run(&args, context)),
            Command::Hub(args) => hub::run(&args, context),
            Command::Batches(args) => room::wait(batches::run(&args, context)),
            Command::Status(args) => room::wait(status::run(&args, context)),
            Command::Rubric(args) => rubric::run(&args, context),
            Command::Calibrate(args) => room::wait(calibrate::run(&args, context)),
            Command::Rate(args) => room::wait(judge::rate::run(&args, context)),
            Command::Evidence(args) => room::wait(judge::evidence::run(&args, context)),
            Command::Note(args) => room::wait(judge::note::run(&args, judge::note::Kind::Note, context)),
            Command::Probe(args) => room::wait(judge::note::run(&args, judge::note::Kind::Probe, context)),
            Command::Recommend(args) => room::wait(judge::conclude::recommend(&args, context)),
            Command::MustHave(args) => room::wait(judge::conclude::must_have(&args, context)),
            Command::Reveal(args) => room::wait(judge::reveal::run(&args, context)),
            Command::Undo(args) => room::wait(judge::undo::run(&args, context)),
            Command::Redo(args) => room::wait(judge::undo::redo(&args, context)),
            Command::Seal(args) => room::wait(seal::run(&args, context)),
            Command::Reopen(args) => room::wait(seal::reopen(&args, context)),
            Command::Compare(args) => room::wait(compare::run(&args, context)),
            Command::Reconcile(args) => room::wait(reconcile::run(&args, context)),
            Command::Search(args) => room::wait(search::run(&args, context)),
            Command::Skim(args) => room::wait(skim::run(&args, context)),
            Command::Transcribe(args) => room::wait(transcribe::run(&args, context)),
            Command::Score(args) => room::wait(score::run(&args, context)),
            Command::Panel(args) => room::wait(panel::run(&args, context)),
            Command::Impact(args) => impact::run(&args, context),
            Command::Decide(args) => room::wait(decide::run(&args, context)),
            Command::Tag(args) => room::wait(decide::tag(&args, context)),
            Command::Comment(args) => room::wait(decide::comment(&args, context)),
            Command::Shortlist(args) => room::wait(decide::shortlist(&args, context)),
            Command::Assign(args) => room::wait(assign::run(&args, context)),
            Command::Release(args) => room::wait(assign::release(&args, context)),
            Command::Recuse(args) => room::wait(assign::recuse(&args, context)),
            Command::Export(args) => room::wait(export::run(&args, context)),
            Command::Report(args) => room::wait(report::run(&args, context)),
            Command::Scorecard(args) => room::wait(report::scorecard::run(&args, context)),
            Command::Brief(args) => room::wait(report::brief::run(&args, context)),
            Command::Analytics(args) => room::wait(analytics::run(&args, context)),
            Command::Exchange(args) => room::wait(exchange::run(&args, context)),
            Command::Handoff(args) => room::wait(handoff::run(&args, context)),
            Command::Deliver(args) => deliver::run(&args, context),
            Command::Match(args) => room::wait(matching::run(&args, context)),
            Command::Profile(args) => profile::run(&args, context),
            Command::Audit(args) => audit::run(&args, context),
            Command::Vault(args) => vault::run(&args, context),
            Command::Subject(args) => subject::run(&args, context),
            Command::Retention(args) => retention::run(&args, context),
            Command::Key(args) => key::run(&args, context),
            Command::Backup(args) => room::wait(backup::run(&args, context)),
            Command::Restore(args) => room::wait(backup::restore(&args, context)),
            Command::Identity(args) => room::wait(identity::run(&args, context)),
            Command::Config(args) => config::run(&args, context),
            Command::Original(args) => room::wait(original::run(&args, context)),
            Command::Document(args) => room::wait(document::run(&args, context)),
            Command::Statements(args) => room::wait(statements::run(&args, context)),
            Command::Protocol(args) => room::wait(protocol::run(&args, context)),
            Command::Render(args) => render::run(&args, context),
            Command::Schema(args) => schema::run(&args, context),
            Command::Doctor(args) => doctor::run(&args, context),
            Command::Completions(args) => completions::run(&args, context),
            Command::Man(args) => man::run(&args, context),
        }
    }

    /// Whether it only looks: it works where the settings are wrong, and leaves no trace, not even a log.
    fn only_looks(&self) -> bool {
        matches!(self, Command::Doctor(_) | Command::Schema(_) | Command::Completions(_) | Command::Man(_))
    }
}

/// What every subcommand is given.
struct Context {
    paths: Paths,
    settings: Settings,
    /// What is wrong with the settings; empty but for commands that only look.
    complaints: Vec<Problem>,
    out: Output,
}

/// Runs the program with these arguments, the program's own name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(exit) = crate::fence::take_part(&args) {
        return exit;
    }
    crash::no_core_dumps();
    // A fault is told by the hook, on the thread where it happens; here it only becomes an exit code.
    let ended = std::panic::catch_unwind(AssertUnwindSafe(|| start(args)));
    ended.unwrap_or(Exit::Failed).into()
}

fn start(args: Vec<OsString>) -> Exit {
    match Cli::try_parse_from(args) {
        Ok(cli) => dispatch(cli),
        Err(e) => explain(&e),
    }
}

fn dispatch(cli: Cli) -> Exit {
    // Until the settings are read, failures are told plainly.
    let early = Output::new(Form::of_process(cli.globals.json, cli.globals.quiet, true, Color::Off));
    let command = match cli.command {
        Some(command) => command,
        None if ui::is_terminal() || cli.globals.is_plain() => Command::Review(ui::Args::default()),
        None => {
            early.document(format!("{}\n", Cli::command().render_help()).as_bytes());
            return early.finish(Exit::Usage);
        }
    };
    let context = match context(&cli.globals, &command) {
        Ok(context) => context,
        Err(failure) => {
            if let Command::Deliver(args) = &command {
                deliver::untold(args, &failure, &early);
            }
            early.failure(&failure);
            return early.finish(failure.exit);
        }
    };
    let exit = command.run(&context).unwrap_or_else(|failure| {
        context.out.failure(&failure);
        failure.exit
    });
    context.out.finish(exit)
}

fn context(globals: &Globals, command: &Command) -> Result<Context, Failure> {
    let paths = Paths::find(globals.library.clone(), globals.config.clone())
        .map_err(|e| Failure::usage("Could not find this user's folders").because(&e).hint("set HOME"))?;
    crash::tell_of_faults(paths.clone());
    let (settings, complaints) = match Settings::read(&paths, &globals.flags()) {
        Ok(settings) => (settings, Vec::new()),
        Err(complaints) if command.only_looks() => (Settings::default(), complaints),
        Err(complaints) => {
            let what = format!("Could not take the settings of {}", whose_settings(&paths, &complaints));
            let failure = Failure::problems(what, &complaints).exit(Exit::Usage);
            return Err(failure.hint("mend them all at once; `earmark doctor` looks at everything else"));
        }
    };
    let paths = if globals.demo { paths.for_demo() } else { paths };
    let out = Output::new(Form::of_process(globals.json, globals.quiet, settings.plain.value, settings.color.value));
    if !command.only_looks() {
        // A person whose state folder cannot be written can still work; `earmark doctor` names it.
        let _ = crate::config::log::start(&paths, settings.log_level.value);
    }
    Ok(Context { paths, settings, complaints, out })
}

/// Where the settings with these mistakes come from.
fn whose_settings(paths: &Paths, complaints: &[Problem]) -> String {
    let file = paths.short(&paths.settings);
    let of_environment = |problem: &Problem| problem.file.as_str() == Settings::ENVIRONMENT;
    match (complaints.iter().all(of_environment), complaints.iter().any(of_environment)) {
        (true, _) => "the environment".to_owned(),
        (_, true) => format!("{file} and the environment"),
        _ => file,
    }
}

/// Tells what clap has to say: help and version as results, mistakes as mistakes.
fn explain(said: &clap::Error) -> Exit {
    let out = Output::new(Form::of_process(false, false, true, Color::Off));
    if said.use_stderr() {
        // It quotes the arguments, and those may be names of files from anywhere.
        let text = said.render().to_string();
        out.failure_text(text.trim_end());
        return Exit::Usage;
    }
    out.document(said.render().to_string().as_bytes());
    out.finish(Exit::Done)
}

fn exit_codes() -> String {
    let lines = Exit::ALL.map(|exit| format!("  {:>3}  {}", exit.code(), exit.meaning()));
    format!("Exit codes:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_exit_codes_are_those_of_the_manual() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 75, 130]);
        let help = Cli::command().render_long_help().to_string();
        assert!(help.contains("75  it may work later"), "{help}");
    }
}

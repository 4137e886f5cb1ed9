//! `earmark` and `earmark review`: the terminal UI on a library.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::deliver::wire;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::{Context, room};
use crate::app::{Chosen, Me, Start};
use crate::config::settings::{Color, Origin, Wpm};
use crate::config::{Identity, open_ordinary};
use crate::interview::{BatchId, Problem};
use crate::library::{Library, LibraryError};
use crate::player::Choice;
use crate::runtime::demo::{Demo, is_demo};
use crate::runtime::original::Wish;
use crate::runtime::plain;
use crate::runtime::tempo;
use crate::runtime::ui::{self, Again, Setup, Unsaved};
use crate::text::SafeText;
use crate::tui::keymap::Keymap;
use crate::tui::plain::Line;
use crate::tui::terminal::Options;
use crate::tui::theme::{self, TrueColour};
use crate::tui::{Theme, terminal};

#[derive(clap::Args, Debug, Default)]
pub(super) struct Args {
    /// The batch to open at once: its title, its id, or how its id begins
    #[arg(value_name = "BATCH")]
    batch: Option<String>,
    /// How many minutes you have: where a round of answers ends by then is planned, and said when it is reached
    #[arg(long, value_name = "N", requires = "batch", value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: Option<u32>,
}

/// Opens the UI on the chosen library: the screens, or line by line where that is wanted or nothing else can be shown.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if !is_plain(context) && !is_terminal() {
        return Err(Failure::usage("Could not open the screen: this is no terminal")
            .hint("--plain takes its commands from the input, line by line; `earmark --help` lists those that need neither"));
    }
    let (library, only_reads) = room::for_screen(context).await?;
    if is_plain(context) {
        // Lines are told one after the other: there is nothing to see meanwhile.
        library.look_for_damage().await.map_err(|error| room::told(room::COULD_NOT_OPEN, &error))?;
    }
    let me = room::identity(&library, context).await?;
    let batch = match &args.batch {
        Some(named) => Some(room::find_batch(&library, named).await?),
        None => None,
    };
    let wanted = Wanted { batch, minutes: args.minutes, tour: is_demo(&context.paths), unlooked: true };
    match run_on(library, only_reads, me, wanted, context).await? {
        (_, true) => open(super::demo::open(context).await?, context).await,
        (exit, false) => Ok(exit),
    }
}

/// Whether the review goes line by line: because it is wanted so, or because this terminal only prints lines.
fn is_plain(context: &Context) -> bool {
    context.settings.plain.value || context.out.wants_json() || (is_dumb() && is_terminal())
}

/// Whether the terminal says that it can move no cursor.
pub(super) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether there is a screen to draw on and someone to press keys.
pub(super) fn is_terminal() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdout().is_terminal() && std::io::stdin().is_terminal()
}

/// Whether a command that is done can go on as the screen: somebody is at a terminal that can show one, and wants more than a result.
pub(super) fn can_open(context: &Context) -> bool {
    is_terminal() && !is_plain(context) && !context.out.form().quiet
}

/// Opens the screen straight at a batch that has just come.
pub(super) async fn at(batch: BatchId, context: &Context) -> Outcome {
    run(&Args { batch: Some(batch.to_string()), minutes: None }, context).await
}

/// Runs the UI on the demo, straight at its batch.
pub(super) async fn open(demo: Demo, context: &Context) -> Outcome {
    let wish = Wanted { batch: Some(demo.batch), minutes: None, tour: true, unlooked: false };
    run_on(demo.library, demo.only_reads, demo.me, wish, context).await.map(|(exit, _)| exit)
}

/// The file that remembers that the tour is over.
pub(super) fn tour_ended(context: &Context) -> PathBuf {
    context.paths.state.join("tour-ended")
}

/// The file that remembers how answers were heard last.
fn tempo_kept(context: &Context) -> PathBuf {
    context.paths.state.join("tempo.toml")
}

/// How answers are heard at first: as the settings say, and as was chosen last where they say nothing.
fn chosen(context: &Context) -> Chosen {
    let settings = &context.settings;
    let wpm = settings.wpm.value.map(Wpm::words);
    let speed = (settings.speed.value.factor() * 100.0).round() as u16;
    let set = Chosen { speed, wpm, paced: wpm.is_some(), skip_silence: settings.skip_silence.value };
    // A script finds the same each time it runs.
    let is_script = is_plain(context) && !std::io::IsTerminal::is_terminal(&std::io::stdin());
    let Some(last) = tempo::read(&tempo_kept(context)).filter(|_| !is_script) else { return set };
    let is_unsaid = |origin: &Origin| matches!(origin, Origin::Default);
    let fast = if is_unsaid(&settings.speed.origin) && is_unsaid(&settings.wpm.origin) { last } else { set };
    let skip_silence = if is_unsaid(&settings.skip_silence.origin) { last.skip_silence } else { set.skip_silence };
    Chosen { skip_silence, ..fast }
}

/// What the UI begins with.
struct Wanted {
    batch: Option<BatchId>,
    minutes: Option<u32>,
    tour: bool,
    /// Whether nobody has looked for damage in the library yet.
    unlooked: bool,
}

/// Runs the UI; returns how it ended, and whether the demo is to be opened now.
async fn run_on(
    library: Library,
    only_reads: Option<LibraryError>,
    me: Identity,
    wanted: Wanted,
    context: &Context,
) -> Result<(Exit, bool), Failure> {
    let settings = &context.settings;
    let keymap = keymap(context)?;
    let audio = audio(context)?;
    let tour_ended = tour_ended(context);
    let lock =
        library.try_lock_ui().map_err(|error| Failure::new("Could not see whether another earmark is open").because(&error))?;
    let start = start(&library, &me, &wanted, lock.is_none(), context).await?;
    let only_reads = only_reads.map(|why| SafeText::line(&why.to_string()));
    if is_plain(context) {
        let person = std::io::IsTerminal::is_terminal(&std::io::stdin());
        let acting = library.acting_for(&me);
        let players = players(context);
        let setup = plain::Setup {
            wire: wire(context),
            again: called_again(&library, context),
            only_reads,
            library: acting,
            identity: me,
            start,
            keymap,
            audio,
            players,
            tour_ended,
            tempo: person.then(|| tempo_kept(context)),
            person,
        };
        let ended = talk(setup, context).await;
        drop(lock);
        library.close().await;
        return ended;
    }
    let theme = theme_of(context)?;
    let setup = Setup {
        only_reads,
        unlooked: wanted.unlooked,
        library: library.acting_for(&me),
        identity: me,
        start,
        keymap,
        theme,
        follows_ground: follows_ground(context),
        colours: TrueColour::Auto,
        terminal: Options { mouse: settings.mouse.value, ..Options::default() },
        audio,
        players: players(context),
        wire: wire(context),
        again: called_again(&library, context),
        tour_ended,
        tempo: Some(tempo_kept(context)),
    };
    let ended = ui::run(setup).await;
    // Whatever happened, the terminal is the person's again before anything is said.
    let _ = terminal::restore();
    drop(lock);
    library.close().await;
    if let Some(damage) = ended.damage {
        return Err(room::told(room::COULD_NOT_OPEN, &damage));
    }
    match (unsaved(&ended.unsaved), ended.terminal) {
        // What was lost matters more than the screen it was lost on.
        (Some(failure), _) => Err(failure),
        (None, Err(error)) => Err(Failure::new("Could not use the terminal")
            .because(&error)
            .hint("`earmark status`, `earmark rate` and `earmark compare` work without one")),
        (None, Ok(())) => Ok((Exit::Done, ended.demo)),
    }
}

/// With what the application begins: the settings, who acts, what was asked for.
async fn start(library: &Library, me: &Identity, wanted: &Wanted, read_only: bool, context: &Context) -> Result<Start, Failure> {
    let settings = &context.settings;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| Failure::new("Could not get randomness").cause(error.to_string()))?;
    Ok(Start {
        me: Me { id: me.reviewer(), label: me.label.clone() },
        read_only,
        batch: wanted.batch,
        minutes: wanted.minutes,
        tour: wanted.tour && !tour_ended(context).exists(),
        chosen: chosen(context),
        autoplay: settings.autoplay.value,
        // The demo's people never meet real ones.
        sources: match is_demo(&context.paths) {
            true => Vec::new(),
            false => settings.sources.keys().map(|name| SafeText::line(name)).collect(),
        },
        exchange_folder: library.exchange_folder().await.ok().flatten().unwrap_or_default(),
        export_folder: std::env::current_dir().map_or_else(|_| ".".to_owned(), |folder| folder.display().to_string()),
        seed,
    })
}

/// How this program is called for a fetch into the same library, with the same settings.
fn called_again(library: &Library, context: &Context) -> Option<Again> {
    let config = context.paths.settings_chosen.then(|| context.paths.settings.clone());
    Some(Again { program: crate::fence::this_program()?, config, library: library.folder().to_owned() })
}

/// Reviews line by line, from what is typed or piped in.
async fn talk(setup: plain::Setup, context: &Context) -> Result<(Exit, bool), Failure> {
    let person = setup.person;
    let say = |line: &Line| match context.out.wants_json() {
        true => context.out.json_line(&json!({ "kind": line.kind.name(), "text": line.text })),
        false => context.out.say(&line.text),
    };
    let ended = plain::run(setup, std::io::BufReader::new(std::io::stdin()), &say).await;
    match unsaved(&ended.unsaved) {
        Some(failure) => Err(failure),
        None if ended.interrupted => Ok((Exit::Interrupted, false)),
        // A person was told, and typed on; a script that was not understood has not done what it was for.
        None if ended.unknown > 0 && !person => Ok((Exit::Partial, ended.demo)),
        None => Ok((Exit::Done, ended.demo)),
    }
}

/// What the settings say about players that show originals.
pub(super) fn players(context: &Context) -> Wish {
    Wish { player: context.settings.player.value.clone(), files: context.settings.player_files.value }
}

/// Says what is not on disk; nothing where all of it is.
fn unsaved(lost: &Unsaved) -> Option<Failure> {
    let count = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {one}s")),
    };
    let counted: Vec<String> = [count(lost.ratings, "rating"), count(lost.others, "other act")].into_iter().flatten().collect();
    let what = match counted.as_slice() {
        [] if lost.unknown => "Could not write everything that was done last".to_owned(),
        [] => return None,
        counted => format!("Could not write {}", counted.join(" and ")),
    };
    let hint = "what the screen called saved is saved; the rest is to be done again once the cause is gone";
    let failure = Failure::new(what).hint(hint);
    Some(match &lost.why {
        Some(why) => failure.cause(why.as_str()),
        None => failure,
    })
}

/// Where sound comes out: as `EARMARK_AUDIO` says, else as the settings do.
fn audio(context: &Context) -> Result<Choice, Failure> {
    let setting = &context.settings.audio_device;
    let choice = match (std::env::var_os("EARMARK_AUDIO"), &setting.value) {
        (None, Some(named)) => named.parse(),
        _ => Choice::from_env(),
    };
    choice.map_err(|error| {
        let failure = Failure::usage("Could not choose a sound device").because(&error);
        if setting.value.is_some() { failure.hint(format!("audio.device is set by {}", setting.origin)) } else { failure }
    })
}

/// The keys that the settings name, over the defaults.
pub(super) fn keymap(context: &Context) -> Result<Keymap, Failure> {
    let file = context.settings.keys_file(&context.paths);
    let shown = context.paths.short(&file);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && context.settings.keys.value.is_none() => {
            return Ok(Keymap::new());
        }
        Err(error) => return Err(Failure::usage(format!("Could not read {shown}")).because(&error)),
    };
    let (keymap, problems) = Keymap::with_user(&shown, &text);
    if problems.is_empty() { Ok(keymap) } else { Err(mistakes(&shown, &problems)) }
}

/// The theme that the settings name.
pub(super) fn theme_of(context: &Context) -> Result<Theme, Failure> {
    let colourless = context.settings.color.value == Color::Off;
    let named = if colourless { Some("mono".to_owned()) } else { context.settings.theme.value.clone() };
    let name = theme::choose(None, named.as_deref(), &|name| std::env::var(name).ok());
    if let Some(theme) = Theme::shipped(&name) {
        return Ok(theme);
    }
    let text = open_ordinary(Path::new(&name)).and_then(std::io::read_to_string).map_err(|error| {
        let shipped = Theme::shipped_names().join(", ");
        let failure = Failure::usage(format!("Could not find the theme {name}")).because(&error);
        failure.hint(format!("name a file, or one of {shipped}"))
    })?;
    let stem = Path::new(&name).file_stem().map_or_else(|| name.clone(), |stem| stem.to_string_lossy().into_owned());
    Theme::read(&stem, &name, &text).map_err(|problems| mistakes(&name, &problems))
}

/// Whether the terminal is asked for its background.
fn follows_ground(context: &Context) -> bool {
    let env = |name: &str| std::env::var(name).ok();
    // A console of the kernel's own answers nothing, and old ones print what they do not know.
    let can_be_asked = env("TERM").is_none_or(|term| term != "linux");
    let colours = context.settings.color.value != Color::Off;
    colours && can_be_asked && theme::follows_ground(context.settings.theme.value.as_deref(), &env)
}

fn mistakes(file: &str, problems: &[Problem]) -> Failure {
    Failure::problems(format!("Could not take {file}"), problems).exit(Exit::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_written_is_counted_and_fails() {
        let lost = |ratings, others| Unsaved { ratings, others, why: Some("the disk is full".into()), unknown: false };
        let failure = |lost| unsaved(&lost).expect("something was lost");
        let told = |lost| failure(lost).what.as_str().to_owned();
        assert_eq!(told(lost(3, 0)), "Could not write 3 ratings");
        assert_eq!(told(lost(1, 2)), "Could not write 1 rating and 2 other acts");
        assert_eq!(told(Unsaved { unknown: true, ..Unsaved::default() }), "Could not write everything that was done last");
        let failed = failure(lost(1, 0));
        assert_eq!((failed.causes[0].as_str(), failed.exit), ("the disk is full", Exit::Failed));
        assert!(unsaved(&Unsaved::default()).is_none());
    }
}

//! `earmark fetch`: what is new and changed at the configured sources, into the library.

mod asked;
mod folder;
mod keys;
mod tell;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;

use self::tell::Teller;
use super::deleting::Whose;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::human_bytes;
use super::{Context, deleting, room};
use crate::config::key::LibraryKey;
use crate::config::settings::Rate;
use crate::interview::{BatchId, Problem};
use crate::library::{Access, Library, system_clock};
use crate::net::{Flow, MediaClient, MediaRules, NetError, NetTrouble, Origin, check_address};
use crate::source::Readers;
use crate::source::fetch::{FetchError, Fetcher, Meter, Pause, Planned, Regions, Remote, SourceKind, SourceSettings, Together};

/// How long a source may think before it counts as one that does not answer.
const LONGEST_PROBE: Duration = Duration::from_secs(20);

/// How long a file that has come waits for others, so that several are noted in the library at once.
const TOGETHER: Duration = Duration::from_millis(50);

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A source of the settings, [source.NAME]; all of them without it
    source: Option<String>,
    /// Says what would come and how large it is, and fetches nothing
    #[arg(long)]
    dry_run: bool,
    /// Lets the named source take over this batch, which came from another source or was imported by hand: its title or id
    #[arg(long, value_name = "BATCH", requires = "source")]
    adopt: Option<String>,
    /// Brings back recordings of this batch that were put away to make room, are lost, or are damaged: its title or id
    #[arg(long, value_name = "BATCH")]
    again: Option<String>,
    /// At most so many bytes a second: 500k, 2M; without it, as the setting network.limit_rate says
    #[arg(long, value_name = "RATE", value_parser = rate)]
    limit_rate: Option<Rate>,
    /// Takes the key that pauses from standard input, which may be a pipe; when that ends, a pause does too
    #[arg(long, hide = true)]
    keys: bool,
    #[command(flatten)]
    deleting: deleting::Args,
}

/// With `--json` one line for each thing that happens, `{"event": "listed" | "batch" | "planned" | "progress" | "erased" | "arrived" |
/// "brought_back" | "failed" | "problem" | "done" | "stopped" | "vault", …}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let sources = chosen(args, context)?;
    args.deleting.check()?;
    // Whoever asks what would come makes nothing: where there is no library yet, an empty one stands for it until this ends.
    let stand_in = match args.dry_run && !crate::library::is_there(&context.paths.library) {
        true => Some(stand_in().await?),
        false => None,
    };
    let library = match &stand_in {
        Some((_, library)) => library.clone(),
        None => known(&room::to_write(context).await?, context)?,
    };
    let stop = super::import::stop_when_asked();
    let mut exits = Vec::new();
    for (name, settings) in &sources {
        let exit = match settings.kind {
            SourceKind::Folder => folder::fetch(name, settings, args, &library, &stop, context).await,
            _ => remote(name, settings, args, &library, &stop, context).await,
        };
        match exit {
            Ok(exit) => exits.push(exit),
            // One source that cannot be asked does not keep the others waiting.
            Err(failure) if sources.len() > 1 && failure.exit != Exit::Interrupted => {
                context.out.failure(&failure);
                exits.push(failure.exit);
            }
            Err(failure) => return Err(failure),
        }
    }
    exits.extend((!keep_bound(&library, args, context).await?).then_some(Exit::Partial));
    Ok(match exits.as_slice() {
        [only] => *only,
        all if all.iter().all(|exit| *exit == Exit::Done) => Exit::Done,
        _ => Exit::Partial,
    })
}

/// An empty library that nothing is left of.
async fn stand_in() -> Result<(tempfile::TempDir, Library), Failure> {
    let failed = || Failure::new("Could not say what would come");
    let folder = tempfile::tempdir().map_err(|error| failed().because(&error))?;
    let key = LibraryKey::generate().map_err(|error| failed().because(&error))?;
    let library = Library::open(folder.path(), key, Access::ReadWrite, system_clock()).await;
    Ok((folder, library.map_err(|error| room::told("Could not say what would come", &error))?))
}

/// The library as the one who fetches has it, where that is known.
fn known(library: &Library, context: &Context) -> Result<Library, Failure> {
    Ok(match room::known_identity(context)? {
        Some(me) => library.acting_as(me.reviewer()),
        None => library.clone(),
    })
}

/// Puts recordings away where the vault has grown beyond the setting; not those that were just asked for again. Says whether the bound
/// is kept.
async fn keep_bound(library: &Library, args: &Args, context: &Context) -> Result<bool, Failure> {
    let (Some(most), Some(me)) = (context.settings.vault_most.value, library.author()) else { return Ok(true) };
    if args.dry_run || args.again.is_some() {
        return Ok(true);
    }
    let shrunk = crate::runtime::keeping::shrink(library, me, most.bytes(), false).await;
    let shrunk = shrunk.map_err(|error| room::told("Could not keep the vault within its bound", &error))?;
    if shrunk.before > most.bytes() {
        super::vault::say_shrunk(&shrunk, most.bytes(), false, context);
        if context.out.wants_json() {
            let mut line = super::vault::as_json(&shrunk, most.bytes());
            line["event"] = "vault".into();
            context.out.json_line(&line);
        }
    }
    Ok(shrunk.after <= most.bytes())
}

/// Says beforehand that what is to come finds no room within the setting, and what keeps the rest from going.
async fn foretell_room(planned: &Planned, name: &str, library: &Library, context: &Context) -> Result<Option<Problem>, Failure> {
    let Some(most) = context.settings.vault_most.value else { return Ok(None) };
    let (most, coming) = (most.bytes(), planned.fetched.bytes);
    let stays = match library.author() {
        Some(me) => {
            crate::runtime::keeping::shrink(library, me, most.saturating_sub(coming), true).await.map(|shrunk| shrunk.after)
        }
        None => library.vault_bytes().await,
    };
    let stays = stays.map_err(|error| room::told("Could not say whether there is room", &error))?;
    let then = stays.saturating_add(coming);
    if coming == 0 || then <= most {
        return Ok(None);
    }
    let reason = format!(
        "with the {} that are to come the vault will have {}, and vault.most lets it have {}: what is still to be heard stays",
        human_bytes(coming),
        human_bytes(then),
        human_bytes(most)
    );
    Ok(Some(
        Problem::warning(name, "vault", &reason, "make vault.most larger, or review and seal what is here first").coded("room"),
    ))
}

/// The sources that are asked, each read from the settings.
fn chosen(args: &Args, context: &Context) -> Result<Vec<(String, SourceSettings)>, Failure> {
    let all = &context.settings.sources;
    let hint = "describe it in the settings as [source.NAME]; docs/fetching.md has examples";
    if let Some(name) = args.source.as_ref().filter(|name| !all.contains_key(*name)) {
        let known: Vec<&str> = all.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none is configured".to_owned() } else { format!("there are {}", known.join(", ")) };
        return Err(Failure::usage(format!("Could not find a source named {name}")).cause(known).hint(hint));
    }
    if all.is_empty() {
        return Err(Failure::usage("Could not fetch: no source is configured").hint(hint));
    }
    let wanted = all.iter().filter(|(name, _)| args.source.as_ref().is_none_or(|only| only == *name));
    wanted
        .map(|(name, value)| {
            let failed = |why: Vec<String>| wrong_settings(name, &why);
            let table = value.as_table().ok_or_else(|| failed(vec!["it is no table".to_owned()]))?;
            SourceSettings::read(table).map(|settings| (name.clone(), settings)).map_err(failed)
        })
        .collect()
}

/// Every mistake in the settings of the sources, each behind its source's name; nobody is asked, and no secret is fetched.
pub(super) fn mistakes(context: &Context) -> Vec<String> {
    let of = |name: &String, value: &toml::Value| {
        let table = value.as_table().ok_or_else(|| vec!["it is no table".to_owned()])?;
        let settings = SourceSettings::read(table)?;
        if !matches!(settings.kind, SourceKind::Rest | SourceKind::Platform(_)) {
            return Ok(());
        }
        let told = |failure: Failure| failure.causes.iter().map(|cause| cause.as_str().to_owned()).collect::<Vec<_>>();
        let mistakes = settings.mistakes_for(&asked::description(name, &settings, context).map_err(told)?);
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
    };
    let all = context.settings.sources.iter().filter_map(|(name, value)| Some((name, of(name, value).err()?)));
    all.flat_map(|(name, mistakes)| mistakes.into_iter().map(move |mistake| format!("{name}: {mistake}"))).collect()
}

/// Whether each source of the settings answers, and what it says where it does not: each is asked once, and nothing is kept.
pub(super) async fn probed(context: &Context) -> Vec<(String, Result<String, Failure>)> {
    let mut all = Vec::new();
    for (name, value) in &context.settings.sources {
        let read = value.as_table().map_or_else(|| Err(vec!["it is no table".to_owned()]), SourceSettings::read);
        let said = match read {
            Ok(settings) => probe(name, &settings, context).await,
            Err(mistakes) => Err(wrong_settings(name, &mistakes)),
        };
        all.push((name.clone(), said));
    }
    all
}

async fn probe(name: &str, settings: &SourceSettings, context: &Context) -> Result<String, Failure> {
    if settings.kind == SourceKind::Folder {
        return folder::probe(name, settings, context);
    }
    let (remote, url) = asked::asked(name, settings, &super::deliver::wire(context), context)?;
    let host = check_address(&url).ok().and_then(|url| Origin::of(&url)).map_or(url, |origin| origin.to_string());
    match tokio::time::timeout(LONGEST_PROBE, remote.probe()).await {
        Ok(Ok(())) => Ok(format!("{name}: {host} answers")),
        Ok(Err(error)) => Err(told(name, &error)),
        Err(_) => {
            Err(Failure::new(format!("Could not fetch from {name}")).cause(format!("{host} does not answer")).exit(Exit::TryLater))
        }
    }
}

/// Every mistake in the settings of a source.
fn wrong_settings(name: &str, mistakes: &[String]) -> Failure {
    let failure = Failure::usage(format!("Could not take the settings of source {name}"));
    failure.some_causes(mistakes, "mend these first").hint("docs/fetching.md has an example of each kind of source")
}

/// The source as it is asked, and who asks for its recordings.
fn clients(name: &str, settings: &SourceSettings, args: &Args, context: &Context) -> Result<(Remote, MediaClient), Failure> {
    let wire = super::deliver::wire(context);
    let (mut remote, url) = asked::asked(name, settings, &wire, context)?;
    let base = check_address(&url).ok().and_then(|url| Origin::of(&url)).expect("the client has checked it");
    let rules = MediaRules { base, hosts: settings.media_hosts.clone(), at_once: settings.at_once, largest: settings.largest() };
    let rate = args.limit_rate.or(context.settings.network_limit_rate.value);
    let flow = rate.map_or_else(Flow::default, |rate| Flow::at_most(rate.bytes()));
    let media = MediaClient::new(&wire, rules, flow).map_err(|error| told(name, &error))?;
    let media = match remote.take_media_credentials() {
        Some(credentials) => media.authorized(credentials),
        None => media,
    };
    Ok((remote, media))
}

/// Who listens for the key that pauses, where somebody can press it.
fn keys(teller: &Teller<'_>, pause: &Pause, args: &Args, context: &Context) -> Option<keys::Keys> {
    if args.dry_run {
        return None;
    }
    if context.out.wants_json() {
        return args.keys.then(|| keys::Keys::follow(pause));
    }
    keys::Keys::listen(teller.at_pause(pause)).inspect(|_| teller.say_key())
}

async fn remote(
    name: &str,
    settings: &SourceSettings,
    args: &Args,
    library: &Library,
    stop: &Arc<AtomicBool>,
    context: &Context,
) -> Outcome {
    let (remote, media) = clients(name, settings, args, context)?;
    let adopt = batch_named(library, args.adopt.as_deref()).await?;
    let again = batch_named(library, args.again.as_deref()).await?;
    let teller = Teller::new(name, args.dry_run, context);
    let pause = Pause::default();
    let keys = keys(&teller, &pause, args, context);
    let regions = Regions::of(context.settings.regions.value.as_deref());
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let who = room::known_identity(context)?.map(|me| me.reviewer());
    let fetcher = Fetcher {
        name,
        remote: &remote,
        media: &media,
        library,
        readers: Readers::here(),
        who,
        regions: &regions,
        region: settings.region.as_deref(),
        adopt,
        again,
        dry_run: args.dry_run,
        // Each host has its own bound; more wait at its gate, so that those that are measured or written to disk hold no place there.
        at_once: 2 * settings.at_once + cores,
        stop,
        pause: &pause,
        meter: Meter::default(),
        news: &|news| teller.tell(news),
        problems: Mutex::default(),
        measuring: Semaphore::new(cores),
        settling: Together::new(TOGETHER),
    };
    let begun = fetcher.begin().await.map_err(|error| teller.broken(error))?;
    // What was deleted goes before anything comes.
    let dry = args.dry_run.then_some(begun.said.as_slice());
    let carried = deleting::carry_out(Whose::Source(name), dry, &args.deleting, library, context).await?;
    teller.erased(&carried);
    let planned = fetcher.plan(begun).await.map_err(|error| teller.broken(error))?;
    let foretold = foretell_room(&planned, name, library, context).await?;
    if let Some(problem) = foretold.as_ref().filter(|_| !args.dry_run) {
        teller.problem(problem);
    }
    let ended = fetcher.transfer(planned).await;
    drop(keys);
    let mut fetched = ended.map_err(|error| teller.broken(error))?;
    fetched.problems.extend(carried.problems);
    fetched.problems.extend(foretold.filter(|_| args.dry_run));
    Ok(teller.end(&fetched))
}

/// The batch that an option names, where it is given.
async fn batch_named(library: &Library, named: Option<&str>) -> Result<Option<BatchId>, Failure> {
    match named {
        Some(named) => room::find_batch(library, named).await.map(Some),
        None => Ok(None),
    }
}

/// A path of the settings: `~/` is the home folder, and what is relative starts at the settings folder.
fn in_settings(path: &Path, context: &Context) -> PathBuf {
    match path.strip_prefix("~") {
        Ok(rest) => context.paths.home.join(rest),
        Err(_) => context.paths.config.join(path),
    }
}

/// Why a source could not be asked, with its exit code.
fn told(name: &str, error: &NetError) -> Failure {
    if error.is_endless {
        let hint = "ask for less at once: smaller pages in the description, such as page_size=50 in its requests";
        return Failure::new(format!("Could not fetch from {name}")).because(error).hint(hint);
    }
    let exit = match error.trouble {
        NetTrouble::NotReached | NetTrouble::Unknown => Exit::TryLater,
        NetTrouble::Authentication => Exit::Authentication,
        NetTrouble::Refused => Exit::Failed,
    };
    let failure = Failure::new(format!("Could not fetch from {name}")).because(error).exit(exit);
    match error.trouble {
        NetTrouble::NotReached | NetTrouble::Unknown => failure.hint("fetch again later: what has come is kept"),
        NetTrouble::Authentication => {
            failure.hint(format!("check `auth` of [source.{name}]: those who run the source give out what lies there"))
        }
        NetTrouble::Refused => failure,
    }
}

/// Why a fetch ended, with its exit code.
fn ended(name: &str, error: &FetchError) -> Failure {
    let what = format!("Could not finish fetching from {name}");
    match error {
        FetchError::Net(error) => told(name, error),
        FetchError::Library(error) => room::told(&what, error),
        FetchError::Interrupted => Failure::new(what)
            .cause("it was interrupted")
            .hint("what has come is kept; fetch again and it goes on from there")
            .exit(Exit::Interrupted),
        FetchError::Busy => Failure::new(what).because(error).hint("wait for it, or end it").exit(Exit::TryLater),
        FetchError::Region(_) => Failure::new(what).because(error).exit(Exit::Usage),
    }
}

/// A rate as curl writes it: bytes, or with k, M or G.
fn rate(text: &str) -> Result<Rate, String> {
    Rate::parse(text).ok_or_else(|| "write it as 500k or 2M".to_owned())
}

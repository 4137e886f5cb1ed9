//! `earmark exchange`: journals between reviewers through a folder that they share.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::words::{as_word, clock_is_ahead, many};
use super::{Context, room};
use crate::exchange::{self, Came, ErasureReceipt, ExchangeError, Person, Report, Standing, Trouble, Unreached, Wish};
use crate::interview::Problem;
use crate::library::{self, Library};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The folder that you share; the one of the last time where none is named
    folder: Option<PathBuf>,
    /// Says what would come and go, and writes nothing
    #[arg(long)]
    dry_run: bool,
    /// A person whose fingerprint you have compared by another way than the folder; again for another
    #[arg(long, value_name = "NAME=FINGERPRINT", value_parser = pair)]
    trust: Vec<(String, String)>,
    /// A person who gets no further letters and from whom nothing further is taken; what came stays
    #[arg(long, value_name = "NAME")]
    forget: Vec<String>,
    /// Lists who reviews a batch, by the names in the folder; `me` is you
    #[arg(long, value_name = "BATCH=NAME,NAME", value_parser = pair)]
    panel: Option<(String, String)>,
    /// Hands on what a reviewer who stays away had sealed, where the batch's rules allow it by now
    #[arg(long, value_name = "BATCH=NAME", value_parser = pair, requires = "reason")]
    hand_over: Option<(String, String)>,
    /// Why it is handed on; it is kept in the journal
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// With `--json` what [`Report`] holds.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if !library::is_there(&context.paths.library) {
        return Err(room::none_there(context));
    }
    let library = match args.dry_run {
        true => room::there(context).await?,
        false => room::to_write(context).await?,
    };
    let me = room::identity(&library, context).await?;
    let library = library.acting_for(&me);
    let folder = folder(args, &library).await?;
    if is_within(&folder, &context.paths.library) {
        let failure = Failure::usage(format!("Could not exchange: {} is this library itself", folder.display()));
        return Err(failure.hint("name a folder that the others reach too"));
    }
    let wish = wish(args, &library).await?;
    let report = exchange::exchange(&library, &me, &folder, &wish).await.map_err(|error| told(&error, &folder))?;
    library.close().await;
    if context.out.wants_json() {
        context.out.json(&report);
    } else {
        tell(&report, context);
    }
    Ok(if report.is_whole() { Exit::Done } else { Exit::Partial })
}

async fn folder(args: &Args, library: &Library) -> Result<PathBuf, Failure> {
    if let Some(folder) = &args.folder {
        // A later run may start elsewhere.
        return Ok(std::path::absolute(folder).unwrap_or_else(|_| folder.clone()));
    }
    let known = library.exchange_folder().await.map_err(|error| room::told(COULD_NOT, &error))?;
    known.map(PathBuf::from).ok_or_else(|| Failure::usage("Could not exchange: no folder was named, and none is known from before"))
}

/// Whether a folder is another, or lies in it, whatever links there are on the way.
fn is_within(folder: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(folder).zip(real(other)).is_some_and(|(folder, other)| folder.starts_with(other))
}

async fn wish(args: &Args, library: &Library) -> Result<Wish, Failure> {
    let mut wish = Wish { dry: args.dry_run, trust: args.trust.clone(), forget: args.forget.clone(), ..Wish::default() };
    if let Some((batch, names)) = &args.panel {
        let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        if names.is_empty() {
            let failure = Failure::usage("Could not list nobody as a batch's reviewers");
            return Err(failure
                .hint("name them after the equals sign, as in \"Support=Mara,me\"; one person is released with `earmark assign`"));
        }
        wish.panel = Some((room::find_batch(library, batch).await?, names));
    }
    if let Some((batch, name)) = &args.hand_over {
        let reason = SafeText::block(args.reason.as_deref().unwrap_or_default().trim());
        if reason.is_empty() {
            return Err(Failure::usage("Could not hand on keys without a reason").hint("say it with --reason"));
        }
        wish.hand_over = Some((room::find_batch(library, batch).await?, name.trim().to_owned(), reason));
    }
    Ok(wish)
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

const COULD_NOT: &str = "Could not exchange";

fn told(error: &ExchangeError, folder: &Path) -> Failure {
    let failure = || Failure::new(COULD_NOT).cause(error.to_string());
    match error {
        ExchangeError::Library(error) => room::told(COULD_NOT, error),
        ExchangeError::NoFolder { .. } => {
            let hint = "it is not made: connect the drive, or make the folder where all of you reach it";
            failure().hint(hint).exit(Exit::TryLater)
        }
        ExchangeError::Unread { .. } | ExchangeError::Unwritten { .. } => {
            failure().hint(format!("what was taken in before is kept; see to {} and exchange again", folder.display()))
        }
        ExchangeError::Linked { folder: linked } => {
            failure().hint(format!("put a folder of its own in place of {}", folder.join(linked).display()))
        }
        ExchangeError::Nobody { there, .. } => {
            let who = if there.is_empty() { "nobody".to_owned() } else { there.join(", ") };
            failure().hint(format!("there is: {who}; who is missing exchanges once, and lies there then")).exit(Exit::NoMatch)
        }
        ExchangeError::OtherFingerprint { .. } => {
            let hint = "ask that person what `earmark identity` shows; if it is not this one, someone else laid the card there";
            failure().hint(hint).exit(Exit::Authentication)
        }
        ExchangeError::NoKey { .. } => failure().hint("forget that person with --forget, and ask for a card of this earmark"),
        ExchangeError::NotHandedOver { from: Some(from), .. } => {
            let day = from.to_zoned(TimeZone::system()).date();
            failure().hint(format!("try again on {day} or later")).exit(Exit::TryLater)
        }
        ExchangeError::NotHandedOver { .. } => failure().hint("`earmark protocol BATCH` shows the rule, absent_author"),
    }
}

fn tell(report: &Report, context: &Context) {
    let out = &context.out;
    let (come, go) = if report.dry_run { ("would come", "would go") } else { ("came", "went") };
    let new = report.new_events();
    let nothing = new == 0 && report.sent == 0 && report.erased.is_empty() && report.rubrics == 0;
    match nothing {
        true => out.say("Nothing new."),
        false => out.say(format!("{} {come}, {} {go}.", capital(&many(new, "event")), many(report.sent, "event"))),
    }
    let mut table = Table::new(&["from", "stream", "new", "waiting for a key"]);
    for came in report.came.iter().filter(|came| came.new > 0 || came.waiting > 0) {
        table.row([
            came.label.to_string(),
            came.writer.to_string()[..8].to_owned(),
            came.new.to_string(),
            came.waiting.to_string(),
        ]);
    }
    if report.came.iter().any(|came| came.new > 0 || came.waiting > 0) {
        out.table(&table);
    }
    if report.waiting() > 0 {
        let mut who: Vec<String> = report.came.iter().filter(|came| came.waiting > 0).map(|came| came.label.to_string()).collect();
        who.dedup();
        let who = who.join(", ");
        out.say(format!(
            "Work of {who} is here and cannot be opened yet: its keys come with their next exchange, for scorecards once both sides have \
             sealed what the batch's rules ask for; of who is not on the list of reviewers they are not used."
        ));
    }
    let ahead = |came: &Came| came.clock_ahead_s.map(|ahead| clock_is_ahead(came.label.as_str(), ahead));
    report.came.iter().filter_map(ahead).for_each(|line| out.say(line));
    report.came.iter().filter(|came| came.half).for_each(|came| out.say(half(came)));
    let unfinished = |file: &String| {
        out.say(format!("{file} is not there whole yet: exchange again when the folder is synchronised, or when its author has."));
    };
    report.half.iter().for_each(unfinished);
    report.no_files.iter().for_each(|name| out.say(format!("{name} is no file and was passed over: remove it.")));
    if report.rubrics > 0 {
        out.say(format!("{} came with them.", capital(&many(report.rubrics, "rubric"))));
    }
    if !report.erased.is_empty() {
        let done = if report.dry_run { "would be erased here" } else { "erased here" };
        out.say(format!("{} {done}, because others had erased them.", capital(&many(report.erased.len(), "candidate"))));
    }
    report.erasures.iter().filter(|receipt| !receipt.not_reached.is_empty()).for_each(|receipt| out.say(unreached(receipt)));
    report.troubles.iter().for_each(|one| out.problem(&trouble(one)));
    report.people.iter().filter_map(stranger).for_each(|one| out.problem(&one));
    let me = report.people.iter().find(|person| person.standing == Standing::Me);
    if report.people.len() == 1 {
        let print = me.map(|me| me.fingerprint.as_str()).unwrap_or_default();
        out.note(format!("You are alone in the folder so far. Your fingerprint, for the others: {print}"));
    }
}

fn half(came: &Came) -> String {
    format!("The stream of {} is not there whole yet; the rest is taken the next time.", came.label)
}

fn unreached(receipt: &ErasureReceipt) -> String {
    let one = |unreached: &Unreached| match unreached.last_seen {
        Some(seen) => {
            let seen = seen.to_zoned(TimeZone::system()).date();
            let since = if unreached.forgotten { ", forgotten since: ask that person to erase it" } else { "" };
            format!("{} (last seen {seen}{since})", unreached.label)
        }
        None => format!("{} (never seen)", unreached.label),
    };
    let who: Vec<String> = receipt.not_reached.iter().map(one).collect();
    format!("The erasure of candidate {} has not reached: {}.", &receipt.candidate.to_string()[..8], who.join(", "))
}

fn trouble(trouble: &Trouble) -> Problem {
    let number = trouble.number.map(|number| format!("event {number}"));
    let place: Vec<String> = trouble.author.iter().map(SafeText::to_string).chain(number).collect();
    Problem::damage(&trouble.file, &place.join(", "), &trouble.reason, &trouble.remedy)
}

fn stranger(person: &Person) -> Option<Problem> {
    let print = &person.fingerprint;
    let (reason, ask) = match person.standing {
        Standing::Me | Standing::Trusted => return None,
        Standing::Unknown => ("is in the folder and not known to you: nothing was taken or given", "ask for"),
        Standing::Changed => ("has other keys than those you compared: those in the folder are not used", "ask why, and for"),
    };
    let remedy = format!(
        "{ask} the fingerprint that `earmark identity` shows there, by another way than this folder, in which it is {print}; then run, with \
         what you were told: earmark exchange --trust {}",
        as_word(&format!("{}=FINGERPRINT", person.label))
    );
    Some(Problem::damage("people", person.label.as_str(), reason, &remedy))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

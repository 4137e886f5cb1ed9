//! `earmark handoff`: a shortlist as one sealed file; and the hand-offs that `earmark import` takes.

use std::path::{Path, PathBuf};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::Seat;
use super::words::many;
use super::{Context, room};
use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::config::identity::parcel::{Lock, Opener};
use crate::config::key::ask_on_terminal;
use crate::exchange::handoff::{self, HandedOff, HandoffError, LeftOut, Opened, Taken, Wish};
use crate::interview::SubmissionId;
use crate::library::Library;
use crate::text::SafeText;

/// How long a hand-off may be used where nothing is said.
const DAYS: i64 = 30;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// Everyone on the shortlist
    #[arg(long, conflicts_with = "candidates")]
    shortlist: bool,
    /// These candidates: pseudonyms, source's ids, or names that were revealed
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    candidates: Vec<String>,
    /// For whom: someone with whom you exchange journals, or a file that `earmark identity --export` wrote there
    #[arg(long, value_name = "PERSON", conflicts_with_all = ["passphrase", "passphrase_file"])]
    to: Option<String>,
    /// Under a passphrase, which is asked for; tell it by another way than the file
    #[arg(long)]
    passphrase: bool,
    /// Under the passphrase in this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The last day on which the receiver's earmark opens it, or `never`; 30 days where none is named
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// Whether names go along; as the batch's protocol says where it is left out
    #[arg(long, value_enum)]
    names: Option<NamesGo>,
    /// Sends back what you did on a shortlist that was handed to you
    #[arg(long, conflicts_with_all = ["shortlist", "candidates", "to", "passphrase", "passphrase_file", "expires", "names"])]
    reply: bool,
    /// Writes over a file that is there
    #[arg(long)]
    replace: bool,
}

/// Whether names go along.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum NamesGo {
    /// They do
    Open,
    /// They stay
    Hidden,
}

/// What `earmark import` is told about hand-offs.
#[derive(clap::Args, Debug)]
pub(super) struct TakeArgs {
    /// Opens a hand-off with the passphrase in this file; else EARMARK_PASSPHRASE_FILE names one, or it is asked for
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Who made a hand-off, once you have compared the fingerprint by another way than the file
    #[arg(long, value_name = "NAME=FINGERPRINT", value_parser = pair)]
    trust: Vec<(String, String)>,
}

const COULD_NOT: &str = "Could not hand over";

/// With `--json` `{"batch", "file", "bytes", "to", "fingerprint", "until", "names", "candidates", "scorecards", "left_out": {"unsealed",
/// "without": [submission], "erased", "not_here", "documents"}}`; with `--reply` `{"batch", "file", "bytes", "to", "acts", "decisions"}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_act(&args.batch, context).await?;
    let me = room::identity(&seat.library, context).await?;
    if args.reply {
        return reply(args, &seat, &me, context).await;
    }
    let submissions = whom(args, &seat)?;
    let until = until(args.expires.as_deref(), seat.library.now())?;
    let names = match args.names {
        Some(names) => names == NamesGo::Open,
        None => !seat.desk.rules.protocol.hide_names,
    };
    let person = match &args.to {
        Some(named) => Some(person(named, &seat.library).await?),
        None => None,
    };
    let passphrase = match person {
        Some(_) => Zeroizing::default(),
        None => new_passphrase(args)?,
    };
    let lock = person.as_ref().map_or(Lock::Passphrase(&passphrase), Lock::Person);
    let wish = Wish { batch: seat.desk.batch.id, submissions, lock, until, names, out: args.out.clone(), replace: args.replace };
    let done = handoff::hand_off(&seat.library, &me, &wish).await.map_err(|error| told(COULD_NOT, &error))?;
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": wish.batch,
            "file": args.out,
            "bytes": done.bytes,
            "to": person.as_ref().map(|person| &person.label),
            "fingerprint": person.as_ref().map(PublicIdentity::fingerprint),
            "until": until,
            "names": names,
            "candidates": done.submissions.len(),
            "scorecards": done.scorecards,
            "left_out": done.left_out,
        }));
    } else {
        tell(&done, person.as_ref(), until, names, args, &seat, context);
    }
    seat.leave().await;
    Ok(Exit::Done)
}

async fn reply(args: &Args, seat: &Seat, me: &Identity, context: &Context) -> Outcome {
    let batch = seat.desk.batch.id;
    let done = handoff::reply(&seat.library, me, batch, &args.out, args.replace).await;
    let done = done.map_err(|error| told("Could not reply", &error))?;
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": batch, "file": args.out, "bytes": done.bytes,
            "to": done.to.label, "acts": done.acts, "decisions": done.decisions,
        }));
    }
    let file = SafeText::line(&args.out.to_string_lossy());
    context.out.say(format!(
        "{file}: {} for {}, who takes it with: earmark import {file}",
        many(done.decisions, "decision"),
        done.to.label
    ));
    Ok(Exit::Done)
}

fn whom(args: &Args, seat: &Seat) -> Result<Vec<SubmissionId>, Failure> {
    if !args.candidates.is_empty() {
        return args.candidates.iter().map(|named| Ok(seat.candidate(named)?.id)).collect();
    }
    if !args.shortlist {
        return Err(Failure::usage("Could not tell whom to hand over").hint("say --shortlist, or name --candidates A,B"));
    }
    let listed: Vec<SubmissionId> =
        seat.desk.rows.iter().copied().filter(|id| seat.desk.sight.shortlist.contains_key(id)).collect();
    match listed.is_empty() {
        true => Err(Failure::new(format!("{COULD_NOT}: nobody is on the shortlist"))
            .hint("`earmark shortlist BATCH CANDIDATE…` puts people on it")
            .exit(Exit::NoMatch)),
        false => Ok(listed),
    }
}

/// The end of the day that is named, by this machine's calendar.
fn until(named: Option<&str>, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let wrong = || {
        let failure = Failure::usage("Could not tell until when");
        failure.hint("write a day that is still to come, such as 2027-01-31, or `never`")
    };
    let zone = TimeZone::system();
    let day = match named.map(str::trim) {
        Some("never") => return Ok(None),
        Some(day) => day.parse::<Date>().map_err(|_| wrong())?,
        None => (now + SignedDuration::from_hours(24 * DAYS)).to_zoned(zone.clone()).date(),
    };
    let end = day.to_datetime(Time::midnight()).to_zoned(zone).and_then(|start| start.tomorrow()).map_err(|_| wrong())?;
    match end.timestamp() > now {
        true => Ok(Some(end.timestamp())),
        false => Err(wrong()),
    }
}

/// Someone whose fingerprint was compared, or whose public identity lies in a file.
async fn person(named: &str, library: &Library) -> Result<PublicIdentity, Failure> {
    if let Ok(text) = std::fs::read_to_string(named) {
        let read = toml::from_str::<PublicIdentity>(&text).ok().or_else(|| serde_json::from_str(&text).ok());
        let public = read.filter(|public| public.verifying_key().is_some());
        let mut public = public.ok_or_else(|| {
            let what = format!("Could not take {} as a public identity", SafeText::line(named));
            Failure::usage(what).hint("it is what `earmark identity --export` prints there")
        })?;
        public.label = SafeText::name(public.label.raw());
        return Ok(public);
    }
    let known = library.colleagues().await.map_err(|error| room::told(COULD_NOT, &error))?;
    let known: Vec<PublicIdentity> = known.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
    let mut called = known.iter().filter(|one| one.label.raw().to_lowercase() == named.trim().to_lowercase());
    match (called.next(), called.next()) {
        (Some(one), None) => Ok(one.clone()),
        _ => {
            let there: Vec<&str> = known.iter().map(|one| one.label.as_str()).collect();
            let there =
                if there.is_empty() { "nobody is known yet".to_owned() } else { format!("known are: {}", there.join(", ")) };
            let what = format!("Could not tell who {} is", SafeText::line(named));
            let hint =
                format!("{there}; or name a file that `earmark identity --export` wrote at that person's, or use --passphrase");
            Err(Failure::new(what).hint(hint).exit(Exit::NoMatch))
        }
    }
}

fn new_passphrase(args: &Args) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = &args.passphrase_file {
        return passphrase_in(file);
    }
    if !args.passphrase {
        return Err(Failure::usage("Could not tell for whom").hint("say --to PERSON, or --passphrase"));
    }
    let nobody = |_| {
        let failure = Failure::new(format!("{COULD_NOT}: no terminal is there to ask for the passphrase on"));
        failure.hint("--passphrase-file FILE names a file that holds it").exit(Exit::Authentication)
    };
    let first = ask_on_terminal("A passphrase for it, at least 8 characters? ").map_err(nobody)?;
    if first.chars().count() < 8 {
        return Err(Failure::usage(format!("{COULD_NOT}: the passphrase is too short")).hint("a few words are best"));
    }
    match *ask_on_terminal("The same again? ").map_err(nobody)? == *first {
        true => Ok(first),
        false => Err(Failure::usage(format!("{COULD_NOT}: the two were not the same"))),
    }
}

fn passphrase_in(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new);
    let shown = SafeText::line(&file.to_string_lossy());
    let text = text.map_err(|error| Failure::usage(format!("Could not read {shown}")).because(&error))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::usage(format!("Could not take a passphrase from {shown}: it is empty"))),
        text => Ok(Zeroizing::new(text.to_owned())),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=FINGERPRINT")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn tell(
    done: &HandedOff,
    person: Option<&PublicIdentity>,
    until: Option<Timestamp>,
    names: bool,
    args: &Args,
    seat: &Seat,
    context: &Context,
) {
    let out = &context.out;
    let file = SafeText::line(&args.out.to_string_lossy());
    let whom =
        person.map_or_else(|| "under a passphrase".to_owned(), |person| format!("for {} ({})", person.label, person.fingerprint()));
    let what =
        format!("{} with {}", many(done.submissions.len(), "candidate"), many(done.scorecards as usize, "revealed scorecard"));
    out.say(format!("{file}: {what}, names {}, {whom}.", if names { "open" } else { "hidden" }));
    left_out_in_words(&done.left_out, |id| seat.desk.called(id).to_string()).iter().for_each(|line| out.say(line));
    match until {
        Some(until) => out.say(format!(
            "The receiver's earmark opens it until {} and not after. A file cannot enforce that: who opens it can keep what is in it.",
            last_day(until)
        )),
        None => out.say("It does not expire."),
    }
    out.say(format!("It is taken in with: earmark import {file}"));
}

/// What stayed, a line each.
fn left_out_in_words(left: &LeftOut, called: impl Fn(SubmissionId) -> String) -> Vec<String> {
    let mut lines = Vec::new();
    if left.unsealed > 0 {
        lines.push(format!("Left out because not sealed: {}.", many(left.unsealed as usize, "scorecard")));
    }
    if !left.without.is_empty() {
        const MOST: usize = 6;
        let mut who: Vec<String> = left.without.iter().take(MOST).map(|id| called(*id)).collect();
        who.extend(left.without.len().checked_sub(MOST + 1).map(|more| format!("{} more", more + 1)));
        lines.push(format!("Without any scorecard, because none is revealed yet: {}.", who.join(", ")));
    }
    for (count, what) in [(left.erased, "candidate"), (left.documents, "document"), (left.not_here, "file")] {
        let why = match what {
            "candidate" => "erased",
            "document" => "kept back by the protocol or by hidden names",
            _ => "not in this library any more",
        };
        if count > 0 {
            lines.push(format!("Left out because {why}: {}.", many(count as usize, what)));
        }
    }
    lines
}

fn last_day(until: Timestamp) -> Date {
    (until - SignedDuration::from_millis(1)).to_zoned(TimeZone::system()).date()
}

/// Takes one hand-off in, whole or not at all. With `--json` `{"batch", "title", "handoff": true, "reply", "from", "fingerprint", "known",
/// "until", "names", "candidates", "scorecards", "events", "erased", "left_out"}`.
pub(super) async fn take_in(path: &Path, args: &TakeArgs, library: &Library, context: &Context) -> Result<(Value, Exit), Failure> {
    let what = format!("Could not import {}", SafeText::line(&path.to_string_lossy()));
    let failed = |error: HandoffError| told(&what, &error);
    let me = room::identity(library, context).await?;
    let library = library.acting_as(me.reviewer());
    let passphrase = match handoff::is_under_passphrase(path).map_err(failed)? {
        true => Some(known_passphrase(args, &what)?),
        false => None,
    };
    let opener = passphrase.as_ref().map_or(Opener::Identity(&me), Opener::Passphrase);
    let opened = handoff::open(path, &opener).map_err(failed)?;
    let taken = handoff::take(&library, &me, &opened, &opener, &args.trust).await.map_err(failed)?;
    tracing::info!(batch = %taken.batch, events = taken.whole.taken.new, "took in a hand-off");
    if !context.out.wants_json() {
        tell_taken(&opened, &taken, context);
    }
    let result = json!({
        "batch": taken.batch,
        "title": opened.title(),
        "handoff": true,
        "reply": opened.is_reply(),
        "from": opened.from().label,
        "fingerprint": opened.from().fingerprint(),
        "known": taken.known,
        "until": opened.until(),
        "names": opened.names(),
        "candidates": opened.candidates(),
        "scorecards": opened.scorecards(),
        "events": taken.whole.taken.new,
        "erased": taken.erased,
        "left_out": opened.left_out(),
    });
    Ok((result, if taken.erased.is_empty() { Exit::Done } else { Exit::Partial }))
}

fn known_passphrase(args: &TakeArgs, what: &str) -> Result<Zeroizing<String>, Failure> {
    let named = args.passphrase_file.clone().or_else(|| std::env::var_os("EARMARK_PASSPHRASE_FILE").map(PathBuf::from));
    match named {
        Some(file) => passphrase_in(&file),
        None => ask_on_terminal("The passphrase that its sender told you? ").map_err(|_| {
            let failure = Failure::new(what).cause("it is under a passphrase, and no terminal is there to ask on");
            failure.hint("--passphrase-file FILE names a file that holds it").exit(Exit::Authentication)
        }),
    }
}

fn tell_taken(opened: &Opened, taken: &Taken, context: &Context) {
    let out = &context.out;
    let from = opened.from();
    let known = if taken.known { "" } else { ", whose fingerprint you have not compared" };
    out.say(format!("{}  (batch {})", opened.title(), taken.batch));
    out.say(format!("From {} ({}){known}.", from.label, from.fingerprint()));
    if opened.is_reply() {
        out.say(match taken.whole.taken.new {
            0 => "Nothing new.".to_owned(),
            new => format!("{} came back: decisions, shortlist, tags and remarks.", many(new, "act")),
        });
        return;
    }
    let what =
        format!("{} with {}", many(opened.candidates(), "candidate"), many(opened.scorecards() as usize, "revealed scorecard"));
    out.say(format!("{what}, names {}.", if opened.names() { "open" } else { "hidden" }));
    left_out_in_words(opened.left_out(), |id| opened.called(id)).iter().for_each(|line| out.say(line));
    if !taken.erased.is_empty() {
        out.say(format!("Erased here, and not taken: {}.", many(taken.erased.len(), "candidate")));
    }
    if let Some(until) = opened.until() {
        out.say(format!("It may be used until {}.", last_day(until)));
    }
    out.say(format!("`earmark review {}` opens it side by side.", &taken.batch.to_string()[..8]));
    out.say("What you decide goes back with: earmark handoff BATCH --reply --out FILE");
}

/// What went wrong, with its exit code.
fn told(what: &str, error: &HandoffError) -> Failure {
    let failure = Failure::new(what).cause(error.to_string());
    match error {
        HandoffError::Library(error) => room::told(what, error),
        HandoffError::Unread { .. } | HandoffError::Unwritten { .. } => failure,
        HandoffError::Exists { .. } => failure.hint("name another file, or say --replace").exit(Exit::Usage),
        HandoffError::NotOne => failure.exit(Exit::Usage),
        HandoffError::Newer { .. } => failure.hint("use the newer earmark; nothing was taken"),
        HandoffError::Truncated { .. } => {
            failure.hint("nothing was taken; copy or download it again, and ask its sender if that does not help")
        }
        HandoffError::Changed(_) => failure.hint("nothing was taken; ask its sender for the file again"),
        HandoffError::WrongKey { passphrase } => {
            let hint = match passphrase {
                true => "nothing was taken; ask its sender for the passphrase",
                false => {
                    "nothing was taken; ask its sender to make it for you: `earmark identity --export` prints what is needed for that"
                }
            };
            failure.hint(hint).exit(Exit::Authentication)
        }
        HandoffError::Expired { .. } => failure.hint("nothing was taken; ask its sender for a new one"),
        HandoffError::Stranger { name, fingerprint, changed } => {
            let ask = if *changed { "the keys behind this name have changed: ask why; " } else { "" };
            let hint = format!(
                "{ask}nothing was taken; if `earmark identity` shows {fingerprint} at {name}'s, say --trust \"{name}={fingerprint}\""
            );
            failure.hint(hint).exit(Exit::Authentication)
        }
        HandoffError::OtherFingerprint { .. } => {
            failure.hint("nothing was taken; ask that person what `earmark identity` shows").exit(Exit::Authentication)
        }
        HandoffError::NoKey { .. } => failure.hint("ask for what `earmark identity --export` prints there"),
        HandoffError::OnPanel { .. } => {
            failure.hint("who reviews sees others' scorecards by `earmark exchange`, once their own are sealed").exit(Exit::Usage)
        }
        HandoffError::Nobody { .. } | HandoffError::NoBatch { .. } | HandoffError::NotReceived { .. } => {
            failure.exit(Exit::NoMatch)
        }
        HandoffError::OwnBatch { .. } => {
            failure.hint("what is in it is here already; a library of its own takes it: --library DIR").exit(Exit::Usage)
        }
    }
}

//! `earmark handoff`: a shortlist as one sealed file; and the hand-offs that `earmark import` takes.

mod take;
mod tell;

use std::path::{Path, PathBuf};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use zeroize::Zeroizing;

use self::tell::{tell, told};
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::Seat;
use super::words::many;
use super::{Context, room};
use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::config::identity::parcel::Lock;
use crate::config::key::ask_on_terminal;
use crate::exchange::handoff::{self, Wish};
use crate::interview::SubmissionId;
use crate::library::Library;
use crate::text::SafeText;

pub(super) use self::take::{TakeArgs, take_in};

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

const COULD_NOT: &str = "Could not hand over";

/// With `--json` `{"batch", "file", "bytes", "to", "fingerprint", "until", "names", "candidates", "scorecards", "left_out": {"unsealed",
/// "without": [submission], "erased", "not_here", "documents", "naming", "quotes", "named"}}`; with `--reply` `{"batch", "file", "bytes", "to", "acts", "decisions"}`.
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

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
use super::words::{as_word, many};
use super::{Context, room};
use crate::app::Desk;
use crate::config::identity::PublicIdentity;
use crate::config::identity::parcel::Lock;
use crate::config::key::ask_on_terminal;
use crate::config::open_ordinary;
use crate::exchange::handoff::{self, Wish};
use crate::interview::{ReviewerId, Submission, SubmissionId};
use crate::library::Library;
use crate::protocol::{Names, Pseudonyms};
use crate::runtime::contents;
use crate::text::SafeText;

pub(super) use self::take::{TakeArgs, take_in};

/// How long a hand-off may be used where nothing is said.
const DAYS: i64 = 30;
/// Characters of a new passphrase at the least.
const LEAST: usize = 8;

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
    /// For whom: someone with whom you exchange journals or to whom you handed something before, or a file that `earmark identity --export` wrote there
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
    /// Whether names go along; as the batch's rule handoff_names says where it is left out, and open only where that says so
    #[arg(long, value_enum)]
    names: Option<NamesGo>,
    /// Sends back what you did on a shortlist that was handed to you: to who handed it to you last, or to another of them, --to PERSON
    #[arg(long, conflicts_with_all = ["shortlist", "candidates", "passphrase", "passphrase_file", "expires", "names"])]
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

/// With `--json` `{"batch", "file", "bytes", "to", "fingerprint", "until", "names", "candidates", "scorecards", "erased": [as shown],
/// "left_out": {"unsealed", "not_begun", "without": [submission], "erased", "not_here", "damaged", "absent": [{"submission", "question", "what", "damaged"}],
/// "documents", "naming", "quotes", "reasons"}}`; with `--reply` `{"batch", "file", "bytes", "to", "also_handed_by": who else could be told, "acts", "decisions", "sends": what is in
/// it, as `earmark import --json` tells it}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    if args.reply {
        return reply(args, context).await;
    }
    let seat = Seat::to_act(&args.batch, context).await?;
    seat.may_arrange(COULD_NOT)?;
    let me = room::identity(&seat.library, context).await?;
    let submissions = whom(args, &seat)?;
    let until = until(args.expires.as_deref(), seat.library.now())?;
    let names = names_go(args.names, &submissions, &seat)?;
    let person = match &args.to {
        Some(named) => Some(person(named, &seat.library, me.reviewer()).await?),
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
            "erased": done.erased.iter().map(|id| seat.desk.called(*id)).collect::<Vec<_>>(),
            "left_out": done.left_out,
        }));
    } else {
        tell(&done, person.as_ref(), until, names, args, &seat, context);
    }
    seat.leave().await;
    // What should be in it and is not was named.
    Ok(if done.left_out.not_here + done.left_out.damaged > 0 { Exit::Partial } else { Exit::Done })
}

/// What was decided goes back also after the last day: the batch is not opened for that.
async fn reply(args: &Args, context: &Context) -> Outcome {
    let library = room::there_to_write(context).await?;
    let batch = room::find_batch(&library, &args.batch).await?;
    let me = room::identity(&library, context).await?;
    let done = handoff::reply(&library, &me, batch, args.to.as_deref(), (args.out.as_path(), args.replace)).await;
    let mut done = done.map_err(|error| told("Could not reply", &error))?;
    // Also after the last day, when the batch is not opened.
    let whole = library.batch(batch).await.map_err(|error| room::told("Could not reply", &error))?;
    let names = Pseudonyms::of(&whole, false);
    // As that person's screens call them, where it can be opened; those whose day is over are not in it any more.
    let desk = contents::open_batch(&library, batch).await.ok().map(|contents| Desk::new(me.reviewer(), contents));
    let called = |id| {
        let seen = desk.as_ref().filter(|desk| desk.batch.submission(id).is_some()).map(|desk| desk.called(id).to_string());
        seen.unwrap_or_else(|| names.get(id, None).map_or_else(String::new, ToString::to_string))
    };
    done.back = tell::covered(done.back, desk.as_ref());
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": batch, "file": args.out, "bytes": done.bytes,
            "to": done.to.label, "also_handed_by": done.others, "acts": done.acts, "decisions": done.decisions, "sends": done.back,
        }));
    }
    let file = SafeText::line(&args.out.to_string_lossy());
    context.out.say(format!(
        "{file}: {} for {}, who takes it with: earmark import {}",
        many(done.back.decisions.len(), "decision"),
        done.to.label,
        as_word(file.as_str())
    ));
    if !done.others.is_empty() {
        let others: Vec<&str> = done.others.iter().map(SafeText::as_str).collect();
        context.out.say(format!("{} handed this to you too: --reply --to NAME writes a reply of their own.", others.join(", ")));
    }
    let lines = tell::back_in_words(&done.back, tell::Whose::Ones(done.to.label.as_str()), called);
    lines.iter().for_each(|line| context.out.say(line));
    library.close().await;
    Ok(Exit::Done)
}

/// Whether names go along: as the rule `handoff_names` says, and never those that the sender may not know.
fn names_go(wish: Option<NamesGo>, submissions: &[SubmissionId], seat: &Seat) -> Result<bool, Failure> {
    let names = Names::handed_on(&seat.desk.batch, &seat.desk.rules, &seat.desk.sight);
    let all_open = submissions.iter().all(|id| is_erased(seat, *id) || !names.is_hidden(*id));
    match wish {
        None => Ok(all_open),
        Some(NamesGo::Hidden) => Ok(false),
        Some(NamesGo::Open) if all_open => Ok(true),
        Some(NamesGo::Open) => {
            let failure = Failure::usage(format!("{COULD_NOT} with open names"));
            Err(match seat.desk.rules.protocol.handoff_names_open {
                false => failure.cause("the batch's rule handoff_names is hidden").hint(
                    "`earmark protocol BATCH --set handoff_names=open --reason TEXT` changes it, and is kept; without --names they stay hidden",
                ),
                true => failure
                    .cause("some of these names are hidden from you")
                    .hint("they show once your own batch is sealed; `earmark reveal` shows one, with a reason"),
            })
        }
    }
}

fn is_erased(seat: &Seat, id: SubmissionId) -> bool {
    let found = seat.desk.batch.submission(id);
    found.is_some_and(|submission| seat.desk.sight.erased.contains_key(&submission.candidate.id))
}

/// Who is asked for; of the shortlist also those who were erased since, who are left out and named.
fn whom(args: &Args, seat: &Seat) -> Result<Vec<SubmissionId>, Failure> {
    if !args.candidates.is_empty() {
        return args.candidates.iter().map(|named| Ok(seat.candidate(named)?.id)).collect();
    }
    if !args.shortlist {
        return Err(Failure::usage("Could not tell whom to hand over").hint("say --shortlist, or name --candidates A,B"));
    }
    let sight = &seat.desk.sight;
    let was_listed = |submission: &&Submission| {
        let gone = sight.erased.get(&submission.candidate.id);
        gone.is_some_and(|erasure| erasure.tombstone["shortlisted"] == true) && !sight.shortlist.contains_key(&submission.id)
    };
    let listed = seat.desk.rows.iter().copied().filter(|id| sight.shortlist.contains_key(id));
    let gone = seat.desk.batch.submissions.iter().filter(was_listed).map(|submission| submission.id);
    let listed: Vec<SubmissionId> = listed.chain(gone).collect();
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

/// Someone whose fingerprint was compared, to whom something was handed before, or whose public identity lies in a file.
async fn person(named: &str, library: &Library, me: ReviewerId) -> Result<PublicIdentity, Failure> {
    if let Ok(text) = open_ordinary(Path::new(named)).and_then(std::io::read_to_string) {
        let read = toml::from_str::<PublicIdentity>(&text).ok().or_else(|| serde_json::from_str(&text).ok());
        let public = read.filter(|public| public.verifying_key().is_some());
        let mut public = public.ok_or_else(|| {
            let what = format!("Could not take {} as a public identity", SafeText::line(named));
            Failure::usage(what).hint("it is what `earmark identity --export` prints there")
        })?;
        public.label = SafeText::name(public.label.raw());
        return Ok(public);
    }
    let is_file =
        |name: &str| name.contains(['/', '\\']) || [".toml", ".json"].iter().any(|ending| name.to_lowercase().ends_with(ending));
    if is_file(named) {
        let what = format!("Could not read {}", SafeText::line(named));
        let hint = "`earmark identity --export > noor.toml` at that person's writes such a file; a name does for whom you know";
        return Err(Failure::usage(what).cause("no such file can be read here").hint(hint));
    }
    let known = library.colleagues().await.map_err(|error| room::told(COULD_NOT, &error))?;
    let mut known: Vec<PublicIdentity> = known.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
    let before = handoff::receivers(library, me).await.map_err(|error| told(COULD_NOT, &error))?;
    let is_new = |one: &PublicIdentity| known.iter().all(|other| other.reviewer != one.reviewer);
    let before: Vec<PublicIdentity> = before.into_iter().filter(is_new).collect();
    known.extend(before);
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
    let too_short = || Failure::usage(format!("{COULD_NOT}: the passphrase is too short")).hint("a few words are best");
    if let Some(file) = &args.passphrase_file {
        let passphrase = passphrase_in(file)?;
        return if passphrase.chars().count() < LEAST { Err(too_short()) } else { Ok(passphrase) };
    }
    if !args.passphrase {
        return Err(Failure::usage("Could not tell for whom").hint("say --to PERSON, or --passphrase"));
    }
    let nobody = |_| {
        let failure = Failure::new(format!("{COULD_NOT}: no terminal is there to ask for the passphrase on"));
        failure.hint("--passphrase-file FILE names a file that holds it").exit(Exit::Authentication)
    };
    let first = ask_on_terminal("A passphrase for it, at least 8 characters? ").map_err(nobody)?;
    if first.chars().count() < LEAST {
        return Err(too_short());
    }
    match *ask_on_terminal("The same again? ").map_err(nobody)? == *first {
        true => Ok(first),
        false => Err(Failure::usage(format!("{COULD_NOT}: the two were not the same"))),
    }
}

fn passphrase_in(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = open_ordinary(file).and_then(std::io::read_to_string).map(Zeroizing::new);
    let shown = SafeText::line(&file.to_string_lossy());
    let text = text.map_err(|error| Failure::usage(format!("Could not read {shown}")).because(&error))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::usage(format!("Could not take a passphrase from {shown}: it is empty"))),
        text => Ok(Zeroizing::new(text.to_owned())),
    }
}

//! The hand-offs that `earmark import` takes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::tell::{self, Whose, back_in_words, left_out_in_words, told};
use crate::app::Desk;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::words::{clock_is_ahead, in_command, many};
use crate::cli::{Context, room};
use crate::config::identity::parcel::Opener;
use crate::config::key::ask_on_terminal;
use crate::exchange::handoff::{self, Back, HandoffError, Opened, Taken};
use crate::interview::{BatchId, CandidateId, SubmissionId};
use crate::library::{Library, last_day};
use crate::runtime::contents;
use crate::scorecard::Decided;
use crate::text::SafeText;

/// What `earmark import` is told about hand-offs.
#[derive(clap::Args, Debug)]
pub(in crate::cli) struct TakeArgs {
    /// Opens a hand-off with the passphrase in this file; else EARMARK_PASSPHRASE_FILE names one, or it is asked for
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Who made a hand-off, once you have compared the fingerprint by another way than the file
    #[arg(long, value_name = "NAME=FINGERPRINT", value_parser = pair)]
    trust: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=FINGERPRINT")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// What was taken in.
pub(in crate::cli) struct TakenIn {
    /// What `--json` says of it.
    pub(in crate::cli) told: Value,
    /// How it ended.
    pub(in crate::cli) exit: Exit,
    /// The batch that was handed over; none of a reply.
    pub(in crate::cli) handed: Option<BatchId>,
}

/// Takes one hand-off in, whole or not at all. With `--json` `{"batch", "title", "handoff": true, "reply", "from", "fingerprint", "known",
/// "until", "names", "candidates", "scorecards", "events", "erased", "left_out", "erased_now", "not_erased", "came_back": of a reply
/// {"decisions": [{"submission", "application", "decision"}], "remarks", "tagged", "untagged": others' that stay on here, "tags_off", "shortlisted", "unlisted", "taken_back", "undone": the decisions among them [{"submission", "application", "decision", "delivered": when, or null}],
/// "received", "unreadable", "erased", "unheard": who was erased here without that person having heard of it, "texts": how many came back}, "newer": on whom a newer one was taken in, "may_be_used": [{"submission", "until"}] as it counts here, "clock_ahead_s": how far its maker's clock is ahead of this one,
/// "differing": [{"submission", "application", "decisions": [{"by", "you", "decision"}] each one's last, of which the last stands}] of those that came back, "terms": [{"submission", "before", "until"}]}`.
pub(in crate::cli) async fn take_in(
    path: &Path,
    args: &TakeArgs,
    library: &Library,
    context: &Context,
) -> Result<TakenIn, Failure> {
    let what = format!("Could not import {}", SafeText::line(&path.to_string_lossy()));
    let failed = |error: HandoffError| told(&what, &error);
    let me = room::identity(library, context).await?;
    let library = library.acting_for(&me);
    let passphrase = match handoff::is_under_passphrase(path).map_err(failed)? {
        true => Some(known_passphrase(args, &what)?),
        false => None,
    };
    let opener = passphrase.as_ref().map_or(Opener::Identity(&me), Opener::Passphrase);
    let opened = handoff::open(path, &opener).map_err(failed)?;
    let mut taken = handoff::take(&library, &me, &opened, &opener, &args.trust).await.map_err(failed)?;
    tracing::info!(batch = %taken.batch, events = taken.whole.taken.new, "took in a hand-off");
    let opened_here = contents::open_batch(&library, taken.batch).await;
    let desk = opened_here.ok().map(|contents| Desk::new(me.reviewer(), contents));
    taken.back = taken.back.map(|back| tell::covered(back, desk.as_ref()));
    if !context.out.wants_json() {
        tell_taken(&opened, &taken, desk.as_ref(), context);
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
        "erased_now": taken.erased_now,
        "not_erased": taken.not_erased,
        "came_back": taken.back,
        "differing": taken.back.iter().flat_map(|back| desk.iter().flat_map(|desk| differing(desk, back))).collect::<Vec<_>>(),
        "newer": taken.newer,
        "may_be_used": taken.until.iter().map(|(id, until)| json!({ "submission": id, "until": until })).collect::<Vec<_>>(),
        "clock_ahead_s": taken.clock_ahead.map(|ahead| ahead.as_secs()),
        "terms": taken.terms.iter().map(|(id, before, now)| json!({ "submission": id, "before": before, "until": now })).collect::<Vec<_>>(),
    });
    let whole = taken.erased.is_empty() && taken.not_erased.is_empty();
    let handed = (!opened.is_reply()).then_some(taken.batch);
    Ok(TakenIn { told: result, exit: if whole { Exit::Done } else { Exit::Partial }, handed })
}

fn known_passphrase(args: &TakeArgs, what: &str) -> Result<Zeroizing<String>, Failure> {
    let named = args.passphrase_file.clone().or_else(|| std::env::var_os("EARMARK_PASSPHRASE_FILE").map(PathBuf::from));
    match named {
        Some(file) => super::passphrase_in(&file),
        None => ask_on_terminal("The passphrase that its sender told you? ").map_err(|_| {
            let failure = Failure::new(what).cause("it is under a passphrase, and no terminal is there to ask on");
            failure.hint("--passphrase-file FILE names a file that holds it").exit(Exit::Authentication)
        }),
    }
}

/// How those who are in an opened hand-off are called here.
struct Called<'a>(Option<&'a Desk>);

impl Called<'_> {
    fn submission(&self, id: SubmissionId) -> String {
        self.0.map_or_else(String::new, |desk| desk.called(id).to_string())
    }

    fn submissions<'a>(&self, ids: impl IntoIterator<Item = &'a SubmissionId>) -> String {
        ids.into_iter().map(|id| self.submission(*id)).collect::<Vec<_>>().join(", ")
    }

    fn candidates<'a>(&self, ids: impl IntoIterator<Item = &'a CandidateId>) -> String {
        let of = |id: &CandidateId| self.0.and_then(|desk| desk.batch.submissions.iter().find(|one| one.candidate.id == *id));
        let called = |id| of(id).map_or_else(|| id.to_string(), |one| self.submission(one.id));
        ids.into_iter().map(called).collect::<Vec<_>>().join(", ")
    }
}

fn tell_taken(opened: &Opened, taken: &Taken, desk: Option<&Desk>, context: &Context) {
    let out = &context.out;
    let from = opened.from();
    let known = match (taken.known, opened.is_reply()) {
        (true, _) => "",
        (false, true) => ", with the keys to which you handed it; that fingerprint you have not compared",
        (false, false) => ", whose fingerprint you have not compared",
    };
    out.say(format!("{}  (batch {})", opened.title(), taken.batch));
    out.say(format!("From {} ({}){known}.", from.label, from.fingerprint()));
    if let Some(ahead) = taken.clock_ahead {
        out.say(clock_is_ahead(from.label.as_str(), ahead.as_secs()));
    }
    let called = Called(desk);
    if opened.is_reply() {
        return replied_in_words(opened, taken, &called).iter().for_each(|line| out.say(line));
    }
    let mut lines = handed_in_words(opened, desk);
    lines.extend(stayed_in_words(opened, taken, &called));
    lines.extend(until_in_words(taken, &called));
    lines.push(format!("`earmark review {}` opens it side by side.", in_command(taken.batch)));
    lines.push(format!("What you decide goes back with: earmark handoff {} --reply --out FILE", in_command(taken.batch)));
    lines.iter().for_each(|line| out.say(line));
}

/// Until when those who are in it may be used: what their sender said last on each counts, also where an older file comes after it.
fn until_in_words(taken: &Taken, called: &Called<'_>) -> Vec<String> {
    let mut days: BTreeMap<Option<Timestamp>, Vec<SubmissionId>> = BTreeMap::new();
    taken.until.iter().for_each(|(id, until)| days.entry(*until).or_default().push(*id));
    let day = |until: &Option<Timestamp>| until.map_or("without an end".to_owned(), |at| format!("until {}", last_day(at)));
    match days.iter().collect::<Vec<_>>()[..] {
        [] | [(None, _)] => Vec::new(),
        [(until, _)] => vec![format!("It may be used {}.", day(until))],
        ref several => {
            several.iter().map(|(until, who)| format!("{} may be used {}.", called.submissions(*who), day(until))).collect()
        }
    }
}

/// On whom a reply decides.
fn decided(back: &Back) -> impl Iterator<Item = SubmissionId> {
    back.decisions.iter().map(|verdict| verdict.submission).collect::<BTreeSet<_>>().into_iter()
}

/// Where what a reply decides is not what others did, also oneself.
fn differing(desk: &Desk, back: &Back) -> Vec<Value> {
    let one = |by: &Decided| json!({ "by": desk.sight.label(by.by), "you": by.by == desk.me(), "decision": by.decision });
    let of = |id: SubmissionId| {
        let all = desk.sight.differing(id).into_iter();
        all.map(move |(application, all)| {
            json!({ "submission": id, "application": application, "decisions": all.into_iter().map(one).collect::<Vec<_>>() })
        })
    };
    decided(back).flat_map(of).collect()
}

/// What somebody to whom it was handed did.
fn replied_in_words(opened: &Opened, taken: &Taken, called: &Called<'_>) -> Vec<String> {
    let from = &opened.from().label;
    let mut lines = vec![match taken.whole.taken.new {
        0 => "Nothing new.".to_owned(),
        new => format!("{} came back:", many(new, "act")),
    }];
    let Some(back) = &taken.back else { return lines };
    lines.extend(back_in_words(back, Whose::From(from.as_str()), |id| called.submission(id)));
    lines.extend(
        called
            .0
            .iter()
            .flat_map(|desk| decided(back).filter_map(|id| desk.differing_in_words(id)))
            .map(|words| format!("Decided differently: {words}.")),
    );
    if !back.unheard.is_empty() {
        let were = if back.unheard.len() == 1 { "was" } else { "were" };
        lines.push(format!(
            "{from} had not heard yet that {} {were} erased here: {} came back, and nobody here can tell whether that name is in it.",
            called.submissions(&back.unheard),
            many(back.texts, "text")
        ));
        lines.push(format!(
            "Look through it with `earmark audit show`. {from} hears of it with your next hand-off, or by `earmark exchange`; the next reply covers the name, where it had gone along."
        ));
    }
    if !back.erased.is_empty() {
        let who = called.candidates(&back.erased);
        lines.push(format!("Erased at {from}'s, and kept here: {who}. Whether they go here too is yours to decide."));
        lines.push("`earmark subject erase CANDIDATE` removes them here.".to_owned());
    }
    lines
}

/// What was handed over, and what was not.
fn handed_in_words(opened: &Opened, desk: Option<&Desk>) -> Vec<String> {
    let cards = many(opened.scorecards() as usize, "revealed scorecard");
    let names = if opened.names() { "open" } else { "hidden" };
    let mut lines = vec![format!("{} with {cards}, names {names}.", many(opened.candidates(), "candidate"))];
    if opened.left_out().erased > 0 {
        let erased = opened.left_out().erased as usize;
        let were = if erased == 1 { "was" } else { "were" };
        lines.push(format!("{erased} of {} {were} erased before it was made, and left out.", erased + opened.candidates()));
    }
    let named = |id| {
        desk.filter(|desk| desk.batch.submission(id).is_some())
            .map_or_else(|| opened.called(id), |desk| desk.called(id).to_string())
    };
    lines.extend(left_out_in_words(opened.left_out(), named));
    lines
}

/// What of it was not taken as it came, and what it changed of what was here.
fn stayed_in_words(opened: &Opened, taken: &Taken, called: &Called<'_>) -> Vec<String> {
    let from = &opened.from().label;
    let mut lines = Vec::new();
    if !taken.erased.is_empty() {
        lines.push(format!("Erased here, and not taken: {}.", many(taken.erased.len(), "candidate")));
    }
    if !taken.erased_now.is_empty() {
        lines.push(format!("Erased at {from}'s since, and now here too: {}.", called.candidates(&taken.erased_now)));
    }
    if !taken.not_erased.is_empty() {
        let who = called.candidates(&taken.not_erased);
        lines.push(format!(
            "Erased at {from}'s since, and still here, as a hold forbids it, or they are here in something else as well: {who}."
        ));
        lines.push("`earmark subject erase CANDIDATE` removes them here.".to_owned());
    }
    if !taken.newer.is_empty() {
        let who = called.submissions(&taken.newer);
        lines.push(format!("Left as a newer file of {from}'s has it, which you took in before: {who}."));
    }
    let day = |until: Option<Timestamp>| until.map_or("without an end".to_owned(), |at| format!("until {}", last_day(at)));
    for (id, before, now) in &taken.terms {
        lines.push(format!("{} may be used {} now, and not {}.", called.submission(*id), day(*now), day(*before)));
    }
    lines
}

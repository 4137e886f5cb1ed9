//! The hand-offs that `earmark import` takes.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::tell::{Whose, back_in_words, left_out_in_words, told};
use crate::app::Desk;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::words::many;
use crate::cli::{Context, room};
use crate::config::identity::parcel::Opener;
use crate::config::key::ask_on_terminal;
use crate::exchange::handoff::{self, HandoffError, Opened, Taken};
use crate::interview::CandidateId;
use crate::library::{Library, last_day};
use crate::runtime::contents;
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

/// Takes one hand-off in, whole or not at all. With `--json` `{"batch", "title", "handoff": true, "reply", "from", "fingerprint", "known",
/// "until", "names", "candidates", "scorecards", "events", "erased", "left_out", "erased_now", "not_erased", "came_back": of a reply
/// {"decisions": [{"submission", "application", "decision"}], "remarks", "tagged", "untagged", "shortlisted", "unlisted", "taken_back",
/// "received", "unreadable", "erased", "unheard": who was erased here without that person having heard of it, "texts": how many came back}, "newer": on whom a newer one was taken in, "terms": [{"submission", "before", "until"}]}`.
pub(in crate::cli) async fn take_in(
    path: &Path,
    args: &TakeArgs,
    library: &Library,
    context: &Context,
) -> Result<(Value, Exit), Failure> {
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
    let opened_here = contents::open_batch(&library, taken.batch).await;
    let desk = opened_here.ok().map(|contents| Desk::new(me.reviewer(), contents));
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
        "newer": taken.newer,
        "terms": taken.terms.iter().map(|(id, before, now)| json!({ "submission": id, "before": before, "until": now })).collect::<Vec<_>>(),
    });
    let whole = taken.erased.is_empty() && taken.not_erased.is_empty();
    Ok((result, if whole { Exit::Done } else { Exit::Partial }))
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

fn tell_taken(opened: &Opened, taken: &Taken, desk: Option<&Desk>, context: &Context) {
    let out = &context.out;
    let who = |candidates: &[CandidateId]| {
        let of = |id: &CandidateId| desk.and_then(|desk| desk.batch.submissions.iter().find(|one| one.candidate.id == *id));
        let called =
            |id: &CandidateId| of(id).zip(desk).map_or_else(|| id.to_string(), |(one, desk)| desk.called(one.id).to_string());
        candidates.iter().map(called).collect::<Vec<_>>().join(", ")
    };
    let from = opened.from();
    let known = match (taken.known, opened.is_reply()) {
        (true, _) => "",
        (false, true) => ", with the keys to which you handed it; that fingerprint you have not compared",
        (false, false) => ", whose fingerprint you have not compared",
    };
    out.say(format!("{}  (batch {})", opened.title(), taken.batch));
    out.say(format!("From {} ({}){known}.", from.label, from.fingerprint()));
    if opened.is_reply() {
        out.say(match taken.whole.taken.new {
            0 => "Nothing new.".to_owned(),
            new => format!("{} came back:", many(new, "act")),
        });
        let called = |id| desk.map_or_else(String::new, |desk| desk.called(id).to_string());
        if let Some(back) = &taken.back {
            back_in_words(back, Whose::From(from.label.as_str()), called).iter().for_each(|line| out.say(line));
            if !back.unheard.is_empty() {
                let who: Vec<String> = back.unheard.iter().map(|id| called(*id)).collect();
                out.say(format!(
                    "{} had not heard yet that {} {} erased here: {} came back, and nobody here can tell whether that name is in it.",
                    from.label,
                    who.join(", "),
                    if who.len() == 1 { "was" } else { "were" },
                    many(back.texts, "text")
                ));
                out.say(format!(
                    "Look through it with `earmark audit show`. {} hears of it with your next hand-off, or by `earmark exchange`; the next reply covers the name, where it had gone along.",
                    from.label
                ));
            }
            let erased: Vec<CandidateId> = back.erased.iter().copied().collect();
            if !erased.is_empty() {
                out.say(format!(
                    "Erased at {}'s, and kept here: {}. Whether they go here too is yours to decide.",
                    from.label,
                    who(&erased)
                ));
                out.say("`earmark subject erase CANDIDATE` removes them here.");
            }
        }
        return;
    }
    let what =
        format!("{} with {}", many(opened.candidates(), "candidate"), many(opened.scorecards() as usize, "revealed scorecard"));
    out.say(format!("{what}, names {}.", if opened.names() { "open" } else { "hidden" }));
    if opened.left_out().erased > 0 {
        let erased = opened.left_out().erased as usize;
        let were = if erased == 1 { "was" } else { "were" };
        out.say(format!("{erased} of {} {were} erased before it was made, and left out.", erased + opened.candidates()));
    }
    let named = |id| {
        desk.filter(|desk| desk.batch.submission(id).is_some())
            .map_or_else(|| opened.called(id), |desk| desk.called(id).to_string())
    };
    left_out_in_words(opened.left_out(), named).iter().for_each(|line| out.say(line));
    if !taken.erased.is_empty() {
        out.say(format!("Erased here, and not taken: {}.", many(taken.erased.len(), "candidate")));
    }
    if !taken.erased_now.is_empty() {
        out.say(format!("Erased at {}'s since, and now here too: {}.", from.label, who(&taken.erased_now)));
    }
    if !taken.not_erased.is_empty() {
        let why = "a hold forbids it, or they are here in something else as well";
        out.say(format!("Erased at {}'s since, and still here, as {why}: {}.", from.label, who(&taken.not_erased)));
        out.say("`earmark subject erase CANDIDATE` removes them here.");
    }
    let called = |id| desk.map_or_else(String::new, |desk| desk.called(id).to_string());
    if !taken.newer.is_empty() {
        let who: Vec<String> = taken.newer.iter().map(|id| called(*id)).collect();
        out.say(format!("Left as a newer file of {}'s has it, which you took in before: {}.", from.label, who.join(", ")));
    }
    let day =
        |until: Option<jiff::Timestamp>| until.map_or_else(|| "without an end".to_owned(), |at| format!("until {}", last_day(at)));
    for (id, before, now) in &taken.terms {
        out.say(format!("{} may be used {} now, and not {}.", called(*id), day(*now), day(*before)));
    }
    if let Some(until) = opened.until() {
        out.say(format!("It may be used until {}.", last_day(until)));
    }
    out.say(format!("`earmark review {}` opens it side by side.", &taken.batch.to_string()[..8]));
    out.say("What you decide goes back with: earmark handoff BATCH --reply --out FILE");
}

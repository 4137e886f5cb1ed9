//! The hand-offs that `earmark import` takes.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::tell::{left_out_in_words, told};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::words::many;
use crate::cli::{Context, room};
use crate::config::identity::parcel::Opener;
use crate::config::key::ask_on_terminal;
use crate::exchange::handoff::{self, HandoffError, Opened, Taken};
use crate::library::{Library, last_day};
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
/// "until", "names", "candidates", "scorecards", "events", "erased", "left_out"}`.
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
        Some(file) => super::passphrase_in(&file),
        None => ask_on_terminal("The passphrase that its sender told you? ").map_err(|_| {
            let failure = Failure::new(what).cause("it is under a passphrase, and no terminal is there to ask on");
            failure.hint("--passphrase-file FILE names a file that holds it").exit(Exit::Authentication)
        }),
    }
}

fn tell_taken(opened: &Opened, taken: &Taken, context: &Context) {
    let out = &context.out;
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
            new => format!("{} came back: what was decided, remarked and looked at there.", many(new, "act")),
        });
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

//! What is said of a hand-off, and of one that is not made or not taken.

use jiff::Timestamp;

use super::Args;
use crate::app::{Desk, decision_in_words};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::room::{self, Seat};
use crate::cli::words::{as_word, many};
use crate::config::identity::PublicIdentity;
use crate::exchange::handoff::{Absent, Back, HandedOff, HandoffError, LeftOut, TakenBack, Verdict};
use crate::interview::SubmissionId;
use crate::library::{LibraryError, last_day};
use crate::text::SafeText;

/// What was handed over, to whom, and until when.
pub(super) fn tell(
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
    let called = |id: SubmissionId| seat.desk.called(id).to_string();
    if !done.erased.is_empty() {
        let who: Vec<String> = done.erased.iter().map(|id| called(*id)).collect();
        let were = if done.erased.len() == 1 { "was" } else { "were" };
        let of = done.erased.len() + done.submissions.len();
        out.say(format!("{} of {of} {were} erased since, and left out: {}.", done.erased.len(), who.join(", ")));
    }
    left_out_in_words(&done.left_out, called).iter().for_each(|line| out.say(line));
    match until {
        Some(until) => out.say(format!(
            "The receiver's earmark opens it until {} and not after. A file cannot enforce that: who opens it can keep what is in it.",
            last_day(until)
        )),
        None => out.say("It does not expire."),
    }
    out.say(format!("It is taken in with: earmark import {}", as_word(file.as_str())));
}

/// What stayed, a line each.
pub(super) fn left_out_in_words(left: &LeftOut, called: impl Fn(SubmissionId) -> String) -> Vec<String> {
    let mut lines = Vec::new();
    if left.unsealed > 0 {
        lines.push(format!("Left out because not sealed: {}.", many(left.unsealed as usize, "scorecard")));
    }
    if left.not_begun > 0 {
        lines.push(format!("Still to be given, and not begun: {}.", many(left.not_begun as usize, "scorecard")));
    }
    if !left.without.is_empty() {
        const MOST: usize = 6;
        let mut who: Vec<String> = left.without.iter().take(MOST).map(|id| called(*id)).collect();
        who.extend(left.without.len().checked_sub(MOST + 1).map(|more| format!("{} more", more + 1)));
        lines.push(format!("Without any scorecard, because none is revealed yet: {}.", who.join(", ")));
    }
    if left.naming > 0 {
        let texts = many(left.naming as usize, "text");
        lines.push(format!("Left out because a hidden name is in it: {texts} (notes, remarks, tags)."));
    }
    if left.quotes > 0 {
        let quotes = many(left.quotes as usize, "quote");
        lines.push(format!(
            "Left out because a hidden name is in it: {quotes}; the moment can be heard and says that the words are missing."
        ));
    }
    if left.reasons > 0 {
        let reasons = many(left.reasons as usize, "reason");
        lines.push(format!(
            "Left out because a hidden name is in it: the words of {reasons}; the ratings and decisions go along and say so."
        ));
    }
    if left.documents > 0 {
        lines.push(format!(
            "Left out because kept back by the protocol or by hidden names: {}.",
            many(left.documents as usize, "document")
        ));
    }
    lines.extend(absent_in_words(left, false, &called));
    lines.extend(absent_in_words(left, true, &called));
    lines
}

/// The files that did not go along, by whose they are; of hand-offs of before, how many.
fn absent_in_words(left: &LeftOut, damaged: bool, called: impl Fn(SubmissionId) -> String) -> Option<String> {
    const MOST: usize = 6;
    let why = if damaged { "damaged in its sender's library" } else { "not in its sender's library any more" };
    let mut which: Vec<String> = Vec::new();
    let of: Vec<&Absent> = left.absent.iter().filter(|one| one.damaged == damaged).collect();
    for one in of.iter().take(MOST) {
        let question = one.question.map_or_else(String::new, |number| format!(", question {number}"));
        which.push(format!("{}{question} ({})", called(one.submission), one.what));
    }
    which.extend(of.len().checked_sub(MOST + 1).map(|more| format!("{} more", more + 1)));
    let count = if damaged { left.damaged } else { left.not_here };
    let which = if which.is_empty() { String::new() } else { format!(": {}", which.join("; ")) };
    (count > 0).then(|| format!("Left out because {why}: {}{which}.", many(count as usize, "file")))
}

/// Whose acts are told.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    /// One's own, to whoever handed it over.
    Ones(&'a str),
    /// Those of the person to whom it was handed.
    From(&'a str),
}

/// What came back with its tags as they may be shown here. Where the batch cannot be opened nobody can tell whose name is in one.
pub(super) fn covered(back: Back, desk: Option<&Desk>) -> Back {
    let none = || SafeText::from("(covered)");
    back.covered(|of, tag| {
        desk.filter(|desk| desk.batch.submission(of).is_some()).map_or_else(none, |desk| desk.quoted_of(of, tag))
    })
}

/// What a reply says, a line each; and what of it leaves the sender's own as it is.
pub(super) fn back_in_words(back: &Back, whose: Whose<'_>, called: impl Fn(SubmissionId) -> String) -> Vec<String> {
    let listed = |all: &[SubmissionId]| all.iter().map(|id| called(*id)).collect::<Vec<_>>().join(", ");
    let tags = |all: &[(SubmissionId, SafeText)]| {
        all.iter().map(|(id, tag)| format!("{tag} ({})", called(*id))).collect::<Vec<_>>().join(", ")
    };
    let mut lines = Vec::new();
    if !back.decisions.is_empty() {
        let all: Vec<String> = back.decisions.iter().map(|one| verdict_in_words(one, &called)).collect();
        lines.push(format!("  {}: {}", many(all.len(), "decision"), all.join(", ")));
    }
    if !back.remarks.is_empty() {
        let mut whom = back.remarks.clone();
        whom.dedup();
        lines.push(format!("  {} on {}", many(back.remarks.len(), "remark"), listed(&whom)));
    }
    if !back.tagged.is_empty() {
        lines.push(format!("  {} put on: {}", many(back.tagged.len(), "tag"), tags(&back.tagged)));
    }
    if !back.tags_off.is_empty() {
        lines.push(format!("  {} taken off again: {}", many(back.tags_off.len(), "tag"), tags(&back.tags_off)));
    }
    lines.extend(taken_back_in_words(back, whose, &called));
    if back.unreadable > 0 {
        lines.push(format!("  {} on people who were erased here: nothing of it can be read", many(back.unreadable, "act")));
    }
    if back.received > 0 {
        lines.push("  that it was taken in there".to_owned());
    }
    let own = [("without", &back.unlisted), ("also with", &back.shortlisted)];
    let own: Vec<String> =
        own.iter().filter(|(_, all)| !all.is_empty()).map(|(word, all)| format!("{word} {}", listed(all))).collect();
    if !own.is_empty() {
        lines.push(match whose {
            Whose::Ones(to) => format!("Your own shortlist is {}; {to}'s stays as it is.", own.join(", ")),
            Whose::From(from) => format!("{from}'s own shortlist is {}; yours stays as it is.", own.join(", ")),
        });
    }
    if !back.untagged.is_empty() {
        let tags = tags(&back.untagged);
        lines.push(match whose {
            Whose::Ones(to) => format!("You took tags off that stay on at {to}'s: {tags}."),
            Whose::From(from) => format!("{from} took tags off there that stay on here: {tags}."),
        });
    }
    lines
}

fn verdict_in_words(one: &Verdict, called: impl Fn(SubmissionId) -> String) -> String {
    let of = one.application.as_ref().map_or_else(String::new, |id| format!(" for {id}"));
    format!("{}{of}: {}", called(one.submission), decision_in_words(one.decision))
}

/// What is taken back: decisions by name, and whether they had gone out already; of everything else how much.
fn taken_back_in_words(back: &Back, whose: Whose<'_>, called: impl Fn(SubmissionId) -> String) -> Vec<String> {
    let came = if matches!(whose, Whose::From(_)) { " that had come before" } else { "" };
    let mut lines = Vec::new();
    if !back.undone.is_empty() {
        let each = |one: &TakenBack| {
            let gone = one.delivered.map(|at| format!(" (delivered on {})", at.strftime("%Y-%m-%d %H:%M UTC")));
            format!("{}{}", verdict_in_words(&one.was, &called), gone.unwrap_or_default())
        };
        let all: Vec<String> = back.undone.iter().map(each).collect();
        lines.push(format!("  {}{came} taken back: {}", many(all.len(), "decision"), all.join(", ")));
    }
    if back.undone.iter().any(|one| one.delivered.is_some()) {
        lines.push("  what was delivered is still there: `earmark deliver plan` says what becomes of it".to_owned());
    }
    if let other @ 1.. = back.taken_back.saturating_sub(back.undone.len()) {
        let other = many(other, if back.undone.is_empty() { "act" } else { "other act" });
        lines.push(format!("  {other}{came} taken back"));
    }
    lines
}

/// What went wrong, with its exit code.
pub(super) fn told(what: &str, error: &HandoffError) -> Failure {
    let failure = Failure::new(what).cause(error.to_string());
    match error {
        HandoffError::Library(error @ (LibraryError::Forked { .. } | LibraryError::Doubled { .. })) => room::told(what, error).hint(
            "nothing was taken; its author works in two copies of one library: once `earmark exchange` has run in both, with one folder, \
             their next file is taken, and so is what they exchange",
        ),
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
        HandoffError::TooMuch { .. } => failure.hint("nothing was taken; ask its sender to hand over fewer candidates at once"),
        HandoffError::Expired { .. } => failure.hint("nothing was taken; ask its sender for a new one"),
        HandoffError::Stranger { name, fingerprint, changed } => {
            let ask = if *changed { "the keys behind this name have changed: ask why; " } else { "" };
            let trust = format!("{name}={fingerprint}");
            let trust = as_word(&trust);
            let hint = format!("{ask}nothing was taken; if `earmark identity` shows {fingerprint} at {name}'s, say --trust {trust}");
            failure.hint(hint).exit(Exit::Authentication)
        }
        HandoffError::OtherFingerprint { .. } => {
            failure.hint("nothing was taken; ask that person what `earmark identity` shows").exit(Exit::Authentication)
        }
        HandoffError::OtherName { name, fingerprint, .. } => {
            let trust = format!("{name}={fingerprint}");
            let hint = format!("nothing was taken; if they are one person, say --trust {}", as_word(&trust));
            failure.hint(hint).exit(Exit::Authentication)
        }
        HandoffError::NoKey { .. } => failure.hint("ask for what `earmark identity --export` prints there"),
        HandoffError::OnPanel { .. } => {
            failure.hint("who reviews sees others' scorecards by `earmark exchange`, once their own are sealed").exit(Exit::Usage)
        }
        HandoffError::Nobody { .. } | HandoffError::NoBatch { .. } | HandoffError::NotReceived { .. } => {
            failure.exit(Exit::NoMatch)
        }
        HandoffError::NotSender { known, .. } => {
            let hint = format!("it was handed to you by {known}: --to takes one of these names or fingerprints");
            failure.hint(hint).exit(Exit::NoMatch)
        }
        HandoffError::OwnBatch { .. } => {
            failure.hint("what is in it is here already; a library of its own takes it: --library DIR").exit(Exit::Usage)
        }
    }
}

//! `earmark decide`, `earmark tag` and `earmark shortlist`: what becomes of submissions, one or many at once.

use serde_json::json;

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::many::{self, Whom};
use super::overall::say_more_handed;
use super::room::Seat;
use crate::app::{Deed, Verdict, decision_in_words};
use crate::interview::{Submission, SubmissionId};
use crate::journal::{Act, Decision};
use crate::protocol::decisions::{self, Because, FAST};
use crate::scorecard::Commented;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidates: pseudonyms, source's ids, or names once they were revealed; then what becomes of them: advance, hold or
    /// decline
    #[arg(value_name = "CANDIDATE… DECISION")]
    what: Vec<String>,
    /// They go on to the next step
    #[arg(long, conflicts_with_all = ["hold", "decline"])]
    advance: bool,
    /// They wait for the others
    #[arg(long, conflicts_with = "decline")]
    hold: bool,
    /// They do not go on
    #[arg(long)]
    decline: bool,
    /// Which reason of the short list; a word that is in none says what there is
    #[arg(long, value_name = "WORD")]
    because: Option<String>,
    /// Why, in your own words, or a note to --because; it is kept and exported, with each of them
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Decides before everyone was heard, for this reason: a word of the short list, with ": NOTE" behind it or without, or your
    /// own words; it is kept and exported
    #[arg(long = "override", value_name = "WORD|TEXT")]
    overrides: Option<String>,
    /// Only this one of the submission's applications in the ATS
    #[arg(long, value_name = "ID", conflicts_with = "filters")]
    application: Option<String>,
    #[command(flatten)]
    whom: Whom,
}

#[derive(clap::Args, Debug)]
pub(super) struct TagArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidates: pseudonyms, source's ids, or names once they were revealed; the tag comes last
    #[arg(value_name = "CANDIDATE… TAG", required = true)]
    what: Vec<String>,
    /// Takes it off
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    whom: Whom,
}

#[derive(clap::Args, Debug)]
pub(super) struct ShortlistArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidates: pseudonyms, source's ids, or names once they were revealed; without any, the shortlist is shown
    #[arg(value_name = "CANDIDATE")]
    candidates: Vec<String>,
    /// Takes them off it
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    whom: Whom,
}

#[derive(clap::Args, Debug)]
pub(super) struct CommentArgs {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: a pseudonym, a source's id, or a name once it was revealed
    candidate: String,
    /// What you say of it; without it, what was said is shown
    text: Option<String>,
}

/// With `--json` `{"batch", "candidate", "shown", "comments": [{"by", "at", "text"}]}`.
pub(super) async fn comment(args: &CommentArgs, context: &Context) -> Outcome {
    let mut seat = match args.text {
        Some(_) => Seat::to_act(&args.batch, context).await?,
        None => Seat::to_look(&args.batch, context).await?,
    };
    let (id, candidate) = {
        let submission = seat.candidate(&args.candidate)?;
        (submission.id, submission.candidate.id)
    };
    if let Some(text) = &args.text {
        let text = SafeText::block(text.trim());
        if text.is_empty() {
            return Err(Failure::usage("Could not remark nothing"));
        }
        seat.act(vec![(Some(candidate), Act::Commented { submission: id, text })]).await?;
    }
    let (shown, source) = seat.name(id);
    let of = seat.desk.sight.comments.iter().filter(|comment| comment.submission == id);
    let covered = |comment: &Commented| Commented { text: seat.desk.quoted_of(id, &comment.text), ..comment.clone() };
    let all: Vec<_> = of.map(|comment| (seat.desk.sight.label(comment.by), covered(comment))).collect();
    if context.out.wants_json() {
        let comments: Vec<_> =
            all.iter().map(|(by, comment)| json!({ "by": by, "at": comment.at, "text": comment.text })).collect();
        context.out.json(&json!({ "batch": seat.desk.batch.id, "candidate": source, "shown": shown, "comments": comments }));
    }
    if all.is_empty() {
        context.out.say(format!("{shown}: nobody has remarked anything."));
    }
    all.iter().for_each(|(by, comment)| context.out.say(format!("{shown}: {} ({by})", comment.text)));
    seat.leave().await;
    Ok(Exit::Done)
}

/// For one candidate with `--json` `{"batch", "candidate", "shown", "application", "decision", "because": a word of the short list or
/// null, "reason", "overridden": whether the gate was closed, "against_ranking": null or `{"how", …, "words"}`,
/// "others_against": [whose earlier decision goes against the ranking only since],
/// "differing": null, or who decided otherwise on the same, in words}`; for many as
/// [`many::carry_out`] says. Who is decided on already is left out of many.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let (decision, named) = args.decision()?;
    let verdict = args.verdict(decision)?;
    let mut seat = Seat::to_act(&args.batch, context).await?;
    if !args.whom.is_one(named) {
        let who = args.whom.some(named, "Could not decide", &seat)?;
        if args.application.is_some() {
            return Err(Failure::usage("Could not decide: --application is one candidate's"));
        }
        return many::carry_out(seat, &Deed::Decide(verdict), &who, args.whom.dry_run, context).await;
    }
    let submission = seat.candidate(&named[0])?.clone();
    let application = application(args, &submission, &seat)?;
    let open = gate(&seat, submission.id, verdict.overrides.is_some())?;
    let act = seat.desk.decide_act(submission.id, application.clone(), verdict.clone());
    let before = seat.desk.against_ranking().clone();
    seat.act(vec![act]).await?;
    let against = many::now_against(&seat, &[submission.id], &before);
    let (shown, source) = seat.name(submission.id);
    if context.out.wants_json() {
        context.out.json(&json!({
            "batch": seat.desk.batch.id,
            "candidate": source,
            "shown": shown,
            "application": application,
            "decision": decision,
            "because": verdict.because,
            "reason": verdict.reason,
            "overridden": !open,
            "against_ranking": many::against(&seat, submission.id),
            "differing": seat.desk.differing_in_words(submission.id),
            "others_against": against.iter().filter(|id| **id != submission.id).filter_map(|id| many::against_of(&seat, *id)).collect::<Vec<_>>(),
        }));
    }
    let word = decision_in_words(decision);
    let of = application.map_or_else(String::new, |id| format!(", application {id}"));
    context.out.say(format!("{shown}{of}: {word}{}", if open { "" } else { ", before everyone was heard" }));
    say_differing(&seat, &[submission.id], context);
    many::say_against(&seat, &against, context);
    seat.leave().await;
    Ok(Exit::Done)
}

/// Says where what was decided now goes against what somebody else decided on the same.
pub(super) fn say_differing(seat: &Seat, decided: &[SubmissionId], context: &Context) {
    let differing = decided.iter().filter_map(|id| seat.desk.differing_in_words(*id));
    differing.for_each(|words| context.out.say(format!("Decided differently: {words}.")));
}

impl Args {
    /// What becomes of them, and who they are: the decision is a flag, or the last word.
    fn decision(&self) -> Result<(Decision, &[String]), Failure> {
        let flag = [(self.advance, Decision::Advance), (self.hold, Decision::Hold), (self.decline, Decision::Decline)];
        if let Some((_, decision)) = flag.into_iter().find(|(said, _)| *said) {
            return Ok((decision, &self.what));
        }
        let last = self.what.split_last().and_then(|(word, named)| {
            let all = [Decision::Advance, Decision::Hold, Decision::Decline];
            Some((all.into_iter().find(|decision| decision_in_words(*decision) == word.trim())?, named))
        });
        last.ok_or_else(|| {
            Failure::usage("Could not tell what becomes of them").hint("end with advance, hold or decline, or say --decline")
        })
    }

    /// What is decided and why: a reason of the short list with a note or without, or one's own words.
    fn verdict(&self, decision: Decision) -> Result<Verdict, Failure> {
        let said = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let list = decisions::reasons(decision);
        let refused = |what: String| {
            let all: Vec<String> = list.iter().map(|one| format!("{} ({})", one.code, one.words)).collect();
            Failure::usage(what).hint(format!("say --because with one of {}; or --reason with your own words", all.join(", ")))
        };
        let word = decision_in_words(decision);
        let listed = |code: &String| {
            let unknown = || refused(format!("Could not find the reason \"{}\" for {word}", SafeText::line(code)));
            decisions::find(list, code.trim()).ok_or_else(unknown)
        };
        let because = self.because.as_ref().map(listed).transpose()?;
        let reason = match (because, said(&self.reason)) {
            (Some(because), note) => because.with(&note.unwrap_or_default()),
            (None, Some(reason)) => SafeText::block(&reason),
            (None, None) => return Err(refused(format!("Could not {word} without a reason"))),
        };
        let fast = |text: String| {
            let (code, note) = text.split_once(':').unwrap_or((&text, ""));
            decisions::find(&FAST, code.trim()).map_or_else(|| SafeText::block(&text), |because| because.with(note))
        };
        Ok(Verdict { decision, because: because.map(Because::slug), reason, overrides: said(&self.overrides).map(fast) })
    }
}

/// Whether a submission can be decided on; where its gate is closed that needs an override.
fn gate(seat: &Seat, submission: SubmissionId, overridden: bool) -> Result<bool, Failure> {
    match seat.desk.may_decide(submission) {
        false if !overridden => Err(many::not_yet(seat)),
        open => Ok(open),
    }
}

fn application(args: &Args, submission: &Submission, seat: &Seat) -> Result<Option<SafeText>, Failure> {
    let Some(wanted) = &args.application else { return Ok(None) };
    let all = seat.desk.applications(submission.id);
    match all.iter().find(|id| id.raw() == wanted) {
        Some(id) => Ok(Some((*id).clone())),
        None => {
            let there: Vec<&str> = all.iter().map(|id| id.as_str()).collect();
            let failure = Failure::new(format!("Could not find the application \"{wanted}\" of this submission"));
            Err(failure.hint(format!("there are: {}", there.join(", "))).exit(Exit::NoMatch))
        }
    }
}

/// For one candidate with `--json` `{"batch", "candidate", "shown", "tags": [tag]}`; for many as [`many::carry_out`] says.
pub(super) async fn tag(args: &TagArgs, context: &Context) -> Outcome {
    let (tag, named) = args.what.split_last().expect("the command line asks for the tag");
    let tag = SafeText::line(tag.trim());
    if tag.is_empty() {
        return Err(Failure::usage("Could not tag with nothing"));
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    if !args.whom.is_one(named) {
        let who = args.whom.some(named, "Could not tag", &seat)?;
        return many::carry_out(seat, &Deed::Tag { tag, on: !args.remove }, &who, args.whom.dry_run, context).await;
    }
    let submission = seat.candidate(&named[0])?.clone();
    if let Some(act) = seat.desk.tag_act(submission.id, &tag, !args.remove) {
        seat.act(vec![act]).await?;
    }
    let (shown, source) = seat.name(submission.id);
    let tags = seat.desk.tags_shown(submission.id);
    if context.out.wants_json() {
        context.out.json(&json!({ "batch": seat.desk.batch.id, "candidate": source, "shown": shown, "tags": tags }));
    }
    let words: Vec<&str> = tags.iter().map(SafeText::as_str).collect();
    context.out.say(format!("{shown}: {}", if words.is_empty() { "no tags".to_owned() } else { words.join(", ") }));
    seat.leave().await;
    Ok(Exit::Done)
}

/// Shows the shortlist, with `--json` `{"batch", "shortlist": [{"candidate", "shown"}]}`; or puts candidates on it, as
/// [`many::carry_out`] says.
pub(super) async fn shortlist(args: &ShortlistArgs, context: &Context) -> Outcome {
    if args.candidates.is_empty() && args.whom.filters.is_empty() {
        let seat = Seat::to_look(&args.batch, context).await?;
        let listed = seat.desk.rows.iter().filter(|id| seat.desk.sight.shortlist.contains_key(id));
        let listed: Vec<SubmissionId> = listed.copied().collect();
        if context.out.wants_json() {
            let all: Vec<_> = listed.iter().map(|id| many::named(&seat, *id)).collect();
            context.out.json(&json!({ "batch": seat.desk.batch.id, "shortlist": all }));
        }
        match listed.is_empty() {
            true => context.out.say("Nobody is on the shortlist."),
            false => listed.iter().for_each(|id| context.out.say(seat.desk.called(*id))),
        }
        say_more_handed(&seat.desk, context);
        return Ok(Exit::Done);
    }
    let seat = Seat::to_act(&args.batch, context).await?;
    let who = args.whom.some(&args.candidates, "Could not change the shortlist", &seat)?;
    many::carry_out(seat, &Deed::Shortlist { on: !args.remove }, &who, args.whom.dry_run, context).await
}

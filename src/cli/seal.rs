//! `earmark seal` and `earmark reopen`: locking one's own ratings, and opening them again with a reason.

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::{self, Seat};
use super::words::in_command;
use crate::app::{ComesNext, Desk, SealCheck};
use crate::journal::Scope;
use crate::protocol::Others;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title, its id, or the beginning of its id
    batch: String,
    #[command(flatten)]
    what: What,
    /// Seals also what was heard less than the protocol asks; the answers are named in the seal
    #[arg(long)]
    acknowledge_unheard: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct ReopenArgs {
    /// The batch: its title, its id, or the beginning of its id
    batch: String,
    #[command(flatten)]
    what: What,
    /// Why; it is kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// As many causes as are read at once.
const MOST: usize = 20;

/// What is meant.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct What {
    /// Your ratings of this question, all candidates: its id or number
    #[arg(long, value_name = "QUESTION")]
    question: Option<String>,
    /// Your scorecard of this candidate, where the protocol seals by candidate
    #[arg(long, value_name = "CANDIDATE")]
    candidate: Option<String>,
    /// All of it
    #[arg(long)]
    all: bool,
}

/// Seals all that was asked for, or nothing. With `--json` `{"sealed": [scope], "missing": [text], "unheard": [text],
/// "others_show": whether others' scorecards show now, "next": {"others", "differ"} or null}`, a scope being `{"question": id}` or
/// `{"candidate": source's id}`; `next` is there once all of one's own is sealed: how many others' scorecards show, and how many values
/// there are to talk about. What is missing ends with 1.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = Seat::to_act(&args.batch, context).await?;
    seat.may_judge()?;
    seat.rubric()?;
    let scopes = args.what.scopes(&seat, room::open_scopes, "sealed")?;
    let open: Vec<Scope> = scopes.into_iter().filter(|scope| !seat.desk.scope_is_sealed(scope)).collect();
    let checks: Vec<SealCheck> = open.iter().map(|scope| seat.desk.seal_check(scope)).collect();
    let missing: Vec<SafeText> = checks.iter().flat_map(SealCheck::blocked_lines).collect();
    let unheard: Vec<SafeText> = checks.iter().flat_map(SealCheck::unheard_lines).collect();
    if !missing.is_empty() || !(unheard.is_empty() || args.acknowledge_unheard) {
        return Err(refused(&seat, &missing, &unheard, context));
    }
    let seals = open.iter().zip(&checks).map(|(scope, check)| seat.desk.seal_act(scope, check.unheard_answers())).collect();
    let before = seat.desk.sight.others();
    seat.act(seals).await?;
    if let Some(shown) = seat.desk.reveal_act(before) {
        seat.act(vec![(None, shown)]).await?;
    }
    let others_show = seat.desk.sight.others() == Others::Shown;
    tell(&seat, &open, others_show, context);
    seat.leave().await;
    Ok(Exit::Done)
}

/// With `--json` `{"reopened": [scope]}`.
pub(super) async fn reopen(args: &ReopenArgs, context: &Context) -> Outcome {
    let reason = SafeText::block(args.reason.trim());
    if reason.is_empty() {
        return Err(Failure::usage("Could not open it again without a reason").hint("say it with --reason"));
    }
    let mut seat = Seat::to_act(&args.batch, context).await?;
    seat.may_judge()?;
    let sealed = |desk: &Desk| desk.mine().sealed.keys().cloned().collect();
    let mut scopes = args.what.scopes(&seat, sealed, "opened again")?;
    scopes.retain(|scope| seat.desk.mine().sealed.contains_key(scope));
    if scopes.is_empty() {
        return Err(Failure::new("Could not open it again: it is not sealed").exit(Exit::NoMatch));
    }
    let acts = scopes.iter().map(|scope| seat.desk.reopen_act(scope, reason.clone())).collect();
    seat.act(acts).await?;
    if context.out.wants_json() {
        context.out.json(&json!({ "reopened": scopes.iter().map(|scope| as_json(&seat.desk, scope)).collect::<Vec<_>>() }));
    }
    scopes.iter().for_each(|scope| context.out.say(format!("Opened again: {}.", seat.desk.scope_in_words(scope))));
    seat.leave().await;
    Ok(Exit::Done)
}

impl What {
    /// The seals that are meant; `all` says what "all of it" is.
    fn scopes(&self, seat: &Seat, all: impl Fn(&Desk) -> Vec<Scope>, what: &str) -> Result<Vec<Scope>, Failure> {
        if self.all {
            return Ok(all(&seat.desk));
        }
        let wanted = match (&self.question, &self.candidate) {
            (Some(question), _) => Scope::Question(seat.question(question)?.1.id.clone()),
            (None, Some(candidate)) => Scope::Submission(seat.candidate(candidate)?.id),
            (None, None) => unreachable!("the command line asks for one of them"),
        };
        let usual = seat.desk.plan.steps.iter().find_map(|step| seat.desk.scope_of(step.answer));
        match (&wanted, usual) {
            (Scope::Question(_), Some(Scope::Submission(_))) => Err(wrong_scope(what, "candidate by candidate", "--candidate")),
            (Scope::Submission(_), Some(Scope::Question(_))) => Err(wrong_scope(what, "question by question", "--question")),
            _ => Ok(vec![wanted]),
        }
    }
}

fn wrong_scope(what: &str, how: &str, flag: &str) -> Failure {
    Failure::usage(format!("Could not tell what is to be {what}: this batch is sealed {how}")).hint(format!("use {flag}, or --all"))
}

fn refused(seat: &Seat, missing: &[SafeText], unheard: &[SafeText], context: &Context) -> Failure {
    if context.out.wants_json() {
        let others_show = seat.desk.sight.others() == Others::Shown;
        context.out.json(&json!({
            "sealed": [], "missing": missing, "unheard": unheard, "others_show": others_show, "next": null,
        }));
    }
    let hint = match missing.is_empty() {
        true => "hear them, or seal all the same with --acknowledge-unheard: the seal names them",
        false => "rate what is missing (`earmark rate`, `earmark review`), then seal",
    };
    let failure = Failure::new("Could not seal: something is missing, and nothing was sealed").hint(hint);
    let all: Vec<&SafeText> = missing.iter().chain(unheard).collect();
    let failure = all.iter().take(MOST).fold(failure, |failure, line| failure.cause(line.as_str()));
    if all.len() > MOST { failure.cause(format!("and {} more; --json names all", all.len() - MOST)) } else { failure }
}

fn tell(seat: &Seat, sealed: &[Scope], others_show: bool, context: &Context) {
    let next = others_show.then(|| seat.desk.comes_next());
    if context.out.wants_json() {
        let scopes: Vec<Value> = sealed.iter().map(|scope| as_json(&seat.desk, scope)).collect();
        let next = next.map(|next| json!({ "others": next.others, "differ": next.differ }));
        context.out.json(&json!({
            "sealed": scopes, "missing": [], "unheard": [], "others_show": others_show, "next": next,
        }));
        return;
    }
    if sealed.is_empty() {
        context.out.say(match seat.desk.plan.steps.is_empty() {
            true => "There is nothing to seal: no answer that is yours to review is here.",
            false => "Everything is sealed already.",
        });
    }
    sealed.iter().for_each(|scope| context.out.say(format!("Sealed: {}.", seat.desk.scope_in_words(scope))));
    if let Some(next) = next {
        what_comes_next(seat, next, context);
    }
}

/// Says what shows now, and which commands one goes on with.
fn what_comes_next(seat: &Seat, next: ComesNext, context: &Context) {
    let batch = in_command(seat.desk.batch.id);
    context.out.say(format!("All of your batch is sealed. {}", next.shows()));
    if next.differ > 0 {
        context.out.say(format!("{}: earmark reconcile {batch}", next.to_talk_about()));
    }
    context.out.say(format!("Candidates side by side over all questions: earmark compare {batch} --all"));
    context.out.say(format!("The ranking, and how sure it is: earmark panel {batch}"));
    context.out.say(format!("Then decide: earmark decide {batch} --help"));
}

fn as_json(desk: &Desk, scope: &Scope) -> Value {
    match scope {
        Scope::Question(question) => json!({ "question": question }),
        Scope::Submission(id) => {
            json!({ "candidate": desk.batch.submission(*id).map(|submission| submission.candidate.source_id.clone()) })
        }
    }
}

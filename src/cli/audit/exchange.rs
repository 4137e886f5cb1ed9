//! `earmark audit exchange`: what a language model was asked about one answer, and what it said, word by word, as it is kept.

use serde_json::{Value, json};

use crate::app::MachineTold;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::{Seat, told};
use crate::interview::{Answer, AnswerId, Digest, Submission};
use crate::journal::{Statement, Subject};
use crate::protocol::Others;
use crate::runtime::scoring::{Exchanged, Scoring};
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// The candidate: pseudonym or id
    candidate: String,
    /// The question: its id or number
    question: String,
}

const COULD_NOT: &str = "Could not show what a model was asked";

/// One time that the answer was sent.
struct Sent {
    at: jiff::Timestamp,
    machine: MachineTold,
    /// None where it is not kept any more, or lies with the colleague who asked.
    kept: Option<Exchanged>,
}

/// With `--json` `{"batch", "candidate", "question", "answer", "exchanges": [{"at", "by", "version", "place", "outcome", "prompt", "read",
/// "reply", "asked", "said"}]}`; `asked` and `said` are null where nothing is kept.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let seat = Seat::to_act(&args.batch, context).await?;
    if seat.desk.sight.others() != Others::Shown {
        let failure = Failure::new(COULD_NOT).cause("your own ratings of this batch are not sealed yet");
        return Err(
            failure.hint("it shows what a machine says of answers; `earmark audit show` says when one was asked, and where")
        );
    }
    let (submission, answer) = {
        let submission = seat.candidate(&args.candidate)?;
        let (_, question) = seat.question(&args.question)?;
        (submission.clone(), seat.answer(submission, question)?.clone())
    };
    if let Some(why) = submission.bars_machines() {
        return Err(Failure::new(COULD_NOT).cause(why));
    }
    let sent = sent(&seat, &submission, &answer).await?;
    if sent.is_empty() {
        let failure = Failure::new(COULD_NOT).cause("no model was asked about this answer, as far as you may see it");
        return Err(failure.hint("`earmark score BATCH --reader model` asks one").exit(Exit::NoMatch));
    }
    seat.sees(sent.iter().filter_map(|one| statement(answer.id, one))).await?;
    match context.out.wants_json() {
        true => context.out.json(&json!({
            "batch": seat.desk.batch.id, "candidate": submission.candidate.source_id, "question": answer.question, "answer": answer.id,
            "exchanges": sent.iter().map(to_json).collect::<Vec<_>>(),
        })),
        false => sent.iter().for_each(|one| say(one, context)),
    }
    seat.leave().await;
    Ok(Exit::Done)
}

/// Each time that the answer was sent, the earliest first; nothing of an engine that is switched off.
async fn sent(seat: &Seat, submission: &Submission, answer: &Answer) -> Result<Vec<Sent>, Failure> {
    let failed = |error| told(COULD_NOT, &error);
    let scoring = Scoring::of_kept(&seat.library, &seat.desk.batch);
    let off = scoring.shown(&seat.desk).await.map_err(failed)?.off;
    let (mut sent, mut hidden) = (Vec::new(), None);
    for act in seat.desk.acts_in_sight() {
        let is_of_it = act.submission == Some(submission.id) && act.question.as_ref() == Some(&answer.question);
        // What is only about to be sent is told again by what came of it.
        let is_sent = |one: &MachineTold| one.given == Some("text") && (one.sent.is_some() || one.may_be_sent);
        let Some(machine) = act.machine.filter(|one| is_of_it && is_sent(one)) else { continue };
        if let Some(why) = off.get(&(machine.by.clone(), machine.version.clone())) {
            hidden = Some(why);
            continue;
        }
        let kept = scoring.exchange(submission, answer.id, &machine).await.map_err(failed)?;
        sent.push(Sent { at: act.at, machine, kept });
    }
    if let Some(why) = hidden.filter(|_| sent.is_empty()) {
        let why = format!("the second reader is switched off for this batch, because it fails: {why}");
        return Err(Failure::new(COULD_NOT).cause(why).hint("`earmark score --evaluate` shows the figures"));
    }
    Ok(sent)
}

/// What is written down when a reply is first seen.
fn statement(answer: AnswerId, sent: &Sent) -> Option<(Subject, Statement)> {
    let reply = sent.kept.as_ref()?.reply.as_ref()?;
    let by = SafeText::line(&format!("second reader {}, word by word", sent.machine.by));
    let statement = Statement { by, version: sent.machine.version.clone(), digest: Digest::of(reply.as_bytes()) };
    Some((Subject::Answer(answer), statement))
}

fn to_json(sent: &Sent) -> Value {
    let mut one = json!(sent.machine);
    one["at"] = json!(sent.at);
    one["asked"] = json!(sent.kept.as_ref().map(|kept| &kept.asked));
    one["said"] = json!(sent.kept.as_ref().and_then(|kept| kept.reply.as_ref()));
    one
}

fn say(sent: &Sent, context: &Context) {
    let (out, machine) = (&context.out, &sent.machine);
    let text = |of: &Option<SafeText>| of.as_ref().map(ToString::to_string).unwrap_or_default();
    let at = sent.at.strftime("%Y-%m-%d %H:%M:%S");
    let place = text(&machine.place);
    let outcome = machine.outcome.as_ref().map_or_else(|| "what came of it is not known".to_owned(), ToString::to_string);
    let version = if machine.version.is_empty() { String::new() } else { format!(", version {}", machine.version) };
    out.say(format!("{at}: {}{version}, at {place}: {outcome}", machine.by));
    for (what, digest) in [("prompt", machine.prompt), ("transcript", machine.read), ("reply", machine.reply)] {
        digest.iter().for_each(|digest| out.say(format!("  digest of the {what}: {digest}")));
    }
    let Some(kept) = &sent.kept else {
        out.say("  What was sent and what came back is not kept in this library.");
        return;
    };
    out.say("Asked:");
    for message in kept.asked["messages"].as_array().into_iter().flatten() {
        let (role, content) = (message["role"].as_str().unwrap_or_default(), message["content"].as_str().unwrap_or_default());
        out.say(SafeText::block(&format!("{role}: {content}")));
    }
    match &kept.reply {
        Some(reply) => out.say(SafeText::block(&format!("Said:\n{reply}"))),
        None => out.say("Nothing came back."),
    }
}

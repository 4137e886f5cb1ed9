//! One act on many candidates: whom it concerns, the preview, and what is printed of it; for `decide`, `tag`, `assign` and the like.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::panel::not_begun_told;
use super::room::Seat;
use super::words::many;
use crate::app::sieve::{Keep, Sieve};
use crate::app::{Deed, Undertaking};
use crate::interview::{EventId, SubmissionId};
use crate::panel::{self, Against};

/// Whom it concerns, beside those who are named.
#[derive(clap::Args, Debug)]
pub(super) struct Whom {
    /// Everyone whom this keeps, or of those named: unheard, unrated, late, no-show, tag:NAME and so on; several keep whoever
    /// all of them keep
    #[arg(long = "filter", value_name = "WORD", value_delimiter = ',')]
    pub(super) filters: Vec<Keep>,
    /// Only says whom it would concern and whom it would leave out
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl Whom {
    /// Whether one candidate is meant, by name.
    pub(super) fn is_one(&self, named: &[String]) -> bool {
        named.len() == 1 && self.filters.is_empty() && !self.dry_run
    }

    /// Those meant, in the order of hearing; none where nobody is named and nothing is filtered.
    pub(super) fn meant(&self, named: &[String], seat: &Seat) -> Result<Option<Vec<SubmissionId>>, Failure> {
        let ids: Result<Vec<SubmissionId>, Failure> = named.iter().map(|name| Ok(seat.candidate(name)?.id)).collect();
        let ids = ids?;
        if ids.is_empty() && self.filters.is_empty() {
            return Ok(None);
        }
        let kept = kept(&self.filters, seat)?;
        Ok(Some(kept.into_iter().filter(|id| ids.is_empty() || ids.contains(id)).collect()))
    }

    /// Those meant; somebody must be.
    pub(super) fn some(&self, named: &[String], what: &str, seat: &Seat) -> Result<Vec<SubmissionId>, Failure> {
        let meant = self.meant(named, seat)?.ok_or_else(|| {
            Failure::usage(format!("{what}: nobody is named")).hint("name candidates, or say which with --filter")
        })?;
        match meant.is_empty() {
            true => Err(Failure::new(format!("{what}: the filter keeps nobody")).exit(Exit::NoMatch)),
            false => Ok(meant),
        }
    }
}

/// Whom filters keep, in the order of hearing.
pub(super) fn kept(filters: &[Keep], seat: &Seat) -> Result<Vec<SubmissionId>, Failure> {
    for keep in filters {
        if let Some(why) = seat.desk.refuses_filter(keep) {
            return Err(Failure::new(format!("Could not filter by {keep}")).cause(why).hint("seal your own first"));
        }
    }
    Ok(seat.desk.sift(&Sieve { keeps: filters.to_vec(), ..Sieve::default() }))
}

/// Does it, or with `dry_run` only says what it comes to. With --json `{"batch", "does", "dry_run", "done": [{"candidate", "shown"}],
/// "left_out": [{"why", "waits", "candidates": [{"candidate", "shown"}]}], "events": [id], "against_ranking": [{"candidate", "how",
/// …, "words"}]}`. Where some have to wait for others to
/// be heard, it ends with 4, and with 1 where all have to.
pub(super) async fn carry_out(mut seat: Seat, deed: &Deed, to: &[SubmissionId], dry_run: bool, context: &Context) -> Outcome {
    let whole = seat.desk.undertake(deed, to);
    let waits: Vec<SubmissionId> = whole.left_out.iter().filter(|out| out.waits).flat_map(|out| out.who.clone()).collect();
    let does = deed.in_words(&seat.desk, whole.who.len());
    if whole.who.is_empty() && !waits.is_empty() && !dry_run {
        return Err(not_yet(&seat));
    }
    let before = seat.desk.against_ranking().clone();
    let events = if dry_run { Vec::new() } else { act(&mut seat, whole.acts.clone()).await? };
    let against = now_against(&seat, &whole.who, &before);
    if context.out.wants_json() {
        let mut told = as_json(&seat, &does, &whole, &events, dry_run);
        told["against_ranking"] = against.iter().filter_map(|id| against_of(&seat, *id)).collect();
        context.out.json(&told);
    } else {
        say(&seat, (deed, &does), &whole, dry_run, &against, context);
    }
    seat.leave().await;
    Ok(if waits.is_empty() { Exit::Done } else { Exit::Partial })
}

async fn act(
    seat: &mut Seat,
    acts: Vec<(Option<crate::interview::CandidateId>, crate::journal::Act)>,
) -> Result<Vec<EventId>, Failure> {
    if acts.is_empty() { Ok(Vec::new()) } else { seat.act(acts).await }
}

/// Not everyone was heard, and nobody who is meant can be decided on without that.
pub(super) fn not_yet(seat: &Seat) -> Failure {
    let gate = seat.desk.gate();
    let failure = Failure::new("Could not decide: not everyone was heard yet");
    let why = gate.all_waiting().map(|waiting| seat.desk.waiting_in_words(waiting));
    let failure = failure.some_causes(why, "`earmark status --json` names all");
    failure.hint("review and seal what is named; or decide all the same with --override REASON, which is kept and exported")
}

fn as_json(seat: &Seat, does: &str, whole: &Undertaking, events: &[EventId], dry_run: bool) -> Value {
    let named = |who: &[SubmissionId]| who.iter().map(|id| named(seat, *id)).collect::<Vec<_>>();
    let left_out = |out: &crate::app::LeftOut| json!({ "why": out.why, "waits": out.waits, "candidates": named(&out.who) });
    json!({
        "batch": seat.desk.batch.id,
        "does": does,
        "dry_run": dry_run,
        "done": named(&whole.who),
        "left_out": whole.left_out.iter().map(left_out).collect::<Vec<_>>(),
        "events": events,
    })
}

/// Whose decisions go against the ranking by what was decided now: of those who were decided on, and of others whose earlier decision
/// does so only since.
pub(super) fn now_against(seat: &Seat, who: &[SubmissionId], before: &BTreeMap<SubmissionId, Against>) -> Vec<SubmissionId> {
    let own = who.iter().copied().filter(|id| seat.desk.against(*id).is_some());
    let others = seat.desk.newly_against(before).into_iter().filter(|id| !who.contains(id));
    own.chain(others).collect()
}

/// How the decision on one goes against the ranking: `{"how", …, "words"}`, or null.
pub(super) fn against(seat: &Seat, id: SubmissionId) -> Value {
    let Some((against, words)) = seat.desk.against(id).zip(seat.desk.against_in_words(id)) else { return Value::Null };
    let mut value = serde_json::to_value(against).expect("it has string keys");
    value["words"] = json!(words);
    value
}

/// The same with whose it is.
pub(super) fn against_of(seat: &Seat, id: SubmissionId) -> Option<Value> {
    let mut value = Some(against(seat, id)).filter(|value| !value.is_null())?;
    value["candidate"] = json!(seat.name(id).1);
    Some(value)
}

/// Says of each whose decision goes against the ranking, how.
pub(super) fn say_against(seat: &Seat, who: &[SubmissionId], context: &Context) {
    for (id, words) in who.iter().filter_map(|id| Some((id, seat.desk.against_in_words(*id)?))) {
        context.out.say(format!("Against the ranking, which is kept in sight: {} was {words}.", seat.desk.called(*id)));
    }
    // What the ranking lacks is said where something goes against it; `earmark status` says it at any time.
    let lacks = || not_begun_told(&panel::left_out(&seat.desk.sight, &seat.desk.batch).not_begun);
    if let Some(line) = (!who.is_empty()).then(lacks).flatten() {
        context.out.remark(line);
    }
}

/// A candidate for programs: `{"candidate": source's id, "shown"}`.
pub(super) fn named(seat: &Seat, id: SubmissionId) -> Value {
    let (shown, source) = seat.name(id);
    json!({ "candidate": source, "shown": shown })
}

fn say(seat: &Seat, (deed, does): (&Deed, &str), whole: &Undertaking, dry_run: bool, against: &[SubmissionId], context: &Context) {
    let out = &context.out;
    match (whole.who.is_empty(), dry_run) {
        (true, _) => out.say("Nothing to do."),
        (false, true) => out.say(format!("Would do: {does}: {}", seat.desk.named(&whole.who))),
        (false, false) => out.say(format!("Done: {does}: {}", seat.desk.named(&whole.who))),
    }
    for left_out in &whole.left_out {
        let many = many(left_out.who.len(), "candidate");
        out.say(format!("Left out, {many}, {}: {}", left_out.why, seat.desk.named(&left_out.who)));
    }
    if dry_run {
        out.say("Nothing was written.");
    } else if !whole.who.is_empty() {
        if matches!(deed, Deed::Decide(_)) {
            say_against(seat, against, context);
        }
        out.note("`earmark undo` takes all of it back.");
    }
}

//! `earmark subject hold` and `earmark subject release`: removal forbidden, and allowed again.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::room::{self, told};
use crate::interview::{BatchId, CandidateId};
use crate::journal::{Act, Draft, Subject};
use crate::library::Library;
use crate::runtime::attach;
use crate::text::SafeText;

use super::Whom;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    whom: Held,
    /// Why; it is kept and shown to whoever wants to remove it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day of it; without one it holds until it is lifted
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
}

#[derive(clap::Args, Debug)]
pub(super) struct ReleaseArgs {
    #[command(flatten)]
    whom: Held,
    /// Why; it is kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// A person, or everyone in a batch.
#[derive(clap::Args, Debug)]
struct Held {
    /// The person: pseudonym, source's id, or the name, e-mail address or telephone number
    #[arg(required_unless_present = "batch")]
    candidate: Option<String>,
    /// A batch: alone, everyone in it; with a person, where that person is looked for
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
}

/// What is held, in which batches it is written down, and under whose key.
struct On {
    library: Library,
    subject: Subject,
    candidate: Option<CandidateId>,
    batches: Vec<BatchId>,
    called: Vec<String>,
}

impl Held {
    async fn on(&self, what: &str, context: &Context) -> Result<On, Failure> {
        if let Some(candidate) = &self.candidate {
            let whom = Whom { candidate: candidate.clone(), batch: self.batch.clone() };
            let asked = whom.ask(what, context).await?;
            let called = asked.called();
            let batches = asked.person.entries.iter().map(|entry| entry.desk.batch.id).collect();
            let candidate = asked.person.candidate;
            let subject = Subject::Candidate(candidate);
            return Ok(On { library: asked.library, subject, candidate: Some(candidate), batches, called });
        }
        let named = self.batch.as_deref().expect("the command line asks for one of the two");
        let seat = room::Seat::to_act(named, context).await?;
        let (batch, title) = (seat.desk.batch.id, seat.desk.batch.title.clone());
        let subject = Subject::Batch(batch);
        Ok(On {
            library: seat.library,
            subject,
            candidate: None,
            batches: vec![batch],
            called: vec![format!("everyone in {title}")],
        })
    }
}

impl On {
    async fn write(&self, act: &Act) -> Result<Vec<crate::interview::EventId>, Failure> {
        let draft = |batch: &BatchId| Draft { subject: self.candidate, ..attach::draft(Some(*batch), act.clone()) };
        let events = self.library.append(self.batches.iter().map(draft).collect()).await;
        Ok(events.map_err(|error| told("Could not save", &error))?.iter().map(crate::journal::Event::id).collect())
    }
}

fn reason_of(text: &str, what: &str) -> Result<SafeText, Failure> {
    let reason = SafeText::block(text.trim());
    match reason.is_empty() {
        true => Err(Failure::usage(format!("{what} without a reason")).hint("say it with --reason")),
        false => Ok(reason),
    }
}

/// With `--json` `{"candidate" or null, "batches", "events", "until"}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    const COULD_NOT: &str = "Could not forbid the removal";
    let reason = reason_of(&args.reason, COULD_NOT)?;
    let until: Option<Timestamp> = match args.until {
        None => None,
        Some(day) => {
            let end = day.tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC)).map(|end| end.timestamp());
            Some(end.map_err(|error| Failure::usage(COULD_NOT).because(&error))?)
        }
    };
    let on = args.whom.on(COULD_NOT, context).await?;
    if until.is_some_and(|until| until <= on.library.now()) {
        return Err(Failure::usage(COULD_NOT).cause("its last day has passed already"));
    }
    let events = on.write(&Act::Held { subject: on.subject.clone(), reason, until }).await?;
    if context.out.wants_json() {
        context.out.json(&json!({ "candidate": on.candidate, "batches": on.batches, "events": events, "until": until }));
    }
    on.called.iter().for_each(|called| context.out.say(called));
    context.out.say(match args.until {
        Some(day) => format!("Nothing of it is removed until {day} has passed, here and, after an exchange, at colleagues'."),
        None => "Nothing of it is removed until the hold is lifted, here and, after an exchange, at colleagues'.".to_owned(),
    });
    on.library.close().await;
    Ok(Exit::Done)
}

/// With `--json` `{"candidate" or null, "batches", "events", "lifted": how many holds}`. It ends with 5 where there is none.
pub(super) async fn release(args: &ReleaseArgs, context: &Context) -> Outcome {
    const COULD_NOT: &str = "Could not lift the hold";
    let reason = reason_of(&args.reason, COULD_NOT)?;
    let mut on = args.whom.on(COULD_NOT, context).await?;
    let (mut lifted, mut held) = (0, Vec::new());
    let me = on.library.author().expect("somebody acts");
    for batch in &on.batches {
        let contents = crate::runtime::contents::open_batch(&on.library, *batch).await;
        let desk = crate::app::Desk::new(me, contents.map_err(|error| told(COULD_NOT, &error))?);
        let count = desk.sight.holds.iter().filter(|hold| hold.subject == on.subject).count();
        lifted += count;
        held.extend((count > 0).then_some(*batch));
    }
    if held.is_empty() {
        let hint = "a hold on a whole batch is lifted with --batch alone; one on a person by naming the person";
        return Err(Failure::new(COULD_NOT).cause("there is none on just this").hint(hint).exit(Exit::NoMatch));
    }
    on.batches = held;
    let events = on.write(&Act::Lifted { subject: on.subject.clone(), reason }).await?;
    if context.out.wants_json() {
        context.out.json(&json!({ "candidate": on.candidate, "batches": on.batches, "events": events, "lifted": lifted }));
    }
    on.called.iter().for_each(|called| context.out.say(called));
    context.out.say("It may be removed again.");
    on.library.close().await;
    Ok(Exit::Done)
}

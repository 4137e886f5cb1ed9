//! What becomes of people whom a source has deleted: erased as retention says, or kept and named.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Context;
use super::failure::Failure;
use super::output::human_bytes;
use super::room::{self, told};
use super::subject::receipts;
use super::words::many;
use crate::config::settings::Removes;
use crate::interview::{BatchId, Problem};
use crate::library::{Deletion, Library, LibraryError};
use crate::runtime::keeping::{self, Deleted, Erasing, Removal};
use crate::source::fetch::Said;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
#[group(skip)]
pub(super) struct Args {
    /// Erases up to so many people of a batch whom the source has deleted; without it, five of them or a tenth
    #[arg(long, value_name = "COUNT")]
    max_deleted: Option<usize>,
    /// Writes what was erased because the source has deleted it into a new file, signed by you
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
}

impl Args {
    /// Refuses a receipt that would take another file's place, before anything is done.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match self.receipt.as_ref().filter(|path| path.exists()) {
            Some(path) => Err(Failure::usage(COULD_NOT).cause(format!("{} is there already and is not replaced", path.display()))),
            None => Ok(()),
        }
    }
}

/// Who says that somebody was deleted.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    /// A source of the settings.
    Source(&'a str),
    /// What was imported by hand, and its batch.
    Import(BatchId),
}

impl Whose<'_> {
    fn is(&self, deletion: &Deletion) -> bool {
        match self {
            Whose::Source(name) => deletion.source.as_deref() == Some(name),
            Whose::Import(batch) => deletion.batch == *batch,
        }
    }

    /// As problems and the journal name it.
    fn name(&self) -> &str {
        match self {
            Whose::Source(name) => name,
            Whose::Import(_) => "the imported batch",
        }
    }

    fn again(&self, more: &str) -> String {
        match self {
            Whose::Source(name) => format!("earmark fetch {name} {more}"),
            Whose::Import(_) => format!("earmark import … {more}"),
        }
    }
}

/// What was done on a source's word.
#[derive(Default)]
pub(super) struct Carried {
    /// Who was erased, or would be: as the receipt has it.
    pub(super) erased: Vec<Value>,
    /// Why others were not.
    pub(super) problems: Vec<Problem>,
}

const COULD_NOT: &str = "Could not erase what the source has deleted";

/// Erases whom the source has deleted, as far as holds, other batches and the brake let it; says each, and writes the receipt.
///
/// `dry` is what was heard in a dry run: then nothing is done, and what would be is said.
pub(super) async fn carry_out(
    whose: Whose<'_>,
    dry: Option<&[Said]>,
    args: &Args,
    library: &Library,
    context: &Context,
) -> Result<Carried, Failure> {
    let failed = |error: LibraryError| told(COULD_NOT, &error);
    let mut carried = Carried::default();
    let people = keeping::deleted(library, &|deletion| whose.is(deletion), dry.unwrap_or_default()).await.map_err(failed)?;
    if people.is_empty() {
        return Ok(carried);
    }
    let Some(me) = room::known_identity(context)? else {
        carried.problems.push(nobody(&whose, people.len()));
        return Ok(carried);
    };
    if let Some(braked) = keeping::braked(library, &people, args.max_deleted).await.map_err(failed)? {
        let reason = format!("the source has deleted {} of {} people of this batch: nobody was erased", braked.people, braked.of);
        let remedy = format!("look whether that is right; then: {}", whose.again(&format!("--max-deleted {}", braked.people)));
        let place = format!("batch {}", braked.batch);
        carried.problems.push(Problem::damage(whose.name(), &place, &reason, &remedy).coded("deletions"));
        return Ok(carried);
    }
    let library = library.acting_as(me.reviewer());
    let what = match context.settings.retention_deleted.value {
        Removes::Person => Removal::Person,
        Removes::Recordings => Removal::Recordings,
    };
    let reason = SafeText::line(&format!("{} has deleted this person", whose.name()));
    for one in &people {
        let plan = keeping::plan_deletion(&library, me.reviewer(), one).await.map_err(failed)?;
        if let Some(problem) = stays(&whose, one, &plan) {
            carried.problems.push(problem);
            continue;
        }
        let removed = match dry {
            Some(_) => plan.kept,
            None => keeping::remove_deleted(&library, &plan, what, &reason).await.map_err(failed)?,
        };
        // Where recordings alone go, a source says it again of those whose recordings are gone.
        if what == Removal::Recordings && removed.recordings == 0 {
            continue;
        }
        say(&whose, &plan, what, dry.is_some(), context);
        carried.erased.push(json!({ "candidate": plan.candidate, "what": what, "batches": plan.batches, "removed": removed,
            "receivers": plan.receivers, "unreachable": plan.unreachable }));
    }
    if let Some(path) = args.receipt.as_ref().filter(|_| !carried.erased.is_empty()) {
        let receipt =
            json!({ "format": 1, "erased": dry.is_none(), "reason": reason, "at": library.now(), "people": carried.erased });
        receipts::write(path, &receipts::signed(receipt, &me))?;
    }
    Ok(carried)
}

fn nobody(whose: &Whose<'_>, people: usize) -> Problem {
    let reason = format!(
        "the source has deleted {}: nobody was erased, for the journal has to keep who does it, and that is not known",
        many(people, "person")
    );
    let remedy = format!("`earmark identity`, then {}", whose.again(""));
    Problem::damage(whose.name(), "people", &reason, remedy.trim_end()).coded("deletions")
}

/// Why somebody whom the source has deleted is kept.
fn stays(whose: &Whose<'_>, one: &Deleted, plan: &Erasing) -> Option<Problem> {
    let place = format!("candidate {}", one.candidate);
    if let Some(hold) = plan.holds.first() {
        let reason = format!("the source has deleted this person, who is kept here: a hold is in force: {}", hold.reason);
        let remedy = format!("`earmark subject release {} --reason WHY` lifts it; the next time erases", one.candidate);
        return Some(Problem::warning(whose.name(), &place, &reason, &remedy).coded("held"));
    }
    let elsewhere = one.elsewhere?;
    let reason = format!(
        "the source has deleted this person, who is kept here: the person is in batch {elsewhere} too, of which it was not said"
    );
    let remedy = format!("if the person is to go: earmark subject erase {}", one.candidate);
    Some(Problem::warning(whose.name(), &place, &reason, &remedy).coded("elsewhere"))
}

fn say(whose: &Whose<'_>, plan: &Erasing, what: Removal, dry: bool, context: &Context) {
    let kept = &plan.kept;
    if context.out.wants_json() {
        return;
    }
    let of = match what {
        Removal::Person => format!("{}, {}", many(kept.submissions, "submission"), many(kept.recordings, "recording")),
        Removal::Recordings => many(kept.recordings, "recording"),
    };
    let verb = if dry { "would erase" } else { "erased" };
    let bytes = human_bytes(kept.bytes);
    context.out.say(format!("{verb}, as {} has deleted it: candidate {}: {of} ({bytes})", whose.name(), plan.candidate));
    receipts::say_receivers(&plan.receivers, context);
}

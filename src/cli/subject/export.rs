//! `earmark subject export`: everything about one person, in a .zip that the person can read.

use std::path::PathBuf;

use serde_json::json;

use super::Whom;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::human_bytes;
use crate::cli::room::told;
use crate::cli::words::{hash, many};
use crate::journal::{Act, Draft};
use crate::runtime::{attach, keeping};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    whom: Whom,
    /// The new .zip; one that is there is not written over
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const COULD_NOT: &str = "Could not hand over a person's data";

/// With `--json` `{"candidate", "path", "bytes", "sha256", "submissions", "recordings", "transcripts", "documents", "absent": [text]}`.
/// It ends with 4 where something that belongs to it is not in it.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let asked = args.whom.ask(COULD_NOT, context).await?;
    if asked.person.entries.iter().all(|entry| entry.of().candidate.name.is_none() && entry.of().candidate.source_id.is_empty())
        && asked.library.erased().await.map_err(|error| told(COULD_NOT, &error))?.contains(&asked.person.candidate)
    {
        let failure = Failure::new(COULD_NOT).cause("the person's data was erased; nothing that could be handed over is here");
        return Err(failure.exit(Exit::NoMatch));
    }
    // Written down first: what cannot be written down is not handed over.
    asked.note_names("everything about this person was handed over").await?;
    let what = format!("Could not write {}", args.out.display());
    let handed = keeping::hand_over(&asked.library, &asked.person, &args.out).await.map_err(|error| told(&what, &error))?;
    let receipt = json!({ "kind": "subject", "sha256": hash(handed.sha256), "bytes": handed.bytes });
    let draft = |entry: &keeping::Entry| Draft {
        subject: Some(asked.person.candidate),
        ..attach::draft(Some(entry.desk.batch.id), Act::Exported { receipt: receipt.clone() })
    };
    let seen = handed
        .seen
        .iter()
        .map(|(batch, act)| Draft { subject: Some(asked.person.candidate), ..attach::draft(Some(*batch), act.clone()) });
    let drafts = asked.person.entries.iter().map(draft).chain(seen).collect();
    let kept = asked.library.append(drafts).await;
    let unkept = format!("Could not keep the receipt; the data is written to {}", args.out.display());
    kept.map_err(|error| told(&unkept, &error))?;
    let counted = handed.counted;
    if context.out.wants_json() {
        context.out.json(&json!({
            "candidate": asked.person.candidate, "path": args.out, "bytes": handed.bytes, "sha256": hash(handed.sha256),
            "submissions": counted.submissions, "recordings": counted.recordings, "transcripts": counted.transcripts,
            "documents": counted.documents, "absent": handed.absent,
        }));
    }
    let out = &context.out;
    asked.called().iter().for_each(|called| out.say(called));
    let (recordings, transcripts) = (many(counted.recordings, "recording"), many(counted.transcripts, "transcript"));
    let documents = many(counted.documents, "document");
    out.say(format!("{recordings}, {transcripts}, {documents}: {} in {}", human_bytes(handed.bytes), args.out.display()));
    handed.absent.iter().for_each(|absent| out.say(format!("not in it: {absent}")));
    out.note("It is not encrypted: hand it over by a way that only this person can read, and remove it here.");
    asked.library.close().await;
    Ok(if handed.absent.is_empty() { Exit::Done } else { Exit::Partial })
}

//! What `earmark doctor` looks at inside of the library.

use super::super::failure::Failure;
use super::super::output::human_bytes;
use super::super::room;
use super::super::words::many;
use super::{Check, Context};
use crate::interview::{Answer, AnswerState, CandidateId};
use crate::library::{self, CutOff, Library, LibraryError};
use crate::sound::Prepared;
use crate::source::PREPARED;

const DATABASE: &str = "library's database";
const CONTENT: &str = "library's content";
const RECORDINGS: &str = "recordings";
/// More would bury the rest of the report.
const MOST: usize = 20;

/// Whether what lies where the database should be is one, and whole; without the key.
pub(super) fn database(context: &Context) -> Result<Option<Check>, Failure> {
    let paths = &context.paths;
    if !paths.library.is_dir() {
        // What stands in its way is told with the folder.
        return Ok(None);
    }
    let found = match library::check_is_whole(&paths.library) {
        Ok(()) => room::wait(async { Ok(library::glance(&paths.library).await) })?,
        Err(gone) => Err(gone),
    };
    Ok(match found {
        Ok(None) => None,
        Ok(Some(version)) => Some(Check::good(DATABASE, format!("version {version}"))),
        Err(error) => {
            // Paths in a report for strangers begin at home.
            let told = error.to_string().replace(&*paths.library.to_string_lossy(), &paths.short(&paths.library));
            let hint = match error {
                LibraryError::Newer { .. } => "nothing in it was touched; use the newer earmark that wrote it",
                _ => "nothing in it was touched; restore a backup into another folder with `earmark restore`",
            };
            Some(Check::failed(DATABASE, told, hint))
        }
    })
}

/// Reads everything that is kept.
pub(super) fn everything(context: &Context) -> Result<Vec<Check>, Failure> {
    let failed = |error| room::told("Could not look through the library", &error);
    room::wait(async {
        let library = match room::look(context).await {
            Ok(Some(library)) => library,
            Ok(None) => return Ok(vec![Check::good(CONTENT, "nothing is kept yet")]),
            // Why is told with the database.
            Err(failure) => return Ok(vec![not_opened(&failure)]),
        };
        let health = library.check().await.map_err(failed)?;
        let mut complaints = health.complaints;
        complaints.extend(library.check_vault().await.map_err(failed)?);
        let waits = library.cut_off().await.map_err(failed)?;
        let flawed = flawed(&library).await;
        library.close().await;
        let waits = Some(waits).filter(|waits| waits.files > 0).map(|waits| cut_off(&waits));
        if complaints.is_empty() {
            let detail = format!("{} and {}, all whole", many(health.events, "act"), many(health.objects, "file"));
            return Ok([Check::good(CONTENT, detail)].into_iter().chain(waits).chain(flawed).collect());
        }
        let hint = "import those again, or restore a backup into another folder; everything else can be used";
        let mut checks: Vec<Check> = complaints.iter().take(MOST).map(|told| Check::failed(CONTENT, told.as_str(), hint)).collect();
        if complaints.len() > MOST {
            checks.push(Check::failed(CONTENT, format!("and {} more", complaints.len() - MOST), hint));
        }
        checks.extend(waits);
        checks.extend(flawed);
        Ok(checks)
    })
}

/// Counts the recordings that came damaged, or that cannot be played at all, and names them with why: by their ids, without names.
async fn flawed(library: &Library) -> Vec<Check> {
    let mut found = Vec::new();
    // What cannot be read of the library was told before.
    for summary in library.summaries().await.unwrap_or_default() {
        let Ok(batch) = library.batch(summary.id).await else { continue };
        for submission in &batch.submissions {
            for answer in &submission.answers {
                let Some((is_played, why)) = flaw(library, submission.candidate.id, answer).await else { continue };
                let how = if is_played { "is damaged" } else { "cannot be played" };
                let which = format!("answer {} in submission {} of batch {}", answer.question, submission.id, batch.id);
                found.push((is_played, format!("{which} {how}: {why}")));
            }
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let unplayed = found.iter().filter(|(is_played, _)| !is_played).count();
    let (damaged, all) = (found.len() - unplayed, found.len());
    let counted = format!(
        "{} cannot be played, {} damaged",
        many(unplayed, "answer"),
        if damaged == 1 { "1 is".to_owned() } else { format!("{damaged} are") }
    );
    let hint = "fetch or import those again; what can be heard of them can be reviewed";
    let mut checks = vec![Check::warning(RECORDINGS, counted, hint)];
    checks.extend(found.into_iter().take(MOST).map(|(_, told)| Check { hint: None, ..Check::warning(RECORDINGS, told, "") }));
    if all > MOST {
        checks.push(Check { hint: None, ..Check::warning(RECORDINGS, format!("and {} more", all - MOST), "") });
    }
    checks
}

/// Whether an answer that is not as it should be can be played, and what is wrong with it; none for one that is.
async fn flaw(library: &Library, candidate: CandidateId, answer: &Answer) -> Option<(bool, String)> {
    match &answer.state {
        AnswerState::Faulty { reason } => Some((false, reason.to_string())),
        AnswerState::Truncated => {
            let digest = answer.media.as_ref().and_then(|media| media.digest);
            let kept = match digest {
                Some(digest) => library.prepared(candidate, digest, PREPARED).await.ok().flatten(),
                None => None,
            };
            let prepared = kept.and_then(|bytes| serde_json::from_slice::<Prepared>(&bytes).ok());
            let told = prepared.and_then(|prepared| prepared.truncated).map(|how| how.to_string());
            Some((true, told.unwrap_or_else(|| "a part of it is missing".to_owned())))
        }
        AnswerState::Ready | AnswerState::NotGiven | AnswerState::NotHandedOut | AnswerState::NotHere => None,
    }
}

fn cut_off(waits: &CutOff) -> Check {
    let told = format!("{} ({}) of an import that was cut off, in no batch", many(waits.files, "file"), human_bytes(waits.bytes));
    Check::warning(CONTENT, told, "import the same again and it goes on from there; a week after it was cut off they are removed")
}

fn not_opened(failure: &Failure) -> Check {
    let why: Vec<&str> = failure.causes.iter().map(|cause| cause.as_str()).collect();
    let hint = failure.hint.as_ref().map_or("nothing in it was touched", |hint| hint.as_str());
    Check::failed(CONTENT, format!("it cannot be opened: {}", why.join(": ")), hint)
}

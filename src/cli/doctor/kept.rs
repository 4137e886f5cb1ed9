//! What `earmark doctor` looks at inside of the library.

use super::super::failure::Failure;
use super::super::output::human_bytes;
use super::super::room;
use super::super::words::many;
use super::{Check, Context};
use crate::library::{self, CutOff, LibraryError};

const DATABASE: &str = "library's database";
const CONTENT: &str = "library's content";

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
    /// More would bury the rest of the report.
    const MOST: usize = 20;
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
        library.close().await;
        let waits = Some(waits).filter(|waits| waits.files > 0).map(|waits| cut_off(&waits));
        if complaints.is_empty() {
            let detail = format!("{} and {}, all whole", many(health.events, "act"), many(health.objects, "file"));
            return Ok([Check::good(CONTENT, detail)].into_iter().chain(waits).collect());
        }
        let hint = "import those again, or restore a backup into another folder; everything else can be used";
        let mut checks: Vec<Check> = complaints.iter().take(MOST).map(|told| Check::failed(CONTENT, told.as_str(), hint)).collect();
        if complaints.len() > MOST {
            checks.push(Check::failed(CONTENT, format!("and {} more", complaints.len() - MOST), hint));
        }
        checks.extend(waits);
        Ok(checks)
    })
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

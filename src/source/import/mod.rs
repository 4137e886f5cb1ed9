//! Takes a batch that was found into the library: every recording is read, checked, measured and kept.
//!
//! What is kept stays kept when the import is interrupted; the next one goes on from there.

mod earlier;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::{StreamExt as _, stream};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, Semaphore};

use super::measure::{PLAYABLE, PREPARED, Readers, keep_prepared};
use super::take::{Measured, Taken, take};
use super::{Found, past};
use crate::interview::bundle::Purpose;
use crate::interview::{Answer, AnswerId, AnswerState, Batch, BatchId, CandidateId, Digest, Problem, Severity, Submission};
use crate::library::{Content, Kept, Library, LibraryError, Putting, TranscriptFile, WhyAway};
use crate::text::SafeText;

/// Recordings that are read at the same time have at most so many MiB together; a larger one is read alone.
const MEMORY_MIB: u32 = 512;

/// How far an import is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Answers that are done.
    pub done: usize,
    /// Answers in all.
    pub total: usize,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The batch.
    pub batch: BatchId,
    /// What people call it.
    pub title: SafeText,
    /// Candidates in it.
    pub candidates: usize,
    /// Answers that can be reviewed.
    pub answers: usize,
    /// Candidates who left questions without an answer.
    pub incomplete: Vec<Incomplete>,
    /// What is new in the library.
    pub kept: Kept,
    /// Everything that is wrong, the gravest first.
    pub problems: Vec<Problem>,
}

/// A candidate who left questions without an answer: nothing is wrong with the files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incomplete {
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// Questions without an answer.
    pub missing: usize,
    /// Questions in all.
    pub of: usize,
}

impl Imported {
    /// Submissions that were in the library already, the same.
    pub fn unchanged(&self) -> usize {
        self.candidates - self.kept.new_submissions.len() - self.kept.changed_submissions.len() - self.kept.erased.len()
    }

    /// Whether something that the batch names could not be taken whole; it is named in the problems.
    pub fn is_partial(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity >= Severity::Damage)
    }
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Someone asked it to.
    #[error("the import was interrupted; what was taken is kept, and the next import goes on from there")]
    Interrupted,
    /// The library could not keep something.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// Takes `found` into `library`, several recordings at a time.
///
/// `progress` is told after each answer, from any thread. Setting `stop` ends the import after the recordings in hand.
///
/// # Errors
/// When the library cannot keep something, or when it was stopped. A faulty file is no error: it is in the problems.
pub async fn import(
    mut found: Found,
    library: &Library,
    readers: Readers,
    progress: &(dyn Fn(Progress) + Sync),
    stop: &AtomicBool,
) -> Result<Imported, ImportError> {
    let here = earlier::batch(library, found.batch.id).await?;
    let left_out = found.leave_out_past(here.as_ref(), library.now());
    // What lies in the vault already is relied on, though nothing may name it yet.
    let putting = Mutex::new(library.putting_to_go_on().await?);
    let mut found = Arc::new(found);
    let to = To { library, putting: &putting };
    let mut taken = take_all(&found, to, readers, progress, stop).await?;
    let here = earlier::batch(library, found.batch.id).await?;
    let found_again = Arc::get_mut(&mut found).expect("every recording's task has ended");
    let mut problems = std::mem::take(&mut found_again.problems);
    problems.extend(left_out);
    let (mut lengths, mut removed) = (HashMap::new(), 0);
    for place in found_again.answers_mut() {
        let Some(mut one) = taken.remove(&place.id) else {
            earlier::keep_mentioned(place, here.as_ref());
            continue;
        };
        removed += usize::from(one.was_removed);
        earlier::keep_answer(&mut one, here.as_ref());
        lengths.extend(one.measured.as_ref().map(|measured| (one.answer.id, measured.length_ms)));
        problems.extend(one.problems);
        *place = one.answer;
    }
    if removed > 0 {
        problems.push(past::recordings(past::LIBRARY, &found_again.batch, removed, None));
    }
    keep_documents(found_again, to, here.as_ref(), &mut problems).await?;
    let kept = match found.batch.submissions.is_empty() {
        // All of its people were deleted: nothing is to be kept, and nothing changes of what is here.
        true => Kept::default(),
        false => library.keep_batch(&found.batch).await?,
    };
    putting.into_inner().done();
    keep_transcripts(&found, library, readers, &lengths, &kept, &mut problems).await?;
    problems.extend(erased(&found, &kept));
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    Ok(summary(&found, kept, problems))
}

/// Where an import puts files: each is noted before nothing names it.
#[derive(Clone, Copy)]
struct To<'a> {
    library: &'a Library,
    putting: &'a Mutex<Putting>,
}

impl To<'_> {
    async fn will_put(self, candidate: CandidateId, content: Content, digest: Digest) -> Result<(), LibraryError> {
        self.library.will_put(&mut *self.putting.lock().await, candidate, content, digest).await
    }
}

fn summary(found: &Found, kept: Kept, problems: Vec<Problem>) -> Imported {
    let batch = &found.batch;
    let reviewable = |submission: &Submission| submission.answers.iter().filter(|answer| answer.state.is_reviewable()).count();
    let incomplete = batch.submissions.iter().filter_map(|submission| {
        let missing = submission.answers.iter().filter(|answer| answer.state == AnswerState::NotGiven).count();
        let candidate = submission.candidate.source_id.clone();
        (missing > 0).then_some(Incomplete { candidate, missing, of: submission.answers.len() })
    });
    Imported {
        batch: batch.id,
        title: batch.title.clone(),
        candidates: batch.submissions.len(),
        answers: batch.submissions.iter().map(reviewable).sum(),
        incomplete: incomplete.collect(),
        kept,
        problems,
    }
}

/// The answers that have a file, each with it in the vault, and those that the document has faults of. Of the others nothing is to be
/// taken: of a manifest those are all.
async fn take_all(
    found: &Arc<Found>,
    to: To<'_>,
    readers: Readers,
    progress: &(dyn Fn(Progress) + Sync),
    stop: &AtomicBool,
) -> Result<HashMap<AnswerId, Taken>, ImportError> {
    let is_to_take = |answer: &&Answer| {
        found.named(Purpose::Recording(answer.id)).is_some() || matches!(answer.state, AnswerState::Faulty { .. })
    };
    let of = |submission: &Submission| {
        let answers = submission.answers.iter().filter(is_to_take);
        answers.map(|answer| (submission.candidate.id, answer.clone())).collect::<Vec<_>>()
    };
    let answers: Vec<(CandidateId, Answer)> = found.batch.submissions.iter().flat_map(of).collect();
    let (total, done) = (answers.len(), AtomicUsize::new(0));
    let memory = Arc::new(Semaphore::new(MEMORY_MIB as usize));
    let at_once = std::thread::available_parallelism().map_or(2, usize::from);
    let (done, memory) = (&done, &memory);
    let work = stream::iter(answers).map(|(candidate, answer)| async move {
        if stop.load(Ordering::Relaxed) {
            return Err(ImportError::Interrupted);
        }
        let room = mebibytes(found, answer.id).min(MEMORY_MIB);
        let _room = memory.acquire_many(room).await.expect("the semaphore is never closed");
        let taken = take_one(found, to, readers, candidate, answer).await?;
        progress(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, total });
        Ok(taken)
    });
    let mut work = work.buffered(at_once);
    let mut taken = HashMap::with_capacity(total);
    while let Some(one) = work.next().await {
        let one = one?;
        taken.insert(one.answer.id, one);
    }
    Ok(taken)
}

/// How much memory an answer takes while it is read and kept, in MiB; a file that cannot be opened takes none.
fn mebibytes(found: &Found, answer: AnswerId) -> u32 {
    let size =
        found.named(Purpose::Recording(answer)).and_then(|_| found.open_media(answer).ok()).map_or(0, |opened| opened.size());
    u32::try_from((2 * size).div_ceil(1 << 20)).unwrap_or(u32::MAX)
}

async fn take_one(
    found: &Arc<Found>,
    to: To<'_>,
    readers: Readers,
    candidate: CandidateId,
    answer: Answer,
) -> Result<Taken, LibraryError> {
    let (task_found, task_library, runtime) = (found.clone(), to.library.clone(), Handle::current());
    let task_answer = answer.clone();
    let task = tokio::task::spawn_blocking(move || {
        let measure = |digest: &Digest, bytes: Arc<[u8]>, extension: Option<&str>| {
            // Measuring is most of the work, and its result depends on the content alone.
            let before = runtime.block_on(task_library.prepared(candidate, *digest, PREPARED)).ok().flatten();
            let before = before.and_then(|stored| (readers.measured_before)(&stored));
            before.map_or_else(|| (readers.measure)(bytes, extension), |known| Ok(Measured { known: true, ..known }))
        };
        take(&task_found, &task_answer, measure)
    });
    // A decoder that breaks down over one recording must not take the batch with it.
    let mut taken = task.await.unwrap_or_else(|_| Taken::broken(found, &answer));
    match keep_recording(to, candidate, &mut taken).await {
        // That is said once of the person, when the batch is kept.
        Err(LibraryError::Erased(_)) => Ok(taken),
        Err(error) => Err(error),
        Ok(()) => Ok(taken),
    }
}

async fn keep_recording(to: To<'_>, candidate: CandidateId, taken: &mut Taken) -> Result<(), LibraryError> {
    let Some(content) = taken.content.take() else { return Ok(()) };
    let (library, digest) = (to.library, Digest::of(&content));
    if library.why_away(candidate, Content::Recording, digest).await? == Some(WhyAway::Date) {
        (taken.was_removed, taken.measured) = (true, None);
        return Ok(());
    }
    if library.has(candidate, Content::Recording, digest).await? {
        // What lies there is looked at, and written again when it is damaged.
        library.put(candidate, Content::Recording, content.to_vec()).await?;
    } else {
        to.will_put(candidate, Content::Recording, digest).await?;
        library.put_from(candidate, Content::Recording, Cursor::new(content)).await?;
    }
    if let Some(measured) = taken.measured.as_mut().filter(|measured| !measured.known) {
        if let Some(playable) = measured.playable.take() {
            library.keep_prepared(candidate, digest, PLAYABLE, &playable).await?;
        }
        keep_prepared(library, candidate, digest, &measured.value).await?;
    }
    Ok(())
}

async fn keep_documents(
    found: &mut Found,
    to: To<'_>,
    here: Option<&Batch>,
    problems: &mut Vec<Problem>,
) -> Result<(), ImportError> {
    for index in 0..found.batch.submissions.len() {
        let submission = &found.batch.submissions[index];
        let (id, candidate) = (submission.id, submission.candidate.id);
        for number in 0..submission.documents.len() {
            if found.named(Purpose::Document(id, number)).is_none() {
                earlier::keep_known(&mut found.batch.submissions[index].documents[number], id, here);
                continue;
            }
            match document(found, Purpose::Document(id, number)) {
                Ok(bytes) => {
                    let size = bytes.len() as u64;
                    let noted = to.will_put(candidate, Content::Document, Digest::of(&bytes)).await;
                    let digest = match noted.and(to.library.put(candidate, Content::Document, bytes).await) {
                        Err(LibraryError::Erased(_)) => continue,
                        result => result?,
                    };
                    if let Some(media) = &mut found.batch.submissions[index].documents[number].media {
                        media.digest = Some(digest);
                        media.bytes = Some(size);
                    }
                }
                Err(mut problem) => {
                    let document = &mut found.batch.submissions[index].documents[number];
                    earlier::keep_document(document, id, &mut problem, here);
                    problems.push(problem);
                }
            }
        }
    }
    Ok(())
}

/// A document that is what the batch says.
fn document(found: &Found, of: Purpose) -> Result<Vec<u8>, Problem> {
    let (named, bytes) = found.read_small(of)?;
    let again = "fetch the file again and import again";
    if bytes.is_empty() {
        return Err(found.problem(named, "the file is empty", again));
    }
    if named.sha256.is_some_and(|expected| expected != Digest::of(&bytes)) {
        return Err(found.problem(named, "its content is not what the batch says (its SHA-256 differs)", again));
    }
    Ok(bytes)
}

async fn keep_transcripts(
    found: &Found,
    library: &Library,
    readers: Readers,
    lengths: &HashMap<AnswerId, u32>,
    kept: &Kept,
    problems: &mut Vec<Problem>,
) -> Result<(), ImportError> {
    let people = found.batch.submissions.iter().filter(|submission| !kept.erased.contains(&submission.candidate.id));
    for answer in people.flat_map(|submission| &submission.answers) {
        let of = Purpose::Transcript(answer.id);
        if found.named(of).is_none() {
            continue;
        }
        let (named, bytes) = match found.read_small(of) {
            Ok(read) => read,
            Err(mut problem) => {
                if library.transcript(answer.id).await.ok().flatten().is_some() {
                    earlier::add(&mut problem, "transcript");
                }
                problems.push(problem);
                continue;
            }
        };
        let length = lengths.get(&answer.id).copied();
        let told = |problem: Problem| found.note(named, &format!("{}: {}", problem.place, problem.reason), problem.remedy.as_str());
        match (readers.transcript)(&bytes, &named.path, length) {
            Ok(warnings) => {
                problems.extend(warnings.into_iter().map(told));
                let file = TranscriptFile { name: named.path.clone(), bytes: bytes.into() };
                if library.transcript(answer.id).await.ok().flatten().as_ref() != Some(&file) {
                    library.keep_transcript(answer.id, file).await?;
                }
            }
            // The answer can be heard without it.
            Err(problem) => problems.push(told(problem)),
        }
    }
    Ok(())
}

fn erased<'f>(found: &'f Found, kept: &'f Kept) -> impl Iterator<Item = Problem> + 'f {
    let people = found.batch.submissions.iter().map(|submission| &submission.candidate);
    people.filter(|candidate| kept.erased.contains(&candidate.id)).map(|candidate| {
        let reason = "this person's data was erased here; nothing of it was taken";
        let place = format!("candidate {}", candidate.source_id);
        Problem::warning(past::LIBRARY, &place, reason, "remove the person from the batch").coded("erased")
    })
}

//! Opening a batch: what the library keeps becomes what the application works on.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::app::{BatchRow, Contents, Desk, Handed, Here, LeftToHear, Outline, Rest};
use crate::interview::{Answer, AnswerId, Batch, BatchId, CandidateId, Digest, ReviewerId, Submission};
use crate::journal::Act;
use crate::library::{Access, BatchSummary, Content, Library, LibraryError, Standing, Tally, Titled};
use crate::rubric::Rubric;
use crate::sound::Prepared;
use crate::source::{PLAYABLE, PREPARED};
use crate::text::SafeText;
use crate::transcript;

/// Reads everything that work on a batch needs.
pub async fn open_batch(library: &Library, id: BatchId) -> Result<Contents, LibraryError> {
    let mut contents = judged(library, id).await?;
    contents.outlines = outlines(library, &contents.batch, |_| true).await?;
    Ok(contents)
}

/// What preparing found out about the recordings of some of a batch's answers, as far as it is known.
async fn outlines(
    library: &Library,
    batch: &Batch,
    of: impl Fn(AnswerId) -> bool,
) -> Result<BTreeMap<AnswerId, Outline>, LibraryError> {
    let recorded = batch.submissions.iter().flat_map(|one| one.answers.iter().map(move |answer| (one.candidate.id, answer)));
    let recorded = recorded.filter(|(_, answer)| of(answer.id));
    let (answers, wanted): (Vec<AnswerId>, Vec<(CandidateId, Digest)>) =
        recorded.filter_map(|(candidate, answer)| Some((answer.id, (candidate, answer.media.as_ref()?.digest?)))).unzip();
    let mut outlines = BTreeMap::new();
    let take = |nth: usize, bytes: &[u8]| {
        outlines.extend(crate::source::sketch(bytes).map(|sketch| (answers[nth], Outline::from(sketch))));
    };
    library.gists_of_many(&wanted, PREPARED, take).await?;
    Ok(outlines)
}

/// The batch and what was done in it, without what is known of its recordings: enough to count.
async fn judged(library: &Library, id: BatchId) -> Result<Contents, LibraryError> {
    let mut batch = library.batch(id).await?;
    let entries = library.events(id).await?;
    super::lapsing::check(library, &mut batch, &entries).await?;
    let rubric = rubric_in(library, &entries).await?;
    Ok(Contents { batch, entries, rubric, outlines: BTreeMap::new(), people: library.people().await? })
}

/// The rubric that is attached to a batch now.
pub async fn rubric_of(library: &Library, id: BatchId) -> Result<Option<Rubric>, LibraryError> {
    rubric_in(library, &library.events(id).await?).await
}

async fn rubric_in(library: &Library, entries: &[crate::journal::Event]) -> Result<Option<Rubric>, LibraryError> {
    match attached(entries) {
        Some((scoring, text)) => read_rubric(library, scoring, text).await,
        None => Ok(None),
    }
}

/// The hashes of the rubric that was attached last.
fn attached(entries: &[crate::journal::Event]) -> Option<(Digest, Digest)> {
    crate::journal::standing(entries).into_iter().rev().find_map(|event| match event.act {
        Act::Attached { rubric_hash, text_hash, .. } => Some((rubric_hash, text_hash)),
        _ => None,
    })
}

async fn read_rubric(library: &Library, scoring: Digest, text: Digest) -> Result<Option<Rubric>, LibraryError> {
    let Some(kept) = library.rubric(scoring, text).await? else { return Ok(None) };
    // What was attached was read without a mistake; a later version of this program may be stricter, and says so.
    match Rubric::read(&format!("{}.toml", kept.id), &kept.source) {
        Ok(reading) => Ok(Some(reading.rubric)),
        Err(problems) => {
            let reason = problems.first().map_or_else(String::new, |first| format!("{}: {}", first.place, first.reason));
            Err(LibraryError::UnreadRubric { rubric: format!("{} {}", kept.id, kept.version), reason })
        }
    }
}

/// What preparing found out about a recording; none where it was not prepared, or by an older version.
pub async fn prepared(library: &Library, submission: &Submission, answer: &Answer) -> Result<Option<Prepared>, LibraryError> {
    let Some(digest) = answer.media.as_ref().and_then(|media| media.digest) else { return Ok(None) };
    let bytes = library.prepared(submission.candidate.id, digest, PREPARED).await?;
    Ok(bytes.and_then(|bytes| crate::source::prepared(&bytes)))
}

/// What is played of a recording: itself, or what stands in for it where only another program could decode it.
pub(super) async fn playable(
    library: &Library,
    candidate: CandidateId,
    digest: Digest,
) -> Result<Zeroizing<Vec<u8>>, LibraryError> {
    match library.prepared(candidate, digest, PLAYABLE).await {
        Ok(Some(instead)) => Ok(instead),
        Ok(None) | Err(_) => library.get(candidate, Content::Recording, digest).await,
    }
}

/// An answer's recording as it came, and its file's extension; none where there is none.
///
/// # Errors
/// When it is not in the library any more, or damaged.
pub async fn original(
    library: &Library,
    submission: &Submission,
    answer: &Answer,
) -> Result<Option<(Zeroizing<Vec<u8>>, Option<String>)>, LibraryError> {
    let Some((media, digest)) = answer.media.as_ref().and_then(|media| Some((media, media.digest?))) else { return Ok(None) };
    let bytes = library.get(submission.candidate.id, Content::Recording, digest).await?;
    let extension = media.locator.raw().rsplit_once('.').map(|(_, extension)| extension.to_owned());
    Ok(Some((bytes, extension)))
}

/// A document that came beside the answers as it came, and its file's extension; none where it is not here.
///
/// # Errors
/// When it is not in the library any more, or damaged.
pub async fn document(
    library: &Library,
    submission: &Submission,
    nth: usize,
) -> Result<Option<(Zeroizing<Vec<u8>>, Option<String>)>, LibraryError> {
    let document = submission.documents.get(nth);
    let Some((document, digest)) = document.and_then(|found| Some((found, found.media.as_ref()?.digest?))) else {
        return Ok(None);
    };
    let bytes = library.get(submission.candidate.id, Content::Document, digest).await?;
    Ok(Some((bytes, document.extension())))
}

/// What is needed to follow and draw one answer.
pub async fn here(library: &Library, batch: &Batch, id: AnswerId) -> Result<Here, LibraryError> {
    let Some((submission, answer)) = batch.answer(id) else { return Ok(Here::default()) };
    let prepared = prepared(library, submission, answer).await?;
    let length = prepared.as_ref().map(|prepared| prepared.length_ms);
    let file = library.transcript(id).await?;
    let reading = file.and_then(|file| {
        transcript::read(&file.bytes, &file.name, length).ok().or_else(|| {
            tracing::warn!(batch = %batch.id, answer = %id, "a kept transcript cannot be read");
            None
        })
    });
    Ok(Here {
        transcript: reading.map(|reading| Arc::new(reading.transcript)),
        peaks: prepared.as_ref().map_or_else(|| Arc::from([]), |prepared| prepared.peaks.clone().into()),
        measured: prepared.map(Arc::new),
    })
}

/// The rows of the list of batches, quickly: what this reviewer has done is counted afterwards.
pub fn rows(summaries: Vec<BatchSummary>) -> Vec<BatchRow> {
    let row = |summary: BatchSummary| BatchRow {
        id: summary.id,
        title: summary.title,
        requisition: summary.requisition,
        imported_at: summary.imported_at,
        deadline: summary.deadline,
        submissions: summary.submissions,
        answers: summary.answers,
        faulty: summary.faulty,
        rated: None,
        sealed: None,
        of: None,
        has_rubric: false,
        left: None,
        handed: None,
    };
    summaries.into_iter().map(row).collect()
}

/// Counts what a reviewer has done in each batch; most of it was counted before, and is remembered.
pub async fn count(library: &Library, me: ReviewerId, rows: &mut [BatchRow]) -> Result<(), LibraryError> {
    let open = recall(library, me, rows).await?;
    count_rest(library, me, rows, open).await
}

/// Fills in what was counted before and still holds; returns which rows are left, and how those batches stand.
pub async fn recall(library: &Library, me: ReviewerId, rows: &mut [BatchRow]) -> Result<Vec<(usize, Standing)>, LibraryError> {
    let (known, now) = (library.tallies(me).await?, library.now());
    let mut open = Vec::new();
    for (nth, row) in rows.iter_mut().enumerate() {
        match known.get(&row.id) {
            // A day that is over since leaves fewer to decide on.
            Some((standing, Some(tally))) if tally.handed.is_some_and(|of| of.next.is_some_and(|next| next < now)) => {
                open.push((nth, *standing));
            }
            Some((_, Some(tally))) => fill(row, *tally),
            Some((standing, None)) => open.push((nth, *standing)),
            // It came in since the list was made, or is gone.
            None => {}
        }
    }
    Ok(open)
}

/// Opens the batches that are left, counts in them, and remembers what was counted.
pub async fn count_rest(
    library: &Library,
    me: ReviewerId,
    rows: &mut [BatchRow],
    open: Vec<(usize, Standing)>,
) -> Result<(), LibraryError> {
    let mut counted = Vec::new();
    for (nth, standing) in open {
        let row = &mut rows[nth];
        let contents = match judged(library, row.id).await {
            // One such batch does not hide the others; who opens it is told.
            Err(LibraryError::UnreadRubric { .. }) => {
                row.has_rubric = true;
                continue;
            }
            // What was handed over until a day that is past is not opened any more; that it is over is told.
            Err(LibraryError::Lapsed { .. }) => {
                row.handed = handed(library, me, row.id).await?;
                continue;
            }
            contents => contents?,
        };
        let tally = tally(library, me, contents).await?;
        fill(row, tally);
        counted.push((row.id, standing, tally));
    }
    if counted.is_empty() || library.access() == Access::ReadOnly {
        return Ok(());
    }
    if let Err(error) = library.keep_tallies(me, &counted).await {
        // Then it is counted again the next time.
        tracing::info!(%error, "what was counted is not remembered");
    }
    Ok(())
}

/// How far one came with what was handed to one, also once its time is over.
async fn handed(library: &Library, me: ReviewerId, id: BatchId) -> Result<Option<Handed>, LibraryError> {
    let (batch, entries) = (library.batch(id).await?, library.events(id).await?);
    Ok(Desk::new(me, Contents { batch, entries, rubric: None, outlines: BTreeMap::new(), people: Vec::new() }).handed())
}

fn fill(row: &mut BatchRow, tally: Tally) {
    (row.has_rubric, row.handed) = (tally.has_rubric, tally.handed);
    // Who was erased, or whose day is over, is no one to decide on.
    row.submissions = row.handed.map_or(row.submissions, |handed| handed.of);
    (row.rated, row.sealed, row.of) = (Some(tally.rated), Some(tally.sealed), Some(tally.of));
    let rest = |recorded_ms| Rest { answers: tally.left, recorded_ms, read_ms: tally.left_reading_ms, rough: tally.rough };
    let (whole, skipping) = (rest(tally.left_ms), rest(tally.left_skipping_ms));
    row.left = Some(LeftToHear { since: tally.waiting_since, whole, skipping });
}

/// Counts what a reviewer has done in a batch, and what is left to hear of it.
async fn tally(library: &Library, me: ReviewerId, mut contents: Contents) -> Result<Tally, LibraryError> {
    let mut desk = Desk::new(me, contents.clone());
    let open: HashSet<AnswerId> = {
        let open = desk.plan.steps.iter().map(|step| step.answer).filter(|answer| !desk.is_sealed(*answer));
        open.collect()
    };
    let mut waiting_since = None;
    if !open.is_empty() {
        for submission in &contents.batch.submissions {
            if submission.answers.iter().any(|answer| open.contains(&answer.id)) {
                let came = submission.completed_at.or(submission.started_at);
                waiting_since = waiting_since.into_iter().chain(came).min();
            }
        }
        // Only of what is still to be heard is the length asked.
        contents.outlines = outlines(library, &contents.batch, |answer| open.contains(&answer)).await?;
        desk = Desk::new(me, contents);
    }
    let (progress, rest) = (desk.progress(), desk.rest(false));
    Ok(Tally {
        rated: progress.rated,
        sealed: progress.sealed,
        of: progress.of,
        has_rubric: desk.rubric.is_some(),
        waiting_since,
        left: rest.answers,
        left_ms: rest.recorded_ms,
        left_skipping_ms: desk.rest(true).recorded_ms,
        left_reading_ms: rest.read_ms,
        rough: rest.rough,
        handed: desk.handed(),
    })
}

/// A batch by its title or id, the beginning of either, or a part of its title; upper and lower case are the same.
///
/// # Errors
/// When no batch is meant, or several are.
pub fn find(titles: &[Titled], named: &str) -> Result<BatchId, NoSuchBatch> {
    let wanted = named.trim().to_lowercase();
    let title = |one: &Titled| one.title.raw().to_lowercase();
    let id = |one: &Titled| one.id.to_string();
    // The more exact way goes first: a batch named "May" is meant by "may" also beside one named "Mayfair".
    let ways: [&dyn Fn(&Titled) -> bool; 3] = [
        &|one| title(one) == wanted || id(one) == wanted,
        &|one| title(one).starts_with(&wanted) || id(one).starts_with(&wanted),
        &|one| title(one).contains(&wanted),
    ];
    let found = ways.iter().map(|way| titles.iter().filter(|one| way(one)).collect::<Vec<_>>());
    match found.into_iter().find(|found| !found.is_empty()).unwrap_or_default().as_slice() {
        [] => Err(NoSuchBatch::None(SafeText::line(named))),
        [one] => Ok(one.id),
        several => Err(NoSuchBatch::Several { named: SafeText::line(named), ids: several.iter().map(|one| one.id).collect() }),
    }
}

/// A name that does not tell which batch is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchBatch {
    /// No batch has it.
    #[error("no batch has the title or id {0}")]
    None(SafeText),
    /// Several may be meant.
    #[error("several batches may be meant by {named}; give more of the title, or the id")]
    Several {
        /// What was asked for.
        named: SafeText,
        /// Which may be meant.
        ids: Vec<BatchId>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::RubricKept;
    use crate::runtime::testing;

    #[tokio::test]
    async fn a_rubric_that_cannot_be_read_is_named_and_is_not_taken_for_none() {
        let (_folder, library, sample) = testing::library().await;
        let batch = sample.batch;
        let (scoring_hash, text_hash) = (Digest::of(b"scoring"), Digest::of(b"text"));
        let source = "id = 7".to_owned();
        let kept = RubricKept { id: "backend".parse().expect("a slug"), version: "2".into(), scoring_hash, text_hash, source };
        library.keep_rubric(&kept).await.expect("it is kept");
        let act = Act::Attached { rubric_hash: scoring_hash, text_hash, map: Vec::new() };
        library.append(vec![crate::runtime::attach::draft(Some(batch.id), act)]).await.expect("it is written");
        let error = open_batch(&library, batch.id).await.expect_err("it cannot be read");
        assert!(error.to_string().starts_with("the rubric backend 2, which is attached, cannot be read"), "{error}");
        let mut listed = rows(library.summaries().await.expect("they are listed"));
        count(&library, ReviewerId::derive(&["mara"]), &mut listed).await.expect("the others can be counted");
        assert!(listed[0].has_rubric && listed[0].rated.is_none());
    }

    /// Which batches have to be opened for the list, after what was counted before is remembered.
    async fn opened_for_the_list(library: &Library, me: ReviewerId) -> Vec<BatchId> {
        let mut listed = rows(library.summaries().await.expect("they are listed"));
        let open = recall(library, me, &mut listed).await.expect("it is recalled");
        let ids = open.iter().map(|(nth, _)| listed[*nth].id).collect();
        count_rest(library, me, &mut listed, open).await.expect("it is counted");
        assert!(listed.iter().all(|row| row.rated.is_some()));
        ids
    }

    #[tokio::test]
    async fn a_batch_is_opened_for_the_list_only_once_until_something_changes_in_it() {
        let (_folder, library, sample) = testing::library().await;
        let (me, first) = (ReviewerId::derive(&["mara"]), sample.batch.clone());
        let candidate = first.submissions[0].candidate.id;
        let mut second = Batch { id: BatchId::derive(&["another"]), submissions: Vec::new(), ..first.clone() };
        library.keep_batch(&second).await.expect("it is kept");
        assert_eq!(opened_for_the_list(&library, me).await.len(), 2);
        assert_eq!(opened_for_the_list(&library, me).await, []);
        // Another reviewer has done something else.
        assert_eq!(opened_for_the_list(&library, ReviewerId::derive(&["ivo"])).await.len(), 2);

        let act = Act::Panel { reviewers: Vec::new() };
        library.append(vec![crate::runtime::attach::draft(Some(first.id), act)]).await.expect("it is written");
        assert_eq!(opened_for_the_list(&library, me).await, [first.id]);
        second.title = SafeText::line("A better title");
        library.keep_batch(&second).await.expect("it is kept");
        assert_eq!(opened_for_the_list(&library, me).await, [second.id]);
        library.erase_person(candidate).await.expect("the person is erased");
        assert_eq!(opened_for_the_list(&library, me).await, [first.id]);
        assert_eq!(opened_for_the_list(&library, me).await, []);
    }
}

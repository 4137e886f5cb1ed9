//! Taking in what was handed over: a batch, its transcripts, rubrics, keys and events, all or none of it.

use zeroize::Zeroizing;

use super::journal::Parts;
use super::{Kept, Library, LibraryError, Result, RubricKept, Taken, TranscriptFile};
use crate::interview::{AnswerId, Batch, CandidateId, Digest};
use crate::journal::{Draft, Run};

use super::seal::Key;

/// What comes in together.
#[derive(Default)]
pub struct Parcel {
    /// A batch, of which only some submissions may have come.
    pub batch: Option<Batch>,
    /// Transcripts of its answers, and whose they are.
    pub transcripts: Vec<(CandidateId, AnswerId, TranscriptFile)>,
    /// What a step made of a recording.
    pub prepared: Vec<(CandidateId, Digest, &'static str, Zeroizing<Vec<u8>>)>,
    /// Rubrics.
    pub rubrics: Vec<RubricKept>,
    /// Keys under which others wrote about candidates.
    pub keys: Vec<(CandidateId, Zeroizing<[u8; 32]>)>,
    /// Pieces of others' streams.
    pub runs: Vec<Run>,
    /// Whether their author may have moved events from one stream to another, as [`Library::take_in`] says.
    pub moves: bool,
    /// What the one who acts writes about it.
    pub drafts: Vec<Draft>,
}

/// What became of it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TakenWhole {
    /// Of the batch.
    pub kept: Kept,
    /// Of the events.
    pub taken: Taken,
}

impl Library {
    /// Takes all of it in, or nothing. What concerns people who were erased here is left out, and they are named.
    ///
    /// Recordings and documents are put into the vault before: nothing names them until this has returned.
    ///
    /// # Errors
    /// When anything of it does not fit to what is here, or cannot be written.
    pub async fn take_whole(&self, parcel: Parcel) -> Result<TakenWhole> {
        let inner = &*self.inner;
        let author = self.author.ok_or(LibraryError::NoAuthor)?;
        let now = (inner.clock)();
        let bytes = parcel.transcripts.iter().map(|(_, _, file)| file.bytes.len()).sum::<usize>() as u64
            + parcel.prepared.iter().map(|(.., value)| value.len()).sum::<usize>() as u64;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        let mut whole = TakenWhole::default();
        if let Some(batch) = &parcel.batch {
            inner.keep_within(&mut transaction, batch, &mut whole.kept).await?;
        }
        for rubric in &parcel.rubrics {
            inner.write_rubric(&mut transaction, rubric).await?;
        }
        for (candidate, answer, file) in &parcel.transcripts {
            let written = inner.write_transcript(&mut transaction, *candidate, *answer, file).await;
            unless_erased(written)?;
        }
        for (candidate, recording, step, value) in &parcel.prepared {
            let written = inner.write_prepared(&mut transaction, *candidate, *recording, step, value).await;
            unless_erased(written)?;
        }
        for (candidate, key) in &parcel.keys {
            if !inner.is_erased(&mut transaction, *candidate).await? {
                inner.insert_key(&mut transaction, *candidate, &Key::new(key), false).await?;
                inner.renew_all_of(&mut transaction, *candidate).await?;
            }
        }
        // All of them first: another piece may have something else for the place that one left.
        for run in parcel.runs.iter().filter(|_| parcel.moves) {
            inner.make_way(&mut transaction, run).await?;
        }
        for run in &parcel.runs {
            let taken = inner.take_run(&mut transaction, run).await?;
            whole.taken.add(taken);
        }
        let drafts = parcel.drafts.into_iter().map(|draft| (now, Parts::of(draft))).collect();
        inner.write_parts(&mut transaction, author, None, drafts).await?;
        if let Some(batch) = &parcel.batch {
            inner.renew(&mut transaction, batch.id).await?;
        }
        inner.commit(transaction, bytes).await?;
        Ok(whole)
    }
}

/// What is kept of nobody who was erased is no failure.
fn unless_erased(written: Result<()>) -> Result<()> {
    match written {
        Err(LibraryError::Erased(_)) => Ok(()),
        written => written,
    }
}

//! What a fetch did, and what it tells while it works.

use super::remote::Offers;
use crate::interview::{Batch, BatchId, Problem, Status, SubmissionId, UnderWay};
use crate::library::{Awaited, AwaitedFor};
use crate::text::SafeText;

/// What happens while a fetch works.
#[derive(Clone, PartialEq, Debug)]
pub enum News {
    /// So many batches are new or changed.
    Listed {
        /// Batches.
        batches: usize,
    },
    /// What is known of one batch was kept.
    Batch(BatchNews),
    /// What is to come.
    Planned {
        /// Files.
        files: usize,
        /// Bytes, of those whose length is known.
        bytes: u64,
        /// Files whose length is not known.
        unknown: usize,
        /// Answers among the files.
        answers: usize,
    },
    /// How far it is, several times a second.
    Progress(UnderWay),
    /// The host said how long a file is of which that was not known.
    Length {
        /// Bytes.
        bytes: u64,
    },
    /// So many bytes of a file had come before.
    Kept {
        /// Plain bytes.
        bytes: u64,
    },
    /// So many bytes that had come are of no use: the file has become another one.
    Lost {
        /// Plain bytes.
        bytes: u64,
    },
    /// Bytes came.
    Came {
        /// Bytes.
        bytes: u64,
    },
    /// An answer can be reviewed now.
    Arrived {
        /// Which file.
        file: Awaited,
        /// Its length in bytes.
        bytes: u64,
        /// Whether it takes the place of another recording.
        is_new_recording: bool,
    },
    /// A recording is here again whose file was gone, damaged or put away.
    BroughtBack {
        /// Which file.
        file: Awaited,
        /// Its length in bytes.
        bytes: u64,
    },
    /// A file is here and kept, of whatever kind; told after what became of it.
    Here,
    /// A file did not come.
    Failed {
        /// Which.
        file: Awaited,
        /// Why.
        reason: String,
    },
}

/// What is new in one batch.
#[derive(Clone, PartialEq, Debug)]
pub struct BatchNews {
    /// The batch.
    pub batch: BatchId,
    /// What people call it.
    pub title: SafeText,
    /// Submissions in it.
    pub submissions: usize,
    /// Submissions that were not here.
    pub new: usize,
    /// Handed in since.
    pub completed: usize,
    /// Withdrawn since.
    pub withdrawn: usize,
    /// Expired since.
    pub expired: usize,
    /// Of people whose data was erased here: nothing of theirs was kept.
    pub erased: usize,
    /// What a platform hands out of it.
    pub offers: Option<Offers>,
}

impl BatchNews {
    /// What a document brings that is not here yet, or is otherwise here.
    pub fn of(incoming: &Batch, here: Option<&Batch>) -> Self {
        let before = |id: SubmissionId| here.and_then(|here| here.submission(id)).map(|submission| submission.status);
        let became = |status: Status| {
            let all = incoming.submissions.iter();
            all.filter(|one| one.status == status && before(one.id).is_some_and(|before| before != status)).count()
        };
        BatchNews {
            batch: incoming.id,
            title: incoming.title.clone(),
            submissions: incoming.submissions.len(),
            new: incoming.submissions.iter().filter(|one| before(one.id).is_none()).count(),
            completed: became(Status::Completed),
            withdrawn: became(Status::Withdrawn),
            expired: became(Status::Expired),
            erased: 0,
            offers: None,
        }
    }
}

/// What a fetch did.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Fetched {
    /// Batches that were new or changed.
    pub batches: Vec<BatchNews>,
    /// Files that were to come.
    pub files: usize,
    /// Their bytes, of those whose length is known.
    pub bytes: u64,
    /// Files whose length is not known.
    pub unknown: usize,
    /// Answers among the files.
    pub answers: usize,
    /// Bytes that came now.
    pub came: u64,
    /// Files that came.
    pub arrived: usize,
    /// Files that did not.
    pub missing: usize,
    /// Files that came and that nobody can review: the recording of an answer that does not play.
    pub unusable: usize,
    /// What is wrong, the gravest first.
    pub problems: Vec<Problem>,
}

impl Fetched {
    pub(super) fn count(&mut self, files: &[Awaited]) {
        self.files = files.len();
        self.bytes = files.iter().filter_map(|file| file.bytes).fold(0, u64::saturating_add);
        self.unknown = files.iter().filter(|file| file.bytes.is_none()).count();
        self.answers = files.iter().filter(|file| matches!(file.of, AwaitedFor::Recording(_))).count();
    }
}

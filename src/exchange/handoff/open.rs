//! Reading a hand-off: all of it is checked before anything of it is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::envelope;
use super::error::HandoffError;
use super::manifest::{FORMAT, LeftOut, MOST_TOGETHER, Manifest, Piece, SIGNED, Way, What};
use crate::config::identity::PublicIdentity;
use crate::config::identity::letter::SIGNATURE;
use crate::config::identity::parcel::Opener;
use crate::interview::{AnswerId, Batch, BatchId, CandidateId, Digest};
use crate::journal::Run;
use crate::text::SafeText;

/// A manifest is no longer than this.
const MOST: u64 = 1 << 30;
/// No small file behind it is longer.
const MOST_SMALL: u64 = 64 << 20;

/// A hand-off that came whole, opened, and is what its sender signed.
pub struct Opened {
    pub(super) path: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) runs: Vec<Run>,
    /// Whether a passphrase opened it: then both know it.
    pub(super) by_passphrase: bool,
}

impl Opened {
    /// Who signed it.
    pub fn from(&self) -> &PublicIdentity {
        &self.manifest.from
    }

    /// What the batch is called.
    pub fn title(&self) -> &SafeText {
        &self.manifest.title
    }

    /// Which batch it is about.
    pub fn batch(&self) -> BatchId {
        self.manifest.batch_id
    }

    /// Whether it is what a receiver did, on its way back.
    pub fn is_reply(&self) -> bool {
        self.manifest.way == Way::Back
    }

    /// Until when it may be used.
    pub fn until(&self) -> Option<Timestamp> {
        self.manifest.until
    }

    /// Whether the names came along.
    pub fn names(&self) -> bool {
        self.manifest.names
    }

    /// Scorecards in it.
    pub fn scorecards(&self) -> u32 {
        self.manifest.scorecards
    }

    /// Candidates in it.
    pub fn candidates(&self) -> usize {
        self.manifest.batch.as_ref().map_or(0, |batch| batch.submissions.len())
    }

    /// What a candidate in it is called by its source.
    pub fn called(&self, id: crate::interview::SubmissionId) -> String {
        let batch = self.manifest.batch.as_ref();
        batch.and_then(|batch| batch.submission(id)).map_or_else(String::new, |one| one.candidate.source_id.to_string())
    }

    /// What its sender left out.
    pub fn left_out(&self) -> &LeftOut {
        &self.manifest.left_out
    }
}

/// Opens a hand-off and reads all of it once, piece by piece.
///
/// # Errors
/// What is wrong with it; nothing was written.
pub fn open(path: &Path, opener: &Opener) -> Result<Opened, HandoffError> {
    let mut reader = Behind::open(path, opener)?;
    let manifest = reader.manifest(path)?;
    let runs = manifest.runs.iter().map(|run| run.open(manifest.batch_id).ok_or(BROKEN)).collect::<Result<Vec<_>, _>>()?;
    check(&manifest, &runs)?;
    is_once(&manifest.files)?;
    for piece in &manifest.files {
        let mut hash = Sha256::new();
        reader.each(path, piece.bytes, |part| hash.update(part))?;
        if Digest(hash.finalize().into()) != piece.digest {
            return Err(HandoffError::Changed("a file in it is not the one that its sender signed"));
        }
    }
    reader.ends(path)?;
    Ok(Opened { path: path.to_owned(), manifest, runs, by_passphrase: matches!(opener, Opener::Passphrase(_)) })
}

const BROKEN: HandoffError = HandoffError::Changed("what is in it does not hold together");

/// Whether what the manifest says fits together.
fn check(manifest: &Manifest, runs: &[Run]) -> Result<(), HandoffError> {
    let own_only = runs.iter().all(|run| run.author == manifest.from.reviewer);
    match (&manifest.batch, manifest.way) {
        (None, Way::Back) if manifest.files.is_empty() && own_only => Ok(()),
        (Some(batch), Way::There) if batch.id == manifest.batch_id && files_fit(batch, &manifest.files) => Ok(()),
        _ => Err(BROKEN),
    }
}

/// Whether each file comes once, and those that are held as a whole are not too long together.
fn is_once(files: &[Piece]) -> Result<(), HandoffError> {
    let mut known = BTreeSet::new();
    for piece in files {
        // What is large is known by its content; of what is small there is one of a kind.
        let digest = piece.what.is_large().then_some(piece.digest);
        let what = if let What::Transcript(answer, _) = &piece.what {
            What::Transcript(*answer, String::new())
        } else {
            piece.what.clone()
        };
        if !known.insert((piece.candidate, what, digest)) {
            return Err(HandoffError::Changed("the same file is in it twice"));
        }
    }
    let small = files.iter().filter(|piece| !piece.what.is_large()).map(|piece| piece.bytes);
    match small.fold(0, u64::saturating_add) > MOST_TOGETHER {
        true => Err(HandoffError::TooMuch { most: MOST_TOGETHER >> 20 }),
        false => Ok(()),
    }
}

/// Whether every file belongs to a candidate of the batch who is said to have it.
fn files_fit(batch: &Batch, files: &[Piece]) -> bool {
    let mut digests: BTreeMap<CandidateId, BTreeSet<Digest>> = BTreeMap::new();
    let mut answers: BTreeSet<(CandidateId, AnswerId)> = BTreeSet::new();
    for submission in &batch.submissions {
        let of = digests.entry(submission.candidate.id).or_default();
        of.extend(submission.answers.iter().filter_map(|answer| answer.media.as_ref()?.digest));
        of.extend(submission.documents.iter().filter_map(|document| document.media.as_ref()?.digest));
        answers.extend(submission.answers.iter().map(|answer| (submission.candidate.id, answer.id)));
    }
    files.iter().all(|piece| {
        let has = |digest: &Digest| digests.get(&piece.candidate).is_some_and(|of| of.contains(digest));
        match &piece.what {
            What::Recording | What::Document => has(&piece.digest),
            What::Measured(recording) | What::Playable(recording) => has(recording) && piece.bytes <= MOST_SMALL,
            What::Transcript(answer, _) => answers.contains(&(piece.candidate, *answer)) && piece.bytes <= MOST_SMALL,
        }
    })
}

/// What is sealed in a hand-off, from its beginning on.
pub(super) struct Behind(Box<dyn Read + Send>);

impl Behind {
    pub(super) fn open(path: &Path, opener: &Opener) -> Result<Self, HandoffError> {
        Ok(Behind(Box::new(envelope::open(path, opener)?)))
    }

    /// The manifest, once its signature was found right.
    pub(super) fn manifest(&mut self, path: &Path) -> Result<Manifest, HandoffError> {
        let mut length = [0; 8];
        self.fill(path, &mut length)?;
        let length = u64::from_be_bytes(length);
        if length > MOST {
            return Err(BROKEN);
        }
        let mut text = Zeroizing::new(Vec::new());
        self.0.by_ref().take(length).read_to_end(&mut text).map_err(|error| told(path, error))?;
        let mut signature = [0; SIGNATURE];
        self.fill(path, &mut signature)?;
        let said: Said = serde_json::from_slice(&text).map_err(|_| BROKEN)?;
        if said.format > u64::from(FORMAT) {
            return Err(HandoffError::Newer { format: said.format, known: FORMAT });
        }
        let mut manifest: Manifest = serde_json::from_slice(&text).map_err(|_| BROKEN)?;
        if !manifest.from.has_signed(SIGNED, &text, &signature) {
            return Err(HandoffError::Changed("its sender's signature is not right"));
        }
        manifest.from.label = SafeText::name(manifest.from.label.raw());
        manifest.from.pseudonym = SafeText::name(manifest.from.pseudonym.raw());
        Ok(manifest)
    }

    fn fill(&mut self, path: &Path, bytes: &mut [u8]) -> Result<(), HandoffError> {
        self.0.read_exact(bytes).map_err(|error| told(path, error))
    }

    /// Gives so many bytes, a part at a time.
    pub(super) fn each(&mut self, path: &Path, length: u64, mut take: impl FnMut(&[u8])) -> Result<(), HandoffError> {
        let (mut left, mut part) = (length, Zeroizing::new(vec![0; 64 * 1024]));
        while left > 0 {
            let most = part.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.fill(path, &mut part[..most])?;
            take(&part[..most]);
            left -= most as u64;
        }
        Ok(())
    }

    /// A whole small file.
    pub(super) fn small(&mut self, path: &Path, length: u64) -> Result<Zeroizing<Vec<u8>>, HandoffError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.min(MOST_SMALL) as usize));
        self.each(path, length, |part| bytes.extend_from_slice(part))?;
        Ok(bytes)
    }

    fn ends(&mut self, path: &Path) -> Result<(), HandoffError> {
        let mut more = [0; 1];
        match self.0.read(&mut more).map_err(|error| told(path, error))? {
            0 => Ok(()),
            _ => Err(BROKEN),
        }
    }
}

impl Read for Behind {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes)
    }
}

/// What is read of a manifest of any version.
#[derive(serde::Deserialize)]
struct Said {
    format: u64,
}

fn told(path: &Path, error: io::Error) -> HandoffError {
    match error.kind() {
        // What age finds wrong with a piece, and a piece that is missing.
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => HandoffError::Changed("what is sealed in it is damaged"),
        _ => HandoffError::unread(path, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(what: What, bytes: u64) -> Piece {
        Piece { candidate: CandidateId::derive(&["c"]), what, digest: Digest::of(&bytes.to_be_bytes()), bytes }
    }

    #[test]
    fn a_file_that_comes_twice_is_refused_and_so_are_small_ones_that_are_too_long_together() {
        let playable = |nth: u32, bytes| piece(What::Playable(Digest::of(&nth.to_be_bytes())), bytes);
        assert!(is_once(&[playable(1, 10), playable(2, 10), piece(What::Recording, 10), piece(What::Recording, 11)]).is_ok());
        let transcript = |name: &str, bytes| piece(What::Transcript(AnswerId::derive(&["a"]), name.to_owned()), bytes);
        for twice in [[playable(1, 10), playable(1, 11)], [transcript("a.vtt", 1), transcript("b.vtt", 2)]] {
            assert!(matches!(is_once(&twice), Err(HandoffError::Changed(_))));
        }
        let many: Vec<Piece> = (0..9).map(|nth| playable(nth, MOST_SMALL)).collect();
        assert!(matches!(is_once(&many), Err(HandoffError::TooMuch { .. })));
        let mut sent = many;
        super::super::manifest::not_too_much(&mut sent);
        assert!(is_once(&sent).is_ok() && sent.len() == 8, "no sender writes what a receiver refuses");
    }
}

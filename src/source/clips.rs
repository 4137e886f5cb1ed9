//! Anchor clips: the recordings by which reviewers calibrate, taken in beside a rubric and kept like answers.
//!
//! A clip is kept under a key of its own, as if its speaker were a candidate of no batch: nothing that lists, exports or ranks
//! candidates meets it.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::measure::{PLAYABLE, Readers, keep_prepared};
use super::shelf::{LARGEST_RECORDING, Shelf};
use super::take::Unplayable;
use crate::interview::{AnswerId, CandidateId, Digest};
use crate::library::{Content, Library, LibraryError};

/// Under which the library keeps which recording a clip is.
const CLIP: &str = "anchor clip";

/// A clip's recording in the vault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clip {
    /// Whose it is, in the vault.
    #[serde(skip, default = "nobody")]
    pub speaker: CandidateId,
    /// Which recording.
    pub digest: Digest,
    /// Its file's extension.
    pub extension: Option<String>,
}

/// Why a clip was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ClipFault {
    /// The file, or what is in it.
    #[error("{}", .0.reason)]
    Unusable(Unplayable),
    /// The library.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// Takes a clip's file, `media` relative to `folder`, through the same checks as an answer, and keeps it under `id`.
///
/// # Errors
/// When it cannot be read or played, or the library cannot write.
pub async fn keep_clip(library: &Library, id: AnswerId, folder: &Path, media: &str, readers: Readers) -> Result<(), ClipFault> {
    let extension = media.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
    let (folder, file, kind) = (folder.to_owned(), media.to_owned(), extension.clone());
    let taken = tokio::task::spawn_blocking(move || {
        let bytes = read(&folder, &file)?;
        let measured = (readers.measure)(bytes.clone(), kind.as_deref())?;
        Ok((bytes, measured))
    });
    let broken = |_| Unplayable { reason: "the decoder broke down over it".to_owned(), remedy: "convert it".to_owned() };
    let (bytes, measured) = taken.await.map_err(broken).and_then(|taken| taken).map_err(ClipFault::Unusable)?;
    let speaker = speaker(id);
    let digest = library.put(speaker, Content::Recording, bytes.to_vec()).await?;
    keep_prepared(library, speaker, digest, &measured.value).await?;
    if let Some(playable) = &measured.playable {
        library.keep_prepared(speaker, digest, PLAYABLE, playable).await?;
    }
    let clip = serde_json::to_vec(&Clip { speaker, digest, extension }).expect("a clip has string keys");
    library.keep_prepared(speaker, place(), CLIP, &clip).await?;
    Ok(())
}

/// The clip that is kept under `id`; none where it is not on this machine.
///
/// # Errors
/// When the library cannot be read.
pub async fn clip(library: &Library, id: AnswerId) -> Result<Option<Clip>, LibraryError> {
    let speaker = speaker(id);
    let known = library.prepared(speaker, place(), CLIP).await?;
    let clip = known.and_then(|bytes| serde_json::from_slice::<Clip>(&bytes).ok());
    Ok(clip.map(|clip| Clip { speaker, ..clip }))
}

fn read(folder: &Path, media: &str) -> Result<Arc<[u8]>, Unplayable> {
    let shelf = Shelf::folder(folder).map_err(|error| Unplayable {
        reason: format!("the rubric's folder cannot be read: {error}"),
        remedy: "check that you may read it".to_owned(),
    })?;
    let opened = shelf.open(media, LARGEST_RECORDING).and_then(|opened| opened.bytes());
    let bytes = opened.map_err(|fault| Unplayable { reason: fault.to_string(), remedy: fault.remedy() })?;
    match bytes.is_empty() {
        true => Err(Unplayable { reason: "the file is empty".to_owned(), remedy: "put the recording there".to_owned() }),
        false => Ok(bytes),
    }
}

/// Nobody's answer is a clip: the id of the one is that of the other.
fn speaker(id: AnswerId) -> CandidateId {
    CandidateId(id.0)
}

fn nobody() -> CandidateId {
    CandidateId(uuid::Uuid::nil())
}

fn place() -> Digest {
    Digest::of(CLIP.as_bytes())
}

//! How recordings are measured, and how that is stored.

use std::sync::Arc;

use super::take::{Flaw, Measured, Unplayable};
use crate::fence::Fence;
use crate::interview::{CandidateId, Digest, Problem};
use crate::library::{Library, LibraryError};
use crate::sound::{DecodeError, Prepared, Recording, Sketch, cut_off};
use crate::transcript;

/// The name under which the library keeps what was measured of a recording.
pub const PREPARED: &str = "sound";

/// The name under which the library keeps what is played in place of a recording that earmark cannot decode by itself.
pub const PLAYABLE: &str = "playable";

/// Measures a recording, with its file's extension.
pub type Measure = fn(Arc<[u8]>, Option<&str>) -> Result<Measured, Unplayable>;

/// Checks a transcript, with its file's name and the recording's length in milliseconds; gives what was put right.
pub type Check = fn(&[u8], &str, Option<u32>) -> Result<Vec<Problem>, Problem>;

/// How recordings and transcripts are read. Another process may do it; a test does it without any sound.
#[derive(Clone, Copy)]
pub struct Readers {
    /// Decodes and measures a recording.
    pub measure: Measure,
    /// Reads again what was measured once; none where it is of another version.
    pub measured_before: fn(&[u8]) -> Option<Measured>,
    /// Reads a transcript, to know whether it can be read.
    pub transcript: Check,
}

impl Readers {
    /// Those of this program: recordings are decoded behind the fence.
    pub fn here() -> Self {
        Readers {
            measure,
            measured_before: |stored| prepared(stored).map(|known| measured(&known)),
            transcript: |bytes, name, length| transcript::read(bytes, name, length).map(|reading| reading.warnings),
        }
    }
}

/// What the library keeps under [`PREPARED`], as a value; none where this version would measure anew.
pub fn prepared(stored: &[u8]) -> Option<Prepared> {
    serde_json::from_slice(stored).ok().filter(Prepared::is_current)
}

/// The same without the peaks, in a fraction of the time: from what [`keep_prepared`] puts beside it, or from all of it.
pub fn sketch(stored: &[u8]) -> Option<Sketch> {
    serde_json::from_slice(stored).ok().filter(Sketch::is_current)
}

/// Keeps what was measured of a recording, as bytes, with the little of it that is wanted of every answer of a batch.
///
/// # Errors
/// When the library cannot be written to.
pub async fn keep_prepared(library: &Library, candidate: CandidateId, recording: Digest, value: &[u8]) -> Result<(), LibraryError> {
    let gist = sketch(value).map(|sketch| serde_json::to_vec(&sketch).expect("a sketch has string keys"));
    library.keep_prepared_and_gist(candidate, recording, PREPARED, value, gist.as_deref()).await
}

/// Keeps what was measured of a recording outside of an import.
///
/// # Errors
/// When the library cannot be written to.
pub async fn keep_measured(
    library: &Library,
    candidate: CandidateId,
    recording: Digest,
    prepared: &Prepared,
) -> Result<(), LibraryError> {
    keep_prepared(library, candidate, recording, &measured(prepared).value).await
}

fn measure(bytes: Arc<[u8]>, extension: Option<&str>) -> Result<Measured, Unplayable> {
    let fence = Fence::here();
    let bytes = Recording::from(bytes);
    let error = match fence.measure(bytes.clone(), extension) {
        Ok(prepared) => return Ok(measured(&prepared)),
        Err(error) => error,
    };
    if !matches!(error, DecodeError::Codec { .. }) {
        return Err(unplayable(&error, error.remedy().to_owned()));
    }
    let converted = fence.convert(&bytes).and_then(|converted| {
        let converted: Arc<[u8]> = converted.into();
        Ok((fence.measure(converted.clone().into(), Some("flac"))?, converted))
    });
    match converted {
        Ok((mut prepared, converted)) => {
            prepared.truncated = prepared.truncated.or_else(|| cut_off(&bytes));
            Ok(Measured { playable: Some(converted), ..measured(&prepared) })
        }
        // What the recording is made of is the news; why another program does not help is beside it.
        Err(_) if crate::fence::ffmpeg_is_there() => Err(unplayable(&error, error.remedy().to_owned())),
        Err(_) => Err(unplayable(&error, format!("install ffmpeg and import again, or {}", error.remedy()))),
    }
}

fn unplayable(error: &DecodeError, remedy: String) -> Unplayable {
    Unplayable { reason: format!("{error} ({})", error.place()), remedy }
}

fn measured(prepared: &Prepared) -> Measured {
    Measured {
        length_ms: prepared.length_ms,
        flaw: prepared.truncated.map(|how| Flaw { reason: how.to_string(), remedy: how.remedy(), loses: how.loses() }),
        value: serde_json::to_vec(prepared).expect("measurements have string keys"),
        known: false,
        playable: None,
    }
}

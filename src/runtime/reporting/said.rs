//! What was being said at the moments that follow-ups belong to.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::cover_said;
use crate::export::Sources;
use crate::interview::{AnswerId, Moment};
use crate::library::{Library, LibraryError};
use crate::protocol::Particulars;
use crate::transcript::{self, Sentences, Transcript};

/// Transcripts of the answers that somebody marked a moment of, names hidden.
pub(super) type Said = BTreeMap<AnswerId, (Transcript, Sentences)>;

/// Reads them. What cannot be read is left out: the moment stands without words then.
pub(super) async fn said(library: &Library, sources: &Sources<'_>) -> Result<Said, LibraryError> {
    let works = sources.visible.works.values();
    let marked = works.flat_map(|work| work.probes.iter().chain(&work.notes)).filter(|note| note.at.is_some());
    let wanted: BTreeSet<AnswerId> = marked.map(|note| note.answer).collect();
    let files = library.transcripts(&wanted.into_iter().collect::<Vec<_>>()).await?;
    let mut all = Said::new();
    for (answer, file) in files {
        let Some((submission, _)) = sources.batch.answer(answer) else { continue };
        let Ok(reading) = transcript::read(&file.bytes, &file.name, None) else { continue };
        let covered = cover_said(&reading.transcript, &Particulars::of(&submission.candidate));
        let sentences = Sentences::of(&covered);
        all.insert(answer, (covered, sentences));
    }
    Ok(all)
}

/// The sentence that was being said.
pub(super) fn at(said: &Said, answer: AnswerId, at: Moment) -> Option<String> {
    let (transcript, sentences) = said.get(&answer).filter(|(transcript, _)| transcript.is_timed())?;
    Some(transcript.text(sentences.last_spoken(at)?))
}

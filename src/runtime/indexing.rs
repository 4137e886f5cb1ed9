//! Reading a batch for its index: answer by answer, beside everything else, without what names a candidate whose name is hidden.

use std::collections::HashMap;

use crate::app::{Indexed, ToIndex, cover_said};
use crate::interview::{Answer, AnswerId, Batch, Submission};
use crate::library::{Library, LibraryError, TranscriptFile};
use crate::protocol::{Covered, Particulars};
use crate::transcript::{self, Binder, Index, Language, Volume};

/// Answers of the first volume, which is soon there, and of later ones: each is larger, so that they are few in the end.
const FIRST: usize = 64;
const LAST: usize = 16_384;
/// Answers whose transcripts are read together.
const AT_ONCE: usize = 256;

/// Reads answers and tells of them volume by volume; ends early where `tell` says that nobody listens any more.
///
/// # Errors
///
/// When the library cannot be read. A transcript that cannot be read by itself is left out.
pub async fn read(
    library: &Library,
    batch: &Batch,
    answers: &[ToIndex],
    mut tell: impl FnMut(Indexed) -> bool,
) -> Result<(), LibraryError> {
    let places: HashMap<AnswerId, (&Submission, &Answer)> =
        batch.submissions.iter().flat_map(|one| one.answers.iter().map(move |answer| (answer.id, (one, answer)))).collect();
    let (mut shelf, mut size, mut bytes, mut done, mut read) = (Shelf::default(), FIRST, 0, 0, 0);
    while read < answers.len() {
        // What is read at once is what is in memory at once.
        let some = &answers[read..answers.len().min(read + AT_ONCE.min(size - done))];
        let mut said = library.transcripts(&some.iter().map(|wanted| wanted.entry.answer).collect::<Vec<_>>()).await?;
        for wanted in some {
            if let Some((submission, answer)) = places.get(&wanted.entry.answer) {
                shelf.add(said.remove(&answer.id), submission, answer, wanted);
            }
        }
        (read, done) = (read + some.len(), done + some.len());
        if done < size && read < answers.len() {
            continue;
        }
        let volumes = std::mem::take(&mut shelf).bind().await;
        bytes += volumes.iter().map(Volume::bytes).sum::<usize>();
        let left_out = if bytes > Index::MOST_BYTES { answers.len() - read } else { 0 };
        let goes_on = tell(Indexed { batch: batch.id, volumes, done: done + left_out, left_out });
        if !goes_on || left_out > 0 {
            break;
        }
        (done, size) = (0, (size * 4).min(LAST));
    }
    Ok(())
}

/// The volumes in the making, one a language.
#[derive(Default)]
struct Shelf(Vec<(Language, Binder)>);

impl Shelf {
    fn add(&mut self, file: Option<TranscriptFile>, submission: &Submission, answer: &Answer, wanted: &ToIndex) {
        let particulars = wanted.entry.covered.then(|| Particulars::of(&submission.candidate));
        let tag = wanted.language.as_ref().map(|tag| tag.as_str());
        if !answer.kind.is_recording() {
            if let Some(text) = &answer.text {
                let text = Covered::of(text, particulars.as_ref()).text;
                self.binder(Language::of(tag)).add_written(wanted.entry, text.as_str());
            }
            return;
        }
        let length = wanted.length.map(|length| length.0);
        // A transcript that cannot be read hides no other.
        let read = file.and_then(|file| transcript::read(&file.bytes, &file.name, length).ok());
        let Some(said) = read.map(|reading| reading.transcript) else { return };
        let said = match particulars {
            Some(particulars) => cover_said(&said, &particulars),
            None => said,
        };
        let language = Language::of(said.language.as_ref().map(|tag| tag.as_str()).or(tag));
        self.binder(language).add_said(wanted.entry, &said);
    }

    fn binder(&mut self, language: Language) -> &mut Binder {
        let at = self.0.iter().position(|(known, _)| *known == language).unwrap_or_else(|| {
            self.0.push((language, Binder::new(language)));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    /// The volumes, closed; that takes a moment of work, which keeps nobody waiting.
    async fn bind(self) -> Vec<Volume> {
        let bind = move || self.0.into_iter().map(|(_, binder)| binder.bind()).collect();
        tokio::task::spawn_blocking(bind).await.unwrap_or_default()
    }
}

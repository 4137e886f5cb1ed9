//! What becomes of a file that has arrived: measured, and told to the library, so that it can be reviewed at once.

use std::sync::Arc;

use super::remote::Located;
use super::resolver::Resolver;
use super::transfer::{Missed, Patience};
use super::{Fetcher, News};
use crate::interview::{Answer, AnswerId, AnswerState, Digest, Kind, Moment, Problem, Revision};
use crate::library::{Awaited, AwaitedFor, Became, Content, LibraryError, Settling, TranscriptFile};
use crate::net::{MediaError, PAGE, in_its_place};
use crate::source::measure::{PLAYABLE, PREPARED, keep_prepared};
use crate::source::shelf::LARGEST_TRANSCRIPT;
use crate::source::take::{Measured, Unplayable, kind_of_recording};
use crate::text::SafeText;

impl Fetcher<'_> {
    /// Tells the library of a recording or document that is in the vault now; why nobody can review it, where that is so.
    pub(super) async fn settle(&self, file: &Awaited, digest: Digest, bytes: u64) -> Result<Option<String>, Missed> {
        match file.of {
            AwaitedFor::Recording(answer) => self.settle_answer(file, answer, digest, bytes).await,
            _ => self.keep(file, Became::Document(digest, bytes)).await.map(|_| None),
        }
    }

    /// Keeps what became of a file, with all others that have come by then; says whether a new recording took another's place.
    async fn keep(&self, file: &Awaited, became: Became) -> Result<bool, Missed> {
        let settling = Settling { file: file.clone(), became };
        Ok(self.settling.with(settling, async |all| self.library.settle(all).await).await??)
    }

    async fn settle_answer(&self, file: &Awaited, id: AnswerId, digest: Digest, bytes: u64) -> Result<Option<String>, Missed> {
        let (submission, place) = self.library.submission_of(id).await?;
        let here = submission.answers[place].clone();
        let mut answer = file.answer.clone().unwrap_or_else(|| here.clone());
        answer.revision = Some(Revision::of(&digest));
        if let Some(media) = &mut answer.media {
            (media.digest, media.bytes) = (Some(digest), Some(bytes));
        }
        answer.state = AnswerState::Ready;
        let mut unusable = None;
        if answer.kind.is_recording() {
            match self.measured(file, digest).await? {
                Ok(measured) => {
                    self.say_length(file, &mut answer, &measured);
                    let all = self.library.get(file.candidate, Content::Recording, digest).await?;
                    answer.kind = kind_of_recording(&all, answer.kind);
                }
                Err(fault) => {
                    self.library.discard(file.candidate, Content::Recording, digest).await?;
                    self.problem(Problem::damage(&file.file, &file.place, &fault.reason, &fault.remedy));
                    // What was there before can still be reviewed.
                    answer = here.clone();
                    if !here.state.is_reviewable() {
                        answer.state = AnswerState::Faulty { reason: SafeText::line(&fault.reason) };
                    }
                    unusable = Some(fault.reason);
                }
            }
        } else if answer.kind == Kind::Text && answer.text.is_none() {
            let text = self.library.get(file.candidate, Content::Recording, digest).await?;
            answer.text = Some(SafeText::block(&String::from_utf8_lossy(&text)));
        }
        let is_there = answer.state.is_reviewable() && answer != here;
        // What is awaited again is awaited by what it was; what a listing names has no digest yet.
        let awaited = file.answer.as_ref().and_then(|answer| answer.media.as_ref()?.digest);
        let is_back = answer.state.is_reviewable() && !is_there && awaited == Some(digest);
        let is_new_recording = self.keep(file, Became::Answer(Box::new(answer))).await?;
        if is_there {
            self.tell(News::Arrived { file: file.clone(), bytes, is_new_recording });
        }
        if is_back {
            self.tell(News::BroughtBack { file: file.clone(), bytes });
        }
        Ok(unusable)
    }

    /// Measures a recording behind the fence, unless that was done before.
    async fn measured(&self, file: &Awaited, digest: Digest) -> Result<Result<Measured, Unplayable>, Missed> {
        let (library, readers) = (self.library, self.readers);
        let before = library.prepared(file.candidate, digest, PREPARED).await.ok().flatten();
        if let Some(known) = before.and_then(|stored| (readers.measured_before)(&stored)) {
            return Ok(Ok(known));
        }
        let _place = self.measuring.acquire().await.expect("nobody closes it");
        let bytes: Arc<[u8]> = Arc::from(&library.get(file.candidate, Content::Recording, digest).await?[..]);
        let extension = file.file.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
        let task = tokio::task::spawn_blocking(move || (readers.measure)(bytes, extension.as_deref()));
        // A decoder that breaks down over one recording must not take the fetch with it.
        let measured = task.await.unwrap_or_else(|_| {
            let reason = "the recording cannot be decoded: the decoder broke down over it".to_owned();
            Err(Unplayable { reason, remedy: "convert it with another program".to_owned() })
        });
        if let Ok(measured) = &measured {
            if let Some(playable) = &measured.playable {
                library.keep_prepared(file.candidate, digest, PLAYABLE, playable).await?;
            }
            keep_prepared(library, file.candidate, digest, &measured.value).await?;
        }
        Ok(measured)
    }

    fn say_length(&self, file: &Awaited, answer: &mut Answer, measured: &Measured) {
        let Some(flaw) = &measured.flaw else { return };
        let reason = flaw.told(Moment(measured.length_ms));
        if !flaw.loses {
            return self.problem(Problem::warning(&file.file, &file.place, &reason, flaw.remedy));
        }
        answer.state = AnswerState::Truncated;
        let remedy = "what is there can be reviewed; ask those who run the source for the rest";
        self.problem(Problem::damage(&file.file, &file.place, &reason, remedy));
    }

    /// Notes on an answer that nothing is there why its file did not come; the next fetch tries again.
    pub(super) async fn note_fault(&self, file: &Awaited, reason: &str) -> Result<(), LibraryError> {
        let AwaitedFor::Recording(id) = file.of else { return Ok(()) };
        self.library.mark_faulty(id, file.batch, reason).await
    }

    /// Brings a transcript, which is small and never lies in a file of its own.
    async fn bring_transcript(&self, address: &str, file: &Awaited) -> Result<Result<Vec<u8>, MediaError>, Missed> {
        let mut answer = match self.media.get(address, 0, None).await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error)),
        };
        let most = LARGEST_TRANSCRIPT;
        let mut all = Vec::new();
        loop {
            match answer.next().await {
                Ok(Some(bytes)) => all.extend_from_slice(bytes.as_ref()),
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            }
            self.go_on()?;
            if all.len() as u64 > most {
                return Ok(Err(MediaError::Refused(format!("it has more than {most} bytes"))));
            }
        }
        // A transcript may be JSON.
        let is_page = in_its_place(&all, answer.kind.as_deref()) == Some(PAGE);
        if is_page && !file.file.ends_with(".ttml") && !file.file.ends_with(".xml") {
            return Ok(Err(MediaError::Refused(format!("the host sends {PAGE} in its place"))));
        }
        self.tell(News::Came { bytes: all.len() as u64 });
        self.sized(file, all.len() as u64);
        Ok(Ok(all))
    }

    /// A transcript's bytes, with the same patience as for a recording.
    pub(super) async fn transcript(&self, resolver: &Resolver<'_>, place: usize, file: &Awaited) -> Result<Vec<u8>, Missed> {
        let mut patience = Patience::default();
        loop {
            self.go_on()?;
            let (address, asking) = match self.located(resolver, place, &mut patience).await? {
                (Located::At(address), asking) => (address, asking),
                (Located::Here(bytes), _) => {
                    self.tell(News::Came { bytes: bytes.len() as u64 });
                    self.sized(file, bytes.len() as u64);
                    return Ok(bytes);
                }
                (Located::NotYet | Located::Nowhere, _) => unreachable!("these are told as faults"),
            };
            match self.bring_transcript(&address, file).await? {
                Ok(bytes) => return Ok(bytes),
                Err(error) => self.renew_or_wait(resolver, (&address, asking), error, &mut patience).await?,
            }
        }
    }

    /// Keeps a transcript that has come, and says what is wrong with it.
    pub(super) async fn keep_transcript(&self, file: &Awaited, id: AnswerId, bytes: Vec<u8>) -> Result<Option<String>, Missed> {
        let told = |problem: Problem| {
            let reason = format!("{}: {}", problem.place.raw(), problem.reason.raw());
            Problem::warning(&file.file, &file.place, &reason, problem.remedy.raw())
        };
        match (self.readers.transcript)(&bytes, &file.file, None) {
            Ok(warnings) => {
                warnings.into_iter().for_each(|problem| self.problem(told(problem)));
                let transcript = TranscriptFile { name: file.file.clone(), bytes: bytes.into() };
                self.library.keep_transcript(id, transcript).await?;
                self.keep(file, Became::Transcript(SafeText::line(&file.file))).await?;
            }
            // The answer can be heard without it.
            Err(problem) => {
                self.problem(told(problem));
                self.library.no_longer_awaited(file).await?;
            }
        }
        Ok(None)
    }
}

//! Writing down what was said in the answers of a batch that have no transcript: each is kept as it is done, so that a run that is cut
//! short goes on where it was.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use zeroize::Zeroizing;

use crate::assist::Transcriber;
use crate::assist::transcribe::{NotWritten, Sound, has_words};
use crate::fence::Fence;
use crate::interview::{Answer, AnswerId, Batch, Digest, Submission};
use crate::library::{Library, LibraryError, TranscriptFile};
use crate::runtime::contents;
use crate::runtime::giving::{self, Given, Givings};
use crate::scorer::Amount;
use crate::sound::{Prepared, Recording, wav};
use crate::text::{SafeText, is_unspaced};
use crate::transcript::{self, Transcript};

/// So much speech, in ms, has a word in it; less may be a cough.
const SPEECH_MS: u32 = 1_500;
/// By what a recording without speech gets its empty transcript.
const NOBODY: &str = "speech detection";
/// Characters of the longest word that anybody says, where writing has spaces.
const LONGEST_WORD: usize = 200;
/// What is counted where an engine wrote more than anybody can have said.
const BEYOND: &str = "more words than can be said";

/// A batch whose answers are to be written down.
pub struct Transcribing<'b> {
    /// Where recordings are, and where transcripts go.
    pub library: &'b Library,
    /// The batch.
    pub batch: &'b Batch,
    /// Who writes.
    pub engine: &'b Transcriber,
    /// Whether answers that an engine has written down are written down again; what people wrote, or the source gave, stays.
    pub again: bool,
    /// Only submissions that were handed in since.
    pub since: Option<jiff::Timestamp>,
    /// How many answers at once; at least one.
    pub at_once: usize,
    /// What is given to the engine just now.
    pub givings: Givings,
}

/// How it ended for one answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// It was written down now.
    Written {
        /// How many words.
        words: usize,
    },
    /// Nobody speaks in it, as far as the recording's sound tells, which then goes to no engine, or the engine: an empty transcript is kept.
    NobodySpeaks,
    /// It has a transcript.
    There,
    /// It may not be given to this engine, and why.
    NotAllowed(&'static str),
    /// There is no recording.
    NoRecording,
    /// The person's data was erased while the work was on.
    Erased,
    /// It could not be done: in a few words for counting, and why.
    Failed(&'static str, String),
}

impl Ended {
    /// A few words for counting.
    pub fn name(&self) -> &'static str {
        match self {
            Ended::Written { .. } => "written down",
            Ended::NobodySpeaks => "nobody speaks",
            Ended::There => "had a transcript",
            Ended::NotAllowed(_) => "not allowed",
            Ended::NoRecording => "no recording",
            Ended::Erased => "erased meanwhile",
            Ended::Failed(name, _) => name,
        }
    }
}

impl Transcribing<'_> {
    /// Writes down what is wanted, several answers at once; `tell` hears of each as it is done.
    ///
    /// # Errors
    /// When the library cannot be read or written. What one answer has wrong is said with it.
    pub async fn run(&self, mut tell: impl FnMut(AnswerId)) -> Result<BTreeMap<AnswerId, Ended>, LibraryError> {
        let mut results = futures_util::stream::iter(self.wanted())
            .map(|(submission, answer)| async move { (submission, answer.id, self.answer(submission, answer).await) })
            .buffer_unordered(self.at_once.max(1));
        let mut all = BTreeMap::new();
        while let Some((submission, answer, ended)) = results.next().await {
            let ended = match ended {
                // Whoever is erased meanwhile keeps nobody else from being written down.
                Err(_) if self.library.erased().await?.contains(&submission.candidate.id) => Ended::Erased,
                ended => ended?,
            };
            all.insert(answer, ended);
            tell(answer);
        }
        Ok(all)
    }

    /// Writes down of what is still being given to an engine that nobody waited for its end.
    ///
    /// # Errors
    /// When the library cannot be written.
    pub async fn cut_short(&self) -> Result<(), LibraryError> {
        self.givings.cut_short(self.library).await
    }

    /// The recorded answers that are meant, in the batch's order.
    pub fn wanted(&self) -> Vec<(&Submission, &Answer)> {
        let since = |submission: &&Submission| self.since.is_none_or(|since| submission.completed_at.is_some_and(|at| at >= since));
        let all = self.batch.submissions.iter().filter(since);
        let answers = all.flat_map(|submission| submission.answers.iter().map(move |answer| (submission, answer)));
        answers.filter(|(_, answer)| answer.kind.is_recording() && answer.state.is_reviewable()).collect()
    }

    async fn answer(&self, submission: &Submission, answer: &Answer) -> Result<Ended, LibraryError> {
        if self.is_there(submission, answer).await? {
            return Ok(Ended::There);
        }
        if let Some(why) = self.barred(submission) {
            return Ok(Ended::NotAllowed(why));
        }
        // Two runs at once give no answer to an engine twice.
        let _claim = self.library.claim(Digest::of_all(&[b"transcribe", answer.id.0.as_bytes()])).await?;
        if !self.again && self.is_there(submission, answer).await? {
            return Ok(Ended::There);
        }
        let Some(digest) = answer.media.as_ref().and_then(|media| media.digest) else { return Ok(Ended::NoRecording) };
        let bytes = match contents::playable(self.library, submission.candidate.id, digest).await {
            Ok(bytes) => Recording::from(bytes.as_slice()),
            // One recording that is damaged does not keep the others from being written down.
            Err(LibraryError::Damaged { what, .. }) => return Ok(Ended::Failed("damaged", format!("{what} is damaged"))),
            Err(error) => return Err(error),
        };
        let language = submission.language.clone().or_else(|| self.batch.interview.language.clone());
        let decoded = tokio::task::spawn_blocking(move || Fence::here().prepare(bytes, None)).await;
        let (pcm, prepared) = match decoded {
            Ok(Ok(decoded)) => decoded,
            Ok(Err(error)) => return Ok(Ended::Failed("unplayable", error.to_string())),
            Err(error) => return Ok(Ended::Failed("unplayable", error.to_string())),
        };
        // Engines put words into silence: it is not given to them, and what one heard in it before does not stay.
        if prepared.speech.is_empty() {
            return self.keep(answer, &Transcript::default(), NOBODY, prepared.length_ms).await;
        }
        let sound = Sound { wav: Zeroizing::new(wav::for_recognition(&pcm)), length_ms: prepared.length_ms, language };
        drop(pcm);
        self.written(submission, answer, &sound, &prepared).await
    }

    /// Gives the sound to the engine, and keeps what it writes. That it is about to be given is on disk before the first byte leaves.
    async fn written(
        &self,
        submission: &Submission,
        answer: &Answer,
        sound: &Sound,
        prepared: &Prepared,
    ) -> Result<Ended, LibraryError> {
        let turn = match self.engine.turn(giving::still(self.library, submission.candidate.id)).await {
            Ok(turn) => turn,
            Err(NotWritten { name, reason }) => return Ok(Ended::Failed(name, reason)),
        };
        let giving = self.givings.begin(self.library, self.given(submission, answer, sound), turn.sent()).await?;
        let written = self.engine.write_down(&turn, sound).await;
        drop(turn);
        let speech_ms = prepared.speech.length();
        let ended = match &written {
            Ok(written) if !has_words(&written.transcript) && speech_ms >= SPEECH_MS => {
                let seconds = f64::from(speech_ms) / 1000.0;
                Ended::Failed("no words", format!("{} wrote no word, and there are {seconds:.1} s of speech", self.engine.name()))
            }
            Ok(written) if Amount::of(&written.transcript).is_beyond(prepared) => {
                let amount = Amount::of(&written.transcript).in_words();
                Ended::Failed(BEYOND, format!("{} wrote {amount}, more than can be said in it", self.engine.name()))
            }
            Ok(written) if has_endless_word(&written.transcript) => Ended::Failed(
                BEYOND,
                format!("{} wrote a word of more than {LONGEST_WORD} characters, which nobody says", self.engine.name()),
            ),
            Ok(written) => self.keep(answer, &written.transcript, &self.engine.name(), sound.length_ms).await?,
            Err(NotWritten { name, reason }) => Ended::Failed(name, reason.clone()),
        };
        let reply = written.ok().map(|written| written.reply);
        let came_of = giving::Outcome { version: SafeText::default(), reply, name: SafeText::line(ended.name()) };
        self.givings.end(self.library, giving, came_of).await?;
        Ok(ended)
    }

    /// Whether there is a transcript that stays: any, or, where they are made again, one that no engine of ours made. One without a word is
    /// as good as none where somebody speaks.
    async fn is_there(&self, submission: &Submission, answer: &Answer) -> Result<bool, LibraryError> {
        let file = match self.library.transcript(answer.id).await {
            Ok(file) => file,
            Err(LibraryError::Damaged { .. }) => None,
            Err(error) => return Err(error),
        };
        let Some(file) = file else { return Ok(false) };
        let Ok(reading) = transcript::read(&file.bytes, &file.name, None) else { return Ok(true) };
        if self.again && reading.transcript.automatic.is_some() {
            return Ok(false);
        }
        let misses = |prepared: Prepared| Amount::of(&reading.transcript).misses(&prepared);
        Ok(!contents::prepared(self.library, submission, answer).await?.is_some_and(misses))
    }

    fn barred(&self, submission: &Submission) -> Option<&'static str> {
        let regions = [&self.batch.region, &submission.region];
        match submission.bars_machines() {
            Some(why) => Some(why),
            None if !self.engine.let_go(regions.into_iter().flatten().map(SafeText::as_str)) => {
                Some("its data may not be sent to the endpoint (setting `transcribe.regions`)")
            }
            None => None,
        }
    }

    async fn keep(&self, answer: &Answer, transcript: &Transcript, by: &str, length_ms: u32) -> Result<Ended, LibraryError> {
        let bytes = Zeroizing::new(transcript::automatic(transcript, &SafeText::line(by), length_ms));
        self.library.keep_transcript(answer.id, TranscriptFile { name: "automatic.json".to_owned(), bytes }).await?;
        Ok(match has_words(transcript) {
            true => Ended::Written { words: transcript.words.len() },
            false => Ended::NobodySpeaks,
        })
    }

    /// What is given to the engine.
    fn given(&self, submission: &Submission, answer: &Answer, sound: &Sound) -> Given {
        Given {
            candidate: submission.candidate.id,
            batch: self.batch.id,
            answer: answer.id,
            engine: SafeText::line(&self.engine.name()),
            place: SafeText::line(&self.engine.place()),
            prompt: None,
            read: Digest::of(&sound.wav),
            through: self.engine.through(),
        }
    }
}

/// Whether a word is longer than anybody says one; writing without spaces has no words, and is measured by its characters.
fn has_endless_word(transcript: &Transcript) -> bool {
    let words = transcript.words.iter().map(|word| word.text.as_str());
    let is_spaced = |text: &&str| text.chars().filter(|c| is_unspaced(*c)).count() * 2 <= text.chars().count();
    words.filter(is_spaced).any(|text| text.chars().count() > LONGEST_WORD)
}

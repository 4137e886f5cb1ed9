//! What was said, written down by an engine: behind an endpoint that speaks as OpenAI's does, or by a program on this machine.

mod endpoint;
mod program;
mod words;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::endpoint::{Endpoint, Still, Trouble, Turn};
use crate::interview::Digest;
use crate::journal::Through;
use crate::text::SafeText;
use crate::transcript::{self, Transcript, folded};

use program::{NOT_HANDED, NOT_STARTED};
pub use program::{NoProgram, Program};

/// Who writes down what was said.
#[derive(Debug)]
pub enum Transcriber {
    /// An engine behind an endpoint.
    Endpoint(Endpoint),
    /// A program on this machine.
    Program(Arc<Program>),
}

/// The sound of one answer, as engines take it.
pub struct Sound {
    /// A mono WAV of 16 kHz.
    pub wav: Zeroizing<Vec<u8>>,
    /// Its length, in ms.
    pub length_ms: u32,
    /// The language that is expected, as a BCP 47 tag.
    pub language: Option<SafeText>,
}

/// Whether a word of what an engine wrote can be read: what stands in brackets, and what steers a terminal, is none.
pub fn has_words(transcript: &Transcript) -> bool {
    let is_word = |text: &str| folded(text).iter().any(|word| word.chars().any(char::is_alphanumeric));
    transcript.words.iter().any(|word| is_word(&without_controls(word.text.raw())))
}

/// A text without the sequences with which programs colour what they print: from the escape to the letter that ends it.
fn without_controls(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |bare, part| {
        let rest = part.strip_prefix('[').and_then(|inner| inner.split_once(|c: char| c.is_ascii_alphabetic()));
        bare + rest.map_or(part, |(_, rest)| rest)
    })
}

/// What an engine wrote down.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// The words; none where nobody speaks.
    pub transcript: Transcript,
    /// Of the answer as it came.
    pub reply: Digest,
}

/// Why there is no transcript. Each has a name by which it is counted; no reason repeats what an engine said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotWritten {
    /// In a few words.
    pub name: &'static str,
    /// What happened.
    pub reason: String,
}

impl Transcriber {
    /// Who it is: model or program.
    pub fn name(&self) -> String {
        match self {
            Transcriber::Endpoint(endpoint) => endpoint.model().to_owned(),
            Transcriber::Program(program) => program.name().to_owned(),
        }
    }

    /// Where it works.
    pub fn place(&self) -> String {
        match self {
            Transcriber::Endpoint(endpoint) => endpoint.place(),
            Transcriber::Program(_) => "this machine".to_owned(),
        }
    }

    /// How a recording gets to it; none for an endpoint, which is sent it.
    pub fn through(&self) -> Option<Through> {
        match self {
            Transcriber::Endpoint(_) => None,
            Transcriber::Program(program) => Some(program.through()),
        }
    }

    /// Whether data of these regions may be given to it: a program works where the data lies already.
    pub fn let_go<'r>(&self, regions: impl Iterator<Item = &'r str>) -> bool {
        match self {
            Transcriber::Endpoint(endpoint) => endpoint.regions().let_go(regions),
            Transcriber::Program(_) => true,
        }
    }

    /// Waits until it may be given an answer.
    ///
    /// # Errors
    /// Where it is not asked any more.
    pub async fn turn<'e>(&'e self, still: Still<'e>) -> Result<Turn<'e>, NotWritten> {
        match self {
            Transcriber::Endpoint(endpoint) => Ok(endpoint.turn(still).await?),
            Transcriber::Program(_) => Ok(Turn::free(still)),
        }
    }

    /// Lets it write down what is said, in its turn.
    ///
    /// # Errors
    /// In which way it did not.
    pub async fn write_down(&self, turn: &Turn<'_>, sound: &Sound) -> Result<Written, NotWritten> {
        match self {
            Transcriber::Endpoint(endpoint) => endpoint::write_down(endpoint, turn, sound).await,
            Transcriber::Program(program) => {
                if !turn.gives().await {
                    return Err((Trouble::GivenUp, "the data may not be given any more".to_owned()).into());
                }
                let (program, wav, length_ms) = (program.clone(), sound.wav.clone(), sound.length_ms);
                let ran = tokio::task::spawn_blocking(move || program.run(&wav)).await;
                let ran = ran.map_err(|error| NotWritten { name: "broken", reason: error.to_string() })?;
                if ran.as_ref().is_err_and(|error| matches!(error.name, NOT_STARTED | NOT_HANDED)) {
                    turn.gave_nothing();
                }
                let bytes = ran?;
                read(&bytes, length_ms)
            }
        }
    }
}

/// Reads what an engine gave, whatever it is called.
fn read(bytes: &[u8], length_ms: u32) -> Result<Written, NotWritten> {
    let reply = Digest::of(bytes);
    let sphinx = words::sphinx(bytes);
    let bytes = sphinx.as_deref().unwrap_or(bytes);
    // Who writes nothing has heard nothing.
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Written { transcript: Transcript::default(), reply });
    }
    match transcript::read(bytes, "the transcript", Some(length_ms)) {
        Ok(mut reading) => {
            reading.transcript.language = reading.transcript.language.and_then(|said| words::language(&said));
            Ok(Written { transcript: reading.transcript, reply })
        }
        Err(problem) => Err(NotWritten { name: "unreadable", reason: problem.reason.to_string() }),
    }
}

impl From<(Trouble, String)> for NotWritten {
    fn from((trouble, reason): (Trouble, String)) -> Self {
        let name = match trouble {
            Trouble::Late => "late",
            Trouble::Unreached => "not reached",
            Trouble::Endless => "endless",
            Trouble::Busy => "busy",
            Trouble::Broken => "broken",
            Trouble::NotLetIn => "not let in",
            Trouble::Refuses | Trouble::Elsewhere => "not taken",
            Trouble::GivenUp => "not asked any more",
        };
        NotWritten { name, reason }
    }
}

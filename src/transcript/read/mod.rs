//! Reads a transcript: captions, a speech engine's JSON, or plain text, told apart by their content.

#![expect(clippy::result_large_err, reason = "a refusal is made once a file, and is what the user reads")]

mod assemble;
mod captions;
mod decode;
mod json;
mod markup;
mod raw;
#[cfg(test)]
mod tests;

pub use self::assemble::FASTEST_WORDS_A_SECOND;
use self::raw::Raw;
use super::Transcript;
use crate::interview::Problem;

/// The most bytes that are read.
const MOST_BYTES: usize = 16 << 20;
/// The most words that are kept; fifty hours of speech have fewer.
const MOST_WORDS: usize = 500_000;

/// The most pieces between white space; times and the layout of JSON take a part of them.
const MOST_PARTS: usize = 3_000_000;

/// A format by which a transcript's file is called.
struct Format {
    /// Its name among people.
    name: &'static str,
    extension: &'static str,
    reader: Reader,
}

/// What reads a format where the content alone does not say which it is.
#[derive(Clone, Copy, PartialEq)]
enum Reader {
    Captions,
    Json,
    Plain,
}

/// What is read; where several lie beside a recording, the first of these is its transcript.
const FORMATS: [Format; 6] = [
    Format { name: "WebVTT", extension: "vtt", reader: Reader::Captions },
    Format { name: "SRT", extension: "srt", reader: Reader::Captions },
    Format { name: "SBV", extension: "sbv", reader: Reader::Captions },
    Format { name: "JSON", extension: "json", reader: Reader::Json },
    Format { name: "JSON lines", extension: "jsonl", reader: Reader::Json },
    Format { name: "plain text", extension: "txt", reader: Reader::Plain },
];

/// The extensions of transcripts' files; where several lie beside a recording, the first of these is its transcript.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.extension)
}

/// The formats as a sentence has them: `WebVTT, SRT or plain text`.
fn names() -> String {
    let names = FORMATS.map(|format| format.name);
    let [before @ .., last] = &names;
    format!("{} or {last}", before.join(", "))
}

/// What a file's name claims.
fn claimed(file: &str) -> Option<Reader> {
    let (_, extension) = file.rsplit_once('.')?;
    FORMATS.iter().find(|format| format.extension.eq_ignore_ascii_case(extension)).map(|format| format.reader)
}

/// A transcript, and what had to be put right in it.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// The transcript; its times never run backwards.
    pub transcript: Transcript,
    /// What was put right, each kind once, with where it first happened.
    pub warnings: Vec<Problem>,
}

/// Reads a transcript. `file_name` names it in problems and hints at its format; the content decides.
///
/// `media_length_ms` is the length of the recording, where it is known: it tells seconds from milliseconds, and times beyond it
/// are not believed.
///
/// # Errors
///
/// Returns why nothing could be taken: too long, too many words, damaged JSON, captions without any time.
pub fn read(bytes: &[u8], file_name: &str, media_length_ms: Option<u32>) -> Result<Reading, Problem> {
    let mut faults = Faults { file: file_name, warnings: Vec::new() };
    if bytes.len() > MOST_BYTES {
        let reason = format!("the file has {} bytes, and a transcript has at most {MOST_BYTES}", bytes.len());
        return Err(faults.refused("the file", &reason, "name the transcript of this one answer"));
    }
    if bytes.is_empty() {
        return Err(faults.refused("the file", "the file is empty", "fetch or export the transcript again"));
    }
    let text = decode::decode(bytes, &mut faults);
    // Counted before anything is made of them, so that a file cannot ask for more memory than it is worth.
    let is_long = text.split_ascii_whitespace().nth(MOST_PARTS).is_some();
    let raw = if is_long { Raw::default() } else { by_content(&text, &mut faults)? };
    if is_long || raw.cues.iter().map(|cue| cue.words.len()).sum::<usize>() > MOST_WORDS {
        let reason = format!("the transcript has more than {MOST_WORDS} words");
        return Err(faults.refused("the file", &reason, "name the transcript of this one answer"));
    }
    let transcript = assemble::assemble(raw, media_length_ms, &mut faults);
    if transcript.words.is_empty() {
        faults.warn("the file", "nothing was said in it", "check that the transcript belongs to this answer");
    }
    Ok(Reading { transcript, warnings: faults.warnings })
}

/// What one file is: its content says so, its name only where the content fits several.
fn by_content(text: &str, faults: &mut Faults<'_>) -> Result<Raw, Problem> {
    let start = text.trim_start();
    let claimed = claimed(faults.file);
    let named_json = claimed == Some(Reader::Json);
    if captions::has_signature(start) {
        return captions::read(text, faults);
    }
    let looks_like_json = start.starts_with('{') || start.starts_with("[{") || (start.starts_with('[') && named_json);
    if looks_like_json || named_json {
        return json::read(text, faults);
    }
    if captions::has_times(text) || claimed == Some(Reader::Captions) {
        return captions::read(text, faults);
    }
    if start.starts_with('<') {
        let remedy = format!("export it as {}", names());
        return Err(faults.refused("line 1", "the file is XML or HTML, which is not read", &remedy));
    }
    if start.contains('\0') {
        return Err(faults.refused("the file", "the file is not text", "name a transcript"));
    }
    Ok(plain(text))
}

/// Plain text: a cue for each paragraph, no times.
fn plain(text: &str) -> Raw {
    let mut raw = Raw::default();
    let mut paragraph = raw::RawCue::default();
    for line in text.lines() {
        if line.trim().is_empty() && !paragraph.words.is_empty() {
            raw.cues.push(std::mem::take(&mut paragraph));
        }
        paragraph.words.extend(raw::words(line));
    }
    if !paragraph.words.is_empty() {
        raw.cues.push(paragraph);
    }
    raw
}

/// The file that is read, and what was put right in it so far.
struct Faults<'f> {
    file: &'f str,
    warnings: Vec<Problem>,
}

impl Faults<'_> {
    fn warn(&mut self, place: &str, reason: &str, remedy: &str) {
        let problem = Problem::warning(self.file, place, reason, remedy);
        self.warnings.push(problem);
    }

    /// Says one kind of fault once: where it first happened, and how often.
    fn warn_of_all(&mut self, places: &[String], reason: &str, remedy: &str) {
        let Some(first) = places.first() else { return };
        let place = match places.len() - 1 {
            0 => first.clone(),
            more => format!("{first} and {more} more"),
        };
        self.warn(&place, reason, remedy);
    }

    fn refused(&self, place: &str, reason: &str, remedy: &str) -> Problem {
        Problem::damage(self.file, place, reason, remedy)
    }
}

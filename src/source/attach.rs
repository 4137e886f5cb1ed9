//! Recordings for answers that have none: files by the names of candidate and question, rows of a table, or pieces of a long one.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::Found;
use super::guess::slug;
use super::shelf::{FileFault, LARGEST_RECORDING, Listed, Shelf};
use crate::fence::Fence;
use crate::interview::bundle::{NamedFile, Purpose};
use crate::interview::{Answer, AnswerId, AnswerState, Batch, Kind, Media, Moment, Problem, Submission};
use crate::library::ATTACHED;
use crate::protocol::Pseudonyms;
use crate::sound::{RATE, wav};
use crate::text::SafeText;

/// What is to be attached.
pub struct Attaching {
    shelf: Shelf,
    /// By answer: its recording and its transcript.
    files: BTreeMap<AnswerId, (String, Option<String>)>,
    /// What is not, and why.
    pub left_out: Vec<(SafeText, String)>,
}

impl Attaching {
    /// Nothing yet, from this folder.
    fn from(shelf: Shelf) -> Self {
        Attaching { shelf, files: BTreeMap::new(), left_out: Vec::new() }
    }

    /// Every file of a folder `candidate/question.ext`, by the source's id, the name or the pseudonym of the candidate, and by the
    /// question's id or number.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn folder(batch: &Batch, path: &Path, replace: bool) -> Result<Self, Problem> {
        let shown = path.to_string_lossy().into_owned();
        let failed = |error: std::io::Error| {
            Problem::fatal(&shown, "", &format!("it cannot be read: {error}"), "check that you may read it")
        };
        let shelf = Shelf::folder(path).map_err(failed)?;
        let mut attaching = Attaching::from(shelf.clone());
        for entry in shelf.list("").map_err(failed)? {
            let folder = match entry {
                Listed::Folder(name) => name,
                Listed::File(name) if name.starts_with('.') => continue,
                Listed::File(name) | Listed::Other(name) | Listed::Nameless(name) => {
                    attaching.leave(&name, "it lies in no candidate's folder".to_owned());
                    continue;
                }
            };
            let mut files: Vec<String> = Vec::new();
            for entry in shelf.list(&folder).map_err(failed)? {
                match entry {
                    Listed::File(name) if !name.starts_with('.') => files.push(name),
                    Listed::File(_) => {}
                    Listed::Folder(name) | Listed::Other(name) | Listed::Nameless(name) => {
                        attaching.leave(&format!("{folder}/{name}"), "it is no file".to_owned());
                    }
                }
            }
            files.sort();
            attaching.person(batch, &folder, &files, replace);
        }
        Ok(attaching)
    }

    /// The rows of a table `candidate_id,question_id,file[,transcript]`; files lie from the table's folder on.
    ///
    /// # Errors
    /// Where the table cannot be read, or lacks a column.
    pub fn table(batch: &Batch, path: &Path, text: &[u8], replace: bool) -> Result<Self, Problem> {
        let shown = path.to_string_lossy().into_owned();
        let fatal = |place: &str, reason: &str| {
            Problem::fatal(
                &shown,
                place,
                reason,
                "begin it with candidate_id,question_id,file or candidate_id,question_id,file,transcript",
            )
        };
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let shelf = Shelf::folder(folder).map_err(|error| fatal("", &format!("its folder cannot be read: {error}")))?;
        let mut attaching = Attaching::from(shelf);
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text);
        let names: Vec<String> =
            reader.headers().map_err(|error| fatal("line 1", &error.to_string()))?.iter().map(str::to_lowercase).collect();
        let column = |name: &str| names.iter().position(|one| one == name);
        let needs = |name: &str| column(name).ok_or_else(|| fatal("line 1", &format!("there is no column {name}")));
        let (candidate, question, file) = (needs("candidate_id")?, needs("question_id")?, needs("file")?);
        for (nth, row) in reader.records().enumerate() {
            let row = row.map_err(|error| fatal(&format!("line {}", nth + 2), &error.to_string()))?;
            let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
            let transcript = column("transcript").map(cell).filter(|text| !text.is_empty());
            let place = format!("line {}", nth + 2);
            match meant(batch, &cell(candidate), &cell(question)) {
                Ok((submission, answer)) => attaching.take(submission, answer, (cell(file), transcript), &place, replace),
                Err(why) => attaching.leave(&place, why),
            }
        }
        Ok(attaching)
    }

    /// Pieces of one long recording, each for a question of one candidate: from each time to the next, the last to the end.
    ///
    /// # Errors
    /// Where it cannot be decoded, or a time lies beyond its end.
    pub fn pieces(
        batch: &Batch,
        submission: &Submission,
        recording: (&str, Arc<[u8]>),
        cuts: &[(Moment, Option<Moment>, String)],
        replace: bool,
    ) -> Result<Self, Problem> {
        let (name, bytes) = recording;
        let hint = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        let decoded = Fence::here().prepare(bytes.into(), hint.as_deref());
        let (pcm, prepared) = decoded.map_err(|error| Problem::fatal(name, &error.place(), &error.to_string(), error.remedy()))?;
        let end = Moment(prepared.length_ms);
        let mut held = BTreeMap::new();
        let mut named = Vec::new();
        for (nth, (from, to, question)) in cuts.iter().enumerate() {
            let to = to.unwrap_or(end);
            if *from >= to || to > end {
                let reason = format!("a piece from {from} to {to} does not lie in it: it has {end}");
                return Err(Problem::fatal(name, "", &reason, "give times within the recording, in order"));
            }
            let sample = |at: Moment| i64::from(at.0) * i64::from(RATE) / 1000;
            let mut samples = vec![0.0; (sample(to) - sample(*from)) as usize];
            pcm.read(sample(*from), &mut samples);
            let path = format!("{}-{question}.wav", nth + 1);
            held.insert(path.clone(), Arc::from(wav::bytes(&samples)));
            named.push((question, path));
        }
        let mut attaching = Attaching::from(Shelf::Held(Arc::new(held)));
        for (question, path) in named {
            let answer = submission.answers.iter().find(|answer| answer.question.as_str() == *question);
            match answer.and_then(|answer| batch.answer(answer.id)) {
                Some((_, answer)) => attaching.take(submission, answer, (path, None), question, replace),
                None => attaching.leave(question, "there is no such question".to_owned()),
            }
        }
        Ok(attaching)
    }

    fn person(&mut self, batch: &Batch, folder: &str, files: &[String], replace: bool) {
        let (transcripts, recordings): (Vec<&String>, Vec<&String>) =
            files.iter().partition(|name| ["vtt", "srt", "sbv", "json", "jsonl", "txt"].contains(&ending(name).as_str()));
        let mut used = Vec::new();
        for name in recordings {
            let path = format!("{folder}/{name}");
            let transcript = transcripts.iter().find(|other| slug(stem(other)) == slug(stem(name)));
            used.extend(transcript.map(|name| name.as_str()));
            let transcript = transcript.map(|name| format!("{folder}/{name}"));
            match meant(batch, folder, stem(name)) {
                Ok((submission, answer)) => self.take(submission, answer, (path.clone(), transcript), &path, replace),
                Err(why) => self.leave(&path, why),
            }
        }
        for name in transcripts.into_iter().filter(|name| !used.contains(&name.as_str())) {
            self.leave(&format!("{folder}/{name}"), "there is no recording of the same name that it could belong to".to_owned());
        }
    }

    fn take(&mut self, submission: &Submission, answer: &Answer, files: (String, Option<String>), place: &str, replace: bool) {
        let question = &answer.question;
        match (answer.state.is_reviewable() && !replace, self.files.contains_key(&answer.id)) {
            (true, _) => {
                let why =
                    format!("question {question} of this candidate has an answer already; --replace makes this its new recording");
                self.leave(place, why);
            }
            (_, true) => self.leave(place, format!("another file is for question {question} of this candidate")),
            (false, false) => {
                debug_assert!(submission.answers.iter().any(|one| one.id == answer.id), "the answer is the submission's");
                match self.shelf.open(&files.0, LARGEST_RECORDING) {
                    Ok(_) => drop(self.files.insert(answer.id, files)),
                    Err(fault) => self.leave(place, why(&files.0, &fault)),
                }
            }
        }
    }

    fn leave(&mut self, what: &str, why: String) {
        self.left_out.push((SafeText::line(what), why));
    }

    /// How many recordings are to be attached.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// The answers that are to get recordings, each with what its recording will say of where it comes from.
    pub fn named(&self) -> Vec<(AnswerId, String)> {
        self.files.iter().map(|(answer, (file, _))| (*answer, format!("{ATTACHED}{file}"))).collect()
    }

    /// The batch with these files named, to be imported: everything else in it stays as it is.
    pub fn into_found(self, mut batch: Batch) -> Found {
        let mut files = HashMap::new();
        for submission in &mut batch.submissions {
            let candidate = submission.candidate.source_id.clone();
            for answer in &mut submission.answers {
                let Some((file, transcript)) = self.files.get(&answer.id) else { continue };
                let locator = SafeText::line(&format!("{ATTACHED}{file}"));
                answer.media = Some(Media { locator, digest: None, bytes: None, mime: None, declared_ms: None });
                (answer.state, answer.revision) = (AnswerState::NotHere, None);
                if !answer.kind.is_recording() {
                    answer.kind = Kind::Audio;
                }
                let place = SafeText::line(&format!("question {}", answer.question));
                let named = |of: Purpose, path: &str| {
                    let (candidate, place) = (candidate.clone(), place.clone());
                    (of, NamedFile { path: path.to_owned(), of, sha256: None, bytes: None, candidate, place })
                };
                files.extend([named(Purpose::Recording(answer.id), file)]);
                if let Some(transcript) = transcript {
                    answer.transcript = Some(SafeText::line(transcript));
                    files.extend([named(Purpose::Transcript(answer.id), transcript)]);
                }
            }
        }
        Found { batch, deleted: Vec::new(), problems: Vec::new(), files, shelf: self.shelf }
    }
}

/// The answer that names of a candidate and a question stand for.
fn meant<'b>(batch: &'b Batch, candidate: &str, question: &str) -> Result<(&'b Submission, &'b Answer), String> {
    let wanted = slug(candidate);
    let names = Pseudonyms::of(batch, false);
    let is = |submission: &&Submission| {
        let of = &submission.candidate;
        let called = |text: Option<&SafeText>| text.is_some_and(|text| slug(text.raw()) == wanted);
        of.source_id.raw() == candidate
            || called(Some(&of.source_id))
            || called(of.name.as_ref())
            || called(names.get(submission.id, None))
    };
    let found: Vec<&Submission> = match batch.submissions.iter().find(|one| one.candidate.source_id.raw() == candidate) {
        Some(one) => vec![one],
        None => batch.submissions.iter().filter(is).collect(),
    };
    let submission = match found.as_slice() {
        [one] => *one,
        [] => return Err("no candidate of the batch is called so".to_owned()),
        several => return Err(format!("{} candidates of the batch are called so; use the source's id", several.len())),
    };
    let questions = &batch.interview.questions;
    let number =
        question.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let at = questions
        .iter()
        .position(|one| one.id.as_str() == question || slug(one.id.as_str()) == slug(question))
        .or_else(|| number.filter(|at| *at < questions.len()));
    let at = at.ok_or_else(|| {
        let there: Vec<&str> = questions.iter().map(|question| question.id.as_str()).collect();
        format!("no question of the batch is called so: there are {}", there.join(", "))
    })?;
    let answer = submission.answer_to(&questions[at].id);
    Ok((submission, answer.ok_or_else(|| "this candidate was not asked that".to_owned())?))
}

/// Why a file that a row names cannot be attached, and what to do about it.
fn why(file: &str, fault: &FileFault) -> String {
    let said = match fault {
        FileFault::Missing { like: None } => format!("{file}: the file is not there; paths begin at the folder of the table"),
        fault => format!("{file}: {fault}; {}", fault.remedy()),
    };
    said.replace("the folder of the batch", "the folder of the table")
        .replace(" and import again", "")
        .replace(", then import again", "")
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

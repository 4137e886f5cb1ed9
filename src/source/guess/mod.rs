//! A folder or .zip without any document: one folder a candidate, one file a question. What it seems to mean is told, and nothing is taken
//! before a person has said yes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

mod names;

pub(in crate::source) use self::names::slug;
use self::names::{called, natural, parts};
use super::Found;
use super::open::found;
use super::packed::{Packed, is_packed};
use super::shelf::{Listed, Shelf};
use crate::interview::{Problem, bundle};
use crate::text::SafeText;

/// Endings of recordings.
const RECORDINGS: [&str; 18] = [
    "webm", "mp4", "m4a", "m4v", "mov", "mkv", "mp3", "wav", "ogg", "oga", "opus", "flac", "aac", "caf", "mka", "weba", "3gp",
    "wave",
];
/// Endings of transcripts beside a recording of the same stem.
const TRANSCRIPTS: [&str; 7] = ["vtt", "srt", "sbv", "json", "jsonl", "txt", "md"];
/// Endings of written answers and documents.
const WRITTEN: [&str; 2] = ["txt", "md"];
const DOCUMENTS: [&str; 8] = ["pdf", "doc", "docx", "odt", "rtf", "pages", "jpg", "png"];
/// Words by which a document's kind is known.
const KINDS: [(&str, &str); 6] = [
    ("cv", "resume"),
    ("resume", "resume"),
    ("lebenslauf", "resume"),
    ("cover", "cover-letter"),
    ("letter", "cover-letter"),
    ("portfolio", "portfolio"),
];

/// What a folder seems to mean.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct Guess {
    /// What the batch would be called.
    pub title: SafeText,
    /// One for each folder, in alphabetical order.
    pub candidates: Vec<GuessedPerson>,
    /// One for each name of a file, in the order in which people would number them.
    pub questions: Vec<GuessedQuestion>,
    /// What would not be taken, and why.
    pub left_out: Vec<LeftOut>,
}

/// A folder as a person.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct GuessedPerson {
    /// The folder.
    pub folder: SafeText,
    /// What exports would call the person: the folder's name where it looks like an id, else one that tells nothing.
    pub id: SafeText,
    /// Whether the folder's name was taken for the person's, which reviewers do not see.
    pub is_name: bool,
    /// Answers in it.
    pub answers: usize,
    /// Of them, those with a transcript.
    pub transcripts: usize,
    /// Other files that belong to the person.
    pub documents: usize,
}

/// A file's name as a question.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct GuessedQuestion {
    /// Its id.
    pub id: String,
    /// What it would be called: the file's name, since nothing says what was asked.
    pub prompt: SafeText,
    /// How many candidates have such a file.
    pub answers: usize,
}

/// A file that would not be taken.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct LeftOut {
    /// From the folder on.
    pub file: SafeText,
    /// Why.
    pub why: &'static str,
}

/// What lies in one candidate's folder.
#[derive(Default)]
struct Person {
    folder: String,
    /// By question: the recording or written answer, and its transcript.
    answers: BTreeMap<String, Given>,
    documents: Vec<String>,
}

#[derive(Default)]
struct Given {
    file: Option<String>,
    transcript: Option<String>,
}

/// Says what a folder seems to mean, and gives the batch that it would be. Without an `id` a batch is known by its content: with one,
/// candidates who are added later join the same batch.
///
/// # Errors
/// Where the folder cannot be read, or nothing in it looks like an answer.
pub fn guess(path: &Path, title: Option<&str>, id: Option<&str>) -> Result<(Guess, Found), Vec<Problem>> {
    let shown = path.to_string_lossy().into_owned();
    let fatal = |reason: &str, remedy: &str| vec![Problem::fatal(&shown, "the whole folder", reason, remedy)];
    let shelf = match is_packed(path) {
        true => Shelf::Packed(Arc::new(Packed::open(path)?.enter(holds_folders))),
        false => Shelf::folder(path)
            .map_err(|error| fatal(&format!("it cannot be read: {error}"), "name a folder or a .zip that you may read"))?,
    };
    if shelf.has("batch.json") || shelf.has("batch.csv") {
        return Err(fatal("it says itself what it means: batch.json or batch.csv is there", "import it without --guess"));
    }
    let mut left_out = Vec::new();
    let people = people(&shelf, &mut left_out).map_err(|reason| fatal(&reason, "name a folder with one folder a candidate"))?;
    if people.iter().all(|person| person.answers.is_empty()) {
        let remedy = "one folder a candidate, and in it one recording a question: ann/q1.webm, ann/q1.vtt, ben/q1.webm";
        return Err(fatal("nothing in it looks like an answer", remedy));
    }
    let title = title.map_or_else(|| super::open::title(path), str::to_owned);
    let (document, guess) = document(&people, &title, id, left_out);
    let outcome = bundle::read(&shown, document.to_string().as_bytes());
    Ok((guess, found(outcome, shelf)?))
}

/// Whether the only folder of a .zip is the one that holds the candidates', and no candidate's own.
fn holds_folders(packed: &Packed, only: &str) -> bool {
    packed.list(only).iter().any(|entry| matches!(entry, Listed::Folder(_)))
}

fn people(shelf: &Shelf, left_out: &mut Vec<LeftOut>) -> Result<Vec<Person>, String> {
    let mut people = Vec::new();
    let mut leave = |file: String, why| left_out.push(LeftOut { file: SafeText::line(&file), why });
    for entry in shelf.list("").map_err(|error| format!("it cannot be read: {error}"))? {
        match entry {
            Listed::Folder(name) => people.push(name),
            Listed::File(name) if !name.starts_with('.') => leave(name, "it lies in no candidate's folder"),
            Listed::File(_) => {}
            Listed::Other(name) => leave(name, "it is no file: links are not followed"),
            Listed::Nameless(name) => leave(name, "its name is not UTF-8"),
        }
    }
    people.sort();
    let mut read = Vec::new();
    for folder in people {
        read.push(person(shelf, folder, &mut leave)?);
    }
    // A file is an answer where others answered under its name, else a document.
    let asked: std::collections::BTreeSet<String> = read.iter().flat_map(|(person, _)| person.answers.keys().cloned()).collect();
    Ok(read.into_iter().map(|(person, rest)| with_rest(person, rest, &asked, &mut leave)).collect())
}

/// The recordings of one folder with their transcripts, and what else lies there.
fn person(shelf: &Shelf, folder: String, leave: &mut impl FnMut(String, &'static str)) -> Result<(Person, Vec<String>), String> {
    let mut person = Person { folder: folder.clone(), ..Person::default() };
    let (mut rest, mut files) = (Vec::new(), Vec::new());
    for entry in shelf.list(&folder).map_err(|error| format!("{folder} cannot be read: {error}"))? {
        match entry {
            Listed::File(name) if name.starts_with('.') => {}
            Listed::File(name) => files.push(name),
            Listed::Folder(name) => leave(format!("{folder}/{name}"), "folders within a candidate's folder are not read"),
            Listed::Other(name) => leave(format!("{folder}/{name}"), "it is no file: links are not followed"),
            Listed::Nameless(name) => leave(format!("{folder}/{name}"), "its name is not UTF-8"),
        }
    }
    files.sort();
    for name in files {
        let path = format!("{folder}/{name}");
        let (stem, ending) = parts(&name);
        if !RECORDINGS.contains(&ending.as_str()) {
            rest.push(path);
            continue;
        }
        let given = person.answers.entry(slug(stem)).or_default();
        match given.file {
            None => given.file = Some(path),
            Some(_) => leave(path, "another recording of this candidate has the same name but for its ending"),
        }
    }
    rest.retain(|path| {
        let (stem, ending) = parts(path.rsplit('/').next().unwrap_or_default());
        if !TRANSCRIPTS.contains(&ending.as_str()) {
            return true;
        }
        match person.answers.get_mut(&slug(stem)) {
            Some(given) if given.transcript.is_none() => {
                given.transcript = Some(path.clone());
                false
            }
            _ => true,
        }
    });
    Ok((person, rest))
}

fn with_rest(
    mut person: Person,
    rest: Vec<String>,
    asked: &std::collections::BTreeSet<String>,
    leave: &mut impl FnMut(String, &'static str),
) -> Person {
    for path in rest {
        let (stem, ending) = parts(path.rsplit('/').next().unwrap_or_default());
        let (stem, is_asked) = (slug(stem), asked.contains(&slug(stem)));
        let is_answered = person.answers.contains_key(&stem);
        match (WRITTEN.contains(&ending.as_str()), DOCUMENTS.contains(&ending.as_str())) {
            (true, _) | (_, true) if is_asked && !is_answered => {
                person.answers.insert(stem, Given { file: Some(path), transcript: None });
            }
            (_, true) => person.documents.push(path),
            _ if TRANSCRIPTS.contains(&ending.as_str()) => {
                leave(path, "there is no recording of the same name that it could belong to")
            }
            _ => leave(path, "what it is cannot be told from its ending"),
        }
    }
    person
}

fn document(people: &[Person], title: &str, id: Option<&str>, left_out: Vec<LeftOut>) -> (Value, Guess) {
    let mut questions: Vec<(String, SafeText, usize)> = Vec::new();
    for (question, given) in people.iter().flat_map(|person| &person.answers) {
        match questions.iter_mut().find(|(id, ..)| id == question) {
            Some((_, _, count)) => *count += 1,
            None => {
                let stem = given.file.as_deref().map(|path| parts(path.rsplit('/').next().unwrap_or_default()).0.to_owned());
                questions.push((question.clone(), SafeText::line(&stem.unwrap_or_default().replace('_', " ")), 1));
            }
        }
    }
    questions.sort_by_cached_key(|(id, ..)| natural(id));
    let asked: Vec<Value> = questions.iter().map(|(id, prompt, _)| json!({ "id": id, "prompt": prompt.raw() })).collect();
    let submissions: Vec<Value> = people.iter().map(|person| submission(person, &questions)).collect();
    let mut document = json!({
        "format": 1, "source": "folder", "title": title, "interview": { "questions": asked }, "submissions": submissions,
    });
    if let Some(id) = id {
        document["id"] = json!(id);
    }
    let guess = Guess {
        title: SafeText::line(title),
        candidates: people.iter().map(guessed).collect(),
        questions: questions.into_iter().map(|(id, prompt, answers)| GuessedQuestion { id, prompt, answers }).collect(),
        left_out,
    };
    (document, guess)
}

fn submission(person: &Person, questions: &[(String, SafeText, usize)]) -> Value {
    let answers: Vec<Value> = questions
        .iter()
        .map(|(question, ..)| match person.answers.get(question) {
            None => json!({ "question": question, "state": "not_given" }),
            Some(given) => {
                let mut answer = json!({ "question": question, "file": given.file });
                let ending = given.file.as_deref().map(|path| parts(path).1).unwrap_or_default();
                if let Some(transcript) = &given.transcript {
                    answer["transcript"] = json!(transcript);
                } else if WRITTEN.contains(&ending.as_str()) {
                    answer["kind"] = json!("text");
                }
                answer
            }
        })
        .collect();
    let documents: Vec<Value> = person
        .documents
        .iter()
        .map(|path| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let words = name.to_lowercase();
            let kind = KINDS.iter().find(|(word, _)| words.contains(word)).map_or("document", |(_, kind)| kind);
            json!({ "kind": kind, "file": path, "name": name })
        })
        .collect();
    let (id, name) = called(&person.folder);
    let mut candidate = json!({ "id": id });
    if let Some(name) = name {
        candidate["name"] = json!(name);
    }
    json!({ "candidate": candidate, "status": "completed", "answers": answers, "documents": documents })
}

fn guessed(person: &Person) -> GuessedPerson {
    let (id, name) = called(&person.folder);
    GuessedPerson {
        folder: SafeText::line(&person.folder),
        id: SafeText::line(&id),
        is_name: name.is_some(),
        answers: person.answers.len(),
        transcripts: person.answers.values().filter(|given| given.transcript.is_some()).count(),
        documents: person.documents.len(),
    }
}

//! Everything about one person packed into a .zip: JSON for programs, a page for people, and the files themselves.

use std::path::Path;

use super::counted::{Counted, engines, receivers};
use super::page::page;
use super::person::{Entry, Person};
use super::told::{Files, proposed, told};
use crate::interview::{Answer, BatchId, Digest};
use crate::journal::{Act, Subject};
use crate::library::{Content, Library, LibraryError, Package, Packed};
use crate::runtime::scoring::Scoring;
use crate::text::SafeText;

/// What was handed over.
#[derive(Clone, PartialEq, Debug)]
pub struct HandedOver {
    /// Bytes of the .zip.
    pub bytes: u64,
    /// Of the .zip.
    pub sha256: Digest,
    /// What is in it.
    pub counted: Counted,
    /// What should be in it and is not, in words.
    pub absent: Vec<String>,
    /// What a machine says in it that whoever hands it over sees for the first time, by batch.
    pub seen: Vec<(BatchId, Act)>,
}

/// Writes everything about a person into a new file; it has its name once it is whole.
///
/// # Errors
/// Where the file cannot be written, or the library cannot be read. A recording that is damaged is named in the parcel instead.
pub async fn hand_over(library: &Library, person: &Person, to: &Path) -> Result<HandedOver, LibraryError> {
    let mut parcel = Package::begin(to)?;
    let (mut all, mut counted) = (Vec::new(), Counted::default());
    for (nth, entry) in person.entries.iter().enumerate() {
        let files = pack(library, &mut parcel, entry, nth + 1).await?;
        counted = counted.and(Counted {
            submissions: 1,
            recordings: files.recordings.len() + files.earlier.values().map(Vec::len).sum::<usize>(),
            transcripts: files.transcripts.len(),
            documents: files.documents.len(),
            bytes: 0,
        });
        all.push(files);
    }
    let receivers = receivers(library, person).await?;
    let engines = engines(library, person).await?;
    let document = told(person, &all, (&receivers, &engines), library.now());
    let text = serde_json::to_vec_pretty(&document).expect("it has only string keys and finite numbers");
    parcel.add("person.json", &text)?;
    parcel.add("index.html", page(&document).as_bytes())?;
    let mut seen = Vec::new();
    for (entry, files) in person.entries.iter().zip(&all) {
        let acts = entry.desk.first_seen(files.statements.iter().cloned());
        seen.extend(acts.into_iter().map(|(_, act)| (entry.desk.batch.id, act)));
    }
    let absent = all.into_iter().flat_map(|files| files.absent).collect();
    let (bytes, sha256) = parcel.finish()?;
    Ok(HandedOver { bytes, sha256, counted, absent, seen })
}

async fn pack(library: &Library, parcel: &mut Package, entry: &Entry, nth: usize) -> Result<Files, LibraryError> {
    let (submission, mut files) = (entry.of(), Files::default());
    let candidate = submission.candidate.id;
    let says_something = !submission.statements.is_empty() || submission.answers.iter().any(|one| !one.statements.is_empty());
    if let Err(why) = entry.desk.platform_says(entry.submission)
        && says_something
    {
        files.absent.push(format!("what the platform says by itself: {}", why.trim_end_matches('.')));
    }
    for (number, document) in submission.documents.iter().enumerate() {
        let Some(digest) = document.media.as_ref().and_then(|media| media.digest) else {
            files.absent.push(format!("document {}: it did not come with the batch", number + 1));
            continue;
        };
        let name = format!("{nth}/documents/{}{}", number + 1, ending(document.name.raw()));
        let packed = object(library, parcel, &name, (candidate, Content::Document, digest)).await;
        let what = format!("document {}", number + 1);
        files.documents.extend(files_or(packed, &what, &mut files.absent)?.map(|packed| (number, packed)));
    }
    let shown = Scoring::of_kept(library, &entry.desk.batch).shown_to_the_person(&entry.desk).await?;
    let hides =
        |engine: &(SafeText, SafeText)| submission.answers.iter().any(|answer| shown.hidden.contains(&(answer.id, engine.clone())));
    for ((model, version), why) in shown.off.iter().filter(|(engine, _)| hides(engine)) {
        files
            .absent
            .push(format!("what {model}, version {version}, proposed: it is switched off in this batch, because it fails: {why}"));
    }
    for answer in &submission.answers {
        for said in shown.proposals.get(&answer.id).into_iter().flatten() {
            files.machine_read.push(proposed(answer, said));
            files.statements.push((Subject::Answer(answer.id), said.statement()));
        }
        let place = format!("{nth}/answers/{}", answer.question);
        if let Some(packed) = recording(library, parcel, entry, answer, &place, &mut files.absent).await? {
            files.recordings.insert(answer.id, packed);
        }
        for (number, earlier) in library.earlier_answers(answer.id).await?.iter().enumerate() {
            let place = format!("{place}-earlier-{}", number + 1);
            let packed = recording(library, parcel, entry, earlier, &place, &mut files.absent).await?;
            files.earlier.entry(answer.id).or_default().extend(packed);
        }
        match library.transcript(answer.id).await {
            Ok(Some(transcript)) => {
                let name = format!("{nth}/transcripts/{}{}", answer.question, ending(&transcript.name));
                files.transcripts.insert(answer.id, parcel.add(&name, &transcript.bytes)?);
            }
            Ok(None) => {}
            Err(error) => drop(files_or(Err(error), &format!("transcript of {}", answer.question), &mut files.absent)?),
        }
    }
    Ok(files)
}

async fn recording(
    library: &Library,
    parcel: &mut Package,
    entry: &Entry,
    answer: &Answer,
    place: &str,
    absent: &mut Vec<String>,
) -> Result<Option<Packed>, LibraryError> {
    let Some((media, digest)) = answer.media.as_ref().and_then(|media| Some((media, media.digest?))) else { return Ok(None) };
    let name = format!("{place}{}", ending(media.locator.raw()));
    let packed = object(library, parcel, &name, (entry.of().candidate.id, Content::Recording, digest)).await;
    files_or(packed, &format!("recording of {}", answer.question), absent)
}

type Object = (crate::interview::CandidateId, Content, Digest);

async fn object(library: &Library, parcel: &mut Package, name: &str, of: Object) -> Result<Packed, LibraryError> {
    let (candidate, content, digest) = of;
    if let Some(why) = library.why_away(candidate, content, digest).await? {
        return Err(LibraryError::Away { what: "it".into(), why });
    }
    // Read once before it is packed: what is damaged is left out whole.
    let mut reading = library.read_object(candidate, content, digest).await?;
    for number in 0..reading.length().div_ceil(crate::library::Reading::PIECE as u64) as u32 {
        drop(reading.piece(number)?);
    }
    parcel.add_reading(name, &mut reading)
}

/// What was packed, or a word on why not; anything else than damage or absence ends the work.
fn files_or(packed: Result<Packed, LibraryError>, what: &str, absent: &mut Vec<String>) -> Result<Option<Packed>, LibraryError> {
    match packed {
        Ok(packed) => Ok(Some(packed)),
        Err(LibraryError::Damaged { .. }) => {
            absent.push(format!("{what}: it is damaged here"));
            Ok(None)
        }
        Err(LibraryError::NotKept { .. }) => {
            absent.push(format!("{what}: it is not here"));
            Ok(None)
        }
        Err(error @ LibraryError::Away { .. }) => {
            absent.push(format!("{what}: {error}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The ending of a file's name with its dot, as far as it is a plain one.
fn ending(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let ending = last.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let plain = ending.filter(|ending| (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    plain.map(|ending| format!(".{ending}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_endings_of_names_get_into_the_parcel() {
        let all = ["a.WebM", "x/y.vtt", "none", "a.b/c", "evil.e\u{202e}e", "a.toolong", "a.", "..\\x.exe"].map(ending);
        assert_eq!(all, [".webm", ".vtt", "", "", "", "", "", ".exe"]);
    }
}

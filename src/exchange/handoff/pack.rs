//! Making a hand-off: what goes is chosen, written down in the journal, and sealed into one file.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::super::letter::{CandidateKey, Secret};
use super::super::run::listed;
use super::super::shelf::{Shelf, shelf};
use super::choose::{Choice, called, choose};
use super::cover;
use super::envelope;
use super::error::HandoffError;
use super::manifest::{Absent, FORMAT, LeftOut, Manifest, Packed, Piece, SIGNED, Way, What, not_too_much};
use crate::config::identity::parcel::{self, Lock};
use crate::config::{Identity, keep_names};
use crate::interview::{Batch, BatchId, CandidateId, Digest, EventId, QuestionId, SubmissionId, WriterId};
use crate::journal::{self, Act, Covering, Draft, Event, Link, Run, Unquoted, Unworded};
use crate::library::{Content, Library, LibraryError, Reading, begin_part};
use crate::protocol::{self, Particulars};
use crate::rubric::When;
use crate::source::{PLAYABLE, PREPARED};

/// What is played instead of a recording goes along up to so many bytes; beyond that the receiver's earmark makes it anew.
const MOST_PLAYABLE: usize = 16 << 20;

/// What is to be handed over, to whom, and where to.
pub struct Wish<'a> {
    /// The batch.
    pub batch: BatchId,
    /// Which of its submissions.
    pub submissions: Vec<SubmissionId>,
    /// Who opens it.
    pub lock: Lock<'a>,
    /// Until when it may be used.
    pub until: Option<Timestamp>,
    /// Whether the names go along.
    pub names: bool,
    /// The file.
    pub out: PathBuf,
    /// Whether a file that is there is replaced.
    pub replace: bool,
}

/// What was handed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandedOff {
    /// The file's length in bytes.
    pub bytes: u64,
    /// Submissions in it.
    pub submissions: Vec<SubmissionId>,
    /// Who was asked for and is not in it, because everything about them was erased.
    pub erased: Vec<SubmissionId>,
    /// Scorecards in it.
    pub scorecards: u32,
    /// What stayed.
    pub left_out: LeftOut,
}

/// Hands a part of a batch over: the file is whole under its name, and the act is in the journal. Where the file cannot be written, the
/// act is taken back; a kill between the two leaves the act alone, which says more than left and never less.
///
/// # Errors
/// When nobody is left to hand over, the person reviews in the batch, or something cannot be read or written.
pub async fn hand_off(library: &Library, me: &Identity, wish: &Wish<'_>) -> Result<HandedOff, HandoffError> {
    if wish.out.exists() && !wish.replace {
        return Err(HandoffError::Exists { path: wish.out.clone() });
    }
    let shelf = shelf(library, wish.batch).await?;
    is_outside(&shelf, me, &wish.lock)?;
    let (going, erased) = going(library, &shelf, &wish.submissions).await?;
    let events = library.events(wish.batch).await?;
    let mut chosen = choose(&shelf, &events, &going, me.reviewer());
    // No event can be covered that names somebody who was erased here.
    let covered = journal::coverings(&events, &library.erased().await?);
    let (moments, unworded) = leave_names(&shelf, &events, &mut chosen, &covered, wish.names);
    let gone = erased_since(library, &shelf, &events, &wish.lock).await?;
    chosen.events.extend(tombstones(&events, &gone));
    let (batch, documents) = batch_of(&shelf, &going, &chosen.left_out, wish.names);
    let mut packing =
        Packing { library, shelf: &shelf, names: wish.names, everyone: cover::everyone(&shelf.batch), absent: Vec::new() };
    let files = packing.files(&batch).await?;
    let count = |damaged: bool| packing.absent.iter().filter(|one| one.damaged == damaged).count() as u32;
    let (not_here, damaged) = (count(false), count(true));
    let absent = packing.absent.clone();
    let left_out = LeftOut { erased: erased.len() as u32, documents, not_here, damaged, absent, ..chosen.left_out };
    let to = match &wish.lock {
        Lock::Person(person) => Some(listed(person)),
        Lock::Passphrase(_) => None,
    };
    let stayed = left_out.unsealed + left_out.without.len() as u32;
    let act = Act::HandedOff {
        to,
        submissions: going.iter().copied().collect(),
        until: wish.until,
        names: wish.names,
        scorecards: chosen.scorecards,
        left_out: stayed,
        people: called(&shelf, me.reviewer(), &events, &chosen.events),
    };
    let event = written(library, wish.batch, act).await?;
    let mut ids = chosen.events;
    ids.insert(event.id());
    let manifest = Manifest {
        format: FORMAT,
        way: Way::There,
        handoff: event.id(),
        from: me.public(),
        to: match &wish.lock {
            Lock::Person(person) => Some(person.reviewer),
            Lock::Passphrase(_) => None,
        },
        at: event.header.at,
        until: wish.until,
        names: wish.names,
        batch_id: wish.batch,
        title: batch.title.clone(),
        keys: keys(library, batch.submissions.iter().map(|submission| submission.candidate.id)).await?,
        rubrics: shelf.rubrics.clone(),
        runs: runs(library, events.iter().chain([&event]), &ids).await?,
        batch: Some(batch),
        files,
        scorecards: chosen.scorecards,
        moments,
        unworded,
        left_out: left_out.clone(),
        erased: gone,
    };
    let bytes = write(&manifest, me, &wish.lock, &wish.out, wish.replace, &packing).await;
    if bytes.is_err() {
        // Nothing left. The failure itself is what is told, also where this cannot be written.
        let _ = written(library, wish.batch, Act::Undone { event: event.id() }).await;
    }
    let submissions = going.into_iter().collect();
    Ok(HandedOff { bytes: bytes?, submissions, erased, scorecards: chosen.scorecards, left_out })
}

/// Who was handed to the same person before, and was erased since: the erasure goes along.
async fn erased_since(
    library: &Library,
    shelf: &Shelf,
    events: &[Event],
    lock: &Lock<'_>,
) -> Result<BTreeSet<CandidateId>, HandoffError> {
    let erased = library.erased().await?;
    let whom = match lock {
        Lock::Person(person) => Some(listed(person)),
        Lock::Passphrase(_) => None,
    };
    let same = |to: &Option<serde_json::Value>| to.as_ref().map(|to| &to["id"]) == whom.as_ref().map(|whom| &whom["id"]);
    let submissions = journal::standing(events).into_iter().filter_map(|event| match &event.act {
        Act::HandedOff { to, submissions, .. } if same(to) => Some(submissions),
        _ => None,
    });
    let people = submissions.flatten().filter_map(|id| shelf.batch.submission(*id)).map(|one| one.candidate.id);
    Ok(people.filter(|candidate| erased.contains(candidate)).collect())
}

/// What says that these people were erased.
fn tombstones<'e>(events: &'e [Event], gone: &'e BTreeSet<CandidateId>) -> impl Iterator<Item = EventId> + 'e {
    let of = |event: &&Event| matches!(event.act, Act::Erased { subject, .. } if gone.contains(&subject));
    events.iter().filter(of).map(Event::id)
}

/// Leaves out what names somebody, and gives back what goes without its words: the moments of quotes, since what a rating rests on can
/// still be heard; and what was given or decided with a reason.
fn leave_names(
    shelf: &Shelf,
    events: &[Event],
    chosen: &mut Choice,
    covered: &[Covering],
    names: bool,
) -> (Vec<Unquoted>, Vec<Unworded>) {
    let naming = cover::naming(&shelf.batch, events, &chosen.events, covered, names);
    chosen.events.retain(|id| !naming.stays.contains(id) && !naming.quotes.contains(id) && !naming.words.contains_key(id));
    let unworded = events.iter().filter_map(|event| {
        let left_out = naming.words.get(&event.id())?;
        Unworded::may_be(&event.header.kind).then(|| Unworded::of(event, |field| left_out.contains(field)))
    });
    let unworded: Vec<Unworded> = unworded.collect();
    (chosen.left_out.naming, chosen.left_out.reasons) = (naming.stays.len() as u32, unworded.len() as u32);
    let moments: Vec<Unquoted> = shelf
        .record
        .works
        .iter()
        .flat_map(|(author, work)| work.evidence.iter().map(|one| (*author, one)))
        .filter(|(_, one)| naming.quotes.contains(&one.event))
        .map(|(author, one)| Unquoted {
            author,
            event: one.event,
            answer: one.answer,
            revision: one.revision,
            criteria: one.criteria.clone(),
            span: one.span,
            at: one.at,
        })
        .collect();
    chosen.left_out.quotes = moments.len() as u32;
    (moments, unworded)
}

/// Whether the receiver neither reviews in the batch nor is its sender: then others' scorecards wait for their own seal.
fn is_outside(shelf: &Shelf, me: &Identity, lock: &Lock<'_>) -> Result<(), HandoffError> {
    let Lock::Person(person) = lock else { return Ok(()) };
    let mut record = shelf.record.clone();
    record.guests.entry(person.reviewer).or_default().received = true;
    match person.reviewer == me.reviewer() || protocol::is_on_panel(&record, person.reviewer) {
        true => Err(HandoffError::OnPanel { name: person.label.clone() }),
        false => Ok(()),
    }
}

/// Who of those who are wished can go, and who cannot because they were erased.
async fn going(
    library: &Library,
    shelf: &Shelf,
    wished: &[SubmissionId],
) -> Result<(BTreeSet<SubmissionId>, Vec<SubmissionId>), HandoffError> {
    let erased = library.erased().await?;
    let is_erased =
        |id: &SubmissionId| shelf.batch.submission(*id).is_none_or(|submission| erased.contains(&submission.candidate.id));
    let all: BTreeSet<SubmissionId> = wished.iter().copied().collect();
    let (gone, going): (BTreeSet<SubmissionId>, BTreeSet<SubmissionId>) = all.into_iter().partition(is_erased);
    match going.is_empty() {
        true => Err(HandoffError::Nobody { erased: gone.len() }),
        false => Ok((going, gone.into_iter().collect())),
    }
}

/// The batch with those who go and what of it goes; and how many documents are kept back.
fn batch_of(shelf: &Shelf, going: &BTreeSet<SubmissionId>, left_out: &LeftOut, names: bool) -> (Batch, u32) {
    let mut whole = shelf.batch.clone();
    whole.submissions.retain(|submission| going.contains(&submission.id));
    let documents = |batch: &Batch| batch.submissions.iter().map(|submission| submission.documents.len() as u32).sum::<u32>();
    let before = documents(&whole);
    for submission in &mut whole.submissions {
        let opened = match shelf.rules.protocol.documents {
            When::Never => false,
            When::AfterSeal => !left_out.without.contains(&submission.id),
            When::Allowed | When::Always => true,
        };
        if !opened {
            submission.documents.clear();
        }
    }
    let covered = cover::batch(&whole, &shelf.rules, &cover::everyone(&shelf.batch), names);
    let kept_back = before - documents(&covered);
    (covered, kept_back)
}

/// Writes one act, and returns it.
pub(super) async fn written(library: &Library, batch: BatchId, act: Act) -> Result<Event, HandoffError> {
    let draft = Draft { id: EventId(uuid::Uuid::now_v7()), batch: Some(batch), subject: None, base: None, act };
    let mut events = library.append(vec![draft]).await?;
    Ok(events.pop().expect("one act was written"))
}

/// The keys under which something was written about these candidates.
pub(super) async fn keys(
    library: &Library,
    candidates: impl Iterator<Item = CandidateId>,
) -> Result<Vec<CandidateKey>, HandoffError> {
    let mut keys = Vec::new();
    for candidate in candidates.collect::<BTreeSet<_>>() {
        let all = library.candidate_keys(candidate).await?;
        keys.extend(all.iter().map(|key| CandidateKey { candidate, key: Secret::of(key) }));
    }
    Ok(keys)
}

/// Events as they are stored, those that follow each other together.
pub(super) async fn runs(
    library: &Library,
    events: impl Iterator<Item = &Event>,
    chosen: &HashSet<EventId>,
) -> Result<Vec<Packed>, HandoffError> {
    let writers: BTreeSet<WriterId> =
        events.filter(|event| chosen.contains(&event.id())).map(|event| event.header.writer).collect();
    let mut runs = Vec::new();
    for writer in writers {
        let mut current: Option<Run> = None;
        for (seq, (stored, event)) in library.stream(writer).await? {
            if !chosen.contains(&event.id()) {
                continue;
            }
            match &mut current {
                Some(run) if run.last() + 1 == seq => run.links.push(Link::Event(stored)),
                _ => {
                    let (author, prev) = (event.header.author, event.header.prev);
                    let run = Run { author, writer, first: seq, prev, links: vec![Link::Event(stored)] };
                    runs.extend(current.replace(run).as_ref().map(Packed::of));
                }
            }
        }
        runs.extend(current.as_ref().map(Packed::of));
    }
    Ok(runs)
}

/// What lies behind the manifest.
struct Packing<'a> {
    library: &'a Library,
    shelf: &'a Shelf,
    names: bool,
    everyone: Particulars,
    absent: Vec<Absent>,
}

/// A small file that is not what was kept.
struct Damaged;

/// The pieces in which a file of the vault is read.
fn pieces(reading: &Reading) -> std::ops::Range<u32> {
    0..reading.length().div_ceil(Reading::PIECE as u64) as u32
}

impl Packing<'_> {
    /// All files of the batch that are here and whole, with their lengths and digests; the others are named.
    async fn files(&mut self, batch: &Batch) -> Result<Vec<Piece>, HandoffError> {
        let mut order = Vec::new();
        let numbers: BTreeMap<&QuestionId, u32> =
            batch.interview.questions.iter().zip(1..).map(|(question, number)| (&question.id, number)).collect();
        for submission in &batch.submissions {
            let (candidate, id) = (submission.candidate.id, submission.id);
            let absent = |what: &'static str, question: Option<u32>, damaged: bool| Absent {
                submission: id,
                question,
                what: what.into(),
                damaged,
            };
            for answer in &submission.answers {
                let question = numbers.get(&answer.question).copied();
                if let Some(digest) = answer.media.as_ref().and_then(|media| media.digest) {
                    match self.large(candidate, What::Recording, digest).await? {
                        Ok(piece) => order.push(piece),
                        Err(damaged) => self.absent.push(absent("recording", question, damaged)),
                    }
                    for what in [What::Measured(digest), What::Playable(digest)] {
                        // What is damaged of these is made anew by the receiver.
                        order.extend(self.small(candidate, what).await?.ok().flatten());
                    }
                }
                if answer.transcript.is_some() {
                    match self.small(candidate, What::Transcript(answer.id, String::new())).await? {
                        Ok(Some(piece)) => order.push(piece),
                        Ok(None) => self.absent.push(absent("transcript", question, false)),
                        Err(Damaged) => self.absent.push(absent("transcript", question, true)),
                    }
                }
            }
            for digest in submission.documents.iter().filter_map(|document| document.media.as_ref()?.digest) {
                match self.large(candidate, What::Document, digest).await? {
                    Ok(piece) => order.push(piece),
                    Err(damaged) => self.absent.push(absent("document", None, damaged)),
                }
            }
        }
        // The same recording can be given twice; it goes once.
        let mut files = BTreeSet::new();
        order.retain(|piece| files.insert((piece.candidate, piece.what.clone(), piece.digest)));
        not_too_much(&mut order);
        Ok(order)
    }

    /// A file of the vault, read through once: what is damaged is known before anything is written. Where it does not go: whether it is
    /// damaged.
    async fn large(&self, candidate: CandidateId, what: What, digest: Digest) -> Result<Result<Piece, bool>, HandoffError> {
        let read = async || {
            let mut reading = self.library.read_object(candidate, content(&what), digest).await?;
            for number in pieces(&reading) {
                reading.piece(number)?;
            }
            Ok(reading.length())
        };
        match read().await {
            Ok(bytes) => Ok(Ok(Piece { candidate, what, digest, bytes })),
            Err(LibraryError::NotKept { .. }) => Ok(Err(false)),
            Err(LibraryError::Damaged { .. }) => Ok(Err(true)),
            Err(error) => Err(error.into()),
        }
    }

    async fn small(&self, candidate: CandidateId, what: What) -> Result<Result<Option<Piece>, Damaged>, HandoffError> {
        match self.read_small(candidate, &what).await {
            Ok(None) => Ok(Ok(None)),
            Ok(Some((what, bytes))) => {
                Ok(Ok(Some(Piece { candidate, what, digest: Digest::of(&bytes), bytes: bytes.len() as u64 })))
            }
            Err(HandoffError::Library(LibraryError::Damaged { .. })) => Ok(Err(Damaged)),
            Err(error) => Err(error),
        }
    }

    /// A small file as it goes along.
    async fn read_small(&self, candidate: CandidateId, what: &What) -> Result<Option<(What, Zeroizing<Vec<u8>>)>, HandoffError> {
        let prepared = match what {
            What::Transcript(answer, _) => {
                let Some(file) = self.library.transcript(*answer).await? else { return Ok(None) };
                let of = self.shelf.batch.answer(*answer).map(|(submission, _)| &submission.candidate);
                let Some(of) = of.filter(|of| of.id == candidate) else { return Ok(None) };
                let file = cover::transcript(file, of, &self.everyone, self.names);
                return Ok(Some((What::Transcript(*answer, file.name), file.bytes)));
            }
            What::Measured(recording) => self.library.prepared(candidate, *recording, PREPARED).await?,
            What::Playable(recording) => {
                let playable = self.library.prepared(candidate, *recording, PLAYABLE).await?;
                playable.filter(|bytes| bytes.len() <= MOST_PLAYABLE)
            }
            What::Recording | What::Document => None,
        };
        Ok(prepared.map(|bytes| (what.clone(), bytes)))
    }

    /// Writes one file piece by piece.
    async fn write(&self, piece: &Piece, to: &mut impl Write, path: &Path) -> Result<(), HandoffError> {
        let failed = |error| HandoffError::unwritten(path, error);
        if !piece.what.is_large() {
            let read = self.read_small(piece.candidate, &piece.what).await?.map(|(_, bytes)| bytes);
            let bytes = read.filter(|bytes| Digest::of(bytes) == piece.digest);
            let bytes = bytes.ok_or_else(|| LibraryError::Busy { path: self.library.folder().to_owned() })?;
            return to.write_all(&bytes).map_err(failed);
        }
        let mut reading = self.library.read_object(piece.candidate, content(&piece.what), piece.digest).await?;
        for number in pieces(&reading) {
            let part = reading.piece(number)?;
            to.write_all(&part).map_err(failed)?;
        }
        Ok(())
    }
}

pub(super) fn content(what: &What) -> Content {
    if *what == What::Document { Content::Document } else { Content::Recording }
}

/// Writes the file whole, then gives it its name.
async fn write(
    manifest: &Manifest,
    me: &Identity,
    lock: &Lock<'_>,
    out: &Path,
    replace: bool,
    packing: &Packing<'_>,
) -> Result<u64, HandoffError> {
    let (part, mut sealing) = begin(manifest, me, lock, out)?;
    for piece in &manifest.files {
        packing.write(piece, &mut sealing, out).await?;
    }
    end(part, sealing, out, replace)
}

type Sealing = parcel::Sealing<envelope::Writing>;

/// Begins a file beside the one that it becomes: manifest and signature.
pub(super) fn begin(manifest: &Manifest, me: &Identity, lock: &Lock<'_>, out: &Path) -> Result<(Part, Sealing), HandoffError> {
    let failed = |error| HandoffError::unwritten(out, error);
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = begin_part(folder, ".earmark-handoff-").map_err(failed)?;
    let held = part.as_file().try_clone().map_err(failed)?;
    let (file, path) = part.into_parts();
    let sealing = parcel::seal(lock, envelope::begin(file).map_err(failed)?).map_err(failed)?;
    let name = || match lock {
        Lock::Person(person) => person.label.clone(),
        Lock::Passphrase(_) => "nobody".into(),
    };
    let mut sealing = sealing.ok_or_else(|| HandoffError::NoKey { name: name() })?;
    let text = Zeroizing::new(serde_json::to_vec(manifest).expect("a manifest has only string keys"));
    let whole = [&(text.len() as u64).to_be_bytes()[..], &text, &me.sign(SIGNED, &text)];
    whole.into_iter().try_for_each(|bytes| sealing.write_all(bytes)).map_err(failed)?;
    Ok((Part { path, _held: held }, sealing))
}

/// A file that is being written, held until it has its name: nobody takes it for what a killed process left.
pub(super) struct Part {
    path: tempfile::TempPath,
    _held: std::fs::File,
}

/// Ends it, and gives it its name; returns its length.
pub(super) fn end(part: Part, sealing: Sealing, out: &Path, replace: bool) -> Result<u64, HandoffError> {
    let failed = |error| HandoffError::unwritten(out, error);
    let bytes = envelope::finish(sealing.finish().map_err(failed)?).map_err(failed)?;
    let named = if replace { part.path.persist(out) } else { part.path.persist_noclobber(out) };
    named.map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => HandoffError::Exists { path: out.to_owned() },
        _ => failed(error.error),
    })?;
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    keep_names(folder).map_err(failed)?;
    Ok(bytes)
}

//! Taking a hand-off in, whole or not at all.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::super::run::listed;
use super::super::shelf::{Shelf, shelf};
use super::back::Back;
use super::error::HandoffError;
use super::manifest::{Manifest, Piece, Way, What};
use super::open::{Behind, Opened};
use super::pack::content;
use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::config::identity::parcel::Opener;
use crate::interview::{Batch, BatchId, CandidateId, Digest, EventId, Submission, SubmissionId};
use crate::journal::{self, Act, Covering, Draft, Event, Header, Link, Unquoted, Unworded, is_after};
use crate::library::{Content, Library, LibraryError, Parcel, Putting, RubricKept, TakenWhole, TranscriptFile, ahead};
use crate::rubric::Rubric;
use crate::scorecard::Record;
use crate::source::{PLAYABLE, PREPARED};
use crate::text::SafeText;

/// What was taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// Which batch.
    pub batch: BatchId,
    /// What of it is new here.
    pub whole: TakenWhole,
    /// Candidates who were erased here: nothing of theirs was taken.
    pub erased: Vec<CandidateId>,
    /// Whether the sender is someone whose fingerprint was compared.
    pub known: bool,
    /// Who was erased at the sender's since, and now here.
    pub erased_now: Vec<CandidateId>,
    /// Who was erased at the sender's since and is still here: a hold forbids it, or the person is in something else here too.
    pub not_erased: Vec<CandidateId>,
    /// Of a reply: what came back.
    pub back: Option<Back>,
    /// On whom a newer one says something: nothing of theirs was taken.
    pub newer: Vec<SubmissionId>,
    /// Until when those who were here before may be used now, where that is another day: before, and now.
    pub terms: Vec<(SubmissionId, Option<Timestamp>, Option<Timestamp>)>,
    /// Until when those who are in it may be used here, by what their sender said last on each; none of a reply.
    pub until: Vec<(SubmissionId, Option<Timestamp>)>,
    /// How far its maker's clock is ahead of this machine's, where that is more than clocks differ by.
    pub clock_ahead: Option<SignedDuration>,
}

/// Takes in what was opened. `trust` are people whose fingerprints were compared: name and fingerprint.
///
/// # Errors
/// When its time is over, its sender is not known, or something does not fit to what is here; nothing was taken then.
pub async fn take(
    library: &Library,
    me: &Identity,
    opened: &Opened,
    opener: &Opener<'_>,
    trust: &[(String, String)],
) -> Result<Taken, HandoffError> {
    let manifest = &opened.manifest;
    if let Some(until) = manifest.until.filter(|until| *until < library.now() && manifest.way == Way::There) {
        return Err(HandoffError::Expired { until });
    }
    if manifest.way == Way::Back && !only_deciding(opened) {
        return Err(HandoffError::Changed("it holds more than what someone outside the panel does"));
    }
    let known = is_known(library, me, opened, trust).await?;
    let erased_here = library.erased().await?;
    // One's own acts are here; what says that it is one's own and is not here was written by someone else.
    let runs = opened.runs.iter().filter(|run| run.author != me.reviewer()).cloned().collect();
    let mut parcel = Parcel { runs, keys: keys(manifest, &erased_here), ..Parcel::default() };
    parcel.moves =
        manifest.way == Way::Back && shelf_of(library, manifest).await?.is_some_and(|of| of.is_guest(manifest.from.reviewer));
    let mut put = Put { library, new: Vec::new(), noted: library.putting().await? };
    let before = events_of(library, manifest.batch_id).await?;
    let mut newer = Vec::new();
    if let Some(batch) = &manifest.batch {
        is_not_ones_own(library, manifest, me).await?;
        parcel.rubrics = rubrics(&manifest.rubrics);
        let mut batch = batch.clone();
        newer = leave_older(&mut batch, opened, &before, me);
        let staying: BTreeSet<CandidateId> = batch.submissions.iter().map(|one| one.candidate.id).collect();
        if let Err(error) = put
            .files(opened, opener, |candidate| !erased_here.contains(&candidate) && staying.contains(&candidate), &mut parcel)
            .await
        {
            put.take_back().await;
            return Err(error);
        }
        let received = Act::Received {
            handoff: manifest.handoff,
            from: listed(&manifest.from),
            by: listed(&me.public()),
            until: manifest.until,
            names: manifest.names,
            covers: hidden_now(library, manifest, &batch, &before, me).await?,
        };
        let id = EventId(uuid::Uuid::now_v7());
        parcel.drafts = vec![Draft { id, batch: Some(batch.id), subject: None, base: Some(manifest.handoff), act: received }];
        parcel.drafts.extend(unquoted(manifest, &batch, &before, &erased_here));
        parcel.drafts.extend(unworded(manifest, &batch, &before, &erased_here, me));
        parcel.batch = Some(batch).filter(|batch| !batch.submissions.is_empty());
    } else if !library.titles().await?.iter().any(|one| one.id == manifest.batch_id) {
        return Err(HandoffError::NoBatch { title: manifest.title.clone() });
    }
    let terms_before = terms(library, me, manifest, &before).await?;
    let known_before = before.iter().map(Event::id).collect();
    match library.take_whole(parcel).await {
        Ok(whole) => {
            put.noted.done();
            let erased = whole.kept.erased.clone();
            let (erased_now, not_erased) = erase(library, me, manifest).await?;
            let back = came_back(library, manifest, &known_before).await?;
            let after = events_of(library, manifest.batch_id).await?;
            let terms_now = terms(library, me, manifest, &after).await?;
            let (terms, until) = (changed(&terms_before, &terms_now), of_file(&terms_now, manifest));
            let clock_ahead = ahead(manifest.at, library.now()).max(whole.taken.ahead);
            let batch = manifest.batch_id;
            Ok(Taken { batch, whole, erased, known, erased_now, not_erased, back, newer, terms, until, clock_ahead })
        }
        Err(error) => {
            put.take_back().await;
            Err(error.into())
        }
    }
}

/// Erases here whom the sender has erased since, who is here only because the sender handed it over; a hold forbids it.
async fn erase(
    library: &Library,
    me: &Identity,
    manifest: &Manifest,
) -> Result<(Vec<CandidateId>, Vec<CandidateId>), HandoffError> {
    let (mut done, mut not) = (Vec::new(), Vec::new());
    if manifest.way == Way::Back || manifest.erased.is_empty() {
        return Ok((done, not));
    }
    let (erased, all, now) = (library.erased().await?, library.candidates().await?, library.now());
    for candidate in manifest.erased.difference(&erased) {
        let batches: Vec<BatchId> = all.iter().filter(|(_, of)| of.contains(candidate)).map(|(batch, _)| *batch).collect();
        if !batches.contains(&manifest.batch_id) {
            continue;
        }
        let mut may = true;
        for batch in batches {
            let shelf = shelf(library, batch).await?;
            may &= shelf.is_guest(me.reviewer()) && !shelf.is_held(*candidate, now);
        }
        if may {
            library.erase_as_others(*candidate).await?;
        }
        if may { &mut done } else { &mut not }.push(*candidate);
    }
    Ok((done, not))
}

/// What a reply brought that was not here before.
async fn came_back(library: &Library, manifest: &Manifest, before: &HashSet<EventId>) -> Result<Option<Back>, HandoffError> {
    if manifest.way == Way::There {
        return Ok(None);
    }
    let here = library.erased().await?;
    let people = library.candidates().await?.remove(&manifest.batch_id).unwrap_or_default();
    let asked = manifest.erased.iter().filter(|one| people.contains(one) && !here.contains(one)).copied().collect();
    let events = events_of(library, manifest.batch_id).await?;
    let batch = library.batch(manifest.batch_id).await?;
    let record = Record::fold(&batch, &events);
    let mut back = Back::of((&events, &record), manifest.from.reviewer, Some(before), asked);
    let handed = record.handed_to(manifest.from.reviewer).flat_map(|of| &of.submissions).copied();
    let is_gone = |candidate: &CandidateId| here.contains(candidate) && !manifest.erased.contains(candidate);
    let unheard = handed.filter(|id| batch.submission(*id).is_some_and(|one| is_gone(&one.candidate.id)));
    if back.texts > 0 {
        back.unheard = unheard.collect();
    }
    Ok(Some(back))
}

/// The batch as it is here; none where it is not.
async fn shelf_of(library: &Library, manifest: &Manifest) -> Result<Option<Shelf>, HandoffError> {
    match shelf(library, manifest.batch_id).await {
        Err(LibraryError::UnknownBatch(_)) => Ok(None),
        shelf => Ok(Some(shelf?)),
    }
}

/// What was done in a batch; nothing where it is not here.
async fn events_of(library: &Library, batch: BatchId) -> Result<Vec<Event>, HandoffError> {
    match library.events(batch).await {
        Err(LibraryError::UnknownBatch(_)) => Ok(Vec::new()),
        events => Ok(events?),
    }
}

/// What is written of evidence that came without its quotes, a submission at a time, under the candidate's key; also that there is
/// none any more where there was.
fn unquoted(manifest: &Manifest, batch: &Batch, before: &[Event], erased: &BTreeSet<CandidateId>) -> Vec<Draft> {
    let had =
        |id: SubmissionId| before.iter().any(|event| matches!(event.act, Act::Unquoted { submission, .. } if submission == id));
    let here = batch.submissions.iter().filter(|one| !erased.contains(&one.candidate.id));
    let drafts = here.filter_map(|one| {
        let of = |moment: &&Unquoted| one.answers.iter().any(|answer| answer.id == moment.answer);
        let moments: Vec<Unquoted> = manifest.moments.iter().filter(of).cloned().collect();
        let act = Act::Unquoted { submission: one.id, moments: moments.clone() };
        let id = EventId(uuid::Uuid::now_v7());
        let draft = Draft { id, batch: Some(batch.id), subject: Some(one.candidate.id), base: Some(manifest.handoff), act };
        (!moments.is_empty() || had(one.id)).then_some(draft)
    });
    drafts.collect()
}

/// Where texts that came with names before name those who come without one now. What an earlier hand-off hid stays covered as long as
/// somebody is without a name.
async fn hidden_now(
    library: &Library,
    manifest: &Manifest,
    batch: &Batch,
    before: &[Event],
    me: &Identity,
) -> Result<Vec<Covering>, HandoffError> {
    if before.is_empty() || !library.titles().await?.iter().any(|one| one.id == batch.id) {
        return Ok(Vec::new());
    }
    let coming: BTreeSet<SubmissionId> = batch.submissions.iter().map(|one| one.id).collect();
    let here = library.batch(batch.id).await?;
    let stays_hidden = |one: &Submission| one.candidate.name.is_none() && !coming.contains(&one.id);
    let mut covers = Vec::new();
    if !manifest.names || here.submissions.iter().any(stays_hidden) {
        covers.extend(journal::hidden_since(before, &[me.reviewer()]));
    }
    if !manifest.names {
        covers.extend(library.naming_these(batch.id, &coming).await?);
    }
    Ok(covers)
}

/// What is written of acts that came without their words, a candidate at a time, under that person's key.
fn unworded(manifest: &Manifest, batch: &Batch, before: &[Event], erased: &BTreeSet<CandidateId>, me: &Identity) -> Vec<Draft> {
    let known: HashSet<EventId> = journal::unworded(before).iter().chain(before).map(Event::id).collect();
    let here = batch.submissions.iter().map(|one| one.candidate.id);
    let people: BTreeSet<CandidateId> = here.filter(|candidate| !erased.contains(candidate)).collect();
    let is_of_it = |one: &&Unworded| {
        let header = one.header();
        let fits = header.batch == Some(batch.id) && header.subject.is_none_or(|subject| people.contains(&subject));
        // Nobody else says what oneself did.
        fits && header.author != me.reviewer() && Unworded::may_be(&header.kind) && !known.contains(&header.id)
    };
    let mut of: BTreeMap<Option<CandidateId>, Vec<Unworded>> = BTreeMap::new();
    for one in manifest.unworded.iter().filter(is_of_it) {
        of.entry(one.header().subject).or_default().push(one.clone());
    }
    let draft = |(subject, acts)| {
        let id = EventId(uuid::Uuid::now_v7());
        Draft { id, batch: Some(batch.id), subject, base: Some(manifest.handoff), act: Act::Unworded { acts } }
    };
    of.into_iter().map(draft).collect()
}

/// Leaves those out on whom a newer hand-off of the same sender's was taken in, and says who they are: what the sender said last holds.
fn leave_older(batch: &mut Batch, opened: &Opened, before: &[Event], me: &Identity) -> Vec<SubmissionId> {
    let manifest = &opened.manifest;
    let is_this = |header: &Header| header.id == manifest.handoff;
    let this = opened.runs.iter().filter_map(|run| run.verify().ok()).flatten().map(|(header, _)| header).find(is_this);
    let is_newer = |header: &Header| match &this {
        Some(this) => is_after(header.order(), this.order()),
        None => header.at > manifest.at,
    };
    let is_taken = |id: EventId| {
        let took = |event: &Event| matches!(event.act, Act::Received { handoff, .. } if handoff == id);
        before.iter().any(|event| event.header.author == me.reviewer() && took(event))
    };
    let newer: BTreeSet<SubmissionId> = before
        .iter()
        .filter(|event| event.header.author == manifest.from.reviewer && is_newer(&event.header) && is_taken(event.id()))
        .filter_map(|event| if let Act::HandedOff { submissions, .. } = &event.act { Some(submissions) } else { None })
        .flatten()
        .copied()
        .collect();
    let (older, stays) = std::mem::take(&mut batch.submissions).into_iter().partition(|one| newer.contains(&one.id));
    batch.submissions = stays;
    older.iter().map(|one: &Submission| one.id).collect()
}

type Terms = BTreeMap<SubmissionId, Option<Timestamp>>;

/// Until when each of a batch may be used here, by these events; nobody where it is not here, or one's own.
async fn terms(library: &Library, me: &Identity, manifest: &Manifest, events: &[Event]) -> Result<Terms, HandoffError> {
    if events.is_empty() || manifest.way == Way::Back {
        return Ok(Terms::new());
    }
    let batch = library.batch(manifest.batch_id).await?;
    let record = Record::fold(&batch, events);
    Ok(batch.submissions.iter().map(|one| (one.id, record.until_of(me.reviewer(), one.id))).collect())
}

/// Of those who are in the file.
fn of_file(terms: &Terms, manifest: &Manifest) -> Vec<(SubmissionId, Option<Timestamp>)> {
    let all = manifest.batch.iter().flat_map(|batch| &batch.submissions);
    all.filter_map(|one| Some((one.id, *terms.get(&one.id)?))).collect()
}

fn changed(before: &Terms, after: &Terms) -> Vec<(SubmissionId, Option<Timestamp>, Option<Timestamp>)> {
    let both = after.iter().filter_map(|(id, now)| Some((*id, *before.get(id)?, *now)));
    both.filter(|(_, before, now)| before != now).collect()
}

/// Whether the sender's fingerprint was compared. A shortlist that a passphrase opens, and the reply of the very person to whom
/// something was handed, are believed also without.
async fn is_known(library: &Library, me: &Identity, opened: &Opened, trust: &[(String, String)]) -> Result<bool, HandoffError> {
    let from = &opened.manifest.from;
    let (name, fingerprint) = (from.label.clone(), from.fingerprint());
    if from.reviewer == me.reviewer() {
        return Ok(true);
    }
    let colleagues = library.colleagues().await?;
    let colleagues = colleagues.iter().filter_map(|bytes| serde_json::from_slice::<PublicIdentity>(bytes).ok());
    let before = colleagues.into_iter().find(|one| one.reviewer == from.reviewer);
    if before.as_ref().is_some_and(|one| one.fingerprint() == fingerprint) {
        return Ok(true);
    }
    let is_called = |named: &str| from.label.raw().to_lowercase() == named.trim().to_lowercase();
    match trust.iter().find(|(named, _)| is_called(named)) {
        Some((_, typed)) if from.has_fingerprint(typed) => {
            let bytes = serde_json::to_vec(from).expect("five strings");
            library.keep_colleague(from.reviewer, &bytes).await?;
            return Ok(true);
        }
        Some(_) => return Err(HandoffError::OtherFingerprint { name, fingerprint }),
        None => {}
    }
    // Compared under another name, it is not for the program to say which of the two is right.
    if let Some((named, _)) = trust.iter().find(|(_, typed)| from.has_fingerprint(typed)) {
        return Err(HandoffError::OtherName { name, named: SafeText::line(named), fingerprint });
    }
    let is_awaited = match opened.manifest.way {
        Way::There => opened.by_passphrase,
        Way::Back => was_handed_to(library, &opened.manifest).await?,
    };
    match is_awaited && before.is_none() {
        true => Ok(false),
        false => Err(HandoffError::Stranger { name, fingerprint, changed: before.is_some() }),
    }
}

/// Whether it answers a hand-off to this very person, by both keys.
async fn was_handed_to(library: &Library, manifest: &Manifest) -> Result<bool, HandoffError> {
    let events = events_of(library, manifest.batch_id).await?;
    let is_it = |event: &Event| match &event.act {
        Act::HandedOff { to: Some(to), .. } => event.id() == manifest.handoff && *to == same_keys(to, &manifest.from),
        _ => false,
    };
    Ok(events.iter().any(is_it))
}

/// A public identity as it was listed, with the keys of another one.
fn same_keys(listed_then: &serde_json::Value, now: &PublicIdentity) -> serde_json::Value {
    let mut other = listed_then.clone();
    for (key, value) in [("signing", &now.signing), ("encryption", &now.encryption)] {
        other[key] = value.as_str().into();
    }
    other["id"] = serde_json::to_value(now.reviewer).expect("an id is a string");
    other
}

/// A batch that is here without having been handed over is not mixed with what was.
async fn is_not_ones_own(library: &Library, manifest: &Manifest, me: &Identity) -> Result<(), HandoffError> {
    let Some(here) = library.titles().await?.into_iter().find(|one| one.id == manifest.batch_id) else { return Ok(()) };
    let events = library.events(here.id).await?;
    let came = |event: &Event| event.header.author == me.reviewer() && matches!(event.act, Act::Received { .. });
    match events.iter().any(came) {
        true => Ok(()),
        false => Err(HandoffError::OwnBatch { title: here.title }),
    }
}

fn keys(manifest: &Manifest, erased: &BTreeSet<CandidateId>) -> Vec<(CandidateId, Zeroizing<[u8; 32]>)> {
    let here = manifest.keys.iter().filter(|key| !erased.contains(&key.candidate));
    here.filter_map(|key| Some((key.candidate, key.key.bytes()?))).collect()
}

/// Those that can be read.
fn rubrics(sources: &[String]) -> Vec<RubricKept> {
    let read = |source: &String| {
        let rubric = Rubric::read("the rubric", source).ok()?.rubric;
        Some(RubricKept {
            id: rubric.id.clone(),
            version: rubric.version.raw().to_owned(),
            scoring_hash: rubric.scoring_hash(),
            text_hash: rubric.text_hash(),
            source: source.clone(),
        })
    };
    sources.iter().filter_map(read).collect()
}

/// Files that were put into the vault and that nothing names yet.
struct Put<'a> {
    library: &'a Library,
    new: Vec<(CandidateId, Content, Digest)>,
    noted: Putting,
}

impl Put<'_> {
    /// Reads everything behind the manifest once more: recordings and documents into the vault, what is small into the parcel.
    async fn files(
        &mut self,
        opened: &Opened,
        opener: &Opener<'_>,
        wanted: impl Fn(CandidateId) -> bool,
        parcel: &mut Parcel,
    ) -> Result<(), HandoffError> {
        let path = &opened.path;
        let mut behind = Behind::open(path, opener)?;
        behind.manifest(path)?;
        for piece in &opened.manifest.files {
            let candidate = piece.candidate;
            if !wanted(candidate) {
                behind.each(path, piece.bytes, |_| {})?;
                continue;
            }
            match &piece.what {
                What::Recording | What::Document => behind = self.put(piece, behind, opened).await?,
                What::Measured(recording) => {
                    parcel.prepared.push((candidate, *recording, PREPARED, behind.small(path, piece.bytes)?));
                }
                What::Playable(recording) => {
                    parcel.prepared.push((candidate, *recording, PLAYABLE, behind.small(path, piece.bytes)?));
                }
                What::Transcript(answer, name) => {
                    let name = SafeText::line(name).to_string();
                    let bytes = behind.small(path, piece.bytes)?;
                    parcel.transcripts.push((candidate, *answer, TranscriptFile { name, bytes }));
                }
            }
        }
        Ok(())
    }

    /// Puts one file into the vault, a piece at a time; gives back what follows it.
    async fn put(&mut self, piece: &Piece, mut behind: Behind, opened: &Opened) -> Result<Behind, HandoffError> {
        let (candidate, content) = (piece.candidate, content(&piece.what));
        if self.library.has(candidate, content, piece.digest).await? {
            behind.each(&opened.path, piece.bytes, |_| {})?;
            return Ok(behind);
        }
        self.library.will_put(&mut self.noted, candidate, content, piece.digest).await?;
        let lent = Arc::new(Mutex::new(Some(behind)));
        let found = self.library.put_from(candidate, content, Lent { from: lent.clone(), left: piece.bytes }).await?;
        self.new.push((candidate, content, found));
        let behind = lent.lock().ok().and_then(|mut lent| lent.take());
        match behind.filter(|_| found == piece.digest) {
            Some(behind) => Ok(behind),
            None => Err(HandoffError::Changed("a file in it changed while it was read")),
        }
    }

    /// Removes what was put.
    async fn take_back(self) {
        for (candidate, content, digest) in self.new {
            // What stays behind is encrypted, and nothing names it.
            let _ = self.library.discard(candidate, content, digest).await;
        }
        self.noted.done();
    }
}

/// The next so many bytes of a reader that is given back afterwards.
struct Lent {
    from: Arc<Mutex<Option<Behind>>>,
    left: u64,
}

impl Read for Lent {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let most = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let mut from = self.from.lock().map_err(|_| io::ErrorKind::Other)?;
        let read = from.as_mut().ok_or(io::ErrorKind::Other)?.read(&mut bytes[..most])?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// Whether nothing of these events is a kind that a receiver's reply may not hold.
fn only_deciding(opened: &Opened) -> bool {
    let events = opened.runs.iter().flat_map(|run| &run.links);
    events.into_iter().all(|link| match link {
        Link::Event(stored) => stored.read_header().is_ok_and(|header| super::reply::KINDS.contains(&header.kind.as_str())),
        Link::Hash(_) => false,
    })
}

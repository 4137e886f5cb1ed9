//! What goes into the folder: the new pieces of one's own streams, and a letter to each person.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::folder::{Shared, append, read_own, replace};
use super::incoming::{Stream, Streams};
use super::letter::{self, CandidateKey, Claim, Content, Kept, Letter, PieceKey, Secret};
use super::people::People;
use super::piece::{FORMAT, Head, Opening, Part, Piece, clear, encode, first_line, opening, parts, written};
use super::report::{Trouble, TroubleKind};
use super::run::ExchangeError;
use super::shelf::{HandedOn, Shelf, by_id};
use super::sight::{Concern, Group, concern, group, is_sealed, opens};
use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::interview::{BatchId, CandidateId, Digest, ReviewerId, WriterId};
use crate::journal::{Event, Link, Locks, Stored};
use crate::library::Library;
use crate::protocol;
use crate::scorecard::Seals;

/// So many events go into one piece at most.
const MOST: usize = 512;

pub(super) type Shelves = BTreeMap<BatchId, Shelf>;

/// One of one's own streams as it lies in the folder now.
pub(super) struct Published {
    writer: WriterId,
    pieces: Vec<Lying>,
}

/// A piece in the folder: what is needed to decide who may open it.
struct Lying {
    head: Head,
    concerns: BTreeSet<Concern>,
    candidates: BTreeSet<CandidateId>,
}

/// Who publishes what, where.
pub(super) struct Desk<'a> {
    pub(super) shared: &'a Shared,
    pub(super) library: &'a Library,
    pub(super) me: &'a Identity,
    pub(super) shelves: &'a Shelves,
    pub(super) dry: bool,
}

impl Desk<'_> {
    /// Adds what is new to one's own streams; returns them, and how many events were new.
    pub(super) async fn publish(
        &self,
        streams: &Streams,
        troubles: &mut Vec<Trouble>,
    ) -> Result<(Vec<Published>, usize), ExchangeError> {
        let (mut all, mut sent) = (Vec::new(), 0);
        let own = self.library.own_streams().await?;
        for (writer, stream) in streams.by(self.me.reviewer()).filter(|(writer, _)| !own.contains(writer)) {
            all.extend(self.left_to_this(writer, stream).await?);
        }
        for writer in own {
            let stream = self.library.stream(writer).await?;
            let path = self.shared.stream(writer);
            let name = self.shared.name(&path);
            let failed = |error| ExchangeError::unwritten(&name, error);
            let there = if path.is_dir() { None } else { read_own(&path).map_err(failed)? };
            let mut lies = self.lies(writer, &stream, there.as_deref().unwrap_or_default());
            let runs = self.runs(&stream, &lies.heads);
            sent += runs.iter().map(|run| run.links.iter().filter(|link| matches!(link, Link::Event(_))).count()).sum::<usize>();
            let mut new = Vec::new();
            for run in &runs {
                new.extend(self.sealed(writer, run)?);
                lies.heads.push(run.head(writer, self.me.reviewer(), self.library.now()));
            }
            if !self.dry && (!new.is_empty() || !lies.is_whole) && !lies.heads.is_empty() {
                let put = match lies.is_whole {
                    true => append(&path, &new),
                    false => replace(&path, &[&lies.right, &new[..]].concat()),
                };
                if path.is_dir() && put.is_err() {
                    let remedy = "remove that folder, and exchange again; the rest was exchanged";
                    troubles.push(Trouble::of_file(TroubleKind::Tampered, &name, "a folder lies where it belongs", remedy));
                    continue;
                }
                put.map_err(failed)?;
            }
            all.push(self.published(writer, &stream, lies.heads));
        }
        Ok((all, sent))
    }

    /// A stream that a lost copy of this library wrote, such as the one from before a backup was restored: nobody else can release its
    /// keys any more. None where another library wrote it, which has keys of its own.
    async fn left_to_this(&self, writer: WriterId, lying: &Stream) -> Result<Option<Published>, ExchangeError> {
        let stream = self.library.stream(writer).await?;
        let (mut heads, mut end) = (Vec::new(), (0, Digest::default()));
        for Piece { head, clear, sealed, .. } in &lying.pieces {
            let follows = (head.first, head.prev) == (end.0 + 1, end.1) && stream.contains_key(&head.last);
            if follows && self.library.chunk_key(writer, head.first, head.last).open(clear, sealed).is_some() {
                end = (head.last, head.hash);
                heads.push(head.clone());
            }
        }
        Ok((!heads.is_empty()).then(|| self.published(writer, &stream, heads)))
    }

    /// What of the file is right: it begins with the first event, and is what this library holds. What claims to be of a later version
    /// is not: this library alone writes it.
    fn lies(&self, writer: WriterId, stream: &BTreeMap<u64, (Stored, Event)>, bytes: &[u8]) -> Lies {
        let me = self.me.public();
        let mut lies = Lies { right: first_line(writer, me.reviewer), heads: Vec::new(), is_whole: false };
        let at = match opening(bytes) {
            Opening::Stream { writer: of, author, at } if of == writer && author == me.reviewer => at,
            _ => return lies,
        };
        let (mut end, mut prev) = (0, Digest::default());
        for part in parts(bytes, at, writer, &me) {
            let Part::Piece(piece) = part else { return lies };
            let head = piece.head;
            let here = stream.get(&head.last).map(|(stored, _)| stored.hash);
            if head.first != end + 1 || head.prev != prev || here != Some(head.hash) {
                return lies;
            }
            (end, prev) = (head.last, head.hash);
            let length = 4 + 4 + 4 + piece.clear.len() + piece.sealed.len() + crate::config::identity::letter::SIGNATURE;
            let from = lies.right.len();
            lies.right.extend_from_slice(&bytes[from..from + length]);
            lies.heads.push(head);
        }
        lies.is_whole = true;
        lies
    }

    /// What is not in the folder yet, in pieces.
    fn runs(&self, stream: &BTreeMap<u64, (Stored, Event)>, lying: &[Head]) -> Vec<Going> {
        let acts = by_id(stream.values().map(|(_, event)| event));
        let (end, mut prev) = lying.last().map_or((0, Digest::default()), |head| (head.last, head.hash));
        let (mut runs, mut links, mut first, mut current) = (Vec::new(), Vec::new(), end + 1, None::<Group>);
        for (expected, (&number, (stored, event))) in (end + 1..).zip(stream.range(end + 1..)) {
            if number != expected {
                break;
            }
            let group = group(event, concern(&event.act, &acts), self.shelves);
            let other = current.as_ref().zip(group.as_ref()).is_some_and(|(current, group)| current != group);
            if (other || links.len() >= MOST)
                && let Some(batch) = current.take().map(|group| group.batch)
            {
                let run = Going { first, prev, batch, links: std::mem::take(&mut links) };
                (first, prev) = (number, run.hash());
                runs.push(run);
            }
            links.push(if group.is_some() { Link::Event(stored.clone()) } else { Link::Hash(stored.hash) });
            current = group.or(current);
        }
        // What stays here and nothing follows needs no place yet.
        runs.extend(current.map(|group| Going { first, prev, batch: group.batch, links }));
        runs
    }

    fn sealed(&self, writer: WriterId, run: &Going) -> Result<Vec<u8>, ExchangeError> {
        let head = run.head(writer, self.me.reviewer(), self.library.now());
        let clear = clear(&head);
        let sealed = self.library.chunk_key(writer, head.first, head.last).seal(&clear, &encode(&run.links))?;
        Ok(written(&clear, &sealed, self.me))
    }

    fn published(&self, writer: WriterId, stream: &BTreeMap<u64, (Stored, Event)>, heads: Vec<Head>) -> Published {
        let lying = heads.into_iter().map(|head| lying(head, stream));
        Published { writer, pieces: lying.collect() }
    }

    /// Writes a letter to everyone who was found right, and to oneself on another device; returns how many.
    pub(super) async fn post(&self, published: &[Published], people: &People, letters: &[Letter]) -> Result<usize, ExchangeError> {
        if self.dry {
            return Ok(0);
        }
        let (from, number) = (self.library.own_writer().await?, self.library.next_letter().await?);
        let erased = self.library.erased().await?;
        let candidates = self.library.candidates().await?;
        let mut count = 0;
        for to in people.colleagues().chain([people.me()]) {
            let mut content = self.content(published, to.reviewer, letters).await?;
            for (batch, shelf) in self.of_both(to.reviewer) {
                let gone = candidates.get(batch).into_iter().flatten().filter(|candidate| erased.contains(candidate));
                content.erased.extend(gone);
                let new = shelf.rubrics.iter().filter(|rubric| !content.rubrics.contains(*rubric)).cloned().collect::<Vec<_>>();
                content.rubrics.extend(new);
                content.claims.extend(self.claim(*batch, shelf, published));
            }
            content.erased.sort();
            content.erased.dedup();
            self.send(from, number, to, &content)?;
            count += 1;
        }
        Ok(count)
    }

    fn send(&self, from: WriterId, number: u64, to: &PublicIdentity, content: &Content) -> Result<(), ExchangeError> {
        let path = self.shared.letter(from, to.reviewer);
        let address = letter::address(from, self.me.reviewer(), to.reviewer, number, self.library.now());
        match letter::write(&address, content, self.me, to) {
            Some(bytes) => replace(&path, &bytes).map_err(|error| ExchangeError::unwritten(&self.shared.name(&path), error)),
            None => Err(ExchangeError::NoKey { name: to.label.clone() }),
        }
    }

    /// The batches that both have to do with.
    fn of_both(&self, reader: ReviewerId) -> impl Iterator<Item = (&BatchId, &Shelf)> {
        let mine = reader == self.me.reviewer();
        self.shelves.iter().filter(move |(_, shelf)| mine || shelf.concerns(reader))
    }

    /// What opens for a reader.
    async fn content(&self, published: &[Published], reader: ReviewerId, letters: &[Letter]) -> Result<Content, ExchangeError> {
        let me = self.me.reviewer();
        let (mut content, mut open, mut kept) = (Content::default(), BTreeSet::new(), BTreeMap::<BatchId, _>::new());
        for (stream, piece) in published.iter().flat_map(|stream| stream.pieces.iter().map(move |piece| (stream, piece))) {
            let shelf = self.shelves.get(&piece.head.batch);
            let key = || self.piece_key(stream.writer, &piece.head);
            if reader == me || shelf.is_some_and(|shelf| opens(shelf, reader, me, &piece.concerns)) {
                content.pieces.push(key());
                open.extend(&piece.candidates);
            }
            // Also what this person may see already: handing it on is another thing.
            if shelf.is_some_and(|shelf| keeps(shelf, reader, me) && is_sealed(shelf, me, &piece.concerns)) {
                let (keys, candidates): &mut (Vec<_>, BTreeSet<_>) = kept.entry(piece.head.batch).or_default();
                keys.push(key());
                candidates.extend(&piece.candidates);
            }
        }
        content.candidates = self.candidate_keys(&open).await?;
        for (batch, (pieces, candidates)) in kept {
            content.kept.push(Kept { batch, pieces, candidates: self.candidate_keys(&candidates).await? });
        }
        self.hand_on(&mut content, reader, letters).await?;
        Ok(content)
    }

    fn piece_key(&self, writer: WriterId, head: &Head) -> PieceKey {
        let key = self.library.chunk_key(writer, head.first, head.last);
        PieceKey { writer, first: head.first, last: head.last, key: Secret::of(key.bytes()) }
    }

    /// The keys under which this library writes about candidates; none of those who were erased.
    async fn candidate_keys(&self, candidates: &BTreeSet<CandidateId>) -> Result<Vec<CandidateKey>, ExchangeError> {
        let mut keys = Vec::new();
        for &candidate in candidates {
            let own = self.library.candidate_keys(candidate).await?.into_iter().next();
            keys.extend(own.map(|key| CandidateKey { candidate, key: Secret::of(&key) }));
        }
        Ok(keys)
    }

    /// Hands on what reviewers who stay away had left with this person.
    async fn hand_on(&self, content: &mut Content, reader: ReviewerId, letters: &[Letter]) -> Result<(), ExchangeError> {
        let mut streams = BTreeMap::new();
        for (batch, shelf) in self.shelves {
            let mine = |handed: &&HandedOn| handed.by == self.me.reviewer() && keeps(shelf, handed.by, handed.absent);
            for handed in shelf.handed_over.iter().filter(mine).filter(|handed| handed.absent != reader) {
                let of = letters.iter().filter(|letter| letter.address.author == handed.absent);
                for kept in of.flat_map(|letter| &letter.content.kept).filter(|kept| kept.batch == *batch) {
                    for key in kept.pieces.iter().filter(|key| handed.covers(key)) {
                        let stream = match streams.entry(key.writer) {
                            Entry::Occupied(known) => known.into_mut(),
                            Entry::Vacant(new) => new.insert(self.library.stream(key.writer).await?),
                        };
                        let (concerns, candidates) = concerns(stream, key.first, key.last);
                        if concerns.is_empty() || !opens(shelf, reader, handed.absent, &concerns) {
                            continue;
                        }
                        content.pieces.push(key.clone());
                        content
                            .candidates
                            .extend(kept.candidates.iter().filter(|key| candidates.contains(&key.candidate)).cloned());
                    }
                }
            }
        }
        Ok(())
    }

    /// What one has sealed in a batch; none while that is nothing.
    fn claim(&self, batch: BatchId, shelf: &Shelf, published: &[Published]) -> Option<Claim> {
        let work = shelf.record.work(self.me.reviewer())?;
        let (sealed, recused): (Vec<_>, Vec<_>) = (work.sealed.keys().cloned().collect(), work.recused.keys().copied().collect());
        let mut locks = Locks::new();
        work.sealed.values().flat_map(Seals::iter).for_each(|mark| locks.extend(&mark.locks));
        let end = |stream: &Published| stream.pieces.last().map(|piece| (stream.writer, piece.head.last, piece.head.hash));
        let ends = published.iter().filter_map(end).collect();
        (!sealed.is_empty() || !recused.is_empty()).then_some(Claim { batch, sealed, locks: Some(locks), recused, ends })
    }
}

/// What of a file is right.
struct Lies {
    right: Vec<u8>,
    heads: Vec<Head>,
    /// Whether nothing else is in it.
    is_whole: bool,
}

/// A piece that is about to be written.
struct Going {
    first: u64,
    prev: Digest,
    batch: BatchId,
    links: Vec<Link>,
}

impl Going {
    fn hash(&self) -> Digest {
        self.links.last().map_or(self.prev, Link::hash)
    }

    fn head(&self, writer: WriterId, author: ReviewerId, at: jiff::Timestamp) -> Head {
        let (first, last) = (self.first, self.first + self.links.len() as u64 - 1);
        Head { format: FORMAT, writer, author, first, last, prev: self.prev, hash: self.hash(), batch: self.batch, at }
    }
}

fn lying(head: Head, stream: &BTreeMap<u64, (Stored, Event)>) -> Lying {
    let (concerns, candidates) = concerns(stream, head.first, head.last);
    Lying { head, concerns, candidates }
}

/// What the events of a piece are about, and whom.
fn concerns(stream: &BTreeMap<u64, (Stored, Event)>, first: u64, last: u64) -> (BTreeSet<Concern>, BTreeSet<CandidateId>) {
    let acts = by_id(stream.values().map(|(_, event)| event));
    let events = stream.range(first..=last).map(|(_, (_, event))| event);
    let told = events.map(|event| (event, concern(&event.act, &acts))).filter(|(_, concern)| *concern != Concern::Nobody);
    let (mut concerns, mut candidates) = (BTreeSet::new(), BTreeSet::new());
    for (event, concern) in told {
        concerns.insert(concern);
        candidates.extend(event.header.subject);
    }
    (concerns, candidates)
}

/// Whether a reviewer's keys are left with this person for the time that the reviewer stays away: the policy says so, and this is who
/// created the batch and does not review in it.
pub(super) fn keeps(shelf: &Shelf, person: ReviewerId, author: ReviewerId) -> bool {
    let is_creator = shelf.creator() == Some(person) && person != author;
    is_creator && shelf.rules.protocol.absent_author_days.is_some() && !protocol::is_on_panel(&shelf.record, person)
}

//! What others laid into the folder: read, checked, and taken in as far as there are keys.

use std::collections::{BTreeMap, BTreeSet};

use super::folder::Found;
use super::letter::{Letter, PieceKey, Secret};
use super::people::People;
use super::piece::{Head, Opening, Part, Piece, decode, opening, parts};
use super::publish::Shelves;
use super::report::{Came, Trouble, TroubleKind};
use super::run::ExchangeError;
use crate::interview::{Digest, ReviewerId, WriterId};
use crate::journal::{Link, Run, SCHEMA};
use crate::library::{ChunkKey, Library, LibraryError, Taken};

/// The streams of the folder whose authors are known.
#[derive(Default)]
pub(super) struct Streams(BTreeMap<(WriterId, ReviewerId), Stream>);

/// One of them; several files of one writer are one stream.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) file: String,
    pub(super) pieces: Vec<Piece>,
    half: bool,
}

impl Streams {
    /// Also says which files are not there whole yet.
    pub(super) fn read(found: &[Found], people: &People, half: &mut Vec<String>, troubles: &mut Vec<Trouble>) -> Streams {
        let mut streams = Streams::default();
        for file in found {
            match opening(&file.bytes) {
                Opening::Stream { writer, author, at } => streams.add(file, writer, author, at, people, troubles),
                Opening::Newer(format) => troubles.push(Trouble::newer(&file.name, u64::from(format))),
                Opening::Half => half.push(file.name.clone()),
                Opening::Unknown => {
                    let remedy = "move it out of the folder, unless someone's earmark wrote it: then that person exchanges again";
                    troubles.push(Trouble::of_file(TroubleKind::Tampered, &file.name, "it is no stream", remedy));
                }
            }
        }
        for stream in streams.0.values_mut() {
            stream.pieces.sort_by_key(|piece| (piece.head.first, piece.head.last));
            // A copy that a synchronised folder made says nothing new.
            stream.pieces.dedup_by(|again, piece| again.head == piece.head && again.sealed == piece.sealed);
        }
        streams
    }

    fn add(&mut self, file: &Found, writer: WriterId, author: ReviewerId, at: usize, people: &People, troubles: &mut Vec<Trouble>) {
        let Some(known) = people.trusted(author) else { return };
        let stream = self.0.entry((writer, author)).or_default();
        stream.file.clone_from(&file.name);
        for part in parts(&file.bytes, at, writer, known) {
            match part {
                Part::Piece(piece) => stream.pieces.push(piece),
                Part::Half => stream.half = true,
                Part::Newer { format, number } => {
                    troubles.push(Trouble::newer(&file.name, u64::from(format)).by(known.label.clone(), writer, number));
                }
                // One's own file is mended when it is written.
                Part::Changed { number } => troubles.push(changed(&file.name).by(known.label.clone(), writer, number)),
            }
        }
    }

    /// An author's streams.
    pub(super) fn by(&self, author: ReviewerId) -> impl Iterator<Item = (WriterId, &Stream)> {
        self.0.iter().filter(move |((_, of), _)| *of == author).map(|((writer, _), stream)| (*writer, stream))
    }

    pub(super) fn of(&self, writer: WriterId, author: ReviewerId) -> Option<&Stream> {
        self.0.get(&(writer, author))
    }

    /// Whether an author's stream lies here up to this event, and with this hash: what it says cannot be changed any more.
    pub(super) fn reaches(&self, author: ReviewerId, (writer, last, hash): (WriterId, u64, Digest)) -> bool {
        let Some(stream) = self.of(writer, author) else { return false };
        let mut end = (0, Digest::default());
        for piece in &stream.pieces {
            if piece.head.first == end.0 + 1 && piece.head.prev == end.1 {
                end = (piece.head.last, piece.head.hash);
            }
            if end == (last, hash) {
                return true;
            }
        }
        false
    }
}

fn changed(file: &str) -> Trouble {
    let remedy =
        "its author runs `earmark exchange` again, which writes it anew; if it comes back, ask who else writes to the folder";
    Trouble::of_file(TroubleKind::Tampered, file, "it is not what its author signed; it was refused", remedy)
}

/// The keys that came.
#[derive(Default)]
pub(super) struct Keys(BTreeMap<(WriterId, u64, u64), BTreeSet<Secret>>);

impl Keys {
    pub(super) fn of(letters: &[Letter]) -> Self {
        let mut keys = Keys::default();
        letters.iter().for_each(|letter| keys.add(&letter.content.pieces));
        keys
    }

    pub(super) fn add(&mut self, pieces: &[PieceKey]) {
        for one in pieces {
            self.0.entry((one.writer, one.first, one.last)).or_default().insert(one.key.clone());
        }
    }

    fn for_piece(&self, head: &Head) -> impl Iterator<Item = ChunkKey> {
        let keys = self.0.get(&(head.writer, head.first, head.last)).into_iter().flatten();
        keys.filter_map(|secret| secret.bytes().map(|bytes| ChunkKey::new(&bytes)))
    }
}

/// Takes in what can be opened, writer by writer; says what came and what waits.
pub(super) async fn take_in(
    library: &Library,
    streams: &Streams,
    keys: &Keys,
    people: &People,
    shelves: &Shelves,
    dry: bool,
    troubles: &mut Vec<Trouble>,
) -> Result<Vec<Came>, ExchangeError> {
    let own = library.own_streams().await?;
    let mut all = Vec::new();
    for (&(writer, author), stream) in streams.0.iter().filter(|((writer, _), _)| !own.contains(writer)) {
        let label = people.label(author);
        let mut came = Came { writer, author, label: label.clone(), new: 0, waiting: 0, half: stream.half, clock_ahead_s: None };
        let mut here = library.hashes(writer).await?;
        let mut waiting = BTreeSet::new();
        for piece in &stream.pieces {
            let head = &piece.head;
            if let Some(number) = differs(head, &here) {
                let reason = format!("event {number} is another one than the one that came before");
                troubles.push(refused(&stream.file, &reason).by(label.clone(), writer, number));
                // What follows belongs to that other history.
                break;
            }
            let missing: Vec<u64> = (head.first..=head.last).filter(|number| !here.contains_key(number)).collect();
            if missing.is_empty() {
                continue;
            }
            // Who is named later is heard then.
            if author != people.me().reviewer && shelves.get(&head.batch).is_some_and(|shelf| !shelf.hears(author)) {
                waiting.extend(missing);
                continue;
            }
            let mine = (author == people.me().reviewer).then(|| library.chunk_key(writer, head.first, head.last));
            let candidates: Vec<ChunkKey> = keys.for_piece(head).chain(mine).collect();
            let found = candidates.iter().find_map(|key| key.open(&piece.clear, &piece.sealed));
            let Some(plain) = found else {
                waiting.extend(missing);
                continue;
            };
            let trouble = |trouble: Trouble| trouble.by(label.clone(), writer, head.first);
            let run = match decode(head, &plain).ok_or(Misfit::Content).and_then(|run| fits(head, run)) {
                Ok(run) => run,
                Err(misfit) => {
                    troubles.push(trouble(misfit.told(&stream.file)));
                    continue;
                }
            };
            // Who only decides has no seals: what that person's library moved to another stream is moved here as well.
            let moves = shelves.get(&head.batch).is_some_and(|shelf| shelf.is_guest(author));
            match take(library, &run, &here, moves, dry).await? {
                Ok(taken) => {
                    came.new += taken.new;
                    came.clock_ahead_s = came.clock_ahead_s.max(taken.ahead.map(|ahead| ahead.as_secs()));
                    here.extend((run.first..).zip(run.links.iter().map(Link::hash)));
                }
                Err(reason) => troubles.push(trouble(refused(&stream.file, &reason))),
            }
        }
        came.waiting = waiting.iter().filter(|number| !here.contains_key(number)).count() as u64;
        all.push(came);
    }
    Ok(all)
}

/// The number of an event that stands on a piece and is another one here: its author's history was written anew, or two libraries
/// write to one stream.
fn differs(head: &Head, here: &BTreeMap<u64, Digest>) -> Option<u64> {
    let said = [(head.first - 1, head.prev), (head.last, head.hash)];
    said.into_iter().find(|(number, hash)| here.get(number).is_some_and(|known| known != hash)).map(|(number, _)| number)
}

/// What does not fit to what stands before it in clear.
enum Misfit {
    Content,
    Newer(u16),
}

impl Misfit {
    fn told(&self, file: &str) -> Trouble {
        match self {
            Misfit::Newer(schema) => Trouble::newer(file, u64::from(*schema)),
            Misfit::Content => {
                let reason = "what is in it is not what stands on it; it was refused";
                let remedy = "ask its author to look: their program wrote it so";
                Trouble::of_file(TroubleKind::Tampered, file, reason, remedy)
            }
        }
    }
}

fn fits(head: &Head, run: Run) -> Result<Run, Misfit> {
    let events = run.verify().map_err(|_| Misfit::Content)?;
    if events.iter().any(|(header, _)| header.batch != Some(head.batch)) {
        return Err(Misfit::Content);
    }
    match events.iter().map(|(header, _)| header.schema).max() {
        Some(schema) if schema > SCHEMA => Err(Misfit::Newer(schema)),
        _ => Ok(run),
    }
}

fn refused(file: &str, reason: &str) -> Trouble {
    let remedy = "nothing of it was taken; where its author works in two copies of one library, exchange once both have; \
                  else compare with its author which of the two is right, and keep a copy of the folder";
    Trouble::of_file(TroubleKind::Forked, file, &format!("{reason}; it was refused"), remedy)
}

/// Takes in a piece; says what became of it, or why it does not fit to what is here.
async fn take(
    library: &Library,
    run: &Run,
    here: &BTreeMap<u64, Digest>,
    moves: bool,
    dry: bool,
) -> Result<Result<Taken, String>, ExchangeError> {
    if dry {
        let numbers = (run.first..).zip(&run.links);
        let new = numbers.filter(|(number, link)| matches!(link, Link::Event(_)) && !here.contains_key(number));
        return Ok(Ok(Taken { new: new.count(), ..Taken::default() }));
    }
    match library.take_in(run, moves).await {
        Ok(taken) => Ok(Ok(taken)),
        Err(error @ (LibraryError::Forked { .. } | LibraryError::Chain(_) | LibraryError::Doubled { .. })) => {
            Ok(Err(error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

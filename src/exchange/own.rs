//! One's own streams in the folder: whether another library goes on with them, because one of the two is a copy.

use std::collections::BTreeMap;

use super::incoming::Streams;
use super::people::People;
use super::piece::{Piece, decode};
use super::report::{Trouble, TroubleKind};
use super::run::ExchangeError;
use crate::interview::{Digest, WriterId};
use crate::journal::Link;
use crate::library::Library;

/// Leaves streams that another library has written on in: what was written here since moves to a stream of its own.
pub(super) async fn leave_to_copies(
    library: &Library,
    streams: &Streams,
    people: &People,
    dry: bool,
    troubles: &mut Vec<Trouble>,
) -> Result<(), ExchangeError> {
    let me = people.me();
    for writer in library.own_streams().await? {
        let Some(stream) = streams.of(writer, me.reviewer) else { continue };
        let here = library.hashes(writer).await?;
        let Some(from) = parted(library, writer, &here, &stream.pieces) else { continue };
        let moved = here.range(from..).count();
        let other = match dry {
            true => String::new(),
            false => format!(" {}", library.leave_stream(writer, from).await?),
        };
        let reason = match moved {
            0 => "another copy of this library goes on with this stream".to_owned(),
            1 => "another copy of this library has written to this stream; one event from here moved to a stream of its own"
                .to_owned(),
            moved => format!(
                "another copy of this library has written to this stream; {moved} events from here moved to a stream of their own"
            ),
        };
        let remedy = format!("nothing to do: from now on this library writes to another stream{other}, and both come together");
        let trouble = Trouble::of_file(TroubleKind::Forked, &stream.file, &reason, &remedy);
        troubles.push(trouble.by(me.label.clone(), writer, from));
    }
    Ok(())
}

/// The first number at which the folder has something else than this library, or more.
fn parted(library: &Library, writer: WriterId, here: &BTreeMap<u64, Digest>, pieces: &[Piece]) -> Option<u64> {
    let end = here.keys().next_back().copied().unwrap_or_default();
    let mut parted: Option<u64> = None;
    for piece in pieces {
        let head = &piece.head;
        let opened = library.chunk_key(writer, head.first, head.last).open(&piece.clear, &piece.sealed);
        let hashes: BTreeMap<u64, Digest> = match opened.and_then(|plain| decode(head, &plain)) {
            Some(run) => (run.first..).zip(run.links.iter().map(Link::hash)).collect(),
            None => BTreeMap::from([(head.last, head.hash)]),
        };
        let differs = hashes.iter().find(|(number, hash)| here.get(number).is_some_and(|mine| mine != *hash));
        let more = hashes.keys().find(|number| **number > end);
        let first = differs.map(|(number, _)| *number).into_iter().chain(more.map(|_| end + 1)).min();
        parted = parted.into_iter().chain(first).min();
    }
    parted
}

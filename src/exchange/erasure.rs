//! Erasures on their way: obeyed here, passed on, and told how far they have come.

use std::collections::{BTreeMap, BTreeSet};

use super::letter::Letter;
use super::people::People;
use super::publish::Shelves;
use super::report::{ErasureReceipt, Trouble, TroubleKind, Unreached};
use super::run::ExchangeError;
use crate::interview::{BatchId, CandidateId, ReviewerId};
use crate::library::Library;

type Candidates = BTreeMap<BatchId, BTreeSet<CandidateId>>;

/// Erases here whom someone else has erased, in the batches that both have to do with.
pub(super) async fn obey(
    library: &Library,
    letters: &[Letter],
    shelves: &Shelves,
    people: &People,
    dry: bool,
    troubles: &mut Vec<Trouble>,
) -> Result<Vec<CandidateId>, ExchangeError> {
    let (candidates, now) = (library.candidates().await?, library.now());
    let (mut gone, mut erased) = (library.erased().await?, Vec::new());
    for letter in letters {
        let author = letter.address.author;
        for &candidate in &letter.content.erased {
            let of: Vec<_> = batches_of(candidate, &candidates).filter_map(|batch| shelves.get(batch)).collect();
            let mine = author == people.me().reviewer;
            if gone.contains(&candidate) || !of.iter().any(|shelf| mine || shelf.concerns(author)) {
                continue;
            }
            // To whom it was handed removes what lies there, and can ask for no more.
            if !mine && !of.iter().any(|shelf| shelf.concerns(author) && !shelf.is_guest(author)) {
                let reason =
                    format!("candidate {candidate} was erased by somebody to whom you handed it; here nothing was removed");
                let remedy = "`earmark subject erase` with this id removes the person here too, if that is asked for";
                let trouble = Trouble::of_file(TroubleKind::Asked, &letter.file, &reason, remedy);
                troubles.push(trouble.by(people.label(author), letter.address.from, 0));
                continue;
            }
            if of.iter().any(|shelf| shelf.is_held(candidate, now)) {
                let reason = format!("candidate {candidate} was erased there, and may not be removed here: a hold is in force");
                let trouble = Trouble::of_file(TroubleKind::Held, &letter.file, &reason, "lift the hold, and exchange again");
                troubles.push(trouble.by(people.label(author), letter.address.from, 0));
                continue;
            }
            if !dry {
                library.erase_as_others(candidate).await?;
            }
            gone.insert(candidate);
            erased.push(candidate);
        }
    }
    Ok(erased)
}

/// How far each erasure has come, as far as letters tell.
pub(super) async fn receipts(
    library: &Library,
    letters: &[Letter],
    shelves: &Shelves,
    people: &People,
) -> Result<Vec<ErasureReceipt>, ExchangeError> {
    let (candidates, peers, mut receipts) = (library.candidates().await?, library.peers().await?, Vec::new());
    let own = library.known_writer().await?;
    for candidate in library.erased().await? {
        let of = || batches_of(candidate, &candidates).filter_map(|batch| shelves.get(batch));
        let concerned = |person: ReviewerId| of().any(|shelf| shelf.concerns(person));
        let heard = |person: ReviewerId| of().any(|shelf| shelf.hears(person));
        let mut receipt = ErasureReceipt { candidate, reached: Vec::new(), not_reached: Vec::new() };
        // What was only handed over is erased here alone.
        let here_alone = of().next().is_some() && of().all(|shelf| shelf.is_guest(people.me().reviewer));
        let others = people.colleagues().filter(|person| concerned(person.reviewer));
        for person in others.chain([people.me()]) {
            let of = letters.iter().filter(|letter| letter.address.author == person.reviewer && Some(letter.address.from) != own);
            let (done, open): (Vec<_>, Vec<_>) = of.partition(|letter| letter.content.erased.contains(&candidate));
            if !done.is_empty() && open.is_empty() {
                receipt.reached.push(person.label.clone());
            }
            let last_seen = |writer| peers.get(&writer).map(|peer| peer.seen_at);
            let unreached = |letter: &&Letter| Unreached {
                label: person.label.clone(),
                writer: Some(letter.address.from),
                last_seen: last_seen(letter.address.from),
                forgotten: false,
            };
            if here_alone && person.reviewer != people.me().reviewer {
                continue;
            }
            receipt.not_reached.extend(open.iter().map(unreached));
            let is_silent = done.is_empty() && open.is_empty() && person.reviewer != people.me().reviewer;
            let silent = Unreached { label: person.label.clone(), writer: None, last_seen: None, forgotten: false };
            receipt.not_reached.extend(is_silent.then_some(silent));
        }
        // Who was forgotten is sent nothing any more, and is not heard: what lies there stays there.
        let forgotten = peers.iter().filter(|(_, peer)| people.trusted(peer.reviewer).is_none() && heard(peer.reviewer));
        receipt.not_reached.extend(forgotten.map(|(writer, peer)| Unreached {
            label: people.label(peer.reviewer),
            writer: Some(*writer),
            last_seen: Some(peer.seen_at),
            forgotten: true,
        }));
        receipts.push(receipt);
    }
    Ok(receipts)
}

fn batches_of(candidate: CandidateId, candidates: &Candidates) -> impl Iterator<Item = &BatchId> {
    candidates.iter().filter(move |(_, of)| of.contains(&candidate)).map(|(batch, _)| batch)
}

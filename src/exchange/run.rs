//! One exchange from its beginning to its end: people, letters, what came, what goes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::apart;
use super::creator;
use super::erasure;
use super::folder::Shared;
use super::incoming::{self, Keys, Streams};
use super::letter::{self, Claim, Letter, PieceKey};
use super::own;
use super::people::{People, lay_card};
use super::publish::{Desk, Shelves, keeps};
use super::report::{Report, Trouble, TroubleKind};
use super::shelf::shelves;
use super::witness;
use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::interview::{BatchId, EventId, ReviewerId, WriterId};
use crate::journal::{Act, Draft};
use crate::library::{Library, LibraryError, RubricKept};
use crate::protocol;
use crate::rubric::Rubric;
use crate::text::SafeText;

/// What is wished beside the exchange itself.
#[derive(Clone, Default, Debug)]
pub struct Wish {
    /// Nothing is written, neither here nor in the folder.
    pub dry: bool,
    /// People whose fingerprint was compared: name and fingerprint.
    pub trust: Vec<(String, String)>,
    /// People whose keys are to be forgotten, by name.
    pub forget: Vec<String>,
    /// A batch's list of reviewers: names; `me` is oneself.
    pub panel: Option<(BatchId, Vec<String>)>,
    /// A reviewer who stays away, by name, whose keys are to be handed on, and why.
    pub hand_over: Option<(BatchId, String, SafeText)>,
}

/// Why an exchange stopped. What was taken in before is kept, and what was written is whole.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The folder is not there.
    #[error("there is no folder {path}")]
    NoFolder {
        /// Where it should be.
        path: PathBuf,
    },
    /// One of the folders in it is a link.
    #[error("{folder} in the folder is a link, and what is written there would go elsewhere")]
    Linked {
        /// Which.
        folder: &'static str,
    },
    /// Something in the folder cannot be read.
    #[error("{file} in the folder cannot be read: {source}")]
    Unread {
        /// From the folder on.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Something in the folder cannot be written.
    #[error("{file} in the folder cannot be written: {source}")]
    Unwritten {
        /// From the folder on.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A name that nobody has, or several.
    #[error("nobody in particular is called {name}")]
    Nobody {
        /// The name.
        name: SafeText,
        /// Who is there.
        there: Vec<String>,
    },
    /// The fingerprint is another one.
    #[error("the fingerprint of {name} in the folder is another one: {found}")]
    OtherFingerprint {
        /// Whose.
        name: SafeText,
        /// The one in the folder.
        found: String,
    },
    /// A public key that is no key.
    #[error("the public key of {name} is no key")]
    NoKey {
        /// Whose.
        name: SafeText,
    },
    /// The keys of a reviewer may not be handed on, or not yet.
    #[error("the keys of {name} cannot be handed on: {reason}")]
    NotHandedOver {
        /// Whose.
        name: SafeText,
        /// Why.
        reason: String,
        /// From when on they can.
        from: Option<Timestamp>,
    },
    /// The library cannot do it.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

impl ExchangeError {
    pub(super) fn unread(file: &str, source: std::io::Error) -> Self {
        ExchangeError::Unread { file: file.to_owned(), source }
    }

    pub(super) fn unwritten(file: &str, source: std::io::Error) -> Self {
        ExchangeError::Unwritten { file: file.to_owned(), source }
    }
}

/// Exchanges with whoever shares the folder. Doing it again changes nothing that is not new; killed at any moment, the next time goes
/// on from there.
///
/// # Errors
/// When the folder is not there or cannot be used, a wish cannot be met, or the library cannot write. What one file has wrong is in
/// the report instead.
pub async fn exchange(library: &Library, me: &Identity, folder: &Path, wish: &Wish) -> Result<Report, ExchangeError> {
    if !folder.is_dir() {
        return Err(ExchangeError::NoFolder { path: folder.to_owned() });
    }
    let shared = Shared::at(folder);
    if let Some(linked) = shared.linked() {
        return Err(ExchangeError::Linked { folder: linked });
    }
    let _alone = if wish.dry { None } else { Some(library.lock_exchange().await?) };
    let (mut troubles, mut half) = (Vec::new(), Vec::new());
    let people = People::meet(&shared, library, me, wish, &mut troubles).await?;
    if !wish.dry {
        lay_card(&shared, me)?;
    }
    let letters = shared.letters().map_err(|error| ExchangeError::unread("letters", error))?;
    let letters = letter::read(&letters, me, &people, &mut half, &mut troubles);
    let streams = shared.streams().map_err(|error| ExchangeError::unread("streams", error))?;
    let streams = Streams::read(&streams, &people, &mut half, &mut troubles);
    own::leave_to_copies(library, &streams, &people, wish.dry, &mut troubles).await?;
    let before = shelves(library).await?;
    let erased = erasure::obey(library, &letters, &before, &people, wish.dry, &mut troubles).await?;
    let rubrics = keep_rubrics(library, &letters, wish.dry).await?;
    if !wish.dry {
        meet_letters(library, &letters).await?;
    }
    let act = arranged(library, &people, &before, &letters, wish).await?;
    if let Some(act) = act.filter(|_| !wish.dry) {
        library.append(vec![act]).await?;
    }
    let keys = keys(library, me, &letters, wish.dry).await?;
    let came = incoming::take_in(library, &streams, &keys, &people, &before, wish.dry, &mut troubles).await?;

    let mut after = shelves(library).await?;
    apart::name(&before, &after, &people, &mut troubles);
    creator::remember(library, &mut after, me.reviewer(), &people, wish.dry, &mut troubles).await?;
    let believed = believe(&mut after, &letters, &streams, me.reviewer(), &people, &mut troubles);
    if !wish.dry {
        witness::note(library, &after, me.reviewer(), &believed).await?;
    }
    let desk = Desk { shared: &shared, library, me, shelves: &after, dry: wish.dry };
    let (published, sent) = desk.publish(&streams, &mut troubles).await?;
    let count = desk.post(&published, &people, &letters).await?;
    let erasures = erasure::receipts(library, &letters, &after, &people).await?;
    if !wish.dry {
        library.keep_exchange_folder(&folder.display().to_string()).await?;
    }
    let people = people.told();
    let no_files = shared.no_files().map_err(|error| ExchangeError::unread("what lies there", error))?;
    Ok(Report { dry_run: wish.dry, people, came, sent, letters: count, rubrics, erased, erasures, half, no_files, troubles })
}

/// Keeps the keys that came, and notes from which devices something came.
async fn meet_letters(library: &Library, letters: &[Letter]) -> Result<(), ExchangeError> {
    let own = library.known_writer().await?;
    for letter in letters.iter().filter(|letter| Some(letter.address.from) != own) {
        library.saw_peer(letter.address.from, letter.address.author, letter.address.number).await?;
        keep_keys(library, &letter.content.candidates).await?;
    }
    Ok(())
}

async fn keep_keys(library: &Library, keys: &[letter::CandidateKey]) -> Result<(), ExchangeError> {
    let mut known = BTreeMap::new();
    for one in keys {
        let Some(bytes) = one.key.bytes() else { continue };
        let keys = match known.entry(one.candidate) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(library.candidate_keys(one.candidate).await?),
        };
        if keys.iter().any(|key| **key == *bytes) {
            continue;
        }
        match library.keep_foreign_key(one.candidate, *bytes).await {
            // Who is erased here stays so.
            Ok(()) | Err(LibraryError::Erased(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The keys of pieces that may be opened here: those that came, and those of reviewers whom this person has handed on, as far as
/// that went, for as long as the rules leave them here.
async fn keys(library: &Library, me: &Identity, letters: &[Letter], dry: bool) -> Result<Keys, ExchangeError> {
    let mut keys = Keys::of(letters);
    let shelves = shelves(library).await?;
    for letter in letters {
        for kept in &letter.content.kept {
            let (author, me) = (letter.address.author, me.reviewer());
            let Some(shelf) = shelves.get(&kept.batch).filter(|shelf| keeps(shelf, me, author)) else { continue };
            let handed = || shelf.handed_over.iter().filter(|handed| handed.absent == author && handed.by == me);
            let open: Vec<PieceKey> = kept.pieces.iter().filter(|key| handed().any(|of| of.covers(key))).cloned().collect();
            if open.is_empty() {
                continue;
            }
            keys.add(&open);
            if !dry {
                keep_keys(library, &kept.candidates).await?;
            }
        }
    }
    Ok(keys)
}

/// Keeps rubrics that are not here; one that cannot be read is not kept.
async fn keep_rubrics(library: &Library, letters: &[Letter], dry: bool) -> Result<usize, ExchangeError> {
    let mut here: Vec<String> = library.rubrics().await?.into_iter().map(|kept| kept.source).collect();
    let mut new = 0;
    for source in letters.iter().flat_map(|letter| &letter.content.rubrics) {
        if here.contains(source) {
            continue;
        }
        let Ok(reading) = Rubric::read("the rubric", source) else { continue };
        let rubric = reading.rubric;
        if !dry {
            let kept = RubricKept {
                id: rubric.id.clone(),
                version: rubric.version.raw().to_owned(),
                scoring_hash: rubric.scoring_hash(),
                text_hash: rubric.text_hash(),
                source: source.clone(),
            };
            library.keep_rubric(&kept).await?;
        }
        here.push(source.clone());
        new += 1;
    }
    Ok(new)
}

/// Takes each reviewer's newest word for what is sealed, where the streams that it speaks of lie here whole.
fn believe<'l>(
    shelves: &mut Shelves,
    letters: &'l [Letter],
    streams: &Streams,
    me: ReviewerId,
    people: &People,
    troubles: &mut Vec<Trouble>,
) -> Vec<(ReviewerId, &'l Claim)> {
    let mut believed = Vec::new();
    let mut newest: Vec<&Letter> = letters.iter().filter(|letter| letter.address.author != me).collect();
    newest.sort_by_key(|letter| letter.address.at);
    for letter in newest {
        let (author, at) = (letter.address.author, letter.address.at);
        for claim in &letter.content.claims {
            let Some(shelf) = shelves.get_mut(&claim.batch) else { continue };
            if !claim.ends.is_empty() && claim.ends.iter().all(|end| streams.reaches(author, *end)) {
                shelf.believe(author, claim, at);
                believed.push((author, claim));
            } else {
                let reason = format!("what it says is sealed in {} is not in the folder yet", shelf.title());
                let remedy = "wait until the folder is synchronised, and exchange again; until then nothing opens for its author";
                let trouble = Trouble::of_file(TroubleKind::Early, &letter.file, &reason, remedy);
                troubles.push(trouble.by(people.label(author), letter.address.from, 0));
            }
        }
    }
    believed
}

/// The act that is wished beside the exchange.
async fn arranged(
    library: &Library,
    people: &People,
    shelves: &Shelves,
    letters: &[Letter],
    wish: &Wish,
) -> Result<Option<Draft>, ExchangeError> {
    let draft = |batch, act| Draft { id: EventId(uuid::Uuid::now_v7()), batch: Some(batch), subject: None, base: None, act };
    if let Some((batch, names)) = &wish.panel {
        let mut reviewers = Vec::new();
        for name in names {
            let own = people.me();
            let me = name.eq_ignore_ascii_case("me") || name.eq_ignore_ascii_case(own.label.as_str());
            let one = listed(if me && people.find(name).is_err() { own } else { people.find(name)? });
            if !reviewers.contains(&one) {
                reviewers.push(one);
            }
        }
        return Ok(Some(draft(*batch, Act::Panel { reviewers })));
    }
    let Some((batch, name, reason)) = &wish.hand_over else { return Ok(None) };
    let shelf = shelves.get(batch).ok_or(LibraryError::UnknownBatch(*batch))?;
    let absent = people.find(name)?;
    let not = |reason: String, from| ExchangeError::NotHandedOver { name: absent.label.clone(), reason, from };
    let Some(days) = shelf.rules.protocol.absent_author_days else {
        return Err(not("the batch's rules say that it counts without whoever stays away".into(), None));
    };
    if protocol::is_on_panel(&shelf.record, people.me().reviewer) {
        return Err(not("you review in this batch yourself, which then counts without that person".into(), None));
    }
    let of = || letters.iter().filter(|letter| letter.address.author == absent.reviewer);
    let mut until: BTreeMap<WriterId, u64> = BTreeMap::new();
    for key in of().flat_map(|letter| &letter.content.kept).filter(|kept| kept.batch == *batch).flat_map(|kept| &kept.pieces) {
        let end = until.entry(key.writer).or_default();
        *end = key.last.max(*end);
    }
    if until.is_empty() {
        return Err(not("none were left with you: nothing is sealed, or all has come already".into(), None));
    }
    let peers = library.peers().await?;
    let seen = of().filter_map(|letter| peers.get(&letter.address.from)).map(|peer| peer.seen_at).max();
    let from = seen.unwrap_or_else(|| library.now()) + SignedDuration::from_hours(24 * i64::from(days));
    if library.now() < from {
        let days = if days == 1 { "a day".to_owned() } else { format!("{days} days") };
        return Err(not(format!("the rules ask for {days} without a word"), Some(from)));
    }
    Ok(Some(draft(*batch, Act::HandedOver { reviewer: absent.reviewer, until, reason: reason.clone() })))
}

/// A public identity as a panel's list holds it.
pub(super) fn listed(one: &PublicIdentity) -> serde_json::Value {
    json!({
        "id": one.reviewer, "label": one.label, "pseudonym": one.pseudonym,
        "signing": one.signing, "encryption": one.encryption,
    })
}

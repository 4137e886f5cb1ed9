//! What this workstation keeps: the journal, the catalogue, and the vault of recordings.
//!
//! One folder holds it: `library.db` (SQLite), `vault/` (recordings under their candidates' keys) and `ui.lock`.
//! What is personal is encrypted before it reaches either; ids, states and times are in clear. A [`Library`] is a
//! handle: cloning it is cheap, and several processes may have one open. Writes are short transactions, and what a
//! function has returned is on disk.

mod archive;
mod audit;
mod awaited;
mod backup;
mod behind;
mod catalogue;
mod check;
mod claim;
mod coming;
mod deletion;
mod delivery;
mod delivery_places;
mod erase;
mod error;
mod exchange;
mod foreign;
mod handoff;
mod inspect;
mod journal;
mod keep;
mod lock;
mod object;
mod open;
mod package;
mod part;
mod person;
mod prepared;
mod put_away;
mod putting;
mod reading;
mod restore;
mod room;
mod rubric;
mod schema;
mod seal;
mod settle;
mod stored_batch;
mod stream;
mod tally;
mod transcript;
mod vault;
mod watch;
mod write;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::config::key::LibraryKey;
use crate::interview::ReviewerId;
use crate::text::SafeText;

pub use audit::{JournalAudit, StreamAudit};
pub use awaited::{Awaited, AwaitedFor};
pub use backup::BackupReport;
pub use catalogue::{BatchSummary, Titled};
pub use check::Health;
pub use claim::Claim;
pub use coming::{Coming, ComingNote, FetchLock, OnTheWay};
pub use deletion::Deletion;
pub use delivery::{Delivered, DeliveryState, NewDelivery, Step, TargetId, Witness};
pub use error::{LibraryError, last_day};
pub use exchange::{ChunkKey, Peer};
pub use handoff::{Parcel, TakenWhole};
pub use inspect::{Fault, Finding, Inspection, Told};
pub use journal::JournalMark;
pub use keep::Kept;
pub use lock::UiLock;
use open::Look;
pub use package::{Package, Packed};
pub use part::begin_part;
pub use put_away::{Away, WhyAway};
pub use putting::{CutOff, Putting};
pub use reading::Reading;
pub use restore::{RestoreReport, restore};
pub use room::Fetchable;
pub use rubric::RubricKept;
pub use settle::{Became, Settling};
pub use stored_batch::ATTACHED;
pub use stream::{Taken, ahead};
pub use tally::{Standing, Tally};
pub use transcript::TranscriptFile;
pub use vault::Content;
pub use watch::Watch;

/// A result of the library.
pub type Result<T> = std::result::Result<T, LibraryError>;

/// Whether a library is opened to write, or only to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Made when it is not there, brought to this version when it is older.
    ReadWrite,
    /// Nothing is made or changed.
    ReadOnly,
}

/// Gives the time of day; a test gives its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Whether a library lies in `folder`, or what is left of one; told without opening or making anything.
pub fn is_there(folder: &Path) -> bool {
    folder.join("library.db").exists() || vault::is_filled(folder)
}

/// Says what is wrong where recordings lie in `folder` and their database is gone.
///
/// # Errors
/// [`LibraryError::Gone`].
pub fn check_is_whole(folder: &Path) -> Result<()> {
    match open::is_orphaned(folder) {
        true => Err(LibraryError::Gone { path: folder.join("library.db") }),
        false => Ok(()),
    }
}

/// The version of the library in `folder`, whose database is looked through without a key; none where there is none.
///
/// # Errors
/// Says what lies there instead, or that it is damaged.
pub async fn glance(folder: &Path) -> Result<Option<u32>> {
    open::glance(folder).await
}

/// The system's clock.
pub fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// An open library.
#[derive(Clone)]
pub struct Library {
    inner: Arc<open::Inner>,
    author: Option<ReviewerId>,
    /// Who acts or looks, by name, once that is known.
    me: Option<Arc<Me>>,
}

/// Who acts or looks, and the names of before.
struct Me {
    public: PublicIdentity,
    once: Vec<SafeText>,
}

impl Library {
    /// Opens the library in `folder`.
    ///
    /// A library of a newer version is refused and not touched; so is one of another key. A damaged one says so.
    /// Needs a tokio runtime.
    pub async fn open(folder: &Path, key: LibraryKey, access: Access, clock: Clock) -> Result<Library> {
        Library::open_and(folder, key, access, Look::First, clock).await
    }

    /// Opens the library in `folder` to write; where the disk is full or nothing may be written there, to look, with why.
    pub async fn open_as_may_be(folder: &Path, key: LibraryKey, clock: Clock) -> Result<(Library, Option<LibraryError>)> {
        Library::open_as_may_be_and(folder, key, Look::First, clock).await
    }

    /// The same for a screen, which shows something first: whoever opens it calls [`Library::look_for_damage`] soon.
    pub async fn open_at_once(folder: &Path, key: LibraryKey, clock: Clock) -> Result<(Library, Option<LibraryError>)> {
        Library::open_as_may_be_and(folder, key, Look::Later, clock).await
    }

    async fn open_and(folder: &Path, key: LibraryKey, access: Access, look: Look, clock: Clock) -> Result<Library> {
        let inner = open::open(folder, key, access, look, clock).await?;
        let library = Library { inner: Arc::new(inner), author: None, me: None };
        if access == Access::ReadWrite {
            // What cannot be removed now cannot be read either: its keys are gone.
            let _ = library.remove_leftovers().await;
            // What is in doubt stays, and is looked at by the next start.
            let _ = library.clear_after_killed().await;
        }
        Ok(library)
    }

    async fn open_as_may_be_and(
        folder: &Path,
        key: LibraryKey,
        look: Look,
        clock: Clock,
    ) -> Result<(Library, Option<LibraryError>)> {
        match Library::open_and(folder, key.clone(), Access::ReadWrite, look, clock.clone()).await {
            Ok(library) => Ok((library, None)),
            Err(why @ (LibraryError::Full { .. } | LibraryError::Unwritable { .. })) => {
                // What cannot be read either is told as what it was first.
                match Library::open_and(folder, key, Access::ReadOnly, look, clock).await {
                    Ok(library) => Ok((library, Some(why))),
                    Err(_) => Err(why),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// The same library, in which acts are this reviewer's.
    ///
    /// The library gives each author a stream of its own, so that two libraries never write to the same one.
    #[must_use]
    pub fn acting_as(&self, author: ReviewerId) -> Library {
        Library { inner: self.inner.clone(), author: Some(author), me: None }
    }

    /// The same, in which that person is also called by the names of the identity.
    #[must_use]
    pub fn acting_for(&self, me: &Identity) -> Library {
        Library { author: Some(me.reviewer()), ..self.looked_at_by(me) }
    }

    /// The same library, in which nobody acts, and that person is called by the names of the identity.
    #[must_use]
    pub fn looked_at_by(&self, me: &Identity) -> Library {
        Library { inner: self.inner.clone(), author: None, me: Some(Arc::new(Me { public: me.public(), once: me.once.clone() })) }
    }

    /// Who acts, once that is known.
    pub fn author(&self) -> Option<ReviewerId> {
        self.author
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Whether it was opened to write.
    pub fn access(&self) -> Access {
        self.inner.access
    }

    /// Closes it in good order; a library that is dropped instead loses nothing.
    pub async fn close(self) {
        // Where other handles are left, theirs is the closing.
        if let Some(inner) = Arc::into_inner(self.inner) {
            inner.close().await;
        }
    }
}

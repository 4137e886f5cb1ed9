//! The demo: a batch inside the program, two colleagues' sealed scorecards, in a library of its own.

mod colleagues;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use include_dir::{Dir, include_dir};
use jiff::Timestamp;

use super::attach;
use crate::config::identity::IdentityError;
use crate::config::key::{KeyError, KeyRing, Origin, ask_on_terminal};
use crate::config::{Identity, Paths};
use crate::interview::{Batch, BatchId, ReviewerId};
use crate::journal::Act;
use crate::library::{Access, Library, LibraryError, system_clock};
use crate::rubric::Mapping;
use crate::scorecard::{Panelist, Record};
use crate::source::{self, ImportError, Progress, Readers};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/demo/batch");

/// The rubric that the demo is scored with.
const RUBRIC: &str = "support-engineer";
/// What the demo's reviewer is called where the user has no identity: by others too, who read what comes out of the demo.
const YOU: &str = "Demo reviewer";

/// The demo, open.
pub struct Demo {
    /// Its library, in which the reviewer acts.
    pub library: Library,
    /// Who reviews it.
    pub me: Identity,
    /// Its one batch.
    pub batch: BatchId,
    /// Why nothing can be written to it, where that is so.
    pub only_reads: Option<LibraryError>,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// No identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// No key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The library.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// Taking it in was interrupted, or found no room.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The demo is there, and its key is not; a new key would open nothing.
    #[error("the demo's key is not in {path}")]
    KeyGone {
        /// Where it should be.
        path: PathBuf,
    },
    /// Someone has worked on it whose identity is not there.
    #[error("someone has worked in the demo (reviewer {author}), and {path}, which says who that is, is not there")]
    ReviewerGone {
        /// Who.
        author: ReviewerId,
        /// Where the demo's own reviewer should be.
        path: PathBuf,
    },
    /// Someone works on it.
    #[error("the demo is open in another terminal; close it there first")]
    InUse,
    /// It cannot be removed.
    #[error("{path} cannot be removed: {source}")]
    Stays {
        /// Which folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Whether the chosen library is the demo's, which has a key and a reviewer of its own.
pub fn is_demo(paths: &Paths) -> bool {
    let whole = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    whole(&paths.library) == whole(&paths.demo)
}

/// Where the demo's key lies: not beside the library, and apart from the key of the real one.
pub fn ring(paths: &Paths) -> KeyRing {
    KeyRing::in_folder(&folder(paths))
}

/// The folder of the demo's key, and of its reviewer where the user has no identity.
fn folder(paths: &Paths) -> PathBuf {
    paths.config.join("demo")
}

/// Who reviews the demo, as far as that is known: the one it was made for, else the user.
///
/// # Errors
/// When an identity is there and cannot be used.
pub fn known_reviewer(paths: &Paths) -> Result<Option<Identity>, IdentityError> {
    match Identity::load(&own(paths))? {
        Some(known) => Ok(Some(known)),
        None => Identity::load(paths),
    }
}

/// Who reviews the demo in `library`: the user, else someone called "You", who is made where nobody has worked in it yet. Who
/// began a demo stays its reviewer until it is reset.
///
/// # Errors
/// When an identity is there and cannot be used, or the made-up one cannot be written; when someone else has worked in it.
pub async fn reviewer(library: &Library, paths: &Paths) -> Result<Identity, DemoError> {
    let authors = library.own_authors().await?;
    let known = known_reviewer(paths)?;
    match (known, authors.first()) {
        (Some(known), None) => Ok(known),
        (Some(known), _) if authors.contains(&known.reviewer()) => Ok(known),
        (_, Some(author)) => Err(reviewer_gone(*author, paths)),
        (None, None) => Ok(new_reviewer(paths)?),
    }
}

/// Someone made up.
///
/// # Errors
/// When it cannot be written.
pub fn new_reviewer(paths: &Paths) -> Result<Identity, IdentityError> {
    Identity::create(&own(paths), YOU, Some("demo-reviewer"), Timestamp::now())
}

/// That who worked in the demo is not known here any more.
pub fn reviewer_gone(author: ReviewerId, paths: &Paths) -> DemoError {
    DemoError::ReviewerGone { author, path: paths.short(&own(paths).identity()).into() }
}

fn own(paths: &Paths) -> Paths {
    Paths { config: folder(paths), ..paths.clone() }
}

/// Where the identity lies that acts in the chosen library: the demo's reviewer, where the demo has one of its own.
pub fn identity_paths(paths: &Paths) -> Paths {
    let own = own(paths);
    if is_demo(paths) && own.identity().exists() { own } else { paths.clone() }
}

/// Opens the demo, and makes it first where it is not there or not whole. What is there stays as it is; where the disk is full or
/// nothing may be written, a whole demo is opened to look at.
///
/// `progress` is told of each answer that is taken in; setting `stop` ends that, and the next time goes on from there.
///
/// # Errors
/// When the library, its key or the reviewer's identity cannot be used or made.
pub async fn open_demo(paths: &Paths, progress: &(dyn Fn(Progress) + Sync), stop: &AtomicBool) -> Result<Demo, DemoError> {
    let ring = ring(paths);
    if let Origin::New(path) = ring.origin()
        && paths.demo.join("library.db").exists()
    {
        return Err(DemoError::KeyGone { path });
    }
    let key = ring.key(&mut |prompt| ask_on_terminal(prompt))?;
    let (library, only_reads) = Library::open_as_may_be(&paths.demo, key, system_clock()).await?;
    let me = reviewer(&library, paths).await?;
    let library = library.acting_as(me.reviewer());
    let inside = Arc::new(|path: &str| FILES.get_file(path).map(include_dir::File::contents));
    let found = source::inside("batch.json", inside).expect("the demo's own batch is right: a test imports it");
    let id = found.batch.id;
    if !is_whole(&library, id, me.reviewer()).await? {
        if let Some(why) = only_reads {
            return Err(why.into());
        }
        source::import(found, &library, Readers::here(), progress, stop).await?;
        fill(&library, id, &me).await?;
    }
    Ok(Demo { library, me, batch: id, only_reads })
}

/// Whether everything was written: the rubric is attached last.
async fn is_whole(library: &Library, id: BatchId, me: ReviewerId) -> Result<bool, LibraryError> {
    let batch = match library.batch(id).await {
        Err(LibraryError::UnknownBatch(_)) => return Ok(false),
        batch => batch?,
    };
    let record = Record::fold(&batch, &library.events(id).await?);
    Ok(record.attachment.is_some() && record.panelist(me).is_some())
}

async fn fill(library: &Library, id: BatchId, me: &Identity) -> Result<(), LibraryError> {
    let batch = library.batch(id).await?;
    let record = Record::fold(&batch, &library.events(id).await?);
    if record.panelist(me.reviewer()).is_none() {
        library.append(vec![attach::draft(Some(id), panel(me))]).await?;
    }
    colleagues::write(library, &batch).await?;
    if record.attachment.is_none() {
        attach_rubric(library, &batch).await?;
    }
    Ok(())
}

fn panel(me: &Identity) -> Act {
    let mine = Panelist::write(me.reviewer(), &me.label, &me.pseudonym);
    let theirs = colleagues::all().into_iter().map(|one| Panelist::write(one.id(), &one.label(), &one.label()));
    Act::Panel { reviewers: std::iter::once(mine).chain(theirs).collect() }
}

async fn attach_rubric(library: &Library, batch: &Batch) -> Result<(), LibraryError> {
    let source = attach::find_rubric(RUBRIC).expect("a shipped rubric is right: a test reads it");
    match crate::rubric::map(&batch.interview.questions, &source.rubric, &[]) {
        Ok(Mapping::Certain(map)) => attach::attach(library, batch.id, &source, map).await.map_err(|error| match error {
            attach::AttachError::Library(error) => error,
            attach::AttachError::Conflict(_) => unreachable!("nothing is attached to the demo yet"),
            attach::AttachError::Clips(_) => unreachable!("the demo's rubric has no anchor clips"),
        }),
        _ => unreachable!("the demo asks the questions of its rubric: a test attaches it"),
    }
}

/// Removes the demo's library, its key and its made-up reviewer. Nothing else is touched.
///
/// # Errors
/// When someone works on it, or the system does not let it go.
pub async fn reset(paths: &Paths) -> Result<(), DemoError> {
    if paths.demo.join("library.db").exists() && is_in_use(paths).await {
        return Err(DemoError::InUse);
    }
    ring(paths).forget_in_keyring();
    for path in [paths.demo.clone(), folder(paths)] {
        match std::fs::remove_dir_all(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(DemoError::Stays { path, source }),
            _ => {}
        }
    }
    Ok(())
}

/// Whether another process has it on its screen; a demo that cannot be opened is used by nobody.
async fn is_in_use(paths: &Paths) -> bool {
    let Ok(key) = ring(paths).key(&mut |prompt| ask_on_terminal(prompt)) else { return false };
    match Library::open(&paths.demo, key, Access::ReadWrite, system_clock()).await {
        Ok(library) => {
            let taken = matches!(library.try_lock_ui(), Ok(None));
            library.close().await;
            taken
        }
        Err(_) => false,
    }
}

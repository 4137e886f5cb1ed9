//! Machines that share a folder, played with real libraries and identities.

mod laws;
mod leaving;
mod secrecy;
mod story;
mod trouble;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::{ExchangeError, Report, TroubleKind, Wish, exchange};
use crate::config::key::LibraryKey;
use crate::config::{Identity, Paths};
use crate::interview::{AnswerId, BatchId, CandidateId, EventId, ReviewerId};
use crate::journal::{Act, Draft, Event, Scope};
use crate::library::{Access, Library};
use crate::rubric::Observed;
use crate::scorecard::Record;
use crate::scorecard::sample::{Sample, point, slug};
use crate::text::SafeText;

/// One person at one machine, with a library of its own and the sample batch in it.
pub(super) struct Machine {
    pub(super) home: TempDir,
    pub(super) library: Library,
    pub(super) me: Identity,
    pub(super) sample: Sample,
    now: Arc<Mutex<Timestamp>>,
}

/// The folder that they share.
pub(super) fn shared() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A clock that a test sets, and that goes on a little whenever it is read.
fn ticking(now: &Arc<Mutex<Timestamp>>) -> crate::library::Clock {
    let now = now.clone();
    Arc::new(move || {
        let mut now = now.lock().expect("no one panics with it");
        *now += SignedDuration::from_millis(10);
        *now
    })
}

const NOON: i64 = 1_790_000_000;

impl Machine {
    pub(super) async fn of(name: &str) -> Machine {
        let home = tempfile::tempdir().expect("a folder");
        let me = Identity::create(&paths(home.path()), name, None, Timestamp::UNIX_EPOCH).expect("it is made");
        let machine = Machine::with(home, me).await;
        machine.library.keep_batch(&machine.sample.batch).await.expect("it is kept");
        machine
    }

    async fn with(home: TempDir, me: Identity) -> Machine {
        let now = Arc::new(Mutex::new(Timestamp::from_second(NOON).expect("a time")));
        let clock = ticking(&now);
        let key = LibraryKey::from_bytes(crate::interview::Digest::of(home.path().as_os_str().as_encoded_bytes()).0);
        let folder = home.path().join("library");
        let library = Library::open(&folder, key, Access::ReadWrite, clock).await.expect("it opens").acting_as(me.reviewer());
        Machine { home, library, me, sample: Sample::new(2, 2), now }
    }

    /// Another machine of the same person: the same identity, a library of its own.
    pub(super) async fn another(&self) -> Machine {
        let home = tempfile::tempdir().expect("a folder");
        let machine = Machine::with(home, self.me.clone()).await;
        machine.library.keep_batch(&machine.sample.batch).await.expect("it is kept");
        machine
    }

    pub(super) fn id(&self) -> ReviewerId {
        self.me.reviewer()
    }

    pub(super) fn batch(&self) -> BatchId {
        self.sample.batch.id
    }

    pub(super) fn passes(&self, time: SignedDuration) {
        *self.now.lock().expect("no one panics with it") += time;
    }

    pub(super) async fn act(&self, subject: Option<CandidateId>, act: Act) -> EventId {
        let draft = Draft { id: EventId(uuid::Uuid::now_v7()), batch: Some(self.batch()), subject, base: None, act };
        self.library.append(vec![draft]).await.expect("it is saved")[0].id()
    }

    pub(super) fn candidate(&self, c: usize) -> CandidateId {
        self.sample.batch.submissions[c - 1].candidate.id
    }

    pub(super) async fn rate(&self, c: usize, q: usize, value: i16) -> EventId {
        let (answer, criterion) = (self.sample.answer(c, q), slug("depth"));
        let act = Act::Rated { answer, revision: None, criterion, observed: point(value), reason: None };
        self.act(Some(self.candidate(c)), act).await
    }

    pub(super) async fn note(&self, c: usize, q: usize, text: &str) -> EventId {
        let act = Act::Noted { answer: self.sample.answer(c, q), at: None, text: SafeText::block(text), replaces: None };
        self.act(Some(self.candidate(c)), act).await
    }

    /// Rates all four answers.
    pub(super) async fn rate_all(&self, value: i16) {
        for (c, q) in [(1, 1), (2, 1), (1, 2), (2, 2)] {
            self.rate(c, q, value).await;
        }
    }

    pub(super) async fn seal(&self, q: usize) {
        let scope = Scope::Question(slug(&format!("q{q}")));
        let knows = {
            let events = self.events().await;
            Record::fold(&self.sample.batch, &events).had(&events, self.id(), &scope)
        };
        self.act(None, Act::Sealed { scope, unheard: Vec::new(), knows, locks: None }).await;
    }

    pub(super) async fn review(&self, value: i16) {
        self.rate_all(value).await;
        self.seal(1).await;
        self.seal(2).await;
    }

    pub(super) async fn exchanges(&self, folder: &TempDir) -> Report {
        self.wishes(folder, Wish::default()).await.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(super) async fn wishes(&self, folder: &TempDir, wish: Wish) -> Result<Report, ExchangeError> {
        exchange(&self.library, &self.me, folder.path(), &wish).await
    }

    pub(super) async fn events(&self) -> Vec<Event> {
        self.library.events(self.batch()).await.expect("they are read")
    }

    /// What another person gave, as far as this machine can read it.
    pub(super) async fn knows(&self, whose: ReviewerId, answer: AnswerId) -> Option<Observed> {
        let record = Record::fold(&self.sample.batch, &self.events().await);
        record.work(whose).and_then(|work| work.rating(answer, &slug("depth"))).map(|rating| rating.observed)
    }

    /// How many of a person's ratings are here and can be read.
    pub(super) async fn ratings_of(&self, whose: ReviewerId) -> usize {
        let of = |event: &&Event| event.header.author == whose && matches!(event.act, Act::Rated { .. });
        self.events().await.iter().filter(of).count()
    }

    pub(super) async fn stream(&self, folder: &TempDir) -> PathBuf {
        let writer = self.library.own_writer().await.expect("it has one");
        folder.path().join("streams").join(format!("{writer}.stream"))
    }

    pub(super) async fn is_whole(&self) {
        self.library.verify_streams().await.expect("every chain holds");
        let health = self.library.check().await.expect("it is looked through");
        assert_eq!(health.complaints, Vec::<String>::new());
    }
}

fn paths(home: &Path) -> Paths {
    let at = |name: &str| home.join(name);
    Paths {
        home: home.to_owned(),
        config: at("config"),
        settings: at("config/settings.toml"),
        settings_chosen: false,
        library_chosen: false,
        library: at("library"),
        demo: at("demo"),
        state: at("state"),
        cache: at("cache"),
    }
}

/// Everyone lays a card into the folder, and compares everyone else's fingerprint.
pub(super) async fn meet(folder: &TempDir, all: &[&Machine]) {
    for machine in all {
        machine.exchanges(folder).await;
    }
    for machine in all {
        let others = all.iter().filter(|other| other.id() != machine.id()).map(|other| other.me.public());
        let trust = others.map(|public| (public.label.to_string(), public.fingerprint())).collect();
        machine.wishes(folder, Wish { trust, ..Wish::default() }).await.expect("they know each other");
    }
}

/// Everyone exchanges so often that nothing is left to come.
pub(super) async fn settle(folder: &TempDir, all: &[&Machine]) {
    for _ in 0..4 {
        for machine in all {
            machine.exchanges(folder).await;
        }
    }
}

pub(super) fn kinds(report: &Report) -> Vec<TroubleKind> {
    report.troubles.iter().map(|trouble| trouble.kind).collect()
}

/// The files of a folder below the shared one, with their bytes.
pub(super) fn files(folder: &TempDir, below: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder.path().join(below)).expect("it is there");
    let mut all: Vec<_> = entries.map(|entry| entry.expect("it is listed").path()).collect();
    all.sort();
    all.into_iter().map(|path| (path.clone(), fs::read(path).expect("it is read"))).collect()
}

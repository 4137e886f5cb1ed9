//! Noticing that something was written, here or by another process, without asking in vain while nothing happens.

use sqlx::{ConnectOptions, SqliteConnection};

use super::open::Inner;
use super::{Library, Result};

/// Tells when a library was written to.
pub struct Watch {
    bell: bell::Bell,
    /// SQLite counts for each connection what others have committed.
    db: SqliteConnection,
    version: i64,
}

impl Library {
    /// Begins to watch; what was written before is no news.
    pub async fn watch(&self) -> Result<Watch> {
        let inner = &*self.inner;
        let bell = bell::Bell::hang(&inner.database());
        let mut db = inner.readers.connect_options().connect().await.map_err(|error| inner.unread(error))?;
        let version = version(&mut db).await.map_err(|error| inner.unread(error))?;
        Ok(Watch { bell, db, version })
    }
}

impl Watch {
    /// Waits until someone has written; for ever where the system cannot tell. Nothing wakes meanwhile.
    pub async fn rung(&mut self) {
        self.bell.rung().await;
    }

    /// Whether anything was committed since this was last asked.
    pub async fn has_changed(&mut self) -> bool {
        // Where it cannot be told, looking is right.
        let Ok(now) = version(&mut self.db).await else { return true };
        std::mem::replace(&mut self.version, now) != now
    }

    /// Ends in good order, so that the library can be closed in good order.
    pub async fn close(self) {
        // Nothing was written over this connection.
        let _ = sqlx::Connection::close(self.db).await;
    }
}

async fn version(db: &mut SqliteConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("pragma data_version").fetch_one(db).await
}

/// Tells those who watch the library of this database to look.
pub(super) fn ring(database: &std::path::Path) {
    bell::ring(database);
}

impl Inner {
    /// Tells those who watch that something was committed; the log alone tells them too early, before it counts.
    pub(super) fn ring(&self) {
        bell::ring(&self.database());
    }
}

/// The time of the database file's last change is set after each commit, and Linux tells those who ask for it.
#[cfg(target_os = "linux")]
mod bell {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, inotify, utimensat};
    use tokio::sync::Notify;

    /// None where the system gives none: then it is never heard.
    pub(super) struct Bell(Option<Hung>);

    struct Hung {
        line: Arc<Line>,
        /// What is watched, by the system's number.
        watched: i32,
    }

    struct Line {
        events: OwnedFd,
        rung: Notify,
        cut: AtomicBool,
    }

    impl Bell {
        pub(super) fn hang(file: &Path) -> Bell {
            let hung = || -> io::Result<Hung> {
                let events = inotify::init(inotify::CreateFlags::CLOEXEC)?;
                let watched = inotify::add_watch(&events, file, inotify::WatchFlags::ATTRIB)?;
                let line = Arc::new(Line { events, rung: Notify::new(), cut: AtomicBool::new(false) });
                let ear = line.clone();
                std::thread::Builder::new().name("earmark-watch".into()).spawn(move || ear.listen())?;
                Ok(Hung { line, watched })
            };
            Bell(hung().inspect_err(|error| tracing::warn!(%error, "other programs' writing is noticed late")).ok())
        }

        pub(super) async fn rung(&mut self) {
            match &self.0 {
                Some(hung) => hung.line.rung.notified().await,
                None => std::future::pending().await,
            }
        }
    }

    impl Drop for Hung {
        fn drop(&mut self) {
            self.line.cut.store(true, Ordering::Release);
            // That it is no longer watched is told too, which wakes the thread for the last time.
            let _ = inotify::remove_watch(&self.line.events, self.watched);
        }
    }

    impl Line {
        /// Sleeps in the system until something is told.
        fn listen(&self) {
            let mut told = [0; 4096];
            loop {
                match rustix::io::read(&self.events, &mut told) {
                    Err(rustix::io::Errno::INTR) => continue,
                    Ok(1..) if !self.cut.load(Ordering::Acquire) => self.rung.notify_one(),
                    _ => return,
                }
            }
        }
    }

    /// Goes by the file's name: to open and close it would give up the locks that SQLite holds on it.
    pub(super) fn ring(file: &Path) {
        let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
        // What is on disk is on disk, whether anybody hears of it at once or with the next key.
        let _ = utimensat(CWD, file, &Timestamps { last_access: now, last_modification: now }, AtFlags::empty());
    }
}

/// Elsewhere one looks at every key instead.
#[cfg(not(target_os = "linux"))]
mod bell {
    use std::path::Path;

    pub(super) struct Bell;

    impl Bell {
        pub(super) fn hang(_: &Path) -> Bell {
            Bell
        }

        pub(super) async fn rung(&mut self) {
            std::future::pending().await
        }
    }

    pub(super) fn ring(_: &Path) {}
}

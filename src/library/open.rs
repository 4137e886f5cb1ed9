//! Opening a library: looked at before it is touched, made when it is not there, brought to this version when it is older.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Mutex;

use super::behind::AllSeen;
use super::lock::open_private;
use super::seal::{About, Key, random};
use super::{Access, Clock, LibraryError, Result, check, schema, vault, write};
use crate::config::key::LibraryKey;

/// What all handles of one open library share.
pub(super) struct Inner {
    pub(super) folder: PathBuf,
    pub(super) access: Access,
    pub(super) key: Key,
    pub(super) fingerprint: String,
    pub(super) clock: Clock,
    /// The one connection that writes; none in a library that is only looked at.
    pub(super) writer: Option<Mutex<SqliteConnection>>,
    /// Connections that read, opened when first needed.
    pub(super) readers: SqlitePool,
    /// Set after a failed write of which it is not known what reached the disk.
    pub(super) stopped: AtomicBool,
    /// Where what is known stands in the order.
    pub(super) all_seen: AllSeen,
}

impl Inner {
    pub(super) fn database(&self) -> PathBuf {
        self.folder.join("library.db")
    }

    pub(super) async fn close(self) {
        self.readers.close().await;
        if let Some(writer) = self.writer {
            // SQLite moves the log into the file; what cannot be moved now is moved at the next start.
            let _ = writer.into_inner().close().await;
        }
    }

    /// The key that wraps others, and what stands beside it in messages.
    pub(super) fn wrong_key(&self) -> LibraryError {
        LibraryError::WrongKey { path: self.database(), fingerprint: self.fingerprint.clone() }
    }
}

/// Whether opening looks for damage.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Before anything else.
    First,
    /// Whoever opens it does so afterwards.
    Later,
}

pub(super) async fn open(folder: &Path, key: LibraryKey, access: Access, look_for_damage: Look, clock: Clock) -> Result<Inner> {
    let path = folder.join("library.db");
    let found = look(&path).await?;
    // Looked at once more: another process may have made it, and filled it, since.
    if found.version == 0 && vault::is_filled(folder) && look(&path).await?.version == 0 {
        return Err(LibraryError::Gone { path });
    }
    if access == Access::ReadWrite {
        make_private_folder(folder)?;
    }
    match (access, found) {
        (_, Found { version, .. }) if version > schema::VERSION => {
            return Err(LibraryError::Newer { path, found: version, known: schema::VERSION });
        }
        (Access::ReadOnly, Found { version: 0, .. }) => return Err(LibraryError::NotThere { folder: folder.to_owned() }),
        (Access::ReadOnly, Found { version, .. }) if version < schema::VERSION => {
            return Err(LibraryError::Older { path, found: version, known: schema::VERSION });
        }
        _ => {}
    }
    let mut inner = Inner {
        folder: folder.to_owned(),
        access,
        fingerprint: key.fingerprint(),
        key: Key::new(key.bytes()),
        clock,
        writer: None,
        readers: readers(options(&path).read_only(true)),
        stopped: AtomicBool::new(false),
        all_seen: AllSeen::default(),
    };
    if access == Access::ReadWrite {
        writable(&path)?;
        inner.writer = Some(Mutex::new(writer(&inner, found).await?));
        vault::sweep(folder);
    }
    match check_readable(&inner, look_for_damage).await {
        // Where the log and its index cannot be made, and there is no log that would be missed, the file alone is read.
        Err(error) if access == Access::ReadOnly && is_about_files(&error) && !is_logged(&path) => {
            inner.readers = readers(options(&path).read_only(true).immutable(true));
            check_readable(&inner, look_for_damage).await?;
        }
        checked => checked?,
    }
    Ok(inner)
}

fn readers(options: SqliteConnectOptions) -> SqlitePool {
    let pool = SqlitePoolOptions::new().test_before_acquire(false).max_connections(3).idle_timeout(None).max_lifetime(None);
    pool.connect_lazy_with(options)
}

/// Whether it is whole, as far as that is seen quickly, and the key is its own.
async fn check_readable(inner: &Inner, look_for_damage: Look) -> Result<()> {
    let mut reader = inner.readers.acquire().await.map_err(|error| inner.unread(error))?;
    if look_for_damage == Look::First {
        check::quickly(inner, &mut reader).await?;
    }
    check_key(inner, &mut reader).await
}

/// Whether what failed may be the making of a file.
fn is_about_files(error: &LibraryError) -> bool {
    use LibraryError::{Database, Full, Io, Stopped, Unwritable};
    matches!(error, Database { .. } | Full { .. } | Io { .. } | Stopped { .. } | Unwritable { .. })
}

fn is_logged(database: &Path) -> bool {
    fs::metadata(log(database)).is_ok_and(|log| log.len() > 0)
}

/// Asked before SQLite is, which opens what cannot be written without a word.
fn writable(database: &Path) -> Result<()> {
    let folder = database.parent().into_iter();
    for path in folder.chain([database]).filter(|path| path.exists()) {
        let may = rustix::fs::access(path, rustix::fs::Access::WRITE_OK);
        may.map_err(|error| LibraryError::Unwritable { path: path.to_owned(), source: error.into() })?;
    }
    Ok(())
}

/// What lies where the database should be, learnt without touching it.
#[derive(Clone, Copy)]
struct Found {
    /// 0 where there is nothing yet.
    version: u32,
    wal: bool,
}

/// Reads the file's header (<https://sqlite.org/fileformat.html>, section 1.3); asks SQLite only where a log may know more.
async fn look(path: &Path) -> Result<Found> {
    const NOTHING: Found = Found { version: 0, wal: false };
    let not_a_library = || LibraryError::NotALibrary { path: path.to_owned() };
    let mut header = [0u8; 100];
    match File::open(path).and_then(|mut file| file.read(&mut header)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(NOTHING),
        Err(error) => return Err(LibraryError::io("read", path, error)),
        Ok(0) => return Ok(NOTHING),
        Ok(100) if header.starts_with(b"SQLite format 3\0") => {}
        Ok(_) => return Err(not_a_library()),
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (pages, mut version, mut application) = (number(28), number(60), number(68));
    let wal = header[18] == 2;
    if is_logged(path) {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let read = async {
            let mut db = options.connect().await?;
            version = schema::version(&mut db).await?;
            application = sqlx::query_scalar::<_, i64>("pragma application_id").fetch_one(&mut db).await? as u32;
            db.close().await
        };
        read.await.map_err(|error| not_read(path, error))?;
    }
    match (application, version) {
        (schema::APPLICATION, _) => Ok(Found { version, wal }),
        // Made a moment ago, and not filled yet.
        (0, 0) if pages <= 1 => Ok(Found { version, wal }),
        _ => Err(not_a_library()),
    }
}

/// Why a database could not be read. Reading takes room too: SQLite makes an index of the log beside it.
fn not_read(path: &Path, error: sqlx::Error) -> LibraryError {
    const INDEX: u64 = 32 * 1024;
    match write::found_no_room(&error, path.parent().unwrap_or(Path::new("."))) {
        true => LibraryError::Full { path: path.to_owned(), bytes: INDEX },
        false => LibraryError::Database { path: path.to_owned(), source: error },
    }
}

/// The version of the library in `folder`; none where there is none. Looks through its database as far as that needs no key.
pub(super) async fn glance(folder: &Path) -> Result<Option<u32>> {
    let path = folder.join("library.db");
    let version = look(&path).await?.version;
    if version > schema::VERSION {
        return Err(LibraryError::Newer { path, found: version, known: schema::VERSION });
    }
    if version == 0 {
        return Ok(None);
    }
    let failed = |error| not_read(&path, error);
    // Where there is no log, none is made for a glance.
    let options = SqliteConnectOptions::new().filename(&path).read_only(true).immutable(!is_logged(&path));
    let mut db = options.connect().await.map_err(failed)?;
    let found = sqlx::query_scalar::<_, String>("pragma quick_check(1)").fetch_one(&mut db).await;
    let damaged = || LibraryError::Damaged { what: "the library's database".into(), path: path.clone() };
    match found {
        Ok(line) if line == "ok" => db.close().await.map_err(failed).map(|()| Some(version)),
        _ => Err(damaged()),
    }
}

fn log(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push("-wal");
    PathBuf::from(path)
}

/// Settings that every connection has: what is committed survives a power cut, what is deleted is overwritten.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", "on")
        .pragma("trusted_schema", "off")
        .pragma("cell_size_check", "on")
        .pragma("fullfsync", "on")
        .pragma("checkpoint_fullfsync", "on")
        .disable_statement_logging()
}

/// Another connection to a library that is open already.
pub(super) async fn connect(database: &Path) -> sqlx::Result<SqliteConnection> {
    options(database).connect().await
}

async fn writer(inner: &Inner, found: Found) -> Result<SqliteConnection> {
    let path = inner.database();
    let failed = |error| inner.failed(error, 0);
    if found.wal && found.version == schema::VERSION {
        let mut db = options(&path).connect().await.map_err(failed)?;
        let checked: bool = sqlx::query_scalar("select exists (select 1 from meta where name = 'check')")
            .fetch_one(&mut db)
            .await
            .map_err(failed)?;
        if !checked {
            // The process that made it was killed before it came to this.
            set_check(inner, &mut db).await?;
        }
        return Ok(db);
    }
    // Made and migrated by one process at a time; changing to the log cannot be waited for otherwise.
    let _alone = alone(&inner.folder).await?;
    make_private_file(&path).map_err(|error| LibraryError::io("write", &path, error))?;
    let mut db = options(&path).journal_mode(SqliteJournalMode::Wal).connect().await.map_err(failed)?;
    let backup = |version| inner.folder.join(format!("library.before-{}-from-{version}.db", schema::VERSION));
    schema::migrate(&mut db, backup).await.map_err(failed)?;
    set_check(inner, &mut db).await?;
    Ok(db)
}

/// Waits until no other process makes or migrates this library.
async fn alone(folder: &Path) -> Result<File> {
    let path = folder.join("library.lock");
    let lock = move || {
        open_private(&path).and_then(|file| file.lock().map(|()| file)).map_err(|error| LibraryError::io("lock", &path, error))
    };
    tokio::task::spawn_blocking(lock).await.expect("locking does not panic")
}

const CHECK: &str = "earmark/library-check/1";

async fn set_check(inner: &Inner, db: &mut SqliteConnection) -> Result<()> {
    let id: [u8; 16] = random()?;
    let check = inner.key.seal(About(CHECK, &[&id]), b"earmark")?;
    let mut transaction = inner.begin(db, 0).await?;
    let there: Option<Vec<u8>> = sqlx::query_scalar("select value from meta where name = 'check'")
        .fetch_optional(&mut *transaction)
        .await
        .map_err(|error| inner.failed(error, 0))?;
    if there.is_none() {
        sqlx::query("insert into meta (name, value) values ('id', ?), ('check', ?)")
            .bind(&id[..])
            .bind(check)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
    }
    inner.commit(transaction, 0).await
}

/// Finds out whether the key is the library's, before anything is written with it.
async fn check_key(inner: &Inner, db: &mut SqliteConnection) -> Result<()> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select id.value, ok.value from meta id, meta ok where id.name = 'id' and ok.name = 'check'")
            .fetch_optional(db)
            .await
            .map_err(|error| inner.unread(error))?;
    let (id, check) = row.ok_or_else(|| match vault::is_filled(&inner.folder) {
        true => LibraryError::NotALibrary { path: inner.database() },
        // The process that made it was killed before it came to this; who writes next makes it whole.
        false => LibraryError::NotThere { folder: inner.folder.clone() },
    })?;
    match inner.key.open(About(CHECK, &[&id]), &check) {
        Some(_) => Ok(()),
        None => Err(inner.wrong_key()),
    }
}

/// Whether recordings lie in `folder` whose database is gone.
pub(super) fn is_orphaned(folder: &Path) -> bool {
    let database = fs::metadata(folder.join("library.db")).map_or(0, |meta| meta.len());
    database == 0 && vault::is_filled(folder)
}

pub(super) fn make_private_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).map_err(|error| LibraryError::io("make the folder", folder, error))
}

/// An empty file for its owner alone, which SQLite's log takes over; one that is there stays as it is.
pub(super) fn make_private_file(path: &Path) -> std::io::Result<()> {
    open_private(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_library_whose_making_stopped_before_its_last_step_looks_empty_and_is_made_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let (key, clock) = (LibraryKey::from_bytes([1; 32]), super::super::system_clock());
        let database = options(&folder.path().join("library.db")).create_if_missing(true);
        let mut db = database.journal_mode(SqliteJournalMode::Wal).connect().await.expect("it is made");
        schema::migrate(&mut db, |_| unreachable!("nothing is there to lose")).await.expect("the steps run");
        db.close().await.expect("it closes");
        let looking = open(folder.path(), key.clone(), Access::ReadOnly, Look::First, clock.clone()).await;
        assert!(matches!(looking.map(drop), Err(LibraryError::NotThere { .. })));
        let inner = open(folder.path(), key, Access::ReadWrite, Look::First, clock).await;
        inner.unwrap_or_else(|error| panic!("{error}")).close().await;
    }

    async fn setting(db: &mut SqliteConnection, sql: &'static str) -> String {
        let row = sqlx::query(sql).fetch_one(db).await.expect("it is a setting");
        let number = sqlx::Row::try_get_unchecked::<i64, _>(&row, 0).map(|number| number.to_string());
        sqlx::Row::try_get::<String, _>(&row, 0).or(number).expect("it is text or a number")
    }

    #[tokio::test]
    async fn every_connection_keeps_what_is_committed_and_overwrites_what_is_deleted() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = super::super::system_clock();
        for _ in 0..2 {
            let key = LibraryKey::from_bytes([1; 32]);
            let inner = open(folder.path(), key, Access::ReadWrite, Look::First, clock.clone()).await.expect("it opens");
            {
                let mut writer = inner.writer().await.expect("it writes");
                for (sql, value) in [
                    ("pragma journal_mode", "wal"),
                    ("pragma synchronous", "2"),
                    ("pragma foreign_keys", "1"),
                    ("pragma busy_timeout", "5000"),
                    ("pragma secure_delete", "1"),
                    ("pragma trusted_schema", "0"),
                    ("pragma cell_size_check", "1"),
                ] {
                    assert_eq!(setting(&mut writer, sql).await, value, "{sql}");
                }
            }
            inner.close().await;
        }
    }
}

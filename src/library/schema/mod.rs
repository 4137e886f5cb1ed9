//! The database's versions: numbered steps, forward only, each in one transaction.

use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use super::open::make_private_file;

/// "eark", in the database file's header.
pub(super) const APPLICATION: u32 = 0x6561_726b;

/// The version that this program writes.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// The step at index n leads from version n to n + 1.
const STEPS: &[Step] = &[
    Step { sql: include_str!("0001.sql"), done: "pragma user_version = 1" },
    Step { sql: include_str!("0002.sql"), done: "pragma user_version = 2" },
    Step { sql: include_str!("0003.sql"), done: "pragma user_version = 3" },
    Step { sql: include_str!("0004.sql"), done: "pragma user_version = 4" },
    Step { sql: include_str!("0005.sql"), done: "pragma user_version = 5" },
    Step { sql: include_str!("0006.sql"), done: "pragma user_version = 6" },
    Step { sql: include_str!("0007.sql"), done: "pragma user_version = 7" },
    Step { sql: include_str!("0008.sql"), done: "pragma user_version = 8" },
    Step { sql: include_str!("0009.sql"), done: "pragma user_version = 9" },
    Step { sql: include_str!("0010.sql"), done: "pragma user_version = 10" },
];

struct Step {
    sql: &'static str,
    done: &'static str,
}

/// The version that the file says it has.
pub(super) async fn version(db: &mut SqliteConnection) -> sqlx::Result<u32> {
    sqlx::query_scalar::<_, i64>("pragma user_version").fetch_one(db).await.map(|version| version as u32)
}

/// Brings the database to [`VERSION`]; copies it to `backup` first where there is something to lose.
///
/// The last thing done is to move everything from the log into the file, because programs read the version from there.
pub(super) async fn migrate(db: &mut SqliteConnection, backup: impl Fn(u32) -> std::path::PathBuf) -> sqlx::Result<()> {
    let from = version(db).await?;
    if from == VERSION {
        return Ok(());
    }
    if from > 0 {
        copy_before(db, &backup(from)).await?;
    }
    for (number, step) in STEPS.iter().enumerate().skip(from as usize) {
        let mut transaction = db.begin_with("begin immediate").await?;
        // Another process may have been first.
        if version(&mut transaction).await? as usize == number {
            sqlx::raw_sql("pragma application_id = 1700885099").execute(&mut *transaction).await?;
            sqlx::raw_sql(step.sql).execute(&mut *transaction).await?;
            sqlx::raw_sql(step.done).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    }
    sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut *db).await?;
    Ok(())
}

/// Copies the database before a step; what an earlier attempt left there was the same, and is replaced.
async fn copy_before(db: &mut SqliteConnection, to: &Path) -> sqlx::Result<()> {
    let part = to.with_extension("part");
    if part.exists() {
        std::fs::remove_file(&part)?;
    }
    make_private_file(&part)?;
    copy(db, &part).await?;
    std::fs::File::open(&part)?.sync_all()?;
    std::fs::rename(&part, to)?;
    Ok(())
}

/// Writes a consistent copy of the whole database into a new file, or an empty one.
pub(super) async fn copy(db: &mut SqliteConnection, to: &Path) -> sqlx::Result<()> {
    let to = to.to_str().ok_or_else(|| sqlx::Error::Configuration("the path is not UTF-8".into()))?;
    sqlx::query("vacuum into ?").bind(to).execute(db).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_copy_before_a_step_replaces_what_a_killed_attempt_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("library.db"));
        let mut db = SqliteConnection::connect_with(&options.create_if_missing(true)).await.expect("it is made");
        migrate(&mut db, |_| unreachable!("nothing is there to lose")).await.expect("the steps run");
        let to = folder.path().join("library.before-2.db");
        std::fs::write(folder.path().join("library.before-2.part"), b"half").expect("it is written");
        for _ in 0..2 {
            copy_before(&mut db, &to).await.expect("it is copied");
        }
        let copy = sqlx::sqlite::SqliteConnectOptions::new().filename(&to);
        let mut copy = SqliteConnection::connect_with(&copy).await.expect("it opens");
        assert_eq!(version(&mut copy).await.expect("it has a version"), VERSION);
        assert_eq!(std::fs::read_dir(folder.path()).expect("it is read").count(), 2);
        #[cfg(unix)]
        {
            let mode = std::fs::metadata(&to).expect("it is there").permissions();
            let mode = std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777;
            assert_eq!(mode, 0o600, "it is as private as the library");
        }
    }

    #[tokio::test]
    async fn a_library_of_the_first_version_is_copied_and_brought_up_with_all_that_is_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("library.db"));
        let mut db = SqliteConnection::connect_with(&options.create_if_missing(true)).await.expect("it is made");
        for sql in [STEPS[0].sql, STEPS[0].done, "insert into batch (id, imported_at, sealed) values (x'01', '', x'02')"] {
            sqlx::raw_sql(sql).execute(&mut db).await.expect("it runs");
        }
        let backup = folder.path().join("before.db");
        migrate(&mut db, |_| backup.clone()).await.expect("the steps run");
        let kept = "select generation from batch where id = x'01' and sealed = x'02'";
        let kept: i64 = sqlx::query_scalar(kept).fetch_one(&mut db).await.expect("the batch is there");
        assert_eq!((kept, version(&mut db).await.expect("it has a version")), (0, VERSION));
        let copy = sqlx::sqlite::SqliteConnectOptions::new().filename(&backup);
        let mut copy = SqliteConnection::connect_with(&copy).await.expect("it was copied");
        assert_eq!(version(&mut copy).await.expect("it has a version"), 1);
    }

    #[tokio::test]
    async fn a_new_database_becomes_this_version_and_stays_it() {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.expect("SQLite opens memory");
        for _ in 0..2 {
            migrate(&mut db, |_| unreachable!("nothing is there to lose")).await.expect("the steps run");
            assert_eq!(version(&mut db).await.expect("it has a version"), VERSION);
        }
        let application: i64 = sqlx::query_scalar("pragma application_id").fetch_one(&mut db).await.expect("it has one");
        assert_eq!(application as u32, APPLICATION);
    }
}

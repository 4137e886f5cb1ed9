//! What it costs to write an act, beside a bare SQLite transaction of the same bytes on the same disk, and to list many batches:
//! prints a table. `cargo bench --bench journal`.
#![allow(clippy::print_stdout)] // printing is what it is for

use std::path::Path;
use std::time::{Duration, Instant};

use earmark::config::key::LibraryKey;
use earmark::interview::{AnswerId, Batch, BatchId, CandidateId, EventId, Interview, Question, ReviewerId};
use earmark::journal::{Act, Draft};
use earmark::library::{Access, Library, system_clock};
use earmark::runtime::contents;
use earmark::text::SafeText;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};

/// Writes of each kind, taken in turn.
const WRITES: usize = 300;
const BATCHES: usize = 200;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    // On a real disk: a temporary folder may lie in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    runtime.block_on(async {
        let key = LibraryKey::from_bytes([7; 32]);
        let library = Library::open(&folder.path().join("library"), key, Access::ReadWrite, system_clock()).await;
        let library = library.expect("it opens").acting_as(ReviewerId::derive(&["bench"]));
        writing(&library, folder.path()).await;
        listing(&library).await;
    });
}

async fn writing(library: &Library, folder: &Path) {
    let mut bare = bare(&folder.join("bare.db")).await;
    let (mut theirs, mut plain, mut about) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..WRITES {
        theirs.push(time(insert(&mut bare)).await);
        plain.push(time(library.append(vec![note(None)])).await);
        about.push(time(library.append(vec![note(Some(CandidateId::derive(&["one"])))])).await);
    }
    let base = told("a bare transaction", &mut theirs, None);
    told("an act of no candidate", &mut plain, Some(base));
    told("an act about a candidate", &mut about, Some(base));
}

async fn time<T>(work: impl Future<Output = T>) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work.await);
    start.elapsed()
}

/// Prints the middle and the slowest of a hundred; returns the middle.
fn told(what: &str, times: &mut [Duration], base: Option<Duration>) -> Duration {
    times.sort();
    let (middle, slow) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let ratio = base.map_or_else(String::new, |base| format!("  {:.2} of it", middle.as_secs_f64() / base.as_secs_f64()));
    println!("{what:<26}{:>8.2} ms  p99 {:>8.2} ms{ratio}", middle.as_secs_f64() * 1e3, slow.as_secs_f64() * 1e3);
    middle
}

fn note(subject: Option<CandidateId>) -> Draft {
    let act = Act::Noted {
        answer: AnswerId::derive(&["an answer"]),
        at: None,
        text: SafeText::block("calm and clear, with an example"),
        replaces: None,
    };
    Draft { id: EventId(uuid::Uuid::now_v7()), batch: Some(BatchId::derive(&["bench"])), subject, base: None, act }
}

/// With the settings that keep what is committed, and nothing else.
async fn bare(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut db = options.connect().await.expect("it opens");
    let table = "create table event (place integer primary key autoincrement, id blob not null unique, header blob, body blob)";
    sqlx::raw_sql(table).execute(&mut db).await.expect("it is made");
    db
}

async fn insert(db: &mut SqliteConnection) {
    let id = uuid::Uuid::now_v7();
    let inserted = sqlx::query("insert into event (id, header, body) values (?, ?, ?)")
        .bind(id.as_bytes().as_slice())
        .bind(vec![7u8; 500])
        .bind(vec![7u8; 200])
        .execute(db)
        .await;
    inserted.expect("it is written");
}

async fn listing(library: &Library) {
    let me = ReviewerId::derive(&["bench"]);
    for nth in 0..BATCHES {
        let id = BatchId::derive(&[&nth.to_string()]);
        library.keep_batch(&batch(id)).await.expect("it is kept");
        let drafts = (0..50).map(|_| Draft { batch: Some(id), ..note(None) }).collect();
        library.append(drafts).await.expect("they are written");
    }
    for what in ["listed for the first time", "listed again"] {
        let took = time(async {
            let mut rows = contents::rows(library.summaries().await.expect("they are listed"));
            contents::count(library, me, &mut rows).await.expect("they are counted");
            assert!(rows.len() == BATCHES && rows.iter().all(|row| row.rated.is_some()));
        });
        println!("{BATCHES} batches, {what:<26}{:>8.1} ms", took.await.as_secs_f64() * 1e3);
    }
}

fn batch(id: BatchId) -> Batch {
    let question = |nth: usize| Question {
        id: format!("q{nth}").parse().expect("a slug"),
        prompt: SafeText::line("Tell us about a fault whose cause nobody knew, and what you did."),
        category: None,
        think_seconds: None,
        answer_seconds: None,
        retakes: None,
    };
    Batch {
        id,
        source: SafeText::line("bench"),
        source_id: SafeText::line(&id.to_string()),
        title: SafeText::line("A batch"),
        requisition: None,
        interview: Interview { questions: (1..5).map(question).collect(), deadline: None, language: None },
        submissions: Vec::new(),
        region: None,
        retain_until: None,
        register: Default::default(),
    }
}

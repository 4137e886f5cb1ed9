//! What this library needs to meet other people's: its own streams and keys, whom it knows, who was last seen when.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use super::catalogue::id_of;
use super::open::Inner;
use super::seal::{About, Key, random};
use super::stream::Row;
use super::{Library, LibraryError, Me, Result};
use crate::config::identity::PublicIdentity;
use crate::interview::{BatchId, CandidateId, Digest, ReviewerId, WriterId};
use crate::journal::{Event, Stored};
use crate::scorecard::{ONCE, Panelist};
use crate::text::SafeText;

const COLLEAGUE: &str = "earmark/colleague/1";
const CHUNK: &str = "earmark/exchange-chunk/1";
const CHUNK_KEY: &str = "earmark/exchange-chunk-key/1";
const FOLDER: &str = "earmark/exchange-folder/1";
const CREATOR: &str = "earmark/batch-creator/1";

fn creator_row(batch: BatchId) -> String {
    format!("creator-{batch}")
}

/// The key of one piece of a stream, as it is exchanged.
#[derive(Clone)]
pub struct ChunkKey(Key);

impl ChunkKey {
    /// A key that came in a letter.
    pub fn new(bytes: &[u8; 32]) -> Self {
        ChunkKey(Key::new(bytes))
    }

    /// Its bytes, for a letter.
    pub fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// Encrypts a piece; `head` is what stands before it in clear, and is bound to it.
    pub fn seal(&self, head: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        self.0.seal(About(CHUNK, &[head]), plain)
    }

    /// Opens a piece; none where the key or the head is another, or a bit is different.
    pub fn open(&self, head: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.0.open(About(CHUNK, &[head]), sealed)
    }
}

/// A device of a colleague, as it was last seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Peer {
    /// Whose it is.
    pub reviewer: ReviewerId,
    /// The number of its last letter.
    pub number: u64,
    /// When that letter was first seen, by this machine's clock.
    pub seen_at: Timestamp,
}

impl Library {
    /// The time, by this library's clock.
    pub fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// The stream that this library writes for the one who acts; begun where there is none.
    pub async fn own_writer(&self) -> Result<WriterId> {
        let inner = &*self.inner;
        let author = self.author.ok_or(LibraryError::NoAuthor)?;
        if let Some(writer) = self.known_writer().await? {
            return Ok(writer);
        }
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        let end = inner.own_end(&mut transaction, author).await?;
        inner.commit(transaction, 0).await?;
        Ok(end.writer)
    }

    /// The same, where it is begun already.
    pub async fn known_writer(&self) -> Result<Option<WriterId>> {
        let author = self.author.ok_or(LibraryError::NoAuthor)?;
        let found: Option<Vec<u8>> = sqlx::query_scalar("select writer from own_writer where author = ?")
            .bind(author.0.as_bytes().as_slice())
            .fetch_optional(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        Ok(found.map(|bytes| WriterId(id_of(&bytes))))
    }

    /// The streams of the one who acts that were written by this library, or by the one of which it was restored.
    pub async fn own_streams(&self) -> Result<Vec<WriterId>> {
        let author = self.author.ok_or(LibraryError::NoAuthor)?;
        let sql = "select writer from own_writer where author = ?1 union select writer from past_writer where author = ?1";
        let found: Vec<Vec<u8>> = sqlx::query_scalar(sql)
            .bind(author.0.as_bytes().as_slice())
            .fetch_all(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        Ok(found.iter().map(|bytes| WriterId(id_of(bytes))).collect())
    }

    /// The streams that must be here without a gap, because they were written here.
    pub(super) async fn whole_streams(&self) -> Result<BTreeSet<WriterId>> {
        let found: Vec<Vec<u8>> = sqlx::query_scalar("select writer from own_writer union select writer from past_writer")
            .fetch_all(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        Ok(found.iter().map(|bytes| WriterId(id_of(bytes))).collect())
    }

    /// What is here of one stream, by number: as it is stored, and as it reads.
    pub async fn stream(&self, writer: WriterId) -> Result<BTreeMap<u64, (Stored, Event)>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let stored =
            inner.rows_of(&mut reader, writer).await?.into_iter().map(|row| inner.stored(row)).collect::<Result<Vec<_>>>()?;
        let rows = inner.rows_of(&mut reader, writer).await?;
        let events = inner.read_events(&mut reader, rows).await?;
        Ok(stored.into_iter().zip(events).map(|(stored, event)| (event.header.seq, (stored, event))).collect())
    }

    /// The hashes of what is here of one stream, by number.
    pub async fn hashes(&self, writer: WriterId) -> Result<BTreeMap<u64, Digest>> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as("select seq, hash from event where writer = ?")
            .bind(writer.0.as_bytes().as_slice())
            .fetch_all(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        let read = |(seq, hash): (i64, Vec<u8>)| Some((u64::try_from(seq).ok()?, Digest(hash.try_into().ok()?)));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// The key under which this library publishes a piece of a stream: the same for the same piece, another one for any other, so
    /// that who was given one piece cannot open a longer one.
    pub fn chunk_key(&self, writer: WriterId, first: u64, last: u64) -> ChunkKey {
        let about: [&[u8]; 3] = [writer.0.as_bytes(), &first.to_be_bytes(), &last.to_be_bytes()];
        ChunkKey(Key::new(&self.inner.key.name(About(CHUNK_KEY, &about))))
    }

    /// The keys under which something about a candidate was written, this library's own first; none once the person was erased.
    pub async fn candidate_keys(&self, candidate: CandidateId) -> Result<Vec<Zeroizing<[u8; 32]>>> {
        let mut reader = self.inner.reader().await?;
        let keys = self.inner.keys_of(&mut reader, candidate).await?;
        Ok(keys.iter().map(|key| Zeroizing::new(*key.bytes())).collect())
    }

    /// Who was erased here.
    pub async fn erased(&self) -> Result<BTreeSet<CandidateId>> {
        let rows: Vec<Vec<u8>> = sqlx::query_scalar("select candidate from erased")
            .fetch_all(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        Ok(rows.iter().map(|bytes| CandidateId(id_of(bytes))).collect())
    }

    /// The candidates of each batch.
    pub async fn candidates(&self) -> Result<BTreeMap<BatchId, BTreeSet<CandidateId>>> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as("select batch, candidate from submission")
            .fetch_all(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        let mut candidates = BTreeMap::<_, BTreeSet<_>>::new();
        for (batch, candidate) in rows {
            candidates.entry(BatchId(id_of(&batch))).or_default().insert(CandidateId(id_of(&candidate)));
        }
        Ok(candidates)
    }

    /// Who is known here beside a batch's own list: whose keys were compared, and who acts or looks.
    pub async fn people(&self) -> Result<Vec<Panelist>> {
        let kept = self.colleagues().await?;
        let of = |one: &PublicIdentity| Panelist::read(&Panelist::write(one.reviewer, &one.label, &one.pseudonym));
        let colleague = |bytes: &Vec<u8>| {
            let mut who = of(&serde_json::from_slice(bytes).ok()?)?;
            who.identity[ONCE] = names_once(bytes).into_iter().collect();
            Some(who)
        };
        let mut people: Vec<Panelist> = kept.iter().filter_map(colleague).collect();
        let me = |me: &Me| {
            let mut who = of(&me.public)?;
            who.identity[ONCE] = me.once.iter().map(SafeText::raw).collect();
            Some(who)
        };
        people.extend(self.me.as_deref().and_then(me));
        Ok(people)
    }

    /// The public identities that were found right, as they were given to [`Library::keep_colleague`].
    pub async fn colleagues(&self) -> Result<Vec<Vec<u8>>> {
        let inner = &*self.inner;
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as("select reviewer, sealed from colleague order by reviewer")
            .fetch_all(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        let damaged = || LibraryError::Damaged { what: "a colleague's public identity".into(), path: inner.database() };
        let open = |(reviewer, sealed): (Vec<u8>, Vec<u8>)| inner.key.open(About(COLLEAGUE, &[&reviewer]), &sealed);
        rows.into_iter().map(|row| open(row).map(|plain| plain.to_vec()).ok_or_else(damaged)).collect()
    }

    /// Keeps a public identity that was found right, in place of what was known of this person, with the names of before.
    pub async fn keep_colleague(&self, reviewer: ReviewerId, identity: &[u8]) -> Result<()> {
        let inner = &*self.inner;
        let own = |bytes: &Vec<u8>| serde_json::from_slice::<PublicIdentity>(bytes).ok().filter(|one| one.reviewer == reviewer);
        let kept = self.colleagues().await?;
        let with_names = kept.iter().find_map(|bytes| own(bytes).map(|known| with_names_once(identity, &known, bytes)));
        let identity = with_names.as_deref().unwrap_or(identity);
        let sealed = inner.key.seal(About(COLLEAGUE, &[reviewer.0.as_bytes()]), identity)?;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, sealed.len() as u64).await?;
        sqlx::query("insert or replace into colleague (reviewer, sealed) values (?, ?)")
            .bind(reviewer.0.as_bytes().as_slice())
            .bind(sealed)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await
    }

    /// Forgets a colleague's keys; what that person wrote stays.
    pub async fn forget_colleague(&self, reviewer: ReviewerId) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        let gone = sqlx::query("delete from colleague where reviewer = ?").bind(reviewer.0.as_bytes().as_slice());
        gone.execute(&mut *transaction).await.map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await
    }

    /// The devices of colleagues from which a letter came.
    pub async fn peers(&self) -> Result<BTreeMap<WriterId, Peer>> {
        let rows: Vec<(Vec<u8>, Vec<u8>, i64, String)> = sqlx::query_as("select writer, reviewer, number, seen_at from peer")
            .fetch_all(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        let read = |(writer, reviewer, number, seen_at): (Vec<u8>, Vec<u8>, i64, String)| {
            let number = u64::try_from(number).unwrap_or_default();
            let peer = Peer { reviewer: ReviewerId(id_of(&reviewer)), number, seen_at: seen_at.parse().unwrap_or_default() };
            (WriterId(id_of(&writer)), peer)
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Notes that a letter with this number came from a device; the first time counts.
    pub async fn saw_peer(&self, writer: WriterId, reviewer: ReviewerId, number: u64) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        sqlx::query(
            "insert into peer (writer, reviewer, number, seen_at) values (?, ?, ?, ?) on conflict (writer) do update \
             set number = excluded.number, seen_at = excluded.seen_at where excluded.number > peer.number \
             and excluded.reviewer = peer.reviewer",
        )
        .bind(writer.0.as_bytes().as_slice())
        .bind(reviewer.0.as_bytes().as_slice())
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .bind(self.now().to_string())
        .execute(&mut *transaction)
        .await
        .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await
    }

    /// The number of the next letter, one higher each time.
    pub async fn next_letter(&self) -> Result<u64> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        let last: Option<Vec<u8>> = sqlx::query_scalar("select value from meta where name = 'letter'")
            .fetch_optional(&mut *transaction)
            .await
            .map_err(|error| inner.unread(error))?;
        let next = last.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes) + 1;
        sqlx::query("insert or replace into meta (name, value) values ('letter', ?)")
            .bind(next.to_be_bytes().to_vec())
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await?;
        Ok(next)
    }

    /// The folder that was exchanged through last, as it was named.
    pub async fn exchange_folder(&self) -> Result<Option<String>> {
        let inner = &*self.inner;
        let sealed: Option<Vec<u8>> = sqlx::query_scalar("select value from meta where name = 'exchange-folder'")
            .fetch_optional(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        let plain = sealed.and_then(|sealed| inner.key.open(About(FOLDER, &[]), &sealed));
        Ok(plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok()))
    }

    /// Remembers the folder for the next time.
    pub async fn keep_exchange_folder(&self, folder: &str) -> Result<()> {
        if self.exchange_folder().await?.as_deref() == Some(folder) {
            return Ok(());
        }
        let inner = &*self.inner;
        let sealed = inner.key.seal(About(FOLDER, &[]), folder.as_bytes())?;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        sqlx::query("insert or replace into meta (name, value) values ('exchange-folder', ?)")
            .bind(sealed)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await
    }

    /// Who counts here as the creator of a batch, since that was seen first.
    pub async fn creator(&self, batch: BatchId) -> Result<Option<ReviewerId>> {
        let inner = &*self.inner;
        let sealed: Option<Vec<u8>> = sqlx::query_scalar("select value from meta where name = ?")
            .bind(creator_row(batch))
            .fetch_optional(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        let plain = sealed.and_then(|sealed| inner.key.open(About(CREATOR, &[batch.0.as_bytes()]), &sealed));
        Ok(plain.and_then(|plain| uuid::Uuid::from_slice(&plain).ok()).map(ReviewerId))
    }

    /// Remembers it for good: a clock that was set back later puts nobody in that place.
    pub async fn keep_creator(&self, batch: BatchId, creator: ReviewerId) -> Result<()> {
        let inner = &*self.inner;
        let sealed = inner.key.seal(About(CREATOR, &[batch.0.as_bytes()]), creator.0.as_bytes())?;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        sqlx::query("insert or ignore into meta (name, value) values (?, ?)")
            .bind(creator_row(batch))
            .bind(sealed)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await
    }

    /// Waits until no other process exchanges for this library; held until it is dropped.
    pub async fn lock_exchange(&self) -> Result<std::fs::File> {
        let path = self.inner.folder.join("exchange.lock");
        let lock = move || {
            let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
            file.and_then(|file| file.lock().map(|()| file)).map_err(|error| LibraryError::io("lock", &path, error))
        };
        super::object::blocking(lock).await
    }
}

impl Inner {
    async fn rows_of(&self, db: &mut SqliteConnection, writer: WriterId) -> Result<Vec<Row>> {
        sqlx::query_as("select place, id, writer, subject, header, body, hash from event where writer = ? order by seq")
            .bind(writer.0.as_bytes().as_slice())
            .fetch_all(db)
            .await
            .map_err(|error| self.unread(error))
    }
}

/// A new stream's id.
pub(super) fn new_writer() -> Result<WriterId> {
    Ok(WriterId(uuid::Builder::from_random_bytes(random()?).into_uuid()))
}

/// The names that a kept identity had before.
fn names_once(kept: &[u8]) -> BTreeSet<String> {
    let read = serde_json::from_slice::<serde_json::Value>(kept).unwrap_or_default();
    let names = read.get(ONCE).and_then(serde_json::Value::as_array);
    names.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// A public identity with the names that were known until now.
fn with_names_once(identity: &[u8], known: &PublicIdentity, kept: &[u8]) -> Vec<u8> {
    let Ok(mut with) = serde_json::from_slice::<serde_json::Value>(identity) else { return identity.to_vec() };
    let names = names_once(kept).into_iter().chain([known.label.raw().to_owned(), known.pseudonym.raw().to_owned()]);
    with[ONCE] = names.collect::<BTreeSet<_>>().into_iter().collect();
    serde_json::to_vec(&with).unwrap_or_else(|_| identity.to_vec())
}

//! Writing acts to the journal, and reading them back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use super::behind::Seen;
use super::exchange::new_writer;
use super::open::Inner;
use super::person::Keys;
use super::seal::About;
use super::stream::Row;
use super::{Library, LibraryError, Result};
use crate::interview::{BatchId, CandidateId, Digest, EventId, ReviewerId, SubmissionId, WriterId};
use crate::journal::{Act, Covering, Draft, Event, Header, SCHEMA, Stored, cover, coverings, hidden_since};
use crate::protocol::{self, Particulars};

/// What a body under a candidate's key is.
const BODY: &str = "earmark/event/1";
/// What a body that concerns no candidate is on this disk; elsewhere it is as it is.
pub(super) const AT_REST: &str = "earmark/event-at-rest/1";

/// A place in this library's journal: everything up to it has been seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct JournalMark(i64);

impl Library {
    /// Writes acts as the next events of the author's stream, all or none; returns when they are on disk.
    ///
    /// A draft whose id is written already is not written twice, so that a call whose answer was lost can be repeated.
    /// Each carries what the clock says now, and stands behind what is known of its batch, whatever that says.
    pub async fn append(&self, drafts: Vec<Draft>) -> Result<Vec<Event>> {
        let author = self.author.ok_or(LibraryError::NoAuthor)?;
        let now = (self.inner.clock)();
        self.write_events(author, None, drafts.into_iter().map(|draft| (now, draft)).collect()).await
    }

    /// Writes acts as another author's, with the given writer and times; for the demo's panel.
    pub async fn append_as(&self, author: ReviewerId, writer: WriterId, drafts: Vec<(Timestamp, Draft)>) -> Result<Vec<Event>> {
        self.write_events(author, Some(writer), drafts).await
    }

    /// All events of a batch in the order that every machine agrees on.
    ///
    /// What cannot be read any more, because the person's key was erased, is [`crate::journal::Act::Unknown`].
    /// Where a text names somebody who was erased since, or whose name was hidden by what was taken in later, the name is covered in it.
    pub async fn events(&self, batch: BatchId) -> Result<Vec<Event>> {
        let mut events = self.events_as_written(batch).await?;
        let mut covered = Vec::new();
        if events.iter().any(|event| matches!(event.act, Act::Erased { .. })) {
            covered = coverings(&events, &self.erased().await?);
        }
        if events.iter().any(|event| matches!(&event.act, Act::Received { covers, .. } if !covers.is_empty())) {
            covered.extend(hidden_since(&events, &self.own_authors().await?));
        }
        cover(&mut events, &covered);
        Ok(events)
    }

    /// The same with every word as it was written.
    async fn events_as_written(&self, batch: BatchId) -> Result<Vec<Event>> {
        let mut reader = self.inner.reader().await?;
        let rows: Vec<Row> = sqlx::query_as("select place, id, writer, subject, header, body, hash from event where batch = ?")
            .bind(batch.0.as_bytes().as_slice())
            .fetch_all(&mut *reader)
            .await
            .map_err(|error| self.inner.unread(error))?;
        let mut keys = Keys::of_all_in(&self.inner, &mut reader, batch).await?;
        let mut events = self.inner.read_events_with(&mut reader, &mut keys, rows).await?;
        events.sort_by_key(|event| (event.order(), event.id()));
        Ok(events)
    }

    /// Where what was written in a batch names these submissions' people, as far as their names are here.
    pub async fn naming_these(&self, batch: BatchId, these: &BTreeSet<SubmissionId>) -> Result<Vec<Covering>> {
        let whole = self.batch(batch).await?;
        let people = whole.submissions.iter().filter(|one| these.contains(&one.id)).map(|one| &one.candidate);
        let particulars = Particulars::names_of(people, []);
        Ok(protocol::naming_in(&self.events_as_written(batch).await?, &particulars))
    }

    /// Where a person is named in what was written about others, batch by batch: to be covered once the person is erased.
    pub async fn naming(&self, person: CandidateId) -> Result<Vec<(BatchId, Vec<Covering>)>> {
        let mut found = Vec::new();
        for (id, people) in self.candidates().await? {
            if !people.contains(&person) {
                continue;
            }
            let batch = self.batch(id).await?;
            let Some(submission) = batch.submissions.iter().find(|one| one.candidate.id == person) else { continue };
            let particulars = Particulars::of(&submission.candidate);
            let covers = protocol::naming(&self.events_as_written(id).await?, person, &particulars);
            found.extend((!covers.is_empty()).then_some((id, covers)));
        }
        Ok(found)
    }

    /// What came into the journal after `seen`, of any batch and writer, in the order of arrival; and the place after it.
    pub async fn events_since(&self, seen: JournalMark) -> Result<(Vec<Event>, JournalMark)> {
        let mut reader = self.inner.reader().await?;
        let rows: Vec<Row> =
            sqlx::query_as("select place, id, writer, subject, header, body, hash from event where place > ? order by place")
                .bind(seen.0)
                .fetch_all(&mut *reader)
                .await
                .map_err(|error| self.inner.unread(error))?;
        let last = rows.last().map_or(seen, |row| JournalMark(row.place));
        Ok((self.inner.read_events(&mut reader, rows).await?, last))
    }

    /// The place after everything that is in the journal now.
    pub async fn cursor(&self) -> Result<JournalMark> {
        let place: Option<i64> = sqlx::query_scalar("select max(place) from event")
            .fetch_one(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        Ok(JournalMark(place.unwrap_or_default()))
    }

    async fn write_events(
        &self,
        author: ReviewerId,
        writer: Option<WriterId>,
        drafts: Vec<(Timestamp, Draft)>,
    ) -> Result<Vec<Event>> {
        let inner = &*self.inner;
        let parts: Vec<_> = drafts.into_iter().map(|(at, draft)| (at, Parts::of(draft))).collect();
        let bytes = parts.iter().map(|(_, parts)| parts.body.len() as u64).sum();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        for batch in parts.iter().map(|(_, parts)| parts.draft.batch).collect::<BTreeSet<_>>() {
            inner.remember_seen(&mut transaction, batch).await?;
        }
        let events = inner.write_parts(&mut transaction, author, writer, parts).await?;
        inner.commit(transaction, bytes).await?;
        Ok(events)
    }
}

/// A draft with its body as bytes.
pub(super) struct Parts {
    draft: Draft,
    kind: String,
    body: Zeroizing<Vec<u8>>,
}

impl Parts {
    pub(super) fn of(draft: Draft) -> Self {
        let (kind, body) = draft.act.to_parts();
        let body = serde_json::to_vec(&body).expect("a body is a JSON value");
        Parts { draft, kind, body: Zeroizing::new(body) }
    }
}

/// Where a stream ends, and so where the next event goes.
pub(super) struct End {
    author: ReviewerId,
    pub(super) writer: WriterId,
    seq: u64,
    hash: Digest,
    stands: Timestamp,
}

impl Inner {
    /// Writes acts as the next events of an author's stream, within a transaction; one that is there already stays.
    pub(super) async fn write_parts(
        &self,
        db: &mut SqliteConnection,
        author: ReviewerId,
        writer: Option<WriterId>,
        parts: Vec<(Timestamp, Parts)>,
    ) -> Result<Vec<Event>> {
        let mut end = match writer {
            Some(writer) => self.end_of(db, author, writer).await?,
            None => self.own_end(db, author).await?,
        };
        // Whoever writes for others, as the demo does, gives their times as well.
        let own = writer.is_none();
        let mut seen: BTreeMap<Option<BatchId>, Seen> = BTreeMap::new();
        let mut events = Vec::with_capacity(parts.len());
        for (at, parts) in parts {
            let batch = parts.draft.batch;
            if own && !seen.contains_key(&batch) {
                seen.insert(batch, self.seen(db, batch).await?);
            }
            let event = match self.event(db, parts.draft.id).await? {
                Some(written) => written,
                None => self.write_event(db, &mut end, at, parts, seen.get(&batch)).await?,
            };
            seen.entry(batch).and_modify(|seen| seen.add(&event.header));
            events.push(event);
        }
        Ok(events)
    }

    /// The end of the stream that this library writes for `author`, which begins with the first event.
    pub(super) async fn own_end(&self, db: &mut SqliteConnection, author: ReviewerId) -> Result<End> {
        let id = author.0.as_bytes().as_slice();
        let writer: Option<Vec<u8>> = sqlx::query_scalar("select writer from own_writer where author = ?")
            .bind(id)
            .fetch_optional(&mut *db)
            .await
            .map_err(|error| self.failed(error, 0))?;
        if let Some(writer) = writer.and_then(|bytes| uuid::Uuid::from_slice(&bytes).ok()) {
            return self.end_of(db, author, WriterId(writer)).await;
        }
        let writer = new_writer()?;
        sqlx::query("insert into own_writer (author, writer) values (?, ?)")
            .bind(id)
            .bind(writer.0.as_bytes().as_slice())
            .execute(&mut *db)
            .await
            .map_err(|error| self.failed(error, 0))?;
        self.end_of(db, author, writer).await
    }

    async fn end_of(&self, db: &mut SqliteConnection, author: ReviewerId, writer: WriterId) -> Result<End> {
        match self.last_of(db, writer).await? {
            None => Ok(End { author, writer, seq: 0, hash: Digest::default(), stands: Timestamp::MIN }),
            Some((header, _)) if header.author != author => Err(LibraryError::ForeignWriter { writer, author }),
            Some((header, hash)) => Ok(End { author, writer, seq: header.seq, hash, stands: header.stands() }),
        }
    }

    async fn write_event(
        &self,
        db: &mut SqliteConnection,
        end: &mut End,
        at: Timestamp,
        parts: Parts,
        seen: Option<&Seen>,
    ) -> Result<Event> {
        let Parts { draft, kind, body } = parts;
        let header = Header {
            schema: SCHEMA,
            id: draft.id,
            author: end.author,
            writer: end.writer,
            seq: end.seq + 1,
            prev: end.hash,
            base: draft.base,
            at,
            // Whoever writes for others knows of nothing but their own earlier acts.
            after: seen.map_or_else(|| (end.stands > at).then_some(end.stands), |seen| seen.behind(at, end.writer)),
            batch: draft.batch,
            subject: draft.subject,
            kind,
        };
        let body = match draft.subject {
            Some(subject) => {
                let key = self.person_or_new(db, subject).await?;
                key.seal(About(BODY, &[header.id.0.as_bytes()]), &body)?
            }
            None => body.to_vec(),
        };
        let stored = Stored::new(&header, body);
        self.insert_event(db, &header, &stored).await?;
        (end.seq, end.hash, end.stands) = (header.seq, stored.hash, header.stands());
        Ok(Event { header, act: draft.act })
    }

    /// Inserts an event as it is; what concerns no candidate is encrypted on this disk alone.
    pub(super) async fn insert_event(&self, db: &mut SqliteConnection, header: &Header, stored: &Stored) -> Result<()> {
        let id = header.id.0.as_bytes();
        let at_rest = match header.subject {
            Some(_) => None,
            None => Some(self.key.seal(About(AT_REST, &[id]), &stored.body)?),
        };
        let body = at_rest.as_deref().unwrap_or(&stored.body);
        sqlx::query("insert into event (id, writer, seq, batch, subject, header, body, hash) values (?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(id.as_slice())
            .bind(header.writer.0.as_bytes().as_slice())
            .bind(i64::try_from(header.seq).unwrap_or(i64::MAX))
            .bind(header.batch.map(|batch| batch.0.as_bytes().to_vec()))
            .bind(header.subject.map(|subject| subject.0.as_bytes().to_vec()))
            .bind(&stored.header)
            .bind(body)
            .bind(&stored.hash.0[..])
            .execute(db)
            .await
            .map(drop)
            .map_err(|error| self.failed(error, (stored.header.len() + body.len()) as u64))
    }

    /// The event as it was written; damaged where the bytes on disk give none.
    pub(super) fn stored(&self, row: Row) -> Result<Stored> {
        let damaged = |reason: &str| LibraryError::Damaged {
            what: format!("an event of the journal ({reason} at place {})", row.place),
            path: self.database(),
        };
        let hash = row.hash.as_slice().try_into().map(Digest).map_err(|_| damaged("its hash"))?;
        let body = match row.subject {
            Some(_) => row.body,
            None => {
                let body = self.key.open(About(AT_REST, &[&row.id]), &row.body).ok_or_else(|| damaged("its body"))?;
                body.to_vec()
            }
        };
        Ok(Stored { header: row.header, body, hash })
    }

    async fn event(&self, db: &mut SqliteConnection, id: EventId) -> Result<Option<Event>> {
        let row: Option<Row> = sqlx::query_as("select place, id, writer, subject, header, body, hash from event where id = ?")
            .bind(id.0.as_bytes().as_slice())
            .fetch_optional(&mut *db)
            .await
            .map_err(|error| self.unread(error))?;
        let rows = row.into_iter().collect();
        Ok(self.read_events(db, rows).await?.pop())
    }

    pub(super) async fn read_events(&self, db: &mut SqliteConnection, rows: Vec<Row>) -> Result<Vec<Event>> {
        self.read_events_with(db, &mut Keys::default(), rows).await
    }

    async fn read_events_with(&self, db: &mut SqliteConnection, keys: &mut Keys, rows: Vec<Row>) -> Result<Vec<Event>> {
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let stored = self.stored(row)?;
            let header = stored.read_header()?;
            let body = match header.subject {
                Some(subject) => self.body(db, keys, subject, header.id, &stored.body).await?,
                None => Some(Zeroizing::new(stored.body)),
            };
            let body = body.and_then(|body| serde_json::from_slice(&body).ok());
            let act = match body {
                Some(body) => Act::from_parts(&header.kind, body),
                None => Act::Unknown { kind: header.kind.clone(), body: None },
            };
            events.push(Event { header, act });
        }
        Ok(events)
    }

    pub(super) async fn body(
        &self,
        db: &mut SqliteConnection,
        keys: &mut Keys,
        subject: CandidateId,
        id: EventId,
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let keys = keys.of(self, db, subject).await?;
        Ok(keys.iter().find_map(|key| key.open(About(BODY, &[id.0.as_bytes()]), sealed)))
    }
}

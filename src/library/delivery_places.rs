//! Where deliveries go: the places that the ledger knows, the way of the last time, and who asked to be left alone.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::delivery::TargetId;
use super::seal::About;
use super::{Library, Result};
use crate::interview::BatchId;

const TARGET: &str = "earmark/delivery-target/1";
const PAUSE: &str = "earmark/delivery-pauses/1";
/// In the table of small things.
const PAUSES: &str = "delivery-pauses";
const WAY: &str = "earmark/delivery-way/1";

impl Library {
    /// The place that a profile sends to, which is known from now on.
    pub async fn delivery_target(&self, profile: &str, address: &str) -> Result<TargetId> {
        let inner = &*self.inner;
        let name = inner.key.name(About(TARGET, &[profile.as_bytes(), address.as_bytes()]));
        let sealed = inner.key.seal(About(TARGET, &[&name]), address.as_bytes())?;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, sealed.len() as u64).await?;
        sqlx::query("insert or ignore into delivery_target (name, profile, sealed) values (?, ?, ?)")
            .bind(&name[..])
            .bind(profile)
            .bind(sealed)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await?;
        Ok(TargetId(name))
    }

    /// The same where the place may have been spelled otherwise before: what the ledger has of `others` is of this place from now on.
    pub async fn delivery_target_from(&self, profile: &str, address: &str, others: &[TargetId]) -> Result<TargetId> {
        let target = self.delivery_target(profile, address).await?;
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for other in others.iter().filter(|other| **other != target) {
            for step in
                ["update delivery set target = ?1 where target = ?2", "delete from delivery_target where ?1 <> ?2 and name = ?2"]
            {
                sqlx::query(step)
                    .bind(&target.0[..])
                    .bind(&other.0[..])
                    .execute(&mut *transaction)
                    .await
                    .map_err(|error| inner.failed(error, 0))?;
            }
        }
        inner.commit(transaction, 0).await?;
        Ok(target)
    }

    /// Every place that something was or is to be sent to: its id, the profile and the address.
    pub async fn delivery_targets(&self) -> Result<Vec<(TargetId, String, String)>> {
        let inner = &*self.inner;
        let rows: Vec<(Vec<u8>, String, Vec<u8>)> =
            sqlx::query_as("select name, profile, sealed from delivery_target order by profile, name")
                .fetch_all(&mut *inner.reader().await?)
                .await
                .map_err(|error| inner.unread(error))?;
        let read = |(name, profile, sealed): (Vec<u8>, String, Vec<u8>)| {
            let id: [u8; 32] = name.as_slice().try_into().map_err(|_| inner.damaged_ledger())?;
            let address = inner.key.open(About(TARGET, &[&id]), &sealed).ok_or_else(|| inner.damaged_ledger())?;
            Ok((TargetId(id), profile, String::from_utf8_lossy(&address).into_owned()))
        };
        rows.into_iter().map(read).collect()
    }

    /// By which profile a batch was planned the last time, and to where; none where it never was.
    pub async fn delivery_way(&self, batch: BatchId) -> Result<Option<(String, String)>> {
        let plain = self.delivery_meta(&format!("delivery-way {batch}"), About(WAY, &[batch.0.as_bytes()])).await?;
        Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
    }

    /// Remembers the profile and the place for the next time.
    pub async fn keep_delivery_way(&self, batch: BatchId, profile: &str, to: &str) -> Result<()> {
        if self.delivery_way(batch).await?.is_some_and(|(known, place)| known == profile && place == to) {
            return Ok(());
        }
        let plain = serde_json::to_vec(&(profile, to)).expect("two texts can be written");
        self.keep_delivery_meta(&format!("delivery-way {batch}"), About(WAY, &[batch.0.as_bytes()]), &plain).await
    }

    /// Until when a host asked to be left alone; none where it did not, or the time has come.
    pub async fn delivery_pause(&self, host: &str) -> Result<Option<Timestamp>> {
        let until = self.delivery_pauses().await?.get(host).copied();
        let (now, longest) = ((self.inner.clock)(), jiff::SignedDuration::from_hours(24));
        // What is longer was written before there was a bound.
        Ok(until.filter(|until| *until > now && until.duration_since(now) <= longest))
    }

    /// Remembers until when a host asked to be left alone; what is over is forgotten.
    pub async fn keep_delivery_pause(&self, host: &str, until: Timestamp) -> Result<()> {
        let inner = &*self.inner;
        let mut pauses = self.delivery_pauses().await?;
        pauses.retain(|_, known| *known > (inner.clock)());
        if pauses.insert(host.to_owned(), until) == Some(until) {
            return Ok(());
        }
        let plain = serde_json::to_vec(&pauses).expect("texts and times can be written");
        self.keep_delivery_meta(PAUSES, About(PAUSE, &[]), &plain).await
    }

    async fn delivery_pauses(&self) -> Result<BTreeMap<String, Timestamp>> {
        let plain = self.delivery_meta(PAUSES, About(PAUSE, &[])).await?;
        Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()).unwrap_or_default())
    }

    /// Something small that deliveries remember, opened.
    async fn delivery_meta(&self, name: &str, about: About<'_>) -> Result<Option<Vec<u8>>> {
        let inner = &*self.inner;
        let sealed: Option<Vec<u8>> = sqlx::query_scalar("select value from meta where name = ?")
            .bind(name)
            .fetch_optional(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        Ok(sealed.and_then(|sealed| inner.key.open(about, &sealed)).map(|plain| plain.to_vec()))
    }

    async fn keep_delivery_meta(&self, name: &str, about: About<'_>, plain: &[u8]) -> Result<()> {
        let inner = &*self.inner;
        let sealed = inner.key.seal(about, plain)?;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, sealed.len() as u64).await?;
        sqlx::query("insert or replace into meta (name, value) values (?, ?)")
            .bind(name)
            .bind(sealed)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::key::LibraryKey;
    use crate::interview::{CandidateId, Digest};
    use crate::library::{Access, DeliveryState, LibraryError, NewDelivery, Step, system_clock};

    fn row(key: &[u8]) -> NewDelivery {
        let (object, push) = ("13".to_owned(), "file".to_owned());
        NewDelivery {
            key: Digest::of(key),
            candidate: CandidateId::derive(&["c"]),
            object,
            push,
            digest: Digest::of(b"row"),
            detail: json!({}),
        }
    }

    async fn opened(folder: &std::path::Path) -> Library {
        Library::open(folder, LibraryKey::from_bytes([7; 32]), Access::ReadWrite, system_clock()).await.expect("it opens")
    }

    #[tokio::test]
    async fn what_was_sent_to_a_place_is_known_when_the_place_is_spelled_otherwise() {
        let folder = tempfile::tempdir().expect("a folder");
        let (library, batch) = (opened(folder.path()).await, BatchId::derive(&["b"]));
        let before = library.delivery_target("p", "/a/./x.csv").await.expect("known");
        library.plan_deliveries(batch, before, &[row(b"one")]).await.expect("planned");
        library.step_deliveries(&[Step::to(Digest::of(b"one"), DeliveryState::Verified)], Vec::new()).await.expect("sent");
        let now = library.delivery_target_from("p", "/a/x.csv", &[before]).await.expect("known");
        let known = library.deliveries(batch, Some(now)).await.expect("read");
        assert!(known.len() == 1 && known[0].state == DeliveryState::Verified && known[0].is_about("13"), "{known:?}");
        assert_eq!(library.delivery_targets().await.expect("read"), [(now, "p".to_owned(), "/a/x.csv".to_owned())]);
        library.delivery_target_from("p", "/a/x.csv", &[now]).await.expect("it is the same");
        assert_eq!(library.deliveries(batch, Some(now)).await.expect("read").len(), 1);
    }

    #[tokio::test]
    async fn no_entry_of_another_batch_is_stepped_on_and_none_that_is_not_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let library = opened(folder.path()).await;
        let target = library.delivery_target("p", "/a").await.expect("known");
        let [one, other] = ["one", "other"].map(|name| BatchId::derive(&[name]));
        library.plan_deliveries(one, target, &[row(b"same")]).await.expect("planned");
        let foreign = library.plan_deliveries(other, target, &[row(b"same")]).await;
        assert!(matches!(foreign, Err(LibraryError::Damaged { .. })), "{foreign:?}");
        let none = library.step_deliveries(&[Step::to(Digest::of(b"none"), DeliveryState::Sent)], Vec::new()).await;
        assert!(matches!(none, Err(LibraryError::Damaged { .. })), "{none:?}");
        let kept = library.deliveries(one, Some(target)).await.expect("read");
        assert!(kept.len() == 1 && kept[0].state == DeliveryState::Planned, "{kept:?}");
    }
}

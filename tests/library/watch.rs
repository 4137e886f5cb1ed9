//! What one process writes, another that watches hears of.

use std::time::Duration;

use earmark::library::Library;

use super::support::*;

/// Far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(20);

async fn heard(watch: &mut earmark::library::Watch) {
    tokio::time::timeout(PATIENCE, watch.rung()).await.expect("it is heard");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn whoever_watches_hears_of_every_write_once_it_can_be_read() {
    let (folder, library) = fresh().await;
    let other = open(&folder.path().join("library")).await;
    let mut watch = library.watch().await.expect("it watches");
    for number in 1..=3 {
        other.append(vec![note("from elsewhere")]).await.expect("it is saved");
        heard(&mut watch).await;
        assert!(watch.has_changed().await);
        assert_eq!(library.events(batch().id).await.expect("they are read").len(), number);
    }
    // Also what is no act.
    other.keep_batch(&batch()).await.expect("it is kept");
    heard(&mut watch).await;
    assert!(watch.has_changed().await);
    watch.close().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn whoever_watches_hears_that_a_delivery_has_ended() {
    let (folder, library) = fresh().await;
    let other = open(&folder.path().join("library")).await;
    let lock = other.try_lock_delivery().expect("it can be locked").expect("nobody delivers");
    let mut watch = library.watch().await.expect("it watches");
    assert!(library.is_delivering());
    drop(lock);
    heard(&mut watch).await;
    assert!(!library.is_delivering() && !watch.has_changed().await, "nothing was written");
    watch.close().await;
}

#[tokio::test]
async fn while_nobody_writes_nothing_is_heard_and_nothing_has_changed() {
    let (_folder, library) = fresh().await;
    fill(&library).await;
    let mut watch = library.watch().await.expect("it watches");
    reads(&library).await;
    assert!(!watch.has_changed().await);
    tokio::select! {
        biased;
        () = watch.rung() => panic!("nobody wrote"),
        () = tokio::task::yield_now() => {}
    }
}

async fn reads(library: &Library) {
    library.batch(batch().id).await.expect("it is read");
    library.summaries().await.expect("they are read");
}

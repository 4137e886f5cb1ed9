//! Where files are now: asked for several at a time, kept in memory alone, asked for again when an address is not good any more.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::remote::{Located, Remote};
use crate::library::Awaited;
use crate::net::NetError;

/// Files whose addresses are asked for at once: those that are needed next.
const AHEAD: usize = 32;
/// In the place of an asking, of files that are here.
const HERE: u64 = u64::MAX;
/// A source that said the same when it was asked again is not asked for so long.
const A_WHILE: Duration = Duration::from_secs(30);

/// Gives out addresses of awaited files.
pub(super) struct Resolver<'r> {
    remote: &'r Remote,
    /// In the order in which they are needed.
    files: &'r [Awaited],
    known: Mutex<Known>,
}

/// What the source said so far.
#[derive(Default)]
struct Known {
    /// Where each file is, and in which asking that was said.
    at: HashMap<usize, (Located, u64)>,
    askings: u64,
    /// What was forgotten, until it is asked for again.
    forgotten: HashMap<usize, Located>,
    /// Since when the source is known to say the same when it is asked again.
    same_since: Option<Instant>,
}

impl<'r> Resolver<'r> {
    pub(super) fn new(remote: &'r Remote, files: &'r [Awaited]) -> Self {
        Resolver { remote, files, known: Mutex::default() }
    }

    /// Where a file is, by its place among those that are awaited; and in which asking the source said so.
    pub(super) async fn address(&self, place: usize) -> Result<(Located, u64), NetError> {
        // Held while asking: whoever comes next most likely needs the same answer.
        let mut known = self.known.lock().await;
        if let Some(address) = known.at.get(&place) {
            return Ok(address.clone());
        }
        let batch = &self.files[place].at;
        // From the same beginning whoever asks: what was forgotten together is asked for together.
        let begin = place - place % AHEAD;
        let next = (begin..self.files.len()).filter(|at| self.files[*at].at == *batch && !known.at.contains_key(at));
        let places: Vec<usize> = next.take(AHEAD).collect();
        let files: Vec<String> = places.iter().map(|at| self.files[*at].file.clone()).collect();
        let found = self.remote.locate(batch, &files).await?;
        let again: Vec<bool> =
            places.iter().zip(&found).filter_map(|(at, now)| Some(known.forgotten.remove(at)? == *now)).collect();
        if !again.is_empty() {
            known.same_since = (!again.contains(&false)).then(Instant::now);
        }
        known.askings += 1;
        let asking = known.askings;
        known.at.extend(places.into_iter().zip(found.into_iter().map(|located| (located, asking))));
        Ok(known.at.get(&place).cloned().unwrap_or((Located::Nowhere, asking)))
    }

    /// Forgets what was said in an asking of which an address is not good any more; not where asking again has just changed nothing.
    pub(super) async fn forget(&self, asking: u64) {
        let mut known = self.known.lock().await;
        if known.same_since.is_some_and(|since| since.elapsed() < A_WHILE) {
            return;
        }
        // Another transfer may have asked anew already: what was said since then is not touched, though it be the same address.
        let stale: Vec<usize> = known.at.iter().filter(|(_, (_, said))| *said == asking).map(|(at, _)| *at).collect();
        for place in stale {
            let located = known.at.remove(&place).map(|(located, _)| located);
            known.forgotten.extend(located.map(|located| (place, located)));
        }
    }

    /// Notes that a file is here, so that nobody asks for it again.
    pub(super) async fn is_here(&self, place: usize) {
        if let Some((_, said)) = self.known.lock().await.at.get_mut(&place) {
            *said = HERE;
        }
    }
}

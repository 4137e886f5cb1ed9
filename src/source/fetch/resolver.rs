//! Where files are now: asked for several at a time, kept in memory alone, asked for again when an address is not good any more.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::remote::{Located, Remote};
use crate::library::Awaited;
use crate::net::NetError;

/// Files whose addresses are asked for at once: those that are needed next.
const AHEAD: usize = 32;
/// Where files are asked for one by one, one whose address stays the same says nothing of the others; so many do.
const SAME: usize = 3;
/// In the place of an asking, of files that are here.
const HERE: u64 = u64::MAX;
/// A source that said the same when it was asked again is not asked for so long.
const A_WHILE: Duration = Duration::from_secs(30);

/// Gives out addresses of awaited files.
pub(super) struct Resolver<'r> {
    remote: &'r Remote,
    /// In the order in which they are needed.
    files: &'r [Awaited],
    /// For how many of them it is asked at once: where each takes a request of its own, for the one that is about to come.
    ahead: usize,
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
    /// Files whose addresses were the same when they were asked for again, one after the other.
    same: usize,
    /// So many of them speak for all.
    enough: usize,
    /// Since when the source is known to say the same when it is asked again.
    same_since: Option<Instant>,
}

impl Known {
    /// Takes what the source says of these places; gives what it says of one of them.
    fn take(&mut self, places: &[usize], found: Vec<Located>, wanted: usize) -> (Located, u64) {
        let again: Vec<bool> = places.iter().zip(&found).filter_map(|(at, now)| Some(self.forgotten.remove(at)? == *now)).collect();
        if !again.is_empty() {
            self.same = if again.contains(&false) { 0 } else { self.same + again.len() };
            self.same_since = (self.same >= self.enough).then(Instant::now);
        }
        self.askings += 1;
        let asking = self.askings;
        self.at.extend(places.iter().copied().zip(found.into_iter().map(|located| (located, asking))));
        self.at.get(&wanted).cloned().unwrap_or((Located::Nowhere, asking))
    }
}

impl<'r> Resolver<'r> {
    pub(super) fn new(remote: &'r Remote, files: &'r [Awaited]) -> Self {
        let ahead = if remote.asks_for_each_file() { 1 } else { AHEAD };
        let enough = if ahead == 1 { SAME } else { 1 };
        Resolver { remote, files, ahead, known: Mutex::new(Known { enough, ..Known::default() }) }
    }

    /// Where a file is, by its place among those that are awaited; and in which asking the source said so.
    pub(super) async fn address(&self, place: usize) -> Result<(Located, u64), NetError> {
        let mut known = self.known.lock().await;
        if let Some(address) = known.at.get(&place) {
            return Ok(address.clone());
        }
        if self.ahead == 1 {
            // Nobody else needs this answer, and a slow one keeps nobody waiting.
            drop(known);
            let found = self.ask(&[place]).await?;
            return Ok(self.known.lock().await.take(&[place], found, place));
        }
        // Held while asking: whoever comes next most likely needs the same answer.
        let batch = &self.files[place].at;
        // From the same beginning whoever asks: what was forgotten together is asked for together.
        let begin = place - place % self.ahead;
        let next = (begin..self.files.len()).filter(|at| self.files[*at].at == *batch && !known.at.contains_key(at));
        let places: Vec<usize> = next.take(self.ahead).collect();
        let found = self.ask(&places).await?;
        Ok(known.take(&places, found, place))
    }

    /// Asks where files of one batch are.
    async fn ask(&self, places: &[usize]) -> Result<Vec<Located>, NetError> {
        let files: Vec<String> = places.iter().map(|at| self.files[*at].file.clone()).collect();
        self.remote.locate(&self.files[places[0]].at, &files).await
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

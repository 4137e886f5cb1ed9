//! Where files are now: asked for several at a time, kept in memory alone, asked for again when an address is not good any more.

use std::collections::HashMap;

use tokio::sync::Mutex;

use super::remote::{Located, Remote};
use crate::library::Awaited;
use crate::net::NetError;

/// Files whose addresses are asked for at once: those that are needed next.
const AHEAD: usize = 32;

/// Gives out addresses of awaited files.
pub(super) struct Resolver<'r> {
    remote: &'r Remote,
    /// In the order in which they are needed.
    files: &'r [Awaited],
    known: Mutex<HashMap<usize, Located>>,
}

impl<'r> Resolver<'r> {
    pub(super) fn new(remote: &'r Remote, files: &'r [Awaited]) -> Self {
        Resolver { remote, files, known: Mutex::default() }
    }

    /// Where a file is, by its place among those that are awaited.
    pub(super) async fn address(&self, place: usize) -> Result<Located, NetError> {
        // Held while asking: whoever comes next most likely needs the same answer.
        let mut known = self.known.lock().await;
        if let Some(address) = known.get(&place) {
            return Ok(address.clone());
        }
        let batch = &self.files[place].at;
        let next = (place..self.files.len()).filter(|at| self.files[*at].at == *batch && !known.contains_key(at));
        let places: Vec<usize> = next.take(AHEAD).collect();
        let files: Vec<String> = places.iter().map(|at| self.files[*at].file.clone()).collect();
        let found = self.remote.locate(batch, &files).await?;
        known.extend(places.into_iter().zip(found));
        Ok(known.get(&place).cloned().unwrap_or(Located::Nowhere))
    }

    /// Forgets an address that is not good any more, and those that were asked for with it.
    pub(super) async fn forget(&self, place: usize, address: &str) {
        let mut known = self.known.lock().await;
        // Another transfer may have asked anew already.
        if known.get(&place).is_some_and(|held| matches!(held, Located::At(held) if held == address)) {
            known.retain(|at, _| *at < place);
        }
    }
}

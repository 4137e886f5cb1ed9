//! Whether the library is whole.

use super::{Library, Result};

/// What a full check found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Health {
    /// Events whose chain holds.
    pub events: usize,
    /// Files in the vault that were read to their end.
    pub objects: usize,
    /// What is damaged, in words.
    pub complaints: Vec<String>,
}

impl Library {
    /// Checks the whole database and every stream of the journal; for `earmark doctor`.
    pub async fn check(&self) -> Result<Health> {
        todo!()
    }
}

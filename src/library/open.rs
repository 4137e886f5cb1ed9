//! Opening a library.

use std::path::{Path, PathBuf};

use super::{Access, Clock, Result};
use crate::config::key::LibraryKey;

pub(super) struct Inner {
    pub(super) folder: PathBuf,
    pub(super) access: Access,
}

impl Inner {
    pub(super) async fn close(&self) {}
}

pub(super) async fn open(folder: &Path, key: LibraryKey, access: Access, clock: Clock) -> Result<Inner> {
    let _ = (folder, key, access, clock);
    todo!()
}

//! Opens the library that a command works on.

use std::future::Future;

use super::Context;
use super::failure::Failure;
use crate::config::key::{KeyRing, ask_on_terminal};
use crate::library::{Access, Library, LibraryError, system_clock};

/// The library of this run, open, and what its work runs on.
pub(super) struct OpenLibrary {
    runtime: tokio::runtime::Runtime,
    /// A handle of it.
    pub(super) library: Library,
}

impl OpenLibrary {
    /// Opens it; asks for a passphrase only where one was chosen.
    pub(super) fn open(context: &Context, access: Access) -> Result<Self, Failure> {
        let folder = &context.paths.library;
        let what = || format!("Could not open the library in {}", context.paths.short(folder));
        let key = KeyRing::from_environment(&context.paths.config).key(&mut ask_on_terminal);
        let key = key.map_err(|error| Failure::new(what()).because(&error))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::new(what()).because(&error))?;
        let library = runtime.block_on(Library::open(folder, key, access, system_clock()));
        let library = library.map_err(|error: LibraryError| Failure::new(what()).because(&error))?;
        Ok(OpenLibrary { runtime, library })
    }

    /// Does work that waits for the library.
    pub(super) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Work that goes on beside; it ends with the library.
    pub(super) fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(work);
    }
}

//! The hub: this library's batches for other workstations, over HTTP, read-only.
//!
//! Who asks shows a token; recordings are handed out under addresses that hold for a while and need none. The hub keeps
//! nothing of its own but the tokens' digests, and writes nothing into the library.

mod document;
mod media;
mod openapi;
mod routes;
mod server;
mod ticket;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use crate::library::Library;

pub use openapi::openapi;
pub use server::{ServeError, Tls, serve};
pub use tokens::{Grant, TokenError, TokenFile};

/// What all requests share.
pub struct Hub {
    library: Library,
    tokens: TokenFile,
    tickets: ticket::Tickets,
    /// Tells this library's cursors from another's.
    library_id: String,
}

impl Hub {
    /// A hub over a library; the addresses of files hold for `links`.
    ///
    /// # Errors
    /// Where the library cannot be read.
    pub async fn new(library: Library, tokens: TokenFile, links: Duration) -> crate::library::Result<Arc<Self>> {
        let library_id = library.library_id().await?;
        let tickets = ticket::Tickets::new(links);
        Ok(Arc::new(Hub { library, tokens, tickets, library_id }))
    }
}

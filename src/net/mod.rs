//! The one room for HTTP: addresses that may be asked, proxies and certificates, retry, pace, and credentials that stay home.
//!
//! An answer that leads elsewhere is never followed to another scheme, host or port. Only https is spoken, and http with
//! this machine itself. Nothing here writes an address' query, a header's value or a body into a log or an error.

mod api;
mod credentials;
mod error;
mod flow;
mod form;
mod gate;
mod media;
mod origin;
mod page;
mod private;
mod retry;
mod wire;

pub use api::{Answer, ApiClient, Ask, Pace, Payload};
pub use credentials::{ClientCredentials, Credentials};
pub use error::{NetError, NetTrouble};
pub use flow::Flow;
pub use form::Form;
pub use media::{MediaAnswer, MediaClient, MediaError, MediaRules};
pub use origin::{Origin, check_address};
pub use page::{HEAD, PAGE, in_its_place};
pub use retry::{Patience, asked_in_words, asked_wait, next_page};
pub use wire::{Wire, WireError};

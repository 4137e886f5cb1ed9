//! Settings, where things live, keys and secrets, and who one is.
//!
//! Nothing here prints: what is wrong comes back as a value, and the command line tells it.

mod bounded;
pub mod crash;
mod durable;
pub mod identity;
pub mod key;
pub mod log;
mod paths;
pub mod private;
pub mod secret;
pub mod settings;

pub use bounded::{open_ordinary, read_bounded};
pub use durable::keep_names;
pub use identity::Identity;
pub use paths::{Paths, PathsError};
pub use settings::Settings;

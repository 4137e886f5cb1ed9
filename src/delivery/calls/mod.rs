//! Deliveries as requests: what stands there is read, a request is sent, its answer is judged, and it is read back.

mod caller;
mod judge;
mod look;
mod pages;
mod send;
mod xml;

pub use caller::Caller;
pub(super) use judge::denies;
pub use look::{LookAsk, Present, Presents, look_at};
pub(super) use look::{ask_look, same};
pub(super) use send::{Before, LOST, receipt, send_calls};

//! The append-only record of everything that people did.
//!
//! State is a fold over events: that gives autosave, undo, history, audit, crash safety and exchange. An author writes
//! only their own streams, so that machines merge by union. Events are for ever: a kind is added, never bent.

mod act;
mod chain;
mod covering;
mod event;
mod examine;
mod undo;
mod unworded;
mod words;

#[cfg(test)]
mod tests;

pub use act::{Act, ENDED_EARLY, Locks, Undoing};
pub use chain::{ChainError, Link, Run, Stored, verify, verify_known};
pub use covering::{COVERS, Covering, cover, coverings, hidden_since, texts};
pub use event::{Draft, Event, Header, Order, SCHEMA, behind, is_after};
pub use examine::{Break, Examined, examine};
pub use undo::{OrderKey, merge, ordered, standing, undoable};
pub use unworded::{Unworded, unworded};
pub use words::{Decision, MustHaveAnswer, Outcome, Recommendation, Scope, Statement, Subject, Tagging, Through, Unquoted};

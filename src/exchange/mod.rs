//! Journals of several reviewers through a folder that they share: a network drive, a synchronised folder, a stick.
//!
//! Nobody writes to another one's file, so there is nothing to lock. In the folder lie `people/` (public keys), `streams/` (each
//! writer's journal, in signed and encrypted pieces) and `letters/` (what opens the pieces, for one reader each). A piece is opened
//! for a reader when the protocol lets that reader see what is in it, so that before the reveal nobody can read another's ratings,
//! also not from the files. `docs/exchange.md` says what this protects against, and what it does not.

mod apart;
mod creator;
mod erasure;
mod folder;
pub mod handoff;
mod incoming;
mod letter;
mod own;
mod people;
mod piece;
mod publish;
mod report;
mod run;
mod shelf;
mod sight;
mod witness;

#[cfg(test)]
mod tests;

pub use report::{Came, ErasureReceipt, Person, Report, Standing, Trouble, TroubleKind, Unreached};
pub use run::{ExchangeError, Wish, exchange};

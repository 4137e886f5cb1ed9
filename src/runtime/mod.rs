//! The loop: events into the application, its effects to the edges, frames to the terminal.

pub mod attach;
pub mod contents;
pub mod delivering;
pub mod demo;
mod edges;
pub mod exporting;
pub mod giving;
pub mod indexing;
pub mod keeping;
mod lapsing;
mod listening;
mod news;
pub mod original;
pub mod plain;
pub mod reporting;
mod saving;
pub mod scoring;
pub mod tempo;
#[cfg(test)]
mod testing;
pub mod transcribing;
mod typed;
pub mod ui;

//! earmark: review recorded job interviews in the terminal.
//!
//! The rooms lie on five floors; a room enters only rooms of floors below it, or rooms listed before it on its own.
//! `tests/architecture.rs` keeps that.

// Floor 1: nouns.
pub mod form;
pub mod interview;
pub mod text;

// Floor 2: rules. Values in, values out: no files, no clock, no threads, no network, no terminal.
pub mod export;
pub mod journal;
pub mod panel;
pub mod protocol;
pub mod rubric;
pub mod scorecard;
pub mod scorer;
pub mod sound;
pub mod transcript;

// Floor 3: the application. Also values in, values out.
pub mod app;

// Floor 4: edges.
pub mod assist;
pub mod config;
pub mod delivery;
pub mod exchange;
pub mod fence;
pub mod hub;
pub mod library;
pub mod net;
pub mod player;
pub mod source;
pub mod tui;

// Floor 5: wiring.
pub mod cli;
pub mod runtime;

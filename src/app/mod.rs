//! The application as a value: an event goes in, effects come out.
//!
//! Nothing here reads a file, knows the time, or draws. One file per screen, with the screen's name on every floor.

pub mod action;

//! What the library keeps, and what it withstands.

#![allow(clippy::print_stderr, reason = "a test says what it skips and what it measured")]

mod backup;
mod coming;
mod damage;
mod journal;
mod keep;
mod kill;
mod secrecy;
mod settling;
mod support;
mod versions;
mod watch;

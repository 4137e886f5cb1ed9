//! Whether a process treats groups differently: selection rates, scoring rates, and what chance alone would do.
//!
//! It is about a process and groups, never about a candidate or a reviewer.

mod fisher;
mod groups;
mod scoring;
mod two;

pub use fisher::{Fisher, Table};
pub use groups::{Attribute, GroupRate, Member, Selection, intersections, selection};
pub use scoring::{Scoring, ScoringRate, scoring};
pub use two::{Counts, Flip, Impact, four_fifths, shortfall};

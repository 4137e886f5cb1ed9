//! Comparative tables, and tables as bytes.
//!
//! One set of column names everywhere: the long table that is written is the ratings table that is read back. People are
//! named by the source's id, reviewers by their pseudonyms, and texts are without the candidate's particulars.

pub mod analytics;
mod application;
mod assistance;
mod column;
mod csv;
mod declared;
pub mod dialect;
mod evidence;
mod feedback;
mod guard;
mod hashes;
mod lists;
mod long;
mod manifest;
pub mod mapping;
pub mod profile;
mod read;
mod reinvite;
pub mod report;
pub mod scorecard;
mod table;
mod which;
mod whole;
mod wide;
pub mod write;

#[cfg(test)]
mod tests;

pub use application::twins;
pub use column::{About, Kind};
pub use csv::{Guarded, Plain, Written, plain_dialect, write_csv};
pub use declared::RatingsTable;
pub use guard::{Guard, guarded, has_controls, is_risky, unguarded};
pub use lists::{Decisions, Groups, read_decisions, read_groups, read_pairs};
pub use long::{each_long, long, long_columns, ratings_table};
pub use manifest::{Made, Manifest, refused};
pub use read::read_ratings;
pub use table::{Cell, Choice, Exported, NotCome, Sources, Table};
pub use which::Which;
pub use wide::{wide, wide_columns};

//! Comparative tables, and tables as bytes.
//!
//! One set of column names everywhere: the long table that is written is the ratings table that is read back. People are
//! named by the source's id, reviewers by their pseudonyms, and texts are without the candidate's particulars.

mod column;
mod csv;
mod declared;
pub mod dialect;
mod guard;
mod lists;
mod long;
pub mod mapping;
pub mod profile;
mod read;
mod table;
mod wide;
pub mod write;

#[cfg(test)]
mod tests;

pub use column::About;
pub use csv::{Guarded, Written, plain_dialect, write_csv};
pub use declared::RatingsTable;
pub use guard::{Guard, guarded, has_controls, is_risky, unguarded};
pub use lists::{Decisions, Groups, read_decisions, read_groups, read_pairs};
pub use long::{long, long_columns, ratings_table};
pub use read::read_ratings;
pub use table::{Cell, Exported, Sources, Table};
pub use wide::{wide, wide_columns};

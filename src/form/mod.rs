//! Reads the TOML files that people write: rubrics, profiles. Every mistake at once, each with its place and its remedy.

mod complaints;
mod table;

pub use complaints::{Complaints, line_and_column};
pub use table::{Form, Value};

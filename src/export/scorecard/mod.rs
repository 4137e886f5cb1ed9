//! One candidate on one page, as PDF: tagged for reading aloud (PDF/UA-1), fonts embedded, the same bytes for the same values.

mod letters;
mod lines;
mod listed;
mod page;
mod sheet;

#[cfg(test)]
mod tests;

pub use listed::listed;
#[cfg(test)]
pub(in crate::export) use page::read;
pub use page::scorecard;
pub use sheet::NotMade;

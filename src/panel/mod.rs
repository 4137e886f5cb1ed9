//! Many scorecards together: weighted totals, ranks and how sure they are, who differs where.
//!
//! A [`Ratings`] table comes from sealed scorecards or from a file; all figures come from it and a [`Scheme`].

mod analysis;
mod grid;
mod ranks;
mod ratings;
mod scheme;
mod statistic;
mod totals;

#[cfg(test)]
mod tests;

pub use analysis::{Disagreement, ItemSummary, Panel, RankRange, Ranked, ReviewerTotal, Totals, totals};
pub use ranks::competition_ranks;
pub(crate) use ratings::in_the_running;
pub use ratings::{Key, LeftOut, Ratings, Taken, Value, sealed_ratings};
pub use scheme::{Item, Scheme};
pub use statistic::{Known, Reason, Statistic};
pub use totals::{Spread, Status, Total};

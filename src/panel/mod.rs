//! Many scorecards together: weighted totals, ranks and how sure they are, who differs where.
//!
//! A [`Ratings`] table comes from sealed scorecards or from a file; all figures come from it and a [`Scheme`]. The statistics
//! themselves take plain tables ([`Scores`], [`components::Cube`]) and give each figure as a [`Statistic`]: known, with its
//! interval, n and method, or undefined, with a reason.
//!
//! From a table to figures: `ratings` and `scheme` are laid out by `grid`; `totals` and `analysis` make totals and the ranking, `placing`
//! and `standing` say how sure its places are; `measures` gathers everything else by name, as `--json` has it, from the rooms of each
//! statistic: `agreement`, `icc`, `components`, `adjust`, `pairwise`, `rasch`, `items`, `effects`, `drift`. `words`, `item_words` and `prompts` say it.

pub mod adjust;
mod against;
pub mod agreement;
mod analysis;
pub mod components;
pub mod connectivity;
mod distributions;
pub mod drift;
pub mod effects;
mod gaps;
mod grid;
pub mod icc;
pub mod impact;
pub mod intervals;
mod item_summary;
mod item_words;
pub mod items;
mod measures;
mod minimise;
pub mod pairwise;
mod placing;
mod preferences;
mod prompts;
mod questions;
mod range;
pub mod ranks;
pub mod rasch;
mod ratings;
mod scheme;
mod scores;
mod standing;
mod statistic;
mod totals;
pub mod words;

#[cfg(test)]
mod tests;

pub use against::{Against, against, decided_against};
pub use analysis::{Apart, Disagreement, Panel, Ranked, ReviewerTotal, Totals, totals};
pub use item_summary::{Advice, Consistency, ItemSummary};
pub use item_words::how_criteria_work;
pub use measures::{
    Adjusted, AdjustedScore, Agreeing, Asked, CandidateFit, Decided, Dependability, Facets, Hinge, ItemFit, Kappas, Measures,
    OrderOfRating, PairAgreement, PairFigures, Planned, Preference, Review, ReviewerDrift, ReviewerFit, ReviewerHabits, Severity,
    Size,
};
pub use placing::InGroup;
pub use preferences::sealed_preferences;
pub use prompts::{Prompt, prompts};
pub use questions::{QuestionPerformance, questions};
pub use range::{RankRange, Side};
pub use ranks::competition_ranks;
pub use ratings::{Key, LeftOut, NotBegun, Ratings, Taken, Value, left_out, order_of_rating, sealed_ratings};
pub(crate) use ratings::{add_sealed, in_the_running};
pub use scheme::{Item, Scheme};
pub use scores::Scores;
pub use statistic::{Known, Reason, Statistic};
pub use totals::{Spread, Status, Total};

//! Side-by-side comparisons: how strong each candidate is, when some are preferred to others and some are tied.
//!
//! Bradley & Terry (1952); ties after Davidson (1970); whether an estimate exists, Ford (1957).

mod existence;
mod newton;
mod pair;
mod strengths;

pub use existence::wins_connect;
pub use strengths::{Comparison, Outcome, Separation, Strengths};

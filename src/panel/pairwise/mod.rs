//! Side-by-side comparisons: how strong each candidate is, when some are preferred to others and some are tied.
//!
//! Bradley & Terry (1952); ties after Davidson (1970); whether an estimate exists, Ford (1957).

mod newton;
mod strengths;

pub use strengths::{Comparison, Outcome, Separation, Strengths, wins_connect};

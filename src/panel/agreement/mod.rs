//! Whether reviewers agree: shares, chance-corrected figures, and the agreement of whole rankings.
//!
//! High agreement can be a shared mistake: none of these say that a score is right.

mod alpha;
mod kappa;
mod rankings;
mod resampled;

pub use alpha::{Metric, Units, alpha};
pub use kappa::{Crosstab, Weighting};
pub use rankings::{kendall_w, spearman, tau_b};
pub use resampled::{Agreement, Alphas, TwoReviewers};

//! Many-facet Rasch: who is severe, which question is hard, whose ratings do not fit (Linacre 1989; Andrich 1978).
//!
//! `ln P_k / P_(k-1) = theta_i - a_j - d_q - tau_k`, by joint maximum likelihood. Joint estimates are stretched in short designs:
//! they are for fit and severity, and logits are never a score.

mod fit;
mod solve;

pub use fit::{Facet, Fit, Rasch};

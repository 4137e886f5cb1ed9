//! How dependable the raw mean is when not everyone saw everyone: G(q,k) of Putka, Le, McCloy & Diaz (2008).

use crate::panel::scores::Scores;
use crate::panel::statistic::{Reason, Statistic};

/// How reviewers are spread over candidates.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct RawMean {
    /// The harmonic mean of reviewers per candidate.
    pub k: f64,
    /// 0 where everyone saw everyone, 1/k where each candidate had others.
    pub q: f64,
    /// Candidates that have any value.
    pub candidates: usize,
}

/// How many reviewers two candidates share.
pub fn shared_reviewers(scores: &Scores, a: usize, b: usize) -> usize {
    scores.row(a).iter().zip(scores.row(b)).filter(|(a, b)| a.is_some() && b.is_some()).count()
}

impl RawMean {
    /// Of a table of candidates × reviewers.
    ///
    /// # Errors
    ///
    /// `TooFew` with fewer than two candidates.
    pub fn of(scores: &Scores) -> Result<Self, Reason> {
        let counts: Vec<usize> = (0..scores.rows()).map(|row| scores.row(row).iter().flatten().count()).collect();
        let rated: Vec<usize> = (0..scores.rows()).filter(|&row| counts[row] > 0).collect();
        let n = rated.len() as f64;
        if rated.len() < 2 {
            return Err(Reason::TooFew);
        }
        let k = n / rated.iter().map(|&row| 1.0 / counts[row] as f64).sum::<f64>();
        // The sum over pairs of shared / (k k') is, reviewer by reviewer, the square of the sum less the sum of the squares.
        let of_reviewer = |column: usize| {
            let given = || rated.iter().filter(|&&row| scores.get(row, column).is_some()).map(|&row| 1.0 / counts[row] as f64);
            given().sum::<f64>().powi(2) - given().map(|share| share * share).sum::<f64>()
        };
        let shared: f64 = (0..scores.columns()).map(of_reviewer).sum();
        let q = 1.0 / k - shared / (n * (n - 1.0));
        // Fully crossed it is 0; rounding leaves a trace.
        Ok(RawMean { k, q: if q.abs() < 1e-14 { 0.0 } else { q }, candidates: rated.len() })
    }

    /// G(q,k) with these components of variance; `NoVariation` where nothing varies.
    pub fn dependability(&self, candidate: f64, reviewer: f64, residual: f64) -> Statistic {
        let whole = candidate + self.q * reviewer + residual / self.k;
        if whole <= 0.0 {
            return Statistic::Undefined(Reason::NoVariation);
        }
        Statistic::known(candidate / whole, self.candidates, "G(q,k) of the raw mean; n candidates")
    }
}

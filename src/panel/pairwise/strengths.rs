//! Strengths from comparisons, and what they say of a pair.

use std::sync::OnceLock;

use nalgebra::DMatrix;

use super::existence::{compared_with_all, ties_help, wins_lead_everywhere};
use super::newton::{covariance, solve};
use super::pair::counted;
use crate::panel::distributions::Z95;
use crate::panel::statistic::{Reason, Statistic};

/// Who was preferred.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    /// The first.
    First,
    /// The second.
    Second,
    /// Neither.
    Tie,
}

/// One comparison of two candidates, by their numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// The first.
    pub a: usize,
    /// The second.
    pub b: usize,
    /// Who was preferred.
    pub outcome: Outcome,
}

/// What to do where someone never loses, or is never compared with some: the best strengths would be infinite.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Separation {
    /// No strengths: `Separated`.
    Refuse,
    /// Strengths are drawn to the middle, by this times their squares.
    Ridge(f64),
}

/// Strengths.
#[derive(Clone, Debug)]
pub struct Strengths {
    /// The logarithm of each candidate's worth; together 0.
    pub log_worth: Vec<f64>,
    /// The logarithm of the tie parameter (Davidson's nu); none where nothing was tied.
    pub log_nu: Option<f64>,
    /// The ridge, where one was needed.
    pub ridge: Option<f64>,
    /// Comparisons.
    pub n: usize,
    information: DMatrix<f64>,
    /// Made when a standard error is asked for; none where there is none.
    covariance: OnceLock<Option<DMatrix<f64>>>,
}

impl Strengths {
    /// Fits `candidates` strengths. Comparisons of a candidate with itself are left out.
    ///
    /// # Errors
    ///
    /// `NoPairs` without comparisons, `Disconnected` when some candidates are compared with no one, directly or over others,
    /// `NoVariation` where all are ties, `Separated` where the estimate does not exist and ridge is refused; `NotConverged`. It exists where wins
    /// lead from everyone to everyone (Ford 1957), ties counting both ways as long as some way round has more wins than ties.
    pub fn fit(candidates: usize, comparisons: &[Comparison], separation: Separation) -> Result<Self, Reason> {
        let pairs = counted(candidates, comparisons);
        let n: usize = pairs.iter().map(|pair| pair.met() as usize).sum();
        if pairs.is_empty() {
            return Err(Reason::NoPairs);
        }
        let wins_connect = wins_lead_everywhere(candidates, &pairs);
        if !wins_connect && !compared_with_all(candidates, &pairs) {
            return Err(Reason::Disconnected);
        }
        let ties: usize = pairs.iter().map(|pair| pair.ties as usize).sum();
        if ties >= n {
            return Err(Reason::NoVariation);
        }
        let ridge = match separation {
            _ if wins_connect || ties_help(candidates, &pairs) => None,
            Separation::Refuse => return Err(Reason::Separated),
            Separation::Ridge(size) => Some(size),
        };
        let solved = solve(candidates, &pairs, ties > 0, ridge.unwrap_or(0.0)).ok_or(Reason::NotConverged)?;
        let log_nu = (ties > 0).then(|| solved.at[candidates]);
        let log_worth = solved.at[..candidates].to_vec();
        let (information, covariance) = (solved.information, OnceLock::new());
        Ok(Strengths { log_worth, log_nu, ridge, n, information, covariance })
    }

    /// Each candidate's worth; together 1.
    pub fn worth(&self) -> Vec<f64> {
        let top = self.log_worth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<f64> = self.log_worth.iter().map(|log| (log - top).exp()).collect();
        let sum: f64 = raw.iter().sum();
        raw.into_iter().map(|worth| worth / sum).collect()
    }

    fn covariance(&self) -> Option<&DMatrix<f64>> {
        self.covariance.get_or_init(|| covariance(&self.information, self.log_worth.len())).as_ref()
    }

    /// The standard error of the difference of two log worths.
    pub fn standard_error(&self, a: usize, b: usize) -> f64 {
        let variance = |c: &DMatrix<f64>| c[(a, a)] + c[(b, b)] - 2.0 * c[(a, b)];
        self.covariance().map_or(f64::INFINITY, |all| variance(all).max(0.0).sqrt())
    }

    /// The standard error of the logarithm of the tie parameter.
    pub fn standard_error_of_nu(&self) -> Option<f64> {
        self.log_nu?;
        let at = self.log_worth.len();
        Some(self.covariance().map_or(f64::INFINITY, |all| all[(at, at)].max(0.0).sqrt()))
    }

    /// The probability that the first is preferred to the second, with its 95% interval. What is left of the two directions
    /// together is the probability of a tie.
    pub fn preferred(&self, a: usize, b: usize) -> Statistic {
        let apart = self.log_worth[a] - self.log_worth[b];
        let half = Z95 * self.standard_error(a, b);
        let p = |apart: f64| 1.0 / (1.0 + (-apart).exp() + self.log_nu.map_or(0.0, |nu| (nu - apart / 2.0).exp()));
        let ties = if self.log_nu.is_some() { " with Davidson's ties" } else { "" };
        let marked = self.ridge.map(|size| format!(", separated: ridge {size}")).unwrap_or_default();
        let method = format!("Bradley-Terry{ties}{marked}; n comparisons in all");
        Statistic::known(p(apart), self.n, &method).within(p(apart - half), p(apart + half))
    }

    /// The probability of a tie between two.
    pub fn tied(&self, a: usize, b: usize) -> f64 {
        let apart = self.log_worth[a] - self.log_worth[b];
        let Some(nu) = self.log_nu else { return 0.0 };
        1.0 / (1.0 + (apart / 2.0 - nu).exp() + (-apart / 2.0 - nu).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(candidates: usize, all: &[(usize, usize, char)]) -> Result<Strengths, Reason> {
        let outcome = |sign| if sign == '>' { Outcome::First } else { Outcome::Tie };
        let all: Vec<Comparison> = all.iter().map(|&(a, b, sign)| Comparison { a, b, outcome: outcome(sign) }).collect();
        Strengths::fit(candidates, &all, Separation::Refuse)
    }

    #[test]
    fn along_a_chain_each_step_is_the_odds_of_its_own_comparisons() {
        // Conjugate gradients go from one to the next: eighty are too many for them.
        let two_to_one = |at: usize| [(at, at + 1, '>'), (at, at + 1, '>'), (at + 1, at, '>')];
        let all: Vec<_> = (0..79).flat_map(two_to_one).collect();
        let chain = fit(80, &all).expect("it exists");
        let steps = chain.log_worth.windows(2).map(|pair| pair[0] - pair[1]);
        assert!(steps.into_iter().all(|step| (step - 2.0f64.ln()).abs() < 1e-9), "{:?}", chain.log_worth);
        assert!(chain.log_worth.iter().sum::<f64>().abs() < 1e-9);
        // The variance of one step is that of its own log odds: 1/2 + 1/1.
        assert!((chain.standard_error(3, 4) - 1.5f64.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn where_all_meet_all_each_wins_as_often_as_was_seen() {
        let sign = |a: usize, b: usize| if (a * 7 + b * 13).is_multiple_of(5) { '=' } else { '>' };
        let met = |a: usize| {
            (0..60)
                .filter(move |b| *b != a)
                .map(move |b| if (a + b).is_multiple_of(3) { (b, a, sign(a, b)) } else { (a, b, sign(a, b)) })
        };
        let all: Vec<_> = (0..60).flat_map(met).collect();
        let found = fit(60, &all).expect("it exists");
        assert!(found.log_worth.iter().sum::<f64>().abs() < 1e-9);
        for at in 0..60 {
            let seen: f64 = all
                .iter()
                .map(|&(a, b, sign)| match sign {
                    '=' if a == at || b == at => 0.5,
                    '>' if a == at => 1.0,
                    _ => 0.0,
                })
                .sum();
            let of = |&(a, b, _): &(usize, usize, char)| {
                let other = if a == at { b } else { a };
                (a == at || b == at).then(|| found.preferred(at, other).value().expect("known") + found.tied(at, other) / 2.0)
            };
            let expected: f64 = all.iter().filter_map(of).sum();
            assert!((seen - expected).abs() < 1e-8, "{at}: {seen} and {expected}");
        }
    }

    #[test]
    fn who_only_ties_with_the_rest_is_not_separated_from_it() {
        let tied = fit(3, &[(0, 1, '>'), (1, 0, '>'), (0, 1, '>'), (1, 2, '='), (0, 2, '=')]).expect("it exists");
        assert!(tied.log_worth.iter().all(|worth| worth.abs() < 5.0), "{tied:?}");
        assert!(tied.log_worth[0] > tied.log_worth[2] && tied.log_worth[2] > tied.log_worth[1], "{tied:?}");
    }

    #[test]
    fn ties_do_not_help_where_their_parameter_could_grow_with_the_distance() {
        assert!(matches!(fit(3, &[(0, 1, '>'), (1, 2, '='), (2, 0, '=')]), Err(Reason::Separated)));
        assert!(matches!(fit(2, &[(0, 1, '>'), (0, 1, '=')]), Err(Reason::Separated)));
    }
}

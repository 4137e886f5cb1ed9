//! Strengths from comparisons, and what they say of a pair.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

use super::newton::{Pair, solve};
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
    covariance: DMatrix<f64>,
}

impl Strengths {
    /// Fits `candidates` strengths. Comparisons of a candidate with itself are left out.
    ///
    /// # Errors
    ///
    /// `NoPairs` without comparisons, `Disconnected` when some candidates are compared with no one, directly or over others,
    /// `Separated` where the estimate does not exist and ridge is refused, or all are ties; `NotConverged`. It exists where wins
    /// lead from everyone to everyone (Ford 1957), ties counting both ways as long as some way round has more wins than ties.
    pub fn fit(candidates: usize, comparisons: &[Comparison], separation: Separation) -> Result<Self, Reason> {
        let pairs = counted(comparisons);
        let n: f64 = pairs.iter().map(|pair| pair.first + pair.second + pair.ties).sum();
        if pairs.is_empty() {
            return Err(Reason::NoPairs);
        }
        let ways: Vec<(usize, usize)> = pairs.iter().flat_map(|pair| [(pair.a, pair.b), (pair.b, pair.a)]).collect();
        if !reaches_all(candidates, &ways) {
            return Err(Reason::Disconnected);
        }
        let ties: f64 = pairs.iter().map(|pair| pair.ties).sum();
        if ties >= n {
            return Err(Reason::Separated);
        }
        let ridge = match separation {
            _ if wins_connect(candidates, comparisons) || ties_help(candidates, &pairs) => None,
            Separation::Refuse => return Err(Reason::Separated),
            Separation::Ridge(size) => Some(size),
        };
        let solved = solve(candidates, &pairs, ties > 0.0, ridge.unwrap_or(0.0)).ok_or(Reason::NotConverged)?;
        let log_nu = (ties > 0.0).then(|| solved.at[candidates]);
        let log_worth = solved.at[..candidates].to_vec();
        Ok(Strengths { log_worth, log_nu, ridge, n: n as usize, covariance: solved.covariance })
    }

    /// Each candidate's worth; together 1.
    pub fn worth(&self) -> Vec<f64> {
        let top = self.log_worth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<f64> = self.log_worth.iter().map(|log| (log - top).exp()).collect();
        let sum: f64 = raw.iter().sum();
        raw.into_iter().map(|worth| worth / sum).collect()
    }

    /// The standard error of the difference of two log worths.
    pub fn standard_error(&self, a: usize, b: usize) -> f64 {
        let c = &self.covariance;
        (c[(a, a)] + c[(b, b)] - 2.0 * c[(a, b)]).max(0.0).sqrt()
    }

    /// The standard error of the logarithm of the tie parameter.
    pub fn standard_error_of_nu(&self) -> Option<f64> {
        self.log_nu?;
        let at = self.log_worth.len();
        Some(self.covariance[(at, at)].max(0.0).sqrt())
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

/// Whether everyone can be reached from everyone along wins: only then do strengths exist without a ridge.
pub fn wins_connect(candidates: usize, comparisons: &[Comparison]) -> bool {
    let mut wins = std::collections::BTreeSet::new();
    for one in comparisons.iter().filter(|one| one.a != one.b) {
        match one.outcome {
            Outcome::First => wins.insert((one.a, one.b)),
            Outcome::Second => wins.insert((one.b, one.a)),
            Outcome::Tie => false,
        };
    }
    let forward: Vec<(usize, usize)> = wins.iter().copied().collect();
    let backward: Vec<(usize, usize)> = wins.iter().map(|&(a, b)| (b, a)).collect();
    reaches_all(candidates, &forward) && reaches_all(candidates, &backward)
}

/// Whether strengths exist although wins alone do not connect everyone: a tie ties both ways, as long as the tie parameter
/// itself cannot grow without bound. It could where no way round has more wins than ties; then worths could grow apart with it.
fn ties_help(candidates: usize, pairs: &[Pair]) -> bool {
    let mut ways: Vec<(usize, usize, i64)> = Vec::new();
    for pair in pairs {
        let ends = [(pair.a, pair.b, pair.first), (pair.b, pair.a, pair.second)];
        ways.extend(ends.iter().filter(|(.., wins)| *wins > 0.0).map(|&(from, to, _)| (from, to, -1)));
        ways.extend(ends.iter().filter(|_| pair.ties > 0.0).map(|&(from, to, _)| (from, to, 1)));
    }
    let forward: Vec<(usize, usize)> = ways.iter().map(|&(from, to, _)| (from, to)).collect();
    let backward: Vec<(usize, usize)> = ways.iter().map(|&(from, to, _)| (to, from)).collect();
    let strong = reaches_all(candidates, &forward) && reaches_all(candidates, &backward);
    strong && pairs.iter().any(|pair| pair.ties > 0.0) && has_falling_round(candidates, &ways)
}

/// Whether some way round has a negative length (Bellman and Ford).
fn has_falling_round(candidates: usize, ways: &[(usize, usize, i64)]) -> bool {
    let mut far = vec![0i64; candidates];
    for _ in 0..candidates {
        let mut changed = false;
        for &(from, to, length) in ways {
            if far[from] + length < far[to] {
                (far[to], changed) = (far[from] + length, true);
            }
        }
        if !changed {
            return false;
        }
    }
    true
}

/// Whether the first reaches all others.
fn reaches_all(candidates: usize, ways: &[(usize, usize)]) -> bool {
    let mut next = vec![Vec::new(); candidates];
    ways.iter().for_each(|&(from, to)| next[from].push(to));
    let (mut seen, mut open) = (vec![false; candidates], vec![0]);
    if candidates == 0 {
        return false;
    }
    seen[0] = true;
    while let Some(at) = open.pop() {
        for &to in &next[at] {
            if !std::mem::replace(&mut seen[to], true) {
                open.push(to);
            }
        }
    }
    seen.into_iter().all(|seen| seen)
}

/// Comparisons of the same two taken together, the lower number first.
fn counted(comparisons: &[Comparison]) -> Vec<Pair> {
    let mut pairs: BTreeMap<(usize, usize), [f64; 3]> = BTreeMap::new();
    for one in comparisons.iter().filter(|one| one.a != one.b) {
        let cell = pairs.entry((one.a.min(one.b), one.a.max(one.b))).or_default();
        let first = match one.outcome {
            Outcome::Tie => 2,
            Outcome::First => usize::from(one.a > one.b),
            Outcome::Second => usize::from(one.a < one.b),
        };
        cell[first] += 1.0;
    }
    pairs.into_iter().map(|((a, b), [first, second, ties])| Pair { a, b, first, second, ties }).collect()
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

//! Whether whole rankings agree: Kendall's W, tau-b, Spearman's rho.

use crate::panel::distributions::chi_squared_above;
use crate::panel::ranks::average_ranks;
use crate::panel::scores::{Scores, correlation};
use crate::panel::statistic::{Reason, Statistic};

/// Kendall's coefficient of concordance with ties (Kendall & Babington Smith 1939). Rows are candidates, columns reviewers;
/// candidates whom not everyone rated are left out. `n` is the number of candidates that count; the method names the p-value.
///
/// Undefined: `NoPairs` with fewer than two reviewers or no candidate in common, `TooFew` with one, `NoVariation` where every
/// reviewer gave everyone the same.
pub fn kendall_w(scores: &Scores) -> Statistic {
    let reviewers: Vec<usize> = (0..scores.columns()).filter(|&column| scores.column_mean(column).is_some()).collect();
    let whole = |row: &usize| reviewers.iter().all(|&column| scores.get(*row, column).is_some());
    let candidates: Vec<usize> = (0..scores.rows()).filter(whole).collect();
    let (m, n) = (reviewers.len() as f64, candidates.len() as f64);
    match (reviewers.len(), candidates.len()) {
        (0 | 1, _) | (_, 0) => return Statistic::Undefined(Reason::NoPairs),
        (_, 1) => return Statistic::Undefined(Reason::TooFew),
        _ => {}
    }
    let (mut sums, mut ties) = (vec![0.0; candidates.len()], 0.0);
    for &reviewer in &reviewers {
        let values: Vec<f64> = candidates.iter().filter_map(|&row| scores.get(row, reviewer)).collect();
        average_ranks(&values).iter().zip(&mut sums).for_each(|(rank, sum)| *sum += rank);
        ties += tied(&values).iter().map(|t| t * t * t - t).sum::<f64>();
    }
    let middle = m * (n + 1.0) / 2.0;
    let squares: f64 = sums.iter().map(|sum| (sum - middle).powi(2)).sum();
    let most = m * m * (n * n * n - n) - m * ties;
    if most <= 0.0 {
        return Statistic::Undefined(Reason::NoVariation);
    }
    let w = 12.0 * squares / most;
    let p = chi_squared_above(m * (n - 1.0) * w, n - 1.0);
    let left_out = scores.rows() - candidates.len();
    let of = if left_out > 0 { format!(", {left_out} not rated by all left out") } else { String::new() };
    Statistic::known(w, candidates.len(), &format!("Kendall's W with ties, chi-squared p = {p:.4}; n candidates{of}"))
}

/// Kendall's tau-b of two rankings; `TooFew` of fewer than two, `NoVariation` where one side is all ties.
pub fn tau_b(a: &[f64], b: &[f64]) -> Statistic {
    let n = a.len().min(b.len());
    if n < 2 {
        return Statistic::Undefined(Reason::TooFew);
    }
    let sign = |x: f64, y: f64| {
        if same(x, y) {
            0
        } else if x > y {
            1
        } else {
            -1
        }
    };
    let (mut sum, mut in_a, mut in_b) = (0i64, 0i64, 0i64);
    for i in 0..n {
        for j in 0..i {
            let (first, second) = (sign(a[i], a[j]), sign(b[i], b[j]));
            (sum, in_a, in_b) = (sum + first * second, in_a + first.abs(), in_b + second.abs());
        }
    }
    if in_a == 0 || in_b == 0 {
        return Statistic::Undefined(Reason::NoVariation);
    }
    Statistic::known(sum as f64 / (in_a as f64 * in_b as f64).sqrt(), n, "Kendall's tau-b")
}

/// Spearman's rho on average ranks; `TooFew` of fewer than two, `NoVariation` where one side is all ties.
pub fn spearman(a: &[f64], b: &[f64]) -> Statistic {
    let n = a.len().min(b.len());
    if n < 2 {
        return Statistic::Undefined(Reason::TooFew);
    }
    match correlation(&average_ranks(&a[..n]), &average_ranks(&b[..n])) {
        Some(rho) => Statistic::known(rho, n, "Spearman's rho on average ranks"),
        None => Statistic::Undefined(Reason::NoVariation),
    }
}

/// How many values share each rank.
fn tied(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.chunk_by(|a, b| same(*a, *b)).map(|tied| tied.len() as f64).collect()
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9
}

//! One group's selections against another's.
//!
//! Uniform Guidelines on Employee Selection Procedures (1978) and their Questions & Answers (1979).

use serde::Serialize;

use super::fisher::Table;
use crate::panel::distributions::{Z95, normal_below};
use crate::panel::intervals::{newcombe, share};
use crate::panel::statistic::{Reason, Statistic};

/// How many of a group were selected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Counts {
    /// Selected.
    pub selected: u64,
    /// All.
    pub n: u64,
}

impl Counts {
    /// The share that was selected, 0 to 1; none of none.
    pub fn rate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.selected as f64 / self.n as f64)
    }

    /// Which rate is higher, exactly.
    pub fn compare(&self, other: &Counts) -> std::cmp::Ordering {
        (u128::from(self.selected) * u128::from(other.n)).cmp(&(u128::from(other.selected) * u128::from(self.n)))
    }
}

/// Whether the first group's rate is below four fifths of the second's, in integers.
pub fn four_fifths(focal: Counts, reference: Counts) -> bool {
    5 * u128::from(focal.selected) * u128::from(reference.n) < 4 * u128::from(reference.selected) * u128::from(focal.n)
}

/// How many more of the group would have been selected at the rate of both together; rounded up, never below 0.
pub fn shortfall(focal: Counts, reference: Counts) -> u64 {
    let all = u128::from(focal.n) + u128::from(reference.n);
    let selected = u128::from(focal.selected) + u128::from(reference.selected);
    if all == 0 {
        return 0;
    }
    (selected * u128::from(focal.n)).div_ceil(all).saturating_sub(u128::from(focal.selected)) as u64
}

/// What one selection more in the first group and one less in the second would do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Flip {
    /// The flag would be gone.
    pub removes_flag: bool,
    /// The first group would have the higher rate.
    pub reverses: bool,
}

impl Flip {
    fn of(focal: Counts, reference: Counts) -> Self {
        if focal.selected >= focal.n || reference.selected == 0 {
            return Flip { removes_flag: false, reverses: false };
        }
        let moved = Counts { selected: focal.selected + 1, ..focal };
        let lost = Counts { selected: reference.selected - 1, ..reference };
        Flip { removes_flag: four_fifths(focal, reference) && !four_fifths(moved, lost), reverses: moved.compare(&lost).is_gt() }
    }
}

/// A group against the one with the highest rate. A ratio is never shown alone.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Impact {
    /// The group's selection rate, with Wilson's interval.
    pub rate: Statistic,
    /// The other's.
    pub reference_rate: Statistic,
    /// Rate over rate, with Katz's interval.
    pub ratio: Statistic,
    /// Rate less rate, with Newcombe's interval.
    pub difference: Statistic,
    /// Whether the ratio is below four fifths.
    pub flagged: bool,
    /// Fisher's exact test, two-sided.
    pub fisher_p: f64,
    /// The pooled z; none where everyone or no one was selected.
    pub z: Option<f64>,
    /// Its two-sided probability.
    pub z_p: Option<f64>,
    /// Cohen's h.
    pub cohen_h: Option<f64>,
    /// What one selection moved would do.
    pub one_selection_moved: Flip,
    /// How many selections the group lacks at the common rate.
    pub shortfall: u64,
    /// Whether there are too few to say: fewer than 30 in either group without a clear test, or one selection reverses it.
    pub too_few_to_say: bool,
}

impl Impact {
    /// Compares a group with a reference.
    pub fn of(focal: Counts, reference: Counts) -> Self {
        let rest = |of: Counts| of.n.saturating_sub(of.selected);
        let table = Table { a: focal.selected, b: rest(focal), c: reference.selected, d: rest(reference) };
        let fisher_p = table.fisher().two_sided;
        let z = pooled_z(focal, reference);
        let moved = Flip::of(focal, reference);
        let flagged = four_fifths(focal, reference);
        let small = focal.n.min(reference.n) < 30 && fisher_p >= 0.05;
        let rate = |of: Counts| share(of.selected, of.n, "selection rate, Wilson; n candidates");
        let angle = |of: Counts| of.rate().map(|rate| 2.0 * rate.sqrt().asin());
        Impact {
            rate: rate(focal),
            reference_rate: rate(reference),
            ratio: ratio(focal, reference),
            difference: difference(focal, reference),
            flagged,
            fisher_p,
            z,
            z_p: z.map(|z| 2.0 * normal_below(-z.abs())),
            cohen_h: angle(focal).zip(angle(reference)).map(|(a, b)| a - b),
            one_selection_moved: moved,
            shortfall: shortfall(focal, reference),
            too_few_to_say: small || (flagged && moved.reverses),
        }
    }
}

impl Impact {
    /// Of the reference with itself: the ratio is 1 by definition, and nothing about it is unsure.
    pub(super) fn with_itself(mut self) -> Self {
        for of in [&mut self.ratio, &mut self.difference] {
            if let Statistic::Known(known) = of {
                (known.low, known.high) = (None, None);
                known.method = "the reference itself; n in both groups".to_owned();
            }
        }
        // Nothing can be moved from a group to itself.
        self.one_selection_moved = Flip { removes_flag: false, reverses: false };
        self
    }
}

fn ratio(focal: Counts, reference: Counts) -> Statistic {
    rate_over_rate(focal, reference, (focal.n + reference.n) as usize, "rate over rate, Katz's log interval; n in both groups")
}

/// A rate over another, with Katz's interval where the first is not 0.
pub(super) fn rate_over_rate(focal: Counts, reference: Counts, n: usize, method: &str) -> Statistic {
    let (Some(rate), Some(best)) = (focal.rate(), reference.rate()) else { return Statistic::Undefined(Reason::TooFew) };
    if reference.selected == 0 {
        return Statistic::Undefined(Reason::NoVariation);
    }
    let value = rate / best;
    let statistic = Statistic::known(value, n, method);
    if focal.selected == 0 {
        return statistic;
    }
    let part = |of: Counts| 1.0 / of.selected as f64 - 1.0 / of.n as f64;
    let half = Z95 * (part(focal) + part(reference)).max(0.0).sqrt();
    statistic.within((value.ln() - half).exp(), (value.ln() + half).exp())
}

fn difference(focal: Counts, reference: Counts) -> Statistic {
    let (Some(rate), Some(best)) = (focal.rate(), reference.rate()) else { return Statistic::Undefined(Reason::TooFew) };
    let method = "rate less rate, Newcombe's hybrid interval; n in both groups";
    let statistic = Statistic::known(rate - best, (focal.n + reference.n) as usize, method);
    match newcombe((focal.selected, focal.n), (reference.selected, reference.n)) {
        Some((low, high)) => statistic.within(low, high),
        None => statistic,
    }
}

fn pooled_z(focal: Counts, reference: Counts) -> Option<f64> {
    let (n1, n2) = (focal.n as f64, reference.n as f64);
    let pooled = (focal.selected + reference.selected) as f64 / (n1 + n2);
    let error = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
    let z = (focal.rate()? - reference.rate()?) / error;
    (error > 0.0 && z.is_finite()).then_some(z)
}

//! The scoring rate of New York City's Local Law 144 (6 RCNY 5-300): who scores above the median of everyone.
//!
//! A calculation, not the independent audit that the law asks for.

use serde::Serialize;

use super::groups::{MASKED_BELOW, Member, names};
use super::two::{Counts, rate_over_rate};
use crate::panel::intervals::share;
use crate::panel::scores::quantile;
use crate::panel::statistic::{Reason, Statistic};

/// A category's scoring rate.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ScoringRate {
    /// The category.
    pub group: String,
    /// How many it has; none where that is masked.
    pub n: Option<u64>,
    /// Its share of the sample, 0 to 1.
    pub share: Option<f64>,
    /// The share of it that scores above the median, with Wilson's interval.
    pub rate: Statistic,
    /// Rate over the highest rate, with Katz's interval; none of the highest itself.
    pub ratio: Statistic,
    /// Rate over the highest rate among the categories that are not masked; none of a masked one.
    pub ratio_among_shown: Option<Statistic>,
    /// Whether it has so few that figures would tell of persons.
    pub masked: bool,
    /// Whether it is under 2% of the sample, and may be left out of an audit.
    pub may_be_left_out: bool,
}

/// Scoring rates of an attribute.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Scoring {
    /// The median of everyone, small and unknown categories included.
    pub median: Statistic,
    /// By name.
    pub groups: Vec<ScoringRate>,
    /// Scored candidates whose category is not known.
    pub unknown: u64,
    /// How many stand exactly at the median: many of them make all rates small.
    pub at_median: u64,
    /// Whether the highest rate is that of a masked category alone: then ratios to it would tell of its few.
    pub highest_masked: bool,
}

impl Scoring {
    /// The same for showing: masked categories are named and no more, and where the highest rate is that of one of them, ratios to it are
    /// undefined; those to the highest rate that is shown stay apart.
    #[must_use]
    pub fn masked(mut self) -> Self {
        for group in &mut self.groups {
            if group.masked {
                (group.n, group.share) = (None, None);
                group.rate = Statistic::Undefined(Reason::TooFew);
            }
            if group.masked || self.highest_masked {
                group.ratio = Statistic::Undefined(Reason::TooFew);
            }
        }
        self
    }
}

/// Scoring rates of everyone who has a score.
pub fn scoring(members: &[Member<f64>]) -> Scoring {
    let mut sorted: Vec<f64> = members.iter().map(|member| member.value).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(median) = quantile(&sorted, 0.5) else {
        let median = Statistic::Undefined(Reason::TooFew);
        return Scoring { median, groups: Vec::new(), unknown: 0, at_median: 0, highest_masked: false };
    };
    let n = members.len();
    let above = |value: f64| value > median + 1e-9;
    let count = |name: &str| members.iter().filter(|member| member.group.as_deref() == Some(name)).count() as u64;
    let hits =
        |name: &str| members.iter().filter(|member| member.group.as_deref() == Some(name) && above(member.value)).count() as u64;
    let rates: Vec<(&str, u64, u64)> = names(members).into_iter().map(|name| (name, hits(name), count(name))).collect();
    let counts = |&(_, selected, n): &(&str, u64, u64)| Counts { selected, n };
    // Of equal rates the larger category says more.
    let highest = |all: &mut dyn Iterator<Item = Counts>| all.max_by(|a, b| a.compare(b).then(a.n.cmp(&b.n)));
    let best = highest(&mut rates.iter().map(counts));
    let best_shown = highest(&mut rates.iter().map(counts).filter(|of| of.n >= MASKED_BELOW));
    let highest_masked = best.is_some_and(|best| best_shown.is_none_or(|shown| best.compare(&shown).is_gt()));
    let ratio = |of: Counts, best: Option<Counts>| match best {
        None => Statistic::Undefined(Reason::TooFew),
        Some(best) if best.selected == 0 => Statistic::Undefined(Reason::NoVariation),
        Some(best) if of.compare(&best).is_eq() => Statistic::known(1.0, n, "the highest scoring rate itself; n scored candidates"),
        Some(best) => rate_over_rate(of, best, n, "scoring rate over the highest, Katz's log interval; n scored candidates"),
    };
    let told = |of: &(&str, u64, u64)| {
        let &(name, hits, count) = of;
        let masked = count < MASKED_BELOW;
        ScoringRate {
            group: name.to_owned(),
            n: Some(count),
            share: Some(count as f64 / n as f64),
            rate: share(hits, count, "share above the median of everyone, Wilson; n candidates"),
            ratio: ratio(counts(of), best),
            ratio_among_shown: (!masked).then(|| ratio(counts(of), best_shown)),
            masked,
            may_be_left_out: (count as f64) < 0.02 * n as f64,
        }
    };
    Scoring {
        median: Statistic::known(median, n, "median of all scores; n scored candidates"),
        groups: rates.iter().map(told).collect(),
        unknown: members.iter().filter(|member| member.group.is_none()).count() as u64,
        at_median: sorted.iter().filter(|value| (**value - median).abs() <= 1e-9).count() as u64,
        highest_masked,
    }
}

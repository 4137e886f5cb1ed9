//! The panel's figures in words, the same on screen and in print.

use super::measures::{Measures, PairAgreement};
use super::statistic::Statistic;

/// Whether reviewers agree: shares first, then what is left beyond chance.
pub fn agreement(measures: &Measures) -> Vec<String> {
    let of = &measures.agreement.cells;
    let mut lines = Vec::new();
    match (&of.within_one, of.within_one_by_chance.value()) {
        (Statistic::Known(share), Some(chance)) => lines.push(format!(
            "Reviewers are within one point {:.0}% of the time; chance alone would give {:.0}%.",
            share.value * 100.0,
            chance * 100.0
        )),
        (Statistic::Undefined(reason), _) => lines.push(format!("Agreement cannot be said: {reason}.")),
        _ => {}
    }
    if let Statistic::Known(alpha) = &of.alpha.ordinal {
        let word = match alpha.value {
            value if value >= 0.8 => "can be relied on",
            value if value >= 0.667 => "allows tentative conclusions",
            value if value < 0.0 => "is worse than chance",
            _ => "allows no conclusions",
        };
        lines.push(format!("Agreement beyond chance {word}: Krippendorff's alpha {}.", figure(&of.alpha.ordinal)));
    }
    if let Statistic::Known(of) = &measures.dependability.raw {
        lines.push(format!("Dependability of the panel's mean: {:.2} (0 is chance, 1 is certain).", of.value));
    }
    lines
}

/// Two reviewers' agreement, in words.
pub fn two(pair: &PairAgreement) -> String {
    let of = &pair.figures;
    let percent = |share: &Statistic| share.value().map_or_else(String::new, |share| format!("{:.0}%", share * 100.0));
    let apart = of.difference.value().map_or_else(String::new, |apart| format!("{apart:+.2}"));
    let n = if let Statistic::Known(known) = &of.exact { known.n } else { 0 };
    format!(
        "{} and {}: within one point {} (chance {}), the first less the second {apart}, over {n} ratings",
        pair.a,
        pair.b,
        percent(&of.within_one),
        percent(&of.within_one_by_chance)
    )
}

/// A probability as people say it.
pub fn odds(p: f64) -> String {
    match p {
        p if p > 0.99 => "more than 99 in 100".to_owned(),
        p if p < 0.01 => "less than 1 in 100".to_owned(),
        p if (0.45..0.55).contains(&p) => "cannot be told apart".to_owned(),
        p if (0.63..0.70).contains(&p) => "about 2 in 3".to_owned(),
        p if (0.73..0.78).contains(&p) => "about 3 in 4".to_owned(),
        p => format!("about {:.0} in 100", p * 100.0),
    }
}

/// A figure with its interval, or why there is none.
pub fn figure(statistic: &Statistic) -> String {
    match statistic {
        Statistic::Known(known) => match (known.low, known.high) {
            (Some(low), Some(high)) => format!("{:.2} ({low:.2} to {high:.2})", known.value),
            _ => format!("{:.2}", known.value),
        },
        Statistic::Undefined(reason) => reason.words().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::odds;

    #[test]
    fn probabilities_are_said_in_at_most_two_digits() {
        let check = |p: f64, words: &str| assert_eq!(odds(p), words);
        check(0.7500, "about 3 in 4");
        check(0.6667, "about 2 in 3");
        check(0.5123, "cannot be told apart");
        check(0.8765, "about 88 in 100");
        check(0.9999, "more than 99 in 100");
        check(0.0001, "less than 1 in 100");
    }
}

//! The panel's figures in words: how far reviewers agree, whether they differ, who is above whom.

use crate::cli::Context;
use crate::cli::output::Table;
use crate::panel::{Adjusted, AdjustedScore, Decided, Measures, Panel, Statistic};
use crate::text::SafeText;

/// Words first; `--json` has every figure with its interval, n and method.
pub(super) fn say(measures: &Measures, panel: &Panel, shown: impl Fn(&SafeText) -> SafeText, context: &Context) {
    if panel.ranking.is_empty() {
        return;
    }
    context.out.say("");
    agreement(measures).iter().for_each(|line| context.out.say(line));
    verdict(&measures.adjusted, &shown).iter().for_each(|line| context.out.say(line));
    severity(measures, context);
    if matches!(measures.adjusted.decided, Decided::Adjusted { .. }) {
        adjusted(&measures.adjusted, &shown, context);
    }
    neighbours(measures, panel, &shown).iter().for_each(|line| context.out.say(line));
    cut(&measures.adjusted, &shown).iter().for_each(|line| context.out.say(line));
}

fn agreement(measures: &Measures) -> Vec<String> {
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

fn verdict(adjusted: &Adjusted, shown: &impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    match &adjusted.decided {
        Decided::Adjusted { model, p } => {
            vec![format!(
                "Reviewers differ in severity (p = {p:.3}): scores adjusted by the {model} model stand below the raw ones."
            )]
        }
        Decided::NotNeeded { p } => {
            vec![format!("It cannot be said that reviewers differ in severity (p = {p:.2}): raw scores stand.")]
        }
        Decided::Refused { reason, bridges } => {
            let review = |review: &crate::panel::Review| {
                format!("  A review that would help: {} hears {}.", review.reviewer, shown(&review.candidate))
            };
            std::iter::once(format!("Severity is not taken out: {reason}.")).chain(bridges.iter().map(review)).collect()
        }
    }
}

fn severity(measures: &Measures, context: &Context) {
    let mut table = Table::new(&["reviewer", "against the panel, in points"]);
    for one in &measures.severity {
        table.row([one.reviewer.to_string(), figure(&one.effect)]);
    }
    if measures.severity.len() > 1 {
        context.out.table(&table);
    }
}

fn adjusted(adjusted: &Adjusted, shown: &impl Fn(&SafeText) -> SafeText, context: &Context) {
    let scores = standing(adjusted);
    let mut table = Table::new(&["adjusted", "candidate", "raw", "score", "may be", "band"]).right(0).right(2);
    let mut order: Vec<&AdjustedScore> = scores.iter().filter(|score| score.rank.is_some()).collect();
    order.sort_by_key(|score| score.rank);
    for score in order {
        table.row([
            score.rank.map_or_else(String::new, |rank| rank.to_string()),
            shown(&score.candidate).to_string(),
            score.raw.map_or_else(String::new, |raw| format!("{raw:.2}")),
            figure(&score.score),
            score.rank_low.zip(score.rank_high).map_or_else(String::new, |(low, high)| format!("{low}–{high}")),
            score.band.clone().unwrap_or_default(),
        ]);
    }
    context.out.say("");
    context.out.table(&table);
}

/// The scores of the model that stands.
fn standing(adjusted: &Adjusted) -> &[AdjustedScore] {
    match adjusted.decided {
        Decided::Adjusted { model: "additive", .. } => &adjusted.additive,
        _ => &adjusted.mixed,
    }
}

/// Each candidate against the next in the ranking.
fn neighbours(measures: &Measures, panel: &Panel, shown: &impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    const SAID: usize = 10;
    let ranked: Vec<&SafeText> = panel.ranking.iter().filter(|one| one.rank.is_some()).map(|one| &one.candidate).collect();
    let of = |pair: &[&SafeText]| {
        let figures = measures.pairwise.iter().find(|of| of.a == *pair[0] && of.b == *pair[1])?;
        let p = figures.p_above.value()?;
        Some(format!("{} above {}: {}.", shown(pair[0]), shown(pair[1]), odds(p)))
    };
    ranked.windows(2).take(SAID).filter_map(of).collect()
}

/// Who is surely within the cut, and who cannot be told apart from it.
fn cut(adjusted: &Adjusted, shown: &impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    let names = |within: &dyn Fn(f64) -> bool| {
        let all = adjusted.mixed.iter().filter(|score| score.p_within.is_some_and(within));
        all.map(|score| shown(&score.candidate).to_string()).collect::<Vec<_>>().join(", ")
    };
    let line = |what: &str, names: String| (!names.is_empty()).then(|| format!("{what}: {names}."));
    let sure = line("Within the cut, nine in ten or surer", names(&|p| p >= 0.9));
    let open = line("Cannot be told apart from the line", names(&|p| p > 0.1 && p < 0.9));
    sure.into_iter().chain(open).collect()
}

/// A probability as people say it.
fn odds(p: f64) -> String {
    match p {
        p if p > 0.99 => "more than 99 in 100".to_owned(),
        p if p < 0.01 => "less than 1 in 100".to_owned(),
        p if (0.45..0.55).contains(&p) => "cannot be told apart".to_owned(),
        p if (0.63..0.70).contains(&p) => "about 2 in 3".to_owned(),
        p if (0.73..0.78).contains(&p) => "about 3 in 4".to_owned(),
        p => format!("about {:.0} in 100", p * 100.0),
    }
}

fn figure(statistic: &Statistic) -> String {
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

//! The panel's figures in words: how far reviewers agree, whether they differ, who is above whom.

use crate::cli::Context;
use crate::cli::output::Table;
use crate::panel::words::{agreement, figure, odds};
use crate::panel::{Adjusted, AdjustedScore, Decided, Measures, Panel};
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

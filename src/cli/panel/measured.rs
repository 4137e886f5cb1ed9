//! The panel's figures in words: how far reviewers agree, whether they differ, who is above whom.

use crate::cli::Context;
use crate::cli::output::Table;
use crate::panel::words::{self, agreement, beside_severity, figure, severities, verdict};
use crate::panel::{Adjusted, AdjustedScore, Asked, Decided, Measures, Panel, Reason, Statistic, how_criteria_work};
use crate::text::SafeText;

/// Words first; `--json` has every figure with its interval, n and method.
pub(super) fn say(measures: &Measures, panel: &Panel, asked: &Asked, shown: impl Fn(&SafeText) -> SafeText, context: &Context) {
    if panel.ranking.is_empty() {
        return;
    }
    context.out.say("");
    how_criteria_work(panel, &measures.rasch).iter().for_each(|line| context.out.say(line));
    context.out.say("");
    agreement(measures).iter().for_each(|line| context.out.say(line));
    verdict(&measures.adjusted, &shown, SafeText::clone).iter().for_each(|line| context.out.say(line));
    severity(measures, context);
    beside_severity(measures, &shown, SafeText::clone).iter().for_each(|line| context.out.say(line));
    if matches!(measures.adjusted.decided, Decided::Adjusted { .. }) {
        adjusted(&measures.adjusted, &shown, context);
    }
    neighbours(measures, panel, &shown).iter().for_each(|line| context.out.say(line));
    let compared = asked.preferences.as_ref().map_or(0, Vec::len);
    comparisons(measures, panel, compared, &shown).iter().for_each(|line| context.out.say(line));
    asked.places.map(|places| words::cut(panel, places, &shown)).iter().flatten().for_each(|line| context.out.say(line));
}

fn severity(measures: &Measures, context: &Context) {
    let mut table = Table::new(&["reviewer", "against the panel, in points, 95%"]);
    for one in severities(measures) {
        table.row([one.reviewer.to_string(), figure(&one.effect)]);
    }
    if severities(measures).next().is_some() {
        context.out.table(&table);
    }
}

fn adjusted(adjusted: &Adjusted, shown: &impl Fn(&SafeText) -> SafeText, context: &Context) {
    let scores = adjusted.standing();
    let mut table = Table::new(&["adjusted", "candidate", "raw", "score, 95%", "may be", "band"]).right(0).right(2);
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

/// Lines of one kind that are printed at the most.
const SAID: usize = 10;

/// The candidates next to each other in the ranking, in its order.
fn next_to_each_other(panel: &Panel) -> Vec<(&SafeText, &SafeText)> {
    let ranked: Vec<_> = panel.ranking.iter().filter_map(|one| Some((one.place()?, &one.candidate))).collect();
    ranked.windows(2).filter(|pair| pair[0].0.0 == pair[1].0.0).map(|pair| (pair[0].1, pair[1].1)).collect()
}

/// Each candidate against the next in the ranking.
fn neighbours(measures: &Measures, panel: &Panel, shown: &impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    let next = next_to_each_other(panel);
    let of = |pair: &(&SafeText, &SafeText)| {
        let figures = measures.pairwise.iter().find(|of| of.a == *pair.0 && of.b == *pair.1)?;
        words::pair(figures, shown).map(|said| format!("{said}."))
    };
    let said = next.iter().take(SAID).filter_map(of);
    let more = match next.len().saturating_sub(SAID) {
        0 => None,
        _ if next.iter().all(|pair| of(pair).is_none()) => None,
        1 => Some("One pair of neighbours more is in `--json`.".to_owned()),
        left => Some(format!("{left} further pairs of neighbours are in `--json`.")),
    };
    said.chain(more).collect()
}

/// What comparisons side by side say of those who are not neighbours, or why they say nothing.
fn comparisons(measures: &Measures, panel: &Panel, n: usize, shown: &impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    if n == 0 {
        return Vec::new();
    }
    let known = || measures.pairwise.iter().filter(|pair| pair.by_comparisons.value().is_some());
    let noun = if n == 1 { "comparison" } else { "comparisons" };
    if known().next().is_none() {
        let reason = measures.pairwise.iter().find_map(|pair| match &pair.by_comparisons {
            Statistic::Undefined(Reason::Disconnected) => Some("they fall into groups of candidates that nobody compared"),
            Statistic::Undefined(Reason::NoVariation) => Some("all of them are ties"),
            Statistic::Undefined(reason) => Some(reason.words()),
            Statistic::Known(_) => None,
        });
        return vec![format!("{n} {noun} side by side say nothing of the order: {}.", reason.unwrap_or("nobody is ranked"))];
    }
    let next = next_to_each_other(panel);
    let others: Vec<String> = known()
        .filter(|pair| !next.contains(&(&pair.a, &pair.b)))
        .filter_map(|pair| words::pair(pair, shown).map(|said| format!("{said}.")))
        .collect();
    let lead = format!("{n} {noun} side by side are a second opinion beside the ratings.");
    let more = others.len().saturating_sub(SAID);
    let more = (more > 0).then(|| format!("{more} more compared pairs are in `--json`."));
    std::iter::once(lead).chain(others.into_iter().take(SAID)).chain(more).collect()
}

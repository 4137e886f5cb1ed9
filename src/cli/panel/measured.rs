//! The panel's figures in words: how far reviewers agree, whether they differ, who is above whom.

use crate::cli::Context;
use crate::cli::output::Table;
use crate::panel::words::{self, agreement, figure, verdict};
use crate::panel::{Adjusted, AdjustedScore, Decided, Measures, Panel};
use crate::text::SafeText;

/// Words first; `--json` has every figure with its interval, n and method.
pub(super) fn say(
    measures: &Measures,
    panel: &Panel,
    places: Option<usize>,
    shown: impl Fn(&SafeText) -> SafeText,
    context: &Context,
) {
    if panel.ranking.is_empty() {
        return;
    }
    context.out.say("");
    agreement(measures).iter().for_each(|line| context.out.say(line));
    verdict(&measures.adjusted, &shown, SafeText::clone).iter().for_each(|line| context.out.say(line));
    severity(measures, context);
    if matches!(measures.adjusted.decided, Decided::Adjusted { .. }) {
        adjusted(&measures.adjusted, &shown, context);
    }
    let said = neighbours(measures, panel, &shown);
    said.iter().for_each(|line| context.out.say(line));
    let compared = measures.pairwise.iter().filter(|pair| pair.by_comparisons.value().is_some()).count();
    if compared > said.len() {
        context.out.say("What comparisons side by side say of all other pairs is in `--json`.");
    }
    places.map(|places| words::cut(panel, places, &shown)).iter().flatten().for_each(|line| context.out.say(line));
}

fn severity(measures: &Measures, context: &Context) {
    let mut table = Table::new(&["reviewer", "against the panel, in points, 95%"]);
    for one in &measures.severity {
        table.row([one.reviewer.to_string(), figure(&one.effect)]);
    }
    if measures.severity.len() > 1 {
        context.out.table(&table);
    }
}

fn adjusted(adjusted: &Adjusted, shown: &impl Fn(&SafeText) -> SafeText, context: &Context) {
    let scores = standing(adjusted);
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
    let ranked: Vec<_> = panel.ranking.iter().filter_map(|one| Some((one.place()?, &one.candidate))).collect();
    let next: Vec<_> = ranked.windows(2).filter(|pair| pair[0].0.0 == pair[1].0.0).collect();
    let of = |pair: &&[((usize, u32), &SafeText)]| {
        let figures = measures.pairwise.iter().find(|of| of.a == *pair[0].1 && of.b == *pair[1].1)?;
        words::pair(figures, shown).map(|said| format!("{said}."))
    };
    let said = next.iter().take(SAID).filter_map(of);
    let left = next.len().saturating_sub(SAID);
    let more =
        (left > 0 && next.iter().any(|pair| of(pair).is_some())).then(|| format!("{left} further neighbours are in `--json`."));
    said.chain(more).collect()
}

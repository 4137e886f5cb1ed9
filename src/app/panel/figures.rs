//! The panel's figures as lines to read: those behind the view that is open, and a reviewer's own prompts.

use super::{Detail, Panel};
use crate::panel::words::{self, agreement, beside_severity, chance, figure, is_off_zero, two, with_method};
use crate::panel::{Advice, Decided, Facets, Measures, Prompt, Statistic};
use crate::protocol::Calibration;
use crate::text::SafeText;

/// The figures behind the view that is open, each with what it rests on.
pub(super) fn lines(panel: &Panel, measures: &Measures) -> Vec<SafeText> {
    let lines = match panel.detail {
        Detail::Candidate => candidate(panel),
        Detail::Pairs => Vec::new(),
        Detail::Agreement => agreeing(measures),
        Detail::Reviewers => reviewers(measures),
        Detail::Criteria => criteria(panel),
    };
    let gap = if lines.is_empty() { None } else { Some(SafeText::default()) };
    lines.iter().map(|line| SafeText::line(line)).chain(gap).collect()
}

/// A figure with its interval, its n and how it was made.
fn whole(name: &str, statistic: &Statistic) -> String {
    match statistic {
        Statistic::Known(known) => format!("{name}: {} (n = {}; {})", figure(statistic), known.n, known.method),
        Statistic::Undefined(_) => format!("{name}: {}", figure(statistic)),
    }
}

fn candidate(panel: &Panel) -> Vec<String> {
    let Some(ranked) = panel.analysis.ranking.get(panel.selected) else { return Vec::new() };
    let adjusted = panel.adjusted(ranked).map(|score| whole("adjusted score, in points", &score.score));
    [whole("total", &ranked.total), whole("spread of the reviewers' own totals", &ranked.spread)]
        .into_iter()
        .chain(adjusted)
        .collect()
}

fn agreeing(measures: &Measures) -> Vec<String> {
    let of = &measures.agreement;
    vec![
        whole("same point", &of.cells.exact),
        whole("within one point", &of.cells.within_one),
        whole("the same by chance", &of.cells.within_one_by_chance),
        whole("alpha, ordinal", &of.cells.alpha.ordinal),
        whole("alpha, interval", &of.cells.alpha.interval),
        whole("weighted kappa, quadratic", &of.kappa.quadratic),
        whole("Kendall's W", &of.kendall_w),
        whole("ICC(2,1)", &measures.icc.icc2_1),
        whole("ICC(2,k)", &measures.icc.icc2_k),
        whole("dependability of the raw mean", &measures.dependability.raw),
        whole("dependability of the adjusted score", &measures.dependability.adjusted),
    ]
}

fn reviewers(measures: &Measures) -> Vec<String> {
    let one = |of: &crate::panel::Severity| whole(of.reviewer.as_str(), &of.effect);
    let fits = match &measures.rasch {
        Facets::Known { reviewers, .. } => reviewers.as_slice(),
        Facets::Undefined { .. } => &[],
    };
    let fit = |of: &crate::panel::ReviewerFit| {
        of.fit.map(|fit| {
            format!("{}: infit {:.2}, outfit {:.2} (n = {}; many-facet Rasch)", of.reviewer, fit.infit, fit.outfit, fit.n)
        })
    };
    measures.severity.iter().map(one).chain(fits.iter().filter_map(fit)).collect()
}

fn criteria(panel: &Panel) -> Vec<String> {
    let consistency = &panel.analysis.consistency;
    let whole_scale = [whole("alpha", &consistency.alpha), whole("standardised alpha", &consistency.standardised_alpha)];
    let one = |item: &crate::panel::ItemSummary| {
        let figures = [("item-total", &item.item_total), ("ceiling", &item.ceiling), ("ICC(2,1)", &item.icc2_1)];
        let said: Vec<String> = figures.iter().map(|(name, of)| whole(name, of)).collect();
        format!("{} · {}: {}", item.question, item.criterion, said.join("; "))
    };
    whole_scale.into_iter().chain(panel.analysis.items.iter().map(one)).collect()
}

/// What stands below the ranking in the views beside the candidate's own.
pub(super) fn view(panel: &Panel, measures: &Measures, called: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    match panel.detail {
        Detail::Candidate => Vec::new(),
        Detail::Pairs => pairs(panel, measures, called),
        Detail::Agreement => agreement(measures).into_iter().chain(measures.agreement.reviewer_pairs.iter().map(two)).collect(),
        Detail::Reviewers => severities(measures, called),
        Detail::Criteria => panel.analysis.items.iter().map(criterion).collect(),
    }
}

/// The selected candidate against others, those nearest in the ranking first.
fn pairs(panel: &Panel, measures: &Measures, called: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    let Some(ranked) = panel.analysis.ranking.get(panel.selected) else { return Vec::new() };
    let me = &ranked.candidate;
    let place = |id: &SafeText| panel.analysis.ranking.iter().position(|one| one.candidate == *id).unwrap_or(usize::MAX);
    let mut all: Vec<_> = measures.pairwise.iter().filter(|pair| pair.a == *me || pair.b == *me).collect();
    all.sort_by_key(|pair| place(if pair.a == *me { &pair.b } else { &pair.a }).abs_diff(panel.selected));
    let line = |pair: &crate::panel::PairFigures| {
        words::pair(pair, &called).unwrap_or_else(|| {
            let why = if let Statistic::Undefined(reason) = &pair.by_ratings { reason.words() } else { "" };
            format!("{} above {}: {why}", called(&pair.a), called(&pair.b))
        })
    };
    all.into_iter().map(line).collect()
}

fn severities(measures: &Measures, called: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    let verdict = match &measures.adjusted.decided {
        Decided::Adjusted { model, p } => {
            vec![format!("Reviewers differ in severity ({}): the {model} model takes it out.", chance(*p))]
        }
        _ => words::verdict(&measures.adjusted, &called, SafeText::clone),
    };
    let one = |of: &crate::panel::Severity| {
        let side = if is_off_zero(&of.effect) { "" } else { ": may be chance" };
        format!("{}: {} points against the panel{side}", of.reviewer, figure(&of.effect))
    };
    let adjusted = adjusted(measures, &called);
    let beside = beside_severity(measures, called, SafeText::clone);
    verdict.into_iter().chain(adjusted).chain(words::severities(measures).map(one)).chain(beside).collect()
}

/// The scores that severity is taken out of, the best first; nothing where raw scores stand.
fn adjusted(measures: &Measures, called: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    if !matches!(measures.adjusted.decided, Decided::Adjusted { .. }) {
        return Vec::new();
    }
    let mut scores: Vec<_> = measures.adjusted.standing().iter().filter_map(|score| Some((score.rank?, score))).collect();
    scores.sort_by_key(|(rank, _)| *rank);
    let line = |(rank, score): &(u32, &crate::panel::AdjustedScore)| {
        let ends = score.rank_low.zip(score.rank_high).map_or_else(String::new, |(low, high)| format!(", may be {low}–{high}"));
        let raw = score.raw.map_or_else(String::new, |raw| format!("; raw {raw:.2}"));
        format!("{rank}{ends}: {} {} points{raw}", called(&score.candidate), figure(&score.score))
    };
    scores.iter().map(line).collect()
}

fn criterion(item: &crate::panel::ItemSummary) -> String {
    let ease = item.ease.value().map_or_else(|| "-".to_owned(), |ease| format!("{:.0}%", ease * 100.0));
    let with_rest = item.item_total.value().map_or_else(|| "-".to_owned(), |r| format!("{r:.2}"));
    let why = if item.reasons.is_empty() { String::new() } else { format!(": {}", item.reasons.join("; ")) };
    let advice = if item.advice == Advice::TooFew { "too few candidates to say" } else { item.advice.words() };
    format!("{} · {} · ease {ease}, with the rest {with_rest} · {advice}{why}", item.question, item.criterion)
}

/// A reviewer's own prompts, with how the anchor clips went.
pub fn habits(prompts: &[Prompt], calibration: Option<&Calibration<'_>>) -> Vec<SafeText> {
    let lead = "For you alone, to calibrate by: it is no grade, and nobody else is shown it.";
    let mut lines: Vec<String> = vec![lead.to_owned(), String::new()];
    match prompts {
        [] => lines.push("Nothing stands out in how you used the scale, as far as so many ratings can say.".to_owned()),
        all => all.iter().for_each(|prompt| lines.extend([prompt.words.clone(), format!("  {}", with_method(&prompt.figure))])),
    }
    if let Some((of, bar)) = calibration.and_then(|standing| Some((standing.last?, standing.bar))) {
        let verdict = if of.mean_abs <= bar + 1e-9 { "within" } else { "over" };
        lines.push(String::new());
        lines.push(format!(
            "On the last clips you were {:.2} points from the experts, {verdict} the {bar} that is asked.",
            of.mean_abs
        ));
    }
    lines.iter().map(|line| SafeText::line(line)).collect()
}

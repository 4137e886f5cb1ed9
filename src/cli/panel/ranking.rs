//! The ranking as a table: places with how sure they are, then how each criterion came out.

use crate::cli::Context;
use crate::cli::output::Table;
use crate::panel::words::{groups, no_range, rank_against_band, total};
use crate::panel::{Panel, RankRange, Ranked, Status};
use crate::text::SafeText;

/// The ranking, then how each criterion came out.
pub(in crate::cli) fn say(panel: &Panel, shown: impl Fn(&SafeText) -> SafeText, context: &Context) {
    if panel.ranking.is_empty() {
        context.out.say("There is no sealed scorecard to rank yet.");
        return;
    }
    groups(panel, &shown).iter().for_each(|line| context.out.say(line));
    context.out.table(&places(panel, &shown));
    legend(panel, &shown).iter().for_each(|line| context.out.say(line));
    context.out.say("");
    context.out.table(&criteria(panel));
    if !panel.same_order_with_equal_weights {
        context.out.say("\nWith equal weights the order would be another one.");
    }
}

fn places(panel: &Panel, shown: &impl Fn(&SafeText) -> SafeText) -> Table {
    // One digit is the least: two candidates of different rank never show the same total.
    let digits = panel.digits().max(1);
    let head = ["rank", "may be", "band", "candidate", "total", "seen", "", "reviewers"];
    let mut table = Table::new(&head).right(0).right(4).right(5).right(7);
    for ranked in &panel.ranking {
        let rank = ranked.place().map_or_else(|| "–".to_owned(), |(_, rank)| rank.to_string());
        table.row([
            rank,
            range(ranked),
            ranked.band.clone().unwrap_or_default(),
            shown(&ranked.candidate).to_string(),
            total(&ranked.total, digits),
            format!("{:.0}%", ranked.coverage * 100.0),
            status(ranked),
            // Who rated has no total of their own where there is no scale.
            ranked.reviewers.len().max(ranked.fewest_reviewers).to_string(),
        ]);
    }
    table
}

/// What the signs mean, where there are any; else why there are none.
fn legend(panel: &Panel, shown: &impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    let why = no_range(panel);
    let any = panel.ranking.iter().any(|one| !range(one).is_empty());
    let rough = panel.ranking.iter().any(is_rough);
    let signs = any.then(|| {
        let rough = if rough { " ~ rough: fewer than five reviewers." } else { "" };
        format!("\nMay be, and ±: where rank and total may truly be, nine in ten. The same band cannot be told apart.{rough}")
    });
    let against = rank_against_band(panel, shown);
    signs.into_iter().chain(against).chain(why.map(|why| format!("\n{why}"))).collect()
}

fn criteria(panel: &Panel) -> Table {
    let mut table = Table::new(&["question", "criterion", "weight", "mean", "values"]).right(2).right(3).right(4);
    for item in &panel.items {
        let mean = item.values.map_or_else(String::new, |values| format!("{:.2}", values.mean));
        let count = item.values.map_or(0, |values| values.n);
        table.row([item.question.to_string(), item.criterion.to_string(), item.weight.to_string(), mean, count.to_string()]);
    }
    table
}

/// The range that stands beside a rank: among all, or in the group.
fn standing(ranked: &Ranked) -> &RankRange {
    ranked.in_group.as_ref().map_or(&ranked.range, |of| &of.range)
}

fn range(ranked: &Ranked) -> String {
    match standing(ranked).ends() {
        Some((low, high)) => format!("{low}–{high}{}", if is_rough(ranked) { "~" } else { "" }),
        None => String::new(),
    }
}

fn is_rough(ranked: &Ranked) -> bool {
    matches!(standing(ranked), RankRange::Known { rough: true, .. })
}

fn status(ranked: &Ranked) -> String {
    match (ranked.status, ranked.place()) {
        (Status::Apart, Some((group, _))) => format!("group {group}"),
        (Status::Apart, None) => "in no group".to_owned(),
        (Status::Ranked, _) => String::new(),
        (Status::Provisional, _) => "provisional".to_owned(),
        (Status::Blocked, _) => "blocked".to_owned(),
        (Status::None, _) if ranked.coverage > 0.0 => "no total".to_owned(),
        (Status::None, _) => "no ratings".to_owned(),
    }
}

//! How criteria work, in words: those that need a look, and who or what does not follow the many-facet Rasch model.

use super::analysis::Panel;
use super::item_summary::{Advice, ItemSummary};
use super::measures::Facets;
use super::rasch::Fit;
use super::words::figure;

/// Lines of one kind that are said at the most.
const SAID: usize = 10;
/// Fit is judged of so many ratings or more (Linacre 2002).
const FEWEST_RATINGS: usize = 15;

/// A line for each criterion that needs a look, and for each criterion or reviewer whose ratings do not follow the many-facet Rasch
/// model; where there is none, that there is none, or why it cannot be said.
pub fn how_criteria_work(panel: &Panel, rasch: &Facets) -> Vec<String> {
    performance(&panel.items).into_iter().chain(fit(rasch)).collect()
}

fn performance(items: &[ItemSummary]) -> Vec<String> {
    let needs = |item: &&ItemSummary| matches!(item.advice, Advice::Look | Advice::Rewrite);
    let line = |item: &ItemSummary| {
        let ease = item.ease.value().map_or_else(|| "unknown".to_owned(), |ease| format!("{:.0}%", ease * 100.0));
        let (advice, why) = (item.advice.words(), item.reasons.join("; "));
        let with_rest = figure(&item.item_total);
        format!("{}.{}: {advice}: {why} (ease {ease}, correlation with the rest {with_rest}).", item.question, item.criterion)
    };
    let said: Vec<String> = items.iter().filter(needs).map(line).collect();
    match said.is_empty() {
        true if items.iter().all(|item| item.advice == Advice::TooFew) => {
            vec!["Which criteria need a look cannot be said of fewer than ten candidates.".to_owned()]
        }
        true => vec!["No criterion needs a look by its ease, its highest points or how it goes with the rest.".to_owned()],
        false => first(said, "criteria that need a look"),
    }
}

fn fit(rasch: &Facets) -> Vec<String> {
    let (reviewers, items) = match rasch {
        Facets::Known { reviewers, items, .. } => (reviewers, items),
        Facets::Undefined { undefined } => {
            return vec![format!("Whether ratings follow the many-facet Rasch model cannot be said: {undefined}.")];
        }
    };
    let line = |name: String, fit: Option<Fit>, what: &str| {
        let of = fit.filter(|fit| fit.flagged)?;
        let how = if of.infit.max(of.outfit) > 1.5 { "more scattered" } else { "more alike" };
        Some(format!(
            "{name}: {what} {how} than the many-facet Rasch model expects (infit {:.2}, outfit {:.2}, {} ratings).",
            of.infit, of.outfit, of.n
        ))
    };
    let of_items = items.iter().filter_map(|of| line(format!("{}.{}", of.question, of.criterion), of.fit, "its ratings are"));
    let of_reviewers = reviewers.iter().filter_map(|of| line(of.reviewer.to_string(), of.fit, "a prompt, no grade: ratings are"));
    let said: Vec<String> = of_items.chain(of_reviewers).collect();
    let fits = || items.iter().filter_map(|of| of.fit).chain(reviewers.iter().filter_map(|of| of.fit));
    match said.is_empty() {
        true if fits().all(|fit| fit.n < FEWEST_RATINGS) => {
            vec!["Fit to the many-facet Rasch model is not judged of fewer than 15 ratings.".to_owned()]
        }
        true => vec!["Ratings of every criterion and reviewer follow the many-facet Rasch model.".to_owned()],
        false => first(said, "that do not follow the model"),
    }
}

/// The first few, and how many more there are.
fn first(mut said: Vec<String>, what: &str) -> Vec<String> {
    let more = said.len().saturating_sub(SAID);
    said.truncate(SAID);
    said.extend((more > 0).then(|| format!("{more} more {what} are in `--json`.")));
    said
}

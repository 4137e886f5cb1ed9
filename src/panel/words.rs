//! The panel's figures in words, the same on screen and in print.

use super::analysis::Panel;
use super::measures::{
    Adjusted, DEPENDABLE, Decided, Hinge, MOST, Measures, PairAgreement, PairFigures, Planned, Review, Severity,
};
use super::range::{RankRange, Side};
use super::statistic::{Known, Reason, Statistic};
use crate::text::SafeText;

/// Units of fewer allow no word about agreement beyond chance.
const FEWEST_UNITS: usize = 5;

/// Whether reviewers agree: shares first, then what is left beyond chance.
pub fn agreement(measures: &Measures) -> Vec<String> {
    let of = &measures.agreement.cells;
    let mut lines = Vec::new();
    match (&of.within_one, of.within_one_by_chance.value()) {
        (Statistic::Known(share), Some(chance)) => lines.push(format!(
            "Reviewers are within one point {:.0}% of the time{}; by chance {:.0}%.",
            share.value * 100.0,
            percents(share),
            chance * 100.0
        )),
        (Statistic::Undefined(_), _) if measures.size.reviewers < 2 => {
            lines.push("Agreement cannot be said: it takes two reviewers of the same answers.".to_owned());
        }
        (Statistic::Undefined(reason), _) => lines.push(format!("Agreement cannot be said: {reason}.")),
        _ => {}
    }
    if let Statistic::Known(alpha) = &of.alpha.ordinal {
        lines.push(format!("{}: Krippendorff's alpha {}.", beyond_chance(alpha), figure(&of.alpha.ordinal)));
    }
    if let Statistic::Known(_) = &measures.dependability.raw {
        let g = figure(&measures.dependability.raw);
        lines.push(format!("Dependability of the order (G) by the panel's means: {g}; 0 is chance, 1 is certain."));
        let size = measures.size;
        if size.candidates < FEWEST_CANDIDATES || size.reviewers < FEWEST_REVIEWERS {
            let (candidates, reviewers) = (size.candidates, size.reviewers);
            lines.push(format!("That is rough: it rests on {candidates} candidates and {reviewers} reviewers."));
        }
        lines.push(planned(measures));
        lines.extend(other_questions(measures));
    }
    lines
}

/// What it takes where other questions of their kind are meant; none where that cannot be told.
fn other_questions(measures: &Measures) -> Option<String> {
    const SAID: usize = 2;
    let others = || measures.d_study.iter().filter(|plan| !plan.same_questions);
    others().next()?;
    let is_enough = |plan: &&&Planned| plan.relative.value().is_some_and(|g| g >= DEPENDABLE);
    // Of each number of reviewers the fewest questions; then the plans that cost least.
    let fewest = |reviewers: usize| others().filter(|plan| plan.reviewers == reviewers).find(|plan| is_enough(&plan));
    let mut plans: Vec<&Planned> = (1..=MOST).filter_map(fewest).collect();
    plans.sort_by_key(|plan| (plan.reviewers * plan.questions, plan.reviewers));
    // More reviewers are named only where they need fewer questions.
    plans.dedup_by(|next, before| next.reviewers >= before.reviewers && next.questions >= before.questions);
    let many = |n: usize, what: &str| if n == 1 { format!("one {what}") } else { format!("{n} {what}s") };
    let said: Vec<String> = plans
        .iter()
        .take(SAID)
        .map(|plan| format!("{} with {}", many(plan.reviewers, "reviewer"), many(plan.questions, "question")))
        .collect();
    Some(match said.is_empty() {
        true => "Were others of their kind asked instead, no plan with up to 6 reviewers would reach it.".to_owned(),
        false => format!("Were others of their kind asked instead, it would take {}.", said.join(", or ")),
    })
}

/// The ends of a share's interval, in percent; of few where there is none.
fn percents(share: &Known) -> String {
    match share.low.zip(share.high) {
        Some((low, high)) => format!(" ({:.0} to {:.0}%)", low * 100.0, high * 100.0),
        None => format!(" (of {})", share.n),
    }
}

/// What alpha allows, by Krippendorff's bounds, and whether its interval reaches below the bound that its value keeps.
fn beyond_chance(alpha: &Known) -> String {
    const BOUNDS: [(f64, &str); 3] =
        [(0.8, "can be relied on"), (0.667, "allows tentative conclusions"), (0.0, "allows no conclusions")];
    if alpha.n < FEWEST_UNITS {
        return "Too few answers were heard by two for a word on agreement beyond chance".to_owned();
    }
    let grade = |value: f64| BOUNDS.iter().find(|(from, _)| value >= *from).map(|(_, words)| *words);
    let Some(words) = grade(alpha.value) else {
        let surely = alpha.high.is_some_and(|high| high < 0.0);
        return match surely {
            true => "Reviewers agree less than they would by chance".to_owned(),
            false => "Agreement cannot be told from chance".to_owned(),
        };
    };
    let low = alpha.low.map_or(Some(words), grade);
    match low {
        Some(low) if low == words => format!("Agreement beyond chance {words}"),
        Some(low) => format!("Agreement beyond chance {words} by its figure; its interval reaches down to where it {low}"),
        None => format!("Agreement beyond chance {words}; it may be none at all"),
    }
}

/// Of fewer candidates or reviewers variances are hardly known.
const FEWEST_CANDIDATES: usize = 10;
/// The same of reviewers.
const FEWEST_REVIEWERS: usize = 3;

/// How many reviewers would make the order dependable, the questions being these.
fn planned(measures: &Measures) -> String {
    match measures.dependability.reviewers_needed {
        Some(1) => format!("For {DEPENDABLE:.2} one reviewer of everyone is enough by that figure, with the same questions."),
        Some(n) => format!("For {DEPENDABLE:.2} it takes {n} reviewers of everyone by that figure, with the same questions."),
        None => format!("Not even {MOST} reviewers of everyone would give {DEPENDABLE:.2} with the same questions."),
    }
}

/// Whether reviewers differ in severity, and what follows; `shown` says what a candidate is called, `who` a reviewer.
pub fn verdict(adjusted: &Adjusted, shown: impl Fn(&SafeText) -> SafeText, who: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    match &adjusted.decided {
        Decided::Adjusted { model, p } => {
            vec![format!(
                "Reviewers differ in severity ({}): scores adjusted by the {model} model stand below the raw ones.",
                chance(*p)
            )]
        }
        Decided::NotNeeded { p } => {
            vec![format!("It cannot be said that reviewers differ in severity ({}): raw scores stand.", chance(*p))]
        }
        Decided::Refused { .. } if !adjusted.other_items.is_empty() => {
            let names: Vec<String> = adjusted.other_items.iter().map(|one| who(one).to_string()).collect();
            vec![format!(
                "Severity is not taken out: {} rated other criteria than others, and how severe somebody is cannot be told from how hard \
                 those are.",
                names.join(", ")
            )]
        }
        Decided::Refused { reason, bridges } => {
            let review = |review: &Review| {
                format!("  A review that would help: {} hears {}.", who(&review.reviewer), shown(&review.candidate))
            };
            std::iter::once(format!("Severity is not taken out: {reason}.")).chain(bridges.iter().map(review)).collect()
        }
    }
}

/// How far each reviewer is from the panel; nothing of one alone, and nothing where that cannot be said of anyone because reviewers rated
/// different criteria.
pub fn severities(measures: &Measures) -> impl Iterator<Item = &Severity> {
    let is_told = measures.severity.len() > 1 && measures.adjusted.other_items.is_empty();
    measures.severity.iter().filter(move |_| is_told)
}

/// The same in words.
pub fn severity(measures: &Measures, who: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    severities(measures)
        .map(|one| format!("{} against the panel, in points, 95%: {}.", who(&one.reviewer), figure(&one.effect)))
        .collect()
}

/// What must be known beside how far reviewers are from the panel; nothing where nothing is odd.
pub fn beside_severity(
    measures: &Measures,
    shown: impl Fn(&SafeText) -> SafeText,
    who: impl Fn(&SafeText) -> SafeText,
) -> Vec<String> {
    let all = |reviewers: &[SafeText]| reviewers.iter().map(|one| who(one).to_string()).collect::<Vec<_>>().join(", ");
    let alone: Vec<SafeText> = match &measures.adjusted.decided {
        Decided::NotNeeded { .. } => {
            measures.severity.iter().filter(|one| is_off_zero(&one.effect)).map(|one| one.reviewer.clone()).collect()
        }
        _ => Vec::new(),
    };
    let alone = (!alone.is_empty()).then(|| {
        let n = measures.severity.len();
        format!(
            "By the interval alone {} would differ from the panel; of {n} reviewers one may do so by chance, and all together do not.",
            all(&alone)
        )
    });
    let hinge = |of: &Hinge| {
        format!(
            "{} alone ties {} to the others: how they stand to each other rests on that one. A further candidate whom both sides \
             hear would make it surer.",
            shown(&of.candidate),
            all(&of.reviewers)
        )
    };
    alone.into_iter().chain(measures.adjusted.hinges.iter().map(hinge)).collect()
}

/// Whether zero is outside of its interval.
pub fn is_off_zero(of: &Statistic) -> bool {
    matches!(of, Statistic::Known(known) if known.low.is_some_and(|low| low > 0.0) || known.high.is_some_and(|high| high < 0.0))
}

/// Who is surely within the cut, and who cannot be told apart from it: by the same ranges that stand beside the ranks.
pub fn cut(panel: &Panel, places: usize, shown: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    let names = |side: Side| {
        let of = panel.ranking.iter().filter(|one| one.range.to_the_line(places) == Some(side));
        of.map(|one| shown(&one.candidate).to_string()).collect::<Vec<_>>().join(", ")
    };
    let tie = tie_at(panel, places).map(|(rank, who)| {
        let who: Vec<String> = who.iter().map(|one| shown(one).to_string()).collect();
        format!("The line after {places} goes through those who share rank {rank}: {}.", who.join(", "))
    });
    if panel.ranking.iter().all(|one| one.range.ends().is_none()) {
        let unsaid = format!("Who is within the first {places} cannot be said.");
        return std::iter::once(unsaid).chain(tie).collect();
    }
    let ranked = panel.ranking.iter().filter(|one| one.rank.is_some()).count();
    if ranked <= places {
        return vec![format!("All {ranked} who are ranked can be met: there are {places} places.")];
    }
    let line = |what: &str, names: String| (!names.is_empty()).then(|| format!("{what}: {names}."));
    let sure = line("Within the cut with all of their range", names(Side::Within));
    let open = line("Cannot be told apart from the line", names(Side::Open));
    sure.into_iter().chain(open).chain(tie).collect()
}

/// Who shares a rank on both sides of the line; none where nobody does.
pub fn tie_at(panel: &Panel, places: usize) -> Option<(u32, Vec<&SafeText>)> {
    let mut ranks: Vec<u32> = panel.ranking.iter().filter_map(|one| one.rank).collect();
    ranks.sort_unstable();
    let last = *ranks.get(places.checked_sub(1)?)?;
    let who = panel.ranking.iter().filter(|one| one.rank == Some(last)).map(|one| &one.candidate).collect();
    (ranks.get(places) == Some(&last)).then_some((last, who))
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

/// How sure it is that something is no chance.
pub fn chance(p: f64) -> String {
    if p < 0.0005 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}

/// A total to so many digits; two that are equal to nine digits read alike, whatever the last bits of their sums are.
pub fn rounded(total: f64, digits: usize) -> String {
    // A half goes up, as people round it.
    let unit = 10f64.powi(digits as i32);
    format!("{:.digits$}", ((total * 1e9).round() / 1e9 * unit).round() / unit)
}

/// A total with half the width of its interval: `71.2 ±6.3`.
pub fn total(total: &Statistic, digits: usize) -> String {
    match total {
        Statistic::Known(known) => match known.low.zip(known.high) {
            // At the end of the scale the interval is cut on one side.
            Some((low, high)) => {
                let half = (known.value - low).max(high - known.value);
                format!("{} ±{half:.digits$}", rounded(known.value, digits))
            }
            None => rounded(known.value, digits),
        },
        Statistic::Undefined(reason) => reason.words().to_owned(),
    }
}

/// Why nobody's rank has a range; none where ranks have one, or nobody is ranked.
pub fn no_range(panel: &Panel) -> Option<String> {
    let own = panel.ranking.iter().filter(|one| one.rank.is_some()).map(|one| &one.range);
    let in_groups = panel.ranking.iter().filter_map(|one| one.in_group.as_ref()).map(|group| &group.range);
    let reason = own.chain(in_groups).find_map(|range| match range {
        RankRange::Undefined(reason) => Some(*reason),
        RankRange::Known { .. } => None,
    })?;
    let why = match reason {
        // A line of 80 columns holds it.
        Reason::TooFew if panel.reviewers.len() < 2 => "one reviewer alone rated",
        Reason::TooFew if panel.groups.iter().any(|group| group.reviewers.len() < 2) => "in a group one alone rated",
        Reason::TooFew => "too few candidates were rated by two reviewers",
        other => other.words(),
    };
    Some(format!("How sure these ranks are cannot be said: {why}."))
}

/// Why somebody stands above others and in a lower band, with the first of whom that is so; none where ranks and bands go one way.
pub fn rank_against_band(panel: &Panel, shown: impl Fn(&SafeText) -> SafeText) -> Option<String> {
    let placed = panel.ranking.iter().filter_map(|one| Some((one.place()?, one.band.as_deref()?, &one.candidate)));
    let placed: Vec<((usize, u32), &str, &SafeText)> = placed.collect();
    // A to Z, then AA.
    let is_lower = |a: &str, b: &str| (a.len(), a) > (b.len(), b);
    let (upper, lower) = placed.iter().enumerate().find_map(|(nth, upper)| {
        let is_below = |lower: &((usize, u32), &str, &SafeText)| lower.0.0 == upper.0.0 && lower.0.1 > upper.0.1;
        let lower = placed[nth..].iter().find(|lower| is_below(lower) && is_lower(upper.1, lower.1))?;
        Some((upper, lower))
    })?;
    let (((_, rank), band, who), ((_, other_rank), other_band, other)) = (upper, lower);
    Some(format!(
        "The rank goes by the total as it is; may be and band go by a model that allows for who rated whom, and how much: so {}, rank {rank}, \
         is in band {band}, and {}, rank {other_rank}, in band {other_band}.",
        shown(who),
        shown(other)
    ))
}

/// The groups that share nobody, where there is no common ranking; `shown` says what a candidate is called.
pub fn groups(panel: &Panel, shown: impl Fn(&SafeText) -> SafeText) -> Vec<String> {
    const NAMED: usize = 8;
    if panel.groups.is_empty() {
        return Vec::new();
    }
    let list = |names: Vec<SafeText>| {
        let more = names.len().saturating_sub(NAMED);
        let said = names.iter().take(NAMED).map(SafeText::as_str).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{said} and {more} more") } else { said }
    };
    let lead = format!(
        "There is no common ranking: reviewers and candidates fall into {} groups that share nobody. Ranks are within a group.",
        panel.groups.len()
    );
    let one = |(nth, group): (usize, &super::Apart)| {
        let candidates = list(group.candidates.iter().map(&shown).collect());
        format!("  Group {}: {} rated {candidates}.", nth + 1, list(group.reviewers.clone()))
    };
    std::iter::once(lead).chain(panel.groups.iter().enumerate().map(one)).collect()
}

/// Two candidates, the likelier one first, by the ratings; beside it what comparisons say of the same order. None where neither
/// says anything.
pub fn pair(pair: &PairFigures, shown: impl Fn(&SafeText) -> SafeText) -> Option<String> {
    let (by_ratings, by_comparisons) = (pair.said, pair.by_comparisons.value());
    let turned = by_ratings.or(by_comparisons)? < 0.5 - 1e-12;
    let (a, b) = if turned { (&pair.b, &pair.a) } else { (&pair.a, &pair.b) };
    let names = format!("{} above {}", shown(a), shown(b));
    let rated = by_ratings.map(|p| odds(if turned { 1.0 - p } else { p }));
    let beside = by_comparisons.map(|p| {
        // The rest of both directions is the probability of a tie.
        let p = if turned { (1.0 - p - pair.p_tie.unwrap_or(0.0)).max(0.0) } else { p };
        let (n, drawn) = match &pair.by_comparisons {
            Statistic::Known(known) => (known.n, known.method.contains("separated")),
            Statistic::Undefined(_) => (0, false),
        };
        let drawn = if drawn { ", drawn to the middle because someone never loses, or never wins" } else { "" };
        let tie = pair.p_tie.filter(|tie| *tie >= 0.005).map_or_else(String::new, |tie| format!(", a tie {}", preferred(tie)));
        let comparisons = if n == 1 { "1 comparison".to_owned() } else { format!("{n} comparisons in all") };
        format!("side by side preferred {}{tie} (of {comparisons}{drawn})", preferred(p))
    });
    let said: Vec<String> = rated.into_iter().chain(beside).collect();
    Some(format!("{names}: {}", said.join("; ")))
}

/// How likely the first is preferred, beside a tie.
fn preferred(p: f64) -> String {
    match p {
        p if p > 0.99 => "more than 99 in 100".to_owned(),
        p if p < 0.01 => "less than 1 in 100".to_owned(),
        p => format!("about {:.0} in 100", p * 100.0),
    }
}

/// A figure with its interval, or why there is none.
pub fn figure(statistic: &Statistic) -> String {
    match statistic {
        Statistic::Known(known) => match (known.low, known.high) {
            (Some(low), Some(high)) => format!("{} ({} to {})", two_digits(known.value), two_digits(low), two_digits(high)),
            _ => two_digits(known.value),
        },
        Statistic::Undefined(reason) => reason.words().to_owned(),
    }
}

/// The same with what it is and of how many, for where it stands alone.
pub fn with_method(statistic: &Statistic) -> String {
    match statistic {
        Statistic::Known(known) => {
            let (method, counted) = known.method.split_once("; n ").unwrap_or((&known.method, ""));
            format!("{}: {method}; {} {counted}", figure(statistic), known.n).trim_end().to_owned()
        }
        Statistic::Undefined(_) => figure(statistic),
    }
}

/// Two digits; what rounds to nothing has no sign.
fn two_digits(value: f64) -> String {
    format!("{:.2}", if value.abs() < 0.005 { 0.0 } else { value })
}

/// A rank with those between which it may truly be, as a sentence.
pub fn placed(rank: u32, range: &RankRange) -> String {
    match range {
        RankRange::Known { low, high, rough } => {
            let rough = if *rough { ": roughly, from fewer than five reviewers" } else { "" };
            match low == high {
                true => format!("Rank {rank}, and by its range no other{rough}."),
                false => format!("Rank {rank}, may be {low} to {high}{rough}."),
            }
        }
        RankRange::Undefined(reason) => format!("Rank {rank}; how sure it is cannot be said: {}.", reason.words()),
    }
}

#[cfg(test)]
mod tests {
    use super::{RankRange, odds, placed};

    #[test]
    fn a_rank_says_how_sure_it_is_and_what_that_rests_on() {
        let known = |low, high, rough| RankRange::Known { low, high, rough };
        assert_eq!(placed(1, &known(1, 1, false)), "Rank 1, and by its range no other.");
        assert_eq!(placed(1, &known(1, 1, true)), "Rank 1, and by its range no other: roughly, from fewer than five reviewers.");
        assert_eq!(placed(2, &known(1, 3, true)), "Rank 2, may be 1 to 3: roughly, from fewer than five reviewers.");
    }

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

//! Figures that must agree with each other, and what they must not claim.

use super::adjusted::Decided;
use super::{Asked, Measures};
use crate::panel::{Key, RankRange, Ratings, Reason, Scheme, Statistic, Status, Value};
use crate::rubric::{MissingRule, Point, Policy};

fn key(candidate: &str, item: usize, reviewer: &str) -> Key {
    let question = format!("q{item}").parse().expect("an id");
    Key { candidate: candidate.into(), question, criterion: "depth".parse().expect("an id"), reviewer: reviewer.into() }
}

fn point(value: i16) -> Value {
    Value::Point(Point::whole(value.clamp(1, 5)))
}

/// Twelve candidates whose names begin so, three questions of which the last is hard, and who of three reviewers rated which.
fn rated(names: &str, rates: impl Fn(usize, usize) -> bool) -> Ratings {
    let mut ratings = Ratings::default();
    for candidate in 0..12 {
        for item in 0..3 {
            for (at, reviewer) in ["ann", "bob", "cy"].into_iter().enumerate().filter(|(at, _)| rates(*at, item)) {
                let value =
                    1 + ((candidate * 5 + 1) % 5) as i16 - i16::from(item == 2) * 2 + ((candidate * 7 + at + item) % 3) as i16;
                // Names that turn the order of the candidates round.
                let number = if names == "z" { 99 - candidate } else { candidate };
                ratings.insert(key(&format!("{names}{number:02}"), item, reviewer), point(value));
            }
        }
    }
    ratings
}

fn measured(ratings: &Ratings) -> Measures {
    Measures::of(ratings, &Scheme::from_values(ratings), &Asked::default())
}

#[test]
fn who_rated_other_criteria_than_most_is_not_called_severe() {
    // Cy heard the hard question alone.
    let measures = measured(&rated("c", |reviewer, item| reviewer < 2 || item == 2));
    assert_eq!(measures.adjusted.other_items, ["cy".into()]);
    assert!(matches!(measures.adjusted.decided, Decided::Refused { .. }), "{:?}", measures.adjusted.decided);
    let words = crate::panel::words::verdict(&measures.adjusted, Clone::clone, Clone::clone);
    assert!(words[0].contains("out: cy rated other criteria than others"), "{words:?}");
    let unsaid = |of: &crate::panel::Severity| of.effect == Statistic::Undefined(Reason::Disconnected) && of.mixed == of.effect;
    assert!(measures.severity.len() == 3 && measures.severity.iter().all(unsaid), "{:?}", measures.severity);
    assert!(crate::panel::words::severity(&measures, Clone::clone).is_empty());
    let unsaid = Statistic::Undefined(Reason::Disconnected);
    assert_eq!([&measures.dependability.raw, &measures.icc.icc2_k, &measures.agreement.kendall_w], [&unsaid; 3]);
    assert_eq!(measures.dependability.reviewers_needed, None);
    assert!(!measures.d_study.iter().any(|plan| plan.same_questions), "{:?}", measures.d_study);
    assert_eq!(measured(&rated("c", |_, _| true)).adjusted.other_items, []);
}

#[test]
fn who_left_out_what_is_hard_but_once_is_not_called_lenient() {
    // Of all but one candidate cy did not rate the hard question; nobody is severe.
    let mut ratings = rated("c", |reviewer, item| reviewer < 2 || item < 2);
    ratings.insert(key("c00", 2, "cy"), point(1));
    let measures = measured(&ratings);
    assert_eq!(measures.adjusted.other_items, ["cy".into()]);
    assert!(matches!(measures.adjusted.decided, Decided::Refused { .. }), "{:?}", measures.adjusted.decided);
}

#[test]
fn who_left_out_what_is_no_harder_is_told_as_ever() {
    let mut ratings = rated("c", |_, item| item < 2);
    let shown = measured(&ratings);
    for nth in 0..6 {
        ratings.insert(key(&format!("c{nth:02}"), 0, "cy"), Value::NotObserved);
    }
    let measures = measured(&ratings);
    assert_eq!(measures.adjusted.other_items, []);
    let known = |of: &Measures| of.severity.iter().all(|one| matches!(one.effect, Statistic::Known(_)));
    assert!(known(&shown) && known(&measures), "{:?}", measures.severity);
}

#[test]
fn where_each_rated_other_criteria_nobody_is_most() {
    let measures = measured(&rated("c", |reviewer, item| reviewer == item));
    let words = crate::panel::words::verdict(&measures.adjusted, Clone::clone, Clone::clone);
    assert!(words[0].contains("out: ann, bob, cy rated other criteria than others,"), "{words:?}");
}

#[test]
fn who_has_no_total_has_no_range_for_the_same_reason() {
    let mut ratings = rated("c", |_, _| false);
    for reviewer in ["ann", "bob"] {
        ratings.extend((0..3).map(|nth| (key(&format!("c{nth}"), 0, reviewer), point(3))));
    }
    let panel = crate::panel::Panel::analyse(&ratings, &Scheme::from_values(&ratings));
    let same = |one: &crate::panel::Ranked| {
        one.total == Statistic::Undefined(Reason::NoVariation) && one.range == RankRange::Undefined(Reason::NoVariation)
    };
    assert!(panel.ranking.len() == 3 && panel.ranking.iter().all(same), "{:?}", panel.ranking);
}

#[test]
fn what_candidates_are_called_changes_no_interval() {
    // Disagreement lies with a few alone, so that it matters who is drawn.
    let of = |names: &str| {
        let mut ratings = rated(names, |_, _| true);
        for candidate in 0..4 {
            let number = if names == "z" { 99 - candidate } else { candidate };
            ratings.insert(key(&format!("{names}{number:02}"), 0, "cy"), point(1 + (candidate % 2) as i16 * 4));
        }
        measured(&ratings).agreement.cells
    };
    let ends = |names: &str| {
        let cells = of(names);
        // To nine digits: sums in another order round otherwise.
        [cells.alpha.ordinal, cells.alpha.interval, cells.within_one].map(|of| match of {
            Statistic::Known(known) => format!("{:.9} {:.9?} {:.9?}", known.value, known.low, known.high),
            Statistic::Undefined(reason) => panic!("{reason}"),
        })
    };
    assert_eq!(ends("c"), ends("z"));
}

#[test]
fn the_plan_for_the_same_panel_is_as_dependable_as_the_panel() {
    let measures = measured(&rated("c", |_, _| true));
    let plan = measures.d_study.iter().find(|plan| plan.same_questions && plan.reviewers == 3).expect("it is planned for");
    let (raw, planned) = (measures.dependability.raw.value().expect("known"), plan.relative.value().expect("known"));
    assert!((raw - planned).abs() < 1e-6, "{raw} and {planned}");
}

#[test]
fn an_answer_that_one_reviewer_calls_not_answered_counts_in_the_same_way_everywhere() {
    let mut ratings = rated("c", |_, _| true);
    ratings.insert(key("c03", 0, "bob"), Value::NotAnswered);
    let scheme = Scheme::from_values(&ratings);
    let panel = crate::panel::Panel::analyse(&ratings, &scheme);
    let ranked = panel.ranking.iter().find(|one| one.candidate.as_str() == "c03").expect("ranked");
    let own = Measures::of(&ratings, &scheme, &Asked::default());
    let bob = own.adjusted.mixed.iter().find(|one| one.candidate.as_str() == "c03").and_then(|one| one.raw).expect("a mean");
    let mut without = ratings.clone();
    without.insert(key("c03", 0, "bob"), Value::NotObserved);
    let same = Measures::of(&without, &scheme, &Asked::default());
    let left_out = same.adjusted.mixed.iter().find(|one| one.candidate.as_str() == "c03").and_then(|one| one.raw);
    assert!(ranked.total.value().is_some());
    assert_eq!(Some(bob), left_out, "where others rated it, it leaves bob's mean as it leaves the total");
}

#[test]
fn a_complete_table_is_as_dependable_as_its_icc_also_where_reviewers_differ_less_than_by_chance() {
    let mut ratings = Ratings::default();
    for (nth, [ann, bob]) in [[1, 2], [4, 3], [5, 5], [2, 2]].into_iter().enumerate() {
        ratings.extend([("ann", ann), ("bob", bob)].map(|(who, value)| (key(&format!("c{nth}"), 0, who), point(value))));
    }
    let measures = measured(&ratings);
    let (Statistic::Known(g), Statistic::Known(icc)) = (&measures.dependability.raw, &measures.icc.icc3_k) else {
        panic!("{:?}", measures.dependability.raw)
    };
    assert!((g.value - icc.value).abs() < 1e-12 && g.high == icc.high && g.low == icc.low.map(|low| low.max(0.0)), "{g:?} {icc:?}");
    assert!(
        g.low.is_some() && measures.components.reviewer.value().is_some_and(|variance| variance < 0.0),
        "{:?}",
        measures.components
    );
    let one = measures.d_study.iter().find(|plan| plan.reviewers == 1 && plan.same_questions).expect("planned");
    assert!((one.relative.value().expect("known") - measures.icc.icc3_1.value().expect("known")).abs() < 1e-12, "{one:?}");
}

#[test]
fn a_missing_answer_is_stated_by_reviewers_and_falls_to_who_saw_one() {
    let policy = Policy { min_reviewers: 2, not_answered: MissingRule::Floor, ..Policy::default() };
    let of = |codes: &[(&str, Value)]| {
        let mut ratings = rated("c", |reviewer, _| reviewer < 2);
        for (who, value) in codes {
            ratings.extend((0..3).map(|item| (key("m", item, who), *value)));
        }
        let scheme = Scheme { min: 1.0, max: 5.0, policy: policy.clone(), ..Scheme::from_values(&ratings) };
        let panel = crate::panel::Panel::analyse(&ratings, &scheme);
        let one = panel.of(&"m".into()).expect("it is in it").clone();
        (one.status, one.total.value(), one.fewest_reviewers)
    };
    assert_eq!(of(&[("ann", Value::NotAnswered), ("bob", Value::NotAnswered)]), (Status::Ranked, Some(0.0), 2));
    assert_eq!(of(&[("ann", Value::NotAnswered), ("bob", Value::NotYet)]), (Status::Provisional, Some(0.0), 1));
    // Who says that it gave no chance to see it has seen an answer.
    assert_eq!(of(&[("ann", Value::NotAnswered), ("bob", Value::NotObserved)]), (Status::None, None, 0));
    assert_eq!(of(&[("ann", Value::NotAnswered), ("bob", point(3))]), (Status::Provisional, Some(50.0), 1));
}

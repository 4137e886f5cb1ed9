//! Shares, adverse impact, scoring rates, Fisher's test.

use earmark::panel::impact::{Counts, Impact, Member, Table, four_fifths, scoring};
use earmark::panel::intervals::{newcombe, wilson};
use serde_json::{Map, Value as Json, json};

use super::{ends, list, told};

pub(super) fn proportions(input: &Json) -> Json {
    let whole = |json: &Json| -> Vec<u64> { list(json).into_iter().map(|x| x as u64).collect() };
    let of = |pair: &Json| {
        let pair = whole(pair);
        json!(wilson(pair[0], pair[1]).expect("a share"))
    };
    let difference = whole(&input["diff"]);
    json!({
        "wilson95": input["wilson"].as_array().expect("pairs").iter().map(of).collect::<Json>(),
        "newcombe_hybrid95": newcombe((difference[0], difference[1]), (difference[2], difference[3])).expect("shares"),
    })
}

fn counts(json: &Json) -> Counts {
    let pair = list(json);
    Counts { selected: pair[0] as u64, n: pair[1] as u64 }
}

pub(super) fn adverse(input: &Json) -> Json {
    // Rates in hundredths are selections among a hundred.
    let rates = input["q11_rates"].as_object().expect("groups");
    let group = |rate: &Json| Counts { selected: (rate.as_f64().expect("a rate") * 100.0).round() as u64, n: 100 };
    let best = rates.values().map(group).max_by(Counts::compare).expect("groups");
    let ratios: Map<String, Json> =
        rates.iter().map(|(name, rate)| (name.clone(), told(&Impact::of(group(rate), best).ratio))).collect();
    let flags: Map<String, Json> = rates.iter().map(|(name, rate)| (name.clone(), json!(four_fifths(group(rate), best)))).collect();
    let case = |case: &Json| {
        let impact = Impact::of(counts(&case["focal"]), counts(&case["reference"]));
        json!({
            "rate_focal": told(&impact.rate), "rate_reference": told(&impact.reference_rate),
            "impact_ratio": told(&impact.ratio), "four_fifths_flag": impact.flagged,
            "z": impact.z, "p_z_two_sided": impact.z_p, "fisher_two_sided": impact.fisher_p,
            "ir_ci95_log": ends(&impact.ratio), "diff_ci95_newcombe": ends(&impact.difference),
            "cohen_h": impact.cohen_h,
            "flag_removed_by_moving_one_selection": impact.one_selection_moved.removes_flag,
            "direction_reversed_by_moving_one_selection": impact.one_selection_moved.reverses,
            "shortfall": impact.shortfall,
        })
    };
    assert!(Impact::of(counts(&input["q21"]["focal"]), counts(&input["q21"]["reference"])).too_few_to_say);
    json!({ "q11_impact_ratio": ratios, "q11_flag": flags, "q12": case(&input["q12"]), "q21": case(&input["q21"]) })
}

fn members(groups: &Json) -> Vec<Member<f64>> {
    let of = |(name, values): (&String, &Json)| {
        let member = |value| Member { group: Some(name.clone()), value };
        list(values).into_iter().map(member).collect::<Vec<_>>()
    };
    groups.as_object().expect("groups").iter().flat_map(of).collect()
}

pub(super) fn scoring_rates(input: &Json) -> Json {
    let (male, female) = (counts(&input["binary"]["male"]), counts(&input["binary"]["female"]));
    let scored = scoring(&members(&input["scores"]));
    let each = |of: &dyn Fn(&earmark::panel::impact::ScoringRate) -> Option<Json>| -> Map<String, Json> {
        scored.groups.iter().filter_map(|group| Some((group.group.clone(), of(group)?))).collect()
    };
    let tied = json!({ "A": [3, 3, 3, 4], "B": [3, 3, 3, 3] });
    let at_median = scoring(&members(&tied));
    assert_eq!(at_median.at_median, 7, "many stand at the median");
    let tied_rates: Map<String, Json> = at_median.groups.iter().map(|group| (group.group.clone(), told(&group.rate))).collect();
    json!({
        "binary": {
            "rate_male": male.rate(), "rate_female": female.rate(),
            "impact_ratio_female": told(&Impact::of(female, male).ratio),
        },
        "scored": {
            "median": told(&scored.median),
            "scoring_rate": each(&|group| Some(told(&group.rate))),
            "impact_ratio": each(&|group| Some(told(&group.ratio))),
            "impact_ratio_excluding_n_below_5": each(&|group| group.ratio_among_shown.as_ref().map(told)),
            "share": each(&|group| group.share.map(|share| json!(share))),
        },
        "ties_at_median": { "scores": tied, "median": told(&at_median.median), "scoring_rate": tied_rates },
    })
}

pub(super) fn fisher(input: &Json) -> Json {
    let of = |json: &Json| {
        let [a, b, c, d] = list(json).into_iter().map(|x| x as u64).collect::<Vec<_>>()[..] else { panic!("four cells") };
        let fisher = Table { a, b, c, d }.fisher();
        json!({
            "two_sided": fisher.two_sided, "greater": fisher.greater, "less": fisher.less,
            "conditional_mle_or": fisher.odds_ratio, "sample_or": (a * d) as f64 / (b * c) as f64,
        })
    };
    json!({ "tea": of(&input["tea"]), "study": of(&input["study"]) })
}

#[test]
fn the_conditional_odds_ratio_solves_its_equation() {
    let odds = Table { a: 3, b: 1, c: 1, d: 3 }.fisher().odds_ratio.expect("finite");
    let weights = [1.0, 16.0, 36.0, 16.0, 1.0];
    let terms = || weights.iter().enumerate().map(|(x, weight)| (x as f64, weight * odds.powi(x as i32)));
    let expected = terms().map(|(x, weight)| x * weight).sum::<f64>() / terms().map(|(_, weight)| weight).sum::<f64>();
    assert!((expected - 3.0).abs() < 1e-12, "{expected}");
}

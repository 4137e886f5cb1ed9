//! Models: decision study, severity, connectivity, many facets, habits, drift.

use earmark::panel::Scores;
use earmark::panel::adjust::{Additive, Gate, Mixed};
use earmark::panel::components::{Cube, OneFacet, RawMean, decide_one, reviewers_needed};
use earmark::panel::connectivity::Design;
use earmark::panel::drift::{drift, weighted_means};
use earmark::panel::effects::habits as habits_of;
use earmark::panel::ranks::competition_ranks;
use earmark::panel::rasch::{Facet, Rasch};
use serde_json::{Map, Value as Json, json};

use super::{ends, list, number, scores, told};

pub(super) fn decision_study(input: &Json) -> Json {
    let components = OneFacet::of(&scores(&input["ratings"])).expect("a complete table");
    let plan = |n: f64| {
        let plan = decide_one(&components, n as usize);
        json!({
            "n_reviewers": plan.reviewers, "rel": plan.relative, "phi": plan.absolute,
            "sem_rel": plan.sem_relative, "sem_abs": plan.sem_absolute,
        })
    };
    let needed = |absolute: bool| -> Map<String, Json> {
        let of = |target: f64| (target.to_string(), json!(reviewers_needed(&components, target, absolute)));
        list(&input["targets"]).into_iter().map(of).collect()
    };
    json!({
        "variance": { "p": components.candidate, "r": components.reviewer, "res": components.residual },
        "dstudy": list(&input["n_grid"]).into_iter().map(plan).collect::<Vec<_>>(),
        "reviewers_needed_relative": needed(false),
        "reviewers_needed_absolute": needed(true),
    })
}

pub(super) fn additive(input: &Json) -> Json {
    let table = scores(&input["scores"]);
    let model = Additive::fit(&table).expect("connected");
    let candidates = 0..table.rows();
    let raw: Vec<f64> = candidates.clone().filter_map(|at| table.row_mean(at)).collect();
    let adjusted: Vec<f64> = model.adjusted.iter().flatten().copied().collect();
    let test = model.reviewers.expect("a test");
    json!({
        "mu": model.mu,
        "candidate_effect": candidates.clone().map(|at| model.effect(at)).collect::<Vec<_>>(),
        "reviewer_leniency": model.leniency,
        "se_candidate": candidates.clone().map(|at| model.standard_error_of_effect(at)).collect::<Vec<_>>(),
        "se_reviewer": (0..table.columns()).map(|at| model.standard_error_of_leniency(at)).collect::<Vec<_>>(),
        "adjusted_score": adjusted,
        "se_adjusted": candidates.map(|at| model.standard_error(at)).collect::<Vec<_>>(),
        "sigma": model.sigma,
        "df": model.df,
        "F_reviewers": test.f,
        "p_reviewers": test.p,
        "diff_C2_C3": adjusted[1] - adjusted[2],
        "se_diff_C2_C3": model.standard_error_of_difference(1, 2),
        "raw_mean": raw,
        "rank_raw": competition_ranks(&raw),
        "rank_adjusted": competition_ranks(&adjusted),
    })
}

pub(super) fn connectivity(input: &Json) -> Json {
    let cases = input["cases"].as_object().expect("cases");
    let (mut components, mut ranks, mut allowed) = (Map::new(), Map::new(), Map::new());
    let mut membership = Json::Null;
    for (label, table) in cases {
        let table = scores(table);
        let design = Design::of(&table);
        components.insert(label.clone(), json!(design.components.len()));
        ranks.insert(label.clone(), json!(design.rank()));
        allowed.insert(label.clone(), json!(Gate::default().judge(&table).adjusts()));
        if label == "disconnected" {
            let of = |component: &earmark::panel::connectivity::Component| {
                let candidates = component.candidates.iter().map(|at| json!(["cand", at]));
                candidates.chain(component.reviewers.iter().map(|at| json!(["rev", at]))).collect::<Json>()
            };
            membership = design.components.iter().map(of).collect();
        }
    }
    json!({
        "components": components,
        "disconnected_membership": membership,
        "design_rank": ranks,
        "adjustment_allowed": allowed,
    })
}

pub(super) fn mixed(input: &Json) -> Json {
    let table = scores(&input["scores"]);
    let model = Mixed::fit(&table).expect("it settles");
    let candidates = || 0..table.rows();
    let raw = RawMean::of(&table).expect("candidates");
    let [candidate, reviewer, error] = model.variances;
    let levels: Vec<f64> = candidates().map(|at| model.level(at)).collect();
    let square = |of: &dyn Fn(usize, usize) -> Json| -> Json {
        candidates().map(|a| candidates().map(|b| of(a, b)).collect::<Json>()).collect()
    };
    json!({
        "sigma2_candidate": candidate,
        "sigma2_reviewer": reviewer,
        "sigma2_error": error,
        "mu": model.mu,
        "reml_criterion": model.criterion,
        "blup_candidate": model.candidates,
        "blup_reviewer": model.reviewers,
        "score": levels,
        "se_score": candidates().map(|at| model.standard_error(at)).collect::<Vec<_>>(),
        "pev_candidate": square(&|a, b| json!(model.pev(a, b))),
        "p_row_truly_above_col": square(&|a, b| json!(model.p_above(a, b).filter(|_| a != b))),
        "rank": competition_ranks(&levels),
        "cullis_reliability": told(&model.reliability()),
        "G_q_k": told(&raw.dependability(candidate, reviewer, error)),
        "G_q_multiplier": raw.q,
        "harmonic_k": raw.k,
    })
}

/// Candidates × reviewers × questions; null where the reviewer did not see the candidate.
fn cube(json: &Json) -> Cube {
    let rows = json.as_array().expect("candidates");
    let reviewers = rows[0].as_array().expect("reviewers").len();
    let mut cube = Cube::empty(rows.len(), reviewers, 3);
    for (candidate, row) in rows.iter().enumerate() {
        for (reviewer, cells) in row.as_array().expect("reviewers").iter().enumerate() {
            for (question, cell) in cells.as_array().into_iter().flatten().enumerate() {
                cube.set(candidate, reviewer, question, cell.as_f64());
            }
        }
    }
    cube
}

pub(super) fn rasch(input: &Json) -> Json {
    let model = Rasch::fit(&cube(&input["ratings"])).expect("it settles");
    let logits = |of: &[Option<Facet>]| of.iter().map(|facet| json!(facet.expect("rated").logit)).collect::<Json>();
    let fits = |of: &[Option<Facet>]| {
        let fit = |facet: &Option<Facet>| {
            let fit = facet.expect("rated").fit.expect("informative");
            json!({ "infit": fit.infit, "outfit": fit.outfit, "se": fit.standard_error })
        };
        of.iter().map(fit).collect::<Json>()
    };
    let theta: Vec<f64> = model.candidates.iter().map(|facet| facet.expect("rated").logit).collect();
    json!({
        "theta": logits(&model.candidates),
        "severity": logits(&model.reviewers),
        "difficulty": logits(&model.questions),
        "tau": model.tau,
        "log_likelihood": model.log_likelihood,
        "reviewer_fit": fits(&model.reviewers),
        "question_fit": fits(&model.questions),
        "candidate_fit": fits(&model.candidates),
        "fair_average": model.fair_averages,
        "rank": competition_ranks(&theta),
    })
}

pub(super) fn habits(input: &Json) -> Json {
    let cube = cube(&input["ratings"]);
    let scale = list(&input["scale"]);
    let of = |reviewer: usize| {
        let habits = habits_of(&cube, reviewer, (scale[0], scale[1]));
        json!({
            "reviewer": format!("R{}", reviewer + 1),
            "n": habits.n,
            "mean": told(&habits.mean),
            "mean_minus_other_reviewers": told(&habits.against_others),
            "sd": told(&habits.deviation),
            "sd_ratio_to_others": told(&habits.deviation_ratio),
            "midpoint_share": told(&habits.middle_share),
            "extreme_share": told(&habits.extreme_share),
            "distinct_used": habits.distinct,
            "single_rest_r": told(&habits.single_rest),
            "halo_mean_r": told(&habits.halo),
            "halo_excess_over_others": told(&habits.halo_excess),
            "within_candidate_sd": told(&habits.within_candidate),
            "straightline_share": told(&habits.straight_lined),
        })
    };
    json!({ "effects": (0..4).map(of).collect::<Vec<_>>() })
}

pub(super) fn drift_slope(input: &Json) -> Json {
    let residuals = list(&input["residual"]);
    let drift = drift(&list(&input["order"]), &residuals).expect("a slope");
    json!({
        "slope_per_review": told(&drift.slope),
        "se": drift.standard_error,
        "t": drift.t,
        "p_two_sided": drift.p,
        "ci95": ends(&drift.slope),
        "first_half_mean": drift.first_half,
        "second_half_mean": drift.second_half,
        "ewma": weighted_means(&residuals, number(&input["ewma_lambda"])),
    })
}

#[test]
fn nobody_is_adjusted_who_has_no_values() {
    let table = Scores::from_rows(&[vec![Some(1.0), Some(2.0)], vec![None, None], vec![Some(3.0), Some(5.0)]]);
    let model = Additive::fit(&table).expect("connected");
    assert_eq!((model.adjusted[1], model.standard_error(1)), (None, None));
}

#[test]
fn who_has_only_the_highest_points_is_placed_and_marked() {
    let mut cube = Cube::empty(5, 3, 2);
    for c in 0..5 {
        for r in 0..3 {
            for q in 0..2 {
                let point = if c == 4 { 5 } else { 1 + (c * 2 + r + 3 * q + c * r * q) % 5 };
                cube.set(c, r, q, Some(point as f64));
            }
        }
    }
    let model = Rasch::fit(&cube).expect("it settles");
    let facets: Vec<Facet> = model.candidates.iter().map(|facet| facet.expect("rated")).collect();
    assert_eq!(facets.iter().map(|facet| facet.extreme).collect::<Vec<_>>(), [false, false, false, false, true]);
    assert!(facets[..4].iter().all(|facet| facet.logit < facets[4].logit) && facets[4].logit.is_finite());
    let fair = model.fair_averages[4].expect("placed");
    assert!((4.5..5.0).contains(&fair), "moved inward: {fair}");
    let sums = |of: &[Option<Facet>]| of.iter().flatten().map(|facet| facet.logit).sum::<f64>();
    assert!(sums(&model.reviewers).abs() < 1e-8 && sums(&model.questions).abs() < 1e-8);
}

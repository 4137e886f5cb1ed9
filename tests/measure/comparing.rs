//! Pairs, ranks, questions.

use earmark::panel::components::Cube;
use earmark::panel::icc::Icc;
use earmark::panel::items;
use earmark::panel::pairwise::{Comparison, Outcome, Separation, Strengths, wins_connect};
use earmark::panel::ranks::{bootstrap, competition_ranks};
use earmark::panel::{Reason, Scores};
use serde_json::{Value as Json, json};

use super::{ends, list, number, scores, told};

pub(super) fn davidson(input: &Json) -> Json {
    let mut all = Vec::new();
    for row in input["pairs_i_j_iwins_jwins_ties"].as_array().expect("rows") {
        let row = list(row);
        let (a, b) = (row[0] as usize - 1, row[1] as usize - 1);
        for (times, outcome) in row[2..].iter().zip([Outcome::First, Outcome::Second, Outcome::Tie]) {
            all.extend(std::iter::repeat_n(Comparison { a, b, outcome }, *times as usize));
        }
    }
    let n = number(&input["n"]) as usize;
    let strengths = Strengths::fit(n, &all, Separation::Refuse).expect("it settles");
    json!({
        "log_worth_ref1": (0..n).map(|at| strengths.log_worth[at] - strengths.log_worth[0]).collect::<Vec<_>>(),
        "se_log_worth": (0..n).map(|at| strengths.standard_error(at, 0)).collect::<Vec<_>>(),
        "worth_sum1": strengths.worth(),
        "nu": strengths.log_nu.expect("ties").exp(),
        "se_log_nu": strengths.standard_error_of_nu(),
    })
}

pub(super) fn separation(input: &Json) -> Json {
    let one = |pair: &Json| {
        let pair = list(pair);
        Comparison { a: pair[0] as usize, b: pair[1] as usize, outcome: Outcome::First }
    };
    let all: Vec<Comparison> = input["outcomes_winner_loser"].as_array().expect("pairs").iter().map(one).collect();
    let n = number(&input["n"]) as usize;
    let refused = Strengths::fit(n, &all, Separation::Refuse);
    assert_eq!(refused.map(|_| ()), Err(Reason::Separated), "without a ridge there is no estimate");
    let strengths = Strengths::fit(n, &all, Separation::Ridge(number(&input["ridge_alpha"]))).expect("it settles");
    json!({ "strongly_connected": wins_connect(n, &all), "ridge_estimate": strengths.log_worth })
}

pub(super) fn exact_ranks(input: &Json) -> Json {
    let table = scores(&input["scores"]);
    let ranks = bootstrap(&table).expect("reviewers");
    let candidates = || 0..table.rows();
    let means: Vec<f64> = candidates().filter_map(|row| table.row_mean(row)).collect();
    let closed_form = |row: usize| {
        let values: Vec<f64> = table.row(row).iter().flatten().copied().collect();
        let (k, mean) = (values.len() as f64, means[row]);
        (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / k / k).sqrt()
    };
    let above = |a: usize| candidates().map(|b| ranks.above(a, b).unwrap_or(0.0)).collect::<Vec<_>>();
    json!({
        "mean": means,
        "rank_min": competition_ranks(&means),
        "rank_distribution_counts_of_27": candidates().map(|at| ranks.counts(at).to_vec()).collect::<Vec<_>>(),
        "rank_interval_90": candidates().map(|at| ranks.interval(at)).collect::<Vec<_>>(),
        "p_row_above_col_ties_half": candidates().map(above).collect::<Vec<_>>(),
        "bootstrap_se": candidates().map(|at| ranks.standard_error(at)).collect::<Vec<_>>(),
        "plug_in_se_check": candidates().map(closed_form).collect::<Vec<_>>(),
    })
}

pub(super) fn questions(input: &Json) -> Json {
    let rows = input["ratings"].as_array().expect("candidates");
    let mut cube = Cube::empty(rows.len(), 4, 3);
    for (candidate, row) in rows.iter().enumerate() {
        for (reviewer, cells) in row.as_array().expect("reviewers").iter().enumerate() {
            list(cells).into_iter().enumerate().for_each(|(at, value)| cube.set(candidate, reviewer, at, Some(value)));
        }
    }
    let of_question = |question: usize| {
        let mut table = Scores::empty(rows.len(), 4);
        let here = cube.observed().filter(|(_, _, at, _)| *at == question);
        here.for_each(|(candidate, reviewer, _, value)| table.set(candidate, reviewer, Some(value)));
        table
    };
    let mut means = Scores::empty(rows.len(), 3);
    (0..3).for_each(|at| (0..rows.len()).for_each(|row| means.set(row, at, of_question(at).row_mean(row))));
    let scale = list(&input["scale"]);
    let scale = (scale[0], scale[1]);
    let each = |of: &dyn Fn(usize) -> Json| (0..3).map(of).collect::<Json>();
    let ends_of = |at: usize| items::ends(&of_question(at).observed().map(|(.., value)| value).collect::<Vec<_>>(), scale);
    let completion = items::completion(18, 20);
    let seconds = [62.0, 75.0, 80.0, 88.0, 90.0, 95.0, 118.0, 120.0, 120.0, 120.0];
    let durations = items::durations(&seconds, number(&input["time_limit"]));
    json!({
        "difficulty_pomp": each(&|at| told(&items::ease(&means, at, scale))),
        "corrected_item_total": each(&|at| told(&items::item_total(&means, at))),
        "alpha": told(&items::alpha(&means)),
        "alpha_if_deleted": each(&|at| told(&items::alpha_if_deleted(&means, at))),
        "upper_lower_27pct_discrimination": each(&|at| told(&items::discrimination(&means, at, scale))),
        "ceiling_share": each(&|at| told(&ends_of(at).1)),
        "floor_share": each(&|at| told(&ends_of(at).0)),
        "icc2_per_question": each(&|at| told(&Icc::of(&of_question(at)).icc2_1)),
        "completion": [{ "answered": 18, "invited": 20, "rate": told(&completion), "wilson95": ends(&completion) }],
        "duration_seconds": {
            "values": seconds,
            "median": told(&durations.median),
            "iqr": ends(&durations.median),
            "at_limit_share": told(&durations.at_limit),
        },
    })
}

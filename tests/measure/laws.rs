//! What must hold of any panel: relabelling, shifting, stretching, turning round.

use earmark::panel::adjust::{Additive, Mixed};
use earmark::panel::agreement::{Agreement, Metric, alpha, kendall_w, spearman, tau_b};
use earmark::panel::components::{Cube, OneFacet, RawMean, ThreeWay, components, decide_one};
use earmark::panel::icc::Icc;
use earmark::panel::pairwise::{Comparison, Outcome, Separation, Strengths};
use earmark::panel::{Reason, Scores, Statistic};
use proptest::prelude::*;

/// Tables of points, 4 to 9 candidates and 2 to 4 reviewers, with gaps.
fn any_table() -> impl Strategy<Value = Scores> {
    (4usize..10, 2usize..5).prop_flat_map(|(rows, columns)| {
        let cell = prop_oneof![4 => (1u8..=5).prop_map(|point| Some(f64::from(point))), 1 => Just(None)];
        prop::collection::vec(prop::collection::vec(cell, columns), rows).prop_map(|rows| Scores::from_rows(&rows))
    })
}

fn full_table() -> impl Strategy<Value = Scores> {
    (4usize..10, 2usize..5).prop_flat_map(|(rows, columns)| {
        let cell = (1u8..=5).prop_map(|point| Some(f64::from(point)));
        prop::collection::vec(prop::collection::vec(cell, columns), rows).prop_map(|rows| Scores::from_rows(&rows))
    })
}

/// The reviewers the other way round.
fn turned(table: &Scores) -> Scores {
    let columns: Vec<usize> = (0..table.columns()).rev().collect();
    table.part(&(0..table.rows()).collect::<Vec<_>>(), &columns)
}

fn mapped(table: &Scores, of: impl Fn(usize, usize, f64) -> f64) -> Scores {
    let mut other = Scores::empty(table.rows(), table.columns());
    table.observed().for_each(|(row, column, value)| other.set(row, column, Some(of(row, column, value))));
    other
}

fn near(a: &Statistic, b: &Statistic) -> bool {
    match (a, b) {
        (Statistic::Known(a), Statistic::Known(b)) => (a.value - b.value).abs() < 1e-8 * a.value.abs().max(1.0),
        (Statistic::Undefined(a), Statistic::Undefined(b)) => a == b,
        _ => false,
    }
}

proptest! {
    // Small tables often have a component of nothing: tables are drawn until enough have all three.
    #![proptest_config(ProptestConfig { max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn relabelling_reviewers_changes_no_figure(table in any_table()) {
        let other = turned(&table);
        for metric in Metric::ALL {
            prop_assert!(near(&alpha(&table, metric), &alpha(&other, metric)));
        }
        prop_assert!(near(&kendall_w(&table), &kendall_w(&other)));
        prop_assert_eq!(Agreement::of(&table, 1).exact, Agreement::of(&other, 1).exact);
        match (Additive::fit(&table), Additive::fit(&other)) {
            (Ok(a), Ok(b)) => for (a, b) in a.adjusted.iter().zip(&b.adjusted) {
                prop_assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-8);
            },
            (a, b) => prop_assert_eq!(a.err(), b.err()),
        }
        prop_assert_eq!(RawMean::of(&table).map(|of| (of.q * 1e9).round()), RawMean::of(&other).map(|of| (of.q * 1e9).round()));
    }

    #[test]
    fn a_constant_added_by_one_reviewer_leaves_adjusted_differences(table in any_table(), shift in -3.0f64..3.0) {
        let other = mapped(&table, |_, column, value| if column == 0 { value + shift } else { value });
        if let (Ok(a), Ok(b)) = (Additive::fit(&table), Additive::fit(&other)) {
            let of = |model: &Additive, at: usize| model.effect(at).unwrap_or(0.0);
            for at in 0..table.rows() {
                prop_assert!((of(&a, at) - of(&b, at)).abs() < 1e-8, "candidate {at}");
            }
            if let (Some(before), Some(after)) = (a.leniency[0], b.leniency[0]) {
                let reviewers = a.leniency.iter().flatten().count() as f64;
                prop_assert!((after - before - shift * (1.0 - 1.0 / reviewers)).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn complete_tables_need_no_adjustment(table in full_table()) {
        let model = Additive::fit(&table).expect("connected");
        for row in 0..table.rows() {
            prop_assert!((model.adjusted[row].unwrap_or(0.0) - table.row_mean(row).unwrap_or(0.0)).abs() < 1e-9);
        }
    }

    #[test]
    fn stretching_and_shifting_the_scale_changes_no_coefficient(table in full_table(), a in -5.0f64..5.0, b in 0.1f64..4.0) {
        let other = mapped(&table, |_, _, value| a + b * value);
        prop_assert!(near(&alpha(&table, Metric::Interval), &alpha(&other, Metric::Interval)));
        let (one, two) = (Icc::of(&table), Icc::of(&other));
        for (x, y) in [(&one.icc1_1, &two.icc1_1), (&one.icc2_1, &two.icc2_1), (&one.icc3_k, &two.icc3_k)] {
            prop_assert!(near(x, y), "{x:?} {y:?}");
        }
    }

    #[test]
    fn any_increasing_recode_leaves_the_ordinal_alpha(table in any_table()) {
        let other = mapped(&table, |_, _, value| value.exp());
        prop_assert!(near(&alpha(&table, Metric::Ordinal), &alpha(&other, Metric::Ordinal)));
        prop_assert!(near(&kendall_w(&table), &kendall_w(&other)));
    }

    #[test]
    fn the_scale_turned_round_has_the_same_alpha(table in any_table()) {
        let other = mapped(&table, |_, _, value| 6.0 - value);
        for metric in [Metric::Nominal, Metric::Ordinal, Metric::Interval] {
            prop_assert!(near(&alpha(&table, metric), &alpha(&other, metric)));
        }
    }

    #[test]
    fn alpha_of_perfect_agreement_is_one(values in prop::collection::vec(1u8..=5, 2..12), reviewers in 2usize..5) {
        let rows: Vec<Vec<Option<f64>>> = values.iter().map(|value| vec![Some(f64::from(*value)); reviewers]).collect();
        let varies = values.iter().any(|value| *value != values[0]);
        for metric in Metric::ALL {
            let alpha = alpha(&Scores::from_rows(&rows), metric);
            prop_assert_eq!(alpha.value(), varies.then_some(1.0), "{:?}", alpha);
            prop_assert!(varies || alpha == Statistic::Undefined(Reason::NoVariation));
        }
    }

    #[test]
    fn a_unit_with_one_value_says_nothing(table in any_table(), value in 1u8..=5) {
        let mut rows: Vec<Vec<Option<f64>>> = (0..table.rows()).map(|row| table.row(row).to_vec()).collect();
        rows.push(vec![Some(f64::from(value))]);
        for metric in Metric::ALL {
            prop_assert!(near(&alpha(&table, metric), &alpha(&Scores::from_rows(&rows), metric)));
        }
    }

    #[test]
    fn one_facet_and_the_forms_of_icc_say_the_same(table in full_table()) {
        let (Ok(of), icc) = (OneFacet::of(&table), Icc::of(&table)) else { return Ok(()) };
        prop_assume!(of.candidate > 1e-6 && of.reviewer > 1e-6 && of.residual > 1e-6);
        let k = table.columns();
        let same = |a: Option<f64>, b: &Statistic| (a.unwrap_or(9.0) - b.value().unwrap_or(8.0)).abs() < 1e-9;
        prop_assert!(same(decide_one(&of, 1).relative, &icc.icc3_1) && same(decide_one(&of, k).relative, &icc.icc3_k));
        prop_assert!(same(decide_one(&of, 1).absolute, &icc.icc2_1) && same(decide_one(&of, k).absolute, &icc.icc2_k));
    }

    #[test]
    fn figures_are_finite_and_their_intervals_hold_them(table in any_table()) {
        let mut all = vec![kendall_w(&table)];
        let agreement = Agreement::of(&table, 7);
        all.extend([agreement.exact, agreement.within_one, agreement.alpha.ordinal, agreement.alpha.ratio]);
        let icc = Icc::of(&table);
        all.extend([icc.icc1_1, icc.icc2_1, icc.icc3_1, icc.icc1_k, icc.icc2_k, icc.icc3_k]);
        if let Ok(model) = Additive::fit(&table) {
            all.extend((0..table.rows()).map(|at| model.score(at)));
        }
        if let Ok(model) = Mixed::fit(&table) {
            all.extend((0..table.rows()).map(|at| model.score(at)));
            all.push(model.reliability());
        }
        let of = components(&Cube::of_scores(&table));
        all.extend([of.candidate, of.reviewer, of.residual]);
        for statistic in &all {
            if let Statistic::Known(known) = statistic {
                prop_assert!(known.value.is_finite());
                prop_assert!(known.low.is_none_or(|low| low <= known.value + 1e-9), "{known:?}");
                prop_assert!(known.high.is_none_or(|high| high >= known.value - 1e-9), "{known:?}");
            }
        }
    }

    #[test]
    fn preferences_turned_round_turn_the_strengths(seed in prop::collection::vec((0usize..4, 0usize..4, 0u8..5), 12..60)) {
        let outcome = |x: u8| match x { 0 | 1 => Outcome::First, 2 | 3 => Outcome::Second, _ => Outcome::Tie };
        let back = |outcome| match outcome {
            Outcome::First => Outcome::Second,
            Outcome::Second => Outcome::First,
            Outcome::Tie => Outcome::Tie,
        };
        let all: Vec<Comparison> = seed.iter().map(|&(a, b, x)| Comparison { a, b, outcome: outcome(x) }).collect();
        let other: Vec<Comparison> = all.iter().map(|one| Comparison { outcome: back(one.outcome), ..*one }).collect();
        let swapped: Vec<Comparison> =
            all.iter().map(|one| Comparison { a: one.b, b: one.a, outcome: back(one.outcome) }).collect();
        let fit = |all: &[Comparison]| Strengths::fit(4, all, Separation::Ridge(0.1));
        match (fit(&all), fit(&other), fit(&swapped)) {
            (Ok(a), Ok(b), Ok(c)) => for at in 0..4 {
                prop_assert!((a.log_worth[at] + b.log_worth[at]).abs() < 1e-6);
                prop_assert!((a.log_worth[at] - c.log_worth[at]).abs() < 1e-6);
                let both = a.preferred(at, 0).value().unwrap_or(9.0) + a.preferred(0, at).value().unwrap_or(9.0);
                prop_assert!((both + a.tied(at, 0) - 1.0).abs() < 1e-9);
            },
            (a, b, c) => prop_assert!(a.is_err() && b.is_err() && c.is_err()),
        }
    }
}

#[test]
fn complete_and_incomplete_estimates_of_the_components_meet() {
    // A balanced design with positive components: restricted likelihood and mean squares are the same.
    let mut cube = Cube::empty(6, 4, 3);
    for c in 0..6 {
        for r in 0..4 {
            for q in 0..3 {
                let noise = ((c * 7 + r * 5 + q * 3 + c * r * q * 11) % 13) as f64 / 6.0;
                let wave = ((c * r) % 4) as f64 * 0.4 + ((c * q) % 5) as f64 * 0.5 + ((r * q) % 3) as f64 * 0.6;
                cube.set(c, r, q, Some(1.5 * c as f64 + 0.9 * r as f64 + 0.7 * q as f64 + wave + noise));
            }
        }
    }
    use earmark::panel::components::{Effect, fit};
    let anova = ThreeWay::of(&cube).expect("complete");
    use Effect::{Candidate, CandidateQuestion, CandidateReviewer, Question, Reviewer, ReviewerQuestion};
    let all = [Candidate, CandidateReviewer, CandidateQuestion, Reviewer, Question, ReviewerQuestion];
    let reml = fit(&cube, &all).expect("it settles");
    let pairs = [
        (anova.candidate, Candidate),
        (anova.reviewer, Reviewer),
        (anova.question, Question),
        (anova.candidate_reviewer, CandidateReviewer),
        (anova.candidate_question, CandidateQuestion),
        (anova.reviewer_question, ReviewerQuestion),
    ];
    assert!(pairs.iter().all(|(anova, _)| *anova > 0.0) && anova.residual > 0.0, "{anova:?}");
    for (wanted, effect) in pairs {
        assert!((reml.variance(effect) - wanted).abs() < 1e-3 * wanted.max(0.1), "{effect:?}: {wanted} {reml:?}");
    }
}

/// The restricted likelihood by the whole matrix of covariances.
fn dense_criterion(cube: &Cube, of: &earmark::panel::components::Fitted) -> f64 {
    use earmark::panel::components::Effect::{
        Candidate, CandidateQuestion, CandidateReviewer, Question, Reviewer, ReviewerQuestion,
    };
    let cells: Vec<(usize, usize, usize, f64)> = cube.observed().collect();
    let n = cells.len();
    let v = nalgebra::DMatrix::from_fn(n, n, |i, j| {
        let ((c, r, q, _), (d, s, t, _)) = (cells[i], cells[j]);
        let same = |is: bool, effect| if is { of.variance(effect) } else { 0.0 };
        same(c == d, Candidate)
            + same(r == s, Reviewer)
            + same(q == t, Question)
            + same(c == d && r == s, CandidateReviewer)
            + same(c == d && q == t, CandidateQuestion)
            + same(r == s && q == t, ReviewerQuestion)
            + if i == j { of.residual } else { 0.0 }
    });
    let solved = v.cholesky().expect("positive");
    let ones = nalgebra::DVector::from_element(n, 1.0);
    let y = nalgebra::DVector::from_iterator(n, cells.iter().map(|cell| cell.3));
    let inverse_ones = solved.solve(&ones);
    let weight = ones.dot(&inverse_ones);
    let left = &y - &ones * (y.dot(&inverse_ones) / weight);
    let log_determinant = 2.0 * solved.l().diagonal().iter().map(|d| d.ln()).sum::<f64>();
    let constant = (n - 1) as f64 * (2.0 * std::f64::consts::PI).ln();
    log_determinant + weight.ln() + left.dot(&solved.solve(&left)) + constant
}

#[test]
fn with_gaps_the_likelihood_is_that_of_the_whole_matrix_and_nothing_near_is_more_likely() {
    use earmark::panel::components::{Effect, Fitted, fit};
    let mut cube = Cube::empty(7, 4, 3);
    for c in 0..7 {
        for r in 0..4 {
            for q in 0..3 {
                let noise = ((c * 7 + r * 5 + q * 3 + c * r * q * 11) % 13) as f64 / 6.0;
                let wave = ((c * r) % 4) as f64 * 0.4 + ((c * q) % 5) as f64 * 0.5 + ((r * q) % 3) as f64 * 0.6;
                let value = 1.5 * c as f64 + 0.9 * r as f64 + 0.7 * q as f64 + wave + noise;
                cube.set(c, r, q, Some(value).filter(|_| (c * 5 + r * 3 + q * 7) % 4 != 0));
            }
        }
    }
    use Effect::{Candidate, CandidateQuestion, CandidateReviewer, Question, Reviewer, ReviewerQuestion};
    let all = [Candidate, CandidateReviewer, CandidateQuestion, Reviewer, Question, ReviewerQuestion];
    for effects in [&all[..], &[Candidate, Reviewer, Question], &[Candidate, CandidateQuestion, Reviewer]] {
        let best = fit(&cube, effects).expect("it settles");
        let height = dense_criterion(&cube, &best);
        assert!((height - best.criterion).abs() < 1e-6, "{effects:?}: {height} {best:?}");
        for at in 0..=effects.len() {
            for factor in [0.9, 1.1] {
                let mut near: Fitted = best.clone();
                match near.variances.get_mut(at) {
                    Some((_, variance)) => *variance = *variance * factor + (factor - 0.9) * 1e-3,
                    None => near.residual *= factor,
                }
                assert!(dense_criterion(&cube, &near) >= height - 1e-6, "{effects:?} {at} {factor}: {best:?}");
            }
        }
    }
}

#[test]
fn reviewers_are_crossed_or_nested() {
    let crossed = Scores::from_rows(&vec![vec![Some(1.0), Some(2.0), Some(4.0)]; 4]);
    let of = RawMean::of(&crossed).expect("candidates");
    assert_eq!((of.q, of.k), (0.0, 3.0));
    let nested = Scores::from_rows(&[vec![Some(1.0), Some(2.0), None, None], vec![None, None, Some(3.0), Some(5.0)]]);
    let of = RawMean::of(&nested).expect("candidates");
    assert!((of.q - 0.5).abs() < 1e-12 && of.k == 2.0, "{of:?}");
}

#[test]
fn rankings_agree_turn_round_or_say_nothing() {
    let table = |rows: &[[f64; 3]]| Scores::from_rows(&rows.iter().map(|row| row.map(Some).to_vec()).collect::<Vec<_>>());
    let same = kendall_w(&table(&[[1.0, 2.0, 1.0], [2.0, 3.0, 5.0], [3.0, 9.0, 6.0]]));
    assert!((same.value().expect("known") - 1.0).abs() < 1e-12);
    assert_eq!(kendall_w(&table(&[[1.0; 3], [1.0; 3]])), Statistic::Undefined(Reason::NoVariation));
    let a = [1.0, 2.0, 3.0, 3.0];
    let back: Vec<f64> = a.iter().map(|x| -x).collect();
    for of in [tau_b, spearman] {
        assert!((of(&a, &a).value().expect("known") - 1.0).abs() < 1e-12);
        assert!((of(&a, &back).value().expect("known") + 1.0).abs() < 1e-12);
        assert_eq!(of(&a, &[2.0; 4]), Statistic::Undefined(Reason::NoVariation));
        assert_eq!(of(&[1.0], &[2.0]), Statistic::Undefined(Reason::TooFew));
    }
}

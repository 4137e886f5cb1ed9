//! Alpha, the forms of ICC, kappa.

use earmark::panel::agreement::{Crosstab, Metric, Units, Weighting, alpha};
use earmark::panel::icc::{Icc, MeanSquares, satterthwaite};
use serde_json::{Value as Json, json};

use super::{ends, list, number, scores, told, undefined};

pub(super) fn published_alpha(input: &Json) -> Json {
    let table = scores(&input["ratings"]).transposed();
    let units = Units::of(&table);
    let [nominal, ordinal, interval, ratio] = Metric::ALL.map(|metric| told(&alpha(&table, metric)));
    json!({
        "alpha_nominal": nominal,
        "alpha_ordinal": ordinal,
        "alpha_interval": interval,
        "alpha_ratio": ratio,
        "values": units.values(),
        "coincidence_matrix": units.coincidences(),
        "n_pairable": units.totals().iter().sum::<f64>(),
    })
}

pub(super) fn alpha_at_the_edges(input: &Json) -> Json {
    let case = |case: &Json| {
        let table = scores(&case["ratings"]).transposed();
        let of = |metric| told(&alpha(&table, metric));
        let figures = json!({ "nominal": of(Metric::Nominal), "ordinal": of(Metric::Ordinal), "interval": of(Metric::Interval) });
        (case["label"].as_str().expect("a label").to_owned(), figures)
    };
    input.as_array().expect("cases").iter().map(case).collect()
}

pub(super) fn icc_forms(input: &Json) -> Json {
    let table = scores(&input["ratings"]);
    let squares = MeanSquares::of(&table).expect("a complete table");
    let icc = Icc::of(&table);
    json!({
        "MSR": squares.rows, "MSC": squares.columns, "MSE": squares.error, "MSW": squares.within,
        "ICC1": told(&icc.icc1_1), "ICC2": told(&icc.icc2_1), "ICC3": told(&icc.icc3_1),
        "ICC1k": told(&icc.icc1_k), "ICC2k": told(&icc.icc2_k), "ICC3k": told(&icc.icc3_k),
        "ICC1_ci": ends(&icc.icc1_1), "ICC2_ci": ends(&icc.icc2_1), "ICC3_ci": ends(&icc.icc3_1),
        "ICC1k_ci": ends(&icc.icc1_k), "ICC2k_ci": ends(&icc.icc2_k), "ICC3k_ci": ends(&icc.icc3_k),
        "F_rows": squares.rows / squares.error,
        "F_cols": squares.columns / squares.error,
        "v_df": satterthwaite(&squares, icc.icc2_1.value().expect("known")),
    })
}

pub(super) fn icc_at_the_edges(input: &Json) -> Json {
    let case = |(label, table): (&String, &Json)| {
        let table = scores(table);
        let icc = Icc::of(&table);
        let squares = MeanSquares::of(&table).expect("a complete table");
        let figures = json!({
            "ICC1": told(&icc.icc1_1), "ICC2": told(&icc.icc2_1), "ICC3": told(&icc.icc3_1),
            "MSE": squares.error, "MSR": squares.rows,
        });
        (label.clone(), figures)
    };
    input.as_object().expect("cases").iter().map(case).collect()
}

fn table(json: &Json) -> Vec<Vec<f64>> {
    json.as_array().expect("rows").iter().map(list).collect()
}

pub(super) fn weighted_kappa(input: &Json) -> Json {
    let crosstab = Crosstab::of(&table(&input["proportions"]), number(&input["n"]) as usize).expect("a table");
    json!({
        "kappa": told(&crosstab.kappa(&Weighting::Unweighted)),
        "weighted_kappa": told(&crosstab.kappa(&Weighting::Given(table(&input["disagreement_weights"])))),
    })
}

pub(super) fn kappa_paradox(input: &Json) -> Json {
    let of = |json: &Json| Crosstab::of(&table(json), 100).expect("a table");
    let (a, b) = (of(&input["table_a"]), of(&input["table_b"]));
    let single = json!([[10, 0], [0, 0]]);
    let alone = Crosstab::of(&table(&single), 10).map(|of| of.kappa(&Weighting::Unweighted));
    json!({
        "po_a": a.exact(), "po_b": b.exact(),
        "kappa_a": told(&a.kappa(&Weighting::Unweighted)), "kappa_b": told(&b.kappa(&Weighting::Unweighted)),
        "gwet_ac1_a": told(&a.ac1()), "gwet_ac1_b": told(&b.ac1()),
        "pabak_a": told(&a.pabak()), "pabak_b": told(&b.pabak()),
        "single_category_table": single,
        "single_category_kappa": alone.map_or_else(undefined, |kappa| told(&kappa)),
    })
}

#[test]
fn kappas_intervals_are_those_of_the_large_sample() {
    let shares = json!([[0.44, 0.07, 0.09], [0.05, 0.2, 0.05], [0.01, 0.03, 0.06]]);
    let crosstab = Crosstab::of(&table(&shares), 200).expect("a table");
    // statsmodels 0.15 cohens_kappa, the same formula.
    for (weighting, kappa, low, high) in [
        (Weighting::Unweighted, 0.491_525_423_7, 0.391_563_702_1, 0.591_487_145_4),
        (Weighting::Linear, 0.473_684_210_5, 0.366_998_844_9, 0.580_369_576_1),
        (Weighting::Quadratic, 0.454_545_454_5, 0.324_298_632_0, 0.584_792_277_1),
    ] {
        let of = crosstab.kappa(&weighting);
        let near = |json: &Json, wanted: f64| (number(json) - wanted).abs() < 1e-8;
        assert!(near(&told(&of), kappa) && near(&ends(&of)[0], low) && near(&ends(&of)[1], high), "{weighting:?}: {of:?}");
    }
}

#[test]
fn an_interval_never_leaves_what_the_figure_can_be_and_two_units_have_none() {
    // (first, second) reviewer on a scale of 0 to 2, and how often.
    let mut counts = vec![vec![0.0; 3]; 3];
    for (a, b, times) in [(0, 2, 1.0), (2, 0, 4.0), (1, 2, 2.0), (1, 1, 1.0)] {
        counts[a][b] = times;
    }
    let kappa = Crosstab::of(&counts, 8).expect("a table").kappa(&Weighting::Quadratic);
    assert!(number(&told(&kappa)) < -0.7, "{kappa:?}");
    assert_eq!(number(&ends(&kappa)[0]), -1.0, "{kappa:?}");
    let rows = json!([[0, 2], [2, 0], [1, 2], [1, 2], [2, 0], [2, 0], [1, 1], [2, 0]]);
    let icc = Icc::of(&scores(&rows));
    assert_eq!(number(&ends(&icc.icc2_1)[0]), -1.0, "{:?}", icc.icc2_1);
    for of in [&icc.icc1_1, &icc.icc3_1] {
        assert!(number(&ends(of)[0]) >= -1.0 && number(&ends(of)[1]) <= 1.0, "{of:?}");
    }
    // Three reviewers cannot all disagree with each other as two can.
    let three = Icc::from_mean_squares(&MeanSquares { n: 4, k: 3, rows: 0.5, columns: 0.2, within: 0.8, error: 1.0 });
    assert_eq!(number(&ends(&three.icc2_1)[0]), -0.5, "{:?}", three.icc2_1);

    let of = |n: usize| {
        let pairs: Vec<(f64, f64)> = [(3.0, 4.0), (2.0, 5.0), (1.0, 1.0), (4.0, 4.0), (5.0, 3.0)][..n].to_vec();
        Crosstab::from_pairs(&pairs, &[1.0, 2.0, 3.0, 4.0, 5.0]).expect("a table").kappa(&Weighting::Quadratic)
    };
    assert_eq!((&ends(&of(2))[0], &ends(&of(4))[1]), (&Json::Null, &Json::Null), "as of alpha, below five units");
    assert!(ends(&of(5))[0].is_number());
}

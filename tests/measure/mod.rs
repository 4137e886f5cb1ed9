//! The figures of the panel against reference numbers that independent programs agree on.
//!
//! A vector is data: input, expected, tolerance. Each is answered with a document of the shape of `expected`, and every leaf is
//! compared; `null` is a figure that must be undefined.

mod agreement;
mod command;
mod comparing;
mod impact;
mod laws;
mod models;
mod saying;
mod sureness;
mod tables;
mod totals;

use std::path::PathBuf;

use earmark::panel::{Reason, Scores, Statistic};
use serde_json::{Value as Json, json};

/// Who answers a vector.
type Answer = fn(&Json) -> Json;

/// Every vector, by the beginning of its file's name.
const VECTORS: [(&str, Answer); 22] = [
    ("01", agreement::published_alpha),
    ("02", agreement::alpha_at_the_edges),
    ("03", agreement::icc_forms),
    ("04", agreement::icc_at_the_edges),
    ("05", agreement::weighted_kappa),
    ("07", agreement::kappa_paradox),
    ("09", models::decision_study),
    ("11", models::additive),
    ("12", models::connectivity),
    ("13", models::mixed),
    ("15", models::rasch),
    ("17", comparing::davidson),
    ("18", comparing::separation),
    ("19", comparing::exact_ranks),
    ("21", comparing::questions),
    ("22", impact::proportions),
    ("23", impact::adverse),
    ("24", impact::scoring_rates),
    ("25", impact::fisher),
    ("26", models::habits),
    ("27", models::drift_slope),
    ("28", totals::weighted),
];

/// Words of the vectors that describe instead of giving a figure.
const PROSE: [&str; 5] = ["note", "estimator", "constraints", "mle", "connected_needed"];

#[test]
fn every_vector_is_met_within_its_tolerance() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/measure");
    let mut wrong = Vec::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("the vectors").map(|entry| entry.expect("a file").path()).collect();
    // Whole tables are another test's.
    files.retain(|file| file.is_file());
    files.sort();
    assert_eq!(files.len(), VECTORS.len(), "a vector for each answer");
    for file in files {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let (_, answer) = VECTORS.iter().find(|(start, _)| name.starts_with(start)).expect("every vector has an answer");
        let vector: Json = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
        let tolerance = vector["tolerance"].as_f64().expect("a tolerance");
        let before = wrong.len();
        let leaves = compare(&name, &vector["expected"], &answer(&vector["input"]), tolerance, &mut wrong);
        assert!(leaves > 0, "{name} compares something");
        assert!(wrong.len() > before || leaves > 1, "{name} is more than one figure");
    }
    assert!(wrong.is_empty(), "{} figures are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Compares every leaf of what is expected; gives back how many there were.
fn compare(path: &str, expected: &Json, actual: &Json, tolerance: f64, wrong: &mut Vec<String>) -> usize {
    match expected {
        Json::Object(map) => {
            let figures = map.iter().filter(|(key, _)| !PROSE.contains(&key.as_str()));
            figures.map(|(key, of)| compare(&format!("{path}.{key}"), of, &actual[key], tolerance, wrong)).sum()
        }
        Json::Array(list) => {
            if actual.as_array().map(Vec::len) != Some(list.len()) {
                wrong.push(format!("{path}: {} entries are expected, not {actual}", list.len()));
            }
            list.iter().enumerate().map(|(at, of)| compare(&format!("{path}[{at}]"), of, &actual[at], tolerance, wrong)).sum()
        }
        Json::Number(number) => {
            let (wanted, found) = (number.as_f64().expect("a number"), actual.as_f64());
            // Nothing is closer than the last digits of the numbers as they are written.
            let slack = tolerance.max(1e-14 * wanted.abs()).max(coarse(path));
            if !found.is_some_and(|found| (found - wanted).abs() <= slack) {
                wrong.push(format!("{path}: {wanted} is expected, not {actual}"));
            }
            1
        }
        Json::Null if actual.get("undefined").is_some() || (actual.is_null() && path.contains('[')) => 1,
        other if other == actual && !other.is_null() => 1,
        other => {
            wrong.push(format!("{path}: {other} is expected, not {actual}"));
            1
        }
    }
}

/// How far from the truth a reference itself is. R finds the conditional odds ratio to its root finder's default of 1e-4 and no
/// closer: put into the likelihood equation its figure leaves 1e-6, ours leaves nothing ([`impact`] looks).
fn coarse(path: &str) -> f64 {
    if path.ends_with("tea.conditional_mle_or") { 2e-5 } else { 0.0 }
}

/// The figure, or `{"undefined": reason}`.
fn told(statistic: &Statistic) -> Json {
    match statistic {
        Statistic::Known(known) => json!(known.value),
        Statistic::Undefined(reason) => undefined(*reason),
    }
}

fn undefined(reason: Reason) -> Json {
    json!({ "undefined": reason })
}

/// Both ends of the interval.
fn ends(statistic: &Statistic) -> Json {
    match statistic {
        Statistic::Known(known) => json!([known.low, known.high]),
        Statistic::Undefined(reason) => undefined(*reason),
    }
}

fn number(json: &Json) -> f64 {
    json.as_f64().unwrap_or_else(|| panic!("{json} is no number"))
}

fn list(json: &Json) -> Vec<f64> {
    json.as_array().unwrap_or_else(|| panic!("{json} is no list")).iter().map(number).collect()
}

/// A table; null is missing.
fn scores(json: &Json) -> Scores {
    let row = |row: &Json| row.as_array().expect("a row").iter().map(Json::as_f64).collect();
    Scores::from_rows(&json.as_array().expect("rows").iter().map(row).collect::<Vec<_>>())
}

#[test]
fn the_comparison_finds_what_is_wrong() {
    let check = |expected: Json, actual: Json, wanted: usize| {
        let mut wrong = Vec::new();
        compare("x", &expected, &actual, 1e-3, &mut wrong);
        assert_eq!(wrong.len(), wanted, "{expected} against {actual}: {wrong:?}");
    };
    check(json!({"a": 1.0, "b": [1.0, 2.0]}), json!({"a": 1.0005, "b": [1.0, 2.0]}), 0);
    check(json!({"a": 1.0}), json!({"a": 1.01}), 1);
    check(json!({"a": 1.0}), json!({}), 1);
    check(json!({"a": null}), json!({"a": {"undefined": "NoPairs"}}), 0);
    check(json!({"a": null}), json!({"a": 1.0}), 1);
    check(json!({"a": null}), json!({}), 1);
    check(json!([1.0, 2.0]), json!([1.0]), 2);
}

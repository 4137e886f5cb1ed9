//! Whole tables through the command, against figures that other programs computed from the same files.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::home::Home;

fn vectors() -> Vec<(String, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/measure/tables");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the vectors").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let read = |file: &PathBuf| serde_json::from_slice(&std::fs::read(file).expect("a file")).expect("JSON");
    files.iter().map(|file| (file.file_stem().expect("a name").to_string_lossy().into_owned(), read(file))).collect()
}

/// How far a figure may be from its reference: those of a likelihood are as close as the reference's search came.
fn slack(vector: &Json, path: &str) -> f64 {
    let by_likelihood = path.starts_with("/adjusted/mixed") || path.starts_with("/pairwise");
    vector[if by_likelihood { "tolerance_of_likelihood" } else { "tolerance" }].as_f64().expect("a tolerance")
}

#[test]
fn tables_of_other_shapes_have_the_figures_of_other_programs() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (name, vector) in vectors().iter().filter(|(_, vector)| vector["expected"].is_object()) {
        let home = Home::new();
        std::fs::write(home.path().join("r.csv"), vector["ratings"].as_str().expect("a table")).expect("a file can be written");
        let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
        for (path, wanted) in vector["expected"].as_object().expect("figures") {
            compared += 1;
            let found = panel.pointer(path).unwrap_or(&Json::Null);
            let near = match (wanted.as_f64(), found.as_f64()) {
                (Some(wanted), Some(found)) => (wanted - found).abs() <= slack(vector, path) * wanted.abs().max(1.0),
                _ => wanted == found,
            };
            if !near {
                wrong.push(format!("{name}{path}: {wanted} is expected, not {found}"));
            }
        }
    }
    assert!(compared > 200, "{compared}");
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn comparisons_that_only_ties_connect_have_their_own_strengths_and_no_ridge() {
    for (name, vector) in vectors().iter().filter(|(_, vector)| vector["pairs"].is_string()) {
        let home = Home::new();
        for (file, key) in [("r.csv", "ratings"), ("p.csv", "pairs")] {
            std::fs::write(home.path().join(file), vector[key].as_str().expect("a table")).expect("a file can be written");
        }
        let panel = home.run(&["panel", "--ratings", "r.csv", "--pairs", "p.csv", "--json"]).json(0);
        for pair in panel["pairwise"].as_array().expect("pairs") {
            let key = format!("{} {}", pair["a"].as_str().expect("a name"), pair["b"].as_str().expect("a name"));
            let Some(wanted) = vector["expected_preferred"][&key].as_f64() else { continue };
            let found = pair["p_above"]["value"].as_f64().expect("a figure");
            assert!((wanted - found).abs() < 1e-5, "{name} {key}: {wanted} is expected, not {found}");
            assert!(!pair["p_above"]["method"].as_str().expect("a method").contains("ridge"), "{pair}");
        }
    }
}

/// Ratings of two reviewers with the time of each: the second becomes stricter on the way.
fn timed(time: impl Fn(usize) -> String) -> String {
    let mut text = "candidate,question,criterion,reviewer,value,rated_at\n".to_owned();
    for candidate in 0..12 {
        let level = 3 + candidate % 3;
        for (reviewer, value) in [("ann", level), ("bob", level - candidate / 5), ("cy", level + (candidate % 2))] {
            text.push_str(&format!("c{candidate:02},q,m,{reviewer},{value},{}\n", time(candidate)));
        }
    }
    text
}

#[test]
fn drift_is_read_from_the_time_of_rating_and_is_not_guessed_without_it() {
    let home = Home::new();
    let write = |text: String| std::fs::write(home.path().join("r.csv"), text).expect("a file can be written");
    write(timed(|nth| format!("2026-05-04T08:{nth:02}:00Z")));
    let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    let bob = panel["drift"].as_array().expect("drift").iter().find(|one| one["reviewer"] == "bob").expect("bob").clone();
    assert!(bob["slope"]["value"].as_f64().expect("a slope") < -0.05, "{bob}");
    assert!(bob["p_holm"].as_f64() >= bob["p"].as_f64() && bob["ewma"].as_array().expect("a series").len() == 12, "{bob}");
    write(timed(|nth| if nth == 3 { "4 May in the morning".to_owned() } else { format!("2026-05-04T08:{nth:02}:00Z") }));
    let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    assert_eq!(panel["drift"], serde_json::json!([]));
    write(timed(|_| "2026-05-04T00:00:00Z".to_owned()));
    let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    assert_eq!(panel["drift"], serde_json::json!([]), "a date alone is no order");
}

#[test]
fn how_many_reviewers_a_dependable_order_takes_is_said_in_words() {
    let home = Home::new();
    std::fs::write(home.path().join("r.csv"), timed(|nth| format!("2026-05-04T08:{nth:02}:00Z"))).expect("a file can be written");
    let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    assert_eq!(panel["size"], serde_json::json!({ "candidates": 12, "reviewers": 3, "questions": 1 }));
    // The questions as they are: the mixed model's variances of one reviewer's mean.
    let needed = panel["dependability"]["reviewers_needed"].as_u64();
    let raw = panel["dependability"]["raw"]["value"].as_f64().expect("known");
    assert_eq!(needed.is_some_and(|n| n <= 3), raw >= 0.8, "three reviewed: {raw} by {needed:?}");
    let words = home.run(&["panel", "--ratings", "r.csv"]).out;
    let wanted = match needed {
        Some(1) => "For 0.80 one reviewer of everyone is enough".to_owned(),
        Some(n) => format!("For 0.80 it takes {n} reviewers of everyone"),
        None => "Not even 10 reviewers of everyone would give 0.80".to_owned(),
    };
    assert!(words.contains(&wanted) && !words.contains("That is rough"), "{wanted}: {words}");
}

#[test]
fn fit_ends_of_the_scale_and_each_two_reviewers_have_paths_of_their_own() {
    let home = Home::new();
    std::fs::write(home.path().join("r.csv"), timed(|_| String::new())).expect("a file can be written");
    let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    let at = |path: &str| panel.pointer(path).unwrap_or_else(|| panic!("{path} is missing in {panel:#}"));
    for path in ["/items/0/floor/value", "/items/0/ceiling/high", "/items/0/icc2_1/value", "/agreement/within_one_by_chance/value"]
    {
        assert!(at(path).is_number(), "{path}: {}", at(path));
    }
    assert_eq!(at("/agreement/reviewer_pairs").as_array().map(Vec::len), Some(3));
    assert!(at("/agreement/reviewer_pairs/0/difference/value").is_number());
    assert!(at("/consistency/standardised_alpha").get("undefined").is_some(), "one criterion");
    let rasch = at("/rasch");
    assert!(rasch["reviewers"][1]["fit"]["infit"].is_number() || rasch.get("undefined").is_some(), "{rasch}");
    assert!(!rasch.to_string().contains("\"logit\""), "no logit is given out as a score");
}

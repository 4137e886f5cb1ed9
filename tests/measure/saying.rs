//! What `earmark panel` says in words beside its tables: why ranks and bands cross, which criteria need a look, how likely each rank is.

use earmark::export::read_ratings;
use earmark::panel::words::rank_against_band;
use earmark::panel::{Panel, Scheme};
use earmark::text::SafeText;
use serde_json::Value as Json;

use crate::home::Home;

const HEAD: &str = "candidate,question,criterion,reviewer,value\n";

fn written(rows: &str) -> Home {
    let home = Home::new();
    std::fs::write(home.path().join("r.csv"), format!("{HEAD}{rows}")).expect("a file can be written");
    home
}

/// Twelve candidates by two reviewers; the third question goes against the others.
fn panel_of_twelve() -> String {
    let mut rows = String::new();
    for at in 0..12 {
        let level = 1 + at * 4 / 11;
        for (question, value) in [("q1", level), ("q2", level), ("q3", 6 - level), ("q4", level)] {
            rows.push_str(&format!("c{at},{question},d,ann,{value}\nc{at},{question},d,bob,{}\n", (value + at % 2).min(5)));
        }
    }
    rows
}

#[test]
fn where_a_rank_and_a_band_cross_it_is_said_why() {
    let table = read_ratings(format!("{HEAD}{}", panel_of_twelve()).as_bytes(), "r.csv", None).expect("a table");
    let mut panel = Panel::analyse(&table.ratings, &Scheme::from_values(&table.ratings));
    assert_eq!(rank_against_band(&panel, SafeText::clone), None, "both go one way");
    let (upper, lower) = (panel.ranking[0].clone(), panel.ranking.iter().find(|one| one.rank > Some(1)).expect("a second").clone());
    for one in &mut panel.ranking {
        one.band = Some(if one.candidate == lower.candidate { "Z" } else { "AA" }.to_owned());
    }
    let said = rank_against_band(&panel, SafeText::clone).expect("the second is in a better band");
    let wanted = format!(
        "so {}, rank 1, is in band AA, and {}, rank {}, in band Z.",
        upper.candidate,
        lower.candidate,
        lower.rank.expect("ranked")
    );
    assert!(said.ends_with(&wanted), "{said}");
}

#[test]
fn a_reviewer_for_each_candidate_is_not_one_reviewer_alone() {
    let rows: String = [3, 1, 4, 2].iter().enumerate().map(|(at, value)| format!("c{at},q,k,r{at},{value}\n")).collect();
    let said = written(&rows).run(&["panel", "--ratings", "r.csv"]).out;
    assert!(said.contains("within a group one reviewer alone rated"), "{said}");
    assert!(!said.contains("said: one reviewer alone rated"), "{said}");
}

#[test]
fn a_criterion_that_needs_a_look_has_a_line_and_so_has_the_fit() {
    let said = written(&panel_of_twelve()).run(&["panel", "--ratings", "r.csv"]).out;
    let line = said.lines().find(|line| line.starts_with("q3.d: rewrite")).unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains("who does well in it does worse in the rest") && line.contains("correlation with the rest -"), "{line}");
    assert!(said.contains("many-facet Rasch model"), "{said}");
    let few = written("c1,q,k,a,3\nc2,q,k,a,4\nc1,q,k,b,2\nc2,q,k,b,4\n").run(&["panel", "--ratings", "r.csv"]).out;
    assert!(few.contains("Which criteria need a look cannot be said of fewer than ten candidates."), "{few}");
}

#[test]
fn how_likely_each_rank_is_stands_behind_the_range() {
    let panel = written(&panel_of_twelve()).run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    for ranked in panel["ranking"].as_array().expect("a ranking") {
        let ranks: Vec<(u64, f64)> = serde_json::from_value(ranked["ranks"].clone()).expect("pairs of rank and probability");
        let sum: f64 = ranks.iter().map(|(_, p)| p).sum();
        assert!((0.95..=1.0 + 1e-9).contains(&sum) && ranks.iter().all(|(_, p)| *p >= 0.001), "{ranked}");
        assert!(ranks.windows(2).all(|pair| pair[0].0 < pair[1].0), "ascending: {ranked}");
        let (low, high) = (ranked["rank_low"].as_u64().expect("a range"), ranked["rank_high"].as_u64().expect("a range"));
        let within: f64 = ranks.iter().filter(|(rank, _)| (low..=high).contains(rank)).map(|(_, p)| p).sum();
        assert!(within >= 0.895, "nine in ten: {ranked}");
    }
    let alone = written("c1,q,k,a,3\nc2,q,k,a,4\n").run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    assert_eq!(alone["ranking"][0]["ranks"], Json::Array(Vec::new()), "no range, no ranks");
}

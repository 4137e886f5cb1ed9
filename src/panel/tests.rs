//! Totals, ranks and what they say when something is missing.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::interview::AnswerState;
use crate::journal::Act;
use crate::rubric::{MissingRule, Observed, Point};
use crate::scorecard::sample::{Sample, reviewer, slug};
use crate::text::SafeText;

fn vector(name: &str) -> Json {
    let text = match name {
        "28" => include_str!("../../tests/fixtures/measure/28_weighted_totals_missing.json"),
        _ => include_str!("../../tests/fixtures/measure/19_exact_reviewer_bootstrap_ranks.json"),
    };
    serde_json::from_str(text).expect("a test vector is JSON")
}

fn key(candidate: &str, criterion: &str, reviewer: &str) -> Key {
    Key { candidate: candidate.into(), question: slug("q"), criterion: slug(criterion), reviewer: reviewer.into() }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::NotYet,
        Json::String(code) => code.parse().expect("a code"),
        number => Value::Point(Point::from_value(number.as_f64().expect("a number")).expect("a point")),
    }
}

/// Rows of candidate, criterion, and one value for each reviewer: `"A depth 4 5 NO"`, `-` for not yet.
fn table(rows: &[&str]) -> Ratings {
    let mut ratings = Ratings::default();
    for row in rows {
        let cells: Vec<&str> = row.split_whitespace().collect();
        for (at, text) in cells[2..].iter().enumerate() {
            let value = text.replace('-', "").parse().expect("a value");
            ratings.insert(key(cells[0], cells[1], &format!("r{at}")), value);
        }
    }
    ratings
}

fn scheme(weights: &[(&str, f64)]) -> Scheme {
    let mut scheme = Scheme::from_values(&Ratings::default());
    let item = |&(id, weight): &(&str, f64)| Item { question: slug("q"), criterion: slug(id), weight };
    (scheme.min, scheme.max, scheme.items) = (1.0, 5.0, weights.iter().map(item).collect());
    scheme
}

/// Six candidates far apart, as three reviewers see them alike: `c1` the best.
pub(super) fn ranked_by_three() -> Panel {
    let rows = ["c1 depth 5 5 5", "c2 depth 4 4 5", "c3 depth 3 4 3", "c4 depth 3 2 3", "c5 depth 2 2 2", "c6 depth 1 1 1"];
    Panel::analyse(&table(&rows), &scheme(&[("depth", 1.0)]))
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (None, None) => true,
        _ => false,
    }
}

#[test]
fn weighted_totals_are_those_of_the_reference() {
    let vector = vector("28");
    let (input, expected) = (&vector["input"], &vector["expected"]);
    let criteria = input["rubric"]["criteria"].as_array().expect("criteria");
    let weights: Vec<(&str, f64)> =
        criteria.iter().map(|c| (c["id"].as_str().expect("an id"), c["weight"].as_f64().expect("a weight"))).collect();
    let mut scheme = scheme(&weights);
    scheme.policy.min_coverage = 0.8;
    scheme.policy.min_reviewers = 2;
    let mut ratings = Ratings::default();
    for (candidate, criteria) in input["ratings"].as_object().expect("candidates") {
        for (criterion, values) in criteria.as_object().expect("criteria") {
            for (at, cell) in values.as_array().expect("values").iter().enumerate() {
                ratings.insert(key(candidate, criterion, &format!("r{at}")), value(cell));
            }
        }
    }
    let panel = Panel::analyse(&ratings, &scheme);
    for (candidate, expected) in expected.as_object().expect("candidates") {
        let ranked = panel.of(&candidate.as_str().into()).expect("every candidate has a place");
        assert!(near(ranked.total.value(), expected["total_0_100"].as_f64()), "total of {candidate}: {:?}", ranked.total);
        assert!(near(Some(ranked.coverage), expected["coverage"].as_f64()), "coverage of {candidate}");
        assert_eq!(serde_json::to_value(ranked.status).expect("a word"), expected["status"], "status of {candidate}");
        assert_eq!(ranked.fewest_reviewers as u64, expected["min_reviewers"].as_u64().expect("a count"), "{candidate}");
        for (item, spread) in scheme.items.iter().zip(&ranked.criteria) {
            let mean = expected["criterion_mean"][item.criterion.as_str()].as_f64();
            assert!(near(spread.map(|spread| spread.mean), mean), "{} of {candidate}", item.criterion);
        }
    }
    let order: Vec<&str> = panel.ranking.iter().map(|ranked| ranked.candidate.as_str()).collect();
    assert_eq!(order, ["A", "C", "B", "D", "E"]);
}

#[test]
fn rank_ranges_hold_those_of_the_exact_reviewer_bootstrap_which_are_too_narrow() {
    let vector = vector("19");
    let scores = vector["input"]["scores"].as_array().expect("scores");
    let mut ratings = Ratings::default();
    for (candidate, row) in scores.iter().enumerate() {
        for (at, cell) in row.as_array().expect("a row").iter().enumerate() {
            ratings.insert(key(&format!("c{candidate}"), "total", &format!("r{at}")), value(cell));
        }
    }
    let panel = Panel::analyse(&ratings, &Scheme::from_values(&ratings));
    for at in 0..scores.len() {
        let ranked = panel.of(&format!("c{at}").as_str().into()).expect("every candidate has a place");
        let expected = &vector["expected"];
        assert_eq!(u64::from(ranked.rank.expect("ranked")), expected["rank_min"][at].as_u64().expect("a rank"));
        let interval = &expected["rank_interval_90"][at];
        let (low, high) = ranked.range.ends().expect("three reviewers saw everyone");
        let (from, to) = interval[0].as_u64().zip(interval[1].as_u64()).expect("ranks");
        assert!(u64::from(low) <= from && u64::from(high) >= to, "c{at}: {low} to {high} does not hold {from} to {to}");
        assert!(near(ranked.mean_points, expected["mean"][at].as_f64()));
        assert!(matches!(ranked.range, RankRange::Known { rough: true, .. }), "three reviewers say too little");
    }
}

#[test]
fn equal_totals_share_a_rank_and_the_next_one_is_left_out() {
    let check = |totals: &[f64], ranks: &[u32]| assert_eq!(competition_ranks(totals), ranks, "{totals:?}");
    check(&[70.0, 90.0, 70.0, 10.0], &[2, 1, 2, 4]);
    check(&[0.1 + 0.2, 0.3], &[1, 1]);
    check(&[], &[]);
}

#[test]
fn what_was_not_answered_counts_as_the_lowest_leaves_or_blocks() {
    let rows = table(&["A depth 5 5", "A clarity NA NA"]);
    let check = |rule, total: Option<f64>, status| {
        let mut scheme = scheme(&[("depth", 3.0), ("clarity", 1.0)]);
        scheme.policy.not_answered = rule;
        scheme.policy.min_coverage = 0.7;
        let panel = Panel::analyse(&rows, &scheme);
        assert!(near(panel.ranking[0].total.value(), total), "{rule:?}: {:?}", panel.ranking[0].total);
        assert_eq!(panel.ranking[0].status, status, "{rule:?}");
    };
    check(MissingRule::Floor, Some(75.0), Status::Ranked);
    check(MissingRule::Exclude, Some(100.0), Status::Ranked);
    check(MissingRule::Block, None, Status::Blocked);
}

#[test]
fn a_technical_fault_blocks_and_is_never_a_low_score() {
    let rows = table(&["A depth 5 TF", "B depth 4 4"]);
    let mut scheme = scheme(&[("depth", 1.0)]);
    let panel = Panel::analyse(&rows, &scheme);
    assert_eq!(panel.ranking[1].total, Statistic::Undefined(Reason::PolicyMissing));
    assert_eq!(panel.ranking[1].status, Status::Blocked);
    scheme.policy.technical_fault = MissingRule::Floor;
    assert!(near(Panel::analyse(&rows, &scheme).of(&"A".into()).expect("there").total.value(), Some(100.0)));
}

#[test]
fn one_reviewer_gives_a_rank_without_a_range_and_the_reason() {
    let panel = Panel::analyse(&table(&["A depth 5", "B depth 4"]), &scheme(&[("depth", 1.0)]));
    assert_eq!(panel.ranking[0].rank, Some(1));
    assert_eq!(panel.ranking[0].range, RankRange::Undefined(Reason::TooFew));
    assert_eq!(panel.ranking[0].spread, Statistic::Undefined(Reason::TooFew));
}

#[test]
fn where_groups_share_nobody_there_is_no_common_ranking_and_each_has_its_own() {
    let rows = ["A depth 5 4 - -", "B depth 1 2 - -", "C depth 2 1 - -", "D depth 1 1 - -", "E depth - - 3 3", "F depth - - 4 4"];
    let panel = Panel::analyse(&table(&rows), &scheme(&[("depth", 1.0)]));
    assert!(panel.ranking.iter().all(|one| one.rank.is_none() && one.range == RankRange::Undefined(Reason::Disconnected)));
    let groups: Vec<usize> = panel.groups.iter().map(|group| group.candidates.len()).collect();
    assert_eq!(groups, [4, 2]);
    let place = |id: &str| panel.of(&id.into()).and_then(Ranked::place).expect("each is ranked in a group");
    assert_eq!([place("A"), place("E"), place("F")], [(1, 1), (2, 2), (2, 1)]);
    let first = panel.of(&"A".into()).and_then(|one| one.in_group.clone()).expect("in a group");
    assert!(first.range.ends().is_some(), "two reviewers saw four: {first:?}");
    let alone = table(&["A depth 5 - -", "B depth - 4 -", "C depth - - 3"]);
    let panel = Panel::analyse(&alone, &scheme(&[("depth", 1.0)]));
    let group = panel.ranking[0].in_group.clone().expect("in a group");
    assert_eq!((panel.groups.len(), group.range), (3, RankRange::Undefined(Reason::TooFew)));
}

#[test]
fn a_stray_candidate_who_is_not_ranked_yet_takes_nobody_elses_range() {
    let mut scheme = scheme(&[("depth", 1.0)]);
    scheme.policy.min_reviewers = 2;
    let rows = ["A depth 5 4 -", "B depth 1 2 -", "C depth 2 1 -", "D depth 1 1 -", "E depth - - 3"];
    let panel = Panel::analyse(&table(&rows), &scheme);
    assert_eq!(panel.groups, []);
    assert_eq!(panel.of(&"E".into()).map(|one| one.status), Some(Status::Provisional));
    assert!(panel.of(&"A".into()).is_some_and(|one| one.range.ends().is_some()), "{:?}", panel.ranking);
}

#[test]
fn who_was_seen_by_fewer_has_the_wider_interval_and_never_none() {
    let mut rows: Vec<String> =
        (0..9).map(|at| format!("c{at} depth {} {} {}", at % 5 + 1, (at + at % 2) % 5 + 1, at % 4 + 1)).collect();
    rows.push("thin depth - 3 -".to_owned());
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let panel = Panel::analyse(&table(&rows), &scheme(&[("depth", 1.0)]));
    let width = |ranked: &Ranked| match &ranked.total {
        Statistic::Known(known) => known.high.zip(known.low).map_or(0.0, |(high, low)| high - low),
        Statistic::Undefined(_) => 0.0,
    };
    let thin = panel.of(&"thin".into()).expect("there");
    let middle = panel
        .ranking
        .iter()
        .find(|one| one.candidate != thin.candidate && (30.0..70.0).contains(&one.total.value().unwrap_or(0.0)));
    assert!(width(thin) > 1.2 * width(middle.expect("someone in the middle")), "{:?}", thin.total);
    let (low, high) = thin.range.ends().expect("a range");
    assert!(high - low >= 4, "one value says little: {low} to {high}");
}

#[test]
fn reviewers_who_agree_leave_no_room_and_one_point_scales_give_no_total() {
    let panel = Panel::analyse(&table(&["A depth 5 5 5", "B depth 4 4 4"]), &scheme(&[("depth", 1.0)]));
    assert_eq!(panel.ranking[0].range.ends(), Some((1, 1)));
    let flat = table(&["A depth 3 3"]);
    let panel = Panel::analyse(&flat, &Scheme::from_values(&flat));
    assert_eq!(panel.ranking[0].total, Statistic::Undefined(Reason::NoVariation));
}

#[test]
fn the_largest_disagreement_is_named_and_says_whether_to_reconcile_it() {
    let rows = table(&["A depth 5 2 4", "A clarity 3 4 3"]);
    let panel = Panel::analyse(&rows, &scheme(&[("depth", 1.0), ("clarity", 1.0)]));
    let most = panel.ranking[0].largest_disagreement.clone().expect("they differ");
    assert_eq!((most.criterion, most.points, most.to_reconcile), (slug("depth"), 3.0, true));
}

#[test]
fn many_reviewers_are_drawn_at_random_and_always_the_same() {
    let rows = table(&["A depth 5 4 5 4 5 4 5", "B depth 4 5 4 5 4 5 4"]);
    let (one, two) = (Panel::analyse(&rows, &scheme(&[("depth", 1.0)])), Panel::analyse(&rows, &scheme(&[("depth", 1.0)])));
    assert_eq!(one, two);
    assert_eq!(one.ranking[0].range, RankRange::Known { low: 1, high: 2, rough: false });
}

#[test]
fn the_json_has_the_paths_of_the_contract_and_no_nan() {
    let panel = Panel::analyse(
        &table(&["A depth 5 4", "B depth 1 2", "C depth 2 1", "D depth 1 1", "E depth TF -"]),
        &scheme(&[("depth", 2.0)]),
    );
    let json = serde_json::to_value(&panel).expect("a panel is JSON");
    let first = &json["ranking"][0];
    assert_eq!((&first["candidate"], &first["status"], &first["rank"]), (&"A".into(), &"ranked".into(), &1.into()));
    assert_eq!((&first["rank_low"], &first["rank_high"]), (&1.into(), &1.into()));
    assert_eq!(first["total"]["value"], 87.5);
    assert_eq!(first["total"]["n"], 2);
    assert!(first["total"]["method"].is_string() && first["total"]["low"].is_number());
    assert_eq!(json["ranking"][4]["total"]["undefined"], "PolicyMissing");
    assert!(json["ranking"][4]["rank"].is_null());
    assert_eq!(json["items"][0]["criterion"], "depth");
    assert!(json["items"][0]["ease"]["value"].is_number());
}

#[test]
fn only_sealed_scorecards_count_and_the_others_are_said() {
    let mut sample = Sample::new(2, 2);
    for c in 1..=2 {
        for q in 1..=2 {
            sample.review("ann", c, q, 4, 2);
        }
    }
    sample.seal("ann", 1);
    let taken = sealed_ratings(&sample.seen_by("ann"), &sample.batch, &sample.rubric);
    assert!(taken.ratings.is_empty(), "a scorecard is sealed when every question of it is");
    assert_eq!(taken.left_out.unsealed, 2);
    assert_eq!(taken.left_out.candidates, ["c1".into(), "c2".into()]);
    sample.seal("ann", 2);
    let taken = sealed_ratings(&sample.seen_by("ann"), &sample.batch, &sample.rubric);
    assert_eq!(taken.ratings.len(), 8);
    assert_eq!(taken.left_out, LeftOut::default());
}

#[test]
fn a_cell_says_why_it_holds_no_point() {
    let mut sample = Sample::new(1, 3);
    sample.batch.submissions[0].answers[1].state = AnswerState::NotGiven;
    sample.batch.submissions[0].answers[2].state = AnswerState::Faulty { reason: "no sound".into() };
    sample.rate("ann", 1, 1, "depth", Observed::NotObserved);
    sample.seal_all("ann");
    let submission = sample.submission(1);
    sample.act("bob", Act::Recused { submission, reason: None });
    // From outside, where Bob's stepping aside may be seen too.
    let reviewers = vec![crate::scorecard::Panelist::write(reviewer("ann"), &"ann".into(), &"R1".into())];
    sample.act("chief", Act::Panel { reviewers });
    let taken = sealed_ratings(&sample.seen_by("hal"), &sample.batch, &sample.rubric);
    let cell = |question: &str, criterion: &str, who: &str| {
        let names = sample.record().pseudonyms();
        let key = Key {
            candidate: "c1".into(),
            question: slug(question),
            criterion: slug(criterion),
            reviewer: names[&reviewer(who)].clone(),
        };
        taken.ratings.get(&key)
    };
    assert_eq!(cell("q1", "depth", "ann"), Some(Value::NotObserved));
    assert_eq!(cell("q1", "clarity", "ann"), Some(Value::NotYet));
    assert_eq!(cell("q2", "depth", "ann"), Some(Value::NotAnswered));
    assert_eq!(cell("q3", "depth", "ann"), Some(Value::TechnicalFault));
    assert_eq!(cell("q1", "depth", "bob"), Some(Value::Recused));
}

fn any_table() -> impl Strategy<Value = Ratings> {
    let cell = prop::sample::select(vec!["1", "2", "3", "4", "5", "NO", "NA", ""]);
    prop::collection::vec(((0u8..6, 0u8..2, 0u8..4), cell), 1..60).prop_map(|cells| {
        let cells = cells.into_iter().map(|((candidate, criterion, reviewer), text)| {
            let criterion = ["depth", "clarity"][usize::from(criterion)];
            (key(&format!("c{candidate}"), criterion, &format!("r{reviewer}")), text.parse().expect("a value"))
        });
        cells.collect()
    })
}

proptest! {
    #[test]
    fn relabelling_reviewers_and_candidates_changes_nothing(ratings in any_table()) {
        let scheme = scheme(&[("depth", 3.0), ("clarity", 1.0)]);
        let turned = |name: &SafeText| SafeText::line(&format!("x{}", 9 - name.as_str()[1..].parse::<u8>().expect("a digit")));
        let renamed: Ratings = ratings.iter().map(|(key, value)| {
            (Key { reviewer: turned(&key.reviewer), candidate: turned(&key.candidate), ..key.clone() }, value)
        }).collect();
        let (before, after) = (Panel::analyse(&ratings, &scheme), Panel::analyse(&renamed, &scheme));
        for a in &before.ranking {
            let b = after.of(&turned(&a.candidate)).expect("the same one");
            prop_assert_eq!((a.rank, &a.range, a.status), (b.rank, &b.range, b.status));
            prop_assert!(near(a.total.value(), b.total.value()));
        }
    }

    #[test]
    fn figures_are_finite_ranks_lie_in_their_ranges_and_totals_on_the_scale(ratings in any_table()) {
        let panel = Panel::analyse(&ratings, &scheme(&[("depth", 3.0), ("clarity", 1.0)]));
        for ranked in &panel.ranking {
            if let Some(total) = ranked.total.value() {
                prop_assert!((-1e-9..=100.0 + 1e-9).contains(&total));
            }
            prop_assert_eq!(ranked.rank.is_some(), ranked.status == Status::Ranked);
            prop_assert!((0.0..=1.0).contains(&ranked.coverage));
            if let Some((low, high)) = ranked.range.ends() {
                prop_assert!(1 <= low && low <= high && high as usize <= panel.ranking.len());
            }
        }
        prop_assert!(!serde_json::to_string(&panel).expect("JSON").contains("NaN"));
    }
}

#[test]
fn totals_are_shown_with_as_many_digits_as_tell_ranks_apart() {
    let scheme = scheme(&[("depth", 1.0), ("care", 1.0), ("order", 1.0)]);
    let digits = |rows: &[&str]| Panel::analyse(&table(rows), &scheme).digits();
    let rows = ["A depth 4", "A care 4", "A order 4", "B depth 4", "B care 4", "B order 3"];
    assert_eq!(digits(&rows), 0, "75 and 67");
    assert_eq!(digits(&["A depth 4", "A care 4", "A order 4", "B depth 4", "B care 4", "B order 4"]), 0, "one rank, one total");
    let close = ["A depth 4 4 4 4", "A care 4 4 4 4", "A order 4 4 4 4", "B depth 4 4 4 4", "B care 4 4 4 4", "B order 4 4 4 4"];
    let mut ratings = table(&close);
    for (at, point) in ["4", "4", "4", "3.5"].into_iter().enumerate() {
        ratings.insert(key("B", "order", &format!("r{at}")), point.parse().expect("a point"));
    }
    let panel = Panel::analyse(&ratings, &scheme);
    let (a, b) = (panel.ranking[0].total.value().expect("known"), panel.ranking[1].total.value().expect("known"));
    let digits = panel.digits();
    assert_eq!(panel.ranking[1].rank, Some(2));
    assert_ne!(format!("{a:.digits$}"), format!("{b:.digits$}"));
}

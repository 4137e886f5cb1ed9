//! How sure the ranking says it is: ranges hold what is true about as often as they say, and nothing is said of what a design cannot tell.

use earmark::panel::{Key, Panel, Ratings, Scheme, Statistic, Value};
use earmark::rubric::Point;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value as Json;

use crate::home::Home;

struct Chance(ChaCha8Rng);

impl Chance {
    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (2.0 * std::f64::consts::PI * self.unit()).cos()
    }
}

/// Candidates, reviewers, reviewers of each candidate; everyone answers four questions.
struct Design(usize, usize, usize);

/// A panel with known levels: each candidate's next reviewers in turn, points rounded to 1 to 5.
fn played(Design(n, of, each): &Design, chance: &mut Chance) -> (Ratings, Vec<f64>) {
    let levels: Vec<f64> = (0..*n).map(|_| 0.7 * chance.normal()).collect();
    let lenient: Vec<f64> = (0..*of).map(|_| 0.4 * chance.normal()).collect();
    let mut ratings = Ratings::default();
    for (candidate, level) in levels.iter().enumerate() {
        for turn in 0..*each {
            let reviewer = (candidate + turn * (1 + if each < of { candidate / of % 2 } else { 0 })) % of;
            for question in 0..4 {
                let point = (3.0 + level + lenient[reviewer] + 0.9 * chance.normal()).round().clamp(1.0, 5.0);
                let key = Key {
                    candidate: format!("c{candidate:03}").as_str().into(),
                    question: format!("q{question}").parse().expect("an id"),
                    criterion: "k".parse().expect("an id"),
                    reviewer: format!("r{reviewer}").as_str().into(),
                };
                ratings.insert(key, Value::Point(Point::from_value(point).expect("a point")));
            }
        }
    }
    (ratings, levels)
}

#[test]
fn ranges_hold_the_true_rank_and_intervals_the_true_total_about_nine_times_in_ten() {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(3));
    for design in [Design(12, 3, 3), Design(12, 4, 2), Design(20, 6, 2)] {
        let (mut ranks, mut totals, mut all, mut width) = (0.0, 0.0, 0.0, 0.0);
        for _ in 0..25 {
            let (ratings, levels) = played(&design, &mut chance);
            let mut scheme = Scheme::from_values(&ratings);
            (scheme.min, scheme.max) = (1.0, 5.0);
            let panel = Panel::analyse(&ratings, &scheme);
            for (at, level) in levels.iter().enumerate() {
                let ranked = panel.of(&format!("c{at:03}").as_str().into()).expect("everyone is ranked");
                let (low, high) = ranked.range.ends().expect("the design allows a range");
                let truth = 1 + levels.iter().filter(|other| *other > level).count() as u32;
                let Statistic::Known(total) = &ranked.total else { panic!("no total: {ranked:?}") };
                let (from, to) = total.low.zip(total.high).expect("an interval");
                let true_total = (100.0 * (2.0 + level) / 4.0).clamp(0.0, 100.0);
                ranks += f64::from(u8::from((low..=high).contains(&truth)));
                totals += f64::from(u8::from((from - 1e-9..=to + 1e-9).contains(&true_total)));
                width += f64::from(high - low + 1) / design.0 as f64;
                all += 1.0;
                let rank = ranked.rank.expect("ranked");
                assert!((low..=high).contains(&rank) && (from..=to).contains(&total.value) && from < to, "{ranked:?}");
            }
        }
        let told = format!("{} x {} x {}: ranks {:.3}, totals {:.3}", design.0, design.1, design.2, ranks / all, totals / all);
        assert!(ranks / all >= 0.88 && totals / all >= 0.80, "{told}");
        assert!(width / all < 0.75, "a range that holds everything says nothing: {told}, {:.3}", width / all);
    }
}

#[test]
fn of_whom_less_was_observed_less_is_sure() {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(7));
    let (mut ranks, mut totals, mut all, mut widths) = (0.0, 0.0, 0.0, [0.0; 2]);
    for _ in 0..60 {
        let lenient: Vec<f64> = (0..3).map(|_| 0.3 * chance.normal()).collect();
        let mut ratings = Ratings::default();
        let mut truths = Vec::new();
        for candidate in 0..12usize {
            let level = 0.6 * chance.normal();
            // What each question would have shown, of whom only half answered all six.
            let of: Vec<f64> = (0..6).map(|_| level + 0.8 * chance.normal()).collect();
            truths.push(of.iter().map(|at| (3.0 + at).clamp(1.0, 5.0)).sum::<f64>() / 6.0);
            let seen = if candidate % 2 == 0 { 6 } else { 2 };
            for (question, at) in of.iter().enumerate().take(seen) {
                for (reviewer, lenient) in lenient.iter().enumerate() {
                    let point = (3.0 + at + lenient + 0.5 * chance.normal()).round().clamp(1.0, 5.0);
                    let key = Key {
                        candidate: format!("c{candidate:02}").as_str().into(),
                        question: format!("q{question}").parse().expect("an id"),
                        criterion: "k".parse().expect("an id"),
                        reviewer: format!("r{reviewer}").as_str().into(),
                    };
                    ratings.insert(key, Value::Point(Point::from_value(point).expect("a point")));
                }
            }
        }
        let mut scheme = Scheme::from_values(&ratings);
        (scheme.min, scheme.max, scheme.policy.min_coverage) = (1.0, 5.0, 0.3);
        let panel = Panel::analyse(&ratings, &scheme);
        for (at, level) in truths.iter().enumerate() {
            let ranked = panel.of(&format!("c{at:02}").as_str().into()).expect("everyone is ranked");
            let Statistic::Known(total) = &ranked.total else { panic!("no total: {ranked:?}") };
            let (from, to) = total.low.zip(total.high).expect("an interval");
            widths[at % 2] += to - from;
            if at % 2 == 0 {
                continue;
            }
            let (low, high) = ranked.range.ends().expect("a range");
            let truth = 1 + truths.iter().filter(|other| *other > level).count() as u32;
            ranks += f64::from(u8::from((low..=high).contains(&truth)));
            totals += f64::from(u8::from((from..=to).contains(&(25.0 * (level - 1.0)))));
            all += 1.0;
        }
    }
    let told = format!("two of six questions: ranks {:.3}, totals {:.3}, widths {widths:?}", ranks / all, totals / all);
    assert!(ranks / all >= 0.85 && totals / all >= 0.85, "{told}");
    assert!(widths[1] > 1.3 * widths[0], "{told}");
}

#[test]
fn two_who_agree_on_every_point_are_no_surer_than_the_points_are_fine() {
    let mut ratings = Ratings::default();
    for candidate in 0..12usize {
        // Each by two of six reviewers, who agree.
        for reviewer in [candidate % 6, (candidate + 1 + candidate / 6) % 6] {
            for question in 0..4usize {
                let point = 1 + ((candidate * 7 + question * 3) % 5) as i16;
                let key = Key {
                    candidate: format!("c{candidate:02}").as_str().into(),
                    question: format!("q{question}").parse().expect("an id"),
                    criterion: "k".parse().expect("an id"),
                    reviewer: format!("r{reviewer}").as_str().into(),
                };
                ratings.insert(key, Value::Point(Point::whole(point)));
            }
        }
    }
    let panel = Panel::analyse(&ratings, &Scheme::from_values(&ratings));
    for ranked in &panel.ranking {
        let Statistic::Known(total) = &ranked.total else { panic!("no total: {ranked:?}") };
        let (low, high) = total.low.zip(total.high).expect("an interval");
        // A twelfth of a point's square, four questions, two reviewers: 0.102 points or 2.6 of 100, times at least 1.64.
        assert!(high - low > 2.0 * 1.64 * 2.5, "{low} to {high}: {ranked:?}");
    }
}

fn table(rows: impl IntoIterator<Item = (String, String, u32)>) -> String {
    let line = |(candidate, reviewer, value): (String, String, u32)| format!("{candidate},q1,k1,{reviewer},{value}\n");
    std::iter::once("candidate,question,criterion,reviewer,value\n".to_owned()).chain(rows.into_iter().map(line)).collect()
}

fn home(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    files.iter().for_each(|(name, text)| std::fs::write(home.path().join(name), text).expect("a file can be written"));
    home
}

fn undefined<'a>(json: &'a Json, path: &str) -> &'a str {
    let of = json.pointer(path).unwrap_or_else(|| panic!("{path} is missing"));
    of["undefined"].as_str().unwrap_or_else(|| panic!("{path} is known: {of}"))
}

#[test]
fn of_one_reviewer_nothing_is_said_that_takes_two_and_the_text_says_why() {
    let text =
        table([1, 2, 3, 4, 5, 3, 2, 4, 1, 5, 4, 2].iter().enumerate().map(|(at, v)| (format!("c{at}"), "R1".to_owned(), *v)));
    let home = home(&[("r.csv", &text)]);
    let panel = home.run(&["panel", "--ratings", "r.csv", "--meet", "3", "--json"]).json(0);
    for path in [
        "/dependability/raw",
        "/dependability/adjusted",
        "/components/candidate",
        "/components/residual",
        "/adjusted/mixed/0/score",
        "/pairwise/0/p_above",
    ] {
        assert_eq!(undefined(&panel, path), "TooFew", "{path}");
    }
    assert_eq!(panel["d_study"], serde_json::json!([]));
    let words = home.run(&["panel", "--ratings", "r.csv", "--meet", "3"]).out;
    assert!(words.contains("one reviewer alone rated"), "{words}");
    assert!(words.contains("Who is within the first 3 cannot be said"), "{words}");
    assert!(!words.contains("Dependability") && !words.contains("in 100"), "{words}");
}

#[test]
fn one_reviewer_for_each_candidate_is_disconnected_whatever_is_asked() {
    let nested = table((0..6).map(|at| (format!("c{at}"), format!("R{at}"), at % 5 + 1)));
    let home = home(&[("r.csv", &nested)]);
    let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    for path in ["/components/candidate", "/dependability/raw", "/adjusted/mixed/0/score", "/pairwise/0/p_above"] {
        assert_eq!(undefined(&panel, path), "Disconnected", "{path}");
    }
    assert!(panel["ranking"].as_array().expect("a ranking").iter().all(|one| one["rank"].is_null()));
}

#[test]
fn islands_have_rankings_of_their_own_and_are_named() {
    let given = [5, 1, 1, 2, 4, 4, 2, 3, 5, 5, 1, 2, 4, 3, 2, 2];
    let seen = (0..8).flat_map(|at| (0..2).map(move |nth| (at, if at < 4 { nth } else { nth + 2 })));
    let text = table(seen.zip(given).map(|((at, reviewer), value)| (format!("c{at}"), format!("R{reviewer}"), value)));
    let home = home(&[("r.csv", &text)]);
    let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    let ranking = panel["ranking"].as_array().expect("a ranking");
    assert!(ranking.iter().all(|one| one["rank"].is_null() && one["rank_undefined"] == "Disconnected" && one["status"] == "apart"));
    assert!(ranking.iter().all(|one| one["in_group"]["rank"].is_number()), "{ranking:#?}");
    assert_eq!(panel["groups"][1]["reviewers"], serde_json::json!(["R2", "R3"]));
    assert_eq!(undefined(&panel, "/components/candidate"), "Disconnected");
    let words = home.run(&["panel", "--ratings", "r.csv"]).out;
    for wanted in
        ["There is no common ranking", "Group 1: R0, R1 rated c0, c1, c2, c3", "Group 2: R2, R3", "A review that would help"]
    {
        assert!(words.contains(wanted), "{wanted}: {words}");
    }
    assert!(!words.contains("no candidates in common"), "{words}");
}

#[test]
fn who_is_within_the_cut_is_said_by_the_same_ranges_that_stand_beside_the_ranks() {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(5));
    let (ratings, _) = played(&Design(12, 3, 3), &mut chance);
    let mut text = "candidate,question,criterion,reviewer,value\n".to_owned();
    for (key, value) in ratings.iter() {
        text.push_str(&format!("{},{},{},{},{value}\n", key.candidate, key.question, key.criterion, key.reviewer));
    }
    let home = home(&[("r.csv", &text)]);
    let panel = home.run(&["panel", "--ratings", "r.csv", "--meet", "4", "--json"]).json(0);
    let cut = &panel["cut"];
    assert_eq!(cut["places"], 4);
    let mixed = panel["adjusted"]["mixed"].as_array().expect("scores");
    for one in panel["ranking"].as_array().expect("a ranking") {
        let (low, high) = (one["rank_low"].as_u64().expect("a rank"), one["rank_high"].as_u64().expect("a rank"));
        let side = if high <= 4 {
            "within"
        } else if low > 4 {
            "below"
        } else {
            "open"
        };
        assert!(cut[side].as_array().expect("names").contains(&one["candidate"]), "{side}: {one}");
        // Everyone saw everyone: raw and adjusted order are one, and so are their ranges and bands.
        let same = mixed.iter().find(|other| other["candidate"] == one["candidate"]).expect("a score");
        for path in ["rank_low", "rank_high", "band"] {
            assert_eq!(one[path], same[path], "{path}: {one} {same}");
        }
        let additive =
            panel["adjusted"]["additive"].as_array().expect("scores").iter().find(|of| of["candidate"] == one["candidate"]);
        assert_eq!(additive.expect("a score")["band"], one["band"]);
    }
    let words = home.run(&["panel", "--ratings", "r.csv", "--meet", "4"]).out;
    assert!(words.contains("band") && words.contains('±') && words.contains("Cannot be told apart from the line"), "{words}");
}

#[test]
fn perfect_agreement_is_as_sure_as_the_scale_s_points_allow() {
    let text = table((0..10).flat_map(|at| (0..3).map(move |r| (format!("c{at}"), format!("R{r}"), at % 5 + 1))));
    let home = home(&[("r.csv", &text)]);
    let panel = home.run(&["panel", "--ratings", "r.csv", "--json"]).json(0);
    let p = |a: &str, b: &str| {
        let all = panel["pairwise"].as_array().expect("pairs");
        all.iter().find(|of| of["a"] == a && of["b"] == b).expect("the pair")["p_above"]["value"].as_f64().expect("known")
    };
    // A point apart by three who agree: rounding alone leaves 0.24 points.
    assert!((0.999..1.0).contains(&p("c4", "c3")), "{}", p("c4", "c3"));
    assert_eq!(p("c4", "c9"), 0.5);
    let first = &panel["ranking"][0];
    assert_eq!((&first["rank_low"], &first["rank_high"]), (&1.into(), &2.into()), "two share the first place: {first}");
}

#[test]
fn comparisons_stand_beside_the_ratings_and_unknown_names_in_them_are_mistakes() {
    let text = table((0..6).flat_map(|at| {
        (0..3).map(move |r| (format!("c{at}"), format!("R{r}"), [1, 2, 3, 3, 4, 5][(at + usize::from(r == at % 3)) % 6]))
    }));
    let pairs = "criterion,reviewer,a,b,outcome\nk1,R0,c0,c4,a\nk1,R1,c1,c4,a\nk1,R2,c2,c3,b\nk1,R0,c0,c1,a\nk1,R0,c3,c0,a\nk1,R1,c5,c4,a\n";
    let bad = "criterion,reviewer,a,b,outcome\nk1,R0,c0,zz,a\nk9,R0,c0,c1,a\nk1,R0,c0,c1,maybe\n";
    let home = home(&[("r.csv", &text), ("p.csv", pairs), ("bad.csv", bad)]);
    let words = home.run(&["panel", "--ratings", "r.csv", "--pairs", "p.csv"]).out;
    assert!(words.contains("side by side") && words.contains("of 6 comparisons in all"), "{words}");
    assert!(words.contains("drawn to the middle because someone never loses"), "{words}");
    let ran = home.run(&["panel", "--ratings", "r.csv", "--pairs", "bad.csv"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    for wanted in ["line 2: no rating has the candidate", "line 3: no rating has the criterion", "line 4: outcome"] {
        assert!(ran.err.contains(wanted), "{wanted}: {}", ran.err);
    }
}

#[test]
fn ratings_by_rubrics_that_score_differently_never_enter_one_table() {
    let (one, other) = (format!("sha256:{}", "a".repeat(64)), "b".repeat(64));
    let head = "candidate,question,criterion,reviewer,value,scoring_hash,text_hash\n";
    let mixed = format!("{head}c1,q1,k1,R1,4,{one},{one}\nc2,q1,k1,R1,3,{one},{one}\nc1,q1,k1,R2,3,{other},{one}\n");
    let texts = format!("{head}c1,q1,k1,R1,4,{one},{one}\nc1,q1,k1,R2,3,{one},{other}\n");
    let home = home(&[("mixed.csv", &mixed), ("texts.csv", &texts)]);
    let ran = home.run(&["panel", "--ratings", "mixed.csv"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let told = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("line 4: scoring_hash") && told.contains(&one[7..]) && told.contains(&other), "{told}");
    let ran = home.run(&["panel", "--ratings", "texts.csv"]);
    assert_eq!(ran.code, Some(0), "another text of the same rubric is a remark: {ran:#?}");
    assert!(ran.err.contains("text differs"), "{ran:#?}");
    let rubric =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rubrics/general-behavioural.toml")).expect("it is shipped");
    std::fs::write(home.path().join("rubric.toml"), rubric).expect("a file can be written");
    let ran = home.run(&["panel", "--ratings", "texts.csv", "--rubric", "rubric.toml"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.err.contains("is not that of the rubric"), "{ran:#?}");
}

#[test]
fn a_file_with_other_separators_or_an_open_quotation_mark_is_told_so_once() {
    let home = home(&[
        ("semi.csv", "candidate;question;criterion;reviewer;value\nc1;q1;k1;R1;4\n"),
        ("open.csv", "candidate,question,criterion,reviewer,value\nc1,q1,k1,R1,4\n\"c2,q1,k1,R1,4\n"),
    ]);
    let semi = home.run(&["panel", "--ratings", "semi.csv"]).err;
    assert!(semi.contains("separated by semicolons") && !semi.contains("is missing"), "{semi}");
    let open = home.run(&["panel", "--ratings", "open.csv"]).err;
    assert!(open.contains("line 3: a quotation mark is not closed"), "{open}");
}

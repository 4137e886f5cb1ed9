//! `earmark panel` and `earmark impact` on files: the contract's paths, and every mistake with its line.

use serde_json::Value as Json;

use crate::home::Home;

/// The table of scores of the additive and mixed vectors, as a ratings table.
fn demo_panel() -> String {
    let vector: Json = serde_json::from_str(include_str!("../fixtures/measure/13_mixed_model_blup_pev.json")).expect("JSON");
    let mut text = "candidate,question,criterion,reviewer,value\n".to_owned();
    for (candidate, row) in vector["input"]["scores"].as_array().expect("rows").iter().enumerate() {
        for (reviewer, cell) in row.as_array().expect("cells").iter().enumerate() {
            if !cell.is_null() {
                text.push_str(&format!("C{},q1,total,R{},{cell}\n", candidate + 1, reviewer + 1));
            }
        }
    }
    text
}

fn written(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    for (name, text) in files {
        std::fs::write(home.path().join(name), text).expect("a file can be written");
    }
    home
}

fn near(json: &Json, wanted: f64) -> bool {
    json.as_f64().is_some_and(|found| (found - wanted).abs() < 2e-4)
}

#[test]
fn a_ratings_table_gives_the_figures_of_the_contract() {
    let home = written(&[("ratings.csv", &demo_panel())]);
    let panel = home.run(&["panel", "--ratings", "ratings.csv", "--meet", "3", "--json"]).json(0);
    let at = |path: &str| panel.pointer(path).unwrap_or_else(|| panic!("{path} is missing in {panel:#}"));
    assert!(near(at("/adjusted/additive/5/score/value"), 11.98434), "{}", at("/adjusted/additive/5"));
    assert!(near(at("/adjusted/mixed/0/score/value"), 12.28791), "{}", at("/adjusted/mixed/0"));
    assert_eq!(at("/adjusted/mixed/0/candidate"), "C1");
    assert!(near(at("/severity/3/effect/value"), -1.89297), "{}", at("/severity/3"));
    assert_eq!((at("/adjusted/verdict"), at("/adjusted/model")), (&"adjusted".into(), &"additive".into()));
    assert!(near(at("/components/candidate/value"), 6.95870) && near(at("/components/residual/value"), 1.29183));
    assert!(near(at("/components/reviewer/value"), 1.92182));
    assert!(near(at("/dependability/raw/value"), 0.89390) && near(at("/dependability/adjusted/value"), 0.92628));
    let pair = panel["pairwise"].as_array().expect("pairs").iter().find(|pair| pair["a"] == "C1" && pair["b"] == "C2");
    assert!(near(&pair.expect("there")["p_above"]["value"], 0.66787), "{pair:?}");
    for path in ["/components/question", "/components/candidate_reviewer"] {
        assert_eq!(at(path)["undefined"], "TooFew", "one question");
    }
    for path in ["/icc/icc2_1", "/icc/icc3_k", "/agreement/kappa/linear"] {
        assert_eq!(at(path)["undefined"], "PolicyMissing", "{path}: cells are missing, and there are four reviewers");
    }
    for path in ["exact", "within_one", "alpha/nominal", "alpha/ordinal", "alpha/interval", "alpha/ratio"] {
        let of = at(&format!("/agreement/{path}"));
        assert!(of["value"].is_number() && of["low"].is_number() && of["n"].is_number() && of["method"].is_string(), "{of}");
    }
    assert!(at("/agreement/kendall_w").get("undefined").is_some(), "no candidate was rated by all");
    let within: f64 = panel["adjusted"]["mixed"].as_array().expect("scores").iter().filter_map(|of| of["p_within"].as_f64()).sum();
    assert!((within - 3.0).abs() < 0.1, "three are met: {within}");
    assert_eq!(at("/items/0/item_total")["undefined"], "TooFew");
    let words = home.run(&["panel", "--ratings", "ratings.csv", "--meet", "3"]);
    assert_eq!(words.code, Some(0), "{words:#?}");
    for wanted in ["within one point", "C1 above C2: about 2 in 3", "scores adjusted by the additive model", "Within the cut"] {
        assert!(words.out.contains(wanted), "{wanted}: {}", words.out);
    }
}

#[test]
fn two_reviewers_who_saw_everyone_have_every_form() {
    let rows = [("a", [5, 4]), ("b", [4, 4]), ("c", [3, 2]), ("d", [2, 3]), ("e", [1, 1])];
    let mut text = "candidate,question,criterion,reviewer,value\n".to_owned();
    for (candidate, values) in rows {
        for (criterion, more) in [("depth", 0), ("care", 0)] {
            for (reviewer, value) in ["r1", "r2"].iter().zip(values) {
                text.push_str(&format!("{candidate},q1,{criterion},{reviewer},{}\n", value + more));
            }
        }
    }
    let home = written(&[("ratings.csv", &text)]);
    let panel = home.run(&["panel", "--ratings", "ratings.csv", "--json"]).json(0);
    for path in [
        "/agreement/kappa/unweighted",
        "/agreement/kappa/linear",
        "/agreement/kappa/quadratic",
        "/agreement/kendall_w",
        "/icc/icc1_1",
        "/icc/icc2_1",
        "/icc/icc3_1",
        "/icc/icc1_k",
        "/icc/icc2_k",
        "/icc/icc3_k",
        "/components/candidate",
        "/items/0/ease",
        "/items/0/item_total",
    ] {
        let of = panel.pointer(path).unwrap_or_else(|| panic!("{path} is missing"));
        assert!(of["value"].is_number(), "{path}: {of}");
    }
    assert_eq!(panel["items"][0]["alpha_if_deleted"]["undefined"], "TooFew", "one other criterion has no alpha");
    assert_eq!(panel["pairwise"][0]["by_comparisons"]["undefined"], "PolicyMissing", "there is no such file");
}

#[test]
fn reviewers_without_common_candidates_are_refused_with_a_review_that_would_help() {
    let text = "candidate,question,criterion,reviewer,value\na,q1,d,r1,4\nb,q1,d,r1,3\na,q1,d,r2,5\nc,q1,d,r3,2\nd,q1,d,r3,1\n";
    let home = written(&[("ratings.csv", text)]);
    let panel = home.run(&["panel", "--ratings", "ratings.csv", "--json"]).json(0);
    let adjusted = &panel["adjusted"];
    assert_eq!((&adjusted["verdict"], &adjusted["reason"]), (&"refused".into(), &"Disconnected".into()));
    assert_eq!(adjusted["bridges"], serde_json::json!([{ "reviewer": "r2", "candidate": "c" }]));
    assert_eq!(adjusted["apart"].as_array().map(Vec::len), Some(2));
    for of in ["additive", "mixed"] {
        assert_eq!(adjusted[of][0]["score"]["undefined"], "Disconnected", "{of}");
    }
    assert_eq!(panel["severity"][0]["effect"]["undefined"], "Disconnected");
    assert_eq!(panel["pairwise"][0]["p_above"]["undefined"], "Disconnected");
}

#[test]
fn comparisons_are_a_second_opinion() {
    let pairs = "criterion,reviewer,a,b,outcome\ntotal,R1,C1,C2,a\ntotal,R2,C1,C2,b\ntotal,R1,C2,C1,tie\n\
                 total,R1,C2,C3,a\ntotal,R2,C3,C2,a\ntotal,R3,C3,C1,a\n";
    let home = written(&[("ratings.csv", &demo_panel()), ("pairs.csv", pairs)]);
    let panel = home.run(&["panel", "--ratings", "ratings.csv", "--pairs", "pairs.csv", "--json"]).json(0);
    let first = &panel["pairwise"][0];
    assert_eq!((&first["a"], &first["b"]), (&"C1".into(), &"C2".into()));
    assert!(first["p_above"]["method"].as_str().is_some_and(|method| method.contains("Davidson")), "{first}");
    assert!(near(&first["by_ratings"]["value"], 0.66787) && first["p_tie"].is_number(), "{first}");
    let words = home.run(&["panel", "--ratings", "ratings.csv", "--pairs", "pairs.csv"]);
    assert!(words.out.contains(", a tie about"), "{words:#?}");
    assert!(!words.err.contains("both count"), "{words:#?}");
    assert!(words.out.contains("6 comparisons side by side are a second opinion"), "{words:#?}");
    let ties = "criterion,reviewer,a,b,outcome\ntotal,R1,C1,C2,tie\n";
    let home = written(&[("ratings.csv", &demo_panel()), ("pairs.csv", ties)]);
    let nothing = home.run(&["panel", "--ratings", "ratings.csv", "--pairs", "pairs.csv"]);
    assert!(nothing.out.contains("1 comparison side by side"), "{nothing:#?}");
    let twice = pairs.to_owned() + "total,R2,C1,C2,a\n";
    let home = written(&[("ratings.csv", &demo_panel()), ("pairs.csv", &twice)]);
    let told = home.run(&["panel", "--ratings", "ratings.csv", "--pairs", "pairs.csv"]);
    assert!(told.err.contains("R2 preferred C1 to C2 and C2 to C1 for total; both count."), "{told:#?}");
    let whole = home.run(&["panel", "--ratings", "ratings.csv", "--pairs", "pairs.csv", "--json"]).json(0);
    assert_eq!(whole["remarks"], serde_json::json!(["R2 preferred C1 to C2 and C2 to C1 for total; both count."]));
    let torn = home.run(&["panel", "--ratings", "ratings.csv", "--pairs", "ratings.csv"]);
    assert_eq!(torn.code, Some(1), "{torn:#?}");
    assert!(torn.err.contains("unknown column") && torn.err.contains("\"outcome\" is missing"), "{}", torn.err);
}

#[test]
fn every_mistake_of_a_ratings_table_is_named_with_its_line() {
    let text = "candidate,question,criterion,reviewer,value\nc1,q1,d,ann,4\nC1,q1,d,bob,x\nc1,q1,d,ann,5\nc2,q1,d,Ann,3\n";
    let home =
        written(&[("ratings.csv", text), ("more.csv", "candidate,question,criterion,reviewer,value,mood\nc1,q1,d,ann,4,x\n")]);
    let ran = home.run(&["panel", "--ratings", "ratings.csv", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    for wanted in ["line 3: candidate", "line 3: value", "line 4: the same cell", "line 5: reviewer"] {
        assert!(ran.err.contains(wanted) || ran.out.contains(wanted), "{wanted}: {ran:#?}");
    }
    let ran = home.run(&["panel", "--ratings", "more.csv"]);
    assert!(ran.err.contains("unknown column \"mood\""), "{ran:#?}");
}

fn impact_files() -> [(&'static str, String); 3] {
    let (mut decisions, mut groups) = ("candidate,decision\n".to_owned(), "candidate,gender,age\n".to_owned());
    let mut ratings = "candidate,question,criterion,reviewer,value\n".to_owned();
    for at in 0..120 {
        let (focal, selected) = (at < 40, at < 12 || (40..88).contains(&at));
        decisions.push_str(&format!("c{at},{}\n", if selected { "advance" } else { "decline" }));
        let gender = if at == 119 {
            ""
        } else if at >= 116 {
            "x"
        } else if focal {
            "f"
        } else {
            "m"
        };
        groups.push_str(&format!("c{at},{gender},{}\n", if at % 2 == 0 { "old" } else { "young" }));
        ratings.push_str(&format!("c{at},q1,d,r1,{}\n", if selected { 4 } else { 2 }));
    }
    [("decisions.csv", decisions), ("groups.csv", groups), ("ratings.csv", ratings)]
}

#[test]
fn groups_are_compared_and_small_ones_masked() {
    let files = impact_files();
    let home = written(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let args = ["impact", "--decisions", "decisions.csv", "--ratings", "ratings.csv", "--groups", "groups.csv"];
    let report = home.run(&[&args[..], &["--json"]].concat()).json(0);
    let names: Vec<&str> =
        report["attributes"].as_array().expect("attributes").iter().filter_map(|a| a["attribute"].as_str()).collect();
    assert_eq!(names, ["gender", "age", "gender x age"]);
    let gender = &report["attributes"][0]["selection"];
    assert_eq!((&gender["reference"], &gender["unknown"]), (&"m".into(), &1.into()));
    let [f, m, x] = ["f", "m", "x"].map(|name| {
        gender["groups"].as_array().expect("groups").iter().find(|group| group["group"] == name).expect("there").clone()
    });
    assert_eq!((&f["impact"]["flagged"], &f["n"]), (&true.into(), &40.into()));
    assert_eq!(m["impact"]["ratio"]["value"], 1.0);
    assert_eq!(m["impact"]["ratio"]["low"], Json::Null, "the reference's ratio to itself has nothing unsure");
    assert_eq!((&x["masked"], &x["n"], &x["impact"]), (&true.into(), &Json::Null, &Json::Null));
    let scored = &report["attributes"][0]["scoring"]["groups"];
    assert_eq!(scored[2]["rate"]["undefined"], "TooFew", "masked too: {scored}");
    let words = home.run(&args);
    assert!(words.out.contains("below four fifths") && words.out.contains("masked"), "{words:#?}");
    assert!(words.out.contains("the highest rate of those shown"), "a masked group may have a higher one: {words:#?}");
    // 12 of 40 against 48 of 76: at the common 60 of 116 it were 21.
    let of_f = words.out.lines().find(|line| line.trim_start().starts_with("f ")).expect("a row");
    assert!(of_f.contains("-33 (-49 to -14)  ") && of_f.contains("  9  "), "{of_f}");
    let only = home.run(&["impact", "--decisions", "decisions.csv", "--groups", "groups.csv", "--json"]).json(0);
    assert_eq!(only["attributes"][0]["scoring"]["undefined"], "PolicyMissing", "there is no ratings file");
    assert_eq!(home.run(&["impact", "--groups", "groups.csv"]).code, Some(2), "nothing to compare");
}

#[test]
fn of_a_masked_highest_scoring_rate_the_ratio_is_undefined_and_kept_apart_from_that_among_those_shown() {
    let vector: Json = serde_json::from_str(include_str!("../fixtures/measure/24_ll144_impact_ratio.json")).expect("JSON");
    let mut groups = "candidate,group\n".to_owned();
    let mut ratings = "candidate,question,criterion,reviewer,value\n".to_owned();
    for (name, scores) in vector["input"]["scores"].as_object().expect("groups") {
        for (at, score) in scores.as_array().expect("scores").iter().enumerate() {
            groups.push_str(&format!("{name}{at},{name}\n"));
            ratings.push_str(&format!("{name}{at},q1,d,r1,{score}\n"));
        }
    }
    let home = written(&[("groups.csv", &groups), ("ratings.csv", &ratings)]);
    let args = ["impact", "--ratings", "ratings.csv", "--groups", "groups.csv"];
    let report = home.run(&[&args[..], &["--json"]].concat()).json(0);
    let scoring = &report["attributes"][0]["scoring"];
    assert_eq!(scoring["highest_masked"], true);
    for (at, among_shown) in [(0, 1.0), (1, 0.5)] {
        let group = &scoring["groups"][at];
        assert_eq!(group["ratio"]["undefined"], "TooFew", "{group}");
        assert_eq!(group["ratio_among_shown"]["value"], among_shown, "{group}");
    }
    assert!(report["notes"].to_string().contains("ratio_among_shown"), "{}", report["notes"]);
    let words = home.run(&args).out;
    assert!(words.contains("of the highest shown") && words.contains("The highest rate is that of a masked group"), "{words}");

    // With three more of C who score low, a group that is shown has the highest rate.
    let low: String = (1..=3).map(|at| format!("C{at},q1,d,r1,49\n")).collect();
    let more: String = (1..=3).map(|at| format!("C{at},C\n")).collect();
    let home = written(&[("groups.csv", &(groups + &more)), ("ratings.csv", &(ratings + &low))]);
    let report = home.run(&[&args[..], &["--json"]].concat()).json(0);
    let scoring = &report["attributes"][0]["scoring"];
    assert_eq!((&scoring["highest_masked"], &scoring["groups"][0]["ratio"]["value"]), (&false.into(), &1.0.into()));
}

#[test]
fn three_attributes_are_crossed_and_nobody_selected_is_no_highest_rate() {
    let (mut decisions, mut groups) = ("candidate,decision\n".to_owned(), "candidate,gender,age,site\n".to_owned());
    for at in 0..80 {
        decisions.push_str(&format!("c{at},decline\n"));
        let of = |bit: usize, names: [&'static str; 2]| names[(at >> bit) & 1];
        groups.push_str(&format!("c{at},{},{},{}\n", of(0, ["f", "m"]), of(1, ["old", "young"]), of(2, ["n", "s"])));
    }
    let home = written(&[("decisions.csv", &decisions), ("groups.csv", &groups)]);
    let args = ["impact", "--decisions", "decisions.csv", "--groups", "groups.csv"];
    let report = home.run(&[&args[..], &["--json"]].concat()).json(0);
    let names: Vec<&str> =
        report["attributes"].as_array().expect("attributes").iter().filter_map(|a| a["attribute"].as_str()).collect();
    assert_eq!(names[3..], ["gender x age", "gender x site", "age x site", "gender x age x site"]);
    assert_eq!(report["attributes"][6]["selection"]["groups"][0]["group"], "f x old x n");
    for group in report["attributes"][0]["selection"]["groups"].as_array().expect("groups") {
        assert_eq!(group["impact"]["one_selection_moved"]["reverses"], false, "{group}");
    }
    let words = home.run(&args).out;
    assert!(words.contains("There is no scoring rate: it takes the ratings") && !words.contains("6 RCNY"), "{words}");
    assert!(!words.contains("masked"), "nobody is: {words}");
    assert!(words.contains("nobody was selected"), "{words}");
    assert!(!words.contains("the highest rate") && !words.contains("the same"), "{words}");
}

#[test]
fn a_rank_without_a_range_says_why_in_the_adjusted_scores_too() {
    let text = "candidate,question,criterion,reviewer,value\nc1,q1,d,ann,4\nc2,q1,d,ann,2\nc3,q1,d,ann,3\n";
    let home = written(&[("ratings.csv", text)]);
    let panel = home.run(&["panel", "--ratings", "ratings.csv", "--json"]).json(0);
    let first = &panel["adjusted"]["additive"][0];
    assert!(first["rank"].is_null() || first["rank_undefined"].is_string(), "{first}");
    assert_eq!(panel["ranking"][0]["rank_undefined"], "TooFew");
    let mine = home.run(&["panel", "--ratings", "ratings.csv", "--mine"]);
    assert_eq!(mine.code, Some(2), "not silently left out: {mine:#?}");
}

#[test]
fn there_are_no_ratios_below_zero() {
    let text = "candidate,question,criterion,reviewer,value\nc1,q1,d,a,-5\nc1,q1,d,b,-4\nc2,q1,d,a,0\nc2,q1,d,b,2\nc3,q1,d,a,5\nc3,q1,d,b,5\n";
    let home = written(&[("ratings.csv", text)]);
    let panel = home.run(&["panel", "--ratings", "ratings.csv", "--json"]).json(0);
    assert_eq!(panel["agreement"]["alpha"]["ratio"]["undefined"], "PolicyMissing");
    assert!(panel["agreement"]["alpha"]["interval"]["value"].is_number());
}

#[test]
fn where_nothing_is_rated_there_is_nothing_to_tell_and_no_scale_is_made_up() {
    let head = "candidate,question,criterion,reviewer,value\n";
    let home = written(&[("empty.csv", head), ("none.csv", &format!("{head}c1,q1,d,ann,NO\nc2,q1,d,ann,\n"))]);
    for args in [&["panel", "--ratings", "empty.csv"][..], &["panel", "--ratings", "empty.csv", "--json"]] {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        assert!(ran.err.contains("a header and nothing below it") || ran.out.contains("a header and nothing below it"), "{ran:#?}");
    }
    let none = home.run(&["panel", "--ratings", "none.csv", "--json"]).json(0);
    assert_eq!((&none["scale_min"], &none["scale_max"], &none["ratings"]), (&Json::Null, &Json::Null, &0.into()));
}

#[test]
fn a_ratings_table_may_come_through_a_pipe() {
    let home = written(&[("ratings.csv", &demo_panel())]);
    let file = home.run(&["panel", "--ratings", "ratings.csv"]);
    let ratings = std::fs::File::open(home.path().join("ratings.csv")).expect("it was written");
    let piped = home.command(&["panel", "--ratings", "-"]).stdin(ratings).output().expect("the program starts");
    assert_eq!(String::from_utf8_lossy(&piped.stdout), file.out, "{piped:#?}");
}

#[test]
fn a_candidate_written_differently_in_the_groups_is_named_and_one_who_is_nowhere_else_is_told() {
    let decisions = "candidate,decision\nc0,advance\nc1,decline\n";
    let home = written(&[
        ("decisions.csv", decisions),
        ("case.csv", "candidate,gender\nC0,f\nc1,m\n"),
        ("more.csv", "candidate,gender\nc0,f\nc1,\nc9,m\n"),
    ]);
    let ran = home.run(&["impact", "--decisions", "decisions.csv", "--groups", "case.csv"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.err.contains("C0 in the groups is c0 elsewhere"), "{ran:#?}");
    let ran = home.run(&["impact", "--decisions", "decisions.csv", "--groups", "more.csv"]);
    assert!(
        ran.out.contains("neither decided on nor scored: c9") && ran.out.contains("Of 1 candidate it is not known"),
        "{ran:#?}"
    );
    let others = std::fs::write(home.path().join("others.csv"), "candidate,gender\nd1,f\nd2,m\n");
    others.expect("a file can be written");
    let ran = home.run(&["impact", "--decisions", "decisions.csv", "--groups", "others.csv"]);
    assert_eq!(ran.code, Some(5), "nobody to compare is no figure: {ran:#?}");
}

#[test]
fn impact_names_the_mistakes_of_all_its_files_at_once() {
    let home = written(&[
        ("decisions.csv", "candidate,decision\nc1,maybe\n"),
        ("groups.csv", "candidate,gender\nc1,f\nc1,m\n"),
        ("ratings.csv", "candidate,question,criterion,reviewer,value\nc1,q1,d,r1,much\n"),
    ]);
    let ran = home.run(&["impact", "--decisions", "decisions.csv", "--ratings", "ratings.csv", "--groups", "groups.csv"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let told: Vec<&str> = ran.err.split_whitespace().collect();
    let told = told.join(" ");
    for wrong in [
        "groups in groups.csv Caused by: line 3: candidate",
        "decisions in decisions.csv line 2: decision",
        "ratings in ratings.csv line 2: value",
    ] {
        assert!(told.contains(wrong), "{wrong}: {ran:#?}");
    }
}

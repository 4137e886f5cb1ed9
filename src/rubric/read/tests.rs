//! Every mistake, each with its line, and all at once.

use super::is_semantic;
use crate::interview::Problem;
use crate::rubric::{Calibration, DecisionGate, Preset, Rubric, Seal, SkipRule, SpeedRule};

const MINIMAL: &str = include_str!("../../../tests/fixtures/rubrics/minimal.toml");

fn changed(from: &str, to: &str) -> String {
    assert!(MINIMAL.contains(from), "the fixture has no {from:?}");
    MINIMAL.replacen(from, to, 1)
}

fn said(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{}: {}", problem.place, problem.reason)).collect()
}

/// Changing `from` into `to` is refused with exactly this problem and a remedy that contains `remedy`.
fn check(from: &str, to: &str, problem: &str, remedy: &str) {
    let problems = Rubric::read("r.toml", &changed(from, to)).expect_err(to);
    assert_eq!(said(&problems), [problem], "{from} → {to}");
    assert!(problems[0].remedy.as_str().contains(remedy), "{to}: {}", problems[0].remedy);
}

#[test]
fn a_good_rubric_is_read_without_a_warning() {
    let reading = Rubric::read("minimal.toml", MINIMAL).expect("the fixture is valid");
    assert_eq!(said(&reading.warnings), [""; 0]);
    assert_eq!(reading.rubric.scale.require_anchors, [1, 3, 5]);
    assert_eq!(reading.rubric.questions[1].criteria[0].weight, 1.0);
    assert_eq!(reading.rubric.questions[0].criteria[0].look_for[0].words[0].as_str(), "a hypothesis");
}

#[test]
fn mistakes_in_words_and_types_say_what_was_meant() {
    check("weight = 2", "wieght = 2", "line 27, column 3: unknown key `wieght` in criterion \"diagnosis\"", "`weight`");
    check(
        "language = \"en\"",
        "language = \"xx-!!\"",
        "line 6, column 12: `language` is \"xx-!!\", which is no language tag",
        "\"de-AT\"",
    );
    check("weight = 2", "weight = \"2\"", "line 27, column 12: `weight` in criterion \"diagnosis\" is a text", "a number");
    check(
        "type = \"past-behaviour\"",
        "type = 7",
        "line 19, column 8: `type` in question \"q1\" is a whole number",
        "text in quotes",
    );
    check("retakes = 1", "retakes = 1.5", "line 22, column 11: `retakes` in question \"q1\" is a number with a fraction", "whole");
    check(
        "[policy]",
        "[policy]\nnot_observed = \"block\"",
        "line 14, column 16: `not_observed` in [policy] cannot be \"block\"",
        "\"floor\"",
    );
    check(
        "[policy]",
        "[protocol]\nreveal = \"qestion\"\n[policy]",
        "line 14, column 10: `reveal` in [protocol] cannot be \"qestion\"",
        "did you mean \"question\"",
    );
    check(
        "[policy]",
        "[protocol]\npreset = \"strict\"\n[policy]",
        "line 14, column 10: `preset` in [protocol] cannot be \"strict\"",
        "\"audit\"",
    );
    check("format = 1", "format = 2", "line 2, column 10: the rubric has format 2, and this program reads format 1", "format 1");
    check("\"1.0.0\"", "\"1.0\"", "line 4, column 11: `version` is \"1.0\", which is no semantic version", "2.1.0");
    check(
        "id = \"q3\"",
        "id = \"q 3\"",
        "line 52, column 6: `id` in [[question]]: an id cannot contain ' '; use letters, digits, '-', '_' and '.'",
        "id such as",
    );
}

#[test]
fn mistakes_in_figures_say_the_range() {
    check("weight = 2", "weight = 0", "line 27, column 12: `weight` in criterion \"diagnosis\" is 0", "above 0");
    check("weight = 2", "weight = inf", "line 27, column 12: `weight` in criterion \"diagnosis\" is not finite", "finite");
    check("weight = 2", "weight = -1.5", "line 27, column 12: `weight` in criterion \"diagnosis\" is -1.5", "above 0");
    check("weight = 2", "weight = 1e308", "line 27, column 12: `weight` in criterion \"diagnosis\" is 1e308", "from 0.001 to 1000");
    check("min_coverage = 0.8", "min_coverage = 80", "line 14, column 16: `min_coverage` in [policy] is 80", "from 0 to 1");
    check("max = 5", "max = 5\nlabels = [\"low\", \"high\"]", "line 11, column 10: 2 labels for 5 points", "one label for each");
    check("below = 2", "below = 9", "line 28, column 24: `below` in the knockout of criterion \"diagnosis\" is 9", "from 1 to 5");
    check("[policy]", "[protocol]\nplayback = { speed = 4 }\n[policy]", "line 14, column 22: `speed` in playback is 4", "0.5 to 3");
    check(
        "{ diagnosis = 2 }",
        "{ diagnosis = 6 }",
        "line 91, column 21: `diagnosis` in the key of anchor clip \"clip-a\" is 6, which is off the scale",
        "from 1 to 5",
    );
}

#[test]
fn mistakes_in_anchors_are_found() {
    let three = "    3 = \"Reaches the cause by checking one idea after the other.\"\n";
    check(three, "", "line 31, column 5: the anchors of criterion \"diagnosis\" have none for 3", "add 3 =");
    check(
        "    5 = \"Tests",
        "    6 = \"More.\"\n    5 = \"Tests",
        "line 34, column 5: the anchors of criterion \"diagnosis\" have 6, which is off the scale",
        "from 1 to 5",
    );
    check(
        "    5 = \"Tests",
        "    high = \"More.\"\n    5 = \"Tests",
        "line 34, column 5: `high` in the anchors of criterion \"diagnosis\" is no point",
        "whole number",
    );
    let same = "    4 = \"reaches the  cause by checking one idea after the other.\"\n    5 = \"Tests";
    check(
        "    5 = \"Tests",
        same,
        "line 34, column 9: the anchors of criterion \"diagnosis\" say the same for 3 and for 4",
        "tells the two",
    );
}

#[test]
fn mistakes_in_what_names_what_are_found() {
    check("id = \"q2\"", "id = \"q1\"", "line 37, column 6: two questions have the id \"q1\"", "its own id");
    check(
        "question = \"q1\"\non_no",
        "question = \"q9\"\non_no",
        "line 84, column 12: must-have \"rota\" names the question \"q9\", which is not there",
        "q1, q2",
    );
    check(
        "{ diagnosis = 2 }",
        "{ diagnose = 2 }",
        "line 91, column 9: the key of anchor clip \"clip-a\" names \"diagnose\", which is no criterion of question \"q1\"",
        "known: diagnosis",
    );
    check(
        "action = \"review\"",
        "action = \"reject\"",
        "line 28, column 53: `action` in the knockout of criterion \"diagnosis\" is not \"review\": a machine never rejects",
        "a person looks",
    );
    check(
        "on_no = \"review\"",
        "on_no = \"reject\"",
        "line 85, column 9: `on_no` in must-have \"rota\" is not \"review\": a machine never rejects",
        "a person looks",
    );
    check(
        "media = \"clips/a.opus\"",
        "media = \"../a.opus\"",
        "line 90, column 9: `media` in anchor clip \"clip-a\" leaves the rubric's folder",
        "below the rubric",
    );
    let twice = "[[must_have]]\nid = \"rota\"\ntext = \"Again.\"\n\n[[anchor_clip]]";
    check("[[anchor_clip]]", twice, "line 88, column 6: two of the kind must-have have the id \"rota\"", "its own id");
}

#[test]
fn ids_that_differ_by_case_alone_are_one_and_what_shows_nothing_is_empty() {
    check("id = \"q2\"", "id = \"Q1\"", "line 37, column 6: two questions have the id \"Q1\"", "its own id");
    let prompt = "prompt = \"\u{200b}\u{200d}\"";
    let text = MINIMAL.lines().map(|line| if line.starts_with("prompt = ") { prompt } else { line }).collect::<Vec<_>>().join("\n");
    let problems = Rubric::read("r.toml", &text).expect_err("no prompt shows anything");
    assert!(said(&problems).iter().all(|one| one.contains("`prompt` in question") && one.ends_with("is empty")), "{problems:?}");
    let text = changed("[policy]", "[policy]\ndisagreement_gap = 9");
    let checked = Rubric::check("r.toml", &text);
    assert!(checked.problems.iter().any(|one| one.reason.as_str().contains("the scale is 4 wide")), "{:?}", checked.problems);
}

#[test]
fn two_criteria_of_one_question_need_two_ids() {
    let second = "  [[question.criterion]]\n  id = \"diagnosis\"\n  name = \"Again\"\n    [question.criterion.anchors]\n    1 = \"a\"\n    3 = \"b\"\n    5 = \"c\"\n\n[[question]]\nid = \"q2\"";
    check(
        "[[question]]\nid = \"q2\"",
        second,
        "line 37, column 8: two criteria of this question have the id \"diagnosis\"",
        "its own id",
    );
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let protocol = |lines: &str| format!("[protocol]\n{lines}\n[policy]");
    check(
        "[policy]",
        &protocol("order = \"candidate-first\"\nseal = \"question\""),
        "line 15, column 8: `seal = \"question\"` locks one question of all candidates, and `order` is candidate-first",
        "seal = \"submission\"",
    );
    check(
        "[policy]",
        &protocol("seal = \"submission\"\npseudonyms = \"per-question\""),
        "line 15, column 14: pseudonyms can change per question only where a seal locks a question",
        "stable",
    );
}

#[test]
fn every_mistake_is_reported_at_once_in_the_order_of_the_file() {
    let text =
        changed("title = \"A minimal rubric\"\n", "").replace("weight = 2", "weight = -1").replace("retakes = 1", "retries = 1");
    let problems = Rubric::read("r.toml", &text).expect_err("three kinds of mistake");
    let reasons: Vec<&str> = problems.iter().map(|problem| problem.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "the rubric has no `title`",
            "unknown key `retries` in question \"q1\"",
            "`weight` in criterion \"diagnosis\" is -1",
            "unknown key `retries` in question \"q2\"",
            "unknown key `retries` in question \"q3\"",
            "unknown key `retries` in question \"q4\"",
        ]
    );
    assert_eq!(problems[0].file.as_str(), "r.toml");
}

#[test]
fn broken_syntax_is_said_with_its_line_beside_the_other_mistakes_and_without_false_ones() {
    let text = changed("think_seconds = 60", "think_seconds = = 60").replace("weight = 2", "weight = -1");
    let problems = Rubric::read("r.toml", &text).expect_err("broken");
    let said = said(&problems);
    assert!(said[0].starts_with("line 20, column 17: not valid TOML"), "{said:?}");
    assert!(said.iter().any(|line| line.contains("is -1")), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("has no")), "{said:?}");
}

#[test]
fn nothing_at_all_is_many_missing_things_and_no_crash() {
    let reasons = said(&Rubric::read("r.toml", "").expect_err("empty"));
    for missing in ["`format`", "`id`", "`version`", "`title`", "`scale`", "no question"] {
        assert!(reasons.iter().any(|reason| reason.contains(missing)), "{missing}: {reasons:?}");
    }
}

#[test]
fn endless_nesting_is_a_mistake_like_any_other() {
    for open in ["a = [", "a = { a = ", "[a.a."] {
        assert!(Rubric::read("r.toml", &open.repeat(100_000)).is_err());
    }
    assert!(Rubric::read("r.toml", &format!("a = {}", "[".repeat(100_000))).is_err());
}

#[test]
fn explicit_settings_override_the_preset() {
    let text = changed("[policy]", "[protocol]\npreset = \"audit\"\nplayback = { speed = 1.5 }\n[policy]");
    let rubric = Rubric::read("r.toml", &text).expect("valid").rubric;
    assert_eq!(rubric.protocol.preset, Preset::Audit);
    assert_eq!(rubric.protocol.playback.speed, SpeedRule::Fixed(1.5));
    assert_eq!(rubric.protocol.playback.skip_silence, SkipRule::Never);
    assert_eq!(rubric.policy.min_reviewers, 2);

    let light =
        Rubric::read("r.toml", &changed("[policy]", "[protocol]\npreset = \"light\"\ncalibration = { clips = 1 }\n[policy]"));
    let light = light.expect("valid").rubric.protocol;
    assert_eq!((light.decision_gate, light.calibration), (DecisionGate::Off, Some(Calibration::default())));
}

#[test]
fn candidate_by_candidate_seals_a_submission() {
    let text = changed("[policy]", "[protocol]\norder = \"candidate-first\"\n[policy]");
    assert_eq!(Rubric::read("r.toml", &text).expect("valid").rubric.protocol.seal, Seal::Submission);
}

#[test]
fn the_audit_preset_requires_clips() {
    let clips = &MINIMAL[MINIMAL.find("[[anchor_clip]]").expect("a clip")..];
    let text = changed(clips, "").replace("[policy]", "[protocol]\npreset = \"audit\"\n[policy]");
    assert_eq!(
        said(&Rubric::read("r.toml", &text).expect_err("no clips")),
        ["line 13, column 1: calibration asks for 1 clips, and there are 0"]
    );
}

#[test]
fn weak_design_is_warned_of_with_its_line() {
    let reading = Rubric::read("r.toml", &changed("think_seconds = 60", "think_seconds = 5")).expect("usable");
    assert_eq!(said(&reading.warnings), ["line 20, column 17: question \"q1\" gives 5 s to think"]);
    assert_eq!(reading.warnings[0].code, Some("think-time"));
}

#[test]
fn what_can_be_checked_beside_a_mistake_is_checked() {
    let q4 = &MINIMAL[MINIMAL.find("[[question]]\nid = \"q4\"").expect("q4")..MINIMAL.find("[[must_have]]").expect("must have")];
    let weak = changed(q4, "").replacen("title = \"A minimal rubric\"", "title = \"A minimal rubric\"\ndeadline_hours = 12", 1);
    let warned = |text: &str| -> Vec<String> {
        let problems = Rubric::check("r.toml", text).problems;
        let warnings = problems.iter().filter(|problem| problem.severity == crate::interview::Severity::Warning);
        warnings.map(|problem| problem.reason.to_string()).collect()
    };
    let wanted = ["3 questions", "candidates have 12 h to answer"];
    assert_eq!(warned(&weak), wanted, "of one in order");
    for (from, to) in [("weight = 2", "weight = -2"), ("version = \"1.0.0\"", ""), ("id = \"minimal\"", "")] {
        assert!(weak.contains(from), "{from}");
        assert_eq!(warned(&weak.replacen(from, to, 1)), wanted, "{from} → {to:?}");
    }
    let unread = weak.replacen("id = \"q2\"", "id = \"q 2\"", 1);
    assert_eq!(warned(&unread), wanted[1..], "how many there are is not known of what cannot be read");
}

#[test]
fn versions_are_semantic() {
    for version in ["1.0.0", "0.0.1", "10.20.30", "1.0.0-alpha.1", "1.0.0+build.5", "1.0.0-rc.1+exp.sha"] {
        assert!(is_semantic(version), "{version}");
    }
    for version in ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "1.0.0-", "1.0.0-01", "v1.0.0", "1.0.0+"] {
        assert!(!is_semantic(version), "{version}");
    }
}

/// The complete example of the format, where the checkout has it beside it.
#[test]
fn the_complete_example_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/rubric.example.toml");
    let Ok(text) = std::fs::read_to_string(path) else { return skip(path) };
    let reading = Rubric::read("rubric.example.toml", &text).expect("the example is valid");
    assert_eq!(reading.rubric.questions[0].criteria[0].look_for[2].words.len(), 2);
    assert_eq!(reading.rubric.protocol, crate::rubric::Protocol::default());
    assert_eq!(said(&reading.warnings), ["line 1, column 1: 2 questions"]);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(?s).{0,400}") {
        let _ = Rubric::read("r.toml", &text);
    }

    #[test]
    fn no_change_of_a_good_rubric_makes_it_panic(at in 0..MINIMAL.len(), length in 0..40_usize, put in "[\\[\\]\"={}0-9a-z\n.,-]{0,12}") {
        let mut bytes = MINIMAL.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        let _ = Rubric::read("r.toml", &String::from_utf8_lossy(&bytes));
    }
}

#[expect(clippy::print_stderr, reason = "a test that tests nothing says so")]
fn skip(path: &str) {
    eprintln!("skipped: {path} is absent");
}

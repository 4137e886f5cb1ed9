//! Each rule with what it is right about and with what it must leave in peace.

use std::collections::BTreeMap;

use super::*;
use crate::text::SafeText;

const MINIMAL: &str = include_str!("../../../tests/fixtures/rubrics/minimal.toml");

fn minimal() -> Rubric {
    Rubric::read("r.toml", MINIMAL).expect("valid").rubric
}

fn check(from: &str, to: &str, code: &str, said: &str) {
    assert!(MINIMAL.contains(from), "the fixture has no {from:?}");
    let rubric = Rubric::read("r.toml", &MINIMAL.replacen(from, to, 1)).expect("still valid").rubric;
    let found: Vec<(&str, String)> = lint(&rubric).into_iter().map(|finding| (finding.code, finding.reason)).collect();
    assert_eq!(found, [(code, said.to_owned())], "{from} → {to}");
}

/// Whether a rule complains of the first criterion after `change`.
fn complains(code: &str, change: impl Fn(&mut Question)) -> bool {
    let mut rubric = minimal();
    change(&mut rubric.questions[0]);
    lint(&rubric).iter().any(|finding| finding.code == code)
}

/// Each row: whether the rule complains, and the text.
fn table(code: &str, put: impl Fn(&mut Question, &str), rows: &[(bool, &str)]) {
    for (weak, text) in rows {
        assert_eq!(complains(code, |question| put(question, text)), *weak, "{code}: {text}");
    }
}

#[test]
fn the_fixture_has_no_weakness() {
    assert_eq!(lint(&minimal()), []);
}

#[test]
fn every_rule_has_a_name_of_its_own() {
    let mut codes: Vec<&str> = codes().collect();
    codes.sort_unstable();
    let count = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), count);
}

const RIDDLE: &str = "question \"q1\" is of the type \"riddle\", which is none that is known";

#[test]
fn times_and_counts_outside_the_usual_are_named() {
    check("think_seconds = 60", "think_seconds = 29", "think-time", "question \"q1\" gives 29 s to think");
    check("think_seconds = 60", "think_seconds = 91", "think-time", "question \"q1\" gives 91 s to think");
    check("answer_seconds = 150", "answer_seconds = 59", "answer-limit", "question \"q1\" gives 59 s to answer");
    check("answer_seconds = 150", "answer_seconds = 181", "answer-limit", "question \"q1\" gives 181 s to answer");
    check("retakes = 1", "retakes = 0", "no-retake", "question \"q1\" cannot be recorded again");
    let after = |hours: u32| format!("title = \"A minimal rubric\"\ndeadline_hours = {hours}");
    check("title = \"A minimal rubric\"", &after(24), "deadline", "candidates have 24 h to answer");
    check("title = \"A minimal rubric\"", &after(73), "deadline", "candidates have 73 h to answer");
    check("type = \"past-behaviour\"", "type = \"riddle\"", "question-type", RIDDLE);
    let q4 = &MINIMAL[MINIMAL.find("[[question]]\nid = \"q4\"").expect("q4")..MINIMAL.find("[[must_have]]").expect("must have")];
    check(q4, "", "question-count", "3 questions");
    check("max = 5", "max = 9\nrequire_anchors = [1, 3, 5]", "scale-points", "the scale has 9 points");
}

#[test]
fn times_and_counts_at_the_edge_are_left_in_peace() {
    for (from, to) in [
        ("think_seconds = 60", "think_seconds = 30"),
        ("think_seconds = 60", "think_seconds = 90"),
        ("answer_seconds = 150", "answer_seconds = 60"),
        ("answer_seconds = 150", "answer_seconds = 180"),
        ("title = \"A minimal rubric\"", "title = \"A minimal rubric\"\ndeadline_hours = 48"),
        ("title = \"A minimal rubric\"", "title = \"A minimal rubric\"\ndeadline_hours = 72"),
        ("retakes = 1\n", ""),
    ] {
        let rubric = Rubric::read("r.toml", &MINIMAL.replacen(from, to, 1)).expect("valid").rubric;
        assert_eq!(lint(&rubric), [], "{to}");
    }
}

#[test]
fn six_questions_of_three_minutes_are_just_short_enough() {
    let mut rubric = minimal();
    let question = Question { think_seconds: Some(60), answer_seconds: Some(120), ..rubric.questions[0].clone() };
    rubric.questions = vec![question; 6];
    assert_eq!(lint(&rubric), []);
    rubric.questions[5].answer_seconds = Some(121);
    assert_eq!(lint(&rubric)[0].reason, "thinking and answering take 18 min 1 s in all");
    rubric.questions.push(rubric.questions[0].clone());
    assert_eq!(lint(&rubric).iter().map(|finding| finding.code).collect::<Vec<_>>(), ["question-count", "total-length"]);
}

#[test]
fn five_criteria_in_one_answer_are_one_too_many() {
    let with = |count: usize| complains("criteria-count", |question| question.criteria = vec![question.criteria[0].clone(); count]);
    assert_eq!((with(4), with(5)), (false, true));
}

#[test]
fn prompts_that_leave_open_what_is_wanted_are_vague() {
    table(
        "vague-prompt",
        |question, text| question.prompt = SafeText::line(text),
        &[
            (true, "Tell us about yourself and your career so far."),
            (true, "What are your strengths and weaknesses, in your own opinion?"),
            (true, "Why should we hire you rather than somebody else for this?"),
            (true, "How do you handle conflict with other people at work?"),
            (true, "Describe your experience with project management tools and methods."),
            (true, "Tell us about teamwork."),
            (true, "Tell us something about a project that you have worked on."),
            (true, "Have you ever led a team of more than five people?"),
            (true, "Are you good with numbers? Do you like to work in a team?"),
            (false, "Tell us about a time a customer was blocked and you did not know the cause. What did you do, step by step?"),
            (false, "Explain to a customer who is not technical why their backup failed because the disk was full."),
            (false, "Could you describe one delivery that went wrong, and what you did about it?"),
            (false, "A parent shouts at you at the gate; how do you handle the first two minutes?"),
            (false, "Have you ever had to stop a line? Describe the last time: what did you see, and what did you do?"),
            (false, "How do you handle this? Two lorries arrive at once and one dock is free."),
            (false, "It is Monday and the figures are missing. How do you go about it?"),
        ],
    );
}

#[test]
fn a_name_with_two_criteria_in_it_is_double_barrelled() {
    table(
        "double-barrelled",
        |question, text| question.criteria[0].name = SafeText::line(text),
        &[
            (true, "Clear and correct"),
            (true, "Explanation that is clear and correct"),
            (true, "Planning & delegation"),
            (true, "Listening/questioning"),
            (true, "Clear, correct, complete"),
            (true, "Clear, correct"),
            (true, "Structure or content"),
            (false, "Risk to people or to property"),
            (true, "Accuracy as well as speed"),
            (false, "Plain, correct explanation"),
            (false, "Choice between speed and care"),
            (false, "Weighing risks and benefits"),
            (false, "Health and safety"),
            (false, "Use of cause and effect"),
            (false, "Understanding of the standard"),
            (false, "Handing over"),
        ],
    );
}

#[test]
fn names_of_traits_and_of_manners_are_no_criteria() {
    check("Plain explanation", "Confidence", "trait-name", "\"Confidence\" names a trait (confidence)");
    let name = |question: &mut Question, text: &str| question.criteria[0].name = SafeText::line(text);
    table(
        "trait-name",
        name,
        &[
            (true, "Positive attitude"),
            (true, "Culture fit"),
            (true, "Empathy"),
            (true, "Strong motivation"),
            (false, "Motivation of the team"),
            (false, "Fitting the plan to the load"),
        ],
    );
    table(
        "manner-name",
        name,
        &[
            (true, "Eye contact"),
            (true, "Appearance on camera"),
            (true, "Accent"),
            (false, "Words a parent can follow"),
            (false, "Looking up the facts"),
        ],
    );
}

fn anchor(question: &mut Question, text: &str) {
    question.criteria[0].anchors.insert(4, SafeText::line(text));
}

#[test]
fn an_anchor_says_what_an_answer_holds_and_not_what_somebody_is() {
    table(
        "anchor-person",
        anchor,
        &[
            (true, "Confident and friendly."),
            (true, "Is very enthusiastic about the product."),
            (true, "The candidate seems nervous."),
            (true, "Shows passion."),
            (true, "Has a positive attitude."),
            (true, "A natural leader."),
            (true, "Strong communicator"),
            (true, "She is a team player."),
            (true, "Is a true team-player and a quick learner."),
            (false, "A team player is named for each step."),
            (false, "Names a problem solver on the team and what they did."),
            (true, "Names the cause; comes across as professional."),
            (true, "Keeps eye contact while explaining."),
            (false, "Says how confident the figure is and when it will be surer."),
            (false, "Confident figures are told apart from guesses."),
            (false, "Is told twice and asks again."),
            (false, "Shows the customer where the total comes from."),
            (false, "The person who reported it hears what was done."),
            (false, "Has the patient repeat the plan in their own words."),
            (false, "Experienced colleagues are asked before the change."),
            (false, "A second person checks the count."),
            (false, "Lets the angry customer finish, then names what went wrong."),
        ],
    );
}

#[test]
fn all_anchors_of_a_criterion_that_describe_a_person_are_told_together() {
    let mut rubric = minimal();
    rubric.questions[0].criteria[0].anchors =
        BTreeMap::from([(1, SafeText::line("Shy.")), (3, SafeText::line("Names one check.")), (5, SafeText::line("Is friendly."))]);
    let found = lint(&rubric);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].reason, "the anchors for 1, 5 of \"Systematic diagnosis\" describe a person (shy, friendly)");
}

#[test]
fn anchors_that_say_the_same_are_the_reader_s_to_name() {
    assert!(!complains("anchor-adverb", |question| {
        question.criteria[0].anchors = BTreeMap::from([(1, SafeText::line("Names it.")), (5, SafeText::line("names it"))]);
    }));
}

#[test]
fn a_grade_is_no_anchor() {
    table(
        "anchor-grade",
        anchor,
        &[
            (true, "Excellent answer."),
            (true, "Meets expectations."),
            (true, "Does not meet the standard."),
            (true, "Very good"),
            (false, "Meets the customer at the gate."),
            (false, "Good examples of both kinds are given."),
            (false, "Does the sum aloud."),
        ],
    );
}

#[test]
fn anchors_that_differ_only_by_degree_are_one_anchor() {
    let pair = |low: &str, high: &str| {
        complains("anchor-adverb", |question| {
            question.criteria[0].anchors = BTreeMap::from([(1, SafeText::line(low)), (5, SafeText::line(high))]);
        })
    };
    for (low, high) in [
        ("Explains the cause.", "Explains the cause very clearly."),
        ("Rarely checks the stock.", "Always checks the stock."),
        ("Communicates poorly", "Communicates well"),
        ("Gives a poor plan for the day.", "Gives an excellent plan for the day."),
        ("Sometimes names the risk.", "Usually names the risk."),
    ] {
        assert!(pair(low, high), "{low} | {high}");
    }
    for (low, high) in [
        ("Names no check.", "Names a check."),
        ("Does not explain the cause.", "Explains the cause."),
        ("Tells the customer.", "Tells the customer immediately."),
        ("Names one check.", "Names two checks."),
        ("Names the risk.", "Names the risk early on, with a figure."),
        ("Asks the manager.", "Tells the manager."),
    ] {
        assert!(!pair(low, high), "{low} | {high}");
    }
    let five = "5 = \"Tests rival ideas and says what would have refuted each.\"";
    let said = "the anchors for 3 and 5 of \"Systematic diagnosis\" differ only by degree (always)";
    check(five, "5 = \"Always reaches the cause by checking one idea after the other.\"", "anchor-adverb", said);
}

#[test]
fn a_weight_that_decides_nothing_and_one_that_decides_all_are_named() {
    check("weight = 2", "weight = 0.1", "negligible-weight", "\"Systematic diagnosis\" is 3% of the total: it decides nothing");
    let said = "\"Systematic diagnosis\" is 57% of the total, more than all others together";
    check("weight = 2", "weight = 4", "dominant-weight", said);
    for weight in ["0.5", "1", "3"] {
        let text = MINIMAL.replacen("weight = 2", &format!("weight = {weight}"), 1);
        assert_eq!(lint(&Rubric::read("r.toml", &text).expect("valid").rubric), [], "{weight}");
    }
}

#[test]
fn wording_in_another_language_is_not_judged_by_english_words() {
    let mut rubric = minimal();
    rubric.questions[0].criteria[0].name = SafeText::line("Confidence and charm");
    assert_eq!(lint(&rubric).len(), 2);
    rubric.language = Some(SafeText::line("de-AT"));
    assert_eq!(lint(&rubric), []);
}

#[test]
fn a_finding_stands_at_the_line_that_it_is_about() {
    let at = |from: &str, to: &str| {
        let text = MINIMAL.replacen(from, to, 1);
        let warnings = Rubric::read("r.toml", &text).expect("valid").warnings;
        warnings.iter().map(|warning| warning.place.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(at("retakes = 1", "retakes = 0"), ["line 22, column 11"]);
    assert_eq!(at("Plain explanation", "Clear and plain explanation"), ["line 45, column 10"]);
    assert_eq!(at("Adds an apt picture and checks that it was understood.", "Friendly."), ["line 49, column 9"]);
    assert_eq!(
        at("weight = 2", "weight = 20"),
        ["line 27, column 12", "line 43, column 3", "line 58, column 3", "line 73, column 3"]
    );
}

#[test]
fn candidates_who_had_less_than_two_days_or_more_than_three_are_counted() {
    let said = |hours: &[f64]| {
        let until: jiff::Timestamp = "2026-11-20T12:00:00Z".parse().expect("a time");
        let had = hours.iter().map(|hours| (until - jiff::SignedDuration::from_secs((hours * 3600.0) as i64), until));
        deadlines(had).map(|finding| finding.reason)
    };
    assert_eq!(said(&[]), None);
    assert_eq!(said(&[47.5, 48.0, 60.0, 72.4]), None);
    assert_eq!(said(&[24.0, 48.0, 24.2]).as_deref(), Some("2 of 3 candidates had 24 h to answer"));
    assert_eq!(said(&[12.0, 240.0]).as_deref(), Some("2 of 2 candidates had 12 to 240 h to answer"));
}

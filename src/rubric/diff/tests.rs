//! What is major, what is minor, what is a slip, and whether the version says so.

use super::*;

const MINIMAL: &str = include_str!("../../../tests/fixtures/rubrics/minimal.toml");

fn read(text: &str) -> Rubric {
    Rubric::read("r.toml", text).expect("valid").rubric
}

fn changed(from: &str, to: &str) -> Difference {
    assert!(MINIMAL.contains(from), "the fixture has no {from:?}");
    diff(&read(MINIMAL), &read(&MINIMAL.replacen(from, to, 1)))
}

/// The changes as `place: before → after`.
fn lines(difference: &Difference) -> Vec<String> {
    let text = |text: &Option<SafeText>| text.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    difference
        .changes
        .iter()
        .map(|change| format!("{}: {} → {}", change.place, text(&change.before), text(&change.after)))
        .collect()
}

#[test]
fn a_rubric_does_not_differ_from_itself() {
    let none = diff(&read(MINIMAL), &read(MINIMAL));
    assert_eq!((none.changes.len(), none.level, none.is_comparable()), (0, Level::None, true));
    assert!(none.verdict.expect("one rubric").ok);
    assert_eq!(changed("\"1.0.0\"", "\"1.0.1\"").level, Level::None);
}

#[test]
fn weights_anchors_scale_and_ids_make_scores_incomparable() {
    for (from, to, line) in [
        ("weight = 2", "weight = 3", "q1 / diagnosis / weight: 2 → 3"),
        (
            "Takes whichever came first.",
            "Takes whichever comes first.",
            "q4 / priority / anchor 1: Takes whichever came first. → Takes whichever comes first.",
        ),
        ("allow_half = false", "allow_half = true", "scale / allow_half: false → true"),
    ] {
        let difference = changed(from, to);
        assert_eq!(
            (lines(&difference), difference.level, difference.is_comparable()),
            (vec![line.to_owned()], Level::Major, false)
        );
    }
}

#[test]
fn wording_and_settings_leave_scores_comparable() {
    for (from, to) in [
        ("Tell us about a fault", "Please tell us about one fault"),
        ("min_coverage = 0.8", "min_coverage = 0.9"),
        ("think_seconds = 60", "think_seconds = 45"),
        ("\"checked\", \"ruled out\"", "\"checked\""),
        ("name = \"Plain explanation\"", "name = \"Everyday words\""),
        ("rationale = \"Lists what", "rationale = \"Names what"),
    ] {
        let difference = changed(from, to);
        assert_eq!((difference.changes.len(), difference.level, difference.is_comparable()), (1, Level::Minor, true), "{to}");
    }
    assert!(changed("min_coverage = 0.8", "min_coverage = 0.9").policy_differs);
}

#[test]
fn a_slip_of_the_pen_is_a_patch_and_another_meaning_is_not() {
    for (before, after, slip) in [
        ("Explain to a custmer why", "Explain to a customer why", true),
        ("Explain to a customre why", "Explain to a customer why", true),
        ("explain to a customer, why", "Explain to a customer why.", true),
        ("It is possible today", "It is impossible today", false),
        ("You can tell them", "You cannot tell them", false),
        ("Give the form back", "Give the from back", false),
        ("Wait 30000 ms", "Wait 30001 ms", false),
        ("Name one reason", "Name the reason", false),
        ("Say it twice", "Say it", false),
    ] {
        assert_eq!(is_slip_of_the_pen(before, after), slip, "{before} → {after}");
        assert_eq!(is_slip_of_the_pen(after, before), slip, "{after} → {before}");
    }
    assert_eq!(changed("a customer why their backup", "a custommer why their backup").level, Level::Patch);
}

#[test]
fn a_question_that_goes_is_one_change_and_not_one_for_each_of_its_lines() {
    let q4 = &MINIMAL[MINIMAL.find("[[question]]\nid = \"q4\"").expect("q4")..MINIMAL.find("[[must_have]]").expect("must have")];
    let without = read(&MINIMAL.replacen(q4, "", 1));
    let removed = diff(&read(MINIMAL), &without);
    assert_eq!(lines(&removed), ["order of the questions: q1, q2, q3, q4 → q1, q2, q3", "q4: a question → -"]);
    assert_eq!(lines(&diff(&without, &read(MINIMAL)))[1], "q4: - → a question");
    assert_eq!(removed.level, Level::Major);
}

#[test]
fn the_version_is_held_against_what_changed() {
    let said = |version: &str, from: &str, to: &str| {
        let text = MINIMAL.replacen("\"1.0.0\"", &format!("\"{version}\""), 1).replacen(from, to, 1);
        let verdict = diff(&read(MINIMAL), &read(&text)).verdict.expect("one rubric");
        (verdict.ok, verdict.said, verdict.suggested.map(|version| version.to_string()))
    };
    let weight = ("weight = 2", "weight = 3");
    assert_eq!(said("2.0.0", weight.0, weight.1), (true, Some(Level::Major), None));
    assert_eq!(said("1.1.0", weight.0, weight.1), (false, Some(Level::Minor), Some("2.0.0".into())));
    assert_eq!(said("1.0.0", weight.0, weight.1), (false, Some(Level::None), Some("2.0.0".into())));
    assert_eq!(said("0.9.0", weight.0, weight.1), (false, None, Some("2.0.0".into())));
    assert_eq!(said("1.0.1", "Tell us about a", "Tell us of one"), (false, Some(Level::Patch), Some("1.1.0".into())));
    assert_eq!(said("1.1.0", "Tell us about a", "Tell us of one"), (true, Some(Level::Minor), None));
    assert_eq!(said("1.0.0", "a customer why", "a custommer why"), (false, Some(Level::None), Some("1.0.1".into())));
    assert_eq!(said("2.0.0", "a customer why", "a custommer why"), (true, Some(Level::Major), None));
}

#[test]
fn a_draft_may_change_in_every_way_before_it_is_released() {
    let draft = |version: &str, weight: &str| {
        read(&MINIMAL.replacen("\"1.0.0\"", &format!("\"{version}\""), 1).replacen("weight = 2", &format!("weight = {weight}"), 1))
    };
    assert!(diff(&draft("2.0.0-rc.1", "2"), &draft("2.0.0-rc.2", "3")).verdict.expect("one rubric").ok);
    assert!(!diff(&draft("2.0.0-rc.1", "2"), &draft("2.0.0-rc.1", "3")).verdict.expect("one rubric").ok);
}

#[test]
fn two_rubrics_are_not_two_versions_of_one() {
    let other = changed("id = \"minimal\"", "id = \"another\"");
    assert_eq!((other.level, other.verdict), (Level::Major, None));
}

/// The list explains the hashes: where one differs, there is a change, and where none does, there is none.
#[test]
fn there_is_a_change_wherever_a_hash_differs() {
    for (at, line) in MINIMAL.lines().enumerate().filter(|(_, line)| !line.contains("format")) {
        let text: Vec<&str> = MINIMAL.lines().enumerate().filter(|(other, _)| *other != at).map(|(_, line)| line).collect();
        let Ok(reading) = Rubric::read("r.toml", &text.join("\n")) else { continue };
        let (was, is) = (read(MINIMAL), reading.rubric);
        let differs = (was.scoring_hash(), was.text_hash()) != (is.scoring_hash(), is.text_hash());
        assert_eq!(!diff(&was, &is).changes.is_empty(), differs, "without {line:?}");
    }
}

//! What a person who designs structured interviews would ask about a rubric that is otherwise in order.
//!
//! One rule is one row of `RULES`.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::model::{Criterion, Question, Rubric};
use crate::interview::{CriterionId, QuestionId};

/// What a finding is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// The rubric as a whole.
    Rubric,
    /// One question.
    Question(QuestionId),
    /// One criterion of a question.
    Criterion(QuestionId, CriterionId),
}

/// A weakness of the design.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What it is about.
    pub subject: Subject,
    /// What is weak.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

/// A rule looks at one kind of thing and says what is weak in it.
enum Rule {
    Rubric(fn(&Rubric) -> Option<(String, &'static str)>),
    Question(fn(&Question) -> Option<(String, &'static str)>),
    Criterion(fn(&Criterion) -> Option<(String, &'static str)>),
}

const RULES: &[Rule] = &[
    Rule::Rubric(question_count),
    Rule::Rubric(total_length),
    Rule::Rubric(scale_points),
    Rule::Question(criteria_count),
    Rule::Question(think_time),
    Rule::Question(answer_limit),
    Rule::Question(retakes),
    Rule::Criterion(affect),
];

/// All findings: those about the whole first, then question by question.
pub fn lint(rubric: &Rubric) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut say = |subject: Subject, weakness: Option<(String, &str)>| {
        findings.extend(weakness.map(|(reason, remedy)| Finding { subject, reason, remedy: remedy.into() }));
    };
    for rule in RULES {
        if let Rule::Rubric(rule) = rule {
            say(Subject::Rubric, rule(rubric));
        }
    }
    for question in &rubric.questions {
        for rule in RULES {
            match rule {
                Rule::Rubric(_) => {}
                Rule::Question(rule) => say(Subject::Question(question.id.clone()), rule(question)),
                Rule::Criterion(rule) => {
                    for criterion in &question.criteria {
                        say(Subject::Criterion(question.id.clone(), criterion.id.clone()), rule(criterion));
                    }
                }
            }
        }
    }
    findings
}

const QUESTIONS: RangeInclusive<usize> = 4..=6;
const MOST_CRITERIA: usize = 4;
const THINK_SECONDS: RangeInclusive<u32> = 30..=90;
const ANSWER_SECONDS: RangeInclusive<u32> = 60..=180;
const LONGEST_SECONDS: u32 = 18 * 60;
const MOST_POINTS: i32 = 7;

fn question_count(rubric: &Rubric) -> Option<(String, &'static str)> {
    let count = rubric.questions.len();
    let odd = !QUESTIONS.contains(&count);
    odd.then(|| (format!("{count} questions"), "four to six questions tell enough and are still answered"))
}

fn total_length(rubric: &Rubric) -> Option<(String, &'static str)> {
    let seconds = |question: &Question| question.think_seconds.unwrap_or(0) + question.answer_seconds.unwrap_or(0);
    let total: u32 = rubric.questions.iter().map(seconds).sum();
    let text = || format!("thinking and answering take {} min {} s in all", total / 60, total % 60);
    (total > LONGEST_SECONDS).then(|| (text(), "keep it within 18 minutes; more people then finish"))
}

fn scale_points(rubric: &Rubric) -> Option<(String, &'static str)> {
    let points = i32::from(rubric.scale.max) - i32::from(rubric.scale.min) + 1;
    (points > MOST_POINTS).then(|| (format!("the scale has {points} points"), "five points are told apart, seven at most"))
}

fn criteria_count(question: &Question) -> Option<(String, &'static str)> {
    let count = question.criteria.len();
    (count > MOST_CRITERIA)
        .then(|| (format!("question \"{}\" has {count} criteria", question.id), "rate at most four in one answer"))
}

fn think_time(question: &Question) -> Option<(String, &'static str)> {
    let seconds = question.think_seconds.filter(|seconds| !THINK_SECONDS.contains(seconds))?;
    Some((format!("question \"{}\" gives {seconds} s to think", question.id), "give 30 to 90 seconds"))
}

fn answer_limit(question: &Question) -> Option<(String, &'static str)> {
    let seconds = question.answer_seconds.filter(|seconds| !ANSWER_SECONDS.contains(seconds))?;
    Some((format!("question \"{}\" gives {seconds} s to answer", question.id), "give 60 to 180 seconds"))
}

fn retakes(question: &Question) -> Option<(String, &'static str)> {
    let none = question.retakes == Some(0);
    none.then(|| {
        (format!("question \"{}\" cannot be recorded again", question.id), "allow one retake: nerves are not what is measured")
    })
}

/// Words for feelings and traits instead of something that can be observed in an answer.
const AFFECT: &[&str] = &[
    "attitude",
    "charisma",
    "charm",
    "confidence",
    "confident",
    "energetic",
    "energy",
    "enthusiasm",
    "enthusiastic",
    "fit",
    "likeable",
    "passion",
    "passionate",
    "personality",
    "positivity",
    "presence",
];

fn affect(criterion: &Criterion) -> Option<(String, &'static str)> {
    let name = criterion.name.as_str().to_lowercase();
    let words: BTreeSet<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let word = AFFECT.iter().find(|word| words.contains(*word))?;
    Some((format!("\"{}\" names a trait ({word})", criterion.name.as_str()), "name what is observable in the answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = include_str!("../../tests/fixtures/rubrics/minimal.toml");

    fn check(from: &str, to: &str, said: &str) {
        assert!(MINIMAL.contains(from), "the fixture has no {from:?}");
        let rubric = Rubric::read("r.toml", &MINIMAL.replacen(from, to, 1)).expect("still valid").rubric;
        let reasons: Vec<String> = lint(&rubric).into_iter().map(|finding| finding.reason).collect();
        assert_eq!(reasons, [said], "{from} → {to}");
    }

    #[test]
    fn the_fixture_has_no_weakness() {
        assert_eq!(lint(&Rubric::read("r.toml", MINIMAL).expect("valid").rubric), []);
    }

    #[test]
    fn weak_designs_are_named() {
        check("think_seconds = 60", "think_seconds = 10", "question \"q1\" gives 10 s to think");
        check("answer_seconds = 150", "answer_seconds = 30", "question \"q1\" gives 30 s to answer");
        check("retakes = 1", "retakes = 0", "question \"q1\" cannot be recorded again");
        check("Plain explanation", "Confidence", "\"Confidence\" names a trait (confidence)");
        let q4 =
            &MINIMAL[MINIMAL.find("[[question]]\nid = \"q4\"").expect("q4")..MINIMAL.find("[[must_have]]").expect("must have")];
        check(q4, "", "3 questions");
    }
}

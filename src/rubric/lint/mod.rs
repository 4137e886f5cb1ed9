//! What a person who designs structured interviews would ask about a rubric that is otherwise in order.
//!
//! One rule is one row of `RULES`. A rule may be wrong about a rubric, so it warns and never refuses.

mod anchors;
mod design;
mod prompt;
#[cfg(test)]
mod tests;
mod wording;

pub use design::deadlines;

use super::model::{Criterion, Question, Rubric};
use crate::interview::{CriterionId, QuestionId};

/// The part of a rubric that a finding is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Subject {
    /// The question; none for the rubric as a whole.
    pub question: Option<QuestionId>,
    /// The criterion; none for the question, or the rubric, as a whole.
    pub criterion: Option<CriterionId>,
    /// Which of its lines.
    pub part: Part,
}

/// One line of a rubric, question or criterion.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// All of it.
    Whole,
    /// The value of this key.
    Key(&'static str),
    /// The anchor of this point.
    Anchor(i16),
}

/// A weakness of the design.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule's name; it stays the same in every version.
    pub code: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// What is weak.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

/// What a rule says of one thing: which of its lines is weak, why, and what to do.
type Said = Option<(Part, String, &'static str)>;

/// A rule looks at one kind of thing.
enum Rule {
    Rubric(fn(&Rubric) -> Said),
    Question(fn(&Question) -> Said),
    /// A criterion among all those that make the total.
    Share(fn(&Criterion, &Rubric) -> Said),
    /// A rule about wording; its words are English.
    Prompt(fn(&Question) -> Said),
    /// The same of a criterion.
    Wording(fn(&Criterion) -> Said),
}

const RULES: &[(&str, Rule)] = &[
    ("question-count", Rule::Rubric(design::question_count)),
    ("total-length", Rule::Rubric(design::total_length)),
    ("deadline", Rule::Rubric(design::deadline)),
    ("scale-points", Rule::Rubric(design::scale_points)),
    ("criteria-count", Rule::Question(design::criteria_count)),
    ("question-type", Rule::Question(design::question_type)),
    ("think-time", Rule::Question(design::think_time)),
    ("answer-limit", Rule::Question(design::answer_limit)),
    ("no-retake", Rule::Question(design::no_retake)),
    ("vague-prompt", Rule::Prompt(prompt::vague)),
    ("negligible-weight", Rule::Share(design::negligible_weight)),
    ("dominant-weight", Rule::Share(design::dominant_weight)),
    ("trait-name", Rule::Wording(wording::names_a_trait)),
    ("manner-name", Rule::Wording(wording::names_a_manner)),
    ("double-barrelled", Rule::Wording(wording::double_barrelled)),
    ("anchor-person", Rule::Wording(anchors::person)),
    ("anchor-grade", Rule::Wording(anchors::grade)),
    ("anchor-adverb", Rule::Wording(anchors::adverb_only)),
];

/// The names of all rules, in the order in which they are asked.
pub fn codes() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(code, _)| *code)
}

/// All findings: those about the whole first, then question by question. Wording is judged in English rubrics alone.
pub fn lint(rubric: &Rubric) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (code, rule) in RULES {
        if let Rule::Rubric(rule) = rule {
            findings.extend(finding(code, None, None, rule(rubric)));
        }
    }
    let is_english = rubric.language.as_ref().is_none_or(|tag| tag.as_str().to_lowercase().starts_with("en"));
    for question in &rubric.questions {
        for (code, rule) in RULES {
            let said = match rule {
                Rule::Question(rule) => rule(question),
                Rule::Prompt(rule) if is_english => rule(question),
                _ => None,
            };
            findings.extend(finding(code, Some(question), None, said));
        }
        for criterion in &question.criteria {
            for (code, rule) in RULES {
                let said = match rule {
                    Rule::Share(rule) => rule(criterion, rubric),
                    Rule::Wording(rule) if is_english => rule(criterion),
                    _ => None,
                };
                findings.extend(finding(code, Some(question), Some(criterion), said));
            }
        }
    }
    findings
}

fn finding(code: &'static str, question: Option<&Question>, criterion: Option<&Criterion>, said: Said) -> Option<Finding> {
    let (part, reason, remedy) = said?;
    let (question, criterion) = (question.map(|q| q.id.clone()), criterion.map(|c| c.id.clone()));
    Some(Finding { code, subject: Subject { question, criterion, part }, reason, remedy: remedy.into() })
}

/// The words of a text in lower case, and its commas; `-` and `'` belong to a word.
fn words(text: &str) -> Vec<String> {
    let spaced = text.to_lowercase().replace('’', "'").replace(',', " , ");
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != ',').to_owned();
    spaced.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// Whether a word is in a list that is written as words with spaces between.
fn is_one_of(word: &str, list: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

//! Ties the questions of a batch to those of a rubric; never by a silent guess.

use std::collections::HashSet;

use super::Rubric;
use crate::interview::{self, Problem, QuestionId};
use crate::text;

/// Which question of the batch is scored by which question of the rubric, in the batch's order.
pub type QuestionMap = Vec<(QuestionId, QuestionId)>;

/// How a batch's questions can be tied to a rubric's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mapping {
    /// By the same ids, or as said explicitly.
    Certain(QuestionMap),
    /// No id is the same; this is the order of asking, and a person has to confirm it.
    Proposed(QuestionMap),
}

/// Ties `questions` to `rubric`: as `explicit` says (batch's id, rubric's id), else by the same id.
///
/// A batch of which no question can be tied that way, but which has as many questions as the rubric, gets a proposal by order.
///
/// # Errors
///
/// Returns every question that is unknown, named twice, or left without a partner.
pub fn map(
    questions: &[interview::Question],
    rubric: &Rubric,
    explicit: &[(QuestionId, QuestionId)],
) -> Result<Mapping, Vec<Problem>> {
    let mut problems = explicit_problems(questions, rubric, explicit);
    let taken: HashSet<&QuestionId> = explicit.iter().map(|(_, to)| to).collect();
    let partner = |id: &QuestionId| {
        let said = explicit.iter().find(|(from, _)| from == id).map(|(_, to)| to.clone());
        let same = || rubric.question(id).map(|question| question.id.clone()).filter(|to| !taken.contains(to));
        said.or_else(same)
    };
    let tied: QuestionMap = questions.iter().filter_map(|question| Some((question.id.clone(), partner(&question.id)?))).collect();
    if problems.is_empty() && tied.is_empty() && questions.len() == rubric.questions.len() {
        let pairs = questions.iter().zip(&rubric.questions);
        return Ok(Mapping::Proposed(pairs.map(|(asked, scored)| (asked.id.clone(), scored.id.clone())).collect()));
    }
    let is_tied = |id: &QuestionId| tied.iter().any(|(from, _)| from == id);
    let used: HashSet<&QuestionId> = tied.iter().map(|(_, to)| to).collect();
    let free: Vec<&str> =
        rubric.questions.iter().map(|question| &question.id).filter(|id| !used.contains(id)).map(|id| id.as_str()).collect();
    for (at, question) in questions.iter().filter(|question| !is_tied(&question.id)).enumerate() {
        // By the order of asking, each of the rubric's questions once: a suggestion that can be taken as it is.
        let remedy = match free.get(at) {
            Some(next) => format!("--map {}={next} if that is its question, else --skip {}", question.id, question.id),
            None => format!("--skip {}: no question of the rubric is left for it", question.id),
        };
        problems.push(said(rubric, question.id.as_str(), "no question of the rubric scores it", &remedy));
    }
    if problems.is_empty() { Ok(Mapping::Certain(tied)) } else { Err(problems) }
}

/// The question of a rubric that is plainly the one that was asked, by its place: the same id, else nearly the same wording.
///
/// None where nothing is that near: then a person has to say it. Questions that are `taken` are not looked at.
pub fn likely(asked: &interview::Question, rubric: &Rubric, taken: &[&QuestionId]) -> Option<usize> {
    let free = || rubric.questions.iter().enumerate().filter(|(_, question)| !taken.contains(&&question.id));
    let same = free().find(|(_, question)| question.id == asked.id);
    let near = || {
        let scored = free().map(|(at, question)| (at, likeness(asked.prompt.as_str(), question.prompt.as_str())));
        scored.filter(|(_, likeness)| *likeness >= NEAR).max_by(|a, b| a.1.total_cmp(&b.1))
    };
    same.map(|(at, _)| at).or_else(|| near().map(|(at, _)| at))
}

/// From this share of common words on, two wordings ask the same.
const NEAR: f64 = 0.8;

/// The share of words that two texts have in common, from 0 to 1.
fn likeness(one: &str, other: &str) -> f64 {
    let words = |text: &str| -> HashSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    let all = one.len() + other.len();
    if all == 0 { 0.0 } else { 2.0 * one.intersection(&other).count() as f64 / all as f64 }
}

fn explicit_problems(questions: &[interview::Question], rubric: &Rubric, explicit: &[(QuestionId, QuestionId)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (mut from_seen, mut to_seen) = (HashSet::new(), HashSet::new());
    let asked = || text::known(questions.iter().map(|question| question.id.as_str()));
    let scored = || text::known(rubric.questions.iter().map(|question| question.id.as_str()));
    for (from, to) in explicit {
        let place = format!("--map {from}={to}");
        let mut say = |reason: String, remedy: String| problems.push(said(rubric, &place, &reason, &remedy));
        if !questions.iter().any(|question| question.id == *from) {
            say(format!("the batch has no question \"{from}\""), asked());
        }
        if rubric.question(to).is_none() {
            say(format!("the rubric has no question \"{to}\""), scored());
        }
        if !from_seen.insert(from) {
            say(format!("the batch's question \"{from}\" is tied twice"), "tie it once".into());
        }
        if !to_seen.insert(to) {
            say(format!("the rubric's question \"{to}\" is used twice"), "use each question of the rubric once".into());
        }
    }
    problems
}

fn said(rubric: &Rubric, place: &str, reason: &str, remedy: &str) -> Problem {
    Problem::fatal(rubric.id.as_str(), place, reason, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;

    const MINIMAL: &str = include_str!("../../tests/fixtures/rubrics/minimal.toml");

    fn asked(ids: &str) -> Vec<interview::Question> {
        let question = |id: &str| interview::Question {
            id: id.parse().expect("an id"),
            prompt: SafeText::default(),
            category: None,
            think_seconds: None,
            answer_seconds: None,
            retakes: None,
        };
        ids.split_whitespace().map(question).collect()
    }

    #[test]
    fn a_question_is_plainly_another_only_by_its_id_or_nearly_the_same_words() {
        let rubric = Rubric::read("minimal.toml", MINIMAL).expect("it is right").rubric;
        let prompt = rubric.questions[1].prompt.clone();
        let ask = |id: &str, prompt: &str| {
            let mut asked = asked(id).remove(0);
            asked.prompt = SafeText::line(prompt);
            likely(&asked, &rubric, &[])
        };
        assert_eq!(ask("q2", "Something else altogether"), Some(1), "by its id");
        assert_eq!(ask("x", prompt.as_str()), Some(1), "by its words");
        assert_eq!(ask("x", &format!("{}!", prompt.as_str().to_uppercase())), Some(1), "whatever the case and the marks");
        assert_eq!(ask("x", "What did you have for breakfast?"), None);
        assert_eq!(ask("x", ""), None);
        let mut again = asked("x").remove(0);
        again.prompt = prompt;
        assert_eq!(likely(&again, &rubric, &[&rubric.questions[1].id]), None, "it is taken");
    }

    fn pairs(text: &str) -> QuestionMap {
        let id = |id: &str| id.parse().expect("an id");
        text.split_whitespace().filter_map(|pair| pair.split_once('=')).map(|(from, to)| (id(from), id(to))).collect()
    }

    fn tie(ids: &str, explicit: &str) -> Result<Mapping, Vec<String>> {
        let rubric = Rubric::read("minimal.toml", MINIMAL).expect("valid").rubric;
        let said = |problems: Vec<Problem>| problems.iter().map(|p| format!("{}: {}", p.place, p.reason)).collect();
        map(&asked(ids), &rubric, &pairs(explicit)).map_err(said)
    }

    #[test]
    fn questions_with_the_same_ids_belong_together() {
        assert_eq!(tie("q2 q1", ""), Ok(Mapping::Certain(pairs("q2=q2 q1=q1"))));
    }

    #[test]
    fn what_was_said_explicitly_goes_before_the_same_id() {
        assert_eq!(tie("q-01 q1", "q-01=q2"), Ok(Mapping::Certain(pairs("q-01=q2 q1=q1"))));
        assert_eq!(tie("q1 q2", "q1=q2 q2=q1"), Ok(Mapping::Certain(pairs("q1=q2 q2=q1"))));
    }

    #[test]
    fn foreign_ids_give_a_proposal_by_order_that_is_no_certainty() {
        assert_eq!(tie("q-01 q-02 q-03 q-04", ""), Ok(Mapping::Proposed(pairs("q-01=q1 q-02=q2 q-03=q3 q-04=q4"))));
    }

    #[test]
    fn a_question_without_a_partner_is_named() {
        assert_eq!(tie("q1 extra", ""), Err(vec!["extra: no question of the rubric scores it".into()]));
        assert_eq!(tie("a b", "").map_err(|problems| problems.len()), Err(2));
    }

    #[test]
    fn no_question_of_the_rubric_is_used_twice() {
        assert_eq!(tie("a b", "a=q1 b=q1"), Err(vec!["--map b=q1: the rubric's question \"q1\" is used twice".into()]));
        assert_eq!(tie("a q1", "a=q1"), Err(vec!["q1: no question of the rubric scores it".into()]));
    }

    #[test]
    fn unknown_names_are_all_said() {
        let problems = tie("q1", "q9=q1 q1=q8").expect_err("both are unknown");
        assert_eq!(problems, ["--map q9=q1: the batch has no question \"q9\"", "--map q1=q8: the rubric has no question \"q8\""]);
    }
}

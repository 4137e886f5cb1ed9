//! Names of criteria: one thing each, and one that can be observed in an answer.

use super::{Part, Said, is_one_of, words};
use crate::rubric::model::Criterion;

/// Words for feelings and traits instead of something that can be observed in an answer.
const TRAITS: &str = "attitude charisma charm confidence confident energetic energy enthusiasm enthusiastic fit likeable passion passionate \
    personality positivity presence";

/// Words for how somebody sounds or looks, which no answer earns a score for.
const MANNERS: &[&str] = &[
    "accent",
    "appearance",
    "diction",
    "dress",
    "elocution",
    "eye contact",
    "body language",
    "grooming",
    "intonation",
    "looks",
    "pronunciation",
    "smile",
    "speaking voice",
];

/// Words for traits that also stand in names of what can be observed, such as "Motivation of the team".
const TRAITS_ALONE: &str = "empathetic empathy integrity leadership likeability loyalty maturity motivated motivation professionalism \
    reliability resilience sincerity warmth";

/// Words that make no behaviour of a trait beside them.
const BESIDE: &str = "and or the a good great high strong positive personal general overall genuine natural own candidate's ,";

pub(super) fn names_a_trait(criterion: &Criterion) -> Said {
    let words = words(criterion.name.as_str());
    let alone = |word: &&String| is_one_of(word, TRAITS_ALONE);
    let is_bare = words.iter().all(|word| alone(&word) || is_one_of(word, BESIDE));
    let word = words.iter().find(|word| is_one_of(word, TRAITS)).or_else(|| words.iter().find(|word| is_bare && alone(word)))?;
    let said = format!("\"{}\" names a trait ({word})", criterion.name.as_str());
    Some((Part::Key("name"), said, "name what is observable in the answer"))
}

pub(super) fn names_a_manner(criterion: &Criterion) -> Said {
    let name = format!(" {} ", words(criterion.name.as_str()).join(" "));
    let word = MANNERS.iter().find(|word| name.contains(&format!(" {word} ")))?;
    let said = format!("\"{}\" scores how somebody sounds or looks ({word})", criterion.name.as_str());
    Some((Part::Key("name"), said, "score what is said; put the manner under `ignore`"))
}

/// Two words that are one thing.
const PAIRS: &[&str] = &[
    "back and forth",
    "before and after",
    "black and white",
    "cause and effect",
    "checks and balances",
    "costs and benefits",
    "give and take",
    "goods and services",
    "health and safety",
    "nuts and bolts",
    "pick and pack",
    "profit and loss",
    "pros and cons",
    "question and answer",
    "questions and answers",
    "research and development",
    "risks and benefits",
    "roles and responsibilities",
    "search and rescue",
    "strengths and weaknesses",
    "supply and demand",
    "terms and conditions",
    "trial and error",
];

/// Words before an *and* that make the two sides one relation, such as the choice between them.
const RELATIONS: &str = "between balance balancing balances trade-off weighing weighs match matching linking tying both";

/// A criterion that joins two: whoever has one without the other cannot be rated.
pub(super) fn double_barrelled(criterion: &Criterion) -> Said {
    let text = criterion.name.as_str().to_lowercase().replace(['&', '/'], " and ").replace("as well as", "and");
    let mut name = words(&text).join(" ");
    PAIRS.iter().for_each(|pair| name = name.replace(pair, "pair"));
    let words: Vec<&str> = name.split(' ').collect();
    let joins = |word: &str| is_one_of(word, "and plus");
    let at = words.iter().position(|word| joins(word));
    // A list needs no "and": one comma can part two adjectives of the same thing, two make a list.
    let commas = words.iter().filter(|word| **word == ",").count();
    let is_relation = at.is_some_and(|at| words[..at].iter().any(|word| is_one_of(word, RELATIONS)));
    let is_inside = at.is_some_and(|at| at > 0 && at + 1 < words.len());
    let is_pair = matches!(words.as_slice(), [_, ",", _]);
    let is_choice = matches!(words.as_slice(), [_, "or", _] | [_, _, "or", _] | [_, "or", _, _]);
    let is_double = (is_inside && !is_relation) || commas > 1 || is_pair || is_choice;
    let said = format!("\"{}\" scores two things at once", criterion.name.as_str());
    is_double.then_some((Part::Key("name"), said, "make two criteria of it, or keep the one that matters"))
}

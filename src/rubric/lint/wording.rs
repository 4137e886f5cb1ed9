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
const RELATIONS: &str = "between balance balancing balances trade-off weighing weighs match matching linking tying";

/// With an "and" at each slash between two words; "CI/CD", "A/B" and "24/7" are one.
fn apart_at_slashes(text: &str) -> String {
    const SHORT: usize = 3;
    let is_long = |part: Option<&str>| part.is_some_and(|part| part.chars().filter(|sign| sign.is_alphabetic()).count() > SHORT);
    let mut apart = String::new();
    let mut parts = text.split('/').peekable();
    while let Some(part) = parts.next() {
        apart.push_str(part);
        if let Some(next) = parts.peek() {
            let joins = is_long(part.split_whitespace().next_back()) && is_long(next.split_whitespace().next());
            apart.push_str(if joins { " and " } else { "" });
        }
    }
    apart
}

/// A criterion that joins two: whoever has one without the other cannot be rated.
pub(super) fn double_barrelled(criterion: &Criterion) -> Said {
    let text = criterion.name.as_str().to_lowercase().replace(['&', '+'], " and ").replace("as well as", "and");
    let mut name = format!(" {} ", words(&apart_at_slashes(&text)).join(" "));
    PAIRS.iter().for_each(|pair| name = name.replace(&format!(" {pair} "), " pair "));
    let words: Vec<&str> = name.split_whitespace().collect();
    let joins = |word: &str| is_one_of(word, "and plus yet");
    let at = words.iter().position(|word| joins(word));
    // A list needs no "and": one comma can part two adjectives of the same thing, two make a list.
    let commas = words.iter().filter(|word| **word == ",").count();
    // A relation takes one "and"; what is joined on after it is another thing.
    let is_relation = at.is_some_and(|at| {
        let rest = &words[at + 1..];
        words[..at].iter().any(|word| is_one_of(word, RELATIONS)) && !rest.iter().any(|word| joins(word) || *word == ",")
    });
    let is_inside = at.is_some_and(|at| at > 0 && at + 1 < words.len());
    let is_pair = matches!(words.as_slice(), [_, ",", _]);
    let is_choice = matches!(words.as_slice(), [_, "or", _] | [_, _, "or", _] | [_, "or", _, _]);
    let is_double = (is_inside && !is_relation) || commas > 1 || is_pair || is_choice;
    let said = format!("\"{}\" scores two things at once", criterion.name.as_str());
    is_double.then_some((Part::Key("name"), said, "make two criteria of it, or keep the one that matters"))
}

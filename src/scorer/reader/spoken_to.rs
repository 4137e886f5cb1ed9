//! What people say to a machine that reads, and not to people who hear: the whole sentence that says it.
//!
//! Literal and in English: turns of phrase, of which a table tells what has to stand before and after them. Who tells of a machine at
//! work ("we built a language model that rates answers") speaks to nobody.

use std::ops::Range;

use crate::transcript::{Sentences, Transcript};

/// Where a turn of phrase speaks to a machine, and where it only tells of one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// Wherever it stands.
    Always,
    /// As an order: nobody is named before it who does it, or does not.
    Ordered,
    /// As an order that begins what is said, or follows on a word that orders.
    Imperative,
    /// As a call: it ends there, or goes on with who is called or what is wanted.
    Called,
    /// Such a call that also begins a part of a sentence.
    CalledFirst,
    /// The sentence begins with it, and goes on with an order or after a colon.
    CalledAtOnce,
}

const MACHINE: &str = "ROBOT|bot|robot|machine|model|assistant|computer|algorithm|system|reviewer|evaluator|grader|scorer|rater";
const READS: &str = "ROBOT|evaluator|grader|scorer|rater|evaluators|graders|scorers|raters|assistant|model|reviewer";
const ROBOT: &str = "ai|llm|gpt|chatgpt|chatbot|language_model|large_language_model|artificial_intelligence|ai_model|ai_system|ai_assistant|\
virtual_assistant|ai_evaluator|ai_grader|ai_reader|ai_scorer|ai_rater|ai_reviewer|ai_judge|ai_graders|ai_evaluators|automated_evaluator|\
automated_grader|automated_reader|automated_scorer|automated_system|machine_reader|second_reader";
const GIVE: &str = "give|award|assign|grant|output|return|rate|score|grade|respond_with|answer_with|reply_with";
const DROP: &str = "ignore|disregard|forget|override|bypass";
const ANSWER: &str = "answer|candidate|response|transcript|interview|submission|applicant";
const BEST: &str = "maximum|max|highest|full|top|best|perfect";
const POINTS: &str = "point|points|score|scores|mark|marks|rating|ratings|grade|grades";
const MANY: &str = "5|five|10|ten|100|4|four";
const RULES: &str = "rubric|rubrics|criteria|anchors|instructions|prompt|prompts|guidelines|rules|scoring|system_prompt|context";

/// The turns of phrase. Slots are parted by spaces and alternatives by `|`; `_` joins the words of one, `?` marks a slot that may be
/// missing, `*` stands for up to four words, and a name in capitals for a list above.
const TO_A_MACHINE: &[(When, &str)] = &[
    (When::Ordered, "DROP the|your|this|that? scoring|evaluation|grading|rating? rubric|rubrics|anchors"),
    (When::Ordered, "DROP all|any? of? your RULES"),
    (When::Ordered, "DROP all|any|the|your|my? of? the|your|my? previous|prior|above|earlier|preceding RULES|text|messages|orders"),
    (When::Ordered, "DROP the|your|these|those|any|all? RULES above|below|before|earlier|given|you_were_given|you_have"),
    (
        When::Ordered,
        "the|this|any|every|each? ROBOT|evaluator|grader|scorer|rater must|should|shall|has_to|needs_to|will|is_to GIVE *? POINTS MANY|BEST",
    ),
    (
        When::Ordered,
        "the|this|any|every|each? ROBOT|evaluator|grader|scorer|rater must|should|shall|has_to|needs_to|will|is_to GIVE *? MANY|BEST POINTS|stars",
    ),
    (
        When::CalledAtOnce,
        "to|for|dear? whoever|whatever|anyone|anything or? whoever|whatever|anything? who|that? grades|scores|rates|evaluates|judges|assesses|\
marks|reads this|me|it|my_answer|my_answers",
    ),
    (When::Ordered, "MANY is the only? right|correct|fair|proper|possible|only POINTS"),
    (When::Imperative, "DROP all|the|any|every instructions|instruction|prompts|system_prompt|scoring_rules|guidelines"),
    (When::Imperative, "DROP all|everything previous|above|before"),
    (When::Ordered, "reveal|repeat|print|show your system_prompt|prompt|instructions"),
    (When::CalledAtOnce, "new|updated|special|important|system instruction|instructions|prompt|message|override"),
    (When::Ordered, "rate|score|grade|evaluate|mark|assess this|my ANSWER as|with|at|a|the|high|highly|MANY|BEST"),
    (When::Imperative, "rate|score|grade|mark this|my ANSWER"),
    (When::Imperative, "rate|score|grade me|this|us a|an|at|as|with? MANY|high|highly|BEST"),
    (When::Imperative, "rate|score|output MANY please|for|everywhere|on_everything"),
    (When::CalledAtOnce, "rate|score|output MANY"),
    (When::Imperative, "rate MANY"),
    (When::Imperative, "give|award|grant|assign me|this|my|us ANSWER|a|an|the|all|only? BEST|MANY POINTS|possible|stars|out_of"),
    (When::Ordered, "give|award|grant|assign this|my ANSWER *? BEST|MANY"),
    (When::Imperative, "GIVE back|only|me|this|us? a|an|the|all|only|exactly? BEST possible|available? POINTS"),
    (When::Imperative, "GIVE back|only|me|this|us? a|an|the|only|exactly? MANY POINTS|stars"),
    (When::Imperative, "choose|select|pick|use|write|put the|a? BEST rating|score|ratings|scores"),
    (When::Imperative, "give|award|output|assign MANY for|everywhere"),
    (When::Always, "you must|should|shall|need_to|have_to|are_to|ought_to GIVE *? BEST|MANY POINTS|stars"),
    (When::Always, "you must|should|shall|need_to|have_to|are_to output|rate|score MANY|me|this|BEST"),
    (
        When::Always,
        "your rating|score|output|reply|json|evaluation|verdict must|should|shall|has_to|is_to be|contain|say|read? a|the|only? MANY|BEST",
    ),
    (When::Imperative, "output|return|respond_with|reply_with|print the|only|a|your? score|json|ratings"),
    (When::Called, "dear my|the? MACHINE"),
    (When::Called, "hello|hi|hey|greetings dear|there? READS"),
    (When::CalledFirst, "attention to? all|the|any|every? ROBOT|graders|evaluators|raters|scorers"),
    (
        When::CalledFirst,
        "note|message|instruction|instructions|memo|hint|reminder|request to|for the|any|all|every|an|whatever|whichever|our? READS",
    ),
    (
        When::Called,
        "note|message|instruction|instructions to|for the|any|all|every|an? ai_evaluator|ai_grader|ai_reader|ai_scorer|ai_rater|llm|language_model",
    ),
    (When::CalledAtOnce, "to|for? the|any|every|all? READS"),
    (When::Called, "if you are|youre an|a|the? ai|llm|language_model|large_language_model|ai_model|chatbot|bot|machine"),
    (
        When::CalledFirst,
        "you are|youre now? an|a|the? ai|llm|language_model|large_language_model|ai_model|ai_assistant|chatbot|helpful_assistant",
    ),
    (When::CalledFirst, "you are|youre now? an|a|the? evaluator|grader|scorer|rater|judge"),
    (
        When::Always,
        "whoever|whatever|whichever_model is|are|may_be evaluating|grading|scoring|rating|assessing|judging this|me|my|it",
    ),
    (When::Imperative, "i deserve|merit a|an|the|at_least|full? BEST|MANY POINTS|out_of|stars"),
    (When::Imperative, "the candidate|applicant|interviewee satisfies|meets|fulfils|fulfills|deserves|merits|earns|has_earned"),
    (When::Always, "as an|a ai|llm|language_model|large_language_model|ai_model|ai_evaluator|ai_grader you|your"),
    (
        When::Always,
        "as an|a ai|llm|language_model|ai_language_model|large_language_model|ai_model|ai_assistant|ai_system evaluating|grading|scoring|\
rating|assessing|judging|reading|reviewing *? you|your",
    ),
    (When::Always, "you must|should|shall|need_to|have_to|are_to|ought_to GIVE the|a|only? POINTS of? MANY"),
    (When::Ordered, "please|kindly dear? READS GIVE *? BEST|MANY POINTS|stars"),
    (When::Imperative, "i deserve|merit a|an|at_least? MANY on|for|in|at each|every|all|any"),
];

/// Who does it, or does not: what follows is told and not ordered.
const TOLD: &[&str] = &[
    "i",
    "we",
    "they",
    "he",
    "she",
    "who",
    "people",
    "nobody",
    "somebody",
    "someone",
    "never",
    "not",
    "dont",
    "didnt",
    "doesnt",
    "cannot",
    "cant",
    "couldnt",
    "could",
    "would",
    "wont",
    "wouldnt",
    "shouldnt",
    "may",
    "might",
    "id",
    "theyd",
    "wed",
    "users",
    "reviewers",
    "teachers",
    "customers",
    "managers",
    "colleagues",
    "judges",
];
/// Words after which an order begins.
const ORDERS: &[&str] = &[
    "please",
    "kindly",
    "simply",
    "just",
    "now",
    "instead",
    "therefore",
    "must",
    "should",
    "shall",
    "always",
    "only",
    "rubric",
    "instructions",
];
/// Words that tell that what follows was said or written by somebody, somewhere.
const QUOTED: &[&str] = &[
    "said",
    "says",
    "saying",
    "told",
    "tell",
    "wrote",
    "write",
    "writes",
    "typed",
    "types",
    "typing",
    "type",
    "prompt",
    "prompts",
    "injected",
    "injection",
    "attack",
    "attacks",
    "attacker",
    "attackers",
    "ticket",
    "tickets",
    "pasted",
    "called",
    "named",
    "greeted",
    "answered",
    "hidden",
];
/// What goes on after a call: who is called, or what is wanted.
const GOES_ON: &[&str] = &[
    "evaluator",
    "grader",
    "reader",
    "scorer",
    "rater",
    "reviewer",
    "assessor",
    "judge",
    "please",
    "you",
    "your",
    "this",
    "ignore",
    "give",
    "award",
    "rate",
    "score",
    "output",
    "return",
    "reading",
    "evaluating",
    "scoring",
    "rating",
    "grading",
    "processing",
    "listening",
    "the",
    "i",
    "my",
    "kindly",
    "assign",
    "grant",
    "disregard",
    "forget",
    "note",
    "that",
    "who",
    "which",
    "as",
];

/// What goes on after a name that calls, without a colon: what is wanted.
const WANTED: &[&str] = &[
    "please",
    "you",
    "ignore",
    "give",
    "award",
    "rate",
    "score",
    "output",
    "return",
    "assign",
    "grant",
    "disregard",
    "forget",
    "kindly",
];

/// A word of a transcript as it is compared.
struct Word {
    nth: usize,
    text: String,
    /// Whether something ends with it: a sentence, or a part of one.
    ends: bool,
    /// Whether it ends with a colon.
    announces: bool,
}

/// The sentences of a transcript that speak to a machine, as words, in order; where one ends in a colon, also the next. A finding to look
/// at, no proof.
pub fn speaks_to_a_machine(transcript: &Transcript) -> Vec<Range<usize>> {
    let words = words(transcript);
    if words.is_empty() {
        return Vec::new();
    }
    let sentences = Sentences::of(transcript);
    let patterns: Vec<(When, Vec<Slot>)> = TO_A_MACHINE.iter().map(|(when, text)| (*when, slots(text))).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for sentence in sentences.iter() {
        let (from, to) = (at(&words, sentence.start), at(&words, sentence.end));
        let said = &words[from..to];
        // What follows a colon is what was announced, also after a pause.
        let is_announced = found.last().is_some_and(|last| last.end == sentence.start && from > 0 && words[from - 1].announces);
        if is_announced || (0..said.len()).any(|place| patterns.iter().any(|(when, slots)| speaks(*when, slots, said, place))) {
            found.push(sentence.clone());
        }
    }
    found
}

/// The first place at or after a word of the transcript.
fn at(words: &[Word], nth: usize) -> usize {
    words.partition_point(|word| word.nth < nth)
}

fn words(transcript: &Transcript) -> Vec<Word> {
    let folded = transcript.folded();
    let bare = |nth: usize| transcript.words[nth].text.as_str().trim_end_matches(['"', '\'', '”', '’', ')', ']']);
    let word = |place: usize| {
        let (nth, text) = &folded[place];
        let is_last = folded.get(place + 1).is_none_or(|next| next.0 != *nth);
        let ends = is_last && bare(*nth).ends_with(['.', ',', ';', ':', '!', '?', '…', '–', '—', '-']);
        Word { nth: *nth, text: text.clone(), ends, announces: is_last && bare(*nth).ends_with(':') }
    };
    (0..folded.len()).map(word).collect()
}

/// One place of a turn of phrase.
struct Slot {
    /// Each a word, or words in a row.
    choices: Vec<Vec<&'static str>>,
    may_be_missing: bool,
    /// Up to so many words, whichever.
    any: usize,
}

/// What a name in capitals stands for; every other word stands for itself.
fn list(name: &'static str) -> &'static str {
    match name {
        "MACHINE" => MACHINE,
        "READS" => READS,
        "ROBOT" => ROBOT,
        "GIVE" => GIVE,
        "DROP" => DROP,
        "ANSWER" => ANSWER,
        "BEST" => BEST,
        "POINTS" => POINTS,
        "MANY" => MANY,
        "RULES" => RULES,
        other => other,
    }
}

fn slots(text: &'static str) -> Vec<Slot> {
    let slot = |text: &'static str| {
        let bare = text.trim_end_matches('?');
        let choices = bare.split('|').flat_map(|name| list(name).split('|')).flat_map(|name| list(name).split('|'));
        let choices = choices.map(|words| words.split('_').collect()).collect();
        Slot { choices, may_be_missing: bare.len() < text.len(), any: if bare == "*" { 4 } else { 0 } }
    };
    text.split(' ').map(slot).collect()
}

fn speaks(when: When, slots: &[Slot], said: &[Word], place: usize) -> bool {
    let mut ends = Vec::new();
    matches(slots, said, place, &mut ends);
    ends.into_iter().any(|end| is_meant(when, said, place, end))
}

/// All places at which the slots may end that begin at `place`.
fn matches(slots: &[Slot], said: &[Word], place: usize, ends: &mut Vec<usize>) {
    let Some((slot, rest)) = slots.split_first() else {
        ends.push(place);
        return;
    };
    if slot.may_be_missing {
        matches(rest, said, place, ends);
    }
    for more in 1..=slot.any.min(said.len() - place) {
        matches(rest, said, place + more, ends);
    }
    for words in &slot.choices {
        let is_here =
            said.len() - place >= words.len() && words.iter().zip(&said[place..]).all(|(wanted, word)| *wanted == word.text);
        if is_here {
            matches(rest, said, place + words.len(), ends);
        }
    }
}

fn is_meant(when: When, said: &[Word], place: usize, end: usize) -> bool {
    let before = &said[..place];
    let last = before.last();
    let is = |list: &[&str], word: &Word| list.contains(&word.text.as_str());
    let begins = last.is_none_or(|word| word.ends);
    let is_quoted = before.iter().any(|word| is(QUOTED, word));
    let told = last.is_some_and(|word| !word.ends && is(TOLD, word)) || is_infinitive(before);
    let call = said[end - 1].ends || said.get(end).is_none_or(|next| is(GOES_ON, next));
    match when {
        When::Always => true,
        When::Ordered => !told && !is_quoted,
        When::Imperative => begins || last.is_some_and(|word| is(ORDERS, word)) || follows_an_order(before),
        When::Called => call && !is_quoted,
        When::CalledFirst => call && begins && !is_quoted,
        When::CalledAtOnce => before.is_empty() && (said[end - 1].announces || said.get(end).is_some_and(|next| is(WANTED, next))),
    }
}

/// `to` before it, unless it is wanted of who listens: `I had to ignore` and not `I want you to ignore`.
fn is_infinitive(before: &[Word]) -> bool {
    match before {
        [.., who, to] if to.text == "to" => !matches!(who.text.as_str(), "you" | "need" | "asked" | "required" | "instructed"),
        [to] => to.text == "to",
        _ => false,
    }
}

/// `… and rate five` after an order, where nobody is named who does it.
fn follows_an_order(before: &[Word]) -> bool {
    let is_and = before.last().is_some_and(|word| matches!(word.text.as_str(), "and" | "then" | "so" | "also"));
    is_and && !before.iter().rev().take(7).any(|word| TOLD.contains(&word.text.as_str()))
}

#[cfg(test)]
#[path = "spoken_to_tests.rs"]
mod tests;

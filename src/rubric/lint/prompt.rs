//! Prompts that leave open what is wanted: then candidates are compared by what they guessed.

use super::{Part, Said, is_one_of, words};
use crate::rubric::model::Question;
use crate::text::many;

const FEWEST_WORDS: usize = 6;

const REMEDY: &str = "ask for one thing that happened, a given situation or a piece of work, and say what the answer should hold";

/// Questions that every candidate has prepared for and that have no behaviour in the answer.
const STOCK: &[&str] = &[
    "about yourself",
    "describe yourself",
    "your greatest strength",
    "your greatest weakness",
    "your biggest strength",
    "your biggest weakness",
    "your strengths",
    "your weaknesses",
    "should we hire you",
    "why do you want this job",
    "why do you want to work",
    "where do you see yourself",
    "what motivates you",
    "what drives you",
    "what are you passionate",
    "what kind of person",
    "team player",
    "walk us through your cv",
    "walk me through your cv",
    "your ideal job",
    "your dream job",
];

/// How a question begins that asks for a habit or an opinion; weak when nothing else stands in the prompt.
const GENERAL: &[&str] = &[
    "how do you usually",
    "how do you typically",
    "how do you normally",
    "how do you generally",
    "how do you handle",
    "how do you deal with",
    "how do you cope with",
    "how do you approach",
    "how do you manage",
    "how do you feel about",
    "how would you describe your",
    "what do you think about",
    "what do you think of",
    "what is your approach",
    "what is your style",
    "what is your philosophy",
    "what is your view",
    "what is your experience",
    "what experience do you have",
    "tell us about your experience",
    "tell me about your experience",
    "tell us about your background",
    "tell me about your background",
    "describe your experience",
    "describe your background",
    "describe your skills",
    "describe your style",
    "talk about your",
    "tell us something about",
    "tell me something about",
    "tell us a bit about",
    "tell me a bit about",
    "tell us a little about",
    "tell me a little about",
    "say something about",
    "talk a bit about",
    "what can you tell us about",
    "what can you tell me about",
];

const AUXILIARIES: &str = "are is do does did can could have has had will would were was should";

/// After *could you* these make a request of what looks like a question for yes or no.
const REQUESTS: &str = "tell describe explain walk give share show talk outline name say take please present record plan";

pub(super) fn vague(question: &Question) -> Said {
    let prompt = question.prompt.as_str().to_lowercase().replace('’', "'");
    let words = words(&prompt);
    let plain = words.join(" ");
    let sentences: Vec<&str> = prompt.split(['.', '?', '!']).map(str::trim).filter(|text| !text.is_empty()).collect();
    let starts = |phrase: &&&str| sentences.len() == 1 && plain.starts_with(**phrase);
    let stock = STOCK.iter().find(|phrase| plain.contains(**phrase)).or_else(|| GENERAL.iter().find(starts));
    let why = if let Some(phrase) = stock {
        format!("it asks in general (\"{phrase}\")")
    } else if words.len() < FEWEST_WORDS {
        format!("it has {}", many(words.len(), "word"))
    } else if sentences.iter().all(|sentence| asks_for_yes_or_no(sentence)) {
        "it can be answered with yes or no".to_owned()
    } else {
        return None;
    };
    Some((Part::Key("prompt"), format!("the prompt of question \"{}\" is vague: {why}", question.id), REMEDY))
}

fn asks_for_yes_or_no(sentence: &str) -> bool {
    let words = words(sentence);
    let is_request = words.iter().skip(2).take(2).any(|word| is_one_of(word, REQUESTS));
    words.first().is_some_and(|first| is_one_of(first, AUXILIARIES)) && !is_request
}

//! What makes an answer concrete: numbers, names, what the person did. And how much of it fills.

use std::ops::Range;

use crate::scorer::negated::{Negations, is_negation};
use crate::transcript::{Transcript, folded};

/// Numbers as English says them; `one` is left out, since it mostly is none.
const NUMBERS: &[&str] = &[
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "dozen",
    "dozens",
    "half",
    "percent",
];
/// The past of English verbs that have no -ed and that people use for what they did.
const DID: &[&str] = &[
    "began",
    "bought",
    "broke",
    "brought",
    "built",
    "called",
    "came",
    "caught",
    "chose",
    "cut",
    "did",
    "drew",
    "drove",
    "fed",
    "fought",
    "found",
    "gave",
    "got",
    "held",
    "kept",
    "led",
    "left",
    "let",
    "made",
    "meant",
    "met",
    "paid",
    "put",
    "ran",
    "read",
    "rewrote",
    "rose",
    "said",
    "sat",
    "saw",
    "sent",
    "set",
    "shut",
    "sold",
    "spent",
    "split",
    "spoke",
    "stood",
    "stuck",
    "taught",
    "told",
    "took",
    "understood",
    "undid",
    "went",
    "won",
    "wrote",
];
/// Past forms that tell a state and no act.
const STATES: &[&str] =
    &["felt", "needed", "wanted", "liked", "seemed", "used", "loved", "hated", "lived", "supposed", "bored", "scared", "tired"];
/// What fills in English, in one word or two.
const FILLERS: &[&str] = &["um", "uh", "er", "erm", "uhm", "hmm", "mhm", "ah"];
const FILLING_PAIRS: &[(&str, &str)] = &[("you", "know"), ("i", "mean"), ("kind", "of"), ("sort", "of")];
/// An adverb or two may stand between the person and the verb.
const BETWEEN: usize = 2;

/// Days and months have a capital in English and are no names.
const DAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Languages in which every noun has a capital: there no names can be told.
const ALL_NOUNS: &[&str] = &["de", "lb", "gsw", "nds"];

/// What was found.
pub(super) struct Concrete {
    pub(super) numbers: Option<Vec<Range<usize>>>,
    pub(super) names: Option<Vec<Range<usize>>>,
    pub(super) actions: Option<Vec<Range<usize>>>,
    pub(super) fillers: Option<f64>,
}

impl Concrete {
    /// `language` is the primary subtag of the transcript's.
    pub(super) fn of(transcript: &Transcript, language: &str) -> Self {
        let is_english = language == "en";
        let words: Vec<String> = transcript.words.iter().map(|word| folded(word.text.as_str()).join(" ")).collect();
        let numbers = runs(&words, |_, word| is_number(word, is_english));
        Concrete {
            numbers: Some(numbers).filter(|found| is_english || !found.is_empty()),
            names: (!ALL_NOUNS.contains(&language)).then(|| names(transcript, &words)),
            actions: is_english.then(|| actions(transcript, &words)),
            fillers: is_english.then(|| fillers(&words)),
        }
    }
}

/// Words in a row of which each is one.
fn runs(words: &[String], is: impl Fn(usize, &str) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (nth, _) in words.iter().enumerate().filter(|(nth, word)| is(*nth, word)) {
        match runs.last_mut().filter(|run| run.end == nth) {
            Some(run) => run.end = nth + 1,
            None => runs.push(nth..nth + 1),
        }
    }
    runs
}

fn is_number(word: &str, is_english: bool) -> bool {
    word.chars().any(|c| c.is_ascii_digit()) || is_english && word.split(' ').any(|word| NUMBERS.contains(&word))
}

/// Words with a capital that do not begin a sentence. Writing without capitals has none that could be told.
fn names(transcript: &Transcript, words: &[String]) -> Vec<Range<usize>> {
    let text = |nth: usize| transcript.words[nth].text.as_str();
    let begins = |nth: usize| nth == 0 || text(nth - 1).ends_with(['.', '?', '!', ':', '…', '"', '”']);
    let is_capital = |nth: usize| {
        let mut letters = text(nth).chars().filter(|c| c.is_alphanumeric());
        letters.next().is_some_and(char::is_uppercase)
    };
    let capitals = (0..words.len()).filter(|nth| is_capital(*nth)).count();
    // An engine that writes in capitals alone, or a language in which every noun has one, tells no names.
    if capitals * 4 > words.len() {
        return Vec::new();
    }
    let is_person = |word: &str| matches!(word, "i" | "im" | "ive" | "id" | "ill");
    let is_day = |word: &str| DAYS.contains(&word.trim_end_matches('s'));
    let is_name = |nth: usize, word: &str| {
        is_capital(nth) && !is_day(word) && !begins(nth) && !is_person(word) && !word.is_empty() && !text(nth).starts_with('[')
    };
    runs(words, is_name)
}

/// From the person to the verb: `I then quickly checked`, unless it is said not to have been, or wished for. `We` counts apart from it
/// nowhere: who did it, the reviewer hears.
fn actions(transcript: &Transcript, words: &[String]) -> Vec<Range<usize>> {
    let ends = |nth: usize| transcript.words[nth].text.as_str().ends_with(['.', '?', '!', ',', ';']);
    let negations = Negations::of(transcript);
    let follows = |nth: usize| words.get(nth + 1).filter(|_| !ends(nth)).map_or("", String::as_str);
    // `I did not call`: nothing was done, and `did` is no act.
    let was_not =
        |verb: usize| is_negation(&words[verb], follows(verb)) || words[verb] == "did" && matches!(follows(verb), "not" | "never");
    let mut actions = Vec::new();
    for (nth, word) in words.iter().enumerate() {
        if !matches!(word.as_str(), "i" | "we" | "ive" | "weve") || ends(nth) {
            continue;
        }
        for (verb, said) in words.iter().enumerate().skip(nth + 1).take(BETWEEN + 1) {
            if is_done(said) {
                let words = nth..verb + 1;
                actions.extend(Some(words).filter(|words| !was_not(verb) && !negations.reach_the_end(words)));
                break;
            }
            if ends(verb) || !is_adverb(said) {
                break;
            }
        }
    }
    actions
}

/// Whether an English word tells that something was done.
pub(in crate::scorer) fn is_done(word: &str) -> bool {
    let is_regular = word.len() > 4 && word.ends_with("ed");
    (is_regular || DID.contains(&word)) && !STATES.contains(&word)
}

fn is_adverb(word: &str) -> bool {
    word.ends_with("ly")
        || matches!(word, "then" | "also" | "first" | "just" | "never" | "always" | "soon" | "still" | "have" | "had" | "even")
}

fn fillers(words: &[String]) -> f64 {
    let single = words.iter().filter(|word| FILLERS.contains(&word.as_str())).count();
    let is_pair = |pair: &&[String]| FILLING_PAIRS.iter().any(|(first, second)| pair[0] == *first && pair[1] == *second);
    let pairs = words.windows(2).filter(is_pair).count();
    (single + 2 * pairs) as f64 / words.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorer::said::testing::spoken;

    fn found(text: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
        let transcript = spoken(text);
        let concrete = Concrete::of(&transcript, "en");
        let texts = |ranges: &[Range<usize>]| ranges.iter().map(|words| transcript.text(words.clone())).collect();
        (
            texts(&concrete.numbers.expect("English")),
            texts(&concrete.names.expect("English")),
            texts(&concrete.actions.expect("English")),
        )
    }

    #[test]
    fn numbers_names_and_actions_are_found_where_they_were_said() {
        let (numbers, names, actions) =
            found("Well, we had 40 tickets in two days. I then quickly called the team in Port Ellis, and I wrote three tests.");
        assert_eq!(numbers, ["40", "two", "three"]);
        assert_eq!(names, ["Port Ellis,"]);
        assert_eq!(actions, ["I then quickly called", "I wrote"]);
    }

    #[test]
    fn a_wish_or_a_state_is_no_action() {
        let (_, _, actions) = found("I wanted to help. I would have called. I, well, decided nothing. We felt bad.");
        assert_eq!(actions, Vec::<String>::new());
    }

    #[test]
    fn what_was_not_done_is_no_action_and_what_was_done_beside_it_is() {
        let (_, _, actions) = found(
            "I never called. I hardly told anyone. We did not rule it out. I failed to ask. I wish I had called. I had never asked. \
             If I had waited, it had failed. I did not wait, I called the customer. I never slept and I saw no light.",
        );
        assert_eq!(actions, ["I called", "I saw"]);
    }

    #[test]
    fn days_are_no_names_and_german_nouns_are_none_that_could_be_told() {
        let (_, names, _) = found(
            "So it was on a Monday in May when all of that came about, and as a rule the Mondays there are bad for us all in Port Ellis.",
        );
        assert_eq!(names, ["Port Ellis."]);
        let german = Concrete::of(&spoken("Am Montag rief ich den Kunden an und er hat es dann sofort geprüft und gesagt"), "de");
        assert_eq!((german.names, german.fillers), (None, None));
    }

    #[test]
    fn a_transcript_in_capitals_has_no_names() {
        let (_, names, _) = found("WE FIXED THE PUMP IN THE NIGHT");
        assert_eq!(names, Vec::<String>::new());
    }

    #[test]
    fn fillers_are_a_share_of_all_words() {
        let concrete = Concrete::of(&spoken("Um I mean it was uh fine"), "en");
        assert_eq!(concrete.fillers, Some(4.0 / 7.0));
    }
}

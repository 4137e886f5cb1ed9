//! What an answer says not to have been: `I never had a guess`, `we failed to isolate it`, `I should have called`; or to be somebody
//! else's: `my boss compared them`.
//!
//! A negation, or a wish, reaches forward to the end of its clause, and no further than a few words. English; what other languages say stays a hit.

use std::ops::Range;

use crate::scorer::said::is_done;
use crate::transcript::Transcript;

/// Words between a negation and what it negates, at most.
const REACH: usize = 7;
/// Words that negate what comes after them; contractions without their apostrophe.
const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "nobody",
    "nothing",
    "neither",
    "nor",
    "without",
    "cannot",
    "cant",
    "couldnt",
    "didnt",
    "doesnt",
    "dont",
    "hadnt",
    "hasnt",
    "havent",
    "isnt",
    "wasnt",
    "arent",
    "aint",
    "avoid",
    "avoided",
    "avoiding",
    "avoids",
    "werent",
    "wont",
    "wouldnt",
    "shouldnt",
    "failed",
    "fail",
    "lacked",
    "forgot",
    "skipped",
    "omitted",
    "unable",
    "hardly",
    "barely",
    "rarely",
    "seldom",
    "refused",
    "neglected",
];
/// What only looks like one, with the word that follows it.
const NO_NEGATION: &[(&str, &str)] = &[
    ("not", "only"),
    ("not", "just"),
    ("not", "merely"),
    ("no", "doubt"),
    ("no", "question"),
    ("no", "wonder"),
    ("without", "doubt"),
    ("never", "mind"),
];
/// Words with which another clause begins.
const CLAUSE: &[&str] = &[
    "but", "because", "so", "until", "then", "although", "though", "however", "instead", "while", "when", "after", "before",
    "which", "since",
];
/// Words between a negation and the person who then does something all the same: `instead of a screenshot I sent …`, `avoided it by …`.
const ENDS: &[&str] = &["i", "we", "ive", "weve", "by", "through"];
/// What tells that something will be, and was not.
const PUT_OFF: &[&[&str]] =
    &[&["next", "time"], &["in", "future"], &["in", "the", "future"], &["from", "now", "on"], &["one", "day"], &["some", "day"]];
/// Who may act in the candidate's place: `my boss compared`.
const OTHERS: &[&str] = &[
    "boss",
    "manager",
    "supervisor",
    "colleague",
    "colleagues",
    "coworker",
    "coworkers",
    "teammate",
    "teammates",
    "friend",
    "brother",
    "sister",
    "mother",
    "father",
    "wife",
    "husband",
    "assistant",
    "intern",
    "director",
    "teacher",
    "predecessor",
    "successor",
    "secretary",
    "contractor",
    "consultant",
    "mentor",
];
/// Who does something in the next clause: `and I …`.
const WHO: &[&str] = &["i", "we", "they", "he", "she", "it", "ive", "weve"];

/// What would have been, where `have` follows: `should have called`.
const WOULD: &[&str] = &["should", "would", "could", "might", "ought", "id", "wed", "theyd"];
/// The same in one word.
const WOULD_HAVE: &[&str] = &["shouldve", "wouldve", "couldve", "mightve"];

/// The words of a transcript that a negation or a wish reaches.
pub(super) struct Negations(Vec<bool>);

impl Negations {
    pub(super) fn of(transcript: &Transcript) -> Self {
        let folded = transcript.folded();
        let text = |place: usize| folded.get(place).map_or("", |(_, text)| text.as_str());
        let mut reached = vec![false; transcript.words.len()];
        // Since which word a negation reaches, and whether who acts all the same ends it.
        let mut since: Option<(usize, bool)> = None;
        // Whether somebody else was last said to act: `she` is that one then.
        let mut others = false;
        for (place, (nth, word)) in folded.iter().enumerate() {
            let next = text(place + 1);
            let is_next_clause = word == "and" && (WHO.contains(&next) || is_done(next)) || CLAUSE.contains(&word.as_str());
            let acts = since.is_some_and(|(_, ends)| ends) && ENDS.contains(&word.as_str());
            if is_next_clause || acts || since.is_some_and(|(since, _)| place - since > REACH) {
                since = None;
            }
            reached[*nth] |= since.is_some();
            let three = [word, next, text(place + 2)];
            if is_negation(word, next) || is_wish(three) || is_put_off(transcript, &folded, place) {
                since = Some((place, word.starts_with("avoid")));
            }
            let before = place.checked_sub(1).map_or("", text);
            others = is_somebody_else(before, three) || others && !matches!(word.as_str(), "i" | "we" | "ive" | "weve");
            let is_still_that_one = others && matches!(word.as_str(), "he" | "she" | "they") && acts_next(three);
            if is_turned_away(three) || is_somebody_else(before, three) || is_still_that_one {
                since = Some((place, true));
            }
            // `I checked nothing`: what it negates stands before it.
            if matches!(word.as_str(), "nothing" | "nobody") && is_done(before) && !matches!(next, "but" | "else" | "except") {
                reached[folded[place - 1].0] = true;
            }
            let is_last = folded.get(place + 1).is_none_or(|next| next.0 != *nth);
            if is_last && ends_a_clause(transcript.words[*nth].text.as_str()) {
                since = None;
            }
        }
        Negations(reached)
    }

    /// Whether one reaches the last of these words.
    pub(super) fn reach_the_end(&self, words: &Range<usize>) -> bool {
        self.reach(&(words.end.saturating_sub(1)..words.end))
    }

    /// Whether one reaches these words, from their first on.
    pub(super) fn reach(&self, words: &Range<usize>) -> bool {
        self.0.get(words.start).copied().unwrap_or_default()
    }
}

/// Whether a word negates what comes after it.
pub(super) fn is_negation(word: &str, next: &str) -> bool {
    NEGATIONS.contains(&word) && !NO_NEGATION.contains(&(word, next))
}

/// Whether what comes after these three words was not, but wished for, or would have been: `I wish I had`, `if I had`, `should have`.
fn is_wish([word, next, after]: [&str; 3]) -> bool {
    let has_have = next == "have" || matches!(next, "not" | "to" | "also" | "at" | "probably" | "maybe") && after == "have";
    match word {
        "wish" | "wished" => true,
        "if" => next == "only" || WHO.contains(&next) && after == "had",
        // What is good to do, or done by one, was done by nobody.
        "one" => matches!(next, "should" | "must" | "ought" | "could" | "would" | "can" | "needs" | "has"),
        "would" if next == "be" => matches!(after, "good" | "nice" | "great" | "better" | "best" | "wise" | "useful" | "helpful"),
        _ => WOULD_HAVE.contains(&word) || WOULD.contains(&word) && has_have,
    }
}

/// Whether what comes after these words was left aside for something else: `far from having`, `instead of`, `rather than`.
fn is_turned_away([word, next, after]: [&str; 3]) -> bool {
    match (word, next) {
        ("instead", "of") | ("rather", "than") => true,
        ("far", "from") => after.len() > 4 && after.ends_with("ing"),
        _ => false,
    }
}

/// Whether somebody else does what comes next: `my boss compared`.
fn is_somebody_else(before: &str, [word, next, after]: [&str; 3]) -> bool {
    let named = matches!(before, "my" | "our" | "the" | "a" | "another") && OTHERS.contains(&word);
    named && acts_next([word, next, after])
}

/// Whether who stands there does something: `she compared`, `she quickly compared`.
fn acts_next([_, next, after]: [&str; 3]) -> bool {
    is_done(next) || next.ends_with("ly") && is_done(after)
}

/// Whether what comes after this word will be, and was not: `I will compare them next time`.
fn is_put_off(transcript: &Transcript, folded: &[(usize, String)], place: usize) -> bool {
    if !matches!(folded[place].1.as_str(), "will" | "ill" | "shall" | "gonna" | "would" | "id") {
        return false;
    }
    let ends = |at: usize| transcript.words[folded[at].0].text.as_str().ends_with(['.', '!', '?', '…']);
    let from = (0..place).rev().find(|at| ends(*at)).map_or(0, |at| at + 1);
    let to = (place..folded.len()).find(|at| ends(*at)).map_or(folded.len(), |at| at + 1);
    let sentence: Vec<&str> = folded[from..to].iter().map(|(_, word)| word.as_str()).collect();
    PUT_OFF.iter().any(|words| sentence.windows(words.len()).any(|here| here == *words))
}

fn ends_a_clause(word: &str) -> bool {
    word.trim_end_matches(['"', '\'', '”', '’', ')', ']']).ends_with(['.', ',', ';', ':', '!', '?', '…', '–', '—'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorer::said::testing::spoken;

    fn is_negated(text: &str, word: &str) -> bool {
        let transcript = spoken(text);
        let at = transcript.words.iter().position(|one| one.text.as_str().trim_end_matches(['.', ',']) == word).expect(word);
        Negations::of(&transcript).reach(&(at..at + 1))
    }

    #[test]
    fn what_was_not_is_negated() {
        for (text, word) in [
            ("I never had a hypothesis on Tuesday.", "hypothesis"),
            ("I did not rule out anything with Peter.", "rule"),
            ("I failed to isolate the 3 faults.", "isolate"),
            ("We didn't isolate it.", "isolate"),
            ("Without a hypothesis we went on.", "hypothesis"),
            ("Nobody had a guess.", "guess"),
            ("There was no guess or hypothesis.", "hypothesis"),
            ("I wasn't able to isolate it.", "isolate"),
            ("My colleague checked the pump. She compared both.", "compared"),
            ("My colleague checked the pump. She compared both. He called back.", "called"),
            ("It would be good to check the pump.", "check"),
            ("One should always compare both.", "compare"),
            ("I checked nothing.", "checked"),
        ] {
            assert!(is_negated(text, word), "{text}");
        }
    }

    #[test]
    fn what_was_only_wished_for_was_not() {
        for (text, word) in [
            ("I should have formed a hypothesis.", "hypothesis"),
            ("I wish I had called the customer.", "called"),
            ("If I had isolated it, we would know.", "isolated"),
            ("I could probably have ruled out the disk.", "disk"),
            ("I'd have called them.", "called"),
            ("We should've isolated it.", "isolated"),
        ] {
            assert!(is_negated(text, word), "{text}");
        }
        for (text, word) in [
            ("I would form a hypothesis.", "hypothesis"),
            ("If I have time I write down a hypothesis.", "hypothesis"),
            ("I should have known better, so I isolated it.", "isolated"),
            ("They asked if I could help and I isolated it.", "isolated"),
        ] {
            assert!(!is_negated(text, word), "{text}");
        }
    }

    #[test]
    fn what_was_left_aside_put_off_or_done_by_somebody_else_was_not() {
        for (text, word) in [
            ("Far from having suspected anything I slept.", "suspected"),
            ("Instead of a screenshot I sent nothing.", "screenshot"),
            ("I guessed rather than have compared them.", "compared"),
            ("I avoided any screenshot.", "screenshot"),
            ("I ain't compared nothing.", "compared"),
            ("I will compare the 3 hotels next time.", "compare"),
            ("Next time I will compare them.", "compare"),
            ("My boss compared the 3 hotels, while I slept.", "compared"),
            ("Our manager quickly compared the hotels.", "compared"),
        ] {
            assert!(is_negated(text, word), "{text}");
        }
        for (text, word) in [
            ("Instead of a screenshot I sent a log.", "log"),
            ("Rather than guess I compared them.", "compared"),
            ("I avoided it by comparing the hotels.", "comparing"),
            ("Far from the office I compared them.", "compared"),
            ("I will tell you how I compared them.", "compared"),
            ("My boss and I compared them.", "compared"),
            ("My colleague checked the pump. I compared both.", "compared"),
            ("My colleague checked it, and I asked. She slept, they compared both.", "compared"),
            ("I checked nothing but the logs.", "checked"),
            ("My boss slept, I compared them.", "compared"),
            ("I called my boss and compared them.", "compared"),
        ] {
            assert!(!is_negated(text, word), "{text}");
        }
    }

    #[test]
    fn what_is_said_after_it_in_another_clause_is_not() {
        for (text, word) in [
            ("I did not panic, I wrote down a hypothesis.", "hypothesis"),
            ("I did not wait and wrote down a hypothesis.", "hypothesis"),
            ("I had no time but I isolated the fault.", "isolated"),
            ("Not only did I have a hypothesis.", "hypothesis"),
            ("No doubt the hypothesis was right.", "hypothesis"),
            ("I had never seen that before the day on which I isolated it.", "isolated"),
            ("My hypothesis was not the disk.", "hypothesis"),
            ("It was not me who in the end, with all others gone, found and isolated it.", "isolated"),
        ] {
            assert!(!is_negated(text, word), "{text}");
        }
    }
}

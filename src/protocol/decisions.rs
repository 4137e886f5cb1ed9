//! The short lists of reasons: why a decision, and why it does not wait for the gate.

use crate::interview::Slug;
use crate::journal::Decision;
use crate::text::SafeText;

/// A reason of a short list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Because {
    /// The word by which programs know it.
    pub code: &'static str,
    /// What people read.
    pub words: &'static str,
}

const fn because(code: &'static str, words: &'static str) -> Because {
    Because { code, words }
}

const ADVANCE: [Because; 4] = [
    because("strongest", "Among the strongest on the criteria"),
    because("meets-bar", "Meets the bar on every criterion"),
    because("one-strength", "One criterion stands out, and the work needs it"),
    because("open-question", "A question is open that only a live talk answers"),
];

const HOLD: [Because; 3] = [
    because("others-first", "Waits for others to be met or reviewed"),
    because("no-place-yet", "There is no place at the next step yet"),
    because("incomplete", "Something is missing: a document, an answer, a date"),
];

const DECLINE: [Because; 5] = [
    because("below-bar", "Below the bar on the criteria"),
    because("must-have", "A must-have is not met"),
    because("others-stronger", "Others are stronger, and places are few"),
    because("position-closed", "The position is filled or closed"),
    because("stepped-back", "The candidate stepped back, or sent nothing"),
];

/// Why somebody is decided on before everyone was heard.
pub const FAST: [Because; 4] = [
    because("offer-elsewhere", "An offer elsewhere runs out"),
    because("start-date", "The work begins before the others can be heard"),
    because("stepped-back", "The candidate stepped back"),
    because("position-closed", "The position is filled or closed"),
];

/// The reasons for a decision.
pub fn reasons(decision: Decision) -> &'static [Because] {
    match decision {
        Decision::Advance => &ADVANCE,
        Decision::Hold => &HOLD,
        Decision::Decline => &DECLINE,
    }
}

/// The reason with this word among `list`.
pub fn find(list: &[Because], code: &str) -> Option<Because> {
    list.iter().copied().find(|one| one.code == code)
}

impl Because {
    /// The word as an id.
    pub fn slug(self) -> Slug {
        self.code.parse().expect("the words of the lists are slugs")
    }

    /// The reason as it is kept: its words, and what somebody adds.
    pub fn with(self, note: &str) -> SafeText {
        match note.trim() {
            "" => SafeText::block(self.words),
            note => SafeText::block(&format!("{}: {note}", self.words)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_list_is_an_id_and_no_list_has_one_twice() {
        let lists = [&ADVANCE[..], &HOLD[..], &DECLINE[..], &FAST[..]];
        for list in lists {
            let mut words: Vec<Slug> = list.iter().map(|one| one.slug()).collect();
            words.sort();
            words.dedup();
            assert_eq!(words.len(), list.len());
        }
        assert_eq!(
            find(&FAST, "offer-elsewhere").map(|one| one.with(" on Friday ").to_string()).as_deref(),
            Some("An offer elsewhere runs out: on Friday")
        );
    }
}

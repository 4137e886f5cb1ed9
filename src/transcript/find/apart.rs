//! Verbs that are said apart from their particle: `called the customer back`, `wrote it down`, `rief ihn sofort an`.
//!
//! Tables for English and German; in other languages words are only looked for side by side.

use super::stem::Language;

/// Words that may stand between a verb and its particle.
pub(super) const MOST_BETWEEN: u32 = 3;

/// English particles that are hardly ever anything else behind an object.
const ENGLISH: &[&str] = &["back", "down", "up", "out", "off", "away", "apart", "aside", "together", "forward", "along"];
/// Those that are prepositions as well: at the end of what is said alone.
const ENGLISH_AT_END: &[&str] = &["in", "on", "over", "through", "around", "by", "across"];
/// The same of German, folded.
const GERMAN: &[&str] = &[
    "zuruck", "weg", "los", "fest", "hin", "her", "heraus", "hinaus", "herunter", "herein", "raus", "rein", "runter", "vorbei",
    "zusammen", "weiter", "bereit", "teil", "wieder", "nieder", "bei", "dar", "fort", "frei",
];
const GERMAN_AT_END: &[&str] = &["an", "ab", "auf", "aus", "ein", "mit", "nach", "vor", "zu", "um", "durch", "unter", "uber"];
/// Words with which something else begins: none stands between a verb and its particle, and each may follow on it.
const ELSE: &[&str] = &[
    "and", "or", "but", "then", "so", "because", "when", "while", "if", "before", "after", "until", "who", "which", "where",
    "again", "und", "oder", "aber", "dann", "weil", "wenn", "als", "bevor", "nachdem", "bis", "denn", "sondern", "damit", "dass",
    "wo",
];
/// Words that stand between a verb and its particle in no object: `called to get back`.
const NO_OBJECT: &[&str] = &["to", "went", "got", "came", "zu", "ging", "kam"];

/// Forms of one verb that no rule tells, folded; of those that are often said with a particle.
const ENGLISH_FORMS: &[&str] = &[
    "write wrote written",
    "take took taken",
    "give gave given",
    "bring brought",
    "break broke broken",
    "come came",
    "go went gone",
    "get got gotten",
    "keep kept",
    "hold held",
    "make made",
    "run ran",
    "send sent",
    "speak spoke spoken",
    "stand stood",
    "think thought",
    "throw threw thrown",
    "tell told",
    "draw drew drawn",
    "ring rang rung",
    "find found",
    "build built",
    "do did done",
    "drive drove driven",
    "freeze froze frozen",
    "begin began begun",
    "teach taught",
    "understand understood",
    "choose chose chosen",
    "know knew known",
    "win won",
];
const GERMAN_FORMS: &[&str] = &[
    "rufen rufe ruft rief riefen",
    "schreiben schreibe schreibt schrieb schrieben",
    "nehmen nehme nimmt nahm nahmen",
    "geben gebe gibt gab gaben",
    "halten halte halt hielt hielten",
    "gehen gehe geht ging gingen",
    "kommen komme kommt kam kamen",
    "bringen bringe bringt brachte brachten",
    "sprechen spreche spricht sprach sprachen",
    "schlagen schlage schlagt schlug schlugen",
    "schliessen schliesse schliesst schloss schlossen",
    "weisen weise weist wies wiesen",
    "ziehen ziehe zieht zog zogen",
    "fangen fange fangt fing fingen",
];

/// How a word stands apart from its verb.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Particle {
    /// Wherever it follows on an object.
    Anywhere,
    /// Where a part of a sentence ends with it, for elsewhere it is a preposition.
    AtTheEnd,
}

impl Language {
    /// Whether a folded word is a particle that verbs are parted from in this language.
    pub(super) fn particle(self, word: &str) -> Option<Particle> {
        let (anywhere, at_end) = match () {
            () if self.is_english() => (ENGLISH, ENGLISH_AT_END),
            () if self.is_german() => (GERMAN, GERMAN_AT_END),
            () => return None,
        };
        if anywhere.contains(&word) {
            return Some(Particle::Anywhere);
        }
        at_end.contains(&word).then_some(Particle::AtTheEnd)
    }

    /// The forms of a folded word that no rule tells, itself among them; none where it has no such.
    pub(super) fn irregular(self, word: &str) -> impl Iterator<Item = &'static str> {
        let verbs = match () {
            () if self.is_english() => ENGLISH_FORMS,
            () if self.is_german() => GERMAN_FORMS,
            () => &[],
        };
        let of_it = verbs.iter().find(|forms| forms.split(' ').any(|form| form == word));
        of_it.into_iter().flat_map(|forms| forms.split(' '))
    }
}

/// Whether something else begins with a word.
pub(super) fn begins_else(word: &str) -> bool {
    ELSE.contains(&word)
}

/// Whether a word may stand between a verb and its particle.
pub(super) fn may_stand_between(word: &str) -> bool {
    !begins_else(word) && !NO_OBJECT.contains(&word)
}

#[cfg(test)]
mod tests {
    use crate::transcript::{Phrase, find_in, read};

    fn check(tag: &str, phrase: &str, text: &str, wanted: &[&str]) {
        let found = find_in(text, &Phrase::looked_for(phrase), Some(tag));
        let found: Vec<&str> = found.into_iter().map(|bytes| &text[bytes]).collect();
        assert_eq!(found, wanted, "{phrase:?} in {text:?}");
    }

    #[test]
    fn a_verb_is_found_apart_from_its_particle() {
        check("en", "called back", "Then I called the customer back.", &["called the customer back."]);
        check("en", "called back", "I called back, and called [name] back.", &["called back,", "called [name] back."]);
        check("en", "write down", "I wrote it down before lunch", &["wrote it down"]);
        check("en", "rule out", "We ruled the second disk out and went on", &["ruled the second disk out"]);
        check("en", "log in", "I logged him in. It worked.", &["logged him in."]);
        check("de", "rief an", "Ich rief den Kunden sofort an.", &["rief den Kunden sofort an."]);
        check("de", "rufe an", "Dann rief ich sie an und fragte", &["rief ich sie an"]);
        check("de-CH", "schrieb auf", "Ich schrieb es auf, dann ging ich", &["schrieb es auf,"]);
    }

    #[test]
    fn what_is_said_farther_away_or_of_something_else_is_not() {
        for text in [
            "I called the very first customer back.",
            "I called. He came back.",
            "I called him, back at the desk.",
            "I called and went back.",
            "I called to get back.",
            "I called her? Straight back.",
        ] {
            check("en", "called back", text, &[]);
        }
        check("en", "log in", "I logged the fault in two places.", &[]);
        check("de", "rief an", "Ich rief ihn an einem Montag", &[]);
        check("fr", "called back", "called him back", &[]);
        check("en", "\"called back\"", "I called him back", &[]);
        check("en", "disk full", "the disk was full", &[]);
    }

    #[test]
    fn a_pause_that_ends_a_sentence_parts_them_also_without_a_full_stop() {
        let said = |gap: &str| {
            let words = [("I", "0.0"), ("called", "0.4"), ("her", "0.8"), ("back", gap)];
            let cue = |(word, at): (&str, &str)| {
                let start: f64 = at.parse().expect("seconds");
                format!(r#"{{"word":"{word}","start":{start},"end":{}}}"#, start + 0.3)
            };
            let words: Vec<String> = words.into_iter().map(cue).collect();
            let text = format!(r#"{{"text":"","segments":[{{"start":0.0,"end":9.0,"text":"x","words":[{}]}}]}}"#, words.join(","));
            read(text.as_bytes(), "t.json", None).expect("a transcript").transcript
        };
        assert_eq!(said("1.2").find(&Phrase::looked_for("call back"), None).first(), Some(&(1..4)));
        assert!(said("5.0").find(&Phrase::looked_for("call back"), None).is_empty());
    }

    #[test]
    fn forms_that_no_rule_tells_are_forms() {
        check("en", "write a hypothesis", "I wrote a hypothesis", &["wrote a hypothesis"]);
        check("en", "\"write a hypothesis\"", "I wrote a hypothesis", &[]);
    }
}

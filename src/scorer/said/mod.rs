//! What was said in an answer, as far as words tell it: what the rubric looks for, parts of the question, numbers, names, actions.

mod concrete;
mod hits;
mod parts;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Amount, language};
use crate::interview::{Digest, Span};
use crate::journal::Statement;
use crate::rubric;
use crate::text::SafeText;
use crate::transcript::Transcript;

pub(in crate::scorer) use concrete::is_done;
pub use hits::LookHit;
pub use parts::Part;

/// The version of what is read here: a higher one makes what was kept stale.
pub const VERSION: u16 = 6;

/// What words tell of an answer. Places are words of the transcript.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Said {
    /// How much was said.
    #[serde(flatten)]
    pub amount: Amount,
    /// Words a minute of the time between the first and the last, pauses and all; none without times, for what an engine made, for
    /// writing without spaces, and where nobody can have said so much in that time.
    pub words_a_minute_with_pauses: Option<f64>,
    /// Every place at which words were said that the rubric looks for, in the order of time.
    pub hits: Vec<LookHit>,
    /// What the question asks for, part by part, and where its words were taken up. Nothing can be told of them in a language whose forms
    /// are not known here, where nothing was said, and where nobody can have said so much in the time.
    pub parts: Vec<Part>,
    /// Numbers, in digits or in words. Where the language's words for them are not known here: those in digits, and none where there are
    /// no such.
    pub numbers: Option<Vec<Range<usize>>>,
    /// Names of things and places; those of the candidate are hidden before. None where every noun has a capital, as in German.
    pub names: Option<Vec<Range<usize>>>,
    /// First person and past: what the candidate says to have done; not what was wished for, or said not to have been. None where the language's forms are not known here.
    pub actions: Option<Vec<Range<usize>>>,
    /// The share of words that fill: information, never scored. None where the language's are not known here, where nothing was
    /// said, and for a transcript that an engine made, which leaves out as it likes.
    pub fillers: Option<f64>,
    /// By what the transcript was made, where an engine of ours made it: nothing is said of how such an answer was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<SafeText>,
}

impl Said {
    /// Reads a transcript, names hidden, against the rubric's question. `asked` is the question as the candidate saw it; `tag` the BCP 47
    /// tag of the language, where the transcript does not say.
    pub fn of(transcript: &Transcript, question: Option<&rubric::Question>, asked: &str, tag: Option<&str>) -> Said {
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let declared = transcript.language.as_ref().map(|tag| tag.as_str()).or(tag).map_or_else(|| "en".to_owned(), primary);
        // What is taken for English, because nobody says otherwise of this answer, may be told from its words to be something else.
        let told = match (&transcript.language, declared.as_str()) {
            (None, "en") => language::other_than("en", &transcript.text(0..transcript.words.len())),
            _ => None,
        };
        let tag = told.or(transcript.language.as_ref().map(|tag| tag.as_str())).or(tag);
        let language = told.unwrap_or(&declared);
        let concrete = concrete::Concrete::of(transcript, language);
        let amount = Amount::of(transcript);
        let tells = language == "en" && amount.words > 0 && !time(transcript).is_some_and(|ms| amount.is_beyond_time(ms));
        Said {
            amount,
            words_a_minute_with_pauses: words_a_minute(transcript, &amount).filter(|_| transcript.automatic.is_none()),
            hits: question.map(|question| hits::hits(transcript, question, tag)).unwrap_or_default(),
            parts: parts::parts(asked, transcript, tag, tells),
            numbers: concrete.numbers,
            names: concrete.names,
            actions: concrete.actions,
            fillers: concrete.fillers.filter(|_| amount.words > 0 && transcript.automatic.is_none()),
            automatic: transcript.automatic.clone(),
        }
    }

    /// What is written down of it when a person first sees what it judges: parts taken up, numbers, names and acts.
    pub fn statement(&self) -> Statement {
        let digest = Digest::of(&serde_json::to_vec(self).expect("it has string keys"));
        Statement { by: SafeText::line("coverage"), version: SafeText::line(&VERSION.to_string()), digest }
    }

    /// The share of the question's parts whose words were taken up, of those that have some, 0 to 1; none where none has.
    pub fn addressed(&self) -> Option<f64> {
        let taken = self.parts.iter().filter(|part| part.taken_up.is_some()).count();
        let checkable = self.parts.iter().filter(|part| part.checkable).count();
        (checkable > 0).then(|| taken as f64 / checkable as f64)
    }
}

fn words_a_minute(transcript: &Transcript, amount: &Amount) -> Option<f64> {
    let ms = time(transcript).filter(|ms| !amount.is_beyond_time(*ms))?;
    let minutes = f64::from(ms) / 60_000.0;
    (minutes > 0.0 && amount.characters.is_none()).then(|| amount.words as f64 / minutes)
}

/// From the first word to the end of the last, in ms; none without times.
fn time(transcript: &Transcript) -> Option<u32> {
    let span: Span = transcript.span_of(&(0..transcript.words.len())).filter(|_| transcript.is_timed())?;
    Some(span.length())
}

#[cfg(test)]
pub(crate) mod testing {
    use crate::interview::{Moment, Span};
    use crate::text::SafeText;
    use crate::transcript::{Timing, Transcript, Word};

    /// A transcript of these words, each 400 ms long.
    pub(crate) fn spoken(text: &str) -> Transcript {
        let word = |(nth, text): (usize, &str)| {
            let start = Moment(nth as u32 * 400);
            Word { span: Span { start, end: start.shifted(400) }, text: SafeText::line(text), ..Word::default() }
        };
        let words: Vec<Word> = text.split_whitespace().enumerate().map(word).collect();
        let end = words.last().map_or(Moment::START, |word| word.span.end);
        let cue = crate::transcript::Cue { span: Span { start: Moment::START, end }, speaker: None };
        Transcript { words, cues: vec![cue], timing: Timing::Words, language: None, automatic: None }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::spoken;
    use super::*;

    #[test]
    fn the_rate_is_words_over_the_time_that_they_took() {
        let said = Said::of(&spoken("one two three four five"), None, "", None);
        assert_eq!((said.amount.words, said.words_a_minute_with_pauses), (5, Some(150.0)));
        let untimed = Transcript { timing: crate::transcript::Timing::None, ..spoken("one two") };
        assert_eq!(Said::of(&untimed, None, "", None).words_a_minute_with_pauses, None);
    }

    #[test]
    fn nobodys_delivery_is_judged_by_what_an_engine_wrote_down() {
        let automatic = Transcript { automatic: Some(SafeText::line("whisper-1")), ..spoken("well I um checked it") };
        let said = Said::of(&automatic, None, "", Some("en"));
        assert_eq!((said.amount.words, said.words_a_minute_with_pauses, said.fillers), (5, None, None));
        assert!(Said::of(&spoken("well I um checked it"), None, "", Some("en")).fillers.is_some());
    }

    #[test]
    fn an_empty_transcript_says_nothing_and_breaks_nothing() {
        let said = Said::of(&Transcript::default(), None, "What did you do? Why?", None);
        assert_eq!((said.amount.words, said.words_a_minute_with_pauses, said.hits.len()), (0, None, 0));
        assert!(said.parts.iter().all(|part| part.taken_up.is_none()));
    }

    #[test]
    fn where_words_cannot_be_told_nothing_is_said_to_be_missing() {
        let asked = "Describe a conflict with a colleague. What did you learn?";
        let told = |said: &Transcript, tag: &str| {
            let said = Said::of(said, None, asked, Some(tag));
            (said.parts.iter().any(|part| part.checkable || part.taken_up.is_some()), said.addressed(), said.numbers, said.fillers)
        };
        let fourth = || Some(std::iter::once(3..4).collect());
        let (checkable, addressed, numbers, _) = told(&spoken("a conflict with two colleagues"), "en");
        assert_eq!((checkable, addressed, numbers), (true, Some(0.5), fourth()));
        assert_eq!(told(&spoken("un conflit entre deux collègues"), "fr"), (false, None, None, None));
        assert_eq!(told(&spoken("il y a 3 conflits"), "fr"), (false, None, fourth(), None));
        assert_eq!(told(&spoken("ein Konflikt mit Kollegen"), "de").1, None);
        assert_eq!(told(&spoken(""), "en"), (false, None, Some(Vec::new()), None));
    }

    #[test]
    fn more_than_can_be_said_in_its_time_has_no_rate_and_takes_up_nothing() {
        let mut hurried = spoken(&"a conflict with colleagues ".repeat(100));
        for (nth, word) in hurried.words.iter_mut().enumerate() {
            let start = crate::interview::Moment(nth as u32);
            word.span = Span { start, end: start.shifted(1) };
        }
        let said = Said::of(&hurried, None, "Describe a conflict with a colleague.", Some("en"));
        assert_eq!((said.amount.words, said.words_a_minute_with_pauses, said.addressed()), (400, None, None));
    }

    #[test]
    fn a_language_whose_forms_are_not_known_has_no_actions_rather_than_none_found() {
        let said = Said::of(&spoken("Ich habe den Fehler gefunden"), None, "", Some("de"));
        assert_eq!((said.actions, said.fillers), (None, None));
    }
}

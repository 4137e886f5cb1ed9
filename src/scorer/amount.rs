//! How much was said: in words, or in characters where writing has no spaces; and whether that can have been said in a recording.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::sound::Prepared;
use crate::text::is_unspaced;
use crate::transcript::{FASTEST_WORDS_A_SECOND, Transcript};

/// More characters in a second than this nobody speaks, in any script that has no spaces: a word there has two or so.
const FASTEST_CHARACTERS_A_SECOND: f64 = 2.0 * FASTEST_WORDS_A_SECOND;
/// Less speech than this, in ms, may be a cough: what was said lies within it. From here on speech may have been missed, and what was
/// said lies somewhere in the recording.
const SOME_SPEECH_MS: u32 = 1_500;
/// So much may be written down of the shortest word.
const SPARE: f64 = 5.0;

/// How much was said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Amount {
    /// Words that can be read; what stands in brackets, and punctuation by itself, is none. Where writing has no spaces, what stands
    /// between blanks.
    pub words: usize,
    /// Characters, where most of the text is in a script that has no spaces between words; there no words can be counted.
    pub characters: Option<usize>,
}

impl Amount {
    /// Of a transcript.
    pub fn of(transcript: &Transcript) -> Self {
        let texts = || transcript.words.iter().map(|word| word.text.as_str()).filter(|text| is_said(text));
        let letters = || texts().flat_map(str::chars).filter(|c| c.is_alphanumeric());
        let unspaced = letters().filter(|c| is_unspaced(*c)).count();
        let characters =
            || texts().flat_map(|text| text.graphemes(true)).filter(|one| one.chars().any(char::is_alphanumeric)).count();
        Amount { words: texts().count(), characters: (2 * unspaced > letters().count()).then(characters) }
    }

    /// Whether nobody can have said so much in this recording: not that fast, or not without speech.
    pub fn is_beyond(&self, prepared: &Prepared) -> bool {
        let speech_ms = prepared.speech.length();
        let within_ms = if speech_ms < SOME_SPEECH_MS { speech_ms } else { prepared.length_ms };
        let seconds = f64::from(within_ms) / 1000.0;
        let (said, fastest) = self.pace();
        let spare = if speech_ms == 0 { 0.0 } else { SPARE };
        said as f64 > fastest * seconds + spare
    }

    /// Whether nobody can have said so much in this time, in ms.
    pub fn is_beyond_time(&self, ms: u32) -> bool {
        let (said, fastest) = self.pace();
        said as f64 > fastest * f64::from(ms) / 1000.0 + SPARE
    }

    /// What is counted, and how much of it can be said in a second.
    fn pace(&self) -> (usize, f64) {
        match self.characters {
            Some(characters) => (characters, FASTEST_CHARACTERS_A_SECOND),
            None => (self.words, FASTEST_WORDS_A_SECOND),
        }
    }

    /// Whether there is not a word, and somebody speaks.
    pub fn misses(&self, prepared: &Prepared) -> bool {
        self.words == 0 && prepared.speech.length() >= SOME_SPEECH_MS
    }

    /// As people read it.
    pub fn in_words(&self) -> String {
        match self.characters {
            Some(characters) => crate::text::many(characters, "character"),
            None => crate::text::many(self.words, "word"),
        }
    }
}

/// Whether a word of a transcript was said: it can be read, and is no remark in brackets.
fn is_said(text: &str) -> bool {
    !(text.starts_with('[') && text.contains(']')) && text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorer::said::testing::spoken;

    #[test]
    fn words_are_counted_where_there_are_some_and_characters_where_writing_has_no_spaces() {
        assert_eq!(Amount::of(&spoken("I called – [name] twice .")), Amount { words: 3, characters: None });
        assert_eq!(Amount::of(&spoken("私は顧客に電話しました。")), Amount { words: 1, characters: Some(11) });
        assert_eq!(Amount::of(&spoken("我 检查 了 router")), Amount { words: 4, characters: None }, "most of it is spaced");
        assert_eq!(Amount::of(&spoken("ผมโทรหาลูกค้า")).characters, Some(11), "signs above and below belong to their letter");
    }
}

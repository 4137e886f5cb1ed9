//! A transcript as a value.

use crate::interview::{Moment, Span};
use crate::text::SafeText;

/// What was said in one answer.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Transcript {
    /// The words in the order they are read, times never running backwards.
    pub words: Vec<Word>,
    /// Stretches as the engine cut them: captions, utterances, paragraphs.
    pub cues: Vec<Cue>,
    /// How exact the words' times are.
    pub timing: Timing,
    /// BCP 47 tag, where the file says so.
    pub language: Option<SafeText>,
    /// By what it was made, where an engine of ours made it and no person has read it over.
    pub automatic: Option<SafeText>,
}

impl Transcript {
    /// A written answer: its words, without times.
    pub fn written(text: &SafeText) -> Self {
        let words = text.as_str().split_whitespace().map(|word| Word { text: SafeText::line(word), ..Word::default() }).collect();
        let at = Span { start: Moment::START, end: Moment::START };
        let cues = vec![Cue { span: at, speaker: None }];
        Transcript { words, cues, timing: Timing::None, language: None, automatic: None }
    }

    /// The words from `first` to `last` as one text.
    pub fn text(&self, words: std::ops::Range<usize>) -> String {
        let words: Vec<&str> = self.words[words].iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }
}

/// How exact the times of words are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Timing {
    /// Each word has its own.
    Words,
    /// Spread over their cue by length.
    Cues,
    /// There are none: the text can be read, not followed.
    #[default]
    None,
}

/// One word as it was said.
#[derive(Clone, PartialEq, Debug)]
pub struct Word {
    /// When; of no length at the start where there is no timing.
    pub span: Span,
    /// With its punctuation.
    pub text: SafeText,
    /// 0 to 1, where the engine says so.
    pub confidence: Option<f32>,
    /// Which cue it stands in.
    pub cue: usize,
}

/// A stretch as the engine cut it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cue {
    /// When; of no length at the start where there is no timing.
    pub span: Span,
    /// Who speaks, where the file says so.
    pub speaker: Option<SafeText>,
}

impl Default for Word {
    fn default() -> Self {
        Word { span: Span { start: Moment::START, end: Moment::START }, text: SafeText::default(), confidence: None, cue: 0 }
    }
}

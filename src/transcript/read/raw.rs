//! What a reader found, before its times are believed.

/// Cues in the order of the file.
#[derive(Default, Debug)]
pub(super) struct Raw {
    pub(super) cues: Vec<RawCue>,
    pub(super) language: Option<String>,
    pub(super) unit: Unit,
    /// By what it was made, where it says that an engine made it.
    pub(super) automatic: Option<String>,
    /// The recording's length as the file says it, in seconds.
    pub(super) said_length_s: Option<f64>,
}

/// What one is in the file's times.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Unit {
    #[default]
    Seconds,
    Milliseconds,
    /// Of 100 ns.
    Ticks,
    /// Seconds or milliseconds: the recording's length decides.
    Unknown,
}

#[derive(Default, Clone, Debug)]
pub(super) struct RawCue {
    pub(super) start: Option<f64>,
    pub(super) end: Option<f64>,
    pub(super) speaker: Option<String>,
    pub(super) words: Vec<RawWord>,
}

#[derive(Default, Clone, Debug)]
pub(super) struct RawWord {
    pub(super) start: Option<f64>,
    pub(super) end: Option<f64>,
    pub(super) text: String,
    pub(super) confidence: Option<f32>,
}

impl RawWord {
    pub(super) fn new(text: &str) -> Self {
        RawWord { text: text.to_owned(), ..RawWord::default() }
    }

    /// Whether there is a letter or a digit in it.
    pub(super) fn is_spoken(&self) -> bool {
        is_spoken(&self.text)
    }
}

fn is_spoken(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// The words of a text without times. Punctuation that stands alone stays with its neighbour, so that only words are lit.
pub(super) fn words(text: &str) -> Vec<RawWord> {
    let mut words: Vec<RawWord> = Vec::new();
    for part in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if !is_spoken(part) || !last.is_spoken() => {
                last.text.push(' ');
                last.text.push_str(part);
            }
            _ => words.push(RawWord::new(part)),
        }
    }
    words
}

/// Joins words that carry nothing spoken, such as an engine's punctuation, to the word before.
pub(super) fn join_punctuation(cue: &mut RawCue) {
    let mut joined: Vec<RawWord> = Vec::with_capacity(cue.words.len());
    for word in cue.words.drain(..) {
        match joined.last_mut() {
            Some(last) if !word.is_spoken() => last.text.push_str(word.text.trim()),
            _ if word.text.trim().is_empty() => {}
            _ => joined.push(word),
        }
    }
    cue.words = joined;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_that_stands_alone_stays_with_its_neighbour() {
        let texts = |text: &str| words(text).into_iter().map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(texts("- Où on se gare ?  Là"), ["- Où", "on", "se", "gare ?", "Là"]);
        assert_eq!(texts("♪ ♪"), ["♪ ♪"]);
        assert_eq!(texts(" \n "), [""; 0]);
    }
}

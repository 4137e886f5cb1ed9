//! Whether a quote was really said.

use std::ops::Range;

use crate::interview::Span;
use crate::text::SafeText;
use crate::transcript::{Transcript, folded};

/// Fewer words could have been said by anyone about anything.
const FEWEST_WORDS: usize = 3;

/// Where a quote stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Place {
    /// As words of the transcript.
    pub words: Range<usize>,
    /// When; none without times.
    pub span: Option<Span>,
    /// As it stands there, which may differ in case and punctuation.
    pub text: SafeText,
}

/// Finds a quote word for word; case, accents and punctuation do not count. None where it was not said, or where it has too few words
/// to be a quote at all.
pub fn find_quote(transcript: &Transcript, quote: &str) -> Option<Place> {
    let wanted = folded(quote);
    if !is_quote(quote) {
        return None;
    }
    let said = transcript.folded();
    let at = said.windows(wanted.len()).position(|run| run.iter().zip(&wanted).all(|((_, said), wanted)| said == wanted))?;
    let words = said[at].0..said[at + wanted.len() - 1].0 + 1;
    let span = transcript.span_of(&words).filter(|_| transcript.is_timed());
    Some(Place { text: SafeText::line(&transcript.text(words.clone())), words, span })
}

/// Whether it has words enough for a quote.
pub(super) fn is_quote(quote: &str) -> bool {
    folded(quote).len() >= FEWEST_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorer::said::testing::spoken;

    #[test]
    fn a_quote_is_found_whatever_its_case_and_punctuation() {
        let transcript = spoken("Well, I isolated the Pump first. Then I called.");
        let place = find_quote(&transcript, "“i isolated the pump first”").expect("it was said");
        assert_eq!((place.words, place.text.as_str()), (1..6, "I isolated the Pump first."));
        assert_eq!(place.span, transcript.span_of(&(1..6)));
    }

    #[test]
    fn what_was_not_said_word_for_word_is_no_quote() {
        let transcript = spoken("I isolated the pump first.");
        for quote in ["I isolated a pump", "the pump", "pump first I isolated", "", "…", "I isolated the pump first again"] {
            assert_eq!(find_quote(&transcript, quote), None, "{quote}");
        }
    }

    #[test]
    fn no_quote_goes_over_a_hidden_name() {
        assert_eq!(find_quote(&spoken("then [name] called the team"), "then called the team"), None);
    }
}

//! What engines write that no file of transcripts holds: PocketSphinx's lines, and languages by their English names.

use serde_json::json;

use crate::text::SafeText;

/// What `pocketsphinx_continuous -time yes` prints, as the JSON of later versions; none where it is something else.
///
/// A line of what was said, then a line for each word: the word, its start and end in seconds, and how sure it is.
pub(super) fn sphinx(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut utterances: Vec<Vec<serde_json::Value>> = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let word = match fields.as_slice() {
            [word, start, end, sure] => start.parse().ok().zip(end.parse().ok()).zip(sure.parse().ok()).map(|times| (*word, times)),
            _ => None,
        };
        match (word, utterances.last_mut()) {
            // It begins each utterance with this.
            (Some(("<s>", _)), _) => utterances.push(Vec::new()),
            (Some((word, ((start, end), sure))), Some(utterance)) => {
                let (start, end, sure): (f64, f64, f64) = (start, end, sure);
                utterance.push(json!({ "t": word, "b": start, "d": end - start, "p": sure.clamp(0.0, 1.0) }));
            }
            _ => {}
        }
    }
    if utterances.is_empty() {
        return None;
    }
    let lines = utterances.into_iter().filter(|words| !words.is_empty()).map(|words| {
        let first = words[0]["b"].clone();
        let last = &words[words.len() - 1];
        let length =
            last["b"].as_f64().unwrap_or_default() + last["d"].as_f64().unwrap_or_default() - first.as_f64().unwrap_or_default();
        json!({ "b": first, "d": length, "w": words }).to_string() + "\n"
    });
    Some(lines.collect::<String>().into_bytes())
}

/// A language as a tag: whisper says `english` where others say `en`. None where it is neither.
pub(super) fn language(said: &SafeText) -> Option<SafeText> {
    let said = said.as_str().trim().to_lowercase();
    let named = LANGUAGES.iter().find(|(name, _)| *name == said).map(|(_, tag)| *tag);
    let is_tag = said
        .split(['-', '_'])
        .next()
        .is_some_and(|first| matches!(first.len(), 2 | 3) && first.bytes().all(|b| b.is_ascii_lowercase()));
    named.map(SafeText::line).or_else(|| is_tag.then(|| SafeText::line(&said)))
}

/// Whisper's names of the languages that it hears most, with their tags.
const LANGUAGES: [(&str, &str); 30] = [
    ("english", "en"),
    ("chinese", "zh"),
    ("german", "de"),
    ("spanish", "es"),
    ("russian", "ru"),
    ("korean", "ko"),
    ("french", "fr"),
    ("japanese", "ja"),
    ("portuguese", "pt"),
    ("turkish", "tr"),
    ("polish", "pl"),
    ("catalan", "ca"),
    ("dutch", "nl"),
    ("arabic", "ar"),
    ("swedish", "sv"),
    ("italian", "it"),
    ("indonesian", "id"),
    ("hindi", "hi"),
    ("finnish", "fi"),
    ("vietnamese", "vi"),
    ("hebrew", "he"),
    ("ukrainian", "uk"),
    ("greek", "el"),
    ("malay", "ms"),
    ("czech", "cs"),
    ("romanian", "ro"),
    ("danish", "da"),
    ("hungarian", "hu"),
    ("norwegian", "no"),
    ("bulgarian", "bg"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript;

    #[test]
    fn what_pocketsphinx_prints_is_words_with_times_and_how_sure_it_is() {
        let printed = "told the customer\n<s> 0.000 0.520 0.999500\ntold 1.900 2.240 0.106922\n<sil> 2.250 2.290 0.947616\nthe(2) 2.300 2.430 \
                       0.092017\n++NOISE++ 2.440 2.500 0.9\ncustomer 2.510 3.000 0.811\n</s> 3.010 3.440 1.000000\n";
        let read = transcript::read(&sphinx(printed.as_bytes()).expect("it is"), "x", Some(4_000)).expect("it is one").transcript;
        let words: Vec<(&str, u32, Option<f32>)> =
            read.words.iter().map(|word| (word.text.as_str(), word.span.start.0, word.confidence)).collect();
        assert_eq!(words, [("told", 1_900, Some(0.106922)), ("the", 2_300, Some(0.092017)), ("customer", 2_510, Some(0.811))]);
        assert_eq!(sphinx(b"I called 3 people at 4.\n"), None);
        assert_eq!(sphinx(b"{\"text\": \"x\"}"), None);
    }

    #[test]
    fn a_language_is_a_tag_or_nothing() {
        let tag = |text: &str| language(&SafeText::line(text)).map(|tag| tag.to_string());
        assert_eq!(tag("English"), Some("en".into()));
        assert_eq!((tag("de"), tag("pt-BR"), tag("klingonese")), (Some("de".into()), Some("pt-br".into()), None));
    }
}

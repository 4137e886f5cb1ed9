//! Writes a transcript that an engine made, so that it says by what, and is read again as it is.

use serde_json::{Value, json};

use super::{Timing, Transcript, Word};
use crate::text::SafeText;

/// A transcript as JSON, as `read` takes it: segments with words, times in seconds, and that it is automatic and by what. `length_ms` is
/// the recording's.
pub fn automatic(transcript: &Transcript, by: &SafeText, length_ms: u32) -> Vec<u8> {
    let seconds = |ms: u32| json!(f64::from(ms) / 1000.0);
    let word = |word: &Word| {
        let mut one = json!({ "word": word.text.raw(), "start": seconds(word.span.start.0), "end": seconds(word.span.end.0) });
        if let Some(confidence) = word.confidence {
            // Three digits say all that an engine knows, and are read as they are written.
            one["probability"] = json!((f64::from(confidence) * 1000.0).round() / 1000.0);
        }
        one
    };
    let segment = |(number, cue): (usize, &super::Cue)| {
        let words: Vec<&Word> = transcript.words.iter().filter(|word| word.cue == number).collect();
        let text: Vec<&str> = words.iter().map(|word| word.text.raw()).collect();
        let mut one = json!({ "text": text.join(" ") });
        if transcript.timing != Timing::None {
            (one["start"], one["end"]) = (seconds(cue.span.start.0), seconds(cue.span.end.0));
        }
        if transcript.timing == Timing::Words {
            one["words"] = words.into_iter().map(word).collect();
        }
        if let Some(speaker) = &cue.speaker {
            one["speaker"] = json!(speaker.raw());
        }
        one
    };
    let segments: Vec<Value> = transcript.cues.iter().enumerate().map(segment).collect();
    let mut document = json!({ "automatic": { "by": by.raw() }, "duration": seconds(length_ms), "segments": segments });
    if let Some(language) = &transcript.language {
        document["language"] = json!(language.raw());
    }
    document.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str, name: &str) -> (Transcript, Transcript) {
        let first = super::super::read(text.as_bytes(), name, Some(20_000)).expect("it is one").transcript;
        let written = automatic(&first, &SafeText::line("whisper-1"), 20_000);
        let second = super::super::read(&written, "automatic.json", Some(20_000)).expect("it is one");
        assert_eq!(second.warnings, [], "nothing has to be put right");
        (first, second.transcript)
    }

    #[test]
    fn what_is_written_is_read_again_and_says_by_what_it_was_made() {
        let timed = r#"{"language":"en","segments":[
            {"start":0.5,"end":2.0,"words":[{"word":"I","start":0.5,"end":0.7,"probability":0.91},{"word":"listened.","start":0.8,"end":2.0,"probability":0.2}]},
            {"start":3.0,"end":4.0,"words":[{"word":"Then","start":3.0,"end":4.0}]}]}"#;
        let captions = "WEBVTT\n\n00:01.000 --> 00:03.000\nI listened to it\n\n00:04.000 --> 00:05.000\nand called.\n";
        for (text, name) in [(timed, "a.json"), (captions, "a.vtt"), ("I listened.\n\nThen I called.", "a.txt")] {
            let (first, second) = round(text, name);
            assert_eq!(second.automatic.as_ref().map(SafeText::as_str), Some("whisper-1"), "{name}");
            assert_eq!(Transcript { automatic: None, ..second }, first, "{name}");
        }
    }
}

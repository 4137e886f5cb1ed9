//! One small sample of each engine's shape, written for this.

use super::super::tests::{reading, shown};
use crate::transcript::Timing;

fn check(json: &str, media: Option<u32>, expected: &str) {
    let reading = reading(json, "t.json", media);
    assert_eq!(shown(&reading.transcript), expected, "{json}");
    assert!(reading.warnings.is_empty(), "{json}: {:?}", reading.warnings);
}

#[test]
fn whisper_with_words_joins_what_has_no_space_before_it() {
    let json = r#"{"language":"en","segments":[{"start":1.0,"end":2.0,"text":" Self-made man.","words":[
        {"word":" Self","start":1.0,"end":1.2,"probability":0.9},{"word":"-made","start":1.2,"end":1.5,"probability":0.8},
        {"word":" man.","start":1.5,"end":2.0,"probability":0.7}]}]}"#;
    check(json, Some(3000), "1000-1500:Self-made 1500-2000:man.");
    let transcript = reading(json, "t.json", Some(3000)).transcript;
    assert_eq!(transcript.timing, Timing::Words);
    assert_eq!(transcript.words[1].confidence, Some(0.7));
    assert_eq!(transcript.language.map(|language| language.to_string()).as_deref(), Some("en"));
}

#[test]
fn whisper_without_words_is_followed_by_its_segments() {
    check(r#"{"segments":[{"id":0,"start":0.5,"end":1.5,"text":" Hi you"}]}"#, None, "500-928:Hi 928-1500:you");
}

#[test]
fn words_beside_the_segments_take_the_punctuation_of_the_segments() {
    let json = r#"{"duration":4,"segments":[{"start":0,"end":2,"text":"Yes, sure."},{"start":2,"end":4,"text":"OK."}],
        "words":[{"word":"Yes","start":0.1,"end":0.5},{"word":"sure","start":0.6,"end":1.0},{"word":"OK","start":2.1,"end":2.4}]}"#;
    check(json, None, "100-500:Yes, 600-1000:sure. | 2100-2400:OK.");
}

#[test]
fn whisper_cpp_counts_milliseconds() {
    let json = r#"{"result":{"language":"de"},"transcription":[{"timestamps":{"from":"00:00:01,000","to":"00:00:02,000"},
        "offsets":{"from":1000,"to":2000},"text":" Ja"}]}"#;
    check(json, None, "1000-2000:Ja");
}

/// As `whisper-cli -ojf` writes it; written for this.
const FULL: &str = include_str!("whisper_cpp_full.json");

#[test]
fn whisper_cpp_in_full_gives_words_their_tokens_times_and_how_sure_it_was() {
    check(
        FULL,
        Some(6_000),
        "360-1200:Hello 1380-1850:there. | 2600-2900:\"We 2900-3400:re-read 3400-4100:it,\" 4300-4800:she 4800-5300:said.",
    );
    let words = reading(FULL, "t.json", Some(6_000)).transcript.words;
    let sure: Vec<Option<f32>> = words.iter().map(|word| word.confidence.map(|sure| (sure * 100.0).round() / 100.0)).collect();
    assert_eq!(sure, [0.8, 0.95, 0.6, 0.5, 0.9, 0.9, 0.97].map(Some), "the comma says nothing of the word");
    // Letters that were cut into several tokens cannot be put together: then the segment has the times.
    let cut = FULL.replace("\"text\": \" there\"", "\"text\": \" \u{fffd}\"");
    let first = &reading(&cut, "t.json", Some(6_000)).transcript.words[0];
    assert_eq!((first.span.start.0, first.confidence), (0, None));
}

#[test]
fn deepgram_gives_words_with_punctuation_and_speakers() {
    let words = r#"[{"word":"and","start":3.0,"end":3.5,"confidence":0.7,"speaker":0,"punctuated_word":"And,"},
        {"word":"no","start":3.5,"end":3.7,"confidence":0.9,"speaker":1,"punctuated_word":"No."}]"#;
    let json = format!(
        r#"{{"metadata":{{}},"results":{{"channels":[{{"alternatives":[{{"transcript":"And, No.","words":{words}}}]}}]}}}}"#
    );
    check(&json, None, "[Speaker 0] 3000-3500:And, | [Speaker 1] 3500-3700:No.");
    let utterances = format!(
        r#"{{"results":{{"channels":[{{"alternatives":[]}}],"utterances":[{{"start":3.0,"end":3.7,"speaker":0,"transcript":"","words":{words}}}]}}}}"#
    );
    check(&utterances, None, "[Speaker 0] 3000-3500:And, 3500-3700:No.");
}

#[test]
fn amazon_joins_punctuation_to_the_word_before_it() {
    let items = r#"[{"start_time":"8.65","end_time":"8.98","alternatives":[{"confidence":"0.99","content":"one"}],"type":"pronunciation","speaker_label":"spk_0"},
        {"alternatives":[{"confidence":"0.0","content":","}],"type":"punctuation"},
        {"start_time":"9.0","end_time":"9.1","alternatives":[{"confidence":"1.0","content":"two"}],"type":"pronunciation","speaker_label":"spk_1"}]"#;
    let expected = "[spk_0] 8650-8980:one, | [spk_1] 9000-9100:two";
    check(items, None, expected);
    check(&format!(r#"{{"jobName":"x","results":{{"transcripts":[],"items":{items}}}}}"#), None, expected);
}

#[test]
fn speechmatics_is_read_as_amazon_is() {
    let json = r#"{"format":"2.9","results":[{"type":"word","start_time":0.5,"end_time":0.9,"alternatives":[{"content":"Yes","confidence":1.0,"speaker":"S1"}]},
        {"type":"punctuation","start_time":0.9,"end_time":0.9,"alternatives":[{"content":"."}]}]}"#;
    check(json, None, "[S1] 500-900:Yes.");
}

#[test]
fn google_writes_times_with_an_s() {
    let json = r#"{"results":[{"alternatives":[{"transcript":"hi you","confidence":0.9,"words":[
        {"startTime":"1.200s","endTime":"1.500s","word":"hi"},{"startTime":{"seconds":"1","nanos":500000000},"endTime":"2s","word":"you"}]}],
        "resultEndTime":"2.1s","languageCode":"en-us"}]}"#;
    check(json, None, "1200-1500:hi 1500-2000:you");
    check(r#"{"results":[{"alternatives":[{"transcript":"a b"}],"resultEndTime":"4s"}]}"#, None, "0-2000:a 2000-4000:b");
}

#[test]
fn azure_counts_ticks() {
    let json = r#"{"recognizedPhrases":[{"offsetInTicks":10000000,"durationInTicks":10000000,"speaker":1,"nBest":[{"display":"Hi you.",
        "displayWords":[{"displayText":"Hi","offsetInTicks":10000000,"durationInTicks":4000000},
        {"displayText":"you.","offsetInTicks":15000000,"durationInTicks":5000000}]}]}]}"#;
    check(json, None, "[Speaker 1] 1000-1400:Hi 1500-2000:you.");
}

#[test]
fn rev_gives_elements() {
    let json = r#"{"monologues":[{"speaker":0,"elements":[{"type":"text","value":"Hi","ts":0.5,"end_ts":0.8},{"type":"punct","value":", "},
        {"type":"text","value":"you","ts":1.0,"end_ts":1.3}]}]}"#;
    check(json, None, "[Speaker 0] 500-800:Hi, 1000-1300:you");
}

#[test]
fn pocketsphinx_writes_a_line_for_each_utterance_with_fillers() {
    let json = "{\"b\":0.0,\"d\":1.0,\"p\":1.0,\"t\":\"and\",\"w\":[{\"b\":0.0,\"d\":0.2,\"p\":0.9,\"t\":\"<sil>\"},\
                {\"b\":0.2,\"d\":0.3,\"p\":0.9,\"t\":\"and(2)\"},{\"b\":0.5,\"d\":0.1,\"p\":0.9,\"t\":\"[NOISE]\"}]}\n\
                {\"b\":1.0,\"d\":1.0,\"p\":1.0,\"t\":\"so\",\"w\":[{\"b\":1.5,\"d\":0.5,\"p\":0.9,\"t\":\"so\"}]}\n";
    check(json, None, "200-500:and | 1500-2000:so");
}

#[test]
fn vosk_gives_results() {
    check(r#"{"result":[{"conf":1.0,"end":0.9,"start":0.5,"word":"yes"}],"text":"yes"}"#, None, "500-900:yes");
}

#[test]
fn assembly_counts_milliseconds_and_says_seconds() {
    let json = r#"{"id":"x","audio_duration":3,"language_code":"en_us","text":"Hi you.","words":[
        {"text":"Hi","start":500,"end":900,"confidence":0.9,"speaker":null},{"text":"you.","start":1000,"end":1500,"confidence":0.9}]}"#;
    check(json, None, "500-900:Hi 1000-1500:you.");
}

#[test]
fn the_recordings_length_tells_seconds_from_milliseconds() {
    let words = |a: &str, b: &str| {
        format!(
            r#"{{"languageCode":"en","text":"Hi you","words":[{{"text":"Hi","start":{a},"end":{b}}},{{"text":"you","start":{b},"end":{b}}}]}}"#
        )
    };
    check(&words("1.5", "2.0"), Some(60_000), "1500-2000:Hi 2000-2000:you");
    check(&words("1500", "2000"), Some(60_000), "1500-2000:Hi 2000-2000:you");
    check(&words("15", "20"), Some(60_000), "15000-20000:Hi 20000-20000:you");
    check(&words("15000", "20000"), None, "15000-20000:Hi 20000-20000:you");
}

#[test]
fn an_envelope_around_the_transcript_is_opened() {
    let json = r#"{"data":{"answer":{"transcription":{"words":[{"text":"Hi","start":1.0,"end":2.0}]}}}}"#;
    check(json, None, "1000-2000:Hi");
}

#[test]
fn text_alone_has_no_times() {
    check(r#"{"transcript":"Hi you.\n\nBye."}"#, None, "0-0:Hi 0-0:you. | 0-0:Bye.");
}

//! Captions and plain text, good and damaged; the properties that hold for any file; the corpus where it is present.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{Reading, read};
use crate::transcript::{Timing, Transcript};

/// Words as `start-end:text`, cues separated by ` | `, a speaker in brackets.
pub(super) fn shown(transcript: &Transcript) -> String {
    let mut out = String::new();
    for (i, word) in transcript.words.iter().enumerate() {
        let is_first = i == 0 || transcript.words[i - 1].cue != word.cue;
        if is_first && i > 0 {
            out.push_str(" |");
        }
        let speaker = transcript.cues[word.cue].speaker.as_ref().filter(|_| is_first);
        if let Some(speaker) = speaker {
            out.push_str(&format!(" [{speaker}]"));
        }
        out.push_str(&format!(" {}-{}:{}", word.span.start.0, word.span.end.0, word.text));
    }
    out.trim_start().to_owned()
}

pub(super) fn reading(text: &str, file: &str, media: Option<u32>) -> Reading {
    read(text.as_bytes(), file, media).unwrap_or_else(|problem| panic!("{file}: {}", problem.reason))
}

fn said(reading: &Reading) -> Vec<String> {
    reading.warnings.iter().map(|problem| format!("{}: {}", problem.place, problem.reason)).collect()
}

fn check(text: &str, file: &str, expected: &str) {
    let reading = reading(text, file, None);
    assert_eq!(shown(&reading.transcript), expected, "{text}");
    assert_eq!(said(&reading), [""; 0], "{text}");
}

fn check_warned(text: &str, file: &str, expected: &str, warnings: &[&str]) {
    let reading = reading(text, file, None);
    assert_eq!(shown(&reading.transcript), expected, "{text}");
    assert_eq!(said(&reading), warnings, "{text}");
}

fn refused(bytes: &[u8], file: &str) -> String {
    let problem = read(bytes, file, None).map(|reading| shown(&reading.transcript)).expect_err("it is refused");
    assert!(!problem.remedy.is_empty() && problem.file.as_str() == file);
    format!("{}: {}", problem.place, problem.reason)
}

#[test]
fn webvtt_spreads_the_words_of_a_caption_by_their_length() {
    let text = "WEBVTT\n\n1\n00:01.000 --> 00:02.000 line:0 align:end\n<v Ann>Hi there</v>\n\n00:03.000 --> 00:04.000\nYes\n";
    check(text, "q1.vtt", "[Ann] 1000-1333:Hi 1333-2000:there | 3000-4000:Yes");
    assert_eq!(reading(text, "q1.vtt", None).transcript.timing, Timing::Cues);
}

#[test]
fn webvtt_with_word_times_is_followed_word_by_word() {
    let text = "WEBVTT\n\n00:01.000 --> 00:03.000\nOne <00:01.500>two <00:02.000>three\n";
    check(text, "q1.vtt", "1000-1500:One 1500-2000:two 2000-3000:three");
    assert_eq!(reading(text, "q1.vtt", None).transcript.timing, Timing::Words);
}

#[test]
fn comments_styles_regions_and_names_of_captions_are_not_said() {
    let text = "\u{feff}WEBVTT - a title\nKind: captions\nLanguage: sv\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n\
                NOTE\nnot said\nnot said either\n\nfirst\n00:01.000 --> 00:02.000\nTe\n\nNOTE end";
    check(text, "q1.vtt", "1000-2000:Te");
    assert_eq!(reading(text, "q1.vtt", None).transcript.language.map(|language| language.to_string()), Some("sv".into()));
}

#[test]
fn srt_is_read_as_it_is_found() {
    check("1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<i>Hello</i>\r\n\r\n", "a.srt", "1000-2000:Hello");
    check("\u{feff}00:00:01,000 --> 00:00:02,000\nNo number\n", "a.srt", "1000-1300:No 1300-2000:number");
    check("1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000\nB\n", "a.srt", "1000-2000:A | 3000-4000:B");
    check("0:00:01.000,0:00:02.000\nYouTube's own\n", "a.sbv", "1000-1692:YouTube's 1692-2000:own");
    check("1\n00:00:01,000 --> 00:00:02,000\n42\n\n", "a.srt", "1000-2000:42");
}

#[test]
fn rolling_captions_say_each_line_once() {
    let settings = "align:start position:0%";
    let text = format!(
        "WEBVTT\n\n00:01.000 --> 00:02.000 {settings}\nyeah\n\n00:02.000 --> 00:04.000 {settings}\nyeah\n<c>what</c>\n\
         00:04.000 --> 00:05.000 {settings}\nwhat\n \n"
    );
    check(&text, "y.vtt", "1000-2000:yeah | 2000-4000:what");
    check("WEBVTT\n\n00:01.000 --> 00:02.000\nyeah\n\n00:02.000 --> 00:03.000\nyeah\n", "n.vtt", "1000-2000:yeah | 2000-3000:yeah");
}

#[test]
fn captions_that_overlap_or_share_their_time_stay_in_order() {
    check("WEBVTT\n\n00:00.000 --> 00:20.000\nA\n\n00:02.500 --> 00:22.500\nB\n", "o.vtt", "0-2500:A | 2500-22500:B");
    check("WEBVTT\n\n00:01.000 --> 00:03.000\nA\n\n00:01.000 --> 00:03.000\nB\n", "o.vtt", "1000-2000:A | 2000-3000:B");
}

#[test]
fn captions_out_of_order_are_sorted_and_said() {
    check_warned(
        "1\n00:00:05,000 --> 00:00:06,000\nB\n\n2\n00:00:01,000 --> 00:00:02,000\nA\n",
        "o.srt",
        "1000-2000:A | 5000-6000:B",
        &["at 0:01: the file is not in the order of time; it was sorted"],
    );
}

#[test]
fn words_without_readable_times_are_kept_between_their_neighbours() {
    check_warned(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nA\n\n00:02.000 --> 00:0x.000\nB\n\n00:03.000 --> 00:04.000\nC\n",
        "x.vtt",
        "1000-2000:A | 2000-3000:B | 3000-4000:C",
        &["line 6: this line's times cannot be read; its words were placed between their neighbours"],
    );
    check_warned(
        "1\n00:00:01,000 --> 00:00:03,000\nA\n\n2\nB\n",
        "x.srt",
        "1000-2000:A 2000-3000:B",
        &["line 5: this text has no times of its own; it was added to the caption before it"],
    );
}

#[test]
fn times_beyond_the_recording_are_not_followed() {
    let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nA\n\n09:00.000 --> 09:02.000\nB\n";
    let reading = reading(text, "b.vtt", Some(4000));
    assert_eq!(shown(&reading.transcript), "1000-2000:A | 2000-3500:B");
    assert_eq!(said(&reading), ["at 9:00 and 1 more: times lie beyond the recording, which ends at 0:04; they are not followed"]);
}

#[test]
fn a_clock_that_differs_a_little_is_no_fault() {
    let reading = reading("WEBVTT\n\n00:01.000 --> 00:04.300\nA\n", "b.vtt", Some(4000));
    assert_eq!((shown(&reading.transcript).as_str(), reading.warnings.len()), ("1000-4000:A", 0));
}

#[test]
fn one_wild_time_moves_one_word() {
    let words = [(1.0, "a"), (50.0, "b"), (1.6, "c"), (2.0, "d")].map(|(at, text)| serde_json::json!({"word": text, "start": at}));
    let reading = reading(&serde_json::json!({ "words": words }).to_string(), "w.json", Some(60_000));
    assert_eq!(shown(&reading.transcript), "1000-1300:a 1300-1600:b 1600-2000:c 2000-3500:d");
    assert_eq!(said(&reading), ["word 2 at 0:50: words whose times run backwards were placed between their neighbours"]);
}

#[test]
fn a_file_made_to_be_slow_is_read_in_one_go_or_refused() {
    let brackets = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{}", "<&{\\".repeat(100_000));
    assert_eq!(reading(&brackets, "slow.vtt", None).transcript.words.len(), 1);
    assert_eq!(refused("a ".repeat(8 << 20).as_bytes(), "long.srt"), "the file: the transcript has more than 500000 words");
}

#[test]
fn plain_text_has_words_and_no_times() {
    let reading = reading("First part.\nStill it.\n\nSecond part.", "a.txt", Some(9000));
    assert_eq!(reading.transcript.timing, Timing::None);
    assert_eq!(shown(&reading.transcript), "0-0:First 0-0:part. 0-0:Still 0-0:it. | 0-0:Second 0-0:part.");
    check("[sighs] I do not know", "a.txt", "0-0:[sighs] 0-0:I 0-0:do 0-0:not 0-0:know");
}

#[test]
fn the_content_decides_and_the_name_only_hints() {
    check("WEBVTT\n\n00:01.000 --> 00:02.000\nA\n", "wrong.json.srt", "1000-2000:A");
    check("{\"words\":[{\"text\":\"A\",\"start\":1.0,\"end\":2.0}]}", "wrong.srt", "1000-2000:A");
    check_warned("00:01.000 --> 00:02.000\nA\n", "nohead.vtt", "1000-2000:A", &["line 1: the file does not begin with WEBVTT"]);
}

#[test]
fn what_is_no_transcript_is_refused_with_its_reason() {
    assert_eq!(refused(b"", "a.vtt"), "the file: the file is empty");
    assert_eq!(refused(b"some text", "a.srt"), "the file: no line says when something was said");
    assert_eq!(refused(b"<?xml version=\"1.0\"?><tt/>", "a.ttml"), "line 1: the file is XML or HTML, which is not read");
    assert_eq!(
        refused(b"{\"segments\": [{\"text\": \"cut", "a.json"),
        "line 1, column 27: not valid JSON: EOF while parsing a string"
    );
    assert_eq!(refused(b"{\"answer\": 42}", "a.json"), "the file: no words or segments were found in the JSON");
    let long = vec![b'a'; (16 << 20) + 1];
    assert_eq!(refused(&long, "a.txt"), "the file: the file has 16777217 bytes, and a transcript has at most 16777216");
    assert_eq!(refused("a ".repeat(500_001).as_bytes(), "a.txt"), "the file: the transcript has more than 500000 words");
    let deep = "[".repeat(100_000);
    assert!(refused(format!("{{\"words\":{deep}").as_bytes(), "a.json").contains("recursion limit"), "deep JSON");
}

#[test]
fn a_transcript_in_which_nobody_spoke_is_one() {
    check_warned("WEBVTT\n", "a.vtt", "", &["the file: nothing was said in it"]);
    check_warned("{\"text\": \"\", \"segments\": []}", "a.json", "", &["the file: nothing was said in it"]);
}

#[test]
fn escapes_in_a_transcript_cannot_reach_a_terminal() {
    let reading = reading("WEBVTT\n\n00:01.000 --> 00:02.000\n<v \u{1b}[2J>a\u{1b}]52;c;x\u{7}b\n", "e.vtt", None);
    assert!(!shown(&reading.transcript).contains('\u{1b}'));
}

/// Times never run backwards, ends never lie before starts, cues are those of their words, nothing lies beyond the recording.
fn sound(transcript: &Transcript, media: Option<u32>) -> Result<(), String> {
    let mut before = (0, 0);
    for (i, word) in transcript.words.iter().enumerate() {
        let (start, end) = (word.span.start.0, word.span.end.0);
        if start < before.0 || end < start || before.1 > start || media.is_some_and(|media| end > media) {
            return Err(format!("word {i} from {start} to {end} after {before:?}"));
        }
        if transcript.cues.get(word.cue).is_none() || i > 0 && word.cue < transcript.words[i - 1].cue {
            return Err(format!("word {i} in cue {}", word.cue));
        }
        before = (start, end);
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_run_backwards(bytes in prop::collection::vec(any::<u8>(), 0..300), name in "a\\.(vtt|srt|json|txt)") {
        if let Ok(reading) = read(&bytes, &name, Some(5000)) {
            prop_assert_eq!(sound(&reading.transcript, Some(5000)), Ok(()));
        }
    }

    #[test]
    fn captions_of_any_times_run_forwards(
        cues in prop::collection::vec((0..9000_u32, 0..9000_u32, "[a-z ]{0,20}(<00:0[0-9].[0-9]00>[a-z]{0,4}){0,3}"), 0..12),
        media in prop::option::of(1..9000_u32),
    ) {
        let time = |ms: u32| format!("00:{:02}.{:03}", ms / 1000, ms % 1000);
        let body: String = cues.iter().map(|(a, b, text)| format!("{} --> {}\n{text}\n\n", time(*a), time(*b))).collect();
        let reading = read(format!("WEBVTT\n\n{body}").as_bytes(), "p.vtt", media).expect("WebVTT is never refused");
        prop_assert_eq!(sound(&reading.transcript, media), Ok(()));
        let words: usize = cues.iter().map(|(_, _, text)| super::markup::plain(text).split_whitespace().count()).sum();
        prop_assert_eq!(reading.transcript.words.len(), words);
    }

    #[test]
    fn engines_of_any_times_run_forwards(
        words in prop::collection::vec((prop::option::of(-1.0..9e4_f64), prop::option::of(-1.0..9e4_f64), "[a-z]{1,6}"), 1..40),
        media in prop::option::of(1..90_000_u32),
    ) {
        let list: Vec<_> = words.iter().map(|(a, b, text)| serde_json::json!({"word": text, "start": a, "end": b})).collect();
        let text = serde_json::json!({ "words": list }).to_string();
        let reading = read(text.as_bytes(), "p.json", media).expect("a list of words is read");
        prop_assert_eq!(sound(&reading.transcript, media), Ok(()));
        prop_assert_eq!(reading.transcript.words.len(), words.len());
    }
}

/// Every transcript of the test corpus, where the checkout has it beside it.
#[test]
#[expect(clippy::print_stderr, reason = "a test that tests nothing says so")]
fn the_corpus_is_read_and_what_is_invalid_is_refused_or_said() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let files: Vec<PathBuf> = ["transcripts", "batch/answers"].iter().flat_map(|folder| files_in(&corpus.join(folder))).collect();
    if files.is_empty() {
        eprintln!("skipped: {} is absent", corpus.display());
        return;
    }
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let bytes = std::fs::read(&path).expect("a file of the corpus can be read");
        let is_refused = ["empty.vtt", "invalid_format1.srt", "invalid_format2.srt", "invalid_format3.srt", "invalid_format.sbv"];
        match read(&bytes, &name, None) {
            Err(problem) => assert!(is_refused.contains(&name.as_str()), "{name}: {}", problem.reason),
            Ok(reading) => {
                assert!(!is_refused.contains(&name.as_str()), "{name} was read");
                assert_eq!(sound(&reading.transcript, None), Ok(()), "{name}");
                let is_odd = name.starts_with("invalid") && name != "invalid_timeframe_in_cue_text.vtt"
                    || name.starts_with("missing_timeframe")
                    || name == "no_captions.vtt";
                let is_legacy = name == "gb2312.srt";
                assert_eq!(!reading.warnings.is_empty(), is_odd || is_legacy, "{name}: {:?}", said(&reading));
            }
        }
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            found.extend(files_in(&path));
        } else if path
            .extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| ending != "txt" && super::extensions().any(|read| read == ending))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_format_that_is_read_is_named_by_the_bundles_schema_and_by_the_remedy() {
    let schema = crate::interview::bundle::schema().to_value().to_string();
    let told = schema.split("Where the transcript lies").nth(1).expect("the schema says what a transcript is");
    let told = told.split('"').next().unwrap_or_default();
    let refused = read(b"<html><body>said</body></html>", "page.html", None).expect_err("a page is no transcript");
    for format in super::FORMATS {
        assert!(told.contains(format.name), "{told} lacks {}", format.name);
        assert!(refused.remedy.as_str().contains(format.name), "{} lacks {}", refused.remedy, format.name);
    }
}

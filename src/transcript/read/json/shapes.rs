//! Where each engine keeps its cues and words.

use serde_json::Value;

use super::super::raw::{self, Raw, RawCue, RawWord, Unit, join_punctuation};
use super::fields::{self, language, speaker, time, times, word};

/// A pause after which words without any other cut begin a new cue, in seconds.
const CUT_AFTER_S: f64 = 1.5;
/// The most words of a cue that only pauses cut.
const MOST_IN_A_CUE: usize = 40;

fn raw(cues: Vec<RawCue>, value: &Value, unit: Unit) -> Option<Raw> {
    Some(Raw { cues, language: language(value), unit, ..Raw::default() })
}

/// A cue with its own times and speaker, its words if they have times, else its text.
fn segment(value: &Value) -> RawCue {
    let (start, end) = times(value);
    let own = fields::words(value, "words").unwrap_or_default();
    let text = ["text", "transcript", "display", "Display"].iter().find_map(|key| value.get(*key)?.as_str());
    let mut words = if own.is_empty() { raw::words(text.unwrap_or_default()) } else { joined(own) };
    let confidence = confidence_of_all(value);
    words.iter_mut().for_each(|word| word.confidence = word.confidence.or(confidence));
    RawCue { start, end, speaker: speaker(value), words }
}

/// Whisper says how sure it is of a segment as the mean logarithm of what it thought of each token.
fn confidence_of_all(value: &Value) -> Option<f32> {
    let mean = value.get("avg_logprob")?.as_f64().filter(|mean| *mean <= 0.0)?;
    Some(mean.exp() as f32)
}

/// Whisper marks a new word by a space before it; what has none belongs to the word before.
fn joined(words: Vec<RawWord>) -> Vec<RawWord> {
    if !words.iter().any(|word| word.text.starts_with(' ')) {
        return words;
    }
    let mut out: Vec<RawWord> = Vec::with_capacity(words.len());
    for word in words {
        match out.last_mut().filter(|_| !word.text.starts_with(' ')) {
            Some(last) => {
                last.text.push_str(&word.text);
                last.end = word.end.or(last.end);
            }
            None => out.push(word),
        }
    }
    out
}

fn segments_of(list: Option<&Value>) -> Option<Vec<RawCue>> {
    Some(list?.as_array()?.iter().map(segment).collect())
}

/// Words in a row, cut where another person speaks, after a pause, or when a cue gets long.
fn cut(words: impl IntoIterator<Item = (RawWord, Option<String>)>, seconds: f64) -> Vec<RawCue> {
    let mut cues: Vec<RawCue> = Vec::new();
    for (word, speaker) in words {
        let goes_on = cues.last().is_some_and(|cue: &RawCue| {
            let last = cue.words.last();
            let pause = last.and_then(|last| Some(word.start? - last.end?)).unwrap_or(0.0);
            let full = cue.words.len() >= MOST_IN_A_CUE && last.is_some_and(|last| last.text.ends_with(['.', '?', '!']));
            (speaker.is_none() || cue.speaker == speaker) && pause <= CUT_AFTER_S * seconds && !full
        });
        if !goes_on {
            cues.push(RawCue { start: word.start, speaker, ..RawCue::default() });
        }
        if let Some(cue) = cues.last_mut() {
            cue.end = word.end.or(cue.end);
            cue.words.push(word);
        }
    }
    cues
}

fn with_speakers(list: &[Value]) -> Vec<(RawWord, Option<String>)> {
    list.iter().filter_map(|value| Some((word(value)?, speaker(value)))).collect()
}

/// Deepgram: utterances, else the words of the first channel.
pub(super) fn deepgram(value: &Value) -> Option<Raw> {
    let results = value.get("results")?;
    let channels = results.get("channels")?.as_array()?;
    let cues = match segments_of(results.get("utterances")).filter(|cues| !cues.is_empty()) {
        Some(cues) => cues,
        None => {
            let best = channels.first()?.get("alternatives")?.get(0)?;
            match best.get("words").and_then(Value::as_array) {
                Some(words) => cut(with_speakers(words), 1.0),
                None => vec![segment(best)],
            }
        }
    };
    let language = channels.first().and_then(language).or_else(|| language(value));
    Some(Raw { cues, language, unit: Unit::Seconds, ..Raw::default() })
}

/// Amazon Transcribe and Speechmatics: items that are words or punctuation, each with alternatives.
pub(super) fn amazon_and_speechmatics(value: &Value) -> Option<Raw> {
    let results = value.get("results").unwrap_or(value);
    let items = results.get("items").unwrap_or(results).as_array()?;
    if items.iter().any(|item| item.get("type").is_none() || item.get("alternatives").is_none()) {
        return None;
    }
    let mut words: Vec<(RawWord, Option<String>)> = Vec::with_capacity(items.len());
    for item in items {
        let Some(best) = item.get("alternatives").and_then(|alternatives| alternatives.get(0)) else { continue };
        let Some(mut word) = word(best) else { continue };
        let is_punctuation = item.get("type").and_then(Value::as_str) == Some("punctuation");
        match words.last_mut().filter(|_| is_punctuation) {
            Some((last, _)) => last.text.push_str(&word.text),
            None => {
                (word.start, word.end) = times(item);
                words.push((word, speaker(item).or_else(|| speaker(best))));
            }
        }
    }
    let language = language(results).or_else(|| language(value));
    Some(Raw { cues: cut(words, 1.0), language, unit: Unit::Seconds, ..Raw::default() })
}

/// Google: results with alternatives, times such as `1.200s`.
pub(super) fn google(value: &Value) -> Option<Raw> {
    let results = value.get("results")?.as_array()?;
    let mut cues = Vec::new();
    let mut before = Some(0.0);
    for result in results {
        let Some(best) = result.get("alternatives").and_then(|alternatives| alternatives.get(0)) else { continue };
        let mut cue = segment(best);
        cue.speaker = best.get("words").and_then(|words| speaker(words.get(0)?));
        cue.end = ["resultEndTime", "resultEndOffset"].iter().find_map(|key| time(result.get(*key)?)).or(cue.end);
        // A result says only when it ends.
        if cue.words.iter().all(|word| word.start.is_none()) && cue.end.is_some() {
            cue.start = before;
        }
        before = cue.end;
        cues.push(cue);
    }
    let language = results.first().and_then(language);
    Some(Raw { cues, language, unit: Unit::Seconds, ..Raw::default() })
}

/// Azure: phrases whose times count ticks of 100 ns.
pub(super) fn azure(value: &Value) -> Option<Raw> {
    let batch = value.get("recognizedPhrases").and_then(Value::as_array);
    let phrases: Vec<&Value> = match batch {
        Some(phrases) => phrases.iter().collect(),
        None => vec![value.get("NBest").map(|_| value)?],
    };
    let ticks = |value: &Value| {
        let field = |names: [&str; 2]| names.iter().find_map(|name| time(value.get(*name)?));
        let start = field(["offsetInTicks", "Offset"]);
        let length = field(["durationInTicks", "Duration"]);
        (start, start.zip(length).map(|(start, length)| start + length))
    };
    let cue = |phrase: &&Value| {
        let best = phrase.get("nBest").or_else(|| phrase.get("NBest"))?.get(0)?;
        let list = ["displayWords", "words", "Words"].iter().find_map(|key| best.get(*key)?.as_array());
        let timed = |value: &Value| {
            let text = ["displayText", "word", "Word"].iter().find_map(|key| value.get(*key)?.as_str())?;
            let (start, end) = ticks(value);
            Some(RawWord { start, end, ..RawWord::new(text) })
        };
        let mut words: Vec<RawWord> = list.into_iter().flatten().filter_map(timed).collect();
        if words.is_empty() {
            words = segment(best).words;
        }
        let (start, end) = ticks(phrase);
        Some(RawCue { start, end, speaker: speaker(phrase), words })
    };
    raw(phrases.iter().filter_map(cue).collect(), phrases.first()?, Unit::Ticks)
}

/// Rev: monologues of elements.
pub(super) fn rev(value: &Value) -> Option<Raw> {
    let monologues = value.get("monologues")?.as_array()?;
    let cue = |monologue: &Value| {
        let elements = monologue.get("elements")?.as_array()?;
        let mut cue = RawCue { speaker: speaker(monologue), ..RawCue::default() };
        cue.words = elements.iter().filter_map(word).collect();
        join_punctuation(&mut cue);
        Some(cue)
    };
    raw(monologues.iter().filter_map(cue).collect(), value, Unit::Seconds)
}

/// PocketSphinx: `b`egin, `d`uration, `t`ext, and `w`ords with fillers and numbered pronunciations.
pub(super) fn sphinx(value: &Value) -> Option<Raw> {
    let list = value.get("w")?.as_array()?;
    let (start, end) = times(value);
    let is_filler = |text: &str| text.starts_with(['<', '[']) || text.starts_with("++");
    let plain = |mut word: RawWord| {
        if let Some((text, number)) = word.text.strip_suffix(')').and_then(|text| text.rsplit_once('('))
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            word.text = text.to_owned();
        }
        word
    };
    let words = list.iter().filter_map(word).filter(|word| !is_filler(&word.text)).map(plain).collect();
    raw(vec![RawCue { start, end, speaker: None, words }], value, Unit::Seconds)
}

/// Vosk: `result` holds the words of one utterance.
pub(super) fn vosk(value: &Value) -> Option<Raw> {
    let words = fields::words(value, "result")?;
    raw(vec![RawCue { words, ..RawCue::default() }], value, Unit::Seconds)
}

/// AssemblyAI: milliseconds, and the recording's length in seconds beside them.
pub(super) fn assembly(value: &Value) -> Option<Raw> {
    let said_length_s = time(value.get("audio_duration")?);
    let cues = match segments_of(value.get("utterances")).filter(|cues| !cues.is_empty()) {
        Some(cues) => cues,
        None => cut(with_speakers(value.get("words")?.as_array()?), 1000.0),
    };
    Some(Raw { cues, language: language(value), unit: Unit::Unknown, said_length_s, ..Raw::default() })
}

/// Whisper and its kin: segments with text, perhaps with words; words may also stand beside all segments.
pub(super) fn segments(value: &Value) -> Option<Raw> {
    let list = value.get("segments").or(Some(value)).filter(|list| list.is_array());
    let mut cues = segments_of(list)?;
    let is_list_of_words = value.is_array() && cues.iter().all(|cue| cue.words.len() <= 1);
    if is_list_of_words {
        return None;
    }
    let has_word_times = cues.iter().flat_map(|cue| &cue.words).any(|word| word.start.is_some());
    let beside = ["words", "word_segments"].iter().find_map(|key| fields::words(value, key));
    if let (false, Some(words)) = (has_word_times, beside) {
        cues = shared_out(cues, words);
    }
    let unit = Unit::Unknown;
    let said_length_s = value.get("duration").and_then(time);
    Some(Raw { cues, language: language(value), unit, said_length_s, ..Raw::default() })
}

/// Gives words to the segments in whose time they begin. Their own text is often without punctuation: the segment's is taken
/// where it has as many words.
fn shared_out(mut cues: Vec<RawCue>, words: Vec<RawWord>) -> Vec<RawCue> {
    let mut words = words.into_iter().peekable();
    let starts: Vec<Option<f64>> = cues.iter().skip(1).map(|cue| cue.start).chain([None]).collect();
    for (cue, next) in cues.iter_mut().zip(starts) {
        let mut own = Vec::new();
        while let Some(word) = words.next_if(|word| next.is_none_or(|next| word.start.is_none_or(|start| start < next - 0.005))) {
            own.push(word);
        }
        if own.len() == cue.words.len() {
            for (word, text) in own.iter_mut().zip(&cue.words) {
                word.text.clone_from(&text.text);
            }
        }
        if !own.is_empty() {
            let confidence = cue.words.first().and_then(|word| word.confidence);
            own.iter_mut().for_each(|word| word.confidence = word.confidence.or(confidence));
            cue.words = own;
        }
    }
    cues
}

/// aeneas: fragments with lines.
pub(super) fn fragments(value: &Value) -> Option<Raw> {
    let list = value.get("fragments")?.as_array()?;
    let cue = |item: &Value| {
        let (start, end) = times(item);
        let lines = item.get("lines")?.as_array()?.iter().filter_map(Value::as_str);
        let words = lines.flat_map(raw::words).collect();
        Some(RawCue { start, end, speaker: None, words })
    };
    let language = list.first().and_then(language);
    Some(Raw { cues: list.iter().filter_map(cue).collect(), language, unit: Unit::Seconds, ..Raw::default() })
}

/// A list of words, alone or under `words`, as platforms hand them on. Seconds or milliseconds.
pub(super) fn words(value: &Value) -> Option<Raw> {
    let list = value.get("words").unwrap_or(value).as_array()?;
    let words = with_speakers(list);
    // The unit is not known yet, so pauses cut nothing here: speakers and sentences do.
    let cues = cut(joined_pairs(words), f64::INFINITY);
    Some(Raw {
        cues,
        language: language(value),
        unit: Unit::Unknown,
        said_length_s: value.get("duration").and_then(time),
        ..Raw::default()
    })
}

fn joined_pairs(words: Vec<(RawWord, Option<String>)>) -> Vec<(RawWord, Option<String>)> {
    if words.iter().any(|(_, speaker)| speaker.is_some()) {
        return words;
    }
    joined(words.into_iter().map(|(word, _)| word).collect()).into_iter().map(|word| (word, None)).collect()
}

/// Only a text.
pub(super) fn text(value: &Value) -> Option<Raw> {
    let text = ["text", "transcript"].iter().find_map(|key| value.get(*key)?.as_str())?;
    let cues = text.split("\n\n").map(|paragraph| RawCue { words: raw::words(paragraph), ..RawCue::default() });
    raw(cues.collect(), value, Unit::Seconds)
}

//! What is known of a recording, and what a reviewer should know before judging the person by it.

use serde::{Deserialize, Serialize};

use super::Amount;
use crate::interview::{Moment, Span, Spans};
use crate::sound::{Prepared, speech};
use crate::text::SafeText;
use crate::transcript::Transcript;

/// Speech quieter than this is hard to hear, in dB of full scale.
const FAINT_DB: f32 = -45.0;
/// Speech this little over the noise is hard to follow, in dB.
const NOISY_DB: f32 = 12.0;
/// A recording that is cut off for more than this share of its speech sounds broken.
const CLIPPED: f64 = 0.002;
/// Nobody speaks for so long, in ms.
const DEAD_MS: u32 = 10_000;
/// An answer that ends so close to its limit, in ms, was probably cut by it.
const AT_LIMIT_MS: u32 = 1_500;

/// Facts about a recording.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// Its length, in ms.
    pub length_ms: u32,
    /// Of that, speech: what is left without pauses and without silence at both ends.
    pub speech_ms: u32,
    /// Pauses between speech of at least 0.45 s, from the last sound before to the first after.
    pub pauses: usize,
    /// The longest of them, in ms.
    pub longest_pause_ms: u32,
    /// All of them together, in ms.
    pub paused_ms: u32,
    /// How loud speech is, in dB of full scale; none where nobody speaks.
    pub speech_db: Option<f32>,
    /// How loud it is where nobody speaks, in dB of full scale; none where somebody always does.
    pub noise_db: Option<f32>,
    /// Of its speech, so much was recorded too loud and is cut off, in ms.
    pub clipped_ms: u32,
    /// Words a minute of speech, pauses left out; none without a transcript or without speech, for one that an engine made or that
    /// cannot have been said in it, and for writing without spaces.
    pub words_a_minute: Option<f64>,
    /// The same in characters, for writing that has no spaces between words.
    #[serde(default)]
    pub characters_a_minute: Option<f64>,
    /// The share of the time allowed that was used; none where there is no limit.
    pub of_limit: Option<f64>,
    /// Speech over noise, in dB.
    pub over_noise_db: Option<f32>,
    /// What to know before judging.
    pub warnings: Vec<Warning>,
}

/// Something about a recording that is no fault of the person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "warning")]
pub enum Warning {
    /// Nobody speaks at all.
    NoSpeech,
    /// Speech is very quiet.
    Faint {
        /// Its level, in dB of full scale.
        speech_db: f32,
    },
    /// Speech is little louder than what is around.
    Noisy {
        /// By so much, in dB.
        over_noise_db: f32,
    },
    /// It was recorded too loud.
    Clipped {
        /// For so long, in ms.
        clipped_ms: u32,
    },
    /// Nobody speaks for long.
    DeadAir {
        /// Where.
        spans: Spans,
    },
    /// Somebody else seems to speak.
    OtherVoice {
        /// Where.
        spans: Spans,
    },
    /// Sound of it is missing: its file is cut off or damaged.
    Truncated,
    /// It ends where the time was over.
    AtLimit,
    /// Its transcript has not a word, and somebody speaks.
    EmptyTranscript {
        /// For so long, in ms.
        speech_ms: u32,
    },
    /// Nobody can have said so much in it: its transcript may be another recording's, or invented.
    MoreThanSaid {
        /// How much, as people read it.
        amount: SafeText,
    },
}

impl Warning {
    /// What a reviewer reads.
    pub fn words(&self) -> String {
        let places = |spans: &Spans| {
            let at = |span: &Span| format!("{} to {}", span.start, span.end);
            spans.iter().map(at).collect::<Vec<_>>().join(", ")
        };
        match self {
            Warning::NoSpeech => "no speech was found in it".to_owned(),
            Warning::Faint { speech_db } => format!("very quiet ({speech_db:.0} dB): the microphone, not the person"),
            Warning::Noisy { over_noise_db } => format!("noise: speech is only {over_noise_db:.0} dB louder than what is around"),
            Warning::Clipped { clipped_ms } => format!("recorded too loud: {:.1} s are cut off", f64::from(*clipped_ms) / 1000.0),
            Warning::DeadAir { spans } => format!("nobody speaks from {}", places(spans)),
            Warning::OtherVoice { spans } => format!("perhaps another voice from {}", places(spans)),
            Warning::Truncated => "part of the recording is missing or damaged".to_owned(),
            Warning::AtLimit => "it ends where the time was over".to_owned(),
            Warning::EmptyTranscript { speech_ms } => {
                let seconds = f64::from(*speech_ms) / 1000.0;
                format!("its transcript has no word, and there are {seconds:.1} s of speech")
            }
            Warning::MoreThanSaid { amount } => format!("its transcript has {amount}, more than can be said in it"),
        }
    }
}

impl Recorded {
    /// The facts in words, a line each; what to know before judging comes last.
    pub fn in_words(&self) -> Vec<String> {
        let seconds = |ms: u32| format!("{:.1} s", f64::from(ms) / 1000.0);
        let mut lines = vec![format!("{} long, {} of it speech.", seconds(self.length_ms), seconds(self.speech_ms))];
        lines.push(match self.pauses {
            0 => "No pause of half a second or more.".to_owned(),
            1 => format!("One pause, of {}.", seconds(self.longest_pause_ms)),
            many => format!("{many} pauses, {} together, the longest {}.", seconds(self.paused_ms), seconds(self.longest_pause_ms)),
        });
        lines.extend(self.words_a_minute.map(|rate| format!("{rate:.0} words a minute of speech.")));
        lines.extend(self.characters_a_minute.map(|rate| format!("{rate:.0} characters a minute of speech.")));
        lines.extend(self.speech_db.map(|level| match self.over_noise_db {
            Some(over) => format!("Speech at {level:.0} dB of full scale, {over:.0} dB louder than what is around."),
            None => format!("Speech at {level:.0} dB of full scale."),
        }));
        lines.extend((self.clipped_ms > 0).then(|| format!("{} recorded too loud and cut off.", seconds(self.clipped_ms))));
        lines.extend(self.of_limit.map(|share| format!("{:.0}% of the time that was given.", 100.0 * share)));
        lines.extend(self.before_judging());
        lines
    }

    /// What to know before judging, in one line; none where there is nothing.
    pub fn before_judging(&self) -> Option<String> {
        let all: Vec<String> = self.warnings.iter().map(Warning::words).collect();
        (!all.is_empty()).then(|| format!("To know before judging: {}.", all.join("; ")))
    }

    /// Facts about a prepared recording. `said` is its transcript, `limit` the seconds that an answer might take.
    pub fn of(prepared: &Prepared, said: Option<&Transcript>, limit: Option<u32>) -> Self {
        let silences = silences(prepared);
        let speech_ms = if prepared.speech.is_empty() { 0 } else { prepared.length_ms.saturating_sub(silences.length()) };
        let inner = silences.iter().filter(|span| span.start > Moment::START && span.end.0 < prepared.length_ms);
        let over_noise_db = prepared.quality.speech_db.zip(prepared.quality.noise_db).map(|(speech, noise)| speech - noise);
        let minutes = f64::from(speech_ms) / 60_000.0;
        let amount = said.map(Amount::of);
        let beyond = amount.filter(|amount| amount.is_beyond(prepared));
        // How fast somebody speaks is not told by what an engine made of it.
        let told = amount.filter(|amount| {
            speech_ms > 0 && !amount.misses(prepared) && beyond.is_none() && said.is_some_and(|said| said.automatic.is_none())
        });
        let mut warnings = warnings(prepared, over_noise_db, limit);
        let misses = amount.is_some_and(|amount| amount.misses(prepared));
        warnings.extend(misses.then_some(Warning::EmptyTranscript { speech_ms }));
        warnings.extend(beyond.map(|amount| Warning::MoreThanSaid { amount: SafeText::line(&amount.in_words()) }));
        Recorded {
            length_ms: prepared.length_ms,
            speech_ms,
            pauses: inner.clone().count(),
            longest_pause_ms: inner.clone().map(Span::length).max().unwrap_or(0),
            paused_ms: inner.map(Span::length).sum(),
            speech_db: prepared.quality.speech_db,
            noise_db: prepared.quality.noise_db,
            clipped_ms: prepared.quality.clipped_ms,
            words_a_minute: told.filter(|told| told.characters.is_none()).map(|told| told.words as f64 / minutes),
            characters_a_minute: told.and_then(|told| told.characters).map(|characters| characters as f64 / minutes),
            of_limit: limit.filter(|limit| *limit > 0).map(|limit| f64::from(prepared.length_ms) / f64::from(limit) / 1000.0),
            over_noise_db,
            warnings,
        }
    }
}

/// Where nobody speaks, as long as it is; playing leaves a little of it to the speech around it.
fn silences(prepared: &Prepared) -> Spans {
    speech::unpadded(&prepared.silences, Moment(prepared.length_ms))
}

fn warnings(prepared: &Prepared, over_noise_db: Option<f32>, limit: Option<u32>) -> Vec<Warning> {
    let quality = &prepared.quality;
    let (speech_ms, loses) = (prepared.speech.length(), prepared.truncated.is_some_and(|how| how.loses()));
    if speech_ms == 0 {
        let truncated = loses.then_some(Warning::Truncated);
        return [Warning::NoSpeech].into_iter().chain(truncated).collect();
    }
    let mut warnings = Vec::new();
    if let Some(speech_db) = quality.speech_db.filter(|level| *level < FAINT_DB) {
        warnings.push(Warning::Faint { speech_db });
    }
    if let Some(over_noise_db) = over_noise_db.filter(|over| *over < NOISY_DB) {
        warnings.push(Warning::Noisy { over_noise_db });
    }
    if f64::from(quality.clipped_ms) > CLIPPED * f64::from(speech_ms) {
        warnings.push(Warning::Clipped { clipped_ms: quality.clipped_ms });
    }
    let dead: Spans = silences(prepared).iter().filter(|span| span.length() >= DEAD_MS).copied().collect();
    if !dead.is_empty() {
        warnings.push(Warning::DeadAir { spans: dead });
    }
    if !quality.other_voice.is_empty() {
        warnings.push(Warning::OtherVoice { spans: quality.other_voice.clone() });
    }
    if loses {
        warnings.push(Warning::Truncated);
    } else if limit.is_some_and(|limit| prepared.length_ms.saturating_add(AT_LIMIT_MS) >= limit.saturating_mul(1_000)) {
        warnings.push(Warning::AtLimit);
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorer::said::testing::spoken;
    use crate::sound::{Downmix, Quality, speech};

    fn span(from: u32, to: u32) -> Span {
        Span { start: Moment(from), end: Moment(to) }
    }

    fn prepared(quality: Quality) -> Prepared {
        let speech: Spans = [span(1_000, 20_000), span(32_000, 60_000)].into_iter().collect();
        Prepared {
            step: crate::sound::prepare::STEP,
            samples: 61_000 * 48,
            length_ms: 61_000,
            gain_db: 0.0,
            downmix: Downmix::even(1),
            silences: speech::silences(&speech, 61_000 * 48),
            speech,
            peaks: Vec::new(),
            truncated: None,
            quality,
        }
    }

    #[test]
    fn facts_count_pauses_between_speech_and_the_rate_without_them() {
        let good = Quality { speech_db: Some(-20.0), noise_db: Some(-60.0), ..Quality::default() };
        let facts = Recorded::of(&prepared(good.clone()), Some(&spoken(&"so ".repeat(93))), Some(120));
        // A tenth of a second before speech and 0.15 s after it were given to it for playing.
        assert_eq!((facts.speech_ms, facts.pauses, facts.longest_pause_ms), (46_500, 1, 12_250));
        assert_eq!((facts.words_a_minute, facts.paused_ms), (Some(120.0), 12_250));
        let unspaced = Recorded::of(&prepared(good), Some(&spoken(&"私は電話した".repeat(31))), None);
        assert_eq!((unspaced.words_a_minute, unspaced.characters_a_minute), (None, Some(240.0)));
        assert_eq!(facts.warnings, [Warning::DeadAir { spans: [span(19_850, 32_100)].into_iter().collect() }]);
        // It is the pause that Review shows.
        let shown = speech::pauses(&prepared(Quality::default()).speech, Moment(61_000));
        assert!(shown.iter().any(|pause| pause.span.length() == facts.longest_pause_ms), "{shown:?}");
    }

    #[test]
    fn a_bad_microphone_is_said_to_be_one() {
        let bad = Quality { clipped_ms: 400, speech_db: Some(-50.0), noise_db: Some(-55.0), ..Quality::default() };
        let facts = Recorded::of(&prepared(bad), None, Some(62));
        let said: Vec<String> = facts.warnings.iter().map(Warning::words).collect();
        for expected in
            ["very quiet", "only 5 dB louder", "0.4 s are cut off", "nobody speaks from 0:19 to 0:32", "the time was over"]
        {
            assert!(said.iter().any(|said| said.contains(expected)), "{expected}: {said:?}");
        }
        assert_eq!(facts.words_a_minute, None);
    }

    #[test]
    fn an_answer_without_speech_says_only_that() {
        let silent = Prepared { speech: Spans::default(), ..prepared(Quality::default()) };
        assert_eq!(Recorded::of(&silent, Some(&Transcript::default()), None).warnings, [Warning::NoSpeech]);
    }

    #[test]
    fn a_transcript_that_cannot_have_been_said_in_it_is_no_measure_of_speed_and_a_warning() {
        let silent = Prepared { speech: Spans::default(), ..prepared(Quality::default()) };
        let cough: Spans = [span(1_000, 1_400)].into_iter().collect();
        for (prepared, words, is_beyond) in [
            (&prepared(Quality::default()), 900, false),
            (&prepared(Quality::default()), 1_000, true),
            (&silent, 1, true),
            (&Prepared { speech: cough.clone(), ..prepared(Quality::default()) }, 3, false),
            (&Prepared { speech: cough, ..prepared(Quality::default()) }, 30, true),
        ] {
            let facts = Recorded::of(prepared, Some(&spoken(&"so ".repeat(words))), None);
            let warned = facts.warnings.iter().any(|one| one.words().contains("more than can be said in it"));
            assert_eq!((warned, facts.words_a_minute.is_none()), (is_beyond, is_beyond), "{words}: {facts:?}");
        }
    }
}

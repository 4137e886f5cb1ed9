//! Generated answers: words drawn by Zipf's law from a made-up vocabulary with the commonest English words in front, inflected,
//! with sentences, punctuation and times; and here and there a word that is looked for.

use earmark::interview::{Moment, Span};
use earmark::text::SafeText;
use earmark::transcript::{Cue, Timing, Transcript, Word};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

const COMMON: &str = "the and to of a I in we was that it is for you my with this on have be so not at they what had as but were \
    are from which because then me do there our when would about one or if who could just them all time team an up out people \
    work first by said did been then how he she their more after also like really working think know go some problem into over \
    customer project thing way make your him her day no day question take data only next back want get before system other \
    should responsible still through asked new always help told than week found guess test while something two every";

/// Words and phrases that people say, each with how many words there are for one of it.
const SOUGHT: &[(&str, u32)] = &[
    ("idempotent", 1_000_000),
    ("deadline", 800),
    ("Kubernetes pipeline", 4_000),
    ("ruled out", 20_000),
    ("deployed", 1_500),
    ("my guess was", 30_000),
    ("we were responsible for", 10_000),
];

const ONSETS: &[&str] =
    &["b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v", "w"];
const NUCLEI: &[&str] = &["a", "e", "i", "o", "u", "ea", "ou", "ai"];
const CODAS: &[&str] = &["", "n", "r", "l", "s", "ck", "t", "nd", "m"];
const ENDINGS: &[&str] = &["", "", "", "", "", "s", "s", "ed", "ing", "er", "ly"];
const LEMMAS: usize = 40_000;

/// Someone who says a great deal.
pub(crate) struct Speaker {
    random: ChaCha8Rng,
    lemmas: Vec<String>,
    /// The share of all words up to each rank.
    shares: Vec<f64>,
}

impl Speaker {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut lemmas: Vec<String> = COMMON.split_whitespace().map(str::to_owned).collect();
        let mut pick = |from: &[&'static str]| from[random.next_u32() as usize % from.len()];
        while lemmas.len() < LEMMAS {
            let syllables = 2 + lemmas.len() % 2;
            lemmas.push((0..syllables).map(|_| [pick(ONSETS), pick(NUCLEI), pick(CODAS)].concat()).collect());
        }
        let mut sum = 0.0;
        let shares = (1..=LEMMAS).map(|rank| {
            sum += 1.0 / (rank as f64 + 2.7);
            sum
        });
        let shares: Vec<f64> = shares.collect();
        let shares = shares.iter().map(|share| share / sum).collect();
        Speaker { random, lemmas, shares }
    }

    fn below(&mut self, most: u32) -> u32 {
        self.random.next_u32() % most
    }

    fn word(&mut self) -> String {
        for (word, one_in) in SOUGHT {
            if self.below(*one_in) == 0 {
                return (*word).to_owned();
            }
        }
        let at = f64::from(self.random.next_u32()) / f64::from(u32::MAX);
        let lemma = self.shares.partition_point(|share| *share < at).min(LEMMAS - 1);
        let ending = if lemma < 140 { "" } else { ENDINGS[self.below(ENDINGS.len() as u32) as usize] };
        format!("{}{ending}", self.lemmas[lemma])
    }

    /// An answer of so many words, in sentences, at 150 words a minute.
    pub(crate) fn answer(&mut self, count: usize) -> Transcript {
        let (mut words, mut at, mut left) = (Vec::with_capacity(count), 0, 0);
        while words.len() < count {
            let starts = left == 0;
            if starts {
                left = 6 + self.below(14);
            }
            left -= 1;
            for part in self.word().split(' ') {
                let mut text = part.to_owned();
                if starts {
                    text[..1].make_ascii_uppercase();
                }
                text.push_str(match (left, self.below(14)) {
                    (0, _) => ".",
                    (_, 0) => ",",
                    _ => "",
                });
                let end = at + 200 + self.below(300);
                let span = Span { start: Moment(at), end: Moment(end) };
                words.push(Word { span, text: SafeText::line(&text), confidence: None, cue: 0 });
                at = end + self.below(100);
            }
        }
        let cues = vec![Cue { span: Span { start: Moment::START, end: Moment(at) }, speaker: None }];
        Transcript { words, cues, timing: Timing::Words, language: None, automatic: None }
    }
}

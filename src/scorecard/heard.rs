//! How much of an answer was heard, and how much was read.

use std::collections::{BTreeMap, HashMap};

use crate::interview::{AnswerId, Moment, Revision, Span, Spans};

/// What one reviewer heard, or read, of one answer; a new recording starts from nothing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Heard {
    by_revision: BTreeMap<Option<Revision>, Spans>,
}

impl Heard {
    /// Adds stretches of one recording; twice counts once.
    pub fn add(&mut self, revision: Option<Revision>, spans: &Spans) {
        self.by_revision.entry(revision).or_default().add_all(spans);
    }

    /// The stretches of this recording.
    pub fn of(&self, revision: Option<Revision>) -> Option<&Spans> {
        self.by_revision.get(&revision)
    }
}

/// What there is to hear or to read in an answer.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Material {
    /// A recording.
    Sound {
        /// Its measured length in milliseconds.
        length: u32,
        /// Where someone speaks; none while it is not prepared: all of it then counts as speech.
        speech: Option<Spans>,
    },
    /// A written answer. Its spans count characters, not milliseconds.
    Text {
        /// Its length in characters (Unicode scalar values).
        characters: u32,
    },
    /// A file to open: nothing to hear.
    Nothing,
    /// Not known yet: not fetched, not measured.
    #[default]
    Unknown,
}

/// What there is to hear in each answer; an answer that is not in it is [`Material::Unknown`].
pub type Materials = HashMap<AnswerId, Material>;

impl Material {
    /// All that counts: the speech of a recording, the whole of a text.
    pub fn present(&self) -> Option<Spans> {
        match self {
            Material::Sound { speech: Some(speech), .. } => Some(speech.clone()),
            Material::Sound { length, speech: None } => Some(whole(*length)),
            Material::Text { characters } => Some(whole(*characters)),
            Material::Nothing => Some(Spans::default()),
            Material::Unknown => None,
        }
    }
}

fn whole(length: u32) -> Spans {
    [Span { start: Moment::START, end: Moment(length) }].into_iter().collect()
}

/// A share from 0 to 1 in whole percent, rounded down: what is shown as the share that is asked has reached it.
pub fn percent(share: f64) -> u32 {
    // The smallest part keeps 0.29, which no binary fraction is, from being shown as 28.
    (share * 100.0 + 1e-7).floor() as u32
}

/// How much of what counts was heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeardShare {
    /// So much of so much, in milliseconds of speech, or in characters of a written answer.
    Of {
        /// Heard (or, of a text, read).
        heard: u32,
        /// There to be heard; above 0.
        present: u32,
    },
    /// No speech: it leaves the denominator.
    NothingToHear,
    /// Nobody has measured the answer yet.
    Unknown,
}

impl HeardShare {
    /// How much of `present` lies in `heard`.
    pub fn between(heard: Option<&Spans>, material: &Material) -> Self {
        // Measured speech is looked at where it lies: a grid asks this of hundreds of answers at every key.
        let other = match material {
            Material::Sound { speech: Some(_), .. } => None,
            other => other.present(),
        };
        let present = match material {
            Material::Sound { speech: Some(speech), .. } => Some(speech),
            _ => other.as_ref(),
        };
        let Some(present) = present else { return HeardShare::Unknown };
        match present.length() {
            0 => HeardShare::NothingToHear,
            length => HeardShare::Of { heard: heard.map_or(0, |spans| spans.overlap(present)), present: length },
        }
    }

    /// The share from 0 to 1; none where there is nothing to divide.
    pub fn fraction(self) -> Option<f64> {
        match self {
            HeardShare::Of { heard, present } => Some(f64::from(heard) / f64::from(present)),
            HeardShare::NothingToHear | HeardShare::Unknown => None,
        }
    }

    /// The share in whole percent, as [`percent`] says; none where there is nothing to divide.
    pub fn percent(self) -> Option<u32> {
        self.fraction().map(percent)
    }

    /// Whether at least `least` (0 to 1) was heard; with nothing to hear it was, and what is not measured was not.
    pub fn reaches(self, least: f64) -> bool {
        match self {
            HeardShare::Of { .. } => self.fraction().is_some_and(|share| share >= least - 1e-9),
            HeardShare::NothingToHear => true,
            HeardShare::Unknown => false,
        }
    }

    /// Both answers together.
    pub fn and(self, other: HeardShare) -> HeardShare {
        match (self, other) {
            (HeardShare::Of { heard: a, present: b }, HeardShare::Of { heard: c, present: d }) => {
                HeardShare::Of { heard: a.saturating_add(c), present: b.saturating_add(d) }
            }
            (HeardShare::Unknown, _) | (_, HeardShare::Unknown) => HeardShare::Unknown,
            (HeardShare::NothingToHear, x) | (x, HeardShare::NothingToHear) => x,
        }
    }
}

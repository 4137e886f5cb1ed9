//! A volume of the index: some answers, their words packed, and where each word occurs.

use std::fmt;
use std::ops::Range;

use super::binder::Entry;
use super::fold::BRACKETED;
use super::pack::{Numbers, Strings};
use super::pairs::{Pairs, Slot};
use super::phrase::{Following, Phrase};
use super::stem::Language;
use crate::interview::Moment;

/// Marks the number of a list of terms among the numbers of terms: the word folds into none, or several.
pub(super) const MANY: u32 = 1 << 31;

/// What a word as it was written may end with, beside its number: most words are written with each of them.
pub(super) const ENDINGS: [&str; 4] = ["", ",", ".", "?"];

/// Bits of a word's number that say how it ends.
pub(super) const ENDING_BITS: u32 = 2;

/// Moments are kept so exactly, in milliseconds: nobody hears the difference.
pub(super) const TICK_MS: u32 = 20;

/// Some answers of the index, closed.
#[derive(Clone)]
pub struct Volume {
    pub(super) language: Language,
    pub(super) docs: Box<[Doc]>,
    /// Words as they were written, but for their endings; the commoner ones first, more or less.
    pub(super) forms: Strings,
    /// Which term each form is; or, marked [`MANY`], where in `several` its terms lie.
    pub(super) form_terms: Box<[u32]>,
    /// Lists of terms, each behind its length.
    pub(super) several: Box<[u32]>,
    /// Folded words, sorted.
    pub(super) terms: Strings,
    /// Stems that are not the word itself, sorted, and the word of each.
    pub(super) stems: Strings,
    pub(super) stem_terms: Box<[u32]>,
    /// The answers in which each term occurs: the steps from one to the next, packed.
    pub(super) postings: Box<[u8]>,
    pub(super) posting_ends: Box<[u32]>,
    /// Which common words stand beside each other, and where.
    pub(super) pairs: Pairs,
    /// The forms of all answers with their endings one after the other, packed.
    pub(super) words: Box<[u8]>,
    /// The ticks from one word to the next, packed.
    pub(super) times: Box<[u8]>,
}

/// One answer of a volume.
#[derive(Clone, Debug)]
pub(super) struct Doc {
    pub(super) entry: Entry,
    /// Where its words and times begin.
    pub(super) words: u32,
    pub(super) times: u32,
    /// How many words it has.
    pub(super) count: u32,
    pub(super) timed: bool,
    /// Whether it was replaced, or its person is gone.
    pub(super) gone: bool,
}

/// What was said stays out of logs and panics.
impl fmt::Debug for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<volume: {} answers>", self.docs.len())
    }
}

/// A phrase as one volume sees it.
pub(super) struct Sought<'p> {
    phrase: &'p Phrase,
    /// Which places of the phrase each term fits, one bit a place.
    fits: Vec<u32>,
    /// The answers that have a word for every place, one bit an answer.
    pub(super) answers: Vec<u64>,
}

impl Volume {
    /// What a phrase is here; none where some word of it does not occur at all.
    pub(super) fn seek<'p>(&self, phrase: &'p Phrase) -> Option<Sought<'p>> {
        let mut fits = vec![0; self.terms.len()];
        let mut answers: Vec<u64> = vec![u64::MAX; self.docs.len().div_ceil(64)];
        let mut before: Option<Slot> = None;
        for (nth, (wanted, open)) in phrase.slots().enumerate() {
            let terms = if open { self.terms.beginning_with(&wanted.folded) } else { self.terms.equal_to(&wanted.folded) };
            let inflected = if phrase.has_forms() { self.inflected(phrase, nth) } else { Vec::new() };
            let mut slot = Slot::new(self.docs.len());
            for term in terms.chain(inflected) {
                // A word may be another form of itself.
                if fits[term] & (1 << nth) == 0 {
                    fits[term] |= 1 << nth;
                    slot.take(term, &self.pairs, self.answers_with(term));
                }
            }
            answers.iter_mut().zip(&slot.all).for_each(|(all, has)| *all &= has);
            if let Some(may) = before.as_ref().and_then(|before| self.pairs.side_by_side(before, &slot)) {
                answers.iter_mut().zip(&may).for_each(|(all, may)| *all &= may);
            }
            if answers.iter().all(|bits| *bits == 0) {
                return None;
            }
            before = Some(slot);
        }
        Some(Sought { phrase, fits, answers })
    }

    /// The terms that are other forms of a word of the phrase.
    fn inflected(&self, phrase: &Phrase, nth: usize) -> Vec<usize> {
        let Some((wanted, _)) = phrase.slots().nth(nth) else { return Vec::new() };
        let mut keys: Vec<String> = phrase.stem(wanted, self.language).into_iter().collect();
        // The same word was perhaps written with the accents that tell its form.
        let same = self.terms.equal_to(&wanted.folded);
        let known = (0..self.stem_terms.len()).filter(|at| same.contains(&(self.stem_terms[*at] as usize)));
        keys.extend(known.map(|at| self.stems.get(at).to_owned()));
        keys.sort();
        keys.dedup();
        let of_stem = |key: &String| {
            let others = self.stems.equal_to(key).map(|at| self.stem_terms[at] as usize);
            others.chain(self.terms.equal_to(key)).collect::<Vec<_>>()
        };
        keys.iter().filter(|key| *key != BRACKETED).flat_map(of_stem).collect()
    }

    /// The answers in which a term occurs.
    pub(super) fn answers_with(&self, term: usize) -> impl Iterator<Item = usize> {
        let start = term.checked_sub(1).map_or(0, |before| self.posting_ends[before] as usize);
        let steps = Numbers(&self.postings[start..self.posting_ends[term] as usize]);
        // The first step is from before the first answer.
        let mut next = 0;
        steps.map(move |step| {
            let doc = next + step as usize - usize::from(next == 0);
            next = doc + 1;
            doc
        })
    }

    /// The words of every place at which an answer has the phrase, in order.
    pub(super) fn places(&self, doc: usize, sought: &Sought<'_>) -> Vec<Range<u32>> {
        let mut following = Following::new(sought.phrase);
        let mut places = Vec::new();
        for (word, form) in (0..).zip(self.forms_of(doc)) {
            let term = self.form_terms[(form >> ENDING_BITS) as usize];
            if term & MANY == 0 {
                places.extend(following.take(word, sought.fits[term as usize]));
            } else {
                for term in self.terms_of(term) {
                    places.extend(following.take(word, sought.fits[*term as usize]));
                }
            }
        }
        places
    }

    /// The terms of an answer one after the other.
    pub(super) fn terms_in(&self, doc: usize) -> impl Iterator<Item = u32> {
        let terms = self.forms_of(doc).flat_map(|form| {
            let term = &self.form_terms[(form >> ENDING_BITS) as usize];
            if term & MANY == 0 { std::slice::from_ref(term) } else { self.terms_of(*term) }
        });
        terms.copied()
    }

    fn terms_of(&self, marked: u32) -> &[u32] {
        let at = (marked & !MANY) as usize;
        &self.several[at + 1..at + 1 + self.several[at] as usize]
    }

    fn forms_of(&self, doc: usize) -> impl Iterator<Item = u32> {
        let doc = &self.docs[doc];
        Numbers(&self.words[doc.words as usize..]).take(doc.count as usize)
    }

    /// The moment of a word; none where there are no times.
    pub(super) fn moment(&self, doc: usize, word: u32) -> Option<Moment> {
        let doc = &self.docs[doc];
        let steps = Numbers(&self.times[doc.times as usize..]);
        doc.timed.then(|| Moment(steps.take(word as usize + 1).fold(0, u32::saturating_add).saturating_mul(TICK_MS)))
    }

    /// Words of an answer as they were written, with a space between.
    pub(super) fn text(&self, doc: usize, words: Range<u32>) -> String {
        let forms = self.forms_of(doc).skip(words.start as usize).take(words.len());
        let mut text = String::new();
        for form in forms {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(self.forms.get((form >> ENDING_BITS) as usize));
            text.push_str(ENDINGS[(form & ((1 << ENDING_BITS) - 1)) as usize]);
        }
        text
    }

    /// Forgets the words of an answer.
    pub(super) fn forget(&mut self, doc: usize) {
        let count = self.forms_of(doc).count();
        let mut rest = Numbers(&self.words[self.docs[doc].words as usize..]);
        let before = rest.0.len();
        rest.by_ref().take(count).for_each(drop);
        let (from, length) = (self.docs[doc].words as usize, before - rest.0.len());
        self.words[from..from + length].fill(0);
        self.docs[doc].gone = true;
        self.docs[doc].count = 0;
    }

    /// How many answers it has.
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> usize {
        let numbers = self.form_terms.len() + self.several.len() + self.stem_terms.len() + self.posting_ends.len();
        let strings = self.forms.bytes() + self.terms.bytes() + self.stems.bytes();
        let packed = self.postings.len() + self.pairs.bytes() + self.words.len() + self.times.len();
        strings + packed + numbers * size_of::<u32>() + self.docs.len() * size_of::<Doc>()
    }
}

//! Making a volume of the index, answer by answer.

use indexmap::IndexMap;

use super::fold::fold;
use super::pack::{self, Strings};
use super::pairs::Pairs;
use super::stem::Language;
use super::volume::{Doc, ENDING_BITS, ENDINGS, MANY, TICK_MS, Volume};
use crate::interview::{AnswerId, Moment};
use crate::transcript::{Timing, Transcript};

/// An answer's place in the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Which answer.
    pub answer: AnswerId,
    /// The question that it answers, by its number; hits are counted by it.
    pub question: u16,
    /// Where it stands in the order of hits; answers to one question stand together.
    pub rank: u32,
    /// Whether what names the candidate was taken out of its words.
    pub covered: bool,
}

/// A volume in the making. All its answers are in one language.
pub struct Binder {
    language: Language,
    docs: Vec<Doc>,
    /// Each word as it was written, and the terms that it folds into.
    forms: IndexMap<Box<str>, Box<[u32]>>,
    terms: IndexMap<Box<str>, Term>,
    words: Vec<u8>,
    times: Vec<u8>,
}

/// A folded word.
#[derive(Default)]
struct Term {
    stem: Box<str>,
    /// One more than the answer it was seen in last; 0 before any.
    seen: u32,
    postings: Vec<u8>,
}

impl Binder {
    /// An empty volume.
    pub fn new(language: Language) -> Self {
        let (forms, terms) = (IndexMap::default(), IndexMap::default());
        Binder { language, docs: Vec::new(), forms, terms, words: Vec::new(), times: Vec::new() }
    }

    /// How many answers it has.
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// Adds what was said in an answer. Where words have no times of their own, a word's moment is its caption's.
    pub fn add_said(&mut self, entry: Entry, said: &Transcript) {
        let moment = |word: &crate::transcript::Word| match said.timing {
            Timing::Words => Some(word.span.start),
            Timing::Cues => Some(said.cues.get(word.cue).map_or(word.span.start, |cue| cue.span.start)),
            Timing::None => None,
        };
        self.add(entry, said.words.iter().map(|word| (word.text.as_str(), moment(word))));
    }

    /// Adds what was written in an answer.
    pub fn add_written(&mut self, entry: Entry, text: &str) {
        self.add(entry, super::text::words(text).map(|word| (&text[word], None)));
    }

    fn add<'w>(&mut self, entry: Entry, words: impl Iterator<Item = (&'w str, Option<Moment>)>) {
        let (from, times_from) = (self.words.len() as u32, self.times.len() as u32);
        let (mut tick, mut count, mut timed) = (0, 0, false);
        for (word, at) in words {
            let ending = (1..ENDINGS.len()).find(|nth| word.ends_with(ENDINGS[*nth])).unwrap_or(0);
            let form = self.form(word.strip_suffix(ENDINGS[ending]).unwrap_or(word));
            pack::put((form as u32) << ENDING_BITS | ending as u32, &mut self.words);
            self.post(form);
            count += 1;
            if let Some(at) = at {
                timed = true;
                // Times do not run backwards; one that does stays where the ear was.
                let next = (at.0 / TICK_MS).max(tick);
                pack::put(next - tick, &mut self.times);
                tick = next;
            }
        }
        self.docs.push(Doc { entry, words: from, times: times_from, count, timed, gone: false });
    }

    /// The number of a word as it was written. It is folded once in a volume.
    fn form(&mut self, word: &str) -> usize {
        if let Some(known) = self.forms.get_index_of(word) {
            return known;
        }
        let mut terms = Vec::new();
        for token in fold(word) {
            let term = match self.terms.get_index_of(token.folded.as_str()) {
                Some(known) => known,
                None => {
                    let stem = if token.is_bracketed() { token.folded.clone() } else { self.language.stem(&token) };
                    self.terms.insert_full(token.folded.into(), Term { stem: stem.into(), ..Term::default() }).0
                }
            };
            terms.push(term as u32);
        }
        self.forms.insert_full(word.into(), terms.into()).0
    }

    /// Notes that the terms of a word occur in the answer that is being added.
    fn post(&mut self, form: usize) {
        let doc = self.docs.len() as u32 + 1;
        for term in &self.forms[form] {
            let term = &mut self.terms[*term as usize];
            if term.seen != doc {
                pack::put(doc - term.seen - u32::from(term.seen > 0), &mut term.postings);
                term.seen = doc;
            }
        }
    }

    /// The volume, closed.
    pub fn bind(self) -> Volume {
        let mut order: Vec<u32> = (0..self.terms.len() as u32).collect();
        order.sort_unstable_by_key(|term| self.terms.get_index(*term as usize).map(|(word, _)| word));
        let mut place = vec![0; order.len()];
        let (mut postings, mut posting_ends) = (Vec::new(), Vec::with_capacity(order.len()));
        let mut stems: Vec<(&str, u32)> = Vec::new();
        for (nth, term) in order.iter().enumerate() {
            place[*term as usize] = nth as u32;
            let Some((word, term)) = self.terms.get_index(*term as usize) else { continue };
            postings.extend_from_slice(&term.postings);
            posting_ends.push(postings.len() as u32);
            if term.stem != *word {
                stems.push((&term.stem, nth as u32));
            }
        }
        stems.sort_unstable();
        let (mut form_terms, mut several) = (Vec::with_capacity(self.forms.len()), Vec::new());
        for terms in self.forms.values() {
            if let [one] = **terms {
                form_terms.push(place[one as usize]);
            } else {
                form_terms.push(MANY | several.len() as u32);
                several.push(terms.len() as u32);
                several.extend(terms.iter().map(|term| place[*term as usize]));
            }
        }
        let word = |term: &u32| self.terms.get_index(*term as usize).map_or("", |(word, _)| word);
        let mut volume = Volume {
            language: self.language,
            docs: self.docs.into(),
            forms: Strings::of(self.forms.keys().map(|form| &**form)),
            form_terms: form_terms.into(),
            several: several.into(),
            terms: Strings::of(order.iter().map(word)),
            stems: Strings::of(stems.iter().map(|(stem, _)| *stem)),
            stem_terms: stems.iter().map(|(_, term)| *term).collect(),
            postings: postings.into(),
            posting_ends: posting_ends.into(),
            pairs: Pairs::default(),
            words: self.words.into(),
            times: self.times.into(),
        };
        volume.pairs = Pairs::of(&volume);
        volume
    }
}

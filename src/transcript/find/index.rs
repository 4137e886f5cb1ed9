//! The index: volumes that are searched together, and what is found in them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::binder::Entry;
use super::phrase::Phrase;
use super::volume::{Sought, Volume};
use crate::interview::{AnswerId, Moment};
use crate::text::SafeText;

/// Many answers, searched together. It lives in memory alone.
#[derive(Clone, Debug, Default)]
pub struct Index {
    volumes: Vec<Volume>,
    places: HashMap<AnswerId, (u32, u32)>,
}

/// A place at which a phrase was said or written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// In which answer, and where that stands.
    pub entry: Entry,
    /// Which words of its transcript or text.
    pub words: Range<u32>,
    /// When, to a fiftieth of a second; none where there are no times.
    pub at: Option<Moment>,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// In the order of the answers' ranks, then in time.
    pub hits: Vec<Hit>,
    /// Questions of which more was found than was asked for.
    pub cut: BTreeSet<u16>,
}

/// A hit's words, and those around them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Quote {
    /// Before it; begins with an ellipsis where something was left out.
    pub before: SafeText,
    /// The words that were hit.
    pub said: SafeText,
    /// After it; ends with an ellipsis where something was left out.
    pub after: SafeText,
}

impl Index {
    /// Bytes of memory up to which more is taken in; beyond, answers are left out, and whoever builds it says so.
    pub const MOST_BYTES: usize = 512 << 20;

    /// Takes in a volume; what it had of the same answers is replaced.
    pub fn add(&mut self, volume: Volume) {
        let number = self.volumes.len() as u32;
        for (doc, entry) in (0..).zip(volume.docs.iter().map(|doc| doc.entry)) {
            self.remove(entry.answer);
            self.places.insert(entry.answer, (number, doc));
        }
        self.volumes.push(volume);
    }

    /// Forgets an answer's words, as when the person behind it is erased; which words occur at all is kept.
    pub fn remove(&mut self, answer: AnswerId) {
        let Some((volume, doc)) = self.places.remove(&answer) else { return };
        self.volumes[volume as usize].forget(doc as usize);
    }

    /// How an answer was taken in; none where it was not.
    pub fn entry(&self, answer: AnswerId) -> Option<Entry> {
        let (volume, doc) = self.places.get(&answer)?;
        Some(self.volumes[*volume as usize].docs[*doc as usize].entry)
    }

    /// How many answers it has.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> usize {
        let place = size_of::<(AnswerId, (u32, u32))>() + 1;
        self.volumes.iter().map(Volume::bytes).sum::<usize>() + self.places.capacity() * place
    }

    /// The places at which a phrase was said, the first `each` of every question, in answers for which `may` holds.
    pub fn find(&self, phrase: &Phrase, each: usize, may: impl Fn(&Entry) -> bool) -> Found {
        if phrase.is_empty() || each == 0 {
            return Found::default();
        }
        let mut search = Search { each, may, hits: Vec::new(), questions: BTreeMap::new() };
        for volume in &self.volumes {
            if let Some(sought) = volume.seek(phrase) {
                search.volume(volume, &sought);
            }
        }
        search.found()
    }

    /// A hit's words with at most `around` words before and after them.
    pub fn quote(&self, hit: &Hit, around: u32) -> Quote {
        let Some((volume, doc)) = self.places.get(&hit.entry.answer) else { return Quote::default() };
        let (volume, doc) = (&self.volumes[*volume as usize], *doc as usize);
        let (first, last) = (hit.words.start.saturating_sub(around), hit.words.end.saturating_add(around));
        let count = volume.docs[doc].count;
        let lead = if first > 0 { "… " } else { "" };
        let tail = if last < count { " …" } else { "" };
        Quote {
            before: SafeText::line(&format!("{lead}{}", volume.text(doc, first..hit.words.start))),
            said: SafeText::line(&volume.text(doc, hit.words.clone())),
            after: SafeText::line(&format!("{}{tail}", volume.text(doc, hit.words.end..last.min(count)))),
        }
    }
}

/// A search under way.
struct Search<M> {
    each: usize,
    may: M,
    hits: Vec<Hit>,
    /// Hits of each question so far, and the last rank among them.
    questions: BTreeMap<u16, (usize, u32)>,
}

impl<M: Fn(&Entry) -> bool> Search<M> {
    fn volume(&mut self, volume: &Volume, sought: &Sought<'_>) {
        for (nth, bits) in sought.answers.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let doc = nth * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                self.answer(volume, doc, sought);
            }
        }
    }

    fn answer(&mut self, volume: &Volume, doc: usize, sought: &Sought<'_>) {
        let known = &volume.docs[doc];
        let entry = known.entry;
        let (count, last) = *self.questions.entry(entry.question).or_default();
        // One more than asked for tells that there are more.
        let enough = count > self.each && entry.rank > last;
        if enough || known.gone || !(self.may)(&entry) {
            return;
        }
        let places = volume.places(doc, sought);
        if places.is_empty() {
            return;
        }
        self.questions.insert(entry.question, (count + places.len(), last.max(entry.rank)));
        self.hits.extend(places.into_iter().map(|words| Hit { entry, at: volume.moment(doc, words.start), words }));
    }

    fn found(mut self) -> Found {
        self.hits.sort_by_key(|hit| (hit.entry.rank, hit.words.start));
        let (mut counts, mut cut) = (BTreeMap::<u16, usize>::new(), BTreeSet::new());
        self.hits.retain(|hit| {
            let count = counts.entry(hit.entry.question).or_default();
            *count += 1;
            let kept = *count <= self.each;
            if !kept {
                cut.insert(hit.entry.question);
            }
            kept
        });
        Found { hits: self.hits, cut }
    }
}

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
    /// Where to go on: volume and answer; none where everything was looked at.
    rest: Option<(usize, usize)>,
}

impl Found {
    /// Whether not everything was looked at yet.
    pub fn is_partial(&self) -> bool {
        self.rest.is_some()
    }
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

    /// Forgets an answer's words, as when the person behind it is erased; which words occur at all is kept,
    /// and which of the commonest stand side by side.
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

    /// The places at which a phrase was said, the first `each` of every question, in answers for which `may` holds. It looks at
    /// `work` words or a few more, and then leaves the rest to [`Index::find_on`].
    pub fn find(&self, phrase: &Phrase, each: usize, work: usize, may: impl Fn(&Entry) -> bool) -> Found {
        let mut found = Found { rest: Some((0, 0)), ..Found::default() };
        self.find_on(&mut found, phrase, each, work, may);
        found
    }

    /// Goes on with what [`Index::find`] began, with the same phrase and `each`, and no volume added since.
    pub fn find_on(&self, found: &mut Found, phrase: &Phrase, each: usize, work: usize, may: impl Fn(&Entry) -> bool) {
        let Some((first, mut doc)) = found.rest.take() else { return };
        if phrase.is_empty() || each == 0 {
            return;
        }
        let mut search = Search::go_on(std::mem::take(&mut found.hits), each, work, may);
        for (number, volume) in self.volumes.iter().enumerate().skip(first) {
            let stopped = volume.seek(phrase).and_then(|sought| search.volume(volume, &sought, doc));
            if let Some(stopped) = stopped {
                found.rest = Some((number, stopped));
                break;
            }
            doc = 0;
        }
        search.finish(found);
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
    /// Words that may still be looked at.
    work: usize,
    hits: Vec<Hit>,
    /// Hits of each question so far, and the last rank among them.
    questions: BTreeMap<u16, (usize, u32)>,
}

impl<M: Fn(&Entry) -> bool> Search<M> {
    fn go_on(hits: Vec<Hit>, each: usize, work: usize, may: M) -> Self {
        let mut questions = BTreeMap::<u16, (usize, u32)>::new();
        for hit in &hits {
            let known = questions.entry(hit.entry.question).or_default();
            *known = (known.0 + 1, known.1.max(hit.entry.rank));
        }
        Search { each, may, work, hits, questions }
    }

    /// Looks at a volume from an answer on; returns where it stopped.
    fn volume(&mut self, volume: &Volume, sought: &Sought<'_>, from: usize) -> Option<usize> {
        for (nth, bits) in sought.answers.iter().enumerate().skip(from / 64) {
            let mut bits = if nth == from / 64 { bits & (u64::MAX << (from % 64)) } else { *bits };
            while bits != 0 {
                let doc = nth * 64 + bits.trailing_zeros() as usize;
                if self.work == 0 {
                    return Some(doc);
                }
                bits &= bits - 1;
                self.answer(volume, doc, sought);
            }
        }
        None
    }

    fn answer(&mut self, volume: &Volume, doc: usize, sought: &Sought<'_>) {
        let known = &volume.docs[doc];
        let entry = known.entry;
        let (count, last) = self.questions.get(&entry.question).copied().unwrap_or_default();
        // One more than asked for tells that there are more.
        let enough = count > self.each && entry.rank > last;
        if enough || known.gone || !(self.may)(&entry) {
            return;
        }
        self.work = self.work.saturating_sub(known.count as usize);
        let places = volume.places(doc, sought);
        if places.is_empty() {
            return;
        }
        self.questions.insert(entry.question, (count + places.len(), last.max(entry.rank)));
        self.hits.extend(places.into_iter().map(|words| Hit { entry, at: volume.moment(doc, words.start), words }));
    }

    /// Sorts what was found, and leaves out what is more than was asked for.
    fn finish(mut self, found: &mut Found) {
        self.hits.sort_by_key(|hit| (hit.entry.rank, hit.words.start));
        let mut counts = BTreeMap::<u16, usize>::new();
        // The one more stays while the search goes on: it tells that a question has enough.
        let spare = usize::from(found.rest.is_some());
        self.hits.retain(|hit| {
            let count = counts.entry(hit.entry.question).or_default();
            *count += 1;
            if *count > self.each {
                found.cut.insert(hit.entry.question);
            }
            *count <= self.each + spare
        });
        found.hits = self.hits;
    }
}

//! Answers that are decoded before anyone asks to hear them: one at a time, and only while nothing that is waited for is being decoded.

use std::collections::VecDeque;

use super::Engine;
use crate::fence::Fence;
use crate::player::handle::Load;
use crate::player::shelf::{Kept, Key};
use crate::player::worker::{self, News, Work};
use crate::sound::{Loaded, Pcm};

/// So many wait at most; who asks for more wants the last ones.
const MOST: usize = 4;

/// What will be decoded, and what is.
#[derive(Default)]
pub(super) struct Ahead {
    waiting: VecDeque<Load>,
    now: Option<Fetch>,
}

/// An answer that is being decoded.
pub(super) struct Fetch {
    pub(super) load: u32,
    key: Key,
    /// Whether it was measured before.
    prepared: bool,
    /// What there is of it.
    pub(super) pcm: Option<Pcm>,
    loaded: Option<Loaded>,
    pub(super) work: Work,
}

impl Ahead {
    /// What is being decoded, where it is this: whoever hears it takes it over.
    pub(super) fn take(&mut self, key: &Key) -> Option<Fetch> {
        self.now.take_if(|fetch| fetch.key == *key && fetch.loaded.is_none())
    }
}

impl Engine {
    pub(super) fn prefetch(&mut self, load: Load) {
        self.ahead.waiting.push_back(load);
        while self.ahead.waiting.len() > MOST {
            self.ahead.waiting.pop_front();
        }
        self.fetch_ahead();
    }

    /// Begins with the next one, where nothing else is being decoded.
    pub(super) fn fetch_ahead(&mut self) {
        let busy = self.places.iter().flatten().any(|place| !place.decoded) || self.ahead.now.is_some();
        while !busy && let Some(load) = self.ahead.waiting.pop_front() {
            let key = Key::of(load.answer, &load.bytes, load.prepared.as_ref());
            // Finding it makes it the newest: it will be heard soon.
            if self.shelf.find(&key).is_some() {
                continue;
            }
            self.loads += 1;
            let number = self.loads;
            // Without a thread to do it, it is decoded when it is heard.
            let Ok(work) = worker::decode(Fence::here(), number, &load, self.to_self.clone()) else { continue };
            self.ahead.now = Some(Fetch { load: number, key, prepared: load.prepared.is_some(), pcm: None, loaded: None, work });
            return;
        }
    }

    /// What became of an answer that is in no slot.
    pub(super) fn news_from_ahead(&mut self, load: u32, news: News) {
        let Some(fetch) = self.ahead.now.as_mut().filter(|fetch| fetch.load == load) else { return };
        match news {
            News::Opened(pcm) => fetch.pcm = Some(pcm),
            News::Decoded(loaded) => {
                let measures = !fetch.prepared;
                if let Some(pcm) = fetch.pcm.clone() {
                    self.shelf.keep(fetch.key.clone(), Kept { pcm, loaded: loaded.clone(), measured: None });
                }
                fetch.loaded = Some(loaded);
                if !measures {
                    self.ahead.now = None;
                }
            }
            News::Measured(prepared) => {
                if let Some(kept) = self.shelf.find(&fetch.key) {
                    self.shelf.keep(fetch.key.clone(), Kept { measured: Some((*prepared).clone()), ..kept });
                }
                let heard = self.places.iter().flatten().find(|place| place.key == fetch.key && place.prepared.is_none());
                let heard = heard.map(|place| place.load);
                self.ahead.now = None;
                heard.into_iter().for_each(|load| self.news(load, News::Measured(prepared.clone())));
            }
            // Whoever hears it is told why it cannot be.
            News::Failed(_) => self.ahead.now = None,
        }
        self.fetch_ahead();
    }
}

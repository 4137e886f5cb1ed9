//! What lies in the slots: put there, decoded beside the playing, handed to the mixer as it comes.

use std::sync::PoisonError;

use super::Engine;
use crate::fence::Fence;
use crate::interview::{AnswerId, Moment};
use crate::player::handle::Load;
use crate::player::report::Report;
use crate::player::shelf::{Kept, Key};
use crate::player::worker::{self, News, Work};
use crate::sound::mixer::{Command, Loop, Slot};
use crate::sound::prepare::provisional_gain;
use crate::sound::{Pcm, Prepared, factor, moment_of, sample_at, speech};

/// What is in a slot.
pub(super) struct Place {
    pub(super) answer: AnswerId,
    pub(super) load: u32,
    pub(super) at: Moment,
    /// What of it is played over and over.
    pub(super) around: Option<Loop>,
    pub(super) prepared: Option<Prepared>,
    /// Whether nothing more of it will come.
    pub(super) decoded: bool,
    /// Whether the mixer has it.
    pub(super) here: bool,
    pub(super) key: Key,
    /// Its sound, as far as it is decoded; kept when it is whole.
    pub(super) pcm: Option<Pcm>,
    /// Stops decoding when the slot gets something else.
    pub(super) _work: Option<Work>,
}

impl Engine {
    pub(super) fn load(&mut self, load: Load) {
        self.unload(load.slot);
        self.loads += 1;
        let number = self.loads;
        let key = Key::of(load.answer, &load.bytes, load.prepared.as_ref());
        let kept = self.shelf.find(&key);
        let ahead = if kept.is_none() { self.ahead.take(&key) } else { None };
        let number = ahead.as_ref().map_or(number, |fetch| fetch.load);
        let (begun, mut work) = ahead.map_or((None, None), |fetch| (fetch.pcm, Some(fetch.work)));
        if work.is_none() && kept.is_none() {
            work = worker::decode(Fence::here(), number, &load, self.to_self.clone()).ok();
        }
        let length = load.prepared.as_ref().map(|prepared| moment_of(prepared.samples));
        let (slot, answer) = (load.slot, load.answer);
        if work.is_none() && kept.is_none() {
            self.report(Report::Failed { answer, error: crate::sound::DecodeError::Fault });
        }
        let (at, prepared) = (load.at, load.prepared);
        // Without a thread to decode it, nothing of it will come, and what is to come next need not wait for it.
        let (here, decoded, around, pcm) = (false, work.is_none() && kept.is_none(), None, None);
        let place = Place { answer, load: number, at, around, prepared, here, decoded, key, pcm, _work: work };
        self.places[slot.index()] = Some(place);
        self.known.push((number, answer));
        if self.known.len() > 64 {
            self.known.remove(0);
        }
        if length.is_some() {
            self.report(Report::Loaded { answer, length });
        }
        if let Some(pcm) = begun {
            self.news(number, News::Opened(pcm));
        }
        if let Some(Kept { pcm, loaded, measured }) = kept {
            self.news(number, News::Opened(pcm));
            self.news(number, News::Decoded(loaded));
            measured.into_iter().for_each(|prepared| self.news(number, News::Measured(Box::new(prepared))));
        }
    }

    pub(super) fn unload(&mut self, slot: Slot) {
        let had = self.places[slot.index()].take();
        if had.is_some_and(|place| place.here) {
            self.tell(Command::Unload(slot));
        }
        self.name(slot, None);
    }

    /// Names what a slot's marks are of from here on: the load that is about to be told makes the next epoch.
    fn name(&self, slot: Slot, answer: Option<AnswerId>) {
        let since = self.next_epoch();
        let named = answer.map(|answer| (answer, since));
        self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner)[slot.index()] = named;
    }

    pub(super) fn news(&mut self, load: u32, news: News) {
        let Some(slot) = Slot::ALL.into_iter().find(|slot| self.places[slot.index()].as_ref().is_some_and(|p| p.load == load))
        else {
            return self.news_from_ahead(load, news);
        };
        let Some(place) = &mut self.places[slot.index()] else { return };
        let answer = place.answer;
        match news {
            News::Opened(pcm) => {
                place.here = true;
                place.pcm = Some(pcm.clone());
                let gain = place.prepared.as_ref().map_or_else(|| provisional_gain(&pcm), |prepared| prepared.gain_db);
                let jumps = place.prepared.as_ref().map(|prepared| speech::jumps(&prepared.silences));
                let (at, around, prepared) = (sample_at(place.at), place.around, place.prepared.is_some());
                self.name(slot, Some(answer));
                self.note_sent(slot, at);
                self.tell(Command::Load { slot, load, pcm, gain: factor(gain), at });
                jumps.into_iter().for_each(|jumps| self.tell(Command::Jumps { slot, jumps }));
                if around.is_some() {
                    self.tell(Command::Loop { slot, around });
                }
                if !prepared {
                    self.report(Report::Loaded { answer, length: None });
                }
                if self.wanted && slot == self.active {
                    self.sound();
                }
            }
            News::Decoded(loaded) => {
                place.decoded = true;
                if let Some(pcm) = place.pcm.clone() {
                    self.shelf.keep(place.key.clone(), Kept { pcm, loaded: loaded.clone(), measured: None });
                }
                self.report(Report::Decoded { answer, length: moment_of(loaded.samples), truncated: loaded.truncated });
            }
            News::Measured(prepared) => {
                if let Some(kept) = self.shelf.find(&place.key) {
                    self.shelf.keep(place.key.clone(), Kept { measured: Some((*prepared).clone()), ..kept });
                }
                self.tell(Command::Gain { slot, gain: factor(prepared.gain_db) });
                self.tell(Command::Jumps { slot, jumps: speech::jumps(&prepared.silences) });
                self.report(Report::Measured { answer, prepared: *prepared });
            }
            News::Failed(error) => {
                place.decoded = true;
                self.report(Report::Failed { answer, error });
            }
        }
        self.fetch_ahead();
    }
}

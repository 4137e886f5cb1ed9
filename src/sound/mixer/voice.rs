//! One slot of the mixer: a recording, where it stands and how loud it is.

use std::sync::Arc;

use super::FADE;
use super::command::Loop;
use crate::sound::pcm::Pcm;
use crate::sound::speech::Jump;
use crate::sound::stretch::{HOP, Hop, Scratch, Stretch};

/// How fast gain follows, per sample: 63% within 20 ms.
const FOLLOW: f32 = 1.0 / 960.0;

pub(super) struct Voice {
    pub(super) load: u32,
    pub(super) pcm: Option<Pcm>,
    pub(super) head: Stretch,
    pub(super) jumps: Option<Arc<[Jump]>>,
    pub(super) around: Option<Loop>,
    pub(super) waiting: bool,
    pub(super) ended: bool,
    gain: f32,
    loudness: f32,
    /// Samples of the fade-in that are done.
    faded: usize,
    /// Up to where it was counted as played.
    counted: u64,
}

impl Default for Voice {
    fn default() -> Self {
        Voice {
            load: 0,
            pcm: None,
            head: Stretch::new(0, 1.0),
            jumps: None,
            around: None,
            waiting: false,
            ended: false,
            gain: 1.0,
            loudness: 1.0,
            faded: FADE,
            counted: 0,
        }
    }
}

impl Voice {
    pub(super) fn new(load: u32, pcm: Pcm, gain: f32, at: u64, speed: f32) -> Voice {
        let head = Stretch::new(at, speed);
        Voice { load, pcm: Some(pcm), head, gain, loudness: gain, counted: at, ..Voice::default() }
    }

    pub(super) fn seek(&mut self, at: u64, speed: f32) {
        let at = match &self.pcm {
            Some(pcm) if pcm.is_finished() => at.min(pcm.available()),
            _ => at,
        };
        self.head = Stretch::new(at, speed);
        (self.waiting, self.ended, self.counted) = (false, false, at);
    }

    pub(super) fn set_gain(&mut self, gain: f32) {
        self.gain = gain;
    }

    pub(super) fn loudness(&self) -> f32 {
        self.loudness
    }

    pub(super) fn fade_in(&mut self) {
        self.faded = 0;
    }

    /// How far it had faded in, 0..=FADE.
    pub(super) fn faded_in(&self) -> usize {
        self.faded
    }

    /// The sample that is heard when what was made so far is played.
    pub(super) fn heard(&self) -> u64 {
        if self.ended {
            return self.pcm.as_ref().map_or(0, Pcm::available);
        }
        // A hop that is only partly taken: the end of it is ahead of what is heard.
        self.head.position().saturating_sub(self.head.left() as u64)
    }

    /// Where to go on instead, when a loop closes or a silence is skipped.
    pub(super) fn elsewhere(&self, skipping: bool) -> Option<u64> {
        let here = self.head.planned();
        let end = self.pcm.as_ref().filter(|pcm| pcm.is_finished()).map_or(u64::MAX, Pcm::available);
        if let Some(around) = self.around.filter(|around| here >= around.to.min(end) && around.from < around.to.min(end)) {
            return Some(around.from);
        }
        let jumps = self.jumps.as_ref().filter(|_| skipping)?;
        let next = jumps.partition_point(|jump| jump.to <= here);
        let jump = jumps.get(next).filter(|jump| jump.from <= here)?;
        // A jump past the end of a loop would leave it.
        (self.around.is_none_or(|around| jump.to < around.to)).then_some(jump.to)
    }

    pub(super) fn hop(&mut self, scratch: &mut Scratch, reserve: u64) -> Hop {
        let Some(pcm) = &self.pcm else { return Hop::Ended };
        let hop = self.head.hop(pcm, scratch, reserve);
        if hop == Hop::Ready {
            self.head.end_softly(pcm, scratch);
            self.waiting = false;
        }
        hop
    }

    /// Samples of the hop, at their level, faded in after an arrival. Returns how many.
    pub(super) fn render(&mut self, out: &mut [f32], ramp: &[f32; HOP]) -> usize {
        let count = self.head.take(out);
        for sample in &mut out[..count] {
            self.loudness += (self.gain - self.loudness) * FOLLOW;
            *sample *= self.loudness;
            if let Some(level) = ramp.get(self.faded) {
                *sample *= level;
                self.faded += 1;
            }
        }
        count
    }

    /// A hop was taken whole: from where to where it played.
    pub(super) fn advance(&mut self) -> (u64, u64) {
        let end = self.pcm.as_ref().map_or(0, Pcm::available);
        let from = self.counted;
        self.counted = self.head.planned().min(end).max(from);
        (from, self.counted)
    }
}

//! Up to four answers, of which one is heard: play, pause, seek, switch, loop and skip, all without a click.
//!
//! Commands come in by a queue, what was played goes out by another, where the sound is by a [`Trail`], and what is no longer needed is
//! handed back to be dropped elsewhere: nothing in [`Mixer::render`] locks, allocates or frees.

mod command;
mod ghost;
mod trail;
mod voice;

use std::sync::Arc;

use rtrb::{Consumer, Producer, RingBuffer};

pub use command::{Command, Loop, Played, SLOTS, Slot, Used};
pub use trail::{Mark, Trail};

use super::limiter::{self, Limiter};
use super::stretch::{HOP, Hop, Scratch};
use ghost::Ghosts;
use voice::Voice;

/// Samples of a cross-fade: 10 ms.
pub const FADE: usize = 480;
/// A voice waits unless so many more samples are decoded than it needs: enough to fade out on when the rest is late.
const RESERVE: u64 = 4 * HOP as u64;
/// What was played is reported at least this often, in samples: every second.
const REPORT: u64 = 48_000;

/// The mixer, on the side of the device.
pub struct Mixer {
    voices: [Voice; SLOTS],
    active: Slot,
    playing: bool,
    speed: f32,
    skipping: bool,
    ghosts: Ghosts,
    limiter: Option<Limiter>,
    scratch: Box<Scratch>,
    /// Samples given to the device so far.
    given: u64,
    epoch: u32,
    run: Option<Played>,
    commands: Consumer<Command>,
    played: Producer<Played>,
    used: Producer<Used>,
    trail: Arc<Trail>,
}

/// The mixer's other side.
pub struct Desk {
    /// What the mixer shall do next; 256 fit.
    pub commands: Producer<Command>,
    /// What was played.
    pub played: Consumer<Played>,
    /// What the mixer no longer needs.
    pub used: Consumer<Used>,
    /// Where the sound is.
    pub trail: Arc<Trail>,
}

impl Mixer {
    /// A mixer without any answers, and the desk it is led from. Without `limited`, loud peaks pass as they are.
    pub fn new(limited: bool) -> (Mixer, Desk) {
        let (commands, orders) = RingBuffer::new(256);
        let (reports, played) = RingBuffer::new(1024);
        let (empties, used) = RingBuffer::new(256);
        let trail = Arc::new(Trail::default());
        let mixer = Mixer {
            voices: std::array::from_fn(|_| Voice::default()),
            active: Slot::A,
            playing: false,
            speed: 1.0,
            skipping: false,
            ghosts: Ghosts::default(),
            limiter: limited.then(Limiter::default),
            scratch: Box::default(),
            given: 0,
            epoch: 0,
            run: None,
            commands: orders,
            played: reports,
            used: empties,
            trail: trail.clone(),
        };
        (mixer, Desk { commands, played, used, trail })
    }

    /// Samples given so far: the number of the next one.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// By how many samples the limiter makes everything late.
    pub fn delay(&self) -> u64 {
        if self.limiter.is_some() { limiter::DELAY as u64 } else { 0 }
    }

    /// Fills `out` with mono sound at 48 kHz.
    pub fn render(&mut self, out: &mut [f32]) {
        self.obey();
        let mut done = 0;
        while done < out.len() {
            let count = self.stretch_of_voice(&mut out[done..]);
            self.ghosts.add(&mut out[done..done + count], &mut self.scratch, &mut self.used);
            if let Some(limiter) = &mut self.limiter {
                limiter.process(&mut out[done..done + count]);
            }
            self.given += count as u64;
            done += count;
        }
        let sounding = self.playing || !self.ghosts.is_empty();
        self.trail.set_sounding(sounding, self.given + self.delay());
    }

    /// Carries out the commands that wait. [`Mixer::render`] does; while no device asks for sound, someone else must.
    pub fn obey(&mut self) {
        while let Ok(command) = self.commands.pop() {
            self.carry_out(command);
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Load { slot, load, pcm, gain, at } => self.load(slot, Voice::new(load, pcm, gain, at, self.speed)),
            Command::Unload(slot) => self.load(slot, Voice::default()),
            Command::Play => self.play(),
            Command::Pause => self.pause(),
            Command::Seek { slot, at } => self.seek(slot, at),
            Command::Speed(speed) => self.set_speed(speed),
            Command::Switch(slot) => self.switch(slot),
            Command::Gain { slot, gain } => self.voices[slot.index()].set_gain(gain),
            Command::Skip(on) => self.skipping = on,
            Command::Jumps { slot, jumps } => {
                let old = self.voices[slot.index()].jumps.replace(jumps);
                old.into_iter().for_each(|jumps| self.give_back(Used::Jumps(jumps)));
            }
            Command::Loop { slot, around } => self.voices[slot.index()].around = around,
        }
    }

    fn load(&mut self, slot: Slot, voice: Voice) {
        if slot == self.active {
            self.leave();
        }
        let old = std::mem::replace(&mut self.voices[slot.index()], voice);
        old.pcm.into_iter().for_each(|pcm| self.give_back(Used::Pcm(pcm)));
        old.jumps.into_iter().for_each(|jumps| self.give_back(Used::Jumps(jumps)));
        if slot == self.active {
            self.playing &= self.voices[slot.index()].pcm.is_some();
            self.arrive();
        }
    }

    fn play(&mut self) {
        let voice = &mut self.voices[self.active.index()];
        if !self.playing && voice.pcm.is_some() && !voice.ended {
            self.playing = true;
            voice.fade_in();
            self.mark();
        }
    }

    fn pause(&mut self) {
        if self.playing {
            self.leave();
            self.playing = false;
            self.mark();
        }
    }

    fn seek(&mut self, slot: Slot, at: u64) {
        if slot == self.active {
            self.leave();
        }
        self.voices[slot.index()].seek(at, self.speed);
        if slot == self.active {
            self.arrive();
        }
    }

    fn set_speed(&mut self, speed: f32) {
        self.close_run();
        self.speed = speed;
        self.voices.iter_mut().for_each(|voice| voice.head.set_speed(speed));
        self.trail.set_speed(self.voices[self.active.index()].head.speed());
    }

    fn switch(&mut self, slot: Slot) {
        if slot != self.active {
            self.leave();
            self.active = slot;
            self.playing &= self.voices[slot.index()].pcm.is_some() && !self.voices[slot.index()].ended;
            self.arrive();
        }
    }

    /// The sound goes elsewhere: what is heard now fades out.
    fn leave(&mut self) {
        self.close_run();
        if self.playing {
            let voice = &self.voices[self.active.index()];
            if let Some(pcm) = &voice.pcm {
                self.ghosts.fade_out(&voice.head, pcm, voice.loudness(), voice.faded_in(), &mut self.used);
            }
        }
    }

    /// The sound came here: it fades in, and positions before are of another time.
    fn arrive(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        self.voices[self.active.index()].fade_in();
        self.mark();
    }

    /// Fills the start of `out`, up to the end of a hop, and returns how much that is.
    fn stretch_of_voice(&mut self, out: &mut [f32]) -> usize {
        let most = out.len().min(HOP);
        let out = &mut out[..most];
        if self.playing && self.voices[self.active.index()].head.left() == 0 {
            self.next_hop();
        }
        let voice = &mut self.voices[self.active.index()];
        if !self.playing || voice.head.left() == 0 {
            out.fill(0.0);
            return most;
        }
        let count = voice.render(out, &self.scratch.ramp);
        if voice.head.left() == 0 {
            let (from, to) = voice.advance();
            self.mark_at(self.given + count as u64);
            self.count(from, to, self.given + count as u64);
        }
        count
    }

    /// Makes the voice's next samples, after a loop or a skip where one is due.
    fn next_hop(&mut self) {
        let voice = &mut self.voices[self.active.index()];
        if let Some(to) = voice.elsewhere(self.skipping) {
            self.leave();
            let voice = &mut self.voices[self.active.index()];
            voice.seek(to, self.speed);
            self.arrive();
        }
        let voice = &mut self.voices[self.active.index()];
        let was_waiting = voice.waiting;
        match voice.hop(&mut self.scratch, RESERVE) {
            Hop::Ready if was_waiting => self.arrive(),
            Hop::Ready => {}
            Hop::Waiting if !was_waiting => {
                self.leave();
                self.voices[self.active.index()].waiting = true;
                self.mark();
            }
            Hop::Waiting => {}
            Hop::Ended => {
                self.close_run();
                self.voices[self.active.index()].ended = true;
                self.playing = false;
                self.mark();
            }
        }
    }

    fn mark(&mut self) {
        self.mark_at(self.given);
    }

    fn mark_at(&mut self, given: u64) {
        let voice = &self.voices[self.active.index()];
        let mark = Mark {
            slot: self.active,
            epoch: self.epoch,
            playing: self.playing,
            waiting: voice.waiting,
            ended: voice.ended,
            source: voice.heard(),
        };
        self.trail.leave(given + self.delay(), mark);
    }

    /// Adds to what was played; reports it when enough came together.
    fn count(&mut self, from: u64, to: u64, until: u64) {
        let (load, speed, slot) = (self.voices[self.active.index()].load, self.speed, self.active);
        let until = until + self.delay();
        match &mut self.run {
            Some(run) if run.to == from && run.load == load => (run.to, run.until) = (to, until),
            _ => {
                self.close_run();
                self.run = Some(Played { slot, load, from, to, speed, until });
            }
        }
        if self.run.is_some_and(|run| run.to - run.from >= REPORT) {
            self.close_run();
        }
    }

    fn close_run(&mut self) {
        if let Some(run) = self.run.take().filter(|run| run.to > run.from) {
            // Nobody read the reports for minutes when this is full: what nobody heard of does not count as heard.
            let _ = self.played.push(run);
        }
    }

    fn give_back(&mut self, used: Used) {
        give_back(&mut self.used, used);
    }
}

/// Hands something back. When nobody has taken anything back for long, it is dropped here after all: late rather than never.
fn give_back(to: &mut Producer<Used>, used: Used) {
    drop(to.push(used));
}

#[cfg(test)]
mod tests;

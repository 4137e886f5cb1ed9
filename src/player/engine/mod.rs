//! The player's thread: it owns the device, carries out what it is told, and tells what came of it.

mod outlet;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use outlet::Outlet;

use super::clock::Clock;
use super::device::Choice;
use super::handle::{Load, PlayerHandle, Shared};
use super::heard::Ledger;
use super::report::Report;
use super::shelf::{Kept, Key, Shelf};
use super::worker::{self, News, Work};
use crate::fence::Fence;
use crate::interview::{AnswerId, Moment, Span};
use crate::sound::mixer::{Command, Desk, Loop, Mixer, Played, SLOTS, Slot, Used};
use crate::sound::prepare::provisional_gain;
use crate::sound::{Pcm, Prepared, factor, moment_of, sample_at, speech};

/// How often the reports of the mixer are read while it plays.
const ROUND: Duration = Duration::from_millis(100);
/// The same while it fades to a stop, which is soon.
const SHORT_ROUND: Duration = Duration::from_millis(15);
/// What was heard is reported at least so often: no more of it than that is lost when the power goes. Each report is one write.
const REPORT: Duration = Duration::from_secs(2);
/// A device that asks for nothing for so long is gone.
const WATCHDOG: Duration = Duration::from_millis(500);
/// A device that holds for so long is closed, so that a pause costs nothing.
const CLOSE: Duration = Duration::from_secs(3);
/// What the player's thread is told.
pub(super) enum Message {
    Load(Box<Load>),
    Unload(Slot),
    Play,
    Pause,
    Seek(Slot, Moment),
    Speed(u16),
    Switch(Slot),
    Skip(bool),
    Loop(Slot, Option<Span>),
    News { load: u32, news: News },
    Trouble { device: u32, reason: String },
    Quit,
}

/// What is in a slot.
struct Place {
    answer: AnswerId,
    load: u32,
    at: Moment,
    prepared: Option<Prepared>,
    /// Whether the mixer has it.
    here: bool,
    key: Key,
    /// Its sound, as far as it is decoded; kept when it is whole.
    pcm: Option<Pcm>,
    /// Stops decoding when the slot gets something else.
    _work: Option<Work>,
}

struct Engine {
    choice: Choice,
    inbox: Receiver<Message>,
    to_self: Sender<Message>,
    outbox: UnboundedSender<Report>,
    mixer: Arc<Mutex<Mixer>>,
    commands: Producer<Command>,
    played: Consumer<Played>,
    used: Consumer<Used>,
    shared: Arc<Shared>,
    outlet: Outlet,
    /// Devices opened so far: trouble of an earlier one is no longer news.
    devices: u32,
    retry: Option<(usize, Instant)>,
    /// Whether it shall sound, now or when there is something to sound.
    wanted: bool,
    active: Slot,
    places: [Option<Place>; SLOTS],
    loads: u32,
    /// Which answer a load was, also after it was replaced.
    known: Vec<(u32, AnswerId)>,
    shelf: Shelf,
    ledger: Ledger,
    report_at: Option<Instant>,
}

pub(super) fn start(choice: Choice) -> std::io::Result<(PlayerHandle, UnboundedReceiver<Report>)> {
    let (to, inbox) = channel();
    let (outbox, reports) = unbounded_channel();
    let (mixer, Desk { commands, played, used, trail }) = Mixer::new(true);
    let clock = Arc::new(Clock::new(choice.pace()));
    let shared = Arc::new(Shared { trail, clock, running: AtomicBool::new(false), answers: Mutex::default() });
    let engine = Engine {
        choice,
        inbox,
        to_self: to.clone(),
        outbox,
        mixer: Arc::new(Mutex::new(mixer)),
        commands,
        played,
        used,
        shared: shared.clone(),
        outlet: Outlet::Closed,
        devices: 0,
        retry: None,
        wanted: false,
        active: Slot::A,
        places: Default::default(),
        loads: 0,
        known: Vec::new(),
        shelf: Shelf::default(),
        ledger: Ledger::default(),
        report_at: None,
    };
    thread::Builder::new().name("earmark-player".into()).spawn(move || engine.run())?;
    Ok((PlayerHandle::new(to, shared), reports))
}

impl Engine {
    fn run(mut self) {
        loop {
            let message = match self.next_look() {
                None => self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at) => self.inbox.recv_timeout(at.saturating_duration_since(Instant::now())),
            };
            match message {
                Ok(Message::Quit) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(message) => self.carry_out(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.look(Instant::now());
        }
        self.collect(Instant::now());
        self.report_heard();
    }

    /// When to look around although nobody said anything; never while all is silent.
    fn next_look(&self) -> Option<Instant> {
        let now = Instant::now();
        let round = match &self.outlet {
            Outlet::Running { .. } if self.wanted => Some(now + ROUND),
            Outlet::Running { .. } => Some(now + SHORT_ROUND),
            Outlet::Holding { until, .. } => Some(*until),
            Outlet::Closed => None,
        };
        [round, self.retry.map(|(_, at)| at), self.report_at].into_iter().flatten().min()
    }

    fn carry_out(&mut self, message: Message) {
        match message {
            Message::Load(load) => self.load(*load),
            Message::Unload(slot) => self.unload(slot),
            Message::Play => self.play(),
            Message::Pause => self.pause(),
            Message::Seek(slot, at) => self.seek(slot, at),
            Message::Speed(hundredths) => self.tell(Command::Speed(f32::from(hundredths.clamp(50, 300)) / 100.0)),
            Message::Switch(slot) => self.switch(slot),
            Message::Skip(on) => self.tell(Command::Skip(on)),
            Message::Loop(slot, span) => {
                let around = span.map(|span| Loop { from: sample_at(span.start), to: sample_at(span.end) });
                self.tell(Command::Loop { slot, around });
            }
            Message::News { load, news } => self.news(load, news),
            Message::Trouble { device, reason } if device == self.devices => self.lose(reason),
            Message::Trouble { .. } | Message::Quit => {}
        }
    }

    fn load(&mut self, load: Load) {
        self.unload(load.slot);
        self.loads += 1;
        let number = self.loads;
        let key = Key::of(load.answer, &load.bytes, load.prepared.as_ref());
        let kept = self.shelf.find(&key);
        let decode = || worker::decode(Fence::here(), number, &load, self.to_self.clone()).ok();
        let work = if kept.is_none() { decode() } else { None };
        let length = load.prepared.as_ref().map(|prepared| moment_of(prepared.samples));
        let (slot, answer) = (load.slot, load.answer);
        if work.is_none() && kept.is_none() {
            self.report(Report::Failed { answer, error: crate::sound::DecodeError::Fault });
        }
        let (at, prepared) = (load.at, load.prepared);
        let place = Place { answer, load: number, at, prepared, here: false, key, pcm: None, _work: work };
        self.places[slot.index()] = Some(place);
        self.known.push((number, answer));
        if self.known.len() > 64 {
            self.known.remove(0);
        }
        self.name(slot, Some(answer));
        if length.is_some() {
            self.report(Report::Loaded { answer, length });
        }
        if let Some(Kept { pcm, loaded, measured }) = kept {
            self.news(number, News::Opened(pcm));
            self.news(number, News::Decoded(loaded));
            measured.into_iter().for_each(|prepared| self.news(number, News::Measured(Box::new(prepared))));
        }
    }

    fn unload(&mut self, slot: Slot) {
        let had = self.places[slot.index()].take();
        if had.is_some_and(|place| place.here) {
            self.tell(Command::Unload(slot));
        }
        self.name(slot, None);
    }

    fn name(&self, slot: Slot, answer: Option<AnswerId>) {
        self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner)[slot.index()] = answer;
    }

    fn play(&mut self) {
        self.wanted = true;
        if self.shared.trail.latest().is_some_and(|mark| mark.ended && mark.slot == self.active) {
            self.tell(Command::Seek { slot: self.active, at: 0 });
        }
        self.sound();
    }

    /// Lets it sound, if there is something to.
    fn sound(&mut self) {
        let Some(answer) = self.place().filter(|place| place.here).map(|place| place.answer) else { return };
        self.retry = None;
        self.tell(Command::Play);
        if let Err(reason) = self.open() {
            self.wanted = false;
            self.tell(Command::Pause);
            self.report(Report::NoDevice { reason });
            return;
        }
        self.report(Report::Playing { answer });
    }

    fn pause(&mut self) {
        self.wanted = false;
        self.tell(Command::Pause);
        if !matches!(self.outlet, Outlet::Running { .. }) {
            return;
        }
        self.report_soon();
    }

    fn seek(&mut self, slot: Slot, at: Moment) {
        if let Some(place) = &mut self.places[slot.index()] {
            place.at = at;
        }
        self.tell(Command::Seek { slot, at: sample_at(at) });
        self.report_soon();
        // At its end it had stopped by itself.
        if self.wanted && slot == self.active {
            self.tell(Command::Play);
        }
    }

    fn switch(&mut self, slot: Slot) {
        self.active = slot;
        self.tell(Command::Switch(slot));
        self.report_soon();
        if self.wanted {
            self.sound();
        }
    }

    fn news(&mut self, load: u32, news: News) {
        let Some(slot) = Slot::ALL.into_iter().find(|slot| self.places[slot.index()].as_ref().is_some_and(|p| p.load == load))
        else {
            return;
        };
        let Some(place) = &mut self.places[slot.index()] else { return };
        let answer = place.answer;
        match news {
            News::Opened(pcm) => {
                place.here = true;
                place.pcm = Some(pcm.clone());
                let gain = place.prepared.as_ref().map_or_else(|| provisional_gain(&pcm), |prepared| prepared.gain_db);
                let jumps = place.prepared.as_ref().map(|prepared| speech::jumps(&prepared.silences));
                let (at, prepared) = (sample_at(place.at), place.prepared.is_some());
                self.tell(Command::Load { slot, load, pcm, gain: factor(gain), at });
                jumps.into_iter().for_each(|jumps| self.tell(Command::Jumps { slot, jumps }));
                if !prepared {
                    self.report(Report::Loaded { answer, length: None });
                }
                if self.wanted && slot == self.active {
                    self.sound();
                }
            }
            News::Decoded(loaded) => {
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
            News::Failed(error) => self.report(Report::Failed { answer, error }),
        }
    }

    /// Looks around: what was heard, whether it ended, fell silent or the device died.
    fn look(&mut self, now: Instant) {
        self.collect(now);
        while self.used.pop().is_ok() {}
        match &mut self.outlet {
            Outlet::Running { blocks, seen, .. } => {
                let made = self.shared.clock.blocks();
                if made != *blocks {
                    // One that was just woken may ask for its buffer's fill and then wait for its next turn.
                    (*blocks, *seen) = (made, now.max(*seen));
                } else if now.saturating_duration_since(*seen) > WATCHDOG {
                    return self.lose("the device stopped asking for sound".to_owned());
                }
                self.notice_end(now);
                self.notice_silence(now);
            }
            Outlet::Holding { until, .. } if *until <= now => self.outlet = Outlet::Closed,
            Outlet::Holding { .. } | Outlet::Closed => {}
        }
        if self.report_at.is_some_and(|at| at <= now) {
            self.report_heard();
            let runs = matches!(self.outlet, Outlet::Running { .. });
            self.report_at = (runs || self.ledger.waits()).then(|| now + REPORT);
        }
        if let Some((attempt, _)) = self.retry.filter(|(_, at)| *at <= now) {
            self.try_again(attempt);
        }
    }

    fn collect(&mut self, now: Instant) {
        while let Ok(played) = self.played.pop() {
            let answer = self.known.iter().rev().find(|(load, _)| *load == played.load).map(|(_, answer)| *answer);
            if let Some(answer) = answer.filter(|_| self.choice.counts()) {
                self.ledger.give(answer, played);
            }
        }
        self.ledger.heard_up_to(self.shared.clock.heard(now));
    }

    fn notice_end(&mut self, now: Instant) {
        let heard = self.shared.trail.at(self.shared.clock.heard(now));
        // Once it was sent elsewhere, or is about to be, an end that is still being heard is no end.
        let last = self.shared.trail.latest();
        let obeyed = self.commands.slots() == self.commands.buffer().capacity();
        if self.wanted && obeyed && heard == last && heard.is_some_and(|mark| mark.ended && mark.slot == self.active) {
            self.wanted = false;
            let answer = self.place().map(|place| place.answer);
            self.report_heard();
            answer.into_iter().for_each(|answer| self.report(Report::Ended { answer }));
        }
    }

    /// When nothing is wanted and the last of the sound is out, the device holds.
    fn notice_silence(&mut self, now: Instant) {
        let silent = self.shared.trail.silent_from().is_some_and(|from| from <= self.shared.clock.heard(now));
        if self.wanted || !silent {
            return;
        }
        if let Outlet::Running { device, .. } = std::mem::replace(&mut self.outlet, Outlet::Closed) {
            let held = device.hold();
            self.shared.running.store(false, Ordering::Release);
            if held.is_ok() {
                self.outlet = Outlet::Holding { device, until: now + CLOSE };
            }
            self.obey();
            self.collect(now);
            self.report_heard();
            if let (Some(place), Some(mark)) = (self.place(), self.shared.trail.latest()) {
                let (answer, at) = (place.answer, moment_of(mark.source));
                self.report(Report::Paused { answer, at });
            }
        }
    }

    /// Tells the mixer; while no device asks for sound, it is made to listen here.
    fn tell(&mut self, command: Command) {
        let mut waiting = Some(command);
        for _ in 0..200 {
            let Some(command) = waiting.take() else { break };
            if let Err(rtrb::PushError::Full(command)) = self.commands.push(command) {
                waiting = Some(command);
                if self.shared.running.load(Ordering::Acquire) {
                    thread::sleep(Duration::from_millis(1));
                }
            }
            self.obey();
        }
    }

    fn obey(&self) {
        if !self.shared.running.load(Ordering::Acquire) {
            self.mixer.lock().unwrap_or_else(PoisonError::into_inner).obey();
        }
    }

    fn place(&self) -> Option<&Place> {
        self.places[self.active.index()].as_ref()
    }

    /// What is being heard ends here: tell it when the device has played it.
    fn report_soon(&mut self) {
        let soon = Instant::now() + 2 * ROUND;
        self.report_at = Some(self.report_at.map_or(soon, |at| at.min(soon)));
    }

    fn report_heard(&mut self) {
        for (answer, speed, spans) in self.ledger.take() {
            self.report(Report::Heard { answer, spans, speed });
        }
    }

    fn report(&self, report: Report) {
        // The listener may be gone before the player is.
        let _ = self.outbox.send(report);
    }
}

#[cfg(test)]
mod tests;

//! The player's thread: it owns the device, carries out what it is told, and tells what came of it.

mod ahead;
mod outlet;
mod places;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use ahead::Ahead;
use outlet::Outlet;
use places::Place;

use super::clock::Clock;
use super::device::{Choice, Feed};
use super::handle::{Load, PlayerHandle, Shared};
use super::heard::Ledger;
use super::report::Report;
use super::shelf::Shelf;
use super::worker::News;
use crate::interview::{AnswerId, Moment, Span};
use crate::sound::mixer::{Command, Desk, Loop, Mark, Mixer, Played, SLOTS, Slot, Used};
use crate::sound::{moment_of, sample_at};

/// How often the reports of the mixer are read while it plays.
const ROUND: Duration = Duration::from_millis(100);
/// The same while it fades to a stop, which is soon.
const SHORT_ROUND: Duration = Duration::from_millis(15);
/// What was heard is reported at least so often: no more of it than that is lost when the power goes. Each report is one write, and wakes the
/// screen twice: when it is asked for, and when it is saved.
const REPORT: Duration = Duration::from_secs(5);
/// A device that asks for nothing for so long is gone.
const WATCHDOG: Duration = Duration::from_millis(500);
/// A device that holds for so long is closed, so that a pause costs nothing.
const CLOSE: Duration = Duration::from_secs(3);
/// Whoever leaves while it plays waits no longer than this for the last of it: what a device holds, and the fade.
const PARTING: Duration = Duration::from_millis(400);
/// A mixer that takes no command for so many ms is asked again at the next look.
const TRIES: u32 = 200;

/// What the player's thread is told.
pub(super) enum Message {
    Load(Box<Load>),
    Prefetch(Box<Load>),
    Unload(Slot),
    Play,
    Pause,
    Seek(Slot, Moment),
    Speed(u16),
    Switch(Slot),
    Skip(bool),
    Loop(Slot, Option<Span>),
    Device(Choice),
    News { load: u32, news: News },
    Trouble { device: u32, reason: String },
    Moved { device: u32, name: String },
    Quit,
}

struct Engine {
    choice: Choice,
    inbox: Receiver<Message>,
    to_self: Sender<Message>,
    outbox: UnboundedSender<Report>,
    /// What a device asks for sound.
    feed: Feed,
    commands: Producer<Command>,
    /// Commands that the mixer has not taken yet.
    unsaid: VecDeque<Command>,
    played: Consumer<Played>,
    used: Consumer<Used>,
    shared: Arc<Shared>,
    outlet: Outlet,
    /// Where the sound was sent last: where it stood when the device was told to play, or went to since.
    sent: Option<Mark>,
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
    ahead: Ahead,
    ledger: Ledger,
    report_at: Option<Instant>,
}

pub(super) fn start(choice: Choice) -> std::io::Result<(PlayerHandle, UnboundedReceiver<Report>)> {
    let (engine, handle, reports) = made(choice);
    thread::Builder::new().name("earmark-player".into()).spawn(move || engine.run())?;
    Ok((handle, reports))
}

/// An engine that is not running yet.
fn made(choice: Choice) -> (Engine, PlayerHandle, UnboundedReceiver<Report>) {
    let (to, inbox) = channel();
    let (outbox, reports) = unbounded_channel();
    let (mixer, Desk { commands, played, used, trail }) = Mixer::new(true);
    let clock = Arc::new(Clock::new(choice.pace()));
    let shared = Arc::new(Shared { trail, clock: clock.clone(), running: AtomicBool::new(false), answers: Mutex::default() });
    let engine = Engine {
        choice,
        inbox,
        to_self: to.clone(),
        outbox,
        feed: Feed::new(mixer, clock),
        commands,
        unsaid: VecDeque::new(),
        played,
        used,
        shared: shared.clone(),
        outlet: Outlet::Closed,
        sent: None,
        devices: 0,
        retry: None,
        wanted: false,
        active: Slot::A,
        places: Default::default(),
        loads: 0,
        known: Vec::new(),
        shelf: Shelf::default(),
        ahead: Ahead::default(),
        ledger: Ledger::default(),
        report_at: None,
    };
    (engine, PlayerHandle::new(to, shared), reports)
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
        self.fall_silent();
        self.collect(Instant::now());
        self.report_heard();
    }

    /// Stops as a pause does: sound that is cut off in its middle clicks.
    fn fall_silent(&mut self) {
        if !matches!(self.outlet, Outlet::Running { .. }) {
            return;
        }
        self.pause();
        let until = Instant::now() + PARTING;
        while matches!(self.outlet, Outlet::Running { .. }) && Instant::now() < until {
            // Whatever comes now is for nobody.
            let _ = self.inbox.recv_timeout(SHORT_ROUND);
            self.look(Instant::now());
        }
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
            Message::Prefetch(load) => self.prefetch(*load),
            Message::Unload(slot) => self.unload(slot),
            Message::Play => self.play(),
            Message::Pause => self.pause(),
            Message::Seek(slot, at) => self.seek(slot, at),
            Message::Speed(hundredths) => self.tell(Command::Speed(f32::from(hundredths.clamp(50, 300)) / 100.0)),
            Message::Switch(slot) => self.switch(slot),
            Message::Skip(on) => self.tell(Command::Skip(on)),
            Message::Loop(slot, span) => {
                let around = span.map(|span| Loop { from: sample_at(span.start), to: sample_at(span.end) });
                if let Some(place) = &mut self.places[slot.index()] {
                    place.around = around;
                }
                self.tell(Command::Loop { slot, around });
            }
            Message::Device(choice) => self.change_device(choice),
            Message::News { load, news } => self.news(load, news),
            Message::Trouble { device, reason } if device == self.devices => self.lose(reason),
            Message::Moved { device, name } if device == self.devices => self.report(Report::Moved { name }),
            Message::Trouble { .. } | Message::Moved { .. } | Message::Quit => {}
        }
    }

    fn play(&mut self) {
        self.wanted = true;
        if self.shared.trail.latest().is_some_and(|mark| mark.ended && mark.slot == self.active) {
            self.send(self.active, 0);
        }
        self.sound();
    }

    /// Lets it sound, if there is something to.
    fn sound(&mut self) {
        let Some(answer) = self.place().filter(|place| place.here).map(|place| place.answer) else { return };
        let retry = self.retry.take();
        self.tell(Command::Play);
        if let Err(reason) = self.open() {
            // A device that was lost is looked for as before.
            self.retry = retry;
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
        self.send(slot, sample_at(at));
        self.report_soon();
        // At its end it had stopped by itself.
        if self.wanted && slot == self.active {
            self.tell(Command::Play);
        }
    }

    fn send(&mut self, slot: Slot, at: u64) {
        self.note_sent(slot, at);
        self.tell(Command::Seek { slot, at });
    }

    /// The sound is about to go there: it may be long until that is heard.
    fn note_sent(&mut self, slot: Slot, source: u64) {
        if slot != self.active {
            return;
        }
        let epoch = self.next_epoch();
        self.sent = Some(Mark { slot, epoch, playing: false, waiting: false, ended: false, source });
    }

    /// The epoch that comes after all that are known.
    fn next_epoch(&self) -> u32 {
        let before = self.shared.trail.latest().map(|mark| mark.epoch).max(self.sent.map(|mark| mark.epoch));
        before.map_or(0, |epoch| epoch + 1)
    }

    fn switch(&mut self, slot: Slot) {
        self.active = slot;
        self.tell(Command::Switch(slot));
        self.report_soon();
        if self.wanted {
            self.sound();
        }
    }

    /// Looks around: what was heard, whether it ended, fell silent or the device died.
    fn look(&mut self, now: Instant) {
        if matches!(self.outlet, Outlet::Running { .. }) && self.shared.clock.runs_away(now) {
            return self.refuse();
        }
        if !self.unsaid.is_empty() {
            self.say();
        }
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
            Outlet::Holding { until, .. } if *until <= now => self.close(),
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
        self.gather();
        self.ledger.heard_up_to(self.shared.clock.heard(now));
    }

    /// What the mixer gave to the device since.
    fn gather(&mut self) {
        while let Ok(played) = self.played.pop() {
            let answer = self.known.iter().rev().find(|(load, _)| *load == played.load).map(|(_, answer)| *answer);
            if let Some(answer) = answer.filter(|_| self.choice.counts()) {
                self.ledger.give(answer, played);
            }
        }
    }

    fn notice_end(&mut self, now: Instant) {
        let heard = self.shared.trail.at(self.shared.clock.heard(now));
        // Once it was sent elsewhere, or is about to be, an end that is still being heard is no end.
        let last = self.shared.trail.latest();
        let obeyed = self.unsaid.is_empty() && self.commands.slots() == self.commands.buffer().capacity();
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
                // What was loaded meanwhile has not sounded: the moment is of what lay there before.
                let sounds = self.shared.answer(mark) == Some(place.answer);
                let (answer, at) = (place.answer, if sounds { moment_of(mark.source) } else { place.at });
                self.report(Report::Paused { answer, at });
            }
        }
    }

    /// Tells the mixer; while no device asks for sound, it is made to listen here. What it does not take in time waits for the next look: no
    /// command is forgotten, and none overtakes another.
    fn tell(&mut self, command: Command) {
        self.unsaid.push_back(command);
        self.say();
    }

    fn say(&mut self) {
        let mut tries = 0;
        while let Some(command) = self.unsaid.pop_front() {
            if let Err(rtrb::PushError::Full(command)) = self.commands.push(command) {
                self.unsaid.push_front(command);
                tries += 1;
                if tries > TRIES {
                    return;
                }
                if self.shared.running.load(Ordering::Acquire) {
                    thread::sleep(Duration::from_millis(1));
                }
            }
            self.obey();
        }
        self.obey();
    }

    fn obey(&self) {
        if !self.shared.running.load(Ordering::Acquire) {
            self.feed.mixer.lock().unwrap_or_else(PoisonError::into_inner).obey();
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

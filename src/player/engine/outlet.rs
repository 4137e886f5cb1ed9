//! The player's device: opened when there is something to sound, given up when it dies, tried again.

use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::{CLOSE, Engine, Message, REPORT, WATCHDOG};
use crate::player::device::{Choice, Device, Tell};
use crate::player::report::Report;
use crate::sound::mixer::{Command, Mark};

/// A device that was just told to play may take so long to ask for the first: a sound server wakes its sink, a headset its radio.
const WAKING: Duration = Duration::from_secs(3);
/// When a lost device is tried again; after that, as long each time as the last…
const RETRIES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5)];
/// …until it was tried so often: ten minutes.
const TRIES: usize = 120;

/// What the device is doing.
pub(super) enum Outlet {
    Closed,
    /// Open and silent, until it is closed.
    Holding {
        device: Device,
        until: Instant,
    },
    Running {
        device: Device,
        blocks: u64,
        seen: Instant,
    },
}

/// What one device has to say.
#[derive(Clone)]
struct Line {
    device: u32,
    to: Sender<Message>,
}

impl Tell for Line {
    fn trouble(&self, reason: String) {
        // Its engine may be gone before it is.
        let _ = self.to.send(Message::Trouble { device: self.device, reason });
    }

    fn moved(&self, name: String) {
        let _ = self.to.send(Message::Moved { device: self.device, name });
    }
}

impl Engine {
    /// Makes a device ask for sound.
    pub(super) fn open(&mut self) -> Result<(), String> {
        if matches!(self.outlet, Outlet::Running { .. }) {
            return Ok(());
        }
        self.sent = self.shared.trail.latest();
        self.shared.clock.begin(Instant::now());
        let device = match std::mem::replace(&mut self.outlet, Outlet::Closed) {
            Outlet::Holding { device, .. } if device.is_worth_keeping(&self.feed) => device,
            _ => self.new_device()?,
        };
        let blocks = self.shared.clock.blocks();
        self.shared.running.store(true, Ordering::Release);
        // Held since before the server went away: what was open is of no use then, but another may be.
        let playing =
            device.play().map(|()| device).or_else(|_| self.new_device().and_then(|device| device.play().map(|()| device)));
        match playing {
            Ok(device) => {
                // It is missed only when it is silent for longer than it may take to wake.
                self.outlet = Outlet::Running { device, blocks, seen: Instant::now() + WAKING - WATCHDOG };
                self.report_at.get_or_insert_with(|| Instant::now() + REPORT);
                Ok(())
            }
            Err(reason) => {
                self.shared.running.store(false, Ordering::Release);
                Err(reason)
            }
        }
    }

    pub(super) fn new_device(&mut self) -> Result<Device, String> {
        self.devices += 1;
        let line = Line { device: self.devices, to: self.to_self.clone() };
        // The server asks for the first sound while it opens: from here on the mixer is its.
        self.shared.running.store(true, Ordering::Release);
        let opened = Device::open(&self.choice, self.feed.for_device(self.devices), line);
        if opened.is_err() {
            self.shared.running.store(false, Ordering::Release);
        }
        opened
    }

    /// The device is gone: pause where it was last heard, and try again later.
    pub(super) fn lose(&mut self, reason: String) {
        let output = self.shared.clock.heard(Instant::now());
        let heard = self.heard_at(output);
        if self.stop(output, heard) {
            self.report(Report::DeviceLost { reason });
            self.retry = Some((0, Instant::now() + RETRIES[0]));
        }
    }

    /// The device throws away what it is given (such are outputs that are made for tests): nothing was heard since it was told to play.
    pub(super) fn refuse(&mut self) {
        let sent = self.sent;
        if self.stop(self.shared.clock.began_at(), sent) {
            let reason = "the output takes sound faster than it can be heard: it throws it away".to_owned();
            self.report(Report::NoDevice { reason });
        }
    }

    /// Closes the device and goes back to where it was heard last; false where it did not run.
    fn stop(&mut self, output: u64, heard: Option<Mark>) -> bool {
        let ran = matches!(self.outlet, Outlet::Running { .. });
        self.close();
        self.shared.running.store(false, Ordering::Release);
        if ran {
            self.wanted = false;
            self.go_back_to(output, heard);
            self.report_heard();
        }
        ran
    }

    /// Gives the device up: what it still says is no longer news, and what it still asks for it does not get.
    pub(super) fn close(&mut self) {
        self.devices += 1;
        self.feed.only(self.devices);
        self.outlet = Outlet::Closed;
    }

    /// Plays on another device, from where it is heard now.
    pub(super) fn change_device(&mut self, choice: Choice) {
        if choice == self.choice {
            return;
        }
        let output = self.shared.clock.heard(Instant::now());
        let ran = matches!(self.outlet, Outlet::Running { .. });
        self.choice = choice;
        self.retry = None;
        self.close();
        self.shared.running.store(false, Ordering::Release);
        if ran {
            let heard = self.heard_at(output);
            self.go_back_to(output, heard);
            self.report_heard();
        }
        if self.wanted {
            self.sound();
        }
    }

    /// Where the sound was at a sample of the output; where it was sent elsewhere and that was not heard yet, there.
    fn heard_at(&self, output: u64) -> Option<Mark> {
        let heard = self.shared.trail.at(output);
        let is_to_come = |sent: &Mark| heard.is_none_or(|heard| heard.epoch < sent.epoch);
        self.sent.filter(is_to_come).or(heard)
    }

    /// What a device was given and did not play is played by the next one.
    fn go_back_to(&mut self, output: u64, heard: Option<Mark>) {
        self.tell(Command::Pause);
        if let Some(mark) = heard {
            self.tell(Command::Seek { slot: mark.slot, at: mark.source });
        }
        self.gather();
        self.ledger.lose(output);
    }

    pub(super) fn try_again(&mut self, attempt: usize) {
        self.retry = None;
        let opened = self.new_device();
        self.shared.running.store(false, Ordering::Release);
        match opened {
            Ok(device) => {
                self.outlet = Outlet::Holding { device, until: Instant::now() + CLOSE };
                self.report(Report::DeviceBack);
            }
            Err(reason) => {
                let wait = RETRIES[(attempt + 1).min(RETRIES.len() - 1)];
                self.retry = (attempt + 1 < TRIES).then(|| (attempt + 1, Instant::now() + wait));
                if attempt + 1 == RETRIES.len() {
                    self.report(Report::NoDevice { reason });
                }
            }
        }
    }
}

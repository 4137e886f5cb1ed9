//! A device without a loudspeaker: it asks for sound at the pace of time, or faster, and drops it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::Feed;
use crate::sound::RATE;

/// Samples in a block: 10 ms.
const BLOCK: usize = 480;

pub(in crate::player) struct Timer(Sender<bool>);

impl Timer {
    pub(super) fn start(pace: f64, feed: Feed) -> Result<Timer, String> {
        let (tell, told) = channel();
        let run = move || run(pace, &feed, &told);
        thread::Builder::new().name("earmark-timer".into()).spawn(run).map_err(|error| error.to_string())?;
        Ok(Timer(tell))
    }

    pub(super) fn play(&self) -> Result<(), String> {
        self.0.send(true).map_err(|error| error.to_string())
    }

    pub(super) fn hold(&self) -> Result<(), String> {
        self.0.send(false).map_err(|error| error.to_string())
    }
}

/// Runs until the timer is dropped.
fn run(pace: f64, feed: &Feed, told: &Receiver<bool>) {
    let step = Duration::from_secs_f64(BLOCK as f64 / f64::from(RATE) / pace);
    let mut block = [0.0; BLOCK];
    let mut next: Option<Instant> = None;
    loop {
        let message = match next {
            None => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => told.recv_timeout(at.saturating_duration_since(Instant::now())),
        };
        match message {
            Ok(true) => next = next.or_else(|| Some(Instant::now())),
            Ok(false) => next = None,
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                feed.fill(&mut block, Some(Duration::ZERO));
                // After a machine's sleep it does not catch up.
                next = next.map(|at| (at + step).max(Instant::now() - 10 * step));
            }
        }
    }
}

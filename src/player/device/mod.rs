//! Where the mixer's sound goes: a sound server, a card, or a timer that plays the part of one.

mod output;
mod server;
mod timer;

use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::clock::Clock;
use crate::sound::mixer::Mixer;
pub(super) use output::list;

/// Which device to play on.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Choice {
    /// The sound server if there is one, else the card.
    #[default]
    Auto,
    /// PulseAudio, or PipeWire by its protocol.
    Pulse,
    /// The card itself.
    Alsa,
    /// One that [`outputs`](super::outputs) named, by its id: `pulseaudio:headset`. Where it is not there, nothing else plays instead: who
    /// listens on a headset does not want the answer on a loudspeaker.
    Named(String),
    /// Time passes, nothing is heard and nothing counts as heard: for machines on which one wants to read along.
    Null,
    /// A device for tests: time passes `pace` times as fast as it does, and what passes counts as heard.
    Clock {
        /// 1 and up.
        pace: f64,
    },
}

/// No such device.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no sound device; use auto, pulse, alsa, null, or one that `earmark config outputs` lists")]
pub struct ChoiceError(String);

impl Choice {
    /// What `EARMARK_AUDIO` says; `Auto` where it says nothing.
    ///
    /// # Errors
    /// When it names no device.
    pub fn from_env() -> Result<Choice, ChoiceError> {
        std::env::var("EARMARK_AUDIO").map_or(Ok(Choice::Auto), |text| text.parse())
    }

    pub(super) fn pace(&self) -> f64 {
        if let Choice::Clock { pace } = self { *pace } else { 1.0 }
    }

    /// Whether what it plays counts as heard.
    pub(super) fn counts(&self) -> bool {
        *self != Choice::Null
    }
}

impl FromStr for Choice {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Choice, ChoiceError> {
        match text.trim() {
            "" | "auto" => Ok(Choice::Auto),
            "pulse" => Ok(Choice::Pulse),
            "alsa" => Ok(Choice::Alsa),
            "null" => Ok(Choice::Null),
            "clock" => Ok(Choice::Clock { pace: 1.0 }),
            named if output::is_id(named) => Ok(Choice::Named(named.to_owned())),
            other => {
                let pace =
                    other.strip_prefix("clock:").and_then(|pace| pace.parse().ok()).filter(|pace| (1.0..=1000.0).contains(pace));
                pace.map(|pace| Choice::Clock { pace }).ok_or_else(|| ChoiceError(text.to_owned()))
            }
        }
    }
}

/// What a device needs to ask for sound.
#[derive(Clone)]
pub(super) struct Feed {
    pub(super) mixer: Arc<Mutex<Mixer>>,
    pub(super) clock: Arc<Clock>,
    /// Frames that a device shall ask for at once; it grows when one was not served in time, and the next one to be opened asks for more.
    pub(super) depth: Arc<AtomicU32>,
}

/// Frames that a device asks for at once, twice of which wait in its buffer: 85 ms. With 64 ms a hole of 7 ms was recorded once while
/// both cores of a small machine were busy.
pub(super) const FRAMES: u32 = 2048;

impl Feed {
    /// Fills a block, whose first sample is heard `delay` from now; none where the device has not begun to play.
    ///
    /// The lock is never waited for: the player's thread takes it only while no device runs.
    fn fill(&self, block: &mut [f32], delay: Option<Duration>) {
        let Ok(mut mixer) = self.mixer.try_lock() else {
            block.fill(0.0);
            return;
        };
        let first = mixer.given();
        mixer.render(block);
        match delay {
            Some(delay) => self.clock.publish(first, block.len() as u64, Instant::now(), delay),
            None => self.clock.fill_ahead(first, block.len() as u64),
        }
    }
}

/// An open device, which plays or holds.
pub(super) enum Device {
    Output(output::Output),
    Timer(timer::Timer),
}

impl Device {
    /// Opens a device, holding. `trouble` is called from any thread when it is lost.
    pub(super) fn open(choice: &Choice, feed: Feed, trouble: impl Fn(String) + Send + Clone + 'static) -> Result<Device, String> {
        match choice {
            Choice::Null | Choice::Clock { .. } => timer::Timer::start(choice.pace(), feed).map(Device::Timer),
            Choice::Named(id) => output::Output::open_named(id, feed, trouble).map(Device::Output),
            Choice::Auto => output::Output::open(&["pulseaudio", "alsa"], feed, trouble).map(Device::Output),
            Choice::Pulse => output::Output::open(&["pulseaudio"], feed, trouble).map(Device::Output),
            Choice::Alsa => output::Output::open(&["alsa"], feed, trouble).map(Device::Output),
        }
    }

    /// Whether playing on is better than opening another: it is as deep as `feed` asks by now, and asks for sound at once.
    pub(super) fn is_worth_keeping(&self, feed: &Feed) -> bool {
        match self {
            Device::Output(output) => output.asks_at_once() && output.depth() >= feed.depth.load(Ordering::Relaxed),
            Device::Timer(_) => true,
        }
    }

    pub(super) fn play(&self) -> Result<(), String> {
        match self {
            Device::Output(output) => output.play(),
            Device::Timer(timer) => timer.play(),
        }
    }

    pub(super) fn hold(&self) -> Result<(), String> {
        match self {
            Device::Output(output) => output.hold(),
            Device::Timer(timer) => timer.hold(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_chosen_by_its_name() {
        assert_eq!("".parse(), Ok(Choice::Auto));
        assert_eq!("pulseaudio:headset".parse(), Ok(Choice::Named("pulseaudio:headset".to_owned())));
        assert_eq!("clock:20".parse(), Ok(Choice::Clock { pace: 20.0 }));
        assert!("clock:0".parse::<Choice>().is_err());
        assert!("loudspeaker".parse::<Choice>().is_err());
    }
}

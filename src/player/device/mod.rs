//! Where the mixer's sound goes: a sound server, a card, or a timer that plays the part of one.

mod output;
mod pulse;
mod timer;

use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use crate::sound::mixer::Mixer;
pub(super) use output::{Tell, list};
pub(super) use pulse::visit;
pub use pulse::{Trouble, Visit};

/// Whether what a clock lets pass counts as heard, although nobody hears it: where assertions are on, and where the feature `clock` asks for
/// it, as benchmarks do. Never in a release: hearing is evidence, and a variable must not make it.
pub const CLOCK_COUNTS: bool = cfg!(any(debug_assertions, feature = "clock"));

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
    /// A device for tests: time passes `pace` times as fast as it does. What passes counts as heard in a build for tests alone
    /// ([`CLOCK_COUNTS`]); in the program that people are given it counts as little as on [`Choice::Null`].
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
        self.counts_in(CLOCK_COUNTS)
    }

    /// The same in a build in which a clock's word counts, or does not.
    fn counts_in(&self, clock_counts: bool) -> bool {
        match self {
            Choice::Null => false,
            Choice::Clock { .. } => clock_counts,
            Choice::Auto | Choice::Pulse | Choice::Alsa | Choice::Named(_) => true,
        }
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
    /// Which device this is for…
    device: u32,
    /// …and which is the one that plays. A stream that is being closed may still ask: it gets nothing, and its word counts for nothing.
    current: Arc<AtomicU32>,
}

/// Frames that a device asks for at once, twice of which wait in its buffer: 85 ms. With 64 ms a hole of 7 ms was recorded once while
/// both cores of a small machine were busy.
pub(super) const FRAMES: u32 = 2048;

impl Feed {
    pub(super) fn new(mixer: Mixer, clock: Arc<Clock>) -> Feed {
        let (mixer, depth) = (Arc::new(Mutex::new(mixer)), Arc::new(AtomicU32::new(FRAMES)));
        Feed { mixer, clock, depth, device: 0, current: Arc::default() }
    }

    /// The feed of device number `device`, which is the one that plays from now on.
    pub(super) fn for_device(&self, device: u32) -> Feed {
        self.only(device);
        Feed { device, ..self.clone() }
    }

    /// From now on, none but this device is given anything. What an earlier one was just being given is done before this returns.
    pub(super) fn only(&self, device: u32) {
        let _mixer = self.mixer.lock().unwrap_or_else(PoisonError::into_inner);
        self.current.store(device, Ordering::SeqCst);
    }

    /// Fills a block, whose first sample is heard `delay` from now; none where the device has not begun to play.
    ///
    /// The lock is never waited for: the player's thread takes it only while no device runs, or one is given up.
    fn fill(&self, block: &mut [f32], delay: Option<Duration>) {
        let Ok(mut mixer) = self.mixer.try_lock() else {
            block.fill(0.0);
            return;
        };
        if self.current.load(Ordering::SeqCst) != self.device {
            block.fill(0.0);
            return;
        }
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
    /// Opens a device, holding. `tell` is told from any thread when it is lost, or plays elsewhere.
    pub(super) fn open(choice: &Choice, feed: Feed, tell: impl Tell) -> Result<Device, String> {
        match choice {
            Choice::Null | Choice::Clock { .. } => timer::Timer::start(choice.pace(), feed).map(Device::Timer),
            Choice::Named(id) => output::Output::open_named(id, feed, tell).map(Device::Output),
            Choice::Auto => output::Output::open(&[pulse::NAME, "alsa"], feed, tell).map(Device::Output),
            Choice::Pulse => output::Output::open(&[pulse::NAME], feed, tell).map(Device::Output),
            Choice::Alsa => output::Output::open(&["alsa"], feed, tell).map(Device::Output),
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
    use crate::sound::mixer::{Command, Slot};

    #[test]
    fn a_device_that_was_given_up_is_given_nothing_and_moves_no_clock() {
        let (mixer, mut desk) = Mixer::new(false);
        let feed = Feed::new(mixer, Arc::new(Clock::new(1.0)));
        let pcm = crate::sound::Pcm::from_samples(&[0.5; 48_000]);
        let load = Command::Load { slot: Slot::A, load: 1, pcm, gain: 1.0, at: 0 };
        [load, Command::Play].into_iter().for_each(|command| drop(desk.commands.push(command)));
        let given = || feed.mixer.lock().expect("nobody fails").given();
        let (old, mut block) = (feed.for_device(1), [0.0; 960]);
        old.fill(&mut block, Some(Duration::ZERO));
        assert!(block[900] > 0.4 && feed.clock.blocks() == 1);
        let new = feed.for_device(2);
        let before = given();
        old.fill(&mut block, Some(Duration::from_secs(3)));
        assert_eq!((block, feed.clock.blocks(), given()), ([0.0; 960], 1, before));
        new.fill(&mut block, Some(Duration::ZERO));
        assert!(block[900] > 0.4 && feed.clock.blocks() == 2);
        feed.only(3);
        new.fill(&mut block, Some(Duration::ZERO));
        assert_eq!((block, feed.clock.blocks()), ([0.0; 960], 2));
    }

    #[test]
    fn in_a_release_no_variable_and_no_setting_makes_hearing_that_nobody_heard() {
        for text in ["clock", "clock:1000", "null"] {
            assert!(!text.parse::<Choice>().expect("a device").counts_in(false), "{text}");
        }
        assert!(
            ["", "pulse", "alsa", "pulseaudio:headset"]
                .iter()
                .all(|text| text.parse::<Choice>().expect("a device").counts_in(false))
        );
        assert_eq!(CLOCK_COUNTS, cfg!(debug_assertions) || cfg!(feature = "clock"));
    }

    #[test]
    fn a_device_is_chosen_by_its_name() {
        assert_eq!("".parse(), Ok(Choice::Auto));
        assert_eq!("pulseaudio:headset".parse(), Ok(Choice::Named("pulseaudio:headset".to_owned())));
        assert_eq!("clock:20".parse(), Ok(Choice::Clock { pace: 20.0 }));
        assert!("clock:0".parse::<Choice>().is_err());
        assert!("loudspeaker".parse::<Choice>().is_err());
    }
}

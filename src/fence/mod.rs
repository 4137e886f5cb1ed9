//! Recordings are decoded in a child process that can do nothing else: a recording is written by a stranger, and decoders have faults.
//!
//! The child is this program under a hidden subcommand. It is given the recording's bytes, never a path. Before it reads the first of
//! them it limits its memory and its time and closes files, network and other programs to itself, as far as the system can
//! ([`Walls`] says how far). What it sends back is samples, or what it measured of them; the parent checks that a recording can be
//! so, believes nothing else of it, and kills a child that does not come to an end. Playing can start while the rest is on its way.
//!
//! What symphonia cannot decode goes through the user's own `ffmpeg`, never while it is played, behind walls of its own ([`Fence::convert`]).

mod child;
mod coming;
mod convert;
mod frame;
pub mod handing;
mod line;
mod measuring;
mod order;
mod walls;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub use child::run as run_child;
pub use coming::Coming;
pub use convert::is_there as ffmpeg_is_there;
pub use order::COMMAND;
pub use walls::Walls;

use self::coming::{Samples, Step};
use self::line::Line;
use self::measuring::Measuring;
use self::order::Order;
use crate::sound::prepare::Meter;
use crate::sound::{DecodeError, Downmix, Mono, Pcm, Prepared, Recording, measure_while_decoding};

/// Where recordings are decoded. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Fence {
    place: Place,
    patience: Patience,
}

#[derive(Clone, Debug)]
enum Place {
    /// In a child that is this program.
    Child(Arc<Path>),
    /// In this process.
    Here,
}

/// How long a child may keep its parent waiting.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// Between two pieces of what it sends.
    idle: Duration,
    /// In all.
    whole: Duration,
}

const PATIENCE: Patience = Patience { idle: Duration::from_secs(20), whole: Duration::from_secs(600) };

/// The program that has the hidden subcommand, once it said so.
static PROGRAM: OnceLock<Arc<Path>> = OnceLock::new();

/// Says that this process is the program that knows [`COMMAND`], and does its work where `arguments` (the program's name first) ask for it.
pub fn take_part(arguments: &[OsString]) -> Option<std::process::ExitCode> {
    if arguments.get(1).is_some_and(|word| word == COMMAND) {
        let words: Vec<String> = arguments[2..].iter().map(|word| word.to_string_lossy().into_owned()).collect();
        return Some(run_child(&words));
    }
    // The running program itself, also after it was replaced on disk.
    let itself = Path::new("/proc/self/exe");
    let program = if itself.exists() { Ok(itself.to_owned()) } else { std::env::current_exe() };
    if let Ok(program) = program {
        let _ = PROGRAM.set(program.into());
    }
    None
}

/// This very program, to be called again; none in a process that only uses its library.
pub fn this_program() -> Option<Arc<Path>> {
    PROGRAM.get().cloned()
}

impl Fence {
    /// Around a child of this program; where the process is another one that only uses its library (a test, a bench), there is none.
    pub fn here() -> Fence {
        let place = PROGRAM.get().map_or(Place::Here, |program| Place::Child(program.clone()));
        Fence { place, patience: PATIENCE }
    }

    /// Around a child that runs `program`.
    pub fn around(program: PathBuf) -> Fence {
        Fence { place: Place::Child(program.into()), patience: PATIENCE }
    }

    /// None: decoding happens in this process.
    pub fn none() -> Fence {
        Fence { place: Place::Here, patience: PATIENCE }
    }

    /// Gives a child up that keeps silent for `idle`, or keeps us waiting thirty times as long in all.
    pub fn with_patience(mut self, idle: Duration) -> Fence {
        self.patience = Patience { idle, whole: idle * 30 };
        self
    }

    /// Starts to decode. `hint` is the file's extension, `downmix` the mix that an earlier measurement chose.
    ///
    /// # Errors
    /// When the child cannot be started. What is wrong with the recording is told by [`Coming::step`].
    pub fn open(&self, bytes: Recording, hint: Option<&str>, downmix: Option<Downmix>) -> Result<Coming, DecodeError> {
        Ok(Coming::new(self.samples(bytes, hint, downmix)?))
    }

    /// Decodes a recording and measures it; when the mix that was chosen at the start turns out to be wrong, once more.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub fn prepare(&self, bytes: Recording, hint: Option<&str>) -> Result<(Pcm, Prepared), DecodeError> {
        let (mut pcm, mut loaded) = self.open(bytes.clone(), hint, None)?.run()?;
        if !loaded.downmix.is_like(&loaded.best) {
            (pcm, loaded) = self.open(bytes, hint, Some(loaded.best))?.run()?;
        }
        let prepared = crate::sound::measure(&pcm, &loaded);
        Ok((pcm, prepared))
    }

    /// The same without the samples: what an import needs, in little memory however long the recording is. It is measured where it is
    /// decoded, so that only what was found is handed over, and one job keeps one processor at work.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub fn measure(&self, bytes: Recording, hint: Option<&str>) -> Result<Prepared, DecodeError> {
        let Place::Child(program) = &self.place else { return measure_while_decoding(bytes, hint, &mut |_| Ok(())) };
        if bytes.is_empty() {
            return Err(DecodeError::Empty);
        }
        let order = Order::Measure { bytes: bytes.len() as u64, hint: hint.map(str::to_lowercase) };
        match measuring::wait_for(self.line(program, &order, bytes.clone())?)? {
            Measuring::Done(prepared) => Ok(*prepared),
            // What another child can send of it until it dies too is the recording, broken off.
            Measuring::DiedLate => self.measure_what_comes(bytes, hint, None),
        }
    }

    /// Starts a child over a moment of silence and says which walls stand around it: for `earmark doctor`.
    ///
    /// # Errors
    /// When it cannot be started, or decoding does not work in it.
    pub fn walls(&self) -> Result<Walls, DecodeError> {
        let silence = crate::sound::wav::bytes(&[0.0; 480]);
        let mut coming = self.open(silence.into(), None, None)?;
        while coming.step()?.is_none() {}
        Ok(coming.walls())
    }

    fn measure_what_comes(&self, bytes: Recording, hint: Option<&str>, mix: Option<Downmix>) -> Result<Prepared, DecodeError> {
        let (mut samples, mut meter) = (self.samples(bytes.clone(), hint, mix.clone())?, Meter::default());
        let loaded = loop {
            match samples.next()? {
                Step::Samples(some) => meter.push(&some),
                Step::Done(loaded) => break loaded,
            }
        };
        match mix.is_some() || loaded.downmix.is_like(&loaded.best) {
            true => Ok(meter.finish(&loaded)),
            false => self.measure_what_comes(bytes, hint, Some(loaded.best)),
        }
    }

    fn line(&self, program: &Path, order: &Order, bytes: Recording) -> Result<Line, DecodeError> {
        Line::start(program, order, bytes, self.patience).map_err(|error| DecodeError::Workshop(error.to_string()))
    }

    fn samples(&self, bytes: Recording, hint: Option<&str>, downmix: Option<Downmix>) -> Result<Samples, DecodeError> {
        match &self.place {
            Place::Here => Ok(Samples::here(Mono::open(bytes, hint, downmix)?)),
            Place::Child(program) => {
                // What is certain needs no child.
                if bytes.is_empty() {
                    return Err(DecodeError::Empty);
                }
                let order = Order::Decode { bytes: bytes.len() as u64, hint: hint.map(str::to_lowercase), downmix };
                self.line(program, &order, bytes).map(Samples::child)
            }
        }
    }
}

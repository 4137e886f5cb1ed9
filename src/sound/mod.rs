//! What is heard: recordings become samples, samples become speech at the speed, level and place a reviewer asked for.
//!
//! Bytes in, samples out. Nothing here opens a file, starts a thread or knows the time; the device is in `player`.
//!
//! The chain, in the order that sound flows through it: [`decode`] (any container, once, in order) → [`downmix`] and
//! resampling → [`Pcm`] (mono, 48 kHz, readable while it grows) → [`mixer`] (stretch, gain, cross-fades, limiter).
//! [`prepare()`] measures a recording once; [`render()`] runs the same mixer faster than real time.

pub mod decode;
pub mod downmix;
mod excerpt;
mod faint;
mod limited;
pub mod limiter;
mod load;
pub mod mixer;
mod mono;
pub mod opus;
pub mod pace;
mod pcm;
pub mod prepare;
mod quality;
mod recording;
pub mod render;
mod resample;
pub mod speech;
pub mod stretch;
#[cfg(test)]
pub(crate) mod testing;
mod thirds;
mod voices;
pub mod wav;

pub use decode::{DecodeError, Decoder, Head, Truncation, cut_off, has_picture};
pub use downmix::Downmix;
pub use excerpt::{Excerpt, excerpt};
pub use load::Loading;
pub use mono::{Loaded, Mono, is_late};
pub use pcm::{Pcm, PcmWriter, to_i16};
pub use prepare::{Prepared, Sketch, measure, measure_while_decoding, prepare};
pub use quality::Quality;
pub use recording::Recording;
pub use render::{Rendered, Rendering, render, render_to};

use crate::interview::Moment;

/// Samples per second of everything after decoding.
pub const RATE: u32 = 48_000;

/// The longest recording that is taken, in seconds: four hours.
pub const LONGEST_SECONDS: u64 = 4 * 3600;

/// The moment at which sample number `sample` is heard.
pub fn moment_of(sample: u64) -> Moment {
    Moment((sample / u64::from(RATE / 1000)).min(u64::from(u32::MAX)) as u32)
}

/// The number of the sample that is heard at `moment`.
pub fn sample_at(moment: Moment) -> u64 {
    u64::from(moment.0) * u64::from(RATE / 1000)
}

/// The factor that a gain in decibels multiplies by.
pub fn factor(decibels: f32) -> f32 {
    10f32.powf(decibels / 20.0)
}

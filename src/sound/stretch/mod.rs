//! Speech faster or slower with its pitch kept: overlap-add of pieces that fit each other (WSOLA, Verhelst and Roelands 1993).
//!
//! Every 10 ms a piece of 20 ms is faded in while the one before fades out. Where the plan would have the next piece start is a matter
//! of speed; where around there it really starts is chosen so that its wave continues the one before. While the recording itself, played
//! on, stays near the plan, it is played on: that is most of the time near 1x, and always at 1x, where what comes out is what is there.

use super::pcm::Pcm;

/// Samples between two pieces, which are twice as long: 10 ms.
pub const HOP: usize = 480;
/// How far from the plan a piece may start, in samples: 10 ms, so that a whole period of the deepest voice is within reach.
const SEARCH: usize = 480;
/// How much of two pieces is compared, in samples: 15 ms.
const COMPARE: usize = 720;
/// The first search is at 8 kHz.
const COARSE: usize = 6;
/// Quieter than this (mean square, −66 dB) there is nothing to fit.
const SILENT: f32 = 2.5e-7;

/// The slowest speed.
pub const SLOWEST: f32 = 0.5;
/// The fastest speed.
pub const FASTEST: f32 = 3.0;

/// What a hop found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hop {
    /// There are [`HOP`] more samples.
    Ready,
    /// The recording is not decoded so far yet.
    Waiting,
    /// The recording is over.
    Ended,
}

/// Memory to work in, so that a hop allocates nothing. One serves any number of stretches, one after the other.
pub struct Scratch {
    natural: [f32; COMPARE],
    around: [f32; 2 * SEARCH + COMPARE],
    coarse_natural: [f32; COMPARE / COARSE],
    coarse_around: [f32; (2 * SEARCH + COMPARE) / COARSE],
    fade: [f32; HOP],
    /// From silence to full level with equal power, for sounds that have nothing to do with each other.
    pub(super) ramp: [f32; HOP],
}

impl Default for Scratch {
    fn default() -> Self {
        let fade = |i: usize| 0.5 - 0.5 * ((i as f32 + 0.5) / HOP as f32 * std::f32::consts::PI).cos();
        Scratch {
            natural: [0.0; COMPARE],
            around: [0.0; 2 * SEARCH + COMPARE],
            coarse_natural: [0.0; COMPARE / COARSE],
            coarse_around: [0.0; (2 * SEARCH + COMPARE) / COARSE],
            fade: std::array::from_fn(fade),
            ramp: std::array::from_fn(|i| ((i as f32 + 0.5) / HOP as f32 * std::f32::consts::FRAC_PI_2).sin()),
        }
    }
}

/// A place in a recording that is being played, and how fast.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Where the piece that is being played starts; after a hop its middle is being heard, with nothing mixed in.
    piece: i64,
    /// Where the plan has the next piece start.
    plan: f64,
    speed: f32,
    out: [f32; HOP],
    left: usize,
}

impl Stretch {
    /// Starts at sample `at` with a speed of 0.5..=3.
    pub fn new(at: u64, speed: f32) -> Stretch {
        let at = at.min(1 << 40);
        Stretch { piece: at as i64 - HOP as i64, plan: at as f64, speed: clamped(speed), out: [0.0; HOP], left: 0 }
    }

    /// The sample of the recording that is heard exactly when all samples of the last hop were taken.
    pub fn position(&self) -> u64 {
        (self.piece + HOP as i64).max(0) as u64
    }

    /// Where the plan is, which never goes back: up to here it was heard.
    pub fn planned(&self) -> u64 {
        self.plan as u64
    }

    /// The speed.
    pub fn speed(&self) -> f32 {
        self.speed
    }

    /// Another speed, from the next hop on.
    pub fn set_speed(&mut self, speed: f32) {
        self.speed = clamped(speed);
    }

    /// Samples of the last hop that were not taken yet.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Takes samples of the last hop, as many as `out` holds and are left. Returns how many.
    pub fn take(&mut self, out: &mut [f32]) -> usize {
        let count = self.left.min(out.len());
        let from = HOP - self.left;
        out[..count].copy_from_slice(&self.out[from..from + count]);
        self.left -= count;
        count
    }

    /// Makes the next [`HOP`] samples. With `reserve`, it waits unless that many more samples are decoded than it needs.
    pub fn hop(&mut self, pcm: &Pcm, scratch: &mut Scratch, reserve: u64) -> Hop {
        let finished = pcm.is_finished();
        let available = pcm.available();
        let furthest = (self.plan as u64 + (SEARCH + COMPARE + HOP) as u64).max(self.position() + COMPARE as u64);
        if !finished && available < furthest + reserve {
            return Hop::Waiting;
        }
        if self.plan as u64 >= available {
            return Hop::Ended;
        }
        let natural = self.piece + HOP as i64;
        let astray = natural as f64 - self.plan;
        if astray.abs() <= SEARCH as f64 {
            pcm.read(natural, &mut self.out);
            self.piece = natural;
        } else {
            self.piece = self.splice(pcm, scratch, natural);
        }
        self.plan += HOP as f64 * f64::from(self.speed);
        self.left = HOP;
        Hop::Ready
    }

    /// Fades from the recording played on to a piece near the plan that fits it; returns where that starts.
    fn splice(&mut self, pcm: &Pcm, scratch: &mut Scratch, natural: i64) -> i64 {
        let first = (self.plan as i64 - SEARCH as i64).max(0);
        pcm.read(natural, &mut scratch.natural);
        pcm.read(first, &mut scratch.around);
        let lag = best_lag(scratch);
        let old = &scratch.natural[..HOP];
        let new = &scratch.around[lag..lag + HOP];
        let likeness = likeness(old, new);
        for (i, out) in self.out.iter_mut().enumerate() {
            let (rising, falling) = (scratch.fade[i], 1.0 - scratch.fade[i]);
            // Two waves that are alike add up to the same; two that are not (hiss, consonants) would dip in the middle.
            let power = rising * rising + falling * falling + 2.0 * likeness * rising * falling;
            *out = (old[i] * falling + new[i] * rising) / power.sqrt();
        }
        first + lag as i64
    }
}

fn clamped(speed: f32) -> f32 {
    if speed.is_finite() { speed.clamp(SLOWEST, FASTEST) } else { 1.0 }
}

/// Correlation of two pieces, 0..=1.
fn likeness(a: &[f32], b: &[f32]) -> f32 {
    let energy = dot(a, a) * dot(b, b);
    if energy <= 0.0 { 1.0 } else { (dot(a, b) / energy.sqrt()).clamp(0.0, 1.0) }
}

/// The offset in `around` at which the wave is most like `natural`: searched at 8 kHz, refined at 48.
fn best_lag(scratch: &mut Scratch) -> usize {
    if dot(&scratch.natural, &scratch.natural) < SILENT * COMPARE as f32 {
        return SEARCH;
    }
    thin(&scratch.natural, &mut scratch.coarse_natural);
    thin(&scratch.around, &mut scratch.coarse_around);
    let coarse = most_alike(&scratch.coarse_natural, &scratch.coarse_around, 0, 2 * SEARCH / COARSE);
    let first = (coarse * COARSE).saturating_sub(COARSE);
    let last = (coarse * COARSE + COARSE).min(2 * SEARCH);
    most_alike(&scratch.natural, &scratch.around, first, last)
}

/// The offset, `first..=last`, at which `around` correlates most with `piece`, both taken at their own level.
fn most_alike(piece: &[f32], around: &[f32], first: usize, last: usize) -> usize {
    let length = piece.len();
    let mut energy = dot(&around[first..first + length], &around[first..first + length]);
    let mut best = (first, f32::MIN);
    for lag in first..=last.min(around.len() - length) {
        let correlation = dot(piece, &around[lag..lag + length]);
        let score = correlation / (energy + SILENT * length as f32).max(f32::MIN_POSITIVE).sqrt();
        if score > best.1 {
            best = (lag, score);
        }
        if let Some(next) = around.get(lag + length) {
            energy = (energy + next * next - around[lag] * around[lag]).max(0.0);
        }
    }
    best.0
}

/// A sixth of the rate by averaging: enough to find the period of a voice.
fn thin(from: &[f32], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from.chunks_exact(COARSE)) {
        *to = from.iter().sum::<f32>() * (1.0 / COARSE as f32);
    }
}

/// Sum of products, in eight sums that the compiler can keep in vector registers.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a.zip(b) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests;

//! Speech faster or slower with its pitch kept: overlap-add of pieces that fit each other (WSOLA, Verhelst and Roelands 1993).
//!
//! Where the plan would have the sound be is a matter of speed. The recording is played on as it is while that stays near the plan; when
//! it has strayed, it fades within 10 ms into another place, chosen near the plan so that its wave continues the one before. How far it
//! may stray is the choice that matters: few places that do not quite fit keep voices clear, many small ones keep consonants whole.
//! At 1x it never strays, and what comes out is what is there.

use super::pcm::Pcm;

/// Samples that are made at a time, and of a fade from one place to another: 10 ms.
pub const HOP: usize = 480;
/// How far from the plan sound may stray at 1x and below, in samples: 10 ms, so that a period of the deepest voice is within reach.
/// It grows with speed up to [`FURTHEST`] at 2x.
const NEAR: f32 = 480.0;
/// How far from the plan sound may stray at most, in samples: 25 ms.
const FURTHEST: f32 = 1200.0;
/// How far from the plan a new place may lie, in samples: 12 ms.
const SEARCH: usize = 576;
/// How much of two pieces is compared, in samples: 15 ms.
const COMPARE: usize = 720;
/// The first search is at 8 kHz.
const COARSE: usize = 6;
/// Two waves correlating so much fit so well that it is worth leaving before one must.
const FITS: f32 = 0.98;
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

/// Where sound could go on.
struct Place {
    /// The sample.
    start: i64,
    /// Where that is in what was looked at.
    lag: usize,
    /// How much its wave is like the recording played on, 0..=1.
    likeness: f32,
}

/// A place in a recording that is being played, and how fast.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Which sample of the recording the last hop started with, or would have when it faded; at its end nothing is mixed in.
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
        let furthest = (self.plan as u64 + (SEARCH + COMPARE) as u64).max(self.position() + COMPARE as u64);
        if !finished && available < furthest + reserve {
            return Hop::Waiting;
        }
        if self.plan as u64 >= available {
            return Hop::Ended;
        }
        let natural = self.piece + HOP as i64;
        let astray = (natural as f64 - self.plan).abs() as f32;
        let limit = (NEAR + (FURTHEST - NEAR) * (self.speed - 1.0)).clamp(NEAR, FURTHEST);
        let reach = SEARCH.min(limit as usize);
        self.piece = natural;
        if let Some(last) = self.last_place(available, finished).filter(|last| *last > natural) {
            pcm.read(natural, &mut scratch.natural);
            pcm.read(last, &mut scratch.around);
            self.fade_to(&Place { start: last, lag: 0, likeness: 0.0 }, scratch);
        } else if astray > reach as f32 {
            let place = self.look_around(pcm, scratch, natural, reach);
            if astray > limit || place.likeness > FITS {
                self.fade_to(&place, scratch);
            } else {
                self.out.copy_from_slice(&scratch.natural[..HOP]);
            }
        } else {
            pcm.read(natural, &mut self.out);
        }
        self.plan += HOP as f64 * f64::from(self.speed);
        self.left = HOP;
        Hop::Ready
    }

    /// Where the last hop but one must go on, so that a recording of so many samples is heard to its end.
    fn last_place(&self, available: u64, finished: bool) -> Option<i64> {
        let hop = HOP as f64 * f64::from(self.speed);
        let follows = ((available as f64 - self.plan) / hop).ceil() - 1.0;
        (finished && follows == 1.0).then(|| available as i64 - 2 * HOP as i64)
    }

    /// Lets a recording that ends in sound fade out over its last 10 ms: where its samples end, and where the plan says that it is over. To
    /// be called after each hop that is heard.
    pub fn end_softly(&mut self, pcm: &Pcm, scratch: &Scratch) {
        let (available, fade) = (pcm.available(), &scratch.fade);
        if !pcm.is_finished() {
            return;
        }
        let is_last = self.plan as u64 >= available;
        if !is_last && self.position() + HOP as u64 <= available {
            return;
        }
        let behind = available as i64 - self.piece - 1;
        for (i, sample) in self.out.iter_mut().enumerate() {
            let follows = if is_last { HOP - 1 - i } else { HOP };
            let left = follows.min((behind - i as i64).max(0) as usize);
            *sample *= fade.get(left).copied().unwrap_or(1.0);
        }
    }

    /// The place within `reach` of the plan where the wave is most like the recording played on from `natural`.
    fn look_around(&self, pcm: &Pcm, scratch: &mut Scratch, natural: i64, reach: usize) -> Place {
        let first = (self.plan as i64 - reach as i64).max(0);
        pcm.read(natural, &mut scratch.natural);
        pcm.read(first, &mut scratch.around[..2 * reach + COMPARE]);
        let lag = best_lag(scratch, reach);
        let likeness = likeness(&scratch.natural, &scratch.around[lag..lag + COMPARE]);
        Place { start: first + lag as i64, lag, likeness }
    }

    /// Fades from the recording played on to another place of it.
    fn fade_to(&mut self, place: &Place, scratch: &Scratch) {
        let old = &scratch.natural[..HOP];
        let new = &scratch.around[place.lag..place.lag + HOP];
        let likeness = likeness(old, new);
        for (i, out) in self.out.iter_mut().enumerate() {
            let (rising, falling) = (scratch.fade[i], 1.0 - scratch.fade[i]);
            // Two waves that are alike add up to the same; two that are not (hiss, consonants) would dip in the middle.
            let power = rising * rising + falling * falling + 2.0 * likeness * rising * falling;
            *out = (old[i] * falling + new[i] * rising) / power.sqrt();
        }
        self.piece = place.start;
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

/// The offset in `around`, up to twice `reach`, at which the wave is most like `natural`: searched at 8 kHz, refined at 48.
fn best_lag(scratch: &mut Scratch, reach: usize) -> usize {
    if dot(&scratch.natural, &scratch.natural) < SILENT * COMPARE as f32 {
        return reach;
    }
    thin(&scratch.natural, &mut scratch.coarse_natural);
    thin(&scratch.around, &mut scratch.coarse_around);
    let coarse = most_alike(&scratch.coarse_natural, &scratch.coarse_around, 0, 2 * reach / COARSE);
    let first = (coarse * COARSE).saturating_sub(COARSE);
    let last = (coarse * COARSE + COARSE).min(2 * reach);
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

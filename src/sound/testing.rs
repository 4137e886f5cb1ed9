//! A voice made of numbers, and ears to hear its pitch and its faults: for tests, here and in `tests/it`.

/// Samples per second.
pub(crate) const RATE: f32 = 48_000.0;

/// A sung vowel: harmonics of `hz` that wavers by a percent, under three formants, in four syllables a second.
pub(crate) fn voice(seconds: f32, hz: f32) -> Vec<f32> {
    let period: Vec<f32> = (0..2048).map(|i| vowel(i as f32 / 2048.0, hz)).collect();
    let mut phase = 0.0f32;
    let sample = |i: usize| {
        let t = i as f32 / RATE;
        phase = (phase + hz * (1.0 + 0.01 * (t * 5.0 * std::f32::consts::TAU).sin()) / RATE).fract();
        let (at, part) = ((phase * 2048.0) as usize, (phase * 2048.0).fract());
        let wave = period[at % 2048] * (1.0 - part) + period[(at + 1) % 2048] * part;
        let syllable = ((t * 4.0).fract() * std::f32::consts::PI).sin().max(0.0).sqrt();
        wave * 0.15 * (0.2 + 0.8 * syllable)
    };
    (0..(seconds * RATE) as usize).map(sample).collect()
}

fn vowel(phase: f32, hz: f32) -> f32 {
    let formant = |at: f32, centre: f32, width: f32| 1.0 / (1.0 + ((at - centre) / width).powi(2));
    let weight = |at: f32| formant(at, 600.0, 90.0) + 0.5 * formant(at, 1200.0, 120.0) + 0.2 * formant(at, 2500.0, 200.0) + 0.01;
    (1..=(4000.0 / hz) as usize).map(|k| weight(k as f32 * hz) * (k as f32 * phase * std::f32::consts::TAU).sin()).sum()
}

/// A steady tone.
pub(crate) fn tone(seconds: f32, hz: f32, level: f32) -> Vec<f32> {
    (0..(seconds * RATE) as usize)
        .map(|i| (f64::from(i as u32) * f64::from(hz) / f64::from(RATE) * std::f64::consts::TAU).sin() as f32 * level)
        .collect()
}

/// The pitch of each 40 ms that has one, in Hz, by autocorrelation at 16 kHz with a parabola through its top.
pub(crate) fn pitches(samples: &[f32]) -> Vec<f32> {
    let thirds: Vec<f32> = samples.chunks_exact(3).map(|three| three.iter().sum::<f32>() / 3.0).collect();
    thirds.windows(WINDOW + LONGEST).step_by(WINDOW).filter_map(pitch).collect()
}

const WINDOW: usize = 640;
const SHORTEST: usize = 40;
const LONGEST: usize = 266;

fn pitch(frame: &[f32]) -> Option<f32> {
    let power: f32 = frame[..WINDOW].iter().map(|s| s * s).sum();
    if power < 0.001 * WINDOW as f32 {
        return None;
    }
    let at = |lag: usize| {
        let (a, b) = (&frame[..WINDOW], &frame[lag..lag + WINDOW]);
        let product: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
        let energy: f32 = b.iter().map(|s| s * s).sum();
        product / (power * energy).sqrt().max(1e-9)
    };
    let scores: Vec<f32> = (SHORTEST..=LONGEST).map(at).collect();
    let highest = scores.iter().copied().fold(0.0, f32::max);
    if highest < 0.8 {
        return None;
    }
    // The first peak that is nearly as high as the highest: not an octave below.
    let is_top = |i: &usize| scores[*i] > 0.95 * highest && scores[*i] >= scores[i - 1] && scores[*i] >= scores[i + 1];
    let top = (1..scores.len() - 1).find(is_top)?;
    let (a, b, c) = (scores[top - 1], scores[top], scores[top + 1]);
    let bend = a - 2.0 * b + c;
    let offset = if bend.abs() > 1e-9 { 0.5 * (a - c) / bend } else { 0.0 };
    Some(RATE / 3.0 / ((top + SHORTEST) as f32 + offset))
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f32::NAN)
}

/// How far apart two pitches are, in cents.
pub(crate) fn cents(a: f32, b: f32) -> f32 {
    1200.0 * (a / b).log2().abs()
}

/// The largest bend of the wave (second difference): a click is a bend that the recording does not have.
pub(crate) fn sharpest_bend(samples: &[f32]) -> f32 {
    samples.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).fold(0.0, f32::max)
}

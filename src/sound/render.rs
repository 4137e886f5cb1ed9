//! The player's own chain, faster than real time: what would be heard, and where in the recording each moment of it is.

use super::mixer::{Command, FADE, Mark, Mixer, Slot};
use super::pcm::Pcm;
use super::prepare::Prepared;
use super::stretch::HOP;
use super::{RATE, factor, sample_at, speech};
use crate::interview::Moment;

/// How to play.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendering {
    /// 0.5..=3.
    pub speed: f32,
    /// Whether silences become short pauses.
    pub skip_silence: bool,
    /// Whether it is brought to the common loudness; else it plays at its own level, unlimited.
    pub loudness: bool,
    /// From where.
    pub from: Moment,
    /// Up to where; none: to the end.
    pub to: Option<Moment>,
}

impl Default for Rendering {
    fn default() -> Self {
        Rendering { speed: 1.0, skip_silence: false, loudness: true, from: Moment::START, to: None }
    }
}

/// What would be heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// Mono, 48 kHz.
    pub samples: Vec<f32>,
    /// Where it was: second of the output, second of the recording that is heard there. Exact; one row every 10 ms, save where sound is heard
    /// again to fill the time, as below 1x: it never goes back.
    pub map: Vec<(f64, f64)>,
}

/// Plays a decoded recording as `how` says, and keeps all of it.
pub fn render(pcm: &Pcm, prepared: &Prepared, how: &Rendering) -> Rendered {
    let (mut samples, mut map) = (Vec::new(), Vec::new());
    let done: Result<(), std::convert::Infallible> = render_to(pcm, prepared, how, |some, rows| {
        samples.extend_from_slice(some);
        map.extend_from_slice(rows);
        Ok(())
    });
    match done {
        Ok(()) => Rendered { samples, map },
    }
}

/// So many samples are held back: where the sound ends is known before they are given, and the last of them may fade.
const HELD: usize = FADE + 8 * HOP;

/// The same, which gives the samples, and the rows of the map, while they are made.
///
/// # Errors
/// What `give` says; nothing more is made then.
pub fn render_to<E>(
    pcm: &Pcm,
    prepared: &Prepared,
    how: &Rendering,
    mut give: impl FnMut(&[f32], &[(f64, f64)]) -> Result<(), E>,
) -> Result<(), E> {
    let (mut mixer, mut desk) = Mixer::new(how.loudness);
    let gain = if how.loudness { factor(prepared.gain_db) } else { 1.0 };
    let orders = [
        Command::Load { slot: Slot::A, load: 1, pcm: pcm.clone(), gain, at: sample_at(how.from) },
        Command::Jumps { slot: Slot::A, jumps: speech::jumps(&prepared.silences) },
        Command::Skip(how.skip_silence),
        Command::Speed(how.speed),
        Command::Play,
    ];
    // A fresh queue has room for them.
    orders.into_iter().for_each(|order| drop(desk.commands.push(order)));
    // The last hop may go beyond both.
    let end = how.to.map_or(u64::MAX, sample_at).min(pcm.available());
    let delay = mixer.delay();
    let second = |sample: u64| sample as f64 / f64::from(RATE);
    let (mut read, mut heard_until, mut last, mut furthest) = (0, None, None, 0);
    // What the limiter looks ahead comes out before the recording does.
    let (mut samples, mut early) = (Vec::new(), delay as usize);
    let (mut map, mut block) = (Vec::new(), [0.0; HOP]);
    while heard_until.is_none_or(|until| mixer.given() < until) {
        mixer.render(&mut block);
        samples.extend_from_slice(&block);
        while desk.played.pop().is_ok() {}
        for index in read..desk.trail.count() {
            let Some((output, mark)) = desk.trail.mark(index) else { continue };
            let over = !mark.playing || mark.source >= end;
            let (output, source) = if over { crossing(last, (output, mark), end) } else { (output, mark.source) };
            last = Some((output, mark));
            if index > 0 && mark.playing && heard_until.is_none() && source >= furthest {
                furthest = source;
                map.push((second(output - delay), second(source)));
            }
            if over && index > 0 && heard_until.is_none() {
                heard_until = Some(output);
            }
        }
        read = desk.trail.count();
        let ready = samples.len().saturating_sub(HELD);
        if ready >= HELD {
            give(&samples[early.min(ready)..ready], &map)?;
            early = early.saturating_sub(ready);
            samples.drain(..ready);
            map.clear();
        }
    }
    let past = (mixer.given() - heard_until.unwrap_or(0)) as usize;
    samples.truncate(samples.len().saturating_sub(past));
    if how.to.is_some() {
        let last = samples.len().saturating_sub(FADE);
        samples[last..].iter_mut().enumerate().for_each(|(i, sample)| *sample *= 1.0 - i as f32 / FADE as f32);
    }
    give(&samples[early.min(samples.len())..], &map)
}

/// Where between two marks the sound comes to `end`, and its sample there; where it does not flow from one to the other, the second of them.
fn crossing(last: Option<(u64, Mark)>, (output, mark): (u64, Mark), end: u64) -> (u64, u64) {
    let flows = |(_, before): &(u64, Mark)| before.epoch == mark.epoch && before.source < end && end < mark.source;
    match last.filter(flows) {
        Some((from, before)) => (from + (output - from) * (end - before.source) / (mark.source - before.source), end),
        None => (output, mark.source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interview::{Span, Spans};
    use crate::sound::testing::voice;
    use crate::sound::{Downmix, Loaded, measure};

    fn prepared(pcm: &Pcm) -> Prepared {
        let even = Downmix::even(1);
        measure(pcm, &Loaded { samples: pcm.available(), downmix: even.clone(), best: even, truncated: None })
    }

    #[test]
    fn without_changes_it_is_the_recording() {
        let pcm = Pcm::from_samples(&voice(2.0, 150.0));
        let rendered = render(&pcm, &prepared(&pcm), &Rendering { loudness: false, ..Rendering::default() });
        let mut there = vec![0.0; 96_000];
        pcm.read(0, &mut there);
        assert_eq!(rendered.samples.len(), 96_000);
        // The first 10 ms fade in, and the last fade out.
        let end = there.len() - FADE;
        assert_eq!(rendered.samples[FADE..end], there[FADE..end]);
        let fades = |samples: &[f32], there: &[f32]| samples.iter().zip(there).all(|(a, b)| a.abs() <= b.abs());
        assert!(fades(&rendered.samples[end..], &there[end..]));
    }

    #[test]
    fn twice_as_fast_is_half_as_long_and_the_map_is_exact() {
        let samples = voice(4.0, 150.0);
        let pcm = Pcm::from_samples(&samples);
        let rendered = render(&pcm, &prepared(&pcm), &Rendering { speed: 2.0, loudness: false, ..Rendering::default() });
        assert!((rendered.samples.len() as i64 - 96_000).abs() <= 480);
        for &(output, source) in &rendered.map[2..rendered.map.len() - 4] {
            let (a, b) = (rendered.samples[(output * 48_000.0).round() as usize], samples[(source * 48_000.0).round() as usize]);
            assert!((a - b).abs() < 0.002, "{output} {source}: {a} {b}");
        }
    }

    #[test]
    fn a_part_is_rendered_alone() {
        let pcm = Pcm::from_samples(&voice(4.0, 150.0));
        let how = Rendering { from: Moment(1_000), to: Some(Moment(3_000)), ..Rendering::default() };
        let rendered = render(&pcm, &prepared(&pcm), &how);
        assert!((rendered.samples.len() as i64 - 96_000).abs() <= 480, "{}", rendered.samples.len());
        assert_eq!(rendered.map.first(), Some(&(0.0, 1.0)));
    }

    #[test]
    fn a_part_ends_where_it_is_told_to_and_nothing_is_said_to_lie_beyond_the_recording() {
        let pcm = Pcm::from_samples(&voice(2.741, 150.0));
        let last = |how: &Rendering| render(&pcm, &prepared(&pcm), how).map.last().copied().expect("rows");
        let (output, source) = last(&Rendering { from: Moment(337), to: Some(Moment(1_771)), speed: 2.0, ..Rendering::default() });
        assert!((source - 1.771).abs() < 1e-4 && (output - 0.717).abs() < 0.006, "{output} {source}");
        let whole = render(&pcm, &prepared(&pcm), &Rendering::default());
        assert_eq!(whole.samples.len() as u64, pcm.available());
        assert!(whole.map.iter().all(|(_, source)| *source <= 2.7411), "{:?}", whole.map.last());
    }

    #[test]
    fn the_map_never_goes_back_and_comes_to_the_end_at_every_speed() {
        let pcm = Pcm::from_samples(&voice(3.003, 130.0));
        for speed in [0.5, 0.75, 0.95, 1.0, 1.3, 2.0, 3.0] {
            let rendered = render(&pcm, &prepared(&pcm), &Rendering { speed, ..Rendering::default() });
            assert!(rendered.map.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "at {speed}x");
            let (output, source) = rendered.map.last().copied().expect("rows");
            let wanted = 3.003 / f64::from(speed);
            // Slowed down, sound may be ahead of the plan by a period when it comes to its end.
            let most = if speed < 1.0 { 0.03 } else { 0.011 };
            assert!((source - 3.003).abs() < 0.0002 && (output - wanted).abs() < most, "at {speed}x: {output} {source}");
            let seconds = rendered.samples.len() as f64 / 48_000.0;
            assert!((seconds - wanted).abs() < most, "at {speed}x: {seconds}");
        }
    }

    #[test]
    fn a_skipped_silence_leaves_a_short_pause() {
        let mut samples = voice(1.0, 150.0);
        samples.extend(vec![0.0; 96_000]);
        samples.extend(voice(1.0, 150.0));
        let pcm = Pcm::from_samples(&samples);
        let mut prepared = prepared(&pcm);
        prepared.silences = Spans::from(vec![Span { start: Moment(1_000), end: Moment(3_000) }]);
        let rendered = render(&pcm, &prepared, &Rendering { skip_silence: true, ..Rendering::default() });
        let seconds = rendered.samples.len() as f32 / 48_000.0;
        assert!((seconds - 2.15).abs() < 0.02, "{seconds}");
    }

    #[test]
    fn loudness_brings_a_quiet_voice_up_and_nothing_over_the_ceiling() {
        let quiet: Vec<f32> = voice(3.0, 150.0).iter().map(|s| s * 0.1).collect();
        let pcm = Pcm::from_samples(&quiet);
        let prepared = prepared(&pcm);
        assert!(prepared.gain_db > 3.0, "{}", prepared.gain_db);
        let highest = |samples: &[f32]| samples.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
        let rendered = render(&pcm, &prepared, &Rendering::default());
        let up = 20.0 * (highest(&rendered.samples) / highest(&quiet)).log10();
        assert!((up - prepared.gain_db).abs() < 0.2, "{up} {}", prepared.gain_db);
    }

    #[test]
    fn what_is_given_while_it_is_made_comes_in_small_pieces_and_a_writer_that_fails_ends_it() {
        let pcm = Pcm::from_samples(&voice(20.0, 150.0));
        let (prepared, how) = (prepared(&pcm), Rendering { to: Some(Moment(19_000)), ..Rendering::default() });
        let whole = render(&pcm, &prepared, &how);
        let (mut samples, mut rows, mut most, mut pieces) = (Vec::new(), Vec::new(), 0, 0);
        let done: Result<(), ()> = render_to(&pcm, &prepared, &how, |some, map| {
            (most, pieces) = (most.max(some.len()), pieces + 1);
            samples.extend_from_slice(some);
            rows.extend_from_slice(map);
            Ok(())
        });
        assert!(done.is_ok() && samples == whole.samples && rows == whole.map);
        assert!(most < 20_000 && pieces > 50, "{most} at a time, {pieces} times");
        let mut given = 0;
        let full = render_to(&pcm, &prepared, &how, |some, _| {
            given += some.len();
            if given > 100_000 { Err("full") } else { Ok(()) }
        });
        assert!(full == Err("full") && given < 120_000, "{given}");
    }

    /// What a device gets that asks for `block` samples at a time.
    fn played(pcm: &Pcm, prepared: &Prepared, how: &Rendering, block: usize, samples: usize) -> Vec<f32> {
        let (mut mixer, mut desk) = Mixer::new(true);
        let (slot, load) = (Slot::A, 1);
        let orders = [
            Command::Load { slot, load, pcm: pcm.clone(), gain: factor(prepared.gain_db), at: 0 },
            Command::Jumps { slot, jumps: speech::jumps(&prepared.silences) },
            Command::Skip(how.skip_silence),
            Command::Speed(how.speed),
            Command::Play,
        ];
        orders.into_iter().for_each(|order| drop(desk.commands.push(order)));
        let (mut heard, mut part) = (Vec::new(), vec![0.0; block]);
        while heard.len() < samples + mixer.delay() as usize {
            mixer.render(&mut part);
            heard.extend_from_slice(&part);
            while desk.played.pop().is_ok() {}
        }
        heard.drain(..mixer.delay() as usize);
        heard.truncate(samples);
        heard
    }

    #[test]
    fn what_is_rendered_is_what_a_device_gets_sample_by_sample_however_much_it_asks_for_at_a_time() {
        let mut samples = voice(2.0, 150.0);
        samples.extend(vec![0.0; 96_000]);
        samples.extend(voice(2.0, 190.0));
        let pcm = Pcm::from_samples(&samples);
        let mut prepared = prepared(&pcm);
        prepared.silences = Spans::from(vec![Span { start: Moment(2_000), end: Moment(4_000) }]);
        for (speed, skip_silence) in [(1.0, false), (1.55, true), (2.0, false), (0.75, true)] {
            let how = Rendering { speed, skip_silence, ..Rendering::default() };
            let rendered = render(&pcm, &prepared, &how);
            for block in [128, 480, 1_024, 2_048] {
                let heard = played(&pcm, &prepared, &how, block, rendered.samples.len());
                let off = heard.iter().zip(&rendered.samples).position(|(a, b)| a != b);
                assert_eq!(off, None, "at {speed}x, {block} at a time");
            }
        }
    }

    /// Integrated loudness in LUFS and true peak in dB of full scale.
    fn heard(samples: &[f32]) -> (f64, f64) {
        let mut meter = ebur128::EbuR128::new(1, RATE, ebur128::Mode::I | ebur128::Mode::TRUE_PEAK).expect("one channel");
        meter.add_frames_f32(samples).expect("whole frames");
        let peak = meter.true_peak(0).expect("one channel");
        (meter.loudness_global().expect("there is sound"), 20.0 * peak.log10())
    }

    #[test]
    fn every_answer_is_heard_at_the_same_loudness_at_every_speed_and_never_over_the_ceiling() {
        // Quiet, loud, and quiet with knocks on the table that a gain alone would push over full scale.
        let knock = |i: usize| {
            if i % 40_000 < 300 {
                0.4 * (1.0 - (i % 40_000) as f32 / 300.0) * if i.is_multiple_of(3) { 1.0 } else { -0.8 }
            } else {
                0.0
            }
        };
        let quiet: Vec<f32> = voice(4.0, 150.0).iter().map(|s| s * 0.3).collect();
        let loud: Vec<f32> = voice(4.0, 110.0).iter().map(|s| (s * 3.0).clamp(-1.0, 1.0)).collect();
        let knocked: Vec<f32> = quiet.iter().enumerate().map(|(i, s)| s + knock(i)).collect();
        for (name, samples) in [("quiet", quiet), ("loud", loud), ("knocked", knocked)] {
            let pcm = Pcm::from_samples(&samples);
            let prepared = prepared(&pcm);
            for speed in [1.0, 2.0] {
                let (loudness, peak) = heard(&render(&pcm, &prepared, &Rendering { speed, ..Rendering::default() }).samples);
                // What the limiter takes from knocks is missing in the sum of them and the voice.
                let most = if name == "knocked" { 2.0 } else { 0.5 };
                assert!((loudness + 18.0).abs() < most, "{name} at {speed}x: {loudness} LUFS, gain {} dB", prepared.gain_db);
                assert!(peak <= -1.0, "{name} at {speed}x: {peak} dBTP");
            }
        }
    }
}

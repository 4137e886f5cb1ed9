//! Length, pitch, place and smoothness of stretched sound.

use super::*;
use crate::sound::testing::{cents, median, pitches, sharpest_bend, tone, voice};

/// All that is heard, and for each hop the sample that is heard at its end.
fn play(pcm: &Pcm, speed: impl Fn(usize) -> f32) -> (Vec<f32>, Vec<u64>) {
    let (mut stretch, mut scratch) = (Stretch::new(0, speed(0)), Scratch::default());
    let (mut heard, mut map) = (Vec::new(), Vec::new());
    while stretch.hop(pcm, &mut scratch, 0) == Hop::Ready {
        let mut out = [0.0; HOP];
        assert_eq!(stretch.take(&mut out), HOP);
        heard.extend(out);
        map.push(stretch.position());
        stretch.set_speed(speed(map.len()));
    }
    (heard, map)
}

#[test]
fn at_normal_speed_what_comes_out_is_what_is_there() {
    let samples = voice(1.0, 140.0);
    let pcm = Pcm::from_samples(&samples);
    let (heard, _) = play(&pcm, |_| 1.0);
    let mut there = vec![0.0; heard.len()];
    pcm.read(0, &mut there);
    assert_eq!(heard, there);
}

#[test]
fn the_length_is_the_recordings_length_by_the_speed() {
    let pcm = Pcm::from_samples(&voice(3.0, 120.0));
    for speed in [0.5, 0.75, 1.25, 1.5, 2.0, 2.5, 3.0] {
        let seconds = play(&pcm, |_| speed).0.len() as f32 / 48_000.0;
        assert!((seconds - 3.0 / speed).abs() <= 0.011, "{speed}: {seconds}");
    }
}

#[test]
fn a_recording_is_heard_to_its_last_sample_at_every_speed() {
    // A knock in its last 10 ms, where the fade has not begun to take much of it.
    let mut samples = voice(3.007, 120.0);
    let end = samples.len();
    samples[end - 960..end - 480].iter_mut().enumerate().for_each(|(i, sample)| *sample += if i % 48 < 24 { 0.5 } else { -0.5 });
    let pcm = Pcm::from_samples(&samples);
    for speed in [1.0, 1.05, 1.25, 1.5, 2.0, 2.35, 2.5, 3.0] {
        let (heard, map) = play(&pcm, |_| speed);
        let (last, knock) = (map.last().copied().unwrap_or(0), &heard[heard.len() - 2 * HOP..]);
        assert!(last >= end as u64, "{speed}: {last} of {end}");
        assert!(knock.iter().any(|sample| sample.abs() > 0.4), "{speed}");
    }
}

#[test]
fn pitch_is_kept_at_every_speed() {
    for hz in [85.0, 120.0, 180.0, 260.0] {
        let samples = voice(4.0, hz);
        let pcm = Pcm::from_samples(&samples);
        for speed in [0.5, 0.8, 1.5, 2.0, 3.0] {
            let off = cents(median(pitches(&play(&pcm, |_| speed).0)), median(pitches(&samples)));
            assert!(off < 8.0, "{hz} Hz at {speed}: {off} cents");
        }
    }
}

#[test]
fn the_sample_that_it_reports_is_the_sample_that_is_heard() {
    let samples = voice(3.0, 150.0);
    let pcm = Pcm::from_samples(&samples);
    for speed in [0.6, 1.5, 2.0, 2.7] {
        let (heard, map) = play(&pcm, |_| speed);
        for (hop, &source) in map.iter().enumerate().take(map.len() - 5) {
            // The first sample of the next hop: the old piece is still alone there, up to the start of a fade.
            let (a, b) = (heard[(hop + 1) * HOP], samples[source as usize]);
            assert!((a - b).abs() < 0.002, "{speed}: hop {hop}: {a} {b}");
        }
    }
}

#[test]
fn the_position_keeps_near_the_plan() {
    let pcm = Pcm::from_samples(&voice(3.0, 100.0));
    for (speed, most) in [(0.5, 480), (1.25, 660), (2.0, 1200), (3.0, 1200)] {
        let (_, map) = play(&pcm, |_| speed);
        // The last two hops go where the recording ends.
        for (hop, &position) in map.iter().enumerate().take(map.len() - 2) {
            let plan = (hop as f32 * speed * HOP as f32) as i64 + HOP as i64;
            assert!((position as i64 - plan).abs() <= most + 2, "{speed}: hop {hop}: {position} {plan}");
        }
    }
}

#[test]
fn twice_as_fast_much_of_what_is_heard_is_the_recording_as_it_is() {
    let pcm = Pcm::from_samples(&voice(3.0, 110.0));
    let (_, map) = play(&pcm, |_| 2.0);
    let whole = map.windows(2).filter(|pair| pair[1] == pair[0] + HOP as u64).count();
    assert!(whole * 100 > map.len() * 45, "{whole} of {} hops", map.len());
}

#[test]
fn changing_the_speed_all_the_time_makes_no_click() {
    let samples = voice(4.0, 130.0);
    let pcm = Pcm::from_samples(&samples);
    let speeds = [1.0, 2.0, 0.7, 3.0, 1.3, 0.5, 2.4];
    let (heard, _) = play(&pcm, |hop| speeds[hop % speeds.len()]);
    let (bend, source) = (sharpest_bend(&heard), sharpest_bend(&samples));
    assert!(bend < source * 1.5, "{bend} against {source}");
}

#[test]
fn hiss_keeps_its_level() {
    let mut state = 1u32;
    let hiss: Vec<f32> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    })
    .take(96_000)
    .map(|s| s * 0.1)
    .collect();
    let level = |of: &[f32]| (of.iter().map(|s| s * s).sum::<f32>() / of.len() as f32).sqrt();
    let heard = play(&Pcm::from_samples(&hiss), |_| 2.0).0;
    let off = 20.0 * (level(&heard) / level(&hiss)).log10();
    assert!(off.abs() < 0.5, "{off} dB");
}

#[test]
fn a_tone_stays_a_tone() {
    let samples = tone(2.0, 200.0, 0.5);
    let heard = play(&Pcm::from_samples(&samples), |_| 2.0).0;
    let quietest =
        heard[..heard.len() - 2000].chunks(480).map(|c| c.iter().fold(0.0f32, |p, s| p.max(s.abs()))).fold(1.0, f32::min);
    assert!(quietest > 0.45, "{quietest}");
}

#[test]
fn it_waits_for_what_is_not_decoded_yet_and_goes_on_from_there() {
    let (mut writer, pcm) = crate::sound::PcmWriter::new();
    let (mut stretch, mut scratch) = (Stretch::new(0, 2.0), Scratch::default());
    assert_eq!(stretch.hop(&pcm, &mut scratch, 0), Hop::Waiting);
    writer.push(&voice(1.0, 150.0));
    assert_eq!(stretch.hop(&pcm, &mut scratch, 0), Hop::Ready);
    writer.finish();
    while stretch.hop(&pcm, &mut scratch, 0) == Hop::Ready {}
    assert_eq!(stretch.planned() / 1000, 48);
    assert_eq!(stretch.hop(&pcm, &mut scratch, 0), Hop::Ended);
}

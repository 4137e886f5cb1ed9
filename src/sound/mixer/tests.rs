//! The mixer, heard and read from its desk.

use super::*;
use crate::sound::PcmWriter;
use crate::sound::pcm::Pcm;
use crate::sound::speech::Jump;
use crate::sound::testing::{sharpest_bend, tone, voice};

/// A mixer, its desk, and all that was heard.
struct Studio {
    mixer: Mixer,
    desk: Desk,
    heard: Vec<f32>,
    played: Vec<Played>,
}

impl Studio {
    fn with(samples: &[f32]) -> Studio {
        let (mixer, desk) = Mixer::new(false);
        let mut studio = Studio { mixer, desk, heard: Vec::new(), played: Vec::new() };
        studio.load(Slot::A, 1, Pcm::from_samples(samples));
        studio
    }

    fn load(&mut self, slot: Slot, load: u32, pcm: Pcm) {
        self.tell(Command::Load { slot, load, pcm, gain: 1.0, at: 0 });
    }

    fn tell(&mut self, command: Command) {
        self.desk.commands.push(command).expect("room for it");
    }

    /// Renders in blocks of an odd size, as devices ask for them.
    fn hear(&mut self, samples: usize) -> &[f32] {
        let start = self.heard.len();
        self.heard.resize(start + samples, 0.0);
        for block in self.heard[start..].chunks_mut(331) {
            self.mixer.render(block);
        }
        self.played.extend(std::iter::from_fn(|| self.desk.played.pop().ok()));
        &self.heard[start..]
    }

    fn now(&self) -> Mark {
        self.desk.trail.latest().expect("a mark")
    }
}

fn level(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

#[test]
fn nothing_is_heard_before_play_and_after_pause() {
    let mut studio = Studio::with(&tone(2.0, 200.0, 0.5));
    assert_eq!(level(studio.hear(4800)), 0.0);
    studio.tell(Command::Play);
    assert!(level(studio.hear(4800)) > 0.3);
    studio.tell(Command::Pause);
    studio.hear(FADE);
    assert_eq!(level(studio.hear(4800)), 0.0);
    assert_eq!(studio.desk.trail.silent_from().map(|from| from / 100), Some((4800 * 2 + FADE as u64) / 100));
}

#[test]
fn a_pause_keeps_the_place() {
    let mut studio = Studio::with(&tone(2.0, 200.0, 0.5));
    studio.tell(Command::Play);
    studio.hear(4800);
    studio.tell(Command::Pause);
    studio.hear(48_000);
    assert_eq!((studio.now().source, studio.now().playing), (4800, false));
    studio.tell(Command::Play);
    studio.hear(4800);
    assert_eq!(studio.now().source, 9600);
}

#[test]
fn pause_play_seek_and_switch_make_no_click() {
    let samples = tone(4.0, 200.0, 0.5);
    let mut studio = Studio::with(&samples);
    studio.load(Slot::B, 2, Pcm::from_samples(&tone(4.0, 200.0, 0.5)));
    studio.tell(Command::Play);
    for round in 0..12u64 {
        studio.hear(3_777);
        match round % 4 {
            0 => studio.tell(Command::Pause),
            1 => studio.tell(Command::Play),
            2 => studio.tell(Command::Seek { slot: Slot::A, at: 7_321 * round }),
            _ => studio.tell(Command::Switch(if round % 8 == 3 { Slot::B } else { Slot::A })),
        }
    }
    let bend = sharpest_bend(&studio.heard);
    // Two tones of other phase, fading, add up to three times the bend at most; a click is a thousand times.
    assert!(bend < 3.0 * sharpest_bend(&samples), "{bend} against {}", sharpest_bend(&samples));
}

#[test]
fn seeking_faster_than_it_fades_makes_no_click() {
    let samples = tone(4.0, 200.0, 0.5);
    let mut studio = Studio::with(&samples);
    studio.tell(Command::Play);
    for round in 0..40u64 {
        studio.tell(Command::Seek { slot: Slot::A, at: 3_001 * round });
        studio.hear(150);
    }
    studio.hear(960);
    let bend = sharpest_bend(&studio.heard);
    assert!(bend < 4.0 * sharpest_bend(&samples), "{bend} against {}", sharpest_bend(&samples));
}

#[test]
fn only_what_was_played_is_reported_and_all_of_it() {
    let mut studio = Studio::with(&voice(5.0, 150.0));
    studio.tell(Command::Speed(2.0));
    studio.tell(Command::Play);
    studio.hear(24_000);
    studio.tell(Command::Seek { slot: Slot::A, at: 144_000 });
    studio.hear(24_000);
    studio.tell(Command::Pause);
    studio.hear(4_800);
    let spans: Vec<(u64, u64)> = studio.played.iter().map(|played| (played.from, played.to)).collect();
    assert_eq!(spans.first(), Some(&(0, 48_000)));
    assert_eq!(spans.iter().find(|(from, _)| *from >= 144_000), Some(&(144_000, 192_000)));
    assert!(spans.iter().all(|(from, to)| *to <= 48_000 || *from >= 144_000), "{spans:?}");
    assert!(studio.played.iter().all(|played| played.speed == 2.0 && played.load == 1));
}

#[test]
fn at_the_end_it_stops_and_says_so() {
    let mut studio = Studio::with(&voice(1.0, 150.0));
    studio.tell(Command::Play);
    studio.hear(60_000);
    let now = studio.now();
    assert_eq!((now.ended, now.playing, now.source), (true, false, 48_000));
    assert_eq!(studio.played.iter().map(|played| played.to - played.from).sum::<u64>(), 48_000);
    studio.tell(Command::Seek { slot: Slot::A, at: 0 });
    studio.tell(Command::Play);
    assert!(level(&studio.hear(9_600)[4_800..]) > 0.01);
}

#[test]
fn silences_are_left_out_when_skipping_and_only_then() {
    let mut studio = Studio::with(&voice(5.0, 150.0));
    studio.tell(Command::Jumps { slot: Slot::A, jumps: [Jump { from: 48_000, to: 144_000 }].into() });
    studio.tell(Command::Skip(true));
    studio.tell(Command::Play);
    studio.hear(96_000);
    assert_eq!(studio.now().source, 192_000);
    let skipped = studio.played.iter().all(|played| played.to <= 48_480 || played.from >= 144_000);
    assert!(skipped, "{:?}", studio.played);
    studio.tell(Command::Skip(false));
    studio.tell(Command::Seek { slot: Slot::A, at: 0 });
    studio.hear(96_000);
    assert_eq!(studio.now().source, 96_000);
}

#[test]
fn a_loop_goes_round_until_it_is_lifted() {
    let mut studio = Studio::with(&voice(3.0, 150.0));
    studio.tell(Command::Loop { slot: Slot::A, around: Some(Loop { from: 4_800, to: 14_400 }) });
    studio.tell(Command::Play);
    studio.hear(60_000);
    assert!((4_800..=14_400).contains(&studio.now().source));
    studio.tell(Command::Loop { slot: Slot::A, around: None });
    studio.hear(30_000);
    assert!(studio.now().source > 30_000);
}

#[test]
fn it_waits_while_decoding_is_behind_and_goes_on_by_itself() {
    let (mut writer, pcm) = PcmWriter::new();
    let mut studio = Studio::with(&[]);
    studio.load(Slot::A, 2, pcm);
    studio.tell(Command::Play);
    assert_eq!(level(studio.hear(4_800)), 0.0);
    assert!(studio.now().waiting && studio.now().playing);
    writer.push(&voice(2.0, 150.0));
    assert!(level(studio.hear(9_600)) > 0.01);
    writer.finish();
    studio.hear(96_000);
    assert!(studio.now().ended);
}

#[test]
fn what_is_replaced_is_handed_back_and_not_dropped_in_the_callback() {
    let mut studio = Studio::with(&voice(1.0, 150.0));
    studio.tell(Command::Play);
    studio.hear(4_800);
    studio.load(Slot::A, 2, Pcm::from_samples(&voice(1.0, 150.0)));
    studio.hear(4_800);
    let back = std::iter::from_fn(|| studio.desk.used.pop().ok()).count();
    // The recording, and the reference to it that the fade-out held.
    assert_eq!(back, 2);
}

#[test]
fn each_slot_keeps_its_own_place() {
    let mut studio = Studio::with(&voice(3.0, 150.0));
    studio.load(Slot::B, 2, Pcm::from_samples(&voice(3.0, 220.0)));
    studio.tell(Command::Play);
    studio.hear(9_600);
    studio.tell(Command::Switch(Slot::B));
    studio.hear(4_800);
    assert_eq!((studio.now().slot, studio.now().source), (Slot::B, 4_800));
    studio.tell(Command::Switch(Slot::A));
    studio.hear(4_800);
    assert_eq!((studio.now().slot, studio.now().source), (Slot::A, 14_400));
}

#[test]
fn a_speed_is_heard_from_the_next_hop_on() {
    let mut studio = Studio::with(&voice(3.0, 150.0));
    studio.tell(Command::Play);
    studio.hear(4_800);
    studio.tell(Command::Speed(2.0));
    studio.hear(4_800);
    let moved = studio.now().source - 4_800;
    assert!((moved as i64 - 9_600).abs() <= 1_440, "{moved}");
}

#[test]
fn a_recording_that_begins_and_ends_in_sound_makes_no_click_at_either() {
    // It begins and ends at the top of its wave, and within a hop.
    let samples = tone(2.0, 200.0, 0.5)[60..48_000 + 60 + 123].to_vec();
    for speed in [0.75, 1.0, 1.55, 3.0] {
        let mut studio = Studio::with(&samples);
        studio.tell(Command::Speed(speed));
        studio.hear(4_800);
        studio.tell(Command::Play);
        studio.hear(96_000);
        assert!(studio.now().ended);
        let end = studio.heard.iter().rposition(|sample| sample.abs() > 1e-4).expect("some sound");
        let (bend, most) = (sharpest_bend(&studio.heard[end - 4_800..]), 3.0 * sharpest_bend(&samples));
        assert!(bend < most, "at its end, {speed}x: {bend} against {most}");
        let jump = studio.heard[..9_600].windows(2).map(|two| (two[1] - two[0]).abs()).fold(0.0, f32::max);
        assert!(jump < 0.02, "at its start, {speed}x: {jump}");
    }
}

//! Decoded sound in memory: mono, 48 kHz, 16 bit; one writer appends while readers on other threads already play.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use zeroize::Zeroize;

use super::{LONGEST_SECONDS, RATE};

/// Samples in a chunk: 0.68 s, the least that is decoded before the first of it can be heard.
const CHUNK: usize = 1 << 15;
/// Chunks on a page: the table of a short answer stays small, a long one adds pages.
const PAGE: usize = 64;
const PAGES: usize = (LONGEST_SECONDS as usize * RATE as usize).div_ceil(CHUNK * PAGE) + 1;

type Page = Box<[OnceLock<Chunk>]>;

/// A chunk of samples. Silence takes no memory, however long it is.
#[derive(Debug)]
enum Chunk {
    Sound(Box<[i16]>),
    /// So many samples.
    Silence(usize),
}

static SILENCE: [i16; CHUNK] = [0; CHUNK];

impl Chunk {
    fn of(samples: Vec<i16>) -> Chunk {
        if samples.iter().all(|sample| *sample == 0) {
            Chunk::Silence(samples.len())
        } else {
            Chunk::Sound(samples.into_boxed_slice())
        }
    }

    fn samples(&self) -> &[i16] {
        match self {
            Chunk::Sound(samples) => samples,
            Chunk::Silence(count) => &SILENCE[..*count],
        }
    }

    fn wipe(&mut self) {
        if let Chunk::Sound(samples) = self {
            samples.zeroize();
        }
    }
}

/// The samples of one recording, as far as they are decoded.
///
/// Reading neither locks nor allocates, so an audio callback may do it. Cloning is cheap and shares the samples.
#[derive(Clone, Debug)]
pub struct Pcm(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pages: Box<[OnceLock<Page>]>,
    available: AtomicU64,
    finished: AtomicBool,
}

/// What was said does not stay in memory.
impl Drop for Shared {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl Shared {
    fn wipe(&mut self) {
        let pages = self.pages.iter_mut().filter_map(OnceLock::get_mut);
        pages.flatten().filter_map(OnceLock::get_mut).for_each(Chunk::wipe);
    }
}

/// A sample in −1..=1 as 16 bit; what is louder is clipped.
pub fn to_i16(sample: f32) -> i16 {
    let scaled = (sample * 32768.0).clamp(-32768.0, 32767.0);
    // Rounds as `round` does, which is a call for each sample where a processor is not asked for what came after 2003.
    (scaled + 0.5f32.copysign(scaled)) as i32 as i16
}

/// The one that appends to a [`Pcm`].
#[derive(Debug)]
pub struct PcmWriter {
    pcm: Pcm,
    pending: Vec<i16>,
    written: u64,
}

impl Pcm {
    /// A recording whose samples are all here, in −1..=1.
    pub fn from_samples(samples: &[f32]) -> Pcm {
        let (mut writer, pcm) = PcmWriter::new();
        writer.push(samples);
        writer.finish();
        pcm
    }

    /// How many samples can be read by now.
    pub fn available(&self) -> u64 {
        self.0.available.load(Ordering::Acquire)
    }

    /// Whether nothing will be added; `available` is the length then.
    pub fn is_finished(&self) -> bool {
        self.0.finished.load(Ordering::Acquire)
    }

    /// Copies samples from `at` on into `out`, in −1..1; what is not there (before the start, after the end, not decoded yet) is 0.
    pub fn read(&self, at: i64, out: &mut [f32]) {
        let before = usize::try_from(-at).unwrap_or(0).min(out.len());
        out[..before].fill(0.0);
        let mut done = before;
        let mut at = at.max(0) as usize;
        while done < out.len() {
            let Some(chunk) = self.chunk(at / CHUNK).and_then(|chunk| chunk.get(at % CHUNK..)).filter(|rest| !rest.is_empty())
            else {
                out[done..].fill(0.0);
                return;
            };
            let count = chunk.len().min(out.len() - done);
            for (to, from) in out[done..done + count].iter_mut().zip(chunk) {
                *to = f32::from(*from) * (1.0 / 32768.0);
            }
            done += count;
            at += count;
        }
    }

    /// All samples that are there, chunk by chunk, in order.
    pub fn chunks(&self) -> impl Iterator<Item = &[i16]> {
        (0..PAGES * PAGE).map_while(|index| self.chunk(index))
    }

    fn chunk(&self, index: usize) -> Option<&[i16]> {
        let page = self.0.pages.get(index / PAGE)?.get()?;
        Some(page[index % PAGE].get()?.samples())
    }
}

impl PcmWriter {
    /// An empty recording and its writer.
    pub fn new() -> (PcmWriter, Pcm) {
        let pages = std::iter::repeat_with(OnceLock::new).take(PAGES).collect();
        let pcm = Pcm(Arc::new(Shared { pages, available: AtomicU64::new(0), finished: AtomicBool::new(false) }));
        (PcmWriter { pcm: pcm.clone(), pending: Vec::with_capacity(CHUNK), written: 0 }, pcm)
    }

    /// Appends samples in −1..=1; what is louder is clipped. Whether there was room: a recording ends at the longest that is taken.
    pub fn push(&mut self, samples: &[f32]) -> bool {
        self.append(samples, |pending, now| pending.extend(now.iter().map(|sample| to_i16(*sample))))
    }

    /// Appends samples that are 16 bit already; as [`PcmWriter::push`].
    pub fn push_i16(&mut self, samples: &[i16]) -> bool {
        self.append(samples, |pending, now| pending.extend_from_slice(now))
    }

    fn append<T>(&mut self, mut samples: &[T], put: impl Fn(&mut Vec<i16>, &[T])) -> bool {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(CHUNK - self.pending.len()));
            put(&mut self.pending, now);
            samples = later;
            if self.pending.len() == CHUNK {
                let full = std::mem::replace(&mut self.pending, Vec::with_capacity(CHUNK));
                if !self.publish(full) {
                    return false;
                }
            }
        }
        self.length() <= LONGEST_SECONDS * u64::from(RATE)
    }

    /// Samples appended so far, readable or not yet.
    pub fn length(&self) -> u64 {
        self.written + self.pending.len() as u64
    }

    /// Makes the rest readable and says that nothing follows.
    pub fn finish(self) {
        drop(self);
    }

    fn publish(&mut self, samples: Vec<i16>) -> bool {
        let index = self.written as usize / CHUNK;
        let Some(page) = self.pcm.0.pages.get(index / PAGE) else { return false };
        let page = page.get_or_init(|| std::iter::repeat_with(OnceLock::new).take(PAGE).collect());
        self.written += samples.len() as u64;
        let fresh = page[index % PAGE].set(Chunk::of(samples)).is_ok();
        self.pcm.0.available.store(self.written, Ordering::Release);
        fresh
    }
}

/// However writing ends, also by a fault: what was decoded before can be heard, and readers do not wait for more.
impl Drop for PcmWriter {
    fn drop(&mut self) {
        if !self.pending.is_empty() {
            // A copy of its own size; what it was collected in is wiped.
            let rest = self.pending.as_slice().to_vec();
            self.publish(rest);
        }
        self.pending.zeroize();
        self.pcm.0.finished.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(count: usize) -> Vec<f32> {
        (0..count).map(|i| (i % 1000) as f32 / 1000.0).collect()
    }

    #[test]
    fn what_was_written_is_read_back_across_chunks() {
        let samples = ramp(CHUNK * 2 + 500);
        let pcm = Pcm::from_samples(&samples);
        assert_eq!(pcm.available(), samples.len() as u64);
        let mut out = vec![9.0; 2000];
        pcm.read(CHUNK as i64 - 1000, &mut out);
        let worst = out.iter().zip(&samples[CHUNK - 1000..]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1.0 / 32768.0, "{worst}");
    }

    #[test]
    fn silence_takes_no_memory_and_is_as_long_as_it_was() {
        let (mut writer, pcm) = PcmWriter::new();
        (0..3600).for_each(|_| assert!(writer.push_i16(&[0; RATE as usize])));
        writer.push_i16(&[7; 10]);
        writer.finish();
        let held = |chunk: &Chunk| matches!(chunk, Chunk::Sound(_));
        let chunks = pcm.0.pages.iter().filter_map(OnceLock::get).flatten().filter_map(OnceLock::get);
        assert_eq!((pcm.available(), chunks.filter(|chunk| held(chunk)).count()), (3600 * u64::from(RATE) + 10, 1));
        assert_eq!(pcm.chunks().flatten().filter(|sample| **sample == 7).count(), 10);
    }

    #[test]
    fn outside_of_the_recording_is_silence() {
        let pcm = Pcm::from_samples(&[0.5; 10]);
        let mut out = [9.0; 30];
        pcm.read(-10, &mut out);
        assert_eq!(out[..10], [0.0; 10]);
        assert_eq!(out[10..20], [0.5; 10]);
        assert_eq!(out[20..], [0.0; 10]);
        pcm.read(1 << 40, &mut out);
        assert_eq!(out, [0.0; 30]);
    }

    #[test]
    fn a_reader_sees_whole_chunks_while_the_writer_goes_on_and_the_rest_at_the_end() {
        let (mut writer, pcm) = PcmWriter::new();
        writer.push(&ramp(CHUNK + 7));
        assert_eq!((pcm.available(), pcm.is_finished()), (CHUNK as u64, false));
        writer.finish();
        assert_eq!((pcm.available(), pcm.is_finished()), (CHUNK as u64 + 7, true));
    }

    #[test]
    fn what_was_said_is_wiped_when_the_last_one_lets_it_go() {
        let mut pcm = Pcm::from_samples(&[0.5; CHUNK + 10]);
        let shared = Arc::get_mut(&mut pcm.0).expect("nobody else has it");
        shared.wipe();
        assert!(pcm.chunks().count() == 2 && pcm.chunks().flatten().all(|sample| *sample == 0));
    }

    #[test]
    fn a_writer_that_is_lost_leaves_no_reader_waiting() {
        let (mut writer, pcm) = PcmWriter::new();
        writer.push(&[0.5; 10]);
        drop(writer);
        assert!(pcm.is_finished());
        assert_eq!(pcm.available(), 10);
    }
}

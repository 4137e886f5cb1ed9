//! Samples as the bytes of a WAV file.

use super::thirds::Thirds;
use super::{Pcm, RATE};

/// A mono WAV file of 16 bit at 48 kHz; what is louder than 1 is clipped.
///
/// A file of more than 4 GB cannot say its length in this format; its header then says the most that it can.
pub fn bytes(samples: &[f32]) -> Vec<u8> {
    let mut bytes = head(samples.len()).to_vec();
    bytes.extend(of(samples));
    bytes
}

/// What such a file of so many samples begins with.
pub fn head(samples: usize) -> [u8; 44] {
    begin(samples, RATE)
}

/// The bytes of these samples, as they lie in such a file.
pub fn of(samples: &[f32]) -> impl Iterator<Item = u8> {
    samples.iter().flat_map(|sample| ((sample * 32768.0).round() as i16).to_le_bytes())
}

/// A recording as a mono WAV file of 16 bit at 16 kHz, which is what engines that recognise speech take.
pub fn for_recognition(pcm: &Pcm) -> Vec<u8> {
    let (mut thirds, mut samples) = (Thirds::new(), Vec::new());
    pcm.chunks().for_each(|chunk| thirds.push(chunk, &mut samples));
    let mut bytes = begin(samples.len(), RATE / 3).to_vec();
    bytes.extend(samples.into_iter().flat_map(i16::to_le_bytes));
    bytes
}

fn begin(count: usize, rate: u32) -> [u8; 44] {
    let length = u32::try_from(count * 2).unwrap_or(u32::MAX - 36);
    let mut head = [0; 44];
    let parts: [&[u8]; 12] = [
        b"RIFF",
        &length.saturating_add(36).to_le_bytes(),
        b"WAVEfmt ",
        &16u32.to_le_bytes(),
        &1u16.to_le_bytes(),
        &1u16.to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * 2).to_le_bytes(),
        &2u16.to_le_bytes(),
        &16u16.to_le_bytes(),
        b"data",
        &length.to_le_bytes(),
    ];
    head.copy_from_slice(&parts.concat());
    head
}

#[cfg(test)]
mod tests {
    use super::super::Loading;

    #[test]
    fn what_is_to_be_recognised_is_as_long_as_the_recording_and_has_its_pitch() {
        let hum: Vec<f32> = (0..96_000).map(|i| (i as f32 * std::f32::consts::TAU * 440.0 / 48_000.0).sin() * 0.5).collect();
        let file = super::for_recognition(&super::Pcm::from_samples(&hum));
        let samples: Vec<i16> = file[44..].chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        assert_eq!((samples.len(), u32::from_le_bytes([file[24], file[25], file[26], file[27]])), (32_000, 16_000));
        let rises = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((878..=882).contains(&rises), "{rises}");
    }

    #[test]
    fn a_wav_file_is_decoded_to_what_was_written() {
        let samples: Vec<f32> = (0..5000).map(|i| (i as f32 * 0.03).sin() * 0.7).collect();
        let (pcm, loaded) = Loading::open(super::bytes(&samples).into(), None, None).and_then(Loading::run).expect("a whole file");
        assert_eq!((loaded.samples, loaded.truncated), (5000, None));
        let mut out = vec![0.0; 5000];
        pcm.read(0, &mut out);
        assert!(samples.iter().zip(&out).all(|(a, b)| (a - b).abs() < 1.0 / 30_000.0));
    }
}

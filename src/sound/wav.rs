//! Samples as the bytes of a WAV file.

use super::RATE;

/// A mono WAV file of 16 bit at 48 kHz; what is louder than 1 is clipped.
///
/// A file of more than 4 GB cannot say its length in this format; its header then says the most that it can.
pub fn bytes(samples: &[f32]) -> Vec<u8> {
    let length = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX - 36);
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend(b"RIFF");
    file.extend((length.saturating_add(36)).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend(2u16.to_le_bytes());
    file.extend(16u16.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| ((sample * 32768.0).round() as i16).to_le_bytes()));
    file
}

#[cfg(test)]
mod tests {
    use super::super::Loading;

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

//! Sound as an Ogg file with Opus in it, which every browser plays (RFC 6716, RFC 7845).

use std::borrow::Cow;

use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use opusic_c::{Application, Bitrate, Channels, Encoder, ErrorCode, SampleRate, Signal};

use super::RATE;

/// Bits a second: speech in full band.
const BITS: u32 = 24_000;
/// How hard libopus searches, 0 to 10: the last steps take a third of the time.
const COMPLEXITY: u8 = 5;
/// By how much speech is fainter for whoever decodes it, in LU: the mean of excerpts of many voices, which differ by 0.2 either way.
pub const TAKEN: f64 = 0.25;
/// Samples of a frame: 20 ms.
const FRAME: usize = RATE as usize / 50;
/// No frame of 20 ms is longer.
const LONGEST: usize = 1_500;
/// Packets of a page: one second, so that a player finds a moment quickly.
const OF_PAGE: usize = 50;
/// The number of the one stream: files with the same sound are the same.
const STREAM: u32 = 0x6561_726d;

/// Why there is no file: libopus' reason, which memory alone can be.
#[derive(Debug, thiserror::Error)]
#[error("Opus could not encode it: {0}")]
pub struct NotEncoded(String);

impl From<ErrorCode> for NotEncoded {
    fn from(code: ErrorCode) -> Self {
        NotEncoded(format!("{code:?}"))
    }
}

/// Encodes mono samples at 48 kHz. The same samples give the same bytes; a player hears exactly as many as there are.
///
/// # Errors
/// When libopus cannot work.
pub fn encode(samples: &[f32]) -> Result<Vec<u8>, NotEncoded> {
    let mut encoder = Encoder::new(Channels::Mono, SampleRate::Hz48000, Application::Voip)?;
    encoder.set_bitrate(Bitrate::Value(BITS))?;
    encoder.set_signal(Signal::Voice)?;
    encoder.set_complexity(COMPLEXITY)?;
    // What the encoder looks ahead is silence at the start, which the player leaves out.
    let skip = encoder.get_look_ahead()? as usize;
    let mut file = PacketWriter::new(Vec::new());
    let write = |file: &mut PacketWriter<'static, Vec<u8>>, packet: Vec<u8>, end, position: u64| {
        file.write_packet(Cow::Owned(packet), STREAM, end, position).map_err(|error| NotEncoded(error.to_string()))
    };
    write(&mut file, head(skip as u16), PacketWriteEndInfo::EndPage, 0)?;
    write(&mut file, tags(), PacketWriteEndInfo::EndPage, 0)?;
    let all = samples.len() + skip;
    let frames = all.div_ceil(FRAME).max(1);
    let (mut frame, mut packet) = ([0.0f32; FRAME], [0u8; LONGEST]);
    for nth in 0..frames {
        let from = (nth * FRAME).min(samples.len());
        let some = &samples[from..(from + FRAME).min(samples.len())];
        frame[..some.len()].copy_from_slice(some);
        frame[some.len()..].fill(0.0);
        let length = encoder.encode_float_to_slice(&frame, &mut packet)?;
        let is_last = nth + 1 == frames;
        let end = match () {
            () if is_last => PacketWriteEndInfo::EndStream,
            () if (nth + 1) % OF_PAGE == 0 => PacketWriteEndInfo::EndPage,
            () => PacketWriteEndInfo::NormalPacket,
        };
        // The position at the end says where the last frame is cut.
        let position = if is_last { all } else { (nth + 1) * FRAME };
        write(&mut file, packet[..length].to_vec(), end, position as u64)?;
    }
    Ok(file.into_inner())
}

/// RFC 7845, 5.1: version, channels, pre-skip, rate of the input, gain, mapping.
fn head(skip: u16) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(skip.to_le_bytes());
    head.extend(RATE.to_le_bytes());
    head.extend([0, 0, 0]);
    head
}

/// RFC 7845, 5.2: who made it, and no comment.
fn tags() -> Vec<u8> {
    let vendor = b"earmark";
    let mut tags = b"OpusTags".to_vec();
    tags.extend((vendor.len() as u32).to_le_bytes());
    tags.extend(vendor);
    tags.extend(0u32.to_le_bytes());
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::testing::voice;

    #[test]
    fn what_is_encoded_is_decoded_to_the_same_length_and_loudness_and_twice_to_the_same_bytes() {
        for seconds in [0.01, 1.0, 3.337] {
            let samples = voice(seconds, 150.0);
            let bytes = encode(&samples).expect("it is encoded");
            assert_eq!(bytes, encode(&samples).expect("it is encoded"));
            let (pcm, loaded) =
                crate::sound::Loading::open(bytes.into(), Some("ogg"), None).and_then(|one| one.run()).expect("decoded");
            assert_eq!(loaded.samples, samples.len() as u64, "{seconds} s");
            let mut there = vec![0.0; samples.len()];
            pcm.read(0, &mut there);
            let power = |of: &[f32]| of.iter().map(|s| f64::from(s * s)).sum::<f64>() / of.len().max(1) as f64;
            let apart = 10.0 * (power(&there) / power(&samples)).log10();
            assert!(seconds < 0.1 || apart.abs() < 0.5, "{apart} dB apart");
        }
    }

    #[test]
    fn nothing_is_a_file_too() {
        assert!(encode(&[]).expect("it is encoded").starts_with(b"OggS"));
    }
}

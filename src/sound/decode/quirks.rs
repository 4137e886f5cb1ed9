//! Where symphonia 0.6.1 takes an MP4's description of its sound for something else.

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE,
    CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32BE, CODEC_ID_PCM_S32LE,
};

use super::source::boxes;

/// Puts right what is known to be taken wrongly.
pub(super) fn mended(mut parameters: AudioCodecParameters, bytes: &[u8]) -> AudioCodecParameters {
    if parameters.codec == CODEC_ID_OPUS {
        // Opus is always decoded at 48 kHz; Firefox writes the microphone's rate here.
        parameters.with_sample_rate(48_000);
        highest_first(&mut parameters);
    }
    if parameters.codec == CODEC_ID_AAC && parameters.sample_rate.is_none_or(|rate| rate == 0) {
        // A sample entry has no room for more than 65,535 Hz; the codec's own configuration has.
        parameters.sample_rate = parameters.extra_data.as_deref().and_then(aac_rate).or(parameters.sample_rate);
    }
    let turned = match parameters.codec {
        CODEC_ID_PCM_S24LE => Some((b"in24", CODEC_ID_PCM_S24BE)),
        CODEC_ID_PCM_S32LE => Some((b"in32", CODEC_ID_PCM_S32BE)),
        CODEC_ID_PCM_F32LE => Some((b"fl32", CODEC_ID_PCM_F32BE)),
        CODEC_ID_PCM_F64LE => Some((b"fl64", CODEC_ID_PCM_F64BE)),
        _ => None,
    };
    if let Some((_, codec)) = turned.filter(|(entry, _)| is_big_endian(bytes, entry)) {
        parameters.for_codec(codec);
    }
    parameters
}

/// The rate in an AudioSpecificConfig (ISO 14496-3, 1.6.2.1): an index of four bits behind the five of the object's type.
fn aac_rate(config: &[u8]) -> Option<u32> {
    const RATES: [u32; 13] = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
    let [first, second, ..] = config else { return None };
    RATES.get(usize::from((first & 7) << 1 | second >> 7)).copied()
}

/// An MP4 writes the numbers of an Opus head with the highest byte first, which the decoder reads as Ogg does: version 0 tells.
fn highest_first(parameters: &mut AudioCodecParameters) {
    if let Some(head) = parameters.extra_data.as_mut().filter(|head| head.len() > 11 && head[8] == 0) {
        head.swap(10, 11);
    }
}

/// QuickTime's samples lie with their highest byte first, unless a note (`enda`) says otherwise.
fn is_big_endian(bytes: &[u8], entry: &[u8; 4]) -> bool {
    let Some((_, moov)) = boxes(bytes, 0, bytes.len()).find(|(kind, _)| kind == b"moov") else { return false };
    let moov = &bytes[moov];
    let find = |name: &[u8; 4]| moov.windows(4).position(|window| window == name);
    let little = find(b"enda").and_then(|at| moov.get(at + 4..at + 6)) == Some(&[0, 1]);
    find(entry).is_some() && !little
}

//! Whether a recording is longer than is taken, before any of it is decoded: its packets are counted, no duration is believed.
//!
//! Hours of silence are a few megabytes. Decoding them up to the limit would take a minute, and a gigabyte of whoever wants to hear them.

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS};
use symphonia::core::formats::FormatReader;
use symphonia::core::packet::Packet;

use super::{DecodeError, How, guard, read, tracks};
use crate::sound::{LONGEST_SECONDS, Recording};

/// A shorter file is not counted: four hours of packets that hold nothing are longer.
const LEAST: usize = 256 << 10;

/// Refuses recordings, one after the other, that are too long together.
pub(super) fn check<'a>(parts: impl Iterator<Item = &'a Recording>, how: &How) -> Result<(), DecodeError> {
    let mut left = LONGEST_SECONDS as f64;
    for part in parts.filter(|part| part.len() > LEAST) {
        // What cannot be counted is for decoding to tell.
        left -= guard::fault_becomes_error(|| Ok(counted(part, how, left))).unwrap_or(0.0);
        if left < 0.0 {
            return Err(DecodeError::TooLong);
        }
    }
    Ok(())
}

/// Seconds that the packets of the sound last, as far as they go, or more than `most`.
fn counted(bytes: &Recording, how: &How, most: f64) -> f64 {
    let Ok(mut reader) = read(bytes, how) else { return 0.0 };
    let Some((track, lasts)) = sound(reader.as_ref(), bytes) else { return 0.0 };
    let mut seconds = 0.0;
    while let Ok(Some(packet)) = reader.next_packet() {
        if packet.track_id == track {
            seconds += lasts.seconds(&packet);
        }
        if seconds > most {
            break;
        }
    }
    seconds
}

/// How long a packet lasts.
enum Lasts {
    /// Its first byte says it.
    Opus,
    /// All last so many seconds.
    Same(f64),
    /// What its reader counted in its frames, in units of so many seconds.
    Counted(f64),
}

impl Lasts {
    fn seconds(&self, packet: &Packet) -> f64 {
        match self {
            Lasts::Opus => opus(&packet.data),
            Lasts::Same(seconds) => *seconds,
            Lasts::Counted(unit) => packet.dur.get() as f64 * unit,
        }
    }
}

/// The track that is heard, and how long its packets last; none where a container alone could say it.
fn sound(reader: &dyn FormatReader, bytes: &[u8]) -> Option<(u32, Lasts)> {
    let id = tracks::preferred(reader, bytes)?;
    let track = reader.tracks().iter().find(|track| track.id == id)?;
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else { return None };
    let counts = ["flac", "wave", "ogg", "mp1", "mp2", "mp3", "mpa", "aac", "adts"].contains(&reader.format_info().short_name);
    let lasts = match (parameters.codec, parameters.sample_rate, track.time_base) {
        (CODEC_ID_OPUS, ..) => Lasts::Opus,
        (CODEC_ID_AAC, Some(rate), _) if rate > 0 => Lasts::Same(1024.0 / f64::from(rate)),
        (_, _, Some(base)) if counts => Lasts::Counted(f64::from(base.numer.get()) / f64::from(base.denom.get())),
        _ => return None,
    };
    Some((track.id, lasts))
}

/// Seconds of an Opus packet: its configuration and how many frames it holds (RFC 6716, 3.1).
pub(super) fn opus(packet: &[u8]) -> f64 {
    let Some(first) = packet.first() else { return 0.0 };
    let frame_ms = match first >> 3 {
        config @ 0..12 => [10.0, 20.0, 40.0, 60.0][usize::from(config % 4)],
        config @ 12..16 => [10.0, 20.0][usize::from(config % 2)],
        config => [2.5, 5.0, 10.0, 20.0][usize::from(config % 4)],
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |count| count & 63),
    };
    // No packet is longer.
    (frame_ms * f64::from(frames)).min(120.0) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_of_opus_says_how_long_it_is() {
        for (packet, ms) in [
            (&[0b0000_1000][..], 20.0),
            (&[0b0001_1000], 60.0),
            (&[0b0111_1000], 20.0),
            (&[0b1000_0000], 2.5),
            (&[0b1111_1001], 40.0),
            (&[0b1111_1011, 3], 60.0),
            (&[0b1111_1011, 63], 120.0),
            (&[], 0.0),
        ] {
            assert!((opus(packet) * 1000.0 - ms).abs() < 1e-9, "{packet:?}");
        }
    }
}

//! Which of several sound tracks is heard, and by which decoder: the one that its file prefers, unless nothing is heard in it.

use std::ops::Range;

use symphonia::core::audio::layouts;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, CODEC_ID_NULL_AUDIO};
use symphonia::core::formats::{FormatReader, Track, TrackType};

use super::holes::{children, track_entries};
use super::source::boxes;
use super::{CODECS, DecodeError, How, RATES, quirks, read, sniff};
use crate::sound::Recording;
use crate::sound::downmix::MOST_CHANNELS;

/// No more packets are listened to for a track in which something is heard: ten minutes of each of two.
const MOST_PACKETS: usize = 60_000;
/// What is louder than this is heard: −60 dB of full scale.
const HEARD: f32 = 0.001;

/// One of several sound tracks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Choice {
    /// Its id in the container.
    pub(super) id: u32,
    /// Its place among the sound tracks, from 1 on.
    pub(super) nth: u8,
    /// How many there are.
    pub(super) of: u8,
}

/// The sound track that the file prefers: of those that are enabled the first that is played by default, else the first; none where no
/// coding of any is known.
pub(super) fn preferred(reader: &dyn FormatReader, bytes: &[u8]) -> Option<u32> {
    in_order(reader, bytes).first().copied()
}

/// Which one is heard; none where there is one, or none.
pub(super) fn choice(reader: &dyn FormatReader, bytes: &Recording, how: &How) -> Option<Choice> {
    let known: Vec<u32> = sound(reader).map(|track| track.id).collect();
    let count = u8::try_from(known.len()).ok().filter(|count| *count > 1)?;
    let ordered = in_order(reader, bytes);
    let id = heard(&ordered, bytes, how).or(ordered.first().copied())?;
    let nth = known.iter().position(|one| *one == id)?;
    Some(Choice { id, nth: nth as u8 + 1, of: count })
}

/// The sound tracks whose coding is known.
fn sound(reader: &dyn FormatReader) -> impl Iterator<Item = &Track> {
    let is_known =
        |track: &&Track| matches!(&track.codec_params, Some(CodecParameters::Audio(coded)) if coded.codec != CODEC_ID_NULL_AUDIO);
    reader.tracks().iter().filter(is_known)
}

fn in_order(reader: &dyn FormatReader, bytes: &[u8]) -> Vec<u32> {
    let mut tracks: Vec<u32> = sound(reader).map(|track| track.id).collect();
    if tracks.len() > 1 {
        tracks.sort_by_cached_key(|id| rank(bytes, *id));
    }
    tracks
}

/// The first of them in which something is heard.
fn heard(tracks: &[u32], bytes: &Recording, how: &How) -> Option<u32> {
    let mut reader = read(bytes, how).ok()?;
    let mut decoders: Vec<Option<Box<dyn AudioDecoder>>> =
        tracks.iter().map(|id| sound_of(reader.as_ref(), bytes, Some(*id), false).ok().map(|(decoder, _)| decoder)).collect();
    let mut best: Option<usize> = None;
    let mut planes = Vec::new();
    for _ in 0..MOST_PACKETS {
        let Ok(Some(packet)) = reader.next_packet() else { break };
        let Some(nth) = tracks.iter().position(|id| *id == packet.track_id) else { continue };
        if best.is_some_and(|best| best <= nth) {
            continue;
        }
        let Some(sound) = decoders[nth].as_mut().and_then(|decoder| decoder.decode(&packet).ok()) else { continue };
        sound.copy_to_vecs_planar::<f32>(&mut planes);
        if planes.iter().flatten().any(|sample| sample.abs() > HEARD) {
            best = Some(nth);
        }
        if best == Some(0) {
            break;
        }
    }
    best.and_then(|nth| tracks.get(nth).copied())
}

/// What a file says of a track: 0 where it is played by default, 1 where it is enabled, 2 where it is not.
fn rank(bytes: &[u8], id: u32) -> u8 {
    let said = match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => in_matroska(bytes, id),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => in_mp4(bytes, id),
        _ => None,
    };
    match said {
        Some((_, false)) => 2,
        Some((false, true)) => 1,
        Some((true, true)) | None => 0,
    }
}

/// Whether a track is the default one, and whether it is enabled: it is both where nothing else is said (RFC 9559, 5.1.4.1.4).
fn in_matroska(bytes: &[u8], id: u32) -> Option<(bool, bool)> {
    const NUMBER: u64 = 0xD7;
    const ENABLED: u64 = 0xB9;
    const DEFAULT: u64 = 0x88;
    track_entries(bytes).into_iter().find_map(|entry| {
        let (mut number, mut is_default, mut is_enabled) = (None, true, true);
        for (name, value) in children(bytes, entry) {
            let value = bytes[value].iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
            match name {
                NUMBER => number = Some(value),
                ENABLED => is_enabled = value != 0,
                DEFAULT => is_default = value != 0,
                _ => {}
            }
        }
        (number == Some(u64::from(id))).then_some((is_default, is_enabled))
    })
}

/// An MP4 says of a track whether it is enabled (ISO 14496-12, 8.3.2).
fn in_mp4(bytes: &[u8], id: u32) -> Option<(bool, bool)> {
    let child = |range: &Range<usize>, kind: &[u8; 4]| boxes(bytes, range.start, range.end).find(|(found, _)| found == kind);
    let (_, moov) = child(&(0..bytes.len()), b"moov")?;
    boxes(bytes, moov.start, moov.end).filter(|(kind, _)| kind == b"trak").find_map(|(_, trak)| {
        let (_, head) = child(&trak, b"tkhd")?;
        // The times before its id are 32 or 64 bits wide.
        let at = head.start + if *bytes.get(head.start)? == 1 { 20 } else { 12 };
        let own = bytes.get(at..at + 4)?.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        let is_enabled = bytes.get(head.start + 3)? & 1 == 1;
        (own == id).then_some((is_enabled, is_enabled))
    })
}

/// The decoder of a track, and how many channels it has; `track` is none where no coding of any is known, which is why it fails. `both`: a
/// codec that can give both channels of two as one does so.
pub(super) fn sound_of(
    reader: &dyn FormatReader,
    bytes: &[u8],
    track: Option<u32>,
    both: bool,
) -> Result<(Box<dyn AudioDecoder>, Option<usize>), DecodeError> {
    let chosen = reader.tracks().iter().find(|one| Some(one.id) == track);
    let track = chosen.or_else(|| reader.first_track(TrackType::Audio));
    let Some(track) = track else {
        let unnamed = reader.tracks().iter().any(|track| track.codec_params.is_none());
        return Err(if unnamed { DecodeError::Codec { name: "one that is unknown here".into() } } else { DecodeError::NoSound });
    };
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else { return Err(DecodeError::NoSound) };
    let mut parameters = quirks::mended(parameters.clone(), bytes);
    check_declared(&parameters)?;
    if parameters.codec == CODEC_ID_NULL_AUDIO {
        return Err(DecodeError::Codec { name: "one that is unknown here".into() });
    }
    let channels = parameters.channels.as_ref().map(|channels| channels.count());
    if both && parameters.codec == CODEC_ID_OPUS && channels == Some(2) {
        // A decoder for one channel gives the mean of both, before it transforms and resamples them.
        parameters.channels = Some(layouts::CHANNEL_LAYOUT_MONO);
    }
    let decoder = CODECS.make_audio_decoder(&parameters, &AudioDecoderOptions::default()).map_err(|error| {
        match sniff::is_chance(bytes, reader.format_info().short_name) {
            true => DecodeError::Unknown,
            // There is a decoder, and what it is told makes no sense.
            false if parameters.codec == CODEC_ID_VORBIS => DecodeError::Head,
            false => DecodeError::Codec { name: sniff::codec_name(&parameters, &error).into() },
        }
    })?;
    Ok((decoder, channels))
}

fn check_declared(parameters: &AudioCodecParameters) -> Result<(), DecodeError> {
    if let Some(rate) = parameters.sample_rate.filter(|rate| !RATES.contains(rate)) {
        return Err(DecodeError::Rate { hz: rate });
    }
    match parameters.channels.as_ref().map(|channels| channels.count()) {
        Some(channels) if channels > MOST_CHANNELS => Err(DecodeError::Channels { channels }),
        _ => Ok(()),
    }
}

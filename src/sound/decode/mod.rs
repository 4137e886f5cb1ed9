//! A recording's bytes become samples: in order, once. The container is never asked to seek and its duration is never believed.

mod cut;
mod error;
mod guard;
mod holes;
mod index_first;
mod joined;
mod joints;
mod length;
mod priming;
mod quirks;
mod sniff;
mod source;
mod timeline;

use std::sync::LazyLock;

use symphonia::core::audio::layouts;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, CODEC_ID_NULL_AUDIO};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

pub use error::{DecodeError, Truncation};
pub use guard::is_guarded;
use holes::Mended;
#[cfg(test)]
pub(super) use holes::checksum;
pub use index_first::index_first;
pub use joined::Decoder;
use priming::Trim;
use serde::{Deserialize, Serialize};
pub use sniff::may_have_picture;
use source::Source;
use timeline::Timeline;

use super::downmix::MOST_CHANNELS;
use super::{LONGEST_SECONDS, RATE};
use crate::sound::Recording;

/// Sample rates that are taken, in Hz.
pub const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// So many undecodable packets before the first sound end a recording: what follows is no sound either.
const MOST_BAD_PACKETS: u64 = 200;
/// So many packets in a row without any sound end it too: a recording cannot make us search for ever.
const MOST_EMPTY_PACKETS: u32 = 1_000_000;

/// Out of the bytes of a recording come at most so many times as many bytes of samples…
const MOST_INFLATION: f64 = 2000.0;
/// …once they are so many seconds: nobody speaks in what is packed tighter, silence alone is.
const INFLATION_SECONDS: f64 = 600.0;

static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut registry = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut registry);
    registry.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
    registry
});

/// Samples as they lie in the recording.
#[derive(Debug)]
pub struct Chunk<'a> {
    /// One plane for each channel, 1..=8, all of one length; finite and within −4..=4, mostly −1..=1.
    pub planes: &'a [Vec<f32>],
    /// Frames in a second, within [`RATES`].
    pub rate: u32,
}

/// What a container says of the sound in it, before any of it is decoded.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Head {
    /// The container, such as `matroska`.
    pub container: String,
    /// The coding, such as `opus`.
    pub codec: String,
    /// Frames in a second, where it is said.
    pub rate: Option<u32>,
    /// Channels in a frame, where it is said.
    pub channels: Option<usize>,
}

/// Decodes one recording from its start to its end; nothing is joined on to it.
struct One {
    bytes: Recording,
    head: Head,
    trim: Trim,
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// Whether the codec itself is asked for one channel of two.
    halves: bool,
    /// What was given last.
    planes: Vec<Vec<f32>>,
    /// What was decoded last.
    decoded: Vec<Vec<f32>>,
    held: Option<Held>,
    /// What was looked at before its turn.
    ahead: Option<Next>,
    timeline: Timeline,
    mended: Mended,
    seconds: f64,
    /// Bytes of packets that were decoded.
    used: u64,
    /// Packets of the sound that the container gave.
    given: u64,
    empty: u32,
    state: State,
}

/// What a container has next.
enum Next {
    Packet(Packet),
    /// Another stream begins.
    Anew,
    Over(State),
}

/// What was decoded and not given yet.
struct Held {
    rate: u32,
    /// Frames that are missing before it.
    missing: u64,
}

/// Where a decoder is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Decoding,
    Ended,
    /// The container or the stream in it broke off.
    Broke,
}

impl One {
    /// Recognises the recording and opens its sound. `hint` is its file's extension; a wrong one does no harm.
    fn open(bytes: Recording, how: &How) -> Result<One, DecodeError> {
        if bytes.is_empty() {
            return Err(DecodeError::Empty);
        }
        if let Some(error) = sniff::refuse(&bytes) {
            return Err(error);
        }
        guard::fault_becomes_error(|| open(bytes, how))
    }

    /// Gets the next samples into `planes`, at the rate that is returned; none at the end.
    fn step(&mut self) -> Result<Option<u32>, DecodeError> {
        if self.state != State::Decoding {
            return Ok(None);
        }
        let stepped = guard::fault_becomes_error(|| self.advance());
        if stepped.is_err() {
            self.state = State::Broke;
        }
        stepped
    }

    /// What is wrong with it, once all of it is decoded.
    fn truncation(&self) -> Option<Truncation> {
        if let Some(cut) = cut::cut_short(&self.bytes, self.seconds) {
            return Some(cut);
        }
        let at_ms = (self.seconds * 1000.0) as u64;
        if self.state == State::Broke || self.timeline.breaks_off() {
            return Some(Truncation::Broken { at_ms });
        }
        if let Some(less) = holes::declared(&self.bytes).and_then(|declared| cut::fewer(declared, self.given, self.seconds)) {
            return Some(less);
        }
        let lost = self.timeline.lost_ms().map(|(at_ms, lost_ms)| Truncation::Damaged { at_ms, lost_ms });
        let sorted = || self.mended.disorder.map(|at_ms| Truncation::Disordered { at_ms, mended: true });
        let back = || self.timeline.back_ms().map(|at_ms| Truncation::Disordered { at_ms, mended: false });
        let again = || self.timeline.again_ms().map(|at_ms| Truncation::Joined { at_ms, heard: true });
        lost.or_else(back).or_else(sorted).or_else(again)
    }

    fn advance(&mut self) -> Result<Option<u32>, DecodeError> {
        loop {
            if let Some(rate) = self.give()? {
                return Ok(Some(rate));
            }
            let next = match self.ahead.take() {
                Some(next) => next,
                None => self.fetch(),
            };
            match next {
                Next::Packet(packet) => {
                    self.used += packet.data.len() as u64;
                    let believed = self.is_believed(&packet);
                    if !self.take(&packet, believed)? {
                        return Ok(self.end(State::Broke));
                    }
                }
                Next::Anew => {
                    // A recording that was joined on may have channels that cancel each other: it is listened to anew.
                    let both = self.halves && self.mended.closed;
                    (self.track, self.decoder, _) = sound_of(self.reader.as_ref(), &self.bytes, both)?;
                    self.timeline.begin_anew(self.reader.as_ref(), self.track, self.mended.closed);
                }
                Next::Over(state) => return Ok(self.end(state)),
            }
        }
    }

    /// What the container has next of the track that is heard.
    fn fetch(&mut self) -> Next {
        loop {
            match self.reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => {
                    self.given += 1;
                    return Next::Packet(packet);
                }
                Ok(Some(packet)) if self.empty < MOST_EMPTY_PACKETS => {
                    self.timeline.pass(&packet);
                    self.empty += 1;
                }
                Ok(None) => return Next::Over(State::Ended),
                // Where the file ends inside of an element or not is for `cut` to say: browsers end whole files so, too.
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Next::Over(State::Ended),
                Err(Error::ResetRequired) => return Next::Anew,
                Ok(Some(_)) | Err(_) => return Next::Over(State::Broke),
            }
        }
    }

    /// Whether a packet's time counts: one that is far from where the packet before it ended needs the next one to agree.
    fn is_believed(&mut self, packet: &Packet) -> bool {
        if !self.timeline.doubts(packet) {
            return true;
        }
        let next = self.fetch();
        let agrees = match &next {
            Next::Packet(next) => self.timeline.is_near(packet, next),
            // The only one that is left behind a hole has no other to bear it out.
            Next::Over(_) => self.mended.closed,
            Next::Anew => false,
        };
        self.ahead = Some(next);
        agrees
    }

    /// Decodes a packet; whether it is worth going on.
    fn take(&mut self, packet: &Packet, believed: bool) -> Result<bool, DecodeError> {
        if self.mended.closed && holes::is_filler(&packet.data) {
            // What follows must not be continued from what came before.
            self.decoder.reset();
            return Ok(self.lose_one());
        }
        if self.is_wiped(packet) {
            return Ok(self.lose_one());
        }
        match self.decoder.decode(packet) {
            Ok(sound) if sound.frames() > 0 => {
                let (channels, rate) = (sound.spec().channels().count(), sound.spec().rate());
                check_shape(channels, rate)?;
                sound.copy_to_vecs_planar(&mut self.decoded);
                self.empty = 0;
                let missing = self.timeline.follow(packet, believed, (self.decoded[0].len(), rate), self.seconds);
                self.held = Some(Held { rate, missing });
                Ok(true)
            }
            Ok(_) => {
                self.empty += 1;
                Ok(self.empty <= MOST_EMPTY_PACKETS)
            }
            Err(Error::ResetRequired) => {
                self.decoder.reset();
                Ok(true)
            }
            Err(_) => Ok(self.lose_one()),
        }
    }

    /// Whether a packet begins with zeros as no encoder writes them, and as decoders take for some sound or other, of another length.
    fn is_wiped(&self, packet: &Packet) -> bool {
        let codec = self.decoder.codec_params().codec;
        let packs = [CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_VORBIS].contains(&codec);
        packs && packet.data.first_chunk() == Some(&[0; 8])
    }

    fn lose_one(&mut self) -> bool {
        let rate = self.decoder.codec_params().sample_rate.unwrap_or(RATE);
        self.timeline.lose_one(rate, MOST_BAD_PACKETS)
    }

    /// Gives what is held, the silence before it first, a second of it at most; none where nothing is.
    fn give(&mut self) -> Result<Option<u32>, DecodeError> {
        while let Some(held) = &mut self.held {
            let rate = held.rate;
            if held.missing > 0 {
                let frames = held.missing.min(u64::from(rate));
                held.missing -= frames;
                self.planes.resize_with(self.decoded.len(), Vec::new);
                self.planes.iter_mut().for_each(|plane| {
                    plane.clear();
                    plane.resize(frames as usize, 0.0);
                });
            } else {
                self.held = None;
                std::mem::swap(&mut self.planes, &mut self.decoded);
            }
            self.trim.apply(&mut self.planes);
            if !self.planes[0].is_empty() {
                self.count(rate)?;
                return Ok(Some(rate));
            }
        }
        Ok(None)
    }

    /// Counts the length; also makes sure that no sample is NaN or absurdly loud.
    fn count(&mut self, rate: u32) -> Result<(), DecodeError> {
        for plane in &mut self.planes {
            for sample in plane {
                *sample = if sample.is_finite() { sample.clamp(-4.0, 4.0) } else { 0.0 };
            }
        }
        self.seconds += self.planes[0].len() as f64 / f64::from(rate);
        if self.seconds > LONGEST_SECONDS as f64 {
            return Err(DecodeError::TooLong);
        }
        let inflated = self.seconds * f64::from(RATE) * 2.0 > self.used as f64 * MOST_INFLATION;
        if inflated && self.seconds > INFLATION_SECONDS {
            return Err(DecodeError::Inflated { seconds: self.seconds as u32 });
        }
        Ok(())
    }

    fn end<T>(&mut self, state: State) -> Option<T> {
        self.state = state;
        None
    }
}

/// How a recording is opened.
#[derive(Clone, Debug, Default)]
struct How {
    /// Its file's extension; a wrong one does no harm.
    hint: Option<String>,
    /// Where its codec can give both of two channels as one, it does.
    both: bool,
    /// It was joined on to another: its time may go on from that one's.
    follows: bool,
}

/// The reader of the container.
fn read(bytes: &Recording, how: &How) -> Result<Box<dyn FormatReader>, Error> {
    let mut known = Hint::new();
    if let Some(extension) = &how.hint {
        known.with_extension(extension);
    }
    let stream = MediaSourceStream::new(Box::new(Source::new(bytes)), MediaSourceStreamOptions::default());
    symphonia::default::get_probe().probe(&known, stream, FormatOptions::default(), MetadataOptions::default())
}

fn open(bytes: Recording, how: &How) -> Result<One, DecodeError> {
    let (bytes, mended) = holes::mended(bytes);
    let (reader, bytes) = match (read(&bytes, how), holes::without_notes(&bytes)) {
        (Err(_), Some(bare)) => {
            let bare = bare.into();
            (read(&bare, how), bare)
        }
        (read, _) => (read, bytes),
    };
    let reader = reader.map_err(|error| sniff::explain(&bytes, &error))?;
    let (track, decoder, channels) = sound_of(reader.as_ref(), &bytes, how.both)?;
    let parameters = decoder.codec_params();
    let given = parameters.channels.as_ref().map(|channels| channels.count());
    let halves = (channels, given) == (Some(2), Some(1));
    let head = Head {
        container: reader.format_info().short_name.to_owned(),
        codec: decoder.codec_info().short_name.to_owned(),
        rate: parameters.sample_rate,
        channels,
    };
    let trim = match parameters.sample_rate {
        // An Opus head says it by itself, and its decoder heeds it.
        Some(rate) if parameters.codec != CODEC_ID_OPUS => Trim::stated_in(&bytes, track, rate),
        _ => Trim::default(),
    };
    let timeline = Timeline::of(reader.as_ref(), track, mended.closed, how.follows);
    let (planes, decoded, held, state) = (Vec::new(), Vec::new(), None, State::Decoding);
    let (seconds, used, empty) = (0.0, 0, 0);
    Ok(One {
        bytes,
        head,
        trim,
        reader,
        decoder,
        track,
        halves,
        planes,
        decoded,
        held,
        ahead: None,
        timeline,
        mended,
        seconds,
        used,
        given: 0,
        empty,
        state,
    })
}

/// The track that is heard, the default one among those with sound, else the first; its decoder, and how many channels it has. `both`: a
/// codec that can give both channels of two as one does so.
#[expect(clippy::type_complexity, reason = "three things of one track, taken apart at once")]
fn sound_of(
    reader: &dyn FormatReader,
    bytes: &[u8],
    both: bool,
) -> Result<(u32, Box<dyn AudioDecoder>, Option<usize>), DecodeError> {
    let track = reader.default_track(TrackType::Audio).or_else(|| reader.first_track(TrackType::Audio));
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
    Ok((track.id, decoder, channels))
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

fn check_shape(channels: usize, rate: u32) -> Result<(), DecodeError> {
    if !(1..=MOST_CHANNELS).contains(&channels) {
        return Err(DecodeError::Channels { channels });
    }
    if !RATES.contains(&rate) {
        return Err(DecodeError::Rate { hz: rate });
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! A recording's bytes become samples: in order, once. The container is never asked to seek and its duration is never believed.

mod cut;
mod edits;
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
mod tracks;

use std::sync::LazyLock;

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

pub use cut::cut_off;
pub use error::{DecodeError, Truncation};
pub use guard::is_guarded;
use holes::Mended;
#[cfg(test)]
pub(super) use holes::checksum;
pub use index_first::index_first;
pub use joined::Decoder;
use priming::Trim;
use serde::{Deserialize, Serialize};
pub use sniff::has_picture;
use source::Source;
use timeline::Timeline;
use tracks::sound_of;

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
    /// Seconds of padding at the end of its last packet, where a Matroska says so.
    padding: f64,
    /// Whether its file's list of edits, where it has one, is followed.
    is_cut: bool,
    /// Which of several it is.
    choice: Option<tracks::Choice>,
    /// Seconds that it begins later than the recording does.
    lead: f64,
    /// Seconds in a unit of its packets' lengths, where those of Opus are stated beside them.
    beside: Option<f64>,
    /// Seconds of the Opus packet that was decoded last.
    usual: f64,
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
    /// Frames before the track began.
    lead: u64,
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
        // What is declared is of the first track alone.
        let declared = holes::declared(&self.bytes).filter(|_| self.choice.is_none());
        if let Some(less) = declared.and_then(|declared| cut::fewer(declared, self.given, self.seconds)) {
            return Some(less);
        }
        let rate = self.decoder.codec_params().sample_rate.unwrap_or(RATE);
        if let Some(declared) = edits::clearly_more(&self.bytes, self.track, rate, self.seconds) {
            return Some(cut::less(declared, self.seconds));
        }
        let lost = self.timeline.lost_ms().map(|(at_ms, lost_ms)| Truncation::Damaged { at_ms, lost_ms });
        let sorted = || self.mended.disorder.map(|at_ms| Truncation::Disordered { at_ms, mended: true });
        let back = || self.timeline.back_ms().map(|at_ms| Truncation::Disordered { at_ms, mended: false });
        let again = || self.timeline.again_ms().map(|at_ms| Truncation::Joined { at_ms, heard: true });
        let chosen = || self.choice.map(|choice| Truncation::Tracks { heard: choice.nth, of: choice.of });
        let uncut = || (!self.is_cut).then_some(Truncation::Uncut);
        lost.or_else(back).or_else(sorted).or_else(again).or_else(uncut).or_else(chosen)
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
                    self.track = tracks::preferred(self.reader.as_ref(), &self.bytes).unwrap_or(self.track);
                    (self.decoder, _) = sound_of(self.reader.as_ref(), &self.bytes, Some(self.track), both)?;
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
        let lead = self.timeline.lead(packet);
        if lead.is_none() && !self.timeline.doubts(packet) {
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
        if let Some(lead) = lead.filter(|_| agrees) {
            self.lead = lead;
            self.timeline.begin_at(lead);
        }
        agrees
    }

    /// Decodes a packet; whether it is worth going on.
    fn take(&mut self, packet: &Packet, believed: bool) -> Result<bool, DecodeError> {
        if self.mended.closed && holes::is_filler(&packet.data) {
            // What follows must not be continued from what came before.
            self.decoder.reset();
            return Ok(self.lose_one());
        }
        if self.is_wiped(packet) || self.is_misshapen(packet) {
            return Ok(self.lose_one());
        }
        match self.decoder.decode(packet) {
            Ok(sound) if sound.frames() > 0 => {
                let (channels, rate) = (sound.spec().channels().count(), sound.spec().rate());
                check_shape(channels, rate)?;
                sound.copy_to_vecs_planar(&mut self.decoded);
                if self.padding > 0.0 && self.is_last() {
                    let padding = (self.padding * f64::from(rate)).round() as usize;
                    self.decoded.iter_mut().for_each(|plane| plane.truncate(plane.len().saturating_sub(padding)));
                }
                self.empty = 0;
                self.usual = length::opus(&packet.data);
                let missing = self.timeline.follow(packet, believed, (self.decoded[0].len(), rate), self.seconds);
                let lead = (std::mem::take(&mut self.lead) * f64::from(rate)).round() as u64;
                self.held = Some(Held { rate, lead, missing });
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

    /// Whether no packet follows.
    fn is_last(&mut self) -> bool {
        let next = self.ahead.take().unwrap_or_else(|| self.fetch());
        let is_over = matches!(next, Next::Over(State::Ended));
        self.ahead = Some(next);
        is_over
    }

    /// Whether a packet begins with zeros as no encoder writes them, and as decoders take for some sound or other, of another length.
    fn is_wiped(&self, packet: &Packet) -> bool {
        let codec = self.decoder.codec_params().codec;
        let packs = [CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_VORBIS].contains(&codec);
        packs && packet.data.first_chunk() == Some(&[0; 8])
    }

    /// Whether a packet of Opus says that it is longer or shorter than those before it, and the file beside it says that it is not: any bytes
    /// are sound of some length to a decoder, and would move all that follows.
    fn is_misshapen(&self, packet: &Packet) -> bool {
        let Some(unit) = self.beside.filter(|_| self.usual > 0.0) else { return false };
        let (own, told) = (length::opus(&packet.data), packet.dur.get() as f64 * unit);
        (told - self.usual).abs() + 0.001 < (told - own).abs()
    }

    fn lose_one(&mut self) -> bool {
        let rate = self.decoder.codec_params().sample_rate.unwrap_or(RATE);
        self.timeline.lose_one(rate, MOST_BAD_PACKETS)
    }

    /// Gives what is held, the silence before it first, a second of it at most; none where nothing is.
    fn give(&mut self) -> Result<Option<u32>, DecodeError> {
        while let Some(held) = &mut self.held {
            let rate = held.rate;
            let is_lead = held.lead > 0;
            let silent = if is_lead { &mut held.lead } else { &mut held.missing };
            if *silent > 0 {
                let frames = (*silent).min(u64::from(rate));
                *silent -= frames;
                self.planes.resize_with(self.decoded.len(), Vec::new);
                self.planes.iter_mut().for_each(|plane| {
                    plane.clear();
                    plane.resize(frames as usize, 0.0);
                });
            } else {
                self.held = None;
                std::mem::swap(&mut self.planes, &mut self.decoded);
            }
            // What is taken off belongs to the track.
            if !is_lead {
                self.trim.apply(&mut self.planes);
            }
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
    let choice = tracks::choice(reader.as_ref(), &bytes, how);
    let track = choice.map(|choice| choice.id).or_else(|| tracks::preferred(reader.as_ref(), &bytes));
    let (decoder, channels) = sound_of(reader.as_ref(), &bytes, track, how.both)?;
    let track = track.unwrap_or_default();
    let parameters = decoder.codec_params();
    let given = parameters.channels.as_ref().map(|channels| channels.count());
    let halves = (channels, given) == (Some(2), Some(1));
    let head = Head {
        container: reader.format_info().short_name.to_owned(),
        codec: decoder.codec_info().short_name.to_owned(),
        rate: parameters.sample_rate,
        channels,
    };
    // An Opus head says by itself what to skip, and its decoder heeds it.
    let skipped = if parameters.codec == CODEC_ID_OPUS { priming::by_opus(parameters.extra_data.as_deref()) } else { 0 };
    let stated = parameters.sample_rate.map(|rate| Trim::stated_in(&bytes, track, rate, skipped));
    let (trim, is_cut) = stated.unwrap_or((Trim::default(), true));
    let lead = Some(edits::lead(&bytes, track)).filter(|lead| *lead <= timeline::MOST_SECONDS).unwrap_or_default();
    let padding = holes::padding(&bytes, track).unwrap_or(0.0);
    let is_beside = parameters.codec == CODEC_ID_OPUS && head.container == "isomp4";
    let beside = timeline::base(reader.as_ref(), track).filter(|_| is_beside);
    let timeline = Timeline::of(reader.as_ref(), track, mended.closed, how.follows);
    Ok(One {
        bytes,
        head,
        trim,
        reader,
        decoder,
        track,
        padding,
        is_cut,
        choice,
        lead,
        beside,
        usual: 0.0,
        halves,
        planes: Vec::new(),
        decoded: Vec::new(),
        held: None,
        ahead: None,
        timeline,
        mended,
        seconds: 0.0,
        used: 0,
        given: 0,
        empty: 0,
        state: State::Decoding,
    })
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

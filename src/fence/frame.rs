//! What a child tells its parent: pieces with a kind and a length, of which the parent believes none.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::walls::Walls;
use crate::sound::{DecodeError, Downmix, Head, LONGEST_SECONDS, Loaded, RATE, prepare::Prepared};

/// The longest piece, in bytes: what is longer was not written by our child.
pub(super) const LONGEST: usize = 1 << 16;
/// Bytes before each piece: its kind, and its length with the lowest byte first.
pub(super) const START: usize = 5;
/// No message is longer, in characters.
const MOST_TEXT: usize = 300;

/// What every stream begins with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Opening {
    /// What keeps the child in.
    pub(super) walls: Walls,
    /// What the container says of the sound.
    pub(super) head: Head,
}

/// One piece.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Frame {
    /// The child stands behind its walls and has recognised the recording.
    Opening(Opening),
    /// Mono samples at 48 kHz.
    Samples(Vec<i16>),
    /// There is no more.
    End(Loaded),
    /// So many samples were measured so far.
    Going(u64),
    /// The next bytes of what was measured.
    Measured(Vec<u8>),
    /// Those were the last.
    Whole,
    /// It cannot be decoded.
    Error(DecodeError),
}

/// The stream is not what a child of ours writes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("what came back is not what decoding gives: {0}")]
pub(super) struct Forged(&'static str);

const OPENING: u8 = b'H';
const SAMPLES: u8 = b'S';
const END: u8 = b'E';
const ERROR: u8 = b'X';
const GOING: u8 = b'G';
const MEASURED: u8 = b'M';
const WHOLE: u8 = b'W';

/// Writes samples, as many pieces as they need.
pub(super) fn write_samples(to: &mut impl Write, samples: &[i16]) -> io::Result<()> {
    let mut piece = vec![0; samples.len().min(LONGEST / 2) * 2];
    for part in samples.chunks(LONGEST / 2) {
        let piece = &mut piece[..part.len() * 2];
        piece.as_chunks_mut().0.iter_mut().zip(part).for_each(|(pair, sample)| *pair = sample.to_le_bytes());
        write(to, SAMPLES, piece)?;
    }
    Ok(())
}

/// Writes what was measured, as many pieces as it needs.
pub(super) fn write_measured(to: &mut impl Write, prepared: &Prepared) -> io::Result<()> {
    serde_json::to_vec(prepared)?.chunks(LONGEST).try_for_each(|piece| write(to, MEASURED, piece))?;
    write_frame(to, &Frame::Whole)
}

/// Writes any other piece.
pub(super) fn write_frame(to: &mut impl Write, frame: &Frame) -> io::Result<()> {
    let (kind, value) = match frame {
        Frame::Opening(opening) => (OPENING, serde_json::to_vec(opening)),
        Frame::End(loaded) => (END, serde_json::to_vec(loaded)),
        Frame::Error(error) => (ERROR, serde_json::to_vec(error)),
        Frame::Samples(samples) => return write_samples(to, samples),
        Frame::Going(samples) => return write(to, GOING, &samples.to_le_bytes()),
        Frame::Measured(piece) => return write(to, MEASURED, piece),
        Frame::Whole => return write(to, WHOLE, &[]),
    };
    write(to, kind, &value?)
}

fn write(to: &mut impl Write, kind: u8, piece: &[u8]) -> io::Result<()> {
    let length = (piece.len() as u32).to_le_bytes();
    to.write_all(&[kind, length[0], length[1], length[2], length[3]])?;
    to.write_all(piece)
}

/// Takes the first piece off `bytes`; none while it is not whole.
///
/// # Errors
/// When it cannot be a piece, however it goes on.
pub(super) fn take(bytes: &mut Vec<u8>) -> Result<Option<Frame>, Forged> {
    let Some(start) = bytes.first_chunk::<START>() else { return Ok(None) };
    let (kind, length) = (start[0], u32::from_le_bytes([start[1], start[2], start[3], start[4]]) as usize);
    if !matches!(kind, OPENING | SAMPLES | END | ERROR | GOING | MEASURED | WHOLE) {
        return Err(Forged("a piece of no known kind"));
    }
    if length > LONGEST {
        return Err(Forged("a piece that is too long"));
    }
    let Some(piece) = bytes.get(START..START + length) else { return Ok(None) };
    let frame = read(kind, piece)?;
    bytes.drain(..START + length);
    Ok(Some(frame))
}

fn read(kind: u8, piece: &[u8]) -> Result<Frame, Forged> {
    let unreadable = |_| Forged("a piece that cannot be read");
    match kind {
        SAMPLES if piece.len() % 2 == 1 => Err(Forged("half a sample")),
        SAMPLES => Ok(Frame::Samples(piece.as_chunks().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect())),
        OPENING => serde_json::from_slice(piece).map_err(unreadable).map(|opening: Opening| Frame::Opening(opening.shortened())),
        GOING => {
            piece.try_into().map(|bytes| Frame::Going(u64::from_le_bytes(bytes))).map_err(|_| Forged("a count of another length"))
        }
        MEASURED => Ok(Frame::Measured(piece.to_vec())),
        WHOLE => Ok(Frame::Whole),
        END => checked(serde_json::from_slice(piece).map_err(unreadable)?).map(Frame::End),
        _ => serde_json::from_slice(piece).map_err(unreadable).map(|error| Frame::Error(shortened(error))),
    }
}

/// Lengths and weights that a recording can have.
fn checked(loaded: Loaded) -> Result<Loaded, Forged> {
    let sound = |mix: &Downmix| Downmix::of_weights(mix.weights().to_vec()).is_some();
    let fits = loaded.samples <= LONGEST_SECONDS * u64::from(RATE);
    if fits && sound(&loaded.downmix) && sound(&loaded.best) { Ok(loaded) } else { Err(Forged("an end that no recording has")) }
}

/// A message from the other side may be as long as a piece.
fn shortened(error: DecodeError) -> DecodeError {
    let short = |text: &str| text.chars().take(MOST_TEXT).collect::<String>();
    match error {
        DecodeError::NotARecording { what } => DecodeError::NotARecording { what: short(&what).into() },
        DecodeError::Codec { name } => DecodeError::Codec { name: short(&name).into() },
        DecodeError::Damaged(what) => DecodeError::Damaged(short(&what)),
        DecodeError::Workshop(what) => DecodeError::Workshop(short(&what)),
        plain => plain,
    }
}

impl Opening {
    fn shortened(mut self) -> Opening {
        for text in [&mut self.head.container, &mut self.head.codec] {
            *text = text.chars().take(MOST_TEXT).collect();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(frame: &Frame) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, frame).expect("memory takes everything");
        bytes
    }

    fn end() -> Loaded {
        Loaded { samples: 5, downmix: Downmix::even(2), best: Downmix::even(1), truncated: None }
    }

    #[test]
    fn what_is_written_is_read_back_however_it_arrives() {
        let frames =
            [Frame::Samples((0..20_000).map(|i| i as i16).collect()), Frame::End(end()), Frame::Error(DecodeError::NoIndex)];
        let all: Vec<u8> = frames.iter().flat_map(written).collect();
        let (mut waiting, mut found) = (Vec::new(), Vec::new());
        for bytes in all.chunks(777) {
            waiting.extend_from_slice(bytes);
            while let Some(frame) = take(&mut waiting).expect("ours") {
                found.push(frame);
            }
        }
        assert_eq!(found, frames);
        assert!(waiting.is_empty());
    }

    #[test]
    fn what_no_child_of_ours_writes_is_refused_before_it_is_held() {
        let refused = |bytes: &[u8]| take(&mut bytes.to_vec()).is_err();
        assert!(refused(b"Q\x01\0\0\0x"), "an unknown kind");
        assert!(refused(b"S\xff\xff\xff\xff"), "a length of 4 GB");
        assert!(refused(b"S\x03\0\0\0abc"), "half a sample");
        assert!(refused(b"E\x02\0\0\0{}"), "an end without a length");
        let long = written(&Frame::End(Loaded { samples: u64::MAX, ..end() }));
        assert!(refused(&long), "a recording of centuries");
    }

    #[test]
    fn a_mix_that_would_be_louder_than_the_recording_is_refused() {
        let text = br#"{"samples":5,"downmix":[9.0],"best":[1.0],"truncated":null}"#;
        assert!(read(END, text).is_err());
        assert!(read(END, &text.map(|b| if b == b'9' { b'1' } else { b })).is_ok());
    }

    #[test]
    fn a_message_is_cut_to_a_line() {
        let mut bytes = written(&Frame::Error(DecodeError::Damaged("x".repeat(9000))));
        let Ok(Some(Frame::Error(DecodeError::Damaged(text)))) = take(&mut bytes) else { panic!("an error") };
        assert_eq!(text.len(), MOST_TEXT);
    }
}

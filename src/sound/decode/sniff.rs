//! What bytes are, when they are no recording that can be decoded: so that the message names it.

use std::borrow::Cow;

use symphonia::core::codecs::audio::{AudioCodecParameters, well_known};
use symphonia::core::errors::Error;

use super::DecodeError;
use super::source::boxes;
use crate::sound::downmix::MOST_CHANNELS;

/// Refuses what is clearly something else before a decoder searches for sound in it.
pub(super) fn refuse(bytes: &[u8]) -> Option<DecodeError> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xEF | 0xBB | 0xBF)).unwrap_or(0);
    let text = &bytes[start..];
    let begins = |with: &[u8]| text.len() >= with.len() && text[..with.len()].eq_ignore_ascii_case(with);
    let not = |what| Some(DecodeError::NotARecording { what: Cow::Borrowed(what) });
    let coded = |name| Some(DecodeError::Codec { name: Cow::Borrowed(name) });
    match bytes {
        _ if begins(b"<!doctype html") || begins(b"<html") => not("a web page"),
        _ if begins(b"<?xml") || begins(b"<error") => not("an XML document"),
        _ if begins(b"{\"") || begins(b"{\n") || begins(b"[{") => not("a JSON document"),
        _ if begins(b"%PDF-") => not("a PDF document"),
        _ if begins(b"WEBVTT") => not("a transcript"),
        [b'P', b'K', 3, 4, ..] => not("a zip archive or an office document"),
        [0x1F, 0x8B, ..] => not("a compressed archive"),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, 0xE0 | 0xE1, ..] | [b'G', b'I', b'F', b'8', ..] => not("a picture"),
        _ if [&b"\x7FELF"[..], b"MZ", b"\xCF\xFA\xED\xFE", b"\xCA\xFE\xBA\xBE"].iter().any(|start| bytes.starts_with(start)) => {
            not("a program")
        }
        _ if bytes.starts_with(b"7z\xBC\xAF") || bytes.starts_with(b"Rar!") => not("a compressed archive"),
        _ if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) => not("an office document"),
        _ if bytes.starts_with(b"SQLite format 3") => not("a database"),
        _ if bytes.starts_with(b"#!AMR") => coded("AMR (a phone's voice recording)"),
        _ if bytes.starts_with(&[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) => coded("Windows Media"),
        [0x0B, 0x77, ..] => coded("AC-3"),
        _ if bytes.starts_with(b"FORM") => coded("AIFF"),
        // Whatever lies in one, it is nothing but frames of AAC or MP3 to those who look for them.
        _ if is_transport_stream(bytes) => coded("an MPEG transport stream"),
        // Version 1, and sound in it; or there would be none for another program, either.
        [b'F', b'L', b'V', 1, kinds, 0, 0, 0, 9, ..] if kinds & 4 != 0 => coded("Flash video"),
        _ if bytes.starts_with(b"wvpk") => coded("WavPack"),
        _ if bytes.starts_with(b"MAC ") => coded("Monkey's Audio"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', ..] => coded("AVI"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', b'f', b'm', b't', b' ', _, _, _, _, _, _, low, high, ..] => {
            // The reader of this version panics over dozens of channels.
            let channels = usize::from(u16::from_le_bytes([*low, *high]));
            (channels > MOST_CHANNELS).then_some(DecodeError::Channels { channels })
        }
        _ if bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) => not("text"),
        _ => None,
    }
}

/// Packets of 188 bytes that each begin alike (ISO 13818-1, 2.4.3.2), with four bytes of time before them or not.
fn is_transport_stream(bytes: &[u8]) -> bool {
    const IN_A_ROW: usize = 4;
    let begin_at = |first: usize, width: usize| (0..IN_A_ROW).all(|nth| bytes.get(first + nth * width) == Some(&0x47));
    begin_at(0, 188) || begin_at(4, 192)
}

/// Why a container could not be opened.
pub(super) fn explain(bytes: &[u8], error: &Error) -> DecodeError {
    let is_mp4 = bytes.get(4..8) == Some(b"ftyp");
    let contains = |needle: &[u8]| has_name(bytes, needle);
    match error {
        _ if is_mp4 && !contains(b"moov") => DecodeError::NoIndex,
        _ if is_mp4 && (contains(b"samr") || contains(b"sawb")) => {
            DecodeError::Codec { name: Cow::Borrowed("AMR (a phone's voice recording)") }
        }
        _ if has_name(first_page(bytes), b"Speex   ") => DecodeError::Codec { name: Cow::Borrowed("Speex") },
        _ if is_mp4 && contains(b"sqcp") => DecodeError::Codec { name: Cow::Borrowed("QCELP (a phone's voice recording)") },
        // What the container's reader is missing is the rest of the file.
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            if has_known_start(bytes) {
                DecodeError::Head
            } else {
                DecodeError::Unknown
            }
        }
        // It ends before what it would be described by.
        Error::DecodeError("mkv: missing Tracks element") => DecodeError::Head,
        Error::DecodeError(what) if bytes.starts_with(b"RIFF") && what.contains("bits per sample") => {
            DecodeError::Codec { name: Cow::Borrowed("samples of an unusual number of bits") }
        }
        Error::DecodeError(what) if has_known_start(bytes) => DecodeError::Damaged((*what).to_owned()),
        Error::LimitError(what) => DecodeError::Damaged((*what).to_owned()),
        // Its coding is named, and what follows that is no description of it.
        Error::Unsupported(_) if [&b"\x01vorbis"[..], b"OpusHead"].iter().any(|name| has_name(first_page(bytes), name)) => {
            DecodeError::Head
        }
        Error::Unsupported(_) if is_mp4 || bytes.starts_with(b"\x1A\x45\xDF\xA3") => DecodeError::Head,
        Error::Unsupported(_) if has_known_start(bytes) => DecodeError::Codec { name: Cow::Borrowed("one that is unknown here") },
        _ => DecodeError::Unknown,
    }
}

/// Whether there is a picture in a recording, as far as its container tells by its tracks; none where it does not.
pub fn has_picture(bytes: &[u8]) -> Option<bool> {
    const HEAD: usize = 256 << 10;
    let has = |part: &[u8], mark: &[u8]| part.windows(mark.len()).any(|window| window == mark);
    match bytes {
        // A track's coding: its id, a length below 127, and what it is called.
        [0x1A, 0x45, 0xDF, 0xA3, ..] => {
            let head = &bytes[..bytes.len().min(HEAD)];
            Some(head.windows(4).any(|four| four[0] == 0x86 && four[1] > 0x80 && four[2..] == *b"V_"))
        }
        _ if bytes.get(4..8) == Some(b"ftyp") => {
            let (_, moov) = boxes(bytes, 0, bytes.len()).find(|(kind, _)| kind == b"moov")?;
            Some(has(&bytes[moov], b"vide"))
        }
        _ if bytes.starts_with(b"OggS") => Some(has(&bytes[..bytes.len().min(4096)], b"\x80theora")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..]
        | [b'f', b'L', b'a', b'C', ..]
        | [b'I', b'D', b'3', ..] => Some(false),
        _ => None,
    }
}

/// The first page of an Ogg, which names its coding.
fn first_page(bytes: &[u8]) -> &[u8] {
    if bytes.starts_with(b"OggS") { &bytes[..bytes.len().min(128)] } else { &[] }
}

fn has_name(bytes: &[u8], name: &[u8]) -> bool {
    bytes.windows(name.len()).any(|window| window == name)
}

/// Whether a reader found its frames in the middle of something else: any bytes hold some that look like it.
pub(super) fn is_chance(bytes: &[u8], container: &str) -> bool {
    matches!(container, "mp1" | "mp2" | "mp3" | "mpa" | "aac" | "adts") && !matches!(bytes, [0xFF, ..] | [b'I', b'D', b'3', ..])
}

fn has_known_start(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
        || [&b"\x1A\x45\xDF\xA3"[..], b"OggS", b"fLaC", b"RIFF", b"RF64", b"ID3", b"caff"]
            .iter()
            .any(|start| bytes.starts_with(start))
}

/// What people call a coding for which there is no decoder.
pub(super) fn codec_name(parameters: &AudioCodecParameters, error: &Error) -> &'static str {
    match parameters.codec {
        well_known::CODEC_ID_AAC => "HE-AAC",
        well_known::CODEC_ID_OPUS => "Opus with more than two channels",
        well_known::CODEC_ID_AC3 => "AC-3",
        well_known::CODEC_ID_EAC3 => "E-AC-3",
        well_known::CODEC_ID_AC4 => "AC-4",
        well_known::CODEC_ID_DCA => "DTS",
        well_known::CODEC_ID_WMA => "Windows Media",
        well_known::CODEC_ID_SPEEX => "Speex",
        well_known::CODEC_ID_MP1 | well_known::CODEC_ID_MP2 => "MPEG layer 1 or 2",
        well_known::CODEC_ID_ADPCM_G722 | well_known::CODEC_ID_ADPCM_G726 => "a telephone's ADPCM",
        _ => match error {
            Error::Unsupported(what) => what,
            _ => "one that is unknown here",
        },
    }
}

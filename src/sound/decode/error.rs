//! Why a recording cannot be heard, or not to its end; and what to do about it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::interview::Moment;

/// Why a recording cannot be heard at all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum DecodeError {
    /// Zero bytes.
    #[error("the file is empty")]
    Empty,
    /// Recognised as something else.
    #[error("this is {what}, not a recording")]
    NotARecording {
        /// Such as `a web page`.
        what: Cow<'static, str>,
    },
    /// No container that is known.
    #[error("this is no recording in any format that earmark knows")]
    Unknown,
    /// A recording that was cut off before its index was written, which is where its sound is described.
    #[error("the recording was cut off before its index was written")]
    NoIndex,
    /// What describes its sound, at its start, cannot be read to its end.
    #[error("the description of its sound is damaged or cut off")]
    Head,
    /// A container without a sound track.
    #[error("there is no sound in it")]
    NoSound,
    /// A sound track of which nothing could be decoded.
    #[error("its sound track holds nothing that can be decoded")]
    Nothing,
    /// A coding that cannot be decoded here.
    #[error("its sound is coded as {name}, which earmark cannot decode")]
    Codec {
        /// The coding, as people call it.
        name: Cow<'static, str>,
    },
    /// More channels than are taken.
    #[error("it has {channels} channels; earmark takes up to 8")]
    Channels {
        /// How many.
        channels: usize,
    },
    /// A sample rate that no recording has.
    #[error("it has a sample rate of {hz} Hz; earmark takes 8,000 to 192,000")]
    Rate {
        /// As declared.
        hz: u32,
    },
    /// Longer than is taken.
    #[error("it is longer than 4 hours")]
    TooLong,
    /// The container is damaged where it must be whole.
    #[error("its container is damaged: {0}")]
    Damaged(String),
    /// A few bytes claim to be hours of sound.
    #[error("a few bytes of it claim to be hours of sound: after {seconds} s it was given up")]
    Inflated {
        /// Seconds of sound that had come out of it by then.
        seconds: u32,
    },
    /// The decoder failed in a way that it should not.
    #[error("decoding it failed inside of the decoder")]
    Fault,
    /// The decoder did not come to an end.
    #[error("decoding it came to no end: it was stopped after {seconds} s of sound")]
    Endless {
        /// Seconds of sound that had come out of it by then.
        seconds: u32,
    },
    /// The decoder wanted more memory than any recording of this size needs.
    #[error("decoding it takes more memory than a recording may")]
    Memory,
    /// What decodes could not be started, or could not be spoken to: no fault of the recording.
    #[error("the part of earmark that decodes could not be used: {0}")]
    Workshop(String),
}

impl DecodeError {
    /// Where in the recording it went wrong.
    pub fn place(&self) -> Cow<'static, str> {
        match self {
            Self::Endless { seconds } | Self::Inflated { seconds } => format!("after {seconds} s").into(),
            Self::TooLong => "after 4 hours".into(),
            Self::Channels { .. } | Self::Rate { .. } | Self::Codec { .. } => "in the description of its sound".into(),
            Self::Head => "in its first bytes".into(),
            Self::NoSound | Self::NoIndex | Self::Damaged(_) => "in its container".into(),
            Self::Nothing => "in its sound track".into(),
            Self::Empty | Self::NotARecording { .. } | Self::Unknown => "at its start".into(),
            Self::Fault | Self::Memory | Self::Workshop(_) => "while decoding it".into(),
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty | Self::NotARecording { .. } | Self::NoIndex | Self::Head | Self::Damaged(_) | Self::Nothing => {
                "fetch the recording again from where it came, or ask the candidate to record the answer again"
            }
            Self::Unknown | Self::Fault | Self::Endless { .. } | Self::Memory => {
                "convert it, for example with: ffmpeg -i IN -c:a libopus OUT.webm"
            }
            Self::Codec { .. } => "convert it, for example with: ffmpeg -i IN -vn -c:a libopus OUT.webm",
            Self::NoSound => "check that the microphone was on when it was recorded; ask for the answer again",
            Self::Channels { .. } => "mix it down, for example with: ffmpeg -i IN -ac 1 OUT.flac",
            Self::Rate { .. } => "convert it, for example with: ffmpeg -i IN -ar 48000 OUT.flac",
            Self::Inflated { .. } => "play it with another program to see what it is; then ask for the answer again",
            Self::Workshop(_) => "try again; `earmark doctor` says what this machine does not allow",
            Self::TooLong => "split it, for example with: ffmpeg -i IN -f segment -segment_time 3600 -c copy OUT%02d.webm",
        }
    }
}

/// What is wrong with the file of a recording that plays.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Truncation {
    /// The file stops inside of a piece that says how long it is.
    CutOff {
        /// Bytes that are missing of that piece, at least.
        missing: u64,
    },
    /// There is clearly less than a header declares that is written last, when the true length is known.
    Shorter {
        /// What it declares.
        declared_ms: u64,
        /// What there is.
        found_ms: u64,
    },
    /// The stream broke in the middle; what follows cannot be found.
    Broken {
        /// Where.
        at_ms: u64,
    },
    /// Another recording was joined on.
    Joined {
        /// Where the first one ends.
        at_ms: u64,
        /// Whether the second one is heard too.
        heard: bool,
    },
    /// Its pieces lie in it in another order than they were recorded in, or more than once.
    Disordered {
        /// Where the first of them is.
        at_ms: u64,
        /// Whether they are heard in order, each of them once.
        mended: bool,
    },
    /// It has several sound tracks, of which one is heard.
    Tracks {
        /// Which of them, from 1 on.
        heard: u8,
        /// How many there are.
        of: u8,
    },
    /// It was cut by a list of edits that is not followed; all that was recorded is heard.
    Uncut,
    /// Sound was lost in the middle; in its place there is silence, and what follows is heard where it was said.
    Damaged {
        /// Where the first of it was.
        at_ms: u64,
        /// How much of it, in all.
        lost_ms: u64,
    },
}

impl fmt::Display for Truncation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |ms: &u64| Moment(u32::try_from(*ms).unwrap_or(u32::MAX)).with_unit();
        match self {
            Self::CutOff { .. } => write!(f, "the file is cut off before its end"),
            Self::Shorter { declared_ms, found_ms } => write!(f, "only {} of {} are there", time(found_ms), time(declared_ms)),
            Self::Damaged { at_ms, lost_ms } => {
                // A single packet is a matter of milliseconds.
                let lost = if *lost_ms < 1000 { format!("{lost_ms} ms") } else { time(lost_ms) };
                write!(f, "{lost} of it are lost, from {} on: there is silence instead", time(at_ms))
            }
            Self::Disordered { at_ms, mended: true } => {
                write!(f, "pieces of it lie out of order, or twice, from {} on: they are heard in order, and once", time(at_ms))
            }
            Self::Disordered { at_ms, mended: false } => {
                write!(f, "from {} on it goes back in time: what follows may be out of order, or heard twice", time(at_ms))
            }
            Self::Tracks { heard, of: 2 } => {
                let (heard, other) = if *heard == 1 { ("first", "second") } else { ("second", "first") };
                write!(f, "it has 2 sound tracks: the {heard} is heard, the {other} is not")
            }
            Self::Tracks { heard, of } => write!(f, "it has {of} sound tracks: number {heard} is heard, the others are not"),
            Self::Uncut => {
                write!(f, "its container says which parts of it to play, in a way that earmark does not follow: all is heard")
            }
            Self::Broken { at_ms } => write!(f, "it breaks off at {}", time(at_ms)),
            Self::Joined { at_ms, heard: true } => {
                write!(f, "another recording is joined on after {}, and is heard too", time(at_ms))
            }
            Self::Joined { at_ms, heard: false } => {
                write!(f, "another recording is joined on after {}, and is not heard", time(at_ms))
            }
        }
    }
}

impl Truncation {
    /// The same of a recording before which so many ms of others are heard.
    pub(super) fn later(self, by_ms: u64) -> Truncation {
        match self {
            Self::CutOff { .. } | Self::Tracks { .. } | Self::Uncut => self,
            Self::Shorter { declared_ms, found_ms } => {
                Self::Shorter { declared_ms: declared_ms.saturating_add(by_ms), found_ms: found_ms + by_ms }
            }
            Self::Broken { at_ms } => Self::Broken { at_ms: at_ms + by_ms },
            Self::Joined { at_ms, heard } => Self::Joined { at_ms: at_ms + by_ms, heard },
            Self::Disordered { at_ms, mended } => Self::Disordered { at_ms: at_ms + by_ms, mended },
            Self::Damaged { at_ms, lost_ms } => Self::Damaged { at_ms: at_ms + by_ms, lost_ms },
        }
    }

    /// Whether sound that was said is not heard.
    pub fn loses(&self) -> bool {
        !matches!(
            self,
            Self::Joined { heard: true, .. } | Self::Disordered { mended: true, .. } | Self::Tracks { .. } | Self::Uncut
        )
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Joined { heard: true, .. } => "nothing needs to be done; check that all of it belongs to this answer",
            Self::Disordered { mended: true, .. } => "nothing needs to be done; check how the recording was stored",
            Self::Disordered { mended: false, .. } => "fetch the recording again; until then it can be reviewed as it is",
            Self::Tracks { .. } => {
                "check that it is the candidate's; another one is taken out with: ffmpeg -i IN -map 0:a:N -c copy OUT, N from 0 on"
            }
            Self::Uncut => "where parts of it were cut for a reason, cut it for good with: ffmpeg -i IN -vn -c:a libopus OUT.webm",
            Self::Joined { heard: false, .. } => "take them apart where they come from; until then the first can be reviewed",
            Self::CutOff { .. } | Self::Shorter { .. } | Self::Broken { .. } | Self::Damaged { .. } => {
                "fetch the recording again; until then what is there can be reviewed"
            }
        }
    }
}

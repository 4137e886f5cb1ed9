//! What earmark cannot decode by itself goes through the user's own ffmpeg: a recording goes in by a pipe, its sound comes out by another.
//!
//! ffmpeg is started by a child that raised its walls before: it can read and run what programs are made of, and nothing of the
//! user's; it writes nowhere and reaches nobody.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use super::line::{Ended, Line};
use super::order::Order;
use super::walls::raise_for_program;
use super::{Fence, Place};
use crate::sound::decode::index_first;
use crate::sound::{DecodeError, LONGEST_SECONDS, Recording};

/// Where programs and what they are linked with lie; homes, mounts and mail lie elsewhere.
const PROGRAMS: [&str; 8] = ["/usr", "/bin", "/lib", "/lib64", "/opt", "/nix/store", "/gnu/store", "/etc/ld.so.cache"];

/// No conversion is larger, in bytes: hours in two channels, and what the library keeps in one piece.
const LARGEST: usize = 512 << 20;

/// Where ffmpeg lies, if the user has it.
fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join("ffmpeg")).find(|file| file.is_file())?;
    found.canonicalize().ok()
}

/// Whether the user has ffmpeg.
pub fn is_there() -> bool {
    find().is_some()
}

impl Fence {
    /// Converts a recording that earmark cannot decode into a FLAC: nothing is lost, and it is what is played in its place.
    ///
    /// What comes back has been through the hands of a stranger's decoder: it is decoded behind the fence like any other.
    ///
    /// # Errors
    /// [`DecodeError::Workshop`] where there is no ffmpeg or no child to run it, [`DecodeError::Nothing`] when it finds no sound either.
    pub fn convert(&self, bytes: &Recording) -> Result<Vec<u8>, DecodeError> {
        let Place::Child(program) = &self.place else { return Err(workshop("there is no child to run ffmpeg in")) };
        if !is_there() {
            return Err(workshop("ffmpeg is not installed"));
        }
        let order = Order::Convert { bytes: bytes.len() as u64, seconds: LONGEST_SECONDS };
        // It reads from a pipe and cannot go back in it.
        let bytes = index_first(bytes).map_or_else(|| bytes.clone(), Recording::from);
        let broken = |error: std::io::Error| workshop(&error.to_string());
        let mut line = Line::start(program, &order, bytes, self.patience).map_err(broken)?;
        let mut sound = Vec::new();
        let ended = loop {
            match line.receive(&mut sound).map_err(broken)? {
                None if sound.len() > LARGEST => return Err(DecodeError::TooLong),
                None => {}
                Some(ended) => break ended,
            }
        };
        match ended {
            Ended::Time => Err(DecodeError::Endless { seconds: 0 }),
            Ended::Memory => Err(DecodeError::Memory),
            // Where it could not go on, what came before is there.
            _ if sound.is_empty() => Err(DecodeError::Nothing),
            _ => Ok(sound),
        }
    }
}

fn workshop(why: &str) -> DecodeError {
    DecodeError::Workshop(why.to_owned())
}

/// Raises the walls and becomes ffmpeg.
pub(super) fn become_ffmpeg(order: &Order) -> ExitCode {
    let (Some(ffmpeg), Order::Convert { seconds, .. }) = (find(), order) else { return ExitCode::from(3) };
    let mut readable: Vec<PathBuf> = PROGRAMS.iter().map(PathBuf::from).collect();
    readable.extend(ffmpeg.parent().map(Path::to_owned));
    let _ = raise_for_program(order.limits(), &readable);
    let words = ["-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "pipe", "-threads", "1", "-i", "pipe:0"];
    let error = Command::new(ffmpeg)
        .env_clear()
        .args(words)
        // The first sound track, without picture, notes or anything else.
        .args(["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1"])
        // A track that begins late is heard as late, and what was lost in it is silence.
        .args(["-af", "aresample=async=1:first_pts=0"])
        .args(["-t", &seconds.to_string(), "-sample_fmt", "s16", "-c:a", "flac", "-f", "flac", "pipe:1"])
        .exec();
    // Nobody but the parent reads this, and it knows what an exit without sound means.
    drop(error);
    ExitCode::from(4)
}

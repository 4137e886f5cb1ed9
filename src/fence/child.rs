//! The child: it raises its walls, reads the recording from its standard input, and writes samples, or what it measured of them, to its
//! standard output.

use std::io::{self, BufWriter, Read, Write as _};
use std::process::ExitCode;

use super::frame::{Frame, Opening, write_frame, write_measured, write_samples};
use super::order::Order;
use super::walls::{self, Walls};
use crate::sound::{DecodeError, Mono, RATE, Recording, measure_while_decoding, to_i16};

/// Samples that are gathered before they are written: a third of a second.
const GATHERED: usize = RATE as usize / 3;

/// What the hidden subcommand does: `words` are those after it.
pub fn run(words: &[String]) -> ExitCode {
    // What a decoder's panic says may quote the recording; the parent tells of it.
    std::panic::set_hook(Box::new(|_| {}));
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
    let Some(order) = Order::read(words) else { return ExitCode::from(2) };
    match order {
        Order::Decode { .. } | Order::Measure { .. } => decode(&order),
        Order::Convert { .. } => super::convert::become_ffmpeg(&order),
    }
}

fn decode(order: &Order) -> ExitCode {
    let walls = walls::raise(order.limits());
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let told = tell(order, walls, &mut out).and_then(|()| out.flush());
    // A parent that is gone needs no reason.
    if told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(order: &Order, walls: Walls, out: &mut impl io::Write) -> io::Result<()> {
    let (hint, downmix, recording) = match order {
        Order::Decode { bytes, hint, downmix } => (hint, downmix, recording(*bytes)?),
        Order::Measure { bytes, hint } => return measure(recording(*bytes)?, hint.as_deref(), out),
        Order::Convert { .. } => return Ok(()),
    };
    let mut mono = match Mono::open(recording, hint.as_deref(), downmix.clone()) {
        Ok(mono) => mono,
        Err(error) => return write_frame(out, &Frame::Error(error)),
    };
    write_frame(out, &Frame::Opening(Opening { walls, head: mono.head().clone() }))?;
    match flow(&mut mono, out)? {
        Ok(loaded) => write_frame(out, &Frame::End(loaded)),
        Err(error) => write_frame(out, &Frame::Error(error)),
    }
}

fn recording(bytes: u64) -> io::Result<Recording> {
    let mut recording = Vec::with_capacity(bytes as usize);
    io::stdin().lock().take(bytes).read_to_end(&mut recording)?;
    Ok(recording.into())
}

fn measure(recording: Recording, hint: Option<&str>, out: &mut impl io::Write) -> io::Result<()> {
    let mut tell = |samples| {
        let told = write_frame(out, &Frame::Going(samples)).and_then(|()| out.flush());
        // A parent that is gone: there is nothing left to do.
        told.map_err(|error| DecodeError::Workshop(error.to_string()))
    };
    match measure_while_decoding(recording, hint, &mut tell) {
        Ok(prepared) => write_measured(out, &prepared),
        Err(error) => write_frame(out, &Frame::Error(error)),
    }
}

fn flow(mono: &mut Mono, out: &mut impl io::Write) -> io::Result<Result<crate::sound::Loaded, DecodeError>> {
    let (mut ready, mut samples) = (Vec::new(), Vec::new());
    loop {
        ready.clear();
        let done = mono.step(&mut ready);
        samples.extend(ready.iter().map(|sample| to_i16(*sample)));
        let over = !matches!(done, Ok(None));
        if over || samples.len() >= GATHERED {
            write_samples(out, &samples)?;
            out.flush()?;
            samples.clear();
        }
        match done {
            Ok(None) => {}
            Ok(Some(loaded)) => return Ok(Ok(loaded)),
            Err(error) => return Ok(Err(error)),
        }
    }
}

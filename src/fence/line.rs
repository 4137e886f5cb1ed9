//! The line to a child: bytes go in, bytes come out, and one who keeps silent too long is killed.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use super::Patience;
use super::order::{COMMAND, Order};
use crate::sound::Recording;

/// Bytes that are read or written at once.
const AT_ONCE: usize = 1 << 16;
/// Of what a child says on its standard error, so much is kept: enough to know what it died of.
const KEPT: usize = 2048;

/// How often it is looked whether a child that is waited for is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// A running child.
#[derive(Debug)]
pub(super) struct Line {
    child: Child,
    to: Option<ChildStdin>,
    from: Option<ChildStdout>,
    errors: Option<ChildStderr>,
    bytes: Recording,
    sent: usize,
    said: Vec<u8>,
    patience: Patience,
    waited: Duration,
    /// Set by whoever does not want it any more.
    stop: Option<Arc<AtomicBool>>,
}

/// How a line ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// It exited with this code.
    Exit(i32),
    /// It took too long: by our clock, or by the limit that it set itself.
    Time,
    /// It wanted too much memory.
    Memory,
    /// It broke down.
    Fault,
}

impl Line {
    /// Starts a child that is to carry out `order` on `bytes`.
    pub(super) fn start(program: &Path, order: &Order, bytes: Recording, patience: Patience) -> io::Result<Line> {
        let mut child = Command::new(program)
            .arg(COMMAND)
            .args(order.words())
            // Nothing of ours is for it, save where its programs lie.
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (to, from, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let line = Line { child, to, from, errors, bytes, sent: 0, said: Vec::new(), patience, waited: Duration::ZERO, stop: None };
        line.to.iter().try_for_each(|end| rustix::io::ioctl_fionbio(end, true))?;
        line.from.iter().try_for_each(|end| rustix::io::ioctl_fionbio(end, true))?;
        line.errors.iter().try_for_each(|end| rustix::io::ioctl_fionbio(end, true))?;
        Ok(line)
    }

    /// Ends the child soon after `stop` is set, also while it is waited for.
    pub(super) fn end_on(&mut self, stop: Arc<AtomicBool>) {
        self.stop = Some(stop);
    }

    /// Waits for more of what the child sends and appends it to `into`; says how it ended once there is no more.
    pub(super) fn receive(&mut self, into: &mut Vec<u8>) -> io::Result<Option<Ended>> {
        let mut since = Instant::now();
        loop {
            let Some(from) = &self.from else { return self.end(false).map(Some) };
            let mut ends = vec![PollFd::new(from, PollFlags::IN)];
            ends.extend(self.errors.iter().map(|end| PollFd::new(end, PollFlags::IN)));
            ends.extend(self.to.iter().map(|end| PollFd::new(end, PollFlags::OUT)));
            // Only while it is asked for does time count against it: who listens may pause.
            let left = self.patience.idle.min(self.patience.whole.saturating_sub(self.waited)).saturating_sub(since.elapsed());
            if left.is_zero() || self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)) {
                return self.end(true).map(Some);
            }
            wait(&mut ends, if self.stop.is_some() { left.min(LOOK) } else { left })?;
            self.listen();
            if self.feed()? {
                self.waited += since.elapsed();
                since = Instant::now();
            }
            if read_some(&mut self.from, into)? > 0 {
                self.waited += since.elapsed();
                return Ok(None);
            }
        }
    }

    /// Gives the child what it takes of the recording; whether it took anything.
    fn feed(&mut self) -> io::Result<bool> {
        let before = self.sent;
        while let Some(to) = &mut self.to {
            let rest = &self.bytes[self.sent..];
            match to.write(&rest[..rest.len().min(AT_ONCE)]) {
                Ok(0) => self.to = None,
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // It has seen enough, or is no more: what it sent tells.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.to = None,
                Err(error) => return Err(error),
            }
        }
        Ok(self.sent > before)
    }

    fn listen(&mut self) {
        // What it says is of use at its death alone.
        let _ = read_some(&mut self.errors, &mut self.said);
        self.said.truncate(KEPT);
    }

    fn end(&mut self, too_late: bool) -> io::Result<Ended> {
        if too_late {
            let _ = self.child.kill();
        }
        // It closed its end: there is nothing left for it to do, and it is not waited for if it does it.
        let (status, by_us) = self.reap()?;
        self.listen();
        Ok(if too_late || by_us { Ended::Time } else { self.ended(status) })
    }

    /// Waits a moment for the child to end by itself, then ends it; whether it had to.
    fn reap(&mut self) -> io::Result<(ExitStatus, bool)> {
        for _ in 0..100 {
            if let Some(status) = self.child.try_wait()? {
                return Ok((status, false));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let _ = self.child.kill();
        self.child.wait().map(|status| (status, true))
    }

    fn ended(&self, status: ExitStatus) -> Ended {
        let said = String::from_utf8_lossy(&self.said);
        match (status.code(), status.signal()) {
            (Some(code), _) => Ended::Exit(code),
            (_, Some(signal)) if signal == Signal::XCPU.as_raw() => Ended::Time,
            // Its limit of time tells itself by another signal: so does a system end a program that has no memory left to give.
            (_, Some(signal)) if signal == Signal::KILL.as_raw() => Ended::Memory,
            _ if said.contains("memory allocation") => Ended::Memory,
            _ => Ended::Fault,
        }
    }
}

/// Nobody waits for a child whose sound is not wanted any more.
impl Drop for Line {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn wait(ends: &mut [PollFd<'_>], most: Duration) -> io::Result<()> {
    let most = Timespec { tv_sec: most.as_secs() as i64, tv_nsec: i64::from(most.subsec_nanos()) };
    match poll(ends, Some(&most)) {
        // A signal came in between: look again.
        Err(rustix::io::Errno::INTR) => Ok(()),
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// Reads once what is there; an end that was reached is closed.
fn read_some(end: &mut Option<impl Read + AsFd>, into: &mut Vec<u8>) -> io::Result<usize> {
    let Some(open) = end else { return Ok(0) };
    let before = into.len();
    into.resize(before + AT_ONCE, 0);
    let read = open.read(&mut into[before..]);
    into.truncate(before + read.as_ref().map_or(0, |count| *count));
    match read {
        Ok(0) => *end = None,
        Ok(count) => return Ok(count),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
        Err(error) => return Err(error),
    }
    Ok(0)
}

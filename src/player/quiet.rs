//! What C libraries print on the terminal while sound is open goes nowhere; our own screen is there.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::Mutex;

/// The real standard error, while it is covered, and how often it was asked to be.
static COVERED: Mutex<(u32, Option<OwnedFd>)> = Mutex::new((0, None));

/// Covers standard error, where that is a terminal, as long as it lives.
pub(super) struct Quiet(());

impl Quiet {
    pub(super) fn begin() -> Quiet {
        let mut covered = COVERED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        covered.0 += 1;
        if covered.0 == 1 && rustix::termios::isatty(rustix::stdio::stderr()) {
            covered.1 = cover();
        }
        Quiet(())
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let mut covered = COVERED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        covered.0 = covered.0.saturating_sub(1);
        if covered.0 == 0 {
            uncover(&mut covered.1);
        }
    }
}

/// Makes standard error real again, whoever covers it: for a panic hook that has something to say.
pub fn give_back_stderr() {
    // In a panic the lock may be held by this very thread.
    if let Ok(mut covered) = COVERED.try_lock() {
        uncover(&mut covered.1);
    }
}

fn cover() -> Option<OwnedFd> {
    let real = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 3).ok()?;
    let nowhere = File::options().write(true).open("/dev/null").ok()?;
    rustix::stdio::dup2_stderr(nowhere).ok()?;
    Some(real)
}

fn uncover(real: &mut Option<OwnedFd>) {
    if let Some(real) = real.take() {
        // Nothing is left to tell it to when this fails.
        let _ = rustix::stdio::dup2_stderr(real);
    }
}

//! A fault inside a decoder becomes an error of the one recording that caused it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::DecodeError;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside of a decoder, whose panics are caught: a panic hook has nothing to restore and nothing to print then.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Runs `decode`; a panic in it becomes [`DecodeError::Fault`].
pub(super) fn fault_becomes_error<T>(decode: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    GUARDED.set(true);
    // What a panic leaves behind in the decoder is not used again: the caller lets go of it.
    let outcome = catch_unwind(AssertUnwindSafe(decode));
    GUARDED.set(false);
    outcome.unwrap_or(Err(DecodeError::Fault))
}

//! A recording's bytes: one copy that all who decode it share, wiped when the last of them lets it go.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use zeroize::Zeroizing;

/// The bytes of a recording. Cloning it copies nothing.
///
/// What it was made from by value is wiped with it; what another still holds is not its to wipe.
#[derive(Clone)]
pub struct Recording(Arc<dyn AsRef<[u8]> + Send + Sync>);

impl Recording {
    /// A part of it, as a recording of its own; what lies beyond the end is left out. It copies nothing, either.
    pub fn part(&self, range: Range<usize>) -> Recording {
        let range = range.start.min(self.len())..range.end.min(self.len());
        Recording(Arc::new(Part { whole: self.clone(), range }))
    }
}

impl Deref for Recording {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_ref().as_ref()
    }
}

impl AsRef<[u8]> for Recording {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// What was said stays out of logs.
impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<recording: {} bytes>", self.len())
    }
}

impl From<Zeroizing<Vec<u8>>> for Recording {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Recording(Arc::new(Wiped(bytes)))
    }
}

impl From<Vec<u8>> for Recording {
    fn from(bytes: Vec<u8>) -> Self {
        Zeroizing::new(bytes).into()
    }
}

impl From<&[u8]> for Recording {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<Arc<[u8]>> for Recording {
    fn from(bytes: Arc<[u8]>) -> Self {
        Recording(Arc::new(bytes))
    }
}

struct Part {
    whole: Recording,
    range: Range<usize>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        self.whole.get(self.range.clone()).unwrap_or_default()
    }
}

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_who_decode_a_recording_share_the_one_buffer_it_came_in() {
        let bytes = Zeroizing::new(vec![7; 100]);
        let address = bytes.as_ptr();
        let recording = Recording::from(bytes);
        let shared = recording.clone();
        assert_eq!((recording.as_ptr(), shared.as_ptr()), (address, address));
        let held: Arc<[u8]> = Arc::from([7; 100]);
        assert_eq!(Recording::from(held.clone()).as_ptr(), held.as_ptr());
        assert_eq!(recording.part(10..200).as_ptr(), recording[10..].as_ptr());
        assert_eq!((recording.part(10..200).len(), recording.part(200..300).len()), (90, 0));
        assert_eq!(format!("{recording:?}"), "<recording: 100 bytes>");
    }
}

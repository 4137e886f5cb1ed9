//! New event ids without randomness of our own: a seed given at the start, and a counter.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::interview::EventId;

/// Makes UUIDv7s from the time it is told and a secret seed.
#[derive(Clone, Debug)]
pub struct Mint {
    seed: [u8; 32],
    made: u64,
}

impl Mint {
    /// `seed` must be random: two programs with one seed would give two acts the same id.
    pub fn new(seed: [u8; 32]) -> Self {
        Mint { seed, made: 0 }
    }

    /// A new id for an act at `now`.
    pub fn id(&mut self, now: Timestamp) -> EventId {
        self.made += 1;
        let hash = Sha256::new().chain_update(self.seed).chain_update(self.made.to_be_bytes()).finalize();
        let mut random = [0; 10];
        random.copy_from_slice(&hash[..10]);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        EventId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_carry_their_time() {
        let mut mint = Mint::new([7; 32]);
        let now = Timestamp::from_millisecond(1_790_000_000_000).expect("within range");
        let (a, b) = (mint.id(now), mint.id(now));
        assert_ne!(a, b);
        assert_eq!(a.0.get_version_num(), 7);
    }
}

//! Hand-offs: a shortlist that travels as one file, and what its receiver did with it on the way back.
//!
//! A hand-off is a first line that says how long it is and what its SHA-256 is, and behind it an age file for one person or under
//! a passphrase. In that lie a manifest (the batch with the submissions that go, rubrics, keys of candidates, events as they are
//! stored), the sender's signature on it, and the recordings, transcripts and documents whose digests the manifest names. What is in
//! it follows `protocol`: what someone outside the panel may see, as far as the sender may see it too.

mod back;
mod choose;
mod cover;
mod envelope;
mod error;
mod manifest;
mod open;
mod pack;
mod receivers;
mod reply;
mod take;

pub use back::{Back, TakenBack, Verdict};
pub use envelope::{is_handoff, is_under_passphrase};
pub use error::HandoffError;
pub use manifest::{Absent, LeftOut};
pub use open::{Opened, open};
pub use pack::{HandedOff, Wish, hand_off};
pub use receivers::receivers;
pub use reply::{Replied, handed_by, reply};
pub use take::{Taken, take};

//! One reviewer's judgement: ratings, evidence, notes, gaps, heard.
//!
//! [`Record`] is what a batch's events add up to. It holds everyone's work; a screen, command or export must not read it
//! but `protocol::visible` of it, which leaves what may be seen.

mod apart;
mod batch_wide;
mod fold;
mod heard;
mod marks;
mod places;
mod record;
mod undo;
mod witness;
mod work;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use batch_wide::{
    Aside, Assignment, Attachment, Commented, Decided, Erasure, Export, Guest, Handing, Hold, Link, Marked, ONCE, Override,
    Panelist, Release,
};
pub use heard::{Heard, HeardShare, Material, Materials, percent};
pub use marks::{
    After, Calibrated, Comparison, Earlier, Evidence, MachineSeen, MustHaveMark, Note, Rating, Recommended, Reconciliation,
    Recusal, Refused, Reopening, Revealing, SealMark, Seals,
};
pub use places::{Place, Places};
pub use record::Record;
pub use work::{Work, field};

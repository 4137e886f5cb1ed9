//! What was said, with times and confidence.

mod find;
mod follow;
mod model;
mod read;
mod write;

pub use find::{Binder, Entry, Found, Hit, Index, Language, Phrase, Quote, ToFindIn, Volume, find_in, folded, stems};
pub use follow::{Pause, Sentences};
pub use model::{Cue, Timing, Transcript, Word};
pub use read::{FASTEST_WORDS_A_SECOND, Reading, extensions, read};
pub use write::automatic;

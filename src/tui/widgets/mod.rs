//! What screens are made of: plain values drawn on a [`Canvas`](super::Canvas).
//!
//! A widget knows nothing of the application. It takes [`Words`](super::Words) and numbers, draws into an area, and tells
//! where things lie, so that a click finds them.

mod bars;
mod find;
mod footer;
mod page;
mod picker;
mod popup;
mod prompt;
mod rating;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod title;
mod transcript;
mod waveform;

pub use bars::{Meter, RankBar};
pub use find::find;
pub use footer::{Footer, Hint, Notice};
pub use page::{Page, Paragraph};
pub use picker::{Choice, Picker};
pub use popup::{Popup, ROOMY, pane};
pub use prompt::{Prompt, PromptDid};
pub use rating::{Anchor, Given, RatingRow, SaveState};
pub use table::{Align, Column, Hit, Item, Table, TablePlaces, TableState, Width};
pub use title::TitleBar;
pub use transcript::{Gap, Lit, TranscriptLayout, TranscriptView, follow};
pub use waveform::{WaveColumns, Waveform, shorter_by};

//! What the program starts with.

use super::Me;
use super::deck::Chosen;
use crate::interview::BatchId;
use crate::text::SafeText;

/// What the program starts with.
#[derive(Clone, Debug)]
pub struct Start {
    /// Who reviews here.
    pub me: Me,
    /// Whether another window writes.
    pub read_only: bool,
    /// The batch to open at once.
    pub batch: Option<BatchId>,
    /// Whether beginners are given hints.
    pub tour: bool,
    /// How many minutes the reviewer has.
    pub minutes: Option<u32>,
    /// How answers are heard at first.
    pub chosen: Chosen,
    /// Whether an answer plays as soon as it is opened.
    pub autoplay: bool,
    /// The sources of the settings, which batches can be fetched from.
    pub sources: Vec<SafeText>,
    /// Where exports go unless another place is named.
    pub export_folder: String,
    /// Through which folder journals were exchanged the last time; empty where none is known.
    pub exchange_folder: String,
    /// Random: ids of acts are made from it.
    pub seed: [u8; 32],
}

//! What second readers proposed before, read for the screen; and answers in which the same was said.

use super::{Edges, told};
use crate::app::Event;
use crate::interview::{AnswerId, BatchId};
use crate::runtime::scoring::Scoring;
use crate::scorer::alike::alike_in;

/// Answers that are compared while somebody reviews; `earmark score` compares any number.
const MOST_COMPARED: usize = 2_000;

impl Edges {
    /// Reads what is kept; nothing is computed, and nobody outside is asked.
    pub(super) fn read_second(&self, id: BatchId) {
        let library = self.library.clone();
        let Some(batch) = self.batch().filter(|batch| batch.id == id) else { return };
        self.spawn("What the second reader said could not be read", async move {
            let scoring = Scoring::of_kept(&library, &batch);
            let answers: Vec<AnswerId> =
                batch.submissions.iter().flat_map(|submission| &submission.answers).map(|answer| answer.id).collect();
            let kept = scoring.proposals(&answers).await.map_err(told)?;
            Ok(vec![Event::SecondReader { batch: id, kept: Box::new(kept) }])
        });
    }

    /// Compares the answers of a batch with each other, beside everything else.
    pub(super) fn find_alike(&self, id: BatchId) {
        let library = self.library.clone();
        let Some(batch) = self.batch().filter(|batch| batch.id == id) else { return };
        self.spawn("The answers could not be compared", async move {
            let answers = batch.submissions.iter().map(|submission| submission.answers.len()).sum::<usize>();
            if answers > MOST_COMPARED {
                return Ok(vec![Event::Alike { batch: id, found: None }]);
            }
            let scoring = Scoring::of_kept(&library, &batch);
            let said = scoring.transcripts().await.map_err(told)?;
            let found = tokio::task::spawn_blocking(move || alike_in(&batch, &said)).await.map_err(told)?;
            Ok(vec![Event::Alike { batch: id, found: Some(Box::new(found)) }])
        });
    }
}

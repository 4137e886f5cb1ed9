//! What second readers proposed before, read for the screen.

use super::{Edges, told};
use crate::app::Event;
use crate::interview::{AnswerId, BatchId};
use crate::runtime::scoring::Scoring;

impl Edges {
    /// Reads what is kept; nothing is computed, and nobody outside is asked.
    pub(super) fn read_second(&self, id: BatchId) {
        let library = self.library.clone();
        let Some(batch) = self.batch().filter(|batch| batch.id == id) else { return };
        self.spawn("What the second reader said could not be read", async move {
            let scoring = Scoring { library: &library, batch: &batch, rubric: None, questions: Default::default(), model: None };
            let answers: Vec<AnswerId> =
                batch.submissions.iter().flat_map(|submission| &submission.answers).map(|answer| answer.id).collect();
            let kept = scoring.proposals(&answers).await.map_err(told)?;
            Ok(vec![Event::SecondReader { batch: id, kept: Box::new(kept) }])
        });
    }
}

//! What second readers said before of some answers, as it is kept: nothing is read now.

use std::collections::BTreeMap;

use super::Scoring;
use super::reading::{PROPOSED, proposed_under};
use crate::interview::AnswerId;
use crate::library::LibraryError;
use crate::runtime::contents;
use crate::scorer::reader::Proposal;

impl Scoring<'_> {
    /// What is kept of these answers, each engine's last. Of an answer whose transcript is another one by now
    /// nothing is told, nor of one whose candidate wants no machine's help.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn proposals(&self, wanted: &[AnswerId]) -> Result<BTreeMap<AnswerId, Vec<Proposal>>, LibraryError> {
        let mut all = BTreeMap::new();
        for id in wanted {
            let Some((submission, answer)) = self.batch.answer(*id) else { continue };
            if submission.bars_machines().is_some() {
                continue;
            }
            let prepared = contents::prepared(self.library, submission, answer).await?;
            let Some((_, read)) = self.transcript(submission, answer, prepared.as_ref()).await? else { continue };
            if let Some(kept) = self.known::<Vec<Proposal>>(submission, proposed_under(*id, read), PROPOSED).await? {
                all.insert(*id, kept);
            }
        }
        Ok(all)
    }
}

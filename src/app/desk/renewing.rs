//! Taking in a batch that was changed while it is open.

use std::collections::BTreeSet;

use super::{Desk, materials};
use crate::app::Contents;
use crate::interview::{AnswerId, Batch, EventId};
use crate::journal::Event;

impl Desk {
    /// Takes in the batch as it is in the library now: answers came in, or somebody was erased.
    pub(in crate::app) fn renew(&mut self, contents: Contents) {
        let Contents { batch, entries, rubric: _, outlines, people } = contents;
        let same = |id: AnswerId| {
            let answer =
                |batch: &Batch| batch.answer(id).map(|(submission, answer)| (submission.candidate.clone(), answer.clone()));
            answer(&batch) == answer(&self.batch)
        };
        // What was fetched of an answer that is another one now is fetched again.
        let here = std::mem::take(&mut self.here);
        self.here = here.into_iter().filter(|(answer, _)| same(*answer)).collect();
        let known: BTreeSet<EventId> = self.entries.iter().map(Event::id).collect();
        self.entries.extend(entries.into_iter().filter(|event| !known.contains(&event.id())));
        self.materials = materials(&batch, &outlines);
        (self.batch, self.outlines, self.people) = (batch, outlines, people);
        self.rests.forget();
        self.selected.retain(|selected| self.batch.submission(*selected).is_some());
        self.refold();
        self.lay_out();
    }
}

//! What second readers said before of some answers, as it is kept: nothing is read now.

use std::collections::{BTreeMap, BTreeSet};

use super::Scoring;
use super::reading::{PROPOSED, proposed_under};
use crate::app::Desk;
use crate::interview::{AnswerId, Batch};
use crate::library::{Library, LibraryError};
use crate::protocol::Others;
use crate::runtime::contents;
use crate::runtime::giving::Givings;
use crate::scorer::reader::Proposal;
use crate::text::SafeText;

impl<'b> Scoring<'b> {
    /// Only to look at what is kept of a batch: nothing is read, and nobody asked.
    pub fn of_kept(library: &'b Library, batch: &'b Batch) -> Self {
        Scoring { library, batch, rubric: None, questions: BTreeMap::new(), model: None, givings: Givings::default() }
    }

    /// What is kept of the whole batch and may be shown: nothing before the reveal, and no engine's that is switched off. And those that
    /// are, with why.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn shown(&self, desk: &Desk) -> Result<Shown, LibraryError> {
        self.shown_of(desk, false).await
    }

    /// The same for the person's own copy: also of who wants no machine's help any more, as long as it is kept.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn shown_to_the_person(&self, desk: &Desk) -> Result<Shown, LibraryError> {
        self.shown_of(desk, true).await
    }

    async fn shown_of(&self, desk: &Desk, withdrawn_too: bool) -> Result<Shown, LibraryError> {
        let mut shown = Shown::default();
        if desk.sight.others() != Others::Shown {
            return Ok(shown);
        }
        let answers = self.batch.submissions.iter().flat_map(|submission| &submission.answers).map(|answer| answer.id);
        shown.proposals = self.proposals_of(&answers.collect::<Vec<_>>(), withdrawn_too).await?;
        let who = |proposal: &Proposal| (proposal.engine.model.clone(), proposal.engine.version.clone());
        let engines: BTreeSet<(SafeText, SafeText)> = shown.proposals.values().flatten().map(who).collect();
        for engine in engines {
            let all = shown.proposals.iter().flat_map(|(answer, said)| said.iter().map(move |one| (*answer, one)));
            if let Some(why) = desk.second_reader_off(all.filter(|(_, one)| who(one) == engine)) {
                let said = |(answer, all): (&AnswerId, &Vec<Proposal>)| {
                    all.iter().any(|one| who(one) == engine).then(|| (*answer, engine.clone()))
                };
                let hidden: Vec<_> = shown.proposals.iter().filter_map(said).collect();
                shown.hidden.extend(hidden);
                shown.proposals.values_mut().for_each(|said| said.retain(|one| who(one) != engine));
                shown.off.insert(engine, why);
            }
        }
        Ok(shown)
    }
}

/// What second readers proposed and may be shown.
#[derive(Debug, Default)]
pub struct Shown {
    /// Of each answer, each engine's last.
    pub proposals: BTreeMap<AnswerId, Vec<Proposal>>,
    /// Engines that are switched off, by name and version, and why.
    pub off: BTreeMap<(SafeText, SafeText), String>,
    /// Of which answers such an engine proposed something.
    pub hidden: BTreeSet<(AnswerId, (SafeText, SafeText))>,
}

impl Scoring<'_> {
    /// What is kept of these answers, each engine's last. Of an answer whose transcript is another one by now
    /// nothing is told, nor of one whose candidate wants no machine's help.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn proposals(&self, wanted: &[AnswerId]) -> Result<BTreeMap<AnswerId, Vec<Proposal>>, LibraryError> {
        self.proposals_of(wanted, false).await
    }

    async fn proposals_of(
        &self,
        wanted: &[AnswerId],
        withdrawn_too: bool,
    ) -> Result<BTreeMap<AnswerId, Vec<Proposal>>, LibraryError> {
        let mut all = BTreeMap::new();
        for id in wanted {
            let Some((submission, answer)) = self.batch.answer(*id) else { continue };
            if submission.bars_machines().is_some() && !withdrawn_too {
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

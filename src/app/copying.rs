//! Copying: a snippet for a chat, in which nobody is named.

use super::judging::Focus;
use super::{App, Desk, Effect, Tone};
use crate::interview::{AnswerId, Moment};
use crate::panel::RankRange;
use crate::protocol::{Hides, Names, Others, Particulars};
use crate::text::SafeText;

/// The most characters of a quote in a snippet.
const LONGEST: usize = 600;

impl App {
    pub(super) fn copy(&mut self, focus: Focus) -> Vec<Effect> {
        let at = self.deck.at(focus.slot);
        let Some(snippet) = self.desk.as_ref().and_then(|desk| desk.snippet(focus.answer, focus.criterion, at)) else {
            return Vec::new();
        };
        self.tell(Tone::Done, format!("Given to the terminal's clipboard: {snippet}"));
        vec![Effect::Copy(snippet)]
    }
}

impl Desk {
    /// Pseudonym, question, own score, quote and moment in one line, for people who may not know the name: it is hidden here
    /// also where this reviewer has revealed it. The quote is the evidence for the criterion, else what was just said.
    pub fn snippet(&self, answer: AnswerId, criterion: usize, at: Moment) -> Option<SafeText> {
        let (submission, given) = self.batch.answer(answer)?;
        let hidden = Names::hidden(&self.batch, &self.rules);
        let name = hidden.show(submission.id, Some(&given.question)).text().clone();
        let number = self.batch.question(&given.question).map_or(0, |(number, _)| number + 1);
        let mut parts = vec![name.to_string(), format!("question {number}")];
        let criterion = self.criteria(answer).get(criterion);
        let score = criterion.and_then(|criterion| Some((criterion, self.my_rating(answer, &criterion.id)?)));
        if let (Some((criterion, observed)), Some(rubric)) = (score, &self.rubric) {
            let value = match observed {
                crate::rubric::Observed::Point(point) => format!("{point} of {}", rubric.scale.max),
                crate::rubric::Observed::NotObserved => "not observed".to_owned(),
                crate::rubric::Observed::TechnicalFault => "technical fault".to_owned(),
            };
            parts.push(format!("{} {value}", criterion.name));
        }
        parts.extend(self.rank_in_words(&submission.candidate.source_id));
        let evidence = criterion.and_then(|criterion| self.my_evidence(answer, &criterion.id).into_iter().last());
        let (span, quote) = match evidence {
            Some(evidence) => (evidence.span, evidence.quote.clone()),
            None => self.last_said(answer, at),
        };
        let everyone = Particulars::names_of(self.batch.submissions.iter().map(|one| &one.candidate), []);
        let quote = SafeText::block(&Hides::of(&submission.candidate, &everyone).cover(quote.as_str())).marked_as(&quote);
        if !quote.is_empty() {
            let kept: String = quote.as_str().chars().take(LONGEST).collect();
            let rest = if kept.len() < quote.as_str().len() { "…" } else { "" };
            parts.push(format!("“{kept}{rest}”"));
        }
        if given.kind.is_recording() {
            parts.push(format!("at {}", span.start));
        }
        Some(SafeText::line(&parts.join(" · ")))
    }

    /// The rank with its range, once all of the panel's scores may be seen.
    fn rank_in_words(&self, candidate: &SafeText) -> Option<String> {
        if self.sight.others() != Others::Shown {
            return None;
        }
        let (panel, _) = self.analysis()?;
        let ranked = panel.of(candidate)?;
        let rank = ranked.rank?;
        let of = panel.ranking.iter().filter(|one| one.rank.is_some()).count();
        Some(match ranked.range {
            RankRange::Known { low, high, rough } => {
                let rough = if rough { "roughly " } else { "" };
                format!("rank {rank} of {of} ({rough}{low} to {high})")
            }
            RankRange::Undefined(reason) => format!("rank {rank} of {of} (no range: {reason})"),
        })
    }
}

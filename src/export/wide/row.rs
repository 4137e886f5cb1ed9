//! One row of the wide table: what its columns are made from.

use std::collections::{BTreeMap, BTreeSet};

use crate::export::application::Application;
use crate::export::assistance;
use crate::export::long::value;
use crate::export::table::{Cell, Sources};
use crate::interview::{Answer, ReviewerId, Submission};
use crate::journal::{Decision, MustHaveAnswer, Recommendation};
use crate::panel::{Against, Ranked, Statistic};
use crate::protocol::Hides;
use crate::scorecard::{Decided, HeardShare, Material};
use crate::text::SafeText;

/// One candidate for one application.
pub(super) struct Row<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) submission: &'a Submission,
    pub(super) application: Application,
    pub(super) ranked: &'a Ranked,
    pub(super) names: &'a BTreeMap<ReviewerId, SafeText>,
    pub(super) hides: Hides<'a>,
    /// The names of the further ids, each a column.
    pub(super) further: &'a BTreeSet<String>,
    /// How what became of the candidate goes against the ranking.
    pub(super) against: Option<&'a Against>,
}

impl Row<'_> {
    /// The reviewers whose sealed scorecards count.
    pub(super) fn reviewers(&self) -> Vec<ReviewerId> {
        self.sources.visible.sealed_by(self.submission.id).collect()
    }

    /// The ends of the total's interval.
    pub(super) fn total_interval(&self) -> (Option<f64>, Option<f64>) {
        match &self.ranked.total {
            Statistic::Known(known) => (known.low, known.high),
            Statistic::Undefined(_) => (None, None),
        }
    }

    /// How often each was given: `yes 2, undecided 1`.
    pub(super) fn recommendation(&self) -> Cell {
        let of = |reviewer: &ReviewerId| self.sources.visible.work(*reviewer)?.recommendations.get(&self.submission.id);
        let mut given: BTreeMap<Recommendation, usize> = BTreeMap::new();
        self.reviewers().iter().filter_map(of).for_each(|recommended| *given.entry(recommended.recommendation).or_default() += 1);
        let words = given.iter().rev().map(|(recommendation, n)| format!("{} {n}", recommendation_word(*recommendation)));
        listed(words.collect(), ", ", Cell::Word)
    }

    /// What all reviewers found, or `differs`.
    pub(super) fn must_haves(&self) -> Vec<Cell> {
        let reviewers = self.reviewers();
        let found = |must_have: &crate::rubric::MustHave| {
            let key = (self.submission.id, must_have.id.clone());
            let of = |reviewer: &ReviewerId| Some(self.sources.visible.work(*reviewer)?.must_haves.get(&key)?.met);
            let met: Vec<MustHaveAnswer> = reviewers.iter().filter_map(of).collect();
            match met.first() {
                None => Cell::Empty,
                Some(first) if met.iter().all(|other| other == first) => Cell::word(must_have_word(*first)),
                Some(_) => Cell::word("differs"),
            }
        };
        self.sources.rubric.must_haves.iter().map(found).collect()
    }

    /// What to ask live, each once.
    pub(super) fn follow_ups(&self) -> Cell {
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for answer in &self.submission.answers {
            for work in self.reviewers().iter().filter_map(|&reviewer| self.sources.visible.work(reviewer)) {
                let probes = work.probes_on(answer.id).map(|probe| self.hides.cover(probe.text.raw()));
                all.extend(probes.filter(|probe| seen.insert(probe.clone())));
            }
        }
        listed(all, "\n", Cell::Text)
    }

    /// Speech heard by all who count, of the speech there was for them.
    pub(super) fn heard_share(&self) -> Cell {
        let mut share = HeardShare::NothingToHear;
        for work in self.reviewers().iter().filter_map(|&reviewer| self.sources.visible.work(reviewer)) {
            for place in self.sources.visible.places.of_submission(self.submission.id) {
                if self.sources.visible.is_due(place) {
                    let material = self.sources.materials.get(&place.answer).unwrap_or(&Material::Unknown);
                    share = share.and(work.heard_share(place.answer, place.revision, material));
                }
            }
        }
        Cell::number(share.fraction())
    }

    /// What the reviewers had of machines for the answers that are rated: all that the long table's rows say.
    pub(super) fn machine_assistance(&self) -> Cell {
        let rubric_question = |answer: &&Answer| self.sources.visible.rubric_question(&answer.question).is_some();
        let rated: Vec<&Answer> = self.submission.answers.iter().filter(rubric_question).collect();
        let works = self.reviewers().into_iter().filter_map(|reviewer| self.sources.visible.work(reviewer));
        let all = works.flat_map(|work| rated.iter().map(move |answer| (work, *answer)));
        assistance::cell(all.flat_map(|(work, answer)| assistance::had(self.sources, self.submission, answer, work)).collect())
    }

    /// The decision that stands for the application.
    pub(super) fn decided(&self) -> Option<&Decided> {
        self.sources.visible.decision(self.submission.id, self.application.id.as_ref())
    }

    /// Others' last decisions on the same that are not the one that stands.
    pub(super) fn decided_otherwise(&self) -> Cell {
        let Some(stands) = self.decided() else { return Cell::Empty };
        let all = self.sources.visible.differing(self.submission.id).into_iter();
        let same = all.filter(|(application, _)| application.is_none() || *application == self.application.id);
        let others = same.flat_map(|(_, all)| all).filter(|one| one.by != stands.by && one.decision != stands.decision);
        let word = |decision: Decision| match decision {
            Decision::Advance => "advance",
            Decision::Hold => "hold",
            Decision::Decline => "decline",
        };
        let name = |by: ReviewerId| self.names.get(&by).cloned().unwrap_or_else(|| self.sources.visible.pseudonym(by));
        let why = |reason: String| if reason.is_empty() { reason } else { format!(" ({})", reason.trim_end_matches('.')) };
        let each = others.map(|one| format!("{} {}{}", name(one.by), word(one.decision), why(self.hides.cover(one.reason.raw()))));
        listed(each.collect(), "; ", Cell::Text)
    }

    /// What is among all of the batch: none where only some of it was handed over.
    pub(super) fn among_all<T>(&self, of: Option<T>) -> Option<T> {
        of.filter(|_| !self.sources.visible.only_decides())
    }

    /// How this row's own decision goes against the ranking: another application's may not.
    pub(super) fn against(&self) -> Option<&Against> {
        let decision = self.decided()?.decision;
        self.against.filter(|against| match against {
            Against::DeclinedWithin { .. } => decision == Decision::Decline,
            Against::AdvancedBelow { .. } => decision == Decision::Advance,
        })
    }

    /// What was agreed on each criterion, in the rubric's order.
    pub(super) fn agreed(&self) -> Vec<Cell> {
        let visible = self.sources.visible;
        let of = |question: &crate::rubric::Question, criterion: &crate::rubric::Criterion| {
            let mut answers = self.submission.answers.iter();
            let answer = answers.find(|answer| visible.rubric_question(&answer.question) == Some(&question.id))?;
            Some(value(visible.agreed(answer.id, &criterion.id)?.1.observed.into()))
        };
        self.sources.rubric.criteria().map(|(question, criterion)| of(question, criterion).unwrap_or(Cell::Empty)).collect()
    }

    /// A reviewer's pseudonym.
    pub(super) fn name_of(&self, reviewer: ReviewerId) -> Cell {
        let name = self.names.get(&reviewer).cloned();
        Cell::id(&name.unwrap_or_else(|| self.sources.visible.pseudonym(reviewer)))
    }

    /// A text without what tells who the candidate is, or names another.
    pub(super) fn covered(&self, text: &SafeText) -> Cell {
        Cell::Text(self.hides.cover(text.raw()))
    }
}

fn listed(all: Vec<String>, between: &str, cell: fn(String) -> Cell) -> Cell {
    if all.is_empty() { Cell::Empty } else { cell(all.join(between)) }
}

fn recommendation_word(recommendation: Recommendation) -> &'static str {
    match recommendation {
        Recommendation::StrongNo => "strong_no",
        Recommendation::No => "no",
        Recommendation::Undecided => "undecided",
        Recommendation::Yes => "yes",
        Recommendation::StrongYes => "strong_yes",
    }
}

fn must_have_word(met: MustHaveAnswer) -> &'static str {
    match met {
        MustHaveAnswer::Yes => "yes",
        MustHaveAnswer::No => "no",
        MustHaveAnswer::Unclear => "unclear",
    }
}

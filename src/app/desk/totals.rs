//! The ranking of what may be seen, and the totals that stand in the grid.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Desk;
use crate::interview::{Answer, AnswerId, CriterionId, QuestionId, Submission, SubmissionId};
use crate::panel;
use crate::text::SafeText;

/// What a ranking is made of.
#[derive(Clone, PartialEq, Debug)]
pub struct Sealed {
    /// Sealed ratings that may be seen.
    pub ratings: panel::Ratings,
    /// Scale, weights and policy.
    pub scheme: panel::Scheme,
}

/// What the panel's figures are made of.
#[derive(Clone, PartialEq, Debug)]
pub struct ToMeasure {
    /// What the ranking is made of.
    pub sealed: Arc<Sealed>,
    /// What is asked beyond the ratings.
    pub asked: panel::Asked,
}

impl ToMeasure {
    /// Computes them; a second for a thousand candidates.
    pub fn measures(&self) -> panel::Measures {
        panel::Measures::of(&self.sealed.ratings, &self.sealed.scheme, &self.asked)
    }
}

/// What of a submission's sealed ratings may be seen, in a few figures.
#[derive(Clone, Copy, Default)]
pub(super) struct Figures {
    /// A reviewer's own total.
    own: Option<f64>,
    /// The panel's.
    panel: Option<f64>,
    /// By how many points reviewers differ most; none where fewer than two gave a point to anything.
    apart: Option<f64>,
}

/// Where a candidate stands in the ranking of what may be seen, and how sure that is.
#[derive(Clone, PartialEq, Debug)]
pub struct Stands {
    /// The total with half its interval, `71.2 ±6.3`, or why there is none.
    pub total: SafeText,
    /// The same from 0 to 100.
    pub points: Option<f64>,
    /// Between which it may truly be, nine in ten, from 0 to 100.
    pub interval: Option<(f64, f64)>,
    /// The rank, 1 the best.
    pub rank: Option<u32>,
    /// Between which ranks it may truly be, nine in ten.
    pub range: Option<(u32, u32)>,
    /// Whether that range rests on fewer than five reviewers.
    pub rough: bool,
}

impl Stands {
    /// `2 (1–4)`, with `~` where that is rough; a dash where there is no rank.
    pub fn rank_in_words(&self) -> SafeText {
        let Some(rank) = self.rank else { return "–".into() };
        let rough = if self.rough { "~" } else { "" };
        let range = self.range.map_or_else(String::new, |(low, high)| format!(" ({low}–{high}{rough})"));
        SafeText::line(&format!("{rank}{range}"))
    }
}

impl Desk {
    /// Where candidates stand in the ranking; none of who is not in it.
    pub fn stands(&self, columns: &[SubmissionId]) -> Vec<Option<Stands>> {
        let Some((ranking, _)) = self.analysis() else { return vec![None; columns.len()] };
        // One digit is the least: two candidates of different rank never show the same total.
        let digits = ranking.digits().max(1);
        let one = |id: &SubmissionId| {
            let ranked = ranking.of(&self.batch.submission(*id)?.candidate.source_id)?;
            let range = ranked.in_group.as_ref().map_or(&ranked.range, |of| &of.range);
            Some(Stands {
                total: SafeText::line(&panel::words::total(&ranked.total, digits)),
                points: ranked.total.value(),
                interval: if let panel::Statistic::Known(known) = &ranked.total { known.low.zip(known.high) } else { None },
                rank: ranked.place().map(|(_, rank)| rank),
                range: range.ends(),
                rough: matches!(range, panel::RankRange::Known { rough: true, .. }),
            })
        };
        columns.iter().map(one).collect()
    }

    /// The same as they stand in the ranking, whoever looks; who is not in it comes last. As they came where nobody is.
    pub fn by_rank(&self, mut columns: Vec<SubmissionId>) -> Vec<SubmissionId> {
        let Some((ranking, _)) = self.analysis() else { return columns };
        let place = |id: &SubmissionId| ranking.of(&self.batch.submission(*id)?.candidate.source_id)?.place();
        if columns.iter().any(|id| place(id).is_some()) {
            // Ids are the same everywhere, and so is the order of those who share a rank.
            columns.sort_by_cached_key(|id| (place(id).is_none(), place(id), *id));
        }
        columns
    }

    /// The ranking of what may be seen, and what is left out; none while no rubric is attached.
    pub fn analysis(&self) -> Option<(panel::Panel, panel::LeftOut)> {
        let (sealed, left_out) = self.sealed()?;
        Some((panel::Panel::analyse(&sealed.ratings, &sealed.scheme), left_out))
    }

    /// What the ranking is made of, and what is left out; none while no rubric is attached.
    pub fn sealed(&self) -> Option<(Sealed, panel::LeftOut)> {
        let rubric = self.rubric.as_ref()?;
        let taken = panel::sealed_ratings(&self.sight, &self.batch, rubric);
        let scheme = panel::Scheme::from_rubric(rubric, &self.rules.policy);
        Some((Sealed { ratings: taken.ratings, scheme }, taken.left_out))
    }

    /// All that the panel's figures are made of; none while no rubric is attached. `places` is how many can be met.
    pub fn to_measure(&self, places: Option<usize>) -> Option<ToMeasure> {
        self.sealed().map(|(sealed, _)| self.to_measure_of(Arc::new(sealed), places))
    }

    /// The same of what the ranking is made of.
    pub fn to_measure_of(&self, sealed: Arc<Sealed>, places: Option<usize>) -> ToMeasure {
        let order = panel::order_of_rating(&self.sight, &self.batch);
        let preferences = Some(panel::sealed_preferences(&self.sight, &self.batch)).filter(|all| !all.is_empty());
        let asked = panel::Asked { places, order, preferences, second_opinion: true, ..panel::Asked::default() };
        ToMeasure { sealed, asked }
    }

    /// How long an answer might take, in seconds: the person's own limit, else the question's with the extra time that was arranged.
    pub(super) fn limit(&self, answer: AnswerId) -> Option<u32> {
        let scored = |given: &Answer| self.rubric.as_ref()?.question(self.sight.rubric_question(&given.question)?)?.answer_seconds;
        self.batch.limit(answer, self.batch.answer(answer).and_then(|(_, given)| scored(given)))
    }

    /// How each question was answered: completion, time, how many ran into the limit, each into their own.
    pub fn question_performance(&self) -> Vec<panel::QuestionPerformance> {
        let seconds = |answer| self.outlines.get(&answer).map(|outline| outline.length.seconds());
        let limit = |answer: AnswerId| self.limit(answer).map(f64::from);
        panel::questions(&self.batch, |candidate| self.sight.erased.contains_key(&candidate), seconds, limit)
    }

    /// What my own figures suggest, once all of my batch is sealed; none before that.
    pub fn my_prompts(&self, measures: &panel::Measures) -> Option<Vec<panel::Prompt>> {
        self.my_own_habits().map(|me| panel::prompts(measures, &me))
    }

    /// My name among the reviewers, once all of my batch is sealed: then what my habits are may be said to me.
    pub fn my_own_habits(&self) -> Option<SafeText> {
        self.sight.pseudonyms().get(&self.me).cloned().filter(|_| self.record.own_batch_is_sealed(self.me))
    }

    /// A submission's total in what I sealed, and where others' show too, all reviewers' together; each from 0 to 100.
    pub fn totals(&self, submission: SubmissionId) -> (Option<f64>, Option<f64>) {
        let figures = self.figures_of(submission);
        (figures.own, figures.panel)
    }

    /// The same as they are read: to whole points, rounded as in the ranking.
    pub fn totals_in_words(&self, submission: SubmissionId) -> (Option<String>, Option<String>) {
        let whole = |total: Option<f64>| total.map(|total| panel::words::rounded(total, 0));
        let (own, panel) = self.totals(submission);
        (whole(own), whole(panel))
    }

    /// By how many points reviewers differ most on one criterion of a submission, in what is sealed and may be seen; none
    /// where fewer than two gave a point to anything.
    pub fn disagreement(&self, submission: SubmissionId) -> Option<f64> {
        self.figures_of(submission).apart
    }

    fn figures_of(&self, submission: SubmissionId) -> Figures {
        self.totals.get_or_init(|| self.all_figures()).get(&submission).copied().unwrap_or_default()
    }

    fn all_figures(&self) -> BTreeMap<SubmissionId, Figures> {
        let Some(rubric) = &self.rubric else { return BTreeMap::new() };
        let taken = panel::sealed_ratings(&self.sight, &self.batch, rubric);
        let totals = panel::totals(&taken.ratings, &panel::Scheme::from_rubric(rubric, &self.rules.policy));
        let apart = furthest_apart(&taken.ratings);
        let names = self.sight.pseudonyms();
        let me = names.get(&self.me);
        let of = |submission: &Submission| {
            let candidate = &submission.candidate.source_id;
            let found = totals.get(candidate)?;
            let own = found.reviewers.iter().find(|own| Some(&own.reviewer) == me).map(|own| own.total);
            // Where nobody else's shows, the panel's total is one's own.
            let panel = found.panel.filter(|_| own.is_none() || found.reviewers.len() > 1);
            Some((submission.id, Figures { own, panel, apart: apart.get(candidate).copied() }))
        };
        self.batch.submissions.iter().filter_map(of).collect()
    }
}

/// By candidate, how many points lie between the lowest and the highest of one criterion, where that is most.
fn furthest_apart(ratings: &panel::Ratings) -> BTreeMap<SafeText, f64> {
    let mut ends: BTreeMap<(&SafeText, &QuestionId, &CriterionId), (f64, f64, usize)> = BTreeMap::new();
    for (key, value) in ratings.iter() {
        let panel::Value::Point(point) = value else { continue };
        let value = point.value();
        let (low, high, n) = ends.entry((&key.candidate, &key.question, &key.criterion)).or_insert((value, value, 0));
        (*low, *high, *n) = (low.min(value), high.max(value), *n + 1);
    }
    let mut apart: BTreeMap<SafeText, f64> = BTreeMap::new();
    for ((candidate, ..), (low, high, _)) in ends.into_iter().filter(|(_, (.., n))| *n > 1) {
        let most = apart.entry(candidate.clone()).or_default();
        *most = most.max(high - low);
    }
    apart
}

//! Calibration on anchor clips: when one is due, and how far a reviewer is from the experts.
//!
//! A prompt for the reviewer alone, never a grade: nothing of it enters a table, a total or a ranking.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::settings::Rules;
use crate::interview::{AnswerId, CriterionId};
use crate::rubric::{AnchorClip, Observed, Preset, Rubric};
use crate::scorecard::{Calibrated, Work};

/// How a reviewer stands with the rubric's anchor clips.
#[derive(Clone, PartialEq, Debug)]
pub struct Calibration<'r> {
    /// The clips to rate now, in their order; none while none is due.
    pub due: Vec<&'r AnchorClip>,
    /// Answers that can be rated until the next ones are due.
    pub answers_left: u32,
    /// Whether no answer may be begun before the clips that are due.
    pub required: bool,
    /// How far the last round was from the experts; none before one was rated.
    pub last: Option<Distance>,
    /// The mean absolute error that the policy allows, in points.
    pub bar: f64,
}

impl Calibration<'_> {
    /// Whether a rating of an answer waits for a clip: one is due, and nothing of the answer is rated yet. What was begun is finished
    /// first: what experts gave, seen between two criteria of one answer, would be what the second is held against.
    pub fn comes_before(&self, work: &Work, answer: AnswerId) -> bool {
        !self.due.is_empty() && work.ratings_of(answer).next().is_none()
    }

    /// Whether the last round lies within the bar; none before there was one, or where nothing could be compared.
    pub fn passes(&self) -> Option<bool> {
        self.last.map(|distance| distance.mean_abs <= self.bar + 1e-9)
    }
}

/// How far values are from the experts'.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Distance {
    /// The mean absolute error, in points.
    pub mean_abs: f64,
    /// The mean signed error, in points: positive is more lenient than the experts.
    pub mean_signed: f64,
    /// Over so many values.
    pub n: usize,
}

/// How a reviewer stands; none where the rules ask for no calibration, or the rubric has no clip.
///
/// A round is as many clips as the rules say, in turn; it is due before the first rating, and again after every so many
/// answers that were begun since the last clip: before the first rating of the next ([`Calibration::comes_before`]).
pub fn calibration<'r>(work: &Work, rubric: &'r Rubric, rules: &Rules) -> Option<Calibration<'r>> {
    let asked = rules.protocol.calibration.as_ref()?;
    let clips = &rubric.anchor_clips;
    let round = (asked.clips as usize).min(clips.len());
    if round == 0 {
        return None;
    }
    let Course { done, open, since, .. } = course(work, clips, round, asked.repeat_every);
    let due = (0..open).map(|nth| &clips[(done.len() + nth) % clips.len()]).collect();
    let last = &done[done.len().saturating_sub(round)..];
    Some(Calibration {
        due,
        answers_left: if open > 0 { 0 } else { asked.repeat_every - since },
        required: rules.protocol.preset == Preset::Audit,
        last: distance(last.iter().flat_map(|one| compared(one, clips))),
        bar: asked.max_mean_abs_error,
    })
}

/// Whether a clip would count that is rated now: for the first time, or because it is due again and answers were rated since its key
/// was shown. Else it would only repeat what the key said.
pub fn counts(work: &Work, rubric: &Rubric, rules: &Rules, clip: &CriterionId) -> bool {
    let Some(asked) = &rules.protocol.calibration else { return false };
    let round = (asked.clips as usize).min(rubric.anchor_clips.len());
    course(work, &rubric.anchor_clips, round, asked.repeat_every).counts(clip)
}

/// How clips and answers came one after the other, up to now.
#[derive(Default)]
struct Course<'w> {
    /// The clips that count, in their order.
    done: Vec<&'w Calibrated>,
    /// How many are due.
    open: usize,
    /// Answers that were rated since the last clip that counts.
    since: u32,
    /// Answers that were rated.
    answers: u32,
    /// How many there were when a clip's key was shown last.
    shown: BTreeMap<&'w CriterionId, u32>,
}

impl Course<'_> {
    fn counts(&self, clip: &CriterionId) -> bool {
        self.shown.get(clip).is_none_or(|before| self.open > 0 && self.answers > *before)
    }
}

/// A clip of which a criterion lacks a point beside the experts' is as if it had not been rated: it says nothing of how one rates.
fn course<'w>(work: &'w Work, clips: &[AnchorClip], round: usize, repeat_every: u32) -> Course<'w> {
    let is_whole = |of: &&Calibrated| clips.iter().any(|clip| clip.id == of.clip && compared(of, clips).len() == clip.key.len());
    let answers = first_ratings(work).into_values().map(|at| (at, None));
    // A clip that was rated in the same instant as an answer came before it.
    let mut all: Vec<(Timestamp, Option<&Calibrated>)> =
        work.calibrations.iter().filter(is_whole).map(|one| (one.stands, Some(one))).chain(answers).collect();
    all.sort_by_key(|(at, clip)| (*at, clip.is_none()));
    let mut course = Course { open: round, ..Course::default() };
    for (_, clip) in all {
        match clip {
            None => (course.answers, course.since) = (course.answers + 1, course.since + 1),
            Some(one) => {
                if course.counts(&one.clip) {
                    course.done.push(one);
                    (course.open, course.since) = (course.open.saturating_sub(1), 0);
                }
                course.shown.insert(&one.clip, course.answers);
            }
        }
        if course.open == 0 && course.since >= repeat_every {
            course.open = round;
        }
    }
    course
}

/// When each answer was first rated, by the time in the order.
fn first_ratings(work: &Work) -> BTreeMap<AnswerId, Timestamp> {
    let mut first: BTreeMap<AnswerId, Timestamp> = BTreeMap::new();
    for ((answer, _), rating) in &work.ratings {
        let at = rating.earlier.first().map_or(rating.stands, |earlier| earlier.stands);
        first.entry(*answer).and_modify(|known| *known = at.min(*known)).or_insert(at);
    }
    first
}

/// One clip's values against the experts': own and theirs, in points, for each criterion that has both.
pub fn against_experts(given: &[(CriterionId, Observed)], clip: &AnchorClip) -> Vec<(f64, f64)> {
    let pair = |(criterion, observed): &(CriterionId, Observed)| match observed {
        Observed::Point(point) => Some((point.value(), clip.key.get(criterion)?.value())),
        _ => None,
    };
    given.iter().filter_map(pair).collect()
}

/// The distance of pairs of own and expert values; none of none.
pub fn distance(pairs: impl IntoIterator<Item = (f64, f64)>) -> Option<Distance> {
    let (mut abs, mut signed, mut n) = (0.0, 0.0, 0usize);
    for (own, expert) in pairs {
        (abs, signed, n) = (abs + (own - expert).abs(), signed + (own - expert), n + 1);
    }
    (n > 0).then(|| Distance { mean_abs: abs / n as f64, mean_signed: signed / n as f64, n })
}

/// The id under which a clip is kept and played: the same rubric has the same clips everywhere.
pub fn clip_answer(rubric: &Rubric, clip: &AnchorClip) -> AnswerId {
    AnswerId::derive(&["anchor clip", &rubric.text_hash().to_string(), clip.id.as_str()])
}

fn compared(one: &Calibrated, clips: &[AnchorClip]) -> Vec<(f64, f64)> {
    let clip = clips.iter().find(|clip| clip.id == one.clip);
    clip.map(|clip| against_experts(&one.ratings, clip)).unwrap_or_default()
}

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
    /// Whether nothing may be rated before the clips that are due.
    pub required: bool,
    /// How far the last round was from the experts; none before one was rated.
    pub last: Option<Distance>,
    /// The mean absolute error that the policy allows, in points.
    pub bar: f64,
}

impl Calibration<'_> {
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
/// answers that were rated since the last clip.
pub fn calibration<'r>(work: &Work, rubric: &'r Rubric, rules: &Rules) -> Option<Calibration<'r>> {
    let asked = rules.protocol.calibration.as_ref()?;
    let clips = &rubric.anchor_clips;
    let round = (asked.clips as usize).min(clips.len());
    if round == 0 {
        return None;
    }
    let known = |of: &&Calibrated| clips.iter().any(|clip| clip.id == of.clip);
    let every: Vec<&Calibrated> = work.calibrations.iter().filter(known).collect();
    let done = without_repeats(work, &every);
    let (mut open, mut since) = (round, 0);
    for step in steps(work, &done) {
        match step {
            Step::Clip => (open, since) = (open.saturating_sub(1), 0),
            Step::Answer => since += 1,
        }
        if open == 0 && since >= asked.repeat_every {
            open = round;
        }
    }
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

/// Whether a clip that is rated now would only repeat what its key just showed: no answer was rated since it was rated last.
pub fn repeats(work: &Work, clip: &CriterionId) -> bool {
    let last = work.calibrations.iter().filter(|one| one.clip == *clip).map(|one| one.at).max();
    last.is_some_and(|last| first_ratings(work).values().all(|at| *at <= last))
}

/// The clips without those that were rated again while their key was on screen: that shows nothing of how one rates.
fn without_repeats<'w>(work: &Work, every: &[&'w Calibrated]) -> Vec<&'w Calibrated> {
    let answers: Vec<Timestamp> = first_ratings(work).into_values().collect();
    let mut last: BTreeMap<&CriterionId, Timestamp> = BTreeMap::new();
    let mut kept = Vec::new();
    for one in every {
        let before = last.insert(&one.clip, one.at);
        if before.is_none_or(|before| answers.iter().any(|at| (before..=one.at).contains(at) && *at != before)) {
            kept.push(*one);
        }
    }
    kept
}

/// When each answer was first rated.
fn first_ratings(work: &Work) -> BTreeMap<AnswerId, Timestamp> {
    let mut first: BTreeMap<AnswerId, Timestamp> = BTreeMap::new();
    for ((answer, _), rating) in &work.ratings {
        let at = rating.earlier.first().map_or(rating.at, |earlier| earlier.at);
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

enum Step {
    Clip,
    Answer,
}

/// Clips and answers in the order in which they were first rated.
fn steps(work: &Work, done: &[&Calibrated]) -> Vec<Step> {
    let answers = first_ratings(work).into_values().map(|at| (at, 1, Step::Answer));
    // A clip that was rated in the same instant as an answer came before it.
    let mut all: Vec<(Timestamp, u8, Step)> = done.iter().map(|one| (one.at, 0, Step::Clip)).chain(answers).collect();
    all.sort_by_key(|(at, kind, _)| (*at, *kind));
    all.into_iter().map(|(.., step)| step).collect()
}

//! What a ratings table itself says of weights and scale, where no rubric says it.

use std::collections::BTreeMap;

use crate::interview::{CriterionId, QuestionId, Slug};
use crate::panel::{Key, OrderOfRating, Ratings, Value};
use crate::rubric::{LEAST_WEIGHT, MOST_WEIGHT, Rubric};

/// A ratings table that was read.
#[derive(Clone, PartialEq, Debug)]
pub struct RatingsTable {
    /// The values.
    pub ratings: Ratings,
    /// The weight of each criterion, above 0; empty where the table gives none, or a rubric does.
    pub weights: BTreeMap<(QuestionId, CriterionId), f64>,
    /// The scale's lowest and highest point, where the table gives them and no rubric does.
    pub scale: Option<(f64, f64)>,
    /// In which order each reviewer rated; empty where the table does not say when each value was given.
    pub order: OrderOfRating,
    /// What is worth a remark and is no mistake.
    pub remarks: Vec<String>,
}

/// The columns beside the five that say how ratings become totals.
pub(super) const DECLARING: [&str; 3] = ["weight", "scale_min", "scale_max"];

/// A figure, and the line that gave it first.
type Said = (f64, u64);

/// What is said so far.
#[derive(Default)]
pub(super) struct Declared {
    weights: BTreeMap<(Slug, Slug), Said>,
    scale: [Option<Said>; 2],
}

impl Declared {
    /// Takes in what a row says; gives back what is wrong with that.
    pub(super) fn row(&mut self, question: &Slug, criterion: &Slug, cells: [&str; 3], line: u64) -> Vec<String> {
        let mut wrong = Vec::new();
        let [weight, ends @ ..] = cells;
        if let Some(weight) = figure("weight", weight, is_weight, "a number from 0.001 to 1000", &mut wrong) {
            let (first, at) = *self.weights.entry((question.clone(), criterion.clone())).or_insert((weight, line));
            if first != weight {
                wrong.push(format!("the weight of {question}.{criterion} is {weight}, and {first} on line {at}"));
            }
        }
        for ((name, cell), known) in DECLARING[1..].iter().zip(ends).zip(&mut self.scale) {
            let Some(end) = figure(name, cell, |end| end.abs() <= 999.0, "a number between -999 and 999", &mut wrong) else {
                continue;
            };
            let (first, at) = *known.get_or_insert((end, line));
            if first != end {
                wrong.push(format!("{name} is {end}, and {first} on line {at}"));
            }
        }
        wrong
    }

    /// What contradicts a rubric's scale: the line, and why.
    pub(super) fn other_scale(&self, rubric: &Rubric) -> Vec<(u64, String)> {
        let wanted = [rubric.scale.min, rubric.scale.max];
        let other = |((name, said), wanted): ((&&str, &Option<Said>), i16)| {
            let (end, line) = (*said)?;
            (end != f64::from(wanted)).then(|| (line, format!("{name} is {end}, that of the rubric is {wanted}")))
        };
        DECLARING[1..].iter().zip(&self.scale).zip(wanted).filter_map(other).collect()
    }

    /// What is worth a remark: weights that are not the rubric's, which count.
    pub(super) fn other_weights(&self, rubric: &Rubric) -> Option<String> {
        let weights: BTreeMap<(&Slug, &Slug), f64> =
            rubric.criteria().map(|(question, criterion)| ((&question.id, &criterion.id), criterion.weight)).collect();
        let differs = |((question, criterion), (weight, line)): (&(Slug, Slug), &Said)| {
            let wanted = *weights.get(&(question, criterion))?;
            let said =
                format!("line {line}: the weight of {question}.{criterion} is {weight} in the table and {wanted} in the rubric");
            (wanted != *weight).then_some((*line, said))
        };
        let mut all: Vec<(u64, String)> = self.weights.iter().filter_map(differs).collect();
        all.sort();
        let more = match all.len() {
            0 | 1 => String::new(),
            2 => ", and that of 1 other criterion too".to_owned(),
            many => format!(", and those of {} other criteria too", many - 1),
        };
        all.into_iter().next().map(|(_, said)| format!("{said}{more}; the rubric's count"))
    }

    /// The table with all its rows read; gives back what is wrong with it as a whole.
    pub(super) fn table(self, ratings: Ratings, lines: impl Fn(&Key) -> u64) -> Result<RatingsTable, Vec<(Option<u64>, String)>> {
        let mut wrong = Vec::new();
        let scored: BTreeMap<(Slug, Slug), ()> =
            ratings.iter().map(|(key, _)| ((key.question.clone(), key.criterion.clone()), ())).collect();
        if !self.weights.is_empty() {
            let without = scored.keys().filter(|pair| !self.weights.contains_key(pair));
            wrong.extend(without.map(|(question, criterion)| (None, format!("{question}.{criterion} has no weight, others have"))));
        }
        let scale = match self.scale {
            [Some((low, _)), Some((high, _))] if low < high => Some((low, high)),
            [None, None] => None,
            [Some((low, _)), Some((high, _))] => {
                wrong.push((None, format!("the scale goes from {low} to {high}")));
                None
            }
            _ => {
                wrong.push((None, "only one end of the scale is given".to_owned()));
                None
            }
        };
        if let Some((low, high)) = scale {
            let off = ratings.iter().filter_map(|(key, value)| match value {
                Value::Point(point) if !(low..=high).contains(&point.value()) => {
                    Some((Some(lines(key)), format!("{point} is off the scale of {low} to {high}")))
                }
                _ => None,
            });
            wrong.extend(off);
        }
        let weights = self.weights.into_iter().map(|(pair, (weight, _))| (pair, weight)).collect();
        if wrong.is_empty() {
            Ok(RatingsTable { order: OrderOfRating::new(), remarks: Vec::new(), ratings, weights, scale })
        } else {
            Err(wrong)
        }
    }
}

/// Weights as a rubric may have them.
fn is_weight(weight: f64) -> bool {
    (LEAST_WEIGHT..=MOST_WEIGHT).contains(&weight)
}

/// The figure of a cell; none where it is empty or wrong.
fn figure(name: &str, cell: &str, may: impl Fn(f64) -> bool, what: &str, wrong: &mut Vec<String>) -> Option<f64> {
    let cell = cell.trim();
    if cell.is_empty() {
        return None;
    }
    let figure = cell.parse::<f64>().ok().filter(|figure| figure.is_finite() && may(*figure));
    if figure.is_none() {
        wrong.push(format!("{name} {cell:?} is not {what}"));
    }
    figure
}

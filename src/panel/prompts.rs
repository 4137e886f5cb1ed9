//! What a reviewer's own figures suggest: prompts to calibrate again, for the reviewer alone, never a grade.

use serde::Serialize;

use super::effects::Habits;
use super::measures::{Measures, ReviewerDrift};
use super::statistic::Statistic;
use crate::text::SafeText;

/// One prompt, in words, with the figure that it rests on.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Prompt {
    /// Which: `severity`, `central_tendency`, `straight_lining`, `halo` or `drift`.
    pub kind: &'static str,
    /// What was seen and what may help.
    pub words: String,
    /// The figure.
    pub figure: Statistic,
}

/// Ratings below which a habit is not read from figures.
const FEWEST: usize = 15;
/// The same of candidates.
const FEWEST_CANDIDATES: usize = 5;

/// The prompts for one reviewer; none where nothing stands out, or there are too few ratings to say.
pub fn prompts(measures: &Measures, reviewer: &SafeText) -> Vec<Prompt> {
    let habits = measures.habits.iter().find(|one| one.reviewer == *reviewer).map(|one| &one.habits);
    let drift = measures.drift.iter().find(|one| one.reviewer == *reviewer);
    let severity = measures.severity.iter().find(|one| one.reviewer == *reviewer).map(|one| &one.effect);
    let of_habits = habits.map(|habits| [central_tendency(habits), straight_lining(habits), halo(habits)]);
    let all = [severity.and_then(severe)]
        .into_iter()
        .chain(of_habits.into_iter().flatten())
        .chain([drift.and_then(|drift| drifts(drift, measures.size.reviewers))]);
    all.flatten().collect()
}

/// A leniency whose interval leaves out 0.
fn severe(effect: &Statistic) -> Option<Prompt> {
    let Statistic::Known(known) = effect else { return None };
    let apart = known.low? > 0.0 || known.high? < 0.0;
    let side = if known.value > 0.0 { "above" } else { "below" };
    let words = format!(
        "Your points lie about {:.1} {side} the panel's on the same candidates. The anchors say where each point begins.",
        known.value.abs()
    );
    apart.then(|| Prompt { kind: "severity", words, figure: effect.clone() })
}

fn central_tendency(habits: &Habits) -> Option<Prompt> {
    let (ratio, middle) = (habits.deviation_ratio.value()?, habits.middle_share.value()?);
    let (middle_percent, spread_percent) = (middle * 100.0, ratio * 100.0);
    let words = format!(
        "{middle_percent:.0}% of your ratings are the middle point, and they spread {spread_percent:.0}% as far as the others'. \
         Look for what would earn the points beside it."
    );
    let stands_out = habits.n >= FEWEST && ratio < 0.7 && middle > 0.4;
    stands_out.then(|| Prompt { kind: "central_tendency", words, figure: habits.deviation_ratio.clone() })
}

fn straight_lining(habits: &Habits) -> Option<Prompt> {
    let Statistic::Known(known) = &habits.straight_lined else { return None };
    let words = format!(
        "{:.0}% of candidates have the same point from you throughout. Rate each criterion from its own anchors.",
        known.value * 100.0
    );
    let stands_out = known.n >= FEWEST_CANDIDATES && known.value >= 0.5;
    stands_out.then(|| Prompt { kind: "straight_lining", words, figure: habits.straight_lined.clone() })
}

fn halo(habits: &Habits) -> Option<Prompt> {
    let Statistic::Known(known) = &habits.halo_excess else { return None };
    let words = "Your criteria go together more than the others' do: one impression may colour the rest. Hearing one question \
                 across candidates helps.";
    let stands_out = known.n >= 2 * FEWEST_CANDIDATES && known.value > 0.2;
    stands_out.then(|| Prompt { kind: "halo", words: words.to_owned(), figure: habits.halo_excess.clone() })
}

/// A slope that is sure also among all reviewers' slopes.
fn drifts(of: &ReviewerDrift, reviewers: usize) -> Option<Prompt> {
    let drift = of.drift.as_ref().filter(|_| of.p_holm.is_some_and(|p| p < 0.05))?;
    let per_ten = 10.0 * drift.slope.value()?;
    let way = if per_ten < 0.0 { "stricter" } else { "milder" };
    let became = format!("about {:.1} points {way} per ten answers", per_ten.abs());
    let words = match reviewers {
        // Of two, which one moved cannot be told.
        2 => format!(
            "Against the other reviewer you became {became}; which of you moved cannot be told. A clip now and then shows it."
        ),
        _ => format!("You became {became}. A clip now and then sets the bar anew."),
    };
    Some(Prompt { kind: "drift", words, figure: drift.slope.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::{Asked, Key, OrderOfRating, Ratings, Scheme, Value};
    use crate::rubric::Point;

    /// Twenty candidates, three criteria, three reviewers, of whom `ann` rates as told: candidate, criterion, and what the others give.
    fn of(ann: impl Fn(usize, usize, i16) -> i16) -> Vec<&'static str> {
        let mut ratings = Ratings::default();
        let mut order = Vec::new();
        for candidate in 0..20 {
            let id: SafeText = format!("c{candidate:02}").as_str().into();
            order.push((id.clone(), "q".parse().expect("an id")));
            for criterion in 0..3 {
                let others = 1 + ((candidate * 7 + criterion * 3) % 5) as i16;
                // Two who differ by turns, so that something is left over.
                let wobble = if (candidate + criterion) % 2 == 0 { 1 } else { -1 };
                for (who, value) in [("ann", ann(candidate, criterion, others)), ("bob", others), ("cy", others + wobble)] {
                    let key = Key {
                        candidate: id.clone(),
                        question: "q".parse().expect("an id"),
                        criterion: format!("m{criterion}").parse().expect("an id"),
                        reviewer: who.into(),
                    };
                    ratings.insert(key, Value::Point(Point::whole(value.clamp(1, 5))));
                }
            }
        }
        let order: OrderOfRating = [("ann".into(), order)].into_iter().collect();
        let measures = Measures::of(&ratings, &Scheme::from_values(&ratings), &Asked { order, ..Asked::default() });
        prompts(&measures, &"ann".into()).into_iter().map(|prompt| prompt.kind).collect()
    }

    #[test]
    fn who_rates_like_the_others_is_left_alone() {
        assert_eq!(of(|_, _, others| others), [""; 0]);
    }

    #[test]
    fn each_habit_has_its_prompt() {
        assert_eq!(of(|_, _, others| others - 2), ["severity"]);
        assert!(of(|candidate, _, _| if candidate % 9 == 0 { 4 } else { 3 }).contains(&"central_tendency"));
        assert!(of(|candidate, _, _| 1 + (candidate % 5) as i16).contains(&"straight_lining"));
        assert!(of(|candidate, _, _| 1 + (candidate % 5) as i16).contains(&"halo"));
        assert!(of(|candidate, _, others| others - (candidate / 7) as i16).contains(&"drift"));
    }
}

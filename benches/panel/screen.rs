//! How long the figures of a large panel take: 1,000 candidates, 3 reviewers, 5 questions.

use earmark::panel::{Asked, Key, Measures, Panel, Ratings, Scheme, Value};
use earmark::rubric::Point;

use crate::Chance;
use crate::speed::best;

pub(crate) fn run() {
    let mut chance = Chance::new(5);
    let mut ratings = Ratings::default();
    for candidate in 0..1000 {
        let level = 3.0 + chance.normal();
        for question in 0..5 {
            for reviewer in 0..3 {
                let point = (level + 0.3 * f64::from(reviewer) + 0.8 * chance.normal()).round().clamp(1.0, 5.0);
                let key = Key {
                    candidate: format!("c{candidate}").as_str().into(),
                    question: format!("q{question}").parse().expect("an id"),
                    criterion: "depth".parse().expect("an id"),
                    reviewer: format!("r{reviewer}").as_str().into(),
                };
                ratings.insert(key, Value::Point(Point::from_value(point).expect("a point")));
            }
        }
    }
    let scheme = Scheme::from_values(&ratings);
    let (ranking, _) = best(|| Panel::analyse(&ratings, &scheme));
    let (rest, _) = best(|| Measures::of(&ratings, &scheme, &Asked::default()));
    println!("\n1,000 candidates, 3 reviewers, 5 questions");
    println!("{:<44}{ranking:>9.2} ms  (a screen paints within 50 ms)", "ranking, ranges, items");
    println!("{:<44}{rest:>9.2} ms  (resampling fills in)", "all further figures, resampled");
}

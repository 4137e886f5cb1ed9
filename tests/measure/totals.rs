//! Weighted totals with what is missing.

use earmark::interview::Slug;
use earmark::panel::{Item, Key, Panel, Ratings, Scheme, Value};
use earmark::rubric::Point;
use serde_json::{Map, Value as Json, json};

use super::{number, told};

fn slug(text: &str) -> Slug {
    text.parse().expect("an id")
}

pub(super) fn weighted(input: &Json) -> Json {
    let rubric = &input["rubric"];
    let mut scheme = Scheme::from_values(&Ratings::default());
    let item = |criterion: &Json| Item {
        question: slug("q"),
        criterion: slug(criterion["id"].as_str().expect("an id")),
        weight: number(&criterion["weight"]),
    };
    scheme.items = rubric["criteria"].as_array().expect("criteria").iter().map(item).collect();
    (scheme.min, scheme.max) = (number(&rubric["scale"][0]), number(&rubric["scale"][1]));
    scheme.policy.min_coverage = number(&rubric["min_coverage"]);
    scheme.policy.min_reviewers = number(&rubric["min_reviewers"]) as u32;
    let mut ratings = Ratings::default();
    for (candidate, criteria) in input["ratings"].as_object().expect("candidates") {
        for (criterion, values) in criteria.as_object().expect("criteria") {
            for (at, cell) in values.as_array().expect("values").iter().enumerate() {
                let value = match cell {
                    Json::Null => Value::NotYet,
                    Json::String(code) => code.parse().expect("a code"),
                    number => Value::Point(Point::from_value(number.as_f64().expect("a number")).expect("a point")),
                };
                let reviewer = format!("r{at}").as_str().into();
                ratings.insert(
                    Key { candidate: candidate.as_str().into(), question: slug("q"), criterion: slug(criterion), reviewer },
                    value,
                );
            }
        }
    }
    let panel = Panel::analyse(&ratings, &scheme);
    let of = |ranked: &earmark::panel::Ranked| {
        let mean = |(item, spread): (&Item, &Option<earmark::panel::Spread>)| {
            let mean = spread.map_or_else(|| json!({ "undefined": "TooFew" }), |spread| json!(spread.mean));
            (item.criterion.to_string(), mean)
        };
        let means: Map<String, Json> = scheme.items.iter().zip(&ranked.criteria).map(mean).collect();
        json!({
            "criterion_mean": means,
            "total_0_100": told(&ranked.total),
            "coverage": ranked.coverage,
            "min_reviewers": ranked.fewest_reviewers,
            "status": ranked.status,
        })
    };
    panel.ranking.iter().map(|ranked| (ranked.candidate.to_string(), of(ranked))).collect()
}

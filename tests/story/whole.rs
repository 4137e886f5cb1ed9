//! A whole batch in a small size: what the simulated reviewer of the benchmarks does with fifty candidates.

use super::*;
use crate::reviewer::{Job, review, take_in};

#[test]
fn a_batch_is_heard_rated_compared_sealed_decided_and_exported_with_few_keys() {
    let (home, job) = (Home::new(), Job { candidates: 4, questions: 2, pace: 5 });
    take_in(&home, job);
    let table = home.path().join("table.csv");
    let tally = review(&home, job, &table);
    // On a busy machine answers are over before they are rated, and a key goes on: that is the machine's.
    let keys = tally.rating_keys - tally.over_before;
    assert!(keys <= 8 * tally.answers, "{keys} keys for {} answers: {tally:?}", tally.answers);

    let text = std::fs::read_to_string(&table).expect("the table was written");
    assert_eq!(text.lines().count(), 5, "a head and four candidates\n{text}");
    let status = home.run(&["--json", "status", "crowd", "--sort", "total"]);
    let status: serde_json::Value = serde_json::from_str(&status).expect("it is JSON");
    let decided = |decision: &str| {
        let all = status["candidates"].as_array().into_iter().flatten();
        all.filter(|one| one["decision"] == decision).count()
    };
    assert_eq!((decided("advance"), decided("decline")), (2, 2), "{status:#}");
}

//! The side-by-side comparisons of a batch's sealed scorecards.

use std::collections::BTreeSet;

use super::measures::Preference;
use super::pairwise::Outcome;
use crate::interview::{AnswerId, Batch, SubmissionId};
use crate::journal;
use crate::protocol::Visible;
use crate::text::SafeText;

/// What was compared side by side in the sealed scorecards that may be seen, in the order of reviewers and of comparing.
/// Candidates have the source's ids and reviewers their pseudonyms, as in [`sealed_ratings`](super::sealed_ratings).
/// A comparison of which either side is not sealed is left out.
pub fn sealed_preferences(visible: &Visible, batch: &Batch) -> Vec<Preference> {
    let names = visible.pseudonyms();
    let running: BTreeSet<SubmissionId> = super::in_the_running(visible, batch).map(|submission| submission.id).collect();
    let mut all = Vec::new();
    for (id, work) in &visible.works {
        let is_sealed = |answer: AnswerId| visible.places.get(answer).is_some_and(|place| work.is_sealed(place));
        let candidate = |answer: AnswerId| -> Option<SafeText> {
            let (submission, _) = batch.answer(answer)?;
            let counts = running.contains(&submission.id) && !work.recused.contains_key(&submission.id);
            counts.then(|| submission.candidate.source_id.clone())
        };
        for one in work.comparisons.iter().filter(|one| is_sealed(one.a) && is_sealed(one.b)) {
            let (Some(a), Some(b), Some(reviewer)) = (candidate(one.a), candidate(one.b), names.get(id)) else { continue };
            let outcome = match one.outcome {
                journal::Outcome::A => Outcome::First,
                journal::Outcome::B => Outcome::Second,
                journal::Outcome::Tie => Outcome::Tie,
            };
            all.push(Preference { criterion: one.criterion.clone(), reviewer: reviewer.clone(), a, b, outcome });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Act, Outcome as Said};
    use crate::scorecard::sample::{Sample, slug};

    #[test]
    fn only_comparisons_of_sealed_answers_count_and_others_only_after_the_reveal() {
        let mut sample = Sample::new(3, 2);
        for (c, q) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2)] {
            sample.review("ann", c, q, 4, 2);
            sample.review("bob", c, q, 3, 3);
        }
        let compared = |q: &str, a, b, outcome| Act::Compared { question: slug(q), criterion: slug("depth"), a, b, outcome };
        let of = |sample: &Sample, q| [1, 2, 3].map(|c| sample.answer(c, q));
        let ([a, b, c], [d, e, _]) = (of(&sample, 1), of(&sample, 2));
        sample.act("ann", compared("q1", a, b, Said::B));
        sample.act("ann", compared("q2", d, e, Said::A));
        sample.act("bob", compared("q1", c, a, Said::Tie));
        sample.seal("ann", 1);
        sample.seal_all("bob");
        let seen = |sample: &Sample| {
            let all = sealed_preferences(&sample.seen_by("ann"), &sample.batch);
            all.iter().map(|one| (one.a.to_string(), one.b.to_string(), one.outcome)).collect::<Vec<_>>()
        };
        let said = |a: &str, b: &str, outcome| (a.to_owned(), b.to_owned(), outcome);
        assert_eq!(seen(&sample), [said("c1", "c2", Outcome::Second)], "question 2 is open, and bob is hidden");
        sample.seal("ann", 2);
        let mut all = seen(&sample);
        all.sort_by_key(|one| (one.0.clone(), one.1.clone(), format!("{:?}", one.2)));
        let expected = [said("c1", "c2", Outcome::First), said("c1", "c2", Outcome::Second), said("c3", "c1", Outcome::Tie)];
        assert_eq!(all, expected);
    }
}

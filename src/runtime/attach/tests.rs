//! Scores and the rubric that they were given under stay together; files are read with bounds.

use super::*;
use crate::runtime::testing;
use crate::scorecard::sample::{point, reviewer, slug};

fn tied(pairs: &[(&str, usize)], rubric: &Rubric) -> Vec<(QuestionId, QuestionId)> {
    pairs.iter().map(|(from, to)| (slug(from), rubric.questions[*to].id.clone())).collect()
}

#[tokio::test]
async fn scores_are_not_moved_under_another_rubric_or_another_question_whoever_gave_them() {
    let (_folder, library, sample) = testing::library().await;
    let source = find_rubric("support-engineer").expect("it is shipped");
    let (right, wrong) = (tied(&[("q1", 0), ("q2", 1)], &source.rubric), tied(&[("q1", 1), ("q2", 0)], &source.rubric));
    let attach = async |source: &Source, map: &[_]| attach(&library, sample.batch.id, source, map.to_vec()).await;
    attach(&source, &wrong).await.expect("nothing is attached yet");
    attach(&source, &right).await.expect("nothing is scored yet");

    let criterion = source.rubric.questions[0].criteria[0].id.clone();
    let rated = Act::Rated { answer: sample.answer(1, 1), revision: None, criterion, observed: point(3), reason: None };
    let subject = Some(sample.batch.submissions[0].candidate.id);
    let score = Draft { subject, ..draft(Some(sample.batch.id), rated) };
    library.acting_as(reviewer("colleague")).append(vec![score]).await.expect("it is written");

    attach(&source, &right).await.expect("nothing moves");
    let refused = attach(&source, &wrong).await.expect_err("a score would move");
    assert!(matches!(refused, AttachError::Conflict(Conflict::Questions)), "{refused}");
    let other = find_rubric("software-engineer").expect("it is shipped");
    let refused = attach(&other, &tied(&[("q1", 0)], &other.rubric)).await.expect_err("there are scores");
    assert!(matches!(refused, AttachError::Conflict(Conflict::Rubric { .. })), "{refused}");
    assert!(refused.to_string().starts_with("there are scores under the scoring hash "), "{refused}");
}

#[test]
fn what_is_no_file_or_too_large_is_no_rubric() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let reason = |path: &Path| find_rubric(&path.to_string_lossy()).expect_err("it is no rubric")[0].reason.to_string();
    assert_eq!(reason(folder.path()), "it cannot be read: it is no regular file");
    let latin = folder.path().join("latin.toml");
    std::fs::write(&latin, b"id = \"a\"\ntitle = \"\xdcbung\"\n").expect("it is written");
    let problem = find_rubric(&latin.to_string_lossy()).expect_err("it is no UTF-8").remove(0);
    assert_eq!((problem.place.as_str(), problem.remedy.as_str()), ("line 2", "save it as UTF-8"));
    let large = folder.path().join("large.toml");
    std::fs::write(&large, "#".repeat((1 << 20) + 1)).expect("it is written");
    assert_eq!(reason(&large), "it cannot be read: it is larger than 1 MiB");
}

//! Reviewers who share nothing but a folder.

use super::*;
use crate::exchange::Standing;
use crate::interview::Digest;
use crate::scorecard::sample::reviewer;

#[tokio::test]
async fn two_reviewers_score_offline_and_see_each_others_ratings_once_both_have_sealed() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    mara.review(4).await;
    ivo.rate_all(2).await;
    settle(&folder, &[&mara, &ivo]).await;
    let report = ivo.exchanges(&folder).await;
    assert_eq!((report.new_events(), report.waiting()), (0, 6), "{report:?}");
    assert!(report.is_whole());
    assert_eq!((ivo.ratings_of(mara.id()).await, mara.ratings_of(ivo.id()).await), (0, 0));

    ivo.seal(1).await;
    settle(&folder, &[&ivo, &mara]).await;
    assert_eq!((ivo.ratings_of(mara.id()).await, mara.ratings_of(ivo.id()).await), (0, 0), "half is not all");
    ivo.seal(2).await;
    settle(&folder, &[&ivo, &mara]).await;
    let answer = mara.sample.answer(2, 1);
    assert_eq!(ivo.knows(mara.id(), answer).await, Some(point(4)));
    assert_eq!(mara.knows(ivo.id(), answer).await, Some(point(2)));
    assert_eq!(mara.events().await, ivo.events().await, "both have the same journal");
    let report = mara.exchanges(&folder).await;
    assert_eq!((report.new_events(), report.sent, report.waiting()), (0, 0, 0), "{report:?}");
    mara.is_whole().await;
    ivo.is_whole().await;
}

#[tokio::test]
async fn nothing_comes_from_or_goes_to_someone_whose_fingerprint_was_not_compared() {
    let (folder, mara, eve) = (shared(), Machine::of("Mara").await, Machine::of("Eve").await);
    mara.act(None, Act::Attached { rubric_hash: Digest::of(b"r"), text_hash: Digest::of(b"t"), map: Vec::new() }).await;
    for machine in [&eve, &mara, &eve, &mara] {
        let report = machine.exchanges(&folder).await;
        assert_eq!(report.new_events(), 0);
    }
    let report = mara.exchanges(&folder).await;
    assert!(!report.is_whole());
    let stranger = report.people.iter().find(|person| person.reviewer == eve.id()).expect("she is told");
    assert_eq!((stranger.standing, &stranger.fingerprint), (Standing::Unknown, &eve.me.public().fingerprint()));
    assert_eq!(
        files(&folder, "letters").iter().filter(|(path, _)| path.display().to_string().contains(&eve.id().to_string())).count(),
        1,
        "only her own"
    );

    let other = Machine::of("Eve").await.me.public().fingerprint();
    let wrong = Wish { trust: vec![("Eve".into(), other)], ..Wish::default() };
    assert!(matches!(mara.wishes(&folder, wrong).await, Err(ExchangeError::OtherFingerprint { .. })));
    let nobody = Wish { trust: vec![("Adam".into(), String::new())], ..Wish::default() };
    assert!(matches!(mara.wishes(&folder, nobody).await, Err(ExchangeError::Nobody { .. })));
}

#[tokio::test]
async fn how_a_batch_is_reviewed_comes_at_once_with_the_rubrics_text() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    let source = include_str!("../../../rubrics/support-engineer.toml");
    let rubric = crate::rubric::Rubric::read("it", source).expect("it is right").rubric;
    let kept = crate::library::RubricKept {
        id: rubric.id.clone(),
        version: rubric.version.raw().to_owned(),
        scoring_hash: rubric.scoring_hash(),
        text_hash: rubric.text_hash(),
        source: source.to_owned(),
    };
    mara.library.keep_rubric(&kept).await.expect("it is kept");
    let (rubric_hash, text_hash) = (kept.scoring_hash, kept.text_hash);
    mara.act(None, Act::Attached { rubric_hash, text_hash, map: Vec::new() }).await;
    mara.rate(1, 1, 3).await;
    // What comes after something that waits is not kept waiting.
    mara.act(None, Act::Assigned { submission: None, reviewer: reviewer("kim") }).await;
    meet(&folder, &[&mara, &ivo]).await;
    settle(&folder, &[&mara, &ivo]).await;
    assert_eq!(ivo.library.rubric(rubric_hash, text_hash).await.expect("it is read"), Some(kept));
    let kinds: Vec<String> = ivo.events().await.into_iter().map(|event| event.header.kind).collect();
    assert_eq!(kinds, ["attached", "assigned"]);
    ivo.is_whole().await;
}

#[tokio::test]
async fn one_person_at_two_machines_has_two_streams_that_come_together() {
    let (folder, laptop) = (shared(), Machine::of("Mara").await);
    let desktop = laptop.another().await;
    laptop.rate(1, 1, 2).await;
    desktop.rate(2, 1, 5).await;
    settle(&folder, &[&laptop, &desktop]).await;
    assert_eq!(files(&folder, "streams").len(), 2);
    assert_eq!(laptop.events().await, desktop.events().await);
    assert_eq!(laptop.ratings_of(laptop.id()).await, 2, "one's own needs no seal");
    desktop.passes(SignedDuration::from_hours(1));
    desktop.rate(1, 1, 4).await;
    settle(&folder, &[&desktop, &laptop]).await;
    assert_eq!(laptop.knows(laptop.id(), laptop.sample.answer(1, 1)).await, Some(point(4)));
    assert_eq!(laptop.events().await.len(), 3, "both versions stay");
}

#[tokio::test]
async fn clocks_that_differ_by_years_lose_nothing_and_turn_nobodys_acts_round() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    mara.passes(SignedDuration::from_hours(24 * 365 * 10));
    ivo.passes(SignedDuration::from_hours(-24 * 365));
    meet(&folder, &[&mara, &ivo]).await;
    for (machine, values) in [(&mara, [2, 4]), (&ivo, [5, 1])] {
        machine.rate(1, 1, values[0]).await;
        machine.passes(SignedDuration::from_hours(-3));
        machine.rate(1, 1, values[1]).await;
        machine.review(values[1]).await;
    }
    settle(&folder, &[&ivo, &mara]).await;
    let answer = mara.sample.answer(1, 1);
    for machine in [&mara, &ivo] {
        assert_eq!(machine.knows(mara.id(), answer).await, Some(point(4)));
        assert_eq!(machine.knows(ivo.id(), answer).await, Some(point(1)));
    }
}

#[tokio::test]
async fn a_dry_run_tells_what_would_come_and_go_and_writes_nothing() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    mara.act(None, Act::Panel { reviewers: Vec::new() }).await;
    mara.act(None, Act::Assigned { submission: None, reviewer: ivo.id() }).await;
    settle(&folder, &[&mara]).await;
    ivo.rate(1, 1, 3).await;
    let before = (files(&folder, "streams"), files(&folder, "letters"), ivo.events().await);
    let report = ivo.wishes(&folder, Wish { dry: true, ..Wish::default() }).await.expect("it looks");
    assert_eq!((report.dry_run, report.new_events(), report.sent, report.letters), (true, 2, 1, 0), "{report:?}");
    assert_eq!((files(&folder, "streams"), files(&folder, "letters"), ivo.events().await), before);
    let report = ivo.exchanges(&folder).await;
    assert_eq!((report.new_events(), report.sent), (2, 1));
}

#[tokio::test]
async fn drafts_and_calibration_stay_at_home_and_the_chain_holds_over_them() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    let draft = |text: &str| Act::Drafted { field: SafeText::line("f"), text: SafeText::line(text), at: None };
    mara.act(None, draft("half a")).await;
    mara.rate_all(3).await;
    mara.act(None, Act::Calibrated { clip: slug("clip"), ratings: Vec::new() }).await;
    mara.seal(1).await;
    mara.act(None, draft("half a thought")).await;
    mara.seal(2).await;
    ivo.review(2).await;
    settle(&folder, &[&mara, &ivo]).await;
    let kinds: Vec<String> = ivo
        .library
        .stream(mara.library.own_writer().await.expect("one"))
        .await
        .expect("it is read")
        .into_values()
        .map(|(_, event)| event.header.kind)
        .collect();
    assert_eq!(kinds, ["rated", "rated", "rated", "rated", "sealed", "sealed", "witnessed"]);
    ivo.is_whole().await;
    settle(&folder, &[&mara, &ivo]).await;
    let report = ivo.exchanges(&folder).await;
    assert_eq!((report.new_events(), report.waiting()), (0, 0));
}

#[tokio::test]
async fn a_batch_of_its_own_panel_concerns_only_those_on_it() {
    let (folder, mara, ivo, kim) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await, Machine::of("Kim").await);
    meet(&folder, &[&mara, &ivo, &kim]).await;
    let panel = Wish { panel: Some((mara.batch(), vec!["me".into(), "ivo".into()])), ..Wish::default() };
    mara.wishes(&folder, panel).await.expect("they are listed");
    settle(&folder, &[&mara, &ivo, &kim]).await;
    let record = Record::fold(&ivo.sample.batch, &ivo.events().await);
    assert_eq!(record.label(mara.id()).as_str(), "Mara");
    assert_eq!(kim.events().await, [], "she is not on it");
    mara.review(3).await;
    ivo.review(4).await;
    settle(&folder, &[&mara, &ivo, &kim]).await;
    assert_eq!((ivo.ratings_of(mara.id()).await, kim.ratings_of(mara.id()).await), (4, 0));
}

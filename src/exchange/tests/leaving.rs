//! Who leaves, who stays away, who is erased.

use super::*;
use crate::journal::Subject;

#[tokio::test]
async fn who_was_forgotten_gets_no_further_letters_and_what_came_stays() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    mara.review(4).await;
    ivo.review(2).await;
    settle(&folder, &[&mara, &ivo]).await;
    mara.wishes(&folder, Wish { forget: vec!["Ivo".into()], ..Wish::default() }).await.expect("he is forgotten");
    mara.act(None, Act::Assigned { submission: None, reviewer: mara.id() }).await;
    ivo.act(None, Act::Assigned { submission: None, reviewer: ivo.id() }).await;
    let (before, theirs) = (ivo.events().await.len(), mara.events().await.len());
    settle(&folder, &[&mara, &ivo]).await;
    assert_eq!((ivo.events().await.len(), mara.events().await.len()), (before, theirs));
    assert_eq!(mara.ratings_of(ivo.id()).await, 4, "what came stays");
}

#[tokio::test]
async fn an_erasure_names_the_machines_of_someone_who_was_forgotten() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    mara.review(4).await;
    ivo.review(2).await;
    settle(&folder, &[&mara, &ivo]).await;
    mara.wishes(&folder, Wish { forget: vec!["Ivo".into()], ..Wish::default() }).await.expect("he is forgotten");
    mara.library.erase_person(mara.candidate(1)).await.expect("erased");
    let report = mara.exchanges(&folder).await;
    let [receipt] = report.erasures.as_slice() else { panic!("one: {report:?}") };
    let [his] = receipt.not_reached.as_slice() else { panic!("his machine: {receipt:?}") };
    assert_eq!((his.label.as_str(), his.writer, his.forgotten), ("Ivo", ivo.library.own_writer().await.ok(), true));
    assert!(his.last_seen.is_some());
}

#[tokio::test]
async fn who_was_released_from_the_batch_gets_nothing_further_of_it() {
    let (folder, mara, ivo, kim) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await, Machine::of("Kim").await);
    meet(&folder, &[&mara, &ivo, &kim]).await;
    for reviewer in [mara.id(), ivo.id(), kim.id()] {
        mara.act(None, Act::Assigned { submission: None, reviewer }).await;
    }
    kim.rate(1, 1, 1).await;
    settle(&folder, &[&mara, &ivo, &kim]).await;
    mara.act(None, Act::Released { submission: None, reviewer: kim.id(), reason: "moved on".into() }).await;
    mara.review(4).await;
    ivo.review(2).await;
    settle(&folder, &[&mara, &ivo, &kim]).await;
    assert_eq!((ivo.ratings_of(mara.id()).await, mara.ratings_of(ivo.id()).await), (4, 4), "the batch goes on");
    assert_eq!(kim.ratings_of(mara.id()).await, 0);
}

/// Rita creates the batch and does not review; Mara has sealed and then stays away; Ivo has sealed.
async fn stays_away(rule: Option<&str>) -> (TempDir, Machine, Machine, Machine) {
    let (folder, rita) = (shared(), Machine::of("Rita").await);
    let (mara, ivo) = (Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&rita, &mara, &ivo]).await;
    let names = vec!["Mara".into(), "Ivo".into()];
    rita.wishes(&folder, Wish { panel: Some((rita.batch(), names)), ..Wish::default() }).await.expect("they are listed");
    if let Some(rule) = rule {
        let settings = serde_json::json!({ "absent_author": rule });
        rita.act(None, Act::Protocol { hash: crate::protocol::hash(&settings), settings, reason: None }).await;
    }
    settle(&folder, &[&rita, &mara, &ivo]).await;
    mara.review(4).await;
    mara.exchanges(&folder).await;
    // From here on nothing comes from Mara.
    ivo.review(2).await;
    settle(&folder, &[&ivo, &rita]).await;
    assert_eq!(ivo.ratings_of(mara.id()).await, 0, "only she could have opened them");
    (folder, rita, mara, ivo)
}

fn hand_over(rita: &Machine) -> Wish {
    Wish { hand_over: Some((rita.batch(), "Mara".into(), "on leave".into())), ..Wish::default() }
}

#[tokio::test]
async fn the_keys_of_a_reviewer_who_stays_away_are_handed_on_after_the_time_that_the_rules_say() {
    let (folder, rita, mara, ivo) = stays_away(Some("release-after-days:14")).await;
    let early = rita.wishes(&folder, hand_over(&rita)).await;
    assert!(matches!(early, Err(ExchangeError::NotHandedOver { from: Some(_), .. })), "{early:?}");
    rita.passes(SignedDuration::from_hours(24 * 15));
    rita.wishes(&folder, hand_over(&rita)).await.expect("it is time");
    settle(&folder, &[&rita, &ivo]).await;
    assert_eq!(ivo.ratings_of(mara.id()).await, 4);
    let told = ivo.events().await.into_iter().find(|event| event.header.kind == "handed_over").expect("it is journaled");
    assert_eq!(told.header.author, rita.id());
    let Act::HandedOver { reviewer, until, reason } = &told.act else { panic!("{told:?}") };
    assert_eq!((*reviewer, until.len(), reason.as_str()), (mara.id(), 1, "on leave"));
    ivo.is_whole().await;
    rita.is_whole().await;
}

#[tokio::test]
async fn what_comes_after_a_hand_over_waits_anew() {
    let (folder, rita) = (shared(), Machine::of("Rita").await);
    let (mara, ivo) = (Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&rita, &mara, &ivo]).await;
    let names = vec!["Mara".into(), "Ivo".into()];
    rita.wishes(&folder, Wish { panel: Some((rita.batch(), names)), ..Wish::default() }).await.expect("they are listed");
    let settings = serde_json::json!({ "absent_author": "release-after-days:14" });
    rita.act(None, Act::Protocol { hash: crate::protocol::hash(&settings), settings, reason: None }).await;
    for reviewer in [mara.id(), ivo.id()] {
        rita.act(None, Act::Assigned { submission: None, reviewer }).await;
    }
    settle(&folder, &[&rita, &mara, &ivo]).await;
    mara.rate(1, 1, 4).await;
    mara.rate(2, 1, 4).await;
    mara.seal(1).await;
    mara.exchanges(&folder).await;
    rita.exchanges(&folder).await;
    rita.passes(SignedDuration::from_hours(24 * 15));
    rita.wishes(&folder, hand_over(&rita)).await.expect("it is time");
    let opened = rita.ratings_of(mara.id()).await;
    assert!(opened > 0);
    mara.rate(1, 2, 2).await;
    mara.rate(2, 2, 2).await;
    mara.seal(2).await;
    settle(&folder, &[&mara, &rita]).await;
    assert_eq!(rita.ratings_of(mara.id()).await, opened, "she is back, and the other has not sealed");
    rita.wishes(&folder, hand_over(&rita)).await.expect_err("the time begins anew");
}

#[tokio::test]
async fn a_clock_set_back_makes_nobody_the_creator() {
    let (folder, rita, mara) = (shared(), Machine::of("Rita").await, Machine::of("Mara").await);
    let ivo = Machine::of("Ivo").await;
    meet(&folder, &[&rita, &mara, &ivo]).await;
    let names = vec!["Mara".into()];
    rita.wishes(&folder, Wish { panel: Some((rita.batch(), names)), ..Wish::default() }).await.expect("they are listed");
    rita.act(None, Act::Assigned { submission: Some(rita.sample.submission(1)), reviewer: ivo.id() }).await;
    let settings = serde_json::json!({ "absent_author": "release-after-days:14" });
    let protocol = Act::Protocol { hash: crate::protocol::hash(&settings), settings, reason: None };
    rita.act(None, protocol.clone()).await;
    settle(&folder, &[&rita, &mara]).await;
    // What is known is never stood before: this library has not heard of it yet, as an old copy would not have.
    ivo.passes(SignedDuration::from_hours(-24 * 30));
    ivo.act(None, protocol).await;
    ivo.exchanges(&folder).await;
    let told = mara.exchanges(&folder).await;
    assert!(kinds(&told).contains(&TroubleKind::Creator), "{:?}", told.troubles);
    mara.review(4).await;
    settle(&folder, &[&mara, &rita, &ivo]).await;
    rita.passes(SignedDuration::from_hours(24 * 15));
    rita.wishes(&folder, hand_over(&rita)).await.expect("her keys were left with whoever created it");
    assert_eq!(rita.ratings_of(mara.id()).await, 4);
}

#[tokio::test]
async fn where_the_rules_say_so_a_batch_counts_without_who_stays_away() {
    let (folder, rita, mara, ivo) = stays_away(None).await;
    rita.passes(SignedDuration::from_hours(24 * 365));
    let refused = rita.wishes(&folder, hand_over(&rita)).await;
    assert!(matches!(refused, Err(ExchangeError::NotHandedOver { from: None, .. })), "{refused:?}");
    assert_eq!(ivo.ratings_of(mara.id()).await, 0);
}

#[tokio::test]
async fn who_reviews_is_never_left_anothers_keys() {
    let (folder, rita, mara) = (shared(), Machine::of("Rita").await, Machine::of("Mara").await);
    meet(&folder, &[&rita, &mara]).await;
    let names = vec!["me".into(), "Mara".into()];
    rita.wishes(&folder, Wish { panel: Some((rita.batch(), names)), ..Wish::default() }).await.expect("they are listed");
    let settings = serde_json::json!({ "absent_author": "release-after-days:1" });
    rita.act(None, Act::Protocol { hash: crate::protocol::hash(&settings), settings, reason: None }).await;
    settle(&folder, &[&rita, &mara]).await;
    mara.review(4).await;
    settle(&folder, &[&mara, &rita]).await;
    rita.passes(SignedDuration::from_hours(24 * 30));
    let refused = rita.wishes(&folder, hand_over(&rita)).await;
    assert!(matches!(refused, Err(ExchangeError::NotHandedOver { from: None, .. })), "{refused:?}");
    assert_eq!(rita.ratings_of(mara.id()).await, 0);
}

#[tokio::test]
async fn an_erasure_removes_keys_wherever_it_comes_and_says_where_it_has_not_come() {
    let (folder, mara, ivo, kim) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await, Machine::of("Kim").await);
    meet(&folder, &[&mara, &ivo, &kim]).await;
    mara.review(4).await;
    ivo.review(2).await;
    kim.review(3).await;
    settle(&folder, &[&mara, &ivo, &kim]).await;
    let (gone, answer, other) = (mara.candidate(1), mara.sample.answer(1, 1), mara.sample.answer(2, 1));
    assert_eq!(ivo.knows(mara.id(), answer).await, Some(point(4)));
    mara.library.erase_person(gone).await.expect("she is erased");
    let report = mara.exchanges(&folder).await;
    let mut names: Vec<&str> = report.erasures[0].not_reached.iter().map(|one| one.label.as_str()).collect();
    names.sort_unstable();
    assert_eq!((report.erasures[0].candidate, names), (gone, vec!["Ivo", "Kim"]));

    let report = ivo.exchanges(&folder).await;
    assert_eq!(report.erased, [gone]);
    let report = mara.exchanges(&folder).await;
    assert_eq!(report.erasures[0].reached, [SafeText::name("Ivo")]);
    let [silent] = report.erasures[0].not_reached.as_slice() else { panic!("{report:?}") };
    assert_eq!(silent.label.as_str(), "Kim");
    assert!(silent.last_seen.is_some());
    for machine in [&mara, &ivo] {
        assert!(machine.library.candidate_keys(gone).await.expect("they are read").is_empty());
        for author in [&mara, &ivo, &kim] {
            assert_eq!(machine.knows(author.id(), answer).await, None);
            assert!(machine.knows(author.id(), other).await.is_some(), "the others stay");
        }
        machine.is_whole().await;
    }
    // Nothing brings the keys back, not even Kim, who has not heard of it.
    assert_eq!(kim.knows(mara.id(), answer).await, Some(point(4)));
    settle(&folder, &[&mara, &ivo]).await;
    assert!(ivo.library.candidate_keys(gone).await.expect("they are read").is_empty());
    kim.exchanges(&folder).await;
    assert_eq!(kim.knows(mara.id(), answer).await, None);
    assert_eq!(mara.exchanges(&folder).await.erasures[0].not_reached, []);
}

#[tokio::test]
async fn a_hold_keeps_an_erasure_from_being_obeyed_and_it_is_named() {
    let (folder, mara, ivo) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await);
    meet(&folder, &[&mara, &ivo]).await;
    let gone = mara.candidate(1);
    ivo.act(Some(gone), Act::Held { subject: Subject::Candidate(gone), reason: "a claim".into(), until: None }).await;
    mara.library.erase_person(gone).await.expect("she is erased");
    mara.exchanges(&folder).await;
    let report = ivo.exchanges(&folder).await;
    assert_eq!((kinds(&report), report.erased), (vec![TroubleKind::Held], Vec::new()));
    assert!(!ivo.library.candidate_keys(gone).await.expect("they are read").is_empty());
}

#[tokio::test]
async fn a_stranger_to_a_batch_cannot_have_anyone_erased_in_it() {
    let (folder, mara, ivo, eve) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await, Machine::of("Eve").await);
    meet(&folder, &[&mara, &ivo, &eve]).await;
    let names = vec!["me".into(), "Ivo".into()];
    mara.wishes(&folder, Wish { panel: Some((mara.batch(), names)), ..Wish::default() }).await.expect("they are listed");
    settle(&folder, &[&mara, &ivo]).await;
    eve.library.erase_person(eve.candidate(1)).await.expect("she is erased");
    settle(&folder, &[&eve, &mara, &ivo]).await;
    assert!(mara.library.erased().await.expect("they are read").is_empty());
    assert!(ivo.library.erased().await.expect("they are read").is_empty());
}

#[tokio::test]
async fn nobody_can_put_their_own_name_on_the_list() {
    let (folder, mara, ivo, eve) = (shared(), Machine::of("Mara").await, Machine::of("Ivo").await, Machine::of("Eve").await);
    meet(&folder, &[&mara, &ivo, &eve]).await;
    let names = vec!["me".into(), "Ivo".into()];
    mara.wishes(&folder, Wish { panel: Some((mara.batch(), names)), ..Wish::default() }).await.expect("they are listed");
    settle(&folder, &[&mara, &ivo]).await;
    let names = vec!["me".into(), "Mara".into(), "Ivo".into()];
    eve.wishes(&folder, Wish { panel: Some((eve.batch(), names)), ..Wish::default() }).await.expect("she lists whom she likes");
    eve.act(None, Act::Assigned { submission: None, reviewer: eve.id() }).await;
    mara.review(4).await;
    ivo.review(2).await;
    eve.review(3).await;
    settle(&folder, &[&eve, &mara, &ivo]).await;
    assert_eq!((eve.ratings_of(mara.id()).await, eve.ratings_of(ivo.id()).await), (0, 0));
    let record = Record::fold(&mara.sample.batch, &mara.events().await);
    assert!(record.panelist(eve.id()).is_none() && record.panelist(ivo.id()).is_some());
    assert_eq!((mara.ratings_of(ivo.id()).await, ivo.ratings_of(mara.id()).await), (4, 4));
}

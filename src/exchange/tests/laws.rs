//! Whatever the order and however often, everyone ends with the same journal.

use proptest::prelude::*;

use super::*;

/// What may happen, in any order.
#[derive(Clone, Copy, Debug)]
enum Step {
    Exchange(usize),
    Rate(usize, usize, usize, i16),
    Assign(usize),
    Note(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = prop_oneof![
        4 => (0..3usize).prop_map(Step::Exchange),
        3 => (0..3usize, 1..3usize, 1..3usize, 1..6i16).prop_map(|(who, c, q, value)| Step::Rate(who, c, q, value)),
        1 => (0..3usize).prop_map(Step::Assign),
        1 => (0..3usize).prop_map(Step::Note),
    ];
    prop::collection::vec(one, 0..18)
}

async fn plays(steps: &[Step]) {
    let (folder, all) = (shared(), [Machine::of("Mara").await, Machine::of("Ivo").await, Machine::of("Kim").await]);
    let everyone: Vec<&Machine> = all.iter().collect();
    meet(&folder, &everyone).await;
    for step in steps {
        match *step {
            Step::Exchange(who) => drop(all[who].exchanges(&folder).await),
            Step::Rate(who, c, q, value) => drop(all[who].rate(c, q, value).await),
            Step::Assign(who) => drop(all[who].act(None, Act::Assigned { submission: None, reviewer: all[who].id() }).await),
            Step::Note(who) => drop(all[who].note(1, 1, "clear").await),
        }
    }
    for machine in &all {
        for (nth, other) in all.iter().enumerate().filter(|(_, other)| other.id() != machine.id()) {
            assert_eq!(machine.ratings_of(other.id()).await, 0, "{nth} is not sealed: {steps:?}");
        }
    }
    for machine in &all {
        machine.act(None, Act::Assigned { submission: None, reviewer: machine.id() }).await;
        machine.review(3).await;
    }
    settle(&folder, &everyone).await;
    let mut events = all[0].events().await;
    events.sort_by_key(Event::id);
    for machine in &all {
        let mut theirs = machine.events().await;
        theirs.sort_by_key(Event::id);
        assert_eq!(theirs, events, "{steps:?}");
        machine.is_whole().await;
        let report = machine.exchanges(&folder).await;
        assert_eq!((report.new_events(), report.sent, report.waiting()), (0, 0, 0), "{steps:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]
    #[test]
    fn whoever_exchanges_when_and_how_often_all_end_with_the_same_journal(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(plays(&steps));
    }
}

//! Figures against hand-made pairs.

use super::*;

fn rated(values: &[(f64, f64)]) -> Vec<Rated> {
    let one =
        |(candidate, (human, machine)): (usize, &(f64, f64))| Rated { candidate, human: *human, machine: *machine, group: None };
    values.iter().enumerate().map(one).collect()
}

/// Sixty answers over the whole scale of which every `off`th is a point too high.
fn sixty(off: usize) -> Vec<Rated> {
    let value = |nth: usize| (1 + nth % 5) as f64;
    rated(&(0..60).map(|nth| (value(nth), (value(nth) + f64::from(u8::from(nth % off == 0))).min(5.0))).collect::<Vec<_>>())
}

fn people(count: usize) -> Vec<(f64, f64)> {
    (0..count).map(|nth| ((1 + nth % 5) as f64, (1 + (nth + usize::from(nth % 4 == 0)) % 5) as f64)).collect()
}

#[test]
fn kappa_from_moments_is_the_tables_kappa() {
    use crate::panel::agreement::{Crosstab, Weighting};
    let pairs = [(1.0, 2.0), (2.0, 2.0), (3.0, 5.0), (4.0, 4.0), (5.0, 4.0), (2.0, 1.0), (5.0, 5.0)];
    let table = Crosstab::from_pairs(&pairs, &[1.0, 2.0, 3.0, 4.0, 5.0]).expect("categories").kappa(&Weighting::Quadratic);
    let moments = moments_kappa(&pairs);
    assert!((moments.value().expect("known") - table.value().expect("known")).abs() < 1e-12);
}

#[test]
fn the_difference_is_in_standard_deviations_and_has_a_sign() {
    // Means 3 and 2, sample variances 1 and 1.
    let figure = difference(&[(2.0, 1.0), (3.0, 2.0), (4.0, 3.0)]);
    assert_eq!(figure.value(), Some(1.0));
}

#[test]
fn a_good_reader_holds_and_a_constant_or_a_generous_one_fails() {
    let holds = evaluate("all", &sixty(20), &people(60), 1);
    assert_eq!(holds.verdict, Verdict::Holds, "{holds:?}");
    let generous = evaluate("all", &sixty(2), &people(60), 1);
    assert!(
        matches!(&generous.verdict, Verdict::Fails(why) if why[0].starts_with("mean difference is 0.2")),
        "{:?}",
        generous.verdict
    );
    let same = rated(&(0..60).map(|nth| ((1 + nth % 5) as f64, 3.0)).collect::<Vec<_>>());
    assert!(matches!(evaluate("all", &same, &people(60), 1).verdict, Verdict::Fails(_)));
}

#[test]
fn a_reader_that_fails_in_one_group_fails() {
    let mut rated = sixty(60);
    for (nth, rated) in rated.iter_mut().enumerate() {
        rated.group = Some(if nth < 30 { "a".to_owned() } else { "b".to_owned() });
        rated.machine = if nth < 30 { rated.human } else { (rated.human + f64::from(u8::from(nth % 4 == 0))).min(5.0) };
    }
    let Verdict::Fails(why) = evaluate("all", &rated, &people(60), 1).verdict else { panic!("it holds") };
    assert!(why.len() == 1 && why[0].contains("group \"b\""), "{why:?}");
}

#[test]
fn too_few_pairs_allow_no_verdict_and_say_how_many_there_are() {
    let few = evaluate("all", &sixty(20)[..12], &people(60), 1);
    assert!(matches!(&few.verdict, Verdict::Unknown(why) if why[0].contains("12 pairs")), "{:?}", few.verdict);
    let alone = evaluate("all", &sixty(20), &[], 1);
    assert!(matches!(&alone.verdict, Verdict::Unknown(why) if why.iter().any(|why| why.starts_with("degradation"))));
    let none = evaluate("all", &[], &[], 1);
    assert!(matches!(none.kappa, Statistic::Undefined(Reason::NothingProposed)));
    assert!(matches!(none.kappa_of_people, Statistic::Undefined(Reason::NothingProposed)));
    let Verdict::Unknown(why) = &none.verdict else { panic!("{:?}", none.verdict) };
    assert!(why.iter().all(|why| why.ends_with("the machine gave no point where people rated")), "{why:?}");
}

#[test]
fn disagreements_come_by_size() {
    assert_eq!(disagreements(&rated(&[(3.0, 3.0), (3.0, 4.0), (1.0, 5.0), (2.0, 2.5), (4.0, 2.0)])), [2, 4, 1]);
}

#[test]
fn the_interval_holds_the_value_and_is_the_same_each_time() {
    let first = evaluate("all", &sixty(7), &people(60), 5);
    assert_eq!(first, evaluate("all", &sixty(7), &people(60), 5));
    let Statistic::Known(kappa) = first.kappa else { panic!("undefined") };
    assert!(kappa.low < Some(kappa.value) && Some(kappa.value) < kappa.high && kappa.low > Some(0.8), "{kappa:?}");
}

#[test]
fn groups_in_which_nobody_is_or_everybody_allow_no_verdict_and_who_is_in_none_is_left_out() {
    let of = |group: &dyn Fn(usize) -> Option<&'static str>| {
        let mut rated = sixty(60);
        rated.extend(sixty(60));
        rated.iter_mut().enumerate().for_each(|(nth, rated)| rated.group = group(nth).map(str::to_owned));
        evaluate_groups("all, by g", &rated, &people(60), 1)
    };
    assert_eq!(of(&|nth| Some(if nth < 60 { "a" } else { "b" })).verdict, Verdict::Holds);
    assert!(matches!(of(&|_| None).verdict, Verdict::Unknown(why) if why[0] == "nobody is in a group"));
    assert!(matches!(of(&|_| Some("x")).verdict, Verdict::Unknown(why) if why[0].starts_with("all are in one group")));
    let half = of(&|nth| (nth < 60).then_some("a"));
    assert!(matches!(half.kappa, Statistic::Known(ref kappa) if kappa.n == 60), "{half:?}");
}

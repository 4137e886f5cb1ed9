//! What a ratings table says beside its values: who is who, yes or no, and what contradicts the rubric.

use super::super::read::read_ratings;
use super::problems;
use crate::scorecard::sample::Sample;

fn told(csv: &str) -> Vec<String> {
    let problems = read_ratings(csv.as_bytes(), "r.csv", None).expect_err("something is wrong");
    problems.iter().map(|problem| format!("{}: {}", problem.place, problem.reason)).collect()
}

#[test]
fn a_name_in_other_case_or_width_is_the_same_name() {
    for (one, other) in [("Straße", "STRASSE"), ("İst", "ist"), ("C1", "Ｃ１")] {
        let csv = format!("candidate,question,criterion,reviewer,value\n{one},q,k,{one},3\n{other},q,k,R,4\nx,q,k,{other},2\n");
        let wanted = [
            format!("line 3: candidate {other:?} is {one:?} on line 2"),
            format!("line 4: reviewer {other:?} is {one:?} on line 2"),
        ];
        assert_eq!(told(&csv), wanted);
    }
}

#[test]
fn what_is_yes_or_no_is_neither_maybe_nor_a_number() {
    let csv = "candidate,question,criterion,reviewer,value,stale,names_hidden\n\
               c1,q,k,R,3,maybe,yes\nc2,q,k,R,3,NO,1\nc3,q,k,R,3,,\n";
    let wanted = ["line 2: stale \"maybe\" is neither yes nor no", "line 3: names_hidden \"1\" is neither yes nor no"];
    assert_eq!(told(csv), wanted);
}

#[test]
fn a_zero_byte_is_told_with_its_own_line() {
    let csv = "candidate,question,criterion,reviewer,value\nC1,q,k,A,3\nC\u{0}1,q,k,A,4\n";
    assert_eq!(told(csv), ["line 3: a zero byte stands here: the file is damaged, in UTF-16, or no text"]);
}

#[test]
fn a_scale_that_is_not_the_rubrics_is_a_mistake_and_other_weights_are_a_remark() {
    let sample = Sample::new(1, 1);
    let head = "candidate,question,criterion,reviewer,value,weight,scale_min,scale_max\n";
    let (min, max) = (sample.rubric.scale.min, sample.rubric.scale.max);
    let wrong = problems(&format!("{head}c1,q1,depth,r,3,1,{min},{}\n", max + 4));
    assert_eq!(wrong, [format!("line 2: scale_max is {}, that of the rubric is {max}", max + 4)]);

    let csv = format!("{head}c1,q1,depth,r,3,7,{min},{max}\n");
    let table = read_ratings(csv.as_bytes(), "r.csv", Some(&sample.rubric)).expect("the rubric's weights count");
    let [remark] = &table.remarks[..] else { panic!("{:?}", table.remarks) };
    assert!(remark.starts_with("line 2: the weight of q1.depth is 7 in the table and"), "{remark}");
    assert!(table.weights.is_empty() && remark.ends_with("the rubric's count"), "{remark}");
}

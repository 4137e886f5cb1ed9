//! When an anchor clip is due, and how far a reviewer is from the experts.

use crate::journal::Act;
use crate::protocol::{Rules, calibration};
use crate::rubric::{AnchorClip, Calibration as Asked, Observed, Point, Preset, Protocol};
use crate::scorecard::sample::{Sample, point, slug};

/// Six candidates and one question; so many clips, keyed depth 2 and clarity 4; again after every second answer.
fn sample(clips: usize) -> (Sample, Rules) {
    let mut sample = Sample::new(6, 1);
    let key = [("depth", 2), ("clarity", 4)].map(|(id, at)| (slug(id), Point::whole(at)));
    let clip = |nth: usize| AnchorClip {
        id: slug(&format!("clip-{nth}")),
        question: slug("q1"),
        media: "clip.ogg".into(),
        key: key.iter().cloned().collect(),
        rationale: "why".into(),
    };
    sample.rubric.anchor_clips = (1..=clips).map(clip).collect();
    sample.rubric.protocol.calibration = Some(Asked { clips: 1, max_mean_abs_error: 0.75, repeat_every: 2 });
    let rules = sample.rules();
    (sample, rules)
}

fn rate_clip(sample: &mut Sample, clip: &str, depth: Observed, clarity: Observed) {
    let ratings = vec![(slug("depth"), depth), (slug("clarity"), clarity)];
    sample.act("ann", Act::Calibrated { clip: slug(clip), ratings });
}

/// The clip that is due, and the answers left before the next.
fn due(sample: &Sample, rules: &Rules) -> (Vec<String>, u32) {
    let seen = sample.seen_by("ann");
    let standing = calibration(seen.mine(), &sample.rubric, rules).expect("there are clips");
    (standing.due.iter().map(|clip| clip.id.to_string()).collect(), standing.answers_left)
}

#[test]
fn a_clip_is_due_before_the_first_rating_and_the_next_one_after_every_so_many_answers() {
    let (mut sample, rules) = sample(2);
    assert_eq!(due(&sample, &rules), (vec!["clip-1".to_owned()], 0));
    rate_clip(&mut sample, "clip-1", point(2), point(4));
    assert_eq!(due(&sample, &rules), (vec![], 2));
    sample.review("ann", 1, 1, 3, 3);
    assert_eq!(due(&sample, &rules), (vec![], 1), "an answer counts once, however many criteria it has");
    sample.review("ann", 2, 1, 3, 3);
    assert_eq!(due(&sample, &rules), (vec!["clip-2".to_owned()], 0));
    sample.review("ann", 3, 1, 3, 3);
    rate_clip(&mut sample, "clip-2", point(2), point(4));
    assert_eq!(due(&sample, &rules), (vec![], 2), "counted from the clip");
}

#[test]
fn a_clip_waits_until_the_answer_that_was_begun_is_finished() {
    let (mut sample, rules) = sample(1);
    let waits = |sample: &Sample, candidate: usize| {
        let seen = sample.seen_by("ann");
        let standing = calibration(seen.mine(), &sample.rubric, &rules).expect("there are clips");
        standing.comes_before(seen.mine(), sample.answer(candidate, 1))
    };
    assert!(waits(&sample, 1), "before the first rating");
    rate_clip(&mut sample, "clip-1", point(2), point(4));
    sample.review("ann", 1, 1, 3, 3);
    sample.rate("ann", 2, 1, "depth", point(3));
    assert_eq!(due(&sample, &rules).0, ["clip-1"]);
    assert_eq!((waits(&sample, 2), waits(&sample, 1), waits(&sample, 3)), (false, false, true));
}

#[test]
fn the_error_is_the_mean_distance_from_the_experts_over_every_criterion_that_they_rated() {
    let (mut sample, rules) = sample(1);
    let standing = |sample: &Sample| {
        let seen = sample.seen_by("ann");
        let of = calibration(seen.mine(), &sample.rubric, &rules).expect("there are clips");
        (of.last.map(|last| (last.mean_abs, last.mean_signed, last.n)), of.passes())
    };
    assert_eq!(standing(&sample), (None, None));
    rate_clip(&mut sample, "clip-1", point(4), point(3));
    assert_eq!(standing(&sample), (Some((1.5, 0.5, 2)), Some(false)));
    rate_clip(&mut sample, "clip-1", point(2), point(4));
    assert_eq!(standing(&sample), (Some((1.5, 0.5, 2)), Some(false)), "with its key on screen a clip proves nothing");
    sample.review("ann", 1, 1, 3, 3);
    rate_clip(&mut sample, "clip-1", point(2), point(4));
    assert_eq!(standing(&sample), (Some((1.5, 0.5, 2)), Some(false)), "nor soon after, as long as it is not due");
    sample.review("ann", 2, 1, 3, 3);
    rate_clip(&mut sample, "clip-1", Observed::NotObserved, point(4));
    assert_eq!(standing(&sample), (Some((1.5, 0.5, 2)), Some(false)), "what was not observed is no miss, and no hit");
    assert_eq!(due(&sample, &rules), (vec!["clip-1".to_owned()], 0));
    rate_clip(&mut sample, "clip-1", point(2), point(4));
    assert_eq!(standing(&sample), (Some((0.0, 0.0, 2)), Some(true)), "the last round counts");
}

#[test]
fn without_clips_or_where_it_is_off_nothing_is_asked_and_only_audit_requires_it() {
    let (sample, rules) = sample(0);
    assert!(calibration(sample.seen_by("ann").mine(), &sample.rubric, &rules).is_none());
    let (sample, rules) = self::sample(1);
    let off = Rules { protocol: Protocol::preset(Preset::Light), ..rules.clone() };
    assert!(calibration(sample.seen_by("ann").mine(), &sample.rubric, &off).is_none());
    let audit = Rules { protocol: Protocol { preset: Preset::Audit, ..rules.protocol.clone() }, ..rules.clone() };
    let required = |rules: &Rules| calibration(sample.seen_by("ann").mine(), &sample.rubric, rules).expect("a clip").required;
    assert_eq!((required(&rules), required(&audit)), (false, true));
}

#[test]
fn a_calibration_enters_no_table_and_nobody_else_sees_it() {
    let (mut sample, _) = sample(1);
    sample.review("ann", 1, 1, 3, 3);
    sample.seal_all("ann");
    let before = sample.seen_by("hal").works.clone();
    rate_clip(&mut sample, "clip-1", point(1), point(1));
    let seen = sample.seen_by("hal");
    assert_eq!(seen.works, before, "tables are made of these alone");
    assert!(seen.works.values().all(|work| work.calibrations.is_empty()));
}

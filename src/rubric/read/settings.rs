//! Reads `[scale]`, `[policy]` and `[protocol]`.

use std::cmp::Ordering;

use crate::form::Form;
use crate::rubric::{
    Aggregate, Calibration, DecisionGate, EvidenceRule, MissingRule, Order, Playback, Policy, Preset, Protocol, Pseudonyms, Reveal,
    Scale, Seal, Shuffle, SkipRule, SpeedRule, When,
};

const MOST_DAYS: i64 = 3650;

/// The scale: 1 to 5 in whole points where the file has none that can be read.
pub(super) fn scale(root: &Form<'_>) -> Scale {
    root.require("scale", "add [scale] with min = 1 and max = 5");
    let fallback = Scale { min: 1, max: 5, labels: Vec::new(), allow_half: false, require_anchors: Vec::new() };
    let Some(form) = root.form("scale", "[scale]".into()) else { return fallback };
    form.require("min", "add min = 1");
    form.require("max", "add max = 5");
    let point = |key| form.whole(key, -100..=100).map(|point| point as i16);
    let (min, max) = (point("min"), point("max"));
    let (low, high) = (min.unwrap_or(fallback.min), max.unwrap_or(fallback.max));
    if min.is_some() && max.is_some() && low >= high {
        form.error("max", &format!("the scale ends at {high} and begins at {low}"), "make max greater than min");
    }
    // Anchors and keys are checked against what was meant, or each of them would be a mistake of its own.
    let (low, high) = match low.cmp(&high) {
        Ordering::Less => (low, high),
        Ordering::Greater => (high, low),
        Ordering::Equal => (fallback.min, fallback.max),
    };
    let mut scale = Scale {
        min: low,
        max: high,
        labels: form.texts("labels"),
        allow_half: form.flag("allow_half").unwrap_or(false),
        ..fallback
    };
    let points = usize::try_from(i32::from(high) - i32::from(low) + 1).unwrap_or(0);
    if low < high && !scale.labels.is_empty() && scale.labels.len() != points {
        let reason = format!("{} labels for {points} points", scale.labels.len());
        form.error("labels", &reason, "write one label for each whole point from the lowest, or none at all");
    }
    scale.require_anchors = required_anchors(&form, low, high);
    form.finish();
    scale
}

/// The points that need anchors; without any said the lowest, the highest and, where there is one, the middle.
fn required_anchors(form: &Form<'_>, low: i16, high: i16) -> Vec<i16> {
    let middle = (low + high) / 2;
    let has_middle = (low + high) % 2 == 0 && middle > low && middle < high;
    let usual = if has_middle { vec![low, middle, high] } else { vec![low, high] };
    let Some(items) = form.list("require_anchors", "a list of points, such as [1, 3, 5]") else { return usual };
    let range = i64::from(low)..=i64::from(high.max(low));
    let points = items.into_iter().filter_map(|item| form.whole_of("require_anchors", item, range.clone()));
    let mut points: Vec<i16> = points.map(|point| point as i16).collect();
    // On five points the ends and the middle are asked for whatever else is: what lies between can be told from them.
    if high - low == 4 && !usual.iter().all(|point| points.contains(point)) {
        let reason =
            format!("a scale of five points has anchors at {low}, {middle} and {high}, and `require_anchors` leaves one out");
        form.error("require_anchors", &reason, "name these three, and others if you want them, or remove the line");
        points = usual;
    }
    points
}

/// The preset, read before everything that it gives defaults to.
pub(super) fn preset(root: &Form<'_>) -> Preset {
    let form = root.form("protocol", "[protocol]".into());
    form.and_then(|form| form.word("preset", PRESETS)).unwrap_or_default()
}

/// `[policy]` over the preset's.
pub(super) fn policy(root: &Form<'_>, preset: Preset) -> Policy {
    let mut policy = Policy::preset(preset);
    let Some(form) = root.form("policy", "[policy]".into()) else { return policy };
    set(&mut policy.not_observed, form.word("not_observed", &[("exclude", MissingRule::Exclude), ("floor", MissingRule::Floor)]));
    let not_answered = [("floor", MissingRule::Floor), ("exclude", MissingRule::Exclude), ("block", MissingRule::Block)];
    set(&mut policy.not_answered, form.word("not_answered", &not_answered));
    set(&mut policy.technical_fault, form.word("technical_fault", &[("block", MissingRule::Block)]));
    set(&mut policy.min_reviewers, form.count("min_reviewers", 1..=100));
    set(&mut policy.min_coverage, form.within("min_coverage", 0.0..=1.0));
    set(&mut policy.aggregate, form.word("aggregate", &[("criterion-mean-then-weight", Aggregate::CriterionMeanThenWeight)]));
    set(&mut policy.disagreement_gap, form.within("disagreement_gap", 0.5..=200.0));
    let _pomp = form.word("total_scale", &[("pomp100", ())]);
    form.finish();
    policy
}

/// `[protocol]` over the preset's.
pub(super) fn protocol(root: &Form<'_>, preset: Preset) -> Protocol {
    let mut protocol = Protocol::preset(preset);
    let Some(form) = root.form("protocol", "[protocol]".into()) else { return protocol };
    // Complained of by `preset` already; here it only becomes known.
    let _preset = form.get("preset");
    order_and_seal(&form, &mut protocol);
    set(&mut protocol.evidence, form.word("evidence", EVIDENCE));
    calibration(&form, &mut protocol);
    set(&mut protocol.heard_min, form.within("heard_min", 0.0..=1.0));
    set(&mut protocol.decision_gate, form.word("decision_gate", GATES));
    playback(&form, &mut protocol.playback);
    let video = [("allowed", When::Allowed), ("after-seal", When::AfterSeal), ("never", When::Never)];
    set(&mut protocol.video, form.word("video", &video));
    let documents = [("after-seal", When::AfterSeal), ("always", When::Always), ("never", When::Never)];
    set(&mut protocol.documents, form.word("documents", &documents));
    set(&mut protocol.literal_hits, form.flag("literal_hits"));
    set(&mut protocol.handoff_names_open, form.word("handoff_names", &[("hidden", false), ("open", true)]));
    set(&mut protocol.excerpt_seconds, form.count("excerpt_seconds", 0..=3600));
    set(&mut protocol.absent_author_days, absent_author(&form));
    set(&mut protocol.failed_second_reader_off, form.word("failed_second_reader", &[("off", true), ("warn", false)]));
    set(&mut protocol.change_reason_always, form.word("change_reason", &[("after-reveal", false), ("always", true)]));
    form.finish();
    protocol
}

fn set<T>(setting: &mut T, written: Option<T>) {
    if let Some(written) = written {
        *setting = written;
    }
}

/// Order, seal, reveal and pseudonyms depend on each other.
fn order_and_seal(form: &Form<'_>, protocol: &mut Protocol) {
    set(
        &mut protocol.order,
        form.word("order", &[("question-first", Order::QuestionFirst), ("candidate-first", Order::CandidateFirst)]),
    );
    set(
        &mut protocol.shuffle,
        form.word("shuffle", &[("per-reviewer-seeded", Shuffle::PerReviewerSeeded), ("none", Shuffle::None)]),
    );
    set(&mut protocol.hide_names, form.flag("hide_names"));
    set(&mut protocol.reveal, form.word("reveal", REVEALS));
    let by_candidate = protocol.order == Order::CandidateFirst;
    match form.word("seal", &[("question", Seal::Question), ("submission", Seal::Submission)]) {
        Some(Seal::Question) if by_candidate => form.error(
            "seal",
            "`seal = \"question\"` locks one question of all candidates, and `order` is candidate-first",
            "write seal = \"submission\", or order = \"question-first\"",
        ),
        Some(seal) => protocol.seal = seal,
        None if by_candidate => protocol.seal = Seal::Submission,
        None => {}
    }
    if protocol.reveal == Reveal::Question && protocol.seal == Seal::Submission {
        form.out.warning(
            form.place("reveal"),
            "reveal-without-seal",
            "`reveal = \"question\"` shows nothing before every submission is sealed",
            "write seal = \"question\", or another reveal",
        );
    }
    set(
        &mut protocol.pseudonyms,
        form.word("pseudonyms", &[("stable", Pseudonyms::Stable), ("per-question", Pseudonyms::PerQuestion)]),
    );
    if protocol.pseudonyms == Pseudonyms::PerQuestion && protocol.seal != Seal::Question {
        let reason = "pseudonyms can change per question only where a seal locks a question";
        form.error("pseudonyms", reason, "write seal = \"question\", or pseudonyms = \"stable\"");
    }
}

/// A table of figures, or `"off"`.
fn calibration(form: &Form<'_>, protocol: &mut Protocol) {
    let Some(value) = form.get("calibration") else { return };
    if value.get_ref().is_str() {
        if form.word_of("calibration", value, &[("off", ())]).is_some() {
            protocol.calibration = None;
        }
        return;
    }
    let Some(table) = form.form_of("calibration", value, "calibration".into()) else { return };
    let mut calibration = Calibration::default();
    set(&mut calibration.clips, table.count("clips", 1..=100));
    set(&mut calibration.max_mean_abs_error, table.within("max_mean_abs_error", 0.0..=200.0));
    set(&mut calibration.repeat_every, table.count("repeat_every", 1..=100_000));
    table.finish();
    protocol.calibration = Some(calibration);
}

fn playback(form: &Form<'_>, playback: &mut Playback) {
    let Some(table) = form.form("playback", "playback".into()) else { return };
    if let Some(speed) = table.get("speed") {
        if speed.get_ref().is_str() {
            if speed.get_ref().as_str() == Some("free") {
                playback.speed = SpeedRule::Free;
            } else {
                table.error(
                    "speed",
                    "`speed` in playback is a text other than \"free\"",
                    "write \"free\", or a factor such as 1.5 for everyone",
                );
            }
        } else {
            set(&mut playback.speed, table.within("speed", 0.5..=3.0).map(SpeedRule::Fixed));
        }
    }
    let skips = [("free", SkipRule::Free), ("always", SkipRule::Always), ("never", SkipRule::Never)];
    set(&mut playback.skip_silence, table.word("skip_silence", &skips));
    table.finish();
}

/// `count-without`, or `release-after-days:N`.
fn absent_author(form: &Form<'_>) -> Option<Option<u32>> {
    let value = form.get("absent_author")?;
    let written = value.get_ref().as_str().and_then(|text| text.strip_prefix("release-after-days:"));
    let Some(days) = written else {
        return form.word_of("absent_author", value, &[("count-without", None), ("release-after-days:14", None)]);
    };
    match days.parse::<u32>() {
        Ok(days) if (1..=MOST_DAYS).contains(&i64::from(days)) => Some(Some(days)),
        _ => {
            let reason = format!("`absent_author` cannot wait \"{days}\" days");
            form.error("absent_author", &reason, &format!("write a whole number from 1 to {MOST_DAYS} after the colon"));
            None
        }
    }
}

const PRESETS: &[(&str, Preset)] = &[("light", Preset::Light), ("standard", Preset::Standard), ("audit", Preset::Audit)];

const REVEALS: &[(&str, Reveal)] =
    &[("own-batch-sealed", Reveal::OwnBatchSealed), ("question", Reveal::Question), ("submission", Reveal::Submission)];

const EVIDENCE: &[(&str, EvidenceRule)] = &[
    ("none", EvidenceRule::None),
    ("extremes-at-seal", EvidenceRule::ExtremesAtSeal),
    ("every-rating-at-seal", EvidenceRule::EveryRatingAtSeal),
];

const GATES: &[(&str, DecisionGate)] = &[("wave-reviewed", DecisionGate::WaveReviewed), ("off", DecisionGate::Off)];

//! The rules that hold for a batch: the rubric's, and what the batch overrides.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::interview::Digest;
use crate::rubric::{Calibration, Playback, Policy, Protocol, Rubric, SpeedRule};
use crate::scorecard::Record;

/// How numbers are made, and how people review.
#[derive(Clone, PartialEq, Debug)]
pub struct Rules {
    /// How people review.
    pub protocol: Protocol,
    /// How numbers are made.
    pub policy: Policy,
}

impl Rules {
    /// The rules as the rubric states them.
    pub fn of(rubric: &Rubric) -> Self {
        Rules { protocol: rubric.protocol.clone(), policy: rubric.policy.clone() }
    }
}

/// A setting that could not be taken over: unknown, or of another kind. The rubric's value holds instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unfit {
    /// The setting's name.
    pub setting: String,
}

/// The rules that hold for a batch: the rubric's, overridden by the batch's `Protocol`.
pub fn effective(rubric: &Rubric, record: &Record) -> Rules {
    match &record.protocol {
        Some(own) => from_settings(&Rules::of(rubric), &own.settings).0,
        None => Rules::of(rubric),
    }
}

/// The hash of settings, as it is journaled with them.
pub fn hash(settings: &Value) -> Digest {
    Digest::of(settings.to_string().as_bytes())
}

/// All settings as JSON, keys in alphabetical order, values as a rubric's file writes them.
pub fn settings(rules: &Rules) -> Value {
    let p = &rules.protocol;
    let all = [
        ("absent_author_days", json!(p.absent_author_days)),
        ("calibration", json!(p.calibration)),
        ("change_reason_always", json!(p.change_reason_always)),
        ("decision_gate", json!(p.decision_gate)),
        ("documents", json!(p.documents)),
        ("evidence", json!(p.evidence)),
        ("excerpt_seconds", json!(p.excerpt_seconds)),
        ("failed_second_reader_off", json!(p.failed_second_reader_off)),
        ("handoff_names_open", json!(p.handoff_names_open)),
        ("heard_min", json!(p.heard_min)),
        ("hide_names", json!(p.hide_names)),
        ("literal_hits", json!(p.literal_hits)),
        ("min_reviewers", json!(rules.policy.min_reviewers)),
        ("order", json!(p.order)),
        ("playback", playback(&p.playback)),
        ("preset", json!(p.preset)),
        ("pseudonyms", json!(p.pseudonyms)),
        ("reveal", json!(p.reveal)),
        ("seal", json!(p.seal)),
        ("shuffle", json!(p.shuffle)),
        ("video", json!(p.video)),
    ];
    Value::Object(all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

fn playback(playback: &Playback) -> Value {
    let speed = match playback.speed {
        SpeedRule::Free => json!("free"),
        SpeedRule::Fixed(factor) => json!(factor),
    };
    json!({ "skip_silence": playback.skip_silence, "speed": speed })
}

/// `base` with these settings in place of its own; what cannot be read is named, and `base` holds.
pub fn from_settings(base: &Rules, settings: &Value) -> (Rules, Vec<Unfit>) {
    let mut rules = base.clone();
    let mut unfit = Vec::new();
    for (key, value) in settings.as_object().into_iter().flatten() {
        if set(&mut rules, key, value).is_none() {
            unfit.push(Unfit { setting: key.clone() });
        }
    }
    (rules, unfit)
}

fn set(rules: &mut Rules, key: &str, value: &Value) -> Option<()> {
    let p = &mut rules.protocol;
    match key {
        "absent_author_days" => p.absent_author_days = read(value)?,
        "calibration" => p.calibration = read::<Option<Calibration>>(value)?,
        "change_reason_always" => p.change_reason_always = read(value)?,
        "decision_gate" => p.decision_gate = read(value)?,
        "documents" => p.documents = read(value)?,
        "evidence" => p.evidence = read(value)?,
        "excerpt_seconds" => p.excerpt_seconds = read(value)?,
        "failed_second_reader_off" => p.failed_second_reader_off = read(value)?,
        "handoff_names_open" => p.handoff_names_open = read(value)?,
        "heard_min" => p.heard_min = read(value).filter(|share| (0.0..=1.0).contains(share))?,
        "hide_names" => p.hide_names = read(value)?,
        "literal_hits" => p.literal_hits = read(value)?,
        "min_reviewers" => rules.policy.min_reviewers = read(value).filter(|&n: &u32| n > 0)?,
        "order" => p.order = read(value)?,
        "playback" => {
            p.playback.skip_silence = read(value.get("skip_silence")?)?;
            p.playback.speed = speed(value.get("speed")?)?;
        }
        "preset" => p.preset = read(value)?,
        "pseudonyms" => p.pseudonyms = read(value)?,
        "reveal" => p.reveal = read(value)?,
        "seal" => p.seal = read(value)?,
        "shuffle" => p.shuffle = read(value)?,
        "video" => p.video = read(value)?,
        _ => return None,
    }
    Some(())
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

fn speed(value: &Value) -> Option<SpeedRule> {
    match value.as_f64() {
        Some(factor) => (0.5..=3.0).contains(&factor).then_some(SpeedRule::Fixed(factor)),
        None => (value.as_str() == Some("free")).then_some(SpeedRule::Free),
    }
}

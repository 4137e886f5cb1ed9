//! The rules that hold for a batch: the rubric's, and what the batch overrides.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::interview::Digest;
use crate::rubric::{Calibration, Playback, Policy, Protocol, Rubric, SpeedRule, canonical_json};
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
    overridden(Rules::of(rubric), record)
}

/// The rules that hold for a batch over `base`.
pub fn overridden(base: Rules, record: &Record) -> Rules {
    match &record.protocol {
        Some(own) => from_settings(&base, &own.settings).0,
        None => base,
    }
}

/// The hash of settings, as it is journaled with them: SHA-256 over canonical JSON.
pub fn hash(settings: &Value) -> Digest {
    Digest::of(canonical_json(settings).as_bytes())
}

/// All settings as JSON in the words of a rubric's `[protocol]`, and `min_reviewers`; keys in alphabetical order.
pub fn settings(rules: &Rules) -> Value {
    let mut all = rules.protocol.to_json();
    all["min_reviewers"] = json!(rules.policy.min_reviewers);
    serde_json::from_str(&canonical_json(&all)).expect("canonical JSON is JSON")
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
        "absent_author" => p.absent_author_days = absent_author(value.as_str()?)?,
        "calibration" if value.as_str() == Some("off") => p.calibration = None,
        "calibration" => p.calibration = Some(read::<Calibration>(value)?),
        "change_reason" => p.change_reason_always = either(value, "always", "after-reveal")?,
        "decision_gate" => p.decision_gate = read(value)?,
        "documents" => p.documents = read(value)?,
        "evidence" => p.evidence = read(value)?,
        "excerpt_seconds" => p.excerpt_seconds = read(value)?,
        "failed_second_reader" => p.failed_second_reader_off = either(value, "off", "warn")?,
        "handoff_names" => p.handoff_names_open = either(value, "open", "hidden")?,
        "heard_min" => p.heard_min = read(value).filter(|share| (0.0..=1.0).contains(share))?,
        "hide_names" => p.hide_names = read(value)?,
        "literal_hits" => p.literal_hits = read(value)?,
        "min_reviewers" => rules.policy.min_reviewers = read(value).filter(|&n: &u32| n > 0)?,
        "order" => p.order = read(value)?,
        "playback" => {
            let (skip_silence, speed) = (read(value.get("skip_silence")?)?, speed(value.get("speed")?)?);
            p.playback = Playback { speed, skip_silence };
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

/// Whether the one word stands there, not the other.
fn either(value: &Value, yes: &str, no: &str) -> Option<bool> {
    let word = value.as_str()?;
    (word == yes || word == no).then_some(word == yes)
}

fn absent_author(word: &str) -> Option<Option<u32>> {
    match word.strip_prefix("release-after-days:") {
        Some(days) => days.parse().ok().map(Some),
        None => (word == "count-without").then_some(None),
    }
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

//! The two hashes of a rubric: what scores rest on, and everything else.
//!
//! Both are SHA-256 over canonical JSON (RFC 8785). `[freeze]` is in neither, comments do not count, and a setting that is as
//! its preset has it is left out, so that a setting which a later version adds changes no hash.

use serde_json::{Map, Value, json};

use super::jcs::canonical_json;
use super::model::{AnchorClip, Criterion, MustHave, Question, Rubric};
use super::settings::{Policy, Protocol, SpeedRule};
use crate::interview::Digest;
use crate::text::SafeText;

/// A hash that is not the one in `[freeze]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FreezeDifference {
    /// Whether it is the scoring hash, which keeps scores out of one table; else the text hash.
    pub scoring: bool,
    /// The hash in `[freeze]`.
    pub frozen: Digest,
    /// The content's own.
    pub found: Digest,
}

impl FreezeDifference {
    /// What it means, in one sentence.
    pub fn reason(&self) -> String {
        let (what, parts) = if self.scoring {
            ("scoring_hash", "ids, scale, weights or anchors")
        } else {
            ("text_hash", "the wording or a setting")
        };
        format!(
            "{parts} changed after the freeze: `{what}` is sha256:{}…, and the content has sha256:{}…",
            self.frozen.short(),
            self.found.short()
        )
    }
}

impl Rubric {
    /// Hash of ids, scale, weights and anchors. Scores under a different one never enter the same table.
    ///
    /// The order of questions and criteria is not in it: it changes no score.
    pub fn scoring_hash(&self) -> Digest {
        digest(&self.scoring_json())
    }

    /// Hash of everything else. A difference warns.
    pub fn text_hash(&self) -> Digest {
        digest(&self.text_json())
    }

    /// Which hashes differ from those in `[freeze]`; none where it is not frozen.
    pub fn changes_since_freeze(&self) -> Vec<FreezeDifference> {
        let Some(freeze) = &self.freeze else { return Vec::new() };
        let pairs = [(true, freeze.scoring_hash, self.scoring_hash()), (false, freeze.text_hash, self.text_hash())];
        let differing = pairs.into_iter().filter(|(_, frozen, found)| frozen != found);
        differing.map(|(scoring, frozen, found)| FreezeDifference { scoring, frozen, found }).collect()
    }

    fn scoring_json(&self) -> Value {
        let anchors = |criterion: &Criterion| -> Map<String, Value> {
            criterion.anchors.iter().map(|(point, text)| (point.to_string(), text.raw().into())).collect()
        };
        let criteria = |question: &Question| -> Map<String, Value> {
            let criterion = |criterion: &Criterion| json!({ "weight": criterion.weight, "anchors": anchors(criterion) });
            question.criteria.iter().map(|each| (each.id.to_string(), criterion(each))).collect()
        };
        let questions: Map<String, Value> =
            self.questions.iter().map(|question| (question.id.to_string(), Value::Object(criteria(question)))).collect();
        json!({
            "id": self.id,
            "scale": {
                "min": self.scale.min,
                "max": self.scale.max,
                "labels": self.scale.labels,
                "allow_half": self.scale.allow_half,
            },
            "questions": questions,
        })
    }

    fn text_json(&self) -> Value {
        without_empty(json!({
            "format": 1,
            "version": self.version,
            "title": self.title,
            "language": self.language,
            "job_analysis": self.job_analysis,
            "deadline_hours": self.deadline_hours,
            "require_anchors": self.scale.require_anchors,
            "preset": self.protocol.preset,
            "policy": differing(self.policy.to_json(), &Policy::preset(self.protocol.preset).to_json()),
            "protocol": differing(self.protocol.to_json(), &Protocol::preset(self.protocol.preset).to_json()),
            "questions": self.questions.iter().map(question_text).collect::<Vec<_>>(),
            "must_haves": self.must_haves.iter().map(must_have_text).collect::<Vec<_>>(),
            "anchor_clips": self.anchor_clips.iter().map(clip_text).collect::<Vec<_>>(),
        }))
    }
}

fn digest(value: &Value) -> Digest {
    Digest::of(canonical_json(value).as_bytes())
}

fn question_text(question: &Question) -> Value {
    without_empty(json!({
        "id": question.id,
        "prompt": question.prompt,
        "type": question.category,
        "think_seconds": question.think_seconds,
        "answer_seconds": question.answer_seconds,
        "retakes": question.retakes,
        "probe_hint": question.probe_hint,
        "criteria": question.criteria.iter().map(criterion_text).collect::<Vec<_>>(),
    }))
}

fn criterion_text(criterion: &Criterion) -> Value {
    let look_for = criterion.look_for.iter().map(|look| json!({ "text": look.text, "words": look.words }));
    without_empty(json!({
        "id": criterion.id,
        "name": criterion.name,
        "competency": criterion.competency,
        "knockout": criterion.knockout,
        "look_for": look_for.collect::<Vec<_>>(),
        "ignore": criterion.ignore,
    }))
}

fn must_have_text(must_have: &MustHave) -> Value {
    without_empty(json!({ "id": must_have.id, "text": must_have.text, "question": must_have.question }))
}

fn clip_text(clip: &AnchorClip) -> Value {
    let key: Map<String, Value> = clip.key.iter().map(|(criterion, point)| (criterion.to_string(), json!(point))).collect();
    json!({ "id": clip.id, "question": clip.question, "media": clip.media, "key": key, "rationale": clip.rationale })
}

/// An object without the entries that say nothing.
fn without_empty(mut value: Value) -> Value {
    if let Some(entries) = value.as_object_mut() {
        let says_nothing = |value: &Value| {
            value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
        };
        entries.retain(|_, value| !says_nothing(value));
    }
    value
}

/// The entries of `settings` that are not as in `preset`.
fn differing(mut settings: Value, preset: &Value) -> Value {
    if let Some(entries) = settings.as_object_mut() {
        entries.retain(|key, value| preset.get(key) != Some(value));
    }
    settings
}

impl Policy {
    /// All settings in the words of the file.
    pub fn to_json(&self) -> Value {
        json!({
            "not_observed": self.not_observed,
            "not_answered": self.not_answered,
            "technical_fault": self.technical_fault,
            "min_reviewers": self.min_reviewers,
            "min_coverage": self.min_coverage,
            "aggregate": self.aggregate,
            "disagreement_gap": self.disagreement_gap,
            "total_scale": "pomp100",
        })
    }
}

impl Protocol {
    /// All settings in the words of the file.
    pub fn to_json(&self) -> Value {
        let speed = match self.playback.speed {
            SpeedRule::Free => json!("free"),
            SpeedRule::Fixed(factor) => json!(factor),
        };
        let absent_author = self.absent_author_days.map_or("count-without".into(), |days| format!("release-after-days:{days}"));
        json!({
            "preset": self.preset,
            "order": self.order,
            "shuffle": self.shuffle,
            "hide_names": self.hide_names,
            "reveal": self.reveal,
            "seal": self.seal,
            "evidence": self.evidence,
            "calibration": self.calibration.as_ref().map_or(json!("off"), |calibration| json!(calibration)),
            "heard_min": self.heard_min,
            "decision_gate": self.decision_gate,
            "playback": { "speed": speed, "skip_silence": self.playback.skip_silence },
            "video": self.video,
            "documents": self.documents,
            "pseudonyms": self.pseudonyms,
            "literal_hits": self.literal_hits,
            "handoff_names": if self.handoff_names_open { "open" } else { "hidden" },
            "excerpt_seconds": self.excerpt_seconds,
            "absent_author": absent_author,
            "failed_second_reader": if self.failed_second_reader_off { "off" } else { "warn" },
            "change_reason": if self.change_reason_always { "always" } else { "after-reveal" },
        })
    }
}

/// The hash as files write it.
pub fn written(hash: &Digest) -> SafeText {
    SafeText::line(&format!("sha256:{hash}"))
}

#[cfg(test)]
mod tests {
    use crate::rubric::Rubric;

    const MINIMAL: &str = include_str!("../../tests/fixtures/rubrics/minimal.toml");

    fn read(text: &str) -> Rubric {
        Rubric::read("minimal.toml", text).expect("the fixture is valid").rubric
    }

    /// Which of the two hashes differ from the fixture's: (scoring, text).
    fn changed(from: &str, to: &str) -> (bool, bool) {
        assert!(MINIMAL.contains(from), "the fixture has no {from:?}");
        let (before, after) = (read(MINIMAL), read(&MINIMAL.replacen(from, to, 1)));
        (before.scoring_hash() != after.scoring_hash(), before.text_hash() != after.text_hash())
    }

    #[test]
    fn what_scores_rest_on_changes_the_scoring_hash_alone() {
        assert_eq!(changed("weight = 2", "weight = 2.5"), (true, false));
        assert_eq!(changed("Reaches the cause", "Finds the cause"), (true, false));
        assert_eq!(changed("allow_half = false", "allow_half = true"), (true, false));
    }

    #[test]
    fn wording_and_settings_change_the_text_hash_alone() {
        assert_eq!(changed("Tell us", "Please tell us"), (false, true));
        assert_eq!(changed("version = \"1.0.0\"", "version = \"1.0.1\""), (false, true));
        assert_eq!(changed("min_coverage = 0.8", "min_coverage = 0.9"), (false, true));
    }

    #[test]
    fn comments_spelling_of_numbers_and_settings_as_the_preset_has_them_do_not_count() {
        assert_eq!(changed("format = 1", "# a comment\nformat = 1"), (false, false));
        assert_eq!(changed("weight = 2", "weight = 2.0"), (false, false));
        assert_eq!(changed("min_coverage = 0.8\n", ""), (false, false));
    }

    #[test]
    fn the_hashes_are_the_same_on_every_machine_and_in_every_version() {
        let rubric = read(MINIMAL);
        assert_eq!(rubric.scoring_hash().short(), "453b5e81");
        assert_eq!(rubric.text_hash().short(), "7f6d767f");
    }

    #[test]
    fn a_rubric_that_changed_after_its_freeze_is_refused_with_the_hash_that_differs() {
        let rubric = read(MINIMAL);
        let freeze = format!(
            "\n[freeze]\nat = \"2026-11-20T09:00:00Z\"\nby = \"ops\"\nscoring_hash = \"{}\"\ntext_hash = \"{}\"\n",
            super::written(&rubric.scoring_hash()),
            super::written(&rubric.text_hash())
        );
        let frozen = format!("{MINIMAL}{freeze}");
        assert!(Rubric::read("minimal.toml", &frozen).is_ok());
        let problems = Rubric::read("minimal.toml", &frozen.replacen("weight = 2", "weight = 4", 1)).expect_err("it was changed");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].reason.as_str().contains("scoring_hash"), "{}", problems[0].reason);
    }
}

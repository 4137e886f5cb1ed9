//! A rubric taken apart, each part with its place and its value as text.

use serde_json::Value;

use crate::rubric::model::{AnchorClip, Criterion, MustHave, Question, Rubric};

/// What a part counts for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// It is in the scoring hash.
    Scoring,
    /// Words that people read.
    Wording,
    /// Figures, choices and the order.
    Setting,
}

/// One part.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) place: String,
    pub(super) kind: Kind,
    pub(super) value: String,
}

/// All parts in the order of the file; the version is none of them.
pub(super) fn of(rubric: &Rubric) -> Vec<Part> {
    let mut parts = Parts(Vec::new());
    parts.head(rubric);
    for question in &rubric.questions {
        parts.question(question);
    }
    rubric.must_haves.iter().for_each(|must_have| parts.must_have(must_have));
    rubric.anchor_clips.iter().for_each(|clip| parts.clip(clip));
    parts.0
}

struct Parts(Vec<Part>);

impl Parts {
    fn put(&mut self, kind: Kind, place: impl Into<String>, value: impl ToString) {
        self.0.push(Part { place: place.into(), kind, value: value.to_string() });
    }

    fn maybe(&mut self, kind: Kind, place: String, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.put(kind, place, value);
        }
    }

    fn head(&mut self, rubric: &Rubric) {
        use Kind::*;
        self.put(Scoring, "id", &rubric.id);
        self.put(Wording, "title", &rubric.title);
        self.maybe(Setting, "language".into(), rubric.language.as_ref());
        self.maybe(Setting, "job_analysis".into(), rubric.job_analysis.as_ref());
        self.maybe(Setting, "deadline_hours".into(), rubric.deadline_hours);
        let scale = &rubric.scale;
        self.put(Scoring, "scale / min", scale.min);
        self.put(Scoring, "scale / max", scale.max);
        self.put(Scoring, "scale / labels", joined(&scale.labels));
        self.put(Scoring, "scale / allow_half", scale.allow_half);
        self.put(Setting, "scale / require_anchors", joined(&scale.require_anchors));
        self.settings("policy", &rubric.policy.to_json());
        self.settings("protocol", &rubric.protocol.to_json());
        self.put(Setting, "order of the questions", joined(rubric.questions.iter().map(|question| &question.id)));
    }

    fn settings(&mut self, place: &str, settings: &Value) {
        for (key, value) in settings.as_object().into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.put(Kind::Setting, format!("{place} / {key}"), value);
        }
    }

    fn question(&mut self, question: &Question) {
        use Kind::*;
        let at = |key: &str| format!("{} / {key}", question.id);
        self.put(Scoring, question.id.as_str(), "a question");
        self.put(Wording, at("prompt"), &question.prompt);
        self.maybe(Setting, at("type"), question.category.as_ref());
        self.maybe(Setting, at("think_seconds"), question.think_seconds);
        self.maybe(Setting, at("answer_seconds"), question.answer_seconds);
        self.maybe(Setting, at("retakes"), question.retakes);
        self.maybe(Wording, at("probe_hint"), question.probe_hint.as_ref());
        self.put(Setting, at("order of the criteria"), joined(question.criteria.iter().map(|criterion| &criterion.id)));
        question.criteria.iter().for_each(|criterion| self.criterion(question, criterion));
    }

    fn criterion(&mut self, question: &Question, criterion: &Criterion) {
        use Kind::*;
        let top = format!("{} / {}", question.id, criterion.id);
        let at = |key: &str| format!("{top} / {key}");
        self.put(Scoring, &top, "a criterion");
        self.put(Wording, at("name"), &criterion.name);
        self.put(Scoring, at("weight"), criterion.weight);
        self.maybe(Setting, at("competency"), criterion.competency.as_ref());
        let knockout = criterion.knockout.as_ref().and_then(|knockout| serde_json::to_string(knockout).ok());
        self.maybe(Setting, at("knockout"), knockout);
        for look in &criterion.look_for {
            self.put(Wording, at(&format!("look_for \"{}\"", look.text)), joined(&look.words));
        }
        self.maybe(Wording, at("ignore"), (!criterion.ignore.is_empty()).then(|| joined(&criterion.ignore)));
        for (point, text) in &criterion.anchors {
            self.put(Scoring, at(&format!("anchor {point}")), text);
        }
    }

    fn must_have(&mut self, must_have: &MustHave) {
        let top = format!("must_have / {}", must_have.id);
        self.put(Kind::Setting, &top, "a must-have");
        self.put(Kind::Wording, format!("{top} / text"), &must_have.text);
        self.maybe(Kind::Setting, format!("{top} / question"), must_have.question.as_ref());
    }

    fn clip(&mut self, clip: &AnchorClip) {
        let top = format!("anchor_clip / {}", clip.id);
        self.put(Kind::Setting, &top, "an anchor clip");
        self.put(Kind::Setting, format!("{top} / question"), &clip.question);
        self.put(Kind::Setting, format!("{top} / media"), &clip.media);
        for (criterion, point) in &clip.key {
            self.put(Kind::Setting, format!("{top} / key {criterion}"), point);
        }
        self.put(Kind::Wording, format!("{top} / rationale"), &clip.rationale);
    }
}

fn joined(items: impl IntoIterator<Item = impl ToString>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

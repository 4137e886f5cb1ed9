//! Reads `[[must_have]]`, `[[anchor_clip]]` and `[freeze]`.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use toml::de::DeValue;

use super::questions::review_only;
use crate::form::Form;
use crate::interview::{Digest, QuestionId};
use crate::rubric::Point;
use crate::rubric::model::{AnchorClip, Freeze, MustHave, Question, Scale};
use crate::text;

/// Facts to be ascertained.
pub(super) fn must_haves(root: &Form<'_>, questions: &[Question]) -> Vec<MustHave> {
    let mut ids = HashSet::new();
    let forms = root.forms("must_have", "must_have").into_iter();
    forms.filter_map(|form| must_have(form, questions, &mut ids)).collect()
}

fn must_have(mut form: Form<'_>, questions: &[Question], ids: &mut HashSet<String>) -> Option<MustHave> {
    form.require("id", "add id = \"…\"");
    form.require("text", "add text = \"…\": what must be so");
    let id = unique_id(&mut form, "must-have", ids);
    let text = form.text("text").unwrap_or_default();
    let question = form.slug("question");
    if let Some(question) = &question {
        known_question(&form, question, questions);
    }
    review_only(&form, "on_no");
    form.finish();
    Some(MustHave { id: id?, text, question })
}

fn unique_id(form: &mut Form<'_>, what: &str, ids: &mut HashSet<String>) -> Option<crate::interview::Slug> {
    let id = form.slug("id")?;
    form.name = format!("{what} \"{id}\"");
    if !ids.insert(id.to_string().to_lowercase()) {
        form.error("id", &format!("two of the kind {what} have the id \"{id}\""), "give each its own id");
    }
    Some(id)
}

fn known_question<'q>(form: &Form<'_>, id: &QuestionId, questions: &'q [Question]) -> Option<&'q Question> {
    let found = questions.iter().find(|question| question.id == *id);
    if found.is_none() {
        let known = questions.iter().map(|question| question.id.as_str());
        form.error("question", &format!("{} names the question \"{id}\", which is not there", form.name), &text::known(known));
    }
    found
}

/// Gold-scored answers.
pub(super) fn anchor_clips(root: &Form<'_>, questions: &[Question], scale: &Scale) -> Vec<AnchorClip> {
    let mut ids = HashSet::new();
    let forms = root.forms("anchor_clip", "anchor_clip").into_iter();
    forms.filter_map(|form| anchor_clip(form, questions, scale, &mut ids)).collect()
}

fn anchor_clip(mut form: Form<'_>, questions: &[Question], scale: &Scale, ids: &mut HashSet<String>) -> Option<AnchorClip> {
    for key in ["id", "question", "media", "rationale"] {
        form.require(key, &format!("add {key} = \"…\""));
    }
    form.require("key", "add key = { criterion = point }: what the experts agreed on");
    let id = unique_id(&mut form, "anchor clip", ids);
    let question = form.slug("question");
    let asked = question.as_ref().and_then(|question| known_question(&form, question, questions));
    let media = form.text("media").unwrap_or_default();
    if leaves_the_folder(media.as_str()) {
        form.error(
            "media",
            &format!("`media` in {} leaves the rubric's folder", form.name),
            "write a path below the rubric's file",
        );
    }
    let key = form.form("key", format!("the key of {}", form.name));
    let key = key.map(|key| gold(&key, asked, scale)).unwrap_or_default();
    let rationale = form.text("rationale").unwrap_or_default();
    form.finish();
    Some(AnchorClip { id: id?, question: question?, media, key, rationale })
}

fn leaves_the_folder(path: &str) -> bool {
    path.starts_with(['/', '\\']) || path.contains(':') || path.split(['/', '\\']).any(|part| part == "..")
}

fn gold(form: &Form<'_>, asked: Option<&Question>, scale: &Scale) -> BTreeMap<crate::interview::CriterionId, Point> {
    let mut key = BTreeMap::new();
    for (name, at, value) in form.entries() {
        let Some(number) = form.number_of(name, value) else { continue };
        let point = Point::from_value(number).ok().filter(|point| scale.allows(*point));
        if point.is_none() {
            let remedy = format!("write a point from {} to {}", scale.min, scale.max);
            form.out.error(value.span().start, &format!("`{name}` in {} is {number}, which is off the scale", form.name), &remedy);
        }
        let Some(question) = asked else { continue };
        let Some(criterion) = question.criteria.iter().find(|criterion| criterion.id.as_str() == name) else {
            let known = text::known(question.criteria.iter().map(|criterion| criterion.id.as_str()));
            let reason = format!("{} names \"{name}\", which is no criterion of question \"{}\"", form.name, question.id);
            form.out.error(at.start, &reason, &known);
            continue;
        };
        key.extend(point.map(|point| (criterion.id.clone(), point)));
    }
    key
}

/// When and by whom it was frozen.
pub(super) fn freeze(root: &Form<'_>) -> Option<Freeze> {
    let form = root.form("freeze", "[freeze]".into())?;
    for key in ["at", "by", "scoring_hash", "text_hash"] {
        form.require(key, "freeze the rubric again with `earmark rubric freeze`");
    }
    let at = time(&form, "at");
    let by = form.text("by");
    let scoring_hash = hash(&form, "scoring_hash");
    let text_hash = hash(&form, "text_hash");
    let first_score_allowed_after = time(&form, "first_score_allowed_after");
    form.finish();
    Some(Freeze { at: at?, by: by?, scoring_hash: scoring_hash?, text_hash: text_hash?, first_score_allowed_after })
}

/// RFC 3339, in quotes or as TOML's own date.
fn time(form: &Form<'_>, key: &'static str) -> Option<Timestamp> {
    let written = match form.get(key)?.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        _ => String::new(),
    };
    let time = written.parse().ok();
    if time.is_none() {
        form.error(key, &format!("`{key}` in {} is no time with an offset", form.name), "write it as \"2026-11-20T09:00:00Z\"");
    }
    time
}

fn hash(form: &Form<'_>, key: &'static str) -> Option<Digest> {
    let text = form.text(key)?;
    let digest = text.as_str().strip_prefix("sha256:").and_then(|digits| digits.parse().ok());
    if digest.is_none() {
        let reason = format!("`{key}` in {} is no hash", form.name);
        form.error(key, &reason, "it is \"sha256:\" and 64 hexadecimal digits, written by `earmark rubric freeze`");
    }
    digest
}

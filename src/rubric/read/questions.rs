//! Reads `[[question]]` with its criteria and their anchors.

use std::collections::{BTreeMap, HashSet};

use super::places::Places;
use crate::form::{Form, Value};
use crate::interview::QuestionId;
use crate::rubric::model::{Criterion, Knockout, KnockoutRule, LookFor, Question, Scale};
use crate::text::SafeText;

const MOST_QUESTIONS: usize = 100;
const MOST_CRITERIA: usize = 50;
const DAY: i64 = 86_400;

/// All questions, and whether these are all that the file has; one that cannot be read is complained of and left out.
pub(super) fn questions(root: &Form<'_>, scale: &Scale, places: &mut Places) -> (Vec<Question>, bool) {
    let forms = root.forms("question", "question");
    if forms.is_empty() {
        root.out.missing(root.at, "the rubric has no question", "add [[question]] with an id, a prompt and criteria");
    }
    if forms.len() > MOST_QUESTIONS {
        root.error("question", &format!("{} questions", forms.len()), &format!("write at most {MOST_QUESTIONS}"));
        return (Vec::new(), false);
    }
    let (mut ids, count) = (HashSet::new(), forms.len());
    let read: Vec<Question> = forms.into_iter().filter_map(|form| question(form, scale, &mut ids, places)).collect();
    let is_all = count > 0 && read.len() == count;
    (read, is_all)
}

fn question(mut form: Form<'_>, scale: &Scale, ids: &mut HashSet<String>, places: &mut Places) -> Option<Question> {
    form.require("id", "add id = \"q1-…\"");
    form.require("prompt", "add prompt = \"…\", word for word as candidates are asked");
    let id = form.slug("id");
    if let Some(id) = &id {
        form.name = format!("question \"{id}\"");
        places.question(id, &form);
        if !ids.insert(id.to_string().to_lowercase()) {
            form.error("id", &format!("two questions have the id \"{id}\""), "give each question its own id");
        }
    }
    let prompt = form.text("prompt").unwrap_or_default();
    let category = form.text("type");
    let think_seconds = form.count("think_seconds", 0..=DAY);
    let answer_seconds = form.count("answer_seconds", 1..=DAY);
    let retakes = form.count("retakes", 0..=1000);
    let probe_hint = form.text("probe_hint");
    let criteria = criteria(&form, id.as_ref(), scale, places);
    form.finish();
    Some(Question { id: id?, prompt, category, think_seconds, answer_seconds, retakes, probe_hint, criteria })
}

fn criteria(form: &Form<'_>, question: Option<&QuestionId>, scale: &Scale, places: &mut Places) -> Vec<Criterion> {
    let forms = form.forms("criterion", "question.criterion");
    if forms.is_empty() {
        let remedy = "add [[question.criterion]] with an id, a name and anchors";
        form.out.missing(form.at, &format!("{} has no criterion", form.name), remedy);
    }
    if forms.len() > MOST_CRITERIA {
        form.error("criterion", &format!("{} criteria", forms.len()), &format!("write at most {MOST_CRITERIA}"));
        return Vec::new();
    }
    let mut ids = HashSet::new();
    forms.into_iter().filter_map(|form| criterion(form, question, scale, &mut ids, places)).collect()
}

fn criterion(
    mut form: Form<'_>,
    question: Option<&QuestionId>,
    scale: &Scale,
    ids: &mut HashSet<String>,
    places: &mut Places,
) -> Option<Criterion> {
    form.require("id", "add id = \"…\"");
    form.require("name", "add name = \"…\", as reviewers read it");
    form.require("anchors", "add [question.criterion.anchors] with the behaviour for each point");
    let id = form.slug("id");
    if let Some(id) = &id {
        form.name = format!("criterion \"{id}\"");
        places.criterion(question, id, &form);
        if !ids.insert(id.to_string().to_lowercase()) {
            form.error("id", &format!("two criteria of this question have the id \"{id}\""), "give each criterion its own id");
        }
    }
    let name = form.text("name").unwrap_or_default();
    let weight = weight(&form);
    let competency = form.text("competency");
    let knockout = form.form("knockout", format!("the knockout of {}", form.name)).map(|knockout| self::knockout(&knockout, scale));
    let look_for = look_for(&form);
    let ignore = form.texts("ignore");
    let anchors = form.form("anchors", format!("the anchors of {}", form.name));
    let anchors = anchors.map(|anchors| self::anchors(&anchors, scale)).unwrap_or_default();
    form.finish();
    Some(Criterion { id: id?, name, weight, competency, knockout, look_for, ignore, anchors })
}

/// Weights lie within these: far beyond them sums lose what they are to hold.
pub(crate) const LEAST_WEIGHT: f64 = 0.001;
pub(crate) const MOST_WEIGHT: f64 = 1000.0;

/// The weight, 1 where none is written.
fn weight(form: &Form<'_>) -> f64 {
    match form.number("weight") {
        Some(weight) if weight <= 0.0 => {
            let reason = format!("`weight` in {} is {weight}", form.name);
            form.error("weight", &reason, "write a number above 0; a criterion that must not count is left out");
            1.0
        }
        Some(weight) if !(LEAST_WEIGHT..=MOST_WEIGHT).contains(&weight) => {
            let reason = format!("`weight` in {} is {weight:e}", form.name);
            let remedy =
                format!("write a number from {LEAST_WEIGHT} to {MOST_WEIGHT}: only how weights compare with each other counts");
            form.error("weight", &reason, &remedy);
            1.0
        }
        weight => weight.unwrap_or(1.0),
    }
}

fn knockout(form: &Form<'_>, scale: &Scale) -> Knockout {
    form.require("below", "add below = 2: a person looks at ratings under it");
    let below = form.within("below", f64::from(scale.min)..=f64::from(scale.max)).unwrap_or_default();
    let rules = [("median", KnockoutRule::Median), ("mean", KnockoutRule::Mean), ("any", KnockoutRule::Any)];
    let rule = form.word("rule", &rules).unwrap_or(KnockoutRule::Median);
    review_only(form, "action");
    form.finish();
    Knockout { below, rule }
}

/// The one action there is: a person looks.
pub(super) fn review_only(form: &Form<'_>, key: &'static str) {
    let Some(value) = form.get(key) else { return };
    if value.get_ref().as_str() != Some("review") {
        let reason = format!("`{key}` in {} is not \"review\": a machine never rejects", form.name);
        form.error(key, &reason, &format!("write {key} = \"review\": a person looks"));
    }
}

/// A plain text is its own phrase.
fn look_for(form: &Form<'_>) -> Vec<LookFor> {
    let items = form.list("look_for", "a list, such as [\"names a check\"]").unwrap_or_default();
    items.into_iter().filter_map(|item| look_for_item(form, item)).collect()
}

fn look_for_item(form: &Form<'_>, item: Value<'_>) -> Option<LookFor> {
    if !item.get_ref().is_table() {
        let text = form.text_of("look_for", item)?;
        return Some(LookFor { words: vec![text.clone()], text });
    }
    let inner = form.form_of("look_for", item, format!("look_for of {}", form.name))?;
    inner.require("text", "add text = \"…\": what is looked for");
    let text = inner.text("text").unwrap_or_default();
    let mut words = inner.texts("words");
    if words.is_empty() {
        words.push(text.clone());
    }
    inner.finish();
    Some(LookFor { text, words })
}

fn anchors(form: &Form<'_>, scale: &Scale) -> BTreeMap<i16, SafeText> {
    let mut anchors = BTreeMap::new();
    for (key, at, value) in form.entries() {
        let Some(text) = form.text_of(key, value) else { continue };
        match key.parse::<i16>() {
            Ok(point) if (scale.min..=scale.max).contains(&point) => {
                if let Some((other, _)) = anchors.iter().find(|(_, anchor)| same_words(anchor, &text)) {
                    let reason = format!("{} say the same for {other} and for {point}", form.name);
                    form.out.error(value.span().start, &reason, "describe the behaviour that tells the two points apart");
                }
                anchors.insert(point, text);
            }
            Ok(point) => {
                let remedy = format!("the scale goes from {} to {}", scale.min, scale.max);
                form.out.error(at.start, &format!("{} have {point}, which is off the scale", form.name), &remedy);
            }
            Err(_) => {
                let remedy = "write the point as a whole number, such as 3 = \"…\"";
                form.out.error(at.start, &format!("`{key}` in {} is no point", form.name), remedy);
            }
        }
    }
    for point in scale.require_anchors.iter().filter(|point| !anchors.contains_key(point)) {
        let written = form.entries().any(|(key, ..)| key == point.to_string());
        if !written {
            let remedy = format!("add {point} = \"…\": the behaviour that earns it");
            form.out.missing(form.at, &format!("{} have none for {point}", form.name), &remedy);
        }
    }
    anchors
}

fn same_words(a: &SafeText, b: &SafeText) -> bool {
    let words = |text: &SafeText| text.as_str().to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    words(a) == words(b)
}

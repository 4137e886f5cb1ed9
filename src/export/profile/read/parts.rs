//! Reads `[match]`, `[rows]`, `[deliver]`, `[retry]` and `[privacy]`.

use std::time::Duration;

use indexmap::IndexMap;

use crate::export::profile::model::{Deliver, Filter, IdForm, Ident, OnMissing, Privacy, Retry, ReviewerNames, Rows, Shape};
use crate::form::Form;

/// `[match]`.
pub(super) fn ident(root: &Form<'_>) -> Ident {
    let mut ident = Ident {
        key: "application_id".into(),
        require: Vec::new(),
        on_missing: OnMissing::default(),
        form: IdForm::default(),
        alike: Vec::new(),
        longest: 255,
    };
    let Some(form) = root.form("match", "[match]".into()) else { return ident };
    if let Some(key) = form.text("key") {
        ident.key = key.raw().to_owned();
    }
    ident.require = strings(&form, "require");
    ident.alike = strings(&form, "alike");
    let missing = [("quarantine", OnMissing::Quarantine), ("fail", OnMissing::Fail), ("skip", OnMissing::Skip)];
    set(&mut ident.on_missing, form.word("on_missing", &missing));
    set(&mut ident.form, form.word("id_form", &[("text", IdForm::Text), ("digits", IdForm::Digits), ("uuid", IdForm::Uuid)]));
    set(&mut ident.longest, form.count("id_longest", 1..=1000).map(|most| most as usize));
    form.finish();
    ident
}

/// `[rows]`.
pub(super) fn rows(root: &Form<'_>) -> Rows {
    let mut rows = Rows { filter: vec![Filter::Ready], changed_only: true, ..Rows::default() };
    let Some(form) = root.form("rows", "[rows]".into()) else { return rows };
    set(&mut rows.shape, form.word("shape", &[("wide", Shape::Wide), ("long", Shape::Long)]));
    let words = [("ready", Filter::Ready), ("decided", Filter::Decided), ("advanced", Filter::Advanced)];
    if let Some(items) = form.list("filter", "a list, such as [\"ready\", \"decided\"]") {
        rows.filter = items.into_iter().filter_map(|item| form.word_of("filter", item, &words)).collect();
    }
    set(&mut rows.changed_only, form.flag("changed_only"));
    rows.order = strings(&form, "order");
    form.finish();
    rows
}

/// `[deliver]`.
pub(super) fn deliver(root: &Form<'_>) -> Deliver {
    let Some(form) = root.form("deliver", "[deliver]".into()) else { return Deliver::default() };
    let text = |key| form.text(key).map(|text| text.raw().to_owned());
    if let Some(scheme) = text("to").as_deref().and_then(unspoken_scheme) {
        let remedy = "write a folder, a file, sftp://HOST/FOLDER/ or https://…";
        form.error("to", &format!("`to` in {}: {scheme}:// is not spoken", form.name), remedy);
    }
    let deliver = Deliver {
        to: text("to"),
        done: text("done_marker"),
        sha256: form.flag("sha256").unwrap_or(false),
        manifest: form.flag("manifest").unwrap_or(false),
        taken_at_once: form.flag("taken_at_once").unwrap_or(false),
        taken_away: form.flag("taken_away").unwrap_or(false),
        key: text("key"),
        known_hosts: text("known_hosts"),
        headers: texts_by_name(&form, "headers"),
    };
    form.finish();
    deliver
}

/// The scheme of an address that nothing is delivered to; none of a path, or of an address that is.
pub fn unspoken_scheme(to: &str) -> Option<&str> {
    let (scheme, _) = to.split_once("://")?;
    let is_scheme = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let is_spoken = ["sftp", "https", "http"].iter().any(|known| known.eq_ignore_ascii_case(scheme));
    (is_scheme && !is_spoken).then_some(scheme)
}

/// `[retry]`.
pub(super) fn retry(root: &Form<'_>) -> Retry {
    let mut retry = Retry::default();
    let Some(form) = root.form("retry", "[retry]".into()) else { return retry };
    set(&mut retry.attempts, form.count("attempts", 1..=20));
    set(&mut retry.base, duration(&form, "base"));
    set(&mut retry.cap, duration(&form, "cap"));
    set(&mut retry.again_after, duration(&form, "again_after"));
    if let Some(items) = form.list("on", "a list of HTTP statuses, such as [429, 503]") {
        let statuses = items.into_iter().filter_map(|item| form.whole_of("on", item, 400..=599));
        retry.on = statuses.map(|status| status as u16).collect();
    }
    form.finish();
    retry
}

/// `[privacy]`.
pub(super) fn privacy(root: &Form<'_>) -> Privacy {
    let Some(form) = root.form("privacy", "[privacy]".into()) else { return Privacy::default() };
    let called = [("pseudonym", ReviewerNames::Pseudonym), ("full", ReviewerNames::Full)];
    let privacy = Privacy {
        names: form.flag("names").unwrap_or(false),
        reviewers: form.word("reviewer_names", &called).unwrap_or_default(),
        deny: strings(&form, "deny"),
    };
    form.finish();
    privacy
}

/// `300ms`, `2s`, `5m`, `6h`.
fn duration(form: &Form<'_>, key: &'static str) -> Option<Duration> {
    let text = form.text(key)?;
    let text = text.as_str();
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let unit = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let millis = number.parse::<u64>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    let found = millis.filter(|millis| *millis <= 24 * 3_600_000).map(Duration::from_millis);
    if found.is_none() {
        form.error(
            key,
            &format!("`{key}` in {} is \"{text}\"", form.name),
            "write a time such as \"2s\" or \"5m\", at most \"24h\"",
        );
    }
    found
}

/// A list of texts as they are written.
pub(super) fn strings(form: &Form<'_>, key: &'static str) -> Vec<String> {
    form.texts(key).iter().map(|text| text.raw().to_owned()).collect()
}

/// A table of texts whose keys are free.
pub(super) fn texts_by_name(form: &Form<'_>, key: &'static str) -> IndexMap<String, String> {
    let Some(inner) = form.form(key, format!("`{key}` in {}", form.name)) else { return IndexMap::new() };
    let entries = inner.entries().filter_map(|(name, _, value)| Some((name.to_owned(), inner.string_of(name, value)?)));
    entries.collect()
}

pub(super) fn set<T>(setting: &mut T, written: Option<T>) {
    if let Some(written) = written {
        *setting = written;
    }
}

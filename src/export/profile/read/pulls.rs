//! Reads `[[pull]]`, and how listings go on.

use toml::de::DeValue;

use super::requests::{call, pointer};
use super::set;
use crate::export::profile::model::Kind;
use crate::export::profile::pointer::Pointer;
use crate::export::profile::pull::{Each, Known, Next, Pull};
use crate::export::profile::push::{Body, Call};
use crate::form::{Form, Value};

/// All pulls, each with where it begins.
pub(super) fn pulls(root: &Form<'_>, kind: Kind) -> Vec<(usize, Pull)> {
    let forms = root.forms("pull", "pull").into_iter();
    forms.filter_map(|form| Some((form.at, pull(form, kind)?))).collect()
}

fn pull(mut form: Form<'_>, kind: Kind) -> Option<Pull> {
    for (key, remedy) in [
        ("name", "add name = \"applications\""),
        ("path", "add path = \"/…\""),
        ("into", "add into = { application_id = \"/id\", candidate_id = \"/candidate/id\" }"),
    ] {
        form.require(key, remedy);
    }
    let name = form.slug("name");
    if let Some(name) = &name {
        form.name = format!("pull \"{name}\"");
    }
    let next = next(&form);
    let call = asked(&form, kind, next.as_ref().map(Next::fields).unwrap_or_default().to_vec());
    let list = form.string("list").and_then(|text| pointer(&form, "list", &text));
    let within = form.get("within").map(|value| pointers(&form, "within", value)).unwrap_or_default();
    let into = into(&form);
    let mut known: Vec<&'static str> = names(&into).collect();
    let mut each = Vec::new();
    for mut inner in form.forms("each", "pull.each") {
        inner.require("path", "add path = \"/…/{application_id}\"");
        inner.name = format!("each of {}", form.name);
        let call = asked(&inner, kind, known.clone());
        let into = self::into(&inner);
        known.extend(names(&into));
        each.extend(call.map(|call| Each { call, into }));
        inner.finish();
    }
    form.finish();
    Some(Pull { name: name.map(|name| name.to_string()).unwrap_or_default(), call: call?, list, within, next, into, each })
}

/// A request, which may name these fields, the requisition, and the customer's own values.
fn asked(form: &Form<'_>, kind: Kind, known: Vec<&'static str>) -> Option<Call> {
    let mut call = call(form, kind)?;
    set(&mut call.verb, (form.get("verb").is_none() && matches!(call.body, Body::Empty)).then(|| "GET".to_owned()));
    let is_known = |field: &str| field == "requisition" || field.starts_with("value.") || known.contains(&field);
    if let Some(field) = call.fields().into_iter().find(|field| !is_known(field)) {
        let reason = format!("{} names \"{field}\", and there is no row yet", form.name);
        let names = known.iter().map(|name| format!("{name}, ")).collect::<String>();
        form.error("path", &reason, &format!("name {names}requisition, or a value of [http.values]"));
    }
    Some(call)
}

/// What stands where in an entry.
fn into(form: &Form<'_>) -> Vec<(Known, Pointer)> {
    let mut into = Vec::new();
    let Some(inner) = form.form("into", format!("into of {}", form.name)) else { return into };
    for (key, _, value) in inner.entries() {
        let Some(known) = Known::named(key) else {
            let names = Known::ALL.map(|(name, _)| name).join(", ");
            inner.error(key, &format!("`{key}` is nothing that is pulled"), &format!("there are {names}"));
            continue;
        };
        into.extend(pointers(&inner, key, value).into_iter().map(|pointer| (known, pointer)));
    }
    into
}

/// A pointer, or a list of them.
fn pointers(form: &Form<'_>, key: &str, value: Value<'_>) -> Vec<Pointer> {
    let one = |value| form.string_of(key, value).and_then(|text| pointer(form, key, &text));
    match value.get_ref().as_array() {
        Some(items) => items.iter().filter_map(one).collect(),
        None => one(value).into_iter().collect(),
    }
}

/// How profiles call what is known.
fn names(into: &[(Known, Pointer)]) -> impl Iterator<Item = &'static str> {
    into.iter().filter_map(|(told, _)| Known::ALL.iter().find(|(_, known)| known == told).map(|(name, _)| *name))
}

/// `next = "/d/__next"`: an address in the answer; `next = { cursor = "/nextCursor" }`: a word for the next body; `{ last = "/id" }`
/// and `{ pages = "/…" }` go on by a field of the request.
pub(super) fn next(form: &Form<'_>) -> Option<Next> {
    let value = form.get("next")?;
    match value.get_ref() {
        DeValue::String(text) => pointer(form, "next", text).map(Next::Address),
        DeValue::Table(table) if table.len() == 1 => {
            let (key, from) = table.iter().next().expect("there is one");
            let from = pointer(form, "next", from.get_ref().as_str()?)?;
            Some(match key.get_ref().as_ref() {
                "last" => Next::Last(from),
                "pages" => Next::Pages(from),
                key => Next::Cursor { key: key.to_owned(), from },
            })
        }
        _ => {
            form.error("next", "`next` says nothing that is understood", "write \"/path\", or { cursor = \"/nextCursor\" }");
            None
        }
    }
}

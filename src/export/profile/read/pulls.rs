//! Reads `[[pull]]`, and how listings go on.

use toml::de::DeValue;

use super::requests::{call, pointer};
use super::set;
use crate::export::profile::model::Kind;
use crate::export::profile::pull::{Known, Next, Pull};
use crate::export::profile::push::Body;
use crate::form::Form;

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
    if kind != Kind::Http {
        form.error("path", "only JSON is pulled", "write kind = \"http\", or remove [[pull]]");
    }
    let call = call(&form, kind);
    let list = form.string("list").and_then(|text| pointer(&form, "list", &text));
    let next = next(&form);
    let mut into = Vec::new();
    if let Some(inner) = form.form("into", format!("into of {}", form.name)) {
        for (key, _, value) in inner.entries() {
            let Some((_, known)) = Known::ALL.iter().find(|(name, _)| *name == key) else {
                let names = Known::ALL.map(|(name, _)| name).join(", ");
                inner.error(key, &format!("`{key}` is nothing that is pulled"), &format!("there are {names}"));
                continue;
            };
            let found = inner.string_of(key, value).and_then(|text| pointer(&inner, key, &text));
            into.extend(found.map(|pointer| (*known, pointer)));
        }
    }
    let mut call = call?;
    set(&mut call.verb, (form.get("verb").is_none() && matches!(call.body, Body::Empty)).then(|| "GET".to_owned()));
    let outside = call.fields().into_iter().find(|field| *field != "requisition" && !field.starts_with("value."));
    if let Some(field) = outside {
        let reason = format!("{} names \"{field}\", and there is no row yet", form.name);
        form.error("path", &reason, "name requisition, or a value of [http.values]");
    }
    form.finish();
    Some(Pull { name: name.map(|name| name.to_string()).unwrap_or_default(), call, list, next, into })
}

/// `next = "/d/__next"`: an address in the answer; `next = { cursor = "/nextCursor" }`: a word for the next body.
pub(super) fn next(form: &Form<'_>) -> Option<Next> {
    let value = form.get("next")?;
    match value.get_ref() {
        DeValue::String(text) => pointer(form, "next", text).map(Next::Address),
        DeValue::Table(table) if table.len() == 1 => {
            let (key, from) = table.iter().next().expect("there is one");
            let from = pointer(form, "next", from.get_ref().as_str()?)?;
            Some(Next::Cursor { key: key.get_ref().to_string(), from })
        }
        _ => {
            form.error("next", "`next` says nothing that is understood", "write \"/path\", or { cursor = \"/nextCursor\" }");
            None
        }
    }
}

//! Reads `[http]` and `[[push]]`.

use serde_json::{Map, Value, json};
use toml::de::DeValue;

use super::parts::{set, texts_by_name};
use crate::export::profile::model::Kind;
use crate::export::profile::pointer::Pointer;
use crate::export::profile::push::{Auth, Body, Call, Http, Look, Push, Safe, Success, Tree};
use crate::export::profile::template::{Reference, Template};
use crate::form::{Form, Value as TomlValue};

/// In an object of a body: the field without which the object is left out.
const ONLY_IF: &str = "?";

/// `[http]`.
pub(super) fn http(root: &Form<'_>) -> Option<Http> {
    let form = root.form("http", "[http]".into())?;
    form.require("base", "add base = \"https://…\": what stands before every path");
    let base = form.text("base").map(|base| base.raw().trim_end_matches('/').to_owned());
    if let Some(base) = base.as_deref().filter(|base| !base.starts_with("env:")) {
        address(&form, "base", base);
    }
    let http = Http {
        base: base.unwrap_or_default(),
        auth: auth(&form),
        headers: texts_by_name(&form, "headers"),
        values: texts_by_name(&form, "values"),
        at_once: form.count("at_once", 1..=32).unwrap_or(4) as usize,
        per_second: form.within("per_second", 0.01..=1000.0).unwrap_or(5.0),
    };
    form.finish();
    Some(http)
}

/// Credentials travel under TLS alone, or not beyond this machine.
fn address(form: &Form<'_>, key: &str, written: &str) {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|start| written.starts_with(start));
    if !written.starts_with("https://") && !local {
        form.error(key, &format!("`{key}` in {} is \"{written}\"", form.name), "write an address that begins with https://");
    }
}

fn auth(form: &Form<'_>) -> Auth {
    let Some(inner) = form.form("auth", "auth in [http]".into()) else { return Auth::None };
    let methods = ["none", "basic", "bearer", "header", "client-credentials", "username-token"].map(|method| (method, method));
    inner.require(
        "method",
        "add method = \"basic\", \"bearer\", \"header\", \"client-credentials\", \"username-token\" or \"none\"",
    );
    let method = inner.word("method", &methods).unwrap_or("none");
    let need = |key: &'static str| {
        inner.require(key, &format!("add {key} = \"env:NAME\""));
        inner.text(key).map(|text| text.raw().to_owned()).unwrap_or_default()
    };
    let secret = |key: &'static str| {
        let text = need(key);
        refers(&inner, key, &text);
        text
    };
    let auth = match method {
        "basic" => {
            let password = inner.text("password").map(|text| text.raw().to_owned());
            password.iter().for_each(|text| refers(&inner, "password", text));
            let user = need("user");
            // Where the key is the user's name, as some ATSs have it, it is the secret.
            if password.is_none() {
                refers(&inner, "user", &user);
            }
            Auth::Basic { user, password }
        }
        "bearer" => Auth::Bearer { token: secret("token") },
        "header" => Auth::Header { name: need("name"), value: secret("value") },
        "client-credentials" => {
            let token_url = need("token_url");
            if !token_url.is_empty() && !token_url.starts_with("env:") {
                address(&inner, "token_url", &token_url);
            }
            let extra = texts_by_name(&inner, "extra");
            // An assertion of another grant stands for the client's password.
            let is_needed = !extra.contains_key("grant_type") || inner.get("client_secret").is_some();
            let client_secret = if is_needed { secret("client_secret") } else { String::new() };
            if let Some(assertion) = extra.get("assertion") {
                refers(&inner, "extra", assertion);
            }
            Auth::ClientCredentials { token_url, client_id: need("client_id"), client_secret, extra }
        }
        "username-token" => Auth::UsernameToken { user: need("user"), password: secret("password") },
        _ => Auth::None,
    };
    inner.finish();
    auth
}

/// A secret stands nowhere in a profile.
fn refers(form: &Form<'_>, key: &str, text: &str) {
    let is_reference = ["env:", "cmd:", "file:", "keyring:"].iter().any(|start| text.starts_with(start));
    if !text.is_empty() && !is_reference {
        let remedy = "write env:NAME, file:PATH, cmd:COMMAND or keyring:NAME; take the secret out of the file and change it";
        form.error(key, &format!("`{key}` in {} is the secret itself", form.name), remedy);
    }
}

/// All pushes, each with where it begins.
pub(super) fn pushes(root: &Form<'_>, kind: Kind) -> Vec<(usize, Push)> {
    let forms = root.forms("push", "push").into_iter();
    forms.filter_map(|form| Some((form.at, push(form, kind)?))).collect()
}

fn push(mut form: Form<'_>, kind: Kind) -> Option<Push> {
    for (key, remedy) in [
        ("name", "add name = \"score\": what plans call it"),
        ("path", "add path = \"/…\""),
        ("safe", "add safe = \"idempotent\", \"readback\" or \"once\": what happens when it is sent twice"),
    ] {
        form.require(key, remedy);
    }
    let name = form.slug("name");
    if let Some(name) = &name {
        form.name = format!("push \"{name}\"");
    }
    let call = call(&form, kind);
    let safe = [("idempotent", Safe::Idempotent), ("readback", Safe::Readback), ("once", Safe::Once)];
    let push = Push {
        name: name.map(|name| name.to_string()).unwrap_or_default(),
        group: form.count("group", 1..=1000).unwrap_or(1) as usize,
        only_if: form.text("only_if").map(|field| field.raw().to_owned()),
        safe: form.word("safe", &safe).unwrap_or(Safe::Once),
        success: success(&form),
        look: form.form("look", format!("the look of {}", form.name)).and_then(|inner| look(&inner, kind)),
        correct: form.form("correct", format!("the correction of {}", form.name)).and_then(|inner| {
            let call = self::call(&inner, kind);
            inner.finish();
            call
        }),
        call: call?,
    };
    if push.correct.is_some() && (push.group > 1 || push.look.as_ref().is_none_or(|look| look.values.is_empty())) {
        let remedy = "add [push.look] with values, and send each row alone";
        form.error("correct", &format!("{} corrects what it has not looked at", form.name), remedy);
    }
    if push.safe == Safe::Readback && push.look.is_none() {
        let remedy = "add [push.look], or write safe = \"once\": then what is not known to have arrived needs a person";
        form.out.missing(form.at, &format!("{} is to be read back and does not say how", form.name), remedy);
    }
    if push.group > 1 && push.safe != Safe::Idempotent {
        form.error("group", "only what can be sent twice goes in groups", "write safe = \"idempotent\", or remove `group`");
    }
    form.finish();
    Some(push)
}

pub(super) fn call(form: &Form<'_>, kind: Kind) -> Option<Call> {
    let verbs = ["POST", "GET", "PUT", "PATCH"].map(|verb| (verb, verb));
    let verb = form.word("verb", &verbs).unwrap_or("POST").to_owned();
    let path = template(form, "path")?;
    let body = match (form.get("body"), kind) {
        (None, _) => Body::Empty,
        (Some(_), Kind::Soap) => Body::Xml(template(form, "body")?),
        (Some(value), _) => Body::Json(tree(form, value)?),
    };
    Some(Call { verb, path, body })
}

fn template(form: &Form<'_>, key: &'static str) -> Option<Template> {
    let text = form.string(key)?;
    Template::parse(&text).map_err(|(reason, remedy)| form.error(key, &reason, &remedy)).ok()
}

/// TOML as JSON, in which texts that begin with `@` are fields and others may hold some.
fn tree(form: &Form<'_>, value: TomlValue<'_>) -> Option<Tree> {
    let wrong = |(reason, remedy): (String, String)| form.out.error(value.span().start, &reason, &remedy);
    Some(match value.get_ref() {
        DeValue::String(text) if text.starts_with("@@") => Tree::Plain(json!(text[1..])),
        DeValue::String(text) if text.starts_with('@') => Tree::Field(Reference::parse(&text[1..]).map_err(wrong).ok()?),
        DeValue::String(text) => {
            let template = Template::parse(text).map_err(wrong).ok()?;
            if template.fields().next().is_none() { Tree::Plain(json!(text)) } else { Tree::Text(template) }
        }
        DeValue::Array(items) => Tree::List(items.iter().filter_map(|item| tree(form, item)).collect()),
        DeValue::Table(table) => {
            let only_if = table.get(ONLY_IF).and_then(|value| value.get_ref().as_str()).map(str::to_owned);
            let entries = table.iter().filter(|(key, _)| key.get_ref() != ONLY_IF);
            let entries = entries.filter_map(|(key, value)| Some((key.get_ref().to_string(), tree(form, value)?)));
            Tree::Object { only_if, entries: entries.collect() }
        }
        other => Tree::Plain(plain(other)),
    })
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).map_or(Value::Null, Value::from),
        DeValue::Float(digits) => digits.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::String(text) => json!(text),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| plain(item.get_ref())).collect()),
        DeValue::Table(table) => {
            let entries = table.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref())));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        DeValue::Datetime(time) => json!(time.to_string()),
    }
}

/// Where an answer says that all is well; 200 to 204 where nothing more is said.
fn success(form: &Form<'_>) -> Success {
    let mut success =
        Success { status: vec![200, 201, 202, 204], json: Vec::new(), has: Vec::new(), each: None, reason: None, contains: None };
    let Some(inner) = form.form("success", format!("the success of {}", form.name)) else { return success };
    if let Some(items) = inner.list("status", "a list of HTTP statuses, such as [200, 201]") {
        success.status =
            items.into_iter().filter_map(|item| inner.whole_of("status", item, 200..=299)).map(|status| status as u16).collect();
    }
    success.json = conditions(&inner, "json");
    success.has = inner.texts("has").iter().filter_map(|text| pointer(&inner, "has", text.raw())).collect();
    success.contains = inner.text("contains").map(|text| text.raw().to_owned());
    success.reason = inner.text("reason").and_then(|text| pointer(&inner, "reason", text.raw()));
    if let Some(each) = inner.form("each", format!("each in {}", inner.name)) {
        let list = each.string("list").and_then(|text| pointer(&each, "list", &text));
        success.each = list.map(|list| (list, conditions(&each, "json")));
        each.finish();
    }
    inner.finish();
    success
}

/// `{ "/success" = true }`.
fn conditions(form: &Form<'_>, key: &'static str) -> Vec<(Pointer, Value)> {
    let Some(inner) = form.form(key, format!("`{key}` in {}", form.name)) else { return Vec::new() };
    let entries = inner.entries().filter_map(|(path, _, value)| Some((pointer(&inner, path, path)?, plain(value.get_ref()))));
    entries.collect()
}

pub(super) fn pointer(form: &Form<'_>, key: &str, text: &str) -> Option<Pointer> {
    Pointer::parse(text).map_err(|(reason, remedy)| form.error(key, &reason, &remedy)).ok()
}

fn look(form: &Form<'_>, kind: Kind) -> Option<Look> {
    form.require("path", "add path = \"/…\"");
    let call = call(form, kind);
    let list = form.string("list").and_then(|text| pointer(form, "list", &text));
    let mut entry = Vec::new();
    if let Some(inner) = form.form("entry", format!("the entry of {}", form.name)) {
        for (path, _, value) in inner.entries() {
            let wanted = inner.string_of(path, value).map(|text| Template::parse(&text));
            match (pointer(&inner, path, path), wanted) {
                (Some(pointer), Some(Ok(template))) => entry.push((pointer, template)),
                (_, Some(Err((reason, remedy)))) => inner.error(path, &reason, &remedy),
                _ => {}
            }
        }
    }
    let json = conditions(form, "json");
    let required = form.flag("required").unwrap_or(false);
    let list_optional = form.flag("list_optional").unwrap_or(false);
    if list_optional && list.is_none() {
        form.error("list_optional", "`list_optional` is said of no list", "add list = \"/…\", or remove the line");
    }
    let mut among = Vec::new();
    if let Some(inner) = form.form("among", format!("`among` of {}", form.name)) {
        let one = |(path, _, value)| Some((pointer(&inner, path, path)?, inner.string_of(path, value)?));
        among.extend(inner.entries().filter_map(one));
    }
    let values = pointers(form, "values");
    let keep = pointers(form, "keep");
    let next = super::pulls::next(form);
    if next.as_ref().is_some_and(|next| !next.fields().is_empty()) {
        form.error("next", "a look goes on by an address or a cursor", "write \"/path\", or { cursor = \"/nextCursor\" }");
    }
    if list.is_some() && entry.is_empty() {
        form.out.missing(
            form.at,
            &format!("{} does not say which entry of the list is ours", form.name),
            "add entry = { \"/id\" = \"{application_id}\" }",
        );
    }
    let mut call = call?;
    set(&mut call.verb, (form.get("verb").is_none() && matches!(call.body, Body::Empty)).then(|| "GET".to_owned()));
    form.finish();
    Some(Look { call, json, list, list_optional, required, entry, among, values, keep, next })
}

/// `{ score = "/score" }`: what stands where.
fn pointers(form: &Form<'_>, key: &'static str) -> Vec<(String, Pointer)> {
    let Some(inner) = form.form(key, format!("the {key} of {}", form.name)) else { return Vec::new() };
    let found = |name: &str, value| inner.string_of(name, value).and_then(|text| pointer(&inner, name, &text));
    inner.entries().filter_map(|(name, _, value)| Some((name.to_owned(), found(name, value)?))).collect()
}

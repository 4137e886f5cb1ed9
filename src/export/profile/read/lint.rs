//! What is wrong between the parts of a profile: names that nobody gives, scales that nobody states, secrets, privacy.

use std::collections::HashSet;

use crate::export::mapping::ROW;
use crate::export::profile::fields::{is_known, known_fields, own_range};
use crate::export::profile::model::{Column, From, Kind, OnOverflow, PERSONAL, Profile, Range, Type};
use crate::export::profile::pull::{Known, Pull};
use crate::export::profile::push::{Auth, Call, Push, THERE};
use crate::export::profile::template::Template;
use crate::form::Form;
use crate::text::nearest;

/// What requests may name beside columns and fields.
const SPECIAL: [&str; 4] = ["profile", "digest", "digest8", "scorecard"];

pub(super) fn lint(root: &Form<'_>, profile: &Profile, columns: &[(usize, Column)], pushes: &[(usize, Push)]) {
    kinds(root, profile, columns, pushes);
    names(root, profile, columns);
    for (at, column) in columns {
        scales(root, profile, *at, column);
        private(root, profile, *at, column);
        mapped(root, *at, column);
    }
    for (at, push) in pushes {
        calls(root, profile, *at, push);
    }
    unused(root, profile, columns);
    for (key, setting, fields) in [
        ("match", "key", vec![&profile.ident.key]),
        ("match", "require", profile.ident.require.iter().collect()),
        ("match", "alike", profile.ident.alike.iter().collect()),
        ("rows", "order", profile.rows.order.iter().collect()),
    ] {
        let written = root.entries_of(key).find(|(name, ..)| *name == setting);
        let at = written.map_or_else(|| root.place(key), |(_, _, value)| value.span().start);
        let is_row = |field: &str| key == "match" && field == ROW;
        for field in fields.into_iter().filter(|field| !is_row(field) && !is_known(profile.rows.shape, field)) {
            let known = known_fields(profile.rows.shape);
            let remedy = match nearest(field, known.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => "`earmark profile fields` lists them".to_owned(),
            };
            root.out.error(at, &format!("[{key}] names \"{field}\", which is no field"), &remedy);
        }
    }
}

/// What is pulled can be matched, and each request names what there is.
pub(super) fn pulls(root: &Form<'_>, profile: &Profile, pulls: &[(usize, Pull)]) {
    let Some((first, _)) = pulls.first() else { return };
    let tells = |known: Known| pulls.iter().any(|(_, pull)| pull.tells().any(|told| told == known));
    if !tells(Known::Application) || !(tells(Known::Candidate) || tells(Known::Email)) {
        let remedy = "add into = { application_id = \"/id\", candidate_id = \"/candidate/id\" }";
        root.out.error(*first, "what is pulled cannot be matched: it needs applications, and whose they are", remedy);
    }
    for (at, pull) in pulls {
        for call in std::iter::once(&pull.call).chain(pull.each.iter().map(|each| &each.call)) {
            for field in call.fields().into_iter().filter(|field| field.starts_with("value.") && !is_named(profile, field)) {
                let reason = format!("pull \"{}\" names \"{field}\", which nothing gives", pull.name);
                root.out.error(*at, &reason, &remedy(profile, field));
            }
            path(root, *at, call);
        }
    }
}

/// Each kind has its own parts.
fn kinds(root: &Form<'_>, profile: &Profile, columns: &[(usize, Column)], pushes: &[(usize, Push)]) {
    match profile.kind {
        Kind::File => {
            if columns.is_empty() {
                root.out.missing(root.at, "the profile has no [[column]]", "add [[column]] with name and from");
            }
            for key in ["push", "http", "pull"] {
                if root.get(key).is_some() {
                    root.error(key, &format!("a profile of files has no `{key}`"), "write kind = \"http\", or remove it");
                }
            }
        }
        Kind::Http | Kind::Soap => {
            if profile.http.is_none() {
                root.out.missing(root.at, "the profile has no [http]", "add [http] with base and auth");
            }
            if pushes.is_empty() {
                root.out.missing(root.at, "the profile has no [[push]]", "add [[push]] with name, path, body and safe");
            }
            if profile.rows.shape == crate::export::profile::Shape::Long {
                root.error("rows", "requests are made for each application", "write shape = \"wide\"");
            }
        }
    }
    let token = profile.http.as_ref().is_some_and(|http| matches!(http.auth, Auth::UsernameToken { .. }));
    if token && profile.kind != Kind::Soap {
        root.error("http", "username-token stands in a SOAP envelope", "write kind = \"soap\", or another method");
    }
}

fn names(root: &Form<'_>, profile: &Profile, columns: &[(usize, Column)]) {
    let mut seen = HashSet::new();
    for (at, column) in columns {
        let name = format!("{:?}", column.name);
        let is_named = column.from != From::Every && column.name != Template::default();
        if is_named && !seen.insert(name) {
            root.out.error(*at, "two columns have the same name", "give each its own");
        }
        if profile.kind != Kind::File && column.from == From::Every {
            root.out.error(*at, "requests name their columns one by one", "name the field in `from`");
        }
    }
    let mut pushes = HashSet::new();
    for push in &profile.pushes {
        if !pushes.insert(&push.name) {
            root.error("push", &format!("two pushes are called \"{}\"", push.name), "give each its own name");
        }
    }
}

/// A score says which scale the target has.
fn scales(root: &Form<'_>, profile: &Profile, at: usize, column: &Column) {
    let From::Field(field) = &column.from else { return };
    let is_number = matches!(column.kind, Type::Integer | Type::Decimal);
    if own_range(field).is_none() {
        if column.scale.is_some() && is_number {
            root.out.error(at, &format!("\"{field}\" is no score, and has a scale"), "remove the scale");
        }
        return;
    }
    if is_number && column.range == Range::Unsaid && column.scale.is_none() {
        let reason = format!("\"{field}\" is a score, and nothing says what scale the target has");
        let remedy = "add range = [0, 100], scale = { from = [1, 5], to = [1, 4] }, or range = \"any\"";
        root.out.coded(at, "scale", &reason, remedy);
    }
    if !is_number && profile.kind != Kind::File {
        root.out.error(at, &format!("\"{field}\" is a score, and goes as a text"), "write type = \"decimal\" or \"integer\"");
    }
    if let Some(scaling) = column.scale {
        let (from, to) = ((scaling.from.1 - scaling.from.0).abs(), (scaling.to.1 - scaling.to.0).abs());
        let steps = to * 10f64.powi(column.round.unwrap_or(6) as i32);
        if steps < from {
            let reason = format!(
                "several scores of {} to {} become one of {} to {}",
                scaling.from.0, scaling.from.1, scaling.to.0, scaling.to.1
            );
            root.out.warning(at, "loss", &reason, "say so to those who read it there");
        }
        if matches!(column.range, Range::Within(..)) {
            root.out.error(at, "a column has both `range` and `scale`", "keep the scale; what it leads to is the range");
        }
    }
    if column.kind == Type::Integer && column.round.is_none_or(|round| round != 0) {
        root.out.error(at, &format!("\"{field}\" is to be a whole number, and is not rounded"), "add round = 0");
    }
}

/// The keys of a map of decisions are words that a decision can be.
fn mapped(root: &Form<'_>, at: usize, column: &Column) {
    let words = ["advance", "hold", "decline"];
    if column.from != From::Field("decision".to_owned()) {
        return;
    }
    for key in column.map.keys().filter(|key| !words.contains(&key.as_str())) {
        let remedy = match nearest(key, words.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("its words are {}", words.join(", ")),
        };
        let columns = root.forms("column", "column");
        let map = columns.iter().find(|form| form.at == at).into_iter().flat_map(|form| form.entries_of("map"));
        let at = map.filter(|(written, ..)| written == key).map(|(_, span, _)| span.start).next().unwrap_or(at);
        root.out.warning(at, "map", &format!("`map` has \"{key}\", which this field never says"), &remedy);
    }
}

/// Names leave only where the profile asks for them.
fn private(root: &Form<'_>, profile: &Profile, at: usize, column: &Column) {
    if let From::Field(field) = &column.from
        && !profile.privacy.allows(field)
    {
        let (reason, remedy) = if PERSONAL.contains(&field.as_str()) && !profile.privacy.names {
            (
                format!("\"{field}\" tells who the candidate is"),
                "add [privacy] with names = true where the ATS needs it, or remove the column",
            )
        } else {
            (format!("[privacy] denies \"{field}\""), "remove the column, or the denial")
        };
        root.out.coded(at, "privacy", &reason, remedy);
    }
    if column.on_overflow == OnOverflow::Cut && column.max_len.is_none() {
        root.out.error(at, "`on_overflow` has no `max_len`", "add max_len = 255");
    }
}

/// Every field that a request names is there.
fn calls(root: &Form<'_>, profile: &Profile, at: usize, push: &Push) {
    let of_look = push.look.iter().flat_map(|look| {
        let entries = look.entry.iter().flat_map(|(_, template)| template.fields().collect::<Vec<_>>());
        look.call.fields().into_iter().chain(entries).collect::<Vec<_>>()
    });
    let is_kept = |field: &str| {
        let kept = field.strip_prefix(THERE);
        kept.is_some_and(|kept| push.look.iter().flat_map(|look| &look.keep).any(|(name, _)| name == kept))
    };
    let of_correction = push.correct.iter().flat_map(Call::fields).filter(|field| !is_kept(field));
    let mut told = HashSet::new();
    let all = push.call.fields().into_iter().chain(of_look).chain(of_correction).chain(push.only_if.as_deref());
    for field in all.filter(|field| !is_named(profile, field)) {
        if told.insert(field.to_owned()) {
            root.out.error(at, &format!("push \"{}\" names \"{field}\", which nothing gives", push.name), &remedy(profile, field));
        }
    }
    for (column, _) in push.look.iter().flat_map(|look| &look.values) {
        if !is_column(profile, column) {
            let reason = format!("the look of push \"{}\" names the column \"{column}\", which is not there", push.name);
            root.out.error(at, &reason, &remedy(profile, column));
        }
    }
    if push.call.verb == "GET" {
        root.out.error(at, &format!("push \"{}\" only asks", push.name), "write verb = \"POST\", \"PUT\" or \"PATCH\"");
    }
    path(root, at, &push.call);
    push.look.iter().for_each(|look| path(root, at, &look.call));
}

/// A column that no request holds is delivered nowhere.
fn unused(root: &Form<'_>, profile: &Profile, columns: &[(usize, Column)]) {
    let calls = profile.pushes.iter().flat_map(|push| std::iter::once(&push.call).chain(&push.correct));
    let mut held: HashSet<&str> = calls.flat_map(Call::fields).collect();
    held.extend(profile.pushes.iter().filter_map(|push| push.only_if.as_deref()));
    if profile.kind == Kind::File || profile.pushes.is_empty() || held.contains("scorecard") {
        return;
    }
    for (at, name) in columns.iter().filter_map(|(at, column)| Some((at, column_name(column)?))) {
        if !held.contains(name.as_str()) {
            let reason = format!("no request holds the column \"{name}\": it goes nowhere, and a change of it sends nothing");
            root.out.warning(*at, "unused", &reason, "put @NAME into a request's body, or remove the column");
        }
    }
}

fn path(root: &Form<'_>, at: usize, call: &Call) {
    let shown = call.path.render(&|_| Some(crate::export::mapping::Datum::Word("x".into())), str::to_owned).unwrap_or_default();
    if !shown.is_empty() && (!shown.starts_with('/') || shown.starts_with("//")) {
        root.out.error(at, &format!("the path \"{shown}\" does not begin with one /"), "write it behind the base: \"/v1/…\"");
    }
}

fn is_column(profile: &Profile, name: &str) -> bool {
    profile.columns.iter().any(|column| column_name(column).as_deref() == Some(name))
}

fn column_name(column: &Column) -> Option<String> {
    column.name.render(&|_| None, str::to_owned).ok()
}

fn is_named(profile: &Profile, name: &str) -> bool {
    let value = |name: &str| profile.http.as_ref().is_some_and(|http| http.values.contains_key(name));
    SPECIAL.contains(&name)
        || is_column(profile, name)
        || name.strip_prefix("value.").is_some_and(value)
        || (is_known(profile.rows.shape, name) && profile.privacy.allows(name))
}

fn remedy(profile: &Profile, name: &str) -> String {
    let columns = profile.columns.iter().filter_map(column_name);
    let values = profile.http.iter().flat_map(|http| http.values.keys().map(|key| format!("value.{key}")));
    let special = SPECIAL.iter().map(|name| (*name).to_owned());
    let known: Vec<String> = columns.chain(values).chain(special).chain(known_fields(profile.rows.shape)).collect();
    match nearest(name, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "name a column of the profile, or a field that `earmark profile fields` lists".to_owned(),
    }
}

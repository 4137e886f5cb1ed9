//! Reads `[[column]]`.

use indexmap::IndexMap;

use super::parts::{set, texts_by_name};
use crate::export::profile::fields::is_known;
use crate::export::profile::model::{Column, Expand, From, OnOverflow, OnUnmapped, Range, Scaling, Shape, Type};
use crate::export::profile::template::Template;
use crate::form::Form;

const TYPES: &[(&str, Type)] = &[
    ("text", Type::Text),
    ("id", Type::Id),
    ("integer", Type::Integer),
    ("decimal", Type::Decimal),
    ("enum", Type::Enum),
    ("flag", Type::Flag),
    ("date", Type::Date),
    ("datetime", Type::Datetime),
];

/// All columns, each with where it begins.
pub(super) fn columns(root: &Form<'_>, shape: Shape) -> Vec<(usize, Column)> {
    let forms = root.forms("column", "column").into_iter();
    forms.filter_map(|form| Some((form.at, column(form, shape)?))).collect()
}

fn column(mut form: Form<'_>, shape: Shape) -> Option<Column> {
    let written = form.text("name");
    if let Some(name) = &written {
        form.name = format!("column \"{name}\"");
    }
    let from = from(&form, shape);
    if !matches!(from, Some(From::Every)) {
        form.require("name", "add name = \"…\", as the ATS calls it");
    }
    let expand = [("criteria", Expand::Criteria), ("must-haves", Expand::MustHaves)];
    let expand = form.word("expand", &expand).unwrap_or_default();
    let kind = form.word("type", TYPES).unwrap_or_default();
    let (range, scale) = (range(&form), scaling(&form));
    let map = texts_by_name(&form, "map");
    let unmapped = [("quarantine", OnUnmapped::Quarantine), ("empty", OnUnmapped::Empty), ("keep", OnUnmapped::Keep)];
    let overflow = [("quarantine", OnOverflow::Quarantine), ("cut", OnOverflow::Cut)];
    let mut column = Column {
        name: name(&form, written.as_ref().map(|text| text.raw()), &from, expand).unwrap_or_default(),
        from: from.clone().unwrap_or_else(|| From::Constant(String::new())),
        kind,
        required: form.flag("required").unwrap_or(false),
        range,
        scale: scale.map(|(scaling, _)| scaling),
        round: form.count("round", 0..=6).or(scale.and_then(|(_, round)| round)),
        map,
        on_unmapped: form.word("on_unmapped", &unmapped).unwrap_or_default(),
        max_len: form.whole("max_len", 1..=10_000_000).map(|most| most as usize),
        on_overflow: OnOverflow::default(),
        expand,
    };
    set(&mut column.on_overflow, form.word("on_overflow", &overflow));
    // Where nobody knows what is in it, nobody can say what fits.
    if from.is_some() {
        fits_together(&form, &column);
    }
    form.finish();
    Some(column)
}

/// `from = "total"`, `from = "*"`, or `value = "…"`.
fn from(form: &Form<'_>, shape: Shape) -> Option<From> {
    let (field, constant) = (form.text("from"), form.string("value"));
    match (field, constant) {
        (Some(_), Some(_)) => {
            form.error("value", &format!("{} has both `from` and `value`", form.name), "keep one of them");
            None
        }
        (None, Some(constant)) => Some(From::Constant(constant)),
        (Some(field), None) if field.raw() == "*" => Some(From::Every),
        (Some(field), None) => {
            let field = field.raw();
            if !is_known(shape, field) {
                form.error("from", &format!("{} comes from \"{field}\", which is no field", form.name), &meant(shape, field));
            }
            Some(From::Field(field.to_owned()))
        }
        (None, None) => {
            form.require("from", "add from = \"total\", or value = \"…\" for what is the same in every row");
            None
        }
    }
}

fn meant(shape: Shape, field: &str) -> String {
    let known = crate::export::profile::fields::known_fields(shape);
    let other = if shape == Shape::Wide { Shape::Long } else { Shape::Wide };
    if is_known(other, field) {
        let word = if other == Shape::Wide { "wide" } else { "long" };
        return format!("it is in the {word} table: write shape = \"{word}\" in [rows]");
    }
    match crate::text::nearest(field, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "`earmark profile fields` lists them".into(),
    }
}

fn name(form: &Form<'_>, written: Option<&str>, from: &Option<From>, expand: Expand) -> Option<Template> {
    let Some(written) = written else { return matches!(from, Some(From::Every)).then(Template::default) };
    let template = match Template::parse(written) {
        Ok(template) => template,
        Err((reason, remedy)) => {
            form.error("name", &reason, &remedy);
            return None;
        }
    };
    let allowed: &[&str] = match expand {
        Expand::No => &[],
        Expand::Criteria => &["question", "criterion"],
        Expand::MustHaves => &["must_have"],
    };
    for field in template.fields().filter(|field| !allowed.contains(field)) {
        let remedy = match allowed {
            [] => "write expand = \"criteria\" for one column per criterion, or {{ where a brace is meant".to_owned(),
            some => format!("it may hold {}", some.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ")),
        };
        form.error("name", &format!("the name of {} cannot hold {{{field}}}", form.name), &remedy);
    }
    let is_told_apart = allowed.last().is_none_or(|last| template.fields().any(|field| field == *last));
    if !is_told_apart {
        let last = allowed.last().copied().unwrap_or_default();
        form.error(
            "name",
            &format!("{} would be there several times with one name", form.name),
            &format!("put {{{last}}} into it"),
        );
    }
    Some(template)
}

/// `[1, 4]`, or `"any"`.
fn range(form: &Form<'_>) -> Range {
    let Some(value) = form.get("range") else { return Range::Unsaid };
    if value.get_ref().is_str() {
        return form.word_of("range", value, &[("any", Range::Any)]).unwrap_or_default();
    }
    match ends(form, "range") {
        Some((low, high)) if low < high => Range::Within(low, high),
        Some((low, high)) => {
            form.error("range", &format!("`range` goes from {low} to {high}"), "write the lowest first");
            Range::Unsaid
        }
        None => Range::Unsaid,
    }
}

/// `{ from = [1, 5], to = [0, 100], round = 2 }`.
fn scaling(form: &Form<'_>) -> Option<(Scaling, Option<u32>)> {
    let inner = form.form("scale", format!("the scale of {}", form.name))?;
    inner.require("from", "add from = [1, 5]: the lowest and highest point here");
    inner.require("to", "add to = [0, 100]: what they become there");
    let (from, to) = (ends(&inner, "from"), ends(&inner, "to"));
    let round = inner.count("round", 0..=6);
    inner.finish();
    let (from, to) = (from?, to?);
    if from.0 >= from.1 || to.0 == to.1 {
        inner.error("from", &format!("{} leads from {from:?} to {to:?}", inner.name), "write lowest and highest, which differ");
        return None;
    }
    Some((Scaling { from, to }, round))
}

fn ends(form: &Form<'_>, key: &'static str) -> Option<(f64, f64)> {
    let items = form.list(key, "two numbers, such as [1, 5]")?;
    let numbers: Vec<f64> = items.into_iter().filter_map(|item| form.number_of(key, item)).collect();
    let [low, high] = numbers.as_slice() else {
        form.error(key, &format!("`{key}` in {} is not two numbers", form.name), "write the lowest and the highest: [1, 5]");
        return None;
    };
    Some((*low, *high))
}

/// Settings that need or exclude each other.
fn fits_together(form: &Form<'_>, column: &Column) {
    let is_number = matches!(column.kind, Type::Integer | Type::Decimal);
    let is_text = matches!(column.kind, Type::Text | Type::Id | Type::Enum);
    let misplaced: &[(&str, bool, &str)] = &[
        ("scale", column.scale.is_some() && !is_number, "write type = \"decimal\" or \"integer\""),
        ("range", column.range != Range::Unsaid && !is_number, "write type = \"decimal\" or \"integer\""),
        ("round", column.round.is_some() && !is_number, "write type = \"decimal\" or \"integer\""),
        ("max_len", column.max_len.is_some() && !is_text, "numbers, flags and dates have no length"),
        ("on_overflow", column.on_overflow == OnOverflow::Cut && column.kind == Type::Id, "an id is never cut"),
    ];
    for (key, is_wrong, remedy) in misplaced {
        if *is_wrong {
            form.error(key, &format!("`{key}` has no place in {}", form.name), remedy);
        }
    }
    if column.kind == Type::Enum && column.map.is_empty() {
        let remedy = "add map = { advance = \"101\" }: the target's words for earmark's";
        form.out.missing(form.at, &format!("{} is an enum without a map", form.name), remedy);
    }
    let empty: IndexMap<String, String> = IndexMap::new();
    if column.map == empty && column.on_unmapped != OnUnmapped::Quarantine {
        form.error("on_unmapped", &format!("{} has `on_unmapped` and no `map`", form.name), "add the map, or remove the line");
    }
    if column.from == From::Every && (column.expand != Expand::No || !column.map.is_empty() || column.scale.is_some()) {
        form.error("from", "\"*\" takes the columns as they are", "name the columns that are to be changed one by one");
    }
}

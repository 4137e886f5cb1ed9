//! Checks one record against its schema: what is wrong is named and left out, the rest stays.

use jiff::{Timestamp, civil::Date};
use serde_json::Value as Json;

use super::json::{Node, Value};
use super::path::check_path;
use super::report::{Path, Report};
use crate::interview::{Digest, Slug};
use crate::text::nearest;

/// The value as its schema wants it; none where it is missing, null or unusable, which has then been said.
///
/// `apart` are fields of the outermost record that the caller reads itself; they are left out here.
pub(super) fn check(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, schema: &Json, apart: &[&str]) -> Option<Json> {
    if matches!(node.value, Value::Null) {
        return None;
    }
    let schema = without_null(schema);
    if let Some(words) = schema.get("oneOf").and_then(Json::as_array) {
        return word(report, node, path, words);
    }
    match type_of(schema) {
        "object" => record(report, node, path, schema, apart),
        "array" => list(report, node, path, schema),
        "string" => text(report, node, path, schema),
        "integer" => whole_number(report, node, path, schema),
        "boolean" => yes_or_no(report, node, path),
        _ => None,
    }
}

/// The half of `anyOf [x, null]` that says something.
fn without_null(schema: &Json) -> &Json {
    let some = |choices: &'_ Json| choices.as_array()?.iter().position(|choice| type_of(choice) != "null");
    match schema.get("anyOf").and_then(some) {
        Some(index) => &schema["anyOf"][index],
        None => schema,
    }
}

fn type_of(schema: &Json) -> &str {
    match &schema["type"] {
        Json::String(name) => name,
        Json::Array(names) => names.iter().filter_map(Json::as_str).find(|name| *name != "null").unwrap_or("null"),
        _ => "",
    }
}

fn record(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, schema: &Json, apart: &[&str]) -> Option<Json> {
    let Value::Record(fields) = &node.value else {
        report.damage(node, path, &format!("a record in {{}} belongs here, not {}", node.kind()), "write it as { … }");
        return None;
    };
    let known = schema["properties"].as_object();
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let mut kept = serde_json::Map::new();
    for (key, value) in fields {
        let at = path.key(key);
        let field = known.and_then(|known| known.get(&**key));
        match field.or_else(|| schema.get("additionalProperties").filter(|any| any.is_object())) {
            Some(_) if apart.contains(&&**key) => {}
            Some(field) => {
                let mark = report.mark();
                match check(report, value, &at, field, &[]) {
                    Some(json) => drop(kept.insert(key.clone().into_owned(), json)),
                    None if required.contains(&&**key) => report.escalate(mark),
                    None => {}
                }
            }
            None if key.starts_with("x-") || *key == "$schema" => {}
            None => unknown(report, value, &at, key, known.into_iter().flat_map(|known| known.keys())),
        }
    }
    let missing: Vec<&str> = required.into_iter().filter(|name| !kept.contains_key(*name) && !apart.contains(name)).collect();
    for name in &missing {
        // A field that is there and unusable has been named already.
        if node.get(name).is_none() {
            report.damage(node, path, &format!("{name} is missing"), &format!("add {name}"));
        }
    }
    missing.is_empty().then_some(Json::Object(kept))
}

fn unknown<'k>(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, key: &str, known: impl Iterator<Item = &'k String>) {
    let remedy = match nearest(key, known.map(String::as_str)) {
        Some(name) => format!("did you mean {name}?"),
        None => "remove it, or begin its name with x- to keep it for yourself".to_owned(),
    };
    report.warn(node, path, "this field is not known and was left out", &remedy);
}

fn list(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, schema: &Json) -> Option<Json> {
    let items = items(report, node, path, schema)?;
    let kept = items.iter().enumerate();
    let kept = kept.filter_map(|(index, item)| check(report, item, &path.index(index), &schema["items"], &[]));
    Some(Json::Array(kept.collect()))
}

/// The items of a list, as many as its schema allows.
pub(super) fn items<'n, 'a>(report: &mut Report<'_>, node: &'n Node<'a>, path: &Path<'_>, schema: &Json) -> Option<&'n [Node<'a>]> {
    let Value::List(items) = &node.value else {
        report.damage(node, path, &format!("a list in [] belongs here, not {}", node.kind()), "write it as [ … ]");
        return None;
    };
    let most = schema["maxItems"].as_u64().map_or(usize::MAX, |most| most as usize);
    if items.len() > most {
        let reason = format!("{} entries; at most {most} are taken", items.len());
        report.damage(node, path, &reason, "split the batch, or check what wrote this file");
    }
    Some(&items[..items.len().min(most)])
}

fn text(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, schema: &Json) -> Option<Json> {
    let format = schema["format"].as_str();
    let text = match &node.value {
        Value::Text(text) => text,
        Value::Bare(number) if format.is_none() && number.parse::<f64>().is_ok_and(f64::is_finite) => {
            let remedy = format!("write \"{number:.40}\" in quotes: a number loses its leading zeros");
            report.warn(node, path, "a number where text belongs; it is taken letter for letter", &remedy);
            number
        }
        _ => {
            return left_out(
                report,
                node,
                path,
                &format!("text belongs here, not {}", node.kind()),
                "write it in \"double quotes\"",
            );
        }
    };
    if let Some(format) = format {
        return formatted(report, node, path, text, format);
    }
    let length = text.chars().count() as u64;
    if let Some(most) = schema["maxLength"].as_u64().filter(|most| length > *most) {
        return left_out(report, node, path, &format!("text of {length} characters; at most {most} fit"), "shorten it");
    }
    if schema["minLength"].as_u64().is_some_and(|least| length < least) {
        return left_out(report, node, path, "this text is empty", "fill it in, or remove the field");
    }
    Some(Json::String(text.clone().into_owned()))
}

fn formatted(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, text: &str, format: &str) -> Option<Json> {
    let shown = |text: &str| text.chars().take(60).collect::<String>();
    match format {
        "date-time" if text.parse::<Timestamp>().is_err() => {
            let reason = format!("\"{}\" is no time with an offset", shown(text));
            left_out(report, node, path, &reason, "write it as 2026-11-03T09:30:00Z or 2026-11-03T10:30:00+01:00")
        }
        "date" if text.parse::<Date>().is_err() => {
            left_out(report, node, path, &format!("\"{}\" is no date", shown(text)), "write it as 2027-05-31")
        }
        "sha256" if text.parse::<Digest>().is_err() => {
            left_out(report, node, path, "this is no SHA-256", "write its 64 hexadecimal digits, or remove the field")
        }
        "uuid" if text.parse::<crate::interview::BatchId>().is_err() => {
            left_out(report, node, path, "this is no id of earmark's", "remove the field")
        }
        "slug" => match text.parse::<Slug>() {
            Ok(_) => Some(Json::String(text.to_owned())),
            Err(error) => {
                report.damage(node, path, &error.to_string(), "use letters, digits, '-', '_' and '.', without spaces");
                None
            }
        },
        // A file was named and cannot be used: that is a loss, not an oddity.
        "bundle-path" => match check_path(text) {
            Ok(()) => Some(Json::String(text.to_owned())),
            Err(fault) => {
                report.damage(node, path, &format!("{fault}: \"{}\"", shown(text)), fault.remedy());
                None
            }
        },
        _ => Some(Json::String(text.to_owned())),
    }
}

fn word(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, choices: &[Json]) -> Option<Json> {
    let words: Vec<&str> = choices.iter().filter_map(|choice| choice["const"].as_str()).collect();
    let folded = |text: &str| text.trim().to_lowercase().replace([' ', '-'], "_");
    let reason = match &node.value {
        Value::Text(text) => match words.iter().find(|word| **word == folded(text)) {
            Some(word) => return Some(Json::String((*word).to_owned())),
            None => format!("\"{}\" is not one of the words that can stand here", text.chars().take(60).collect::<String>()),
        },
        _ => format!("a word belongs here, not {}", node.kind()),
    };
    left_out(report, node, path, &reason, &format!("use {}", words.join(", ")))
}

fn whole_number(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, schema: &Json) -> Option<Json> {
    let (least, most) = (schema["minimum"].as_u64().unwrap_or(0), schema["maximum"].as_u64().unwrap_or(u64::from(u32::MAX)));
    let range = format!("write a whole number from {least} to {most} without quotes, or remove the field");
    let Value::Bare(number) = &node.value else {
        return left_out(report, node, path, &format!("a number belongs here, not {}", node.kind()), &range);
    };
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() && value.fract() != 0.0 => {
            left_out(report, node, path, &format!("{number:.40} is not a whole number"), &range)
        }
        Ok(value) if (least as f64..=most as f64).contains(&value) => Some(Json::from(value as u64)),
        Ok(value) if value.is_finite() => {
            let in_years = if path.to_string().ends_with("_ms") { years(value) } else { String::new() };
            left_out(report, node, path, &format!("{number:.40}{in_years} is outside {least} to {most}"), &range)
        }
        _ => left_out(report, node, path, &format!("{number:.40} is not a number"), &range),
    }
}

/// A number of milliseconds that cannot be meant, in years.
fn years(ms: f64) -> String {
    let years = ms / (365.25 * 86_400_000.0);
    if years < 1.0 { String::new() } else { format!(" (that is {years:.0} years)") }
}

fn yes_or_no(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>) -> Option<Json> {
    match node.value {
        Value::Bool(value) => Some(Json::Bool(value)),
        _ => left_out(
            report,
            node,
            path,
            &format!("true or false belongs here, not {}", node.kind()),
            "write true or false without quotes",
        ),
    }
}

/// Names what is wrong with a value that can be missed.
fn left_out(report: &mut Report<'_>, node: &Node<'_>, path: &Path<'_>, reason: &str, remedy: &str) -> Option<Json> {
    report.warn(node, path, &format!("{reason}; it was left out"), remedy);
    None
}

//! Answers in XML as the values that pointers find things in.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value};

/// So deep an answer is nested at the most.
const DEEPEST: usize = 64;
/// So many pieces an answer has at the most.
const MOST: u32 = 4_000_000;

/// An XML document: each element an object of its children by their names without prefix, several of a name as a list; an
/// attribute as `@name`, text as `#`, and an element with text alone as that text. None where it is no whole XML, has a DTD, or is
/// nested too deep.
pub(super) fn value(text: &str) -> Option<Value> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    let root = document.root_element();
    Some(Value::Object(Map::from_iter([(root.tag_name().name().to_owned(), element(root, DEEPEST)?)])))
}

/// Why a SOAP answer is none: the code of its fault, and what it says.
pub(super) fn fault(value: &Value) -> Option<(&str, &str)> {
    let fault = value.pointer("/Envelope/Body/Fault")?;
    let text = |key: &str| fault.get(key).and_then(|found| found.as_str().or_else(|| found.get("#")?.as_str())).unwrap_or_default();
    Some((text("faultcode"), text("faultstring")))
}

fn element(node: Node<'_, '_>, depth: usize) -> Option<Value> {
    let mut object = Map::new();
    for attribute in node.attributes() {
        object.insert(format!("@{}", attribute.name()), attribute.value().into());
    }
    let mut text = String::new();
    for child in node.children() {
        if child.is_text() {
            text.push_str(child.text().unwrap_or_default());
        } else if child.is_element() {
            put(&mut object, child.tag_name().name(), element(child, depth.checked_sub(1)?)?);
        }
    }
    let text = text.trim();
    if object.is_empty() {
        return Some(Value::String(text.to_owned()));
    }
    if !text.is_empty() {
        object.insert("#".to_owned(), text.into());
    }
    Some(Value::Object(object))
}

/// Several of a name are a list.
fn put(object: &mut Map<String, Value>, name: &str, value: Value) {
    match object.get_mut(name) {
        None => {
            object.insert(name.to_owned(), value);
        }
        Some(Value::Array(items)) => items.push(value),
        Some(one) => {
            let first = one.take();
            *one = Value::Array(vec![first, value]);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_attributes_and_lists_are_found_without_their_prefixes() {
        let text = r#"<?xml version="1.0"?><env:Envelope xmlns:env="urn:e" xmlns:wd="urn:w"><wd:ID wd:type="WID">a &amp; b</wd:ID>
            <wd:ID wd:type="Other">7</wd:ID><wd:Name> Ann </wd:Name><wd:Nothing/></env:Envelope>"#;
        let ids = json!([{ "@type": "WID", "#": "a & b" }, { "@type": "Other", "#": "7" }]);
        assert_eq!(value(text), Some(json!({ "Envelope": { "ID": ids, "Name": "Ann", "Nothing": "" } })));
    }

    #[test]
    fn what_is_half_nested_without_end_or_names_entities_is_none() {
        let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        for (text, is_read) in [
            ("<a><b></a>", false),
            ("", false),
            ("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", false),
            (deep(60).as_str(), true),
            (deep(200_000).as_str(), false),
        ] {
            assert_eq!(value(text).is_some(), is_read, "{}", &text[..text.len().min(40)]);
        }
    }

    #[test]
    fn a_fault_is_told_with_its_code() {
        let text = r#"<e:Envelope xmlns:e="u"><e:Body><e:Fault><faultcode>e:Client.x</faultcode><faultstring>no</faultstring></e:Fault>
            </e:Body></e:Envelope>"#;
        assert_eq!(fault(&value(text).expect("XML")), Some(("e:Client.x", "no")));
    }
}

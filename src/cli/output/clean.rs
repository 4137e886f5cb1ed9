//! Cleaning of whatever is about to be printed.

use serde_json::{Map, Value};

use crate::text::SafeText;

/// `text` with each of its lines cleaned; its length is not limited.
pub(super) fn lines(text: &str) -> String {
    let cleaned: Vec<String> = text.split('\n').map(|line| SafeText::block(line).as_str().to_owned()).collect();
    cleaned.join("\n")
}

/// Short text of plain letters and signs is clean as it is, and most of a large result is such text.
fn string(text: String) -> String {
    const SHORT: usize = 512;
    match text.len() <= SHORT && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        true => text,
        false => SafeText::block(&text).as_str().to_owned(),
    }
}

/// `value` with every string and every key cleaned. Keys that become the same are numbered, so that none is lost.
pub(super) fn json(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(string(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        Value::Object(fields) => {
            let mut cleaned = Map::with_capacity(fields.len());
            for (key, value) in fields {
                let key = string(key);
                let numbered = (2..).map(|n| format!("{key} ({n})"));
                let key = std::iter::once(key.clone()).chain(numbered).find(|key| !cleaned.contains_key(key));
                cleaned.insert(key.expect("there is always a next number"), json(value));
            }
            Value::Object(cleaned)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    #[test]
    fn long_texts_are_cleaned_line_by_line_and_not_cut() {
        let long = "name,value\n".repeat(20_000);
        assert_eq!(lines(&long), long);
    }

    proptest::proptest! {
        #[test]
        fn what_is_taken_as_it_is_would_be_the_same_cleaned(text in "[ -~]{0,600}") {
            proptest::prop_assert_eq!(string(text.clone()), SafeText::block(&text).as_str().to_owned());
        }
    }

    #[test]
    fn keys_that_become_the_same_are_both_kept() {
        assert_eq!(json(value!({ "a": 1, "a\u{200b}": 2 })), value!({ "a": 1, "a (2)": 2 }));
    }
}

//! Cleaning of whatever is about to be printed.

use serde_json::{Map, Value};

use crate::text::SafeText;

/// `text` with each of its lines cleaned; its length is not limited.
pub(super) fn lines(text: &str) -> String {
    let cleaned: Vec<String> = text.split('\n').map(|line| SafeText::block(line).to_string()).collect();
    cleaned.join("\n")
}

/// `value` with every string and every key cleaned. Keys that become the same are numbered, so that none is lost.
pub(super) fn json(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(SafeText::block(&text).to_string()),
        Value::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        Value::Object(fields) => {
            let mut cleaned = Map::with_capacity(fields.len());
            for (key, value) in fields {
                let key = SafeText::block(&key).to_string();
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

    #[test]
    fn keys_that_become_the_same_are_both_kept() {
        assert_eq!(json(value!({ "a": 1, "a\u{200b}": 2 })), value!({ "a": 1, "a (2)": 2 }));
    }
}

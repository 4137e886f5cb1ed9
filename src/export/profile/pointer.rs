//! Where something stands in a JSON answer: `/results/0/id`, `/customFields/[id=c7]/value`.

use serde_json::Value;

/// A path into JSON. Like an RFC 6901 pointer, and a step `[key=text]` finds the first entry of a list in which `key` is `text`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pointer {
    steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Step {
    Key(String),
    Entry(String, String),
}

impl Pointer {
    /// Reads a pointer; the empty one is the whole document.
    ///
    /// # Errors
    /// Says what is wrong with it, and how to mend that.
    pub fn parse(text: &str) -> Result<Self, (String, String)> {
        if !text.is_empty() && !text.starts_with('/') {
            return Err((format!("\"{text}\" does not begin with /"), format!("write \"/{text}\"")));
        }
        let step = |text: &str| match text.strip_prefix('[') {
            None => Ok(Step::Key(text.replace("~1", "/").replace("~0", "~"))),
            Some(rest) => match rest.strip_suffix(']').and_then(|inner| inner.split_once('=')) {
                Some((key, wanted)) if !key.is_empty() => Ok(Step::Entry(key.to_owned(), wanted.to_owned())),
                _ => Err((format!("\"{text}\" finds no entry"), "write [key=text]".to_owned())),
            },
        };
        let steps = text.split('/').skip(1).map(step).collect::<Result<_, _>>()?;
        Ok(Pointer { steps })
    }

    /// What stands there. `{value.…}` in a wanted text is filled in by `fill` first.
    pub fn find<'v>(&self, value: &'v Value, fill: &dyn Fn(&str) -> String) -> Option<&'v Value> {
        self.steps.iter().try_fold(value, |value, step| match step {
            Step::Key(key) => match value {
                Value::Array(items) => items.get(key.parse::<usize>().ok()?),
                other => other.get(fill(key)),
            },
            Step::Entry(key, wanted) => {
                let wanted = fill(wanted);
                // In XML one alone is no list.
                let entries = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                entries.iter().find(|entry| entry.get(key).is_some_and(|found| says(found, &wanted)))
            }
        })
    }

    /// What stands there, where nothing has to be filled in.
    pub fn plainly<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.find(value, &str::to_owned)
    }
}

/// Whether a value, as text, is this one: ids come as texts and as numbers.
pub fn says(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Null => text.is_empty(),
        // A number has no zeros before it, and an id that is written with some is that number.
        Value::Number(found) if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) => {
            let bare = text.trim_start_matches('0');
            found.to_string() == if bare.is_empty() { "0" } else { bare }
        }
        other => {
            let shown = other.to_string();
            shown == text
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stands_there_is_found() {
        let answer = json!({ "results": { "fields": [{ "id": 1, "value": "a" }, { "id": "c7", "value": { "a/b": 4 } }] } });
        for (pointer, found) in [
            ("/results/fields/0/value", Some(json!("a"))),
            ("/results/fields/[id=c7]/value/a~1b", Some(json!(4))),
            ("/results/fields/[id=1]/value", Some(json!("a"))),
            ("/results/fields/[id=none]/value", None),
            ("/results/9", None),
            ("/nothing/at/all", None),
        ] {
            assert_eq!(Pointer::parse(pointer).expect("a pointer").plainly(&answer), found.as_ref(), "{pointer}");
        }
        assert_eq!(Pointer::parse("").expect("a pointer").plainly(&answer), Some(&answer));
        assert!(Pointer::parse("results").is_err() && Pointer::parse("/[id]").is_err());
    }
}

//! Where something stands in a platform's answer: one pointer, or several where its documents do not settle it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::export::profile::Pointer;

/// A place in JSON, written as [`Pointer`] reads it; or several, of which the first that holds something is it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct Place {
    pointers: Vec<Pointer>,
    texts: Vec<String>,
}

/// A place as it is written.
#[derive(Clone, Deserialize, Serialize)]
#[serde(untagged)]
enum Written {
    One(String),
    Several(Vec<String>),
}

impl Default for Place {
    fn default() -> Self {
        Place { pointers: vec![Pointer::parse("").expect("the whole document")], texts: vec![String::new()] }
    }
}

impl TryFrom<Written> for Place {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        let texts = match written {
            Written::One(text) => vec![text],
            Written::Several(texts) if texts.is_empty() => return Err("a place that is an empty list leads nowhere".to_owned()),
            Written::Several(texts) => texts,
        };
        let read = |text: &String| Pointer::parse(text).map_err(|(what, hint)| format!("{what}: {hint}"));
        Ok(Place { pointers: texts.iter().map(read).collect::<Result<_, _>>()?, texts })
    }
}

impl Place {
    /// What stands there; nothing for null.
    pub fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.found(value, &[]).map(|(_, found)| found)
    }

    /// What stands there, and in which of the places; `{name}` in a step is the text of that name.
    pub fn found<'v>(&self, value: &'v Value, names: &[(&str, &str)]) -> Option<(usize, &'v Value)> {
        let fill = |text: &str| names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id));
        let all = self.pointers.iter().enumerate();
        all.filter_map(|(nth, pointer)| Some((nth, pointer.find(value, &fill).filter(|found| !found.is_null())?))).next()
    }

    /// What stands there as text: ids come as texts and as numbers.
    pub fn text(&self, value: &Value) -> Option<String> {
        match self.find(value)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The list that stands there; a single thing is a list of one.
    pub fn list(&self, value: &Value, names: &[(&str, &str)]) -> Option<Vec<Value>> {
        match self.found(value, names)?.1 {
            Value::Array(items) => Some(items.clone()),
            one @ Value::Object(_) => Some(vec![one.clone()]),
            _ => None,
        }
    }

    /// The list that stands there.
    pub fn items<'v>(&self, value: &'v Value, names: &[(&str, &str)]) -> Option<&'v [Value]> {
        self.found(value, names)?.1.as_array().map(Vec::as_slice)
    }

    /// The places as they are written.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Whether the platform's documents leave open where it stands.
    pub fn is_unsettled(&self) -> bool {
        self.texts.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place(value: Value) -> Result<Place, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_place_that_holds_something_is_it() {
        let both = place(json!(["/media_url", "/media/url"])).expect("places");
        assert_eq!(both.text(&json!({"media": {"url": "b"}})).as_deref(), Some("b"));
        assert_eq!(both.text(&json!({"media_url": "a", "media": {"url": "b"}})).as_deref(), Some("a"));
        assert_eq!(both.text(&json!({"media_url": null, "media": {"url": 7}})).as_deref(), Some("7"));
        assert!(both.is_unsettled() && !place(json!("/x")).expect("a place").is_unsettled());
        let within = place(json!("/data/[id={batch}]/list")).expect("a place");
        let answer = json!({"data": [{"id": 1, "list": []}, {"id": 2, "list": [3]}]});
        assert_eq!(within.items(&answer, &[("batch", "2")]), Some(&[json!(3)][..]));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for wrong in [json!("x"), json!([]), json!(["/a", "b"])] {
            assert!(place(wrong.clone()).is_err(), "{wrong}");
        }
    }
}

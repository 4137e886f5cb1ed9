//! What a platform says by itself, from where a description says that it stands: word for word, and never read as a judgement.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::description::Place;

/// Where statements stand in an entry: one there, or one for each entry of a list.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Says {
    /// The list whose entries are statements; without it, the entry around is one.
    pub items: Option<Place>,
    /// What it is about, such as `score`.
    pub kind: Option<String>,
    /// Where stands what it is about, in the platform's word; `kind` where nothing stands there.
    pub kind_at: Option<Place>,
    /// What is said.
    pub says: Option<Place>,
    /// Where in the recording it begins, in milliseconds.
    pub from_ms: Option<Place>,
    /// Where in the recording it ends, in milliseconds.
    pub to_ms: Option<Place>,
    /// When it happened.
    pub at: Option<Place>,
    /// Who or what of the platform says it.
    pub by: Option<Place>,
}

/// Every statement in an entry, as `batch.json` has them. `time` makes a time of what stands there.
pub(super) fn statements(all: &[Says], entry: &Value, mut time: impl FnMut(&Value) -> Option<Value>) -> Vec<Value> {
    let mut found = Vec::new();
    for says in all {
        let entries = match &says.items {
            Some(place) => place.items(entry, &[]).unwrap_or_default().iter().collect(),
            None => vec![entry],
        };
        found.extend(entries.into_iter().filter_map(|entry| says.statement(entry, &mut time)));
    }
    found
}

impl Says {
    fn statement(&self, entry: &Value, time: &mut impl FnMut(&Value) -> Option<Value>) -> Option<Value> {
        let find = |place: &Option<Place>| place.as_ref().and_then(|place| place.find(entry));
        let mut statement = Map::new();
        let kind = self.kind_at.as_ref().and_then(|place| place.text(entry)).or_else(|| self.kind.clone());
        statement.insert("kind".into(), json!(kind?));
        let said = find(&self.says);
        // A place for what is said, and nothing there: nothing is said.
        if self.says.is_some() && said.is_none() && self.items.is_none() {
            return None;
        }
        statement.extend(said.map(|said| ("says".to_owned(), json!(word_for_word(said)))));
        for (name, place) in [("from_ms", &self.from_ms), ("to_ms", &self.to_ms)] {
            let ms = find(place).and_then(Value::as_f64).map(|ms| json!(ms.round().max(0.0) as u64));
            statement.extend(ms.map(|ms| (name.to_owned(), ms)));
        }
        statement.extend(find(&self.at).and_then(time).map(|at| ("at".to_owned(), at)));
        statement.extend(find(&self.by).map(|by| ("by".to_owned(), json!(word_for_word(by)))));
        Some(Value::Object(statement))
    }
}

/// A text as it is, and all else as JSON writes it.
fn word_for_word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_platform_says_is_kept_word_for_word() {
        let text = r#"
            all = [
                { kind = "score", says = "/ai/score", by = "/ai/model" },
                { kind = "summary", says = "/ai/summary" },
                { kind = "sentiment", says = "/ai/mood" },
                { items = "/events", kind = "event", kind_at = "/type", says = "/detail", from_ms = "/ms", at = "/at" },
            ]"#;
        #[derive(Deserialize)]
        struct All {
            all: Vec<Says>,
        }
        let all: All = toml::from_str(text).expect("it can be read");
        let entry = json!({
            "ai": { "score": 4.50, "model": "m-2", "mood": { "joy": 0.1, "calm": 0.9 } },
            "events": [{ "type": "LEFT_PAGE", "ms": 1200.4, "at": 1_700_000_000 }, { "detail": "second face" }],
        });
        let found = statements(&all.all, &entry, |at| Some(json!(format!("time {at}"))));
        assert_eq!(
            found,
            [
                json!({ "kind": "score", "says": "4.5", "by": "m-2" }),
                json!({ "kind": "sentiment", "says": "{\"joy\":0.1,\"calm\":0.9}" }),
                json!({ "kind": "LEFT_PAGE", "from_ms": 1200, "at": "time 1700000000" }),
                json!({ "kind": "event", "says": "second face" }),
            ]
        );
    }
}
